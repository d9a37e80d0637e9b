"""What stands at the root of every webhook: who it is for, and whether its chat is a group."""

from __future__ import annotations

from collections.abc import Iterator

from ...host.host_instance import HostInstance
from ...judging.results import Webhook
from ...judging.values import jid_of
from ..session import Session
from .assertions import value_at


def hold_root(
    session: Session, instance: HostInstance, event: str, webhook: Webhook, *, has_jid: bool
) -> None:
    """Hold the fields that mean the same in every webhook, by the sources of each of them."""
    for field, holds, sentence in _rules(instance, webhook, has_jid=has_jid):
        promise = session.contract.root_promise(event, field)
        session.hold(holds, sentence, promise=promise, webhook=webhook, operation=event)


def _rules(
    instance: HostInstance, webhook: Webhook, *, has_jid: bool
) -> Iterator[tuple[str, bool, str]]:
    payload = webhook.json
    is_for_it = value_at(payload, "instance_key") == instance.key
    yield "instance_key", is_for_it, "instance_key is the instance's"
    if has_jid:
        owner, _, _ = jid_of(value_at(payload, "jid")).user.partition(":")
        yield "jid", owner == instance.number, "jid is the instance's own"
    mark = value_at(payload, "isGroup")
    if mark is not None:
        is_group = jid_of(value_at(payload, "key", "remoteJid")).group
        yield "isGroup", mark is is_group, "isGroup says whether the chat is a group"
