"""What a phone would not show: said beside the answer, or refused where the mock is strict."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from megaapi_mock.domain.instance import Instance
from megaapi_mock.errors import Unusable
from megaapi_mock.handlers.call import Call
from megaapi_mock.handlers.shown import question, question_file, require_shown, unshown_file

from .calls import call

NO_IMAGE = b"<!DOCTYPE html><title>not found</title>"


def strict(instance: Instance, data: Any = None) -> Call:
    """A call of a mock that refuses what the gateway might take."""
    return call(instance, data, strict=True)


def test_problem_is_said_beside_the_answer_and_none_is_not(instance: Instance) -> None:
    one = call(instance)
    question(one, None, "500")
    assert one.notes == []
    question(one, "the list is empty", "200")
    assert one.notes == ["the list is empty; sent all the same"]


@pytest.mark.parametrize("is_strict", [False, True])
def test_problem_is_refused_by_a_strict_mock_and_where_the_switch_says_so(
    instance: Instance, is_strict: bool
) -> None:
    one = call(instance, strict=is_strict)
    with pytest.raises(Unusable, match="the list is empty"):
        question(one, "the list is empty", "200" if is_strict else "500")
    assert one.notes == []


@pytest.mark.parametrize("blank", ["", " ", "\n\t", "\u00a0"])
def test_each_blank_text_is_named(instance: Instance, blank: str) -> None:
    data = {"text": blank, "buttons": [{"title": "Sim"}, {"title": blank}]}
    one = call(instance, data)
    require_shown(one, "text", "footer", buttons=("title",))
    words = "text, title of button 2 are blank: a phone shows nothing there"
    assert one.notes == [f"{words}; sent all the same"]
    with pytest.raises(Unusable, match="text, title of button 2 are blank"):
        require_shown(strict(instance, data), "text", buttons=("title",))


def test_one_blank_text_is_singular_and_five_are_named_at_most(instance: Instance) -> None:
    one = call(instance, {"text": "", "buttons": [{"title": " "}] * 9})
    require_shown(one, "text")
    require_shown(one, buttons=("title",))
    assert one.notes[0].startswith("text is blank")
    assert one.notes[1].count("title of button") == 5


@pytest.mark.parametrize("value", ["x", " x ", "\u200b.", 5, None])
def test_what_is_no_blank_text_is_not_spoken_of(instance: Instance, value: Any) -> None:
    one = strict(instance, {"text": value})
    require_shown(one, "text")
    assert one.notes == []


def test_file_that_no_phone_shows_stops_there(instance: Instance) -> None:
    one = call(instance)
    problem = unshown_file(one, "image", NO_IMAGE)
    assert problem is not None
    assert one.notes == [f"the message stops at the phone: {problem}"]
    with pytest.raises(Unusable) as refusal:
        unshown_file(strict(instance), "image", NO_IMAGE)
    assert problem in str(refusal.value)


def test_message_goes_without_a_part_that_cannot_be_shown(instance: Instance) -> None:
    one = call(instance)
    question_file(one, "image", NO_IMAGE)
    assert [note.endswith("; sent all the same") for note in one.notes] == [True]
    with pytest.raises(Unusable):
        question_file(strict(instance), "image", NO_IMAGE)


@pytest.mark.parametrize("look", [unshown_file, question_file])
def test_file_that_can_be_shown_is_not_spoken_of(
    instance: Instance, look: Callable[[Call, str, bytes], object]
) -> None:
    one = strict(instance)
    assert look(one, "document", b"anything") is None
    assert one.notes == []
