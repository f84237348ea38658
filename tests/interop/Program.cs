// Tests a gSOAP server of one contract with WCF's client, in the given bindings of App.config:
//
//   WcfClient --contract calculator --bindings NAME,NAME... --url URL [--via URL] --config FILE
//
// Prints a line "EXPECT operation arguments" for each call, to be compared with the server's EXEC lines, one line "ok"
// or "FAILED" for each test, and last "N passed, N failed". With --via messages go to another address than their To.
using System.Xml;
using Microsoft.ServiceModel.Samples;

namespace Interop;

internal static class Program
{
    private static int Main(string[] arguments)
    {
        try
        {
            var line = new CommandLine(arguments);
            string contract = line.Text("--contract", "calculator");
            string config = line.Text("--config", "samples/wcf/App.config");
            string[] bindings = line.Text("--bindings", "ReliableSession11").Split(',');
            var url = new Uri(line.Text("--url", "http://localhost:8080/" + contract));
            var via = new Uri(line.Text("--via", url.AbsoluteUri));
            line.RefuseRest();

            var report = new Report();
            foreach (string name in bindings)
            {
                report.Binding = name;
                Run(contract, new Peer(AppConfig.ReadBinding(config, name), url, via), report);
            }
            return report.Finish() ? 0 : 1;
        }
        catch (Exception error) when (error is FormatException or IOException or XmlException)
        {
            Console.Error.WriteLine(error.Message);
            return 2;
        }
    }

    private static void Run(string contract, Peer peer, Report report)
    {
        switch (contract)
        {
            case "calculator": new CalculatorTests(peer, report).Run(); break;
            case "calculator_session": new CalculatorSessionTests(peer, report).Run(); break;
            case "notes": new NotesTests(peer, report).Run(); break;
            default: throw new FormatException("unknown contract '" + contract + "'");
        }
    }
}
