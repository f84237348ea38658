// A CoreWCF service of the samples' contracts, with the bindings of App.config. It answers the gSOAP clients of this
// repository and the WCF client beside it:
//
//   dotnet run --project samples/wcf/service -- --binding ReliableSession11 --port 8080 --log
//   build/samples/calculator_client --config samples/wcf/App.config --binding ReliableSession11
//
// It needs a CoreWCF with reliable sessions. The released packages (up to 1.9) have none yet; pull request 1702 of
// CoreWCF brings them. Build that, and name the folder with its assemblies: dotnet run -p:WcfAssemblies=DIR ...
// On .NET Framework the three service classes run as they are in a ServiceHost, which reads App.config by itself.
//
// It prints READY when it listens, and with --log a line "EXEC operation arguments" for each execution. For a binding
// with https, --tls-cert FILE --tls-key FILE.
using System.Security.Cryptography.X509Certificates;
using System.Xml;
using CoreWCF.Configuration;

namespace Microsoft.ServiceModel.Samples;

public class Calculator : ICalculator
{
    public double Add(double n1, double n2) => Program.Executed(n1 + n2, $"Add {n1} {n2}");
    public double Subtract(double n1, double n2) => Program.Executed(n1 - n2, $"Subtract {n1} {n2}");
    public double Multiply(double n1, double n2) => Program.Executed(n1 * n2, $"Multiply {n1} {n2}");
    public double Divide(double n1, double n2) => Program.Executed(n1 / n2, $"Divide {n1} {n2}");
}

// One instance for each session.
[ServiceBehavior(InstanceContextMode = InstanceContextMode.PerSession)]
public class CalculatorSession : ICalculatorSession
{
    private double _value;

    public void Clear() => _value = Program.Executed(0, $"Clear 0");
    public void AddTo(double n) => _value = Program.Executed(_value + n, $"AddTo {n}");
    public void SubtractFrom(double n) => _value = Program.Executed(_value - n, $"SubtractFrom {n}");
    public void MultiplyBy(double n) => _value = Program.Executed(_value * n, $"MultiplyBy {n}");
    public void DivideBy(double n) => _value = Program.Executed(_value / n, $"DivideBy {n}");
    public double Result() => Program.Executed(_value, $"Result");
}

public class Notes : INotes
{
    public void Note(int id, string text) => Program.Executed(id, $"Note {id} {text}");

    public void SlowNote(int id, int delayMs)
    {
        Program.Executed(id, $"SlowNote {id} {delayMs}");
        Thread.Sleep(delayMs);
    }
}

internal static class Program
{
    private static bool s_log;

    public static double Executed(double result, FormattableString call)
    {
        if (s_log) Console.WriteLine("EXEC " + FormattableString.Invariant(call));
        return result;
    }

    private static int Main(string[] arguments)
    {
        try
        {
            var line = new CommandLine(arguments);
            Binding binding = AppConfig.ReadBinding(
                line.Text("--config", "samples/wcf/App.config"), line.Text("--binding", "ReliableSession11"));
            int port = line.Number("--port", 8080);
            string certificate = line.Text("--tls-cert", ""), key = line.Text("--tls-key", certificate);
            s_log = line.Flag("--log");
            line.RefuseRest();
            Serve(binding, port, certificate, key);
            return 0;
        }
        catch (Exception error) when (error is FormatException or IOException or XmlException)
        {
            Console.Error.WriteLine(error.Message);
            return 2;
        }
    }

    private static void Serve(Binding binding, int port, string certificate, string key)
    {
        WebApplicationBuilder builder = WebApplication.CreateBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            kestrel.AllowSynchronousIO = true;  // CoreWCF reads and writes messages so
            kestrel.ListenAnyIP(port, listener =>
            {
                if (certificate != "") listener.UseHttps(X509Certificate2.CreateFromPemFile(certificate, key));
            });
        });
        builder.Services.AddServiceModelServices();
        WebApplication application = builder.Build();
        ((IApplicationBuilder)application).UseServiceModel(services =>
        {
            services.AddService<Calculator>();
            services.AddServiceEndpoint<Calculator, ICalculator>(binding, "/calculator");
            services.AddService<CalculatorSession>();
            services.AddServiceEndpoint<CalculatorSession, ICalculatorSession>(binding, "/calculator_session");
            services.AddService<Notes>();
            services.AddServiceEndpoint<Notes, INotes>(binding, "/notes");
        });
        application.Start();
        Console.WriteLine("READY");
        // CoreWCF's own way to stop can take ten minutes once there were sessions.
        application.Lifetime.ApplicationStopping.WaitHandle.WaitOne();
        Environment.Exit(0);
    }
}
