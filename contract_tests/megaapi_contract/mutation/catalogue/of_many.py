"""Faults beyond the usual: an option's second value, the eleventh row, who is named second."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from functools import partial
from typing import Any

import orjson
from megaapi_mock.domain.json_path import value_on_path

from ...host.http import Answer, Headers
from ...host.stage import NO_WHATSAPP
from ..answer_faults import json_of
from ..mutant import Fault, InterceptedCall, Mutant
from ..payload_edits import edit_at, first_value_at
from ..webhook_faults import Changed, all_of, alter, is_inbound, kind
from .planted_rules import rewritten
from .second_call import Refusing, body_value

KIND = "of many"
TO_MANY = ("text_to_many", "media_url_to_many", "list_to_many", "template_to_many")
Row = tuple[str, tuple[str, ...], tuple[str, ...], Callable[[], Fault]]


def _until_it_fails(people: list[Any]) -> list[Any]:
    is_there = NO_WHATSAPP in people
    return people[: people.index(NO_WHATSAPP) + 1] if is_there else people


def _ten_rows_each(sections: Any) -> Any:
    return [{**section, "rows": section["rows"][:10]} for section in sections]


class TypeByLetters(Fault):
    """Bodies with a letter outside ASCII are posted as text."""

    def headers(self, body: bytes, headers: Headers) -> Headers:
        if body.isascii():
            return headers
        others = [one for one in headers if one[0].lower() != "content-type"]
        return (*others, ("Content-Type", "text/plain"))


class KeyOfTheWriter(Fault):
    """What instances write to each other is told under the key of the one that wrote it."""

    def __init__(self) -> None:
        self._writers: dict[str, str] = {}

    def answer(self, call: InterceptedCall) -> Answer:
        answer = call.ask(call.request)
        id_ = value_on_path(json_of(answer), "messageData.key.id")
        if call.operation == "send_text" and isinstance(id_, str):
            self._writers[id_] = call.key
        return answer

    def webhook(self, body: bytes) -> Sequence[bytes]:
        payload = orjson.loads(body)
        writer = self._writers.get(str(first_value_at(payload, "key.id")))
        if not is_inbound(payload) or writer is None:
            return (body,)
        return (orjson.dumps({**payload, "instance_key": writer}),)


def _is_true(name: str, call: InterceptedCall) -> bool:
    return body_value(call, "messageData", name) is True


ROWS: tuple[Row, ...] = (
    ("a link preview that is asked for is refused", ("send_text",), (),
     partial(Refusing, "send_text", partial(_is_true, "linkPreview"))),
    ("a section has ten rows at most", ("send_list",), (),
     rewritten("send_list", edit_at("messageData.sections", _ten_rows_each))),
    ("ten people are mentioned at most", ("send_text_mentioned",), (),
     rewritten("send_text_mentioned",
               edit_at("messageData.mentions", lambda people: people[:10]))),
    ("a group begins with ten people at most", ("create_group",), (),
     rewritten("create_group", edit_at("group_data.participants", lambda people: people[:10]))),
    ("ten buttons are sent at most", ("send_buttons",), (),
     rewritten("send_buttons", edit_at("messageData.buttons", lambda buttons: buttons[:10]))),
    *((f"{operation}: the first failure ends it", (operation,), (),
       rewritten(operation, edit_at("messageData.to", _until_it_fails))) for operation in TO_MANY),
    ("bodies with accents are posted as text", ("configure_webhook",), ("text-plain",),
     TypeByLetters),
    ("texts of other instances come on one line", ("send_text",), ("text-extended",),
     lambda: Changed(all_of(is_inbound, kind("extendedTextMessage")),
                    alter(edit_at("message.extendedTextMessage.text",
                                  lambda words: words.replace("\n", " "))))),
    ("texts of other instances have the writer's key", ("send_text",), ("text-extended",),
     KeyOfTheWriter),
)  # fmt: skip


def mutants() -> Iterator[Mutant]:
    """Every fault of the list."""
    for sentence, operations, events, make in ROWS:
        description = f"{sentence[0].upper()}{sentence[1:]}."
        yield Mutant(f"of many: {sentence}", KIND, description, make, operations, events)
