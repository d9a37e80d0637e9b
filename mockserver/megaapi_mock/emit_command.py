"""`megaapi-mock emit`."""

from __future__ import annotations

import json
import secrets
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click
from click.core import ParameterSource

from .errors import SetupError
from .profile import SWITCHES, parse_assignments
from .resources import root

if TYPE_CHECKING:
    from .emitter import Tally
    from .webhooks.verdict import Verdict

_GENERATIONS = next(found for found in SWITCHES if found.name == "payload_generation").choices
# Options that say how to judge: without --verdict nobody would read them.
_TRIAL = ("gateway", "junit", "within", "quiet", "patience", "limit", "listens_only")
_SECONDS = click.FloatRange(0, 10**6, min_open=True)


@click.command()
@click.argument("event")
@click.option("--to", "url", required=True, metavar="URL", help="receiver to post to")
@click.option("--set", "changes", multiple=True, metavar="PATH=VALUE", help="change one field")
@click.option("--count", type=click.IntRange(1, 10**7), default=1, help="how many  [default: 1]")
@click.option("--rate", type=click.FloatRange(0.001, 10**6), help="how many a second at most")
@click.option("--parallel", type=click.IntRange(1, 64), default=1, help="how many side by side")
@click.option("--duplicate", type=click.IntRange(1, 64), default=1, help="send each so many times")
@click.option(
    "--generation",
    type=click.Choice(_GENERATIONS),
    default=_GENERATIONS[0],
    help=f"year whose payloads are sent  [default: {_GENERATIONS[0]}]",
)
@click.option(
    "--instance-key",
    metavar="KEY",
    envvar="MEGAAPI_INSTANCE_KEY",
    show_envvar=True,
    help="instance the webhook is of",
)
@click.option("--timeout", type=click.FloatRange(0.001, 10**6), default=30.0, help="seconds each")
@click.option("--keep-alive", is_flag=True, help="reuse connections; the gateway does not")
@click.option("--seed", type=click.IntRange(0), help="number that fixes message ids")
@click.option("--json", "as_json", is_flag=True, help="print the summary as JSON")
@click.option("--verdict", is_flag=True, help="then judge the bot behind URL by a trial")
@click.option(
    "--gateway",
    default="http://127.0.0.1:8080",
    envvar="MEGAAPI_GATEWAY",
    show_envvar=True,
    help="mock the bot answers through, for --verdict  [default: http://127.0.0.1:8080]",
)
@click.option("--junit", type=click.Path(path_type=Path), help="write the verdict as JUnit XML")
@click.option("--within", type=_SECONDS, help="seconds a 2xx may take in the trial  [default: 5]")
@click.option(
    "--quiet", type=_SECONDS, help="seconds of silence after which all is said  [default: 3]"
)
@click.option(
    "--patience", type=_SECONDS, help="seconds to wait for a missing answer  [default: 12]"
)
@click.option("--limit", type=_SECONDS, help="seconds a trial takes at most  [default: 120]")
@click.option("--listens-only", is_flag=True, help="the receiver need not answer in the trial")
def emit(
    changes: tuple[str, ...],
    seed: int | None,
    as_json: bool,
    verdict: bool,
    **given: Any,
) -> None:
    """Send sample webhooks to a receiver, without a server. Exit code 1 when some failed.

    With --verdict the mock at --gateway then tells the receiver a tormented story and judges it;
    --instance-key names the instance the bot answers through.
    """
    from .console import progress_bar
    from .emitter import Emitter, Order
    from .ids import Ids
    from .samples import Samples

    trial = {name: given.pop(name) for name in _TRIAL}
    if not verdict:
        _refuse_unread(click.get_current_context())
    order = Order(changes=parse_assignments(changes), **given)
    ids = Ids(secrets.randbits(64) if seed is None else seed)
    emitter = Emitter(order, samples=Samples(root("fixtures")), ids=ids)
    with progress_bar(order.event, order.owed) as show:
        tally = emitter.run(show and (lambda tally: show(tally.delivered + tally.failed)))
    shown = {"event": order.event, "url": order.url, **tally.as_json()}
    if not as_json:
        _tell(order.event, order.url, order.owed, tally)
    passed = tally.delivered == order.owed
    if verdict:
        found = _judged(order.url, seed or 0, order.instance_key, **trial)
        shown["verdict"] = found.as_json()
        passed &= found.passed
        if not as_json:
            click.echo(found.as_table())
    if as_json:
        click.echo(json.dumps(shown))
    sys.exit(0 if passed else 1)


def _refuse_unread(context: click.Context) -> None:
    for name in _TRIAL:
        if context.get_parameter_source(name) is ParameterSource.COMMANDLINE:
            option = f"--{name.replace('_', '-')}"
            raise SetupError(f"{option} is about the trial: use it together with --verdict")


def _tell(event: str, url: str, owed: int, tally: Tally) -> None:
    from .console import tally_lines

    click.echo(tally_lines(event, url, owed, tally))


def _judged(
    url: str,
    seed: int,
    instance: str | None,
    *,
    gateway: str,
    junit: Path | None,
    **terms: Any,
) -> Verdict:
    from .trial import Terms, run_verdict

    chosen = Terms(**{name: value for name, value in terms.items() if value is not None})
    found = run_verdict(gateway, url, seed=seed, instance=instance, terms=chosen)
    if junit is not None:
        write(junit, found.as_junit())
    return found


def write(output: Path, text: str) -> None:
    """A file of text, its folders made; SetupError when it cannot be written."""
    try:
        output.parent.mkdir(parents=True, exist_ok=True)
        output.write_text(text + "\n", encoding="utf-8")
    except OSError as error:
        raise SetupError(f"{output} cannot be written: {error.strerror}") from None
