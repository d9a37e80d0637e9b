"""A host may take any documented way, and only one: whoever changes its mind breaks its promise."""

from __future__ import annotations

import json
import sys
from collections import Counter
from collections.abc import Sequence
from itertools import cycle
from typing import Any, ClassVar

import pytest
from megaapi_contract.host.http import Answer, Request
from megaapi_contract.host.target import MockTarget
from megaapi_contract.judging.results import Report
from megaapi_contract.probes.laws import all_laws
from megaapi_contract.run.options import RunOptions
from megaapi_contract.run.runner import prepare_run
from megaapi_contract.run.runner import run as run_all
from megaapi_mock.domain.rules import Rules
from megaapi_mock.profile import SWITCHES, Profile, default_profile
from megaapi_mock.spec.plans import EVERY_PLAN

pytestmark = pytest.mark.hosts

CHOICES = {
    one.name: [one.default, *(other for other in one.choices if other != one.default)]
    for one in SWITCHES
}
ONE_WAY = "one way throughout"
# What decides nothing that one answer shows: where a host lets webhooks go and how it posts them,
# whether it has a route, fetches files, reads bodies or is down; under which address each of many
# people is met; whose the digits are that no number has (nobody writes to them); what is read from
# one webhook alone; what is the same text in both ways where the suite asks; what is read once; and
# what a header decides that the suite does not send.
NOT_LOOKED_AT = frozenset(
    {
        "addressing", "webhook_hosts", "webhook_keep_alive", "webhook_redirects",
        "webhook_release", "outage", "qrcode_img", "fetch_media", "body_parsing",
        "context_info_type", "payload_generation", "location_form", "disconnect_text",
        "group_acks", "group_events", "group_full", "presence_events", "number_lengths",
        "contact_name", "unknown_invite", "picture_of_others", "own_tokens",
        "if_none_match", "method_override",
    }
)  # fmt: skip


class Fickle(Profile):
    """Another value of a switch every other time a call looks it up."""

    asked: ClassVar[Counter[str]] = Counter()

    def is_on(self, name: str) -> bool:
        return self[name] == "on"

    def __getitem__(self, name: str) -> str:
        choices = CHOICES[name]
        if name in NOT_LOOKED_AT or len(choices) == 1 or _in_rules():
            return super().__getitem__(name)
        self.asked[name] += 1
        return choices[self.asked[name] // 2 % len(choices)]


def _in_rules() -> bool:
    """Whether the mock makes its rules, which it keeps to by itself."""
    callers = (sys._getframe(depth).f_code for depth in (2, 3))
    return Profile.rules.__code__ in callers


_TURNS: dict[str, tuple[Any, Any]] = {
    "disconnected_status": (403, 401),
    "not_a_member_status": (500, 404),
    "refuse_unregistered": (True, False),
    "canonical_jid": (False, True),
    "echo": (True, False),
    "acks": (True, False),
}


class Turning(MockTarget):
    """The rules of the domain turn round too, at every call of an instance."""

    def __init__(self, **parts: Any) -> None:
        self._turns = cycle((0, 0, 1))
        super().__init__(**parts)
        self.receiver.spoil = self._with_a_device

    def _with_a_device(self, body: bytes) -> Sequence[bytes]:
        payload = json.loads(body)
        if next(self._turns) and "@" in str(payload.get("jid")):
            payload["jid"] = payload["jid"].replace("@", ":12@")
        return (json.dumps(payload).encode(),)

    def send(self, request: Request) -> Answer:
        if not request.path.startswith("/_mock"):
            turn, rules = next(self._turns), self._server.app.runtime.instances.store.gateway.rules
            assert isinstance(rules, Rules)
            for name, values in _TURNS.items():
                object.__setattr__(rules, name, values[turn])
        return super().send(request)


@pytest.fixture(scope="module")
def report() -> Report:
    """What the suite says of a host that changes its mind about everything."""
    laws = tuple(probe.name for probe in all_laws())
    Fickle.asked.clear()
    profile = Fickle(EVERY_PLAN, default_profile().values)
    options = RunOptions("mock", seed=1, probes=laws, gateway_plan=EVERY_PLAN)
    with prepare_run(options, Turning(seed=1, profile=profile)) as context:
        return run_all(context)


def test_a_host_that_changes_its_mind_is_condemned(report: Report) -> None:
    assert report.exit_code == 1
    noticed = {
        each.message.partition(":")[0] for each in report.failures if ONE_WAY in each.message
    }
    switches = {name for name, choices in CHOICES.items() if len(choices) > 1}
    assert sorted(switches - noticed - NOT_LOOKED_AT) == []


def test_changing_answers_fail_even_where_the_contract_is_unsure(report: Report) -> None:
    kinds = {each.severity() for each in report.breaches if ONE_WAY in each.message}
    assert kinds == {"failure"}
