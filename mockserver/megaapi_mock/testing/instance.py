"""One instance in a test: its credentials, who writes to it, what it sent and was told."""

from __future__ import annotations

import re
import time
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Self

from ..domain.jid import PERSON
from ..domain.phone_number import as_written
from ..errors import ControlRefused
from .customer import Customer
from .door import Door, at
from .phone import OwnPhone
from .records import Call, Message, Webhook
from .trail import WAIT_MOST, Since, Trail, Wish
from .wsgi import Served

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIApplication

    from .mock import Fault, Mock

Json = dict[str, Any]
Text = str | re.Pattern[str]
TIMEOUT = 5.0
# Records of one kind that a failed wait tells beside its own.
TOLD = 3


class Instance:
    """An instance of a mock, with everything a bot needs to know of it.

    `url`, `key` and `token` are what a bot is configured with, `number` is its own. `inbox` holds
    the webhooks, `sent` the messages it sent, `calls` the requests; `door` is the side door.
    """

    def __init__(self, mock: Mock, shown: Json, *, made: float = 0.0) -> None:
        self._mock, self.door = mock, mock.door
        self.url = mock.url
        self.key, self.token = str(shown["key"]), str(shown["token"])
        self.number = str(shown["number"])
        self.inbox = Inbox(self.door, self.key)
        self.sent = Sent(self.door, self.key, made)
        self.calls = Calls(self.door, self.key, made)
        self._bots: list[Served] = []

    @property
    def headers(self) -> dict[str, str]:
        """What every call to the gateway carries."""
        return {"Authorization": f"Bearer {self.token}"}

    @property
    def state(self) -> str:
        """disconnected, qr, pairing, connecting or connected."""
        return str(self.door.call("GET", at("instances", self.key))["state"])

    def customer(self, number: str = "5511900000002", *, name: str | None = None) -> Customer:
        """A person with WhatsApp who writes to this instance; `name` is what the bot is told.

        `number` as people write it (`+55 11 90000-0002`), or an address.
        """
        return Customer(self, number, name)

    def phone(self, to: str | Customer = "5511900000002") -> OwnPhone:
        """The instance's own phone, in the chat with `to`: what its owner writes past the bot."""
        return OwnPhone(self, to)

    def webhook_to(self, bot: str | WSGIApplication, *, path: str = "/webhook") -> str:
        """Send webhooks to a URL, or to a WSGI app, served at `path` until the instance goes.

        Returns the URL. The inbox still has everything: it is the journal's.
        """
        if isinstance(bot, str):
            url = bot
        else:
            served = Served(bot, host=self.door.local_address(), threads=8).start()
            self._bots.append(served)
            url = served.url + path
        self.do("webhook", {"url": url, "enabled": True})
        return url

    def fault(self, name: str, **parameters: Any) -> Fault:
        """The gateway misbehaves for this instance alone, until `clear` or its removal.

        `parameters` are those of `/_mock/faults`: `operation`, `recipient`, `times`, `percent`,
        `skip`, and the fault's own.
        """
        return self._mock.fault(name, instance=self.key, **parameters)

    def link(self, number: str | None = None) -> None:
        """The phone scans the QR code or types the pairing code."""
        self.do("link", {} if number is None else {"number": number})

    def unlink(self, by: str = "phone") -> None:
        """The link ends: by `phone`, `gateway`, or `ban`."""
        self.do("unlink", {"by": by})

    def emit(self, event: str, **wishes: Any) -> None:
        """Any webhook by name; `wishes` are `set`, `count` and `torment`."""
        self.do("emit", {"event": event, **wishes})

    def torment(self, **wishes: Any) -> None:
        """Duplicate, reorder, delay... its webhooks; without wishes they are left alone again."""
        if wishes:
            self.do("torment", wishes)
        else:
            self.door.call("DELETE", at("instances", self.key, "torment"))

    def do(self, verb: str, body: Json) -> Json:
        """`POST /_mock/instances/{key}/{verb}`."""
        return self.door.call("POST", at("instances", self.key, verb), body)

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


class Inbox(Trail[Webhook]):
    """The webhooks of an instance, whoever receives them."""

    def __init__(self, door: Door, key: str) -> None:
        def look(since: Since, wait: float) -> tuple[int, list[Webhook]]:
            epoch, found = _newer(door, "/deliveries", key, since, wait)
            return epoch, [Webhook(shown) for shown in found]

        def settle(webhook: Webhook, seconds: float) -> Webhook:
            deadline = time.monotonic() + seconds
            # A mock that many wait for may answer before the time is up.
            while webhook.state == "queued" and (left := deadline - time.monotonic()) > 0:
                wait = {"wait": min(left, WAIT_MOST)}
                webhook = Webhook(door.call("GET", at("deliveries", webhook.id), query=wait))
            return webhook

        def hint() -> list[str]:
            shown = door.call("GET", at("instances", key))
            told = [] if shown["webhook"]["enabled"] else ["its webhook is switched off"]
            blocked = ", ".join(shown["blocked_events"])
            told += [f"it blocks {blocked}"] if blocked else []
            return [*told, *map(_strike, door.find("/strikes", instance=key)[-TOLD:])]

        super().__init__(look, settle=settle, hint=hint)

    def wait_for(
        self,
        event: str | None = None,
        *,
        text: Text | None = None,
        message: Message | None = None,
        state: str | None = "delivered",
        status: int | None = None,
        where: Callable[[Webhook], object] | None = None,
        timeout: float = TIMEOUT,
    ) -> Webhook:
        """The next webhook of that event, text and message, once it has been sent.

        `state` is how that went, None for either way; `status` what the receiver answered.
        `text` is equal, or a compiled pattern found in it; `where` judges the webhook.
        AssertionError at the limit says what came instead.
        """
        __tracebackhide__ = True
        fields = _asked(event=event, text=text, message_id=message and message.id)
        ends = _asked(state=state, status=status)
        return self.await_one(Wish("webhook", fields, where, ends), timeout)


class Sent(Trail[Message]):
    """The messages an instance sent, by the API; what the owner typed on the phone too."""

    def __init__(self, door: Door, key: str, made: float) -> None:
        def look(since: Since, wait: float) -> tuple[int, list[Message]]:
            epoch, found = _newer(door, "/messages", key, since, wait, from_me="true")
            return epoch, [Message(shown) for shown in found]

        self._door, self._key = door, key
        super().__init__(look, hint=lambda: [*_refused(door, key, made), *_untaken(door, key)])

    def wait_for(
        self,
        *,
        text: Text | None = None,
        to: str | Customer | None = None,
        kind: str | None = None,
        where: Callable[[Message], object] | None = None,
        timeout: float = TIMEOUT,
    ) -> Message:
        """The next message with that text, recipient and kind (`listMessage`...).

        `text` is its text, caption or question: equal, or a compiled pattern found in it; `to` a
        customer, or a person or group by any number or address that leads there; `where` judges
        the message. AssertionError at the limit says what was sent instead, which calls were
        refused, and which webhooks the bot did not take.
        """
        __tracebackhide__ = True
        fields = _asked(text=text, kind=kind, **self._recipient(to))
        return self.await_one(Wish("message sent", fields, where), timeout)

    def _recipient(self, to: str | Customer | None) -> dict[str, str]:
        """Whom messages name who were written to by this number or address."""
        if to is None:
            return {}
        written = as_written(to.number if isinstance(to, Customer) else to)
        chat = self._person(written) or written
        number, _, server = chat.partition("@")
        return {"number": number} if server in ("", PERSON) else {"chat": chat}

    def _person(self, written: str) -> str | None:
        """The JID of the person; None for groups, and for whom the mock does not know."""
        try:
            shown = self._door.call("GET", at("instances", self._key, "contacts", written))
        except ControlRefused:
            return None
        return str(shown["jid"])


class Calls(Trail[Call]):
    """The requests of an instance, refused ones too."""

    def __init__(self, door: Door, key: str, made: float) -> None:
        def look(since: Since, wait: float) -> tuple[int, list[Call]]:
            epoch, found = _newer(door, "/exchanges", key, since, wait)
            return epoch, [Call(shown) for shown in found]

        def hint() -> list[str]:
            return [*_astray(door, made), *_untaken(door, key)]

        super().__init__(look, hint=hint)

    def wait_for(
        self,
        operation: str | None = None,
        *,
        status: int | None = None,
        where: Callable[[Call], object] | None = None,
        timeout: float = TIMEOUT,
    ) -> Call:
        """The next call of that operation with that answer; AssertionError says what came."""
        __tracebackhide__ = True
        fields = _asked(operation=operation, status=status)
        return self.await_one(Wish("call", fields, where), timeout)


def _newer(
    door: Door, path: str, key: str, since: Since, wait: float, **query: Any
) -> tuple[int, list[Json]]:
    """What is newer, all of it, and the epoch it is of; waits for the first only."""
    asked = {"since": since.last, "epoch": since.epoch, "wait": wait or None, **query}
    return door.follow(path, instance=key, **asked)


def _refused(door: Door, key: str, made: float) -> list[str]:
    """The newest calls that were not simply answered, those with no instance's key included."""
    calls = [Call(found) for found in door.find("/exchanges", instance=key)]
    told = [f"call: {call}" for call in calls if call.reason or call.status >= 400]
    return [*told[-TOLD:], *_astray(door, made)]


def _astray(door: Door, made: float) -> list[str]:
    """The newest calls that name no instance there is, of all since this one was made."""
    found = [shown for shown in door.find("/exchanges") if shown["instance"] is None]
    # A clock that was set back tells nothing of what came before.
    if door.call("GET", "/clock")["now"] >= made:
        found = [shown for shown in found if shown["time"] >= made]
    return [f"call of no instance: {Call(shown)}" for shown in found[-TOLD:]]


def _untaken(door: Door, key: str) -> list[str]:
    """The newest webhooks that its receiver has not taken."""
    found = [Webhook(shown) for shown in door.find("/deliveries", instance=key)]
    told = [f"webhook: {webhook}" for webhook in found if webhook.state != "delivered"]
    return told[-TOLD:]


def _strike(shown: Json) -> str:
    return f"fault {shown['fault']['name']} struck {shown['what']}"


def _asked(**fields: Any) -> dict[str, Any]:
    return {name: value for name, value in fields.items() if value is not None}
