"""The errors that can end a run or stop one request; a broken promise is not one of them.

SuiteError
  SetupError       wrong usage or set-up: exit 2, before anything was sent
  Unusable         the host cannot be judged (down, slow, HTML, cut, redirecting): exit 2
    CallCut        one call got no answer from the host itself; others may
  HeldBack         the gate did not let a request out: the case is left out and counted
    BudgetSpent    the run may send no further message
  NotTried         a probe needs something this target does not have
    NotDone        a person who was asked for something has not done it
  Impossible       the host is not in the state its answers told of
  SuiteBug         a mistake of this program: nothing is said of the host, exit 2
"""

from __future__ import annotations

import traceback
from importlib.util import find_spec
from pathlib import Path

# What pip installs with the extra `[contract]`.
EXTRA_MODULES = ("schemathesis", "hypothesis", "requests", "allpairspy")
# What shells make of a process that was ended by Ctrl-C: not 1, which says the host is wrong.
INTERRUPTED = 130


class SuiteError(Exception):
    """Base of all; its text is one plain sentence for the user."""


class SetupError(SuiteError):
    """Wrong usage or set-up, reported before any request is sent."""


class Unusable(SuiteError):
    """The host cannot be judged; this says nothing about its promises."""


class CallCut(Unusable):
    """One call was cut, or answered by what stands before the host; the next one may succeed."""


class HeldBack(SuiteError):
    """The gate refused a request: its effect is not allowed, or it names a number not listed."""


class BudgetSpent(HeldBack):
    """The run has used up its messages or groups."""


class NotTried(SuiteError):
    """The probe needs something that this target does not have."""


class NotDone(NotTried):
    """Somebody at the terminal has not done what a probe needs; the host had no part in it."""


class Impossible(SuiteError):
    """A step failed that must succeed in the state which the host has reported."""


class SuiteBug(SuiteError):
    """A mistake of this program. The sentence names the source line and no value."""


def require_extra() -> None:
    """SetupError with the command that installs it, when a module of the extra is missing."""
    missing = [module for module in EXTRA_MODULES if find_spec(module) is None]
    if missing:
        raise SetupError(
            f"{', '.join(missing)} not installed: the contract suite needs its extra, "
            "pip install 'megaapi-contract-kit[contract]' (in a checkout: '.[contract]')"
        )


def as_bug(error: BaseException) -> SuiteBug:
    """Any other exception as a SuiteBug, without its text, which may hold private values.

    A package that is not installed is no mistake of this program: the sentence names it.
    """
    package = str(getattr(error, "name", None)).partition(".")[0]
    if isinstance(error, ModuleNotFoundError) and not package.startswith("megaapi_"):
        return SuiteBug(
            f"the package {package} is not installed, and megaapi-contract needs it: "
            "pip install 'megaapi-contract-kit[contract]' installs all it needs"
        )
    return SuiteBug(
        f"this is a mistake in megaapi-contract, not in the host: {type(error).__name__} in "
        f"{_source_line(error)}; please report it"
    )


def _source_line(error: BaseException) -> str:
    """File and line of the last frame in this package."""
    package = Path(__file__).parent
    source_line = "an unknown place"
    for frame in traceback.extract_tb(error.__traceback__):
        if Path(frame.filename).is_relative_to(package):
            file = Path(frame.filename).relative_to(package).as_posix()
            source_line = f"{file} line {frame.lineno}"
    return source_line
