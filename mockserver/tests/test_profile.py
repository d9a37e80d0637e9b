"""Profiles and switches: what ships loads, mistakes are sentences, no switch is without effect."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from megaapi_mock.domain.rules import Rules
from megaapi_mock.errors import SwitchError
from megaapi_mock.profile import (
    SWITCHES,
    Switch,
    default_profile,
    load_profile,
    parse_assignments,
)
from megaapi_mock.resources import PACKAGE, root
from megaapi_mock.spec.plans import PLAN_NAMES

FIXTURES = root("fixtures")
SHIPPED = sorted(path.stem for path in (FIXTURES / "profiles").glob("*.yaml"))
SOURCES = "\n".join(path.read_text(encoding="utf-8") for path in PACKAGE.rglob("*.py"))
each_switch = pytest.mark.parametrize("switch", SWITCHES, ids=lambda switch: switch.name)


# -- profiles ----------------------------------------------------------------------------------


@pytest.mark.parametrize("name", SHIPPED)
def test_every_shipped_profile_loads(name: str) -> None:
    profile = load_profile(name, FIXTURES)
    assert profile.plan == name
    assert set(profile.values) == {switch.name for switch in SWITCHES}
    assert load_profile(str(FIXTURES / "profiles" / f"{name}.yaml"), FIXTURES) == profile


def test_every_plan_has_a_profile_and_code_is_all_defaults() -> None:
    assert sorted(PLAN_NAMES) == SHIPPED
    assert load_profile("code", FIXTURES) == default_profile()


def test_the_default_rules_are_those_of_the_default_profile() -> None:
    assert default_profile().rules() == Rules()
    assert default_profile().rules(messages_kept=5).messages_kept == 5


def test_switches_reach_the_rules() -> None:
    rules = (
        default_profile()
        .with_switches(
            {
                "disconnected_status": "401",
                "not_a_member": "404",
                "disconnect_text": "logout",
                "qr_seconds": "1.5",
                "qr_series": "2",
                "restart_seconds": "3",
                "ack_delays": "1,2.5,3",
                "echo": "off",
            }
        )
        .rules()
    )
    assert rules == Rules(
        disconnected_status=401,
        not_a_member_status=404,
        disconnect_text="logout",
        qr_seconds=1.5,
        qr_series=2,
        restart_seconds=3,
        ack_delays=(1, 2.5, 3),
        echo=False,
    )


def test_yaml_that_reads_on_as_true_is_understood(tmp_path: Path) -> None:
    path = tmp_path / "own.yaml"
    path.write_text(
        "plan: start\nswitches: {echo: off, jid_suffix: on, disconnected_status: 401}\n"
    )
    profile = load_profile(str(path), FIXTURES)
    assert not profile.is_on("echo") and profile.is_on("jid_suffix")
    assert (profile.plan, profile["disconnected_status"]) == ("start", "401")


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("", "needs `plan:` with one of code, start, business"),
        ("[]", "needs `plan:`"),
        ("plan: gold", "needs `plan:`"),
        ("switches: {}", "needs `plan:`"),
        ("plan: code\nswitches: [echo]", "needs `switches:` to be a mapping"),
        ("plan: code\nswitchs: {}", "switchs: no such field"),
        ("plan: code\nswitches: {echoes: on}", "there is no switch 'echoes'"),
        ("plan: code\nswitches: {echo: loud}", "switch echo cannot be 'loud': use on | off"),
        ("plan: code\nswitches: {qr_series: 0}", "switch qr_series cannot be '0'"),
        ("plan: [", "cannot be read as YAML"),
    ],
)
def test_mistakes_in_a_profile_are_named(tmp_path: Path, text: str, sentence: str) -> None:
    path = tmp_path / "own.yaml"
    path.write_text(text)
    with pytest.raises(SwitchError, match=re.escape(sentence)) as caught:
        load_profile(str(path), FIXTURES)
    assert "\n" not in str(caught.value)
    assert str(path) in str(caught.value) or "switch" in str(caught.value)


def test_an_unknown_profile_is_told_which_there_are() -> None:
    names = "no profile 'gold': use one of admin, all, business, code, start, token"
    with pytest.raises(SwitchError, match=names):
        load_profile("gold", FIXTURES)


# -- switches ----------------------------------------------------------------------------------


@each_switch
def test_the_default_is_accepted_and_everything_is_said(switch: Switch) -> None:
    assert switch.accepts(switch.default)
    assert switch.help and switch.values_text
    assert bool(switch.choices) != bool(switch.form)
    assert switch.grade in ("vendor-doc", "observed", "baileys", "inferred")
    assert len(set(switch.choices)) == len(switch.choices)
    default_profile().with_switches({switch.name: switch.default}).rules()


@each_switch
def test_every_choice_can_be_set(switch: Switch) -> None:
    for value in switch.choices:
        assert default_profile().with_switches({switch.name: value})[switch.name] == value


@each_switch
def test_no_switch_is_without_effect(switch: Switch) -> None:
    """Somewhere in the package its value is read."""
    read = re.compile(rf"(\[|\.is_on\(|\.seconds\()\"{switch.name}\"[\])]")
    assert read.search(SOURCES), f"{switch.name} is declared and never read"


@each_switch
def test_what_no_switch_can_be(switch: Switch) -> None:
    for value in ("", "surprise\n", "\x00"):
        with pytest.raises(SwitchError, match=f"switch {switch.name} cannot be"):
            default_profile().with_switches({switch.name: value})


@pytest.mark.parametrize(
    "value", ["0,0", "1,2,3,4,5", "1;2;3", "a,b,c", "-1,0,0", "1e5,0,0", "1-2-3,4,5", "1-,2,3"]
)
def test_ack_delays_are_three_or_four_times_in_seconds(value: str) -> None:
    with pytest.raises(SwitchError, match="ack_delays"):
        default_profile().with_switches({"ack_delays": value})


@pytest.mark.parametrize(
    ("value", "delays"),
    [
        ("1,2,3", (1, 2, 3)),
        ("0.5-2,1-3,5-60", ((0.5, 2), (1, 3), (5, 60))),
        ("0,3-1,4,4-9", (0, (1, 3), 4, (4, 9))),
    ],
)
def test_ack_delays_may_be_spans(value: str, delays: object) -> None:
    rules = default_profile().with_switches({"ack_delays": value}).rules()
    assert rules.ack_delays == delays


def test_an_unknown_switch_is_told_where_they_are_listed() -> None:
    with pytest.raises(
        SwitchError, match=r"no switch 'echoes': did you mean echo[?] `megaapi-mock switches` lists"
    ):
        default_profile().with_switches({"echoes": "on"})


def test_a_profile_is_never_changed_in_place() -> None:
    first = default_profile()
    first.with_switches({"echo": "off"})
    assert first == default_profile()


def test_assignments_of_the_command_line() -> None:
    assert parse_assignments([]) == {}
    assert parse_assignments(["echo=off", " a = b=c "]) == {"echo": "off", "a": "b=c"}
    with pytest.raises(SwitchError, match="--set 'echo' has no value: write --set NAME=VALUE"):
        parse_assignments(["echo"])


# What logs and the vendor's recorded answers settle; a source, not a guess, decides the default.
SETTLED = {
    "disconnected_status": "observed",
    "unregistered_sends": "observed",
    "group_shape": "observed",
    "participants_shape": "observed",
    "disconnect_text": "observed",
    "download_body": "observed",
    "not_on_whatsapp": "vendor-doc",
}


@pytest.mark.parametrize("name", SETTLED)
def test_switch_whose_default_was_observed_has_that_grade(name: str) -> None:
    assert {switch.name: switch.grade for switch in SWITCHES}[name] == SETTLED[name]
