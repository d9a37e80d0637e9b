"""Faults of gateways that tidy up: digits cut, letters made small, rows left out, texts escaped."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import replace
from html import escape
from typing import Any
from urllib.parse import parse_qsl, urlencode

from ...host.http import Answer
from ..answer_faults import Altered, document, has_text
from ..mutant import Fault, InterceptedCall, Mutant
from ..payload_edits import Edit, edit_at, swap_values
from ..webhook_faults import Changed, alter, is_echo
from .planted_rules import rewritten, rule

KIND = "as written"
LONGEST = re.compile(r"^([0-9]{13})[0-9]+(?=$|@s\.)")
LINK = re.compile(r"https?://\S+")
Row = tuple[str, tuple[str, ...], tuple[str, ...], Callable[[], Fault]]


def _cut(number: Any) -> Any:
    return LONGEST.sub(r"\1", number) if isinstance(number, str) else number


def _cut_when_asked(call: InterceptedCall, memory: Any) -> Answer:
    query = dict(parse_qsl(call.request.query, keep_blank_values=True))
    if query.get("jid") == _cut(query.get("jid")):
        return call.ask(call.request)
    query["jid"] = _cut(query["jid"])
    return call.ask(replace(call.request, target=f"{call.request.path}?{urlencode(query)}"))


def _small_links(text: Any) -> Any:
    return LINK.sub(lambda link: link.group().lower(), text) if isinstance(text, str) else text


def _each_id_once(sections: Any) -> Any:
    row_ids: set[str] = set()
    for section in sections:
        section["rows"] = [row for row in section["rows"] if row["rowId"] not in row_ids]
        row_ids |= {row["rowId"] for row in section["rows"]}
    return sections


def _change_echoes(edit: Edit) -> Callable[[], Fault]:
    """Echoes come out changed; the answers stay as they are."""
    return lambda: Changed(is_echo, alter(edit))


ROWS: tuple[Row, ...] = (
    ("digits beyond the thirteenth are not looked up", ("is_on_whatsapp",), (),
     rule(("is_on_whatsapp",), _cut_when_asked)),
    ("digits beyond the thirteenth are not dialled", ("send_text",), (),
     rewritten("send_text", edit_at("messageData.to", _cut))),
    ("links are made small", ("send_link_preview",), (),
     rewritten("send_link_preview", edit_at("messageData.textWithLink", _small_links))),
    ("links in texts are made small", ("send_text",), (),
     rewritten("send_text", edit_at("messageData.text", _small_links))),
    ("of rows with one id the first stays", ("send_list",), (),
     rewritten("send_list", edit_at("messageData.sections", _each_id_once))),
    ("an unknown route is named in small letters", ("instance_status",), (),
     lambda: Altered(("",), document(edit_at("message", str.lower)), has_text("Resource "))),
    ("echoes are escaped as HTML", ("send_text",), ("from-me-api-echo",),
     _change_echoes(edit_at("message.extendedTextMessage.text", escape))),
    ("echoes have the line ends of another system", ("send_text",), ("from-me-api-echo",),
     _change_echoes(
         edit_at("message.extendedTextMessage.text", lambda text: text.replace("\n", "\r\n")))),
    ("echoes have the length of a file as a number", ("send_media_url",), ("from-me-api-echo",),
     _change_echoes(edit_at("message.*.fileLength", int))),
    ("the echo of a voice note is that of a song", ("send_media_base64",), ("from-me-api-echo",),
     _change_echoes(edit_at("message.audioMessage.ptt", lambda ptt: False))),
    ("echoes exchange latitude and longitude", ("send_location",), ("from-me-api-echo",),
     _change_echoes(swap_values("message.locationMessage.degreesLatitude", "degreesLongitude"))),
)  # fmt: skip


def mutants() -> Iterator[Mutant]:
    """Every fault of the list."""
    for sentence, operations, events, make in ROWS:
        description = f"{sentence[0].upper()}{sentence[1:]}."
        yield Mutant(f"as written: {sentence}", KIND, description, make, operations, events)
