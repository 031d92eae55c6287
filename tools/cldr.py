"""Takes out of Unicode's CLDR, by way of Babel, what the product writes with, into consent/data/cldr.json.

    python -m tools.cldr

Run it when a language is added or Babel is newer. Every plural rule is checked against CLDR's for 0 to 9999 and some
large numbers; a language whose rule is not among ours stops the run.
"""

import json
import re
from datetime import UTC, datetime
from pathlib import Path

import babel
from babel import Locale

ROOT = Path(__file__).parent.parent
TARGET = ROOT / "consent" / "data" / "cldr.json"
EUROPE = frozenset(
    "AT BE BG HR CY CZ DK EE FI FR DE GR HU IE IT LV LT LU MT NL PL PT RO SK SI ES SE IS LI NO CH GB UA TR AU".split()  # noqa: SIM905 - a list of so many would take a page
)
"""Where a site's own partners may well be, beside the countries of the catalogue's."""
# Tag -> CLDR locale, where they differ.
LOCALES = {"en": "en_GB", "pt": "pt_PT", "sr": "sr_Cyrl", "bs": "bs_Latn", "nb": "nb"}
TAGS = [
    "ar",
    "bg",
    "bn",
    "bs",
    "ca",
    "cs",
    "da",
    "de",
    "el",
    "en",
    "es",
    "et",
    "eu",
    "fa",
    "fi",
    "fr",
    "ga",
    "he",
    "hi",
    "hr",
    "hu",
    "hy",
    "id",
    "is",
    "it",
    "ja",
    "ka",
    "ko",
    "lt",
    "lv",
    "mk",
    "ms",
    "mt",
    "nb",
    "nl",
    "nn",
    "pl",
    "pt",
    "pt-BR",
    "ro",
    "sk",
    "sl",
    "sq",
    "sr",
    "sv",
    "th",
    "tr",
    "uk",
    "ur",
    "vi",
    "zh-Hans",
    "zh-Hant",
]
# gettext's rules; each language takes the first that says of every number what CLDR says.
RULES = (
    "0",
    "n != 1",
    "n > 1",
    "n%10==1 && n%100!=11 ? 0 : n%10>=2 && n%10<=4 && (n%100<12 || n%100>14) ? 1 : 2",
    "n==1 ? 0 : n>=2 && n<=4 ? 1 : 2",
    "n==1 ? 0 : n%10>=2 && n%10<=4 && (n%100<12 || n%100>14) ? 1 : 2",
    "n%100==1 ? 0 : n%100==2 ? 1 : n%100==3 || n%100==4 ? 2 : 3",
    "n%10==1 && (n%100<11 || n%100>19) ? 0 : n%10>=2 && n%10<=9 && (n%100<11 || n%100>19) ? 1 : 2",
    "n%10==0 || (n%100>=11 && n%100<=19) ? 0 : n%10==1 && n%100!=11 ? 1 : 2",
    "n==1 ? 0 : n==0 || (n%100>=1 && n%100<=19) ? 1 : 2",
    "n==1 ? 0 : n==2 ? 1 : n==0 || (n%100>=3 && n%100<=10) ? 2 : n%100>=11 && n%100<=19 ? 3 : 4",
    "n==1 ? 0 : n==2 ? 1 : n<7 && n>2 ? 2 : n<11 && n>6 ? 3 : 4",
    "n==1 ? 0 : n==2 ? 1 : 2",
    "n%10!=1 || n%100==11",
    "n==0 ? 0 : n==1 ? 1 : n==2 ? 2 : n%100>=3 && n%100<=10 ? 3 : n%100>=11 && n%100<=99 ? 4 : 5",
)
UNITS = ("second", "minute", "hour", "day", "week", "month", "year")
# Words where CLDR has only abbreviations.
WORDS = {
    "mt": {
        "second": ["sekonda", "{0} sekondi", "{0} sekondi", "{0}-il sekonda", "{0} sekonda"],
        "minute": ["minuta", "{0} minuti", "{0} minuti", "{0}-il minuta", "{0} minuta"],
        "hour": ["siegħa", "sagħtejn", "{0} sigħat", "{0}-il siegħa", "{0} siegħa"],
        "day": ["jum", "jumejn", "{0} ijiem", "{0}-il jum", "{0} jum"],
        "week": ["ġimgħa", "ġimagħtejn", "{0} ġimgħat", "{0}-il ġimgħa", "{0} ġimgħa"],
        "month": ["xahar", "xahrejn", "{0} xhur", "{0}-il xahar", "{0} xahar"],
        "year": ["sena", "sentejn", "{0} snin", "{0}-il sena", "{0} sena"],
    },
    "ga": {
        "second": ["{0} soicind", "{0} shoicind", "{0} shoicind", "{0} soicind", "{0} soicind"],
        "minute": ["{0} nóiméad"] * 5,
        "hour": ["{0} uair an chloig"] * 2 + ["{0} huaire an chloig", "{0} n-uaire an chloig", "{0} uair an chloig"],
        "week": ["{0} seachtain", "{0} sheachtain", "{0} seachtaine", "{0} seachtaine", "{0} seachtain"],
    },
}
# Where CLDR's word for "and" depends on the sounds around it, the one that fits all.
LISTS = {"uk": {"2": "{0} та {1}", "end": "{0} та {1}"}}
NUMBERS = [*range(10_000), 10_001, 11_111, 100_000]


def main() -> None:
    from gettext import c2py  # noqa: PLC0415 - not in gettext's documentation; forms.py uses it in the same way

    rules = [(rule, [c2py(rule)(n) for n in NUMBERS]) for rule in RULES]
    head = {
        "source": f"Unicode CLDR, by way of Babel {babel.__version__}",
        "licence": "Unicode-3.0, https://www.unicode.org/license.txt",
        "as_of": datetime.now(UTC).date().isoformat(),
    }
    rows = [f"{json.dumps(tag)}: {json.dumps(language(tag, rules), ensure_ascii=False)}" for tag in TAGS]
    text = json.dumps(head)[:-1] + ', "languages": {\n' + ",\n".join(rows) + "\n}}\n"
    TARGET.write_text(text, encoding="utf-8")
    print(f"{TARGET.relative_to(ROOT)}: {len(rows)} languages, {TARGET.stat().st_size} bytes")


def language(tag: str, rules: list[tuple[str, list[int]]]) -> dict[str, object]:
    locale = Locale.parse(LOCALES.get(tag, tag.replace("-", "_")))
    rule, plurals = plural(tag, locale, rules)
    # Bengali has no symbols of its own in CLDR: those of Latin digits hold.
    symbols = dict(locale.number_symbols["latn"]) | dict(locale.number_symbols.get(locale.default_numbering_system, {}))
    return {
        "name": name(tag, locale),
        "direction": locale.text_direction,
        "rule": rule,
        "plurals": plurals,
        "digits": digits(locale),
        "decimal": symbols["decimal"],
        "percent": percent(locale, symbols["percentSign"]),
        "months": [locale.months["format"]["wide"][month] for month in range(1, 13)],
        "date_format": date(locale),
        "list": dict(locale.list_patterns["standard"]) | LISTS.get(tag, {}),
        "units": {unit: unit_forms(tag, locale, unit, plurals) for unit in UNITS},
        "countries": {code: locale.territories[code] for code in sorted(countries())},
    }


def name(tag: str, locale: Locale) -> str:
    plain = Locale.parse(tag) if tag in {"en", "pt", "sr", "bs", "nb"} else locale
    return str(plain.get_display_name(plain) or "")


def plural(tag: str, locale: Locale, rules: list[tuple[str, list[int]]]) -> tuple[str, list[str]]:
    """The rule, and the CLDR category of each of its forms."""
    wanted = [locale.plural_form(n) for n in NUMBERS]
    for rule, found in rules:
        pairs = set(zip(found, wanted, strict=True))
        if len(pairs) == len(set(found)) == len(set(wanted)):
            return rule, [category for _, category in sorted(pairs)]
    raise SystemExit(f"{tag}: no rule says what CLDR says: {locale.plural_form.rules}")


def digits(locale: Locale) -> str:
    zero = {"latn": 0x30, "arab": 0x660, "arabext": 0x6F0, "deva": 0x966, "beng": 0x9E6}[
        locale.default_numbering_system
    ]
    return "".join(chr(zero + step) for step in range(10))


def percent(locale: Locale, sign: str) -> str:
    pattern = locale.percent_formats[None].pattern.partition(";")[0]
    return re.sub(r"[#0,.]+", "{0}", pattern).replace("%", sign)


def date(locale: Locale) -> str:
    """CLDR's long pattern as a format of ours."""
    fields = {"d": "{day}", "dd": "{day}", "MMMM": "{month}", "LLLL": "{month}", "M": "{number}", "y": "{year}"}
    fields["G"] = locale.eras["abbreviated"][1]
    parts = re.findall(r"'([^']*)'|([a-zA-Z]+)|([^'a-zA-Z]+)", locale.date_formats["long"].pattern)
    return "".join(
        quoted or (fields[letters] if letters.isascii() and letters else rest) for quoted, letters, rest in parts
    )


def unit_forms(tag: str, locale: Locale, unit: str, plurals: list[str]) -> list[str]:
    if own := WORDS.get(tag, {}).get(unit):
        return own
    patterns = locale._data["unit_patterns"][f"duration-{unit}"]["long"]  # noqa: SLF001 - format_unit drops the plural of an int
    return [patterns.get(category, patterns["other"]) for category in plurals]


def countries() -> set[str]:
    partners = (ROOT / "consent" / "data" / "partners.json").read_text("utf-8")
    return set(re.findall(r'"country": ?"([A-Z]{2})"', partners)) | EUROPE


if __name__ == "__main__":
    main()
