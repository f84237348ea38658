"""Finds what can be changed in a C++ source: a small tokenizer, and a rule for each kind of mistake.

A place is code only: comments, literals of text, preprocessor lines and names stay as they are, and so do assertions
and the invariants that only tests ask for (IsConsistent). Relational operators are told from template brackets by the spaces
that the formatter puts around them.
"""
import collections
import re

Token = collections.namedtuple('Token', 'kind text start end')
# What stands at [start, end) becomes `replacement`; `rule` names the kind of mistake.
Mutation = collections.namedtuple('Mutation', 'path start end replacement rule')

TOKENS = re.compile(r'''
    (?P<skip>\s+|//[^\n]*|/\*.*?\*/|^[ \t]*\#(?:[^\n]*\\\n)*[^\n]*)
  | (?P<text>R"([^(\s]*)\(.*?\)\3"|"(?:\\.|[^"\\\n])*"|'(?:\\.|[^'\\\n])+')
  | (?P<number>\d[0-9a-zA-Z'.]*)
  | (?P<name>[A-Za-z_]\w*)
  | (?P<operator><=>|<<=|>>=|\.\.\.|->|::|\+\+|--|&&|\|\||[-+*/%&|^!=<>]=|<<|[-+*/%&|^~!=<>?:;,.(){}\[\]])
''', re.VERBOSE | re.DOTALL | re.MULTILINE)

SWAPS = {
    '<': ('<=', '>='), '<=': ('<', '>'), '>': ('>=', '<='), '>=': ('>', '<'),
    '==': ('!=',), '!=': ('==',), '&&': ('||',), '||': ('&&',), '+': ('-',), '-': ('+',), '+=': ('-=',), '-=': ('+=',),
}
WORDS = {'true': 'false', 'false': 'true'}
INVARIANTS = 'IsConsistent'
ASSERTIONS = ('assert', 'static_assert')
OPENING = {'(': ')', '[': ']', '{': '}'}
NOT_CALLS = ('return', 'if', 'for', 'while', 'switch', 'case', 'default', 'else', 'break', 'continue', 'using', 'throw',
             'static_assert', 'namespace', 'template', 'class', 'struct', 'enum', 'delete', 'new', 'typedef', 'public',
             'private', 'protected', 'do', 'goto', 'auto', 'const', 'constexpr', 'static', 'explicit', 'virtual',
             'friend', 'inline', 'operator')


def tokenize(text):
    tokens = []
    position = 0
    while position < len(text):
        match = TOKENS.match(text, position)
        if not match:
            raise ValueError('what is this: ' + text[position:position + 20])
        if match.lastgroup != 'skip' and not match.group('skip'):
            kind = next(kind for kind in ('text', 'number', 'name', 'operator') if match.group(kind) is not None)
            tokens.append(Token(kind, match.group(), match.start(), match.end()))
        position = match.end()
    return tokens


def pairs(tokens):
    """{index of an opening bracket: index of its closing one}"""
    partner, stack = {}, []
    for index, token in enumerate(tokens):
        if token.kind != 'operator':
            continue
        if token.text in OPENING:
            stack.append(index)
        elif token.text in OPENING.values() and stack:
            partner[stack.pop()] = index
    return partner


class Source:
    """One file, and what can be changed in it."""

    def __init__(self, path, text):
        self.path, self.text = path, text
        self.tokens = tokenize(text)
        self.partner = pairs(self.tokens)
        self.in_function = self.find_functions()

    def find_functions(self):
        """Whether each token is within a function's body or its list of initializers."""
        inside = [False] * len(self.tokens)
        invariants = []
        for opening, closing in self.partner.items():
            if self.tokens[opening].text != '{':
                continue
            head = self.head_of(opening)
            if INVARIANTS in {self.tokens[i].text for i in head}:
                invariants.append((opening, closing))
            start = self.start_of_function(head)
            if start is not None:
                inside[start:closing + 1] = [True] * (closing + 1 - start)
        for opening, closing in invariants:  # with the blocks within them
            inside[opening:closing + 1] = [False] * (closing + 1 - opening)
        return inside

    def head_of(self, opening):
        """What stands before an opening brace and belongs to it."""
        index = opening - 1
        while index >= 0 and self.tokens[index].text not in (';', '}', '{', 'public', 'private', 'protected'):
            index -= 1
        return range(index + 1, opening)

    def start_of_function(self, head):
        """Where the function with this head begins, after its parameters; None when it is no function."""
        words = {self.tokens[i].text for i in head}
        if words & {'class', 'struct', 'enum', 'namespace', 'union'} and ')' not in words:
            return None
        closing = next((self.partner[i] for i in head if self.tokens[i].text == '(' and i in self.partner), None)
        return closing + 1 if closing is not None else None

    def spaced(self, token):
        return self.text[token.start - 1].isspace() and self.text[token.end:token.end + 1].isspace()

    def at(self, index):
        return self.tokens[index].text if 0 <= index < len(self.tokens) else ''

    def change(self, first, last, replacement, rule):
        return Mutation(self.path, self.tokens[first].start, self.tokens[last].end, replacement, rule)

    def mutations(self):
        found = []
        for index, token in enumerate(self.tokens):
            if not self.in_function[index] or self.in_assertion(index):
                continue
            if token.kind == 'operator':
                found += self.of_operator(index, token)
            elif token.kind == 'number':
                found += self.of_number(index, token)
            elif token.kind == 'name':
                found += self.of_name(index, token)
        return found

    def in_assertion(self, index):
        while index >= 0 and self.tokens[index].text not in (';', '{', '}'):
            if self.tokens[index].text in ASSERTIONS:
                return True
            index -= 1
        return False

    def of_operator(self, index, token):
        if token.text in SWAPS and self.spaced(token):
            rule = 'comparison' if token.text[0] in '<>=!' else 'logic' if token.text[0] in '&|' else 'sum'
            return [self.change(index, index, other, rule) for other in SWAPS[token.text]]
        if token.text == '!':
            return [self.change(index, index, '', 'negation')]
        if token.text in (';', '{', '}', ')') or token.text == ':' and self.is_label(index):
            return self.of_statement(index + 1, token)
        return []

    def is_label(self, index):
        while index > 0 and self.at(index - 1) not in (';', '{', '}'):
            index -= 1
        return self.at(index) in ('case', 'default')

    def of_number(self, index, token):
        is_argument_of_template = self.at(index - 1) == '<' and not self.spaced(self.tokens[index - 1])
        if not re.fullmatch(r'\d+', token.text) or is_argument_of_template:
            return []
        value = int(token.text)
        changed = [value + 1] if value == 0 else [value + 1, value - 1]
        return [self.change(index, index, str(other), 'constant') for other in changed]

    def of_name(self, index, token):
        if token.text in WORDS:
            return [self.change(index, index, WORDS[token.text], 'constant')]
        if token.text in ('min', 'max') and self.at(index - 1) == '::' and self.at(index - 2) == 'std':
            return [self.change(index, index, 'max' if token.text == 'min' else 'min', 'min and max')]
        if token.text in ('if', 'while') and self.at(index + 1) == '(':
            return self.of_condition(index + 1)
        if token.text in ('return', 'break', 'continue'):
            return self.of_jump(index, token)
        return []

    def of_condition(self, opening):
        closing = self.partner[opening]
        first = opening + 1
        for index in range(first, closing):
            if self.tokens[index].text == ';':
                first = index + 1
        if any(self.tokens[index].text == '=' for index in range(first, closing)):
            return []  # a declaration
        inside = {self.tokens[index].text for index in range(first, closing)}
        if not inside & {'&&', '||'} and inside & {'<', '<=', '>', '>=', '==', '!=', '!'}:
            return []  # another rule says the same
        condition = self.text[self.tokens[first].start:self.tokens[closing - 1].end]
        return [self.change(first, closing - 1, '!(' + condition + ')', 'condition')]

    def of_jump(self, index, token):
        """The statement goes; of return only where it is guarded by a condition."""
        if token.text == 'return' and not self.is_guarded(index):
            return []
        end = self.end_of_statement(index)
        return [self.change(index, end, ';', 'no ' + token.text)] if end else []

    def is_guarded(self, index):
        before = index - 1
        if self.at(before) == ')':
            return True
        while before >= 0 and self.tokens[before].text != '{':
            if self.tokens[before].text == '}':
                before = next(o for o, c in self.partner.items() if c == before)
            before -= 1
        return self.at(before - 1) == ')' and self.opens_condition(before - 1)

    def opens_condition(self, closing):
        opening = next(o for o, c in self.partner.items() if c == closing)
        return self.at(opening - 1) == 'if'

    def end_of_statement(self, index):
        while index < len(self.tokens) and self.tokens[index].text != ';':
            index = self.partner.get(index, index) + 1
        return index if index < len(self.tokens) else None

    def of_statement(self, index, before):
        """A call that is a statement of its own goes: names joined by . -> :: and what is in brackets, up to `;`."""
        if not self.at(index) or self.tokens[index].kind != 'name' or self.at(index) in NOT_CALLS + ASSERTIONS:
            return []
        if before.text == ')' and not self.opens_statement(index - 1):
            return []
        end, previous = index, None
        while end < len(self.tokens) and self.tokens[end].text != ';':
            token = self.tokens[end]
            if token.text in ('(', '['):
                end = self.partner[end]
            elif token.kind != 'name' and token.text not in ('.', '->', '::'):
                return []
            elif token.kind == 'name' and previous == 'name':
                return []  # a declaration
            previous = token.kind
            end += 1
        if self.at(end - 1) != ')' or end >= len(self.tokens):
            return []
        return [self.change(index, end, ';', 'no call')]

    def opens_statement(self, closing):
        opening = next(o for o, c in self.partner.items() if c == closing)
        return self.at(opening - 1) in ('if', 'for', 'while')


def find(path):
    with open(path, encoding='utf-8') as file:
        source = Source(path, file.read())
    return source.mutations()


def apply(text, mutation):
    return text[:mutation.start] + mutation.replacement + text[mutation.end:]


def describe(text, mutation):
    """(line, original, mutated): what stands there, and what instead, each in one line."""
    line = text.count('\n', 0, mutation.start) + 1
    start = text.rfind('\n', 0, mutation.start) + 1
    end = text.find('\n', mutation.end)
    squeeze = lambda part: ' '.join(part.split())
    original = squeeze(text[start:end])
    mutated = squeeze(text[start:mutation.start] + mutation.replacement + text[mutation.end:end])
    return line, original, mutated
