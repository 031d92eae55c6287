"""What each construct turns into."""

import pytest

from tests.html.judges import held

MARK = b' data-consent-held="analytics/stats"'
INERT = b' type="text/plain"' + MARK

HELD = [
    (b"<script src=//tracker/a></script>", b"<script" + INERT + b" src=//tracker/a></script>"),
    (b"<SCRIPT SRC = '//tracker/a'></SCRIPT>", b"<SCRIPT" + INERT + b" SRC = '//tracker/a'></SCRIPT>"),
    (
        b'<script type="module" src="//tracker/a"></script>',
        b"<script" + INERT + b' data-consent-type="module" src="//tracker/a"></script>',
    ),
    (
        b"<script async defer nonce=x src=//tracker/a></script>",
        b"<script" + INERT + b" async defer nonce=x src=//tracker/a></script>",
    ),
    (b"<script src=&#47;/tracker/a></script>", b"<script" + INERT + b" src=&#47;/tracker/a></script>"),
    (b"<script>track(1)</script>", b"<script" + INERT + b">track(1)</script>"),
    (
        b"<script type=text/javascript>track(1)</script>",
        b"<script" + INERT + b" data-consent-type=text/javascript>track(1)</script>",
    ),
    (b"<script type=''>track(1)</script>", b"<script" + INERT + b" data-consent-type=''>track(1)</script>"),
    (
        b"<script type=' Module '>track(1)</script>",
        b"<script" + INERT + b" data-consent-type=' Module '>track(1)</script>",
    ),
    (b"<script language=JavaScript>track(1)</script>", b"<script" + INERT + b" language=JavaScript>track(1)</script>"),
    (
        b"<svg><script href=//tracker/a></script></svg>",
        b"<svg><script" + INERT + b" data-consent-href=//tracker/a></script></svg>",
    ),
    (
        b"<svg><script xlink:href=//tracker/a /></svg>",
        b"<svg><script" + INERT + b" data-consent-xlink:href=//tracker/a /></svg>",
    ),
    (b"<svg><script>track(1)</script></svg>", b"<svg><script" + INERT + b">track(1)</script></svg>"),
    (b"<svg><image href=//tracker/a /></svg>", b"<svg><image" + MARK + b" data-consent-href=//tracker/a /></svg>"),
    (b"<img src=//tracker/a>", b"<img" + MARK + b" data-consent-src=//tracker/a>"),
    (b"<img/src=//tracker/a/>", b"<img" + MARK + b"/data-consent-src=//tracker/a/>"),
    (b"<img srcset='/a 1x, //tracker/b 2x'>", b"<img" + MARK + b" data-consent-srcset='/a 1x, //tracker/b 2x'>"),
    (b"<img src=/a srcset=//tracker/b>", b"<img" + MARK + b" src=/a data-consent-srcset=//tracker/b>"),
    (b"<img src=/a src=//tracker/b>", b"<img src=/a src=//tracker/b>"),
    (b"<img alt='>' src=//tracker/a>", b"<img" + MARK + b" alt='>' data-consent-src=//tracker/a>"),
    (b"<image src=//tracker/a>", b"<image" + MARK + b" data-consent-src=//tracker/a>"),
    (b"<iframe src=//tracker/a></iframe>", b"<iframe" + MARK + b" data-consent-src=//tracker/a></iframe>"),
    (
        b"<iframe srcdoc='&lt;script src=//tracker/a>&lt;/script>'></iframe>",
        b"<iframe" + MARK + b" data-consent-srcdoc='&lt;script src=//tracker/a>&lt;/script>'></iframe>",
    ),
    (b"<source srcset=//tracker/a>", b"<source" + MARK + b" data-consent-srcset=//tracker/a>"),
    (b"<video src=/v poster=//tracker/a>", b"<video" + MARK + b" src=/v data-consent-poster=//tracker/a>"),
    (b"<audio src=//tracker/a>", b"<audio" + MARK + b" data-consent-src=//tracker/a>"),
    (b"<track src=//tracker/a>", b"<track" + MARK + b" data-consent-src=//tracker/a>"),
    (b"<embed src=//tracker/a>", b"<embed" + MARK + b" data-consent-src=//tracker/a>"),
    (b"<object data=//tracker/a>", b"<object" + MARK + b" data-consent-data=//tracker/a>"),
    (b"<input type=IMAGE src=//tracker/a>", b"<input" + MARK + b" type=IMAGE data-consent-src=//tracker/a>"),
    (b"<link rel=preconnect href=//tracker>", b"<link" + MARK + b" rel=preconnect data-consent-href=//tracker>"),
    (
        b"<link href=//tracker rel='shortcut ICON'>",
        b"<link" + MARK + b" data-consent-href=//tracker rel='shortcut ICON'>",
    ),
    (
        b"<link rel=preload imagesrcset='//tracker/a 2x'>",
        b"<link" + MARK + b" rel=preload data-consent-imagesrcset='//tracker/a 2x'>",
    ),
    (
        b"<noscript><img src=//tracker/a></noscript>",
        b"<noscript><img" + MARK + b" data-consent-src=//tracker/a></noscript>",
    ),
    (b"<script src=//tracker/a>", b"<script" + INERT + b" src=//tracker/a>"),
    (
        b"<template shadowrootmode=open><img src=//tracker/a></template>",
        b"<template shadowrootmode=open><img" + MARK + b" data-consent-src=//tracker/a></template>",
    ),
    (
        b"<template></template><img src=//tracker/a>",
        b"<template></template><img" + MARK + b" data-consent-src=//tracker/a>",
    ),
    (
        b"<svg><p><style></style><img src=//tracker/a>",
        b"<svg><p><style></style><img" + MARK + b" data-consent-src=//tracker/a>",
    ),
    (
        b"<svg><style><image href=//tracker/a></style>",
        b'<svg><style type="text/plain" data-consent-held="-/unread">x{}<image'
        + MARK
        + b" data-consent-href=//tracker/a></style>",
    ),
    (
        b"<svg><foreignObject><img src=//tracker/a></foreignObject></svg>",
        b"<svg><foreignObject><img" + MARK + b" data-consent-src=//tracker/a></foreignObject></svg>",
    ),
    (b"<!--><img src=//tracker/a>", b"<!--><img" + MARK + b" data-consent-src=//tracker/a>"),
    (b"<!-- --!><img src=//tracker/a>", b"<!-- --!><img" + MARK + b" data-consent-src=//tracker/a>"),
    (
        b"<script><!--\nx\n//--></script><img src=//tracker/a>",
        b"<script><!--\nx\n//--></script><img" + MARK + b" data-consent-src=//tracker/a>",
    ),
]

UNTOUCHED = [
    b"<script src=/a.js></script>",
    b"<script>first()</script>",
    b"<script type=application/json>track(1)</script>",
    b"<script type=application/ld+json>track(1)</script>",
    b"<script type=importmap>{'imports': {'a': '//tracker/a'}}</script>",
    b"<script type=text/template><img src=//tracker/a></script>",
    b"<script type=text/plain src=//tracker/a></script>",
    b"<script language=vbscript>track(1)</script>",
    b"<!-- <script src=//tracker/a></script> -->",
    b"<textarea><script src=//tracker/a></script></textarea>",
    b"<title><img src=//tracker/a></title>",
    b"<xmp><img src=//tracker/a></xmp>",
    b"<style>a{content:'<img src=//tracker/a>'}</style>",
    b"<iframe><img src=//tracker/a></iframe>",
    b"<template><img src=//tracker/a><template></template><img src=//tracker/a></template>",
    b"<plaintext><img src=//tracker/a>",
    b'<a title="<img src=//tracker/a>" href=//tracker/a>link</a>',
    b"<p data-x='<script src=//tracker/a></script>'>",
    b"<? <img src=//tracker/a>",
    b"<!x <img src=//tracker/a>",
    b"</x <img src=//tracker/a>",
    b"<link rel=canonical href=//tracker/a>",
    b"<link rel=me href=//tracker/a>",
    b"<link href=//tracker/a>",
    b"<input src=//tracker/a>",
    b"<input type=text value='src=//tracker/a'>",
    b"<img data-src=//tracker/a>",
    b"<img data-note='src=//tracker/a' src=/b>",
    b"<imgs src=//tracker/a>",
    b"<scripts src=//tracker/a></scripts>",
    b"<form action=//tracker/a>",
    b"<script><!--<script>track</script>x--></script>",
    b"<svg><![CDATA[a < b > c]]></svg>",
    b"<img src='data:image/svg+xml,<svg><image href=//tracker/a /></svg>'>",
    b"<iframe src='data:text/plain,<img src=//tracker/a>'></iframe>",
    b"<iframe src='javascript:void 0'></iframe>",
    b"<svg/><style><img src=//tracker/a></style>",
    b"<svg><title>a</title><use href='#b' /><path d='M0'/></svg><style>a>b{}</style><title>x</title>",
    b"<img src=//tracker/a",
]


@pytest.mark.parametrize(("page", "expected"), HELD)
def test_it_is_held(page, expected):
    assert expected == held(page)


@pytest.mark.parametrize("page", UNTOUCHED)
def test_it_is_untouched(page):
    assert page == held(page)


def test_the_author_assigns_a_category():
    assert (
        held(b"<img data-consent=media src=/own>")
        == b'<img data-consent-held="media" data-consent=media data-consent-src=/own>'
    )


def test_the_author_assigns_a_category_to_an_inline_script():
    expected = b'<script type="text/plain" data-consent-held="media" data-consent=media>x()</script>'

    assert expected == held(b"<script data-consent=media>x()</script>")


def test_an_assigned_category_that_is_allowed_runs_whatever_the_url_says():
    page = b"<script data-consent=necessary src=//tracker/a></script>"

    assert page == held(page)


@pytest.mark.parametrize(
    "page",
    [
        b"<script data-consent=ignore src=//tracker/a></script>",
        b"<script data-consent=' IGNORE '>track(1)</script>",
        b"<img DATA-CONSENT=ignore src=//tracker/a>",
        b"<iframe src=//tracker/a data-consent=ignore></iframe>",
    ],
)
def test_the_author_exempts_an_element(page):
    assert page == held(page)


def test_all_labels_of_an_element_stand_on_it():
    page = b"<img src=//tracker/a srcset='//player/b 2x'>"
    expected = b"<img data-consent-held=\"analytics/stats media/player\" data-consent-src=//tracker/a data-consent-srcset='//player/b 2x'>"

    assert expected == held(page)


def test_a_label_cannot_break_out_of_its_attribute():
    assert b'data-consent-held="a__ onload_x"' in held(b"<img data-consent='a\"> onload=x' src=/b>")


@pytest.mark.parametrize(
    "page",
    [
        b"<svg><desc><style><!-- --></style><img src=//tracker/a></desc></svg>",
        b"<svg><symbol><title>a name</title><path d='M0'/></symbol></svg><img src=//tracker/a>",
        b"<svg><use href='#a'/><use xlink:href=//tracker/a></use></svg>",
        b"<svg><use href=#a xlink:href='//tracker/a'/></svg>",
        b"<noscript><iframe src=//tracker/a></iframe></noscript>",
        b"<svg><title>a</title><image href=//tracker/a /></svg>",
        b"<svg viewBox='0 0 9 9'><style/><path/></svg><img src=//tracker/a>",
        b"<svg><textarea/></svg><iframe src=//tracker/a></iframe>",
        b"<svg><style></svg><link rel=stylesheet href=//tracker/a>",
        b"<template><svg><title/></svg></template><img src=//tracker/a>",
        b"<template><svg><style/></svg></template><img src=//tracker/a>",
        b"<template><svg><template></svg></template><img src=//tracker/a>",
        b"<template><svg></template><img src=//tracker/a>",
        b"<a href=/><svg><path/></a><iframe src=//tracker/a></iframe>",
        b"<div><svg></div><object data=//tracker/a></object>",
        b"<div><svg></div><link rel=icon href=//tracker/a>",
        b"<iframe src='data:text/html,<img src=//tracker/a>'></iframe>",
        b"<iframe src=' DATA:text/html;base64,PGltZyBzcmM9Ly90cmFja2VyL2E+'></iframe>",
        b"<object data='data:image/svg+xml,<svg><image href=//tracker/a /></svg>'></object>",
        b"<iframe src=\"javascript:'<img src=//tracker/a>'\"></iframe>",
        b"<iframe src='javascript:track(1)'></iframe>",
        b"<script type='text/javascript\x0b' src=//tracker/a></script>",
        b"<script type='text/javascript&#x2003;' src=//tracker/a></script>",
        b"<math><mi><img src=//tracker/a></mi></math>",
        b"<svg><g><font color=red><img src=//tracker/a>",
        b"<svg></p><img src=//tracker/a>",
        b"<svg><svg></svg><image href=//tracker/a></svg>",
        b"<math><annotation-xml encoding=text/html><img src=//tracker/a></annotation-xml></math>",
        b"<svg a=b/><image href=//tracker/a></svg>",
        b"<noscript><noscript><img src=//tracker/a></noscript>",
        b"<noscript><style><!--</style><img src=//tracker/a></noscript>",
        b"<p title=\"it's\">don't</p><img src=//tracker/a>",
        b"<p a='=\"'><img src=//tracker/a>",
        b"<p a = \"x\" b= 'y'><img src=//tracker/a>",
        b"<p ='><img src=//tracker/a>",
        b"<br/'><img src=//tracker/a>",
        b"<a href=x'y><img src=//tracker/a>",
    ],
)
def test_it_is_found_in_an_odd_place(page):
    assert MARK in held(page)


def test_a_script_that_calls_what_a_held_one_declares_waits_with_it():
    page = b"<script>function later(u){} track(1)</script><script>if (1) later('x')</script>"

    assert held(page).count(INERT) == 2


def test_what_depends_on_a_dependent_waits_too():
    page = b"<script>function one(){} track(1)</script><script>function two(){} one()</script><script>two()</script>"

    assert held(page).count(INERT) == 3


@pytest.mark.parametrize(
    "free",
    [
        b"<script>later</script>",
        b"<script>my.later()</script>",
        b"<script>function later(){} later()</script>",
        b"<script>sooner_later()</script>",
        b"<script data-consent=ignore>later()</script>",
        b"<script type=text/template>later()</script>",
        b"<script src=/own>later()</script>",
    ],
)
def test_a_script_that_needs_no_held_one_runs(free):
    assert held(b"<script>function later(){} track(1)</script>" + free).endswith(free)


def test_functions_within_functions_are_nobody_elses():
    free = b"<script>inner()</script>"

    assert held(b"<script>(function(){function inner(){} track(1)})()</script>" + free).endswith(free)


def test_a_dependent_before_the_held_script_runs():
    page = b"<script>later()</script>"

    assert held(page + b"<script>function later(){} track(1)</script>").startswith(page)


def test_documents_within_documents_beyond_reading_are_held():
    page = "<p>x"
    for _ in range(12):
        page = '<iframe srcdoc="' + page.replace("&", "&amp;").replace('"', "&quot;") + '"></iframe>'

    assert b'data-consent-held="-/unread-documents"' in held(page.encode())


def test_a_number_beyond_reading_is_a_replacement_character():
    assert held(b"<img src='&#" + b"1" * 5000 + b";//tracker/a'>").count(MARK) == 1
