"""``[browsers]``: floors by name, engine and family; rules by path; the owner's own data."""

import dataclasses
import json

import pytest

from consent.browsers import Floors
from consent.browsers.facts_file import bundled_browser_facts, bundled_browser_text
from consent.settings import BrowserRule, Browsers, Settings
from tests.settings.mistakes import only, problems_of


def read(**keys: object) -> Browsers:
    return Settings.from_mapping({"site": {"name": "The Gazette"}, "browsers": keys}).browsers


def floor_of(**versions: object) -> Floors:
    found = read(floor=versions).floor
    assert isinstance(found, Floors)
    return found


def problem(**keys: object):
    return only({"browsers": keys})


def test_browsers_have_their_defaults():
    assert read() == Browsers()


# Floors by name


@pytest.mark.parametrize("name", [*bundled_browser_facts().floors, "latest-0", "latest-3", "latest-36"])
def test_a_floor_is_a_name_of_the_data_or_so_many_releases_back(name):
    assert read(floor=name).floor == name


@pytest.mark.parametrize(
    ("name", "remedy"),
    [
        ("widely-18", "Did you mean 'widely-18m'?"),
        ("modern", "Did you mean 'rails-modern'?"),
        ("latest-37", 'Write "latest-N" with N from 0 to 36'),
        ("latest-x", 'Write "latest-N" with N from 0 to 36'),
    ],
)
def test_a_floor_that_has_no_name_is_refused(name, remedy):
    found = problem(floor=name)
    assert (found.code, found.key, found.remedy) == ("consent.E043", "browsers.floor", remedy)


# Floors by engine and family


def test_a_floor_may_be_versions_by_engine():
    assert floor_of(blink=107, webkit="16.4") == Floors(blink=107, gecko=0, webkit=(16, 4))


def test_a_floor_may_be_versions_by_family_in_their_own_numbers():
    found = floor_of(**{"chrome": 120, "edge": 118, "opera-android": 80, "samsung": "25.0"})
    assert found.families == (
        ("chrome", (120, 0)),
        ("edge", (118, 0)),
        ("opera-android", (80, 0)),
        ("samsung", (25, 0)),
    )
    assert found.blink == 0


def test_firefox_and_safari_count_as_their_engines_do():
    assert floor_of(firefox=121, safari="17.2") == Floors(gecko=121, webkit=(17, 2))


def test_internet_explorer_is_let_in_only_where_it_is_named():
    assert floor_of(ie=11).trident == 11
    assert floor_of(blink=100).trident is None


def test_a_floor_may_start_from_a_name_and_change_what_it_says():
    widely = bundled_browser_facts().floors["widely"]
    found = floor_of(**{"from": "widely", "ie": 11, "gecko": 140})
    assert found == dataclasses.replace(widely, trident=11, gecko=140)
    assert floor_of(**{"from": "widely", "safari": "18.0"}).webkit == (18, 0)
    assert floor_of(**{"from": "widely-18m", "blink": 110}).webkit == (16, 0)


def test_a_wrong_name_to_start_from_is_refused():
    found = problem(floor={"from": "widley"})
    assert (found.code, found.key) == ("consent.E043", "browsers.floor.from")


def test_an_own_number_is_checked_even_where_the_rest_has_a_name():
    found = problems_of({"browsers": {"floor": {"from": "widely", "blink": 122}}})
    assert [(one.code, one.key) for one in found] == [("consent.E048", "browsers.floor.blink")]


@pytest.mark.parametrize("version", [True, 0, -3, 16.4, "16.x", "", "16.4.1", 99999])
def test_what_is_no_version_is_refused(version):
    assert problem(floor={"webkit": version}).code == "consent.E043"


def test_an_unknown_engine_is_refused():
    assert problem(floor={"gekko": 100}).remedy == "Did you mean 'gecko'?"


def test_an_engine_and_its_only_family_are_not_both_named():
    assert problem(floor={"gecko": 100, "firefox": 110}).code == "consent.E018"


@pytest.mark.parametrize(
    ("floor", "key", "told"),
    [
        ({"chrome": 200}, "chrome", "nobody's Google Chrome would be let in: its newest release is 158"),
        ({"opera": 150}, "opera", "nobody's Opera would be let in: its newest release is 140 (Chromium 157)"),
        (
            {"opera-android": 105},
            "opera-android",
            "nobody's Opera for Android would be let in: its newest release is 104",
        ),
        ({"safari": "27.3"}, "webkit", "nobody's Safari would be let in: its newest release is 27.2"),
        ({"gecko": 154}, "gecko", "nobody's Firefox ESR would be let in: its newest release is 153"),
        ({"blink": 122}, "blink", "nobody's QQ Browser would be let in: its newest release is 20.7 (Chromium 121)"),
    ],
)
def test_a_floor_above_the_newest_release_of_a_family_is_refused_with_its_name(floor, key, told):
    found = problem(floor=floor)
    assert (found.code, found.key) == ("consent.E048", f"browsers.floor.{key}")
    assert found.message.startswith(told)


def test_every_family_that_is_passed_is_named():
    names = [
        found.message.split("'s ")[1].split(" would")[0]
        for found in problems_of({"browsers": {"floor": {"blink": 150}}})
    ]
    assert names == ["Samsung Internet", "UC Browser", "QQ Browser"]


def test_a_family_with_a_floor_of_its_own_may_stay_behind_its_engines():
    assert floor_of(blink=125, uc="19.2", qq=20).blink == 125


# Status


@pytest.mark.parametrize("status", [302, 204, 99, 600])
def test_a_status_that_does_not_fit_a_page_is_refused(status):
    assert problem(status=status).code == "consent.E014"


@pytest.mark.parametrize(("status", "header"), [(401, "WWW-Authenticate"), (405, "Allow"), (426, "Upgrade")])
def test_a_status_that_needs_a_header_is_refused_with_it(status, header):
    assert header in problem(status=status).message


# Rules by path


def test_a_rule_changes_floor_or_mode_for_a_part_of_the_site():
    rules = read(rules=[{"path": "/app/", "floor": "baseline-2024"}, {"path": "/help/", "mode": "off"}]).rules
    assert rules == (BrowserRule(path="/app/", floor="baseline-2024"), BrowserRule(path="/help/", mode="off"))


@pytest.mark.parametrize(
    ("rule", "code", "key"),
    [
        ({}, "consent.E010", "path"),
        ({"path": "app"}, "consent.E022", "path"),
        ({"path": "/app/", "mode": ""}, "consent.E013", "mode"),
        ({"path": "/app/", "floor": "widley"}, "consent.E043", "floor"),
        ({"path": "/app/", "floor": {"chrome": 200}}, "consent.E048", "floor.chrome"),
        ({"path": "/app/", "status": 406}, "consent.E011", "status"),
    ],
)
def test_a_wrong_rule_is_refused_at_its_key(rule, code, key):
    found = problem(rules=[rule])
    assert (found.code, found.key) == (code, f"browsers.rules[0].{key}")


def test_a_path_has_one_rule():
    found = problem(rules=[{"path": "/app/"}, {"path": "/app/", "mode": "off"}])
    assert (found.code, found.key) == ("consent.E018", "browsers.rules[1].path")


# The owner's own data


def own(tmp_path, **changes: object):
    file = tmp_path / "browsers.json"
    file.write_text(json.dumps(json.loads(bundled_browser_text()) | changes), "utf-8")
    return str(file)


def test_floors_stand_in_the_owners_data_where_it_is_newer(tmp_path):
    floors = {"baseline-2026": {"blink": 150, "gecko": 151, "webkit": "27.0"}}
    path = own(tmp_path, as_of="2027-01-31", floors=floors)
    assert read(data=path, floor="baseline-2026").data == path


def test_the_bundled_data_is_taken_where_the_owners_is_older(tmp_path):
    path = own(tmp_path, as_of="2026-11-22", floors={})
    assert read(data=path, floor="baseline-2025").floor == "baseline-2025"


@pytest.mark.parametrize("content", ["", "[]", '{"as_of": "2027-01-01"}', "\xff", "[" * 70_000])
def test_a_file_that_is_no_data_is_refused(tmp_path, content):
    file = tmp_path / "browsers.json"
    file.write_text(content, "latin-1")
    found = problem(data=str(file))
    assert (found.code, found.key) == ("consent.E049", "browsers.data")
    assert "consent browsers refresh" in found.remedy


def test_a_file_that_is_not_there_is_refused(tmp_path):
    assert "No such file" in problem(data=str(tmp_path / "none.json")).message
    assert problem(data=str(tmp_path)).code == "consent.E049"
