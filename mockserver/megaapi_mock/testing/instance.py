"""One instance in a test: its credentials, who writes to it, what it sent and was told."""

from __future__ import annotations

from base64 import b64decode
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any, Self

from ..errors import ControlRefused
from .bots import require_url, served
from .control_client import at
from .customer import Customer
from .group import Group, number_of
from .hiding import between_test_and_refusal
from .known import require_event
from .names import EventName, FaultName, InstanceState, UnlinkedBy
from .phone import OwnPhone
from .waits import Calls, Inbox, Sent
from .wsgi_server import Served

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIApplication

    from .asgi import AsgiApp
    from .mock import Fault, Mock

__tracebackhide__ = between_test_and_refusal

Json = dict[str, Any]


class Instance:
    """An instance of a mock, with everything a bot needs to know of it.

    `url`, `key` and `token` are what a bot is configured with, `number` is its own. `inbox` holds
    the webhooks, `sent` the messages it sent, `calls` the requests; `door` is the
    control API.
    """

    def __init__(self, mock: Mock, shown: Json, *, made: float = 0.0) -> None:
        self._mock, self.door = mock, mock.door
        self.url = mock.url
        self.key, self.token = str(shown["key"]), str(shown["token"])
        self.number = str(shown["number"])
        self.inbox = Inbox(self, made)
        self.sent = Sent(self, made)
        self.calls = Calls(self, made)
        self._bots: list[Served] = []

    @property
    def headers(self) -> dict[str, str]:
        """What every call to the gateway carries."""
        return {"Authorization": f"Bearer {self.token}"}

    @property
    def state(self) -> InstanceState:
        """disconnected, qr, pairing, connecting or connected."""
        state: InstanceState = self.door.call("GET", at("instances", self.key))["state"]
        return state

    @property
    def has_own_inbox(self) -> bool:
        """Whether webhooks go to the test's inbox alone, because no bot was given."""
        url = self.door.call("GET", at("instances", self.key))["webhook"]["url"]
        return bool(self._mock.is_inbox(url))

    def customer(self, number: str = "5511900000002", *, name: str | None = None) -> Customer:
        """A person with WhatsApp who writes to this instance; `name` is what the bot is told.

        `number` as people write it (`+55 11 90000-0002`), or an address.
        """
        return Customer(self, number, name)

    def group(
        self,
        subject: str = "Grupo Teste",
        *,
        members: Iterable[str | Customer] = (),
        owner: str | Customer | None = None,
    ) -> Group:
        """A group that this instance is in, with these customers or numbers; no webhook says so.

        The instance is its admin, unless `owner` has made it and is. Groups that your bot makes,
        or the world has, are in `groups`.
        """
        body: Json = {"subject": subject, "participants": [number_of(who) for who in members]}
        if owner is not None:
            body["owner"] = number_of(owner)
        return Group(self, str(self.do("groups", body)["jid"]))

    @property
    def groups(self) -> list[Group]:
        """Every group this instance is in, the newest last."""
        found = self.door.find(at("instances", self.key, "groups"))
        return [Group(self, str(shown["jid"])) for shown in found]

    def phone(self, to: str | Customer = "5511900000002") -> OwnPhone:
        """The instance's own phone, in the chat with `to`: what its owner writes past the bot."""
        return OwnPhone(self, to)

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
            server = served(bot, host=self.door.local_address()).start()
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
        **wishes: Any,
    ) -> None:
        """Any webhook by name, `count` times, with these dotted paths in its payload `set`.

        Other `wishes` are those of `POST .../emit`.
        """
        require_event(event)
        self.do("emit", {"event": event, "set": dict(set or {}), "count": count, **wishes})

    def chaos(self, **wishes: Any) -> None:
        """Duplicate, reorder, delay... its webhooks; without wishes they are left alone again."""
        if wishes:
            self.do("chaos", wishes)
        else:
            self.door.call("DELETE", at("instances", self.key, "chaos"))

    def do(self, verb: str, body: Json) -> Json:
        """`POST /_mock/instances/{key}/{verb}`."""
        return self.door.call("POST", at("instances", self.key, verb), body)

    def file(self, path: str) -> bytes:
        """The bytes behind a `directPath` or `url` in a message; ControlRefused when it is gone."""
        shown = self.door.call("GET", at("instances", self.key, "media"), query={"path": path})
        return b64decode(shown["data"])

    def bugs(self) -> list[str]:
        """What the mock itself got wrong for it."""
        return self._mock.bugs(self.key)

    def remove(self) -> None:
        """Gone, with its faults and the bots that `webhook_to` served.

        One that a reset or another state has taken away already is as good.
        """
        try:
            self.door.call("DELETE", at("instances", self.key))
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

    def __repr__(self) -> str:
        return f"<Instance {self.key} at {self.url or 'this process'}>"
