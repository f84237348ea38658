using Microsoft.ServiceModel.Samples;

namespace Interop;

internal sealed class CalculatorSessionTests
{
    private readonly Peer _peer;
    private readonly Report _report;

    public CalculatorSessionTests(Peer peer, Report report) => (_peer, _report) = (peer, report);

    public void Run()
    {
        if (_peer.Ordered) _report.Test("operations without a reply run in their order", OperationsInOrder);
        _report.Test("each session has an accumulator of its own", AccumulatorOfEachSession);
        _report.Test("replies come between operations without one", RepliesInBetween);
    }

    // Another order would give another result.
    private void OperationsInOrder() => _peer.InSession<ICalculatorSession>(session =>
    {
        double expected = 0;
        for (int i = 0; i < 10; ++i)
        {
            Add(session, ref expected);
            _report.Expect($"MultiplyBy 4");
            session.MultiplyBy(4);
            _report.Expect($"SubtractFrom 3");
            session.SubtractFrom(3);
            _report.Expect($"DivideBy 2");
            session.DivideBy(2);
            expected = (expected * 4 - 3) / 2;
        }
        CheckResult(session, expected);
        _report.Expect($"Clear 0");
        session.Clear();
        CheckResult(session, 0);
    });

    private void AccumulatorOfEachSession() =>
        _peer.InSession<ICalculatorSession>(first => _peer.InSession<ICalculatorSession>(second =>
        {
            double expectedOfFirst = 0, expectedOfSecond = 0;
            for (int i = 0; i < 10; ++i)
            {
                Add(first, ref expectedOfFirst);
                Add(second, ref expectedOfSecond);
            }
            if (_peer.Ordered) CheckResult(first, expectedOfFirst);
            if (_peer.Ordered) CheckResult(second, expectedOfSecond);
        }));

    private void RepliesInBetween() => _peer.InSession<ICalculatorSession>(session =>
    {
        double expected = 0;
        for (int i = 0; i < 10; ++i)
        {
            Add(session, ref expected);
            _report.Expect($"Result");
            double result = session.Result();
            if (_peer.Ordered) Report.Equal(expected, result);
        }
    });

    private void Add(ICalculatorSession session, ref double expected)
    {
        int n = _report.NextNumber();
        _report.Expect($"AddTo {n}");
        session.AddTo(n);
        expected += n;
    }

    private void CheckResult(ICalculatorSession session, double expected)
    {
        _report.Expect($"Result");
        Report.Equal(expected, session.Result());
    }
}
