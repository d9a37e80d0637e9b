"""Faults of hosts that know a person by digits alone, or by JID alone."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from ..mutant import Fault, InterceptedCall, Mutant
from ..payload_edits import edit_at
from .planted_rules import rewritten, spoil_answers
from .second_call import body_value

KIND = "named both ways"
MENTIONS = "messageData.message.extendedTextMessage.contextInfo.mentionedJid"
VCARD = "messageData.message.contactMessage.vcard"
Row = tuple[str, tuple[str, ...], Callable[[], Fault]]


def _as_asked(answer: Any, call: InterceptedCall) -> Any:
    """The people mentioned, each as the request has them."""
    return edit_at(MENTIONS, lambda _: body_value(call, "messageData", "mentions"))(answer)


def _by_digits(answer: Any, call: InterceptedCall) -> Any:
    """Another address for whoever is asked for by digits."""
    if "%40" in call.request.target or "@" in call.request.target:
        return answer
    return {**answer, "data": answer["data"].replace("TEST", "TEST0")}


def _nobody(name: Any) -> Any:
    return name if "@" in str(name) else f"{name}9"


def _no_jid(name: Any) -> Any:
    return f"{str(name).partition('@')[0]}9" if "@" in str(name) else name


def _bare(card: Any) -> str:
    """The card with the digits of its number alone."""
    return "\n".join(_bare_line(line) for line in str(card).split("\n"))


def _bare_line(line: str) -> str:
    if not line.startswith("TEL"):
        return line
    head, _, number = line.rpartition("waid=")
    digits = "".join(filter(str.isdigit, number.partition(":")[0]))
    return f"{head}waid={digits}:{digits}"


ROWS: tuple[Row, ...] = (
    ("mentions by digits stay digits", ("send_text_mentioned",),
     spoil_answers(("send_text_mentioned",), _as_asked)),
    ("a picture asked for by digits is another", ("profile_picture",),
     spoil_answers(("profile_picture",), _by_digits)),
    ("pins by digits find nobody", ("pin_chat",),
     rewritten("pin_chat", edit_at("to", _nobody))),
    ("blocks by JID find nobody", ("block_chat",),
     rewritten("block_chat", edit_at("to", _no_jid))),
    ("cards lose the punctuation of numbers", ("send_contact",),
     spoil_answers(("send_contact",), lambda answer, _: edit_at(VCARD, _bare)(answer))),
)  # fmt: skip


def mutants() -> Iterator[Mutant]:
    """Every fault of the list."""
    for sentence, operations, make in ROWS:
        description = f"{sentence[0].upper()}{sentence[1:]}."
        yield Mutant(f"{KIND}: {sentence}", KIND, description, make, operations)
