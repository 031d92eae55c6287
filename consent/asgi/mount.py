"""The mount: which paths are ours, and where a visitor goes on to from one of them. Pure.

A path of a ``scope`` is without the application's own root; one of a form or a Referer has it, and perhaps a query.
"""

from dataclasses import dataclass

from consent.asgi.origin import is_local_path, same_host_path
from consent.asgi.visit import Visit

_SHOWING = frozenset({"/receipt", "/opt-out"})
"""Pages of ours that a form of theirs leads back to: they show what came of it."""


@dataclass(frozen=True, slots=True)
class Mount:
    """``path``: of the settings (``paths.mount``), such as ``/consent``."""

    path: str

    def owns(self, path: str) -> bool:
        """Whether ``path``, of a scope, stands under the mount."""
        return path.startswith(self.path) and path[len(self.path) : len(self.path) + 1] in {"", "/"}

    def below(self, path: str) -> str:
        """What of ``path``, one that is owned, stands below the mount: empty, or ``/policy``."""
        return path.removeprefix(self.path).rstrip("/")

    def is_ours(self, path: str, visit: Visit) -> bool:
        """Whether ``path``, of a URL, stands under the mount."""
        return self.owns(_bare(path, visit))

    def return_path(self, asked: str, visit: Visit) -> str:
        """Where a form leads: to ``asked``, if that is a page of the site or one of ours that shows what came of it."""
        if is_local_path(asked) and (not self.is_ours(asked, visit) or self.below(_bare(asked, visit)) in _SHOWING):
            return asked
        return self.way_back(visit)

    def way_back(self, visit: Visit) -> str:
        """The page of the site that the visitor came from; never one of ours."""
        path = same_host_path(visit.headers.get(b"referer", b""), visit.authority)
        return path if path and is_local_path(path) and not self.is_ours(path, visit) else f"{visit.root}/"


def _bare(path: str, visit: Visit) -> str:
    """As a scope has it."""
    return path.partition("?")[0].partition("#")[0].removeprefix(visit.root)
