"""The pages' own words: in both languages, and none too many."""

from __future__ import annotations

import pytest
from megaapi_mock.categories import CATEGORIES
from megaapi_mock.reference.calls import KEY
from megaapi_mock.reference.words import ENGLISH, PAGE_LANGUAGES, PORTUGUESE, Words, _texts
from megaapi_mock.spec.gateway_events import CAUSED_BY_GATEWAY

EN, PT = Words(ENGLISH), Words(PORTUGUESE)


def test_each_word_stands_in_both_languages() -> None:
    for name in _texts()["words"]:
        # Nothing in English is left without a translation.
        assert EN(name).strip() or name == "untranslated", name
        assert PT(name).strip(), name


def test_a_word_that_nobody_wrote_is_an_error() -> None:
    with pytest.raises(KeyError):
        EN("no.such.word")


@pytest.mark.parametrize("category", CATEGORIES)
def test_a_category_has_a_heading_and_a_controller_its_own_name(category: str) -> None:
    assert EN.group(f"category.{category}") == EN(f"category.{category}")
    assert PT.group("Group") == "Group"


def test_what_the_gateway_does_is_told_in_the_language_of_the_page() -> None:
    for event, english in CAUSED_BY_GATEWAY.items():
        assert EN.way(event, english) == english and EN.is_translated(event)
        assert PT.is_translated(event), event
        assert PT.way(event, english) != english and "{key}" not in PT.way(event, english)


def test_what_nobody_translated_is_told_in_english() -> None:
    assert PT.way("no-such-event", "Do {key}.") == f"Do {KEY}."
    assert not PT.is_translated("no-such-event") and EN.is_translated("no-such-event")


def test_ways_are_about_events_that_the_gateway_causes() -> None:
    assert set(_texts()["ways_pt"]) == set(CAUSED_BY_GATEWAY)


def test_languages_have_folders_of_their_own() -> None:
    ids, codes = zip(*((each.id, each.code) for each in PAGE_LANGUAGES), strict=True)
    assert len({*ids}) == len({*codes}) == 2
