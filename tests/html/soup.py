"""Pieces that tokenizers get wrong, and a strategy that joins them."""

from hypothesis import strategies as st

PIECES = [
    b"<", b">", b"</", b"/>", b"=", b'"', b"'", b"!", b"-", b"--", b"<!", b"<!-", b"<!--", b"-->", b"--!>", b"<!-->", b"<!--->",
    b"<?", b"<?xml?>", b"<!doctype html>", b"<![CDATA[", b"]]>", b" ", b"\n", b"\r", b"\r\n", b"\t", b"\f", b"\0", b"x", b"&amp;",
    b"<script>", b"<SCRIPT ", b"</script>", b"</script", b"</scripT >", b"<script src=//tracker/a>", b"<script src='//tracker/a'>",
    b"track(1)", b"<img src=//tracker/p>", b'<img src="//tracker/p" srcset="//tracker/q 2x">', b"<img ", b"<img/src=//tracker/p/>",
    b"<IMG SRC = '//tracker/p' >", b"<iframe src=//tracker/f>", b"</iframe>", b"<iframe>", b"<style>", b"</style>", b"<textarea>",
    b"</textarea>", b"<title>", b"</title>", b"<xmp>", b"</xmp>", b"<plaintext>", b"<noembed>", b"</noembed>", b"<noframes>",
    b"</noframes>", b"<link rel=preload href=//tracker/l>", b"<link ", b"<input type=image src=//tracker/i>", b'<input value=">" ',
    b"<video poster=//tracker/v src=x>", b"<object data=//tracker/o>", b"<embed src=//tracker/e>", b'<a title="', b"<a title='", b"<a b=c",
    b"<p>", b"</p>", b'<p a="<img src=//tracker/p>">', b"don't ", b'say "', b"src=//tracker/p", b" data-consent=media ", b"href=", b"\xff",
]  # fmt: skip
"""Without noscript, template, svg and math: there the tokenizer alone does not decide."""

CONTEXTS = [
    b"<noscript>", b"</noscript>", b"<template>", b"</template>", b"<template shadowrootmode=open>", b"<svg>", b"</svg>", b"<svg/>", b"<math>",
    b"</math>", b"<foreignObject>", b"</foreignObject>", b"<svg><style>", b"<desc>", b"</desc>", b"<image href=//tracker/s>", b"<html>",
    b"<html lang=uk>", b"<head>", b"</head>", b"<body>", b"<body class=x>", b"</body>", b"</html>", b"<meta charset=utf-8>", b"\xef\xbb\xbf",
    b"<frameset>", b"<g a='", b'<path d="M0"/>', b"<svg viewBox='0 0 1 1'><path d='M0 0'/></svg>",
]  # fmt: skip

soup = st.lists(st.sampled_from(PIECES), max_size=25).map(b"".join)
deep_soup = st.lists(st.sampled_from(PIECES + CONTEXTS), max_size=25).map(b"".join)
