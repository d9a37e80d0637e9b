"""What else could explain that a wait ended with nothing: the set-up, refusals, faults."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from ..errors import ControlRefused
from .control_client import ControlClient, at
from .hiding import between_test_and_refusal
from .names import CATEGORY_OF
from .records import Call, Webhook

if TYPE_CHECKING:
    from .instance import Instance

__tracebackhide__ = between_test_and_refusal

Json = dict[str, Any]
# Records of one kind that a failed wait tells beside its own.
TOLD = 3
# What is done to webhooks when nothing is.
_AT_REST = {"duplicate": 1, "drop": 0.0, "reorder": 1, "delay": [0.0, 0.0], "burst": 1,
            "redeliver": 0.0, "early_ack": False}  # fmt: skip
NOTHING_DONE = "no webhook was due: no customer has done anything, and your bot has sent nothing"
_ANSWERED_WELL = range(200, 300)


@dataclass(frozen=True)
class Explanations:
    """Looks at the mock when a wait has failed; `made` is when the instance was, by its clock."""

    instance: Instance
    made: float

    def of_inbox(self, wanted: str | None) -> list[str]:
        """Why no webhook came, or not this event."""
        shown = self._shown()
        if shown is None:
            return [f"{self.instance.key} does not exist any more: removed, or taken by a reset"]
        told = [*self._of_webhook(shown), *self._of_filter(shown, wanted), *self._of_link(shown)]
        told += [*self._of_time(), *self._of_chaos(), *self._of_failures()]
        told += self._strikes()
        return told if told or self.instance.inbox.all() else [NOTHING_DONE]

    def of_sent(self) -> list[str]:
        """Why the instance has sent nothing, or something else."""
        return [*self._refused(), *self.of_calls()]

    def of_calls(self) -> list[str]:
        """Why the bot has called nothing, or something else."""
        shown = self._shown()
        if shown is None:
            return [f"{self.instance.key} does not exist any more: removed, or taken by a reset"]
        untaken = [it for it in self.instance.inbox.all() if it.state != "delivered"]
        told = [*self._astray(), *(f"webhook: {webhook}" for webhook in untaken[-TOLD:])]
        told += self._of_path(untaken)
        told += [*self._of_webhook(shown), *self._of_filter(shown, None), *self._of_link(shown)]
        return told if told or self.instance.calls.all() else self._of_bot()

    # -- the set-up --------------------------------------------------------------------------

    @property
    def _door(self) -> ControlClient:
        return self.instance.door

    def _shown(self) -> Json | None:
        try:
            return self._door.call("GET", at("instances", self.instance.key))
        except ControlRefused as refusal:
            if refusal.status != 404:
                raise
            return None

    def _of_webhook(self, shown: Json) -> Iterator[str]:
        url, enabled = shown["webhook"]["url"], shown["webhook"]["enabled"]
        if not url:
            yield "no webhook is set: instance.webhook_to(...) takes your bot, or its URL"
        elif not enabled:
            yield (
                "its webhook is switched off, so nothing is sent: webhook_to(...) or configWebhook "
                'with "webhookEnabled": true switches it on'
            )

    def _of_filter(self, shown: Json, wanted: str | None) -> Iterator[str]:
        blocked = shown["blocked_events"]
        category = CATEGORY_OF.get(wanted or "")
        own = {wanted, category, (wanted or "").removeprefix("ack-")}
        if wanted is not None and own & set(blocked):
            yield (
                f"it blocks {', '.join(name for name in blocked if name in own)}, so {wanted} is "
                f"not sent: configAcceptWebhooks with {category} brings it back"
            )
        elif blocked:
            yield f"it blocks {', '.join(blocked)}"

    def _of_link(self, shown: Json) -> Iterator[str]:
        if shown["state"] != "connected":
            yield (
                f"the instance is not linked (it is {shown['state']}), so no message comes or "
                "goes: instance.link() links it"
            )

    def _of_time(self) -> Iterator[str]:
        if self._door.call("GET", "/clock")["frozen"]:
            yield (
                "the clock stands still: acknowledgements and whatever takes time come with "
                "clock.advance(SECONDS)"
            )

    def _of_chaos(self) -> Iterator[str]:
        shown = self._door.call("GET", at("instances", self.instance.key, "chaos"))["chaos"]
        if shown is not None:
            wishes = [
                f"{name} {shown[name]}" for name, rest in _AT_REST.items() if shown[name] != rest
            ]
            yield f"its webhooks are delayed, dropped or copied on purpose: {', '.join(wishes)}"

    def _of_failures(self) -> Iterator[str]:
        """The inbox has some, which a wait leaves out unless told otherwise."""
        failed = [it for it in self.instance.inbox.all() if it.state == "failed"]
        if failed:
            yield "what your bot has not taken counts with state=None, or state='failed', alone"
        yield from self._of_path(failed)

    @staticmethod
    def _of_path(failed: Sequence[Webhook]) -> Iterator[str]:
        """The bot does not know the address that webhooks are sent to."""
        lost = [it for it in failed if it.status in (404, 405)]
        if lost:
            yield (
                f"your bot answered {lost[-1].status} to POST {urlsplit(lost[-1].url).path}: "
                "webhook_to(bot, path=...) names the route that it takes webhooks at"
            )

    def _of_bot(self) -> list[str]:
        """Everything is set up, and no call came."""
        if self.instance.has_own_inbox:
            return [
                "webhooks go to the inbox alone: instance.webhook_to(...) takes your bot, or its "
                "URL, too"
            ]
        taken = [it for it in self.instance.inbox.all() if it.state == "delivered"]
        if not taken:
            return [NOTHING_DONE]
        return [f"your bot took {taken[-1]}, and has called nothing"]

    # -- what happened -----------------------------------------------------------------------

    def _refused(self) -> list[str]:
        """The newest calls that were not simply answered."""
        calls = self.instance.calls.all()
        told = [f"call: {it}" for it in calls if it.reason or it.status not in _ANSWERED_WELL]
        return told[-TOLD:]

    def _astray(self) -> list[str]:
        """The newest calls that name no instance there is, of all since this one was made."""
        found = [shown for shown in self._door.find("/exchanges") if shown["instance"] is None]
        # A clock that was set back tells nothing of what came before.
        if self._door.call("GET", "/clock")["now"] >= self.made:
            found = [shown for shown in found if shown["time"] >= self.made]
        return [f"call of no instance: {Call(shown)}" for shown in found[-TOLD:]]

    def _strikes(self) -> list[str]:
        """The newest that faults have hit."""
        found = self._door.find("/strikes", instance=self.instance.key)
        return [f"fault {it['fault']['name']} struck {it['what']}" for it in found[-TOLD:]]
