"""A capture repeated on a new mock: nothing is said of what is the same, differences by name."""

from __future__ import annotations

from pathlib import Path

import pytest
from megaapi_contract.capture.capture_facts import facts_of
from megaapi_contract.capture.form import FormDrift
from megaapi_contract.capture.mock_replay import Replay, in_time_order, replay
from megaapi_contract.host.target import MockTarget
from megaapi_contract.judging.contract import Contract

from .planted import NAMES, PLANTED, planted_record
from .recorded import SENT, Record, call, named, refusal, send_text, webhook


def test_a_capture_of_the_mock_repeats_without_a_difference(
    records: list[Record], every_plan: Contract
) -> None:
    comparison = replay(lambda: records, every_plan)
    assert [drift.as_json() for drift in comparison.drifts] == []
    # Emitting tells of a phone that goes, and it does not go.
    assert sum(comparison.notes.values()) <= 1
    assert sum(comparison.records.values()) == len(records)


@pytest.fixture(scope="module")
def planted_differences(records: list[Record], every_plan: Contract) -> list[list[FormDrift]]:
    """What is said of each planted record, all of them repeated on one mock."""
    target = MockTarget(profile=every_plan.plan)
    try:
        repetition = Replay(target, every_plan, facts_of(records, every_plan.operations))
        return [
            list(repetition.differences(planted_record(records, about, plant)))
            for about, plant, _, _ in PLANTED
        ]
    finally:
        target.close()


@pytest.mark.parametrize("number", range(len(PLANTED)), ids=NAMES)
def test_a_planted_difference_is_named(
    number: int, planted_differences: list[list[FormDrift]]
) -> None:
    _, _, kind, path = PLANTED[number]
    found = planted_differences[number]
    assert [(each.kind, each.path) for each in found][:1] == [(kind, path)]
    assert len(found) <= 2 and found[0].promise.file.endswith(".yaml")


def test_more_than_forty_differences_are_planted() -> None:
    assert len(PLANTED) > 40


# -- what is brought about -------------------------------------------------------------------


def test_an_echo_that_never_came_is_missing_where_webhooks_were_recorded(
    every_plan: Contract,
) -> None:
    sent = send_text(2, "<number 2>", 200, SENT)
    assert named([sent], every_plan) == []
    connected = {"messageType": "connection_update", "message": "phone_connected"}
    with_webhooks = [webhook(1, "connected", connected | {"pushName": "<text 9>"}), sent]
    missing = named(with_webhooks, every_plan)
    assert ("from-me-api-echo", "missing event", "messageType") in missing


def test_a_profile_that_fits_the_host_takes_the_difference_away(
    every_plan: Contract, tmp_path: Path
) -> None:
    refused = call(
        1, "list_groups", "/rest/group/list/<key 1>", 401, refusal("Instance not logged in")
    )
    refused["body"]["json"] |= {"name": "UNAUTHORIZED", "statusCode": 401}
    assert named([refused], every_plan) == [("list_groups", "other status", "status")]
    profile = tmp_path / "host.yaml"
    profile.write_text("plan: all\nswitches: {disconnected_status: '401'}\n", encoding="utf-8")
    assert named([refused], every_plan, profile=str(profile)) == []


def test_a_call_after_its_webhook_in_the_file_is_repeated_before_it() -> None:
    late_call = {"time": 1.0, "kind": "call"}
    early_webhook = {"time": 1.5, "kind": "webhook"}
    ordered = list(in_time_order([early_webhook, late_call]))
    assert ordered == [late_call, early_webhook]


def test_an_answer_that_the_client_had_already_is_no_difference(every_plan: Contract) -> None:
    known = call(1, "list_groups", "/rest/group/list/<key 1>", 304, None) | {"body": None}
    assert named([known], every_plan) == []
