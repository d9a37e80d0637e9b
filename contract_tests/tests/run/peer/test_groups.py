"""Two instances in one group of the run: what either does there is seen and told on both sides."""

from __future__ import annotations

import json
import signal
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from megaapi_contract.host.http import Request
from megaapi_contract.host.target import HttpTarget
from megaapi_contract.judging.results import Report
from megaapi_contract.probes.laws import group_of_instances
from megaapi_contract.probes.laws.calls import GROUP_NAME
from megaapi_contract.run.runner import prepare_run
from megaapi_contract.run.runner import run as run_all
from megaapi_mock.spec.plans import EVERY_PLAN

from ...holding import held_once
from ...support import KEY, OWN
from ..recording import RecordingProxy
from .pair import PEER, PEER_KEY, Pair, two_instances
from .test_preparation import command, environment, state_of

# Whole runs: `make hosts` has them.
pytestmark = pytest.mark.hosts

LAWS = tuple(probe.name for probe in group_of_instances.LAWS.probes)
SEEN, CHANGED, LEFT, MEMBER, ADMINISTERED, COMING, RANKS, SILENT = LAWS


def run(pair: Pair, *names: str, plan: str = EVERY_PLAN, **others: Any) -> Report:
    return pair.run(probes=names, peer_target="", gateway_plan=plan, **others)


def states(report: Report) -> dict[str, str]:
    return {result.probe: result.state for result in report.results}


@pytest.mark.parametrize(
    "switches",
    [
        {},
        {"group_events": "on"},
        {"group_events": "on", "addressing": "lid", "payload_generation": "2025"},
        {"group_events": "on", "addressing": "mixed", "group_shape": "flat"},
        {"presence_events": "on", "payload_generation": "2023", "participants_shape": "2022"},
        {"echo": "off", "acks": "off", "payload_generation": "2024"},
    ],
    ids=str,
)
def test_one_group_is_enough_on_a_healthy_host(switches: dict[str, str]) -> None:
    with two_instances(profile=EVERY_PLAN, switches=switches) as pair:
        before = state_of(pair)
        report = run(pair, *LAWS, max_groups=1)
        assert states(report) == dict.fromkeys(LAWS, "passed"), report.results
        assert (report.failures, report.findings) == ([], [])
        assert state_of(pair) == before


@pytest.mark.parametrize(("plan", "count"), [("code", 3), ("start", 3), ("token", 8)])
def test_a_plan_has_the_laws_of_its_operations(plan: str, count: int) -> None:
    with two_instances(profile=plan) as pair:
        report = run(pair, plan=plan, operations=("create_group",))
    passed = {name for name, state in states(report).items() if state == "passed"}
    assert len(passed & {*LAWS}) == count and report.failures == []


# -- what a host gets wrong ------------------------------------------------------------------


Spoil = Callable[[Any], Any]


def _add_to_all(payload: Any) -> Any:
    return {**payload, "action": "add"}


def _without_author(payload: Any) -> Any:
    key = {name: value for name, value in payload["key"].items() if "articipant" not in name}
    return {**payload, "key": key}


def spoilt(pair: Pair, name: str, key: str, message_type: str, spoil: Spoil) -> set[str]:
    """What a run notices where one instance's webhooks of a type are told otherwise, or not."""
    options = {"peer_target": "", "gateway_plan": EVERY_PLAN, "probes": (name,)}
    with pair.prepared(**options) as context:

        def spoil_all(body: bytes) -> list[bytes]:
            payload = json.loads(body)
            mine = payload.get("instance_key") == key and not payload.get("key", {}).get("fromMe")
            if mine and payload.get("messageType") == message_type:
                payload = spoil(payload)
            return [json.dumps(payload).encode()] if payload is not None else []

        context.receiver.spoil = spoil_all
        return {breach.message for breach in run_all(context).breaches}


TOLD_ONCE = "each change of a group is told once, to both"
PEOPLE, UPDATE, WORDS = "group-participants.update", "groups.update", "extendedTextMessage"


@pytest.mark.parametrize("key", [KEY, PEER_KEY])
@pytest.mark.parametrize(
    ("name", "message_type", "spoil", "sentence"),
    [
        (COMING, PEOPLE, lambda payload: None, TOLD_ONCE),
        (RANKS, UPDATE, lambda payload: None, TOLD_ONCE),
        (COMING, PEOPLE, _add_to_all, "action is what was done"),
        (RANKS, PEOPLE, _add_to_all, "action is what was done"),
        (
            COMING, PEOPLE,
            lambda payload: {**payload, "participants": ["5511900000077@s.whatsapp.net"]},
            "participants are whom it was done to",
        ),
        (
            COMING, PEOPLE, lambda payload: {**payload, "author": "5511900000077@s.whatsapp.net"},
            "author is who did it",
        ),
        (
            RANKS, UPDATE, lambda payload: {**payload, "id": "120363000000000077@g.us"},
            "id is the group's",
        ),
        (
            RANKS, UPDATE,
            lambda payload: {**payload, "announce": True} if "announce" in payload else payload,
            "announce is what was done",
        ),
        (COMING, WORDS, _without_author, "participant names the author"),
        (
            RANKS, WORDS, lambda payload: {**payload, "pushName": "Outra Pessoa"},
            "pushName is the author's name",
        ),
    ],
)  # fmt: skip
def test_what_is_told_otherwise_is_noticed(
    key: str, name: str, message_type: str, spoil: Spoil, sentence: str
) -> None:
    with two_instances(profile=EVERY_PLAN, switches={"group_events": "on"}) as pair:
        assert sentence in spoilt(pair, name, key, message_type, spoil)


# -- what leaves, and what is left -----------------------------------------------------------


def calls_of(requests: list[Request], key: str) -> set[str]:
    return {
        one.path.replace(f"/{key}", "") for one in requests
        if f"/{key}" in one.path and one.method != "GET"
    }  # fmt: skip


def test_each_instance_is_asked_for_its_part_alone() -> None:
    with two_instances(profile=EVERY_PLAN) as pair:
        proxy = RecordingProxy(HttpTarget(pair.server.url))
        options = pair.options(peer_target="", gateway_plan=EVERY_PLAN, probes=LAWS)
        with prepare_run(options, proxy) as context:
            run_all(context)
        groups = {one.query for one in proxy.left if "/group/" in one.path and "jid=" in one.query}
    assert calls_of(proxy.left, PEER_KEY) == {
        "/rest/webhook/configWebhook", "/rest/group/leaveGroup", "/rest/sendMessage/text",
        "/rest/group/setWhoCanSendMessage",
    }  # fmt: skip
    written = {json.loads(one.body)["messageData"]["to"] for one in proxy.left
               if one.path == f"/rest/sendMessage/{PEER_KEY}/text"}  # fmt: skip
    people = {to for to in written if not to.endswith("@g.us")}
    # Besides the one group it writes to the first instance alone, to announce the end.
    assert len(written - people) == 1 and people <= {OWN}
    assert len({query.partition("&")[0] for query in groups}) == 1
    added = [json.loads(one.body)["group_data"]["participants"] for one in proxy.left
             if one.path.endswith("articipants") and KEY in one.path]  # fmt: skip
    assert added and all(people == [PEER] for people in added)


@pytest.mark.parametrize("name", [LEFT, RANKS, SILENT])
def test_a_run_that_was_killed_in_the_middle_is_put_back(name: str, state_folder: Path) -> None:
    """Wherever it was: the next run has both out of the group, and webhooks as they were."""
    with two_instances(profile=EVERY_PLAN) as pair:
        before = state_of(pair)
        process = subprocess.Popen(
            [*_command(pair), "--probe", name, "--pace", "0"],
            env=environment(), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
        )  # fmt: skip
        try:
            with held_once(pair.server, lambda: _is_changed(pair)):
                process.send_signal(signal.SIGKILL)
                process.wait()
        finally:
            process.kill()
            process.wait()
        assert state_of(pair) != before
        report = run(pair, operations=("instance_status",))
        assert report.unusable == "" and state_of(pair) == before
    assert list(state_folder.glob("*.json")) == []


def _command(pair: Pair) -> list[str]:
    words = command(pair)
    place = words.index("--peer-target")
    return [*words[:place], *words[place + 2 :], "--gateway-plan", EVERY_PLAN]


def _is_changed(pair: Pair) -> bool:
    """Whether a group of the run is not as it was made."""
    listing = pair.ask("GET", f"/rest/group/list/{KEY}")["groups"]
    for group in listing:
        ranks = {one["id"].partition("@")[0]: one["admin"] for one in group["participants"]}
        if group["subject"] == GROUP_NAME:
            return group["announce"] or ranks.get(PEER, "out") is not None
    return False
