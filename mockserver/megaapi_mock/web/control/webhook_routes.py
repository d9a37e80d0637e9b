"""The control API's routes around webhooks: chaos, emit, send again, judge who gets them."""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Sequence
from math import inf
from typing import Any

from flask import Response, request

from ...clock import Clock
from ...domain.instance import Instance
from ...domain.jid import Jid
from ...domain.message import Message
from ...errors import ControlRefused, UnknownInstance
from ...ids import Ids
from ...receiver_check.checks import Terms, judge
from ...receiver_check.conversation import ChatOf, in_chats
from ...receiver_check.result import Verdict
from ...records.delivery import Delivery, delivery_json
from ...records.waiter import NO_RECORD, Waiter
from ...runtime import Instances, Records, Webhooks
from ...simulation import emit
from ...simulation.payloads import Payloads
from ...spec.operations import Operation
from ...webhooks.chaos.chaos_options import Chaos
from ..disconnect import gone_of
from .after_change import shown_after
from .places import Places
from .reader_turns import ReaderTurns
from .receiver_address import require_address

Json = dict[str, Any]
# Seconds a verdict waits for what is still under way, unless asked otherwise.
VERDICT_WAIT = 10.0
# Seconds between its looks: few at first, more when it takes long.
VERDICT_LOOK, VERDICT_LOOK_MOST = 0.2, 1.0
# Seconds after which a message without an answer counts as left without one: bots that collect a
# burst of messages answer it after 5 to 20 s.
PATIENCE = 20.0
# Seconds of silence after which a bot has had its say.
QUIET = 3.0
_DELIVERY = re.compile(r"d[1-9][0-9]{0,15}")


class WebhookRoutes:
    """Routes by subject: one method per route, which returns a document, maybe with a status."""

    def __init__(
        self,
        instances: Instances,
        webhooks: Webhooks,
        records: Records,
        clock: Clock,
        ids: Ids,
        payloads: Payloads,
        operations: Sequence[Operation],
        places: Places,
    ) -> None:
        self._instances, self._webhooks, self._records = instances, webhooks, records
        self._clock, self._ids, self._payloads = clock, ids, payloads
        self._sends = {each.id for each in operations if each.effect == "sends"}
        self._places = places
        # Each look reads everything: a verdict rather comes late than slows what it judges.
        self._turns = ReaderTurns(lambda: records.journal.exchanges.newest_number, rest_most=inf)

    def routes(self) -> list[tuple[str, str, Callable[..., Any]]]:
        """Method, path and view of each route."""
        return [
            ("GET", "/instances/<key>/chaos", self.chaos),
            ("POST", "/instances/<key>/chaos", self.start_chaos),
            ("DELETE", "/instances/<key>/chaos", self.end_chaos),
            ("POST", "/instances/<key>/emit", self.emit),
            ("POST", "/instances/<key>/webhook", self.point),
            ("POST", "/deliveries/<id>/resend", self.resend),
            ("POST", "/deliveries/verdict", self.verdict),
        ]

    def chaos(self, key: str) -> Json:
        """The chaos that is done to this instance's webhooks."""
        return self._chaos_status(key)

    def start_chaos(self, key: str, body: Json) -> Json:
        """Start chaos; earlier chaos ends."""
        self._require(key)
        chaos = Chaos.of(body, seed=self._ids.seed)
        # While the instance is locked: chaos does not outlive it.
        chaos_dispatcher = self._webhooks.chaos_dispatcher
        release_count = self._instances.publisher.look(
            key, lambda _: chaos_dispatcher.start(key, chaos)
        )
        return self._changed_chaos(key, release_count)

    def end_chaos(self, key: str) -> Json:
        """End chaos; held webhooks leave now."""
        self._require(key)
        return self._changed_chaos(key, self._webhooks.chaos_dispatcher.end(key))

    def emit(self, key: str, body: Json) -> tuple[Json, int]:
        """Send the webhook of any event."""
        deliveries, reason = emit.emit(
            key,
            body,
            instances=self._instances,
            payloads=self._payloads,
            chaos_dispatcher=self._webhooks.chaos_dispatcher,
            seed=self._ids.seed,
            bugs=self._records.bugs,
        )
        return {"deliveries": [delivery.id for delivery in deliveries], "reason": reason}, 201

    def point(self, key: str, body: Json) -> Json:
        """Another URL, or none, without a call that the journal would show."""
        require_address("url", body.get("url"))

        def change(instance: Instance) -> None:
            before = instance.webhook
            url, enabled = body.get("url", before.url), body.get("enabled", True)
            instance.set_webhook(url, enabled=enabled)

        return self._instances.publisher.change(key, shown_after(change))

    def resend(self, id: str, body: Json) -> tuple[Json, int]:
        """Send one delivery again."""
        copy = emit.resend(
            id,
            body.get("body"),
            instances=self._instances,
            journal=self._records.journal,
            courier=self._webhooks.courier,
            clock=self._clock,
        )
        try:
            return delivery_json(copy), 201
        except Exception:
            # It is on its way.
            self._records.bugs.note(f"webhook {copy.id} cannot be shown")
            return {"id": copy.id}, 201

    def verdict(self, body: Json) -> Json | Response:
        """Judge the receiver of one instance."""
        verdict = self._wait_for_verdict(body["instance"], body)
        match body.get("format", "json"):
            case "table":
                return Response(verdict.as_table(), mimetype="text/plain")
            case "junit":
                return Response(verdict.as_junit(), mimetype="application/xml")
        return verdict.as_json()

    def _wait_for_verdict(self, key: str, body: Json) -> Verdict:
        """The verdict as soon as it is decided, or what is known after `wait` seconds."""
        wait = body.get("wait", VERDICT_WAIT)
        terms = self._terms(body)
        deadline = time.monotonic() + wait
        verdict = self._judge(key, body, terms)
        if not verdict.open or not wait:
            return verdict
        # Time alone may decide it, and each look reads everything: no record wakes it.
        waiter = Waiter("delivery", key, criterion=NO_RECORD, client_gone=gone_of(request.environ))
        pause = VERDICT_LOOK
        paced = self._turns.reader(lambda: waiter.over or time.monotonic() >= deadline)
        with self._places.waiting(waiter), self._records.journal.waiting_with(waiter):
            while verdict.open and time.monotonic() < deadline:
                waiter.wait(min(deadline, time.monotonic() + pause))
                pause = min(pause * 1.5, VERDICT_LOOK_MOST)
                paced.rest()
                verdict = self._judge(key, body, terms)
                if waiter.over:
                    break
        return verdict

    def _terms(self, body: Json) -> Terms:
        # While the clock stands still no message grows older: nothing is left to wait for.
        frozen = self._clock.frozen
        patience = 0.0 if frozen else PATIENCE
        return Terms(
            within=body.get("within", 5.0),
            burst=body.get("burst", 20.0),
            patience=body.get("patience", patience),
            quiet=0.0 if frozen else body.get("quiet", QUIET),
            answers=int(body.get("answers", 3)),
            listens_only=body.get("listens_only", False),
        )

    def _judge(self, key: str, body: Json, terms: Terms) -> Verdict:
        since = body.get("since")
        chats = body.get("chats")
        if chats is not None:
            chats = [self._chat_written(each) for each in chats]
        belongs = _belonging(key, body.get("url"), chats, self._chat_of)
        messages = self._instances.publisher.look(
            key, lambda instance: list(instance.messages.values())
        )
        if since is not None:
            self._require_delivery(since)
        log = self._instances.store.records.deliveries
        deliveries = [each for each in log.after(since) if belongs(each)]
        return judge(
            deliveries,
            messages,
            instance=key,
            now=self._clock.now(),
            terms=terms,
            held_back=self._webhooks.chaos_dispatcher.held_deliveries(key),
            refusals=self._refused_sends(key, deliveries),
            chat_of=self._chat_of,
            from_instances=self._sent_by_others(key, messages),
        )

    def _sent_by_others(self, key: str, messages: Sequence[Message]) -> set[str]:
        """Ids of the messages of this instance that other instances of the mock sent."""
        registry = self._instances.store.gateway.number_registry
        senders = {each.sender for each in messages if not each.from_me}
        others = {other for sender in senders for other in registry.keys(sender)} - {key}
        return {
            message_id
            for other in others
            for message_id in self._instances.publisher.look(other, _sent_ids)
        }

    def _chat_written(self, text: str) -> str:
        """The address that somebody means, who may have written a number."""
        return text if "@" in text else str(self._instances.store.gateway.directory.read(text))

    def _chat_of(self, address: str) -> str:
        """The chat that an address of a person leads to, whichever of theirs it is."""
        jid = Jid.verbatim(address)
        if not (jid.person or jid.lid):
            return address
        return self._instances.store.gateway.directory.canonical_jid(Jid.parse(address))

    def _refused_sends(self, key: str, deliveries: Sequence[Delivery]) -> list[tuple[str, str]]:
        """Id and reason of each send of this instance that was refused since the first delivery.

        What a fault refused is no mistake of the caller.
        """
        if not deliveries:
            return []
        first = deliveries[0].time
        return [
            (each.id, each.reason or f"{each.status} to {each.method} {each.path}")
            for each in self._instances.store.records.exchanges.after(None, key)
            if each.operation in self._sends and each.time >= first
            if each.status >= 400 and each.fault is None
        ]

    def _require_delivery(self, since: str) -> None:
        """Refuse an id that no delivery ever had; an id the journal has forgotten is fine."""
        number, _, owner = since.partition(".")
        last = self._records.journal.last_numbers(owner).get(f"d.{owner}", 0)
        if not _DELIVERY.fullmatch(number) or int(number[1:]) > last:
            raise ControlRefused(
                400, f"since: there was no delivery {since[:80]!r}: see /_mock/deliveries"
            )

    def _chaos_status(self, key: str, *, released: int = 0) -> Json:
        self._require(key)
        chaos = self._webhooks.chaos_dispatcher.chaos_of(key)
        return {
            "instance": key,
            "chaos": chaos.as_json() if chaos else None,
            "held": len(self._webhooks.chaos_dispatcher.held_deliveries(key)),
            "released": released,
        }

    def _changed_chaos(self, key: str, released: int) -> Json:
        status = self._chaos_status(key, released=released)
        self._records.journal.show("chaos", key, status)
        return status

    def _require(self, key: str) -> None:
        if key not in self._instances.store.keys():
            raise UnknownInstance(f"no instance has the key {key!r}")


def _sent_ids(instance: Instance) -> list[str]:
    return [message.id for message in instance.messages.values() if message.from_me]


def _belonging(
    key: str, url: str | None, chats: Sequence[str] | None, chat_of: ChatOf
) -> Callable[[Delivery], bool]:
    """Whether a delivery is one of those to be judged."""
    return lambda delivery: (
        delivery.instance == key
        and url in (None, delivery.url)
        and (chats is None or in_chats(delivery, chats, chat_of))
    )
