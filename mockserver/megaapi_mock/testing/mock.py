"""A mock that runs somewhere, and what a test does to it as a whole."""

from __future__ import annotations

import threading
import time
from typing import TYPE_CHECKING, Any, Protocol, Self

from ..errors import ControlRefused, NotThere, SetupError
from .control_client import ControlClient, HttpWire, Wire, at
from .hiding import between_test_and_refusal
from .instance import Instance
from .names import FaultName
from .wsgi_server import Served

if TYPE_CHECKING:
    from collections.abc import Iterable

    from _typeshed.wsgi import StartResponse, WSGIEnvironment

__tracebackhide__ = between_test_and_refusal

Json = dict[str, Any]


class Mock:
    """The mock at `url`, driven over its control API alone.

    `shared` says that others use it too: then clock, reset and faults that hit everybody are
    refused with SetupError. `token` is its `--control-token`. Close it when done.
    """

    def __init__(
        self, url: str, *, shared: bool = False, token: str = "", wire: Wire | None = None
    ) -> None:
        self.shared = shared
        self.url = url.rstrip("/")
        self.door = ControlClient(
            wire or HttpWire(url), place=self.url or "this process", token=token
        )
        self.clock = Clock(self)
        self._lock = threading.Lock()
        self._sink: Served | None = None

    def instance(self, **wishes: Any) -> Instance:
        """A linked instance of its own: key, token and number nobody else has, an inbox.

        `wishes` are those of `POST /_mock/instances`: `key`, `token`, `number`, `name`,
        `connected`, `webhook_url`. Remove it when done, or use it in a `with`.
        """
        wanted = {"connected": True, **wishes}
        if "webhook_url" not in wanted:
            wanted["webhook_url"] = self._inbox_url()
        made = self.clock.now
        return Instance(self, self.door.call("POST", "/instances", wanted), made=made)

    def attach(self, key: str) -> Instance:
        """An instance that is there already, such as one of the world's."""
        return Instance(self, self.door.call("GET", at("instances", key)))

    def fault(self, name: FaultName, **parameters: Any) -> Fault:
        """Arm a fault of `/_mock/faults`; without `instance` it hits everybody."""
        if "instance" not in parameters:
            self.require_own(f"a {name} fault without an instance")
        return Fault(self.door, self.door.call("POST", "/faults", {"fault": name, **parameters}))

    def reset(self) -> None:
        """Back to the starting world, with everybody's instances gone."""
        self.require_own("a reset")
        self.door.call("POST", "/reset")

    def require_own(self, what: str) -> None:
        """Raise SetupError when others use this mock too."""
        if self.shared:
            raise SetupError(
                f"{what} would hit everybody who uses {self.url}: leave out --megaapi-gateway, "
                "or say --megaapi-own-clock (Mock(..., shared=False)) when you alone use it"
            )

    def bugs(self, key: str) -> list[str]:
        """What the mock itself got wrong for this instance: every 500 without a reason."""
        found = self.door.find("/exchanges", instance=key, status=500)
        return [
            f"{call['operation']} answered a 500 without a reason ({call['id']})"
            for call in found
            if call["reason"] is None
        ]

    def close(self) -> None:
        """Stop what this object has started in this process; the mock goes on."""
        with self._lock:
            sink, self._sink = self._sink, None
        if sink is not None:
            sink.stop()

    def is_inbox(self, url: str) -> bool:
        """Whether this is where webhooks go of instances whose test gives them no bot."""
        with self._lock:
            return self._sink is not None and url == f"{self._sink.url}/inbox"

    def _inbox_url(self) -> str:
        """A receiver that says 200 to whatever comes: the journal has it all."""
        with self._lock:
            if self._sink is None:
                host = self.door.local_address()
                self._sink = Served(_say_ok, host=host, threads=2).start()
            return f"{self._sink.url}/inbox"

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def __repr__(self) -> str:
        return f"<{type(self).__name__} at {self.url or 'this process'}>"


class Clock:
    """The one clock behind everything the mock does."""

    def __init__(self, mock: Mock) -> None:
        self._mock = mock

    @property
    def now(self) -> float:
        """Seconds since 1970."""
        return float(self._mock.door.call("GET", "/clock")["now"])

    def freeze(self) -> float:
        """Time stands still until it is moved; the time it is."""
        return self._move({"freeze": True})

    def run(self) -> float:
        """Time runs on from where it is."""
        return self._move({"freeze": False})

    def advance(self, seconds: float) -> float:
        """So many seconds pass at once: what became due has happened when this returns."""
        return self._move({"advance": seconds})

    def set(self, unix: float) -> float:
        """Another time, in seconds since 1970."""
        return self._move({"set": unix})

    def remember(self) -> Json:
        """How it stands, for `restore`."""
        found = self._mock.door.call("GET", "/clock")
        return {"frozen": found["frozen"], "now": found["now"], "real": time.time()}

    def restore(self, before: Json) -> None:
        """As it was, with the time that has really passed since, unless it stood still."""
        passed = 0.0 if before["frozen"] else time.time() - before["real"]
        self._move({"freeze": before["frozen"], "set": before["now"] + passed})

    def __repr__(self) -> str:
        return f"<Clock of {self._mock!r}>"

    def _move(self, move: Json) -> float:
        self._mock.require_own("the clock")
        return float(self._mock.door.call("POST", "/clock", move)["now"])


class ArmFault(Protocol):
    """What the fixture `megaapi_fault` is: a function that arms a fault until the test ends."""

    def __call__(self, name: FaultName, **parameters: Any) -> Fault:
        """`parameters` are those of `/_mock/faults`."""


class Fault:
    """An armed fault; `clear` it, or use it in a `with`."""

    def __init__(self, door: ControlClient, shown: Json) -> None:
        self._door = door
        self.id, self.name = str(shown["id"]), str(shown["fault"])

    @property
    def used(self) -> int:
        """How often it has hit."""
        return int(self._shown()["used"])

    @property
    def strikes(self) -> list[Json]:
        """The newest it has hit: when, at which instance, and what (`time`, `instance`, `what`)."""
        return list(self._shown()["strikes"])

    def clear(self) -> None:
        """The gateway behaves again; clearing what is gone does nothing."""
        try:
            self._door.call("DELETE", at("faults", self.id))
        except ControlRefused as refusal:
            if refusal.status != 404:
                raise

    def __repr__(self) -> str:
        return f"<Fault {self.id}: {self.name}>"

    def _shown(self) -> Json:
        for found in self._door.find("/faults"):
            if found["id"] == self.id:
                return found
        raise NotThere(f"fault {self.id} is gone")

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.clear()


def _say_ok(environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
    # Read whole: a sender that is answered half-way sees a reset.
    environ["wsgi.input"].read()
    start_response("200 OK", [("Content-Length", "0")])
    return [b""]
