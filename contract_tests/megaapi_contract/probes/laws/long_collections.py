"""Collections longer than what people usually write come back whole, in answers and in groups."""

from __future__ import annotations

from typing import Any

from megaapi_mock.domain.jid import as_given

from ...errors import Impossible
from ...host.host_instance import HostInstance
from ...host.stage import NO_WHATSAPP, WORLD, MockStage, Stage
from ...judging.results import Exchange
from ..probe import Laws
from ..session import Session
from .assertions import claim, claim_success, inferred, is_same, value_at
from .calls import group_of, make_group, members, message, parse_json, sent_id, someone
from .each_of_many import jids_to_fail, report_of
from .echo_content import ECHO, promise_of_echo
from .sent_message import hold_sent
from .webhooks import PHASE, is_ack, listening, message_id

LAWS = Laws()
Json = dict[str, Any]

# Phones show ten rows and three buttons; nobody has seen a gateway that counts them.
MANY = 24
PEOPLE = tuple(f"55119000008{number:02}" for number in range(12))


def _rows(section: str, count: int) -> list[Json]:
    return [
        {"title": f"{section} {turn}", "description": f"Opcao {turn}", "rowId": f"{section}-{turn}"}
        for turn in range(count)
    ]


# Many rows in one section, and many sections of one row.
LISTS: tuple[list[Json], ...] = (
    [{"title": "Tudo", "rows": _rows("Tudo", MANY)}],
    [{"title": f"Setor {turn}", "rows": _rows(f"Setor {turn}", 1)} for turn in range(MANY)],
)
_CHOICE = {"text": "Escolha", "buttonText": "Ver"}


def _instance_among_many(stage: Stage) -> HostInstance:
    """An instance that can write to every one of PEOPLE."""
    instance = stage.instance()
    for person in PEOPLE:
        try:
            stage.control_api("GET", f"/_mock/instances/{instance.key}/contacts/{person}")
        except Impossible:
            # In some worlds few numbers have an account; whoever has an instance has one.
            body = {"number": person, "name": f"Pessoa {person[-2:]}", "connected": False}
            key = stage.control_api("POST", "/_mock/instances", body)["key"]
            if isinstance(stage, MockStage):
                stage.adopt([key])
    return instance


@LAWS.law("send_list", effects=("sends", "changes"), phase=PHASE, phone=True, events=(ECHO,))
def a_list_of_any_length_comes_back_whole(session: Session, stage: Stage) -> None:
    instance, hook = listening(session, stage)
    for sections in LISTS:
        answer = message(session, instance, "send_list", to=WORLD[0], sections=sections, **_CHOICE)
        hold_sent(session, stage, answer, WORLD[0], listMessage={"sections": sections})
        for one in hook.receive():
            if message_id(one) == sent_id(answer) and not is_ack(one):
                shown_sections = value_at(one.json, "message", "listMessage", "sections")
                same = is_same(session, shown_sections, sections)
                promise = promise_of_echo(hook.contract, "listMessage")
                hook.claim(ECHO, same, "the echo has every row", one, promise=promise)


@LAWS.law("send_buttons", effects=("sends",), phone=True)
def buttons_beyond_the_third_come_back(session: Session, stage: Stage) -> None:
    instance, titles = stage.instance(), [f"Opcao {turn}" for turn in range(MANY)]
    buttons = [{"type": "reply", "title": title, "id": title} for title in titles]
    answer = message(session, instance, "send_buttons", to=someone(session), text="Escolha",
                     buttons=buttons)  # fmt: skip
    if claim_success(session, answer, "many buttons", promise=inferred(session, "send_buttons")):
        shown_titles = list(_shown_titles(value_at(answer.json, "messageData", "message")))
        every = [title for title in shown_titles if title in titles] == titles
        claim(session, answer, every, "every button comes back",
              promise=inferred(session, "send_buttons"))  # fmt: skip


def _shown_titles(node: Any) -> Any:
    """What stands on each button, in the JSON texts of buttons too."""
    if isinstance(node, str):
        inner = parse_json(node) if node.startswith("{") else None
        yield from _shown_titles(inner) if inner else ()
    elif isinstance(node, dict):
        if isinstance(node.get("display_text"), str):
            yield node["display_text"]
        for inner in node.values():
            yield from _shown_titles(inner)
    elif isinstance(node, list):
        for inner in node:
            yield from _shown_titles(inner)


@LAWS.law("send_text_mentioned", effects=("sends",), phone=True)
def everybody_in_a_long_list_of_mentions_is_named(session: Session, stage: Stage) -> None:
    instance, to = stage.instance(), someone(session)
    words = " ".join(f"@{person}" for person in PEOPLE)
    for jids in ([as_given(one) for one in PEOPLE[:2]], [as_given(one) for one in PEOPLE]):
        answer = message(session, instance, "send_text_mentioned", to=to, text=words, mentions=jids)
        content = hold_sent(session, stage, answer, to, extendedTextMessage={"text": words})
        context = value_at(content, "extendedTextMessage", "contextInfo")
        claim(session, answer, value_at(context, "mentionedJid") == jids, "all are named, in order")


@LAWS.law("create_group", "group_details", effects=("changes", "reads"), phone=True)
def a_group_of_many_has_all_of_them(session: Session, stage: Stage) -> None:
    instance = _instance_among_many(stage)
    creation, group = make_group(session, stage, instance, *PEOPLE)
    if not claim_success(session, creation, "a group of many"):
        return
    details = session.call("group_details", instance, query={"jid": str(group.get("id"))})
    for answer in (creation, details):
        _hold_all_in(session, answer)


def _hold_all_in(session: Session, answer: Exchange) -> None:
    everybody = {as_given(person) for person in PEOPLE}
    inside = everybody <= set(members(group_of(answer)))
    claim(session, answer, inside, "all who were named are in it")


@LAWS.law("text_to_many", effects=("sends",), phone=True)
def a_text_to_a_dozen_reaches_each(session: Session, stage: Stage) -> None:
    instance = _instance_among_many(stage)
    answer = message(session, instance, "text_to_many", to=[*PEOPLE, NO_WHATSAPP], text="Bom dia")
    if claim_success(session, answer, "a text to a dozen"):
        failed = jids_to_fail(session, answer)
        people = {as_given(person) for person in (*PEOPLE, NO_WHATSAPP)} - set(failed)
        sent_by_jid = value_at(report_of(answer), "data")
        is_whole = isinstance(sent_by_jid, dict) and sorted(sent_by_jid) == sorted(people)
        claim(session, answer, is_whole, "each of a dozen got it")
        count = value_at(report_of(answer), "sent")
        claim(session, answer, count == len(people), "all of them are counted")
