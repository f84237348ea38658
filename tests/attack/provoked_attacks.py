"""Requests that a peer might make the server send: to addresses in AcksTo, Offer, ReplyTo and FaultTo."""

from attacks import Marked, attack, expect, expect_refused
from target import Listener, PostBox
from wire import ANONYMOUS, Connection, Session, new_id

NONE = "http://www.w3.org/2005/08/addressing/none"


def addresses(port, port6):
    return [
        "http://127.0.0.1:%d/" % port, "http://localhost:%d/" % port, "https://127.0.0.1:%d/" % port,
        "http://[::ffff:127.0.0.1]:%d/" % port, "http://[::1]:%d/" % port6, "http://0.0.0.0:%d/" % port,
        "http://2130706433:%d/" % port, "http://0x7f.1:%d/" % port, "http://127.1:%d/" % port,
        "http://user:password@127.0.0.1:%d/" % port, "http://example.com@127.0.0.1:%d/" % port,
        "http://127.0.0.1:%d\\@example.com/" % port, "HTTP://127.0.0.1:%d/" % port, " http://127.0.0.1:%d/ " % port,
        "soap.udp://127.0.0.1:%d/" % port, "tcp://127.0.0.1:%d/" % port, "ftp://127.0.0.1:%d/" % port,
        "file:///etc/passwd", "gopher://127.0.0.1:%d/_x" % port, "http://169.254.169.254/latest/meta-data/",
        ANONYMOUS + "?id=x", ANONYMOUS + "#", ANONYMOUS.upper(), "127.0.0.1:%d" % port, "//127.0.0.1:%d/" % port,
        "http://127.0.0.1:%d/\r\nX: y" % port,
    ]


@attack(27, "addresses of third parties in CreateSequence")
def in_create(world, form):
    listener, listener6 = Listener(), Listener("::1")
    world = world.fresh()
    with Connection(world.server.port) as connection:
        for address in addresses(listener.port, listener6.port):
            for what, request in (
                    ("AcksTo and ReplyTo", form.create(acks_to=address, reply_to=address)),
                    ("with an Offer", form.create(acks_to=address, reply_to=address, offer=new_id(), endpoint=address)),
                    ("AcksTo", form.create(acks_to=address)),
                    ("ReplyTo", form.create(reply_to=address)),
                    ("FaultTo", form.create(fault_to=address))):
                if address.strip() == ANONYMOUS:
                    continue
                expect_refused(connection.exchange(request), "%s %s" % (what, address))
            if form.rm == "1.1":
                expect_refused(connection.exchange(form.create(offer=new_id(), endpoint=address)), "Endpoint " + address)
    expect(listener.connections() + listener6.connections() == 0, "the server has connected elsewhere")
    expect(world.server.metrics()["sessions_opened"] == 0, "sessions were made")


@attack(27, "addresses of third parties in messages of a session")
def in_messages(world, form):
    listener, listener6 = Listener(), Listener("::1")
    victim = Session(form, Connection(world.server.port))
    expect(victim.works(1), "message 1 does not work")
    mark = Marked(world.server)
    for address in addresses(listener.port, listener6.port):
        for how in ({"reply_to": address}, {"fault_to": address}):
            answer = victim.call(2, mark.n1, mark.n2, **how)
            expect_refused(answer, "%r" % how)
        for name in ("AckRequested",):
            block = "<r:AckRequested><r:Identifier>%s</r:Identifier></r:AckRequested>" % victim.identifier
            expect_refused(victim.connection.exchange(form.protocol(name, block, reply_to=address)), name + " " + address)
        # For somebody else than us, but the operation's stack might take them for its own.
        role = "actor" if form.soap == "1.1" else "role"
        block = '<a:ReplyTo s:%s="urn:somebody"><a:Address>%s</a:Address></a:ReplyTo>' % (role, address.strip())
        answer = victim.call(2, mark.n1, mark.n2, blocks=block)
        expect(answer.text_of("AddResult") is None, "for another role: %r" % answer)
    mark.expect_executed(0)
    expect(listener.connections() + listener6.connections() == 0, "the server has connected elsewhere")
    expect(victim.works(2), "the session has changed")
    victim.finish(2)


@attack(27, "addresses of third parties in faults and refused messages")
def in_refused(world, form):
    listener = Listener()
    address = "http://127.0.0.1:%d/" % listener.port
    with Connection(world.server.port) as connection:
        for request in (form.call(new_id(), 1, 1, 2, reply_to=address, fault_to=address),
                        form.ending("TerminateSequence", new_id()),
                        form.protocol("CreateSequence", "", "", reply_to=address, fault_to=address),
                        form.call(new_id(), 0, 1, 2, fault_to=address)):
            expect_refused(connection.exchange(request))
    expect(listener.connections() == 0, "the server has connected elsewhere")


@attack(27, "addresses that are not listed, at a server that lists one")
def beside_the_list(world, form):
    listed, listener, listener6 = PostBox(), Listener(), Listener("::1")
    world = world.fresh(["--set", "response_endpoints=http://127.0.0.1:%d" % listed.port])
    own = "http://127.0.0.1:%d/acks" % listed.port
    with Connection(world.server.port) as connection:
        for address in addresses(listener.port, listener6.port) + [
                "http://127.0.0.1:%d@127.0.0.1:%d/" % (listed.port, listener.port), "https" + own[4:], own + "#", own.upper(),
                "http://127.0.0.1.:%d/" % listed.port, "http://2130706433:%d/" % listed.port,
                "http://[::ffff:127.0.0.1]:%d/" % listed.port, "http://localhost:%d/" % listed.port]:
            if address.strip() == ANONYMOUS:
                continue
            expect_refused(connection.exchange(form.create(acks_to=address, reply_to=address)), "AcksTo " + address)
            expect_refused(connection.exchange(form.create(acks_to=own, reply_to=address)), "ReplyTo " + address)
            expect_refused(connection.exchange(form.create(acks_to=own, reply_to=own, fault_to=address)), "FaultTo " + address)
        expect(listed.connections == 0, "a refused CreateSequence was answered there")
        answer = connection.exchange(form.create(acks_to=own, reply_to=own, offer=new_id(), endpoint=own))
        expect(answer.status == 202 and not answer.body, "a listed address is not taken: %r" % answer)
        identifier = listed.wait(1).text_of("Identifier")
        mark = Marked(world.server)
        for address in addresses(listener.port, listener6.port) + [own + "/other"]:
            for how in ({"reply_to": address}, {"fault_to": address}):
                expect_refused(connection.exchange(form.call(identifier, 1, mark.n1, mark.n2, **how)), "%r" % how)
        mark.expect_executed(0)
        answer = connection.exchange(form.call(identifier, 1, mark.n1, mark.n2, reply_to=own))
        expect(answer.status == 202 and not answer.body, "it is not answered there: %r" % answer)
        expect(listed.wait(2).text_of("AddResult") == str(mark.n1 + mark.n2), "the reply did not come there")
        mark.expect_executed(1)
    expect(listener.connections() + listener6.connections() == 0, "the server has connected elsewhere")
    metrics = world.server.metrics()
    expect(metrics["responses_posted"] == 2 and metrics["responses_lost"] == 0, metrics)
