"""How the suite uses Hypothesis."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from hypothesis import HealthCheck, Phase, seed, settings


def quiet(number: int, examples: int, **others: Any) -> Callable[[Any], Any]:
    """Hypothesis settings of the suite: one seed, no database, no shrinking, no complaints."""

    def decorate(test: Any) -> Any:
        kept = settings(
            max_examples=examples,
            deadline=None,
            database=None,
            derandomize=False,
            phases=[Phase.generate],
            suppress_health_check=list(HealthCheck),
            **others,
        )
        return seed(number)(kept(test))

    return decorate
