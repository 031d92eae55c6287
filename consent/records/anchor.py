"""The anchor: signed heads of all chains as they were once, kept elsewhere. A later state must still hold them. Pure.

Without one, a store that was put back to an earlier copy of itself looks whole.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict

from consent.records.chain import Chain, ChainKey, head_seal, same
from consent.records.proof import Finding

Anchor = dict[str, object]
"""JSON: a ``format``, and of each of ``chains`` what ``_KEPT`` names."""

_KEPT = frozenset({"chain", "key_id", "format", "link", "length", "head", "seal"})


def make_anchor(chains: Sequence[Chain]) -> Anchor:
    """What to keep elsewhere: the heads as they are signed now."""
    return {
        "format": 1,
        "chains": [{name: value for name, value in asdict(chain).items() if name in _KEPT} for chain in chains],
    }


def verify_anchor(anchor: Anchor, chains: Sequence[Chain], keys: Mapping[str, ChainKey]) -> Iterator[Finding]:
    """What an earlier look knew and is not there any more."""
    now = {chain.chain: chain for chain in chains}
    heads = anchor.get("chains")
    for head in heads if isinstance(heads, list) else [None]:
        try:
            then = _read(head)
        except (TypeError, KeyError, ValueError):
            yield Finding(chain=0, number=0, record="", what="the anchor cannot be read")
            return
        if (found := _compare(then, now.get(then.chain), keys.get(then.key_id))) is not None:
            yield found


def _read(head: object) -> Chain:
    """A chain as the anchor has it; KeyError, TypeError or ValueError where it is not one."""
    if not isinstance(head, Mapping):
        raise TypeError("a head is an object")
    return Chain(
        chain=int(head["chain"]),
        writer="",
        started_at="",
        key_id=str(head["key_id"]),
        format=int(head.get("format", 1)),
        link="" if head.get("link") is None else str(head["link"]),
        length=int(head["length"]),
        head=str(head["head"]),
        seal=str(head["seal"]),
    )


def _compare(then: Chain, now: Chain | None, key: ChainKey | None) -> Finding | None:
    number = 0
    if key is not None and not same(then.seal, head_seal(key, then)):
        what = "the anchor was not made by us, or was changed"
    # An old anchor has no link. Without one a chain begun anew would pass once it is as long.
    elif now is not None and then.link and not same(now.link, then.link):
        what = "it is another chain than when the anchor was made: the store was put back"
    elif now is None or now.length < then.length:
        there = now.length if now else 0
        number = there + 1
        what = f"it had {then.length} records when the anchor was made and has {there}: the store was put back"
    elif now.length == then.length and not same(now.head, then.head):
        number, what = then.length, "its last record is another than when the anchor was made"
    else:
        return None
    return Finding(chain=then.chain, number=number, record="", what=what)
