"""A send to many says of everybody named what became of it, in whatever order they stand."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial, update_wrapper
from typing import Any

from megaapi_mock.domain.jid import as_given

from ...host.stage import NO_WHATSAPP, WORLD, Stage
from ...session import PICTURE_URL, Session
from ..probe import Laws
from .assertions import claim, claim_success, value_at
from .calls import message

LAWS = Laws()

_SECTIONS = [{"title": "Setores", "rows": [{"title": "Vendas", "rowId": "vendas"}]}]
FIELDS: Mapping[str, Mapping[str, Any]] = {
    "text_to_many": {"text": "Bom dia"},
    "media_url_to_many": {"url": PICTURE_URL, "type": "image"},
    "list_to_many": {"text": "Escolha", "buttonText": "Ver", "sections": _SECTIONS},
    "template_to_many": {
        "text": "Seu pedido", "buttons": [{"type": "replyButton", "title": "Confirmar"}],
    },
}  # fmt: skip
# Who cannot be written to comes first, in the middle, and after two, before two.
ORDERS = (
    (NO_WHATSAPP, *WORLD[:2]),
    (WORLD[0], NO_WHATSAPP, WORLD[1]),
    (*WORLD[:2], NO_WHATSAPP, *WORLD[2:4]),
)


def everybody_named_is_accounted_for(operation: str, session: Session, stage: Stage) -> None:
    place = stage.place()
    for people in ORDERS:
        answer = message(session, place, operation, to=[*people], **FIELDS[operation])
        if not claim_success(session, answer, "one of several has no account"):
            continue
        report = value_at(answer.json, "messageData") or answer.json
        sent, failed = value_at(report, "data"), value_at(report, "jidFailed")
        if not isinstance(sent, dict) or not isinstance(failed, list):
            # The judge says that the answer has another shape.
            continue
        named = sorted([*sent, *map(str, failed)])
        is_complete = named == sorted(map(as_given, people))
        claim(session, answer, is_complete, "everybody named was sent to or failed, once")
        claim(session, answer, failed == [as_given(NO_WHATSAPP)], "who has no account failed alone")
        counts = (value_at(report, "sent"), value_at(report, "failed"))
        claim(session, answer, counts == (len(people) - 1, 1), "sent and failed are all asked for")


for _operation in FIELDS:
    _run = partial(everybody_named_is_accounted_for, _operation)
    update_wrapper(_run, everybody_named_is_accounted_for)
    LAWS.law(_operation, effects=("sends",), about=_operation, phone=True)(_run)
