"""What other plans than Code have: contact cards, what the phone has stored, profile, pictures."""

from __future__ import annotations

from typing import Any

from megaapi_mock.domain.jid import as_given

from ...host.host_instance import HostInstance
from ...host.stage import WORLD, Stage
from ...judging.results import Exchange
from ...judging.values import jid_of
from ..probe import Laws
from ..session import Session
from .access import REFUSED
from .assertions import claim, claim_success, inferred, value_at
from .calls import make_group, message, sent_id, someone, text
from .listed_people import as_listed
from .sent_message import hold_sent

LAWS = Laws()

CARD = {"fullName": "Contato Teste", "displayName": "Contato", "organization": "Empresa Teste"}
WORDS = "Ainda tem?"


@LAWS.law("send_contact", effects=("sends",))
def a_contact_card_holds_name_and_number(session: Session, stage: Stage) -> None:
    instance, to = stage.instance(), someone(session)
    answer = message(session, instance, "send_contact", to=to, vcard={**CARD, "phoneNumber": to})
    if not hold_sent(session, stage, answer, to):
        return
    card = value_at(answer.json, "messageData", "message", "contactMessage", "vcard")
    lines = str(card).split("\n")
    claim(session, answer, f"FN:{CARD['fullName']}" in lines, "the full name stands in the card")
    is_there = any(line.startswith("TEL") and f"waid={to}:" in line for line in lines)
    claim(session, answer, is_there, "the number stands in the card, with its WhatsApp id")


@LAWS.law("send_contact", effects=("sends",), phone=True)
def a_number_stands_in_a_card_as_it_was_given(session: Session, stage: Stage) -> None:
    """The recorded card had digits alone; that nothing is taken out of others is a guess.

    No real host is given a number that its owner did not list in just this way.
    """
    instance, to = stage.instance(), someone(session)
    for number in (f"+{to}", f"+{to[:2]} ({to[2:4]}) {to[4:9]}-{to[9:]}", f"0{to}"):
        answer = message(
            session, instance, "send_contact", to=to, vcard={**CARD, "phoneNumber": number}
        )
        card = value_at(answer.json, "messageData", "message", "contactMessage", "vcard")
        lines = [line for line in str(card).split("\n") if line.startswith("TEL")]
        is_given = len(lines) == 1 and lines[0].endswith(f"waid={number}:{number}")
        claim(session, answer, is_given, "the number as it was given, in both places",
              promise=inferred(session, "send_contact"))  # fmt: skip


def _receive(stage: Stage, instance: HostInstance, person: str, words: str = WORDS) -> str:
    """The id of a message that this person has just written."""
    body = {"event": "text-plain", "from": person, "text": words}
    path = f"/_mock/instances/{instance.key}/inbound"
    return str(stage.control_api("POST", path, body)["id"])


def _unread(session: Session, instance: HostInstance, person: str) -> tuple[Exchange, Any]:
    """How many messages of this person the list of chats calls unread; None without the chat."""
    answer = session.call("list_chats", instance)
    chats = value_at(answer.json, "chats")
    for chat in chats if isinstance(chats, list) else ():
        if str(value_at(chat, "id")).startswith(f"{person}@"):
            return answer, value_at(chat, "unreadCount")
    return answer, None


@LAWS.law("read_message", "list_chats", effects=("changes", "reads"), phone=True)
def a_message_is_unread_until_it_is_read(session: Session, stage: Stage) -> None:
    instance, person = stage.instance(), WORLD[0]
    first, _ = _receive(stage, instance, person), _receive(stage, instance, person)
    answer, unread = _unread(session, instance, person)
    if not claim(session, answer, unread == 2, "both messages are unread"):
        return
    key = {"remoteJid": f"{person}@s.whatsapp.net", "fromMe": False, "id": first}
    answer = session.call("read_message", instance, body={"messageData": {"key": key}})
    claim_success(session, answer, "a message was read")
    answer, unread = _unread(session, instance, person)
    claim(session, answer, unread == 1, "one message less is unread")


@LAWS.law("list_chats", "send_text", effects=("reads", "sends"), phone=True)
def the_last_chat_comes_first(session: Session, stage: Stage) -> None:
    instance = stage.instance()
    for person in (WORLD[0], WORLD[1], WORLD[0]):
        text(session, instance, person)
        stage.pass_time(1)
    answer = session.call("list_chats", instance)
    chats = value_at(answer.json, "chats")
    ids = [jid_of(value_at(chat, "id")).user for chat in chats or ()]
    claim(session, answer, sorted(ids) == sorted(WORLD[:2]), "each chat stands there once")
    claim(session, answer, ids == [*WORLD[:2]], "the chat of the last message comes first")


@LAWS.law("list_messages", "send_text", effects=("reads", "sends"), phone=True)
def a_chat_holds_what_both_sides_wrote(session: Session, stage: Stage) -> None:
    instance, person = stage.instance(), WORLD[0]
    received = _receive(stage, instance, person)
    own = sent_id(text(session, instance, person))
    text(session, instance, WORLD[1])
    answer = session.call("list_messages", instance, query={"chat_id": person})
    stored = answer.json if isinstance(answer.json, list) else []
    keys = [(value_at(one, "key", "id"), value_at(one, "key", "fromMe")) for one in stored]
    claim(session, answer, keys == [(received, False), (own, True)], "both, in their order")
    words = [value_at(one, "message", "conversation") for one in stored[:1]]
    claim(session, answer, words == [WORDS], "the words that were written")


@LAWS.law("list_messages", "send_text", "delete_message", effects=("reads", "sends"))
def a_deleted_message_is_in_its_chat_no_longer(session: Session, stage: Stage) -> None:
    instance, person = stage.instance(), someone(session)
    own = sent_id(text(session, instance, person))
    key = {"remoteJid": f"{person}@s.whatsapp.net", "fromMe": True, "id": own}
    session.run_record.forget_send(own)
    message(session, instance, "delete_message", to=person, key=key)
    answer = session.call("list_messages", instance, query={"chat_id": person})
    stored = answer.json if isinstance(answer.json, list) else []
    ids = [value_at(one, "key", "id") for one in stored]
    claim(session, answer, own not in ids, "it is gone",
          promise=inferred(session, "list_messages"))  # fmt: skip


@LAWS.law("list_messages", "send_text", "delete_message_from_me",
          effects=("reads", "sends", "changes"))  # fmt: skip
def what_is_deleted_for_oneself_is_in_its_chat_no_longer(session: Session, stage: Stage) -> None:
    """Whichever of the two forms is used; the messages beside it stay."""
    instance, person = stage.instance(), someone(session)
    answers = [text(session, instance, person, words) for words in ("Um", "Dois", "Três")]
    first, second, last = map(sent_id, answers)
    stamp = value_at(answers[1].json, "messageData", "messageTimestamp")
    key = {"remoteJid": f"{person}@s.whatsapp.net", "fromMe": True, "id": second}
    for body, left in (
        ({"to": person, "messageData": {"id": first, "timestamp": stamp}}, [second, last]),
        ({"messageData": {"to": person, "key": key, "messageTimestamp": stamp}}, [last]),
    ):
        session.call("delete_message_from_me", instance, body=body)
        answer = session.call("list_messages", instance, query={"chat_id": person})
        stored = answer.json if isinstance(answer.json, list) else []
        ids = [value_at(one, "key", "id") for one in stored]
        own = [one for one in ids if one in (first, second, last)]
        claim(session, answer, own == left, "it is gone, and nothing else",
              promise=inferred(session, "list_messages"))  # fmt: skip


@LAWS.law("list_contacts", "send_text", effects=("reads", "sends"))
def whoever_was_written_to_is_a_contact(session: Session, stage: Stage) -> None:
    instance, person = stage.instance(), someone(session)
    text(session, instance, person)
    answer = session.call("list_contacts", instance)
    people = value_at(answer.json, "chats")
    ids = [as_listed(session, value_at(one, "id")) for one in people or ()]
    claim(session, answer, ids.count(as_given(person)) == 1, "the person stands there once",
          promise=inferred(session, "list_contacts"))  # fmt: skip


@LAWS.law("set_profile_name", "instance_status", effects=("changes", "reads"), worth=REFUSED)
def a_new_profile_name_is_shown_in_the_status(session: Session, stage: Stage) -> None:
    instance = stage.instance()
    before = value_at(session.call("instance_status", instance).json, "instance", "user", "name")
    # Nearly the same where people may see it.
    new = "Loja Nova" if stage.phone else f"{before}."
    answer = session.call("set_profile_name", instance, body={"messageData": {"name": new}})
    claim_success(session, answer, "a new name")
    answer = session.call("instance_status", instance)
    name = value_at(answer.json, "instance", "user", "name")
    claim(session, answer, name == new, "the status has the new name")


@LAWS.law("profile_picture", phone=True)
def people_have_pictures_of_their_own(session: Session, stage: Stage) -> None:
    instance = stage.instance()
    first, other, again = (
        _picture(session, instance, person) for person in (WORLD[0], WORLD[1], WORLD[0])
    )
    claim(session, other[0], first[1] != other[1], "another person has another picture")
    claim(session, again[0], first[1] == again[1], "a picture keeps its address")


@LAWS.law("profile_picture", effects=("reads",))
def the_whole_picture_is_not_the_small_one(session: Session, stage: Stage) -> None:
    instance = stage.instance()
    own = f"{instance.number}@s.whatsapp.net"
    small, whole = (_picture(session, instance, own, size) for size in ("icon", "image"))
    if not small[1] or not whole[1]:
        # An owner may have no picture.
        return
    claim(session, whole[0], whole[1] != small[1], "`type` decides which picture it is",
          promise=session.contract.promise("profile_picture"))  # fmt: skip


@LAWS.law("profile_picture", phone=True)
def without_a_size_of_its_own_it_is_the_small_picture(session: Session, stage: Stage) -> None:
    """Nobody has shown what comes without a size, or with one that there is not: a guess.

    Only a mock's addresses can be compared: WhatsApp may sign each one for itself.
    """
    instance = stage.instance()
    own = f"{instance.number}@s.whatsapp.net"
    small = _picture(session, instance, own, "icon")[1]
    for size, when in (({}, "no size"), ({"type": "grande"}, "another word")):
        answer = session.call("profile_picture", instance, query={"to": own, **size})
        claim(session, answer, value_at(answer.json, "data") == small, f"{when}: the small one",
              promise=inferred(session, "profile_picture"))  # fmt: skip


@LAWS.law(
    "set_profile_picture_url", "profile_picture", "create_group",
    effects=("changes", "reads"), phone=True,
)  # fmt: skip
def a_new_picture_has_another_address(session: Session, stage: Stage) -> None:
    instance = stage.instance()
    _, group = make_group(session, stage, instance, WORLD[0])
    own, of_group = f"{instance.number}@s.whatsapp.net", str(group.get("id"))
    for whose, other in ((own, of_group), (of_group, own)):
        before, others = (_picture(session, instance, one)[1] for one in (whose, other))
        url = "https://files.example.test/logo.jpg"
        answer = message(session, instance, "set_profile_picture_url", to=whose, url=url)
        claim_success(session, answer, "a new picture")
        after, others_after = (_picture(session, instance, one) for one in (whose, other))
        claim(session, after[0], after[1] != before, "a new picture has another address")
        claim(session, others_after[0], others_after[1] == others, "no other picture has changed")


def _picture(
    session: Session, instance: HostInstance, whose: str, size: str = "image"
) -> tuple[Exchange, Any]:
    answer = session.call("profile_picture", instance, query={"to": whose, "type": size})
    return answer, value_at(answer.json, "data")
