"""What contacts can do, by event: what the sample of each says, worked out once."""

from __future__ import annotations

from dataclasses import dataclass

import orjson

from ..domain.contact_actions import ACTIONS, names_its_chat
from ..domain.jid import Jid
from ..errors import ControlRefused
from ..errors.names import did_you_mean, quoted
from ..resources.samples import Samples
from ..spec.gateway_events import CAUSED_BY_GATEWAY
from .contact_events import NON_MESSAGE_EVENTS
from .message_media import media_in
from .overrides import text_path

# So many events are named that arrive with one messageType.
NAMED_MOST = 3


@dataclass(frozen=True, slots=True)
class InboundEvent:
    """Something a contact does; `payload` is its sample as JSON.

    `private`: it never happens in a group; `in_group`: its sample does. `text_path` is the dotted
    path to its text. `plain`: its content is the sample's but for that text: it is about no other
    message, names no chat, and brings no file.
    """

    name: str
    is_message: bool
    payload: bytes
    private: bool
    in_group: bool
    text_path: str | None
    plain: bool


class InboundEvents(dict[str, InboundEvent]):
    """What contacts can do, by the name of the event; ControlRefused for what none of them does."""

    def __init__(self, samples: Samples) -> None:
        super().__init__()
        self._samples = samples

    def __missing__(self, name: str) -> InboundEvent:
        # Events are as many as samples: nothing else is remembered.
        event = self[name] = self._worked_out(name)
        return event

    def _worked_out(self, name: str) -> InboundEvent:
        self._require_inbound(name)
        sample = self._samples.sample(name)
        if name in NON_MESSAGE_EVENTS:
            return InboundEvent(name, False, orjson.dumps(sample), False, False, None, False)
        chat, content = Jid.verbatim(sample["key"]["remoteJid"]), sample["message"]
        is_plain = name not in ACTIONS and not names_its_chat(content) and media_in(content) is None
        return InboundEvent(
            name,
            is_message=True,
            payload=orjson.dumps(sample),
            private=not (chat.person or chat.group) or bool(sample.get("broadcast")),
            in_group=chat.group,
            text_path=text_path(sample),
            plain=is_plain and "albumMessage" not in content,
        )

    def _require_inbound(self, event: str) -> None:
        if event in self._samples and self._is_inbound(event):
            return
        inbound = [name for name in self._samples.names() if self._is_inbound(name)]
        way = CAUSED_BY_GATEWAY.get(event)
        arriving = [name for name in inbound if self._message_type(name) == event]
        if arriving:
            names = " or ".join(sorted(arriving, key=self._oddity)[:NAMED_MOST])
            raise ControlRefused(
                400, f"event: {event} is a messageType; the event is called {names}"
            )
        guess = did_you_mean(event, inbound)
        more = f"the gateway causes it: {way}" if way else f"{guess}there are {', '.join(inbound)}"
        raise ControlRefused(400, f"event: {quoted(event)} is not something a contact does; {more}")

    def _message_type(self, event: str) -> object:
        return self._samples.sample(event).get("messageType")

    def _oddity(self, event: str) -> tuple[bool, bool, int]:
        """The least of what a customer does in a private chat, in the plainest way."""
        sample = self._samples.sample(event)
        key = sample.get("key", {})
        is_private = Jid.verbatim(str(key.get("remoteJid", ""))).person
        return (not is_private, bool(key.get("fromMe") or sample.get("broadcast")), len(event))

    def _is_inbound(self, event: str) -> bool:
        sample = self._samples.sample(event)
        is_message = "key" in sample and "message" in sample
        return event in NON_MESSAGE_EVENTS or (is_message and event not in CAUSED_BY_GATEWAY)
