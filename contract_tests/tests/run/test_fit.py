"""`fit` reads the switches of a host, and the profile it writes makes a mock like it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from megaapi_contract.cli import main
from megaapi_contract.host.target import MockTarget
from megaapi_contract.run import preparation
from megaapi_contract.run.context import RunContext
from megaapi_contract.run.options import RunOptions
from megaapi_contract.run.runner import LOGGED_OUT, prepare_run
from megaapi_contract.run.selection import probes
from megaapi_mock.profile import Profile, default_profile, load_profile
from megaapi_mock.resources import root
from megaapi_mock.testing import MockServer

from ..support import KEY, LISTED, TOKEN

HOST = {
    "webhook_settings_shape": "flat", "location_form": "tidied", "missing_text": "200",
    "odd_base64": "500", "participants_shape": "flat", "payload_generation": "2025",
    "disconnected_status": "401", "logout_disconnected": "403", "group_shape": "flat",
}  # fmt: skip
# Where nobody listens.
NOBODY = "http://127.0.0.1:9"
# What a host shows whose customers nobody plays, with everything allowed.
SHOWN = (*HOST, "echo", "acks", "status_shape", "empty_quoted", "webhook_user_agent", "qrcode_img")


@pytest.fixture
def server() -> Iterator[MockServer]:
    with MockServer(switches=HOST) as running:
        yield running


def fit(*command: str) -> Result:
    return CliRunner().invoke(main, ["fit", *command], catch_exceptions=False)


def of_host(url: str, path: Path, *options: str) -> Result:
    given = ("--instance-key", KEY, "--token", TOKEN, "--recipient", LISTED, "--pace", "0")
    return fit("--target", url, *given, "--no-control-api", "-o", str(path), *options)


def differences(path: Path) -> dict[str, str]:
    profile: Profile = load_profile(str(path), root("fixtures"))
    usual = default_profile()
    return {name: profile[name] for name in profile.values if profile[name] != usual[name]}


def test_host_whose_customers_nobody_plays_is_read_within_its_budget(
    server: MockServer, tmp_path: Path
) -> None:
    path = tmp_path / "profile.yaml"
    allowed = ("sends", "changes", "disconnects")
    result = of_host(server.url, path, *(word for name in allowed for word in ("--allow", name)))
    assert result.exit_code == 0, result.output
    assert differences(path) == HOST
    text = path.read_text(encoding="utf-8")
    assert [name for name in SHOWN if f"\n  {name}: " not in text] == []
    assert not [secret for secret in (KEY, TOKEN, LISTED) if secret in text]
    assert f"megaapi-mock serve --profile {path}" in result.stdout
    assert LOGGED_OUT in result.stdout
    assert "not put back" not in result.output


def test_host_that_may_only_be_read_shows_less_and_the_rest_is_named(
    server: MockServer, tmp_path: Path
) -> None:
    path = tmp_path / "profile.yaml"
    assert of_host(server.url, path).exit_code == 0
    text = path.read_text(encoding="utf-8")
    assert '\n  webhook_settings_shape: "flat"\n' in text
    assert '\n#   missing_text: "500"  ' in text


def test_file_that_is_there_is_not_overwritten(tmp_path: Path) -> None:
    path = tmp_path / "profile.yaml"
    path.write_text("mine", encoding="utf-8")
    result = of_host(NOBODY, path)
    assert (result.exit_code, path.read_text(encoding="utf-8")) == (2, "mine")
    assert f"{path} is there already: name another file, or remove it" in result.stderr


def test_file_that_cannot_be_written_is_said_before_the_host_is_asked(tmp_path: Path) -> None:
    result = of_host(NOBODY, tmp_path / "nowhere" / "profile.yaml")
    assert result.exit_code == 2
    assert "cannot be written: No such file" in result.stderr


def test_host_that_is_down_leaves_no_file_behind(tmp_path: Path) -> None:
    path = tmp_path / "profile.yaml"
    result = of_host(NOBODY, path)
    assert result.exit_code == 2
    assert "profile.yaml" not in result.stderr and not path.exists()


def names(context: RunContext) -> set[str]:
    return {probe.name for probe in probes(context)}


def test_mock_is_read_by_the_laws_and_a_host_by_questions_too(server: MockServer) -> None:
    asked = "what is left open is asked once: missing_text"
    drawn = "examples of send_text"
    with prepare_run(RunOptions("mock", fitting=True)) as context:
        assert drawn not in names(context) and asked not in names(context)
    given = RunOptions(server.url, key=KEY, token=TOKEN, fitting=True, control_api=False, pace=0)
    with prepare_run(given) as context:
        assert drawn not in names(context) and asked in names(context)
    with prepare_run(RunOptions("mock")) as context:
        assert drawn in names(context) and asked not in names(context)


@pytest.mark.hosts
def test_profile_of_a_mock_makes_a_mock_that_is_read_the_same(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    changes = {
        **HOST, "addressing": "mixed", "unregistered_sends": "200",
        "not_on_whatsapp": "empty", "download_body": "base64", "echo": "off",
        "disconnect_text": "logout", "group_acks": "each", "remote_jid": "canonical",
    }  # fmt: skip
    del changes["payload_generation"]
    first, second = tmp_path / "first.yaml", tmp_path / "second.yaml"

    def with_profile(profile: Profile) -> None:
        monkeypatch.setattr(
            preparation, "make_target", lambda options: MockTarget(seed=1, profile=profile)
        )

    with_profile(default_profile().with_switches(changes))
    assert fit("--target", "mock", "--seed", "1", "-o", str(first)).exit_code == 0
    assert differences(first) == changes
    with_profile(load_profile(str(first), root("fixtures")))
    assert fit("--target", "mock", "--seed", "1", "-o", str(second)).exit_code == 0
    assert differences(second) == changes
