"""The data file and its schema."""

import json
import re
from importlib.resources import files

import pytest

from consent.catalogue import Catalogue
from consent.catalogue.schema import CATEGORIES, SEVERAL, read_services
from consent.errors import CatalogueError

TEXT = files("consent").joinpath("data/partners.json").read_text(encoding="utf-8")
DATA = json.loads(TEXT)
SERVICES = Catalogue.bundled().services.values()
SHARED = {"google.com", "googleapis.com", "cloudfront.net", "amazonaws.com", "akamaihd.net", "akamaized.net"}
SHARED |= {"azureedge.net", "workers.dev", "b-cdn.net", "github.io", "web.app", "windows.net", "appspot.com"}
SHARED |= {"blob.core.windows.net", "herokuapp.com", "fastly.net", "netlify.app", "vercel.app", "pages.dev", "r2.dev"}


def make_file(**service: object) -> str:
    entry = {"key": "own", "name": "Own", "partner": "Own Ltd", "category": "analytics"} | service
    return json.dumps({"schema": 1, "services": [{k: v for k, v in entry.items() if v is not None}]})


def test_the_file_says_when_whence_and_under_which_licence():
    assert re.fullmatch(r"\d{4}-\d\d-\d\d", DATA["as_of"])
    assert DATA["licence"]
    assert DATA["sources"]


def test_keys_and_hosts_stand_once():
    keys = [service.key for service in SERVICES]
    hosts = [host for service in SERVICES for host in service.hosts]
    assert sorted(set(keys)) == sorted(keys)
    assert sorted(set(hosts)) == sorted(hosts)


def test_every_category_is_known():
    assert {service.category for service in SERVICES} <= CATEGORIES


def test_hosts_are_lower_case_up_to_the_path():
    hosts = [host.partition("/")[0] for service in SERVICES for host in service.hosts]
    assert hosts == [host.lower() for host in hosts]


def test_no_shared_name_stands_bare():
    assert SHARED.isdisjoint(host for service in SERVICES for host in service.hosts)


def test_a_group_names_nobody_and_no_policy():
    groups = [service for service in SERVICES if service.group]
    assert {service.partner.name for service in groups} == {SEVERAL}
    assert {service.partner.privacy_policy for service in groups} == {None}
    assert {service.partner.country for service in groups} == {None}


def test_a_single_partner_is_never_several():
    assert SEVERAL not in {service.partner.name for service in SERVICES if not service.group}


def test_every_service_can_be_met():
    assert [service.key for service in SERVICES if not (service.hosts or service.paths or service.inline)] == []


def test_countries_and_policies_are_well_formed():
    partners = [service.partner for service in SERVICES]
    assert all(re.fullmatch("[A-Z]{2}", p.country) for p in partners if p.country)
    assert all(p.privacy_policy.startswith("https://") for p in partners if p.privacy_policy)


def test_no_cookie_pattern_is_so_short_that_it_meets_others():
    patterns = [cookie.name for service in SERVICES for cookie in service.cookies if "*" in cookie.name]
    assert [name for name in patterns if len(name.replace("*", "")) < 4] == []


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("{", "not JSON"),
        ("[]", "not an object"),
        ('{"schema": 2, "services": []}', "schema 2"),
        ('{"schema": 1}', "not a list"),
        ('{"schema": 1, "services": [], "more": 1}', "unknown fields: more"),
        (make_file(key="Own"), "lower-case"),
        (make_file(name=None), "name is not a text"),
        (make_file(category="support"), "unknown category"),
        (make_file(hosts=["Example.org"]), "malformed host"),
        (make_file(hosts=["https://example.org"]), "malformed host"),
        (make_file(hosts=["org"]), "malformed host"),
        (make_file(hosts=["a.example", "a.example"]), "twice"),
        (make_file(hosts="a.example"), "not a list"),
        (make_file(hosts=[1]), "no texts"),
        (make_file(paths=["x.js"]), "leading /"),
        (make_file(group=True), "group"),
        (make_file(cookies=[{"name": "a", "duration": "1 day", "purpose": "p", "party": "first"}]), "duration"),
        (make_file(cookies=[{"name": "a", "duration": "P", "purpose": "p", "party": "first"}]), "duration"),
        (make_file(cookies=[{"name": "a", "duration": "P1D", "purpose": "p", "party": "own"}]), "party"),
    ],
)
def test_a_file_that_breaks_the_schema_is_refused(text, complaint):
    with pytest.raises(CatalogueError, match=complaint):
        read_services(text)


def test_a_file_that_keeps_the_schema_is_read():
    (service,) = read_services(make_file(hosts=["stats.example.net/track"], inline=["ownStats("]))
    assert service.hosts == ("stats.example.net/track",)
    assert service.partner.name == "Own Ltd"
