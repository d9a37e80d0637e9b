"""Parameters of faults: what each may be, and what is said where it is not."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import pytest
from megaapi_mock.faults.parameters import (
    ANYTHING,
    COUNT,
    COUNT_MOST,
    HEADERS,
    MEDIA_TYPE,
    PERCENT,
    SECONDS,
    SECONDS_MOST,
    SPAN,
    TEXT,
    YES_NO,
    BadParameter,
    Parameter,
    ParameterCheck,
    about,
    check_arguments,
    name_advice,
    one_of,
    optional,
    parameters_of,
    read_header,
)

DEEP: Any = 1
for _ in range(240):
    DEEP = [DEEP]


@pytest.mark.parametrize(
    ("form", "good", "bad"),
    [
        (YES_NO, [True, False], [1, "true", None]),
        (TEXT, ["", "a"], [None, 1]),
        (COUNT, [1, COUNT_MOST], [0, COUNT_MOST + 1, 1.0, True]),
        (SECONDS, [0, 0.5, SECONDS_MOST], [-1, SECONDS_MOST + 1, True, float("nan"), "1"]),
        (PERCENT, [0, 100, 12.5], [101, -0.1]),
        (SPAN, [1, [0, 0], [1, 2.5]], [[2, 1], [1], [1, 2, 3], [1, "2"], [-1, 2], "1"]),
        (MEDIA_TYPE, ["text/plain"], ["tëxt", "a\nb", 5]),
        (ANYTHING, [None, {"a": [1]}, "x"], [DEEP, {1, 2}]),
        (HEADERS, [{}, {"X-A": "1 2"}], [
            {"X A": "1"}, {"": "1"}, {"X": 1}, {"X": "é"}, {"X": "a\r\nb"}, {"Content-Length": "1"},
            {"connection": "close"}, [["X", "1"]],
        ]),
        (optional(COUNT), [None, 1], [0]),
        (one_of("a", "b"), ["a", "b"], ["c", None]),
    ],
)  # fmt: skip
def test_a_form_takes_what_its_words_say(
    form: ParameterCheck, good: list[Any], bad: list[Any]
) -> None:
    assert [value for value in good if not form.fits(value)] == []
    assert [value for value in bad if form.fits(value)] == []


def test_forms_say_what_they_take() -> None:
    assert optional(YES_NO).words == "true or false, or null"
    assert one_of("a", "b").words == "a or b"


PARAMETERS = (Parameter("seconds", 1.0, SECONDS, "how long"), Parameter("times", None, COUNT, "x"))


def test_arguments_that_are_known_and_fit_are_taken() -> None:
    assert check_arguments("delay", PARAMETERS, {"seconds": 2}) == {"seconds": 2}


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        ({"second": 2}, "second: delay has no such parameter, did you mean seconds? There are "
                        "seconds, times, operation"),
        ({"zorba": 2}, "zorba: delay has no such parameter; there are seconds, times, operation"),
        ({"times": 0}, "times: must be a whole number from 1 to 1000000, not 0"),
    ],
)  # fmt: skip
def test_arguments_that_do_not_are_named(arguments: dict[str, Any], sentence: str) -> None:
    with pytest.raises(BadParameter) as refusal:
        check_arguments("delay", PARAMETERS, arguments, also=("operation",))
    assert str(refusal.value) == sentence


def test_a_kind_without_parameters_takes_none() -> None:
    assert name_advice("seconds", []) == "; it takes none"


@pytest.mark.parametrize(
    ("text", "read"),
    [
        ("reset", ("reset", {})),
        (" reply ; status = 502 ; body = a=b ;", ("reply", {"status": 502, "body": "a=b"})),
        ("delay; seconds=[1,2]; after=true; x=",
         ("delay", {"seconds": [1, 2], "after": True, "x": ""})),
        ("", ("", {})),
    ],
)  # fmt: skip
def test_a_header_is_a_name_and_values(text: str, read: Any) -> None:
    assert read_header(text) == read


def test_a_header_of_another_form_is_refused() -> None:
    with pytest.raises(BadParameter, match="'status' must be name=value"):
        read_header("reply; status")


def test_a_kinds_own_parameters_come_before_those_it_shares() -> None:
    @dataclass
    class Shared:
        """Has one that others have too."""

        after: bool = field(default=False, metadata=about(YES_NO, "after"))

    @dataclass
    class Own(Shared):
        """Has one of its own."""

        times: int = field(default=1, metadata=about(COUNT, "how often"))

    first, second = parameters_of(Own)
    assert (first.name, second.name) == ("times", "after")
    assert first.as_json() == {
        "name": "times", "default": 1, "accepts": COUNT.words, "help": "how often",
    }  # fmt: skip
