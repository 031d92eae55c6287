"""Which names are a registry's and which are somebody's own, by the Public Suffix List (publicsuffix.org).

``data/public_suffix_list.dat`` is Mozilla's file as it stands, under the MPL 2.0; its head has version and date. It is
read on the first question. A list grown old does little harm: a suffix it does not know counts by its last label, and
browsers judge cookies by their own list in any case. Pure and total.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache, lru_cache
from importlib.resources import files

from consent.address import read_host

LONGEST = 253
"""Characters of a name (RFC 1035, 2.3.4); a longer one is nobody's."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Rules:
    """The list's three kinds of line (publicsuffix.org/list, "Format")."""

    suffixes: frozenset[str]
    """``co.uk``."""
    parents: frozenset[str]
    """``ck`` of ``*.ck``: whatever stands right below is a suffix."""
    exceptions: frozenset[str]
    """``www.ck`` of ``!www.ck``: this one is not."""

    def names(self, host: str) -> bool:
        """Whether ``host`` itself is a suffix by one of the lines."""
        return host not in self.exceptions and (host in self.suffixes or host.partition(".")[2] in self.parents)


def is_public_suffix(host: str) -> bool:
    """Whether the list names ``host`` as a suffix: ``co.uk``, ``github.io``; never ``localhost``."""
    return _bundled().names(host)


@lru_cache(maxsize=1024)
def registrable_domain(host: str) -> str | None:
    """What of ``host`` somebody registered: ``example.co.uk`` for ``a.example.co.uk``.

    ``host``: lower-case ASCII, no port, no trailing dot. None for a suffix, an IP address and a bare name such as
    ``localhost``: for those no cookie can be set with a Domain (RFC 6265bis, 5.7.3).
    """
    labels = host.split(".")
    if len(host) > LONGEST or not all(labels) or labels[-1].isdecimal() or ":" in host:
        return None
    rules = _bundled()
    for start in range(len(labels)):  # the longest suffix is met first
        name = ".".join(labels[start:])
        if name in rules.exceptions:
            return name
        if rules.names(name):
            return ".".join(labels[start - 1 :]) if start else None
    return ".".join(labels[-2:]) if len(labels) > 1 else None  # in no line: the rule is "*"


def parse_rules(lines: Iterable[str]) -> Rules:
    """Read the list's lines; a rule ends at the first white space, and ``//`` begins a comment."""
    found = [line.split(maxsplit=1)[0] for line in lines if line.strip() and not line.startswith("//")]
    return Rules(
        suffixes=frozenset(read_host(rule) for rule in found if not rule.startswith(("*.", "!"))),
        parents=frozenset(read_host(rule[2:]) for rule in found if rule.startswith("*.")),
        exceptions=frozenset(read_host(rule[1:]) for rule in found if rule.startswith("!")),
    )


@cache
def _bundled() -> Rules:
    return parse_rules(files("consent").joinpath("data/public_suffix_list.dat").read_text("utf-8").splitlines())
