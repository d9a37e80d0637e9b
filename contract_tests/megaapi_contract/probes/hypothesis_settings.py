"""How the suite uses Hypothesis."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, Protocol

from hypothesis import HealthCheck, Phase, seed, settings
from hypothesis.errors import HypothesisException

from ..errors import NotTried

FLAKY = "the host answers otherwise each time it is asked the same"


def suite_settings(number: int, examples: int, **others: Any) -> Callable[[Any], Any]:
    """Hypothesis settings of the suite: fixed seed, no database, no shrinking, no checks."""

    def decorate(test: Any) -> Any:
        test_settings = settings(
            max_examples=examples,
            deadline=None,
            database=None,
            derandomize=False,
            phases=[Phase.generate],
            suppress_health_check=list(HealthCheck),
            **others,
        )
        return seed(number)(test_settings(test))

    return decorate


class EarlyEnd(Protocol):
    """Keeps the error that ended a test early until Hypothesis has ended."""

    error: Exception | None


@contextmanager
def without_flaky_errors(machine: EarlyEnd) -> Iterator[None]:
    """Turn Hypothesis' complaints about a host with changing answers into NotTried.

    What had ended it comes first; without that NotTried. What was broken is noted by then.
    """
    try:
        yield
    except HypothesisException:
        raise machine.error or NotTried(FLAKY) from None


@contextmanager
def machine_class(base: type[Any], **members: Any) -> Iterator[type[Any]]:
    """A state machine of Hypothesis with these members, for one run.

    Hypothesis remembers every class of machine for good. So the members are taken away afterwards:
    what they lead to, a whole mock of some 200 MB say, would stay as long as the process.
    """
    machine = type(base.__name__, (base,), members)
    try:
        yield machine
    finally:
        for name in members:
            delattr(machine, name)
