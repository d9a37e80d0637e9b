"""Slow participants calls: slow for their caller alone."""

from __future__ import annotations

import threading
import time
from dataclasses import replace
from typing import Any

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
