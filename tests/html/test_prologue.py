"""Where the insertions stand."""

import pytest

from tests.html.judges import rewrite

PLACES = [
    (b"<!doctype html><html><head><title>a</title></head><body><p>b", b"<!doctype html><html><head>{HEAD}<title>a</title></head><body>{BODY}<p>b"),
    (b"<HTML><HEAD id=a>\n<BODY class='>'>x", b"<HTML><HEAD id=a>{HEAD}\n<BODY class='>'>{BODY}x"),
    (b"<p>a", b"{HEAD}{BODY}<p>a"),
    (b"  text", b"  {HEAD}{BODY}text"),
    (b"<!doctype html><title>a</title><p>b", b"<!doctype html>{HEAD}<title>a</title>{BODY}<p>b"),
    (b"<html><body>a", b"<html>{HEAD}<body>{BODY}a"),
    (b"<html>a", b"<html>{HEAD}{BODY}a"),
    (b"<head></head>", b"<head>{HEAD}</head>{BODY}"),
    (b"<meta charset=utf-8><script>if(a<b)c('<p>')</script><style>p{}</style><h1>", b"{HEAD}<meta charset=utf-8><script>if(a<b)c('<p>')</script><style>p{}</style>{BODY}<h1>"),
    (b"<!-- <body> --><p>", b"<!-- <body> -->{HEAD}{BODY}<p>"),
    (b"<title><body></title><body>x", b"{HEAD}<title><body></title><body>{BODY}x"),
    (b"<head><template><p><template></template></template></head><body>x", b"<head>{HEAD}<template><p><template></template></template></head><body>{BODY}x"),
    (b"<head><noscript><link rel=stylesheet href=a></noscript></head><body>x", b"<head>{HEAD}<noscript><link rel=stylesheet href=a></noscript></head><body>{BODY}x"),
    (b"\xef\xbb\xbf<!doctype html><p>", b"\xef\xbb\xbf<!doctype html>{HEAD}{BODY}<p>"),
    (b"<?xml version='1.0'?><html><head>", b"<?xml version='1.0'?><html><head>{HEAD}{BODY}"),
    (b"</p><head><body>", b"</p><head>{HEAD}<body>{BODY}"),
    (b"</html>", b"{HEAD}{BODY}</html>"),
    (b"<html><head></head><frameset><frame src=a></frameset></html>", b"<html><head>{HEAD}</head><frameset><frame src=a></frameset></html>"),
    (b"<script>x", b"{HEAD}{BODY}<script>x"),
    (b"<head><title>never closed", b"<head>{HEAD}{BODY}<title>never closed"),
    (b"<template><!--</template>--><script>'</template>'</script></template><p>", b"{HEAD}<template><!--</template>--><script>'</template>'</script></template>{BODY}<p>"),
    (b"<template a='</template>'></template>x", b"{HEAD}<template a='</template>'></template>{BODY}x"),
    (b"<head><meta name=a><![if !IE]><link href=b><![endif]><title>T</title></head><body>x", b"<head>{HEAD}<meta name=a><![if !IE]><link href=b><![endif]><title>T</title></head><body>{BODY}x"),
    (b"<head><?php x ?></ foo></><title>T</title><body>x", b"<head>{HEAD}<?php x ?></ foo></><title>T</title><body>{BODY}x"),
    (b"<!- x -><!doctype html><p>x", b"<!- x -><!doctype html>{HEAD}{BODY}<p>x"),
    (b"<3", b"{HEAD}{BODY}<3"),
    (b"<header>x", b"{HEAD}{BODY}<header>x"),
    (b"<headx>x<body>", b"{HEAD}{BODY}<headx>x<body>"),
]  # fmt: skip


@pytest.mark.parametrize(("page", "expected"), PLACES)
@pytest.mark.parametrize("sizes", [None, [1], [3]])
def test_head_first_in_the_head_and_banner_first_in_the_body(page, expected, sizes):
    assert expected == rewrite(page, sizes=sizes)


def test_nothing_is_inserted_twice():
    assert rewrite(b"<head><head><body><body><p><body>").count(b"{BODY}") == 1


def test_a_fragment_gets_nothing():
    assert rewrite(b"<p>a", fragment=True) == b"<p>a"
