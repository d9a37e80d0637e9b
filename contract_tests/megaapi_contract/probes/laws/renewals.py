"""What was answered before is not answered for ever: accounts that go, codes that run out."""

from __future__ import annotations

import re

from megaapi_mock.domain.jid import as_given

from ...host.host_instance import HostInstance
from ...host.stage import WORLD, Stage
from ...judging.results import Exchange
from ..probe import Laws
from ..session import Session
from .assertions import claim, claim_success, no_account, value_at
from .calls import text
from .media import TERMS, qr

LAWS = Laws()

# Somebody has an account, loses it, and has one again.
ACCOUNTS = (("reachable", True), ("unregistered", False), ("reachable", True))
PICTURE_OPERATIONS = ("qr_code_page", "qr_code_image", "qr_code_base64")
_PICTURE = re.compile(rb"data:image/png;base64,[A-Za-z0-9+/=]+")


@LAWS.law("is_on_whatsapp", "send_text", effects=("reads", "sends"), phone=True)
def an_account_is_there_as_long_as_it_is(session: Session, stage: Stage) -> None:
    instance, person = stage.instance(), WORLD[0]
    for state, exists in ACCOUNTS:
        contact = f"/_mock/instances/{instance.key}/contacts/{person}"
        stage.control_api("POST", contact, {"state": state})
        for form in (person, as_given(person)):
            answer = session.call("is_on_whatsapp", instance, query={"jid": form})
            exists_now = value_at(answer.json, "exists") is True
            claim(session, answer, exists_now is exists, "exists is true while there is an account",
                  promise=session.contract.promise("is_on_whatsapp", 200))  # fmt: skip
            answer = text(session, instance, form)
            if exists:
                claim_success(session, answer, "a text to somebody with an account")
            else:
                no_account(session, answer, "a text to an account that is gone")


def _picture_of(session: Session, instance: HostInstance, operation: str) -> tuple[Exchange, bytes]:
    """What an operation shows to scan; empty where that is not a picture of its own."""
    if operation == "qr_code_base64":
        return qr(session, instance)
    answer = session.call(operation, instance)
    if operation == "qr_code_image":
        return answer, answer.body if answer.ok else b""
    match = _PICTURE.search(answer.body)
    return answer, match[0] if match else b""


@LAWS.law(*PICTURE_OPERATIONS, phone=True)
def no_way_shows_a_code_that_has_run_out(session: Session, stage: Stage) -> None:
    instance = stage.instance(connected=False)
    pictures = {name: _picture_of(session, instance, name)[1] for name in PICTURE_OPERATIONS}
    for _ in range(TERMS):
        if not stage.pass_time(20):
            return
        if qr(session, instance)[1] != pictures["qr_code_base64"]:
            break
    for operation, before in pictures.items():
        answer, now = _picture_of(session, instance, operation)
        is_new = not (before and now) or now != before
        claim(session, answer, is_new, "a code that has run out is shown no longer")
