"""What no source settles: a host decides it one way, and keeps to it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial, update_wrapper
from typing import Any

from megaapi_mock.domain.jid import as_given

from ...host.stage import NO_WHATSAPP, WORLD, Stage
from ...judging.alternatives import USUAL
from ...judging.results import Exchange
from ..cases import NO_GROUP
from ..probe import Laws
from ..session import Session
from .assertions import inferred, no_account, value_at
from .calls import someone, text
from .requests import GOOD_REQUESTS

LAWS = Laws()

# So often each is asked: one that alternates, or draws lots, is seen.
TIMES = 4


@dataclass(frozen=True)
class Question:
    """A body that one host refuses and another accepts; `refused` is how the mock begins."""

    operation: str
    body: Callable[[str], dict[str, Any]]
    refused: bool = True


def without(operation: str, **changes: Any) -> Callable[[str], dict[str, Any]]:
    """A good body with some fields of messageData changed; None takes one away."""

    def make(to: str) -> dict[str, Any]:
        body = dict(GOOD_REQUESTS[operation].arguments(to)["body"])
        data = {**body["messageData"], **changes}
        return {**body, "messageData": {k: v for k, v in data.items() if v is not None}}

    return make


QUESTIONS: Mapping[str, Question] = {
    "missing_text": Question("send_text", without("send_text", text=None)),
    "empty_buttons": Question("send_buttons", without("send_buttons", buttons=[])),
    "empty_quoted": Question("quote_message", without("quote_message", message={})),
    "unknown_media_type": Question(
        "send_media_base64", without("send_media_base64", type="gif")
    ),
    "empty_participants": Question(
        "create_group", lambda to: {"group_data": {"group_name": "Equipe", "participants": []}}
    ),
    "odd_base64": Question(
        "send_media_base64", without("send_media_base64", base64="undefined"), refused=False
    ),
    "empty_list": Question("send_list", without("send_list", sections=[]), refused=False),
    "unknown_presence": Question(
        "update_presence", lambda to: {"to": to, "option": "dancing"}, refused=False
    ),
}  # fmt: skip


def what_is_unsettled_is_decided_once(switch: str, session: Session, stage: Stage) -> None:
    ask_unsettled(switch, session, stage, times=TIMES if stage.phone else 2)


def ask_unsettled(switch: str, session: Session, stage: Stage, *, times: int) -> None:
    """Ask the question of a switch so many times, and note how the host decides it."""
    question, instance, to = QUESTIONS[switch], stage.instance(), someone(session)
    for _ in range(times):
        answer = session.call(question.operation, instance, body=question.body(to))
        if answer.status not in (200, 500):
            continue
        is_refused = answer.status == 500 or session.takes_alternative(answer, "swallowed_sends")
        value = USUAL if is_refused is question.refused else "500" if is_refused else "200"
        promise = inferred(session, question.operation)
        session.settle(switch, value, exchange=answer, promise=promise)


def _each() -> None:
    for switch, question in QUESTIONS.items():
        run = partial(what_is_unsettled_is_decided_once, switch)
        update_wrapper(run, what_is_unsettled_is_decided_once)
        effect = GOOD_REQUESTS[question.operation].effect
        phone = question.operation == "create_group"
        LAWS.law(question.operation, effects=(effect,), phone=phone, about=switch, worth=3)(run)


_each()


@LAWS.law("send_text", effects=("sends",), phone=True)
def a_group_it_is_not_in_is_told_one_way(session: Session, stage: Stage) -> None:
    instance = stage.instance()
    for _ in range(TIMES):
        answer = text(session, instance, NO_GROUP)
        if answer.status == 500 or session.takes_alternative(answer, "not_a_member"):
            _settle(session, answer, "not_a_member")


@LAWS.law("send_text", effects=("sends",), phone=True)
def a_number_registered_otherwise_is_named_one_way(session: Session, stage: Stage) -> None:
    instance, to = stage.instance(), WORLD[-1]
    for _ in range(TIMES):
        answer = text(session, instance, to)
        chat = value_at(answer.json, "messageData", "key", "remoteJid")
        if isinstance(chat, str):
            value = USUAL if chat == as_given(to) else "canonical"
            promise = inferred(session, "send_text")
            session.settle("remote_jid", value, exchange=answer, promise=promise)


@LAWS.law("send_location", effects=("sends",), phone=True)
def a_send_that_fails_is_told_one_way(session: Session, stage: Stage) -> None:
    instance = stage.instance()
    for _ in range(TIMES):
        answer = session.call(
            "send_location", instance, **GOOD_REQUESTS["send_location"].arguments(NO_WHATSAPP)
        )
        no_account(session, answer, "a number without WhatsApp")
    # Whom a host refuses may be its own affair; that nobody can be sent a place without one is not.
    make, promise = (
        without("send_location", latitude=None),
        inferred(session, "send_location"),
    )
    for _ in range(TIMES):
        answer = session.call("send_location", instance, body=make(someone(session)))
        if not session.takes_alternative(answer, "swallowed_sends") and answer.status == 500:
            session.settle_usual(answer, "swallowed_sends", promise=promise)


@LAWS.law("is_on_whatsapp", phone=True)
def a_number_without_an_account_is_answered_one_way(session: Session, stage: Stage) -> None:
    instance = stage.instance()
    for _ in range(TIMES):
        answer = session.call("is_on_whatsapp", instance, query={"jid": NO_WHATSAPP})
        _settle(session, answer, "not_on_whatsapp")


@LAWS.law("qr_code_base64", phone=True)
def the_first_code_is_told_one_way(session: Session, stage: Stage) -> None:
    for _ in range(TIMES):
        answer = session.call("qr_code_base64", stage.instance(connected=False))
        _settle(session, answer, "qr_base64_first")


@LAWS.law("qr_code_page")
def the_page_of_a_linked_instance_is_told_one_way(session: Session, stage: Stage) -> None:
    instance = stage.instance()
    for _ in range(TIMES):
        _settle(session, session.call("qr_code_page", instance), "qr_page_connected")


def _settle(session: Session, answer: Exchange, switch: str) -> None:
    if not session.takes_alternative(answer, switch):
        session.settle(switch, exchange=answer)
