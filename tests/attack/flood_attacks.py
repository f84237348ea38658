"""More of everything than anybody needs: what it may cost is bounded, whoever is refused is told, and an honest client
beside it hardly notices."""

import time

from attacks import Marked, attack, expect, expect_refused
from wire import Connection, Form, Session, http_post, new_id

ONE = (("1.1", "1.2"),)
# A machine that does other things, too, is slow now and then by itself.
NOTICEABLE = 50.0


def flood(world, most_megabytes, do, options=()):
    """Runs it against a server of its own, with an honest client beside it. Memory is held against what the server has
    after a hundred calls."""
    world = world.fresh(options)
    honest = world.honest()
    try:
        time.sleep(world.many(3, 1))
        idle = honest.mark()[2]
        before = world.server.memory()
        do(world)
        calls, failures, p99 = honest.mark()
        grown = world.server.memory() - before
        world.note("memory +%.1f MB, honest p99 %.1f ms (idle %.1f ms) of %d calls" % (grown, p99, idle, calls))
        expect(world.server.alive(), "the server is gone")
        expect(calls > 0 and failures == 0, "%d of %d honest calls failed" % (failures, calls))
        expect(grown < most_megabytes, "memory has grown by %.1f MB" % grown)
        expect(p99 < max(5 * idle, NOTICEABLE), "the honest client's p99 is %.1f ms, idle %.1f ms" % (p99, idle))
    finally:
        honest.stop()
    world.server.metrics()


@attack(28, "a flood of CreateSequence", forms=ONE)
def creates(world, form):
    def do(world):
        refused = 0
        count = world.many(100000, 3000)
        with Connection(world.server.port) as connection:
            for _ in range(count):
                answer = connection.exchange(form.create(offer=new_id()))
                if answer.refused():
                    expect(answer.has("CreateSequenceRefused"), answer)
                    refused += 1
        expect(refused >= count - 1024 - count // 10, "only %d of %d were refused" % (refused, count))
    flood(world, 16, do)


@attack(28, "a flood of sessions that are used", forms=ONE)
def sessions(world, form):
    def do(world):
        made = 0
        with Connection(world.server.port) as connection:
            for _ in range(world.many(3000, 1100)):
                answer = connection.exchange(form.create(offer=new_id()))
                if answer.refused():
                    expect(answer.has("CreateSequenceRefused"), answer)
                    continue
                made += 1
                connection.exchange(form.call(answer.text_of("Identifier"), 1, 1, 1))
        expect(made <= 1024, "%d sessions at once" % made)
    flood(world, 24, do)


@attack(28, "a flood of sessions of one principal", forms=ONE)
def sessions_of_one(world, form):
    def do(world):
        made = 0
        with Connection(world.server.port, authorization="Basic bWFsbG9yeTp4") as connection:
            for _ in range(200):
                answer = connection.exchange(form.create())
                if answer.refused():
                    continue
                made += 1
                connection.exchange(form.call(answer.text_of("Identifier"), 1, 1, 1))
        expect(made == 64, "%d sessions of one principal" % made)
    flood(world, 16, do)


@attack(28, "the first message withheld, large ones behind it", forms=ONE)
def withheld(world, form):
    padding = "<x>" + "x" * 1000000 + "</x>"

    def do(world):
        mark = Marked(world.server)
        with Connection(world.server.port) as connection:
            for _ in range(world.many(100, 12)):
                victim = Session(form, connection)
                for number in range(2, 12):
                    answer = victim.call(number, mark.n1, mark.n2, padding=padding)
                    expect(answer.text_of("AddResult") is None, answer)
        mark.expect_executed(0)
    # A third more for what surrounds them.
    flood(world, 32 * 1.33 + 16, do, ["--set", "total_memory=%d" % (32 << 20)])


@attack(28, "odd numbers only", forms=ONE)
def odd(world, form):
    def do(world):
        with Connection(world.server.port) as connection:
            victim, mark = Session(form, connection), Marked(world.server)
            for number in range(3, world.many(20000, 600), 2):
                answer = victim.call(number, mark.n1, mark.n2)
                expect(answer.body.count("AcknowledgementRange") <= 128, answer)
            mark.expect_executed(0)
    flood(world, 16, do)


@attack(28, "replies that are never acknowledged", forms=ONE)
def unacknowledged(world, form):
    def do(world):
        with Connection(world.server.port) as connection:
            victim = Session(form, connection)
            for number in range(1, world.many(5000, 300)):
                victim.call(number, number, 1)
    flood(world, 16, do)


@attack(28, "slow connections", forms=None)
def slow(world, _):
    timeout = world.many(5, 2)
    request = http_post(Form("1.1", "1.2").create())
    count = world.many(2000, 300)

    def do(world):
        idle = world.server.threads()
        connections = [Connection(world.server.port) for _ in range(count)]
        end = time.monotonic() + timeout * 2
        sent = 0
        while time.monotonic() < end:
            for index, connection in enumerate(connections):
                # Some in the header, some in the body.
                part = request[:-50] if index % 2 and sent == 0 else b"x" if sent else b"POST"
                connection.send(part)
            sent += 1
            time.sleep(0.2)
        for connection in connections:
            expect(connection.receive().status in (0, 400), "a slow message was answered")
            connection.close()
        end = time.monotonic() + 10
        while world.server.threads() > idle + 2 and time.monotonic() < end:
            time.sleep(0.05)
        expect(world.server.threads() <= idle + 2, "threads are left: %d of %d" % (world.server.threads(), idle))
    # A context of gSOAP, with its buffer, and the stack of a thread for each: that is how the server serves.
    flood(world, 0.25 * count, do, ["--set", "read_timeout=%d" % (timeout * 1000)])
