"""A capture repeated on a new mock: nothing is said of what is the same, differences by name."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from megaapi_contract.capture.capture import CASSETTE, FORMAT, VERSION
from megaapi_contract.capture.capture_facts import facts_of
from megaapi_contract.capture.form import FormDrift
from megaapi_contract.capture.mock_replay import Replay, in_time_order, replay
from megaapi_contract.cli import main
from megaapi_contract.host.target import MockTarget
from megaapi_contract.judging.contract import Contract

from .planted import NAMES, PLANTED, Record, planted_record

Json = dict[str, Any]


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


def call(number: int, operation: str, path: str, status: int, body: Any, **sent: Any) -> Record:
    """A recorded call of the instance `<key 1>`."""
    return {
        "kind": "call", "number": number, "time": 1767225600.0 + number, "seconds": 0.01,
        "operation": operation, "method": "POST" if sent else "GET", "path": path,
        "request_headers": [["Authorization", "Bearer <token 1>"],
                            *([["Content-Type", "application/json"]] if sent else [])],
        "request_body": {"json": sent} if sent else None, "status": status,
        "headers": [["Content-Type", "application/json; charset=utf-8"]], "body": {"json": body},
    }  # fmt: skip


def send_text(number: int, to: str, status: int, body: Any) -> Record:
    sent = {"to": to, "text": "<text 1>"}
    path = "/rest/sendMessage/<key 1>/text"
    return call(number, "send_text", path, status, body, messageData=sent)


def refusal(message: str) -> Json:
    return {"name": "FORBIDDEN", "message": message, "statusCode": 403}


def webhook(number: int, event: str, payload: Json) -> Record:
    """A recorded webhook of the instance `<key 1>`."""
    own = {"instance_key": "<key 1>", "jid": "<number 1>@s.whatsapp.net"}
    return {
        "kind": "webhook", "number": number, "time": 1767225600.0 + number, "event": event,
        "request_headers": [], "request_body": {"json": own | payload}, "answered": 200,
    }  # fmt: skip


SENT = {
    "error": False,
    "message": "Message sent",
    "messageData": {
        "key": {"remoteJid": "<number 2>@s.whatsapp.net", "fromMe": True, "id": "<id 1>"},
        "message": {"extendedTextMessage": {"text": "<text 1>"}},
        "messageTimestamp": "<time 1>",
        "status": "PENDING",
    },
}


def named(records: list[Record], every_plan: Contract, **options: Any) -> list[tuple[str, ...]]:
    comparison = replay(lambda: records, every_plan, **options)
    return [(each.about, each.kind, each.path) for each in comparison.drifts]


def test_a_number_that_had_no_account_has_none_in_the_mock(every_plan: Contract) -> None:
    unregistered = refusal("Number not registered on WhatsApp")
    records = [send_text(1, "<number 2>", 200, SENT), send_text(2, "<number 3>", 403, unregistered)]
    assert named(records, every_plan) == []


def test_an_instance_that_was_not_linked_is_not_in_the_mock(every_plan: Contract) -> None:
    records = [send_text(1, "<number 2>", 403, refusal("Instance not logged in"))]
    assert named(records, every_plan) == []


def test_a_key_that_no_instance_has_is_none_in_the_mock(every_plan: Contract) -> None:
    answer = {"name": "NOT_FOUND", "message": "Instance not found", "statusCode": 404}
    records = [call(1, "instance_status", "/rest/instance/<key 1>", 404, answer)]
    assert named(records, every_plan) == []


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


# -- the command -----------------------------------------------------------------------------


def command(*words: str) -> Any:
    return CliRunner().invoke(main, list(words), catch_exceptions=False)


def test_the_command_repeats_a_folder(folder: Path) -> None:
    result = command("replay", str(folder), "--target", "mock")
    assert result.exit_code == 0, result.stdout
    assert result.stdout.splitlines()[-1].endswith("no difference from the mock")


def test_a_capture_is_sent_to_no_host(folder: Path) -> None:
    result = command("replay", str(folder), "--target", "http://127.0.0.1:9")
    assert result.exit_code == 2 and "--target mock" in result.stderr


@pytest.fixture
def strange_folder(tmp_path: Path) -> Path:
    """A capture with another status, and with markup where nobody expects any."""
    folder = tmp_path / "strange"
    folder.mkdir()
    markup = send_text(2, "<number 2>", 200, SENT | {"<b>new</b>": 1})
    header = {"format": FORMAT, "version": VERSION, "suite": "0", "plan": "all"}
    lines = [header, send_text(1, "<number 2>", 201, SENT), markup]
    text = "".join(f"{json.dumps(line)}\n" for line in lines)
    (folder / CASSETTE).write_text(text, encoding="utf-8")
    return folder


@pytest.mark.parametrize("words", [("drift",), ("replay", "--target", "mock")], ids=" ".join)
def test_the_page_shows_each_difference_and_runs_no_markup(
    strange_folder: Path, words: tuple[str, ...]
) -> None:
    result = command(words[0], str(strange_folder), *words[1:], "--format", "html")
    assert result.exit_code == 1
    page = result.stdout
    assert page.startswith("<!doctype html>") and "send_text: status: 201" in page
    assert "&lt;b&gt;new&lt;/b&gt;" in page and "<b>new" not in page
    assert "default-src &#39;none&#39;" in page or "default-src 'none'" in page


def test_a_program_reads_what_differs(strange_folder: Path) -> None:
    result = command("replay", str(strange_folder), "--target", "mock", "--format", "json")
    document = json.loads(result.stdout)
    first = document["drifts"][0]
    assert (first["about"], first["kind"], first["count"]) == ("send_text", "other status", 1)
    assert first["grade"] and first["file"] == "paths/send_message/send_text.yaml"
