"""Answers of another shape: a field missing or of another type, another status, type or body."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

from ..answer_faults import (
    Altered,
    Change,
    chain,
    content_type,
    document,
    raw,
    status,
)
from ..mutant import Mutant
from ..payload_edits import put, remove, retype

_MESSAGE = "messageData.message"

# Operation, and the field its good answers no longer have.
MISSING = (
    ("instance_status", "instance.status"),
    ("instance_status", "instance.user"),
    ("instance_status", "instance.key"),
    ("is_on_whatsapp", "exists"),
    ("is_on_whatsapp", "jid"),
    ("qr_code_base64", "qrcode"),
    ("pairing_code", "pairingCode"),
    ("logout", "error"),
    ("restart", "message"),
    ("download_media", "data"),
    ("webhook_settings", "webhookData.webhookUrl"),
    ("webhook_settings", "webhookData.webhookEnabled"),
    ("configure_webhook", "webhookUrl"),
    ("send_text", "messageData"),
    ("send_text", "messageData.key.id"),
    ("send_text", "messageData.messageTimestamp"),
    ("send_media_url", f"{_MESSAGE}.*.directPath"),
    ("send_media_base64", f"{_MESSAGE}.*.mediaKey"),
    ("send_media_base64", f"{_MESSAGE}.*.fileSha256"),
    ("send_location", f"{_MESSAGE}.locationMessage.degreesLatitude"),
    ("send_link_preview", f"{_MESSAGE}.extendedTextMessage.text"),
    ("send_list", f"{_MESSAGE}.listMessage.sections"),
    ("send_buttons", f"{_MESSAGE}.interactiveMessage.nativeFlowMessage"),
    ("send_template", f"{_MESSAGE}.interactiveMessage.nativeFlowMessage.buttons"),
    ("forward_message", "messageData.key"),
    ("quote_message", f"{_MESSAGE}.extendedTextMessage.contextInfo"),
    ("config_details", "configData.blockEvents"),
    ("config_details", "configData.statusEvents"),
    ("change_token", "message"),
    ("block_events", "error"),
    ("accept_webhook_events", "message"),
    ("accept_status_events", "error"),
    ("update_presence", "message"),
    ("delete_message", f"{_MESSAGE}.protocolMessage"),
    ("delete_message_from_me", "error"),
    ("list_groups", "groups"),
    ("list_groups", "communitys"),
    ("group_details", "group.participants"),
    ("create_group", "group.id"),
    ("add_participants", "updatedParticipants"),
    ("remove_participants", "updatedParticipants.*.*.status"),
    ("leave_group", "message"),
)

# Operation, and the field of its good answers that has another type.
RETYPED = (
    ("instance_status", "instance.user"),
    ("is_on_whatsapp", "exists"),
    ("pairing_code", "pairingCode"),
    ("restart", "error"),
    ("webhook_settings", "webhookData.webhookEnabled"),
    ("send_text", "messageData.key.fromMe"),
    ("send_text", "messageData.messageTimestamp"),
    ("send_media_base64", f"{_MESSAGE}.*.fileLength"),
    ("send_location", f"{_MESSAGE}.locationMessage.degreesLongitude"),
    ("send_list", f"{_MESSAGE}.listMessage.sections"),
    ("send_buttons", f"{_MESSAGE}.interactiveMessage.nativeFlowMessage.buttons"),
    ("quote_message", f"{_MESSAGE}.extendedTextMessage.contextInfo.quotedMessage"),
    ("forward_message", f"{_MESSAGE}.extendedTextMessage.contextInfo.isForwarded"),
    ("config_details", "configData.blockEvents"),
    ("block_events", "error"),
    ("update_presence", "message"),
    ("delete_message", "messageData.key"),
    ("list_groups", "groups"),
    ("group_details", "group.size"),
    ("group_details", "group.announce"),
    ("create_group", "group.creation"),
    ("add_participants", "updatedParticipants.*.*.status"),
    ("remove_participants", "updatedParticipants"),
    ("leave_group", "error"),
)

# Operation, the status its good answers have instead, and whether the body goes as well.
STATUSES = (
    ("send_text", 201, False),
    ("send_media_url", 202, False),
    ("create_group", 201, False),
    ("configure_webhook", 201, False),
    ("logout", 204, True),
    ("leave_group", 204, True),
    ("delete_message_from_me", 204, True),
    ("accept_status_events", 202, False),
    ("is_on_whatsapp", 206, False),
)

TYPES = (
    ("instance_status", "text/html"),
    ("qr_code_page", "application/json"),
    ("qr_code_image", "image/jpeg"),
    ("download_media", "application/octet-stream"),
    ("webhook_settings", "text/plain"),
    ("send_location", "text/html; charset=utf-8"),
    ("config_details", "application/xml"),
    ("update_presence", "text/plain"),
    ("list_groups", "application/vnd.api+json"),
)

# Operations whose good answers have no body, and those whose body is something else altogether.
EMPTY = (
    "is_on_whatsapp",
    "download_media",
    "qr_code_page",
    "send_template",
    "config_details",
    "delete_message",
    "group_details",
    "configure_webhook",
)
HTML = ("restart", "send_list", "change_token", "create_group")
CUT = ("send_link_preview", "list_groups", "webhook_settings")
FAILED = (
    "logout",
    "configure_webhook",
    "send_buttons",
    "accept_webhook_events",
    "update_presence",
    "leave_group",
    "qr_code_base64",
)
_PAGE = b"<html><body><h1>It works!</h1></body></html>"


def mutants() -> Iterator[Mutant]:
    """Every fault of shape."""
    for operation, path in MISSING:
        yield _one(
            operation, f"without {path}", "field missing",
            f"A good answer has no {path}.", document(remove(path)),
        )  # fmt: skip
    for operation, path in RETYPED:
        yield _one(
            operation, f"{path} of another type", "wrong type",
            f"A good answer has {path} in another type.", document(retype(path)),
        )  # fmt: skip
    for operation, number, bare in STATUSES:
        change = chain(status(number), raw(lambda body: b"")) if bare else status(number)
        yield _one(
            operation, f"{number} instead of 200", "wrong status",
            f"Success is answered with {number}.", change,
        )  # fmt: skip
    for operation, name in TYPES:
        yield _one(
            operation, f"as {name}", "wrong content type",
            f"A good answer says that it is {name}.", content_type(name),
        )  # fmt: skip
    yield from _bodies()


def _bodies() -> Iterator[Mutant]:
    for operation in EMPTY:
        yield _one(
            operation,
            "empty",
            "empty body",
            "A good answer has no body.",
            raw(lambda body: b""),
        )
    for operation in HTML:
        yield _one(
            operation, "a page", "wrong body", "A good answer is some page in HTML.",
            chain(raw(lambda body: _PAGE), content_type("text/html")),
        )  # fmt: skip
    for operation in CUT:
        yield _one(
            operation, "cut", "wrong body", "The last third of a good answer is missing.",
            raw(lambda body: body[: len(body) * 2 // 3]),
        )  # fmt: skip
    for operation in FAILED:
        yield _one(
            operation, "says error", "wrong value", "Success says that it is an error.",
            document(put("error", True)),
        )  # fmt: skip


def _one(operation: str, name: str, kind: str, sentence: str, change: Change) -> Mutant:
    return Mutant(
        name=f"{operation}: {name}",
        kind=kind,
        sentence=sentence,
        make=partial(Altered, (operation,), change),
        operations=(operation,),
    )
