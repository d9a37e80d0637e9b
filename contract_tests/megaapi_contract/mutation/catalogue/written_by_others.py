"""Faults of what others write: its order, its chat, and what it is about."""

from __future__ import annotations

import unicodedata
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from typing import Any

import orjson
from megaapi_mock.domain.json_path import value_on_path

from ...host.http import Answer
from ...judging.values import jid_of
from ..answer_faults import is_good, json_of, with_document
from ..mutant import Fault, InterceptedCall, Mutant
from ..payload_edits import edit_at, first_value_at, put
from ..webhook_faults import Changed, FirstValueKept, Payload, all_of, alter, is_inbound, kind
from .planted_rules import ACCOUNT, rule, spoil, spoil_answers
from .second_call import body_value

KIND = "written by others"
CONTEXT = "message.extendedTextMessage.contextInfo"
STRANGER = f"5511900000077{ACCOUNT}"
TEXTS = ("conversation", "extendedTextMessage")
Row = tuple[str, tuple[str, ...], tuple[str, ...], Callable[[], Fault]]


def _later_first(payload: Payload, memory: Any) -> Sequence[Payload]:
    """Of two texts of one person the later one comes first."""
    if not (is_inbound(payload) and kind(*TEXTS)(payload)):
        return (payload,)
    chat = value_on_path(payload, "key.remoteJid")
    before = memory.pop(chat, None)
    if before is not None:
        return (payload, before)
    memory[chat] = payload
    return ()


def _same_words_once(payload: Payload, memory: Any) -> Sequence[Payload]:
    """A text that says what the one before it said is taken for a copy of it."""
    if not (is_inbound(payload) and kind(*TEXTS)(payload)):
        return (payload,)
    chat, text = (
        value_on_path(payload, "key.remoteJid"),
        value_on_path(payload, "message.conversation"),
    )
    words = text or value_on_path(payload, "message.extendedTextMessage.text")
    before, memory[chat] = memory.get(chat), words
    return () if words == before else (payload,)


def _quoted_as_ones_own(payload: Payload) -> Payload:
    """A reply in which everybody quotes themselves."""
    writer = value_on_path(payload, "key.participant") or value_on_path(payload, "key.remoteJid")
    quoted = first_value_at(payload, f"{CONTEXT}.quotedMessage")
    return put(f"{CONTEXT}.participant", writer)(payload) if quoted else payload


def _newest_first(stored: Any, call: InterceptedCall) -> Any:
    return stored[::-1]


def _as_if_new(stored: Any, call: InterceptedCall) -> Any:
    return [{**one, "status": 1} if one["key"]["fromMe"] else one for one in stored]


def _only_own_in_groups(stored: Any, call: InterceptedCall) -> Any:
    return [
        one for one in stored if one["key"]["fromMe"] or not jid_of(one["key"]["remoteJid"]).group
    ]


def _in_group(payload: Payload) -> bool:
    return jid_of(value_on_path(payload, "key.remoteJid")).group


def _compose(words: Any) -> Any:
    return unicodedata.normalize("NFC", words) if isinstance(words, str) else words


def _deleted_for_all(call: InterceptedCall, memory: Any) -> Answer:
    """What was to be gone for its writer alone is taken back from whoever has got it."""
    answer = call.ask(call.request)
    if call.operation == "send_text":
        key = value_on_path(json_of(answer), "messageData.key")
        memory[key["id"]] = key
        return answer
    key = memory.get(body_value(call, "messageData", "id"))
    if key is not None and is_good(answer):
        body = {"messageData": {"to": key["remoteJid"], "key": key}}
        target = f"/rest/chat/{call.key}/deleteMessage"
        call.ask(replace(call.request, method="POST", target=target, body=orjson.dumps(body)))
    return answer


def _own_are_unread(call: InterceptedCall, memory: Any) -> Answer:
    """Whatever an instance sends to somebody counts as unread."""
    answer = call.ask(call.request)
    sent = memory.setdefault(call.key, Counter())
    if call.operation == "send_text":
        sent[value_on_path(json_of(answer), "messageData.key.remoteJid")] += 1
        return answer
    document = json_of(answer)
    chats = [
        {**chat, "unreadCount": chat["unreadCount"] + sent[chat["id"]]}
        for chat in document["chats"]
    ]
    return with_document(answer, {**document, "chats": chats})


ROWS: tuple[Row, ...] = (
    ("the later of two texts comes first", (), ("text-plain", "text-extended"),
     spoil(_later_first)),
    ("the same words are told once", (), ("text-plain", "text-extended"),
     spoil(_same_words_once)),
    ("who replies quotes themselves", (), ("text-quoted-reply",),
     lambda: Changed(all_of(is_inbound, kind("extendedTextMessage")), alter(_quoted_as_ones_own))),
    ("a stranger is mentioned", (), ("text-mention",),
     lambda: Changed(is_inbound, alter(put(f"{CONTEXT}.mentionedJid", [STRANGER])))),
    ("the newest stored message stands first", ("list_messages",), (),
     spoil_answers(("list_messages",), _newest_first)),
    ("stored messages stay as they were sent", ("list_messages",), (),
     spoil_answers(("list_messages",), _as_if_new)),
    ("of groups only own messages are stored", ("list_messages",), (),
     spoil_answers(("list_messages",), _only_own_in_groups)),
    ("letters with accents are composed", (), ("text-extended",),
     lambda: Changed(all_of(is_inbound, kind("extendedTextMessage")),
                     alter(edit_at("message.extendedTextMessage.text", _compose)))),
    ("a deletion for oneself is one for everybody", ("delete_message_from_me",), ("deleted",),
     rule(("send_text", "delete_message_from_me"), _deleted_for_all)),
    ("files in groups come without their text", (), ("group-image",),
     lambda: Changed(all_of(is_inbound, _in_group, kind("imageMessage")),
                     alter(put("message.imageMessage.caption", "")))),
    ("own messages are unread", ("list_chats", "send_text"), (),
     rule(("list_chats", "send_text"), _own_are_unread)),
    ("who writes keeps the name of the first message", ("set_profile_name",), ("text-extended",),
     lambda: FirstValueKept(is_inbound, "pushName")),
)  # fmt: skip


def mutants() -> Iterator[Mutant]:
    """Every fault of the list."""
    for sentence, operations, events, make in ROWS:
        description = f"{sentence[0].upper()}{sentence[1:]}."
        yield Mutant(f"by others: {sentence}", KIND, description, make, operations, events)
