"""What the checks of `doctor` found, as a screen and as JSON."""

from __future__ import annotations

from megaapi_mock.commands.doctor.findings import (
    SHOWN_MOST,
    Finding,
    as_json,
    as_screen,
    nothing_is_wrong,
)

GOOD = Finding("target", "ok", "it answers", "never shown")
ODD = Finding("clock", "warning", "it is an hour late", "set it")
BAD = Finding("token", "wrong", "it is refused", "copy it again")
LEFT = Finding("webhook", "skipped", "no receiver is named", "never shown")


def test_a_screen_has_a_line_for_each_and_advice_where_it_helps() -> None:
    assert as_screen([GOOD, ODD, BAD, LEFT]).splitlines() == [
        "ok     target   it answers",
        "look   clock    it is an hour late",
        "                -> set it",
        "WRONG  token    it is refused",
        "                -> copy it again",
        "-      webhook  no receiver is named",
        "1 wrong, 1 to look at, 1 ok, 1 not checked",
    ]


def test_what_a_host_says_stays_on_one_line_of_the_terminal() -> None:
    long = Finding("a", "wrong", f"\x1b[2J{'x' * SHOWN_MOST}\n")
    line = as_screen([long]).splitlines()[0]
    assert "\x1b" not in line and line.endswith("...")
    assert len(line) == len("WRONG  a  ") + SHOWN_MOST + 3
    short = Finding("a", "wrong", "x" * SHOWN_MOST)
    assert as_screen([short]).splitlines()[0].endswith("xx")


def test_only_what_is_wrong_fails() -> None:
    assert nothing_is_wrong([GOOD, ODD, LEFT]) and nothing_is_wrong([])
    assert not nothing_is_wrong([GOOD, BAD])


def test_json_has_everything_that_was_found() -> None:
    assert as_json([GOOD, BAD]) == {
        "passed": False,
        "findings": [
            {"check": "target", "outcome": "ok", "message": "it answers", "advice": "never shown"},
            {"check": "token", "outcome": "wrong", "message": "it is refused",
             "advice": "copy it again"},
        ],
    }  # fmt: skip
