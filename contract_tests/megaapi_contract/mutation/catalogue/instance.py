"""The connection's life: status, codes to scan and to type, logging out, restarting, files."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Callable, Iterator
from functools import partial
from typing import Any

from ...judging.values import jid_of
from ..answer_faults import (
    Altered,
    AnswerFilter,
    Change,
    document,
    has_text,
    is_good,
    raw,
)
from ..mutant import Fault, Mutant
from ..payload_edits import edit_at, in_order, put, remove, rename
from ..stateful_faults import After, Frozen, NotDone

_PIXEL = bytes.fromhex(
    "89504e470d0a1a0a0000000d4948445200000001000000010100000000376ef924"
    "0000000a49444154789c6360000000020001e221bc330000000049454e44ae426082"
)
_NO_PICTURE = "data:image/png;base64," + b64encode(b"not a picture at all").decode()
_WHITE = "data:image/png;base64," + b64encode(_PIXEL).decode()
_QR = ("qr_code_page", "qr_code_image", "qr_code_base64")
_LINKED = has_text('"connected"')
_UNLINKED = has_text('"disconnected"')


def _shorter(text: Any) -> Any:
    """A data URI without the last quarter of its bytes."""
    head, comma, base64_text = str(text).rpartition(",")
    return f"{head}{comma}{base64_text[: len(base64_text) // 16 * 12]}"


def _other_bytes(text: Any) -> Any:
    head, comma, _ = str(text).rpartition(",")
    return f"{head}{comma}{b64encode(b'some other file').decode()}" if text else text


def _no_user(document: Any) -> Any:
    document["instance"]["user"] = None
    return document


def _as_connected(document: Any) -> Any:
    document["instance"]["user"] = {"id": "5511900000001:1@s.whatsapp.net", "name": "Test Shop"}
    return put("instance.status", "connected")(document)


# Operation, name, sentence, which answers, and what becomes of them.
ALTERED: tuple[tuple[str, str, str, AnswerFilter, Change], ...] = (
    ("instance_status", "always connected", "An unlinked instance says that it is connected.",
     _UNLINKED, document(_as_connected)),
    ("instance_status", "never connected", "A linked instance says that it is disconnected.",
     _LINKED, document(in_order(put("instance.status", "disconnected"), remove("instance.user")))),
    ("instance_status", "state in other words", "The state is `open` and `close`.",
     is_good, document(edit_at("instance.status",
                           lambda state: "open" if state == "connected" else "close"))),
    ("instance_status", "user null when unlinked", "An unlinked instance shows `user: null`.",
     _UNLINKED, document(_no_user)),
    ("instance_status", "somebody else's number", "The status names another number as its user.",
     _LINKED, document(put("instance.user.id", "5511900000077:1@s.whatsapp.net"))),
    ("instance_status", "user without a name", "The user's name is empty.",
     _LINKED, document(put("instance.user.name", ""))),
    ("instance_status", "user without @", "The user's id is bare digits.", _LINKED,
     document(edit_at("instance.user.id", lambda jid: str(jid).partition(":")[0]))),
    ("instance_status", "another key", "The status names another instance.", is_good,
     document(put("instance.key", "megacode-TESTKEY0002"))),
    ("is_on_whatsapp", "everybody exists", "Numbers without WhatsApp exist.", is_good,
     document(put("exists", True))),
    ("is_on_whatsapp", "nobody exists", "Numbers with WhatsApp do not exist.", is_good,
     document(put("exists", False))),
    ("is_on_whatsapp", "in an envelope", "The answer stands under `data`.", is_good,
     document(lambda body: {"error": False, "data": body})),
    ("is_on_whatsapp", "jid without a host", "The JID is bare digits.", is_good,
     document(edit_at("jid", lambda jid: jid_of(jid).user))),
    ("is_on_whatsapp", "jid with a ninth digit", "The JID is not the number WhatsApp knows.",
     is_good, document(edit_at("jid", lambda jid: str(jid).replace("553190", "5531990")))),
    ("qr_code_page", "no picture", "The page has no picture of the code.", is_good,
     raw(lambda body: body.replace(b"data:image/png;base64,", b""))),
    ("qr_code_page", "picture cut", "The picture on the page lacks its end.", is_good,
     raw(lambda body: body[: len(body) // 2] + b'"></body></html>')),
    ("qr_code_image", "no picture", "The picture is a page that says `not found`.", is_good,
     raw(lambda body: b"<html>not found</html>")),
    ("qr_code_image", "in base64", "The picture comes as its base64 text.", is_good,
     raw(b64encode)),
    ("qr_code_image", "a white dot", "The picture shows no code.", is_good,
     raw(lambda body: _PIXEL)),
    ("qr_code_image", "cut", "The last bytes of the picture are missing.", is_good,
     raw(lambda body: body[:-20])),
    ("qr_code_image", "a wrong checksum", "One byte of the picture is another.", is_good,
     raw(lambda body: body[:60] + bytes([body[60] ^ 255]) + body[61:])),
    ("qr_code_base64", "no picture", "`qrcode` is base64 of no picture.", is_good,
     document(put("qrcode", _NO_PICTURE))),
    ("qr_code_base64", "a white dot", "`qrcode` shows no code.", is_good,
     document(put("qrcode", _WHITE))),
    ("qr_code_base64", "cut", "The last quarter of `qrcode` is missing.", is_good,
     document(edit_at("qrcode", _shorter))),
    ("qr_code_base64", "bare base64", "`qrcode` is not a data URI.", is_good,
     document(edit_at("qrcode", lambda text: str(text).rpartition(",")[2]))),
    ("qr_code_base64", "under another name", "The code stands under `base64`.", is_good,
     document(rename("qrcode", "base64"))),
    ("pairing_code", "hyphenated", "The code comes as `ABCD-EFGH`.", is_good,
     document(edit_at("pairingCode", lambda code: f"{code[:4]}-{code[4:]}"))),
    ("pairing_code", "seven characters", "The code lacks its last character.", is_good,
     document(edit_at("pairingCode", lambda code: code[:-1]))),
    ("pairing_code", "small letters", "The code comes in small letters.", is_good,
     document(edit_at("pairingCode", lambda code: code.lower()))),
    ("pairing_code", "the number itself", "The code is part of the number.", is_good,
     document(put("pairingCode", "55119000"))),
    ("download_media", "other bytes", "Another file comes back.", has_text("base64,"),
     document(edit_at("data", _other_bytes))),
    ("download_media", "cut", "The last quarter of a file is missing.", has_text("base64,"),
     document(edit_at("data", _shorter))),
    ("download_media", "another type", "Every file comes back as image/gif.", has_text("base64,"),
     document(edit_at("data", lambda text: "data:image/gif;base64," + text.rpartition(",")[2]))),
    ("download_media", "an error has data", "A file that is gone comes back as some bytes.",
     has_text('"error":true'), document(put("data", "data:image/png;base64,AAAA"))),
    ("download_media", "an error is no error", "A file that is gone is no error.",
     has_text('"error":true'), document(put("error", False))),
)  # fmt: skip

_LINK, _UNLINK = "/_mock/instances/{key}/link", "/_mock/instances/{key}/unlink"
# Operation, name, sentence, and the fault with a memory.
REMEMBERED: tuple[tuple[str, str, str, str, Callable[[], Fault]], ...] = (
    ("logout", "not done", "state forgotten", "Logging out is answered and not done.",
     partial(NotDone, "logout")),
    ("restart", "not done", "state forgotten", "A restart is answered and not done.",
     partial(NotDone, "restart")),
    ("restart", "breaks the link", "state forgotten", "After a restart the phone is gone.",
     partial(After, "restart", "POST", _UNLINK, {"by": "phone"})),
    ("pairing_code", "links no number", "state forgotten", "The code belongs to no number.",
     partial(NotDone, "pairing_code")),
    ("pairing_code", "always the same", "value constant", "Everybody gets the same code.",
     partial(Frozen, "pairing_code", everybody=True)),
    ("qr_code_base64", "never another", "value constant", "After its end the code is shown on.",
     partial(Frozen, "qr_code_base64")),
    ("qr_code_base64", "the same for all", "instance leak", "All instances show one code.",
     partial(Frozen, *_QR, everybody=True)),
    ("qr_code_page", "never another", "value constant", "The page shows its first code on.",
     partial(Frozen, "qr_code_page", everybody=True)),
    ("qr_code_image", "the same for all", "instance leak", "All instances show one picture.",
     partial(Frozen, "qr_code_image", everybody=True)),
    ("instance_status", "never another", "value constant", "The first status is shown for ever.",
     partial(Frozen, "instance_status")),
    ("instance_status", "the same for all", "instance leak",
     "Everybody sees the status of the first that asked.",
     partial(Frozen, "instance_status", everybody=True)),
    ("is_on_whatsapp", "never another", "value constant", "The first answer is given for ever.",
     partial(Frozen, "is_on_whatsapp")),
    ("download_media", "the same for all", "value constant", "Every file is the first one.",
     partial(Frozen, "download_media", everybody=True)),
)  # fmt: skip


def mutants() -> Iterator[Mutant]:
    """Every fault of the connection's life."""
    for operation, name, sentence, when, change in ALTERED:
        yield Mutant(
            name=f"{operation}: {name}",
            kind="wrong value",
            sentence=sentence,
            make=partial(Altered, (operation,), change, when),
            operations=(operation,),
        )
    for operation, name, kind, sentence, make in REMEMBERED:
        yield Mutant(
            name=f"{operation}: {name}",
            kind=kind,
            sentence=sentence,
            make=make,
            operations=(operation,),
        )
