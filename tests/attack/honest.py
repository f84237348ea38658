"""An honest client: honest.py PORT INTERVAL. Calls in a session of its own; at each line on its input says how many
calls it has made since the one before, how many failed, and the 99th percentile of their times in milliseconds."""

import select
import sys
import time

import wire


def main():
    port, interval = int(sys.argv[1]), float(sys.argv[2])
    session = wire.Session(wire.Form("1.1", "1.2"), wire.Connection(port))
    times, failures, number = [], 0, 0
    while True:
        readable = select.select([sys.stdin], [], [], interval)[0]
        if readable:
            if not sys.stdin.readline():
                break
            times.sort()
            p99 = times[int(len(times) * 0.99)] if times else 0
            print(len(times), failures, "%.3f" % (p99 * 1000), flush=True)
            times, failures = [], 0
        number += 1
        begin = time.monotonic()
        if not session.works(number, number % 1000, 1):
            failures += 1
        times.append(time.monotonic() - begin)
    session.finish(number)


main()
