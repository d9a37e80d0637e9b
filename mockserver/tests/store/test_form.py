"""How a document that does not fit says where and why."""

from __future__ import annotations

import pytest
from megaapi_mock.store.form import Digits, Misfit, inside


def test_a_misfit_alone_is_its_reason() -> None:
    assert str(Misfit("is missing")) == "is missing"


def test_a_misfit_says_where_from_the_outside_in() -> None:
    misfit = Misfit("must be a string").inside("text").inside(2).inside("messages")
    assert str(misfit) == "messages[2].text: must be a string"
    assert str(Misfit("is missing").inside(0)) == "[0]: is missing"


def test_what_does_not_fit_in_a_place_is_said_to_be_there() -> None:
    with pytest.raises(Misfit) as refusal, inside("instances"), inside(1):
        raise Misfit("key is missing")
    assert str(refusal.value) == "instances[1]: key is missing"


def test_other_errors_pass_as_they_are() -> None:
    with pytest.raises(ValueError, match=r"^mine$"), inside("instances"):
        raise ValueError("mine")
    with inside("instances"):
        pass


def test_digits_are_a_number() -> None:
    assert Digits("12") == 12
