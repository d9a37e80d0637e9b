"""Who an event names: writers of groups, callers, people coming and going, readers."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from megaapi_mock.domain.jid import as_given

from ...host.host_instance import HostInstance
from ...host.stage import WORLD, Stage
from ...judging.results import Webhook
from ..probe import Laws
from ..session import Session
from .assertions import value_at
from .calls import make_group
from .chat import PRESENCES
from .webhook_listener import WebhookListener
from .webhooks import PHASE, listening

LAWS = Laws()

GROUP_EVENTS = ("group-text", "group-image", "text-mention", "group-text-first-of-sender")
# Ids of groups once began with the number of who made them.
OLD_GROUP = f"{WORLD[0]}-1623275280@g.us"
OLD_GROUP_EVENTS = ("group-text", "group-image", "text-mention")
Happen = Callable[..., Any]


def _inbound_event(stage: Stage, instance: HostInstance, event: str) -> Happen:
    """People doing one thing at this instance; what they do as their own side has it."""

    def happen(person: str, **more: Any) -> Any:
        return stage.customer_writes(instance, event, **{"from": person}, **more)

    return happen


def _groups(
    session: Session, stage: Stage, instance: HostInstance, hook: WebhookListener, *people: str
) -> list[str]:
    """Two groups of these people, and what their making told is heard."""
    groups = [make_group(session, stage, instance, *people)[1] for _ in range(2)]
    hook.receive()
    return [str(group.get("id")) for group in groups]


def _fields_of(webhooks: list[Webhook], *names: str) -> list[tuple[Any, ...]]:
    return [tuple(value_at(one.json, name) for name in names) for one in webhooks]


@LAWS.law("create_group", effects=("changes",), phase=PHASE, phone=True, events=GROUP_EVENTS)
def who_writes_to_a_group_is_named(session: Session, stage: Stage) -> None:
    instance, hook = listening(session, stage)
    groups = _groups(session, stage, instance, hook, *WORLD[:2])
    messages = [
        (event, group, person)
        for event in GROUP_EVENTS
        for group, person in zip(groups, WORLD[:2], strict=True)
    ]
    for event, group, person in messages:
        _inbound_event(stage, instance, event)(person, group=group)
    webhooks = hook.receive(lambda webhooks: len(webhooks) >= len(messages))
    hook.claim("group-text", len(webhooks) == len(messages), "every message of a group is told")
    for one, (event, group, person) in zip(webhooks, messages, strict=False):
        if hook.check_event(one, event, "a message of a group"):
            right = value_at(one.json, "key", "remoteJid") == group
            hook.claim(event, right, "remoteJid is the group's", one)
            hook.check_author(one, event, person)


@LAWS.law("create_group", effects=("changes",), phase=PHASE, phone=True,
          events=("group-participants",))  # fmt: skip
def who_comes_and_goes_is_told_as_it_is(session: Session, stage: Stage) -> None:
    instance, hook = listening(session, stage)
    first, second = _groups(session, stage, instance, hook, WORLD[0])
    happen = _inbound_event(stage, instance, "group-participants")
    steps = [
        (first, instance.number, WORLD[1], "add"), (second, instance.number, WORLD[0], "promote"),
        (second, WORLD[0], WORLD[2], "add"), (first, WORLD[3], WORLD[3], "add"),
        (second, WORLD[0], WORLD[2], "remove"), (first, WORLD[1], WORLD[1], "remove"),
    ]  # fmt: skip
    for group, author, person, option in steps:
        happen(author, group=group, to=person, option=option)
    reports = _fields_of(hook.receive(), "id", "author", "participants", "action")
    expected = [
        (group, as_given(actor), [as_given(to)], action) for group, actor, to, action in steps
    ]
    for position, sentence in enumerate(
        ("id is the group's", "author is who did it", "participants are whom it was done to",
         "action is what was done")
    ):  # fmt: skip
        right = [one[position] for one in reports] == [one[position] for one in expected]
        hook.claim("group-participants", right, sentence)


@LAWS.law("create_group", effects=("changes",), phase=PHASE, phone=True,
          events=("group-update",))  # fmt: skip
def a_new_subject_is_told_with_who_gave_it(session: Session, stage: Stage) -> None:
    instance, hook = listening(session, stage)
    groups = _groups(session, stage, instance, hook, *WORLD[:2])
    happen = _inbound_event(stage, instance, "group-update")
    steps = [*zip(groups, WORLD[:2], ("Vendas", "Suporte"), strict=True)]
    for group, author, subject in steps:
        happen(author, group=group, set={"subject": subject})
    reports = _fields_of(hook.receive(), "id", "author", "subject")
    expected = [(group, as_given(author), subject) for group, author, subject in steps]
    for position, sentence in enumerate(
        ("id is the group's", "author is who changed it", "subject is the new one")
    ):
        right = [one[position] for one in reports] == [one[position] for one in expected]
        hook.claim("group-update", right, sentence)


@LAWS.law("create_group", effects=("changes",), phase=PHASE, phone=True, events=("presence",))
def what_somebody_does_in_a_chat_is_told_as_it_is(session: Session, stage: Stage) -> None:
    instance, hook = listening(session, stage)
    group = _groups(session, stage, instance, hook, WORLD[0])[0]
    happen = _inbound_event(stage, instance, "presence")
    steps = [(WORLD[turn % 2], option) for turn, option in enumerate(PRESENCES)]
    for person, option in steps:
        happen(person, option=option)
    happen(WORLD[0], option="composing", group=group)
    webhooks = hook.receive()
    chats = [*(as_given(person) for person, _ in steps), group]
    hook.claim(
        "presence", [value_at(one.json, "id") for one in webhooks] == chats, "id is the chat"
    )
    presences = [
        {
            jid: value_at(presence, "lastKnownPresence")
            for jid, presence in (value_at(one.json, "presences") or {}).items()
        }
        for one in webhooks
    ]
    expected = [{as_given(person): option} for person, option in (*steps, (WORLD[0], "composing"))]
    people = [list(one) for one in presences] == [list(one) for one in expected]
    hook.claim("presence", people, "presences are of who does it")
    hook.claim("presence", not people or presences == expected, "lastKnownPresence is what they do")


@LAWS.law("configure_webhook", effects=("changes",), phase=PHASE, phone=True,
          events=("call",))  # fmt: skip
def calls_say_who_calls_and_how_they_stand(session: Session, stage: Stage) -> None:
    instance, hook = listening(session, stage)
    happen = _inbound_event(stage, instance, "call")
    calls = [("offer", True), ("offer", False), ("reject", False), ("timeout", True)]
    for person, (option, video) in zip(WORLD, calls, strict=False):
        happen(person, option=option, set={"data.isVideo": video})
    data = [value_at(one.json, "data") for one in hook.receive(alarm="text-plain")]
    call_states = [(value_at(one, "status"), value_at(one, "isVideo")) for one in data]
    hook.claim("call", call_states == calls, "status and isVideo are the call's")
    for field in ("from", "chatId"):
        right = [value_at(one, field) for one in data] == [as_given(person) for person in WORLD[:4]]
        hook.claim("call", right, f"{field} is who calls")


@LAWS.law("configure_webhook", effects=("changes",), phase=PHASE, phone=True,
          events=OLD_GROUP_EVENTS)  # fmt: skip
def a_group_of_the_old_kind_is_a_group(session: Session, stage: Stage) -> None:
    """Told on demand: nobody can make one any more."""
    instance, hook = listening(session, stage)
    for event in OLD_GROUP_EVENTS:
        body = {"event": event, "set": {"key.remoteJid": OLD_GROUP}}
        stage.control_api("POST", f"/_mock/instances/{instance.key}/emit", body)
        for one in hook.receive():
            # In some years nothing says so.
            is_group = value_at(one.json, "isGroup") in (None, True)
            hook.claim(event, is_group, "isGroup is true of every group", one)


@LAWS.law("configure_webhook", effects=("changes",), phase=PHASE, phone=True,
          events=("ack-group",))  # fmt: skip
def receipts_of_a_group_name_whose_they_are(session: Session, stage: Stage) -> None:
    """Told on demand: by itself the gateway tells one receipt for a whole group."""
    instance, hook = listening(session, stage)
    people = [as_given(person) for person in WORLD[:2]]
    for person in people:
        body = {"event": "ack-group", "set": {"key.participant": person}}
        stage.control_api("POST", f"/_mock/instances/{instance.key}/emit", body)
    participants = [value_at(one.json, "key", "participant") for one in hook.receive()]
    hook.claim("ack-group", participants == people, "participant is whose receipt it is")
