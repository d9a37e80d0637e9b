"""What ends a run, in one sentence: a missing extra, a mistake of our own without values."""

from __future__ import annotations

import pytest
from megaapi_contract import errors
from megaapi_contract.errors import (
    BudgetSpent,
    HeldBack,
    SetupError,
    SuiteBug,
    SuiteError,
    as_bug,
    require_extra,
)
from megaapi_contract.host.target import is_vendor


def test_a_spent_budget_is_a_request_that_was_held_back() -> None:
    assert issubclass(BudgetSpent, HeldBack) and issubclass(SuiteBug, SuiteError)


def test_a_missing_extra_is_named_with_its_command(monkeypatch: pytest.MonkeyPatch) -> None:
    require_extra()
    missing = {"hypothesis", "requests"}
    monkeypatch.setattr(errors, "find_spec", lambda name: None if name in missing else name)
    with pytest.raises(SetupError) as refusal:
        require_extra()
    assert str(refusal.value).startswith("hypothesis, requests not installed")
    assert "pip install 'megaapi-contract-kit[contract]'" in str(refusal.value)


def test_a_mistake_of_our_own_names_our_last_line_and_no_value() -> None:
    with pytest.raises(AttributeError, match="secret") as caught:
        is_vendor(type("secret", (), {})())  # type: ignore[arg-type]
    sentence = str(as_bug(caught.value))
    assert "AttributeError in host/target.py line " in sentence
    assert "secret" not in sentence


def test_a_mistake_outside_of_our_sources_has_no_place() -> None:
    with pytest.raises(ValueError, match="secret") as caught:
        int("secret")
    sentence = str(as_bug(caught.value))
    assert "ValueError in an unknown place" in sentence and "secret" not in sentence
