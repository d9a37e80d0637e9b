"""How the suite uses Hypothesis: the same cases for a seed, and no talk of flaky tests."""

from __future__ import annotations

import gc
import weakref
from types import SimpleNamespace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.errors import Flaky
from hypothesis.stateful import RuleBasedStateMachine, rule, run_state_machine_as_test
from megaapi_contract.errors import NotTried, Unusable
from megaapi_contract.probes.hypothesis_settings import (
    FLAKY,
    machine_class,
    suite_settings,
    without_flaky_errors,
)


def drawn(seed: int, examples: int) -> list[int]:
    """What a test of the suite is given."""
    numbers: list[int] = []
    test = given(number=st.integers())(lambda number: numbers.append(number))
    suite_settings(seed, examples)(test)()
    return numbers


def test_a_seed_draws_the_same_and_so_many() -> None:
    first = drawn(7, 20)
    assert drawn(7, 20) == first != drawn(8, 20)
    assert len(first) == 20


def test_what_fails_is_not_tried_again_in_smaller_forms() -> None:
    tries: list[int] = []

    def fail(number: int) -> None:
        tries.append(number)
        raise KeyError

    with pytest.raises(KeyError):
        suite_settings(7, 20)(given(number=st.integers())(fail))()
    assert len(tries) <= 2


def machine(error: Exception | None = None) -> Any:
    return SimpleNamespace(error=error)


def test_a_host_that_answers_otherwise_each_time_is_not_tried() -> None:
    with pytest.raises(NotTried, match=FLAKY), without_flaky_errors(machine()):
        raise Flaky("inconsistent")


def test_what_had_ended_it_comes_first() -> None:
    with pytest.raises(Unusable, match="down"), without_flaky_errors(machine(Unusable("down"))):
        raise Flaky("inconsistent")


def test_other_errors_pass() -> None:
    with pytest.raises(KeyError), without_flaky_errors(machine(Unusable("down"))):
        raise KeyError
    with without_flaky_errors(machine()):
        pass


def test_a_machine_leads_to_nothing_of_its_run_afterwards() -> None:
    class State:
        steps = 0

    class Steps(RuleBasedStateMachine):
        state: State

        @rule()
        def count(self) -> None:
            self.state.steps += 1

    state = State()
    state_is_there = weakref.ref(state)
    with machine_class(Steps, state=state) as machine:
        run_state_machine_as_test(suite_settings(7, 5, stateful_step_count=3)(machine))
    assert state.steps == 15
    del state
    gc.collect()
    assert state_is_there() is None
