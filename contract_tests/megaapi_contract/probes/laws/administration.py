"""What other plans than Code have for groups, marks of chats, and messages to many."""

from __future__ import annotations

from typing import Any

from megaapi_mock.domain.jid import as_given

from ...host.host_instance import HostInstance
from ...host.stage import NO_WHATSAPP, WORLD, Stage
from ...judging.results import Exchange
from ..probe import Laws
from ..session import Session
from .assertions import claim, claim_success, inferred, value_at
from .calls import can_write, group_of, make_group, message, several, someone, text
from .each_of_many import jids_to_fail, report_of
from .listed_people import as_listed, listed_members, require_addable
from .sent_message import hold_sent

LAWS = Laws()

RANKS = {"promote_participants": "admin", "demote_participants": None}
SETTINGS = {"set_who_can_send": "announce", "set_who_can_change_settings": "restrict"}


def _group(session: Session, stage: Stage, instance: HostInstance, *people: str) -> str:
    _, group = make_group(session, stage, instance, *people)
    return str(group.get("id"))


def _look(session: Session, instance: HostInstance, jid: str) -> tuple[Exchange, dict[str, Any]]:
    answer = session.call("group_details", instance, query={"jid": jid})
    return answer, group_of(answer)


@LAWS.law(
    "promote_participants",
    "demote_participants",
    "create_group",
    "group_details",
    effects=("changes", "reads"),
)
def a_member_is_an_admin_from_promotion_to_demotion(session: Session, stage: Stage) -> None:
    instance, people = stage.instance(), WORLD[:2] if stage.phone else (someone(session),)
    first, (_, created_group) = people[0], make_group(session, stage, instance, *people)
    require_addable(session, instance, created_group, first)
    jid = str(created_group.get("id"))
    for operation, rank in RANKS.items():
        data = {"jid": jid, "participants": [first]}
        answer = session.call(operation, instance, body={"group_data": data})
        claim_success(session, answer, "another rank")
        details, group = _look(session, instance, jid)
        ranks = listed_members(session, group)
        claim(
            session, details, ranks.get(as_given(first), "?") == rank, "the member has the new rank"
        )
        others = [ranks.get(as_given(other), "?") for other in people[1:]]
        claim(session, details, others == [None] * len(others), "nobody else has")


def _only_admins(operation: str, setting: str, session: Session, stage: Stage) -> None:
    instance = stage.instance()
    jid = _group(session, stage, instance, someone(session))
    others = {*SETTINGS.values()} - {setting}
    for word, expected in (("true", True), ("false", False)):
        query = {"jid": jid, "allowOnlyAdmins": word}
        claim_success(session, session.call(operation, instance, query=query), "a new setting")
        details, group = _look(session, instance, jid)
        claim(session, details, group.get(setting) is expected, f"the group says so: {setting}")
        claim(session, details, not any(map(group.get, others)), "the other setting is as it was")


@LAWS.law("set_who_can_send", "create_group", "group_details", effects=("changes", "reads"))
def who_may_write_is_seen_in_the_group(session: Session, stage: Stage) -> None:
    _only_admins("set_who_can_send", "announce", session, stage)


@LAWS.law(
    "set_who_can_change_settings",
    "create_group",
    "group_details",
    effects=("changes", "reads"),
)
def who_may_change_a_group_is_seen_in_it(session: Session, stage: Stage) -> None:
    _only_admins("set_who_can_change_settings", "restrict", session, stage)


@LAWS.law("group_invite_code", "create_group", effects=("changes", "reads"), phone=True)
def each_group_has_one_invite_code(session: Session, stage: Stage) -> None:
    instance = stage.instance()
    first, other = (_group(session, stage, instance, someone(session)) for _ in range(2))
    codes = []
    for jid in (first, other, first):
        answer = session.call("group_invite_code", instance, query={"group_id": jid})
        codes.append(value_at(answer.json, "inviteCode"))
        claim(session, answer, isinstance(codes[-1], str) and codes[-1], "a code")
    claim(session, answer, codes[0] == codes[2], "a group keeps its code")
    claim(session, answer, codes[0] != codes[1], "no two groups have one code")


@LAWS.law("group_invite_info", "group_invite_code", "create_group", effects=("changes", "reads"),
          phone=True)  # fmt: skip
def an_invite_link_leads_where_its_code_does(session: Session, stage: Stage) -> None:
    """People copy the link; the documents declare the code alone, so the link is a guess."""
    instance = stage.instance()
    jid = _group(session, stage, instance, someone(session))
    answer = session.call("group_invite_code", instance, query={"group_id": jid})
    code = value_at(answer.json, "inviteCode")
    link = f"https://chat.whatsapp.com/{code}"
    for name in (str(code), link, f"{link}/"):
        answer = session.call("group_invite_info", instance, query={"code": name})
        is_group = answer.ok and group_of(answer).get("id") == jid
        claim(session, answer, is_group, "the group that it leads to",
              promise=inferred(session, "group_invite_info"))  # fmt: skip


def _fetch_list(
    session: Session, operation: str, instance: HostInstance
) -> tuple[Exchange, list[Any]]:
    answer = session.call(operation, instance)
    groups = value_at(answer.json, "groups")
    return answer, groups if isinstance(groups, list) else []


@LAWS.law("admin_groups", "create_group", "leave_group", effects=("changes", "reads"), worth=-3)
def a_group_of_ones_own_is_administered_until_it_is_left(session: Session, stage: Stage) -> None:
    instance = stage.instance()
    jid = _group(session, stage, instance, someone(session))
    answer, groups = _fetch_list(session, "admin_groups", instance)
    ids = [value_at(group, "id") for group in groups]
    claim(session, answer, ids.count(jid) == 1, "the group stands there once")
    session.call("leave_group", instance, query={"jid": jid})
    answer, groups = _fetch_list(session, "admin_groups", instance)
    claim(session, answer, jid not in [value_at(group, "id") for group in groups], "it is gone")


@LAWS.law("admin_groups_with_participants", "create_group", effects=("changes", "reads"))
def administered_groups_are_shown_with_their_people(session: Session, stage: Stage) -> None:
    instance = stage.instance()
    _, created_group = make_group(session, stage, instance, someone(session))
    require_addable(session, instance, created_group, someone(session))
    jid = str(created_group.get("id"))
    answer, groups = _fetch_list(session, "admin_groups_with_participants", instance)
    own = [group for group in groups if value_at(group, "id") == jid]
    claim(session, answer, len(own) == 1, "the group stands there once")
    people = listed_members(session, own[0]) if own else {}
    everybody = {as_given(someone(session)), as_given(instance.number)}
    claim(session, answer, everybody <= people.keys(), "with its people")


@LAWS.law("pin_chat", "list_chats", "send_text", effects=("changes", "reads", "sends"), worth=2)
def a_chat_is_pinned_until_it_is_let_go(session: Session, stage: Stage) -> None:
    instance, person = stage.instance(), someone(session)
    text(session, instance, person)
    for option, expected in ((True, True), ("false", False)):
        answer = session.call("pin_chat", instance, body={"to": person, "option": option})
        claim_success(session, answer, "a pin")
        answer = session.call("list_chats", instance)
        pinned = _chat_of(session, person, answer).get("pinned")
        claim(session, answer, (pinned is not None) is expected, "the list of chats says so",
              promise=inferred(session, "pin_chat"))  # fmt: skip


def _chat_of(session: Session, person: str, answer: Exchange) -> dict[str, Any]:
    """A person's chat in a list of chats; empty where it does not stand there."""
    chats = value_at(answer.json, "chats")
    theirs = (
        chat for chat in (chats if isinstance(chats, list) else ())
        if isinstance(chat, dict) and as_listed(session, chat.get("id")) == as_given(person)
    )  # fmt: skip
    return next(theirs, {})


@LAWS.law("block_chat", effects=("changes",), phone=True)
def who_is_blocked_is_not_heard(session: Session, stage: Stage) -> None:
    instance, person = stage.instance(), WORLD[0]
    for option, expected in ((True, False), (False, True)):
        answer = session.call("block_chat", instance, body={"to": person, "option": option})
        claim_success(session, answer, "a block")
        is_heard = can_write(stage, instance, person)
        claim(session, answer, is_heard is expected, "only who is not blocked is heard",
              promise=inferred(session, "block_chat"))  # fmt: skip


@LAWS.law("send_text_mentioned", effects=("sends",))
def a_mention_names_the_person(session: Session, stage: Stage) -> None:
    instance, to, people = stage.instance(), someone(session), several(session, 2)
    words, jids = " ".join(f"@{person}" for person in people), [*map(as_given, people)]
    answer = message(session, instance, "send_text_mentioned", to=to, text=words, mentions=jids)
    content = hold_sent(session, stage, answer, to, extendedTextMessage={"text": words})
    if content:
        named_jids = value_at(
            answer.json, "messageData", "message", "extendedTextMessage", "contextInfo",
            "mentionedJid",
        )  # fmt: skip
        claim(session, answer, named_jids == jids, "who is mentioned is named")


def _each_gets_it(operation: str, session: Session, stage: Stage, **data: Any) -> None:
    instance, to = stage.instance(), [*WORLD[:2], NO_WHATSAPP]
    answer = message(session, instance, operation, to=to, **data)
    if not claim_success(session, answer, "a send to many"):
        return
    report, jids_failed = report_of(answer), jids_to_fail(session, answer)
    sent_by_jid = value_at(report, "data")
    jids = [jid for jid in map(as_given, to) if jid not in jids_failed]
    claim(
        session,
        answer,
        isinstance(sent_by_jid, dict) and sorted(sent_by_jid) == sorted(jids),
        "each got it",
    )
    ids = {str(value_at(sent_by_jid, jid, "key", "id")) for jid in jids}
    claim(session, answer, len(ids) == len(jids), "each message has its own id")
    counts = (value_at(report, "sent"), value_at(report, "failed"))
    claim(
        session,
        answer,
        counts == (len(jids), len(jids_failed)),
        "it counts who got it and who did not",
    )
    failed = value_at(report, "jidFailed")
    claim(session, answer, failed == jids_failed, "it names who did not")
    path = f"/_mock/messages?instance={instance.key}"
    stored = {one["id"] for one in stage.control_api("GET", path)["items"]}
    claim(session, answer, ids <= stored, "each message is in its chat")


@LAWS.law("text_to_many", effects=("sends",), phone=True)
def a_text_to_many_reaches_each(session: Session, stage: Stage) -> None:
    _each_gets_it("text_to_many", session, stage, text="Bom dia")


@LAWS.law("media_url_to_many", effects=("sends",), phone=True)
def a_file_to_many_reaches_each(session: Session, stage: Stage) -> None:
    url = "https://files.example.test/foto.jpg"
    _each_gets_it("media_url_to_many", session, stage, url=url, type="image")


@LAWS.law("list_to_many", effects=("sends",), phone=True)
def a_list_to_many_reaches_each(session: Session, stage: Stage) -> None:
    sections = [{"title": "Setores", "rows": [{"title": "Vendas", "rowId": "vendas"}]}]
    words = {"text": "Como ajudar?", "buttonText": "Abrir"}
    _each_gets_it("list_to_many", session, stage, sections=sections, **words)


@LAWS.law("template_to_many", effects=("sends",), phone=True)
def a_template_to_many_reaches_each(session: Session, stage: Stage) -> None:
    buttons = [{"type": "replyButton", "title": "Confirmar"}]
    _each_gets_it("template_to_many", session, stage, text="Seu pedido", buttons=buttons)
