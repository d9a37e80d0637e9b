"""A chaos dispatcher alone, and deliveries for it."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

from megaapi_mock.clock import Clock
from megaapi_mock.records.delivery import Delivery
from megaapi_mock.records.journal import Journal
from megaapi_mock.runtime.timers import Timers
from megaapi_mock.webhooks.chaos.chaos_options import Chaos
from megaapi_mock.webhooks.chaos.dispatcher import ChaosDispatcher

from ...support import KEY, START

HOOK = "http://127.0.0.1:9/hook"


class Bench:
    """A chaos_dispatcher alone: what it lets out, on a clock that stands still."""

    def __init__(self) -> None:
        self.clock, self.journal = Clock(START), Journal()
        self.out: list[Delivery] = []
        self.changed: list[Delivery] = []
        self.calls = 0
        self.chaos_dispatcher = ChaosDispatcher(
            clock=self.clock,
            journal=self.journal,
            forward=self._forward,
            on_change=self.changed.append,
        )
        self.timers = Timers(
            clock=self.clock,
            store=_NoStore(),  # type: ignore[arg-type]
            wake=lambda key, now: None,
            others=[self.chaos_dispatcher],
        )
        self.chaos_dispatcher.due_earlier = self.timers.due_earlier

    def _forward(self, deliveries: Sequence[Delivery]) -> None:
        self.calls += 1
        self.out += deliveries

    def owe(self, payload: dict[str, Any] | None = None, *, key: str = KEY) -> Delivery:
        payload = payload or inbound()
        delivery = Delivery(
            id=self.journal.next_id("d", key),
            time=self.clock.now(),
            instance=key,
            event="text-plain",
            message_type="conversation",
            url=HOOK,
            body=json.dumps(payload).encode(),
            lane=key,
        )
        self.journal.add_deliveries([delivery])
        return delivery

    def send(self, count: int = 1, **options: Any) -> list[Delivery]:
        sent = [self.owe(**options) for _ in range(count)]
        for delivery in sent:
            self.chaos_dispatcher.accept([delivery])
        return sent

    def start(self, **wishes: Any) -> None:
        self.chaos_dispatcher.start(KEY, Chaos.of(wishes, seed=0))

    @property
    def ids(self) -> list[str]:
        return [delivery.id for delivery in self.out]


class _NoStore:
    def next_due(self) -> None:
        return None


def inbound(chat: str = "5511900000002@s.whatsapp.net", number: int = 1) -> dict[str, Any]:
    key = {"remoteJid": chat, "fromMe": False, "id": f"IN{number}"}
    return {"key": key, "message": {"conversation": "oi"}}


def echo(message_id: str = "OWN1") -> dict[str, Any]:
    key = {"remoteJid": "5511900000002@s.whatsapp.net", "fromMe": True, "id": message_id}
    return {"key": key, "message": {"conversation": "oi"}}


def ack(message_id: str = "OWN1", status: int = 2) -> dict[str, Any]:
    key = {"remoteJid": "5511900000002@s.whatsapp.net", "id": message_id, "fromMe": True}
    return {"key": key, "update": {"status": status}}
