"""What a test hands over, looked at before anything is done or waited for with it."""

from __future__ import annotations

import re
from base64 import b64encode
from typing import Any

from ..domain.jid import Jid, chat_kind, is_number
from ..domain.phone_number import as_written, is_old_group, written_otherwise
from ..errors import Misused
from ..errors.frames import between_test_and_refusal
from .records import Message, Webhook

__tracebackhide__ = between_test_and_refusal

About = Message | Webhook | str


def number_written(number: Any, what: str = "number") -> str:
    """A person's number as people write it, as digits; a person's address stays.

    Misused for anything else. Whether somebody has this number is for the mock's world to say.
    """
    address = as_written(words(number, what))
    jid = Jid.parse(address)
    is_lid = jid.lid and jid.user.isascii() and jid.user.isdigit()
    if not is_lid and not (jid.person and is_number(jid.user)):
        hint = written_otherwise(address) or (
            ": write +55 11 90000-0002 or 5511900000002, or 100000000000002@lid for a hidden number"
        )
        raise Misused(
            f"{what}: {number!r:.80} is neither a phone number nor a person's address{hint}"
        )
    return address


def chat_written(to: Any, what: str = "to") -> str:
    """The same for whoever can be written to: the address of a group stays, too."""
    address = as_written(words(to, what))
    has_own_form = is_old_group(address) or chat_kind(address) not in ("person", "unknown")
    return address if has_own_form else number_written(to, what)


def words(text: Any, what: str = "text") -> str:
    """A text; Misused for anything else."""
    if not isinstance(text, str):
        raise Misused(f"{what}: {text!r:.80} is {type(text).__name__}, it must be a string")
    return text


def base64_of(data: Any) -> str:
    """The bytes of a file in base64; Misused for its path, or anything else."""
    if not isinstance(data, bytes | bytearray | memoryview):
        what = f"{data!r:.80} is {type(data).__name__}"
        raise Misused(f"data: {what}, give the bytes of a file: Path(...).read_bytes()")
    if not bytes(data):
        raise Misused("data: this file is empty; leave it out for a small real one")
    return b64encode(data).decode("ascii")


def id_of(message: Any) -> str:
    """The id of a message, which may be given itself, or as the webhook about it."""
    message_id = message.message_id if isinstance(message, Webhook) else message
    message_id = message_id.id if isinstance(message_id, Message) else message_id
    if not isinstance(message_id, str):
        what = repr(message)[:80]
        raise Misused(f"message: give a Message, a Webhook about one, or the id, not {what}")
    return message_id


def require_wait(text: Any, condition: Any, timeout: Any) -> None:
    """Misused unless a wait can be made of these."""
    if text is not None and not isinstance(text, re.Pattern):
        words(text)
    if condition is not None and not callable(condition):
        raise Misused(f"where: {condition!r:.80} is not a function that judges what comes")
    if isinstance(timeout, bool) or not isinstance(timeout, int | float):
        raise Misused(f"timeout: {timeout!r:.80} is not a number of seconds")
