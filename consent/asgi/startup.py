"""A start that fails, told to the server by its own protocol.

Starlette and FastAPI make their middleware when the server first calls them, and that is the lifespan's scope. What is
raised there servers take for an app without a lifespan (uvicorn: "appears unsupported"), and begin to serve errors. So
a mistake met there is kept, and the startup is answered as failed, with the mistake as its message: the server ends.
"""

import sys
from collections.abc import Mapping
from types import FrameType

from consent.asgi._types import Receive, Scope, Send
from consent.errors import ConsentError


def is_within_lifespan() -> bool:
    """Whether this is called, through whatever frames, by an app that is being called with a lifespan's scope.

    Nothing else tells: a constructor is handed no scope. The call stack is looked at only where a start fails.
    """
    frame: FrameType | None = sys._getframe(1)  # noqa: SLF001 - documented by Python; inspect.currentframe is the same
    while frame is not None:
        scope = frame.f_locals.get("scope")
        if isinstance(scope, Mapping) and scope.get("type") == "lifespan":
            return True
        frame = frame.f_back
    return False


async def refuse(error: Exception, scope: Scope, receive: Receive, send: Send) -> None:
    """Answer a lifespan's startup as failed because of ``error``, and raise it whatever the scope."""
    if scope["type"] == "lifespan":
        await receive()
        told = str(error) if isinstance(error, ConsentError) else f"{type(error).__name__}: {error}"
        await send({"type": "lifespan.startup.failed", "message": told})
    raise error
