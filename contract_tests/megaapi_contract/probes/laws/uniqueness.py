"""What differs is answered differently, what was is not told again, and authors have a number."""

from __future__ import annotations

from functools import partial, update_wrapper
from typing import Any

from megaapi_mock.domain.jid import as_given

from ...host.host_instance import HostInstance
from ...host.stage import WORLD, Stage
from ...judging.results import Webhook
from ..probe import Laws
from ..session import Session
from .assertions import claim, claim_success, value_at
from .calls import leave, make_group, members, sent_id, someone, text
from .listed_people import looked_up
from .requests import GOOD_REQUESTS, SENDS
from .webhook_listener import WebhookListener

LAWS = Laws()

PHASE, READ = "webhooks", 4
# More groups than any page of a list has.
MANY = 30
# How many sends are under way together, and how often that is tried.
AT_ONCE, ROUNDS = 4, 3


def each_send_has_an_id_of_its_own(operation: str, session: Session, stage: Stage) -> None:
    instance, to = stage.instance(), someone(session)
    sent_messages = [
        session.call(operation, instance, **GOOD_REQUESTS[operation].arguments(to))
        for _ in range(3)
    ]
    ids = {sent_id(one) for one in sent_messages if claim_success(session, one, "a good send")}
    claim(
        session, sent_messages[-1], len(ids) == 3 and "" not in ids, "ids differ from send to send"
    )


for _operation in SENDS:
    _run = partial(each_send_has_an_id_of_its_own, _operation)
    update_wrapper(_run, each_send_has_an_id_of_its_own)
    LAWS.law(_operation, effects=("sends",), phone=True, about=_operation)(_run)


@LAWS.law("send_text", effects=("sends",), phone=True)
def sends_under_way_together_are_told_apart(session: Session, stage: Stage) -> None:
    instance, ids = stage.instance(), list[str]()
    for turn in range(ROUNDS):
        words = [f"Texto {turn}.{number}" for number in range(AT_ONCE)]
        bodies = [{"messageData": {"to": someone(session), "text": one}} for one in words]
        answers = session.call_at_once("send_text", instance, *bodies)
        for answer, expected in zip(answers, words, strict=True):
            if claim_success(session, answer, "a send among others"):
                way = ("messageData", "message", "extendedTextMessage", "text")
                claim(session, answer, value_at(answer.json, *way) == expected, "its own text")
                new = sent_id(answer) not in ("", *ids)
                claim(session, answer, new, "ids differ, however close the sends are")
                ids.append(sent_id(answer))


@LAWS.law("is_on_whatsapp")
def every_number_has_an_answer_of_its_own(session: Session, stage: Stage) -> None:
    instance = stage.instance()
    for person in dict.fromkeys((someone(session), someone(session, 1))):
        answer = session.call("is_on_whatsapp", instance, query={"jid": person})
        right = looked_up(session, answer, person) == as_given(person)
        claim(session, answer, answer.ok and right, "the JID is that of the number asked for")


def _group_jids(session: Session, instance: HostInstance) -> list[Any]:
    answer = session.call("list_groups", instance)
    claim_success(session, answer, "the list of groups")
    jids = [value_at(group, "id") for group in value_at(answer.json, "groups") or ()]
    claim(session, answer, len(jids) == len(set(map(str, jids))), "no group is listed twice")
    return jids


@LAWS.law("list_groups", "create_group", "leave_group", effects=("changes", "reads"), phone=True)
def the_list_follows_every_change(session: Session, stage: Stage) -> None:
    instance = stage.instance()
    creation, _ = make_group(session, stage, instance, someone(session))
    claim(session, creation, len(_group_jids(session, instance)) == 1, "one group is listed as one")
    second, group = make_group(session, stage, instance, someone(session), name="Outra equipe")
    both = _group_jids(session, instance)
    claim(session, second, len(both) == 2 and group.get("id") in both, "a second joins the list")
    departure = leave(session, instance, str(group.get("id")))
    is_gone = group.get("id") not in _group_jids(session, instance)
    claim(session, departure, is_gone, "a group that was left goes from the list")


@LAWS.law("list_groups", "create_group", effects=("changes", "reads"), phone=True)
def the_list_has_every_group(session: Session, stage: Stage) -> None:
    instance = stage.instance()
    groups = [make_group(session, stage, instance, someone(session))[1] for _ in range(MANY)]
    answer = session.call("list_groups", instance)
    group_ids = {value_at(group, "id") for group in value_at(answer.json, "groups") or ()}
    is_whole = group_ids == {group.get("id") for group in groups}
    claim(session, answer, is_whole, "every group is listed, however many there are")


@LAWS.law("group_details", "create_group", effects=("changes", "reads"), phone=True)
def groups_have_details_of_their_own(session: Session, stage: Stage) -> None:
    first, second = stage.instance(), stage.instance()
    for instance, person, name in ((first, WORLD[0], "Vendas"), (second, WORLD[1], "Suporte")):
        _, group = make_group(session, stage, instance, person, name=name)
        answer = session.call("group_details", instance, query={"jid": str(group.get("id"))})
        group_shown = value_at(answer.json, "group") or answer.json
        claim(
            session,
            answer,
            value_at(group_shown, "subject") == name,
            "the subject is the group's own",
        )
        inside = as_given(person) in members(group_shown if isinstance(group_shown, dict) else {})
        claim(session, answer, inside, "the people are the group's own")


def _has_read_ack(webhooks: list[Webhook]) -> bool:
    return any(value_at(one.json, "update", "status") == READ for one in webhooks)


@LAWS.law("logout", "send_text", effects=("sends", "disconnects", "changes"), phase=PHASE,
          phone=True, events=("disconnected",))  # fmt: skip
def the_end_of_a_link_repeats_nothing(session: Session, stage: Stage) -> None:
    instance = stage.instance()
    hook = WebhookListener(session, stage, instance).open()
    text(session, instance)
    hook.receive(_has_read_ack)
    session.call("logout", instance)
    hook.check_single(hook.receive(), "disconnected", "a logout after a text")


@LAWS.law("configure_webhook", effects=("changes",), phase=PHASE, phone=True,
          events=("group-text-first-of-sender", "text-plain-lid"))  # fmt: skip
def a_hidden_author_is_named_by_the_number(session: Session, stage: Stage) -> None:
    instance = stage.instance()
    hook = WebhookListener(session, stage, instance).open()
    lid = stage.control_api("GET", f"/_mock/instances/{instance.key}/contacts/{WORLD[0]}")["lid"]
    hidden_author = {"key.participant": lid, "key.participantPn": as_given(WORLD[0])}
    for event, verb, body, number in (
        ("group-text-first-of-sender", "emit", {"set": hidden_author}, "participantPn"),
        ("text-plain-lid", "inbound", {"from": WORLD[0]}, "senderPn"),
    ):
        stage.control_api(
            "POST", f"/_mock/instances/{instance.key}/{verb}", {"event": event, **body}
        )
        payload = hook.check_single(hook.receive(), event, "a hidden author")
        is_named = value_at(payload, "key", number) == as_given(WORLD[0])
        hook.claim(event, is_named, f"{number} is the author's number")
