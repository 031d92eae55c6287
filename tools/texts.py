"""Keeps the language files beside consent/data/texts/consent.pot whole.

    python -m tools.texts new TAG       a file for a language, with the right number of plural forms, all empty
    python -m tools.texts check [TAG]   what is wrong with one file, or with all; exits 1 if anything is
    python -m tools.texts merge [TAG]   bring new keys, changed English and the order of consent.pot into the files
    python -m tools.texts fill TAG FILE put the translations of FILE in: a line `key = text` each, plural forms divided
                                        by ` | ` (one alone stands for all of them); makes the file if need be
    python -m tools.texts todo [TAG]    what a language does not say yet, in that form, with the English

A language has to be in consent/data/cldr.json first: see tools/cldr.py.
"""

import re
import string
import sys
from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path

from consent.languages.po import Entry, read_header, read_po
from consent.languages.writing import Forms, forms, known

TEXTS = Path(__file__).parent.parent / "consent" / "data" / "texts"
TEMPLATE = "consent.pot"
ONE_OF_ONE = frozenset({"zero", "one", "two"})
"""Plural forms that may say the number in words."""
SAME = frozenset(
    """
    actions.settings banner.cookie_policy categories.analytics.label categories.functional.label
    categories.social.label counted.cookies counted.services kinds.advertising
    kinds.analytics kinds.social opt_out.button opt_out.short placeholder.audio placeholder.video
    policy.category policy.partners_title policy.print policy.signal_title policy.title
    preferences.cookie_name preferences.cookies preferences.partner preferences.title
    receipt.download receipt.title revisit.label
    """.split()  # noqa: SIM905 - a list of so many would take a page
)
"""Texts that may well be the same words in another language."""
LONGEST = 2.0
"""Accept, reject and settings: the longest has at most so many times the characters of the shortest, or eight more."""


def read(name: str) -> tuple[Entry, ...]:
    return read_po((TEXTS / name).read_text("utf-8"), name)


def languages() -> list[str]:
    return sorted(path.stem for path in TEXTS.glob("*.po"))


def fields(text: str) -> list[str]:
    """The names in braces; raises ValueError where braces don't pair."""
    return sorted(
        name for _, name, spec, how in string.Formatter().parse(text) if name is not None and not (spec or how)
    )


def problems(tag: str) -> Iterator[str]:
    """What is wrong with a language's file, one line each."""
    how, entries = forms(tag), read(f"{tag}.po")
    header = read_header((TEXTS / f"{tag}.po").read_text("utf-8"), tag)
    wanted = plural_forms(how)
    if header.get("Plural-Forms") != wanted or header.get("Language") != tag:
        yield f"{tag}: the header should say Language: {tag} and Plural-Forms: {wanted}"
    own = {entry.key: entry for entry in entries}
    template = read(TEMPLATE)
    for english in template:
        if "pending" in english.flags and english.key not in own:
            continue
        entry = own.pop(english.key, None)
        if entry is None:
            yield f"{tag}: {english.key} is missing"
        elif entry.english != english.english:
            yield f"{tag}: {english.key} is a translation of other English: {' | '.join(entry.english)}"
        elif "pending" not in english.flags or entry.translated:
            yield from (f"{tag}: {english.key}: {what}" for what in faults(entry, how))
    yield from (f"{tag}: {key} is not in {TEMPLATE}" for key in own)
    if len(entries) == len(template) and [e.key for e in entries] != [e.key for e in template]:
        yield f"{tag}: not in the order of {TEMPLATE}: merge it"
    yield from _buttons(tag, {entry.key: entry for entry in entries})


def faults(entry: Entry, how: Forms) -> Iterator[str]:
    """What is wrong with one translation."""
    if not entry.translated:
        yield "not translated"
        return
    wanted = len(how.plurals) if entry.counted else 1
    if len(entry.forms) != wanted:
        yield f"{len(entry.forms)} forms; the language has {wanted}: {', '.join(how.plurals)}"
        return
    for category, text in zip(how.plurals if entry.counted else ("",), entry.forms, strict=True):
        yield from (f"{what}: {text}" for what in _text_faults(text, entry, category))
    if how.tag != "en" and entry.key not in SAME and set(entry.forms) & set(entry.english):
        yield "is the English"


def _text_faults(text: str, entry: Entry, category: str) -> Iterator[str]:
    english = entry.english[-1]
    try:
        found, expected = fields(text), fields(english)
    except ValueError:
        yield "braces that don't pair"
        return
    if category in ONE_OF_ONE and "count" not in found:
        expected = [name for name in expected if name != "count"]
    if set(found) != set(expected) or (len(found) != len(expected) and not _repeats(expected)):
        yield f"its blanks are {found}, in English {expected}"
    if re.search(r"[<>&]|https?:|www\.", text):
        yield "texts are plain: no markup and no address"
    if text != text.strip() or "  " in text or "\n" in text:
        yield "blanks at an end, or more than one in a row"
    yield from _stop_faults(text, english)


def _stop_faults(text: str, english: str) -> Iterator[str]:
    """A sentence ends as one in every language that has full stops; Thai has none."""
    stops = tuple(".。।։॥۔")  # noqa: RUF001 - the full stops of scripts
    ends = text.rstrip("\u200f\u200e").endswith(stops)
    if english.endswith(".") and not ends and not re.search("[\u0e00-\u0e7f]", text):
        yield "ends without a full stop, and the English has one"
    if ends and not english.endswith("."):
        yield "ends with a full stop, and the English has none"


def _repeats(expected: list[str]) -> bool:
    """Whether English says a name twice: another language may do with one."""
    return len(set(expected)) < len(expected)


def _buttons(tag: str, entries: Mapping[str, Entry]) -> Iterator[str]:
    """Refusing must not look lesser than accepting: the three words differ, and are of comparable length."""
    keys = ("actions.accept", "actions.reject", "actions.settings")
    words = [entries[key].forms[0] for key in keys if key in entries and entries[key].translated]
    lengths = sorted(len(word) for word in words)
    if len(set(words)) < len(words):
        yield f"{tag}: two of the three buttons say the same"
    if lengths and lengths[-1] > max(lengths[0] * LONGEST, lengths[0] + 8):
        yield f"{tag}: the three buttons are of unequal length: {' | '.join(words)}"
    if len(words) == 3 and max(map(len, words[:2])) > max(min(map(len, words[:2])) * 1.7, min(map(len, words[:2])) + 5):
        yield f"{tag}: accept and reject are of unequal length: {' | '.join(words[:2])}"


def plural_forms(how: Forms) -> str:
    return f"nplurals={len(how.plurals)}; plural={how.rule};"


def write(tag: str, entries: Mapping[str, Entry]) -> None:
    """The file of ``tag`` in the order of the template; what is not in ``entries`` is left empty."""
    how = forms(tag)
    comments = _comments()
    lines = [
        f"# {how.name}. Texts are plain text: no markup. {{names}} in braces are filled in; every one must stay.",
        'msgid ""', 'msgstr ""', f'"Language: {tag}\\n"', '"MIME-Version: 1.0\\n"',
        '"Content-Type: text/plain; charset=UTF-8\\n"', '"Content-Transfer-Encoding: 8bit\\n"',
        f'"Plural-Forms: {plural_forms(how)}\\n"', "",
    ]  # fmt: skip
    for english in read(TEMPLATE):
        entry = entries.get(english.key)
        lines += comments.get(english.key, [])
        lines.append(f"msgctxt {quoted(english.key)}")
        lines.append(f"msgid {quoted(english.english[0])}")
        # Same English: as it was. Other English: the old translation stays to be looked at, and is not used.
        if entry and entry.forms != ("",) and entry.english != english.english:
            lines.insert(-2, "#, fuzzy")
        if english.counted:
            lines.append(f"msgid_plural {quoted(english.english[1])}")
            said = entry.forms if entry else ()
            for index in range(len(how.plurals)):
                lines.append(f"msgstr[{index}] {quoted(said[index] if index < len(said) else '')}")
        else:
            lines.append(f"msgstr {quoted(entry.forms[0] if entry else '')}")
        lines.append("")
    (TEXTS / f"{tag}.po").write_text("\n".join(lines), "utf-8")


def _comments() -> dict[str, list[str]]:
    """The remarks for translators in the template, by the key they stand over."""
    found: dict[str, list[str]] = {}
    waiting: list[str] = []
    for line in (TEXTS / TEMPLATE).read_text("utf-8").splitlines():
        if line.startswith("#."):
            waiting.append(line)
        elif line.startswith("msgctxt "):
            found[line[9:-1]], waiting = waiting, []
    return found


def fill(tag: str, source: str) -> Iterator[str]:
    """Put the translations of ``source`` into the file of ``tag``; what could not be used, a line each."""
    path = TEXTS / f"{tag}.po"
    entries = {entry.key: entry for entry in read(path.name)} if path.exists() else {}
    template = {entry.key: entry for entry in read(TEMPLATE)}
    for number, line in enumerate(source.splitlines(), 1):
        key, equals, text = (part.strip() for part in line.partition("="))
        if not line.strip() or line.startswith("#"):
            continue
        if not equals or key not in template:
            yield f"line {number}: not `key = text` with a key of {TEMPLATE}: {line[:60]}"
            continue
        said = tuple(part.strip() for part in text.split(" | ")) if template[key].counted else (text,)
        if len(said) == 1 and template[key].counted:
            said *= len(forms(tag).plurals)
        wanted = len(forms(tag).plurals) if template[key].counted else 1
        if len(said) != wanted:
            yield f"{key}: {len(said)} forms; the language has {wanted}: {', '.join(forms(tag).plurals)}"
            continue
        entries[key] = replace(template[key], forms=said, flags=frozenset())
    write(tag, entries)


def todo(tag: str) -> Iterator[str]:
    """What is not translated, as lines for ``fill``."""
    path = TEXTS / f"{tag}.po"
    said = {e.key for e in read(path.name) if e.translated} if path.exists() else set()
    comments = _comments()
    for entry in read(TEMPLATE):
        if entry.key not in said:
            yield from comments.get(entry.key, [])
            yield f"{entry.key} = {' | '.join(entry.english)}"


def quoted(text: str) -> str:
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'


def main(arguments: list[str]) -> int:
    command, tags = (arguments[0] if arguments else ""), arguments[1:]
    named = tags[:1] if command == "fill" else tags
    if strange := [tag for tag in named if tag not in known()]:
        print(f"{', '.join(strange)}: not in consent/data/cldr.json. Put it into TAGS of tools/cldr.py, and run that")
        return 2
    if command in {"check", "merge"} and (absent := [tag for tag in named if tag not in languages()]):
        print(f"{', '.join(absent)}: there is no file yet. Begin one with: python -m tools.texts new {absent[0]}")
        return 1
    if command == "new" and len(tags) == 1 and tags[0] in known() and not (TEXTS / f"{tags[0]}.po").exists():
        write(tags[0], {})
    elif command == "merge":
        for tag in tags or languages():
            write(tag, {entry.key: entry for entry in read(f"{tag}.po")})
    elif command == "fill" and len(tags) == 2 and tags[0] in known():
        found = [*fill(tags[0], Path(tags[1]).read_text("utf-8")), *problems(tags[0])]
        print("\n".join(found or ["all is well"]))
        return bool(found)
    elif command == "todo":
        print("\n".join(line for tag in tags or languages() for line in todo(tag)))
    elif command == "check":
        found = [problem for tag in tags or languages() for problem in problems(tag)]
        print("\n".join(found or ["all is well"]))
        return bool(found)
    else:
        print(__doc__)
        return 2
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
