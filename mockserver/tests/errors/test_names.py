"""Names people write wrongly, in every place that takes a name."""

from __future__ import annotations

from pathlib import Path

import pytest
from click.testing import CliRunner
from megaapi_mock.commands.main import main
from megaapi_mock.errors.names import did_you_mean
from megaapi_mock.resources import root
from megaapi_mock.spec.bundle import read_yaml
from megaapi_mock.spec.operations import find_operation, operations
from megaapi_mock.spec.valid_bundle import valid_bundle


def test_the_nearest_names_come_first_and_few() -> None:
    known = ["text-plain", "text-plain-lid", "text-quote", "image"]
    assert did_you_mean("text-plan", known).startswith("did you mean text-plain or ")
    assert did_you_mean("textPlain", known).startswith("did you mean text-plain")
    assert did_you_mean("image ", known) == "did you mean image? "
    assert did_you_mean("zzz", known) == ""
    assert did_you_mean("", known) == ""


@pytest.mark.parametrize(
    ("spelling", "operation"),
    [
        ("send_text", "send_text"),
        ("sendText", "send_text"),
        ("send_message/send_text", "send_text"),
        ("POST text", "send_text"),
        ("POST /rest/sendMessage/{instance_key}/text", "send_text"),
        ("/rest/sendMessage/{instance_key}/text", "send_text"),
        ("configWebhook", "configure_webhook"),
        ("DELETE logout", "logout"),
        ("readMessage", "read_message"),
        ("ListGroups", "list_groups"),
        ("POST /rest", None),
        ("pigeon", None),
        ("", None),
    ],
)
def test_an_operation_in_any_spelling(spelling: str, operation: str | None) -> None:
    known = operations(valid_bundle(root("spec")))
    found = find_operation(known, spelling)
    assert (found.id if found else None) == operation


@pytest.mark.parametrize(
    ("command", "sentence"),
    [
        (["serve", "--fixtures", "/nowhere"], "--fixtures /nowhere: this folder does not exist"),
        (["serve", "--fixtures", "/"], "it has no folder profiles/"),
        (["serve", "--profile", "cod"], "did you mean code?"),
        (["serve", "--world", "brazil"], "did you mean brasil?"),
        (["serve", "--set", "disconected_status=401"], "did you mean disconnected_status"),
        (["emit", "text-plan", "--to", "http://127.0.0.1:9/x"], "did you mean text-plain"),
        (["spec", "show", "send_tex"], "did you mean send_text"),
        (["spec", "show", "text-plan"], "did you mean text-plain"),
    ],
)
def test_a_wrong_name_gets_the_right_one(command: list[str], sentence: str) -> None:
    done = CliRunner().invoke(main, command)
    assert done.exit_code == 2
    assert sentence in done.stderr
    assert len(done.stderr.splitlines()) == 1


def test_bundle_says_what_it_wrote(tmp_path: Path) -> None:
    done = CliRunner().invoke(main, ["spec", "bundle", "-o", str(tmp_path / "one.yaml")])
    assert done.exit_code == 0
    index = read_yaml(root("spec") / "openapi.yaml")
    count = f"{len(index['paths'])} paths, {len(index['webhooks'])} webhooks"
    assert done.stderr == f"wrote {tmp_path / 'one.yaml'}: {count}\n"
    assert done.stdout == ""
