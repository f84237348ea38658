#!/usr/bin/env python3
"""Do the tests exist that the documents name? In tests/README.md and tests/attack/THREATS.md:

  `folder/name`            a file or folder of tests/ (its ending may be left out), of plugin/, or of the repository
  `folder/name_test` (A, B...)   tests of that file whose names, or whose suites' names, begin so; also `file`, A, B
  *attack* "text", *attack* 28, of scenario 28   attacks of tests/attack
  `make target`            a target of the makefiles

test_names.py [--self-test]"""

import glob
import os
import re
import sys

ROOT = os.path.normpath(os.path.join(os.path.dirname(os.path.abspath(__file__)), "../.."))
DOCUMENTS = ("tests/README.md", "tests/attack/THREATS.md")
ENDINGS = ("", ".cpp", ".h", ".sh", ".py", ".md", ".rm")


def read(path):
    with open(os.path.join(ROOT, path), encoding="utf-8") as file:
        return file.read()


def find(name):
    """The path of what is named, or None."""
    for folder in ("tests", "plugin", ""):
        for ending in ENDINGS:
            path = os.path.join(folder, name.rstrip("/") + ending)
            if os.path.exists(os.path.join(ROOT, path)):
                return path
    return None


def attacks():
    found = {}
    for path in glob.glob(os.path.join(ROOT, "tests/attack/*.py")):
        for number, name in re.findall(r'^@attack\((\d+), "([^"]+)"', read(os.path.relpath(path, ROOT)), re.M):
            found.setdefault(int(number), []).append(name)
    return found


def targets():
    text = read("Makefile") + "".join(read(os.path.relpath(p, ROOT)) for p in glob.glob(ROOT + "/tests/*/*.mk"))
    return set(re.findall(r"^([a-z][a-z-]*)(?:[ a-z-]*):", text, re.M)) | {"ubsan"}


def has_test(path, name):
    """Whether the file has a test or a suite whose name begins so, or (a folder or a script) says it at all."""
    text = read(path) if not os.path.isdir(os.path.join(ROOT, path)) else " ".join(os.listdir(os.path.join(ROOT, path)))
    if path.endswith(".cpp"):
        return re.search(r"\bTEST(_F|_P)?\((\w+, *)?%s" % re.escape(name), text) is not None
    return name in text


def problems(text):
    text = re.sub(r"\s+", " ", re.sub(r"```.*?```", "", text, flags=re.S))
    known, made = attacks(), targets()
    named = r"`([\w./-]+/[\w./-]*)`(?: \(([^)]*)\)|((?:, [A-Z]\w+(?:\.\.\.)?)+))?"
    for name, behind, listed in re.findall(named, text):
        path, behind = find(name), behind or listed
        if path is None:
            yield "`%s` is not there" % name
            continue
        for test in re.split(r", *", behind):
            # Names of tests have capitals; other words between brackets are explanations.
            if re.fullmatch(r"[A-Z]\w*[a-z]\w*(\.\.\.)?", test) and not has_test(path, test.rstrip(".")):
                yield "`%s` has no test %s" % (name, test)
    for target in re.findall(r"`make ([a-z-]+)", text):
        if target not in made:
            yield "`make %s` is no target" % target
    for quoted in re.findall(r'\*attack\* ((?:"[^"]+"(?:, | and )?)+)', text):
        for words in re.findall(r'"([^"]+)"', quoted):
            pattern = ".*".join(map(re.escape, re.split(r"\s*\.\.\.\s*", words)))
            if not any(re.search(pattern, name) for names in known.values() for name in names):
                yield 'there is no attack "%s"' % words
    for first, last in re.findall(r"(?:\*attack\*|of scenarios?) (\d+)(?: to (\d+))?", text):
        for number in range(int(first), int(last or first) + 1):
            if number not in known:
                yield "there is no attack of scenario %d" % number


def self_test():
    good = ('`unit/wire/xml_guard_test`, XmlGuard, `unit/wire/xml_guard_test` (XmlGuard), `make attack`, '
            '*attack* "hijack ... HTTP user", *attack* of scenario 28')
    bad = ('`unit/wire/no_test`, `unit/wire/xml_guard_test` (NoSuchTest), `unit/wire/xml_guard_test`, NoSuchTest, '
           '`make nothing`, *attack* "no such", *attack* 1')
    assert not list(problems(good)), list(problems(good))
    assert len(list(problems(bad))) == 6, list(problems(bad))


def main():
    self_test()
    if "--self-test" in sys.argv:
        return 0
    bad = [(document, problem) for document in DOCUMENTS for problem in problems(read(document))]
    for document, problem in bad:
        print("%s: %s" % (document, problem))
    if not bad:
        print("what %s name is there" % " and ".join(DOCUMENTS))
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main())
