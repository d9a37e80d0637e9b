"""Faults that one instance, or two of one owner, show of a host that nobody can look into."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from typing import Any

import orjson
from megaapi_mock.domain.json_path import value_on_path

from ...host.http import Answer
from ...judging.values import jid_of
from ...safety.fence import UNKNOWN_KEY
from ..answer_faults import is_good, json_of, status, with_document
from ..mutant import Fault, InterceptedCall, Mutant
from ..payload_edits import edit_at, put
from ..request_faults import bearer, with_token
from ..webhook_faults import Changed, all_of, alter, is_ack, is_inbound
from .planted_rules import rewritten, rule, spoil_answers
from .second_call import Refusing, body_value

KIND = "on a given host"
Row = tuple[str, tuple[str, ...], tuple[str, ...], Callable[[], Fault]]

UNAUTHORIZED = {"name": "UNAUTHORIZED", "message": "Unauthorized", "statusCode": 401}
ADMINISTERED = ("admin_groups", "admin_groups_with_participants")
# What a token is tried on besides those that every program calls.
STORED = ("list_messages", "list_chats", "list_contacts")


# -- who gets in -----------------------------------------------------------------------------


def _token_first(call: InterceptedCall, memory: Any) -> Answer:
    """Whoever names an instance that nobody has is told of the token alone."""
    answer = call.ask(call.request)
    return with_document(status(401)(answer), UNAUTHORIZED) if call.key == UNKNOWN_KEY else answer


def _neighbours_get_in(call: InterceptedCall, memory: Any) -> Answer:
    """The token of any instance opens every instance."""
    tokens, token = call.tokens, bearer(call.request)
    if token in tokens.values() and call.key in tokens:
        return call.ask(with_token(call.request, tokens[call.key]))
    return call.ask(call.request)


def _has_all_wrapped(call: InterceptedCall) -> bool:
    """Whether a deletion for oneself has everything inside the wrapper."""
    return b'"to"' in call.request.body.partition(b'"messageData"')[2]


# -- what is told of sends -------------------------------------------------------------------


class FilesUndelivered(Fault):
    """What is sent with a file is told as accepted and as read, and never as delivered."""

    def __init__(self) -> None:
        self._ids: set[str] = set()

    def answer(self, call: InterceptedCall) -> Answer:
        answer = call.ask(call.request)
        if call.operation == "send_media_base64" and is_good(answer):
            self._ids.add(str(value_on_path(json_of(answer), "messageData.key.id")))
        return answer

    def webhook(self, body: bytes) -> Sequence[bytes]:
        payload = orjson.loads(body)
        is_of_file = is_ack(3)(payload) and value_on_path(payload, "key.id") in self._ids
        return () if is_of_file else (body,)


# -- groups ----------------------------------------------------------------------------------


def _one_of_many(which: slice) -> Callable[[Any], Any]:
    """A change of a group in which one person is left of those who were named."""
    return edit_at("group_data.participants", lambda people: people[which])


def _every_group(answer: Any, call: InterceptedCall) -> Any:
    """All groups that an instance is in, as if it administered them."""
    request = replace(call.request, target=f"/rest/group/list/{call.key}")
    groups = json_of(call.look(request))["groups"]
    return {**answer, "groups": [{**group, "size": group["size"]} for group in groups]}


# -- what others write -----------------------------------------------------------------------


def _to_group(payload: Any) -> bool:
    return jid_of(value_on_path(payload, "key.remoteJid")).group


def _whole_chat_read(call: InterceptedCall, memory: Any) -> Answer:
    """A chat in which one message was read has none unread."""
    answer = call.ask(call.request)
    read_chats = memory.setdefault(call.key, set())
    if call.operation == "read_message":
        read_chats.add(body_value(call, "messageData", "key")["remoteJid"])
        return answer
    document = json_of(answer)
    chats = [
        {**chat, "unreadCount": 0} if chat["id"] in read_chats else chat
        for chat in document["chats"]
    ]
    return with_document(answer, {**document, "chats": chats})


def _block_for_any_text(body: Any) -> Any:
    """A block that takes every text for yes."""
    return {**body, "option": bool(body["option"])}


ROWS: tuple[Row, ...] = (
    ("a text to an unknown instance is answered 401", ("send_text",), (),
     rule(("send_text",), _token_first)),
    ("a neighbour's token opens what is stored", STORED, (), rule(STORED, _neighbours_get_in)),
    ("deleting for oneself takes one form alone", ("delete_message_from_me",), (),
     lambda: Refusing("delete_message_from_me", _has_all_wrapped)),
    ("of several people the first is put in", ("add_participants",), (),
     rewritten("add_participants", _one_of_many(slice(0, 1)))),
    ("of several people the last is taken out", ("remove_participants",), (),
     rewritten("remove_participants", _one_of_many(slice(-1, None)))),
    ("ordinary members administer their groups", ADMINISTERED, (),
     spoil_answers(ADMINISTERED, _every_group)),
    ("who writes in a group has the group's name", (), ("text-extended", "group-text"),
     lambda: Changed(all_of(is_inbound, _to_group), alter(put("pushName", "Equipe")))),
    ("a message is read, and the whole chat with it", ("read_message", "list_chats"), (),
     rule(("read_message", "list_chats"), _whole_chat_read)),
    ("a text that says false blocks", ("block_chat",), (),
     rewritten("block_chat", _block_for_any_text)),
    ("files are never told as delivered", ("send_media_base64",), ("ack-delivered",),
     FilesUndelivered),
    ("groups are on no WhatsApp", ("is_on_whatsapp",), (),
     spoil_answers(("is_on_whatsapp",), lambda answer, _: (
         {**answer, "exists": False} if jid_of(answer["jid"]).group else answer))),
)  # fmt: skip


def mutants() -> Iterator[Mutant]:
    """Every fault of the list."""
    for sentence, operations, events, make in ROWS:
        description = f"{sentence[0].upper()}{sentence[1:]}."
        yield Mutant(f"given host: {sentence}", KIND, description, make, operations, events)
