"""Slow participants calls: slow for their caller alone."""

from __future__ import annotations

import threading
import time
from dataclasses import replace
from typing import Any

import pytest
from megaapi_mock.web.app import MockApp

from ..conftest import MakeApp
from ..support import AUTH, KEY

GROUP = "120363000000000001@g.us"


def add(app: Any, *people: str) -> Any:
    body = {"group_data": {"jid": GROUP, "participants": list(people)}}
    return app.test_client().post(f"/rest/group/{KEY}/addParticipants", headers=AUTH, json=body)


def test_a_pause_per_person_delays_the_answer(make_app: MakeApp) -> None:
    """The ancestor pauses 1.5 s after each person."""
    app = make_app(switches={"participants_pause": "0.05"})
    begun = time.monotonic()
    assert add(app, "5511900000004", "5511900000006").status_code == 200
    assert time.monotonic() - begun >= 0.1


@pytest.mark.parametrize(
    ("operation", "person", "reason"),
    [
        ("add", "100000000000002", "is the LID of Contato Teste, no phone number; answer to"),
        ("add", "11900000004", "11900000004 has no country code, 5511900000004?"),
        ("add", "(11) 90000-0004", "digits alone, 5511900000004?"),
        ("add", "5511900000099", "participant 5511900000099@s.whatsapp.net has no WhatsApp"),
        ("add", "5511900000002", "is a participant of 120363000000000001@g.us already"),
        ("remove", "100000000000002", "is the LID of Contato Teste, no phone number; answer to"),
        ("remove", "5511900000004", "is not a participant of 120363000000000001@g.us"),
        ("promote", "11900000002", "11900000002 has no country code, 5511900000002?"),
        ("demote", "5511900000004", "is not a participant of 120363000000000001@g.us"),
        ("add", "5511900000004", ""),
        ("remove", "5511900000002", ""),
    ],
)
def test_reason_names_the_way_out_for_who_is_refused(
    operation: str, person: str, reason: str, whole_app: MockApp
) -> None:
    body = {"group_data": {"jid": GROUP, "participants": [person]}}
    path = f"/rest/group/{KEY}/{operation}Participants"
    reply = whole_app.test_client().post(path, headers=AUTH, json=body)
    assert reply.status_code == 200
    assert reason in reply.headers.get("X-Mock-Reason", "")
    assert bool(reason) is ("X-Mock-Reason" in reply.headers)


def test_reason_explains_the_first_three_refusals(app: MockApp) -> None:
    reply = add(app, *(f"1190000000{number}" for number in range(2, 9)))
    assert reply.headers["X-Mock-Reason"].count("has no country code") == 3


def test_a_description_without_an_id_is_shown_without_one(make_app: MakeApp) -> None:
    app = make_app()
    with app.runtime.instances.store.change(KEY) as instance:
        (group,) = instance.groups
        table = instance.group_table
        table.put(group.jid, replace(group, description="Nova", description_id=None))
    shown = app.test_client().get(f"/rest/group/{KEY}/group?jid={GROUP}", headers=AUTH).get_json()
    assert shown["group"]["desc"] == "Nova" and "descId" not in shown["group"]
    listed = app.test_client().get(f"/rest/group/list/{KEY}", headers=AUTH).get_json()
    assert listed["groups"][0]["desc"] == "Nova"


def test_a_pause_holds_nobody_else_and_ends_with_the_server(make_app: MakeApp) -> None:
    app = make_app(switches={"participants_pause": "3600"})
    slow = threading.Thread(target=add, args=(app, "5511900000004"))
    slow.start()
    found = app.test_client().get("/_mock/instances").get_json()
    assert found["items"]
    app.close_streams()
    slow.join(timeout=60)
    assert not slow.is_alive()
    details = app.test_client().get(f"/rest/group/{KEY}/group?jid={GROUP}", headers=AUTH)
    assert details.get_json()["group"]["size"] == 3
