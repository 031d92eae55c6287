"""Public data about browsers -> the facts the check goes by. Pure: bytes that came from outside in, a file's text out.

Whoever serves these bytes could lie, so what does not fit what is known already is refused as a whole: no version goes
down or leaps, nothing lies in the future, no share jumps. A document that has not changed is left out, and what was
taken from it stays.
"""

import json
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date

from consent.browsers.engines import Version
from consent.browsers.facts import version_of
from consent.browsers.facts_file import GRACES, months_before, parse_browser_facts
from consent.browsers.plausibility import ImplausibleError, check_succession
from consent.browsers.table import Json, Table

MDN = "https://raw.githubusercontent.com/mdn/browser-compat-data/main/browsers/"


@dataclass(frozen=True, slots=True, kw_only=True)
class Document:
    """One of the documents asked for."""

    key: str
    url: str

    @property
    def file(self) -> str:
        """Its name on a mirror."""
        return f"{self.key}.json"


DOCUMENTS = (
    Document(
        key="baseline",
        url="https://web-platform-dx.github.io/baseline-browser-mapping/with_downstream/all_versions_object.json",
    ),
    *(Document(key=f"mdn-{key}", url=f"{MDN}{key}.json") for key in ("chrome", "edge", "firefox", "safari")),
    Document(key="usage", url="https://raw.githubusercontent.com/Fyrd/caniuse/main/region-usage-json/alt-ww.json"),
)

_OURS = {
    "chrome": "chrome",
    "edge": "edge",
    "firefox": "firefox",
    "safari": "safari",
    "opera": "opera",
    "opera_android": "opera-android",
    "samsunginternet_android": "samsung",
    "ya_android": "yandex",
    "uc_android": "uc",
    "qq_android": "qq",
}
_NAMES = {"baseline": "baseline-browser-mapping", "mdn": "MDN browser-compat-data", "usage": "caniuse"}
_SHARES = {
    "chrome": ("chrome", "and_chr"),
    "safari": ("safari", "ios_saf"),
    "edge": ("edge",),
    "firefox": ("firefox", "and_ff"),
    "opera": ("opera", "op_mob"),
    "samsung": ("samsung",),
}
_NUMBERED = re.compile(r"[0-9]{1,4}(?:\.[0-9]{1,4})?", re.ASCII)
"""Versions that count; "preview" and the like don't."""
_TAG = re.compile(r'(?:W/)?"[\x21\x23-\x7e]{0,100}"', re.ASCII)
"""An entity tag (RFC 9110, 8.8.3), in ASCII and not endless."""
_RELEASES_KEPT = 40


@dataclass(frozen=True, slots=True, kw_only=True)
class Release:
    """One release of one browser."""

    version: str
    released: date
    built_on: str

    @property
    def number(self) -> Version:
        return version_of(self.version)


def compose(previous: str, documents: Mapping[str, bytes], today: date) -> str:
    """The text of a new facts file: ``previous`` with what ``documents`` (by their key) say on ``today``.

    Raises ImplausibleError.
    """
    before = parse_browser_facts(previous)
    if before.as_of > today:
        raise ImplausibleError(f"the data at hand is of {before.as_of}, and it is {today} here: is the clock right?")
    content: dict[str, Json] = json.loads(previous)
    readers: dict[str, Callable[[dict[str, Json], Table, date], None]] = {
        "baseline": _take_baseline,
        "usage": _take_usage,
        **{f"mdn-{key}": _mdn_reader(key) for key in ("chrome", "edge", "firefox", "safari")},
    }
    for key, body in documents.items():
        try:
            readers[key](content, Table(json.loads(body.decode("utf-8"))), today)
        except ImplausibleError as error:
            raise ImplausibleError(f"{key}: {error}") from error
        except (KeyError, TypeError, ValueError, RecursionError) as error:
            raise ImplausibleError(f"{key} is not in the form it has always had ({error!r:.100})") from error
        _name_source(content, _NAMES[key.partition("-")[0]], today)
    content["as_of"] = today.isoformat()
    text = write(content)
    check_succession(previous, text, today)
    return text


def known_tags(text: str) -> dict[str, str]:
    """The entity tags of the documents that ``text`` was made of, by their URL."""
    try:
        tags = json.loads(text).get("tags", {})
        return {str(url): str(tag) for url, tag in tags.items() if _TAG.fullmatch(str(tag))}
    except (ValueError, AttributeError, RecursionError):
        return {}


def with_tags(text: str, tags: Mapping[str, str]) -> str:
    """``text`` with the entity tags of its documents; what could not be sent back as a header is left out."""
    return write(json.loads(text) | {"tags": {url: tag for url, tag in tags.items() if _TAG.fullmatch(tag)}})


def write(content: Mapping[str, Json]) -> str:
    """A facts file as text: a line for each thing in it, so that two can be compared by eye."""
    return "{\n" + ",\n".join(f'  "{key}": {_written(value)}' for key, value in content.items()) + "\n}\n"


def _written(value: Json) -> str:
    if isinstance(value, dict) and any(isinstance(item, dict) for item in value.values()):
        lines = [f"    {json.dumps(key)}: {json.dumps(item, ensure_ascii=False)}" for key, item in value.items()]
        return "{\n" + ",\n".join(lines) + "\n  }"
    if isinstance(value, list) and any(isinstance(item, dict | list) for item in value):
        return "[\n" + ",\n".join(f"    {json.dumps(item, ensure_ascii=False)}" for item in value) + "\n  ]"
    return json.dumps(value, ensure_ascii=False)


def _name_source(content: dict[str, Json], name: str, today: date) -> None:
    """Say of which day the source is: what is fetched bears no version."""
    for source in _list(content["sources"]):
        if isinstance(source, dict) and str(source["name"]).startswith(name):
            source["name"] = f"{name}, fetched {today.isoformat()}"


def _take_baseline(content: dict[str, Json], root: Table, today: date) -> None:
    """Versions with their dates, the engines of those that build on another's, and which of them Baseline asks for."""
    for browser, key in _OURS.items():
        releases = [release for _, release in _baseline_releases(root.table(browser), today)]
        _take_newest(content, key, releases)
    safari = sorted({release.number for _, release in _baseline_releases(root.table("safari"), today)}, reverse=True)
    content["webkit"] = [_text(number) for number in safari[:_RELEASES_KEPT]]
    core = [list(_baseline_releases(root.table(browser), today)) for browser in ("chrome", "firefox", "safari")]
    _take_widely(content, _lowest(core, lambda entry: entry.flag("wa_compatible")), today)
    for year in range(2020, today.year):
        _add_year(content["floors"], year, core)


def _add_year(floors: Json, year: int, core: list[list[tuple[Table, Release]]]) -> None:
    """The floor of a year that is over; not before every engine has a release for it."""
    name = f"baseline-{year}"
    fitting = [[(entry, release) for entry, release in releases if entry.year("year") >= year] for releases in core]
    if isinstance(floors, dict) and name not in floors and all(fitting):
        blink, gecko, webkit = _lowest(fitting, lambda _: True)
        floors[name] = {"blink": blink[0], "gecko": gecko[0], "webkit": _text(webkit)}


def _baseline_releases(table: Table, today: date) -> Iterable[tuple[Table, Release]]:
    """What has been released; what is planned has a date to come, or none."""
    for version in filter(_NUMBERED.fullmatch, table.keys()):
        entry = table.table(version)
        day = entry.day_if_any("release_date")
        if day is not None and day <= today:
            yield entry, Release(version=version, released=day, built_on=entry.text("engine_version", version))


def _lowest(core: list[list[tuple[Table, Release]]], fits: Callable[[Table], bool]) -> list[Version]:
    return [min(release.number for entry, release in releases if fits(entry)) for releases in core]


def _take_widely(content: dict[str, Json], lowest: list[Version], today: date) -> None:
    """Add a line to the history where the floor has risen, and drop what no grace reaches back to."""
    lines = [line for line in _list(content["widely"]) if isinstance(line, list)]
    line: list[Json] = [today.isoformat(), lowest[0][0], lowest[1][0], _text(lowest[2])]
    if line[1:] != lines[-1][1:]:
        lines.append(line)
    oldest = months_before(today, max(GRACES.values())).isoformat()
    needed = max((index for index, kept in enumerate(lines) if str(kept[0]) <= oldest), default=0)
    content["widely"] = list[Json](lines[needed:])


def _mdn_reader(browser: str) -> Callable[[dict[str, Json], Table, date], None]:
    def take(content: dict[str, Json], root: Table, today: date) -> None:
        releases = root.table("browsers").table(browser).table("releases")
        current = list(_mdn_releases(releases, {"current", "retired", "esr"}, today))
        _take_newest(content, _OURS[browser], current)
        if browser == "firefox":
            supported = list(_mdn_releases(releases, {"esr"}, today))
            _take_newest(content, "firefox-esr", supported)
            _take_support(content, supported, today)

    return take


def _mdn_releases(table: Table, statuses: set[str], today: date) -> Iterable[Release]:
    for version in filter(_NUMBERED.fullmatch, table.keys()):
        entry = table.table(version)
        day = entry.day_if_any("release_date")
        if entry.text("status") in statuses and day is not None and day <= today:
            yield Release(version=version, released=day, built_on=version)


def _take_support(content: dict[str, Json], supported: list[Release], today: date) -> None:
    """Which ESR goes on: those named, and those whose end is known and still to come."""
    known = {Table(item).whole("version"): item for item in _list(content["esr"])}
    going = {release.number[0] for release in supported}
    dated = {version for version, item in known.items() if Table(item).text("ends", "0000") >= today.isoformat()}
    content["esr"] = [known.get(version, {"version": version}) for version in sorted(going | dated)]


def _take_usage(content: dict[str, Json], root: Table, today: date) -> None:
    """Shares, as caniuse has them from StatCounter; older ones than those at hand are left alone."""
    counted = date.fromisoformat(root.text("access_date"))
    shares = content["shares"]
    if counted > today:
        raise ImplausibleError(f"counted on {counted}, which is to come")
    if not isinstance(shares, dict) or counted.isoformat() < str(shares["as_of"]):
        return
    data = root.table("data")
    total = {key: round(sum(data.table(agent).sum() for agent in agents), 2) for key, agents in _SHARES.items()}
    if not 50 < sum(total.values()) <= 100.5:
        raise ImplausibleError(f"the shares add up to {sum(total.values()):.1f} %")
    for browser in _list(content["browsers"]):
        if isinstance(browser, dict) and (key := str(browser["key"])) in total:
            browser["share"] = total[key]
    shares["as_of"] = counted.isoformat()


def _take_newest(content: dict[str, Json], key: str, releases: list[Release]) -> None:
    """The newest of ``releases``, if it is newer than what is known: sources lag behind each other."""
    families = content["families"]
    if not isinstance(families, dict) or not isinstance(known := families[key], dict) or not releases:
        raise ImplausibleError(f"no release of {key}")
    newest = max(releases, key=lambda release: release.number)
    if newest.number <= version_of(str(known["version"])):
        return
    known["version"] = _text(newest.number) if newest.number[1] or key == "safari" else str(newest.number[0])
    if "built_on" in known:
        known["built_on"] = str(version_of(_first_two(newest.built_on))[0])
    known["released"] = newest.released.isoformat()


def _first_two(version: str) -> str:
    """``27.2.1`` as far as it is compared."""
    match = re.match(r"[0-9]{1,4}(?:\.[0-9]{1,4})?(?=\.|\Z)", version, re.ASCII)
    if match is None:
        raise ValueError(f"not a version: {version!r:.40}")
    return match[0]


def _text(number: Version) -> str:
    return f"{number[0]}.{number[1]}"


def _list(value: Json) -> list[Json]:
    if not isinstance(value, list):
        raise TypeError("a list is expected")
    return value
