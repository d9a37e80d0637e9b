"""What a test waits for: webhooks in the inbox, messages sent, calls made."""

from __future__ import annotations

import re
import time
from collections.abc import Callable
from typing import Any

from ..domain.jid import LID, PERSON
from ..errors.frames import between_test_and_refusal
from ..web.control.control_client import join_path
from .arguments import About, id_of, require_wait
from .explanations import Explanations
from .filter import Filter
from .name_checks import require_event, require_kind, require_operation, require_state
from .names import EventName, KindName, OperationName, WebhookState
from .recipients import GroupChat, Person, chat_of
from .record_source import RecordSource
from .records import Call, Message, Webhook
from .waiting import WAIT_MOST, RecordWaiter

__tracebackhide__ = between_test_and_refusal

Json = dict[str, Any]
Text = str | re.Pattern[str]
TIMEOUT = 5.0


class Inbox(RecordWaiter[Webhook]):
    """The webhooks of an instance, whoever receives them."""

    def __init__(self, source: RecordSource, explain: Explanations) -> None:
        self._source = source
        super().__init__(
            source.reader("/deliveries", source.webhook),
            settle=self._end_of,
            hint=lambda filter_: explain.of_inbox(filter_.fields.get("event")),
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
        fields = _given_fields(event=event, text=text, message_id=message_id)
        ends = _given_fields(state=state, status=status)
        return self.await_one(Filter("webhook", fields, where, ends), timeout)

    def _end_of(self, webhook: Webhook, seconds: float) -> Webhook:
        deadline = time.monotonic() + seconds
        # A mock that many wait for may answer before the time is up.
        while webhook.state == "queued" and (seconds_left := deadline - time.monotonic()) > 0:
            wait = {"wait": min(seconds_left, WAIT_MOST)}
            path = join_path("deliveries", webhook.id)
            webhook = self._source.webhook(self._source.control_api.call("GET", path, query=wait))
        return webhook


class Sent(RecordWaiter[Message]):
    """The messages an instance sent, by the API; what the owner typed on the phone too."""

    def __init__(self, source: RecordSource, explain: Explanations) -> None:
        self._source = source
        reader = source.reader("/messages", source.message, from_me="true")
        super().__init__(reader, hint=lambda _: explain.of_sent())

    def wait_for(
        self,
        *,
        text: Text | None = None,
        to: str | Person | GroupChat | None = None,
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
        fields = _given_fields(text=text, kind=kind, **self._recipient(to))
        return self.await_one(Filter("message sent", fields, where), timeout)

    def _recipient(self, to: str | Person | GroupChat | None) -> dict[str, str]:
        """Whom messages name who were written to by this number or address."""
        if to is None:
            return {}
        if isinstance(to, GroupChat):
            return {"chat": to.jid}
        chat = self._person(chat_of(to))
        number, _, server = chat.partition("@")
        return {"number": number} if server in ("", PERSON) else {"chat": chat}

    def _person(self, number: str) -> str:
        """The JID of the person; what is not the address of one stays.

        ControlRefused for a number without WhatsApp: nothing can be sent there.
        """
        if "-" in number or number.partition("@")[2] not in ("", PERSON, LID):
            return number
        path = join_path("instances", self._source.key, "contacts", number)
        return str(self._source.control_api.call("GET", path)["jid"])


class Calls(RecordWaiter[Call]):
    """The requests of an instance, refused ones too."""

    def __init__(self, source: RecordSource, explain: Explanations) -> None:
        super().__init__(source.reader("/exchanges", Call), hint=lambda _: explain.of_calls())

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
        fields = _given_fields(operation=operation, status=status)
        return self.await_one(Filter("call", fields, where), timeout)


def _given_fields(**fields: Any) -> dict[str, Any]:
    """The fields that a test asks for."""
    return {name: value for name, value in fields.items() if value is not None}
