"""What a page would fetch or run, by the tree another parser builds of it: an oracle that shares no code with us.

It knows the judge of these tests: what has ``//tracker`` in its URL is held, and inline scripts that call ``track(``.
"""

import re
from collections.abc import Iterator

import tinycss2
from turbohtml import CData, Comment, Element, Text, parse

HELD = "//tracker"
SCRIPTS = re.compile(
    r"(?:module|(?:text|application)/(?:x-)?(?:java|ecma)script|text/(?:j|live)script|text/javascript1\.[0-5])?",
    re.IGNORECASE,
)
RELS = {
    "preload",
    "modulepreload",
    "prefetch",
    "preconnect",
    "dns-prefetch",
    "prerender",
    "stylesheet",
    "icon",
    "manifest",
}
HTML_URLS = {
    "script": ["src"], "img": ["src", "srcset"], "iframe": ["src"], "frame": ["src"], "embed": ["src"], "object": ["data"], "video": ["src", "poster"],
    "audio": ["src"], "source": ["src", "srcset"], "track": ["src"], "input": ["src"], "link": ["href", "imagesrcset"], "portal": ["src"],
    "body": ["background"], "table": ["background"], "td": ["background"], "th": ["background"], "tr": ["background"], "tbody": ["background"],
    "base": ["href"], "a": ["ping"], "area": ["ping"],
}  # fmt: skip
SVG_URLS = {name: ["href", "xlink:href"] for name in ("script", "image", "feImage", "use")}
MARKS = ("data-consent-held=", "data-consent-urls=", "[consent:")


def live(page: bytes) -> set[str]:
    """What starts, in a browser with scripting and in one without."""
    text = page.decode("latin-1")
    return {found for scripting in (True, False) for found in _live(text, scripting=scripting)}


def misplaced(page: bytes) -> set[str]:
    """Marks that stand elsewhere than on elements: in text, comments or other values."""
    text = page.decode("latin-1")
    return _misplaced(text, scripting=False) & _misplaced(text, scripting=True)


def is_sound(page: bytes) -> bool:
    """Whether SVG and MathML, if there are any, stand in tags that are all nested and closed in their order: if not,
    what is foreign hangs on the whole tree.
    """
    text = page.decode("latin-1")
    if "<svg" not in text.lower() and "<math" not in text.lower():
        return True
    stack: list[str] = []
    for slash, name, closed in TAGS.findall(text.lower()):
        if slash and (not stack or stack.pop() != name):
            return False
        if not slash and not closed and name not in VOID:
            stack.append(name)
    return True


TAGS = re.compile(r"<(/?)([a-z][^\s/>]*)[^>]*?(/?)>")
VOID = frozenset(
    ["area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "track", "wbr", "image"]
)


def _misplaced(text: str, *, scripting: bool) -> set[str]:
    found: set[str] = set()
    for node in _nodes(parse(text, scripting=scripting, positions=False)):
        if isinstance(node, Text | Comment):
            found |= {node.data for mark in MARKS[:2] if mark in node.data}
        elif isinstance(node, Element):
            values = (value for value in node.attrs.values() if isinstance(value, str))
            found |= {value for value in values for mark in MARKS[:2] if mark in value}
    return found


def _live(text: str, *, scripting: bool) -> Iterator[str]:
    for node in _nodes(parse(text, scripting=scripting, positions=False)):
        if isinstance(node, Element):
            yield from _of_element(node, scripting=scripting)


def _nodes(node) -> Iterator[object]:
    """All nodes but those in templates, shadow roots included."""
    stack = [node]
    while stack:
        node = stack.pop()
        yield node
        if getattr(node, "tag", "") == "template" and node.shadow_root is None:
            continue
        stack.extend(getattr(node, "children", ()))
        root = getattr(node, "shadow_root", None)
        if root is not None:
            stack.append(root)


def _of_element(element: Element, *, scripting: bool) -> Iterator[str]:
    name = element.tag
    space = element.namespace.name
    written = {key: value or "" for key, value in element.attrs.items() if isinstance(value, str | None)}
    if written.get("data-consent", "").strip().lower() in {"ignore", "necessary"}:
        return  # the author's word
    if fetches(written.get("style", "")):
        yield f"style of {name}"
    unread = written.get("data-consent-held", "").startswith("-/unread") and written.get("type") == "text/plain"
    if name == "style" and not unread and space in {"HTML", "SVG"} and fetches(sheet_of(element)):
        yield "style"
    # White space around a type counts for nothing, around a language it does (HTML 4.12.1.1, "prepare the script element").
    language = "text/" + written["language"] if written.get("language") else ""
    kind = written["type"].strip("\t\n\f\r ") if "type" in written else language
    runs = name == "script" and SCRIPTS.fullmatch(kind)
    if name == "script" and not runs and space == "HTML":
        return
    if (
        scripting
        and runs
        and "track(" in element.text
        and not {"src", "href", "xlink:href"} & written.keys()
        and "language" not in written
    ):
        yield "inline script"
    if name == "link" and RELS.isdisjoint(written.get("rel", "").lower().split()):
        return
    if name == "input" and written.get("type", "").lower() != "image":
        return
    if (
        name == "meta"
        and written.get("http-equiv", "").lower() == "refresh"
        and re.match(
            r"{0}[0-9]+{0}[;,]{0}(url{0}={0})?['\"]?//tracker".format("[\t\n\f\r ]*"), written.get("content", "")
        )
    ):
        yield "refresh"
    for key in {"HTML": HTML_URLS, "SVG": SVG_URLS}.get(space, {}).get(name, ()):
        if _is_held(key, written.get(key, "")):
            yield f"{key} of {name}"


def sheet_of(style: Element) -> str:
    """The text of a style, without that of elements in it (CSSOM, child text content)."""
    return "".join(node.data for node in style.children if isinstance(node, Text | CData))


def fetches(css: str) -> bool:
    """Whether a style has a URL that is held, by another reader of CSS."""
    return HELD in css and any(_addresses(tinycss2.parse_component_value_list(css)))


def _addresses(tokens, *, fresh: bool = True) -> Iterator[bool]:
    """``fresh``: whether a rule may begin here."""
    rule = ""
    for token in tokens:
        begins, fresh = fresh, token.type == "{} block" or (token.type == "literal" and token.value == ";")
        match token.type:
            case "at-keyword":
                rule = token.lower_value if begins else ""
                continue
            case "whitespace" | "comment":
                fresh = begins
                continue
            case "url":
                yield rule != "namespace" and _leads(token.value)
            case "string":
                yield rule == "import" and _leads(token.value)
            case "function" if token.lower_name in {"url", "src", "image-set", "-webkit-image-set"}:
                addresses = [argument for argument in token.arguments if argument.type in {"string", "url"}]
                # What no image has in it makes that the declaration is dropped.
                broken = any(a.type == "error" or (a.type == "literal" and a.value in "<=") for a in token.arguments)
                most = 1 if token.lower_name in {"url", "src"} else len(addresses)
                yield not broken and any(_leads(argument.value) for argument in addresses[:most])
                yield from _addresses(token.arguments)
            case "function":
                yield from _addresses(token.arguments)
            case "{} block":
                yield from _addresses(token.content)
            case "[] block" | "() block":
                yield from _addresses(token.content, fresh=False)
        if rule == "import" or (token.type == "literal" and token.value == ";"):
            rule = ""


def _leads(url: str) -> bool:
    return HELD in url and not url.lstrip().lower().startswith(("//[consent:", "data:"))


def _is_held(key: str, value: str) -> bool:
    if key.endswith("srcset"):
        return (
            "(" not in value
            and "data:" not in value
            and re.search(r"(?:^|,)[\s,]*+(?!#)\S*//tracker", value) is not None
        )
    bare = re.sub(r"[\t\n\r]", "", value).lstrip("".join(map(chr, range(0x21)))).lower()
    return HELD in value and not bare.startswith(("data:", "javas", "#"))
