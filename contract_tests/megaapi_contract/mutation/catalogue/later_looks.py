"""Faults that show only later or elsewhere: in groups, to many, passed on, stored, after calls."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from megaapi_mock.domain.json_path import value_on_path

from ...host.http import Answer
from ...judging.values import jid_of
from ..answer_faults import json_of, with_document
from ..mutant import Fault, InterceptedCall, Mutant
from ..payload_edits import edit_at, remove
from ..webhook_faults import Changed, alter, is_ack
from .planted_rules import Rule, rewritten, spoil_answers

KIND = "later looks"
Row = tuple[str, tuple[str, ...], tuple[str, ...], Callable[[], Fault]]


def _is_group_receipt(payload: Any) -> bool:
    return jid_of(value_on_path(payload, "key.remoteJid")).group and is_ack()(payload)


def _one_id_for_all(answer: Any, call: InterceptedCall) -> Any:
    sent = answer["messageData"]["data"]
    first = next(iter(sent.values()))["key"]["id"]
    return edit_at("messageData.data", lambda data: {
        jid: {**one, "key": {**one["key"], "id": first}} for jid, one in data.items()
    })(answer)  # fmt: skip


def _off_after_a_code(call: InterceptedCall, memory: Any) -> Answer:
    """Whoever asks for a QR code is shown a webhook that is off from then on."""
    answer = call.ask(call.request)
    if call.operation == "qr_code_base64":
        memory[call.key] = True
        return answer
    if call.operation == "configure_webhook":
        memory.pop(call.key, None)
    if call.operation == "webhook_settings" and memory.get(call.key):
        return _switched_off(answer)
    return answer


def _switched_off(answer: Answer) -> Answer:
    """The settings with the webhook off."""
    return with_document(answer, edit_at("webhookData.webhookEnabled", lambda on: False)(
        json_of(answer)
    ))  # fmt: skip


ROWS: tuple[Row, ...] = (
    ("receipts of groups name the instance as their chat", ("send_text",),
     ("ack-server", "ack-delivered", "ack-read"),
     lambda: Changed(_is_group_receipt, alter(
         lambda payload: {**payload, "key": {**payload["key"], "remoteJid": payload["jid"]}}))),
    ("all messages of a send to many have one id", ("text_to_many",), (),
     spoil_answers(("text_to_many",), _one_id_for_all)),
    ("forwarded pictures lose their caption", ("forward_message",), (),
     rewritten("forward_message", remove("messageData.message.imageMessage.caption"))),
    ("quoted places lose their name", ("quote_message",), (),
     rewritten("quote_message", remove("messageData.message.locationMessage.name"))),
    ("stored messages begin with the newest", ("list_messages",), (),
     spoil_answers(("list_messages",), lambda answer, _: [*reversed(answer)])),
    ("a webhook is off once a code was asked for",
     ("webhook_settings", "qr_code_base64", "configure_webhook"), (),
     lambda: Rule(("webhook_settings", "qr_code_base64", "configure_webhook"),
                  _off_after_a_code)),
)  # fmt: skip


def mutants() -> Iterator[Mutant]:
    """Every fault of the list."""
    for sentence, operations, events, make in ROWS:
        description = f"{sentence[0].upper()}{sentence[1:]}."
        yield Mutant(f"later looks: {sentence}", KIND, description, make, operations, events)
