#!/usr/bin/env python3
"""Runs the models: a line for each, and R7 at the end. Fails on any surprise.

Usage: run.py check [MODEL...]          all runs that the models name in their first comment
       run.py trace MODEL [MISTAKE or GOAL]   the story of a counterexample

What each model's first comment says, a line each:
  safe NAME=VALUE... at least STATES states   no assertion fails, in all states; the first: every statement is reached
  live NAME=VALUE... at least STATES states   the ltl formula holds, under weak fairness
  mistake NAME safe|live                      -DMISTAKE_NAME, with the values of the first safe or live line, is found
  goal NAME                                   a state that the model names can be reached
"""
import collections
import concurrent.futures
import os
import re
import shutil
import subprocess
import sys
import time

HERE = os.path.dirname(os.path.abspath(__file__))
BUILD = os.path.join(os.path.abspath(os.environ.get('BUILD', 'build')), 'model')
WORKERS = 2
MEMORY_MB = 1900     # of one run; two run at a time
DEPTH = 3000000      # steps of the longest run that is followed
HASH_BITS = 22
KINDS = ('safe', 'live')

# What SPIN says besides the model's own words.
NOISE = re.compile(r'ltl |Never claim|#processes|spin: trail ends|\s*\d+:\tproc|\d+ processes created|\t\tk = ')

Run = collections.namedtuple('Run', 'model kind name values states')


class Surprise(Exception):
    pass


def model_path(model):
    return os.path.join(HERE, model + '.pml')


def all_models():
    names = sorted(name[:-4] for name in os.listdir(HERE) if name.endswith('.pml'))
    return [name for name in names if name != 'network']


def read_runs(model):
    """The runs that the model names, and a check that none of its mistakes is forgotten."""
    with open(model_path(model)) as file:
        text = file.read()
    head, body = text.split('*/', 1)
    runs, first = [], {}
    for line in head.splitlines():
        words = line.strip(' *').split()
        if words and words[0] in KINDS and 'at' in words:
            values = ['-D' + word for word in words[1:words.index('at')]]
            runs.append(Run(model, words[0], ' '.join(words[1:words.index('at')]), values, int(words[-2])))
            first.setdefault(words[0], values)
        elif words[:1] == ['mistake'] and len(words) == 3:
            values = first[words[2]] + ['-DMISTAKE_' + words[1]]
            runs.append(Run(model, 'mistake ' + words[2], words[1], values, 0))
        elif words[:1] == ['goal'] and len(words) == 2:
            runs.append(Run(model, 'goal', words[1], first['safe'] + ['-DREACH=' + words[1]], 0))
    named = {run.name for run in runs if run.kind.startswith('mistake')}
    used = set(re.findall(r'MISTAKE_(\w+)', body))
    if named != used:
        raise Surprise('%s: mistakes named and mistakes made differ: %s' % (model, ' '.join(sorted(named ^ used))))
    for kind in ('safe', 'live', 'mistake', 'goal'):
        if not any(run.kind.startswith(kind) for run in runs):
            raise Surprise('%s: no run of the kind "%s"' % (model, kind))
    return runs


def is_live(run):
    return run.kind.endswith('live')


def spin_defines(run, cover):
    return (['-DLIVE'] if is_live(run) else []) + (['-DCOVER'] if cover else []) + run.values


def execute(command, folder):
    return subprocess.run(command, cwd=folder, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                          universal_newlines=True, preexec_fn=lambda: os.nice(5))


def explore(run, cover=False):
    """SPIN makes a program of the model, which looks at every state. Its report, and the folder with the trail."""
    folder = os.path.join(BUILD, run.model, re.sub(r'\W+', '_', run.kind + ' ' + run.name))
    shutil.rmtree(folder, ignore_errors=True)
    os.makedirs(folder)
    options = (['-o3'] if cover else []) + spin_defines(run, cover)
    made = execute(['spin', '-a'] + options + [model_path(run.model)], folder)
    if made.returncode != 0 or not os.path.exists(os.path.join(folder, 'pan.c')):
        raise Surprise('SPIN does not accept it:\n' + made.stdout)
    # Breadth first finds the shortest way to a mistake, but needs more memory: not for the whole search.
    flags = ['-DNFAIR=12'] if is_live(run) else ['-DSAFETY', '-DNOCLAIM']
    if not is_live(run) and run.kind != 'safe':
        flags.append('-DBFS')
    # What stops at the first find is compiled for longer than it runs.
    optimize = '-O2' if run.kind in KINDS else '-O1' if is_live(run) else '-O0'
    made = execute(['gcc', optimize, '-w', '-DMEMLIM=%d' % MEMORY_MB] + flags + ['-o', 'pan', 'pan.c'], folder)
    if made.returncode != 0:
        raise Surprise('the C compiler does not accept it:\n' + made.stdout)
    options = ['-m%d' % DEPTH, '-w%d' % HASH_BITS] + (['-a', '-f'] if is_live(run) else [])
    report = execute(['./pan'] + options, folder).stdout
    with open(os.path.join(folder, 'report.txt'), 'w') as file:
        file.write(report)
    return report, folder


def number(pattern, report):
    found = re.search(pattern, report)
    return int(float(found.group(1))) if found else -1


def unreached(report, folder):
    """Lines that no run has come to, wherever they are expanded, but for those that say so of themselves."""
    every, missed, process = {}, set(), ''
    for line in execute(['./pan', '-d'], folder).stdout.splitlines():
        process = line[len('proctype '):].strip() if line.startswith('proctype ') else process
        found = re.match(r'\s+state\s+(\d+) -.*?\] (\S+\.pml):(\d+) =>', line)
        if found:
            every[process, found.group(1)] = (found.group(2), int(found.group(3)))
    for line in report.splitlines():
        process = line.split()[-1] if line.startswith('unreached in ') else process
        found = re.match(r'\t(\S+\.pml):(\d+), state (\d+), ', line)
        if found:
            missed.add((process, found.group(3)))
    reached = {place for state, place in every.items() if state not in missed}
    result = []
    for path, line in sorted({place for state, place in every.items() if state in missed} - reached):
        with open(path) as file:
            text = file.read().splitlines()[line - 1]
        if 'never' not in text:
            result.append('%s:%d' % (os.path.basename(path), line))
    return result


def judge(run, report, folder, cover):
    """The number of states; Surprise when the run did not end as it should."""
    errors = number(r'errors: (\d+)', report)
    states = number(r'(\d[\d.e+]*) states, stored', report)
    messages = re.findall(r'pan:1: (.*)', report) + re.findall(r'(?m)^(pan: .*|error: .*)', report)
    message = (messages + ['no message'])[0]
    for bad in ('max search depth too small', 'out of memory', 'MEMLIM', 'hash table', 'too many processes'):
        if bad in report and not (bad == 'hash table' and 'memory used for hash table' in report):
            raise Surprise('the search is not complete: ' + bad)
    if run.kind in KINDS:
        if errors != 0 or 'Search not completed' in report:
            raise Surprise('%d errors: %s' % (errors, message))
        if states < run.states:
            raise Surprise('%d states, at least %d expected' % (states, run.states))
        missing = unreached(report, folder) if cover else []
        if missing:
            raise Surprise('never reached: ' + ', '.join(missing))
        return states
    expected = 'acceptance cycle' if is_live(run) else 'assertion violated'
    if errors != 1 or expected not in message:
        raise Surprise('not found' if errors == 0 else 'found otherwise: ' + message)
    return states


def check(run, cover):
    started = time.monotonic()
    try:
        states, trouble = judge(run, *explore(run, cover), cover), None
    except Surprise as surprise:
        states, trouble = 0, str(surprise)
    return run, states, time.monotonic() - started, trouble


def report_model(model, results):
    """The line of a model, and what went wrong in it. Returns (safe, live, mistakes found)."""
    def states_of(kind):
        return ' + '.join('%d' % states for run, states, _, _ in results if run.kind == kind)

    def count(kind):
        return sum(1 for run, _, _, trouble in results if run.kind.startswith(kind) and trouble is None)
    good = [all(trouble is None for run, _, _, trouble in results if run.kind == kind) for kind in KINDS]
    goals = sum(1 for result in results if result[0].kind == 'goal')
    mistakes = sum(1 for result in results if result[0].kind.startswith('mistake'))
    words = ['%s: %s, %s states' % (kind, 'ok' if ok else 'NO', states_of(kind)) for kind, ok in zip(KINDS, good)]
    words.append('%d of %d mistakes found' % (count('mistake'), mistakes))
    words.append('%d of %d goals reached' % (count('goal'), goals))
    print('%-17s %s; %.0f s' % (model + ':', '; '.join(words), sum(seconds for _, _, seconds, _ in results)))
    for run, _, _, trouble in results:
        if trouble is not None:
            print('  %s %s: %s' % (run.kind, run.name, trouble))
            print('  see it: make model-trace MODEL=%s%s' % (
                model, '' if run.kind in KINDS else ' CASE=' + run.name))
    sys.stdout.flush()
    return good[0], good[1], count('mistake')


def check_all(models):
    started = time.monotonic()
    pending = {model: read_runs(model) for model in models}
    results = collections.defaultdict(list)
    totals = []
    # The long ones first, so that both processors are busy to the end.
    order = sorted((run for runs in pending.values() for run in runs), key=lambda run: -run.states)
    first_safe = {model: next(run for run in runs if run.kind == 'safe') for model, runs in pending.items()}
    surprises = 0
    with concurrent.futures.ThreadPoolExecutor(WORKERS) as pool:
        futures = [pool.submit(check, run, run is first_safe[run.model]) for run in order]
        for future in concurrent.futures.as_completed(futures):
            result = future.result()
            model = result[0].model
            results[model].append(result)
            surprises += result[3] is not None
            if len(results[model]) == len(pending[model]):
                totals.append(report_model(model, results[model]))
    print('R7 = %d models, %d safe, %d live, %d mistakes found (%.0f s)' % (
        len(totals), sum(t[0] for t in totals), sum(t[1] for t in totals), sum(t[2] for t in totals),
        time.monotonic() - started))
    return 1 if surprises else 0


def trace(model, case):
    """Tells a counterexample: of the mistake or the way to the goal `case`, or of the first run that fails."""
    runs = read_runs(model)
    chosen = [run for run in runs if (run.name == case if case else run.kind in KINDS)]
    for run in chosen:
        report, folder = explore(run)
        trail = [name for name in os.listdir(folder) if name.endswith('.trail')]
        if not trail:
            continue
        print('%s, %s %s (%s)' % (model, run.kind, run.name, ' '.join(spin_defines(run, False))))
        told = execute(['spin', '-t', '-T', '-k', trail[0]] + spin_defines(run, False) + [model_path(model)], folder)
        for line in told.stdout.splitlines():
            if not NOISE.match(line):
                print(line.replace('\t\t', '  at the end: '))
        return 0
    names = ' '.join(run.name for run in runs if run.kind not in ('safe', 'live'))
    print('%s: no counterexample%s; cases that have one: %s' % (model, ' for ' + case if case else '', names))
    return 1


def main(arguments):
    if arguments[:1] == ['trace'] and len(arguments) in (2, 3):
        return trace(arguments[1], (arguments + [''])[2])
    if arguments[:1] == ['check']:
        return check_all(arguments[1:] or all_models())
    print(__doc__)
    return 2


if __name__ == '__main__':
    try:
        sys.exit(main(sys.argv[1:]))
    except Surprise as unexpected:
        print(unexpected)
        sys.exit(1)
