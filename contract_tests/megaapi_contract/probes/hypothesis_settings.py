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
