#!/usr/bin/env python3
"""Attacks on the sample servers by a client that is not gSOAP: one line each, then R10. Exit status 1 unless all are
refused without harm. attack.py [--reduced] [--instrumented] [--samples FOLDER] [--only TEXT]"""

import argparse
import os
import sys
import time
import traceback

import attacks
import target

# Each module adds its attacks.
import protocol_attacks  # noqa: F401
import ownership_attacks  # noqa: F401
import provoked_attacks  # noqa: F401
import xml_attacks  # noqa: F401
import flood_attacks  # noqa: F401


class World:
    """What an attack finds: a server, one with TLS, and how much is wanted of it."""

    def __init__(self, samples, reduced, instrumented):
        self.samples, self.reduced, self.instrumented = samples, reduced, instrumented
        self._servers, self._honest = [], []
        self.notes = []
        self.server = self._start("calculator_server", ["--set", "max_pending_channels=200"])
        self.tls = Tls(self)

    def _start(self, program, options):
        server = target.Server(os.path.join(self.samples, program), options)
        self._servers.append(server)
        return server

    def many(self, full, reduced):
        return reduced if self.reduced else full

    def expect_memory(self, grown, most):
        """In megabytes. What a sanitizer adds says nothing."""
        attacks.expect(self.instrumented or grown < most, "memory has grown by %.1f MB" % grown)

    def expect_time(self, spent, most, text):
        """Only where nothing else is to be done: the small run is one of many tests on a machine that may be busy."""
        attacks.expect(self.reduced or spent <= most, text)

    def note(self, text):
        self.notes.append(text)

    def honest(self):
        client = target.Honest(self.server.port)
        self._honest.append(client)
        return client

    def fresh(self, options=()):
        """The same with a server that nobody has used; it is stopped with the attack."""
        other = object.__new__(World)
        other.__dict__.update(self.__dict__)
        other.server = self._start("calculator_server", list(options))
        return other

    def stop_all(self, but=()):
        for server in self._servers:
            if server not in but:
                server.stop()
        self._servers[:] = [s for s in self._servers if s in but]


class Tls:
    def __init__(self, world):
        self.certificates = target.Certificates()
        path = self.certificates.path
        self.server = world._start("calculator_server_ssl", ["--tls-cert", path("server.pem"), "--tls-key", path("server.key"),
                                                             "--ca", path("authority.pem"), "--set", "max_pending_channels=200"])
        self.alice, self.mallory = self.certificates.client("alice"), self.certificates.client("mallory")
        self.nobody = self.certificates.client()


def run(world, scenario, name, function, forms, honest):
    begin, problem = time.monotonic(), None
    for form in forms:
        try:
            function(world, form)
        except Exception as failure:  # whatever it is, the attack has not been warded off
            problem = "%s%s" % (failure if isinstance(failure, (attacks.Failed, AssertionError)) else traceback.format_exc(),
                                " (%s)" % form if form else "")
            break
    world.stop_all(but=(world.server, world.tls.server))
    calls, failures, _ = honest.mark()
    if not problem and (not world.server.alive() or not world.tls.server.alive()):
        problem = "a server is gone"
    if not problem and failures:
        problem = "%d of %d calls of an honest session beside it failed" % (failures, calls)
    notes = "; ".join(world.notes)
    world.notes.clear()
    print("%s  %d %s (%.1f s)%s" % ("passed" if not problem else "FAILED", scenario, name, time.monotonic() - begin,
                                    ": " + (problem or notes) if problem or notes else ""), flush=True)
    return not problem


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--reduced", action="store_true", help="small floods, for every test run")
    parser.add_argument("--instrumented", action="store_true", help="the servers are built with a sanitizer")
    parser.add_argument("--samples", default="build/samples")
    parser.add_argument("--only", default="", help="only attacks whose name contains this")
    options = parser.parse_args()
    world = World(options.samples, options.reduced, options.instrumented)
    honest = target.Honest(world.server.port, 0.05)
    passed = total = 0
    try:
        for scenario, name, function, forms in attacks.ATTACKS:
            if options.only in name:
                total += 1
                passed += run(world, scenario, name, function, forms, honest)
        honest.stop()
        for server in (world.server, world.tls.server):
            status = server.stop()
            if status != 0:
                print("FAILED  a server has ended with status %d: %s" % (status, server.errors()[-2000:]))
                passed -= 1
    finally:
        world.stop_all()
        world.tls.certificates.remove()
    print("R10 = %d of %d attacks" % (passed, total))
    return 0 if passed == total and total else 1


sys.exit(main())
