"""How much one client may send: a flood from one of them cannot fill the disk or the log, and holds up nobody else.

Clients' addresses stay in memory; those who choose are kept hashed, with a key that is made anew in each process. The
tables are bounded: an attacker with many addresses pushes out old buckets, which only makes those full again.
"""

import hashlib
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TypeVar

Name = TypeVar("Name", str, bytes)

LARGEST = 10_000
"""Buckets of choices kept: 2.7 MB."""
CLIENTS = 1024
"""Clients whose allowance is remembered."""


@dataclass(slots=True)
class Bucket:
    """A token bucket: ``burst`` at once, ``rate`` a second in the long run."""

    rate: float
    burst: float
    level: float = field(init=False)
    seen: float = field(init=False, default=0.0)

    def __post_init__(self) -> None:
        self.level = self.burst

    def take(self, now: float) -> bool:
        """Whether one more is allowed at ``now``, in seconds of a clock that may stand still but not matter."""
        self.level = min(self.burst, self.level + max(0.0, now - self.seen) * self.rate)
        self.seen = now
        if self.level < 1:
            return False
        self.level -= 1
        return True


@dataclass(slots=True, kw_only=True)
class Throttle:
    """Choices. One per middleware. ``rate``: a minute of one client, and as many at once; 0 lets everything pass."""

    rate: int
    secret: bytes
    """Random, of this process."""
    _buckets: dict[bytes, Bucket] = field(default_factory=dict)
    """The last looked at stands last."""

    def allows(self, client: str, now: float) -> bool:
        """Take one from the client's bucket, if one is left; ``now`` in seconds of a clock that never goes back."""
        if not self.rate or not client:
            return True
        name = hashlib.blake2b(client.encode("utf-8", "replace"), key=self.secret, digest_size=16).digest()
        return _take(self._buckets, name, now, self._new, most=LARGEST)

    def _new(self) -> Bucket:
        return Bucket(rate=self.rate / 60, burst=float(self.rate))

    @property
    def pause(self) -> int:
        """Seconds after which one more is allowed."""
        return max(1, -(-60 // self.rate)) if self.rate else 1


class Allowance:
    """Reports and questions of pages, which anybody can make up: so many of one client, and so many of everybody."""

    def __init__(self) -> None:
        self._everybody = Bucket(rate=5, burst=100)
        self._clients: dict[str, Bucket] = {}

    def take(self, client: str, now: float) -> bool:
        """Whether ``client`` is heard at ``now``, in seconds."""
        mine = _take(self._clients, client, now, lambda: Bucket(rate=0.5, burst=30), most=CLIENTS)
        return mine and self._everybody.take(now)


def _take(buckets: dict[Name, Bucket], name: Name, now: float, new: Callable[[], Bucket], *, most: int) -> bool:
    """Take one from the bucket of ``name``, which stands last then; of more than ``most`` the first goes."""
    bucket = buckets.pop(name, None) or new()
    buckets[name] = bucket
    if len(buckets) > most:
        buckets.pop(next(iter(buckets)))
    return bucket.take(now)
