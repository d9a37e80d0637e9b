"""A send to many says of everybody named what became of it, in whatever order they stand."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial, update_wrapper
from typing import Any

from megaapi_mock.domain.jid import as_given

from ...host.stage import NO_WHATSAPP, WORLD, Stage
from ...judging.results import Exchange
from ..probe import Laws
from ..session import PICTURE_URL, Session
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


def report_of(answer: Exchange) -> Any:
    """What a send to many says of each of them, in either form."""
    return value_at(answer.json, "messageData") or answer.json


def jids_to_fail(session: Session, answer: Exchange) -> list[str]:
    """Whom a send that names NO_WHATSAPP must report as failed: nobody where all are sent to."""
    jid, report = as_given(NO_WHATSAPP), report_of(answer)
    sent_by_jid = value_at(report, "data")
    if isinstance(sent_by_jid, dict) and jid in sent_by_jid and value_at(report, "jidFailed") == []:
        session.settle("unregistered_sends", "200", exchange=answer)
        return []
    return [jid]


def everybody_named_is_accounted_for(operation: str, session: Session, stage: Stage) -> None:
    instance = stage.instance()
    for people in ORDERS:
        answer = message(session, instance, operation, to=[*people], **FIELDS[operation])
        if not claim_success(session, answer, "one of several has no account"):
            continue
        report, jids_failed = report_of(answer), jids_to_fail(session, answer)
        sent_by_jid, failed = value_at(report, "data"), value_at(report, "jidFailed")
        if not isinstance(sent_by_jid, dict) or not isinstance(failed, list):
            # The judge says that the answer has another shape.
            continue
        named_jids = sorted([*sent_by_jid, *map(str, failed)])
        is_complete = named_jids == sorted(map(as_given, people))
        claim(session, answer, is_complete, "everybody named was sent to or failed, once")
        claim(session, answer, failed == jids_failed, "who has no account failed alone")
        expected_counts = (len(people) - len(jids_failed), len(jids_failed))
        counts = (value_at(report, "sent"), value_at(report, "failed"))
        claim(session, answer, counts == expected_counts, "sent and failed are all asked for")


for _operation in FIELDS:
    _run = partial(everybody_named_is_accounted_for, _operation)
    update_wrapper(_run, everybody_named_is_accounted_for)
    LAWS.law(_operation, effects=("sends",), about=_operation, phone=True)(_run)
