"""What a test does to a running mock as a whole, apart from its clock and its instances."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING, Any, Self

from ..errors import SetupError
from ..errors.frames import between_test_and_refusal
from ..web.control.control_client import ControlClient, HttpWire, Wire
from .fault import Fault
from .names import FaultName
from .wsgi_server import Served

if TYPE_CHECKING:
    from collections.abc import Iterable

    from _typeshed.wsgi import StartResponse, WSGIEnvironment

__tracebackhide__ = between_test_and_refusal


class BaseMock:
    """The part of `Mock` that an instance needs; it knows no instances itself."""

    def __init__(
        self, url: str, *, shared: bool = False, token: str = "", wire: Wire | None = None
    ) -> None:
        self.shared = shared
        self.url = url.rstrip("/")
        self.control_api = ControlClient(
            wire or HttpWire(url), place=self.url or "this process", token=token
        )
        self._lock = threading.Lock()
        self._inbox_server: Served | None = None

    def fault(self, name: FaultName, **parameters: Any) -> Fault:
        """Arm a fault of `/_mock/faults`; without `instance` it hits everybody."""
        if "instance" not in parameters:
            self.require_own(f"a {name} fault without an instance")
        return Fault(
            self.control_api,
            self.control_api.call("POST", "/faults", {"fault": name, **parameters}),
        )

    def reset(self) -> None:
        """Back to the starting world, with everybody's instances gone."""
        self.require_own("a reset")
        self.control_api.call("POST", "/reset")

    def require_own(self, what: str) -> None:
        """Raise SetupError when others use this mock too."""
        if self.shared:
            raise SetupError(
                f"{what} would hit everybody who uses {self.url}: leave out --megaapi-gateway, "
                "or say --megaapi-own-clock (Mock(..., shared=False)) when you alone use it"
            )

    def bugs(self, key: str) -> list[str]:
        """What the mock itself got wrong for this instance: every 500 without a reason."""
        failed_calls = self.control_api.find("/exchanges", instance=key, status=500)
        return [
            f"{call['operation']} answered a 500 without a reason ({call['id']})"
            for call in failed_calls
            if call["reason"] is None
        ]

    def close(self) -> None:
        """Stop what this object has started in this process; the mock goes on."""
        with self._lock:
            server, self._inbox_server = self._inbox_server, None
        if server is not None:
            server.stop()

    def is_inbox(self, url: str) -> bool:
        """Whether this is where webhooks go of instances whose test gives them no bot."""
        with self._lock:
            server = self._inbox_server
            return server is not None and url == f"{server.url}/inbox"

    def _inbox_url(self) -> str:
        """A receiver that says 200 to whatever comes: the journal has it all."""
        with self._lock:
            if self._inbox_server is None:
                host = self.control_api.local_address()
                self._inbox_server = Served(_say_ok, host=host, threads=2).start()
            return f"{self._inbox_server.url}/inbox"

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def __repr__(self) -> str:
        return f"<{type(self).__name__} at {self.url or 'this process'}>"


def _say_ok(environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
    # Read whole: a sender that is answered half-way sees a reset.
    environ["wsgi.input"].read()
    start_response("200 OK", [("Content-Length", "0")])
    return [b""]
