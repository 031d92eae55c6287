"""An owner's own templates: they take a bundled one's place, may change one block of it, and are refused when broken."""

import re
from pathlib import Path

import pytest

from consent.decision import decide
from consent.errors import SettingsError
from consent.pages import Pages
from consent.pages.environment import NAMES, bundled_templates, shared_values, template_root
from consent.pages.trying import OUTDATED
from consent.pages.wording import wordings
from tests.pages.test_banner import NOW, insert, settings_of


def owned(tmp_path, **files):
    for name, text in files.items():
        (tmp_path / f"{name}.html").write_text(text, "utf-8")
    return settings_of(site={"templates": str(tmp_path)})


def refusals(settings):
    with pytest.raises(SettingsError) as refused:
        Pages(settings)
    return [(p.code, p.where.rpartition("/")[2], p.message, p.remedy) for p in refused.value.problems]


def test_one_block_of_the_banner_changes_and_the_rest_stays(tmp_path):
    settings = owned(
        tmp_path,
        banner='{% extends "consent/banner.html" %}{% block heading %}<p id="consent-title">Biscuits & you</p>{% endblock %}',
    )
    body = insert(settings).body
    assert b'<p id="consent-title">Biscuits & you</p>' in body
    assert b"Your choice about cookies" not in body
    assert b'value="reject"' in body


def test_an_own_base_frames_every_page(tmp_path):
    settings = owned(
        tmp_path,
        base='{% extends "consent/base.html" %}{% block head %}{{ super() }}<link rel="stylesheet" href="/own.css">{% endblock %}',
    )
    pages = Pages(settings)
    decision = decide(settings.policy, None, NOW)
    shown = [
        pages.policy.render(language="en", return_to="/"),
        pages.opt_out.render(language="en", decision=decision, return_to="/"),
    ]
    assert [b'<link rel="stylesheet" href="/own.css">' in page for page in shown] == [True, True]
    assert b"style-src 'self'" in pages.policy.csp


def test_a_part_of_the_owners_own_may_be_included(tmp_path):
    settings = owned(
        tmp_path,
        _imprint="<p>Imprint</p>",
        policy='{% extends "consent/policy.html" %}{% block actions %}{% include "_imprint.html" %}{% endblock %}',
    )
    assert b"<p>Imprint</p>" in Pages(settings).policy.render(language="en", return_to="/")


def test_every_template_that_does_not_compile_is_named_with_its_line(tmp_path):
    settings = owned(tmp_path, banner="<p>\n{% if %}", preferences="{{ t.x }", policy="fine")
    found = refusals(settings)
    assert [(code, file, message[:7]) for code, file, message, _ in found] == [
        ("consent.E028", "banner.html", "line 2:"),
        ("consent.E028", "preferences.html", "line 1:"),
    ]
    assert all("Jinja2" in remedy for *_, remedy in found)


@pytest.mark.parametrize("name", ["banner", "preferences", "policy", "policy_body", "receipt", "opt_out"])
def test_a_template_that_cannot_be_rendered_is_refused_at_start(tmp_path, name):
    found = refusals(owned(tmp_path, **{name: "line\n{{ nothing_of_that_name }}"}))
    assert [(code, file) for code, file, *_ in found] == [("consent.E028", f"{name}.html")]
    assert "line 2" in found[0][2]
    assert "nothing_of_that_name" in found[0][2]


IN_UKRAINIAN = "{% if language == 'uk' %}{{ nothing_of_that_name }}{% endif %}"


@pytest.mark.parametrize("name", ["banner", "base", "preferences", "policy", "receipt", "opt_out", "error", "embed"])
def test_a_template_that_fails_in_another_language_alone_is_refused_at_start(tmp_path, name):
    bundled = (template_root() / f"{name}.html").read_text("utf-8")
    whole = re.sub(r"^<", IN_UKRAINIAN + "<", bundled, count=1, flags=re.MULTILINE)  # in front of its first tag
    assert whole != bundled
    found = refusals(owned(tmp_path, **{name: whole}))
    assert [(code, file) for code, file, *_ in found] == [("consent.E028", f"{name}.html")]


def test_a_banner_that_makes_refusing_harder_in_another_language_alone_is_refused(tmp_path):
    buttons = """<button name="action" value="accept">Yes</button>
        <button name="action" value="reject"{% if language == 'uk' %} class="small"{% endif %}>No</button>"""
    ((code, file, *_),) = refusals(owned(tmp_path, banner=BUTTONS.format(buttons)))
    assert (code, file) == ("consent.E029", "banner.html")


def test_a_file_that_takes_no_templates_place_is_named_with_the_nearest(tmp_path):
    ((code, file, _, remedy),) = refusals(owned(tmp_path, baner="x"))
    assert (code, file) == ("consent.E028", "baner.html")
    assert "banner.html" in remedy


BUTTONS = '{{% extends "consent/banner.html" %}}{{% block buttons %}}{}{{% endblock %}}'


@pytest.mark.parametrize(
    "buttons",
    [
        '<button name="action" value="accept">Yes</button>',
        '<button name="action" value="accept" class="big">Yes</button><button name="action" value="reject">No</button>',
        '<button name="action" value="accept">Yes</button><p><button name="action" value="reject">No</button></p>',
        '<button name="action" value="accept">Yes</button><input type="submit" name="action" value="reject">',
        '<button name="action" value="accept">Yes</button><button name="action" value="reject" style="opacity:.5">No</button>',
    ],
)
def test_a_banner_that_makes_refusing_harder_is_refused(tmp_path, buttons):
    ((code, file, _, remedy),) = refusals(owned(tmp_path, banner=BUTTONS.format(buttons)))
    assert (code, file) == ("consent.E029", "banner.html")
    assert "refusing must be as easy" in remedy


def test_a_banner_with_other_words_and_equal_buttons_is_taken(tmp_path):
    both = '<button class="b" name="action" value="reject">No</button><button class="b" name="action" value="accept">Yes</button>'
    assert b">No</button>" in insert(owned(tmp_path, banner=BUTTONS.format(both))).body


@pytest.mark.parametrize("folder", ["not-there", "", "a\0b"])
def test_a_folder_that_is_not_there_is_a_mistake_in_the_settings(folder, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    with pytest.raises(SettingsError) as refused:
        settings_of(site={"templates": folder})
    assert [(p.code, p.key) for p in refused.value.problems] == [("consent.E027", "site.templates")]


def test_the_documented_templates_and_blocks_are_those_there_are():
    documented = (Path(__file__).parents[2] / "docs" / "templates.md").read_text("utf-8")
    rows = dict(re.findall(r"^\| `([a-z_]+\.html)` \|[^|]*\| (.*) \|$", documented, re.MULTILINE))
    assert set(rows) == set(bundled_templates())
    for name, blocks in rows.items():
        source = (template_root() / name).read_text("utf-8")
        assert set(re.findall(r"`(\w+)`", blocks)) == set(re.findall(r"{% block (\w+) %}", source)), name


@pytest.mark.parametrize(
    ("source", "remedy"),
    [
        ("{{ t.banner.titel }}", "Did you mean 'title'?"),
        ("{{ languge }}", "Did you mean 'language'?"),
        ('{% extends "consent/bannner.html" %}', "Did you mean 'consent/banner.html'?"),
        ("{{ t.banner.zzzzzz }}", "Use the names that docs/templates.md lists"),
    ],
)
def test_a_name_that_is_not_there_is_told_with_the_nearest(tmp_path, source, remedy):
    (refusal,) = refusals(owned(tmp_path, banner=source))
    assert (refusal[0], refusal[3]) == ("consent.E028", remedy)


@pytest.mark.parametrize("template", ["banner", "embed", "preferences", "policy_body", "error"])
def test_every_template_has_the_shared_names(tmp_path, template):
    named = "".join(f"{{{{ {name} and '' }}}}" for name in NAMES)
    Pages(owned(tmp_path, **{template: f"{named}{{% include 'consent/{template}.html' %}}"}))


def test_the_shared_names_are_those_that_are_given():
    settings = settings_of()
    assert tuple(shared_values(settings, wordings(settings)["en"])) == NAMES


def test_the_page_and_the_bar_for_outdated_browsers_may_be_the_owners(tmp_path):
    settings = owned(
        tmp_path,
        browser='<form method="post" action="{{ action }}"><button>On with it</button></form>',
        browser_notice='<form method="post" action="{{ mount }}/browser"><input type="submit" value="Hide"></form>',
    )
    pages = Pages(settings)
    assert pages.browser.page("en", verdict=OUTDATED, return_to="/").endswith(b"<button>On with it</button></form>")
    assert pages.browser.bar("en", return_to="/").endswith(b'value="Hide"></form>')


@pytest.mark.parametrize(
    ("template", "source", "message"),
    [
        ("preferences", "", "it is empty"),
        ("base", "", "it is empty"),
        ("document", "", "it is empty"),
        ("policy_body", "", "it is empty"),
        ("receipt", " \n", "it is empty"),
        ("error", "", "it is empty"),
        ("base", "<html><body>mine</body></html>", 'it has no button name="action" value="save"'),
        (
            "preferences",
            '<form method="post" action="{{ mount }}">{% for v in ["save", "accept", "reject"] %}<button name="action" value={{ v }}>{% endfor %}',
            'it has no field name="category" value="functional" in a form that POSTs to /consent',
        ),
        ("opt_out", "<p>Write to us", 'it has no button name="action" value="save" in a form that POSTs to /consent'),
        ("embed", "{% extends 'consent/embed.html' %}{% block buttons %}{% endblock %}", "it has no button form="),
        ("browser", "<p>Get another", "it has no button in a form that POSTs to /consent/browser"),
        ("browser_notice", "<p>Get another", "it has no button in a form that POSTs to /consent/browser"),
        (
            "banner",
            '<form action="{{ mount }}"><button name="action" value="accept"><button name="action" value="reject"></form>',
            'it has no button name="action" value="accept" in a form that POSTs to /consent',
        ),
    ],
)
def test_what_nobody_could_choose_by_is_refused(tmp_path, template, source, message):
    code, file, told, _ = refusals(owned(tmp_path, **{template: source}))[0]
    assert (code, file) == ("consent.E029", f"{template}.html")
    assert told.startswith(message)


@pytest.mark.parametrize(
    "form",
    ["<form id=f method=POST action='/consent'></form>{}", "<div><form method=post action=/consent>{}</form></div>"],
)
def test_a_preferences_page_of_another_build_is_taken(tmp_path, form):
    by = " form=f" if "id=f" in form else ""
    fields = "{% for c in categories %}<input type=checkbox name=category value={{ c.key }}" + by + ">{% endfor %}"
    buttons = "".join(
        f"<button{by} name=action value={value}>{value}</button>" for value in ("save", "accept", "reject")
    )
    Pages(owned(tmp_path, preferences=form.format(fields + buttons)))


TRACKER = '<script src="https://www.google-analytics.com/analytics.js"></script>'


@pytest.mark.parametrize("template", ["banner", "embed", "browser", "browser_notice"])
def test_nothing_that_is_held_comes_with_a_template_that_goes_into_pages(tmp_path, template):
    ((code, file, message, _),) = refusals(
        owned(tmp_path, **{template: f"{{% include 'consent/{template}.html' %}}{TRACKER}"})
    )
    assert (code, file) == ("consent.E028", f"{template}.html")
    assert message == "it brings analytics/google-analytics along, which nobody has allowed yet"


def test_a_block_that_takes_no_blocks_place_is_told_with_the_nearest(tmp_path):
    source = '{% extends "consent/banner.html" %}\n{% block headings %}{% block mine %}{% endblock %}{% endblock %}'
    ((code, file, message, remedy),) = refusals(owned(tmp_path, banner=source))
    assert (code, file, remedy) == ("consent.E028", "banner.html", "Did you mean 'heading'?")
    assert message.startswith("line 2: there is no block 'headings' in consent/banner.html")


def test_blocks_of_what_is_extended_by_what_is_extended_count(tmp_path):
    Pages(owned(tmp_path, policy='{% extends "consent/policy.html" %}{% block head %}<meta name="a">{% endblock %}'))


@pytest.mark.parametrize("source", ["<span>mine</span>", '{% include "consent/embed.html" %}@@size@@'])
def test_a_placeholder_says_which_places_it_needs(tmp_path, source):
    ((code, file, message, remedy),) = refusals(owned(tmp_path, embed=source))
    assert (code, file) == ("consent.E028", "embed.html")
    assert message.startswith("it has the places ")
    assert remedy.startswith("It needs @@attributes@@ @@size@@ @@title@@ @@link@@ @@source@@ @@link@@")


@pytest.mark.parametrize(
    ("source", "remedy"),
    [
        ('{% extends "banner.html" %}', "A bundled template stands under its folder"),
        ("{{ banner.title }}", "Did you mean 't.banner'?"),
        ("{{ brand }}", "Use the names that docs/templates.md lists"),
    ],
)
def test_the_remedy_fits_what_failed(tmp_path, source, remedy):
    (refusal,) = refusals(owned(tmp_path, banner=source))
    assert refusal[3].startswith(remedy)
