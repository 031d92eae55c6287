"""The placeholder before a held frame (C9): what it is, load it once, always, or open it at the source.

Nothing in it fetches anything. It is made of phrasing content, so that it may stand where the frame does, in a
paragraph or in a form; its button belongs to a form of ours at the beginning of the body. It bears the frame's size,
class and style, so that nothing moves when the frame takes its place.
"""

import re
from collections.abc import Iterable
from html import escape

import jinja2

from consent.catalogue import Service
from consent.categories import STANDARD
from consent.decision import Decision
from consent.html.tags import attributes, resolve
from consent.pages.assets import csp_hash, load_style, to_ascii
from consent.pages.checking import UnfitError
from consent.pages.embed_kinds import described
from consent.pages.environment import shared_values
from consent.pages.theme import theme
from consent.pages.wording import Wording, wordings
from consent.settings import Settings

FORM = "consent-embeds"
SHOWN = frozenset({"media", "social", "functional"})
"""Categories whose frames a visitor would miss, as the owner's own are: one of advertising leaves no gap to explain."""
LEAST_WIDTH, LEAST_HEIGHT = 180, 100
"""Pixels below which there is no room for words, nor much to miss."""
DEFAULT_WIDTH, DEFAULT_HEIGHT = 300, 150
"""Of a frame that says nothing (HTML, 15.4.2)."""
_STANDARD = frozenset(category.key for category in STANDARD)
_LENGTH = re.compile(rb"\s*\+?(\d{1,5})(?:\.\d*)?\s*(%?)")
_HIDDEN = re.compile(rb"display\s*:\s*none|visibility\s*:\s*hidden", re.IGNORECASE)
_PLACE = re.compile(rb"@@[a-z]+@@")
PLACES = ["@@attributes@@", "@@size@@", "@@title@@", "@@link@@", "@@source@@", "@@link@@"]
"""What is put in for each embed; between the two of a link stands what is left out where there is none."""


class Embeds:
    """One site's placeholders, each prepared when it is first needed, per language and label."""

    def __init__(self, settings: Settings, environment: jinja2.Environment) -> None:
        self._settings = settings
        self._template = environment.get_template("embed.html")
        self._wordings = wordings(settings)
        self._declared = {service.key for service in settings.policy.services}
        self._asked = {c.key: c for c in settings.categories if c.key in settings.policy.asked}
        self._prepared: dict[tuple[str, bytes], tuple[bytes, ...] | None] = {}
        style = theme(settings.banner, "[data-consent-embed]") + load_style("embed.css")
        self.style_hash = csp_hash(style)
        self._style = style.encode("ascii")

    def style(self, nonce: bytes) -> bytes:
        """The style of all placeholders of a page, to stand before the first."""
        attribute = b' nonce="' + nonce + b'"' if nonce else b""
        return b"<style" + attribute + b">" + self._style + b"</style>"

    def form(self, language: str, decision: Decision) -> bytes:
        """The form that the buttons belong to: with one service more, all that is allowed stays so.

        It is there in every page: the banner's style takes what follows the banner for a sign that it is whole.
        """
        hidden = [("action", "save"), ("lang", self._wordings[language].language)]
        hidden += [("category", key) for key in sorted(decision.categories & frozenset(self._asked))]
        hidden += [("service", key) for key in sorted(decision.services)]
        fields = "".join(f'<input type="hidden" name="{name}" value="{escape(value)}">' for name, value in hidden)
        mount = escape(self._settings.paths.mount)
        return to_ascii(f'<form id="{FORM}" method="post" action="{mount}" target="_self" hidden>{fields}</form>')

    def placeholder(self, language: str, labels: bytes, tag: bytes) -> bytes:
        """What to insert before the frame with the start tag ``tag``, held under ``labels``, if anything."""
        key = (language, labels)
        if key not in self._prepared:
            self._prepared[key] = self._prepare(language, labels.decode("ascii", "replace"))
        prepared = self._prepared[key]
        if prepared is None:
            return b""
        written = {a.name: resolve(a.value) for a in reversed([*attributes(tag, 0, len(tag))])}
        return _filled(prepared, written)

    def _prepare(self, language: str, label: str) -> tuple[bytes, ...] | None:
        category_key, _, service_key = label.partition("/")
        category = self._asked.get(category_key)
        if category is None or " " in label or (category_key in _STANDARD and category_key not in SHOWN):
            return None
        wording = self._wordings[language]
        service = self._settings.catalogue.services.get(service_key)
        called = service.name if service else wording.label(category)
        single = service is not None and service.key in self._declared
        markup = self._template.render(
            shared_values(self._settings, wording),
            what=described(wording, service_key, called),
            explanation=_explanation(wording, service),
            service=called,
            # A service that is not declared is allowed with its category, or not at all.
            name=called if single else wording.label(category),
            field="service" if single else "category",
            key=service_key if single else category_key,
        )
        return _divided(to_ascii(markup.replace("\n", "")))


def _explanation(wording: Wording, service: Service | None) -> str:
    if service is None or service.group:
        return wording.text("placeholder", "explanation_several")
    return wording.text("placeholder", "explanation", partner=service.partner.name)


def _divided(markup: bytes) -> tuple[bytes, ...]:
    """The markup between the places that are filled in for each embed."""
    places = [place.decode("ascii") for place in _PLACE.findall(markup)]
    if places != PLACES:
        remedy = f"It needs {' '.join(PLACES)}, each once and in this order; or change no more than its block"
        raise UnfitError("embed.html", f"it has the places {' '.join(places) or '(none)'}", remedy)
    return tuple(_PLACE.split(markup))


def _filled(parts: tuple[bytes, ...], written: dict[bytes, bytes]) -> bytes:
    width, height = _length(written.get(b"width")), _length(written.get(b"height"))
    if _is_too_small(width, height) or b"hidden" in written or _HIDDEN.search(written.get(b"style", b"")):
        return b""
    before, opened, named, told, link, linked, end = parts
    bearing = b" data-consent-wide" if width and width[1] else b""
    bearing += b"".join(_attribute(name, written[name]) for name in (b"class", b"style") if name in written)
    title = written.get(b"title", b"").strip()
    source = written.get(b"src", b"").strip()
    pieces = [before, bearing, opened, _size(width, height), named, _escaped(b": " + title) if title else b"", told]
    if re.match(rb"https?:|//", source, re.IGNORECASE):
        pieces += [link, _escaped(source), linked]
    return b"".join([*pieces, end])


Length = tuple[int, bool] | None
"""A number of pixels, or of hundredths; None where nothing is said."""


def _length(value: bytes | None) -> Length:
    """HTML, 2.3.4.4 (rules for parsing dimension values)."""
    match = _LENGTH.match(value) if value is not None else None
    return (int(match[1]), match[2] == b"%") if match else None


def _is_too_small(width: Length, height: Length) -> bool:
    limits: Iterable[tuple[Length, int]] = ((width, LEAST_WIDTH), (height, LEAST_HEIGHT))
    return any(length is not None and not length[1] and length[0] < least for length, least in limits)


def _size(width: Length, height: Length) -> bytes:
    """Attributes of an empty picture: no policy forbids them, and ``viewBox`` keeps the shape where it shrinks."""
    wide, high = width or (DEFAULT_WIDTH, False), height or (DEFAULT_HEIGHT, False)
    said = b'width="%d%s" height="%d%s"' % (wide[0], b"%" * wide[1], high[0], b"%" * high[1])
    if wide[1] or high[1]:
        return said
    return said + b' viewBox="0 0 %d %d"' % (wide[0], high[0])


def _attribute(name: bytes, value: bytes) -> bytes:
    return b" " + name + b'="' + _escaped(value) + b'"'


def _escaped(value: bytes) -> bytes:
    """Text for an attribute, in whatever ASCII-compatible charset the page has."""
    return value.replace(b"&", b"&amp;").replace(b"<", b"&lt;").replace(b">", b"&gt;").replace(b'"', b"&quot;")
