"""The options that every command of `megaapi-contract` takes which calls a host."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import click
from megaapi_mock.errors.choice import NamedChoice
from megaapi_mock.spec.allowed_values import EFFECTS
from megaapi_mock.spec.plans import PLAN_NAMES

TARGET = (
    click.option(
        "--target",
        required=True,
        envvar="MEGAAPI_GATEWAY",
        show_envvar=True,
        help="`mock`, or a host's address",
    ),
    click.option(
        "--instance-key",
        default="",
        envvar="MEGAAPI_INSTANCE_KEY",
        show_envvar=True,
        help="the instance to use on a host",
    ),
    click.option(
        "--token",
        default="",
        envvar="MEGAAPI_TOKEN",
        show_envvar=True,
        help="its token",
    ),
    click.option(
        "--instance-number",
        "number",
        default="",
        envvar="MEGAAPI_INSTANCE_NUMBER",
        show_envvar=True,
        help="its phone number, for a host whose status does not show it",
    ),
    click.option(
        "--peer-instance-key",
        "peer_key",
        default="",
        envvar="MEGAAPI_PEER_INSTANCE_KEY",
        show_envvar=True,
        help="a second instance of yours: it writes to the first as a customer does",
    ),
    click.option(
        "--peer-token",
        default="",
        envvar="MEGAAPI_PEER_TOKEN",
        show_envvar=True,
        help="the second instance's token",
    ),
    click.option(
        "--peer-target",
        default="",
        envvar="MEGAAPI_PEER_GATEWAY",
        show_envvar=True,
        help="the second instance's host, if it is another one",
    ),
    click.option(
        "--peer-number",
        default="",
        envvar="MEGAAPI_PEER_NUMBER",
        show_envvar=True,
        help="the second instance's phone number, for a host whose status does not show it",
    ),
    click.option(
        "--allow",
        multiple=True,
        type=NamedChoice(EFFECTS),
        help="what the run may do to a real instance; only reads unless given",
    ),
    click.option(
        "--recipient", "recipients", multiple=True, help="a number the run may write to; repeat"
    ),
    click.option(
        "--max-messages",
        default=40,
        show_default=True,
        help="messages a run may send; a second instance may send as many",
    ),
    click.option(
        "--max-groups",
        default=1,
        show_default=True,
        help="groups a run may make with the recipients; each is emptied and left",
    ),
    click.option(
        "--pace", type=float, help="seconds between requests; 1 on real hosts, 0 on mocks"
    ),
    click.option("--timeout", default=30.0, show_default=True, help="seconds for each answer"),
    click.option(
        "--seed",
        type=int,
        help="seed of all random choices; chosen at random and printed unless given",
    ),
    click.option("--strict", is_flag=True, help="count wrong guesses of the contract as failures"),
    click.option("--gateway-plan", default="code", show_default=True, help=", ".join(PLAN_NAMES)),
    click.option(
        "--control-token",
        default="",
        envvar="MEGAAPI_CONTROL_TOKEN",
        show_envvar=True,
        help="token of the control API, if the mock requires one",
    ),
    click.option(
        "--webhook-port",
        default=0,
        type=click.IntRange(0, 65535),
        help="where webhooks are received; any free port",
    ),
    click.option(
        "--webhook-host",
        default="127.0.0.1",
        show_default=True,
        help="the address of this machine to receive them at; 0.0.0.0 for all",
    ),
    click.option(
        "--webhook-url",
        default="",
        help="the public address of that port: the other end of your tunnel",
    ),
    click.option(
        "--forward",
        is_flag=True,
        help="pass webhooks on to the instance's own receiver while they come to the suite",
    ),
    click.option("--media-url", default="", help="a picture a real host can fetch, for mediaUrl"),
    click.option(
        "--no-control-api", is_flag=True, help="treat a mock on this machine as a host of its own"
    ),
    click.option("--spec", type=click.Path(path_type=Path), help="another contract's folder"),
)


def target_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """Give a command these options."""
    for option in reversed(TARGET):
        command = option(command)
    return command


def read_options(values: dict[str, Any], **others: Any) -> Any:
    """The values of the command line as RunOptions."""
    from ..run.options import RunOptions

    return RunOptions(
        target=values.pop("target"),
        key=values.pop("instance_key"),
        allow=frozenset(values.pop("allow")) | {"reads"},
        control_api=not values.pop("no_control_api"),
        **values,
        **others,
    )


PROXY = (
    click.option(
        "--target",
        required=True,
        envvar="MEGAAPI_GATEWAY",
        show_envvar=True,
        help="the gateway that calls are passed on to",
    ),
    click.option(
        "--record",
        required=True,
        type=click.Path(path_type=Path, file_okay=False),
        help="the folder to write; new or empty",
    ),
    click.option(
        "--receiver", default="", help="your own receiver, which webhooks are passed on to"
    ),
    click.option("--host", default="127.0.0.1", show_default=True, help="where calls come to"),
    click.option(
        "--port",
        default=8090,
        show_default=True,
        type=click.IntRange(0, 65535),
        help="0: any free one",
    ),
    click.option(
        "--webhook-host", default="127.0.0.1", show_default=True, help="where webhooks come"
    ),
    click.option(
        "--webhook-port",
        default=8091,
        show_default=True,
        type=click.IntRange(0, 65535),
        help="0: any free one",
    ),
    click.option("--timeout", default=60.0, show_default=True, help="seconds for each answer"),
    click.option(
        "--max-mb",
        default=500,
        show_default=True,
        type=click.IntRange(1),
        help="megabytes to write at most; what comes after is passed on and not recorded",
    ),
    click.option("--gateway-plan", default="code", show_default=True, type=NamedChoice(PLAN_NAMES)),
)


def proxy_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """Give a command the options of a proxy."""
    for option in reversed(PROXY):
        command = option(command)
    return command


COMPARISON = (
    click.option(
        "--format",
        "output",
        default="text",
        show_default=True,
        type=NamedChoice(("text", "json", "html")),
        help="of a comparison: for people, for programs, for a browser",
    ),
    click.option(
        "--send-back",
        type=click.Path(path_type=Path, dir_okay=False),
        help="also write the differences, each with one record, to this new file: "
        "to be read, and attached to a report",
    ),
)


def comparison_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """Give a command the options of a comparison with a capture."""
    for option in reversed(COMPARISON):
        command = option(command)
    return command
