"""What a test waits for: webhooks in the inbox, messages sent, calls made."""

from __future__ import annotations

import re
import time
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from ..domain.jid import LID, PERSON
from .arguments import About, id_of, number_written, require_wait
from .control_client import at
from .customer import Customer
from .explanations import Explanations
from .group import Group
from .hiding import between_test_and_refusal
from .known import require_event, require_kind, require_operation, require_state
from .names import EventName, KindName, OperationName, WebhookState
from .records import Call, Message, Webhook
from .waiting import WAIT_MOST, Since, Trail, Wish

if TYPE_CHECKING:
    from .instance import Instance

__tracebackhide__ = between_test_and_refusal

Json = dict[str, Any]
Text = str | re.Pattern[str]
TIMEOUT = 5.0


class Inbox(Trail[Webhook]):
    """The webhooks of an instance, whoever receives them."""

    def __init__(self, instance: Instance, made: float) -> None:
        self._door, file = instance.door, instance.file
        look = _newer(instance, "/deliveries", lambda shown: Webhook(shown, file))
        explain = Explanations(instance, made)
        super().__init__(
            look,
            settle=self._end_of,
            hint=lambda wish: explain.of_inbox(wish.fields.get("event")),
        )

    def wait_for(
        self,
        event: EventName | None = None,
        *,
        text: Text | None = None,
        message: About | None = None,
        state: WebhookState | None = "delivered",
        status: int | None = None,
        where: Callable[[Webhook], object] | None = None,
        timeout: float = TIMEOUT,
    ) -> Webhook:
        """The next webhook of that event, text and message, once it has been sent.

        `state` is how that went, None for either way; `status` what the receiver answered.
        `text` is equal, or a compiled pattern found in it; `where` judges the webhook.
        UnknownName when there is no such event; AssertionError at the limit says what came instead.
        """
        require_event(event)
        require_state(state)
        require_wait(text, where, timeout)
        message_id = None if message is None else id_of(message)
        fields = _asked(event=event, text=text, message_id=message_id)
        ends = _asked(state=state, status=status)
        return self.await_one(Wish("webhook", fields, where, ends), timeout)

    def _end_of(self, webhook: Webhook, seconds: float) -> Webhook:
        deadline = time.monotonic() + seconds
        # A mock that many wait for may answer before the time is up.
        while webhook.state == "queued" and (left := deadline - time.monotonic()) > 0:
            wait = {"wait": min(left, WAIT_MOST)}
            shown = self._door.call("GET", at("deliveries", webhook.id), query=wait)
            webhook = Webhook(shown, webhook.fetch)
        return webhook


class Sent(Trail[Message]):
    """The messages an instance sent, by the API; what the owner typed on the phone too."""

    def __init__(self, instance: Instance, made: float) -> None:
        self._door, self._key, file = instance.door, instance.key, instance.file
        look = _newer(instance, "/messages", lambda it: Message(it, file), from_me="true")
        explain = Explanations(instance, made)
        super().__init__(look, hint=lambda _: explain.of_sent())

    def wait_for(
        self,
        *,
        text: Text | None = None,
        to: str | Customer | Group | None = None,
        kind: KindName | None = None,
        where: Callable[[Message], object] | None = None,
        timeout: float = TIMEOUT,
    ) -> Message:
        """The next message with that text, recipient and kind (`listMessage`...).

        `text` is its text, caption or question: equal, or a compiled pattern found in it; `to` a
        customer or group, or any number or address that leads to one; `where` judges the message.
        UnknownName when there is no such kind; AssertionError at the limit says what was sent
        instead, which calls were refused, and which webhooks the bot did not take.
        """
        require_kind(kind)
        require_wait(text, where, timeout)
        fields = _asked(text=text, kind=kind, **self._recipient(to))
        return self.await_one(Wish("message sent", fields, where), timeout)

    def _recipient(self, to: str | Customer | Group | None) -> dict[str, str]:
        """Whom messages name who were written to by this number or address."""
        if to is None:
            return {}
        if isinstance(to, Group):
            return {"chat": to.jid}
        written = to.number if isinstance(to, Customer) else number_written(to, "to")
        chat = self._person(written)
        number, _, server = chat.partition("@")
        return {"number": number} if server in ("", PERSON) else {"chat": chat}

    def _person(self, written: str) -> str:
        """The JID of the person; what is not the address of one stays.

        ControlRefused for a number without WhatsApp: nothing can be sent there.
        """
        if "-" in written or written.partition("@")[2] not in ("", PERSON, LID):
            return written
        shown = self._door.call("GET", at("instances", self._key, "contacts", written))
        return str(shown["jid"])


class Calls(Trail[Call]):
    """The requests of an instance, refused ones too."""

    def __init__(self, instance: Instance, made: float) -> None:
        explain = Explanations(instance, made)
        super().__init__(_newer(instance, "/exchanges", Call), hint=lambda _: explain.of_calls())

    def wait_for(
        self,
        operation: OperationName | None = None,
        *,
        status: int | None = None,
        where: Callable[[Call], object] | None = None,
        timeout: float = TIMEOUT,
    ) -> Call:
        """The next call of that operation with that answer.

        UnknownName when there is no such operation; AssertionError at the limit says what came.
        """
        require_operation(operation)
        require_wait(None, where, timeout)
        fields = _asked(operation=operation, status=status)
        return self.await_one(Wish("call", fields, where), timeout)


def _newer(
    instance: Instance, path: str, record: Callable[[Json], Any], **query: Any
) -> Callable[[Since, float], tuple[int, list[Any]]]:
    """Looks for what is newer, all of it, with the epoch it is of; waits for the first only."""

    def look(since: Since, wait: float) -> tuple[int, list[Any]]:
        asked = {"since": since.last, "epoch": since.epoch, "wait": wait or None, **query}
        epoch, found = instance.door.follow(path, instance=instance.key, **asked)
        return epoch, [record(shown) for shown in found]

    return look


def _asked(**fields: Any) -> dict[str, Any]:
    return {name: value for name, value in fields.items() if value is not None}
