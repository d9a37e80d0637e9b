"""A person who writes to an instance, and does what people do."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, cast

from ..domain.content import KINDS
from ..errors.frames import between_test_and_refusal
from ..web.control.control_client import join_path
from .arguments import number_written, words
from .base_instance import BaseInstance
from .filter import Filter
from .name_checks import require_event
from .names import CallStatus, ContactEventName, Presence
from .recipients import Person
from .records import Message
from .writer import MessageWriter

__tracebackhide__ = between_test_and_refusal

Json = dict[str, Any]
# Events whose payload names nobody.
_NAMELESS = frozenset({"call", "presence", "group-participants", "group-update"})


class Customer(Person, MessageWriter):
    """Everything a contact does to `instance`; each returns the message that came of it.

    `number` may be written as people do, or be an address. `does` takes everything the control
    API does. ControlRefused says why something cannot happen: an unlinked instance, an unknown
    group, a phone that is off.
    """

    def __init__(self, instance: BaseInstance, number: str, name: str | None = None) -> None:
        self._instance = instance
        self.number, self.name = number_written(number), name
        self._jid = ""

    @property
    def jid(self) -> str:
        """As WhatsApp knows this person; a dialled ninth digit may be missing there."""
        self._jid = self._jid or str(self._contact("GET")["jid"])
        return self._jid

    @property
    def lid(self) -> str:
        """The address that hides the number: what `addressing=lid` shows to your bot."""
        return str(self._contact("GET")["lid"])

    def taps(
        self, option: str, *, event: ContactEventName | None = None, timeout: float = 5.0
    ) -> Message:
        """The row or button with this id or title, on the newest message that offers it.

        Waits until the instance has sent one to this person; AssertionError at the limit says what
        was offered. `event` says what it arrives as (`interactive-response`).
        """
        require_event(event)
        words(option, "option")

        def offers(message: Message) -> bool:
            return any(candidate.is_called(option) for candidate in message.options)

        offering = Filter(
            "message",
            {"chat": self._chat()},
            offers,
            condition_text=f"the option {option!r}",
            miss_text=f"it does not offer {option!r}",
        )
        self._instance.sent.await_one(offering, timeout, take=False)
        chat = self._chat()
        mine = (
            outgoing for outgoing in reversed(self._instance.sent.all()) if outgoing.chat == chat
        )
        offer = next(outgoing for outgoing in mine if offers(outgoing))
        event = event or cast("ContactEventName", KINDS[offer.kind].answers[0])
        return self.does(event, message=offer.id, option=option)

    def _chat(self) -> str:
        return self.jid

    # -- without a message -------------------------------------------------------------------

    def types(self, *, shown: Presence = "composing") -> None:
        """This person is typing, `recording`, `paused`, `available` or `unavailable`."""
        self._act("presence", None, {"option": shown})

    def calls(self, *, status: CallStatus = "offer") -> None:
        """The phone rings; `status` says how the call stands."""
        self._act("call", None, {"option": status})

    def goes_offline(self) -> None:
        """The phone is off: messages stay at `server` until `comes_back`."""
        self._contact("POST", "phone_off")

    def comes_back(self) -> None:
        """Reachable again; the acknowledgements that were due come now."""
        self._contact("POST", "reachable")

    def blocks(self) -> None:
        """This person blocks the number: messages end `stopped`. `comes_back` ends it."""
        self._contact("POST", "blocked")

    def leaves_whatsapp(self) -> None:
        """The account is gone: sends answer 403. `comes_back` ends it."""
        self._contact("POST", "unregistered")

    def _act(self, event: str, set: Mapping[str, Any] | None, fields: Mapping[str, Any]) -> Json:
        nameless = self.name is None or event in _NAMELESS
        name = {} if nameless else {"pushName": self.name}
        changes = {**name, **(set or {})}
        body = {"from": self.number, "event": event, "set": changes, **fields}
        return self._instance.do("inbound", body)

    def _contact(self, method: str, state: str | None = None) -> Json:
        path = join_path("instances", self._instance.key, "contacts", self.number)
        body = None if state is None else {"state": state}
        return self._instance.control_api.call(method, path, body)

    def __repr__(self) -> str:
        return f"<Customer {self.number}{f' ({self.name})' if self.name else ''}>"
