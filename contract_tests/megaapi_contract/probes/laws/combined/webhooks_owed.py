"""A webhook that was owed: an echo with its acknowledgements, or what somebody else wrote."""

from __future__ import annotations

from ....judging.alternatives import USUAL
from ....judging.results import Webhook
from ....judging.values import jid_of
from ..assertions import is_same, value_at
from ..customers import author_content
from ..webhooks import ACKS, ECHO, PLAYED, SERVER, acks, check_echo, is_ack
from .model import STATUS, GroupChange, OwedWebhook
from .play import Play

GROUP_TYPES = ("group-participants.update", "groups.update")


def hold_echo(play: Play, about: list[Webhook], owed_message: OwedWebhook) -> None:
    """Hold the echo of a message of the instance: what was answered, told of the chat."""
    if not owed_message.echoes or not play.model.is_subscribed(owed_message.category):
        return
    check_echo(play.hook, about, owed_message.answer)
    for one in about:
        if not is_ack(one):
            _hold_chat(play, one, owed_message, ECHO)


def _hold_chat(play: Play, one: Webhook, owed_message: OwedWebhook, event: str) -> None:
    """Hold that a webhook names chat and writer as they are."""
    key = value_at(one.json, "key")
    chats = {str(value_at(key, "remoteJid")), str(value_at(key, "senderPn"))}
    play.hook.claim(event, owed_message.names & chats, "remoteJid is the chat", one)
    mine = value_at(key, "fromMe") is owed_message.message.from_me
    play.hook.claim(event, mine, "fromMe is whose it is", one)
    is_group = value_at(one.json, "isGroup")
    right = is_group in (None, jid_of(owed_message.message.chat).group)
    play.hook.claim(event, right, "isGroup says whether the chat is a group", one)


def hold_acks(play: Play, about: list[Webhook], owed_message: OwedWebhook) -> None:
    """Hold the acknowledgements that are due by now: each once, in order, of that chat."""
    statuses = acks(about, owed_message.message.id)
    if not play.model.is_subscribed(STATUS):
        play.hook.claim("ack-server", not statuses, "blocked acknowledgements do not come",
                        promise=play.inferred)  # fmt: skip
        return
    if play.model.asks_for_receipts:
        if not statuses and not play.model.statuses:
            return
    elif not play.hook.settle_acks(bool(statuses)):
        return
    if owed_message.is_sure_to_play and PLAYED in owed_message.steps:
        play.hook.settle("ack_delays", "" if PLAYED in statuses else "without_played")
    readers = len(play.readers(owed_message.message.chat))
    for step in owed_message.steps:
        count = statuses.count(step)
        least = 0 if step == PLAYED else 1
        each = step != SERVER and readers > 1 and count == readers
        play.hook.claim(ACKS[step], each or least <= count <= 1, "each acknowledgement comes once")
    for one in about:
        if is_ack(one):
            status = value_at(one.json, "update", "status")
            is_due = status in owed_message.steps
            play.hook.claim("ack-server", is_due, "no acknowledgement is made up", one)
            if is_due:
                play.hook.check_event(one, _ack_event(one, status), "an acknowledgement")
            _hold_chat(play, one, owed_message, "ack-server")
    in_order = readers > 1 or statuses == sorted(statuses, key=str)
    play.hook.claim("ack-server", in_order, "acknowledgements never go back")


def _ack_event(one: Webhook, status: int) -> str:
    return "ack-group" if value_at(one.json, "key", "participant") is not None else ACKS[status]


def hold_group_changes(play: Play, came: list[Webhook], due: list[GroupChange]) -> None:
    """Hold that changes of groups are told once, in order, as they were made, and nothing else."""
    group_events = [one for one in came if value_at(one.json, "messageType") in GROUP_TYPES]
    heralds = play.session.settled_switches.value_of_switch.get("presence_events") == "on"
    message_types = (*GROUP_TYPES, *(("presence.update",) if heralds else ()))
    strays = [one for one in came if value_at(one.json, "messageType") not in message_types]
    play.hook.check_none(strays, "text-plain", "what has not happened", play.inferred)
    if not play.model.is_subscribed("groups"):
        play.hook.check_none(group_events, "group-update", "blocked events", play.inferred)
        return
    if any(one.is_own for one in due):
        # Whether the instance's own changes come back, a switch decides.
        play.hook.settle("group_events", "on" if len(group_events) == len(due) else USUAL)
        if len(group_events) != len(due):
            due = [one for one in due if not one.is_own]
    play.hook.claim(
        "group-update", len(group_events) == len(due), "each change of a group is told once"
    )
    for one, change in zip(group_events, due, strict=False):
        if play.hook.check_event(one, change.event, "a change of a group"):
            right = value_at(one.json, "id") == change.group
            play.hook.claim(change.event, right, "id is the group's", one)
            for name, value in change.fields:
                right = value_at(one.json, name) == value
                play.hook.claim(change.event, right, f"{name} is what was done", one)


def hold_received(play: Play, about: list[Webhook], owed_message: OwedWebhook) -> None:
    """Hold that what somebody else wrote is told whole, and of who wrote it."""
    due = play.model.is_subscribed(owed_message.category)
    promise = None if due else play.inferred
    rule = "it is told once" if due else "what is blocked does not come"
    right = len(about) == (1 if due else 0)
    if not play.hook.claim(owed_message.event, right, rule, promise=promise):
        return
    for one in about:
        play.hook.check_event(one, owed_message.event, "what somebody wrote")
        _hold_chat(play, one, owed_message, owed_message.event)
        content = author_content(value_at(one.json, "message"))
        same = is_same(play.session, content, owed_message.message.content)
        play.hook.claim(owed_message.event, same, "the content is what was written", one)
        play.hook.check_author(one, owed_message.event, owed_message.message.author)
        moment = value_at(one.json, "messageTimestamp")
        right = moment is None or moment == int(owed_message.message.time)
        play.hook.claim(owed_message.event, right, "messageTimestamp is when it was written", one)
