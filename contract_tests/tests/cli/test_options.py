"""The options of commands that call a host, and what a run is told of them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import click
import pytest
from click.testing import CliRunner, Result
from megaapi_contract.cli.options import (
    PROXY,
    TARGET,
    proxy_options,
    read_options,
    target_options,
)
from megaapi_contract.run.options import RunOptions

from ..support import KEY, LISTED, TOKEN

HOST = "https://host.example.test"
Ask = Callable[..., Result]


@pytest.fixture
def ask() -> Ask:
    """Calls a command of these options alone; its `return_value` is what it was told."""

    @click.command()
    @target_options
    def command(**values: Any) -> RunOptions:
        return read_options(values, quick=True)  # type: ignore[no-any-return]

    def run(*words: str, **environment: str) -> Any:
        runner = CliRunner(env={name: None for name in ENVIRONMENT} | environment)
        return runner.invoke(command, words, standalone_mode=False)

    return run


ENVIRONMENT = [
    "MEGAAPI_GATEWAY", "MEGAAPI_INSTANCE_KEY", "MEGAAPI_TOKEN", "MEGAAPI_PEER_INSTANCE_KEY",
    "MEGAAPI_PEER_TOKEN", "MEGAAPI_PEER_GATEWAY", "MEGAAPI_CONTROL_TOKEN",
    "MEGAAPI_INSTANCE_NUMBER", "MEGAAPI_PEER_NUMBER",
]  # fmt: skip


def test_what_is_not_given_is_as_a_run_has_it_by_itself(ask: Ask) -> None:
    options = ask("--target", HOST, "--seed", "7").return_value
    assert options == RunOptions(HOST, seed=7, quick=True)


def test_every_option_reaches_the_run(ask: Ask) -> None:
    words = [
        "--target", HOST, "--instance-key", KEY, "--token", TOKEN, "--allow", "sends", "--allow",
        "changes", "--recipient", LISTED, "--max-messages", "3", "--max-groups", "2", "--pace",
        "0.5", "--timeout", "9", "--seed", "7", "--strict", "--gateway-plan", "start",
        "--control-token", "c1", "--webhook-port", "8091", "--webhook-host", "0.0.0.0",
        "--webhook-url", "https://tunnel.example.test", "--forward", "--media-url",
        "https://files.example.test/p.png", "--no-control-api", "--spec", "spec",
        "--peer-instance-key", "megacode-TESTKEY0009", "--peer-token", "TESTTOKEN0009",
        "--peer-target", "https://peer.example.test", "--instance-number", "5511900000001",
        "--peer-number", "5511900000009",
    ]  # fmt: skip
    options = ask(*words).return_value
    usual = RunOptions(HOST)
    unusual = {
        name
        for name in RunOptions.__dataclass_fields__
        if getattr(options, name) != getattr(usual, name)
    }
    # These are of the commands themselves.
    assert unusual == {*RunOptions.__dataclass_fields__} - {
        "target", "probes", "operations", "fitting", "ask",
    }  # fmt: skip
    assert options.allow == {"reads", "sends", "changes"}
    assert (options.key, options.recipients, options.control_api) == (KEY, (LISTED,), False)


def test_secrets_and_addresses_may_stand_in_the_environment(ask: Ask) -> None:
    values = [HOST, KEY, TOKEN, "megacode-TESTKEY0009", "TESTTOKEN0009", "https://p.example", "c1",
              "5511900000001", "5511900000009"]  # fmt: skip
    options = ask("--seed", "7", **dict(zip(ENVIRONMENT, values, strict=True))).return_value
    assert [
        options.target, options.key, options.token, options.peer_key, options.peer_token,
        options.peer_target, options.control_token, options.number, options.peer_number,
    ] == values  # fmt: skip


def test_an_effect_that_is_misspelled_is_named(ask: Ask) -> None:
    error = ask("--target", HOST, "--allow", "sendz").exception
    assert isinstance(error, click.BadParameter) and "sends" in error.format_message()


def test_a_target_must_be_named(ask: Ask) -> None:
    assert isinstance(ask().exception, click.MissingParameter)


@pytest.mark.parametrize(
    ("give", "decorations"), [(target_options, TARGET), (proxy_options, PROXY)]
)
def test_help_has_the_options_in_the_order_of_the_table(
    give: Callable[..., Any], decorations: tuple[Any, ...]
) -> None:
    @click.command()
    @give
    def command(**values: Any) -> None: ...

    names = [parameter.opts[0] for parameter in command.params]
    assert len(names) == len(decorations) == len(set(names))
    assert names[0] == "--target"
    assert all(isinstance(one, click.Option) for one in command.params)


def test_a_proxy_has_ports_that_do_not_clash_unless_told_otherwise() -> None:
    @click.command()
    @proxy_options
    def command(**values: Any) -> dict[str, Any]:
        return values

    words = ["--target", HOST, "--record", "folder"]
    values = CliRunner().invoke(command, words, standalone_mode=False).return_value
    assert {values["port"], values["webhook_port"]} == {8090, 8091}
    assert (values["host"], values["webhook_host"]) == ("127.0.0.1", "127.0.0.1")


@pytest.mark.parametrize("option", ["--port", "--webhook-port"])
@pytest.mark.parametrize(("port", "taken"), [("0", True), ("65535", True), ("65536", False)])
def test_a_port_is_one_that_machines_have(option: str, port: str, taken: bool) -> None:
    @click.command()
    @proxy_options
    def command(**values: Any) -> bool:
        return True

    words = ["--target", HOST, "--record", "folder", option, port]
    result = CliRunner().invoke(command, words, standalone_mode=False)
    assert bool(result.return_value) == taken
