"""Our own scripts made small for the head of every page: no comments, no spaces, and short names for what is local.

For the scripts of static/ alone, which keep to what is read here: every statement ends in ``;`` or ``}``; every name
is declared by ``const``, ``let`` or as a parameter of an arrow function; no name of the outermost level is declared
anew further in; no regular expression follows a ``)``. A name that also stands for a property of the same name
(``{ fetch, home }``) stays as it is, unless it is met so often that to name both is shorter. What is compared with a
text is a text, or nothing. Pure.
"""

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from itertools import chain
from string import ascii_lowercase, ascii_uppercase

_PIECE = re.compile(
    r"""(?P<space>\s+|//[^\n]*)
    |"(?:[^"\\\n]|\\.)*"|'(?:[^'\\\n]|\\.)*'
    |[A-Za-z_$][\w$]*|\d[\w.]*
    |=>|\.\.\.|\?\.|\?\?=|\|\|=|&&=|\?\?|\|\||&&|[=!]==|[-+*/<>]=|--|\+\+|.""",
    re.VERBOSE,
)
_EXPRESSION = re.compile(r"/(?:[^/\\\[\n]|\\.|\[(?:[^\]\\\n]|\\.)*\])+/[a-z]*")
_BEFORE_EXPRESSION = frozenset([*"(,=:[!&|?{};", "=>", "&&", "||", "??", "return"])
_OPENING, _CLOSING = frozenset("([{"), frozenset(")]}")
_OFTEN = 5
"""So many times a name is met that a shorter one pays, if it has to be said once more."""
_DECLARING = frozenset({"const", "let"})
_GOING_ON = [["catch"], ["else"], [")"], [","], [";"]]
"""What may follow the "}" of a statement that has not ended."""
_COMMON = "etaoinsrhldcumfpgwybvkxjqz"
"""Letters, those first that English words have most of: code is full of such, and a compressor gives them few bits."""
_OUTER = [*ascii_uppercase, *ascii_lowercase, *(f"{a}{b}" for a in "ABC" for b in ascii_uppercase)]
_INNER = [*_COMMON, *(f"{a}{b}" for a in "abc" for b in ascii_lowercase)]


def squeeze(source: str) -> str:
    """``source`` in fewer bytes, doing the same."""
    pieces = _spelt_out(_loosened(list(_pieces(source))))
    statements = list(_statements(pieces))
    shared = {pieces[at] for at in _shorthands(pieces)}
    outer = [name for s in statements if s[0] in _DECLARING for name in _pattern(s, 1) if name not in shared]
    taken = set(pieces) - set(outer)
    names = _pairs(outer, (short for short in _OUTER if short not in taken))
    return _join(_merged(chain.from_iterable(_renamed(s, names, shared) for s in statements)))


def _renamed(statement: Sequence[str], outer: dict[str, str], shared: set[str]) -> Iterator[str]:
    """One statement of the outermost level: the names declared in it are its own."""
    inner = [name for name in _declared(statement) if name not in shared and name not in outer]
    taken = {outer.get(piece, piece) for piece in set(statement) - set(inner)}
    names = outer | _pairs(inner, (short for short in _INNER if short not in taken))
    return (names.get(piece, piece) if _is_variable(statement, at) else piece for at, piece in enumerate(statement))


def _pairs(names: Iterable[str], short: Iterable[str]) -> dict[str, str]:
    """In order: functions with the same parameters then read alike, and a compressor knows them."""
    return dict(zip(dict.fromkeys(names), short))  # noqa: B905 - as many as needed


def _pieces(source: str) -> Iterator[str]:
    at, last = 0, ";"
    while at < len(source):
        match = None
        if source[at] == "/" and last in _BEFORE_EXPRESSION and source[at + 1] != "/":
            match = _EXPRESSION.match(source, at)
        match = match or _PIECE.match(source, at)
        assert match is not None  # noqa: S101 - the last alternative takes anything
        at = match.end()
        if match.lastgroup != "space":
            last = match[0]
            yield last


def _loosened(pieces: list[str]) -> list[str]:
    """``==`` for ``===`` beside a text in quotes: of texts both say the same."""
    beside = zip(["", *pieces], pieces, [*pieces[1:], ""], strict=False)
    return [
        piece[:-1] if piece in {"===", "!=="} and '"' in {before[:1], after[:1]} else piece
        for before, piece, after in beside
    ]


def _statements(pieces: Sequence[str]) -> Iterator[Sequence[str]]:
    """The statements of the outermost level."""
    depth = start = 0
    for at, piece in enumerate(pieces):
        depth += (piece in _OPENING) - (piece in _CLOSING)
        block = piece == "}" and pieces[start] not in _DECLARING and pieces[at + 1 : at + 2] not in _GOING_ON
        if not depth and (block or piece == ";"):
            yield pieces[start : at + 1]
            start = at + 1


def _declared(pieces: Sequence[str]) -> Iterator[str]:
    """Names declared somewhere in ``pieces``."""
    for at, piece in enumerate(pieces):
        if piece in _DECLARING:
            yield from _pattern(pieces, at + 1)
        elif piece == "=>":
            yield from _pattern(pieces, _opening(pieces, at - 1) if pieces[at - 1] == ")" else at - 1)


def _pattern(pieces: Sequence[str], at: int) -> Iterator[str]:
    """The names that a declaration, or the parameters of a function, from ``at`` on give."""
    depth = 0
    while depth or pieces[at] not in {"=", "of", ";", "=>"}:
        piece = pieces[at]
        depth += (piece in _OPENING) - (piece in _CLOSING)
        if piece.isidentifier() and pieces[at + 1] != ":" and pieces[at - 1] != "=":
            yield piece
        at += 1


def _opening(pieces: Sequence[str], at: int) -> int:
    depth = 0
    while True:
        depth += (pieces[at] in _CLOSING) - (pieces[at] in _OPENING)
        if not depth:
            return at
        at -= 1


def _is_variable(pieces: Sequence[str], at: int) -> bool:
    """Whether a name stands for a variable here: neither for a property nor for the key of one."""
    before, after = pieces[at - 1] if at else ";", pieces[at + 1] if at + 1 < len(pieces) else ";"
    return before not in {".", "?."} and not (after == ":" and before in {"{", ","})


def _shorthands(pieces: Sequence[str]) -> Iterator[int]:
    """Where names stand for a property of the same name, in an object or taken out of one."""
    open_brackets = [";"]
    for at, (before, piece, after) in enumerate(zip(pieces, pieces[1:], pieces[2:], strict=False), 1):
        if before in _OPENING:
            open_brackets.append(before)
        elif before in _CLOSING:
            open_brackets.pop()
        if open_brackets[-1] == "{" and before in {"{", ","} and after in {"}", ",", "="} and piece.isidentifier():
            yield at


def _spelt_out(pieces: Sequence[str]) -> list[str]:
    """``{ often }`` as ``{ often: often }``, so that the variable can have a short name."""
    counts = Counter(pieces)
    often = {at for at in _shorthands(pieces) if counts[pieces[at]] >= _OFTEN}
    return [part for at, piece in enumerate(pieces) for part in ((piece, ":", piece) if at in often else (piece,))]


def _merged(pieces: Iterable[str]) -> list[str]:
    """Declarations that follow each other as one."""
    merged: list[str] = []
    begun = [""]
    """How the statement began that is under way, for each open bracket."""
    for piece in ("let" if piece == "const" else piece for piece in pieces):  # nothing is assigned that must not be
        if piece == "let" and begun[-1] == "let" and merged[-1] == ";":
            merged[-1] = ","
            continue
        # After a "}" a name: else it is the end of a value, and the statement goes on.
        if not merged or merged[-1] in {";", "{"} or (merged[-1] == "}" and piece.isidentifier()):
            begun[-1] = piece
        if piece in _OPENING:
            begun.append("")
        elif piece in _CLOSING:
            begun.pop()
        merged.append(piece)
    return merged


def _join(pieces: Sequence[str]) -> str:
    parts: list[str] = [""]
    for at, piece in enumerate(pieces):
        after = pieces[at + 1] if at + 1 < len(pieces) else "}"
        needless = (piece == ";" and after == "}") or (piece == "," and after in _CLOSING)
        if needless or _is_lone_parameter(pieces, at) or _is_lone_parameter(pieces, at - 2):
            continue
        if _runs_together(parts[-1][-1:], piece[0]):
            parts.append(" ")
        parts.append(piece)
    return "".join(parts)


def _is_lone_parameter(pieces: Sequence[str], at: int) -> bool:
    """Whether ``(name) =>`` begins here: its brackets can go."""
    return (
        at >= 0 and pieces[at] == "(" and list(pieces[at + 2 : at + 4]) == [")", "=>"] and pieces[at + 1].isidentifier()
    )


def _runs_together(before: str, after: str) -> bool:
    return bool(re.match(r"[\w$]{2}|--|\+\+", before + after))
