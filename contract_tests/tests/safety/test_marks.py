"""A profile's name, pins and blocks are put back; what no call shows is not changed."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from megaapi_contract.errors import HeldBack
from megaapi_contract.host.host_instance import HostInstance
from megaapi_contract.host.http import Request
from megaapi_contract.judging.contract import Contract
from megaapi_contract.probes.session import Session
from megaapi_contract.safety.marks import UNREADABLE
from megaapi_contract.safety.put_back import restore_leftovers
from megaapi_contract.safety.restore_file import RestoreFile, read_file
from megaapi_mock.spec.plans import EVERY_PLAN

from ..support import KEY, LISTED, TOKEN
from .given_host import GivenHost, session_of

INSTANCE = HostInstance(KEY, TOKEN)
OWN_NAME = "Loja 123456789"


class MarkedHost(GivenHost):
    """A given host whose profile has a name, with one chat, and somebody who may be blocked."""

    def __init__(self, contract: Contract) -> None:
        super().__init__(contract)
        self.profile, self.pinned, self.blocked_people = OWN_NAME, False, set[str]()

    def _instance_status(self, request: Request, body: Any) -> Any:
        user = {"id": "5511900000001@s.whatsapp.net", "name": self.profile}
        return {"error": False, "instance": {"status": "connected", "user": user}}

    def _set_profile_name(self, request: Request, body: Any) -> Any:
        self.profile = body["messageData"]["name"]
        return {"error": False}

    def _list_chats(self, request: Request, body: Any) -> Any:
        chat = {"id": f"{LISTED}@s.whatsapp.net"} | ({"pinned": 7} if self.pinned else {})
        return {"error": False, "chats": ["odd", {"id": "1@g.us", "pinned": 1}, chat]}

    def _pin_chat(self, request: Request, body: Any) -> Any:
        self.pinned = body["option"]
        return {"error": False}

    def _block_chat(self, request: Request, body: Any) -> Any:
        (self.blocked_people.add if body["option"] else self.blocked_people.discard)(body["to"])
        return {"error": False}


@pytest.fixture(scope="module")
def every_plan() -> Contract:
    return Contract(plan=EVERY_PLAN)


@pytest.fixture
def host(every_plan: Contract) -> MarkedHost:
    return MarkedHost(every_plan)


@pytest.fixture
def restore(tmp_path: Path) -> RestoreFile:
    return RestoreFile(tmp_path / "restore.json", "https://host.example.test", KEY)


@pytest.fixture
def session(host: MarkedHost, every_plan: Contract, restore: RestoreFile) -> Session:
    return session_of(host, every_plan, "changes", restore=restore)


def named(name: str) -> Any:
    return {"messageData": {"name": name}}


def about(option: bool) -> Any:
    return {"to": LISTED, "option": option}


def test_a_profile_has_its_name_again(
    host: MarkedHost, session: Session, restore: RestoreFile
) -> None:
    for name in ("Outra", "0"):
        session.call("set_profile_name", INSTANCE, body=named(name))
    assert host.profile == "0"
    (entry,) = read_file(restore.path).entries.values()
    assert entry == {"what": "profile name", "name": OWN_NAME}
    session.put_back()
    assert host.profile == OWN_NAME and not restore.path.exists()


@pytest.mark.parametrize("pinned", [True, False])
def test_a_chat_is_pinned_as_it_was(pinned: bool, host: MarkedHost, session: Session) -> None:
    host.pinned = pinned
    session.call("pin_chat", INSTANCE, body=about(not pinned))
    assert host.pinned is not pinned
    session.put_back()
    assert host.pinned is pinned


@pytest.mark.parametrize(
    "answer",
    [
        (500, {}), (200, {"error": False}), (200, {"error": False, "chats": []}),
        (200, {"error": False, "chats": [{"id": "1@g.us", "pinned": 1}]}),
    ],
)  # fmt: skip
def test_a_chat_that_no_list_shows_is_not_pinned(
    answer: Any, host: MarkedHost, session: Session
) -> None:
    """It might have been pinned before: then it would be let go afterwards."""
    host.faults["list_chats"] = answer
    with pytest.raises(HeldBack, match=UNREADABLE):
        session.call("pin_chat", INSTANCE, body=about(True))
    assert "pin_chat" not in host.operations and session.undo == []


@pytest.mark.parametrize("operation", ["pin_chat", "block_chat"])
def test_a_number_that_is_no_text_is_put_back_too(
    operation: str, host: MarkedHost, session: Session, restore: RestoreFile
) -> None:
    session.call(operation, INSTANCE, body={"to": int(LISTED), "option": True})
    (entry,) = restore.entries.values()
    assert entry["people"] == [LISTED]


@pytest.mark.parametrize("operation", ["pin_chat", "block_chat"])
@pytest.mark.parametrize("to", [[LISTED], {"number": LISTED}, [{"to": LISTED}]])
def test_a_person_where_nobody_looks_stays(
    to: Any, operation: str, host: MarkedHost, session: Session
) -> None:
    with pytest.raises(HeldBack):
        session.call(operation, INSTANCE, body={"to": to, "option": True})
    assert operation not in host.operations


@pytest.mark.parametrize(
    ("operation", "body"),
    [("set_profile_name", {"messageData": {"name": "Outra"}}), ("block_chat", about(True))],
)
def test_change_whose_undo_cannot_be_written_is_refused_every_time(
    operation: str, body: Any, host: MarkedHost, session: Session, restore: RestoreFile,
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    def full(entry: Any) -> int:
        raise OSError("no space left on device")

    monkeypatch.setattr(restore, "note", full)
    for _ in range(2):
        with pytest.raises(HeldBack):
            session.call(operation, INSTANCE, body=body)
    assert operation not in host.operations


def test_who_was_blocked_is_heard_again(
    host: MarkedHost, session: Session, restore: RestoreFile
) -> None:
    session.call("block_chat", INSTANCE, body=about(True))
    assert host.blocked_people == {LISTED} and len(restore.entries) == 1
    session.put_back()
    assert host.blocked_people == set() and restore.entries == {}


def test_a_name_that_is_not_shown_is_not_changed(host: MarkedHost, session: Session) -> None:
    host.faults["instance_status"] = (200, {"error": False, "instance": {"status": "connected"}})
    with pytest.raises(HeldBack, match=UNREADABLE):
        session.call("set_profile_name", INSTANCE, body=named("Outra"))
    assert host.profile == OWN_NAME and session.undo == []


def test_a_status_text_that_no_call_shows_is_not_changed(
    host: MarkedHost, session: Session
) -> None:
    body = {"messageData": {"status": "Oi"}}
    with pytest.raises(HeldBack, match=UNREADABLE):
        session.call("set_profile_status", INSTANCE, body=body)
    assert "set_profile_status" not in host.operations
    # What any gateway refuses changes nothing, and shows how it refuses.
    session.call("set_profile_status", INSTANCE, body=body, token=session.wrong_token())
    assert "set_profile_status" in host.operations


def test_what_the_fence_refuses_leaves_nothing_to_put_back(
    host: MarkedHost, session: Session, restore: RestoreFile
) -> None:
    stranger = {"to": "5511900000088", "option": True}
    for operation, body in (
        ("block_chat", stranger), ("pin_chat", stranger),
        ("set_profile_name", named("5511900000088")),
    ):  # fmt: skip
        with pytest.raises(HeldBack):
            session.call(operation, INSTANCE, body=body)
    assert session.undo == [] and restore.entries == {}
    # The next change is the first one.
    session.call("set_profile_name", INSTANCE, body=named("Outra"))
    assert len(session.undo) == 1


@pytest.mark.parametrize("body", [{"option": True}, {"to": 7, "option": True}])
def test_a_request_about_nobody_is_nothing_to_put_back(
    body: Any, session: Session, restore: RestoreFile
) -> None:
    try:
        session.call("pin_chat", INSTANCE, body=body)
    except HeldBack:
        pass
    assert session.undo == [] and restore.entries == {}


def test_a_mark_that_cannot_be_put_back_stays_in_the_file(
    host: MarkedHost, session: Session, restore: RestoreFile
) -> None:
    session.call("block_chat", INSTANCE, body=about(True))
    host.faults["block_chat"] = (500, {})
    session.put_back()
    assert len(restore.entries) == 1
    sentences = {breach.message for breach in session.breaches}
    assert "what a probe changed can be put back" in sentences


def test_the_next_run_puts_back_the_marks_of_one_that_was_killed(
    host: MarkedHost, session: Session, restore: RestoreFile
) -> None:
    host.profile, host.pinned, host.blocked_people = "0", True, {"5511900000908"}
    for entry in (
        {"what": "profile name", "name": OWN_NAME},
        {"what": "pinned chat", "people": [LISTED], "pinned": False},
        {"what": "blocked person", "people": ["5511900000908"]},
    ):
        restore.note(entry)
    restored = restore_leftovers(session, session.restorer, restore)
    assert restored == (
        "a person to unblock", "a chat that is pinned or not", "the name of its profile",
    )  # fmt: skip
    assert (host.profile, host.pinned, host.blocked_people) == (OWN_NAME, False, set())
    assert restore.entries == {}
