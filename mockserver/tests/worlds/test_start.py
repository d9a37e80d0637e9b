"""Where a mock begins: in a world, or in a state that a mock wrote."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from megaapi_mock.domain.connection import CONNECTED
from megaapi_mock.domain.gateway import InstanceSeed
from megaapi_mock.errors import WorldError
from megaapi_mock.resources import root
from megaapi_mock.store.state_file import seal
from megaapi_mock.worlds.start import load_start

FIXTURES = root("fixtures")
INSTANCE = {
    "key": "megacode-TESTKEY0001", "token": "TESTKEY0001", "number": "5511900000001",
    "name": "Test Shop", "connection": {"state": CONNECTED},
}  # fmt: skip


def state_file(folder: Path, **state: Any) -> str:
    path = folder / "state.json"
    path.write_bytes(seal({"instances": [INSTANCE], "instance": None, **state}))
    return str(path)


def test_a_world_is_found_by_its_name_and_may_have_more_people() -> None:
    world = load_start("default", FIXTURES)
    assert world.state is None and world.instances[0].key == INSTANCE["key"]
    more = load_start("default", FIXTURES, contacts=5)
    # Of five people one or two have no account.
    assert len(more.directory.everybody) - len(world.directory.everybody) in (3, 4)


def test_a_state_says_itself_who_is_in_it(tmp_path: Path) -> None:
    alone = {**INSTANCE, "key": "megacode-TESTKEY0002", "connection": {"state": "closed"}}
    world = load_start(state_file(tmp_path, instances=[INSTANCE, alone]), FIXTURES)
    shared = {"token": "TESTKEY0001", "number": "5511900000001", "name": "Test Shop"}
    assert world.instances == (
        InstanceSeed(key=str(INSTANCE["key"]), connected=True, **shared),
        InstanceSeed(key=str(alone["key"]), connected=False, **shared),
    )
    assert world.state is not None and world.state["instances"] == [INSTANCE, alone]


@pytest.mark.parametrize(
    ("state", "contacts", "sentence"),
    [
        ({}, 5, "leave --contacts 5 out, or start with a world"),
        ({"instance": INSTANCE["key"]}, 0, "this is the state of megacode-TESTKEY0001 alone"),
        ({"instances": [{"key": "a"}]}, 0, "its instances cannot be read: save it again"),
        ({"instances": 5}, 0, "its instances cannot be read: save it again"),
    ],
)
def test_a_state_that_is_no_start_is_refused(
    tmp_path: Path, state: dict[str, Any], contacts: int, sentence: str
) -> None:
    path = state_file(tmp_path, **state)
    with pytest.raises(WorldError) as refusal:
        load_start(path, FIXTURES, contacts=contacts)
    assert sentence in str(refusal.value) and path in str(refusal.value)


def test_a_state_that_was_changed_by_hand_is_refused(tmp_path: Path) -> None:
    path = Path(state_file(tmp_path))
    path.write_bytes(path.read_bytes().replace(b"Test Shop", b"Test Shap"))
    with pytest.raises(WorldError, match=r"state\.json"):
        load_start(str(path), FIXTURES)


def test_a_file_that_is_not_there_is_refused(tmp_path: Path) -> None:
    with pytest.raises(WorldError):
        load_start(str(tmp_path / "gone.yaml"), FIXTURES)
