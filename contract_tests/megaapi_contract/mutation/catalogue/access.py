"""Who gets in: keys, tokens, phones, sizes, broken requests, and how each is refused."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from typing import Any

from ..answer_faults import (
    Altered,
    AnswerFilter,
    Change,
    chain,
    content_type,
    document,
    has_status,
    has_text,
    no_header,
    raw,
    status,
)
from ..mutant import Mutant
from ..payload_edits import put, remove
from ..request_faults import (
    OPERATIONS,
    LetIn,
    Mend,
    Registered,
    good_body,
    on_a_linked_instance,
    right_token,
    right_token_for_a_neighbours,
    right_token_for_none,
)

# Every operation has its own check, and can forget it.
CHECKED = tuple(OPERATIONS)
# One of each controller.
PROBED = (
    "qr_code_base64", "webhook_settings", "send_text", "config_details", "update_presence",
    "list_groups",
)  # fmt: skip
LINKED = (
    "is_on_whatsapp", "send_text", "send_media_base64", "send_location", "send_list",
    "send_template", "forward_message", "update_presence", "delete_message_from_me",
    "list_groups", "create_group",
)  # fmt: skip
WRITING = (
    "send_text", "send_media_url", "send_location", "send_link_preview", "send_buttons",
    "quote_message", "update_presence", "delete_message",
)  # fmt: skip

_TO = "5511900000002"
_KEY = {"remoteJid": f"{_TO}@s.whatsapp.net", "fromMe": True, "id": "3EB0FFEEDDCCBBAA998877"}
# A body that is good wherever the broken one is taken for it.
BODIES: dict[str, Any] = {
    "send_text": {"messageData": {"to": _TO, "text": ""}},
    "forward_message": {
        "messageData": {"to": _TO, "key": _KEY, "message": {"conversation": "Bom dia"}}
    },
    "configure_webhook": {"messageData": {"webhookUrl": "", "webhookEnabled": False}},
    "block_events": {"messageData": {"events": []}},
    "update_presence": {"to": _TO, "option": "available"},
    "create_group": {"group_data": {"group_name": "Equipe", "participants": [_TO]}},
}
TOO_LARGE = ("send_text", "configure_webhook", "send_media_base64")

# Operation, the status whose answers change, what they become, and in which words.
_AS_HANDLED = chain(status(200), raw(lambda body: b'{"error":true,"message":"failed"}'))
_AS_PAGE = chain(raw(lambda body: b"<h1>Error</h1>"), content_type("text/html"))
REFUSED: tuple[tuple[str, int, str, Change], ...] = (
    ("instance_status", 404, "as 401", chain(status(401), document(put("statusCode", 401)))),
    ("webhook_settings", 404, "as 401", status(401)),
    ("list_groups", 404, "as 403", status(403)),
    ("config_details", 401, "as 403", chain(status(403), document(put("statusCode", 403)))),
    ("send_text", 401, "as 404", status(404)),
    ("qr_code_image", 401, "as 400", status(400)),
    ("send_text", 403, "as 404", status(404)),
    ("create_group", 403, "as 400", status(400)),
    ("group_details", 404, "as 200 with error", _AS_HANDLED),
    ("leave_group", 404, "as 200 with error", _AS_HANDLED),
    ("quote_message", 403, "as 200 with error", _AS_HANDLED),
    ("instance_status", 401, "as 200 with error", _AS_HANDLED),
    ("send_list", 500, "as 400", chain(status(400), document(put("statusCode", 400)))),
    ("configure_webhook", 500, "as 422", status(422)),
    ("update_presence", 500, "as 200 with error", _AS_HANDLED),
    ("download_media", 400, "as 500", status(500)),
    ("block_events", 400, "as 500", status(500)),
    ("send_text", 413, "as 400", status(400)),
    ("send_text", 500, "without its reason", no_header("X-Mock-Reason")),
    ("create_group", 500, "without its reason", no_header("X-Mock-Reason")),
    ("download_media", 500, "without its reason", no_header("X-Mock-Reason")),
    ("send_text", 403, "with another envelope", document(lambda _: {"error": "forbidden"})),
    ("config_details", 401, "with another envelope", document(lambda _: {"detail": "no token"})),
    ("add_participants", 404, "without a name", document(remove("name"))),
    ("webhook_settings", 404, "without a number", document(remove("statusCode"))),
    ("send_location", 500, "with a stack", document(lambda error: {**error, "stack": "at send"})),
    ("is_on_whatsapp", 403, "with its number as a text", document(put("statusCode", "403"))),
    ("send_media_base64", 413, "as a page", _AS_PAGE),
    ("change_token", 400, "as a page", _AS_PAGE),
    ("pairing_code", 401, "as a page", _AS_PAGE),
    ("logout", 401, "empty", raw(lambda body: b"")),
    ("accept_webhook_events", 500, "empty", raw(lambda body: b"")),
    ("remove_participants", 404, "in other words", document(put("message", ["unknown"]))),
    ("delete_message", 403, "in other words", document(put("message", "Forbidden"))),
    ("restart", 404, "in other words", document(put("message", "No such key"))),
    ("send_buttons", 403, "under another name", document(put("name", "Forbidden"))),
    ("accept_status_events", 401, "under another name", document(put("name", "NO_TOKEN"))),
    ("qr_code_page", 403, "as an empty page", chain(
        status(200), raw(lambda body: b"<html></html>"), content_type("text/html"))),
)  # fmt: skip


def mutants() -> Iterator[Mutant]:
    """Every fault of access."""
    for operation in CHECKED:
        yield _let_in(
            operation, "token not checked", "token not checked",
            "Any token opens it, or none.", has_status(401), right_token,
        )  # fmt: skip
    for operation in PROBED:
        yield _let_in(
            operation, "no token needed", "token not checked",
            "Who brings no token is let in.", has_status(401), right_token_for_none,
        )  # fmt: skip
        yield _let_in(
            operation, "a neighbour's token", "token not checked",
            "The token of any instance opens all.", has_status(401), right_token_for_a_neighbours,
        )  # fmt: skip
    yield from _states()
    yield from _bodies()
    for operation, number, name, change in REFUSED:
        yield Mutant(
            name=f"{operation}: {number} {name}",
            kind="wrong status" if name.startswith("as ") else "error envelope",
            sentence=f"What is refused with {number} comes {name}.",
            make=partial(Altered, (operation,), change, has_status(number)),
            operations=(operation,),
        )


def _states() -> Iterator[Mutant]:
    for operation in LINKED:
        yield _let_in(
            operation, "phone not needed", "connection not checked",
            "Without a phone it is answered as with one.", has_text("not logged in"),
            on_a_linked_instance,
        )  # fmt: skip
    for operation in WRITING:
        yield Mutant(
            name=f"{operation}: numbers not checked",
            kind="recipient not checked",
            sentence="A number without WhatsApp is written to as if it had it.",
            make=partial(Registered, (operation,)),
            operations=(operation,),
        )


def _bodies() -> Iterator[Mutant]:
    for operation, body in BODIES.items():
        yield _let_in(
            operation, "broken JSON taken", "malformed JSON accepted",
            "A body that is not JSON is taken.", has_status(400), good_body(body),
        )  # fmt: skip
        yield _let_in(
            operation, "fields not needed", "malformed body accepted",
            "A body without what it needs is taken.", has_status(500), good_body(body),
        )  # fmt: skip
    for operation in TOO_LARGE:
        body = BODIES.get(operation) or _small_media()
        yield _let_in(
            operation, "no limit", "limit ignored", "What is too large is taken.",
            has_status(413), good_body(body),
        )  # fmt: skip


def _small_media() -> Any:
    return {"messageData": {"to": _TO, "type": "document", "base64": "AAAA"}}


def _let_in(
    operation: str, name: str, kind: str, sentence: str, when: AnswerFilter, mend: Mend
) -> Mutant:  # fmt: skip
    return Mutant(
        name=f"{operation}: {name}",
        kind=kind,
        sentence=sentence,
        make=partial(LetIn, (operation,), when, mend),
        operations=(operation,),
    )
