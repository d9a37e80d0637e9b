"""A person is the same by digits and by JID, wherever the contract takes both.

Which of the two clients send differs; that both mean one person nobody has shown for each
operation, and a host that takes one of them alone breaks a guess.
"""

from __future__ import annotations

from megaapi_mock.domain.jid import as_given

from ...host.stage import WORLD, Stage
from ...judging.results import Exchange
from ..probe import Laws
from ..session import Session
from .assertions import claim, claim_success, inferred, value_at
from .calls import can_write, message, sent_id, several, someone, text
from .each_of_many import report_of

LAWS = Laws()


def both_ways(person: str) -> tuple[str, str]:
    """The digits, and the JID."""
    return person, as_given(person)


@LAWS.law("send_text_mentioned", effects=("sends",))
def who_is_mentioned_by_digits_is_named_by_jid(session: Session, stage: Stage) -> None:
    instance, to, people = stage.instance(), someone(session), several(session, 2)
    words, jids = " ".join(f"@{person}" for person in people), [*map(as_given, people)]
    mentions = [people[0], *jids[1:]]
    answer = message(session, instance, "send_text_mentioned", to=to, text=words, mentions=mentions)
    promise = inferred(session, "send_text_mentioned")
    if claim_success(session, answer, "a mention by digits", promise=promise):
        named_jids = value_at(
            answer.json, "messageData", "message", "extendedTextMessage", "contextInfo",
            "mentionedJid",
        )  # fmt: skip
        claim(session, answer, named_jids == jids, "everybody is named by JID", promise=promise)


@LAWS.law("profile_picture", phone=True)
def a_picture_is_the_same_by_digits_and_by_jid(session: Session, stage: Stage) -> None:
    instance = stage.instance()
    answers = [
        session.call("profile_picture", instance, query={"to": name, "type": "image"})
        for name in both_ways(WORLD[0])
    ]
    addresses = [value_at(answer.json, "data") for answer in answers]
    is_one = bool(addresses[0]) and addresses[0] == addresses[1]
    claim(session, answers[1], is_one, "one person has one picture",
          promise=inferred(session, "profile_picture"))  # fmt: skip


@LAWS.law("list_messages", "send_text", effects=("reads", "sends"))
def a_chat_is_the_same_by_digits_and_by_jid(session: Session, stage: Stage) -> None:
    instance, person = stage.instance(), someone(session)
    own = sent_id(text(session, instance, person))
    for name in both_ways(person):
        answer = session.call("list_messages", instance, query={"chat_id": name})
        stored = answer.json if isinstance(answer.json, list) else []
        ids = [value_at(one, "key", "id") for one in stored]
        claim(session, answer, ids.count(own) == 1, "the message stands there once",
              promise=inferred(session, "list_messages"))  # fmt: skip


@LAWS.law("pin_chat", "list_chats", "send_text", effects=("changes", "reads", "sends"), phone=True)
def a_pin_by_jid_is_let_go_by_digits(session: Session, stage: Stage) -> None:
    instance, person = stage.instance(), WORLD[0]
    text(session, instance, person)
    digits, jid = both_ways(person)
    for names in ((jid, digits), (digits, jid)):
        for name, option in zip(names, (True, False), strict=True):
            answer = session.call("pin_chat", instance, body={"to": name, "option": option})
            claim_success(session, answer, "a pin", promise=inferred(session, "pin_chat"))
            answer = session.call("list_chats", instance)
            claim(session, answer, _is_pinned(answer) is option, "the list of chats says so",
                  promise=inferred(session, "pin_chat"))  # fmt: skip


def _is_pinned(answer: Exchange) -> bool:
    """Whether a chat is pinned: the instance has one alone, under whatever address it shows."""
    chats = value_at(answer.json, "chats")
    return any(
        isinstance(chat, dict) and chat.get("pinned") is not None
        for chat in (chats if isinstance(chats, list) else ())
    )


@LAWS.law("block_chat", effects=("changes",), phone=True)
def who_is_blocked_by_jid_is_heard_again_by_digits(session: Session, stage: Stage) -> None:
    instance, person = stage.instance(), WORLD[0]
    digits, jid = both_ways(person)
    for names in ((jid, digits), (digits, jid)):
        for name, option in zip(names, (True, False), strict=True):
            answer = session.call("block_chat", instance, body={"to": name, "option": option})
            is_heard = can_write(stage, instance, person)
            claim(session, answer, is_heard is not option, "only who is not blocked is heard",
                  promise=inferred(session, "block_chat"))  # fmt: skip


@LAWS.law("text_to_many", effects=("sends",), phone=True)
def a_text_to_many_takes_digits_and_jids(session: Session, stage: Stage) -> None:
    instance = stage.instance()
    answer = message(
        session, instance, "text_to_many", to=[WORLD[0], as_given(WORLD[1])], text="Bom dia"
    )
    promise = inferred(session, "text_to_many")
    if claim_success(session, answer, "a send to many", promise=promise):
        sent_by_jid = value_at(report_of(answer), "data")
        jids = {*map(as_given, WORLD[:2])}
        is_each = isinstance(sent_by_jid, dict) and sent_by_jid.keys() == jids
        claim(session, answer, is_each, "each is told of by JID", promise=promise)
