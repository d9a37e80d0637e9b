"""What a probe changes on a given instance is as it was afterwards, whatever the host does."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from megaapi_contract.errors import HeldBack, Unusable
from megaapi_contract.host.host_instance import HostInstance
from megaapi_contract.host.webhook_receiver import Receiver
from megaapi_contract.judging.contract import Contract
from megaapi_contract.judging.judge import Judge
from megaapi_contract.probes.session import Session
from megaapi_contract.safety.gate import Gate
from megaapi_contract.safety.put_back import restore_leftovers
from megaapi_contract.safety.restore import (
    SHORTEST_CUT_NAME,
    UNKNOWN_NAME,
    UNREADABLE,
    UNWRITABLE,
    _same_name,
    _values,
)
from megaapi_contract.safety.restore_file import RestoreFile, read_file

from ..support import KEY, LISTED, TOKEN, Recorder
from .given_host import OWNERS_URL, GivenHost, session_of

INSTANCE = HostInstance(KEY, TOKEN)
SUITES_URL = "https://suite.example.com/webhooks"
SET_WEBHOOK = {"messageData": {"webhookUrl": SUITES_URL, "webhookEnabled": True}}


@pytest.fixture
def host(contract: Contract) -> GivenHost:
    return GivenHost(contract)


@pytest.fixture
def restore(tmp_path: Path) -> RestoreFile:
    return RestoreFile(tmp_path / "restore.json", "https://host.example.test", KEY, token=TOKEN)


@pytest.fixture
def session(host: GivenHost, contract: Contract, restore: RestoreFile) -> Session:
    return session_of(host, contract, "changes", restore=restore)


def new_group(name: str = "Equipe") -> Any:
    return {"group_data": {"group_name": name, "participants": [LISTED]}}


def events(*names: str) -> Any:
    return {"messageData": {"events": [*names]}}


# -- the webhook ---------------------------------------------------------------------------------


def test_owners_webhook_is_on_disk_before_change_and_set_again(
    host: GivenHost, session: Session, restore: RestoreFile
) -> None:
    session.call("configure_webhook", INSTANCE, body=SET_WEBHOOK)
    assert host.webhook["webhookUrl"] == SUITES_URL
    assert host.operations == ["webhook_settings", "configure_webhook"]
    assert [entry["url"] for entry in read_file(restore.path).entries.values()] == [OWNERS_URL]
    assert session.receiver.owner == OWNERS_URL
    session.put_back()
    assert host.webhook == {"webhookUrl": OWNERS_URL, "webhookEnabled": True}
    assert not restore.path.exists() and session.receiver.owner == ""
    assert [breach for breach in session.breaches if breach.kind == "law"] == []


def test_only_the_first_change_of_a_kind_is_remembered(
    host: GivenHost, session: Session, restore: RestoreFile
) -> None:
    for _ in range(3):
        session.call("configure_webhook", INSTANCE, body=SET_WEBHOOK)
    assert host.operations.count("webhook_settings") == 1 and len(restore.entries) == 1


def test_a_webhook_that_was_off_is_not_forwarded_to(host: GivenHost, session: Session) -> None:
    host.webhook["webhookEnabled"] = False
    session.call("configure_webhook", INSTANCE, body=SET_WEBHOOK)
    assert session.receiver.owner == ""
    session.put_back()
    assert host.webhook == {"webhookUrl": OWNERS_URL, "webhookEnabled": False}


@pytest.mark.parametrize(
    "fault", [(500, {}), (200, {"webhookData": {"webhookUrl": 7}}), (200, [])],
    ids=["refused", "of another shape", "a list"],
)  # fmt: skip
def test_what_cannot_be_read_is_not_changed(
    fault: tuple[int, Any], host: GivenHost, session: Session
) -> None:
    host.faults["webhook_settings"] = fault
    with pytest.raises(HeldBack, match=UNREADABLE):
        session.call("configure_webhook", INSTANCE, body=SET_WEBHOOK)
    assert "configure_webhook" not in host.operations
    assert session.gate.refusals[UNREADABLE] == 1
    # Once it can be read, the change is the first one.
    host.faults.clear()
    session.call("configure_webhook", INSTANCE, body=SET_WEBHOOK)
    session.put_back()
    assert host.webhook["webhookUrl"] == OWNERS_URL


def test_what_cannot_be_written_down_is_not_changed(
    host: GivenHost, contract: Contract, tmp_path: Path
) -> None:
    (tmp_path / "file").write_text("not a folder")
    unwritable = RestoreFile(tmp_path / "file" / "restore.json", "https://host.example.test", KEY)
    session = session_of(host, contract, "changes", restore=unwritable)
    for operation, body in (
        ("configure_webhook", SET_WEBHOOK),
        ("block_events", events("presence")),
        ("create_group", new_group()),
    ):
        for _ in range(2):
            with pytest.raises(HeldBack, match=UNWRITABLE):
                session.call(operation, INSTANCE, body=body)
        assert operation not in host.operations
    assert unwritable.entries == {}


def test_a_request_the_fence_refuses_leaves_nothing_to_restore(
    host: GivenHost, session: Session, restore: RestoreFile
) -> None:
    elsewhere = {"messageData": {"webhookUrl": "https://a.example.com/", "webhookEnabled": True}}
    with pytest.raises(HeldBack, match="an address the run does not use"):
        session.call("configure_webhook", INSTANCE, body=elsewhere)
    assert session.undo == [] and restore.entries == {} and not restore.path.exists()
    session.call("configure_webhook", INSTANCE, body=SET_WEBHOOK)
    assert len(restore.entries) == 1


def test_setting_that_cannot_be_restored_fails_and_stays_in_file(
    host: GivenHost, session: Session, restore: RestoreFile
) -> None:
    session.call("configure_webhook", INSTANCE, body=SET_WEBHOOK)
    host.faults["configure_webhook"] = (500, {"name": "X", "message": "m", "statusCode": 500})
    session.put_back()
    assert any("can be put back" in breach.message for breach in session.breaches)
    assert len(read_file(restore.path).entries) == 1


@pytest.mark.parametrize(
    "second",
    [{"webhookSecondaryUrl": "https://shop.example.test/second"}, {"webhookSecondaryUrl": None},
     {"webhookSecondaryEnabled": False}],
)  # fmt: skip
@pytest.mark.parametrize("first", [True, False])
def test_a_second_address_that_nobody_can_read_is_not_changed(
    first: bool, second: dict[str, Any], host: GivenHost, session: Session
) -> None:
    if not first:
        session.call("configure_webhook", INSTANCE, body=SET_WEBHOOK)
    before = [*host.operations]
    body = {"messageData": {**SET_WEBHOOK["messageData"], **second}}
    with pytest.raises(HeldBack, match=UNREADABLE):
        session.call("configure_webhook", INSTANCE, body=body)
    assert host.operations == before
    # With a token that nobody has, nothing of it is carried out.
    session.call("configure_webhook", INSTANCE, body=body, token=session.wrong_token())
    assert host.operations[-1] == "configure_webhook"


# -- events --------------------------------------------------------------------------------------


def test_events_are_blocked_as_they_were(host: GivenHost, session: Session) -> None:
    before = [*host.sent]
    session.call("block_events", INSTANCE, body=events("presence"))
    session.call("accept_webhook_events", INSTANCE, body=events("call"))
    assert (host.blocked, host.sent) == (["presence"], ["message.ack", "message", "call"])
    session.put_back()
    assert (host.blocked, host.sent) == (["call"], before)


def test_the_order_of_events_is_on_disk_for_the_next_run(
    host: GivenHost, session: Session, restore: RestoreFile, contract: Contract
) -> None:
    before = [*host.sent]
    session.call("block_events", INSTANCE, body=events("message.ack"))
    (entry,) = read_file(restore.path).entries.values()
    assert entry == {"what": "events", "blocked": ["call"], "accepted": before}
    next_session = session_of(host, contract, restore=restore)
    assert restore_leftovers(next_session, next_session.restorer, restore) == (
        "the events it blocks",
    )
    assert (host.blocked, host.sent, restore.entries) == (["call"], before, {})


@pytest.mark.parametrize("fault", ["block_events", "accept_webhook_events"])
def test_events_whose_order_cannot_be_put_back_stay_in_the_file(
    fault: str, host: GivenHost, session: Session, restore: RestoreFile
) -> None:
    session.call("block_events", INSTANCE, body=events("presence"))
    session.call("accept_webhook_events", INSTANCE, body=events("presence"))
    assert host.sent == ["message.ack", "message", "presence"]
    host.faults[fault] = (500, {})
    session.put_back()
    assert len(restore.entries) == 1


def test_events_the_instance_does_not_have_are_not_blocked(
    host: GivenHost, session: Session
) -> None:
    with pytest.raises(HeldBack, match=UNKNOWN_NAME):
        session.call("block_events", INSTANCE, body=events("presence", "unheardOf"))
    with pytest.raises(HeldBack, match=UNKNOWN_NAME):
        session.call("accept_status_events", INSTANCE, body=events("call"))
    assert host.operations == ["config_details", "config_details"] and session.undo == []


def test_events_that_cannot_be_read_are_not_changed(host: GivenHost, session: Session) -> None:
    host.faults["config_details"] = (200, {"configData": {"blockEvents": "call"}})
    with pytest.raises(HeldBack, match=UNREADABLE):
        session.call("block_events", INSTANCE, body=events("presence"))
    assert "block_events" not in host.operations


def test_events_that_cannot_be_read_later_stay_in_the_file(
    host: GivenHost, session: Session, restore: RestoreFile
) -> None:
    session.call("block_events", INSTANCE, body=events("presence"))
    host.faults["config_details"] = (500, {})
    session.put_back()
    assert len(restore.entries) == 1 and host.blocked == ["call", "presence"]


# -- groups --------------------------------------------------------------------------------------


def test_a_group_of_the_run_is_emptied_and_left_at_the_end(
    host: GivenHost, session: Session, restore: RestoreFile
) -> None:
    session.call("create_group", INSTANCE, body=new_group())
    assert list(session.gate.groups_to_leave) == list(host.groups) and session.undo == []
    assert [entry["what"] for entry in restore.entries.values()] == ["group"]
    session.leave_groups()
    assert host.groups == {} and restore.entries == {}


def test_a_group_the_probe_leaves_itself_is_emptied_before(
    host: GivenHost, session: Session, restore: RestoreFile
) -> None:
    session.call("create_group", INSTANCE, body=new_group())
    (jid,) = host.groups
    assert session.call("leave_group", INSTANCE, query={"jid": jid}).ok
    assert host.groups == {} and session.gate.groups_to_leave == {} and restore.entries == {}


def test_a_group_whose_answer_was_lost_is_found_by_its_name(
    host: GivenHost, session: Session, restore: RestoreFile
) -> None:
    host.groups = {
        "120363000000000090@g.us": {
            "id": "120363000000000090@g.us", "subject": "Equipe", "participants": ["owner"],
        },
    }  # fmt: skip
    host.faults["create_group"] = Unusable("the host is gone")
    with pytest.raises(Unusable):
        session.call("create_group", INSTANCE, body=new_group())
    host.faults.clear()
    host.groups["120363000000000091@g.us"] = {
        "id": "120363000000000091@g.us", "subject": "Another", "participants": [],
    }  # fmt: skip
    assert len(host.groups) == 3
    session.put_back()
    # The owner's group of the same name, and a new one of another name, stay.
    assert sorted(host.groups) == ["120363000000000090@g.us", "120363000000000091@g.us"]
    assert restore.entries == {}


def test_a_refused_group_costs_nothing(
    host: GivenHost, session: Session, restore: RestoreFile
) -> None:
    host.faults["create_group"] = (403, {"name": "FORBIDDEN", "message": "m", "statusCode": 403})
    session.call("create_group", INSTANCE, body=new_group())
    assert session.gate.groups_made == 0 and session.undo == [] and restore.entries == {}


def test_an_answer_that_names_no_group_leaves_the_search_by_name(
    host: GivenHost, session: Session
) -> None:
    host.faults["create_group"] = (200, {"error": False, "group": {"id": "not a group"}})
    session.call("create_group", INSTANCE, body=new_group())
    assert session.gate.groups_to_leave == {} and len(session.undo) == 1


def test_no_group_is_made_where_the_groups_cannot_be_listed(
    host: GivenHost, session: Session
) -> None:
    host.faults["list_groups"] = (200, {"groups": "none"})
    with pytest.raises(HeldBack, match=UNREADABLE):
        session.call("create_group", INSTANCE, body=new_group())
    assert "create_group" not in host.operations


def test_a_lost_group_that_cannot_be_looked_for_is_said(
    host: GivenHost, session: Session, restore: RestoreFile
) -> None:
    host.faults["create_group"] = Unusable("the host is gone")
    with pytest.raises(Unusable):
        session.call("create_group", INSTANCE, body=new_group())
    host.faults["list_groups"] = (500, {})
    with pytest.raises(Unusable, match="a group of the run may be left"):
        session.put_back()
    assert len(restore.entries) == 1


# -- where there is nothing to restore ------------------------------------------------------------


def test_an_effect_that_is_not_allowed_is_refused_without_a_look(
    host: GivenHost, contract: Contract
) -> None:
    session = session_of(host, contract)
    with pytest.raises(HeldBack, match="--allow changes"):
        session.call("configure_webhook", INSTANCE, body=SET_WEBHOOK)
    assert host.operations == []


def test_nothing_is_remembered_of_a_mock_or_of_another_instance(contract: Contract) -> None:
    recorder = Recorder(contract)
    recorder.real = False
    gate, judge = Gate(recorder, contract), Judge(contract, mock=True)
    session = Session(contract, gate, judge, Receiver(), (LISTED,), 7)
    session.call("configure_webhook", INSTANCE, body=SET_WEBHOOK)
    session.call("create_group", INSTANCE, body=new_group())
    assert session.undo == [] and gate.groups_to_leave == {} and len(recorder.left) == 2


# -- what an earlier run has left ----------------------------------------------------------------


def entries(restore: RestoreFile, *noted: Any) -> None:
    for entry in noted:
        restore.note(entry)


def test_everything_an_earlier_run_left_is_restored_the_latest_first(
    host: GivenHost, session: Session, restore: RestoreFile
) -> None:
    group = "120363000000000077@g.us"
    for jid, name in (("120363000000000071@g.us", "Equipe"), ("120363000000000072@g.us", "Nova")):
        host.groups[jid] = {"id": jid, "subject": name, "participants": ["5511900000908"]}
    entries(
        restore,
        {"what": "webhook", "url": OWNERS_URL, "enabled": False},
        {"what": "events", "blocked": ["presence"]},
        {"what": "group", "jid": "120363000000000071@g.us", "people": ["5511900000908"]},
        {"what": "group", "jid": group, "people": []},
        {"what": "new group", "name": "Nova", "before": [group], "people": ["5511900000908"]},
    )
    host.webhook = dict(SET_WEBHOOK["messageData"])
    before = set(session.gate.fence.recipients) if session.gate.fence else set()
    restored = restore_leftovers(session, session.restorer, restore)
    assert restored == ("a group to leave", "the events it blocks", "its webhook")
    assert host.webhook == {"webhookUrl": OWNERS_URL, "webhookEnabled": False}
    assert host.blocked == ["presence"] and host.groups == {} and restore.entries == {}
    assert session.gate.fence is not None and set(session.gate.fence.recipients) == before


def test_what_cannot_be_restored_stays_for_the_next_run(
    host: GivenHost, session: Session, restore: RestoreFile
) -> None:
    entries(
        restore,
        {"what": "webhook", "url": OWNERS_URL, "enabled": True},
        {"what": "events", "blocked": []},
        {"what": "group", "jid": "120363000000000071@g.us", "people": []},
    )
    host.faults["list_groups"] = (500, {})
    assert restore_leftovers(session, session.restorer, restore) == (
        "the events it blocks", "its webhook",
    )  # fmt: skip
    assert [entry["what"] for entry in read_file(restore.path).entries.values()] == ["group"]


def test_an_entry_the_fence_holds_back_stays(
    host: GivenHost, session: Session, restore: RestoreFile
) -> None:
    entries(restore, {"what": "events", "blocked": ["5511900000004"]})
    assert restore_leftovers(session, session.restorer, restore) == ()
    assert len(restore.entries) == 1 and "block_events" not in host.operations


# -- names and values ----------------------------------------------------------------------------


@given(name=st.text(min_size=1))
def test_a_group_has_the_name_that_was_asked_for(name: str) -> None:
    assert _same_name(name, name) and _same_name(name.strip(), name)
    assert not _same_name(name, None) and not _same_name(f"{name}x", name)


@given(name=st.text(st.characters(categories=["L"]), min_size=SHORTEST_CUT_NAME + 1))
def test_a_long_name_may_be_cut_and_a_short_one_not(name: str) -> None:
    assert _same_name(name[:SHORTEST_CUT_NAME], name)
    assert not _same_name(name[: SHORTEST_CUT_NAME - 1], name)
    assert not _same_name(None, name)


@given(values=st.dictionaries(st.text(), st.lists(st.text() | st.integers() | st.none())))
def test_every_value_of_a_body_is_read_as_text(values: dict[str, list[Any]]) -> None:
    flat = [value for each in values.values() for value in each if value is not None]
    expected = [value if isinstance(value, str) else str(value) for value in flat]
    assert list(_values(json.dumps(values).encode())) == expected


def test_a_body_that_is_not_json_is_one_value() -> None:
    assert list(_values(b"{not")) == ["{not"] and list(_values(b"")) == []
