"""The policy version changes exactly when the question does."""

from dataclasses import replace

from hypothesis import given, strategies as st

from consent.catalogue import Cookie, Partner, Service
from consent.categories import STANDARD, Category
from consent.policy import VERSION_LENGTH, make_policy

COOKIES = (
    Cookie(name="_a", duration="P1Y", purpose="Counts"),
    Cookie(name="_b", duration="session", purpose="Remembers"),
)
SERVICE = Service(
    key="counter", name="Counter", partner=Partner(name="Stats Inc"), category="analytics", cookies=COOKIES
)
OTHER = replace(SERVICE, key="other", name="Other")
BASE = make_policy(STANDARD, (SERVICE, OTHER))


def version_with(**changes: object) -> str:
    return make_policy(STANDARD, (replace(SERVICE, **changes), OTHER)).version


def test_a_version_is_short_and_hexadecimal():
    assert len(BASE.version) == VERSION_LENGTH
    assert int(BASE.version, 16) >= 0


def test_the_version_of_a_plain_policy_is_the_same_on_every_machine():
    assert make_policy(STANDARD, ()).version == "e43b7c86e6"


@given(st.permutations(STANDARD), st.permutations([SERVICE, OTHER]), st.permutations(COOKIES))
def test_the_version_does_not_depend_on_order(categories, services, cookies):
    shuffled = tuple(replace(s, cookies=tuple(cookies)) for s in services)
    assert make_policy(tuple(categories), shuffled).version == BASE.version


def test_another_category_is_another_question():
    assert make_policy((*STANDARD, Category(key="comfort")), (SERVICE, OTHER)).version != BASE.version


def test_a_category_switched_off_is_another_question():
    fewer = tuple(replace(c, enabled=c.key != "social") for c in STANDARD)
    assert make_policy(fewer, (SERVICE, OTHER)).version != BASE.version


def test_another_service_is_another_question():
    assert make_policy(STANDARD, (SERVICE,)).version != BASE.version


def test_another_partner_category_cookie_or_duration_is_another_question():
    assert BASE.version not in {
        version_with(partner=Partner(name="Ads Inc")),
        version_with(category="advertising"),
        version_with(cookies=()),
        version_with(cookies=(replace(COOKIES[0], duration="P2Y"), COOKIES[1])),
    }


def test_releasing_the_undeclared_or_not_is_another_question():
    assert make_policy(STANDARD, (SERVICE, OTHER), "hold").version != BASE.version


def test_words_hosts_and_signatures_ask_nobody_again():
    assert BASE.version == version_with(name="Visits", hosts=("stats.example.net",), inline=("count(",))


def test_a_label_asks_nobody_again():
    labelled = tuple(replace(c, label=(("en", "Words"),)) for c in STANDARD)
    assert make_policy(labelled, (SERVICE, OTHER)).version == BASE.version


def test_what_is_necessary_or_switched_off_is_not_asked_for():
    categories = (Category(key="necessary", necessary=True), Category(key="a"), Category(key="b", enabled=False))
    assert make_policy(categories, ()).asked == ("a",)
