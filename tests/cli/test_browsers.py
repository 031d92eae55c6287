"""``consent browsers``: the table, the explanation, and the refresh against servers of every kind."""

import json
import stat
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from consent.browsers import Floors
from consent.browsers.facts_file import bundled_browser_text, parse_browser_facts
from consent.cli import browser_refresh, browsers, main
from consent.cli.browser_refresh import FetchError, refresh
from consent.settings import Settings
from tests.browsers.public_documents import FACTS, TODAY, baseline, documents, mdn

CHROME_60 = "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/60.0.3112.113 Safari/537.36"
DAY = TODAY.isoformat()
NEWER = {"mdn_chrome": mdn("chrome", ("159", "current", DAY))}
Answer = Callable[[BaseHTTPRequestHandler, bytes], None]


def plainly(request: BaseHTTPRequestHandler, body: bytes, **headers: str) -> None:
    request.send_response(200)
    for name, value in {"content-length": str(len(body)), **headers}.items():
        request.send_header(name.replace("_", "-"), value)
    request.end_headers()
    request.wfile.write(body)


class Mirror:
    """A server of this machine with the documents; each may be answered in a way of its own."""

    def __init__(self) -> None:
        self.bodies = documents()
        self.answers: dict[str, Answer] = {}
        self.asked: list[tuple[str, dict[str, str]]] = []
        self.stopping = threading.Event()
        mirror = self

        class Handler(BaseHTTPRequestHandler):
            timeout = 5

            def do_GET(self) -> None:
                key = self.path.rpartition("/")[2].removesuffix(".json")
                mirror.asked.append((self.path, dict(self.headers)))
                with suppress(OSError):  # the client has gone, as it should
                    mirror.answers.get(key, plainly)(self, mirror.bodies[key])

            def log_message(self, *_: object) -> None:
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.server.daemon_threads = True
        self.server.stopping = self.stopping
        self.url = f"http://127.0.0.1:{self.server.server_port}/mirror"
        threading.Thread(target=self.server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()

    def stop(self) -> None:
        self.stopping.set()
        self.server.shutdown()
        self.server.server_close()


@pytest.fixture
def mirror():
    made = Mirror()
    yield made
    made.stop()


@pytest.fixture(autouse=True)
def _in_a_site(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)


@pytest.fixture
def today(monkeypatch):
    """The command's clock stands at TODAY."""
    real = browsers.datetime

    class Clock(real):
        @classmethod
        def now(cls, tz=None):
            return real(TODAY.year, TODAY.month, TODAY.day, 12, tzinfo=tz)

    monkeypatch.setattr(browsers, "datetime", Clock)


# The table


def test_the_table_shows_versions_floors_shares_and_sources(capsys):
    assert main(["browsers"]) == 0
    out = capsys.readouterr().out
    lines = [" ".join(line.split()) for line in out.splitlines()]
    assert "Google Chrome 158 Blink 158 2026-11-17 68.99 %" in lines
    assert "UC Browser 19.2 Blink 123 2026-10-23" in lines
    assert "widely-18m * 107 107 16" in lines
    assert "Firefox ESR: 115 (to 2027-03-31), 140 (to 2026-09-29), 153" in lines
    assert any("caniuse.com, CC BY 4.0" in line for line in lines)
    assert max(len(line) for line in out.splitlines()[:30]) <= 80


@pytest.mark.parametrize(
    ("floor", "shown"),
    [
        ('"baseline-2024"', "baseline-2024 * 130 132 18.2"),
        ('"latest-3"', "* the settings' own: latest-3 (Blink 155, Gecko 153, WebKit 26.6)"),
        ("{ blink = 100, samsung = 25, ie = 11 }", "* the settings' own: Blink 100, samsung 25, Internet Explorer 11"),
    ],
)
def test_the_floor_of_the_settings_is_marked(tmp_path, capsys, floor, shown):
    (tmp_path / "consent.toml").write_text(f'[site]\nname = "A"\n[browsers]\nfloor = {floor}\n', "utf-8")
    assert main(["browsers"]) == 0
    assert shown in [" ".join(line.split()) for line in capsys.readouterr().out.splitlines()]


def test_old_data_is_told(capsys):
    told = browsers.table(FACTS, "widely-18m", FACTS.as_of + timedelta(days=181))
    assert told[:2] == [
        "Browser data of 2026-11-23, 181 days old",
        "  older than 180 days: consent browsers refresh fetches newer data",
    ]
    assert len(browsers.table(FACTS, "widely-18m", FACTS.as_of + timedelta(days=180))) == len(told) - 1


def test_wrong_settings_are_told(tmp_path, capsys):
    (tmp_path / "consent.toml").write_text("[site]\n", "utf-8")
    assert main(["browsers"]) == 1
    assert "consent.E010" in capsys.readouterr().out
    assert main(["browsers", "--settings", "none.toml"]) == 1
    assert "consent.E001" in capsys.readouterr().out


# The explanation


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        ([CHROME_60], ["engine   Blink 60", "system   windows", "verdict  outdated: below the floor"]),
        ([CHROME_60.replace("60.0", "158.0")], ["engine   Blink 158", "verdict  fine: not below the floor"]),
        ([CHROME_60, "--floor", "latest-0"], ["latest-0 (Blink 158, Gecko 153, WebKit 27.2)", "outdated: below the floor of its engine or family"]),
        ([CHROME_60, "--hints", '"Chromium";v="158"'], ["engine   Blink 158", "fine: client hints name a newer engine"]),
        ([CHROME_60 + " (compatible; Googlebot/2.1)"], ["exempt: below the floor, but a bot"]),
        (["curl/8.5"], ["engine   none that is known", "unknown: no engine we know"]),
        ([""], ["unknown: no engine we know"]),
        (["Mozilla/4.0 (compatible; MSIE 6.0; Windows NT 5.1)"], ["engine   Internet Explorer 6", "too old for the newest browsers"]),
        (["Хром \udcff"], ["unknown"]),
    ],
)  # fmt: skip
def test_a_verdict_is_explained(capsys, arguments, told):
    assert main(["browsers", "check", *arguments]) == 0
    out = capsys.readouterr().out
    assert [text for text in told if text not in out] == []


def test_an_unknown_floor_is_a_misuse(capsys):
    assert main(["browsers", "check", CHROME_60, "--floor", "modern"]) == 2
    assert "there is no floor 'modern'" in capsys.readouterr().err


@pytest.mark.parametrize("arguments", [["check"], ["fetch"], ["check", "a", "b"]])
def test_a_wrong_call_is_a_misuse(arguments):
    assert main(["browsers", *arguments]) == 2


# The refresh


def test_a_refresh_writes_a_file_that_the_settings_can_name(tmp_path, mirror, capsys, today):
    mirror.bodies = documents(**NEWER)
    assert main(["browsers", "refresh", "--mirror", mirror.url]) == 0
    said = capsys.readouterr()
    assert said.out.splitlines()[0] == "Google Chrome: 158 -> 159"
    assert 'write data = "browsers.json" under [browsers]' in said.out
    assert "6/6 usage" in said.err
    read = Settings.from_mapping({"site": {"name": "A"}, "browsers": {"data": "browsers.json"}})
    assert read.browser_facts.families["chrome"].version == "159"
    assert stat.S_IMODE((tmp_path / "browsers.json").stat().st_mode) == 0o644
    assert [file.name for file in tmp_path.iterdir()] == ["browsers.json"]


def test_the_file_that_the_settings_name_is_kept_up_to_date_and_may_not_be_there_yet(tmp_path, mirror, capsys, today):
    (tmp_path / "consent.toml").write_text('[site]\nname = "A"\n[browsers]\ndata = "facts.json"\n', "utf-8")
    assert main(["browsers", "refresh", "--mirror", mirror.url]) == 0
    assert "write data" not in capsys.readouterr().out
    assert main(["browsers"]) == 0
    assert f"Browser data of {DAY}" in capsys.readouterr().out


def test_the_file_before_is_kept_beside_it(tmp_path, mirror):
    path = tmp_path / "facts.json"
    path.write_text(bundled_browser_text(), "utf-8")
    mirror.bodies = documents(**NEWER)
    refresh(path, TODAY, mirror=mirror.url)
    assert (tmp_path / "facts.json.previous").read_text("utf-8") == bundled_browser_text()
    assert parse_browser_facts(path.read_text("utf-8")).families["chrome"].version == "159"


@pytest.mark.parametrize("content", ["", "{}", "[", "\xff"])
def test_a_file_that_is_none_is_put_right(tmp_path, mirror, content):
    path = tmp_path / "facts.json"
    path.write_text(content, "latin-1")
    refresh(path, TODAY, mirror=mirror.url)
    assert parse_browser_facts(path.read_text("utf-8")).as_of == TODAY
    assert (tmp_path / "facts.json.previous").read_text("latin-1") == content


def test_what_has_not_changed_is_not_sent_again(tmp_path, mirror):
    def tagged(request, body):
        if request.headers["if-none-match"] == '"v1"':
            request.send_response(304)
            request.end_headers()
        else:
            plainly(request, body, etag='"v1"')

    mirror.answers = dict.fromkeys(mirror.bodies, tagged)
    mirror.bodies = documents(**NEWER)
    told = []
    first = refresh(tmp_path / "facts.json", TODAY, mirror=mirror.url)
    again = refresh(
        tmp_path / "facts.json", TODAY + timedelta(days=1), mirror=mirror.url, told=lambda *args: told.append(args[2])
    )
    assert told == ["unchanged"] * 6
    before, after = parse_browser_facts(first.text), parse_browser_facts(again.text)
    assert (after.families, after.as_of) == (before.families, TODAY + timedelta(days=1))


def test_a_tag_is_sent_to_whom_it_came_from_alone(tmp_path, mirror):
    mirror.answers = dict.fromkeys(mirror.bodies, lambda request, body: plainly(request, body, etag='"v1"'))
    refresh(tmp_path / "facts.json", TODAY, mirror=mirror.url)
    mirror.asked.clear()
    refresh(tmp_path / "facts.json", TODAY, mirror=mirror.url + "/other")
    assert [headers.get("if-none-match") for _, headers in mirror.asked] == [None] * 6


# Servers that cannot be trusted


def stalls(request, body):
    request.send_response(200)
    request.send_header("content-length", str(len(body)))
    request.end_headers()
    request.server.stopping.wait(5)


def drips(request, body):
    request.send_response(200)
    request.send_header("content-length", str(len(body)))
    request.end_headers()
    for index in range(30):
        request.wfile.write(body[index : index + 1])
        request.wfile.flush()
        time.sleep(0.1)


def truncates(request, body):
    request.send_response(200)
    request.send_header("content-length", str(len(body)))
    request.end_headers()
    request.wfile.write(body[:-10])


def floods(request, _body):
    request.send_response(200)
    request.end_headers()
    for _ in range(3_000):
        request.wfile.write(b" " * 1_000)


def redirects(request, _body):
    request.send_response(302)
    request.send_header("location", "/mirror/usage.json")
    request.end_headers()


def downgrades(request, _body):
    request.send_response(301)
    request.send_header("location", "http://elsewhere.example/")
    request.end_headers()


def fails(request, _body):
    request.send_response(503)
    request.send_header("content-length", "0")
    request.end_headers()


def pretends_that_nothing_changed(request, _body):
    request.send_response(304)
    request.end_headers()


def packs(request, body):
    plainly(request, b"\x1f\x8b" + body, content_encoding="gzip")


def speaks_no_http(request, _body):
    request.wfile.write(b"SSH-2.0-OpenSSH_9.2\r\n")


def hangs_up(request, _body):
    request.connection.close()


@pytest.mark.parametrize(
    ("answer", "told"),
    [
        (stalls, "longer than"),
        (drips, "longer than"),
        (truncates, ""),
        (floods, "longer than 1000000 bytes"),
        (redirects, "it answered 302 to another place, which is not followed"),
        (downgrades, "it answered 301"),
        (fails, "it answered 503"),
        (pretends_that_nothing_changed, "it answered 304"),
        (packs, "it came encoded"),
        (speaks_no_http, ""),
        (hangs_up, ""),
    ],
    ids=lambda value: getattr(value, "__name__", ""),
)  # fmt: skip
def test_a_server_that_cannot_be_trusted_changes_nothing(tmp_path, mirror, monkeypatch, answer, told):
    if answer in {stalls, drips}:
        monkeypatch.setattr(browser_refresh, "SECONDS", 0.6)
    path = tmp_path / "facts.json"
    path.write_text(bundled_browser_text(), "utf-8")
    mirror.bodies = documents(**NEWER)
    mirror.answers["mdn-edge"] = answer
    with pytest.raises(FetchError, match=r"mdn-edge\.json: .") as caught:
        refresh(path, TODAY, mirror=mirror.url)
    assert told in str(caught.value)
    assert path.read_text("utf-8") == bundled_browser_text()
    assert [file.name for file in tmp_path.iterdir()] == ["facts.json"]


@pytest.mark.parametrize("answer", [stalls, drips])
def test_a_slow_server_is_waited_for_so_long_and_no_longer(tmp_path, mirror, monkeypatch, answer):
    monkeypatch.setattr(browser_refresh, "SECONDS", 0.6)
    mirror.answers = dict.fromkeys(mirror.bodies, answer)
    began = time.monotonic()
    with pytest.raises(FetchError):
        refresh(tmp_path / "facts.json", TODAY, mirror=mirror.url)
    assert 6 * 0.6 <= time.monotonic() - began < 15  # five seconds each, or three, if they were waited for


def test_every_document_that_failed_is_told_at_once(tmp_path, mirror, capsys, today):
    mirror.answers = {"mdn-edge": fails, "usage": redirects}
    assert main(["browsers", "refresh", "--mirror", mirror.url]) == 1
    said = capsys.readouterr().err
    assert "Nothing was changed. These could not be fetched:" in said
    assert [key for key in ("mdn-edge.json: it answered 503", "usage.json: it answered 302") if key not in said] == []


def test_a_server_that_lies_changes_nothing(tmp_path, mirror, capsys, today):
    mirror.bodies = documents(baseline=baseline(chrome=("999", "999", DAY)))
    assert main(["browsers", "refresh", "--mirror", mirror.url]) == 1
    assert "What came is not believed: Google Chrome leapt from 158 to 999" in capsys.readouterr().err
    assert list(tmp_path.iterdir()) == []


def test_a_server_that_is_not_there_is_told(tmp_path, mirror):
    mirror.server.server_close()
    with pytest.raises(FetchError, match="baseline"):
        refresh(tmp_path / "facts.json", TODAY, mirror=mirror.url)


@pytest.mark.parametrize(
    "url",
    ["http://mirror.example/", "ftp://mirror.example/", "file:///etc", "mirror.example", "https://", "http://127.0.0.1.example/", "http://[::1", "//x"],
)  # fmt: skip
def test_only_https_is_asked_and_http_of_this_machine(tmp_path, url):
    with pytest.raises(FetchError, match="only https"):
        refresh(tmp_path / "facts.json", TODAY, mirror=url)


def test_the_makers_servers_are_asked_by_https():
    assert {document.url.partition(":")[0] for document in browser_refresh.DOCUMENTS} == {"https"}


def test_a_place_that_cannot_be_written_is_told(tmp_path, mirror, capsys, today):
    assert main(["browsers", "refresh", "--mirror", mirror.url, "--out", str(tmp_path / "none" / "facts.json")]) == 1
    assert "cannot be written" in capsys.readouterr().err


def test_nothing_is_left_where_replacing_fails(tmp_path, monkeypatch):
    path = tmp_path / "facts.json"
    path.write_text("as it was", "utf-8")

    def full(*_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(browser_refresh.os, "fsync", full)
    with pytest.raises(OSError, match="No space left"):
        browser_refresh.replace(path, "new")
    assert path.read_text("utf-8") == "as it was"
    assert [file.name for file in tmp_path.iterdir()] == ["facts.json"]


def test_changes_are_told_by_name():
    lines = browsers.changes(FACTS, FACTS)
    assert lines == ["No version, floor or share has changed."]


def test_floors_are_told_without_what_they_do_not_ask_for():
    assert browsers._shown(Floors(gecko=100), FACTS) == "Gecko 100"


def test_the_documents_are_json_as_it_is_read():
    assert all(json.loads(body) for body in documents().values())
