"""A webhook that was owed: an echo with its acknowledgements, or what somebody else wrote."""

from __future__ import annotations

from ....judging.alternatives import USUAL
from ....judging.results import Webhook
from ..assertions import at
from ..customers import author_content
from ..webhooks import ACKS, ECHO, PLAYED, SERVER, acks, check_echo, is_ack
from .model import STATUS, Happening, Owed
from .play import Play

GROUP_TYPES = ("group-participants.update", "groups.update")


def hold_echo(play: Play, about: list[Webhook], owed: Owed) -> None:
    """Hold the echo of a message of the instance: what was answered, told of the chat."""
    if not owed.echoes or not play.model.is_told(owed.category):
        return
    check_echo(play.hook, about, owed.sent)
    for one in about:
        if not is_ack(one):
            _hold_chat(play, one, owed, ECHO)


def _hold_chat(play: Play, one: Webhook, owed: Owed, event: str) -> None:
    """Hold that a webhook names chat and writer as they are."""
    key = at(one.json, "key")
    chats = {str(at(key, "remoteJid")), str(at(key, "senderPn"))}
    play.hook.claim(event, owed.names & chats, "remoteJid is the chat", one)
    mine = at(key, "fromMe") is owed.message.from_me
    play.hook.claim(event, mine, "fromMe is whose it is", one)
    is_group = at(one.json, "isGroup")
    right = is_group in (None, owed.message.chat.endswith("@g.us"))
    play.hook.claim(event, right, "isGroup says whether the chat is a group", one)


def hold_acks(play: Play, about: list[Webhook], owed: Owed) -> None:
    """Hold the acknowledgements that are due by now: each once, in order, of that chat."""
    statuses = acks(about, owed.message.id)
    if not play.model.is_told(STATUS):
        play.hook.claim("ack-server", not statuses, "blocked acknowledgements do not come",
                        promise=play.guessed)  # fmt: skip
        return
    if play.model.asks_for_receipts:
        if not statuses and not play.model.statuses:
            return
    elif not play.hook.settle_acks(bool(statuses)):
        return
    if owed.is_sure_to_play and PLAYED in owed.steps:
        play.hook.settle("ack_delays", "" if PLAYED in statuses else "without_played")
    readers = len(play.readers(owed.message.chat))
    for step in owed.steps:
        count = statuses.count(step)
        least = 0 if step == PLAYED else 1
        each = step != SERVER and readers > 1 and count == readers
        play.hook.claim(ACKS[step], each or least <= count <= 1, "each acknowledgement comes once")
    for one in about:
        if is_ack(one):
            status = at(one.json, "update", "status")
            known = status in owed.steps
            play.hook.claim("ack-server", known, "no acknowledgement is made up", one)
            if known:
                play.hook.is_event(one, _ack_event(one, status), "an acknowledgement")
            _hold_chat(play, one, owed, "ack-server")
    in_order = readers > 1 or statuses == sorted(statuses, key=str)
    play.hook.claim("ack-server", in_order, "acknowledgements never go back")


def _ack_event(one: Webhook, status: int) -> str:
    return "ack-group" if at(one.json, "key", "participant") is not None else ACKS[status]


def hold_happenings(play: Play, came: list[Webhook], due: list[Happening]) -> None:
    """Hold that changes of groups are told once, in order, as they were made, and nothing else."""
    told = [one for one in came if at(one.json, "messageType") in GROUP_TYPES]
    heralds = play.session.settled_switches.value_of_switch.get("presence_events") == "on"
    known = (*GROUP_TYPES, *(("presence.update",) if heralds else ()))
    strays = [one for one in came if at(one.json, "messageType") not in known]
    play.hook.nothing(strays, "text-plain", "what has not happened", play.guessed)
    if not play.model.is_told("groups"):
        play.hook.nothing(told, "group-update", "blocked events", play.guessed)
        return
    if any(one.is_own for one in due):
        # Whether the instance's own changes come back, a switch decides.
        play.hook.settle("group_events", "on" if len(told) == len(due) else USUAL)
        if len(told) != len(due):
            due = [one for one in due if not one.is_own]
    play.hook.claim("group-update", len(told) == len(due), "each change of a group is told once")
    for one, change in zip(told, due, strict=False):
        if play.hook.is_event(one, change.event, "a change of a group"):
            right = at(one.json, "id") == change.group
            play.hook.claim(change.event, right, "id is the group's", one)
            for name, value in change.fields:
                right = at(one.json, name) == value
                play.hook.claim(change.event, right, f"{name} is what was done", one)


def hold_told(play: Play, about: list[Webhook], owed: Owed) -> None:
    """Hold that what somebody else wrote is told whole, and of who wrote it."""
    due = play.model.is_told(owed.category)
    promise = None if due else play.guessed
    said = "it is told once" if due else "what is blocked does not come"
    right = len(about) == (1 if due else 0)
    if not play.hook.claim(owed.event, right, said, promise=promise):
        return
    for one in about:
        play.hook.is_event(one, owed.event, "what somebody wrote")
        _hold_chat(play, one, owed, owed.event)
        same = author_content(at(one.json, "message")) == owed.message.content
        play.hook.claim(owed.event, same, "the content is what was written", one)
        play.hook.names(one, owed.event, owed.message.author)
        moment = at(one.json, "messageTimestamp")
        right = moment is None or moment == int(owed.message.time)
        play.hook.claim(owed.event, right, "messageTimestamp is when it was written", one)
