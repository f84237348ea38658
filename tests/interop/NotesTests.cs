using Microsoft.ServiceModel.Samples;

namespace Interop;

internal sealed class NotesTests
{
    private readonly Peer _peer;
    private readonly Report _report;

    public NotesTests(Peer peer, Report report) => (_peer, _report) = (peer, report);

    public void Run()
    {
        _report.Test("a hundred notes arrive before the session has closed", ManyNotes);
        _report.Test("slow notes, more than the window holds, arrive", SlowNotes);
        _report.Test("a long note with markup arrives", LongNote);
    }

    private void ManyNotes() => _peer.InSession<INotes>(notes =>
    {
        for (int i = 0; i < 100; ++i) Send(notes, "note " + i);
    });

    private void SlowNotes() => _peer.InSession<INotes>(notes =>
    {
        for (int i = 0; i < 20; ++i)
        {
            int id = _report.NextNumber();
            _report.Expect($"SlowNote {id} 20");
            notes.SlowNote(id, 20);
        }
    });

    private void LongNote() => _peer.InSession<INotes>(notes =>
        Send(notes, "<note text=\"a & b\">" + new string('x', 100000) + "</note>"));

    private void Send(INotes notes, string text)
    {
        int id = _report.NextNumber();
        _report.Expect($"Note {id} {text}");
        notes.Note(id, text);
    }
}
