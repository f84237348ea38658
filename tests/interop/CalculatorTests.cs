using Microsoft.ServiceModel.Samples;

namespace Interop;

internal sealed class CalculatorTests
{
    private readonly Peer _peer;
    private readonly Report _report;

    public CalculatorTests(Peer peer, Report report) => (_peer, _report) = (peer, report);

    public void Run()
    {
        _report.Test("a hundred calls of one session get their replies", CallsOneAfterAnother);
        _report.Test("two callers of one channel get each their own replies", CallersOfOneChannel);
        _report.Test("eight sessions beside each other get each their own replies", SessionsBesideEachOther);
        _report.Test("a session that its client gave up leaves the next one alone", SessionAfterAbort);
        _report.Test("a session without a call opens and closes", SessionWithoutCall);
    }

    private void CallsOneAfterAnother() => _peer.InSession<ICalculator>(calculator => Call(calculator, 100));

    // Their requests overtake each other. Not more than two callers: of three that wait for room in its window, WCF's
    // client may forget one (InvalidOperationException, "Queue empty"), whatever the server does.
    private void CallersOfOneChannel() =>
        _peer.InSession<ICalculator>(calculator => AtOnce(2, () => Call(calculator, 10)));

    private void SessionsBesideEachOther() =>
        AtOnce(8, () => _peer.InSession<ICalculator>(calculator => Call(calculator, 20)));

    private static void AtOnce(int count, Action action) =>
        Task.WaitAll(Enumerable.Range(0, count).Select(_ => Task.Run(action)).ToArray());

    private void SessionAfterAbort()
    {
        ICalculator calculator = _peer.Open<ICalculator>();
        Call(calculator, 3);
        ((IClientChannel)calculator).Abort();
        _peer.InSession<ICalculator>(next => Call(next, 3));
    }

    private void SessionWithoutCall() => _peer.InSession<ICalculator>(_ => { });

    private void Call(ICalculator calculator, int count)
    {
        for (int i = 0; i < count; ++i)
        {
            double n1 = _report.NextNumber(), n2 = i + 2;
            switch (i % 4)
            {
                case 0:
                    _report.Expect($"Add {n1} {n2}");
                    Report.Equal(n1 + n2, calculator.Add(n1, n2));
                    break;
                case 1:
                    _report.Expect($"Subtract {n1} {n2}");
                    Report.Equal(n1 - n2, calculator.Subtract(n1, n2));
                    break;
                case 2:
                    _report.Expect($"Multiply {n1} {n2}");
                    Report.Equal(n1 * n2, calculator.Multiply(n1, n2));
                    break;
                default:
                    _report.Expect($"Divide {n1} {n2}");
                    Report.Equal(n1 / n2, calculator.Divide(n1, n2));
                    break;
            }
        }
    }
}
