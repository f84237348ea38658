// A WCF client of the samples' contracts, with the bindings of App.config. It talks to the gSOAP servers of this
// repository and to the WCF service beside it:
//
//   build/samples/calculator_server --port 8080 --log
//   dotnet run --project samples/wcf/client -- --binding ReliableSession11 --url http://localhost:8080/calculator
//
// --contract calculator (the default), calculator_session or notes; --calls N; --config FILE (samples/wcf/App.config).
// The last line is "N calls, N wrong, N failed"; the exit status is 0 when all were right and the session closed
// cleanly. For https, SSL_CERT_FILE names the certificates to trust.
using System.Xml;

namespace Microsoft.ServiceModel.Samples;

internal static class Program
{
    private const int MostResultsPrinted = 20;

    private static Binding s_binding = new CustomBinding();
    private static string s_url = "";
    private static int s_calls, s_wrong, s_failed;

    private static int Main(string[] arguments)
    {
        string contract;
        try
        {
            var line = new CommandLine(arguments);
            contract = line.Text("--contract", "calculator");
            s_binding = AppConfig.ReadBinding(
                line.Text("--config", "samples/wcf/App.config"), line.Text("--binding", "ReliableSession11"));
            s_url = line.Text("--url", "http://localhost:8080/" + contract);
            s_calls = line.Number("--calls", 4);
            line.RefuseRest();
        }
        catch (Exception error) when (error is FormatException or IOException or XmlException)
        {
            Console.Error.WriteLine(error.Message);
            return 2;
        }
        bool closed;
        switch (contract)
        {
            case "calculator": closed = Run<ICalculator>(Calculate); break;
            case "calculator_session": closed = Run<ICalculatorSession>(Change); break;
            case "notes": closed = Run<INotes>(SendNote); break;
            default: Console.Error.WriteLine("unknown contract '" + contract + "'"); return 2;
        }
        Console.WriteLine($"{s_calls} calls, {s_wrong} wrong, {s_failed} failed");
        return closed && s_wrong == 0 && s_failed == 0 ? 0 : 1;
    }

    // All calls in one reliable session. True when it closed cleanly: then every message has arrived.
    private static bool Run<TContract>(Action<TContract, int> call) where TContract : class
    {
        TContract proxy = new ChannelFactory<TContract>(s_binding, new EndpointAddress(s_url)).CreateChannel();
        for (int number = 1; number <= s_calls; ++number)
        {
            if (!Succeeds(() => call(proxy, number))) ++s_failed;
        }
        var channel = (IClientChannel)proxy;
        if (Succeeds(channel.Close)) return true;
        channel.Abort();
        return false;
    }

    private static bool Succeeds(Action action)
    {
        try
        {
            action();
            return true;
        }
        catch (Exception error) when (error is CommunicationException or TimeoutException)
        {
            Console.Error.WriteLine(error.Message);
            return false;
        }
    }

    private static void Calculate(ICalculator calculator, int number)
    {
        double n1 = number, n2 = number + 1;  // n1 tells the calls apart in the server's log
        switch (number % 4)
        {
            case 1: Check($"Add({n1}, {n2})", calculator.Add(n1, n2), n1 + n2); break;
            case 2: Check($"Subtract({n1}, {n2})", calculator.Subtract(n1, n2), n1 - n2); break;
            case 3: Check($"Multiply({n1}, {n2})", calculator.Multiply(n1, n2), n1 * n2); break;
            default: Check($"Divide({n1}, 4)", calculator.Divide(n1, 4), n1 / 4); break;
        }
    }

    // Operations that nobody answers, in their order where the session has one; Result comes last and shows them all.
    private static void Change(ICalculatorSession session, int number)
    {
        bool ordered = s_binding.CreateBindingElements().Find<ReliableSessionBindingElement>()?.Ordered ?? false;
        if (number == s_calls) CheckResult(session, ordered);
        else if (number % 4 == 1 || !ordered) session.AddTo(number);
        else if (number % 4 == 2) session.MultiplyBy(2);
        else if (number % 4 == 3) session.SubtractFrom(number);
        else session.DivideBy(2);
    }

    private static void CheckResult(ICalculatorSession session, bool ordered)
    {
        double expected = 0;
        for (int number = 1; number < s_calls; ++number)
        {
            int kind = ordered ? number % 4 : 1;
            expected = kind switch
            {
                1 => expected + number,
                2 => expected * 2,
                3 => expected - number,
                _ => expected / 2,
            };
        }
        Check("Result()", session.Result(), expected);
    }

    private static void SendNote(INotes notes, int number) => notes.Note(number, "note " + number);

    private static void Check(string call, double result, double expected)
    {
        if (s_calls <= MostResultsPrinted) Console.WriteLine($"{call} = {result}");
        if (result == expected) return;
        ++s_wrong;
        Console.Error.WriteLine($"{call} = {result}, expected {expected}");
    }
}
