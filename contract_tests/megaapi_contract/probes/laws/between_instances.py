"""Two instances of one host write to each other: each gets what was sent, under its own name."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import partial, update_wrapper
from typing import Any

from megaapi_mock.domain.jid import as_given

from ...host.stage import WORLD, Stage
from ...judging.results import Exchange, Webhook
from ...judging.values import jid_of
from ..probe import Laws
from ..session import Session
from .assertions import claim_success, value_at
from .calls import make_group, message, text, texts
from .content_fidelity import TEXTS
from .echo_content import WRITTEN, promise_of_content
from .every_text import FULL, Fields, odd
from .requests import MESSAGE_ID
from .webhook_listener import WebhookListener
from .webhooks import PHASE, is_ack, listening

LAWS = Laws()

TEXT_EVENT = "text-extended"
GROUP_EVENT = "group-text"
_ODD = TEXTS[1]
_QUOTED = {"remoteJid": as_given(WORLD[0]), "fromMe": True, "id": MESSAGE_ID}
# What comes as an event that the contract has. Nobody has seen how lists and buttons arrive.
ARRIVING: Mapping[str, Fields] = {
    **{
        operation: odd(FULL[operation])[0]
        for operation in ("send_text", "send_link_preview", "send_media_url",
                          "send_media_base64", "send_location")
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


@LAWS.law("send_text", effects=("sends", "changes"), phase=PHASE, phone=True,
          events=(TEXT_EVENT,))  # fmt: skip
def a_text_arrives_letter_for_letter(session: Session, stage: Stage) -> None:
    writer, (reader, hook) = stage.instance(), listening(session, stage)
    for words in TEXTS:
        text(session, writer, reader.number, words)
    received = _of_others(hook.receive())
    hook.claim(TEXT_EVENT, len(received) == len(TEXTS), "each text arrives once")
    for words in TEXTS:
        hook.claim(TEXT_EVENT, words in _words_of(received), "every letter arrives")


@LAWS.law("create_group", "send_text", effects=("sends", "changes"), phase=PHASE, phone=True,
          events=(GROUP_EVENT,))  # fmt: skip
def a_text_to_a_group_arrives_letter_for_letter(session: Session, stage: Stage) -> None:
    """Every member with an instance is told, under its own key."""
    writer, readers = stage.instance(), [listening(session, stage) for _ in range(2)]
    people = [instance.number for instance, _ in readers]
    creation, group = make_group(session, stage, writer, *people)
    if not claim_success(session, creation, "a group of instances"):
        return
    for words in TEXTS:
        text(session, writer, str(group.get("id")), words)
    for instance, hook in readers:
        received = [
            one for one in _of_others(hook.receive())
            if value_at(one.json, "key", "remoteJid") == group.get("id")
        ]  # fmt: skip
        hook.claim(GROUP_EVENT, len(received) == len(TEXTS), "each member gets each text once")
        for words in TEXTS:
            arrived = words in _words_of(received)
            hook.claim(GROUP_EVENT, arrived, "every letter arrives in groups")
        for one in received:
            key = value_at(one.json, "instance_key")
            hook.claim(GROUP_EVENT, key == instance.key, "instance_key is that of who reads", one)


def what_arrives_is_what_was_sent(operation: str, session: Session, stage: Stage) -> None:
    writer, (reader, hook) = stage.instance(), listening(session, stage)
    answer = message(session, writer, operation, to=reader.number, **ARRIVING[operation])
    if not claim_success(session, answer, "a send", promise=session.contract.promise(operation)):
        return
    received = _of_others(hook.receive())
    for sent_part, arrived_part, kind in _parts(answer, received):
        _hold_part(hook, kind, sent_part, arrived_part, received[0])


def _parts(answer: Exchange, received: list[Webhook]) -> Iterator[tuple[Any, Any, str]]:
    """Each part of the content, as it was answered and as it arrived."""
    if not received:
        # Who is told of what, other laws say.
        return
    content = value_at(answer.json, "messageData", "message")
    for kind, part in content.items() if isinstance(content, dict) else ():
        arrived_part = value_at(received[0].json, "message", kind)
        # It may arrive as another kind.
        if isinstance(part, dict) and isinstance(arrived_part, dict):
            yield part, arrived_part, kind


def _hold_part(
    hook: WebhookListener, kind: str, sent_part: Any, arrived_part: Any, one: Webhook
) -> None:
    promise = promise_of_content(hook.contract, kind)
    event = hook.contract.recogniser.recognise(one.json).event
    if promise is None or event is None:
        return
    for name in WRITTEN:
        if isinstance(sent_part.get(name), str):
            same = arrived_part.get(name) == sent_part[name]
            sentence = f"{kind}: the {name} arrives as it was sent"
            hook.claim(event.name, same, sentence, one, promise=promise)


for _operation in ARRIVING:
    _run = partial(what_arrives_is_what_was_sent, _operation)
    update_wrapper(_run, what_arrives_is_what_was_sent)
    LAWS.law(_operation, effects=("sends", "changes"), phase=PHASE, about=_operation, phone=True,
             events=(TEXT_EVENT,))(_run)  # fmt: skip
