"""Pages of any size that are made to cost more than their size: what is quadratic anywhere shows in one of them."""

from collections.abc import Callable

_REPEATED = {
    "brackets": b"<", "comments that never end": b"<!--", "comments": b"<!-- <img> -->", "bogus comments": b"<!x ", "tags that never end": b"<a ",
    "quotes that never end": b'<a b="', "quoted tags": b"<a b='<img src=//tracker>", "quote soup": b"'\"=<>", "end tags of scripts": b"</scrip",
    "scripts with comments": b"<script><!--", "double escapes": b"<script><!--<script>", "whole scripts": b"<script>a()</script>",
    "held scripts": b"<script>track(1)</script>", "images": b"<img src=//tracker/a>", "images that never end": b"<img src=//tracker ",
    "drawings": b"<svg>", "whole drawings": b"<svg><path/></svg>", "points": b"<svg><desc>", "drawings and end tags": b"<svg></b>", "drawings' styles": b"<svg><style>",
    "drawings' scripts": b"<svg><script>", "CDATA": b"<svg><![CDATA[", "CDATA ends": b"]]>", "templates": b"<template>", "noscripts": b"<noscript>",
    "noscripts with images": b"<noscript><img src=//tracker>", "noscripts that end in values": b"<noscript><p title='</noscript>'>", "textareas": b"<textarea></textare",
    "references": b"&amp;", "nulls": b"\0", "comment ends": b"-->", "values": b'="', "sets": b"<img srcset='a,b,", "styles": b"<style>a{}</style>", "fetching styles": b"<style>@import '//tracker';</style>",
    "style attributes": b"<p style='background:url(//tracker)'>", "style attributes that never end": b"<p style='background:url(", "pings": b"<a ping=//tracker>",
    "bases": b"<base href=//tracker/>", "frames with documents": b"<iframe srcdoc='<img src=//tracker>'></iframe>", "fonts in drawings": b"<svg><font color=a>",
    "bodies": b"<body>", "heads": b"<head>", "titles": b"<title>", "links": b"<link rel=preload href=//tracker>", "functions": b"<script>function abc(){track(1)}</script>",
}  # fmt: skip


def _repeated(piece: bytes) -> Callable[[int], bytes]:
    return lambda size: piece * (size // len(piece))


GROWING: dict[str, Callable[[int], bytes]] = {
    **{name: _repeated(piece) for name, piece in _REPEATED.items()},
    "one tag of many attributes": lambda size: b"<img" + b" a=b" * (size // 4) + b" srcset=//tracker src=/a>",
    "one tag of many names": lambda size: b"<img" + b"".join(b" %06d" % n for n in range(size // 7)) + b" src=/a srcset=/b>",
    "one long value": lambda size: b"<img alt='" + b"x" * size + b"' src=//tracker srcset=/b>",
    "one set of many": lambda size: b"<img srcset='" + b"/a 1x, " * (size // 7) + b"'>",
    "one long refresh": lambda size: b"<meta http-equiv=refresh content='" + b"0" * size + b"'>",
    "one style of strings": lambda size: b"<style>" + b"a{b:'//tracker'}" * (size // 16) + b"</style>",
    "one style of escapes": lambda size: b"<style>" + b"\\75 rl(" * (size // 7) + b"</style>",
    "one style of bad URLs": lambda size: b"<style>" + b"url(a(" * (size // 6) + b"</style>",
    "one style of comments": lambda size: b"<style>" + b"/*" * (size // 2) + b"</style>",
    "one style of one selector": lambda size: b"<style>" + b"a " * (size // 2) + b"'//tracker'" * 100 + b"</style>",
    "one script of brackets": lambda size: b"<script>" + b"<!--" * (size // 4) + b"</script>",
    "one script of functions": lambda size: b"<script>track(1);" + b"function abc(){}" * (size // 16) + b"</script>",
    "one module of comments that never end": lambda size: b"<script type=module>" + b"import/*//" * (size // 10) + b"</script>",
    "one module of words": lambda size: b"<script type=module>" + b"import from" * (size // 11) + b"</script>",
    "one module of strings that never end": lambda size: b"<script type=module>" + b"import'\\import`$" * (size // 17) + b"</script>",
    "one drawing of a style of references": lambda size: b"<svg><style>" + b"&amp;&notit;" * (size // 12) + b"</style></svg>",
    "one long path": lambda size: b"<img src='//tracker.example" + b"/.." * (size // 3) + b"' srcset=/b>",
    "one long host": lambda size: b"<img src='//" + b"a." * (size // 2) + b"' srcset=/b>",
    "one data: URL": lambda size: b"<iframe src='data:text/html," + b"%3Cp%3E" * (size // 7) + b"'></iframe>",
    "speculation rules": lambda size: b"<script type=speculationrules>" + b'"\\u0061" ' * (size // 9) + b"</script>",
    "five thousand elements deep": lambda size: b"<div>" * (size // 11) + b"</div>" * (size // 11),
}  # fmt: skip
