"""`megaapi-mock spec ...`: what each command prints and writes, and what it refuses."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
import yaml
from click.testing import CliRunner
from megaapi_mock.commands.main import main
from megaapi_mock.resources import root
from megaapi_mock.spec.bundle import read_yaml


def test_bundle_writes_one_file(tmp_path: Path) -> None:
    for name, load in (("one.yaml", yaml.safe_load), ("one.json", json.loads)):
        done = CliRunner().invoke(main, ["spec", "bundle", "-o", str(tmp_path / name)])
        assert done.exit_code == 0, done.output
        document = load((tmp_path / name).read_text(encoding="utf-8"))
        assert document["paths"].keys() == read_yaml(root("spec") / "openapi.yaml")["paths"].keys()
        assert "$ref" not in document["paths"]["/rest/instance/{instance_key}"]


def test_lint_finds_nothing_in_our_own_contract() -> None:
    done = CliRunner().invoke(main, ["spec", "lint"])
    assert (done.exit_code, done.output) == (0, "0 findings\n")


@pytest.mark.parametrize("name", ["send_text", "send_message/send_text", "ack-read"])
def test_show_prints_the_definition_on_request(name: str) -> None:
    shown = CliRunner().invoke(main, ["spec", "show", name, "--yaml"])
    assert shown.exit_code == 0
    assert shown.output.startswith("# spec/")


def test_show_of_something_unknown_is_exit_code_2() -> None:
    done = CliRunner().invoke(main, ["spec", "show", "send_pigeon"])
    assert done.exit_code == 2
