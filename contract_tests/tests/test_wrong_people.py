"""A host that names somebody else is noticed, however the listed people are dialled."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest
from megaapi_contract.host.http import Answer, Request

from . import proxies as between
from .healthy import Host, Layer, judged
from .support import LISTED

# Whole runs against hosts.
pytestmark = pytest.mark.hosts

DIALLED, STRANGER = "5531900000005", "5511900000044"
CHANGES = ("changes", "sends")


def people(*layers: Layer, allow: tuple[str, ...] = ("reads",)) -> Host:
    """A given host that knows a listed person without the ninth digit."""
    return Host(
        world="ninth-digit", given=True, recipients=(DIALLED, LISTED), allow=allow, layers=layers
    )


def failures(host: Host) -> set[tuple[str, str]]:
    return {(one.operation, one.rule) for one in judged(host, seed=1).failures}


WRONG = {
    "a stranger": lambda asked, known: f"{STRANGER}@s.whatsapp.net",
    "the other recipient": lambda asked, known: f"{LISTED}@s.whatsapp.net",
    "another area": lambda asked, known: known.replace("5531", "5521"),
    "a digit more": lambda asked, known: f"1{known}",
    "one LID for everybody": lambda asked, known: "100000000000777@lid",
}


@pytest.mark.parametrize("name", WRONG)
def test_a_look_up_that_names_somebody_else_is_noticed(name: str) -> None:
    report = failures(people(Layer(between.looked_up(WRONG[name]))))
    assert {operation for operation, _ in report} == {"is_on_whatsapp"}


def strange_groups(request: Request, answer: Answer) -> Answer:
    """Groups in which a stranger stands in place of the listed person."""
    if "group" not in request.path or not between.is_json(answer):
        return answer
    body = answer.body.replace(b"553100000005@", f"{STRANGER}@".encode())
    return replace(answer, body=body)


def test_a_stranger_in_a_new_group_is_noticed() -> None:
    report = failures(people(Layer(strange_groups), allow=CHANGES))
    assert ("create_group", "whom it was made with is in it") in report
    assert ("create_group", "a bare number is in it") in report
    assert ("group_details", "in it, or out of it") in report


def emptied(request: Request, answer: Answer) -> Answer:
    """New groups of the instance alone, though it may add whom it likes."""
    if request.method != "POST" or "/group" not in request.path or not between.is_json(answer):
        return answer
    document = json.loads(answer.body)
    group = document.get("group", document)
    if not isinstance(group, dict) or "participants" not in group:
        return answer
    group["participants"] = [one for one in group["participants"] if one.get("admin")]
    return replace(answer, body=json.dumps(document).encode())


def test_a_person_who_is_lost_from_a_new_group_is_noticed() -> None:
    report = failures(people(Layer(emptied), allow=CHANGES))
    assert ("create_group", "whom it was made with is in it") in report


def silent(request: Request, answer: Answer) -> Answer:
    """A host whose isOnWhatsApp fails."""
    if "isOnWhatsApp" not in request.path:
        return answer
    body = {"name": "INTERNAL_SERVER_ERROR", "message": "Internal Server Error", "statusCode": 500}
    return Answer(500, between.JSON, json.dumps(body).encode())


def test_a_host_that_cannot_be_asked_is_blamed_for_that_alone() -> None:
    report = failures(people(Layer(silent), allow=CHANGES))
    assert {operation for operation, _ in report} == {"is_on_whatsapp"}
