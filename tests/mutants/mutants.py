#!/usr/bin/env python3
"""Plants mistakes in the engine, one at a time, and counts those that the tests notice (R5).

Draws N of all mutations (mutations.py) by the seed. For each: compiles what is changed by it, links the engine anew (a
shared library of its own, so that the tests are linked once) and runs the tests, the quick ones first. It is killed
when a test fails, crashes, or takes far longer than it does without the mistake. A mutation that the compiler refuses
is drawn anew. What survives is told as it is found; survivors.md says why where that is as it should be.

Usage: mutants.py --build BUILD --number N --seed S [--only FILE] [--list] --compile COMMAND OBJECT...
  OBJECT...  the engine's objects without a mistake, built with COMMAND
  --only     mutations of sources with this text in their path
  --list     prints what can be drawn, and ends
"""
import argparse
import collections
import concurrent.futures
import os
import random
import re
import resource
import shlex
import shutil
import subprocess
import sys
import time

import mutations

ENGINE = 'plugin/engine'
SURVIVORS = os.path.join(os.path.dirname(os.path.abspath(__file__)), 'survivors.md')
WORKERS = 2
BAR = 90.0
MEMORY = 2 << 30
# The quick ones first. What the scripts' other tests say is about the scripts; the pairs over a lossy network are left
# out, because they take many times the simulation's time and see no more than it does.
STAGES = (('tests', '-Simulation.*:Message.*:SkewedClock.*:*Scenario.*Short*:*Scenario.IsRead*:*FailsWhen*'
           ':*LossyPair.*'),
          ('simulation', 'Simulation.KeepsEveryPromiseOverABadNetwork'))

Outcome = collections.namedtuple('Outcome', 'mutation killer seconds')
REFUSED = 'refused by the compiler'
SURVIVED = None


def sources():
    return sorted(os.path.join(path, name) for path, _, names in os.walk(ENGINE)
                  for name in names if name.endswith(('.cpp', '.h')))


class Bench:
    """Where mutants are built and run."""

    def __init__(self, build, compile_command, objects):
        self.build, self.compile, self.objects = build, shlex.split(compile_command), objects
        self.killer = os.path.join(build, 'tests', 'killer')
        self.linker = ['-fuse-ld=gold'] if shutil.which('ld.gold') else []
        self.limits = {}
        # A copy, so that work on the sources does not disturb a run.
        self.sources = os.path.join(build, 'sources')
        shutil.rmtree(self.sources, ignore_errors=True)
        shutil.copytree('plugin', os.path.join(self.sources, 'plugin'))

    def text_of(self, path):
        with open(os.path.join(self.sources, path), encoding='utf-8') as file:
            return file.read()

    def object_of(self, source):
        return os.path.join(self.build, 'obj', source[:-len('.cpp')] + '.o')

    def users_of(self, path):
        """The engine's sources that have to be compiled again when this one changes."""
        if path.endswith('.cpp'):
            return [path]
        users = []
        for name in self.objects:
            with open(name[:-len('.o')] + '.d', encoding='utf-8') as file:
                words = file.read().split()
            if path in words:
                users.append(next(word for word in words if word.endswith('.cpp')))
        return users

    def make(self, mutation, folder):
        """Builds the engine with the mistake. False when it does not compile."""
        changed = os.path.join(folder, mutation.path)
        os.makedirs(os.path.dirname(changed), exist_ok=True)
        with open(changed, 'w', encoding='utf-8') as file:
            file.write(mutations.apply(self.text_of(mutation.path), mutation))
        replaced = {}
        for source in self.users_of(mutation.path):
            target = os.path.join(folder, source.replace('/', '_') + '.o')
            read = changed if source == mutation.path else os.path.join(self.sources, source)
            includes = ['-I' + os.path.join(place, 'plugin') for place in (folder, self.sources)]
            command = self.compile + includes + ['-w', '-Werror=return-type', '-c', '-o', target, read]
            if subprocess.run(command, stderr=subprocess.DEVNULL, check=False).returncode != 0:
                return False
            replaced[self.object_of(source)] = target
        objects = [replaced.get(name, name) for name in self.objects]
        subprocess.run(self.compile + ['-shared'] + self.linker +
                       ['-o', os.path.join(folder, 'libengine.so')] + objects, check=True)
        return True

    def run(self, stage, folder):
        """(passed, seconds of the processor)"""
        name, tests = stage
        limit = self.limits.get(name, 600)

        def limits():
            os.nice(5)
            resource.setrlimit(resource.RLIMIT_CPU, (limit, limit))
            resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
            resource.setrlimit(resource.RLIMIT_CORE, (0, 0))

        environment = dict(os.environ, LD_LIBRARY_PATH=folder + ':' + os.path.dirname(self.killer))
        command = [self.killer, '--gtest_brief=1', '--gtest_fail_fast', '--gtest_filter=' + tests]
        log = os.path.join(folder, name + '.log')
        with open(log, 'w', encoding='utf-8') as output:
            process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=output, stderr=output,
                                       env=environment, preexec_fn=limits)
            status, used = wait(process, 20 * limit)
        return status == 0, used

    def measure(self):
        """How long the tests take without a mistake; they have to pass."""
        for stage in STAGES:
            passed, used = self.run(stage, os.path.dirname(self.killer))
            if not passed:
                sys.exit('the %s fail without any mistake: see %s' % (stage[0], os.path.dirname(self.killer)))
            self.limits[stage[0]] = int(4 * used) + 3
            print('%s: %.1f s of the processor; killed after %d' % (stage[0], used, self.limits[stage[0]]), flush=True)

    def judge(self, mutation, number):
        """Which stage has killed it, REFUSED or SURVIVED."""
        began = time.monotonic()
        folder = os.path.join(self.build, 'mutant', str(number))
        shutil.rmtree(folder, ignore_errors=True)
        os.makedirs(folder)
        killer = REFUSED
        if self.make(mutation, folder):
            killer = next((stage[0] for stage in STAGES if not self.run(stage, folder)[0]), SURVIVED)
        shutil.rmtree(folder)
        return Outcome(mutation, killer, time.monotonic() - began)


def wait(process, seconds):
    """(status, seconds of the processor); what waits for ever is ended."""
    deadline = time.monotonic() + seconds
    while True:
        pid, status, usage = os.wait4(process.pid, os.WNOHANG)
        if pid:
            process.returncode = status
            return status, usage.ru_utime + usage.ru_stime
        if time.monotonic() > deadline:
            process.kill()
        time.sleep(0.02)


def read_explanations():
    """{(path, original, mutated): why no test can notice it}"""
    explanations, path = {}, ''
    with open(SURVIVORS, encoding='utf-8') as file:
        text = re.sub(r'\n +', ' ', file.read())
    for line in text.splitlines():
        if line.startswith('## '):
            path = line[3:].strip()
        match = re.match(r'- `(.*)` -> `(.*)`: (.*)', line)
        if match:
            explanations[path, match.group(1), match.group(2)] = match.group(3)
    return explanations


def draw(bench, candidates, number):
    """(the first `number` of them that compile, judged; how many did not; how many survivors are explained)"""
    outcomes, taken, explained = [], 0, 0
    with concurrent.futures.ThreadPoolExecutor(WORKERS) as pool:
        while len(outcomes) < number and taken < len(candidates):
            batch = candidates[taken:taken + number - len(outcomes)]
            indexes = range(taken, taken + len(batch))
            taken += len(batch)
            for outcome in pool.map(bench.judge, batch, indexes):
                if outcome.killer == REFUSED:
                    continue
                outcomes.append(outcome)
                if outcome.killer is SURVIVED:
                    explained += print_survivor(outcome.mutation, bench.text_of(outcome.mutation.path))
                if len(outcomes) % 20 == 0:
                    print('%d of %d' % (len(outcomes), number), flush=True)
    return outcomes, taken - len(outcomes), explained


def print_survivor(mutation, text):
    """Whether it is explained."""
    line, original, mutated = mutations.describe(text, mutation)
    why = read_explanations().get((mutation.path, original, mutated))
    print('%s %s:%d: %s -> %s' % ('explained' if why else 'SURVIVED ', mutation.path, line, original, mutated))
    if why:
        print('          ' + why)
    sys.stdout.flush()
    return why is not None


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument('--build', required=True)
    parser.add_argument('--number', type=int, default=300)
    parser.add_argument('--seed', type=int, default=1)
    parser.add_argument('--only', default='')
    parser.add_argument('--compile', required=True)
    parser.add_argument('--list', action='store_true')
    parser.add_argument('objects', nargs='*')
    arguments = parser.parse_args()

    candidates = [mutation for path in sources() if arguments.only in path for mutation in mutations.find(path)]
    if arguments.list:
        for mutation in candidates:
            with open(mutation.path, encoding='utf-8') as file:
                print('%s:%d: %s -> %s' % ((mutation.path,) + mutations.describe(file.read(), mutation)))
        return 0
    random.Random(arguments.seed).shuffle(candidates)
    bench = Bench(arguments.build, arguments.compile, arguments.objects)
    bench.measure()
    began = time.monotonic()
    outcomes, refused, explained = draw(bench, candidates, arguments.number)
    survived = sum(1 for outcome in outcomes if outcome.killer is SURVIVED)
    killers = collections.Counter(outcome.killer for outcome in outcomes if outcome.killer)
    killed = len(outcomes) - survived
    share = 100.0 * killed / len(outcomes) if outcomes else 0.0
    print('seed %d: %d mutations can be drawn; %d were refused by the compiler; killed by: %s; %d survived, %d of them '
          'explained' % (arguments.seed, len(candidates), refused,
                         ', '.join('%s %d' % pair for pair in killers.most_common()), survived, explained))
    print('%.0f minutes, %.1f s for one' % ((time.monotonic() - began) / 60,
                                           sum(o.seconds for o in outcomes) / max(1, len(outcomes))))
    print('R5 = %d of %d mutants killed (%.1f %%) bar %d' % (killed, len(outcomes), int(10 * share) / 10, BAR))
    return 0 if share >= BAR else 1


if __name__ == '__main__':
    sys.exit(main())
