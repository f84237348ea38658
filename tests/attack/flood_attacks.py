"""More of everything than anybody needs: what it may cost is bounded, whoever is refused is told, and an honest client
beside it hardly notices."""

import resource
import select
import socket
import time

from attacks import Marked, attack, expect
from wire import Connection, Form, Session, http_post, new_id

ONE = (("1.1", "1.2"),)
# Milliseconds that nobody notices, where an idle call takes one.
NOTICEABLE = 15.0


def flood(world, most_megabytes, do, options=()):
    """Runs it against a server of its own, with an honest client beside it. The most memory that it ever takes is held
    against what the server has after some honest calls."""
    world = world.fresh(options)
    honest = world.honest()
    try:
        time.sleep(world.many(3, 1))
        idle = honest.mark()[2]
        before = world.server.memory()
        world.server.forget_peak()
        do(world)
        calls, failures, p99 = honest.mark()
        grown = world.server.peak() - before
        world.note("memory +%.1f MB at most, honest p99 %.1f ms (idle %.1f ms) of %d calls" % (grown, p99, idle, calls))
        expect(world.server.alive(), "the server is gone")
        expect(calls > 0 and failures == 0, "%d of %d honest calls failed" % (failures, calls))
        world.expect_memory(grown, most_megabytes)
        world.expect_time(p99, max(5 * idle, NOTICEABLE), "the honest client's p99 is %.1f ms, idle %.1f ms" % (p99, idle))
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


# What a connection may cost the sample servers while it is held: a context of gSOAP (164 KB of it one structure), what a
# thread has touched of its stack, and the little that was sent.
MEGABYTES_OF_A_CONNECTION = 0.2


@attack(28, "slow connections", forms=None)
def slow(world, _):
    timeout, threads = world.many(5, 2), world.many(512, 64)
    count = connections_possible(world.many(10000, 300))

    def do(world):
        idle = world.server.threads()  # the honest client has one
        crowd = Crowd(world.server.port, count)
        end = time.monotonic() + timeout * 2
        while time.monotonic() < end:
            crowd.grow()
            crowd.send_a_little()
            expect(world.server.threads() < idle + threads, "%d threads" % world.server.threads())
            time.sleep(0.2)
        late = crowd.answer_to_one_more()
        held = world.server.threads() - idle
        expect(held > threads * 0.9, "only %d connections are held" % held)
        expect(late.status == 503 and "Retry-After" in late.header, "who comes late is not told: %r" % late)
        expect(crowd.refused >= count - threads, "%d of %d were refused" % (crowd.refused, crowd.opened))
        expect(not crowd.strange, "a slow message was answered: %r" % crowd.strange)
        world.note("%d connections, then %d more: %d held at once, %d refused with 503, %d given up as too slow" % (
            count, crowd.opened - count, held, crowd.refused, crowd.given_up))
        crowd.close()
        end = time.monotonic() + 10
        while world.server.threads() > idle + 2 and time.monotonic() < end:
            time.sleep(0.05)
        expect(world.server.threads() <= idle + 2, "threads are left: %d of %d" % (world.server.threads(), idle))
        Session(Form("1.1", "1.2"), Connection(world.server.port)).finish(0)
    flood(world, MEGABYTES_OF_A_CONNECTION * threads + 8, do,
          ["--set", "read_timeout=%d" % (timeout * 1000), "--connections", str(threads)])


def connections_possible(wanted):
    """As many as this process may open."""
    hard = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    return wanted if hard == resource.RLIM_INFINITY else min(wanted, hard - 200)


class Crowd:
    """Connections that send a byte now and then; some begin with a header, some with a whole one and half a body."""

    def __init__(self, port, size):
        self.address, self.size, self.poll, self.sockets = ("127.0.0.1", port), size, select.epoll(), {}
        self.opened = self.refused = self.given_up = 0
        self.strange = None
        self.half = http_post(Form("1.1", "1.2").create())[:-50]
        for _ in range(size):
            self.open()

    def open(self):
        one = socket.create_connection(self.address)
        one.setblocking(False)
        self.sockets[one.fileno()] = one
        self.poll.register(one.fileno(), select.EPOLLIN)
        self.opened += 1
        self.send(one, self.half if self.opened % 2 else b"POST")

    def grow(self):
        """Those that the server has ended are replaced, a thousand at a time."""
        self.read()
        for _ in range(min(1000, self.size - len(self.sockets))):
            self.open()
            if self.opened % 100 == 0:
                self.read()

    def answer_to_one_more(self):
        """503, unless a place has become free just now."""
        for _ in range(10):
            self.grow()
            with Connection(self.address[1]) as late:
                answer = late.exchange(Form("1.1", "1.2").create())
            if answer.status != 200:
                break
        return answer

    def send_a_little(self):
        self.read()
        for one in list(self.sockets.values()):
            self.send(one, b"x")

    def send(self, one, data):
        try:
            one.send(data)
        except OSError:
            pass  # what the server has said is there to be read

    def read(self):
        for number, _ in self.poll.poll(0, 20000):
            one, data = self.sockets.pop(number), b""
            try:
                data = one.recv(4096)
            except OSError:
                pass
            one.close()
            if data.startswith(b"HTTP/1.1 503 "):
                self.refused += 1
            elif not data or data.startswith(b"HTTP/1.1 400 "):
                self.given_up += 1
            else:
                self.strange = data

    def close(self):
        for one in self.sockets.values():
            one.close()
        self.poll.close()
