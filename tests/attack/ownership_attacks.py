"""Another client of the same service, who knows everything about a session or guesses it."""

import base64
import random
import re

from attacks import Marked, attack, expect, expect_refused
from protocol_attacks import everything_about
from wire import Connection, Form, Session, exchange, http_post


def basic(user, password="secret"):
    return "Basic " + base64.b64encode(("%s:%s" % (user, password)).encode()).decode()


def hijack(server, form, victim_connection, intruders):
    """Whatever an intruder says about the victim's sequences is answered as if they did not exist."""
    victim = Session(form, victim_connection)
    expect(victim.works(1), "message 1 does not work")
    mark = Marked(server)
    for intruder in intruders:
        for identifier in (victim.identifier, victim.offered):
            for number in (1, 2, 3):
                for what, request in everything_about(form, identifier, mark, number):
                    answer = intruder.exchange(request)
                    expect_refused(answer, what)
                    expect(answer.has("UnknownSequence"), "%s: %r" % (what, answer))
                    expect(victim.identifier == identifier or not answer.has(victim.identifier), answer)
        answer = intruder.exchange(victim.created)
        expect(not answer.has(victim.identifier), "CreateSequence again gives it away: %r" % answer)
        expect_refused(intruder.exchange(form.create(offer=victim.offered)), "an Offer of the victim's")
        intruder.close()
    mark.expect_executed(0)
    copy = victim.call(1)
    expect(copy.text_of("AddResult") == "42" or copy.status == 200, "the reply of message 1 is gone: %r" % copy)
    expect(victim.works(2), "message 2 does not work")
    expect(not victim.finish(2).fault(), "it cannot be ended")


@attack(26, "hijack of a session of another client certificate")
def hijack_tls(world, form):
    tls = world.tls
    hijack(tls.server, form, Connection(tls.server.port, tls=tls.alice),
           [Connection(tls.server.port, tls=tls.mallory),
            Connection(tls.server.port, tls=tls.mallory, authorization=basic("alice"))])


@attack(26, "hijack of a session of another HTTP user")
def hijack_http(world, form):
    port = world.server.port
    digest = 'Digest username="alice", realm="r", nonce="n", uri="/", response="x"'
    hijack(world.server, form, Connection(port, authorization=basic("alice")),
           [Connection(port, authorization=a) for a in (basic("mallory"), basic("alice", "wrong"), digest,
                                                        "Bearer " + "x" * 100, basic("alice") + "=", None)])
    hijack(world.server, form, Connection(port, authorization=digest), [Connection(port, authorization=basic("alice"))])


@attack(26, "a client without a certificate", forms=None)
def no_certificate(world, _):
    try:
        with Connection(world.tls.server.port, tls=world.tls.nobody) as connection:
            answer = connection.exchange(Form("1.1", "1.2").create())
    except OSError:
        return
    expect(answer.status == 0, "it was answered: %r" % answer)


@attack(26, "identifiers that can be guessed", forms=None)
def guess(world, _):
    form = Form("1.1", "1.2")
    count = world.many(1500, 60)
    identifiers = []
    with Connection(world.server.port) as connection:
        for _ in range(count):
            one = Session(form, connection, offer=False)
            expect(one.call(1).status == 200, "message 1 does not work")
            one.finish(1)
            identifiers.append(one.identifier)
    expect(len(set(identifiers)) == count, "identifiers repeat")
    bits = [re.sub("[^0-9a-f]", "", i.lower().replace("urn:uuid:", "")) for i in identifiers]
    expect(all(len(b) >= 31 for b in bits), "identifiers are short: %s" % identifiers[0])
    # Of a random UUID version and variant are fixed; every other digit takes nearly every value.
    fixed = [i for i in range(len(bits[0])) if len({b[i] for b in bits}) < 4]
    expect(len(fixed) <= 1, "digits that do not change: %r" % fixed)
    expect(len({b[:8] for b in bits}) == count, "prefixes repeat")

    victim = Session(form, Connection(world.server.port))
    expect(victim.works(1), "message 1 does not work")
    mark, generator = Marked(world.server), random.Random(1)
    with Connection(world.server.port) as connection:
        for _ in range(world.many(20000, 300)):
            position = generator.randrange(len("urn:uuid:"), len(victim.identifier))
            digit = generator.choice("0123456789abcdef")
            near = victim.identifier[:position] + digit + victim.identifier[position + 1:]
            if near.lower() == victim.identifier.lower():
                continue
            expect(connection.exchange(form.call(near, 2, mark.n1, mark.n2)).has("UnknownSequence"), near)
    mark.expect_executed(0)
    expect(victim.works(2), "the victim's session has changed")
    victim.finish(2)


@attack(26, "captured messages replayed")
def replay(world, form):
    """What a man in the middle of an unprotected connection has, sent again: in the session, after it, and by others."""
    port, captured = world.server.port, []
    alice = basic("alice")

    class Tapped(Connection):
        def exchange(self, request):
            captured.append(request)
            return super().exchange(request)

    victim = Session(form, Tapped(port, authorization=alice))
    marks = [Marked(world.server) for _ in range(3)]
    for number, mark in enumerate(marks, 1):
        acknowledged = form.acknowledgement(victim.offered, form.ranges((1, number - 1))) if number > 1 else ""
        victim.call(number, mark.n1, mark.n2, blocks=acknowledged)
    for request in list(captured):
        for authorization in (alice, basic("mallory"), None):
            exchange(port, request, authorization=authorization)
    victim.connection = Connection(port, authorization=alice)
    expect(victim.works(4), "the session has changed")
    victim.connection = Tapped(port, authorization=alice)
    victim.finish(4)
    for request in captured:
        exchange(port, request, authorization=alice)
    for mark in marks:
        mark.expect_executed(1, "replayed")

    # In the thief's own session, under its identifiers, a captured body is the thief's own message: as far as it is
    # acknowledged to nobody else.
    thief = Session(form, Connection(port, authorization=basic("mallory")))
    for content_type, action, entity in captured:
        if thief.identifier in entity or victim.identifier not in entity:
            continue
        stolen = entity.replace(victim.offered, thief.offered)
        answer = thief.connection.exchange((content_type, action, stolen))
        expect_refused(answer, "a captured message with the thief's Offer")
    for mark in marks:
        mark.expect_executed(1, "stolen")
    expect(thief.works(1), "the thief's own session")
    thief.finish(1)


@attack(26, "two sessions' identifiers in one message")
def mixed(world, form):
    victim = Session(form, Connection(world.server.port))
    thief = Session(form, Connection(world.server.port))
    expect(victim.works(1) and thief.works(1), "message 1 does not work")
    mark = Marked(world.server)
    blocks = form.acknowledgement(victim.offered, form.ranges((1, 1)))
    expect_refused(thief.call(2, mark.n1, mark.n2, blocks=blocks), "an acknowledgement of the other session's replies")
    mark.expect_executed(0)
    copy = victim.call(1, 20, 22)
    expect(copy.text_of("AddResult") == "42", "the victim's reply was released: %r" % copy)
    victim.finish(1)
