"""The list of attacks. Each is a function of the world that it finds; with `forms`, it runs in both versions of
WS-ReliableMessaging and of SOAP."""

import wire

ATTACKS = []


class Failed(Exception):
    pass


def attack(scenario, name, forms=True):
    def add(function):
        runs = [wire.Form(rm, soap) for rm, soap in wire.FORMS] if forms is True else (
            [wire.Form(rm, soap) for rm, soap in forms] if forms else [None])
        ATTACKS.append((scenario, name, function, runs))
        return function
    return add


def expect(condition, what):
    if not condition:
        raise Failed(str(what))


def expect_refused(answer, what=""):
    expect(answer.refused(), "%s is not refused: %r" % (what, answer))


class Marked:
    """Arguments by which a call is known among what was executed: nobody else adds such numbers."""

    next = 1000000

    def __init__(self, server):
        Marked.next += 1
        self.n1, self.n2, self.server = Marked.next, 1, server

    def executed(self):
        return self.server.count("Add %d %d" % (self.n1, self.n2))

    def expect_executed(self, times, what=""):
        expect(self.executed() == times, "%s: executed %d times, not %d" % (what, self.executed(), times))
