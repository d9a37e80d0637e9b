"""After a reset nothing has an id that was told before, unless somebody asks for the same again."""

from __future__ import annotations

from itertools import product
from typing import Any

import pytest
from megaapi_mock.ids import KEYS_MOST, Ids
from megaapi_mock.web.app import MockApp

from .control import ControlApi
from .support import AUTH, KEY


def told(app: MockApp) -> list[str]:
    """The ids of a message that came and one that went, of a group, and of a pairing code."""
    control_api = ControlApi(app)
    came = control_api.post(f"/instances/{KEY}/inbound", {}, status=201)["id"]
    data: Any = {"to": "5511900000002", "text": "oi"}
    went = app.test_client().post(
        f"/rest/sendMessage/{KEY}/text", json={"messageData": data}, headers=AUTH
    )
    data = {"group_name": "x", "participants": ["5511900000002"]}
    group = app.test_client().post(
        f"/rest/group/{KEY}/create", json={"group_data": data}, headers=AUTH
    )
    assert (went.status_code, group.status_code) == (200, 200)
    return [came, went.get_json()["messageData"]["key"]["id"], group.get_json()["group"]["id"]]


@pytest.mark.parametrize("query", ["", f"?instance={KEY}"])
def test_ids_do_not_repeat_after_a_reset(app: MockApp, query: str) -> None:
    seen: list[str] = []
    for _ in range(4):
        seen += told(app)
        ControlApi(app).post(f"/reset{query}")
    assert len(set(seen)) == len(seen) == 12


@pytest.mark.parametrize("query", ["", f"?instance={KEY}"])
def test_state_loaded_again_repeats_ids_unless_new_ones_are_asked_for(
    app: MockApp, query: str
) -> None:
    state, client = app.test_client().get(f"/_mock/state{query}").get_data(), app.test_client()
    first = told(app)
    again = f"{query}&ids=again" if query else "?ids=again"
    for path in (f"/_mock/state{query}", f"/_mock/state{again}"):
        assert client.put(path, data=state).status_code == 200
        assert told(app) == first
    seen = list(first)
    for _ in range(3):
        assert client.put(f"/_mock/state{again[:-5]}new", data=state).status_code == 200
        seen += told(app)
    assert len(set(seen)) == len(seen) == 12


@pytest.mark.parametrize("query", ["", f"?instance={KEY}"])
def test_the_same_ids_can_be_asked_for(app: MockApp, query: str) -> None:
    first = told(app)
    ControlApi(app).post(f"/reset{query}")
    assert not set(told(app)) & set(first)
    ControlApi(app).post(f"/reset{query}", {"ids": "again"})
    assert told(app) == first


@pytest.mark.parametrize("query", ["", f"?instance={KEY}"])
@pytest.mark.parametrize("again", ["", f"?instance={KEY}"])
def test_resets_after_the_same_ids_repeat_none_of_the_earlier_ones(
    app: MockApp, query: str, again: str
) -> None:
    seen = told(app)
    for _ in range(2):
        ControlApi(app).post(f"/reset{query}")
        seen += told(app)
    ControlApi(app).post(f"/reset{again}", {"ids": "again"})
    told(app)
    for _ in range(3):
        ControlApi(app).post(f"/reset{query}")
        seen += told(app)
    assert len(set(seen)) == len(seen) == 18


def test_all_series_that_were_begun_differ_whatever_was_asked_for_again() -> None:
    """Every way through five steps of four kinds; only `begin_again` repeats."""
    for steps in product(("all", "one", "all again", "one again"), repeat=5):
        ids = Ids(7)
        seen = {ids.message(KEY, 1)}
        for step in steps:
            key = KEY if step.startswith("one") else None
            if step.endswith("again"):
                ids.begin_again(key)
            else:
                ids.renew(key)
                assert ids.message(KEY, 1) not in seen, steps
            ids = saved_and_restored(ids)
            seen.add(ids.message(KEY, 1))


def saved_and_restored(ids: Ids) -> Ids:
    again = Ids()
    again.restore(*ids.save())
    return again


def test_ids_that_an_earlier_version_saved_go_on() -> None:
    ids = Ids()
    ids.restore(7, 2, {KEY: 3}, {KEY: 4})
    ids.renew(KEY)
    assert ids.series(KEY) == 5
    ids.renew()
    assert ids.save()[1] == 3


def test_a_wrong_wish_is_named(app: MockApp) -> None:
    sentence = ControlApi(app).refusal("POST", "/reset", {"ids": "same"})
    assert sentence == 'ids: must be new or again, not "same"'


def test_two_starts_with_one_seed_and_the_same_resets_are_alike() -> None:
    made = [Ids(7), Ids(7)]
    for ids in made:
        ids.renew()
        ids.renew(KEY)
    assert made[0].message(KEY, 1) == made[1].message(KEY, 1) != Ids(7).message(KEY, 1)


def test_resets_of_many_instances_fill_no_memory_and_repeat_nothing() -> None:
    ids, seen = Ids(7), set()
    for number in range(KEYS_MOST + 500):
        ids.renew(f"megacode-MADE{number}")
        seen.add(ids.message("megacode-MADE1", 1))
    assert len(ids._resets_of) <= KEYS_MOST
    assert len(seen) == 2 + 1
