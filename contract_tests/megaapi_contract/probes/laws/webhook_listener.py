"""The webhooks of one instance: each held to the contract once, and known to be complete."""

from __future__ import annotations

from collections.abc import Callable
from hashlib import sha256
from typing import Any
from urllib.parse import urlsplit

from ...errors import Impossible, NotTried
from ...host.host_instance import HostInstance
from ...host.stage import Stage
from ...judging.additions import widen
from ...judging.alternatives import USUAL
from ...judging.contract import Contract
from ...judging.results import Exchange, Promise, Webhook
from ...judging.values import jid_of
from ..session import Session
from .assertions import AUTHOR, NAMELESS, value_at
from .calls import host_time, is_between, set_webhook
from .due_webhooks import DueWebhooks
from .redeliveries import first_deliveries
from .root_fields import hold_root

# Longer than any acknowledgement of a mock's default takes.
AGES = 120.0
SERVER, DELIVERED, READ = 2, 3, 4
WEBHOOK = "configure_webhook"
BLOCKING = frozenset({"block_events", "accept_webhook_events"})
# What a second instance writes to announce the end.
WRITTEN_LAST = "text-extended"
_OWNED = frozenset({"connection-closed-temporary", "qrcode"})

WebhookCondition = Callable[[list[Webhook]], bool]


class WebhookListener:
    """Set at once; `receive` gives what came since the last look.

    Where there is a control API, a call nobody made is announced after everything else. Webhooks
    of an instance come in order, so what has not come before it will not come at all.
    """

    def __init__(
        self, session: Session, stage: Stage, instance: HostInstance, name: str = ""
    ) -> None:
        receiver = session.receiver
        if session.gate.target.real and not receiver.public:
            raise NotTried("a real host cannot reach a receiver on this machine: --webhook-url")
        if receiver.silence_reason:
            raise NotTried(receiver.silence_reason)
        self.session, self._stage, self.instance = session, stage, instance
        session.sends_anew = True
        self._end = f"/{instance.key}{name}"
        self.url = f"{receiver.url}{self._end}"
        self._first_unread = len(receiver.webhooks)
        self._looks = 0
        self._mark = b""
        self.is_silent = False
        self._since = self._until = host_time(stage)
        self.due = DueWebhooks()
        self._people: dict[str, dict[str, Any]] = {}

    @property
    def contract(self) -> Contract:
        """What the webhooks are held to."""
        return self.session.contract

    @property
    def plays_people(self) -> bool:
        """Whether the receiving phones are in our hands, so that all that is sent is read."""
        return self._stage.phone

    @property
    def last_sure_ack(self) -> int:
        """The status that every message comes to: a second instance gets what is written to it."""
        recipients, customers = {*self.session.recipients}, {*self._stage.customers}
        is_for_customers = bool(customers) and recipients <= customers
        is_got = is_for_customers and self._stage.gets_messages_at_once
        return READ if self.plays_people else DELIVERED if is_got else SERVER

    def open(self, caller: Session | None = None) -> WebhookListener:
        """Have the instance's webhooks come here; `caller` may call it where the probe may not."""
        set_webhook(caller or self.session, self.instance, self.url)
        return self

    def receive(
        self, expected: WebhookCondition = lambda webhooks: True, *, alarm: str = "call"
    ) -> list[Webhook]:
        """What came. `wanted` is waited for where time cannot be made to pass.

        `alarm` is the event that is announced last: one the instance does not block.
        """
        self._looks += 1
        self._since, self._until = self._until, host_time(self._stage)
        look = f"{self.instance.key} {self._looks}".encode()
        mark = self._mark = sha256(look).hexdigest()[:32].upper().encode()
        is_time_passed = self._stage.pass_time(AGES)
        is_announced = self._announce(alarm, mark.decode())

        def all_there(webhooks: list[Webhook]) -> bool:
            mine = self.webhooks_here(webhooks)
            last = any(mark in one.body for one in mine) or not is_announced
            if not last or is_time_passed:
                return last
            return self._is_all_announced(mine) and expected(self._own_webhooks(mine, mark))

        all_webhooks = self.session.receiver.wait_for(all_there, since=self._first_unread)
        self._first_unread += len(all_webhooks)
        mine = self.webhooks_here(all_webhooks)
        for one in mine:
            self.session.breaches += self.session.judge.webhook(one, self.session.probe)
        mine = first_deliveries(self.session, mine, is_direct=self.plays_people)
        if is_announced:
            self.is_silent = not any(mark in one.body for one in mine)
        # Where none has ever come, the run says that by itself.
        if self._stage.phone or (is_announced and self.session.receiver.webhooks):
            event = alarm if self._stage.phone else WRITTEN_LAST
            self.claim(event, not self.is_silent, "a webhook that was asked for comes")
        return self._own_webhooks(mine, mark)

    def receive_beside(self, other: WebhookListener) -> list[Webhook]:
        """What came here until the last webhook that `other` received, which comes to both."""
        mark = other._mark

        def all_there(webhooks: list[Webhook]) -> bool:
            return (
                any(mark in one.body for one in self.webhooks_here(webhooks))
                or not self._stage.phone
            )

        webhooks = self.session.receiver.wait_for(all_there, since=self._first_unread)
        self._first_unread += len(webhooks)
        return self._own_webhooks(self.webhooks_here(webhooks), mark)

    def unread(self) -> list[Webhook]:
        """What has come here since the last look."""
        webhooks = self.session.receiver.webhooks[self._first_unread :]
        self._first_unread += len(webhooks)
        return self.webhooks_here(webhooks)

    def _own_webhooks(self, mine: list[Webhook], mark: bytes) -> list[Webhook]:
        """What came without the mark, and without new events and presences that a host adds."""
        # A customer's last text may have its herald too.
        is_written, mine = not self._stage.phone, [one for one in mine if not self._is_new(one)]
        mine = [one for one in mine if not self._stage.is_unasked(one)]
        webhooks = [one for one in mine if is_written or mark not in one.body]
        return [
            one for one, after in zip(webhooks, [*webhooks[1:], None], strict=False)
            if mark not in one.body and not self._is_herald(one, after)
        ]  # fmt: skip

    def _is_new(self, one: Webhook) -> bool:
        """Whether it is an event that the contract does not have, which the judge notes."""
        kind = value_at(one.json, "messageType")
        is_named = isinstance(kind, str) and value_at(one.json, "instance_key") == self.instance.key
        return is_named and self.session.contract.recogniser.recognise(one.json).event is None

    def _is_herald(self, one: Webhook, after: Webhook | None) -> bool:
        """Whether a presence only precedes the message of the same person."""
        if after is None or value_at(one.json, "messageType") != "presence.update":
            return False
        key = value_at(after.json, "key")
        chats = (value_at(key, "remoteJid"), value_at(key, "senderPn"), value_at(key, "senderLid"))
        person = value_at(one.json, "id")
        is_author = person in chats or self._is_hidden(person, chats[0])
        is_theirs = value_at(key, "fromMe") is False and is_author
        is_herald = is_theirs and value_at(after.json, "messageTimestamp") is not None
        if is_herald:
            self.settle("presence_events", "on", one)
        return is_herald

    def _is_hidden(self, person: Any, chat: Any) -> bool:
        """Whether a LID is that of a chat, whose messages need not show it in every year's form."""
        jid = jid_of(chat)
        is_hidden = jid_of(person).lid and jid.person
        return is_hidden and bool(self.person(jid.user)["lid"] == person)

    def is_off(self, switch: str) -> bool:
        """Whether the host was seen to send none of these."""
        return self.session.settled_switches.value_of_switch.get(switch) == "off"

    def _is_all_announced(self, mine: list[Webhook]) -> bool:
        """Whether every message of this instance got its ack and, over networks, its echo."""
        self.due.note(mine, self.last_sure_ack)
        ids = self.session.sent_message_ids(self.instance.key)
        is_echoed = self.plays_people or self.is_off("echo") or self.due.are_echoed(ids)
        return is_echoed and (self.is_off("acks") or self.due.are_acknowledged(ids))

    @property
    def known_ids(self) -> set[str]:
        """The ids that sends were answered with, in this probe or, of a given host, in the run."""
        session = self.session
        return session.sent_message_ids(self.instance.key) | session.run_record.message_ids.keys()

    def is_chat_of(self, answer: Exchange, chat: Any) -> bool:
        """Whether it is the chat that a call sent to, under any of the person's addresses."""
        chat_sent_to = str(value_at(answer.json, "messageData", "key", "remoteJid"))
        if chat == chat_sent_to or jid_of(chat_sent_to).group:
            return bool(chat == chat_sent_to)
        if not self.plays_people:
            return jid_of(chat).user != self.instance.number
        person = self.person(jid_of(chat_sent_to).user)
        return chat in (person["jid"], person["lid"])

    # -- which documented way the host takes -------------------------------------------------

    def settle(self, switch: str, value: str, webhook: Webhook | None = None) -> None:
        """Note which documented way the host's webhooks take."""
        self.session.settle(switch, value, promise=Promise("inferred", "openapi.yaml"))

    def settle_echo(self, is_sent: bool) -> bool:
        """Note whether the instance's own messages come back; whether they do."""
        self.settle("echo", "" if is_sent else "off")
        return is_sent

    def settle_acks(self, is_sent: bool) -> bool:
        """Note whether acknowledgements come unasked; whether they do."""
        self.settle("acks", "" if is_sent else "off")
        return is_sent

    def _announce(self, event: str, mark: str) -> bool:
        """Have a last webhook sent, if anybody can; NotTried where none is set any more."""
        if not self._stage.phone and self.session.called_operations & BLOCKING:
            # It may be the very event that would announce the end.
            return False
        try:
            return self._stage.announce(self.instance, event, mark)
        except Impossible as refusal:
            if "no webhook" not in str(refusal):
                raise
            promise = Promise("inferred", self.session.contract.by_id[WEBHOOK].spec_file)
            words = "the webhook stays set, whatever happens to the link"
            self.session.hold(False, words, promise=promise, operation=WEBHOOK)
            raise NotTried("the instance has forgotten its webhook") from None

    def webhooks_here(self, webhooks: list[Webhook]) -> list[Webhook]:
        """Those that came to this address; what leads here may have put a path before it."""
        return [one for one in webhooks if urlsplit(one.url).path.endswith(self._end)]

    # -- what must hold of what came ---------------------------------------------------------

    def claim(
        self, event: str, holds: object, sentence: str, webhook: Webhook | None = None,
        *, promise: Promise | None = None,
    ) -> bool:  # fmt: skip
        """Hold a rule about an event; whether it did."""
        session = self.session
        promise = promise or session.contract.event_promise(event)
        return session.hold(holds, sentence, promise=promise, webhook=webhook, operation=event)

    def check_event(self, webhook: Webhook, event: str, when: str = "") -> bool:
        """Hold that a webhook is this event, told of this instance and of now."""
        payload = webhook.json
        definition = self.session.contract.events[event].definition
        schema = definition["requestBody"]["content"]["application/json"]["schema"]
        fits = self.session.contract.compiler.compile(schema).is_valid(payload)
        fits = fits or self._fits_with_additions(schema, payload)
        if not self.claim(event, fits, f"{when or 'it'} is told as {event}", webhook):
            return False
        has_jid = event not in _OWNED and bool(self.instance.number)
        hold_root(self.session, self.instance, event, webhook, has_jid=has_jid)
        if has_jid:
            device = jid_of(value_at(payload, "jid")).user.partition(":")[2]
            self.settle("jid_suffix", "on" if device else USUAL)
            self._check_own_lid(event, webhook)
        for field in ("messageTimestamp", "timestamp"):
            moment = value_at(payload, field)
            if moment is not None:
                close = type(moment) is int and is_between(
                    self.session, self._stage, moment, self._since, self._until + AGES
                )
                self.claim(event, close, f"{field} is the time in seconds, a number", webhook)
        return True

    def _fits_with_additions(self, schema: Any, payload: Any) -> bool:
        """Whether it is that event but for what the host adds, and no other event either."""
        contract = self.session.contract
        wide = contract.wide.compile(widen(schema))
        return bool(wide.is_valid(payload)) and not contract.recogniser.recognise(payload).fits

    def _check_own_lid(self, event: str, webhook: Webhook) -> None:
        hidden_number = value_at(webhook.json, "lid")
        if hidden_number is not None:
            own = hidden_number == self._expected_jid(
                self.person(self.instance.number), hidden_number
            )
            promise = self.contract.root_promise(event, "lid")
            self.claim(event, own, "lid is the instance's own", webhook, promise=promise)

    # -- who is named ------------------------------------------------------------------------

    def person(self, number: str) -> dict[str, Any]:
        """What is known of somebody: `jid`, `lid`, `name`; of the instance itself too."""
        if number not in self._people:
            self._people[number] = self._stage.person(self.instance, number)
        return self._people[number]

    def _expected_jid(self, person: dict[str, Any], shown_jid: Any) -> Any:
        """How a webhook may show somebody; a hidden number that was not known is so from now on."""
        if not jid_of(shown_jid).lid:
            return person["jid"]
        if person["lid"] is None and shown_jid != self.person(self.instance.number)["lid"]:
            person["lid"] = shown_jid
        return person["lid"]

    def check_author(self, webhook: Webhook, event: str, number: str) -> None:
        """Hold that a message names this person as its author, wherever it names one."""
        person, payload = self.person(number), webhook.json
        # Beside what the instance's own phone wrote, the sender is who it was written to.
        own = value_at(payload, "key", "fromMe") is True
        for field in AUTHOR[: 3 if own else None]:
            shown_jid = value_at(payload, "key", field)
            if shown_jid is not None:
                theirs = self._expected_jid(person, shown_jid)
                promise = self.contract.event_field_promise(event, "WebhookKey", field)
                sentence = f"{field} is the author"
                self.claim(event, shown_jid == theirs, sentence, webhook, promise=promise)
        name = value_at(payload, "pushName")
        if name in NAMELESS or person["name"] is None:
            return
        # Which of somebody's names a gateway knows is open; the name of who reads it is not theirs.
        reader = self.person(self.instance.number)["name"]
        is_strange = not own and name == reader != person["name"]
        is_of_group = name in self.session.run_record.group_names - {person["name"]}
        self.claim(event, not is_of_group, "pushName is not the name of a group", webhook)
        if self.claim(event, not is_strange, "pushName is not that of who reads it", webhook):
            sentence, promise = "pushName is the author's name", self.promise_of_name(event)
            self.claim(event, name == person["name"], sentence, webhook, promise=promise)

    def promise_of_name(self, event: str) -> Promise:
        """That a name is the same here as in a status no source says; a mock has but one."""
        guess = Promise("inferred", "openapi.yaml")
        return self.contract.event_promise(event) if self.plays_people else guess

    def check_single(self, webhooks: list[Webhook], event: str, when: str) -> dict[str, Any]:
        """Hold that exactly this event came, once; its payload, empty when it did not."""
        if not self.claim(event, len(webhooks) == 1, f"{when}: exactly one webhook"):
            return {}
        return webhooks[0].json if self.check_event(webhooks[0], event, when) else {}

    def check_none(self, webhooks: list[Webhook], event: str, when: str, promise: Promise) -> bool:
        """Hold that nothing came."""
        first = webhooks[0] if webhooks else None
        return self.claim(event, not webhooks, f"{when}: no webhook", first, promise=promise)
