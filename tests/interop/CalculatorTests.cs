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
        _report.Test("eight callers of one channel get each their own replies", CallersBesideEachOther);
        _report.Test("sessions beside each other get each their own replies", SessionsBesideEachOther);
        _report.Test("a session that its client gave up leaves the next one alone", SessionAfterAbort);
        _report.Test("a session without a call opens and closes", SessionWithoutCall);
    }

    private void CallsOneAfterAnother() => _peer.InSession<ICalculator>(calculator => Call(calculator, 100));

    private void CallersBesideEachOther() => _peer.InSession<ICalculator>(calculator =>
        Task.WaitAll(Enumerable.Range(0, 8).Select(_ => Task.Run(() => Call(calculator, 10))).ToArray()));

    private void SessionsBesideEachOther() => _peer.InSession<ICalculator>(first => _peer.InSession<ICalculator>(second =>
    {
        for (int i = 0; i < 10; ++i)
        {
            Call(first, 1);
            Call(second, 1);
        }
    }));

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
