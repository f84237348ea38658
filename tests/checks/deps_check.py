#!/usr/bin/env python3
"""Proves that the includes of the sources keep to the architecture, and that the inner layers stay pure.

  1. plugin/ includes in one direction:  base <- wire <- engine <- store <- session, net and gsoap outermost; config knows
     base, wire, engine and the public header; of the engine the store sees records.h alone.
  2. engine/rms and engine/rmd do not know each other.
  3. stdsoap2.h and generated headers only in plugin/gsoap, samples and tests; sqlite3.h, of the plugin, only in store.
  4. base, wire and engine have no clock, sleep, thread, lock, socket, file, randomness or mutable global; also not in
     the compiled objects, where there are any.
  5. Threads and locks only in store, session, net and gsoap.
  6. The wall clock, which people set, decides nothing: only the date of a dead letter, which is shown, comes from it,
     and what gSOAP itself asks for.

Usage: deps_check.py [--root FOLDER] [--objects FOLDER]   checks; exit status 1 when a rule is broken
       deps_check.py --self-test                          plants violations in a copy and wants each found
"""
import argparse
import os
import re
import shutil
import subprocess
import sys
import tempfile

LAYERS = {  # what each folder of plugin/ may include, besides itself
    'base': set(),
    'wire': {'base'},
    'engine': {'base', 'wire'},
    'store': {'base', 'wire', 'engine'},
    'session': {'base', 'wire', 'engine', 'store', 'include', 'observe'},
    'observe': {'base', 'wire', 'engine'},
    'net': {'base', 'wire', 'engine', 'session'},  # implements the seams of engine and session
    'config': {'base', 'wire', 'engine', 'include'},
    'gsoap': {'base', 'wire', 'engine', 'store', 'session', 'observe', 'net', 'config', 'include'},
    'include': {'include'},
}
PURE = ('base', 'wire', 'engine')
THREADED = ('store', 'session', 'net', 'gsoap')
HOST_HEADER = re.compile(r'(^|/)(stdsoap2\.h|generated/.*|soap(H|Stub)\.h|soap\w*(Proxy|Service)\.h|.*\.nsmap)$')
IMPURE_HEADERS = {
    'chrono', 'ctime', 'time.h', 'sys/time.h', 'random', 'sys/random.h', 'fstream', 'iostream', 'cstdio', 'stdio.h',
    'filesystem', 'unistd.h', 'fcntl.h', 'poll.h', 'sys/socket.h', 'netinet/in.h', 'sys/stat.h', 'future', 'csignal'}
THREAD_HEADERS = {'thread', 'mutex', 'shared_mutex', 'condition_variable', 'atomic', 'pthread.h', 'semaphore.h'}
THREAD_WORDS = re.compile(
    r'\bstd::(thread|mutex|recursive_mutex|shared_mutex|condition_variable\w*|lock_guard|unique_lock|scoped_lock|'
    r'atomic\w*|async)\b|\bpthread_\w+\s*\(|\bthread_local\b')
IMPURE_WORDS = re.compile(
    r'\b(clock_gettime|gettimeofday|nanosleep|usleep|sleep_for|sleep_until|getrandom|rand|srand|fopen|getenv|printf|'
    r'fprintf|system_clock|steady_clock|random_device)\b(?!\s*=)|(?<![\w:.>])(::)?(time|sleep|socket|connect)\s*\(')
WALL_CLOCK = re.compile(
    r'\b(system_clock|gettimeofday|CLOCK_REALTIME\w*|CLOCK_TAI|utc_clock|localtime\w*|gmtime\w*|mktime|timegm|ftime|'
    r'timespec_get|unixepoch|julianday)\b(?!\.h)|'
    r'(?<![\w:.>])(::|std::)?time\s*\(')
SHOWS_THE_TIME = ('store/sqlite_letters.cpp', 'store/tool/commands.cpp', 'gsoap/message_input.cpp')
IMPURE_SYMBOLS = re.compile(
    r'^(clock_gettime|gettimeofday|time|nanosleep|usleep|sleep|poll|select|socket|connect|send|recv|open|fopen|read|'
    r'write|printf|fprintf|puts|rand|random|getrandom|getenv|pthread_(?!once)\w+)(@|$)|chrono|random_device|mutex|'
    r'basic_[io]?fstream')
MUTABLE_GLOBAL = re.compile(
    r'^(static|thread_local|inline)?\s*(?!using|typedef|struct|class|enum|union|template|namespace|extern "C"|friend|'
    r'return|constexpr|const\b|static_assert|public|private|protected|#)'
    r'(static\s+|thread_local\s+|inline\s+)*[A-Za-z_][\w:<>,\s*&]*[\s*&>]\w+(\[\w*\])*\s*(=[^=].*|\{.*\})?;$')


def sources(folder):
    for path, folders, names in os.walk(folder):
        folders.sort()
        for name in sorted(names):
            if name.endswith(('.cpp', '.h', '.hpp', '.c')):
                yield os.path.join(path, name)


def blank(match):
    return re.sub(r'[^\n]', ' ', match.group())


def without_comments(text):
    return re.sub(r'//[^\n]*|/\*(?:.|\n)*?\*/', blank, text)


def code_lines(text):
    """(number, line) without comments and literals."""
    text = re.sub(r'"(?:\\.|[^"\\\n])*"', blank, without_comments(text))
    return enumerate(text.split('\n'), 1)


def includes(text):
    for number, line in enumerate(without_comments(text).split('\n'), 1):
        match = re.match(r'\s*#\s*include\s*(["<])([^">]+)[">]', line)
        if match:
            yield number, match.group(2)


def global_lines(text):
    """(number, line) of the statements outside functions and types: at namespace level."""
    text = re.sub(r'"(?:\\.|[^"\\\n])*"', blank, without_comments(text))
    kinds, statement = [], ''
    number = 1
    for character in text:
        if character == '\n':
            number += 1
        if character == '{':
            kinds.append('namespace' if re.search(r'\bnamespace\b[\s\w:]*$|\bextern\s*$', statement) else 'other')
            statement = statement + character if kinds[-1] == 'other' else ''
        elif character == '}':
            kind = kinds.pop() if kinds else 'other'
            statement = statement + character if kind == 'other' else ''
            if kind == 'other' and not any(k == 'other' for k in kinds) and re.search(r'\)[^=;]*\{[^{]*$|\}$', statement):
                if ')' in statement.split('{')[0]:
                    statement = ''  # a function
        elif character == ';' and not any(kind == 'other' for kind in kinds):
            yield number, ' '.join(re.sub(r'\{.*\}', '{}', statement, flags=re.S).split()) + ';'
            statement = ''
        else:
            statement += character
            if character == '\n' and statement.strip().startswith('#'):
                statement = ''


class Checker:
    def __init__(self, root):
        self.root = root
        self.violations = []

    def report(self, path, number, sentence):
        self.violations.append(f'{os.path.relpath(path, self.root)}:{number}: {sentence}')

    def check_plugin_file(self, path):
        inside = os.path.relpath(path, os.path.join(self.root, 'plugin')).split(os.sep)
        layer = inside[0] if len(inside) > 1 else ''
        part = inside[1] if len(inside) > 2 else ''
        with open(path, encoding='utf-8') as file:
            text = file.read()
        if layer not in LAYERS:
            self.report(path, 1, f'plugin/{layer} is not a layer of the architecture')
            return
        for number, included in includes(text):
            self.check_include(path, number, layer, part, included)
        self.check_words(path, layer, text)

    def check_include(self, path, number, layer, part, included):
        folder = included.split('/')[0]
        target = folder if '/' in included else ''
        if included.startswith('soap_rm'):
            target = 'include'
        if '..' in included.split('/'):
            self.report(path, number, f'"{included}": includes are relative to plugin/')
        if target in LAYERS and target != layer and target not in LAYERS[layer]:
            self.report(path, number, f'{layer} must not include {target} ("{included}")')
        if layer == 'engine' and part in ('rms', 'rmd'):
            other = 'rmd' if part == 'rms' else 'rms'
            if included.startswith(f'engine/{other}/'):
                self.report(path, number, f'engine/{part} must not know engine/{other} ("{included}")')
        if layer == 'store' and target == 'engine' and included != 'engine/records.h':
            self.report(path, number, f'store must not know more of the engine than its records ("{included}")')
        if included == 'sqlite3.h' and layer != 'store':
            self.report(path, number, f'only plugin/store may include {included}')
        if HOST_HEADER.search(included) and layer != 'gsoap':
            self.report(path, number, f'only plugin/gsoap, samples and tests may include {included}')
        if layer in PURE and included in IMPURE_HEADERS:
            self.report(path, number, f'{layer} must be pure, but includes <{included}>')
        if layer not in THREADED and included in THREAD_HEADERS:
            self.report(path, number, f'{layer} must not know threads and locks, but includes <{included}>')

    def check_words(self, path, layer, text):
        if layer in ('include',):
            return
        for number, line in code_lines(text):
            if re.match(r'\s*#\s*include', line):
                continue
            match = THREAD_WORDS.search(line)
            if match and layer not in THREADED:
                self.report(path, number, f'{layer} must not know threads and locks: {match.group().strip()}')
            match = IMPURE_WORDS.search(line)
            if match and layer in PURE:
                self.report(path, number, f'{layer} must be pure: {match.group().strip()}')
            match = WALL_CLOCK.search(line)
            if match and layer not in PURE and not path.endswith(SHOWS_THE_TIME):
                self.report(path, number, f'the wall clock decides nothing: {match.group().strip()}')
            if layer in PURE and re.match(r'\s+static\s+(?!const\b|constexpr\b)[\w:<>*& ]+\w+\s*(=|;|\{)', line):
                self.report(path, number, f'{layer} must not have mutable state of its own: {line.strip()}')
        if layer in PURE:
            for number, line in global_lines(text):
                if MUTABLE_GLOBAL.match(line) and not re.search(r'\bconst\b|\bconstexpr\b|\boperator\b|\(', line):
                    self.report(path, number, f'{layer} must not have mutable globals: {line}')

    def check_host_headers_elsewhere(self):
        for path in sources(self.root):
            top = os.path.relpath(path, self.root).split(os.sep)[0]
            if top in ('plugin', 'samples', 'tests', 'generated') or top.startswith(('build', '.')):
                continue
            with open(path, encoding='utf-8') as file:
                for number, included in includes(file.read()):
                    if HOST_HEADER.search(included):
                        self.report(path, number, f'only plugin/gsoap, samples and tests may include {included}')

    def check_objects(self, objects):
        """What the compiler made of the pure layers: the symbols they need and the data they own."""
        count = 0
        for layer in PURE:
            for path, _, names in os.walk(os.path.join(objects, layer)):
                for name in sorted(names):
                    if name.endswith('.o'):
                        count += 1
                        self.check_object(os.path.join(path, name), layer)
        return count

    def check_object(self, path, layer):
        lines = subprocess.run(['objdump', '-t', '-C', path], capture_output=True, text=True,
                               check=True).stdout.splitlines()
        matches = [re.match(r'[0-9a-f]{16} .{7} (\S+)\s+[0-9a-f]{16} (?:\.hidden )?(.*)', line) for line in lines]
        symbols = [match.groups() for match in matches if match]
        # Constants within functions that are made at their first use; that they are constant the text has shown.
        guarded = {name[len('guard variable for '):] for _, name in symbols if name.startswith('guard variable for ')}
        for section, name in symbols:
            if section == '*UND*' and IMPURE_SYMBOLS.search(name):
                self.report(path, 0, f'{layer} must be pure, but its object needs {name}')
            mutable = re.match(r'\.(data|bss|tdata|tbss)\b(?!\.rel\.ro)', section)
            compiler_made = name in guarded or name == section or name.startswith(
                ('vtable', 'typeinfo', 'DW.ref.', 'construction vtable', 'guard variable', '.'))
            if mutable and not compiler_made:
                self.report(path, 0, f'{layer} must not have mutable globals, but its object has {name}')


def check(root, objects):
    checker = Checker(root)
    files = list(sources(os.path.join(root, 'plugin')))
    for path in files:
        checker.check_plugin_file(path)
    checker.check_host_headers_elsewhere()
    count = checker.check_objects(objects) if objects and os.path.isdir(objects) else 0
    return checker.violations, len(files), count


PLANTED = [  # file, what is added to it, a part of the complaint
    ('plugin/store/planted.cpp', 'auto now = std::chrono::system_clock::now();\n', 'the wall clock'),
    ('plugin/session/planted.cpp', 'long Now() { return std::time(nullptr); }\n', 'the wall clock'),
    ('plugin/net/planted.cpp', 'void Now(timespec* t) { clock_gettime(CLOCK_REALTIME, t); }\n', 'the wall clock'),
    ('plugin/base/planted.h', '#include "wire/envelope.h"\n', 'base must not include wire'),
    ('plugin/wire/planted.h', '#include "engine/options.h"\n', 'wire must not include engine'),
    ('plugin/engine/planted.cpp', '#include "session/ports.h"\n', 'engine must not include session'),
    ('plugin/session/planted.cpp', '#include "gsoap/context.h"\n', 'session must not include gsoap'),
    ('plugin/net/planted.cpp', '#include "gsoap/context.h"\n', 'net must not include gsoap'),
    ('plugin/config/planted.cpp', '#include "session/ports.h"\n', 'config must not include session'),
    ('plugin/engine/rms/planted.h', '#include "engine/rmd/ack_tracker.h"\n', 'must not know engine/rmd'),
    ('plugin/engine/rmd/planted.h', '#include "engine/rms/round_trip.h"\n', 'must not know engine/rms'),
    ('plugin/store/planted.h', '#include "engine/options.h"\n', 'more of the engine than its records'),
    ('plugin/session/planted.cpp', '#include <sqlite3.h>\n', 'only plugin/store may include sqlite3.h'),
    ('plugin/session/planted.h', '#include <stdsoap2.h>\n', 'may include stdsoap2.h'),
    ('plugin/net/planted.h', '#include "soapH.h"\n', 'may include soapH.h'),
    ('plugin/session/planted2.h', '#include "../wire/envelope.h"\n', 'relative to plugin/'),
    ('plugin/unheard/planted.h', '\n', 'not a layer'),
    ('planted/planted.cpp', '#include "stdsoap2.h"\n', 'may include stdsoap2.h'),
    ('plugin/engine/planted.h', '#include <chrono>\n', 'pure'),
    ('plugin/wire/planted.cpp', '#include <sys/socket.h>\n', 'pure'),
    ('plugin/base/planted.cpp', '#include <fstream>\n', 'pure'),
    ('plugin/engine/planted2.cpp', 'void f() { usleep(10); }\n', 'pure'),
    ('plugin/engine/planted3.cpp', 'long f() { return time(nullptr); }\n', 'pure'),
    ('plugin/base/planted2.cpp', 'int f() { return rand(); }\n', 'pure'),
    ('plugin/config/planted.h', '#include <mutex>\n', 'threads and locks'),
    ('plugin/engine/planted4.cpp', 'void f() { std::mutex mutex; }\n', 'threads and locks'),
    ('plugin/wire/planted2.cpp', 'namespace a {\nnamespace {\nint counter = 0;\n}\n}\n', 'mutable globals'),
    ('plugin/wire/planted3.cpp', 'namespace a {\nvoid f() {}\nstd::map<int, int> table;\n}\n', 'mutable globals'),
    ('plugin/engine/planted5.cpp', 'int f() {\n  static int calls = 0;\n  return ++calls;\n}\n', 'mutable state'),
]
INNOCENT = '''#include <string>
#include "base/types.h"
namespace a {
// time(nullptr), rand() and std::mutex in a comment are nothing
constexpr int kLimit = 5;
const char *const kNames[] = {"usleep()", "socket("};
struct Point { int time = 0; int x{0}; };
class Timer { public: int next_time() const { return deadline_time(); } private: int deadline_time() const; };
int f(int now);
extern const int kOther;
enum class Kind { kOne };
using Map = int;
inline int g(Point p) { int local = 3; return p.time + local; }
Point operator+(Point a, Point b);
}
'''


def self_test():
    """Plants each violation alone, and one file that breaks nothing; all must be told apart."""
    problems = []
    with tempfile.TemporaryDirectory() as root:
        def plant(name, text):
            shutil.rmtree(root)
            path = os.path.join(root, name)
            os.makedirs(os.path.dirname(path))
            os.makedirs(os.path.join(root, 'plugin'), exist_ok=True)
            with open(path, 'w', encoding='utf-8') as file:
                file.write(text)
            return check(root, None)[0]
        for name, text, complaint in PLANTED:
            violations = plant(name, text)
            if len(violations) != 1 or complaint not in violations[0]:
                problems.append(f'{name} ({text.strip()!r}) gave {violations}, wanted one with "{complaint}"')
        violations = plant('plugin/engine/innocent.h', INNOCENT)
        if violations:
            problems.append(f'an innocent file gave {violations}')
        problems += self_test_objects(root)
    for problem in problems:
        print(problem)
    print(f'deps-check self-test: {len(PLANTED)} planted violations, {len(problems)} problems')
    return 1 if problems else 0


def self_test_objects(root):
    """The same for a compiled object, where there is a compiler."""
    if not shutil.which('g++'):
        return []
    os.makedirs(os.path.join(root, 'objects/engine'), exist_ok=True)
    problems = []
    for text, complaint in (('#include <time.h>\nlong f() { return time(nullptr); }', 'needs time'),
                            ('int counter = 5; int zero; int f() { return ++counter + ++zero; }', 'mutable globals'),
                            ('struct A { virtual ~A(); virtual int f(); }; A::~A() {} int A::f() { return 1; }', '')):
        subprocess.run(['g++', '-x', 'c++', '-fPIC', '-c', '-', '-o', os.path.join(root, 'objects/engine/x.o')],
                       input=text, text=True, check=True)
        violations = check(root, os.path.join(root, 'objects'))[0]
        violations = [v for v in violations if 'objects' in v]
        if bool(violations) != bool(complaint) or (violations and complaint not in violations[0]):
            problems.append(f'an object of {text!r} gave {violations}')
    return problems


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument('--root', default=os.path.join(os.path.dirname(os.path.abspath(__file__)), '..', '..'))
    parser.add_argument('--objects', default=None)
    parser.add_argument('--self-test', action='store_true')
    arguments = parser.parse_args()
    if arguments.self_test:
        return self_test()
    root = os.path.abspath(arguments.root)
    objects = arguments.objects or os.path.join(root, 'build', 'obj', 'plugin')
    violations, files, count = check(root, objects)
    for violation in violations:
        print(violation)
    print(f'deps-check: {files} files and {count} objects of the pure layers, {len(violations)} violations')
    return 1 if violations or files == 0 else 0


if __name__ == '__main__':
    sys.exit(main())
