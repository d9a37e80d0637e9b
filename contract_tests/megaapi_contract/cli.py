"""The command `megaapi-contract`."""

from __future__ import annotations

import io
import signal
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from functools import partial, wraps
from pathlib import Path
from typing import Any

import click
from megaapi_mock.errors import SetupError as MockSetupError
from megaapi_mock.errors.choice import NamedChoice
from megaapi_mock.spec.allowed_values import EFFECTS
from megaapi_mock.spec.plans import PLAN_NAMES

from . import __version__
from .run.secrets import TOKENS, remove_secrets, tokens_of_command_line

# What ends a run as Ctrl-C does: a CI's stop, and a terminal that went away (not on Windows).
_ENDINGS = [
    getattr(signal, name) for name in ("SIGTERM", "SIGHUP", "SIGBREAK") if hasattr(signal, name)
]


def report_errors(command: Callable[..., Any]) -> Callable[..., Any]:
    """Exit 2 with one plain sentence for wrong usage, a missing extra, an unusable host."""

    @wraps(command)
    def run(*arguments: Any, **options: Any) -> Any:
        from .errors import INTERRUPTED, SuiteError, as_bug, require_extra

        try:
            # Before anything else is imported: what is missing would end in a traceback there.
            require_extra()
            with _interrupt_on_signals():
                return command(*arguments, **options)
        except KeyboardInterrupt:
            _fail("interrupted: nothing is judged", INTERRUPTED)
        except (SuiteError, MockSetupError) as error:
            _fail(remove_secrets(str(error), _tokens(options)))
        except (click.exceptions.Exit, click.ClickException, click.Abort):
            raise
        except Exception as error:
            _fail(str(as_bug(error)))

    return run


def _tokens(options: Mapping[str, Any]) -> list[str]:
    tokens = [str(options.get(name) or "") for name in TOKENS]
    return [*tokens, *tokens_of_command_line(sys.argv[1:])]


class Commands(click.Group):
    """Commands whose usage errors are printed without the tokens of the command line."""

    def main(
        self,
        args: Sequence[str] | None = None,
        prog_name: str | None = None,
        complete_var: str | None = None,
        standalone_mode: bool = True,
        **extra: Any,
    ) -> Any:
        """Run the command, and print click's own errors without tokens."""
        run = partial(super().main, args, prog_name, complete_var, False, **extra)
        if not standalone_mode:
            return run()
        words = sys.argv[1:] if args is None else args
        try:
            sys.exit(run() or 0)
        except click.ClickException as error:
            message = io.StringIO()
            error.show(message)
            click.echo(
                remove_secrets(message.getvalue(), tokens_of_command_line(words)),
                err=True,
                nl=False,
            )
            sys.exit(error.exit_code)
        except click.Abort:
            _fail("interrupted: nothing is judged", 130)


def _fail(sentence: str, code: int = 2) -> None:
    with suppress(OSError):
        click.echo(f"megaapi-contract: {sentence}", err=True)
    sys.exit(code)


@contextmanager
def _interrupt_on_signals() -> Iterator[None]:
    """Turn the signals that end a run into KeyboardInterrupt, so that changes are restored."""

    def raise_interrupt(number: int, frame: Any) -> None:
        raise KeyboardInterrupt

    previous_handlers = {name: signal.signal(name, raise_interrupt) for name in _ENDINGS}
    try:
        yield
    finally:
        for name, handler in previous_handlers.items():
            signal.signal(name, handler)


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
        "--allow",
        multiple=True,
        type=NamedChoice(EFFECTS),
        help="what the run may do to a real instance; only reads unless given",
    ),
    click.option(
        "--recipient", "recipients", multiple=True, help="a number the run may write to; repeat"
    ),
    click.option("--max-messages", default=40, show_default=True, help="messages a run may send"),
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


def _target_options(command: Callable[..., Any]) -> Callable[..., Any]:
    for option in reversed(TARGET):
        command = option(command)
    return command


def read_options(values: dict[str, Any], **others: Any) -> Any:
    """The values of the command line as RunOptions."""
    from .run.options import RunOptions

    return RunOptions(
        target=values.pop("target"),
        key=values.pop("instance_key"),
        allow=frozenset(values.pop("allow")) | {"reads"},
        control_api=not values.pop("no_control_api"),
        **values,
        **others,
    )


@click.group(
    cls=Commands,
    context_settings={
        "help_option_names": ["-h", "--help"],
        "auto_envvar_prefix": "MEGAAPI_CONTRACT",
    },
)
@click.version_option(__version__, prog_name="megaapi-contract")
def main() -> None:
    """Does a host keep the megaAPI contract?

    Other options can be given in the environment too: MEGAAPI_CONTRACT_RUN_SEED is `run --seed`.
    """


@main.command()
@_target_options
@click.option("--quick", is_flag=True, help="a few requests per operation, in seconds")
@click.option("--plan", is_flag=True, help="print every request first and send nothing")
@click.option("--report", type=click.Path(path_type=Path), help="write all reports to this folder")
@click.option("--probe", "probes", multiple=True, help="this probe alone; repeat")
@click.option("--operation", "operations", multiple=True, help="this operation alone; repeat")
@report_errors
def run(plan: bool, report: Path | None, **values: Any) -> None:
    """Run the contract suite against a host.

    Exit code 0: the contract is kept. 1: promises are broken. 2: no judgement is possible (wrong
    usage, the host is down, a mistake of this program). 3: not complete: nothing is broken, but
    some operation never gave a 2xx; the last lines say which and why. 130: interrupted.
    """
    from .run import command

    values["seed"] = command.draw_seed() if values["seed"] is None else values["seed"]
    options = read_options(values)
    if plan:
        command.show_plan(options)
        return
    sys.exit(command.run(options, report))


@main.command()
@click.option("--gateway-plan", default="code", show_default=True, help=", ".join(PLAN_NAMES))
@report_errors
def probes(gateway_plan: str) -> None:
    """Every probe by name, with its phase and what it does to an instance."""
    from .run.options import RunOptions
    from .run.runner import prepare_run
    from .run.runner import probes as all_probes

    with prepare_run(RunOptions(target="mock", gateway_plan=gateway_plan)) as context:
        for probe in all_probes(context):
            phone = " (mocks only)" if probe.phone else ""
            click.echo(f"{probe.phase:<10} {probe.name}: {', '.join(sorted(probe.effects))}{phone}")


@main.command()
@_target_options
@click.option(
    "-o",
    "--output",
    required=True,
    type=click.Path(path_type=Path, dir_okay=False),
    help="the profile to write; a file that is there already is not overwritten",
)
@report_errors
def fit(output: Path, **values: Any) -> None:
    """Read how a host decides what the contract leaves open, as a profile for the mock.

    `megaapi-mock serve --profile FILE` behaves like that host then. What the run may not do
    (--allow) it cannot see: the file names every switch that was not seen.

    Exit code 0: the profile is written. 2: nothing could be read. 130: interrupted.
    """
    from .run import command
    from .run.fit import fit as fit_host

    values["seed"] = command.draw_seed() if values["seed"] is None else values["seed"]
    fit_host(read_options(values), output)


@main.command()
@click.argument("file", type=click.Path(path_type=Path))
@_target_options
@click.option("--quick", is_flag=True, help="if the run that found the fault was quick")
@report_errors
def replay(file: Path, **values: Any) -> None:
    """Try one failure of a report again: FILE is in its folder failures/.

    Exit code 0: it does not fail any more. 1: it still does. 2: it could not be tried.
    """
    from .run import command

    values["seed"] = command.seed_of(file) if values["seed"] is None else values["seed"]
    sys.exit(command.replay_file(file, read_options(values)))


@main.command()
@click.argument("file", type=click.Path(path_type=Path))
@click.option(
    "--token", required=True, envvar="MEGAAPI_TOKEN", show_envvar=True, help="the instance's token"
)
@click.option("--timeout", default=30.0, show_default=True, help="seconds for each answer")
@report_errors
def restore(file: Path, **values: Any) -> None:
    """Put back what a run changed on an instance and could not put back itself.

    FILE is the one the run has named. The next run of the same instance does the same.

    Exit code 0: everything is as it was. 2: something is not, and stays in FILE.
    """
    from .run import command

    click.echo(command.restore(file, values))


@main.command()
@click.option("--sample", type=click.IntRange(min=1), help="this many faults, spread over the list")
@click.option("--only", multiple=True, help="only faults with this text in their name; repeat")
@click.option(
    "--workers",
    default=2,
    show_default=True,
    type=click.IntRange(1, 64),
    help="processes that try faults at the same time",
)
@click.option("--real", is_flag=True, help="as hosts are that have no control API")
@report_errors
def mutate(sample: int | None, only: tuple[str, ...], workers: int, real: bool) -> None:
    """Put faults on the mock: would the suite have noticed?

    Without --sample and --only the score is written to docs/ of the checkout.
    """
    from .mutation.command import run as run_trials

    sys.exit(run_trials(sample, only, workers, given=real))
