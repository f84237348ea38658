#!/usr/bin/env python3
"""Runs test programs whose core counts its branches, and adds up which of them were taken: a line a folder, then R4.

Two kinds of branch do not count, because no line of the source is theirs:
  - exception edges (gcovr --exclude-throw-branches): the compiler gives each call that may throw, every allocation
    among them, a second way out to the destructors. base, wire and engine throw nothing of their own, and an
    allocation that fails ends the program's call, not the engine's decision.
  - branches on lines without code (gcovr --exclude-unreachable-branches), such as the closing brace of a scope.

Nor do the failing sides of assertions: they are compiled out, as what never happens.

Usage: coverage.py BUILD PROGRAM...   BUILD is the folder of what was built with --coverage; without a program: what the
                                      last run has counted. --all: every file with branches left
"""
import glob
import json
import os
import subprocess
import sys

FOLDERS = ('base', 'wire', 'engine')
BAR = 95.0
WORST = 12
# What takes minutes without optimization, and no branch that the simulation does not take.
LEFT_OUT = '-*LossyPair*'
LINES_SHOWN = 12


def run_programs(build, programs):
    if not programs:
        return
    for old in glob.glob(os.path.join(build, 'obj', '**', '*.gcda'), recursive=True):
        os.remove(old)
    for program in programs:
        print('running ' + os.path.basename(program), flush=True)
        log = program + '.log'
        command = [program, '--gtest_brief=1', '--gtest_filter=' + LEFT_OUT]
        with open(log, 'w', encoding='utf-8') as output:
            status = subprocess.run(command, stdout=output, stderr=output, check=False).returncode
        if status != 0:
            sys.exit('%s failed with status %d: see %s' % (program, status, log))


def read_branches(build):
    """{file: {line: [times each branch was taken]}}"""
    command = ['gcovr', '--root', '.', '--filter', 'plugin/(%s)/' % '|'.join(FOLDERS), '--exclude-throw-branches',
               '--exclude-unreachable-branches', '--json', os.path.join(build, 'coverage.json'),
               os.path.join(build, 'obj', 'plugin')]
    subprocess.run(command, check=True)
    with open(os.path.join(build, 'coverage.json'), encoding='utf-8') as file:
        report = json.load(file)
    files = {}
    for entry in report['files']:
        lines = files.setdefault(entry['file'], {})
        for line in entry['lines']:
            taken = [branch['count'] for branch in line['branches'] if not branch.get('throw')]
            if taken:
                lines[line['line_number']] = taken
    return files


def count(lines):
    """(taken, all)"""
    branches = [taken for line in lines.values() for taken in line]
    return sum(1 for taken in branches if taken), len(branches)


def percent(taken, all_branches):
    return 100.0 * taken / all_branches if all_branches else 100.0


def print_worst(files):
    missed = []
    for name, lines in files.items():
        taken, total = count(lines)
        if taken < total:
            where = ['%d' % number for number, branches in sorted(lines.items()) if not all(branches)]
            missed.append((total - taken, name, total, where))
    missed.sort(key=lambda row: (-row[0], row[1]))
    print('branches that no test takes: %d files' % len(missed))
    shown = missed if '--all' in sys.argv else missed[:WORST]
    for left, name, total, where in shown:
        more = ' ...' if len(where) > LINES_SHOWN else ''
        print('  %3d of %4d  %s: %s%s' % (left, total, name, ' '.join(where[:LINES_SHOWN]), more))


def main():
    arguments = [word for word in sys.argv[1:] if not word.startswith('--')]
    build, programs = arguments[0], arguments[1:]
    run_programs(build, programs)
    files = read_branches(build)
    print('not counted: exception edges of the compiler, and branches on lines without code')
    print_worst(files)
    shares = []
    totals = [0, 0]
    for folder in FOLDERS:
        counts = [count(lines) for name, lines in files.items() if name.startswith('plugin/%s/' % folder)]
        taken, total = (sum(column) for column in zip(*counts))
        totals = [totals[0] + taken, totals[1] + total]
        shares.append('%s %.1f' % (folder, percent(taken, total)))
        print('%-6s %5d of %5d branches = %.1f %%' % (folder, taken, total, percent(taken, total)))
    figure = percent(*totals)
    print('R4 = %.1f %% of branches (%s) bar %d' % (int(10 * figure) / 10, ', '.join(shares), BAR))
    return 0 if figure >= BAR else 1


if __name__ == '__main__':
    sys.exit(main())
