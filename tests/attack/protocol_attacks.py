"""Numbers, ranges, identifiers, the same number with another body, the life of a session, CreateSequence."""

import time

from attacks import Marked, attack, expect, expect_refused
from wire import ANONYMOUS, Connection, Session, new_id

HIGHEST = 2 ** 63 - 1


def session(world, form, messages=1):
    """A session of which so many messages were executed."""
    made = Session(form, Connection(world.server.port))
    for number in range(1, messages + 1):
        expect(made.works(number), "message %d does not work" % number)
    return made


@attack(20, "message numbers that are none")
def wrong_numbers(world, form):
    for number in ("0", "-1", "", " ", "abc", "1.5", "0x2", "2 2", "+-2", "2&#48;x"):
        victim, mark = session(world, form), Marked(world.server)
        expect_refused(victim.call(number, mark.n1, mark.n2), "number %r" % number)
        mark.expect_executed(0, "number %r" % number)


@attack(20, "message numbers beyond the highest")
def rollover(world, form):
    victim = session(world, form)
    for number in (HIGHEST + 1, 2 ** 64 - 1, 2 ** 64, 10 ** 40):
        mark = Marked(world.server)
        answer = victim.call(number, mark.n1, mark.n2)
        expect_refused(answer, number)
        expect(answer.has("MessageNumberRollover"), answer)
        mark.expect_executed(0, number)
    expect(victim.works(2), "the session has changed")
    victim.finish(2)


@attack(20, "message numbers far beyond the window")
def far_numbers(world, form):
    victim = session(world, form)
    for number in (100, 5000, 2 ** 31, 2 ** 32, HIGHEST):
        mark = Marked(world.server)
        answer = victim.call(number, mark.n1, mark.n2)
        expect(answer.text_of("AddResult") is None, answer)
        expect('Upper="%d"' % number not in answer.body, "acknowledged: %r" % answer)
        mark.expect_executed(0, number)
    expect(victim.works(2), "the session has changed")
    victim.finish(2)


@attack(21, "acknowledgements of what was never sent, or in no order")
def wrong_ranges(world, form):
    contents = {
        "never sent": form.ranges((1, 2)),
        "never sent, far": form.ranges((1, HIGHEST)),
        "behind a hole": form.ranges((5, 9)),
        "reversed": form.ranges((2, 1)),
        "beyond the highest": form.ranges((1, 2 ** 64)),
        "no numbers": form.ranges(("x", "y")),
        "negative": form.ranges((-1, 1)),
        "from zero": form.ranges((0, 1)),
        "no content": "",
        "10,000 ranges": form.ranges(*[(2 * i + 1, 2 * i + 1) for i in range(10000)]),
        "129 ranges": form.ranges(*[(1, 1)] * 129),
        "Nacks and ranges": "<r:Nack>1</r:Nack>" + form.ranges((1, 1)),
    }
    if form.rm == "1.1":
        contents["None and ranges"] = "<r:None/>" + form.ranges((1, 1))
        contents["Final of too many"] = form.ranges((1, 2)) + "<r:Final/>"
    for name, content in contents.items():
        victim, mark = session(world, form), Marked(world.server)
        expect_refused(victim.connection.exchange(form.acknowledge(victim.offered, content)), name)
        answer = victim.call(2, mark.n1, mark.n2, blocks=form.acknowledgement(victim.offered, content))
        expect_refused(answer, name + ", with a message")
        mark.expect_executed(0, name)


@attack(21, "acknowledgements that shrink, overlap or repeat")
def harmless_ranges(world, form):
    victim = session(world, form, 3)
    for content in (form.ranges((1, 3)), form.ranges((1, 1)), form.ranges((3, 3), (1, 1)), form.ranges((1, 2), (2, 3)),
                    form.ranges(*[(1, 3)] * 128)):
        answer = victim.connection.exchange(form.acknowledge(victim.offered, content))
        expect(not answer.fault(), answer)
    expect(victim.works(4), "the session has changed")
    victim.finish(4)


@attack(22, "sequences that nobody has, in every message")
def unknown_sequences(world, form):
    world = world.fresh()
    gone = session(world, form)
    gone.finish(1)
    mark = Marked(world.server)
    for identifier in (new_id(), gone.identifier, "x", "urn:uuid:", " " * 8, "a" * 60000, "'; DROP TABLE sequences; --"):
        with Connection(world.server.port) as connection:
            for what, request in everything_about(form, identifier, mark):
                if identifier == gone.identifier and what in ("CloseSequence", "TerminateSequence"):
                    continue  # the final answer is repeated to whom it belonged
                expect_refused(connection.exchange(request), "%s of %.40s" % (what, identifier))
    mark.expect_executed(0)
    expect(world.server.metrics()["sessions_opened"] == 1, "sessions were made")


def everything_about(form, identifier, mark, number=1):
    """A request of every kind about a sequence."""
    acknowledgement = form.acknowledgement(identifier, form.ranges((1, 1)))
    requests = [
        ("a message", form.call(identifier, number, mark.n1, mark.n2)),
        ("SequenceAcknowledgement", form.acknowledge(identifier, form.ranges((1, 1)))),
        ("AckRequested", form.ask(identifier)),
        ("an acknowledgement with a plain call",
         form.request(acknowledgement + form.addressing("urn:x"), form.add(mark.n1, mark.n2), "urn:x")),
        ("TerminateSequence", form.ending("TerminateSequence", identifier, 1)),
    ]
    if form.rm == "1.1":
        requests.append(("CloseSequence", form.ending("CloseSequence", identifier, 1)))
    else:
        requests.append(("LastMessage", form.last_message(identifier, number)))
    return requests


@attack(22, "messages behind the end of a session")
def after_the_end(world, form):
    victim = session(world, form, 2)
    victim.finish(2)
    mark = Marked(world.server)
    for number in (1, 2, 3, 4):
        answer = victim.call(number, mark.n1, mark.n2)
        expect(answer.text_of("AddResult") != str(mark.n1 + mark.n2), answer)
    mark.expect_executed(0)
    again = victim.connection.exchange(victim.created)
    expect(again.text_of("Identifier") in (None, victim.identifier), "the CreateSequence makes a second session")
    expect_refused(victim.call(3, mark.n1, mark.n2), "a message after the repeated CreateSequence")
    mark.expect_executed(0)


@attack(22, "sequences that have expired")
def expired(world, form):
    world = world.fresh(["--set", "inactivity_timeout=200"])
    victim, mark = session(world, form), Marked(world.server)
    end = time.monotonic() + 10
    while not victim.connection.exchange(form.acknowledge(victim.offered, form.ranges((1, 1)))).fault():
        expect(time.monotonic() < end, "it does not expire")
        time.sleep(0.5)
    for identifier in (victim.identifier, victim.offered):
        for what, request in everything_about(form, identifier, mark, 2):
            answer = victim.connection.exchange(request)
            expect_refused(answer, what)
            expect(answer.has("UnknownSequence") or answer.has("SequenceTerminated"), "%s: %r" % (what, answer))
    mark.expect_executed(0)


@attack(23, "the same number with another body")
def other_body(world, form):
    victim = session(world, form, 0)
    first, second = Marked(world.server), Marked(world.server)
    answer = victim.call(1, first.n1, first.n2)
    expect(answer.text_of("AddResult") == str(first.n1 + first.n2), answer)
    for _ in range(3):
        answer = victim.call(1, second.n1, second.n2)
        expect(answer.text_of("AddResult") == str(first.n1 + first.n2), "the first reply is not repeated: %r" % answer)
    # Also in another session's name, with what is kept until a gap closes.
    early, other = Marked(world.server), Marked(world.server)
    with Connection(world.server.port) as beside:
        victim.call(3, early.n1, early.n2, connection=beside)
        victim.call(3, other.n1, other.n2, connection=beside)
        expect(victim.works(2), "message 2 does not work")
        answer = victim.call(3, other.n1, other.n2, connection=beside)
        expect(answer.text_of("AddResult") == str(early.n1 + early.n2), answer)
    for mark, times in ((first, 1), (second, 0), (early, 1), (other, 0)):
        mark.expect_executed(times)
    expect(victim.works(4), "the session has changed")
    victim.finish(4)


@attack(24, "ends that do not fit what was sent")
def wrong_ends(world, form):
    def acknowledged(victim, last, final=False):
        return form.acknowledgement(victim.offered, form.ranges((1, last)) + ("<r:Final/>" if final else ""))

    if form.rm == "1.1":
        for name, last in (("CloseSequence", 1), ("TerminateSequence", 1), ("CloseSequence", 0), ("TerminateSequence", -1),
                           ("CloseSequence", 2 ** 63), ("TerminateSequence", "x")):
            victim = session(world, form, 2)
            expect_refused(victim.connection.exchange(form.ending(name, victim.identifier, last)), "%s %s" % (name, last))
        victim = session(world, form, 2)
        victim.connection.exchange(form.ending("CloseSequence", victim.identifier, 2, acknowledged(victim, 2, True)))
        expect_refused(victim.connection.exchange(form.ending("TerminateSequence", victim.identifier, 1)), "another last number")
        victim = session(world, form, 1)
        expect_refused(victim.connection.exchange(form.ending("TerminateSequence", victim.identifier, 3)), "terminate with a hole")
    else:
        victim = session(world, form, 2)
        answer = victim.connection.exchange(form.last_message(victim.identifier, 1))
        expect(answer.refused() or victim.works(3), "LastMessage below what came: %r" % answer)
        victim, mark = session(world, form, 1), Marked(world.server)
        with Connection(world.server.port) as beside:
            victim.call(3, mark.n1, mark.n2, connection=beside)
        expect_refused(victim.connection.exchange(form.ending("TerminateSequence", victim.identifier)), "terminate with a hole")
        mark.expect_executed(0)
        for name in ("CloseSequence", "TerminateSequenceResponse"):
            victim = session(world, form, 1)
            expect_refused(victim.connection.exchange(form.ending(name, victim.identifier)), name)


@attack(24, "messages behind the last one")
def beyond_the_last(world, form):
    victim, mark = session(world, form, 2), Marked(world.server)
    ending = form.acknowledgement(victim.offered, form.ranges((1, 2)) + ("<r:Final/>" if form.rm == "1.1" else ""))
    if form.rm == "1.1":
        answer = victim.connection.exchange(form.ending("CloseSequence", victim.identifier, 2, ending))
    else:
        answer = victim.connection.exchange(form.last_message(victim.identifier, 3, ending))
    expect(not answer.fault(), answer)
    for number in (4, 5):
        answer = victim.call(number, mark.n1, mark.n2)
        expect_refused(answer, "message %d behind the last" % number)
        # In February 2005 the first of them ends the session.
        told = "SequenceClosed" if form.rm == "1.1" else "LastMessageNumberExceeded" if number == 4 else "UnknownSequence"
        expect(answer.has(told), answer)
    mark.expect_executed(0)


@attack(24, "responses that nobody has asked for")
def unasked_responses(world, form):
    victim = session(world, form, 1)
    for name in ("CreateSequenceResponse", "TerminateSequenceResponse", "CloseSequenceResponse"):
        body = "<r:%s><r:Identifier>%s</r:Identifier></r:%s>" % (name, victim.identifier, name)
        expect_refused(victim.connection.exchange(form.protocol(name, "", body)), name)
    expect(victim.works(2), "the session has changed")
    victim.finish(2)


@attack(25, "CreateSequence that is incomplete or contradicts itself")
def wrong_creates(world, form):
    world = world.fresh()
    elsewhere = "http://localhost/elsewhere"
    cases = {
        "no AcksTo": form.create(acks_to=None),
        "empty AcksTo": form.create(acks_to=" "),
        "no MessageID": form.create(message_id=None),
        "AcksTo is not ReplyTo": form.create(acks_to=elsewhere),
        "ReplyTo is not AcksTo": form.create(reply_to=elsewhere),
        "no identifier in the Offer": form.create(offer=" "),
        "Expires is negative": form.create(expires="-PT1S"),
        "Expires is no duration": form.create(expires="soon"),
        "Expires of the Offer is negative": form.create(offer=new_id(), offer_expires="-PT1S"),
        "no body": form.protocol("CreateSequence", "", ""),
        "two bodies": form.protocol("CreateSequence", "", ("<r:CreateSequence><r:AcksTo><a:Address>%s</a:Address></r:AcksTo>"
                                                           "</r:CreateSequence>" % ANONYMOUS) * 2),
        "another body": form.protocol("CreateSequence", "", "<r:TerminateSequence/>"),
        "a block that must be understood": form.request(
            '<x:y xmlns:x="urn:x" s:mustUnderstand="1"/>' + form.addressing(form.action("CreateSequence")),
            "<r:CreateSequence><r:AcksTo><a:Address>%s</a:Address></r:AcksTo></r:CreateSequence>" % ANONYMOUS,
            form.action("CreateSequence")),
    }
    if form.rm == "1.1":
        cases["no Endpoint in the Offer"] = form.create(offer=new_id(), endpoint=None)
        cases["Endpoint is not AcksTo"] = form.create(offer=new_id(), endpoint=elsewhere)
    with Connection(world.server.port) as connection:
        for name, request in cases.items():
            expect_refused(connection.exchange(request), name)
    expect(world.server.metrics()["sessions_opened"] == 0, "sessions were made")


@attack(25, "CreateSequence again, and Offers that exist")
def repeated_creates(world, form):
    victim = session(world, form)
    with Connection(world.server.port) as connection:
        for _ in range(20):
            answer = connection.exchange(victim.created)
            expect(answer.text_of("Identifier") == victim.identifier, "another sequence: %r" % answer)
        identifiers = set()
        for _ in range(20):
            identifiers.add(connection.exchange(form.create(offer=victim.offered)).text_of("Identifier"))
        expect(identifiers <= {None, victim.identifier}, "the same Offer makes more sessions: %r" % identifiers)
        expect_refused(connection.exchange(form.create(offer=victim.identifier)), "an Offer of the server's own identifier")
    expect(victim.works(2), "the session has changed")
    victim.finish(2)


@attack(25, "Expires from nothing to huge")
def expires(world, form):
    with Connection(world.server.port) as connection:
        for text in ("PT0S", "PT0.000001S", "P999999999999999999Y", "P" + "9" * 5000 + "D", "PT1E400S"):
            answer = connection.exchange(form.create(expires=text))
            expect(answer.status in (200, 500), answer)
    expect(world.server.alive(), "the server is gone")
