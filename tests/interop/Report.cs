using System.Diagnostics;

namespace Interop;

// Counts the tests, and says what the server has to execute.
internal sealed class Report
{
    private int _number, _passed, _failed;

    public string Binding { get; set; } = "";

    // Tells one call from all others in the server's log.
    public int NextNumber() => Interlocked.Increment(ref _number);

    public void Expect(FormattableString call) => Console.WriteLine("EXPECT " + FormattableString.Invariant(call));

    public void Test(string sentence, Action test)
    {
        var time = Stopwatch.StartNew();
        try
        {
            test();
            ++_passed;
            Console.WriteLine($"ok {Binding}: {sentence} ({time.ElapsedMilliseconds} ms)");
        }
        catch (Exception error)
        {
            ++_failed;
            string reason = error.GetType().Name + ": " + error.Message.ReplaceLineEndings(" ");
            Console.WriteLine($"FAILED {Binding}: {sentence}: {reason}");
        }
    }

    public bool Finish()
    {
        Console.WriteLine($"{_passed} passed, {_failed} failed");
        return _failed == 0 && _passed > 0;
    }

    public static void Equal(double expected, double actual)
    {
        if (actual != expected) throw new InvalidOperationException($"{actual}, expected {expected}");
    }
}
