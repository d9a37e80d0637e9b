"""What `fit` asks of a given host, and which switch each answer shows."""

from __future__ import annotations

import json
from types import SimpleNamespace
from typing import Any, cast

import pytest
from megaapi_contract.host.stage import Stage
from megaapi_contract.host.status import EMPTY
from megaapi_contract.judging.contract import Contract
from megaapi_contract.judging.results import Exchange
from megaapi_contract.probes import fitting
from megaapi_contract.probes.fitting import LAWS, fitting_probes
from megaapi_contract.probes.laws.unsettled import QUESTIONS
from megaapi_contract.probes.session import Session
from megaapi_mock.profile import SWITCHES
from megaapi_mock.spec.plans import EVERY_PLAN

from ..support import LISTED, OWN


class Host:
    """In place of a session: answers as it is told, and notes what was asked and settled."""

    def __init__(self, **answers: tuple[int, Any]) -> None:
        self.answers, self.asked = answers, list[str]()
        self.settled: dict[str, str] = {}
        self.alternatives: set[str] = set()
        self.recipients, self.gate = (LISTED,), SimpleNamespace(fence=None)

    def call(self, operation: str, instance: Any, **request: Any) -> Exchange:
        self.asked.append(operation)
        # What an operation answers when it is asked again stands under its name with a 2.
        again = self.asked.count(operation) > 1
        status, document = self.answers.get(f"{operation}2" if again else operation, (200, {}))
        body = b"" if document is None else json.dumps(document).encode()
        return Exchange(1, operation, "GET", "", (), b"", status, (), body, 0.0, 0.0)

    def settle(self, switch: str, value: str = "", **about: Any) -> None:
        self.settled[switch] = value

    def takes_alternative(self, exchange: Exchange, switch: str) -> bool:
        return switch in self.alternatives


STAGE = cast(Stage, SimpleNamespace(instance=lambda **state: None, phone=False))


def ask(law: Any, host: Host) -> dict[str, str]:
    law(cast(Session, host), STAGE)
    return host.settled


def test_each_open_question_is_asked_by_one_probe_and_no_other_is() -> None:
    names = [probe.name for probe in fitting_probes()]
    assert len(names) == len(set(names))
    start = "what is left open is asked once: "
    asked = [name.removeprefix(start) for name in names if name.startswith(start)]
    assert set(asked) == QUESTIONS.keys() - {"empty_participants"}


def test_probes_name_operations_of_the_contract_and_allow_their_effects() -> None:
    by_id = Contract(plan=EVERY_PLAN).by_id
    for probe in fitting_probes():
        effects = {by_id[operation].effect for operation in probe.operations}
        # Making a group is held to be a sending one: somebody notices it.
        assert effects - {"reads"} <= probe.effects, probe.name
        assert not probe.phone and not probe.customer


def test_the_text_that_shows_most_comes_first() -> None:
    assert fitting_probes()[0].operations == ("configure_webhook", "send_text")
    assert fitting_probes() is not LAWS.probes


@pytest.mark.parametrize(
    ("status", "alternative", "settled"),
    [(500, False, {"swallowed_sends": ""}), (200, True, {}), (400, False, {})],
)
def test_a_place_without_latitude_shows_how_sends_are_swallowed(
    status: int, alternative: bool, settled: dict[str, str]
) -> None:
    host = Host(send_location=(status, {}))
    host.alternatives = {"swallowed_sends"} if alternative else set()
    assert ask(fitting.a_place_without_a_latitude_is_sent, host) == settled


@pytest.mark.parametrize("documented", [True, False])
def test_media_that_is_nowhere_shows_what_a_host_answers(documented: bool) -> None:
    host = Host()
    host.alternatives = {"media_gone"} if documented else set()
    settled = ask(fitting.media_that_is_nowhere_are_asked_for, host)
    assert settled == ({} if documented else {"media_gone": ""})


ID = "3EB0C767D097B7C7C901"
ECHO = {"key": {"id": ID}, "message": {}, "jid": f"{OWN}@s.whatsapp.net"}
ACK = {"key": {"id": ID}, "update": {}}
FOREIGN = {"key": {"id": "3EB0C767D097B7C7C999"}, "message": {}, "update": {}}


class Hook:
    """In place of a listener: what comes, and what is settled of it."""

    def __init__(self, *payloads: Any) -> None:
        self.webhooks = [SimpleNamespace(json=payload) for payload in payloads]
        self.settled: dict[str, Any] = {}
        self.is_all_there: bool | None = None

    def open(self) -> Hook:
        return self

    def receive(self, expected: Any) -> Any:
        self.is_all_there = expected(self.webhooks)
        return self.webhooks

    def settle_echo(self, is_sent: bool) -> None:
        self.settled["echo"] = is_sent

    def settle_acks(self, is_sent: bool) -> None:
        self.settled["acks"] = is_sent

    def settle(self, switch: str, value: str) -> None:
        self.settled[switch] = value


@pytest.mark.parametrize(
    ("payloads", "all_there", "settled"),
    [
        ([ECHO, ACK], True, {"echo": True, "acks": True, "jid_suffix": ""}),
        ([ECHO], False, {"echo": True, "acks": False, "jid_suffix": ""}),
        ([ACK], False, {"echo": False, "acks": True}),
        ([ACK, {**ECHO, "jid": f"{OWN}:12@s.whatsapp.net"}], True,
         {"echo": True, "acks": True, "jid_suffix": "on"}),
        # A receiver that nobody reaches says nothing of the host.
        ([FOREIGN], False, {}),
    ],
)  # fmt: skip
def test_one_text_shows_what_comes_unasked(
    monkeypatch: pytest.MonkeyPatch, payloads: list[Any], all_there: bool, settled: dict[str, Any]
) -> None:
    hook = Hook(*payloads)
    body = json.dumps({"messageData": {"key": {"id": ID}}}).encode()
    sent = Exchange(1, "send_text", "POST", "", (), b"", 200, (), body, 0.0, 0.0)
    monkeypatch.setattr(fitting, "WebhookListener", lambda *parts: hook)
    monkeypatch.setattr(fitting, "text", lambda *parts: sent)
    ask(fitting.one_text_shows_what_webhooks_come, Host())
    assert (hook.is_all_there, hook.settled) == (all_there, settled)


def test_a_group_shows_what_becomes_of_those_who_are_taken_out(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(fitting, "make_group", lambda *parts: (GROUP, None))
    monkeypatch.setattr(fitting, "group_of", lambda creation: creation)
    verdicts = [f"{LISTED}@s.whatsapp.net"]
    host = Host(remove_participants=(200, {"updatedParticipants": verdicts}))
    assert ask(fitting.somebody_is_put_into_a_group_and_out, host) == {"participants_shape": "2022"}
    monkeypatch.setattr(fitting, "group_of", lambda creation: {})
    silent = Host()
    assert ask(fitting.somebody_is_put_into_a_group_and_out, silent) == {} and silent.asked == []


GROUP = {"id": "120363000000000001@g.us"}
AFTER_LOGOUT = {
    "is_on_whatsapp_disconnected": "", "qr_base64_first": "", "logout_disconnected": "",
}  # fmt: skip


@pytest.mark.parametrize(
    ("answers", "settled"),
    [
        ({}, {"status_disconnected": ""}),
        ({"instance_status": (200, None)}, {"status_disconnected": EMPTY}),
        ({"instance_status": (500, {})}, {}),
        ({"list_groups": (403, {})}, {"status_disconnected": "", "disconnected_status": ""}),
        ({"list_groups": (401, {})}, {"status_disconnected": "", "disconnected_status": "401"}),
    ],
)
def test_after_a_logout_each_answer_shows_its_switch(
    answers: dict[str, Any], settled: dict[str, str]
) -> None:
    host = Host(**answers)
    assert ask(fitting.after_a_logout_everything_is_asked, host) == settled | AFTER_LOGOUT
    assert host.asked[0] == host.asked[-1] == "logout"


def test_a_logout_that_is_refused_is_the_last_thing_asked() -> None:
    host = Host(logout=(500, {}))
    assert ask(fitting.after_a_logout_everything_is_asked, host) == {}
    assert host.asked == ["logout"]


def test_each_switch_that_may_be_settled_is_one_of_the_mock() -> None:
    names = {switch.name for switch in SWITCHES}
    settled = {*AFTER_LOGOUT, "status_disconnected", "disconnected_status", "media_gone"}
    assert {*settled, "swallowed_sends", *QUESTIONS} <= names
