"""Facts of events: one type for each family, and what is left out belongs to nobody else."""

from __future__ import annotations

from dataclasses import is_dataclass
from typing import Any, get_args

import pytest
from megaapi_mock.domain import facts
from megaapi_mock.domain.facts import EmittedPayload, Facts, Fields, InboundMessage

TYPES = [each for each in vars(facts).values() if is_dataclass(each)]


def test_every_type_is_one_of_the_facts() -> None:
    assert set(get_args(Facts)) == set(TYPES)


@pytest.mark.parametrize("type_", TYPES, ids=lambda each: each.__name__)
def test_no_type_takes_what_it_does_not_name(type_: Any) -> None:
    """A field written wrongly would be lost: its event would be told without it."""
    event = type_(*[{}] * len(type_.__slots__))
    with pytest.raises(AttributeError):
        event.nmae = "Ana"


@pytest.mark.parametrize(
    "make",
    [lambda: InboundMessage({}, {}, 0, "Ana"), lambda: Fields({}), lambda: EmittedPayload({})],
    ids=["InboundMessage", "Fields", "EmittedPayload"],
)
def test_overrides_are_none_and_shared_with_nobody(make: Any) -> None:
    first, second = make(), make()
    assert first.overrides == {}
    assert first.overrides is not second.overrides


def test_a_message_from_outside_has_no_verified_name_unless_it_says_so() -> None:
    assert InboundMessage({}, {}, 0, "Ana").verified is None
    assert InboundMessage({}, {}, 0, "Ana", "Ana Ltda").verified == "Ana Ltda"
