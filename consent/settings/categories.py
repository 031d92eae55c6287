"""[categories.*]: a standard category changed, or one of the site's own added."""

from dataclasses import replace

from consent.categories import STANDARD, Category
from consent.settings import values
from consent.settings.faults import Fault, did_you_mean, nearest
from consent.settings.reader import Table

Words = tuple[tuple[str, str], ...]
RESERVED = frozenset({"ignore", "unknown"})
"""``data-consent="ignore"`` exempts an element, and ``-/unknown`` labels a third party nobody knows."""


def categories(table: Table, languages: tuple[str, ...]) -> tuple[Category, ...]:
    """The standard categories, changed where the owner says so, then the owner's own in the order of the file."""
    found = {category.key: category for category in STANDARD}
    for key in table.names():
        content = table.table(key)
        if (fault := _key_fault(key, found, deliberate="label" in content)) is not None:
            table.fault(key, fault)
        else:
            found[key] = _category(content, found.get(key), key, languages)
    return tuple(found.values())


def _category(table: Table, standard: Category | None, key: str, languages: tuple[str, ...]) -> Category:
    base = standard or Category(key=key, label=((languages[0], key.replace("-", " ").capitalize()),))
    category = replace(
        base,
        enabled=table.flag("enabled", default=base.enabled),
        label=_words(table, "label", base.label, languages),
        description=_words(table, "description", base.description, languages),
    )
    if category.necessary and not category.enabled:
        table.fault(
            "enabled",
            Fault(
                code="consent.E037",
                message="what is necessary cannot be switched off",
                remedy="Take the line out",
            ),
        )
    table.close()
    return category


def _words(table: Table, key: str, default: Words, languages: tuple[str, ...]) -> Words:
    """One text for the fallback language, or a table of texts by language."""
    if key not in table:
        return default
    if isinstance(table.content[key], str):
        text = table.text(key, "", values.line if key == "label" else values.prose)
        return ((languages[0], text),) if text else default
    texts = table.table(key)
    words = [(tag, texts.text(tag, "", values.prose)) for tag in languages if tag in texts]
    texts.close_with(languages, "consent.E030", "language of the site")
    return tuple(words) or default


def _key_fault(key: str, found: dict[str, Category], *, deliberate: bool) -> Fault | None:
    if key in found:
        return None
    result = values.key(key)
    if isinstance(result, Fault):
        return result
    if key in RESERVED:
        return Fault(code="consent.E033", message=f"{key!r} has a meaning of its own", remedy="Take another key")
    guess = None if deliberate else nearest(key, [category.key for category in STANDARD])
    # A nameless key one letter off a standard one is a typo, and would put an empty switch on the banner.
    if guess is not None and abs(len(guess) - len(key)) <= 1:
        return Fault(code="consent.E032", message=f"there is no category {key!r}", remedy=did_you_mean(key, [guess]))
    return None
