"""Settings: one table; the environment fills it, each value in its own type."""

from __future__ import annotations

from dataclasses import Field, fields, replace

import pytest
from megaapi_mock.errors import SetupError
from megaapi_mock.settings import PREFIX, Settings, from_environment
from megaapi_mock.testing import MockServer


def test_every_setting_explains_itself() -> None:
    for setting in fields(Settings):
        assert setting.metadata["help"]
        assert type(setting.default) in (str, int, bool)


def test_an_empty_environment_sets_nothing() -> None:
    assert from_environment({}) == {}
    assert from_environment({"PORT": "1", "megaapi_mock_port": "1"}) == {}


@pytest.mark.parametrize("token", ["segrêdo", "“TESTTOKEN1”", " TESTTOKEN1", "TEST\nTOKEN", "\t"])
def test_control_token_that_no_client_can_send_is_refused_at_the_start(token: str) -> None:
    with pytest.raises(SetupError, match="has to fit in a header") as refusal:
        Settings(control_token=token)
    assert token not in str(refusal.value)
    with pytest.raises(SetupError, match="has to fit in a header"):
        MockServer(settings=replace(Settings(seed=0), control_token=token))


LIMITS = [setting for setting in fields(Settings) if "least" in setting.metadata]


@pytest.mark.parametrize("setting", LIMITS, ids=lambda setting: setting.name)
def test_a_limit_below_its_least_is_refused_at_the_start(setting: Field[int]) -> None:
    least = setting.metadata["least"]
    option = f"--{setting.name.replace('_', '-')}"
    for value in (least - 1, -(2**40)):
        with pytest.raises(SetupError) as refusal:
            Settings(**{setting.name: value})  # type: ignore[arg-type]
        assert str(refusal.value) == f"{option} {value}: use a whole number from {least} on"
    assert getattr(Settings(**{setting.name: least}), setting.name) == least  # type: ignore[arg-type]


def test_every_row_of_the_limits_has_a_least() -> None:
    assert {setting.name for setting in LIMITS} == {
        setting.name for setting in fields(Settings) if "unit" in setting.metadata
    }


@pytest.mark.parametrize("token", ["", "T", "made-up", "TEST TOKEN !~"])
def test_control_token_of_ascii_signs_is_taken(token: str) -> None:
    assert Settings(control_token=token).control_token == token


def test_control_token_has_the_name_that_all_commands_share() -> None:
    assert from_environment({"MEGAAPI_CONTROL_TOKEN": "TESTTOKEN1"}) == {
        "control_token": "TESTTOKEN1"
    }
    both = {"MEGAAPI_CONTROL_TOKEN": "TESTTOKEN1", f"{PREFIX}CONTROL_TOKEN": "TESTTOKEN2"}
    assert from_environment(both) == {"control_token": "TESTTOKEN2"}


@pytest.mark.parametrize(
    ("name", "text", "value"),
    [
        ("PORT", "0", 0),
        ("SEED", "-1", -1),
        ("HOST", "0.0.0.0", "0.0.0.0"),
        ("CONTROL_TOKEN", "", ""),
        ("STRICT", "true", True),
        ("STRICT", "On", True),
        ("STRICT", "1", True),
        ("STRICT", "yes", True),
        ("STRICT", "false", False),
        ("STRICT", "OFF", False),
        ("STRICT", "0", False),
        ("STRICT", "no", False),
        ("STRICT", "", False),
    ],
)
def test_the_environment_is_read_in_the_settings_type(name: str, text: str, value: object) -> None:
    found = from_environment({f"{PREFIX}{name}": text})
    assert found == {name.lower(): value}
    assert type(found[name.lower()]) is type(value)
    Settings(**found)


@pytest.mark.parametrize(
    ("name", "text", "sentence"),
    [
        ("PORT", "http", "MEGAAPI_MOCK_PORT='http' is not a whole number"),
        ("PORT", "", "is not a whole number"),
        ("SEED", "1.5", "is not a whole number"),
        ("STRICT", "maybe", "MEGAAPI_MOCK_STRICT='maybe' must be true or false"),
    ],
)
def test_a_value_that_does_not_fit_is_named(name: str, text: str, sentence: str) -> None:
    with pytest.raises(SetupError, match=sentence):
        from_environment({f"{PREFIX}{name}": text})


def test_the_processes_environment_is_the_default(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(f"{PREFIX}PORT", "8123")
    assert from_environment()["port"] == 8123
