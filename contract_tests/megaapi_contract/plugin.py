"""The suite inside pytest: `pytest --megaapi-target mock`.

Each probe becomes a test; without the option the plugin does nothing.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Iterable, Iterator
from contextlib import ExitStack
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from .judging.results import Result
    from .probes.probe import Probe
    from .redaction.redaction import Redaction
    from .run.runner import RunContext

_VALUES = {
    "instance-key": ("", "instance key of a host (or MEGAAPI_INSTANCE_KEY)"),
    "token": ("", "its token (or MEGAAPI_TOKEN)"),
    "timeout": ("30", "seconds for each answer"),
    "max-messages": ("40", "messages a run may send to a real host"),
    "gateway-plan": ("code", "code, start, business, token or all"),
}
_TYPES = {"timeout": float, "max-messages": int}
_ENVIRONMENT = {"instance-key": "MEGAAPI_INSTANCE_KEY", "token": "MEGAAPI_TOKEN"}


def pytest_addoption(parser: pytest.Parser) -> None:
    """The suite's options, all beginning with --megaapi-."""
    group = parser.getgroup("megaapi contract")
    group.addoption("--megaapi-target", help="`mock`, or a host's address: run its contract tests")
    for name, (default, words) in _VALUES.items():
        kind = _TYPES.get(name, str)
        group.addoption(f"--megaapi-{name}", default=default, help=words, type=kind)
    group.addoption("--megaapi-allow", action="append", default=[], help="sends, changes, ...")
    group.addoption("--megaapi-recipient", action="append", default=[], help="whom it may write to")
    group.addoption("--megaapi-quick", action="store_true", help="a few requests per operation")
    group.addoption("--megaapi-strict", action="store_true", help="wrong guesses fail too")


# First, so that pytest's own choosing with -k and -m sees the probes.
@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(
    session: pytest.Session, config: pytest.Config, items: list[pytest.Item]
) -> None:
    """One test per probe, before `-k` and `-m` choose among them."""
    if not config.getoption("--megaapi-target"):
        return
    from .errors import SetupError, require_extra

    try:
        require_extra()
    except SetupError as error:
        raise pytest.UsageError(str(error)) from None
    suite = ContractSuite.from_parent(session, name="megaapi_contract", nodeid="megaapi_contract")
    items.extend(suite.collect())


class ProbeFailed(AssertionError):
    """A probe has failed; `result` holds its breaches for the report."""

    def __init__(self, result: Result) -> None:
        super().__init__(result.probe)
        self.result = result


class ContractSuite(pytest.Collector):
    """Holds the host while the probes run."""

    def __init__(self, **node_arguments: Any) -> None:
        super().__init__(**node_arguments)
        self._exit_stack = ExitStack()
        self._context: RunContext | None = None
        self.unusable = ""
        self.results: list[Result] = []
        self.redaction: Redaction

    def collect(self) -> Iterator[ProbeItem]:
        """Every probe the options ask for."""
        from .errors import SuiteError, as_bug
        from .run.runner import probes

        try:
            context = self.prepare_run()
            every_probe = probes(context)
        except SuiteError as error:
            raise pytest.UsageError(_without_tokens(self.config, str(error))) from None
        except Exception as error:
            # Our own mistake: a traceback would show values.
            raise pytest.UsageError(str(as_bug(error))) from None
        for probe in every_probe:
            yield ProbeItem.from_parent(self, name=probe.name.replace(" ", "_"), probe=probe)

    def prepare_run(self) -> RunContext:
        """The context of the run, prepared once."""
        from .redaction.redaction import Redaction
        from .run.notices import notices_before_run
        from .run.private import private_of
        from .run.runner import prepare_run

        if self._context is None:
            options = _options(self.config)
            self._context = self._exit_stack.enter_context(prepare_run(options))
            self.config.add_cleanup(partial(self._end, self._context))
            _print_notices(self.config, notices_before_run(self._context))
            self.redaction = Redaction(self._context.contract, private_of(options, self._context))
        return self._context

    def _end(self, context: RunContext) -> None:
        """Close the run, and print what could not be restored."""
        from .run.notices import notices_after_run

        self._exit_stack.close()
        for sentence in notices_after_run(context):
            print(f"megaapi-contract: {sentence}", file=sys.stderr)


class ProbeItem(pytest.Item):
    """One probe as a test."""

    def __init__(self, *, probe: Probe, **node_arguments: Any) -> None:
        super().__init__(**node_arguments)
        self.probe = probe
        self.add_marker("megaapi_contract")

    def runtest(self) -> None:
        """Skipped when it may not be tried; fails for broken promises."""
        from .errors import Unusable
        from .run.attempt import give_up_on_cuts, try_probe

        assert isinstance(self.parent, ContractSuite)
        if self.parent.unusable:
            # Calling an unusable host again would only take time again.
            raise Unusable(f"not tried: {self.parent.unusable}")
        context = self.parent.prepare_run()
        result = try_probe(self.probe, context)
        self.parent.results.append(result)
        give_up_on_cuts(context, self.parent.results)
        if result.state == "left out":
            pytest.skip(_without_tokens(self.config, result.reason))
        if result.state == "unusable":
            self.parent.unusable = result.reason
            raise Unusable(result.reason)
        clean = [self.parent.redaction.breach(breach) for breach in result.breaches]
        for breach in clean:
            severity = breach.severity(strict=context.options.strict)
            self.add_report_section("call", severity, f"{breach.operation}: {breach.message}")
        if result.state == "failed":
            raise ProbeFailed(replace(result, breaches=tuple(clean)))

    def repr_failure(self, excinfo: pytest.ExceptionInfo[BaseException], style: Any = None) -> str:
        """The broken promises, each with the file that made it."""
        from .errors import SuiteError, as_bug

        if isinstance(excinfo.value, SuiteError):
            return _without_tokens(self.config, str(excinfo.value))
        if not isinstance(excinfo.value, ProbeFailed):
            # Our own mistake: a traceback would show values.
            return str(as_bug(excinfo.value))
        return "\n".join(
            f"{breach.operation}: {breach.message}  (spec/{breach.promise.file}, "
            f"{breach.promise.grade})"
            for breach in excinfo.value.result.breaches
        )

    def reportinfo(self) -> tuple[str, None, str]:
        """The probe's sentence."""
        return "megaapi_contract", None, self.probe.name


def pytest_configure(config: pytest.Config) -> None:
    """The marker every probe carries."""
    config.addinivalue_line("markers", "megaapi_contract: a probe of the megaAPI contract suite")


def _print_notices(config: pytest.Config, sentences: Iterable[str]) -> None:
    """Print to the terminal, past output capture; workers of pytest-xdist have no terminal."""
    terminal = config.pluginmanager.get_plugin("terminalreporter")
    if terminal is None:
        return
    for sentence in sentences:
        terminal.write_line(f"megaapi-contract: {_without_tokens(config, sentence)}")


def _without_tokens(config: pytest.Config, sentence: str) -> str:
    from .run.secrets import remove_secrets, tokens_of_command_line

    return remove_secrets(
        sentence, [str(config.getoption("--megaapi-token")), *tokens_of_command_line([])]
    )


def _options(config: pytest.Config) -> Any:
    from .run.options import RunOptions

    def value(name: str) -> str:
        text = str(config.getoption(f"--megaapi-{name}"))
        return text or os.environ.get(_ENVIRONMENT.get(name, ""), "")

    return RunOptions(
        target=str(config.getoption("--megaapi-target")),
        key=value("instance-key"),
        token=value("token"),
        allow=frozenset(config.getoption("--megaapi-allow")) | {"reads"},
        recipients=tuple(config.getoption("--megaapi-recipient")),
        # The option is that of the mock's plugin, which is installed with this one.
        seed=config.getoption("megaapi_seed", default=None) or 0,
        timeout=float(value("timeout")),
        max_messages=int(value("max-messages")),
        gateway_plan=value("gateway-plan"),
        quick=bool(config.getoption("--megaapi-quick")),
        strict=bool(config.getoption("--megaapi-strict")),
    )
