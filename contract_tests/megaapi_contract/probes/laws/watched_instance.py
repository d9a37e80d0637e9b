"""Another instance of the host that gets what is sent: its webhooks, and what it can call."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from ...host.host_instance import HostInstance
from ...host.stage import Stage
from ...judging.results import Exchange, Webhook
from ..session import Session
from .assertions import value_at
from .calls import sent_id
from .webhook_listener import WebhookListener
from .webhooks import is_ack, message_id


@dataclass(frozen=True, slots=True)
class WatchedInstance:
    """`session` is the one that may call the instance; what is held of it, the probe's holds."""

    instance: HostInstance
    session: Session
    hook: WebhookListener

    @property
    def number(self) -> str:
        """Whom to send to."""
        return self.instance.number

    def receive(self, *answers: Exchange) -> list[Webhook]:
        """What these sends have come as, in the order in which it came."""
        return self.receive_ids(*map(sent_id, answers))

    def receive_ids(self, *expected_ids: str) -> list[Webhook]:
        """What the messages of these ids have come as; what others write to it is not looked at."""
        ids = set(expected_ids)
        webhooks = self.hook.receive(lambda webhooks: ids <= set(map(message_id, webhooks)))
        return [one for one in webhooks if message_id(one) in ids and not is_ack(one)]


def watch_instance(session: Session, stage: Stage) -> WatchedInstance:
    """Another instance, whose webhooks come to the suite from now on."""
    instance, caller = stage.reader(session)
    hook = WebhookListener(session, stage, instance, "-reader")
    hook.open(caller)
    return WatchedInstance(instance, caller, hook)


def content_of(webhook: Webhook, *kinds: str) -> Any:
    """The first of these parts that the content of a message has; None without any."""
    parts = (value_at(webhook.json, "message", kind) for kind in kinds)
    return next((part for part in parts if part is not None), None)
