#!/usr/bin/env python3
"""Sizes of files and functions: median and maximum, and a failure where a limit is passed.

Limits: 800 lines for a file, 100 for a function (from its first line to its closing brace).
Usage: sizes.py [folder...]   (default: plugin samples tests)
"""
import os
import re
import statistics
import sys

FILE_LIMIT = 800
FUNCTION_LIMIT = 100
EXTENSIONS = ('.cpp', '.h', '.hpp', '.c')
NOT_FUNCTIONS = re.compile(r'\b(namespace|class|struct|union|enum|extern)\b(?!.*\)\s*(const|noexcept|override|->|:|\{|$))')


def sources(folders):
    for folder in folders:
        for path, _, names in sorted(os.walk(folder)):
            for name in sorted(names):
                if name.endswith(EXTENSIONS):
                    yield os.path.join(path, name)


def blank(match):
    return re.sub(r'[^\n]', ' ', match.group())


def without_comments_and_literals(text):
    """The same text, line by line, where comments and literals are blank, so that braces can be counted."""
    pattern = re.compile(r'R"([^(\s]*)\((?:.|\n)*?\)\1"|//[^\n]*|/\*(?:.|\n)*?\*/|"(?:\\.|[^"\\\n])*"|'
                         r"(?<![0-9a-zA-Z])'(?:\\.|[^'\\\n])+'")
    return re.sub(r'(?m)^[ \t]*#(?:.*\\\n)*.*$', blank, pattern.sub(blank, text))


def functions(text):
    """(first line, lines) of each outermost function body: a brace that follows a parameter list."""
    code = without_comments_and_literals(text)
    stack = []
    statement = 0  # where the statement before the next brace begins
    inside = 0     # depth of braces within functions
    for position, character in enumerate(code):
        if character == '{':
            head = code[statement:position].strip()
            is_function = inside == 0 and ')' in head and head[-1] not in '=,(' and not NOT_FUNCTIONS.search(head.split('(')[0] + ')')
            stack.append((is_function, statement))
            inside += 1 if is_function or inside else 0
            statement = position + 1
        elif character == '}' and stack:
            is_function, start = stack.pop()
            inside -= 1 if inside else 0
            if is_function:
                start += len(code[start:]) - len(code[start:].lstrip())
                yield code.count('\n', 0, start) + 1, code.count('\n', start, position) + 1
            statement = position + 1
        elif character == ';':
            statement = position + 1
        elif character == ':' and re.search(r'\b(public|private|protected)\s*$', code[statement:position]):
            statement = position + 1


def report(what, sizes, limit):
    if not sizes:
        print(f'{what}: none')
        return
    largest = max(sizes, key=lambda size: size[0])
    print(f'{what}: {len(sizes)}, median {statistics.median_low([size[0] for size in sizes])}, '
          f'maximum {largest[0]} ({largest[1]}), limit {limit}')


def main():
    folders = sys.argv[1:] or ['plugin', 'samples', 'tests']
    file_sizes, function_sizes = [], []
    for path in sources(folders):
        with open(path, encoding='utf-8') as file:
            text = file.read()
        file_sizes.append((text.count('\n'), path))
        function_sizes += [(lines, f'{path}:{first}') for first, lines in functions(text)]
    report('files', file_sizes, FILE_LIMIT)
    report('functions', function_sizes, FUNCTION_LIMIT)
    too_large = [f'{where} has {lines} lines, the limit is {FILE_LIMIT}'
                 for lines, where in file_sizes if lines > FILE_LIMIT]
    too_large += [f'{where} has {lines} lines, the limit is {FUNCTION_LIMIT}'
                  for lines, where in function_sizes if lines > FUNCTION_LIMIT]
    for sentence in too_large:
        print(sentence)
    if file_sizes:
        print(f'median {statistics.median_low([size[0] for size in file_sizes])}')
    return 1 if too_large or not file_sizes or not function_sizes else 0


if __name__ == '__main__':
    sys.exit(main())
