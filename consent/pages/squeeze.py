"""Our own scripts made small for the head of every page: no comments, no spaces, and short names for what is local.

For the scripts of static/ alone, which keep to what is read here: every statement ends in ``;`` or ``}``; every name
is declared by ``const``, ``let`` or as a parameter of an arrow function; no name of the outermost level is declared
anew further in; no regular expression follows a ``)``. A name that also stands for a property of the same name
(``{ fetch, home }``) stays as it is. Pure.
"""

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from itertools import chain
from string import ascii_lowercase, ascii_uppercase

_TOKEN = re.compile(
    r"""(?P<space>\s+|//[^\n]*)
    |"(?:[^"\\\n]|\\.)*"|'(?:[^'\\\n]|\\.)*'
    |[A-Za-z_$][\w$]*|\d[\w.]*
    |=>|\.\.\.|\?\.|\?\?=|\|\|=|&&=|\?\?|\|\||&&|[=!]==|[-+*/<>]=|--|\+\+|.""",
    re.VERBOSE,
)
_EXPRESSION = re.compile(r"/(?:[^/\\\[\n]|\\.|\[(?:[^\]\\\n]|\\.)*\])+/[a-z]*")
_BEFORE_EXPRESSION = frozenset("( , = : [ ! & | ? { } ; => && || ?? return".split())
_OPENING, _CLOSING = frozenset("([{"), frozenset(")]}")
_DECLARING = frozenset({"const", "let"})
_WORDS = frozenset(
    "async await break catch const continue delete do else false finally for if in instanceof let new null of return "
    "this throw true try typeof undefined void while".split()
)
_OUTER = [*ascii_uppercase, *reversed(ascii_lowercase), *(f"{a}{b}" for a in "ABC" for b in ascii_uppercase)]
_INNER = [*ascii_lowercase, *(f"{a}{b}" for a in "abc" for b in ascii_lowercase)]


def squeeze(source: str) -> str:
    """``source`` in fewer bytes, doing the same."""
    tokens = list(_tokens(source))
    statements = list(_statements(tokens))
    shared = _shorthands(tokens)
    outer = [name for s in statements if s[0] in _DECLARING for name in _pattern(s, 1) if name not in shared]
    taken = set(tokens) - set(outer)
    names = _pairs(outer, (short for short in _OUTER if short not in taken), tokens)
    return _join(_merged(chain.from_iterable(_renamed(s, names, shared) for s in statements)))


def _renamed(statement: Sequence[str], outer: dict[str, str], shared: set[str]) -> Iterator[str]:
    """One statement of the outermost level: the names declared in it are its own."""
    inner = [name for name in _declared(statement) if name not in shared and name not in outer]
    taken = {outer.get(token, token) for token in set(statement) - set(inner)}
    names = outer | _pairs(inner, (short for short in _INNER if short not in taken), statement)
    return (
        names.get(token, token) if _is_variable(statement, at) else token for at, token in enumerate(statement)
    )


def _pairs(names: Iterable[str], short: Iterable[str], tokens: Sequence[str]) -> dict[str, str]:
    used = Counter(token for at, token in enumerate(tokens) if _is_variable(tokens, at))
    return dict(zip(sorted(dict.fromkeys(names), key=lambda name: -used[name]), short))  # noqa: B905 - as many as needed


def _tokens(source: str) -> Iterator[str]:
    at, last = 0, ";"
    while at < len(source):
        match = None
        if source[at] == "/" and last in _BEFORE_EXPRESSION and source[at + 1] != "/":
            match = _EXPRESSION.match(source, at)
        match = match or _TOKEN.match(source, at)
        assert match is not None  # noqa: S101 - the last alternative takes anything
        at = match.end()
        if match.lastgroup != "space":
            last = match[0]
            yield last


def _statements(tokens: Sequence[str]) -> Iterator[Sequence[str]]:
    """The statements of the outermost level."""
    depth = start = 0
    for at, token in enumerate(tokens):
        depth += (token in _OPENING) - (token in _CLOSING)
        ends = token == ";" or (token == "}" and tokens[at + 1 : at + 2] != [";"] and tokens[start] not in _DECLARING)
        if not depth and ends and tokens[at + 1 : at + 2] not in (["catch"], ["else"], [")"], [","]):
            yield tokens[start : at + 1]
            start = at + 1


def _declared(tokens: Sequence[str]) -> Iterator[str]:
    """Names declared somewhere in ``tokens``."""
    for at, token in enumerate(tokens):
        if token in _DECLARING:
            yield from _pattern(tokens, at + 1)
        elif token == "=>":
            yield from _pattern(tokens, _opening(tokens, at - 1) if tokens[at - 1] == ")" else at - 1)


def _pattern(tokens: Sequence[str], at: int) -> Iterator[str]:
    """The names that a declaration, or the parameters of a function, from ``at`` on give."""
    depth = 0
    while depth or tokens[at] not in {"=", "of", ";", "=>"}:
        token = tokens[at]
        depth += (token in _OPENING) - (token in _CLOSING)
        if token.isidentifier() and tokens[at + 1] != ":" and tokens[at - 1] != "=":
            yield token
        at += 1


def _opening(tokens: Sequence[str], at: int) -> int:
    depth = 0
    while True:
        depth += (tokens[at] in _CLOSING) - (tokens[at] in _OPENING)
        if not depth:
            return at
        at -= 1


def _is_variable(tokens: Sequence[str], at: int) -> bool:
    """Whether a name stands for a variable here: neither for a property nor for the key of one."""
    before, after = tokens[at - 1] if at else ";", tokens[at + 1] if at + 1 < len(tokens) else ";"
    return before not in {".", "?."} and not (after == ":" and before in {"{", ","})


def _shorthands(tokens: Sequence[str]) -> set[str]:
    """Names that somewhere stand for a property of the same name, in an object or taken out of one."""
    found: set[str] = set()
    open_brackets = [";"]
    for before, token, after in zip(tokens, tokens[1:], tokens[2:], strict=False):
        if before in _OPENING:
            open_brackets.append(before)
        elif before in _CLOSING:
            open_brackets.pop()
        if open_brackets[-1] == "{" and before in {"{", ","} and after in {"}", ",", "="} and token.isidentifier():
            found.add(token)
    return found


def _merged(tokens: Iterable[str]) -> list[str]:
    """Declarations that follow each other as one."""
    merged: list[str] = []
    begun = [""]
    """How the statement began that is under way, for each open bracket."""
    for token in tokens:
        if token == "const" and begun[-1] == "const" and merged[-1] == ";":
            merged[-1] = ","
            continue
        # After a "}" a name: else it is the end of a value, and the statement goes on.
        if not merged or merged[-1] in {";", "{"} or (merged[-1] == "}" and token.isidentifier()):
            begun[-1] = token
        if token in _OPENING:
            begun.append("")
        elif token in _CLOSING:
            begun.pop()
        merged.append(token)
    return merged


def _join(tokens: Sequence[str]) -> str:
    parts: list[str] = [""]
    for at, token in enumerate(tokens):
        after = tokens[at + 1] if at + 1 < len(tokens) else "}"
        needless = (token == ";" and after == "}") or (token == "," and after in _CLOSING)
        if needless or _is_lone_parameter(tokens, at) or _is_lone_parameter(tokens, at - 2):
            continue
        if _runs_together(parts[-1][-1:], token[0]):
            parts.append(" ")
        parts.append(token)
    return "".join(parts)


def _is_lone_parameter(tokens: Sequence[str], at: int) -> bool:
    """Whether ``(name) =>`` begins here: its brackets can go."""
    return at >= 0 and tokens[at] == "(" and list(tokens[at + 2 : at + 4]) == [")", "=>"] and tokens[at + 1].isidentifier()


def _runs_together(before: str, after: str) -> bool:
    return bool(re.match(r"[\w$]{2}|--|\+\+", before + after))
