"""How granian calls the app: as by its own adapter, and so that a call can be answered later.

Granian's adapter answers with what the app returns. What it answers with can be used at any later
time, from any thread, and until then granian keeps the connection without one of ours.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable
from typing import Any

from .deferred import ANSWER_LATER, DeferredAnswer, Head

_ENVIRON = {
    "GATEWAY_INTERFACE": "CGI/1.1",
    "SCRIPT_NAME": "",
    "SERVER_SOFTWARE": "Granian",
    "wsgi.input_terminated": True,
    "wsgi.multiprocess": False,
    "wsgi.multithread": True,
    "wsgi.run_once": False,
    "wsgi.version": (1, 0),
}
_App = Callable[..., Iterable[bytes]]


def use_own_adapter() -> bool:
    """Have this process' granian call apps by `adapter`; False where its adapter is elsewhere."""
    from granian.server import mp

    names = vars(mp)
    if "_wsgi_call_wrap" not in names:
        return False
    names["_wsgi_call_wrap"] = adapter
    return True


def adapter(app: _App, *_: Any) -> Callable[[Any, dict[str, Any]], int]:
    """What granian calls with its protocol and the environ of each call."""
    from granian.wsgi import ResponseIterWrap

    iterating: Callable[[Iterable[bytes]], object] = ResponseIterWrap
    # The environment of the process stays out: it is not part of a call, and large.
    base = {**_ENVIRON, "wsgi.errors": sys.stderr}

    def run(protocol: Any, scope: dict[str, Any]) -> int:
        head = Head()
        environ = base | scope
        environ[ANSWER_LATER] = protocol
        answer = app(environ, head)
        if isinstance(answer, list):
            protocol.response_bytes(head.status, head.headers, b"".join(answer))
        elif not isinstance(answer, DeferredAnswer):
            protocol.response_iter(head.status, head.headers, iterating(answer))
        return head.status

    return run
