"""Faults of what is set to what it is already, and of one thing that is said in two ways."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

from ...host.http import Answer
from ...judging.values import jid_of
from ..answer_faults import json_of, with_document
from ..mutant import Fault, InterceptedCall, Mutant
from ..payload_edits import edit_at, first_value_at, put
from ..webhook_faults import Changed, all_of, alter, has_value, kind
from .planted_rules import rule, spoil_answers

KIND = "set again"
Row = tuple[str, tuple[str, ...], tuple[str, ...], Callable[[], Fault]]


def _undone(operation: str, old: str, new: str) -> Callable[[], Fault]:
    """Who asks for the same again gets the opposite."""

    def change(call: InterceptedCall, memory: Any) -> Answer:
        said = (call.request.target, call.request.body)
        is_again = memory.get(call.key) == said
        memory[call.key] = said
        if not is_again:
            return call.ask(call.request)
        body = re.sub(old.encode(), new.encode(), call.request.body)
        target = re.sub(old, new, call.request.target)
        return call.ask(replace(call.request, target=target, body=body))

    return rule((operation,), change)


def _shown_as_off(call: InterceptedCall, memory: Any) -> Answer:
    """Who switches webhooks off the older way is shown that they are off, and gets them all."""
    if call.operation == "configure_webhook":
        memory.pop(call.key, None)
    if call.operation != "enable_webhook":
        answer = call.ask(call.request)
        return with_document(answer, _off(json_of(answer))) if memory.get(call.key) else answer
    is_off = b"false" in call.request.body
    memory[call.key] = is_off
    body = call.request.body.replace(b"false", b"true")
    answer = call.ask(replace(call.request, body=body))
    return with_document(answer, _off(json_of(answer))) if is_off else answer


def _off(document: Any) -> Any:
    for path in ("webhookData.webhookEnabled", "data.sendMessage"):
        document = edit_at(path, lambda on: False)(document)
    return document


def _kept_in_the_list(call: InterceptedCall, memory: Any) -> Answer:
    """A group is listed until one leaves it oneself."""
    answer = call.ask(call.request)
    if call.operation == "leave_group":
        memory.pop(call.key, None)
        return answer
    document = json_of(answer)
    known = memory.setdefault(call.key, {})
    known |= {group["id"]: group for group in document["groups"]}
    return with_document(answer, {**document, "groups": [*known.values()]})


def _own_name(answer: Any, call: InterceptedCall) -> Any:
    """What others wrote, under the name of whoever lists it."""
    name = "Test Shop"
    return [one if one["key"]["fromMe"] else {**one, "pushName": name} for one in answer]


def _to_group(payload: Any) -> bool:
    return jid_of(first_value_at(payload, "key.remoteJid")).group


def _titles_as_ids(sections: Any) -> Any:
    return [
        {**section, "rows": [{**row, "rowId": row["title"]} for row in section["rows"]]}
        for section in sections
    ]


ROWS: tuple[Row, ...] = (
    ("the same webhook set again is switched off", ("configure_webhook",), (),
     _undone("configure_webhook", '("webhookEnabled": ?)true', r"\1false")),
    ("sending webhooks again switches them off", ("enable_webhook",), (),
     _undone("enable_webhook", '("sendWebhook": ?)true', r"\1false")),
    ("webhooks go on once they were switched off the older way",
     ("enable_webhook", "webhook_settings", "configure_webhook"), (),
     rule(("enable_webhook", "webhook_settings", "configure_webhook"), _shown_as_off)),
    ("who is taken out of a group has it in the list", ("list_groups", "leave_group"), (),
     rule(("list_groups", "leave_group"), _kept_in_the_list)),
    ("stored messages of others have the own name", ("list_messages",), (),
     spoil_answers(("list_messages",), _own_name)),
    ("blocking again accepts", ("block_events",), (),
     _undone("block_events", "/blockEvents", "/configAcceptWebhooks")),
    ("only admins may write, and all when it is said again", ("set_who_can_send",), (),
     _undone("set_who_can_send", "=true", "=false")),
    ("a lookup has error and message around it", ("is_on_whatsapp",), (),
     spoil_answers(("is_on_whatsapp",), lambda answer, _: {
         "error": False, "message": "Number found", **answer})),
    ("invite codes are whole links", ("group_invite_code",), (),
     spoil_answers(("group_invite_code",), lambda answer, _: edit_at(
         "inviteCode", "https://chat.whatsapp.com/{}".format)(answer))),
    ("echoes of lists have a row's title as its id", ("send_list",), ("from-me-api-echo",),
     lambda: Changed(all_of(has_value("key.fromMe", True), kind("listMessage")),
                     alter(edit_at("message.listMessage.sections", _titles_as_ids)))),
    ("echoes to groups say that the chat is none", ("send_text",), ("from-me-api-echo",),
     lambda: Changed(all_of(has_value("key.fromMe", True), _to_group, has_value("isGroup", True)),
                     alter(put("isGroup", False)))),
)  # fmt: skip


def mutants() -> Iterator[Mutant]:
    """Every fault of the list."""
    for sentence, operations, events, make in ROWS:
        description = f"{sentence[0].upper()}{sentence[1:]}."
        yield Mutant(f"set again: {sentence}", KIND, description, make, operations, events)
