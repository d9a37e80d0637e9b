"""A run with a second instance: what it tries more, whom it tells why not, and what it leaves."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from megaapi_contract.errors import SetupError
from megaapi_contract.host.http import Request
from megaapi_contract.host.stage import NO_CUSTOMER
from megaapi_contract.host.target import HttpTarget
from megaapi_contract.judging.results import Report, Result, read_json
from megaapi_contract.run.options import RunOptions
from megaapi_contract.run.peer.preparation import BLOCKED
from megaapi_contract.run.runner import prepare_run, probes
from megaapi_contract.run.runner import run as run_all
from megaapi_contract.run.secrets import remove_secrets, tokens_of_command_line

from ...holding import held_once
from ...support import KEY, LISTED, OWN, REAL, TOKEN
from ..recording import RecordingProxy
from .pair import (
    PEER,
    PEER_KEY,
    PEER_TOKEN,
    Pair,
    two_instances,
)

# Whole runs: `make hosts` has them.
pytestmark = pytest.mark.hosts

TOLD = "what a customer does is told once: "
LONG_TEXTS = "long texts of customers come whole"


@pytest.fixture
def pair() -> Iterator[Pair]:
    with two_instances() as both:
        yield both


def results_of(report: Report) -> dict[str, Result]:
    return {result.probe: result for result in report.results}


def test_what_customers_write_is_judged_on_a_host_without_control_api(pair: Pair) -> None:
    names = (*(f"{TOLD}{event}" for event in ("text-plain", "image", "document", "reaction")),
             LONG_TEXTS, "a customers picture is the one they took")  # fmt: skip
    report = pair.run(probes=names)
    states = {name: result.state for name, result in results_of(report).items()}
    assert states.pop(f"{TOLD}reaction") == "left out"
    assert set(states.values()) == {"passed"}, report.results
    assert report.failures == [] and report.messages_sent > 10


def test_without_one_the_same_laws_say_what_it_would_take(pair: Pair) -> None:
    report = pair.run(
        probes=(LONG_TEXTS, "a text is echoed and acknowledged"), peer_key="", peer_token="",
        peer_target="", recipients=(LISTED,),
    )  # fmt: skip
    assert results_of(report)[LONG_TEXTS].reason == NO_CUSTOMER


def test_most_of_what_needs_a_customer_can_be_tried(pair: Pair) -> None:
    with pair.prepared() as context:
        customer = [probe for probe in probes(context) if probe.customer]
        reasons = [context.stage.why_nobody_writes(event) for one in customer
                   for event in one.customer]  # fmt: skip
    assert reasons.count("") > 15


# -- a mutated host is noticed, and only then ------------------------------------------------


@pytest.mark.parametrize(
    ("lost", "sentence"),
    [
        (b'"fromMe": false', "what a customer does: exactly one webhook"),
        (b"pushName", "pushName is the author's name"),
    ],
)
def test_what_a_host_spoils_is_noticed(lost: bytes, sentence: str, pair: Pair) -> None:
    with pair.prepared(probes=(f"{TOLD}text-plain",)) as context:

        def spoil(body: bytes) -> list[bytes]:
            payload = json.loads(body)
            if payload.get("messageType") != "extendedTextMessage":
                return [body]
            if lost == b"pushName":
                return [json.dumps({**payload, "pushName": "Outro Cliente"}).encode()]
            return []

        context.receiver.spoil = spoil
        report = run_all(context)
    assert sentence in {breach.message for breach in report.breaches}


# -- what leaves -----------------------------------------------------------------------------


def numbers_written_to(requests: list[Request]) -> set[str]:
    recipients = set()
    for one in requests:
        # Some bodies no gateway can read, to see how it refuses them.
        document = read_json(one.body)
        data = document.get("messageData") if isinstance(document, dict) else None
        to = data.get("to") if isinstance(data, dict) else None
        if isinstance(to, str):
            recipients.add(to.removesuffix("@s.whatsapp.net"))
    return recipients


def test_nothing_leaves_but_between_the_two_and_to_the_listed(pair: Pair) -> None:
    proxy = RecordingProxy(HttpTarget(pair.server.url))
    operations = ("send_text", "send_media_base64", "create_group", "configure_webhook")
    options = pair.options(
        peer_target="", recipients=(LISTED,), max_groups=3, operations=operations
    )
    with prepare_run(options, proxy) as context:
        run_all(context)
    left: dict[str, list[Request]] = {KEY: [], PEER_KEY: []}
    for one in proxy.left:
        for key in left:
            if f"/{key}" in one.path:
                left[key].append(one)
    people = {
        key: {to for to in numbers_written_to(requests) if not to.endswith("@g.us")}
        for key, requests in left.items()
    }
    # With zeros behind it a listed number is nobody's: no number has 16 digits.
    nobody = {number.ljust(16, "0") for number in (PEER, LISTED)}
    assert people[KEY] - nobody == {PEER, LISTED} and people[PEER_KEY] == {OWN}
    calls = {one.path.replace(f"/{PEER_KEY}", "") for one in left[PEER_KEY] if one.method != "GET"}
    # Its webhook is put back, and the group is one that the run has made.
    changes = {one for one in calls if "/sendMessage/" not in one}
    assert "/rest/webhook/configWebhook" in changes
    assert changes <= {
        "/rest/webhook/configWebhook", "/rest/group/leaveGroup", "/rest/chat/deleteMessage",
        "/rest/instance/downloadMediaMessage",
    }  # fmt: skip


def test_a_small_budget_says_what_it_leaves_out(pair: Pair) -> None:
    report = pair.run(probes=(LONG_TEXTS,), max_messages=3)
    result = results_of(report)[LONG_TEXTS]
    assert "(--max-messages)" in result.reason and report.messages_sent == 3


# -- what cannot be ---------------------------------------------------------------------------


def refusal(**options: Any) -> str:
    with pytest.raises(SetupError) as caught:
        RunOptions(**{"target": REAL, "key": KEY, "token": TOKEN, **options})
    return str(caught.value)


def test_a_second_instance_needs_key_and_token() -> None:
    assert "--peer-instance-key and --peer-token" in refusal(peer_key=PEER_KEY)
    assert "--peer-instance-key and --peer-token" in refusal(peer_token=PEER_TOKEN)
    assert "--peer-instance-key and --peer-token" in refusal(peer_target=REAL)
    assert refusal(peer_key="../x", peer_token="a").startswith("--peer-instance-key: it takes")
    assert refusal(peer_key="k", peer_token="a b").startswith("--peer-token: a blank")
    assert "is for hosts" in refusal(target="mock", peer_key="k", peer_token="t")
    assert "--peer-instance-key and --peer-token" in refusal(peer_number=PEER)
    assert refusal(peer_number="Ana").startswith("--peer-number Ana: give 8 to 15 digits")
    assert refusal(number="12").startswith("--instance-number 12: give 8 to 15 digits")


def test_it_is_somebody_to_write_to_by_itself(pair: Pair) -> None:
    pair.options().require_instance()
    with pytest.raises(SetupError, match="--allow sends needs --recipient"):
        pair.options(peer_key="", peer_token="", peer_target="").require_instance()


def setup_refusal(pair: Pair, **options: Any) -> str:
    with pytest.raises(SetupError) as caught, pair.prepared(**options):
        pass
    return str(caught.value)


def test_what_cannot_be_a_second_instance_is_said_before_any_probe(pair: Pair) -> None:
    assert "this is the instance under test" in setup_refusal(
        pair, peer_target="", peer_key=KEY, peer_token=TOKEN
    )
    assert "same number" in setup_refusal(pair, peer_key=KEY, peer_token=TOKEN)
    assert "does not know the instance key (--peer-instance-key)" in setup_refusal(
        pair, peer_target="", peer_key="megacode-TESTKEY0077"
    )
    assert "refuses the token (--peer-token)" in setup_refusal(pair, peer_token="TESTTOKEN0077")
    assert "is not linked" in setup_refusal(
        pair, peer_key="megacode-TESTKEY0002", peer_token="TESTKEY0002"
    )
    assert "acts for customers itself" in setup_refusal(pair, control_api=True)
    assert "--peer-target nowhere: give" in setup_refusal(pair, peer_target="nowhere")


def test_a_status_without_numbers_asks_for_them_and_no_qr_code_is_scanned() -> None:
    """A dedicated host shows the state of an instance in a list, and nothing else of it."""
    with two_instances(switches={"status_shape": "list"}) as pair:
        assert "does not show the number of the second instance: give it with --peer-number" in (
            setup_refusal(pair)
        )
        assert "would write to: give it with --instance-number" in setup_refusal(
            pair, peer_number=PEER
        )
        assert "same number" in setup_refusal(pair, peer_number=PEER, number=PEER)
        unlinked = {"peer_key": "megacode-TESTKEY0002", "peer_token": "TESTKEY0002"}
        assert "is not linked" in setup_refusal(pair, **unlinked, peer_number=PEER)


def test_a_second_instance_writes_on_a_host_whose_status_has_no_number() -> None:
    with two_instances(switches={"status_shape": "list"}) as pair:
        names = (f"{TOLD}text-plain", LONG_TEXTS)
        report = pair.run(probes=names, peer_number=f"+{PEER[:2]} {PEER[2:]}", number=OWN)
    assert {result.state for result in report.results} == {"passed"}, report.results
    assert report.failures == []


def test_a_number_that_the_host_shows_otherwise_is_refused(pair: Pair) -> None:
    stranger = "5511900000055"
    assert f"--peer-number {stranger}" in setup_refusal(pair, peer_number=stranger)
    assert f"--instance-number {stranger}" in setup_refusal(pair, number=stranger)
    # The same phone, dialled without its ninth digit.
    with pair.prepared(number=OWN.replace("119", "11", 1), peer_number=PEER) as context:
        assert context.instance is not None and context.instance.number == OWN


def test_two_mocks_are_told_apart_from_two_addresses_of_one(pair: Pair) -> None:
    with two_instances() as other:
        unknown = "megacode-TESTKEY0008"
        other.ask("POST", "/_mock/instances", {
            "key": unknown, "token": PEER_TOKEN, "number": "5511900000008", "connected": True,
        })  # fmt: skip
        sentence = setup_refusal(pair, peer_key=unknown, peer_target=other.peer_target)
    assert "no message goes from one to the other" in sentence


def test_a_blocked_category_is_why_nobody_is_heard(pair: Pair) -> None:
    pair.ask("POST", f"/rest/config/{KEY}/blockEvents", {
        "messageData": {"events": ["messagesInput"]},
    })  # fmt: skip
    report = pair.run(probes=(LONG_TEXTS, "a text is echoed and acknowledged"))
    assert results_of(report)[LONG_TEXTS].reason == BLOCKED
    assert report.failures == []


def test_its_token_is_in_no_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("MEGAAPI_PEER_TOKEN", raising=False)
    words = ["run", "--peer-token", PEER_TOKEN]
    assert tokens_of_command_line(words) == [PEER_TOKEN]
    assert remove_secrets(f"no {PEER_TOKEN}", [PEER_TOKEN]) == "no <token>"
    monkeypatch.setenv("MEGAAPI_PEER_TOKEN", "TESTTOKEN0010")
    assert "TESTTOKEN0010" in tokens_of_command_line([])


def test_no_report_shows_it(pair: Pair, tmp_path: Path) -> None:
    done = subprocess.run(
        [*command(pair), "--probe", LONG_TEXTS, "--report", str(tmp_path / "report")],
        env=environment(), capture_output=True, text=True, timeout=600,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr + done.stdout
    files = [file for file in (tmp_path / "report").rglob("*") if file.is_file()]
    assert len(files) > 3
    for file in files:
        content = file.read_text(encoding="utf-8", errors="replace")
        for secret in (PEER_KEY, PEER_TOKEN, PEER):
            assert secret not in content, file
    assert PEER_TOKEN not in done.stdout + done.stderr


# -- nothing is left behind ------------------------------------------------------------------


def command(pair: Pair) -> list[str]:
    return [
        sys.executable, "-m", "megaapi_contract", "run", "--target", pair.server.url,
        "--no-control-api", "--instance-key", KEY, "--quick", "--seed", "1",
        "--peer-instance-key", PEER_KEY, "--peer-target", pair.peer_target,
        "--allow", "sends", "--allow", "changes", "--max-messages", "100",
    ]  # fmt: skip


def environment() -> dict[str, str]:
    return os.environ | {"MEGAAPI_TOKEN": TOKEN, "MEGAAPI_PEER_TOKEN": PEER_TOKEN}


def state_of(pair: Pair) -> tuple[Any, ...]:
    """Webhooks and groups of both."""
    instances = [pair.ask("GET", f"/_mock/instances/{key}") for key in (KEY, PEER_KEY)]
    groups = [pair.ask("GET", f"/rest/group/list/{key}", token=token)["groups"]
              for key, token in ((KEY, TOKEN), (PEER_KEY, PEER_TOKEN))]  # fmt: skip
    return *(one["webhook"] for one in instances), groups


def test_a_run_leaves_both_as_they_were(pair: Pair, state_folder: Path) -> None:
    before = state_of(pair)
    report = pair.run(probes=(f"{TOLD}group-text", LONG_TEXTS))
    assert {result.state for result in report.results} == {"passed"}, report.results
    assert state_of(pair) == before
    assert list(state_folder.glob("*.json")) == []


def test_what_a_killed_run_left_is_put_back_by_the_next(pair: Pair, state_folder: Path) -> None:
    before = state_of(pair)
    process = subprocess.Popen(
        [*command(pair), "--probe", f"{TOLD}group-text", "--pace", "0"],
        env=environment(), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
    )  # fmt: skip
    try:
        with held_once(pair.server, lambda: state_of(pair)[2][1] != before[2][1]):
            process.send_signal(signal.SIGKILL)
            process.wait()
    finally:
        process.kill()
        process.wait()
    assert state_of(pair) != before
    report = pair.run(operations=("instance_status",), peer_key="", peer_token="", peer_target="",
                      allow=frozenset({"reads"}))  # fmt: skip
    assert report.unusable == "" and state_of(pair) == before
    assert list(state_folder.glob("*.json")) == []


# -- whatever a host may do ------------------------------------------------------------------


@pytest.mark.parametrize(
    "switches",
    [
        {"echo": "off", "addressing": "mixed"},
        {"acks": "off", "addressing": "lid", "payload_generation": "2025"},
        {"presence_events": "on", "payload_generation": "2023"},
        {"payload_generation": "2024", "jid_suffix": "on"},
    ],
)
def test_customers_of_a_healthy_host_are_not_condemned(switches: dict[str, str]) -> None:
    with two_instances(switches=switches) as pair:
        with pair.prepared() as context:
            names = tuple(probe.name for probe in probes(context) if probe.customer)
        report = pair.run(probes=names, max_groups=100)
    failures = {f"{one.probe}: {one.operation}: {one.message}" for one in report.failures}
    assert (failures, report.unusable) == (set(), "")
    assert sum(result.state == "passed" for result in report.results) > 35


@pytest.mark.hosts
@pytest.mark.parametrize("plan", ["code", "start", "token"])
def test_a_healthy_host_is_not_condemned(plan: str) -> None:
    with two_instances(profile=plan) as pair:
        report = pair.run(max_groups=100, gateway_plan=plan)
    failures = {f"{one.probe}: {one.operation}: {one.message}" for one in report.failures}
    assert (failures, report.unusable) == (set(), "")
