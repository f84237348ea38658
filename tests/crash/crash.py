#!/usr/bin/env python3
"""Kills durable clients and servers, starts them again, and counts what was executed.

  crash.py random --kills N [--seed S]   kill -9 at random moments, both sides, under load and loss: the figure R3
  crash.py points                        kill -9 at each named point of the code, first, second and later passings
  crash.py modes                         what a kill during an operation does in each delivery mode

The programs come from the folders in BUILD (default build) and, for `points`, FAIL_POINT_BUILD. Exit status 1 when
anything was lost, doubled or out of order.
"""
import argparse
import os
import random
import re
import shutil
import signal
import socket
import sqlite3
import subprocess
import sys
import tempfile
import time

PATIENCE = 120  # seconds for anything that ought to happen


def free_port():
    with socket.socket() as probe:
        probe.bind(('127.0.0.1', 0))
        return probe.getsockname()[1]


class Broken(Exception):
    """A promise was broken, or a program did what it never should."""


class Program:
    """A program that is started, killed and started again."""

    def __init__(self, command, folder, name, ready=None):
        self.command, self.folder, self.name, self.ready = command, folder, name, ready
        self.process = None
        self.kills = 0
        self.environment = None

    def start(self):
        output = open(os.path.join(self.folder, self.name + '.out'), 'ab')
        errors = open(os.path.join(self.folder, self.name + '.err'), 'ab')
        before = output.tell()
        environment = dict(os.environ, **(self.environment or {}))
        self.process = subprocess.Popen(self.command, stdout=output, stderr=errors, env=environment)
        output.close()
        errors.close()
        if self.ready:
            self.wait_for(lambda: self.ready in self.output()[before:] or self.process.poll() is not None)
        return self

    def output(self):
        with open(os.path.join(self.folder, self.name + '.out'), 'rb') as file:
            return file.read()

    def errors(self):
        with open(os.path.join(self.folder, self.name + '.err'), 'r', errors='replace') as file:
            return file.read()

    def wait_for(self, condition):
        deadline = time.monotonic() + PATIENCE
        while not condition():
            if time.monotonic() > deadline:
                raise Broken(f'{self.name}: nothing happened for {PATIENCE} s\n{self.errors()[-2000:]}')
            time.sleep(0.002)

    def running(self):
        return self.process is not None and self.process.poll() is None

    def kill(self):
        if self.running():
            self.process.send_signal(signal.SIGKILL)
            self.kills += 1
        self.process.wait()

    def finish(self):
        try:
            return self.process.wait(PATIENCE)
        except subprocess.TimeoutExpired:
            raise Broken(f'{self.name} did not end within {PATIENCE} s\n{self.errors()[-2000:]}') from None

    def stop(self):
        if self.running():
            self.process.terminate()
            try:
                self.process.wait(20)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait()


class Stage:
    """A durable server, an intermediary, and the means to look at what was executed."""

    def __init__(self, folder, arguments, server='durable_server', mode='exactly-once', loss=3, extra=()):
        self.folder, self.arguments = folder, arguments
        self.port, self.proxy_port = free_port(), free_port()
        self.server_store = os.path.join(folder, 'server.db')
        self.server = Program(
            [find(arguments, server), '--port', str(self.port), '--log', '--set', f'store=sqlite:{self.server_store}',
             '--set', f'delivery_mode={mode}', *extra], folder, 'server', b'READY')
        self.proxy = Program(
            [find(arguments, 'fault_proxy'), '--listen', str(self.proxy_port), '--to', f'127.0.0.1:{self.port}',
             '--seed', str(arguments.seed), '--drop-request', str(loss), '--drop-response', str(loss), '--duplicate', '2'],
            folder, 'proxy', b'LISTENING')

    def __enter__(self):
        self.proxy.start()
        self.server.start()
        return self

    def __exit__(self, *_):
        self.server.stop()
        self.proxy.stop()

    def url(self, path):
        return f'http://127.0.0.1:{self.proxy_port}/{path}'

    def rows(self, query):
        connection = sqlite3.connect(f'file:{self.server_store}?mode=ro', uri=True)
        try:
            return connection.execute(query).fetchall()
        finally:
            connection.close()


def find(arguments, name):
    for folder in ('samples', 'tests', 'tests/crash'):
        path = os.path.join(arguments.build, folder, name)
        if os.path.exists(path):
            return path
    raise SystemExit(f'{name} is missing in {arguments.build}: build it first')


FAST = ('--set', 'retransmission_minimum=20', '--set', 'retransmission_maximum=200', '--set', 'handshake_retry_interval=200')


def notes_client(stage, calls):
    store = os.path.join(stage.folder, 'client.db')
    return Program(
        [find(stage.arguments, 'crash_notes_client'), '--url', stage.url('notes'), '--calls', str(calls), '--progress',
         os.path.join(stage.folder, 'progress'), '--set', f'store=sqlite:{store}', '--set', 'session_shape=one-way', '--rm',
         stage.arguments.rm, *FAST], stage.folder, 'client')


class Verdict:
    """What was taken against what was executed, by text: each taking has its own."""

    def __init__(self, taken, executed, dead=()):
        self.lost = [text for text in taken if text not in executed and text not in dead]
        self.doubled = sorted({text for text in executed if executed.count(text) > 1}) if len(executed) > len(
            set(executed)) else []
        self.count = len(taken)

    def broken(self):
        return bool(self.lost or self.doubled)

    def __str__(self):
        sentence = f'{self.count} taken, {len(self.lost)} lost, {len(self.doubled)} doubled'
        return sentence + ''.join(f'\n  lost: {t}' for t in self.lost[:5]) + ''.join(
            f'\n  doubled: {t}' for t in self.doubled[:5])


def taken_notes(stage):
    with open(os.path.join(stage.folder, 'progress'), encoding='ascii') as file:
        return [line.strip() for line in file if line[0].isdigit()]


def judge_notes(stage):
    executed = [text for (text,) in stage.rows('SELECT text FROM note ORDER BY place')]
    verdict = Verdict(taken_notes(stage), executed)
    identifiers = [int(text.split('.')[0]) for text in executed]
    if identifiers != sorted(identifiers):
        raise Broken('notes were executed out of their order')
    return verdict


def kill_notes(stage, kills, chance):
    """Notes under random kills of either side; a client that has finished is given more to do."""
    calls, done = 0, 0
    client = None
    while done < kills or client is not None:
        if client is None:
            calls += 60
            client = notes_client(stage, calls)
            client.start()
        if done < kills:
            time.sleep(chance.random() ** 2 * 0.25)
            victim = stage.server if chance.random() < 0.5 else client
            if victim.running():
                victim.kill()
                done += 1
                victim.start()
                if sys.stderr.isatty():
                    print(f'\r{done} of {kills} kills', end='', file=sys.stderr, flush=True)
        if done >= kills or not client.running():
            status = client.finish()
            if status != 0:
                raise Broken(f'the client ended with status {status}\n{client.errors()[-2000:]}')
            client = None
    return done


def kill_calls(stage, kills, chance):
    """A client without a store calls, while only the server is killed: its calls all end well."""
    done = 0
    calls = kills * 40
    client = Program(
        [find(stage.arguments, 'crash_calls_client'), '--url', stage.url('calculator'), '--calls', str(calls), '--rm',
         stage.arguments.rm, '--set', 'max_retry_count=1000', *FAST], stage.folder, 'caller').start()
    while client.running() and done < kills:
        seen = stage.server.output().count(b'EXEC')
        stage.server.wait_for(
            lambda seen=seen: stage.server.output().count(b'EXEC') > seen or not client.running())
        time.sleep(chance.random() ** 2 * 0.05)
        if client.running():
            stage.server.kill()
            stage.server.start()
            done += 1
    status = client.finish()
    output = client.output().decode().strip().split('\n')[-1]
    if status != 0 or output != f'{calls} calls, 0 wrong, 0 failed':
        raise Broken(f'the caller says: {output}\n{client.errors()[-2000:]}')
    return done, calls


def judge_calls(stage, first, count):
    executed = [str(number) for (number,) in stage.rows('SELECT id FROM execution ORDER BY place')]
    return Verdict([str(first + i) for i in range(count)], executed)


def run_random(arguments):
    chance = random.Random(arguments.seed)
    total, verdicts = 0, []
    share = arguments.kills // 5
    for rm, kills in (('2005', 2 * share), ('1.1', 2 * share)):
        arguments.rm = rm
        with Folder(arguments) as folder, Stage(folder, arguments) as stage:
            total += kill_notes(stage, kills, chance)
            verdicts.append(judge_notes(stage))
            print(f'notes, {rm}, kills of both sides: {verdicts[-1]}')
    while total < arguments.kills:
        arguments.rm = '1.1' if len(verdicts) % 2 else '2005'
        with Folder(arguments) as folder, Stage(folder, arguments, 'crash_calculator_server') as stage:
            done, calls = kill_calls(stage, min(arguments.kills - total, 50), chance)
            if done == 0:
                raise Broken('no kill came about: the calls were over too soon')
            total += done
            first = int(stage.rows('SELECT min(id) FROM execution')[0][0])
            verdicts.append(judge_calls(stage, first, calls))
            print(f'calls, {arguments.rm}, {done} kills of the server: {verdicts[-1]}')
    lost = sum(len(v.lost) for v in verdicts)
    doubled = sum(len(v.doubled) for v in verdicts)
    print(f'R3 = {total} kills, {lost} lost, {doubled} doubled ({sum(v.count for v in verdicts)} messages)')
    return 1 if lost or doubled else 0


class Folder:
    """Scratch files, kept when something was broken."""

    def __init__(self, arguments):
        self.arguments = arguments

    def __enter__(self):
        self.path = tempfile.mkdtemp(prefix='crash-', dir=self.arguments.scratch)
        return self.path

    def __exit__(self, kind, *_):
        if kind is None:
            shutil.rmtree(self.path)
        else:
            print(f'the files of the run are in {self.path}', file=sys.stderr)


def points_in(arguments):
    """The names of the fail points, as the sources have them: none can be forgotten."""
    found = {}
    for path, _, names in os.walk(arguments.sources):
        for name in names:
            if name.endswith('.cpp'):
                with open(os.path.join(path, name), encoding='utf-8') as file:
                    for point in re.findall(r'\bFailPoint\("([\w.]+)"\)', file.read()):
                        found.setdefault(point, os.path.join(path, name))
    return sorted(found)


# The delivery mode in which a point is passed, where it is not exactly once.
MODES = {'server.answer_at_once': 'at-least-once', 'server.deliver': 'at-most-once'}


def mode_of(point):
    return next((mode for start, mode in MODES.items() if point.startswith(start)), 'exactly-once')


def judge_point(stage, mode):
    """None, or what is wrong."""
    taken = taken_notes(stage)
    if mode == 'exactly-once':
        verdict = judge_notes(stage)
        return str(verdict) if verdict.broken() or len(taken) != 6 else None
    executed = re.findall(r'EXEC Note \d+ (\S+)', stage.server.output().decode())
    verdict = Verdict(taken, executed)
    if len(taken) != 6 or (mode == 'at-least-once' and verdict.lost):
        return str(verdict)
    letters = stage.rows('SELECT count(*) FROM rm_dead_letter')[0][0]
    if mode == 'at-most-once' and (verdict.doubled or len(verdict.lost) > letters):
        return f'{verdict}, {letters} dead letters'
    return None


def run_point(arguments, point, passing, side, rm):
    """One kill at a named point of one side. False when the point was not passed that often."""
    arguments.rm = rm
    mode = mode_of(point)
    server = 'durable_server' if mode == 'exactly-once' else 'notes_server'
    with Folder(arguments) as folder, Stage(folder, arguments, server, mode, 0) as stage:
        client = notes_client(stage, 6)
        target = {'GSOAPRM_FAIL_POINT': f'{point}:{passing}'}
        if side == 'server':
            stage.server.stop()
            stage.server.environment = target
            stage.server.start()
            stage.server.environment = None
        else:
            client.environment = target
        client.start()
        client.environment = None
        victim = stage.server if side == 'server' else client
        victim.wait_for(lambda: not victim.running() or not client.running())
        hit = not victim.running() and victim.process.returncode == -signal.SIGKILL
        if hit:
            victim.start()
        if client.finish() != 0:
            raise Broken(f'{point}:{passing} ({side}, {rm}): the client ended with {client.process.returncode}\n'
                         f'{client.errors()[-2000:]}')
        wrong = judge_point(stage, mode)
        if wrong:
            raise Broken(f'{point}:{passing} ({side}, {rm}, {mode}): {wrong}')
        return hit


def run_points(arguments):
    names, kills, never = points_in(arguments), 0, []
    for point in names:
        hits = 0
        for side in ('server', 'client'):
            for passing in (1, 2, 5):
                for rm in ('2005', '1.1'):
                    hits += run_point(arguments, point, passing, side, rm)
        kills += hits
        print(f'{point}: {hits} kills')
        if hits == 0:
            never.append(point)
    print(f'{len(names)} points, {kills} kills, each mode kept its promise')
    for point in never:
        print(f'{point} was never passed: the test does not show it')
    return 1 if never or not names else 0


OPERATIONS_OF_A_LIFE = 3  # the last of them does not end


def run_mode(arguments, mode):
    """Kills in the middle of an operation that does not end otherwise, as its output shows."""
    arguments.rm = '1.1'
    with Folder(arguments) as folder:
        stage = Stage(folder, arguments, 'crash_calculator_server', mode, 0)
        stage.server.environment = {'ENDLESS_OPERATION': str(OPERATIONS_OF_A_LIFE)}
        with stage:
            return kill_operations(stage)


def kill_operations(stage):
    client = Program(
        [find(stage.arguments, 'crash_calls_client'), '--url', stage.url('calculator'), '--calls', '40', '--rm', '1.1', '--set',
         'max_retry_count=1000', *FAST], stage.folder, 'caller').start()
    kills, expected = 0, OPERATIONS_OF_A_LIFE
    while client.running():
        stage.server.wait_for(
            lambda: stage.server.output().count(b'EXEC') >= expected or not client.running())
        if client.running():
            stage.server.kill()
            expected = stage.server.output().count(b'EXEC') + OPERATIONS_OF_A_LIFE
            stage.server.start()
            kills += 1
    client.finish()
    begun = re.findall(rb'EXEC Add (\d+) ', stage.server.output())
    most = max(begun.count(number) for number in set(begun))
    return kills, len(set(begun)), most, client.output().decode().strip().split('\n')[-1]


def run_modes(arguments):
    status = 0
    for mode in ('at-least-once', 'at-most-once', 'exactly-once'):
        kills, begun, most, last = run_mode(arguments, mode)
        print(f'{mode}: {kills} kills, {begun} calls begun, at most {most} times each; the caller: {last}')
        if mode == 'at-most-once' and most > 1:
            print('  a call was begun twice')
            status = 1
        if mode != 'at-most-once' and most < 2:
            print('  no operation was killed in its middle: the test does not show it')
            status = 1
        if mode != 'at-most-once' and last != '40 calls, 0 wrong, 0 failed':
            print('  the caller had to see no failure')
            status = 1
        if kills == 0:
            print('  nothing was killed')
            status = 1
    return status


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument('what', choices=('random', 'points', 'modes'))
    parser.add_argument('--kills', type=int, default=500)
    parser.add_argument('--seed', type=int, default=1)
    parser.add_argument('--build', default=os.environ.get('BUILD', 'build'))
    parser.add_argument('--sources', default='plugin')
    parser.add_argument('--scratch', default=None)
    arguments = parser.parse_args()
    try:
        return {'random': run_random, 'points': run_points, 'modes': run_modes}[arguments.what](arguments)
    except Broken as broken:
        print(f'broken: {broken}')
        return 1


if __name__ == '__main__':
    sys.exit(main())
