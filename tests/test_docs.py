"""The documents say what the code does: every code, every key, every default, and examples that work."""

import json
import re
import tomllib
from dataclasses import MISSING, Field, fields, is_dataclass
from datetime import timedelta
from pathlib import Path

import pytest
from starlette.testclient import TestClient

from consent import ConsentMiddleware
from consent.asgi import choosing
from consent.asgi.endpoints import Endpoints
from consent.asgi.forms import Submission, parse_submission
from consent.asgi.gate import Gate
from consent.browsers.facts_file import bundled_browser_facts
from consent.catalogue import Catalogue, Cookie
from consent.choices import Action, Choice, apply
from consent.cli import COMMANDS
from consent.html import Rewriter
from consent.languages import bundled
from consent.settings import Settings, schema
from consent.settings.durations import duration
from examples.demo.partners import PARTNERS

ROOT = Path(__file__).parent.parent
SETTINGS = (ROOT / "docs" / "settings.md").read_text("utf-8")
CODES = (ROOT / "docs" / "codes.md").read_text("utf-8")
CODE = re.compile(r"consent\.([EW][0-9]{3})")
SECTIONS = {
    "site": schema.Site,
    "holding": schema.Holding,
    "banner": schema.Banner,
    "banner.colours": schema.Colours,
    "cookie": schema.CookieSettings,
    "records": schema.Records,
    "browsers": schema.Browsers,
    "browsers.rules": schema.BrowserRule,
    "regions": schema.Regions,
    "delivery": schema.Delivery,
    "paths": schema.Paths,
}
KEYS = [(section, field) for section, schema_class in SECTIONS.items() for field in fields(schema_class)]


def rows_of(section: str) -> dict[str, list[str]]:
    """The first cell of each table row under a heading, and the row's cells."""
    after = re.split(rf"^#+ \[{re.escape(section)}\]$", SETTINGS, maxsplit=1, flags=re.MULTILINE)[1]
    lines = re.split(r"^#+ ", after, maxsplit=1, flags=re.MULTILINE)[0].splitlines()
    rows = [[cell.strip() for cell in line.strip("|").split(" | ")] for line in lines if line.startswith("| `")]
    return {row[0].strip("`"): row for row in rows}


def test_every_code_in_the_package_stands_in_the_documents():
    used = {c for path in (ROOT / "consent").rglob("*.py") for c in CODE.findall(path.read_text("utf-8"))}
    documented = set(CODE.findall(CODES))
    assert documented == used


def test_a_code_is_documented_once():
    codes = re.findall(r"^\| `consent\.([EW][0-9]{3})`", CODES, re.MULTILINE)
    assert sorted(codes) == sorted(set(codes))


@pytest.mark.parametrize(("section", "field"), KEYS, ids=[f"{s}.{f.name}" for s, f in KEYS])
def test_every_key_stands_in_the_documents_with_its_default(section: str, field: Field[object]):
    default = rows_of(section)[field.name][2]
    value = field.default
    if field.name == "languages" or is_dataclass(value) or value is MISSING or value in (None, ()):
        assert default.startswith(("none", "every", "the style", "`[]`"))
        return
    written = tomllib.loads(f"value = {default.strip('`')}")["value"]
    assert value == (duration(written) if isinstance(value, timedelta) else written)


@pytest.mark.parametrize("section", SECTIONS)
def test_no_key_is_documented_that_does_not_exist(section):
    assert set(rows_of(section)) == {field.name for field in fields(SECTIONS[section])}


def test_the_keys_of_categories_services_and_cookies_stand_in_the_documents():
    assert set(rows_of("categories.*")) == {"enabled", "label", "description"}
    service = {"name", "partner", "category", "enabled", "hosts", "paths", "inline", "cookies"}
    assert set(rows_of("services.*")) == service | {field.name for field in fields(Cookie)}


@pytest.mark.parametrize("example", re.findall(r"```toml\n(.*?)```", SETTINGS, re.DOTALL))
def test_every_example_is_right(example):
    mapping = tomllib.loads(example)
    assert Settings.from_mapping({"site": {"name": "The Gazette"}, **mapping})


HOLDING = (ROOT / "docs" / "holding.md").read_text("utf-8")
EXAMPLES = [
    (kind, line)
    for kind, block in re.findall(r"```html (\w+)\n(.*?)```", HOLDING, re.DOTALL)
    for line in block.splitlines()
]
CHOICES = (ROOT / "docs" / "choices.md").read_text("utf-8")


@pytest.fixture(scope="module")
def site():
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("CONSENT_SECRET", "a key for this test alone")
        services = ["google-analytics", "youtube", "google-fonts", "matomo"]
        settings = Settings.from_mapping(
            {"site": {"name": "The Gazette", "services": services}, "records": {"url": "off"}}
        )
        return ConsentMiddleware(answer_page, settings=settings).site


async def answer_page(_scope, _receive, send):
    await send({"type": "http.response.start", "status": 200, "headers": [(b"content-type", b"text/html")]})
    await send({"type": "http.response.body", "body": b"<html></html>"})


@pytest.mark.parametrize(("kind", "line"), EXAMPLES)
def test_what_is_held_and_what_is_not_is_as_documented(kind, line, site):
    rewriter = Rewriter(site.holders.of(site.decide(None), "example.org"), None)
    written = rewriter.feed(line.encode()) + rewriter.finish()
    assert (re.search(rb"data-consent-(held|urls)=", written) is not None, written != line.encode()) == (
        kind == "held",
        kind == "held",
    )


def test_each_kind_of_example_is_there():
    assert {kind for kind, _ in EXAMPLES} == {"held", "left", "passes"}


def test_the_documented_endpoints_are_those_there_are(site):
    (choice,) = site.pages.assets
    documented = set(re.findall(r"^\| `(GET|POST) (/\S+)` \|", CHOICES.replace("choice-HASH.js", choice), re.MULTILINE))
    served = Endpoints.of(site, Gate.of(site, [b"a key for this test alone"]))
    below = {path.removeprefix("/consent") for _, path in documented}
    assert documented == {(m, f"/consent{b}") for b in below for m in served.handlers(b) if m != "HEAD"}
    shown = {*served.documents.handlers, *(f"/assets/{name}" for name in site.pages.assets)}
    expected = {"", "/browser", "/verdicts", "/violations"} | shown
    assert {path for _, path in documented} == {f"/consent{path}" for path in expected}


def test_the_documented_actions_and_fields_are_those_there_are():
    rows = dict(re.findall(r"^\| `(\w+)` \| (.*) \|$", CHOICES, re.MULTILINE))
    assert set(re.findall(r"`(\w+)`", rows["action"])) == {action.value for action in Action}
    form = b"action=save&category=analytics&service=youtube&return=/a&lang=uk&waited=7"
    expected = Submission(
        action="save", categories=("analytics",), services=("youtube",), return_to="/a", language="uk", waited=7
    )
    assert {"action", "category", "service", "return", "lang", "waited"} <= set(rows)
    assert len(fields(Submission)) == 6
    assert parse_submission(form, b"application/x-www-form-urlencoded") == expected


def test_the_documented_json_is_understood_and_the_answer_has_its_keys(site):
    sent, told = re.findall(r"```json\n(.*?)```", CHOICES, re.DOTALL)
    submission = parse_submission(sent.encode(), b"application/json")
    assert submission == Submission(action="save", categories=("analytics",), services=("youtube",))
    state = apply(
        Choice(
            action=Action.SAVE, categories=frozenset(submission.categories), services=frozenset(submission.services)
        ),
        policy=site.settings.policy,
        receipt="r",
        now=site.now(),
        lifetimes=site.settings.lifetimes,
    )
    answer = choosing.outcome(state, site.decide(state), reload=False)
    assert {key: answer[key] for key in ("answered", "categories", "services", "reload")} == {
        key: json.loads(told)[key] for key in ("answered", "categories", "services", "reload")
    }
    assert list(answer) == list(json.loads(told))


def test_the_documented_cookie_is_what_is_written(site):
    state = apply(
        Choice(action=Action.ACCEPT),
        policy=site.settings.policy,
        receipt="r",
        now=site.now(),
        lifetimes=site.settings.lifetimes,
    )
    shape = re.search(r"^    (1:RECEIPT\S+)$", CHOICES, re.MULTILINE)[1]
    assert [part.count(":") for part in site.cookie.dumps(state).rpartition(".")[::2]] == [shape.count(":"), 0]
    assert [site.cookie.name(secure) for secure in (True, False)] == ["__Host-consent", "consent"]


def test_the_documented_floors_are_the_bundled():
    text = (ROOT / "docs" / "browser-check.md").read_text("utf-8")
    rows = re.findall(r"^\| `([\w-]+)`[^|]*\| (\d+) \| (\d+) \| (\d+)\.(\d+) \|$", text, re.MULTILINE)
    documented = {name: (int(b), int(g), (int(major), int(minor))) for name, b, g, major, minor in rows}
    floors = bundled_browser_facts().floors
    assert documented == {name: (floor.blink, floor.gecko, floor.webkit) for name, floor in floors.items()}


def test_the_documented_hook_is_called_and_obeyed(monkeypatch):
    monkeypatch.setenv("CONSENT_SECRET", "a key for this test alone")
    text = (ROOT / "docs" / "browser-check.md").read_text("utf-8")
    names: dict[str, object] = {}
    exec(re.search(r"```python\n(.*?)```", text, re.DOTALL)[1], names)
    settings = Settings.from_mapping({"site": {"name": "The Gazette"}, "records": {"url": "off"}})
    client = TestClient(ConsentMiddleware(answer_page, settings=settings, on_outdated=names["on_outdated"]))
    old = {"accept": "text/html", "user-agent": "Mozilla/4.0 (compatible; MSIE 6.0; Windows NT 5.1)"}
    assert [client.get(path, headers=old).status_code for path in ("/", "/intranet/")] == [406, 200]


def test_the_readmes_commands_are_those_there_are():
    readme, makefile = ((ROOT / name).read_text("utf-8") for name in ("README.md", "Makefile"))
    targets = set(re.findall(r"^([a-z]+):.*## ", makefile, re.MULTILINE))
    documents = [readme, *((ROOT / name).read_text("utf-8") for name in ("CONTRIBUTING.md", "docs/measurements.md"))]
    assert {target for text in documents for target in re.findall(r"\bmake ([a-z]+)\b", text)} - targets == set()
    assert set(re.findall(r"`consent ([a-z]+)`", readme)) <= set(COMMANDS)


def test_the_readme_counts_right():
    readme = (ROOT / "README.md").read_text("utf-8")
    assert ("over a thousand services" in readme, len(Catalogue.bundled().services) > 1000) == (True, True)
    assert ("eleven simulated partners" in readme, len(PARTNERS)) == (True, 11)


def test_the_readmes_settings_are_right():
    example = re.search(r"```toml\n(.*?)```", (ROOT / "README.md").read_text("utf-8"), re.DOTALL)[1]
    settings = Settings.from_mapping(tomllib.loads(example))
    assert [service.key for service in settings.policy.services] == ["google-analytics", "youtube"]


def test_the_readmes_app_runs(monkeypatch, tmp_path):
    code, toml = (
        re.search(rf"```{kind}\n(.*?)```", (ROOT / "README.md").read_text("utf-8"), re.DOTALL)[1]
        for kind in ("python", "toml")
    )
    (tmp_path / "consent.toml").write_text(toml, "utf-8")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("CONSENT_SECRET", "a key for this test alone")
    names: dict[str, object] = {}
    exec(code, names)
    page = TestClient(names["app"]).get("/", headers={"accept": "text/html"})
    assert ("This visit is not counted." in page.text, 'id="consent-banner"' in page.text) == (True, True)


DOCUMENTS = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").glob("*.md"), *(ROOT / "examples").glob("*.md")])


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: path.name)
def test_every_link_within_the_documents_leads_somewhere(document):
    links = re.findall(r"\]\((?!https?:)([^)#\s]+)", document.read_text("utf-8"))
    assert [link for link in links if not (document.parent / link).exists()] == []


def test_every_picture_is_shown_in_a_document():
    shown = "".join(document.read_text("utf-8") for document in DOCUMENTS)
    assert [path.name for path in (ROOT / "docs" / "images").iterdir() if f"images/{path.name})" not in shown] == []


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: path.name)
def test_every_file_that_a_document_names_is_there(document):
    named = re.findall(
        r"\b(?:consent|tests|tools|docs|examples)/[\w/]+\.(?:py|po|pot|json|md|dat)\b", document.read_text("utf-8")
    )
    assert [path for path in named if not (ROOT / path.replace("TAG", "uk")).exists()] == []


def test_the_documented_languages_are_the_bundled():
    document = (ROOT / "docs" / "languages.md").read_text("utf-8").partition("**Which language")[0]
    assert set(re.findall(r"`([a-z]{2}(?:-[A-Za-z]+)?)` [A-Z]", document.replace("\n", " "))) == set(bundled())
    assert f"in {len(bundled())} languages" in document
    assert f"[{len(bundled())} languages](docs/languages.md)" in (ROOT / "README.md").read_text("utf-8")
