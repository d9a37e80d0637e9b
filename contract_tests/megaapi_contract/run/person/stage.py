"""A given instance with a person at the terminal, who does on a phone what a customer does."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from typing import Any

from megaapi_mock.domain.jid import as_given

from ...errors import NotDone, NotTried, Unusable
from ...host.host_instance import HostInstance
from ...host.stage import GivenStage, SwitchOn
from ...host.status import read_status
from ...host.webhook_receiver import Receiver
from ...judging.contract import Contract
from ...judging.results import Webhook
from ...judging.values import value_at
from ...probes.laws.media import qr
from ...probes.session import Session
from ..terminal import Reply, Terminal
from .doings import DOINGS, Doing, is_by, words_in
from .qr_blocks import as_blocks

ONE_PERSON = "several customers write, and one person is asked"
OWN_WORDS = "a person is not asked to send given letters or files"
NOT_SEEN = "the person says it was done, and no webhook told of it"
SCAN = (
    "Scan this code with the phone of the instance: WhatsApp, Linked devices, Link a device. "
    "A new code is shown when this one is too old"
)
FLIGHT = (
    "Switch your phone to flight mode, Wi-Fi too, close WhatsApp everywhere else, and press d. You "
    "are told when to switch it on again"
)
FLIGHT_OVER = "Switch flight mode off again"
# Acknowledgements above this depend on the person's phone.
SERVER = 2
# A gateway's codes live 20 seconds; the status is not asked for as often as a key is read.
LOOKS_PER_CODE = 40
LOOK_EVERY_LOOKS = 5
# The words in a sentence, which are others each time.
_WORDS = re.compile(r':? "\{\w+\}"')
_NOT_DONE = {
    Reply.SKIP: "skipped by the person who was asked",
    Reply.SKIP_ALL: "the person who was asked has skipped all questions that were left",
    Reply.IMPOSSIBLE: "not possible, says the person who was asked",
    Reply.NO_ANSWER: "the person who was asked gave no answer",
    Reply.DONE: NOT_SEEN,
}


class PersonStage(GivenStage):
    """As a given instance; its customer is the person with this number.

    What a person does wrong or late is never judged: then nothing was tried.
    """

    gets_messages_at_once = False

    def __init__(
        self, instance: HostInstance, number: str, terminal: Terminal,
        *, receiver: Receiver, contract: Contract,
    ) -> None:  # fmt: skip
        super().__init__(instance)
        self.customers = (number,)
        self.terminal = terminal
        self._number, self._receiver, self._contract = number, receiver, contract
        # Why what is written to the instance cannot be seen; empty when it can.
        self.silence = ""
        self._impossible: set[str] = set()
        self._is_over = self._are_acks_asked_for = False
        # What the person wrote, by the id of the message.
        self._words: dict[str, str] = {}
        self._asked_for: set[int] = set()

    # -- what customers do -------------------------------------------------------------------

    def why_nobody_writes(self, event: str) -> str:
        if event not in DOINGS:
            return f"a person is not asked for {event}"
        if self._is_over:
            return _NOT_DONE[Reply.SKIP_ALL]
        if DOINGS[event].sentence in self._impossible:
            return _NOT_DONE[Reply.IMPOSSIBLE]
        return self.silence

    def customer_writes(self, instance: HostInstance, event: str, **body: Any) -> dict[str, Any]:
        if reason := self.why_nobody_writes(event):
            raise NotDone(reason)
        if body.get("from", self._number) != self._number:
            raise NotTried(ONE_PERSON)
        if body.get("set") or body.get("media"):
            raise NotTried(OWN_WORDS)
        about = str(body.get("message") or "")
        words = f"Oi {len(self._words) + 1}"
        doing = DOINGS[event]
        sentence = doing.sentence.format(words=words, about=self._words.get(about, ""))
        webhook = self._wait_for_webhook(doing, sentence, words, about)
        self._asked_for.add(webhook.number)
        id_ = value_at(webhook.json, "key", "id")
        if isinstance(id_, str):
            self._words[id_] = words
        recognised = self._contract.recogniser.recognise(webhook.json).event
        chat = str(body.get("group") or "") or as_given(self._number)
        message = {
            "chat": chat, "event": recognised.name if recognised else event, "from_me": False,
            "content": value_at(webhook.json, "message"), "time": webhook.time,
        }  # fmt: skip
        return message if id_ is None else {**message, "id": id_}

    def _wait_for_webhook(self, doing: Doing, sentence: str, words: str, about: str) -> Webhook:
        """The webhook of what the person has done; NotDone without one."""
        since = len(self._receiver.webhooks)
        matching_webhooks: list[Webhook] = []

        def fits(one: Webhook) -> bool:
            if not doing.fits(one) or not _is_about(one, about):
                return False
            typed = words.casefold() in words_in(value_at(one.json, "message"))
            return is_by(one, self._number) or typed

        def has_arrived(webhooks: list[Webhook]) -> bool:
            matching_webhooks[:] = [one for one in webhooks if fits(one)][:1]
            return bool(matching_webhooks)

        self._ask(
            doing.sentence, sentence,
            lambda seconds: self._receiver.look_for(has_arrived, seconds=seconds, since=since),
        )  # fmt: skip
        return matching_webhooks[0]

    def is_unasked(self, webhook: Webhook) -> bool:
        """Whether it comes of what a person does without being asked: reading, typing, more."""
        if webhook.number in self._asked_for:
            return False
        document = webhook.json
        if value_at(document, "messageType") == "message.ack":
            status = value_at(document, "update", "status")
            is_of_phone = isinstance(status, int) and status > SERVER
            return is_of_phone and not self._are_acks_asked_for
        return value_at(document, "key", "fromMe") is not True

    # -- what only the phones can do ---------------------------------------------------------

    def why_nobody_scans(self) -> str:
        return _NOT_DONE[Reply.SKIP_ALL] if self._is_over else ""

    def scan(self, session: Session, instance: HostInstance, picture: bytes) -> None:
        """Show the code until the status says that it was scanned; NotDone when it was not."""
        blocks = as_blocks(picture)
        if not blocks:
            raise NotTried("the code is not a picture that a terminal can show")
        looks = 0

        def is_linked(seconds: float) -> bool:
            nonlocal looks
            session.gate.rest(seconds)
            looks += 1
            if looks % LOOKS_PER_CODE == 0:
                _, newer = qr(session, instance)
                self.terminal.show(as_blocks(newer))
            if looks % LOOK_EVERY_LOOKS:
                return False
            return read_status(session.call("instance_status", instance)).connected

        self._ask(SCAN, SCAN, is_linked, picture=blocks)
        number = read_status(session.call("instance_status", instance)).number
        if instance.number and number and number != instance.number:
            raise Unusable("another phone than that of the instance has scanned the code")

    def why_no_phone_is_off(self) -> str:
        if self._is_over:
            return _NOT_DONE[Reply.SKIP_ALL]
        return _NOT_DONE[Reply.IMPOSSIBLE] if FLIGHT in self._impossible else self.silence

    @contextmanager
    def phone_off(self, instance: HostInstance) -> Iterator[SwitchOn]:
        """NotDone where the person does not switch it off; it is on again in any case."""
        since, is_on = len(self._receiver.webhooks), False

        def switch_on(fits: Callable[[list[Webhook]], bool]) -> None:
            nonlocal is_on
            is_on = True
            self._ask(
                FLIGHT_OVER, FLIGHT_OVER,
                lambda seconds: self._receiver.look_for(fits, seconds=seconds, since=since),
                is_word_enough=True,
            )  # fmt: skip

        self._ask(FLIGHT, FLIGHT, None, is_word_enough=True)
        self._are_acks_asked_for = True
        try:
            yield switch_on
        finally:
            self._are_acks_asked_for = False
            if not is_on:
                with suppress(NotDone):
                    sentence = f"{FLIGHT_OVER}, and press d"
                    self._ask(FLIGHT_OVER, sentence, None, is_word_enough=True)

    def confirms(self, question: str) -> bool:
        if self._is_over:
            return False
        reply = self.terminal.ask(f"{question} [d] yes, [n] no")
        self._is_over |= reply is Reply.SKIP_ALL
        return reply is Reply.DONE

    def _ask(
        self,
        name: str,
        sentence: str,
        fact: Any,
        *,
        picture: str = "",
        is_word_enough: bool = False,
    ) -> None:
        """Ask until the fact is there, or the person says so; NotDone when neither comes."""
        if self._is_over:
            raise NotDone(_NOT_DONE[Reply.SKIP_ALL])
        reply = self.terminal.ask(sentence, fact, picture=picture)
        self._is_over |= reply is Reply.SKIP_ALL
        if reply is Reply.IMPOSSIBLE:
            self._impossible.add(name)
        if reply is Reply.DONE and is_word_enough:
            return
        if reply is not Reply.SEEN:
            raise NotDone(f"{_NOT_DONE[reply]}: {_WORDS.sub('', name)}")


def _is_about(webhook: Webhook, message: str) -> bool:
    """Whether a deletion or an edit is of this message; everything else is about any."""
    of = value_at(webhook.json, "message", "protocolMessage", "key", "id")
    return not message or of in (None, message)
