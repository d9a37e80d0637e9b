"""Two instances of one host write to each other: each gets what was sent, under its own name."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from functools import partial, update_wrapper
from typing import Any

from megaapi_mock.domain.jid import as_given

from ...host.stage import WORLD, Stage
from ...judging.phone_spellings import is_same_phone
from ...judging.results import Exchange, Promise, Webhook
from ...judging.values import jid_of
from ..probe import Laws
from ..session import Session
from .assertions import claim, claim_success, inferred, is_same, value_at
from .calls import make_group, message, sent_id, text, texts
from .combined.passed_on import WRAPPERS
from .content_fidelity import TEXTS
from .echo_content import WRITTEN, promise_of_content, rows_of
from .every_text import FULL, Fields, with_odd_texts
from .requests import MESSAGE_ID
from .watched_instance import WatchedInstance, watch_instance
from .webhook_listener import WebhookListener
from .webhooks import PHASE, is_ack, listening, message_id

LAWS = Laws()

TEXT_EVENT = "text-extended"
GROUP_EVENT = "group-text"
# The name under which the contract has what business accounts send.
LIST_EVENT = "interactive-order"
_ODD = TEXTS[1]
_QUOTED = {"remoteJid": as_given(WORLD[0]), "fromMe": True, "id": MESSAGE_ID}
# What comes as an event that the contract has. Nobody has seen how lists and buttons arrive.
ARRIVING: Mapping[str, Fields] = {
    **{
        operation: with_odd_texts(FULL[operation])[0]
        for operation in ("send_text", "send_link_preview", "send_media_url",
                          "send_media_base64")
    },
    # To a metre: WhatsApp carries every digit. With more of them it could be somebody's number.
    "send_location": {
        **with_odd_texts(FULL["send_location"])[0],
        "latitude": -23.55057, "longitude": -46.63337,
    },
    "send_text_mentioned": {"text": f"@{WORLD[0]} {_ODD}", "mentions": [WORLD[0]]},
    "send_contact": {
        "vcard": {"fullName": _ODD, "organization": "A\u00e7\u00e3o", "phoneNumber": WORLD[0]},
    },
    "quote_message": {"text": TEXTS[3], "key": _QUOTED, "message": {"conversation": _ODD}},
}  # fmt: skip


def _of_others(webhooks: list[Webhook]) -> list[Webhook]:
    return [
        one for one in webhooks
        if not is_ack(one) and value_at(one.json, "key", "fromMe") is False
    ]  # fmt: skip


def _words_of(webhooks: list[Webhook]) -> set[str]:
    """Every text in their contents; in which order they come, other laws say."""
    return {words for one in webhooks for words in texts(value_at(one.json, "message"))}


@LAWS.law("send_text", effects=("sends", "changes"), phase=PHASE, phone=True,
          events=(TEXT_EVENT,))  # fmt: skip
def each_of_two_is_told_under_its_own_name(session: Session, stage: Stage) -> None:
    """Who wrote stands in the key; whose webhook it is, beside it."""
    pairs = [listening(session, stage) for _ in range(2)]
    for turn in (0, 1, 0, 1):
        (writer, _), (reader, _) = pairs[turn], pairs[1 - turn]
        claim_success(
            session, text(session, writer, reader.number, "De uma para a outra"), "a text"
        )
    for turn, (instance, hook) in enumerate(pairs):
        writer = pairs[1 - turn][0]
        received = _of_others(hook.receive())
        hook.claim(TEXT_EVENT, len(received) == 2, "each message of the other comes once")
        for one in received:
            key = value_at(one.json, "instance_key")
            hook.claim(TEXT_EVENT, key == instance.key, "instance_key is that of who reads", one)
            owner = jid_of(value_at(one.json, "jid")).user.partition(":")[0]
            hook.claim(TEXT_EVENT, owner == instance.number, "jid is that of who reads", one)
            hook.check_author(one, TEXT_EVENT, writer.number)


def _texts_of_run(stage: Stage) -> tuple[str, ...]:
    """A person's phone gets few: all of them in one, and two more that differ from it."""
    return TEXTS if stage.phone else ("".join(TEXTS), "Primeiro", "Segundo")


@LAWS.law("send_text", effects=("sends", "changes"), phase=PHASE, reader=True, worth=9,
          events=(TEXT_EVENT,))  # fmt: skip
def a_text_arrives_letter_for_letter(session: Session, stage: Stage) -> None:
    writer, reader = stage.instance(), watch_instance(session, stage)
    hook, sent_texts = reader.hook, _texts_of_run(stage)
    answers = [text(session, writer, reader.number, words) for words in sent_texts]
    received = reader.receive(*answers)
    # Over a network one may overtake the other.
    once = sorted(map(message_id, received)) == sorted(map(sent_id, answers))
    hook.claim(TEXT_EVENT, once, "each text arrives once")
    for words in sent_texts:
        hook.claim(TEXT_EVENT, words in _words_of(received), "every letter arrives")
    for one in received:
        _hold_addresses(reader, one, TEXT_EVENT, writer.number)
        chats = (value_at(one.json, "key", name) for name in ("remoteJid", "senderPn"))
        chat = next((jid for jid in chats if not jid_of(jid).lid), None)
        # Who is met under a hidden number has none in some years.
        is_theirs = chat in (None, as_given(writer.number))
        hook.claim(TEXT_EVENT, is_theirs, "remoteJid is the chat with who wrote", one)


def _hold_addresses(reader: WatchedInstance, one: Webhook, event: str, writer: str) -> None:
    """Hold that a webhook of what was sent is the reader's own, and names who wrote."""
    hook = reader.hook
    own = value_at(one.json, "instance_key") == reader.instance.key
    hook.claim(event, own, "instance_key is that of who reads", one)
    owner = jid_of(value_at(one.json, "jid")).user.partition(":")[0]
    hook.claim(event, owner == reader.number, "jid is that of who reads", one)
    theirs = value_at(one.json, "key", "fromMe") is False
    hook.claim(event, theirs, "fromMe says that another wrote it", one)
    hook.check_author(one, event, writer)


@LAWS.law("create_group", "send_text", effects=("sends", "changes"), phase=PHASE, reader=True,
          worth=4, events=(GROUP_EVENT,))  # fmt: skip
def a_text_to_a_group_arrives_letter_for_letter(session: Session, stage: Stage) -> None:
    """Every member with an instance is told, under its own key."""
    writer, count = stage.instance(), 2 if stage.phone else 1
    readers = [watch_instance(session, stage) for _ in range(count)]
    creation, group = make_group(session, stage, writer, *(one.number for one in readers))
    if not claim_success(session, creation, "a group of instances"):
        return
    jid, sent_texts = str(group.get("id")), _texts_of_run(stage)
    answers = [text(session, writer, jid, words) for words in sent_texts]
    for reader in readers:
        hook, received = reader.hook, reader.receive(*answers)
        hook.claim(GROUP_EVENT, len(received) == len(answers), "each member gets each text once")
        for words in sent_texts:
            arrived = words in _words_of(received)
            hook.claim(GROUP_EVENT, arrived, "every letter arrives in groups")
        for one in received:
            _hold_addresses(reader, one, GROUP_EVENT, writer.number)
            in_group = value_at(one.json, "key", "remoteJid") == jid
            hook.claim(GROUP_EVENT, in_group, "remoteJid is the group's", one)


def what_arrives_is_what_was_sent(operation: str, session: Session, stage: Stage) -> None:
    writer, reader = stage.instance(), watch_instance(session, stage)
    fields = json.loads(json.dumps(ARRIVING[operation]).replace(WORLD[0], reader.number))
    answer = message(session, writer, operation, to=reader.number, **fields)
    if not claim_success(session, answer, "a send", promise=session.contract.promise(operation)):
        return
    received = reader.receive(answer)
    for sent_part, arrived_part, kind in _parts(answer, received):
        _hold_part(reader.hook, kind, sent_part, arrived_part, received[0])


def _parts(answer: Exchange, received: list[Webhook]) -> Iterator[tuple[Any, Any, str]]:
    """Each part of the content, as it was answered and as it arrived, wrapped or not."""
    if not received:
        # Who is told of what, other laws say.
        return
    content = _inner(value_at(answer.json, "messageData", "message"))
    arrived = _inner(value_at(received[0].json, "message"))
    for kind, part in content.items() if isinstance(content, dict) else ():
        arrived_part = value_at(arrived, kind)
        # It may arrive as another kind.
        if isinstance(part, dict) and isinstance(arrived_part, dict):
            yield part, arrived_part, kind


def _inner(content: Any) -> Any:
    """A content out of its wrappers."""
    wrapped = (value_at(content, name, "message") for name in WRAPPERS)
    inner = next((one for one in wrapped if one is not None), None)
    return content if inner is None else _inner(inner)


def _hold_part(
    hook: WebhookListener, kind: str, sent_part: Any, arrived_part: Any, one: Webhook
) -> None:
    promise = promise_of_content(hook.contract, kind)
    event = hook.contract.recogniser.recognise(one.json).event
    if promise is None or event is None:
        return
    for name in WRITTEN:
        # What is false may be left out.
        if sent_part.get(name) not in (None, False):
            same = is_same(hook.session, arrived_part.get(name), sent_part[name])
            sentence = f"{kind}: the {name} arrives as it was sent"
            hook.claim(event.name, same, sentence, one, promise=promise)
    _hold_mentions(hook, sent_part, arrived_part, one, promise)


def _hold_mentions(
    hook: WebhookListener, sent_part: Any, arrived_part: Any, one: Webhook, promise: Promise
) -> None:
    """Hold that whoever is mentioned is named where it arrives; numbers may be hidden there."""
    path = ("contextInfo", "mentionedJid")
    sent_jids, arrived_jids = value_at(sent_part, *path), value_at(arrived_part, *path)
    if not isinstance(sent_jids, list):
        return
    known = arrived_jids if isinstance(arrived_jids, list) else []
    shown_jids = {jid for jid in known if isinstance(jid, str) and not jid_of(jid).lid}
    right = len(known) == len(sent_jids) and shown_jids <= {*sent_jids}
    hook.claim(
        TEXT_EVENT, right, "who is mentioned is named where it arrives", one, promise=promise
    )


for _operation in ARRIVING:
    _run = partial(what_arrives_is_what_was_sent, _operation)
    update_wrapper(_run, what_arrives_is_what_was_sent)
    LAWS.law(_operation, effects=("sends", "changes"), phase=PHASE, about=_operation, reader=True,
             worth=2, events=(TEXT_EVENT,))(_run)  # fmt: skip


@LAWS.law("send_list", effects=("sends", "changes"), phase=PHASE, reader=True, worth=2,
          events=(LIST_EVENT,))  # fmt: skip
def what_can_be_chosen_arrives_with_its_ids(session: Session, stage: Stage) -> None:
    """A choice brings its id back; nobody has seen how a list comes, or that it does."""
    writer, reader = stage.instance(), watch_instance(session, stage)
    fields = with_odd_texts(FULL["send_list"])[0]
    answer = message(session, writer, "send_list", to=reader.number, **fields)
    if not claim_success(session, answer, "a list"):
        return
    promise = inferred(session, "send_list")
    for sent_part, arrived_part, _ in _parts(answer, reader.receive(answer)):
        same = rows_of(arrived_part) == rows_of(sent_part)
        reader.hook.claim(LIST_EVENT, same, "its rows arrive as they were sent", promise=promise)


@LAWS.law("instance_status", effects=("reads", "changes"), phase=PHASE, reader=True)
def each_of_two_has_a_status_of_its_own(session: Session, stage: Stage) -> None:
    """Asked in turns: what a host remembers of one is nothing that it knows of the other."""
    instance, reader = stage.instance(), watch_instance(session, stage)
    turns = ((session, instance), (reader.session, reader.instance))
    for caller, asked in (*turns, *turns):
        answer = caller.call("instance_status", asked)
        state = value_at(answer.json, "instance")
        right = value_at(state, "key") in (None, asked.key)
        claim(session, answer, right, "the status is of the instance that is asked for")
        own = value_at(state, "user", "id")
        # A dedicated host's list names nobody.
        right = own is None or is_same_phone(jid_of(own).user.partition(":")[0], asked.number)
        claim(session, answer, right, "the number is that of the instance that is asked for")


@LAWS.law("delete_message", "send_text", effects=("sends", "changes"), phase=PHASE, reader=True,
          worth=2, events=("deleted",))  # fmt: skip
def whoever_wrote_it_is_not_told_of_a_vain_deletion(session: Session, stage: Stage) -> None:
    """WhatsApp lets nobody take back in private what another has written."""
    instance, reader = stage.instance(), watch_instance(session, stage)
    theirs = text(reader.session, reader.instance, instance.number, "Este fica")
    key = {"remoteJid": as_given(reader.number), "fromMe": False, "id": sent_id(theirs)}
    session.gate.learn([sent_id(theirs)])
    message(session, instance, "delete_message", to=reader.number, key=key)
    last = text(session, instance, reader.number, "E este vem depois")
    came = reader.hook.receive(lambda all_: sent_id(last) in map(message_id, all_))
    path = ("message", "protocolMessage", "key", "id")
    revoked = [one for one in came if value_at(one.json, *path) == sent_id(theirs)]
    promise = inferred(session, "delete_message")
    reader.hook.claim("deleted", not revoked, "a vain deletion is told to nobody", promise=promise)
