"""Faults that only who gets a message sees: another instance of the same host."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from ..mutant import Fault, InterceptedCall, Mutant
from ..payload_edits import edit_at, put
from ..webhook_faults import Changed, all_of, alter, has_value, is_ack, is_inbound, kind, omit
from .planted_rules import own_jid, spoil_answers

KIND = "where it arrives"
OTHER_KEY = "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8="
OTHER_ID = "3EB0FFEEDDCCBBAAFFEEDD"
_MENTIONS = "message.extendedTextMessage.contextInfo.mentionedJid"
Row = tuple[str, tuple[str, ...], tuple[str, ...], Callable[[], Fault]]


def _on_one_line(words: Any) -> Any:
    return words.replace("\n", " ") if isinstance(words, str) else words


def _in_metres(degrees: Any) -> Any:
    return round(degrees, 4) if isinstance(degrees, float) else degrees


def _number_rows(rows: Any) -> Any:
    return [{**row, "rowId": f"row-{number}"} for number, row in enumerate(rows, 1)]


def _without_ranks(answer: Any, call: InterceptedCall) -> Any:
    """A group as somebody else than its owner is shown it: nobody has a rank."""
    group = answer["group"]
    if group["owner"].partition("@")[0] == own_jid(call).partition("@")[0].partition(":")[0]:
        return answer
    people = [{**one, "admin": None} for one in group["participants"]]
    return {**answer, "group": {**group, "participants": people}}


ROWS: tuple[Row, ...] = (
    ("captions of others come on one line", ("send_media_base64",), ("image",),
     lambda: Changed(all_of(is_inbound, kind("imageMessage")),
                     alter(edit_at("message.imageMessage.caption", _on_one_line)))),
    ("voice notes of others are audio files", ("send_media_base64",), ("audio-voice-note",),
     lambda: Changed(all_of(is_inbound, has_value("message.audioMessage.ptt", True)),
                     alter(put("message.audioMessage.ptt", False)))),
    ("audio files of others are voice notes", ("send_media_base64",), ("audio-file",),
     lambda: Changed(all_of(is_inbound, kind("audioMessage")),
                     alter(put("message.audioMessage.ptt", True)))),
    ("round videos of others have another key", ("send_media_base64",), ("video-note",),
     lambda: Changed(all_of(is_inbound, kind("ptvMessage")),
                     alter(put("message.ptvMessage.mediaKey", OTHER_KEY)))),
    ("places of others are where they are to ten metres", ("send_location",), ("location",),
     lambda: Changed(all_of(is_inbound, kind("locationMessage")),
                     alter(edit_at("message.locationMessage.degreesLatitude", _in_metres)))),
    ("mentions of others name nobody", ("send_text_mentioned",), ("text-extended",),
     lambda: Changed(all_of(is_inbound, has_value(_MENTIONS)), alter(put(_MENTIONS, [])))),
    ("rows of others have other ids", ("send_list",), (),
     lambda: Changed(all_of(is_inbound, kind("listMessage")),
                     alter(edit_at("message.listMessage.sections.0.rows", _number_rows)))),
    ("documents of others have another key", ("send_media_base64",), ("document",),
     lambda: Changed(all_of(is_inbound, kind("documentMessage")),
                     alter(put("message.documentMessage.mediaKey", OTHER_KEY)))),
    ("replies of others name another message", ("quote_message",), ("text-quoted-reply",),
     lambda: Changed(is_inbound,
                     alter(put("message.extendedTextMessage.contextInfo.stanzaId", OTHER_ID)))),
    ("deletions of others are not told", ("delete_message",), ("deleted",),
     lambda: Changed(all_of(is_inbound, kind("protocolMessage")), omit)),
    ("what others read is told as delivered", ("read_message",), ("ack-read",),
     lambda: Changed(is_ack(4), alter(put("update.status", 3)))),
    ("only the owner of a group sees its ranks", ("group_details",), (),
     spoil_answers(("group_details",), _without_ranks)),
)  # fmt: skip


def mutants() -> Iterator[Mutant]:
    """Every fault of the list."""
    for sentence, operations, events, make in ROWS:
        description = f"{sentence[0].upper()}{sentence[1:]}."
        yield Mutant(f"where it arrives: {sentence}", KIND, description, make, operations, events)
