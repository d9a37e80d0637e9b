"""The payloads of events by year: years that have the same JSON stand together."""

from __future__ import annotations

import json
from itertools import pairwise

import pytest
from megaapi_mock.reference.contract import Contract
from megaapi_mock.reference.payloads import YEARS, Generations, format_json
from megaapi_mock.spec.allowed_values import GENERATIONS


@pytest.fixture(scope="module")
def generations(contract: Contract) -> Generations:
    return Generations(contract.samples)


def test_the_years_are_those_of_the_switch_newest_first() -> None:
    assert {*GENERATIONS} <= {*YEARS}
    assert list(YEARS) == sorted(YEARS, reverse=True)


def test_every_event_has_a_payload_in_every_year(
    contract: Contract, generations: Generations
) -> None:
    for name in contract.samples.names():
        shown = generations.of(name)
        assert [year for years, _ in shown for year in years] == list(YEARS), name
        texts = [text for _, text in shown]
        assert all(isinstance(json.loads(text), dict) for text in texts)
        # Neighbours that say the same stand together.
        assert all(one != other for one, other in pairwise(texts))


def test_a_text_is_another_in_some_years(generations: Generations) -> None:
    assert 1 < len(generations.of("text-plain")) <= len(YEARS)


def test_one_year_may_be_asked_for(generations: Generations) -> None:
    whole = dict.fromkeys(YEARS, "")
    for years, text in generations.of("text-plain"):
        whole |= dict.fromkeys(years, text)
    for year in YEARS:
        assert generations.of("text-plain", year) == [((year,), whole[year])]


def test_an_event_without_a_sample_has_no_payload(generations: Generations) -> None:
    assert generations.of("no-such-event") == []


def test_json_is_written_for_a_person() -> None:
    assert format_json({"a": "ã"}) == '{\n  "a": "ã"\n}'
