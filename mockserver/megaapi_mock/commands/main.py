"""The command `megaapi-mock`."""

from __future__ import annotations

import secrets
from collections.abc import Callable
from dataclasses import fields, replace
from pathlib import Path
from typing import Any

import click

from .. import __version__
from ..errors import SetupError
from ..errors.names import did_you_mean
from ..profile import SWITCHES, Profile, load_profile, parse_assignments
from ..resources import root
from ..settings import Settings, from_environment, switches_from_environment
from ..store.open_store import MEMORY, is_begun, require_store, require_sync, shown_name
from . import log_choice
from .console import Lines, webhook_count
from .doctor.command import doctor
from .emit import emit
from .group import Group
from .open_page import open_page
from .output import Output
from .peers import require_peers
from .run_server import run
from .spec_commands import spec
from .start_screen import Greeting
from .store_commands import store

# What a folder of fixtures must hold for a start.
_FIXTURES = ("profiles", "worlds", "webhooks")


@click.group(cls=Group, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="megaapi-mock")
def main() -> None:
    """A stand-in for megaAPI, the WhatsApp gateway: same paths, same answers, with memory."""


main.add_command(spec)
main.add_command(doctor)
main.add_command(emit)
main.add_command(store)


def _settings_options(function: Callable[..., None]) -> Callable[..., None]:
    """One option per row of the settings' table."""
    for setting in reversed(fields(Settings)):
        name = f"--{setting.name.replace('_', '-')}"
        kind = type(setting.default)
        default = setting.default if setting.default not in ("", False) else None
        text = setting.metadata["help"] + (f"  [default: {default}]" if default is not None else "")
        if kind is bool:
            decorate = click.option(name, is_flag=True, default=None, help=text)
        elif setting.metadata["repeats"]:
            # As one text: so the environment has it too.
            decorate = click.option(
                name, multiple=True, callback=_join_texts, metavar="HOST", help=text
            )
        else:
            decorate = click.option(name, type=kind, default=None, help=text)
        function = decorate(function)
    return function


def _join_texts(context: click.Context, option: click.Option, texts: Any) -> str | None:
    """What was given several times as one value of a setting; None where it was not given."""
    return ",".join(texts) or None


@main.command()
@_settings_options
@click.option("--set", "switches", multiple=True, metavar="NAME=VALUE", help="set a switch")
@click.option(
    "--open", "opens", is_flag=True, help="open the page in a browser, where there is one"
)
def serve(switches: tuple[str, ...], opens: bool, **options: Any) -> None:
    """Start the mock."""
    settings = _settings(options)
    profile = _profile(settings, switches)
    _refuse_unbuilt(settings)
    greeting = _greeting(settings, profile)
    if settings.shared:
        from .shared_serve import SharedServe

        SharedServe(settings, profile, greeting, opens=opens).run()
        return
    output = log_choice.output_of(settings)

    def ready(url: str) -> None:
        log_choice.greet_as(settings, greeting, output, url)
        if opens:
            open_page(url)

    run(settings, profile, output, on_ready=ready)


@main.command()
@click.argument("name", required=False)
def events(name: str | None) -> None:
    """List the webhook events: name, grade, default, how likely it arrives, meaning.

    With NAME only this one; `megaapi-mock spec show NAME` has its fields.
    """
    from ..spec.operations import webhook_events
    from ..spec.valid_bundle import valid_bundle

    every = webhook_events(valid_bundle(root("spec")))
    names = _names_to_list("event", name, [event.name for event in every])
    rows = [
        (event.name, event.grade, event.default, event.arrival, event.summary)
        for event in every
        if event.name in names
    ]
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    for row in rows:
        cells = (f"{cell:<{width}}" for cell, width in zip(row, widths, strict=True))
        click.echo("  ".join(cells).rstrip())


@main.command()
@click.option("--host", default="127.0.0.1", help="address to listen on  [default: 127.0.0.1]")
@click.option("--port", type=int, default=9000, help="port; 0 chooses a free one  [default: 9000]")
@click.option(
    "--answer", type=click.IntRange(200, 599), default=200, help="status to answer  [default: 200]"
)
def listen(host: str, port: int, answer: int) -> None:
    """Receive webhooks, also real ones: one line each, with what does not fit the contract."""
    from ..spec.recognise import Recogniser
    from ..spec.valid_bundle import valid_bundle
    from .listen import Receiver
    from .listen import listen as run

    _require_port(port)
    recogniser = Recogniser(valid_bundle(root("spec")))
    output = Output()
    tell = Lines(output).webhook
    receiver = Receiver(host, port, recogniser=recogniser, tell=tell, answer=answer)
    output.begin(f"Listening on {receiver.url}, answering {answer}. Press Ctrl-C to stop.\n")
    run(receiver)
    output.end(webhook_count(receiver.fit_count, receiver.others) + "\n")


@main.command()
@click.argument("name", required=False)
def switches(name: str | None) -> None:
    """List the switches of a profile: default, alternatives, grade, meaning.

    With NAME only this one.
    """
    names = _names_to_list("switch", name, [switch.name for switch in SWITCHES])
    for switch in SWITCHES:
        if switch.name not in names:
            continue
        click.echo(f"{switch.name}={switch.default}")
        click.echo(f"    {switch.help} ({switch.grade})")
        click.echo(f"    {switch.values_text}")


@main.command()
@click.argument("name", required=False)
@click.option("--page", is_flag=True, help="print docs/faults.md, in Markdown")
def faults(name: str | None, page: bool) -> None:
    """List the faults: what each does, its parameters, an example. With NAME only this one."""
    from ..faults.docs_page import json
    from ..faults.docs_page import page as whole_page
    from ..faults.registry import discover

    kinds = discover()
    if page:
        click.echo(whole_page(kinds), nl=False)
        return
    for kind in map(kinds.__getitem__, _names_to_list("fault", name, list(kinds))):
        click.echo(f"{kind.name}\n    {kind.line}")
        for parameter in kind.parameters:
            default, accepts = json(parameter.default), parameter.form.words
            click.echo(f"    {parameter.name}={default}  {parameter.help} ({accepts})")
        click.echo(f"    {json(kind.kind.example)}")


def _names_to_list(what: str, name: str | None, names: list[str]) -> list[str]:
    """The names to list; SetupError for a name that is none of them."""
    if name is None or name in names:
        return names if name is None else [name]
    guess = did_you_mean(name, names)
    raise SetupError(
        f"there is no {what} {name!r}: {guess}the command alone lists all {len(names)}"
    )


def _settings(options: dict[str, Any]) -> Settings:
    values = {name: value for name, value in options.items() if value is not None}
    settings = Settings(**{**from_environment(), **values})
    if settings.seed < 0:
        # A new seed each start: message ids a client has seen before would look like repeats.
        return replace(settings, seed=secrets.randbelow(1_000_000))
    return settings


def _profile(settings: Settings, switches: tuple[str, ...]) -> Profile:
    profile = load_profile(settings.profile, _fixtures(settings))
    assignments = (*switches_from_environment(), *switches)
    return profile.with_switches(parse_assignments(assignments))


def _refuse_unbuilt(settings: Settings) -> None:
    if settings.store != MEMORY:
        require_store(settings.store)
    require_sync(settings.sync)
    log_choice.require_log(settings.log)
    from ..webhooks.http.host_policy import patterns_of

    patterns_of(settings.allow_webhook_host)
    if settings.workers != 1:
        raise SetupError(
            f"--workers {settings.workers}: one process does the work; for others that take its "
            "place, start each of them with --shared"
        )
    require_peers(settings)
    _require_port(settings.port)


def _require_port(port: int) -> None:
    if not 0 <= port <= 65535:
        raise SetupError(f"--port {port}: use a number from 0 to 65535")


def _fixtures(settings: Settings) -> Path:
    """The folder of profiles, worlds and samples; SetupError when it is not such a folder."""
    if not settings.fixtures:
        return root("fixtures")
    folder = Path(settings.fixtures)
    if not folder.is_dir():
        raise SetupError(f"--fixtures {folder}: this folder does not exist")
    if absent := [name for name in _FIXTURES if not (folder / name).is_dir()]:
        raise SetupError(
            f"--fixtures {folder}: it has no folder {absent[0]}/; start with a copy of fixtures/"
        )
    return folder


def _greeting(settings: Settings, profile: Profile) -> Greeting:
    from ..serving.ports import is_loopback
    from ..worlds.start import load_start

    start = load_start(settings.world, _fixtures(settings))
    instances = start.instances
    first = next((seed for seed in instances if seed.connected), None)
    other = next((seed for seed in instances if not seed.connected), None)
    return Greeting(
        key=first.key if first else None,
        token=first.token if first else None,
        unlinked=f"{other.key}, token {other.token}" if other else None,
        profile=profile.plan,
        world=settings.world,
        seed=start.state["seed"] if start.state else settings.seed,
        control=_control(settings),
        asks_token=bool(settings.control_token) and not is_loopback(settings.host),
        is_shut=not settings.control_token and not is_loopback(settings.host),
        store="" if settings.store == MEMORY else shown_name(settings.store),
        resumes=settings.store != MEMORY and is_begun(settings.store),
    )


def _control(settings: Settings) -> str:
    """Who may use the control API."""
    from ..serving.ports import is_loopback

    if is_loopback(settings.host):
        # With or without a token: whoever reaches it is on this machine.
        return "this machine only"
    if settings.control_token:
        return "send X-Mock-Token: the value of --control-token or MEGAAPI_CONTROL_TOKEN"
    return f"shut on {settings.host}: start with --control-token T to use it"
