"""The laws of customers with a person's phone: healthy hosts are not blamed, faults are noticed."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from megaapi_contract.host.target import HttpTarget
from megaapi_contract.judging.results import Report, Result
from megaapi_contract.probes.laws import all_laws
from megaapi_contract.probes.laws.customers import INBOUND
from megaapi_contract.run.options import RunOptions
from megaapi_contract.run.person.doings import DOINGS
from megaapi_contract.run.runner import prepare_run
from megaapi_contract.run.runner import run as run_all
from megaapi_contract.run.selection import chosen_probes, probes, skip_reason
from megaapi_mock.spec.plans import EVERY_PLAN
from megaapi_mock.testing import MockServer

from ...support import KEY, LISTED, TOKEN, UNLISTED
from ..recording import RecordingProxy
from .scripted import Phone, asked, person_at_terminal, run_asked

pytestmark = pytest.mark.hosts

TOLD_ONCE = "what a customer does is told once"
BY_HAND = tuple(probe for probe in all_laws() if probe.by_hand)
WORDS = re.compile(r'"(.+)"')
# What each sentence makes a phone do; `about` says that it is about a message.
ABOUT_THEIRS = ("reaction", "pin-in-chat", "text-quoted-reply", "list-response",
                "buttons-response", "interactive-response", "template-button-reply")  # fmt: skip
ABOUT_OWN = ("edited", "deleted", "poll-vote")


class Customer:
    """Does on the phone what it is asked for, as the event of the probe under way."""

    def __init__(self, server: MockServer) -> None:
        self.phone = Phone(server)
        self.ids: dict[str, str] = {}

    def __call__(self, question: str) -> str:
        event = self._event(question)
        words = WORDS.search(question)
        more: dict[str, Any] = {}
        if event in ("text-plain", "group-text") and words:
            more["set"] = {"message.conversation": words[1]}
        if event in ABOUT_THEIRS:
            more["message"] = self.phone.last_id(from_me=True)
        if event in ABOUT_OWN and words:
            more["message"] = self.ids[words[1]]
        if event.startswith("group"):
            groups = self.phone.call("GET", f"/_mock/instances/{KEY}/groups")
            items = groups if isinstance(groups, list) else groups["items"]
            more["group"] = items[-1]["jid"]
        answer = self.phone.does(event, **more)
        if words and event not in ABOUT_OWN:
            self.ids[words[1]] = answer["id"]
        return ""

    def _event(self, question: str) -> str:
        for event, doing in DOINGS.items():
            pattern = re.sub(r"\\\{\w+\\\}", ".*", re.escape(doing.sentence))
            if re.fullmatch(pattern, question):
                return self._tap() if event.endswith(("response", "button-reply")) else event
        raise AssertionError(question)

    def _tap(self) -> str:
        """What a tap is, by what the instance has sent last."""
        id_ = self.phone.last_id(from_me=True)
        items = self.phone.call("GET", f"/_mock/messages?instance={KEY}&limit=5000")["items"]
        content = next(one["content"] for one in items if one["id"] == id_)
        taps = {
            "listMessage": "list-response", "buttonsMessage": "buttons-response",
            "interactiveMessage": "interactive-response",
            "templateMessage": "template-button-reply",
        }  # fmt: skip
        return next(tap for kind, tap in taps.items() if kind in json.dumps(content))


@pytest.fixture
def server() -> Iterator[MockServer]:
    with MockServer(profile=EVERY_PLAN) as running:
        yield running


def results_of(report: Report) -> dict[str, Result]:
    return {result.probe: result for result in report.results}


@pytest.mark.parametrize("event", [event for event in DOINGS if event in INBOUND])
def test_a_healthy_host_is_not_blamed(event: str, server: MockServer) -> None:
    name = f"{TOLD_ONCE}: {event}"
    report = run_asked(server, Customer(server), name, gateway_plan=EVERY_PLAN)
    assert (results_of(report)[name].state, report.failures) == ("passed", []), report.results


@pytest.mark.parametrize(
    "name", [probe.name for probe in BY_HAND if not probe.name.startswith(TOLD_ONCE)]
)
def test_the_other_laws_hold_too(name: str, server: MockServer) -> None:
    effects = frozenset({"reads", "sends", "changes", "disconnects"})
    report = run_asked(server, Customer(server), name, gateway_plan=EVERY_PLAN, allow=effects)
    assert (results_of(report)[name].state, report.failures) == ("passed", []), report.results


def spoiled(server: MockServer, event: str, fault: Callable[[Any], None]) -> set[str]:
    """What is said of a host whose webhooks of customers have this fault."""

    def spoil(body: bytes) -> list[bytes]:
        payload = json.loads(body)
        if (payload.get("key") or {}).get("fromMe") is False:
            fault(payload)
        return [json.dumps(payload).encode()]

    name = f"{TOLD_ONCE}: {event}"
    with (
        person_at_terminal(Customer(server)) as person,
        asked(server, person, probes=(name,), gateway_plan=EVERY_PLAN) as context,
    ):
        context.receiver.spoil = spoil
        return {breach.message for breach in run_all(context).breaches}


@pytest.mark.parametrize(
    ("event", "fault", "sentence"),
    [
        ("text-plain", lambda one: one["key"].update(remoteJid=f"{UNLISTED}@s.whatsapp.net"),
         "remoteJid is the chat"),
        ("text-plain", lambda one: one["key"].update(fromMe=True), "fromMe is whose it is"),
        ("image", lambda one: one.update(instance_key="megacode-TESTKEY0002"),
         "instance_key is the instance's"),
        ("reaction", lambda one: one.update(messageTimestamp=12), "messageTimestamp is the time in "
         "seconds, a number"),
        ("contact", lambda one: one.update(isGroup=True), "what a customer does is told as "
         "contact"),
        ("image", lambda one: one.update(broadcast=True), "broadcast says whether it went to many"),
    ],
)  # fmt: skip
def test_a_fault_of_the_host_is_noticed(
    event: str, fault: Any, sentence: str, server: MockServer
) -> None:
    assert sentence in spoiled(server, event, fault)


@pytest.mark.parametrize("wrong", ["sticker", "location", "presence"])
def test_a_wrong_tap_is_not_tried(wrong: str, server: MockServer) -> None:
    def act(question: str) -> str:
        phone = Phone(server)
        phone.does(wrong)
        phone.does(wrong)
        return "s"

    report = run_asked(server, act, f"{TOLD_ONCE}: image", f"{TOLD_ONCE}: contact")
    assert [result.state for result in report.results] == ["left out", "left out"]
    assert report.breaches == [] or not report.failures
    assert report.results[0].reason.startswith("skipped by the person")
    assert "questions to a person at the terminal: 2 skipped" in report.notes


def test_whoever_writes_twice_is_not_the_hosts_fault(server: MockServer) -> None:
    def act(question: str) -> str:
        phone = Phone(server)
        phone.does("contact")
        phone.does("contact")
        phone.writes("Foi?")
        return ""

    report = run_asked(server, act, f"{TOLD_ONCE}: contact")
    assert (report.results[0].state, report.failures) == ("passed", [])


def test_the_persons_probes_come_first(server: MockServer) -> None:
    with person_at_terminal(lambda question: "a") as person, asked(server, person) as context:
        by_person = [
            context.stage_for(probe) is context.person
            for probe in probes(context)
            if "disconnects" not in probe.effects
        ]
    # Those that may end the link come last all the same.
    count = sum(by_person)
    assert count > 20 and all(by_person[:count])


# -- the fence -------------------------------------------------------------------------------


def test_nothing_is_sent_but_to_the_person(server: MockServer) -> None:
    proxy = RecordingProxy(HttpTarget(server.url))
    options = RunOptions(
        server.url, key=KEY, token=TOKEN, control_api=False, ask=True, recipients=(LISTED,),
        allow=frozenset({"reads", "sends", "changes"}), pace=0, seed=3, gateway_plan=EVERY_PLAN,
        probes=tuple(f"{TOLD_ONCE}: {event}" for event in ("reaction", "list-response")),
    )  # fmt: skip
    with (
        person_at_terminal(Customer(server)) as person,
        prepare_run(options, proxy, terminal=person.terminal) as context,
    ):
        run_all(context)
    sent = [json.loads(one.body)["messageData"] for one in proxy.left if b'"to"' in one.body]
    assert sent and {message["to"].partition("@")[0] for message in sent} == {LISTED}


# -- scanning --------------------------------------------------------------------------------


def test_a_person_scans_the_code_after_a_logout(server: MockServer) -> None:
    name = "after a logout everything waits for a phone"

    def act(question: str) -> str:
        assert question.startswith("Scan this code")
        Phone(server).call("POST", f"/_mock/instances/{KEY}/link", {})
        return ""

    effects = frozenset({"reads", "sends", "changes", "disconnects"})
    report = run_asked(server, act, name, allow=effects)
    assert (report.results[0].state, report.failures) == ("passed", []), report.results
    # The instance is linked again, so nothing is said of one that was logged out.
    assert report.notes == ["questions to a person at the terminal: 1 done"]


def test_a_code_that_nobody_scans_is_not_judged(server: MockServer) -> None:
    name = "after a logout everything waits for a phone"
    effects = frozenset({"reads", "sends", "changes", "disconnects"})
    report = run_asked(server, lambda question: "n", name, allow=effects)
    assert report.results[0].state == "left out" and not report.failures
    assert "logged the instance out" in "".join(report.notes)


def test_without_a_person_nobody_scans(server: MockServer) -> None:
    options = RunOptions(
        server.url, key=KEY, token=TOKEN, control_api=False, recipients=(LISTED,), pace=0,
        allow=frozenset({"reads", "sends", "changes", "disconnects"}),
        probes=("after a logout everything waits for a phone", "a restart keeps the link"),
    )  # fmt: skip
    with prepare_run(options, HttpTarget(server.url)) as context:
        reasons = {probe.name: skip_reason(probe, context) for probe in chosen_probes(context)}
    assert "--ask" in reasons[options.probes[0]]
