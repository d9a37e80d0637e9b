"""`megaapi-mock emit`."""

from __future__ import annotations

import json
import secrets
import sys
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click
from click.core import ParameterSource

from ..errors import SetupError
from ..errors.choice import NamedChoice
from ..errors.shown_address import shown_address
from ..profile import SWITCHES, parse_assignments
from ..resources import root
from .options import gateway_option, key_option, token_option

if TYPE_CHECKING:
    from ..receiver_check.result import Verdict
    from ..spec.payload_fields import PayloadFields
    from .emitter import DeliveryCounts

_GENERATIONS = next(switch for switch in SWITCHES if switch.name == "payload_generation").choices
_SECONDS = click.FloatRange(0, 10**6, min_open=True)
_GATEWAY = "http://127.0.0.1:8080"
# What is sent and how: a trial tells its own story.
_EMISSION = (
    click.Option(
        ["--set", "changes"], multiple=True, metavar="PATH=VALUE", help="change one field"
    ),
    click.Option(["--force"], is_flag=True, help="also set fields the contract does not know"),
    click.Option(
        ["--count"],
        type=click.IntRange(1, 10**7),
        default=1,
        help="how many to send  [default: 1]",
    ),
    click.Option(
        ["--rate"], type=click.FloatRange(0.001, 10**6), help="at most so many per second"
    ),
    click.Option(
        ["--parallel"], type=click.IntRange(1, 64), default=1, help="how many at the same time"
    ),
    click.Option(
        ["--duplicate"], type=click.IntRange(1, 64), default=1, help="send each one so many times"
    ),
    click.Option(
        ["--generation"],
        type=NamedChoice(_GENERATIONS),
        default=_GENERATIONS[0],
        help=f"send the payloads of this year  [default: {_GENERATIONS[0]}]",
    ),
    click.Option(["--keep-alive"], is_flag=True, help="reuse connections; the gateway does not"),
)
# How a trial judges: without --verdict nobody would read them.
_TRIAL = (
    gateway_option(
        "--gateway",
        default=_GATEWAY,
        help=f"for --verdict: the mock the bot sends its answers to  [default: {_GATEWAY}]",
    ),
    token_option(
        "--control-token",
        "MEGAAPI_CONTROL_TOKEN",
        default="",
        help="token of the control API, if the mock requires one",
    ),
    click.Option(
        ["--junit"], type=click.Path(path_type=Path), help="write the verdict as JUnit XML"
    ),
    click.Option(
        ["--within"],
        type=_SECONDS,
        help="seconds the receiver may take for a 2xx  [default: 5]",
    ),
    click.Option(
        ["--quiet"], type=_SECONDS, help="seconds of silence that end the waiting  [default: 3]"
    ),
    click.Option(
        ["--patience"], type=_SECONDS, help="seconds to wait for a missing answer  [default: 25]"
    ),
    click.Option(["--limit"], type=_SECONDS, help="seconds a trial may take  [default: 300]"),
    click.Option(
        ["--answers"],
        type=click.IntRange(1, 100),
        help="answers a message may have, more for a bot with more bubbles  [default: 3]",
    ),
    click.Option(
        ["--burst"],
        type=click.FloatRange(0, 86_400),
        help="messages of a contact within so many seconds may have one answer  [default: 20]",
    ),
    click.Option(["--listens-only"], is_flag=True, help="the receiver does not have to answer"),
)
_PARAMETERS: list[click.Parameter] = [
    click.Argument(["event"], required=False),
    click.Option(["--to", "url"], required=True, metavar="URL", help="receiver to post to"),
    *_EMISSION,
    key_option(help="instance the webhooks come from"),
    click.Option(
        ["--timeout"],
        type=click.FloatRange(0.001, 10**6),
        default=30.0,
        help="seconds per delivery",
    ),
    click.Option(["--seed"], type=click.IntRange(0), help="seed for the message ids"),
    click.Option(["--json", "as_json"], is_flag=True, help="print the summary as JSON"),
    click.Option(
        ["--verdict"], is_flag=True, help="run a trial with the bot behind URL and judge it"
    ),
    *_TRIAL,
]


@click.command(params=_PARAMETERS)
def emit(
    event: str | None,
    changes: tuple[str, ...],
    seed: int | None,
    as_json: bool,
    verdict: bool,
    **options: Any,
) -> None:
    """Send sample webhooks to a receiver, without a server. Exit code 1 if any failed.

    With --verdict the mock at --gateway runs a whole conversation and judges the bot: messages that
    come several times and out of order, then one of every event a bot meets, or with EVENT only
    such events. --instance-key names the instance the bot answers with. The bot must leave alone
    stories (status@broadcast), its own messages (key.fromMe) and a key.id that came before. Answers
    may be equal, but there must not be more of them because a message came again.
    """
    trial = {name: options.pop(name) for name in map(_name_of, _TRIAL)}
    context = click.get_current_context()
    if verdict:
        _refuse_given(context, _EMISSION, "is for single events: a trial has its own script")
        _judge(event, options["url"], seed or 0, options["instance_key"], as_json=as_json, **trial)
        return
    _refuse_given(context, _TRIAL, "is about the trial: use it together with --verdict")
    if event is None:
        raise SetupError("name an event: `megaapi-mock events` lists them")
    _send(event, changes, seed, as_json=as_json, **options)


def _send(
    event: str,
    changes: tuple[str, ...],
    seed: int | None,
    *,
    as_json: bool,
    force: bool,
    **options: Any,
) -> None:
    from ..ids import Ids
    from ..resources.samples import Samples
    from .console import progress_bar
    from .emitter import Emitter, Order

    order = Order(event, changes=parse_assignments(changes), **options)
    ids = Ids(secrets.randbits(64) if seed is None else seed)
    fields = _payload_fields() if changes and not force else None
    emitter = Emitter(order, samples=Samples(root("fixtures")), ids=ids, fields=fields)
    with progress_bar(order.event, order.total) as show:
        tally = emitter.run(show and (lambda sums: show(sums.delivery_count + sums.failure_count)))
    url = shown_address(order.url)
    if as_json:
        click.echo(json.dumps({"event": order.event, "url": url, **tally.as_json()}))
    else:
        _tell(order.event, url, order.total, tally)
    sys.exit(0 if tally.delivery_count == order.total else 1)


def _payload_fields() -> PayloadFields:
    from ..spec.payload_fields import PayloadFields
    from ..spec.valid_bundle import valid_bundle

    return PayloadFields(valid_bundle(root("spec")).document)


def _judge(
    event: str | None, url: str, seed: int, instance: str | None, *, as_json: bool, **trial: Any
) -> None:
    """The verdict, printed. Exit code 0 passed, 1 failed or undecided."""
    verdict = _run_trial(url, seed, instance, event=event, **trial)
    if as_json:
        click.echo(
            json.dumps({"event": event, "url": shown_address(url), "verdict": verdict.as_json()})
        )
    else:
        click.echo(verdict.as_table())
    sys.exit(0 if verdict.passed else 1)


def _name_of(option: click.Option) -> str:
    return option.name or ""


def _refuse_given(context: click.Context, options: Iterable[click.Option], reason: str) -> None:
    for option in options:
        if context.get_parameter_source(_name_of(option)) is ParameterSource.COMMANDLINE:
            raise SetupError(f"{option.opts[0]} {reason}")


def _tell(event: str, url: str, total: int, tally: DeliveryCounts) -> None:
    from .console import tally_lines

    click.echo(tally_lines(event, url, total, tally))


def _run_trial(
    url: str,
    seed: int,
    instance: str | None,
    *,
    event: str | None,
    gateway: str,
    control_token: str,
    junit: Path | None,
    **terms: Any,
) -> Verdict:
    from ..errors.names import did_you_mean
    from ..resources.samples import Samples
    from .receiver_trial import TrialTerms, run_verdict

    names = Samples(root("fixtures")).names()
    if event is not None and event not in names:
        guess = did_you_mean(event, names)
        raise SetupError(f"there is no event {event!r}: {guess}`megaapi-mock events` lists all")
    trial_terms = TrialTerms(**{name: value for name, value in terms.items() if value is not None})
    verdict = run_verdict(
        gateway,
        url,
        event=event,
        seed=seed,
        instance=instance,
        control_token=control_token,
        terms=trial_terms,
    )
    if junit is not None:
        write(junit, verdict.as_junit())
    return verdict


def write(output: Path, text: str) -> None:
    """A file of text, its folders made; SetupError when it cannot be written."""
    try:
        output.parent.mkdir(parents=True, exist_ok=True)
        output.write_text(text + "\n", encoding="utf-8")
    except OSError as error:
        raise SetupError(f"{output} cannot be written: {error.strerror}") from None
