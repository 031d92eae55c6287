"""A bucket of choices for each client: a flood from one of them cannot fill the disk, and holds up nobody else.

The client's address stays in memory, hashed with a key that is made anew in each process; no record has it. The table
is bounded: an attacker with many addresses pushes out old buckets, which only makes those full again.
"""

import hashlib
import ipaddress
from collections import OrderedDict
from dataclasses import dataclass, field

from consent.asgi.visit import Visit

LARGEST = 10_000
"""Buckets kept: about a megabyte."""


@dataclass(slots=True, kw_only=True)
class Throttle:
    """One per middleware. ``rate``: choices a minute of one client, and as many at once; 0 lets everything pass."""

    rate: int
    secret: bytes
    """Random, of this process."""
    _buckets: OrderedDict[bytes, tuple[float, float]] = field(default_factory=OrderedDict)
    """What is left in a bucket, and when it was last looked at; the last looked at stands last."""

    def allows(self, client: str, now: float) -> bool:
        """Take one from the client's bucket, if one is left; ``now`` in seconds of a clock that never goes back."""
        if not self.rate or not client:
            return True
        name = hashlib.blake2b(client.encode("utf-8", "replace"), key=self.secret, digest_size=16).digest()
        left, looked = self._buckets.pop(name, (float(self.rate), now))
        left = min(float(self.rate), left + (now - looked) * self.rate / 60)
        allowed = left >= 1
        self._buckets[name] = (left - 1 if allowed else left, now)
        if len(self._buckets) > LARGEST:
            self._buckets.popitem(last=False)
        return allowed

    @property
    def pause(self) -> int:
        """Seconds after which one more is allowed."""
        return max(1, -(-60 // self.rate)) if self.rate else 1


def client_of(visit: Visit) -> str:
    """Whom a request came from, as well as the server knows; empty where it does not.

    The server's word (``scope["client"]``), unless that is a machine of one's own network, which is a proxy: then the
    last address it names, the only one a visitor cannot make up. A network of IPv6 counts as one client.
    """
    client = visit.scope.get("client")
    peer = str(client[0]) if isinstance(client, list | tuple) and client else ""
    named = visit.text(b"x-forwarded-for").rpartition(",")[2].strip()[:64]
    if not named and ":" not in peer:  # nearly always: an address of IPv4 is a client as it stands
        return peer
    address = _address(peer)
    if named and (address is None or not address.is_global):
        peer, address = named, _address(named)
    if address is None:
        return peer
    return str(ipaddress.ip_network((address, 64), strict=False)) if address.version == 6 else str(address)


def _address(peer: str) -> ipaddress.IPv4Address | ipaddress.IPv6Address | None:
    """A socket of IPv6 names clients of IPv4 inside ``::ffff:0:0/96``: as one network all would share a bucket."""
    try:
        address = ipaddress.ip_address(peer)
    except ValueError:
        return None
    return (address.ipv4_mapped if address.version == 6 else None) or address
