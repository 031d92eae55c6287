"""What is published works: the wheel alone, away from the checkout, renders every page; the sdist can be built from."""

import os
import subprocess
import sys
import sysconfig
import tarfile
import tomllib
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
FILES = {path.relative_to(ROOT).as_posix() for path in (ROOT / "consent").rglob("*") if path.is_file()}
TEMPLATES = {path.relative_to(ROOT).as_posix() for path in (ROOT / "templates").rglob("*") if path.is_file()}
SHIPPED = {name for name in FILES if "__pycache__" not in name}
PROBE = """
import asyncio, sys
from pathlib import Path

import consent
from consent import ConsentMiddleware, Settings

assert Path(consent.__file__).is_relative_to(sys.argv[1]), consent.__file__


async def app(scope, receive, send):
    await send({"type": "http.response.start", "status": 200, "headers": [(b"content-type", b"text/html")]})
    await send({"type": "http.response.body", "body": b"<html><body><script src='//youtube.com/iframe_api'></script>"})


async def get(app, path, language, agent):
    sent = []

    async def send(message):
        sent.append(message)

    headers = [(b"host", b"gazette.example"), (b"accept", b"text/html"), (b"accept-language", language), (b"user-agent", agent)]
    scope = {"type": "http", "method": "GET", "scheme": "https", "path": path, "query_string": b"", "headers": headers}
    await app(scope, None, send)
    return sent[0]["status"], b"".join(message.get("body", b"") for message in sent)


settings = {"site": {"name": "The Gazette", "services": ["google-analytics", "youtube"]}, "records": {"url": "off"}}
wrapped = ConsentMiddleware(app, settings=Settings.from_mapping(settings))
for language in (b"en", b"uk"):
    status, page = asyncio.run(get(wrapped, "/", language, b"curl/8"))
    assert status == 200 and b'id="consent-banner"' in page and b'data-consent-held="media/youtube"' in page, page
    assert b"<style" in page and b'lang="%s"' % language in page, page
    status, page = asyncio.run(get(wrapped, "/consent", language, b"curl/8"))
    assert status == 200 and b'value="google-analytics"' in page and b"YouTube" in page, page
    status, page = asyncio.run(get(wrapped, "/", language, b"Mozilla/4.0 (compatible; MSIE 8.0; Windows NT 6.1)"))
    assert status == 406 and b"Firefox" in page and b'lang="%s"' % language in page, page
print("rendered")
"""


def run(*arguments: object, **more) -> str:
    done = subprocess.run([str(a) for a in arguments], capture_output=True, text=True, check=False, **more)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


@pytest.fixture(scope="module")
def built(tmp_path_factory):
    """The folder with the wheel and the sdist."""
    folder = tmp_path_factory.mktemp("dist")
    run(sys.executable, "-m", "build", "--wheel", "--sdist", "--no-isolation", "--outdir", folder, ROOT)
    return folder


@pytest.fixture(scope="module")
def wheel(built):
    return next(built.glob("*.whl"))


@pytest.fixture(scope="module")
def installed(wheel, tmp_path_factory):
    folder = tmp_path_factory.mktemp("installed")
    pip = ["-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--no-index", "--no-deps"]
    run(sys.executable, *pip, "--target", folder, wheel)
    return folder


def test_the_wheel_holds_every_file_of_the_package_and_the_templates(wheel):
    names = set(zipfile.ZipFile(wheel).namelist())
    expected = SHIPPED | {f"consent/{name}" for name in TEMPLATES}
    assert {name for name in names if ".dist-info/" not in name} == expected
    assert "consent/py.typed" in names
    assert "consent/static/guard.js" in names
    assert "consent/data/partners.json" in names


def test_the_wheel_has_the_command_and_the_licence(wheel):
    with zipfile.ZipFile(wheel) as archive:
        texts = {Path(n).name: archive.read(n).decode() for n in archive.namelist() if ".dist-info/" in n}
    assert "consent = consent.cli:main" in texts["entry_points.txt"]
    assert "LICENSE" in texts
    assert "License-Expression: MIT AND MPL-2.0" in texts["METADATA"]
    assert "Requires-Python: >=3.11" in texts["METADATA"]


@pytest.fixture
def away(installed, tmp_path):
    """How a fresh interpreter is started that knows the wheel and its dependencies, and not the checkout."""
    path = os.pathsep.join([str(installed), sysconfig.get_path("purelib"), sysconfig.get_path("platlib")])
    environment = {"PYTHONPATH": path, "CONSENT_SECRET": "a key for this test alone", "PATH": os.environ["PATH"]}
    # -S: the checkout's editable install hangs on a .pth file of the virtual environment, which site would read.
    return lambda code: run(sys.executable, "-S", "-c", code, installed, cwd=tmp_path, env=environment)


def test_the_installed_wheel_renders_away_from_the_checkout(away):
    assert away(PROBE).split() == ["rendered"]


def test_the_installed_command_runs_away_from_the_checkout(away, tmp_path):
    (tmp_path / "consent.toml").write_text('[site]\nname = "The Gazette"\n', "utf-8")
    said = away("import sys; from consent.cli import main; sys.exit(main(['check']))")
    assert said.startswith("consent.toml is right")


def test_the_sdist_holds_what_a_build_and_a_test_run_need(built):
    with tarfile.open(next(built.glob("*.tar.gz"))) as archive:
        names = {name.partition("/")[2] for name in archive.getnames()}
    assert SHIPPED - names == set()
    assert TEMPLATES - names == set()
    assert {
        "pyproject.toml", "Makefile", ".ci/run", "README.md", "CHANGELOG.md", "CONTRIBUTING.md", "SECURITY.md", "LICENSE",
        "docs/architecture.md", "docs/images/banner.png", "examples/demo/__main__.py", "tests/chromium.sh",
        "tests/bench/__main__.py", "tests/browsers/user_agents.tsv",
    } - names == set()  # fmt: skip


def test_the_sdist_holds_nothing_that_was_left_behind(built):
    with tarfile.open(next(built.glob("*.tar.gz"))) as archive:
        names = archive.getnames()
    assert [n for n in names if "__pycache__" in n or ".venv" in n or n.endswith((".db", ".spool", ".env"))] == []


def test_the_version_is_the_changelogs():
    version = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]["version"]
    assert f"## [{version}]" in (ROOT / "CHANGELOG.md").read_text("utf-8")
