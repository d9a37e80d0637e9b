"""One instance in a test without the people around it: credentials, records, settings."""

from __future__ import annotations

from base64 import b64decode
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Self

from ..errors import ControlRefused
from ..errors.frames import between_test_and_refusal
from ..web.control.control_client import join_path
from .base_mock import BaseMock
from .bots import require_url, server_of
from .explanations import Explanations
from .fault import Fault
from .instance_records import Calls, Inbox, Sent
from .name_checks import require_event
from .names import EventName, FaultName, InstanceState, UnlinkedBy
from .record_source import RecordSource
from .wsgi_server import Served

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIApplication

    from .asgi import AsgiApp

__tracebackhide__ = between_test_and_refusal

Json = dict[str, Any]


class BaseInstance:
    """The part of `Instance` that customers, groups and the instance's own phone need."""

    def __init__(self, mock: BaseMock, description: Json, *, created_at: float = 0.0) -> None:
        self._mock, self.control_api = mock, mock.control_api
        self.url = mock.url
        self.key, self.token = str(description["key"]), str(description["token"])
        self.number = str(description["number"])
        source = RecordSource(self.control_api, self.key, self.file)
        explain = Explanations(source, created_at, lambda: self.has_own_inbox)
        self.inbox = Inbox(source, explain)
        self.sent = Sent(source, explain)
        self.calls = Calls(source, explain)
        self._bots: list[Served] = []

    @property
    def headers(self) -> dict[str, str]:
        """What every call to the gateway carries."""
        return {"Authorization": f"Bearer {self.token}"}

    @property
    def state(self) -> InstanceState:
        """disconnected, qr, pairing, connecting or connected."""
        state: InstanceState = self.control_api.call("GET", join_path("instances", self.key))[
            "state"
        ]
        return state

    @property
    def has_own_inbox(self) -> bool:
        """Whether webhooks go to the test's inbox alone, because no bot was given."""
        url = self.control_api.call("GET", join_path("instances", self.key))["webhook"]["url"]
        return bool(self._mock.is_inbox(url))

    def webhook_to(self, bot: str | WSGIApplication | AsgiApp, *, path: str = "/webhook") -> str:
        """Send webhooks to a URL, or to an app, served at `path` until the instance goes.

        WSGI apps (Flask, Django...) and ASGI apps (Starlette, FastAPI, Quart...) are served, the
        latter with their lifespan events; an empty text sets no webhook. Returns the URL. The inbox
        still has everything: it is the journal's. SetupError for anything else, and when the app
        fails to start.
        """
        if isinstance(bot, str):
            require_url(bot)
            url = bot
        else:
            server = server_of(bot, host=self.control_api.local_address()).start()
            self._bots.append(server)
            url = server.url + path
        self.do("webhook", {"url": url, "enabled": True})
        return url

    def fault(self, name: FaultName, **parameters: Any) -> Fault:
        """The gateway misbehaves for this instance alone, until `clear` or its removal.

        `parameters` are those of `/_mock/faults`: `operation`, `recipient`, `times`, `percent`,
        `skip`, and the fault's own.
        """
        return self._mock.fault(name, instance=self.key, **parameters)

    def link(self, number: str | None = None) -> None:
        """The phone scans the QR code or types the pairing code."""
        self.do("link", {} if number is None else {"number": number})

    def unlink(self, by: UnlinkedBy = "phone") -> None:
        """The link ends: by `phone`, `gateway`, or `ban`."""
        self.do("unlink", {"by": by})

    def emit(
        self,
        event: EventName,
        *,
        set: Mapping[str, Any] | None = None,
        count: int = 1,
        **fields: Any,
    ) -> None:
        """Any webhook by name, `count` times, with these dotted paths in its payload `set`.

        Other `fields` are those of `POST .../emit`.
        """
        require_event(event)
        self.do("emit", {"event": event, "set": dict(set or {}), "count": count, **fields})

    def chaos(self, **fields: Any) -> None:
        """Duplicate, reorder, delay... its webhooks; without any they are left alone again."""
        if fields:
            self.do("chaos", fields)
        else:
            self.control_api.call("DELETE", join_path("instances", self.key, "chaos"))

    def do(self, verb: str, body: Json) -> Json:
        """`POST /_mock/instances/{key}/{verb}`."""
        return self.control_api.call("POST", join_path("instances", self.key, verb), body)

    def file(self, path: str) -> bytes:
        """The bytes behind a `directPath` or `url` in a message; ControlRefused when it is gone."""
        answer = self.control_api.call(
            "GET", join_path("instances", self.key, "media"), query={"path": path}
        )
        return b64decode(answer["data"])

    def bugs(self) -> list[str]:
        """What the mock itself got wrong for it."""
        return self._mock.bugs(self.key)

    def remove(self) -> None:
        """Gone, with its faults and the bots that `webhook_to` served.

        One that a reset or another state has taken away already is as good.
        """
        try:
            self.control_api.call("DELETE", join_path("instances", self.key))
        except ControlRefused as refusal:
            if refusal.status != 404:
                raise
        finally:
            while self._bots:
                self._bots.pop().stop()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.remove()
