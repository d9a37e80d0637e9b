"""The command `megaapi-contract`."""

from __future__ import annotations

import io
import signal
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from functools import partial, wraps
from pathlib import Path
from typing import Any, NoReturn

import click
from megaapi_mock.errors import SetupError as MockSetupError
from megaapi_mock.errors.files import file_problem
from megaapi_mock.errors.stdout_guard import is_output_problem, run_guarded
from megaapi_mock.spec.plans import PLAN_NAMES

from .. import __version__
from ..run.secrets import TOKENS, remove_secrets, tokens_of_command_line
from .options import comparison_options, proxy_options, read_options, target_options

# What ends a run as Ctrl-C does: a CI's stop, and a terminal that went away (not on Windows).
_ENDINGS = [
    getattr(signal, name) for name in ("SIGTERM", "SIGHUP", "SIGBREAK") if hasattr(signal, name)
]


def report_errors(command: Callable[..., Any]) -> Callable[..., Any]:
    """Exit 2 with one plain sentence for wrong usage, a missing extra, an unusable host."""

    @wraps(command)
    def run(*arguments: Any, **options: Any) -> Any:
        from ..errors import INTERRUPTED, SuiteError, as_bug, require_extra

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
        except OSError as error:
            if is_output_problem(error):
                # The sentence and the exit code are the guard's, in `Commands`.
                raise
            # A file that an option names; connections have no name of a file.
            problem = str(as_bug(error)) if error.filename is None else file_problem(error)
            _fail(remove_secrets(problem, _tokens(options)))
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
        sys.exit(run_guarded("megaapi-contract", partial(_exit_code, run, words)))


def _exit_code(run: Callable[[], Any], words: Sequence[str]) -> int:
    """The exit code of a command that ends without one of its own; click's errors are printed."""
    try:
        return int(run() or 0)
    except click.ClickException as error:
        message = io.StringIO()
        error.show(message)
        sentence = remove_secrets(message.getvalue(), tokens_of_command_line(words))
        with suppress(OSError):
            click.echo(sentence, err=True, nl=False)
        return error.exit_code
    except click.Abort:
        _fail("interrupted: nothing is judged", 130)


def _fail(sentence: str, code: int = 2) -> NoReturn:
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
@target_options
@click.option("--quick", is_flag=True, help="a few requests per operation, in seconds")
@click.option(
    "--ask",
    is_flag=True,
    help="ask the person with the first --recipient for what only a phone can do; on a terminal",
)
@click.option("--plan", is_flag=True, help="print every request first and send nothing")
@click.option("--report", type=click.Path(path_type=Path), help="write all reports to this folder")
@click.option("--probe", "probes", multiple=True, help="only this probe; repeat")
@click.option("--operation", "operations", multiple=True, help="only this operation; repeat")
@report_errors
def run(plan: bool, report: Path | None, **values: Any) -> None:
    """Run the contract suite against a host.

    Exit code 0: the contract is kept. 1: promises are broken. 2: no judgement is possible (wrong
    usage, the host is down, a mistake of this program). 3: not complete: nothing is broken, but
    some operation never gave a 2xx; the last lines say which and why. 130: interrupted.
    """
    from ..run import command

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
    from ..run.options import RunOptions
    from ..run.runner import prepare_run
    from ..run.runner import probes as all_probes

    with prepare_run(RunOptions(target="mock", gateway_plan=gateway_plan)) as context:
        for probe in all_probes(context):
            needs = " (mocks only)" if probe.phone else " (a customer)" if probe.customer else ""
            needs = " (a second instance)" if probe.reader else needs
            needs = " (a phone that scans)" if probe.scan else needs
            needs = " (a phone in flight mode)" if probe.phone_off else needs
            click.echo(f"{probe.phase:<10} {probe.name}: {', '.join(sorted(probe.effects))}{needs}")


@main.command()
@target_options
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
    from ..run import command
    from ..run.fit import fit as fit_host

    values["seed"] = command.draw_seed() if values["seed"] is None else values["seed"]
    fit_host(read_options(values), output)


@main.command()
@click.argument("folder", type=click.Path(path_type=Path))
@comparison_options
@click.option("--spec", type=click.Path(path_type=Path), help="another contract's folder")
@report_errors
def drift(folder: Path, output: str, spec: Path | None, send_back: Path | None) -> None:
    """Where a capture differs from the contract, by operation and event.

    FOLDER is what `megaapi-contract proxy` has written. Fields, types, fixed values, statuses and
    content types are compared; of values that were not written down, only their type.

    Exit code 0: no difference. 1: there are some. 2: FOLDER holds no capture.
    """
    from ..capture.drift_command import drift as print_drift

    sys.exit(print_drift(folder, output, spec, send_back))


@main.command()
@click.argument("folder", type=click.Path(path_type=Path))
@click.option("--spec", type=click.Path(path_type=Path), help="another contract's folder")
@click.option(
    "-o",
    "--output",
    required=True,
    type=click.Path(path_type=Path, dir_okay=False),
    help="the file to write; one that is there already is not overwritten",
)
@report_errors
def learn(folder: Path, spec: Path | None, output: Path) -> None:
    """Propose changes of the contract, from a capture of a real gateway.

    New fields and statuses, and guesses that the capture confirms, become a patch for the folder
    spec/; what has to be done by hand, and switches as they were seen, are sentences above it.
    Nothing is applied.
    """
    from ..capture.drift_command import learn as write_proposals

    write_proposals(folder, spec, output)


@main.command()
@proxy_options
@report_errors
def proxy(**values: Any) -> None:
    """Stand between your program and a gateway: pass everything on, judge it, and record it.

    Your program calls this address in place of the gateway's; the gateway's webhooks come to
    --webhook-port (through your tunnel), and go on to --receiver. What is written holds no key,
    token, number, name, text or file: placeholders stand for them, the same one for the same value.

    Exit code 0: ended with Ctrl-C, the contract was kept. 1: promises were broken.
    """
    from ..capture.command import ProxyOptions
    from ..capture.command import proxy as run_proxy

    sys.exit(run_proxy(ProxyOptions(**values)))


@main.command()
@click.argument("file", type=click.Path(path_type=Path))
@target_options
@click.option("--quick", is_flag=True, help="if the run that found the fault was quick")
@comparison_options
@click.option("--profile", default="", help="of a capture: the mock's profile, as `fit` writes it")
@report_errors
def replay(file: Path, output: str, profile: str, send_back: Path | None, **values: Any) -> None:
    """Try one failure of a report again, or a whole capture on a mock.

    FILE is in the folder failures/ of a report, or the folder of a capture, as `megaapi-contract
    proxy` has written it. With a capture, each call is sent to a new mock again and each webhook
    is brought about again (--target mock); where the mock differs is printed in --format.

    Exit code 0: the failure is gone, or nothing differs. 1: it still fails, or something differs.
    2: it could not be tried.
    """
    if file.is_dir():
        from ..capture.drift_command import replay_capture

        target, spec = values["target"], values["spec"]
        sys.exit(replay_capture(file, target, output, profile, spec, send_back))
    from ..run import command

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
    from ..run import command

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
@click.option("--real", is_flag=True, help="judge a host without a control API, as a real one is")
@report_errors
def mutate(sample: int | None, only: tuple[str, ...], workers: int, real: bool) -> None:
    """Put faults on the mock: would the suite have noticed?

    Without --sample and --only the score is written to docs/ of the checkout.
    """
    from ..mutation.command import run as run_trials

    sys.exit(run_trials(sample, only, workers, given=real))
