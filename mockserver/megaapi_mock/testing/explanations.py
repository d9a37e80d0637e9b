"""What else could explain that a wait ended with nothing: the set-up, refusals, faults."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from ..errors import ControlRefused
from ..errors.frames import between_test_and_refusal
from ..web.control.control_client import ControlClient, join_path
from .names import CATEGORY_OF
from .record_source import RecordSource
from .records import Call, Webhook

__tracebackhide__ = between_test_and_refusal

Json = dict[str, Any]
# Records of one kind that a failed wait lists beside its own.
LISTED = 3
# What is done to webhooks when nothing is.
_NO_CHAOS = {"duplicate": 1, "drop": 0.0, "reorder": 1, "delay": [0.0, 0.0], "burst": 1,
             "redeliver": 0.0, "early_ack": False}  # fmt: skip
NOTHING_DONE = "no webhook was due: no customer has done anything, and your bot has sent nothing"
_ANSWERED_WELL = range(200, 300)


@dataclass(frozen=True)
class Explanations:
    """Looks at the mock when a wait has failed.

    `created_at` is when the instance was made, by the mock's clock; `has_own_inbox` whether its
    webhooks go to the test's inbox alone.
    """

    source: RecordSource
    created_at: float
    has_own_inbox: Callable[[], bool]

    def of_inbox(self, event: str | None) -> list[str]:
        """Why no webhook came, or not this event."""
        instance = self._instance()
        if instance is None:
            return [self._gone_sentence()]
        webhooks = self.source.webhooks()
        reasons = [*self._of_settings(instance, event), *self._of_time(), *self._of_chaos()]
        reasons += [*_of_failures(webhooks), *self._fault_hits()]
        return reasons if reasons or webhooks else [NOTHING_DONE]

    def of_sent(self) -> list[str]:
        """Why the instance has sent nothing, or something else."""
        return [*self._refused_calls(), *self.of_calls()]

    def of_calls(self) -> list[str]:
        """Why the bot has called nothing, or something else."""
        instance = self._instance()
        if instance is None:
            return [self._gone_sentence()]
        webhooks = self.source.webhooks()
        webhooks_not_taken = [webhook for webhook in webhooks if webhook.state != "delivered"]
        reasons = self._calls_of_no_instance()
        reasons += [f"webhook: {webhook}" for webhook in webhooks_not_taken[-LISTED:]]
        reasons += [*_of_path(webhooks_not_taken), *self._of_settings(instance, None)]
        return reasons if reasons or self.source.calls() else self._of_bot(webhooks)

    # -- the set-up --------------------------------------------------------------------------

    @property
    def _control_api(self) -> ControlClient:
        return self.source.control_api

    def _instance(self) -> Json | None:
        try:
            return self._control_api.call("GET", join_path("instances", self.source.key))
        except ControlRefused as refusal:
            if refusal.status != 404:
                raise
            return None

    def _gone_sentence(self) -> str:
        return f"{self.source.key} does not exist any more: removed, or taken by a reset"

    @staticmethod
    def _of_settings(instance: Json, event: str | None) -> Iterator[str]:
        yield from _of_webhook(instance)
        yield from _of_blocked_events(instance, event)
        yield from _of_link(instance)

    def _of_time(self) -> Iterator[str]:
        if self._control_api.call("GET", "/clock")["frozen"]:
            yield (
                "the clock stands still: acknowledgements and whatever takes time come with "
                "clock.advance(SECONDS)"
            )

    def _of_chaos(self) -> Iterator[str]:
        path = join_path("instances", self.source.key, "chaos")
        chaos = self._control_api.call("GET", path)["chaos"]
        if chaos is not None:
            settings = [
                f"{name} {chaos[name]}" for name, usual in _NO_CHAOS.items() if chaos[name] != usual
            ]
            yield f"its webhooks are delayed, dropped or copied on purpose: {', '.join(settings)}"

    def _of_bot(self, webhooks: Sequence[Webhook]) -> list[str]:
        """Everything is set up, and no call came."""
        if self.has_own_inbox():
            return [
                "webhooks go to the inbox alone: instance.webhook_to(...) takes your bot, or its "
                "URL, too"
            ]
        webhooks_taken = [webhook for webhook in webhooks if webhook.state == "delivered"]
        if not webhooks_taken:
            return [NOTHING_DONE]
        return [f"your bot took {webhooks_taken[-1]}, and has called nothing"]

    # -- what happened -----------------------------------------------------------------------

    def _refused_calls(self) -> list[str]:
        """The newest calls that were not simply answered."""
        calls = [
            f"call: {call}"
            for call in self.source.calls()
            if call.reason or call.status not in _ANSWERED_WELL
        ]
        return calls[-LISTED:]

    def _calls_of_no_instance(self) -> list[str]:
        """The newest calls that name no instance there is, of all since this one was made."""
        calls = [
            exchange
            for exchange in self._control_api.find("/exchanges")
            if exchange["instance"] is None
        ]
        # A clock that was set back tells nothing of what came before.
        if self._control_api.call("GET", "/clock")["now"] >= self.created_at:
            calls = [exchange for exchange in calls if exchange["time"] >= self.created_at]
        return [f"call of no instance: {Call(exchange)}" for exchange in calls[-LISTED:]]

    def _fault_hits(self) -> list[str]:
        """The newest that faults have hit."""
        hits = self._control_api.find("/fault-hits", instance=self.source.key)
        return [f"fault {hit['fault']['name']} hit {hit['what']}" for hit in hits[-LISTED:]]


def _of_webhook(instance: Json) -> Iterator[str]:
    url, enabled = instance["webhook"]["url"], instance["webhook"]["enabled"]
    if not url:
        yield "no webhook is set: instance.webhook_to(...) takes your bot, or its URL"
    elif not enabled:
        yield (
            "its webhook is switched off, so nothing is sent: webhook_to(...) or configWebhook "
            'with "webhookEnabled": true switches it on'
        )


def _of_blocked_events(instance: Json, event: str | None) -> Iterator[str]:
    blocked = instance["blocked_events"]
    category = CATEGORY_OF.get(event or "")
    own = {event, category, (event or "").removeprefix("ack-")}
    if event is not None and own & set(blocked):
        yield (
            f"it blocks {', '.join(name for name in blocked if name in own)}, so {event} is "
            f"not sent: configAcceptWebhooks with {category} brings it back"
        )
    elif blocked:
        yield f"it blocks {', '.join(blocked)}"


def _of_link(instance: Json) -> Iterator[str]:
    if instance["state"] != "connected":
        yield (
            f"the instance is not linked (it is {instance['state']}), so no message comes or "
            "goes: instance.link() links it"
        )


def _of_failures(webhooks: Sequence[Webhook]) -> Iterator[str]:
    """The inbox has some, which a wait leaves out unless told otherwise."""
    failures = [webhook for webhook in webhooks if webhook.state == "failed"]
    if failures:
        yield "what your bot has not taken counts with state=None, or state='failed', alone"
    yield from _of_path(failures)


def _of_path(webhooks: Sequence[Webhook]) -> Iterator[str]:
    """The bot does not know the address that webhooks are sent to."""
    not_routed = [webhook for webhook in webhooks if webhook.status in (404, 405)]
    if not_routed:
        newest = not_routed[-1]
        yield (
            f"your bot answered {newest.status} to POST {urlsplit(newest.url).path}: "
            "webhook_to(bot, path=...) names the route that it takes webhooks at"
        )
