"""What a person sees while something runs: lines of calls, deliveries and webhooks."""

from __future__ import annotations

import io
import re
import sys
from collections import Counter
from types import SimpleNamespace
from typing import Any

import pytest
from megaapi_mock.commands.console import (
    MISFITS_SHOWN,
    Lines,
    progress_bar,
    tally_lines,
    webhook_count,
)


class Printed:
    """In place of an output."""

    def __init__(self) -> None:
        self.stream, self.text = io.StringIO(), ""

    def write(self, text: str) -> None:
        self.text += text


@pytest.fixture
def printed() -> Any:
    return Printed()


def exchange(**fields: Any) -> Any:
    return SimpleNamespace(**{
        "time": 0.0, "status": 200, "method": "POST", "path": "/rest/x", "events": (),
        "reason": None, **fields,
    })  # fmt: skip


def without_time(text: str) -> list[str]:
    """The lines without their clock."""
    return [line[10:] for line in text.splitlines()]


@pytest.mark.parametrize(
    ("fields", "lines"),
    [
        ({}, ["200  POST /rest/x"]),
        ({"events": ("text", "ack")}, ["200  POST /rest/x  text, ack"]),
        ({"status": 0}, ["---  POST /rest/x"]),
        ({"status": 500, "reason": "no such thing"}, ["500  POST /rest/x", "no such thing"]),
        ({"path": "/a\x1b[2J\n"}, ["200  POST /a?[2J?"]),
    ],
)
def test_a_call_is_a_line_with_its_reason_below(
    printed: Any, fields: Any, lines: list[str]
) -> None:
    Lines(printed).exchange(exchange(**fields))
    assert without_time(printed.text) == lines


def test_nothing_private_is_shown_unless_it_may_be(printed: Any) -> None:
    asked = exchange(path="/rest?token=abc", reason="sent with Bearer TESTKEY0001")
    Lines(printed, shows_private=False).exchange(asked)
    assert "abc" not in printed.text and "TESTKEY0001" not in printed.text
    Lines(printed).exchange(asked)
    assert "abc" in printed.text and "TESTKEY0001" in printed.text


def delivery(state: str = "delivered", *attempts: Any) -> Any:
    return SimpleNamespace(
        time=0.0, event="text", url="http://a", state=state, reason=None, attempts=attempts
    )


def test_a_webhook_is_told_with_the_time_of_its_last_attempt(printed: Any) -> None:
    attempts = [SimpleNamespace(duration_ms=9.0), SimpleNamespace(duration_ms=12.4)]
    Lines(printed).delivery(delivery("delivered", *attempts))
    Lines(printed).delivery(delivery("abandoned"))
    assert without_time(printed.text) == [
        " ->  text to http://a: delivered in 12 ms", " ->  text to http://a: abandoned",
    ]  # fmt: skip


def received(event: str | None, *misfits: str) -> Any:
    named = None if event is None else SimpleNamespace(name=event)
    verdict = SimpleNamespace(event=named, fits=not misfits, misfits=misfits)
    return SimpleNamespace(summary="conversation", verdict=verdict)


def test_a_received_webhook_says_where_it_does_not_fit(printed: Any) -> None:
    Lines(printed).webhook(received("text"))
    Lines(printed).webhook(received(None))
    misfits = [f"field {number}" for number in range(MISFITS_SHOWN + 2)]
    Lines(printed).webhook(received("text", *misfits))
    assert without_time(printed.text) == [
        "conversation  fits text", "conversation  no known event",
        "conversation  does not fit text", *misfits[:MISFITS_SHOWN], "and 2 more",
    ]  # fmt: skip


def test_a_time_that_no_calendar_has_is_shown_all_the_same(printed: Any) -> None:
    Lines(printed).exchange(exchange(time=1e300))
    assert printed.text.startswith("--:--:--")


@pytest.mark.parametrize(("status", "colour"), [(200, ""), (404, "33"), (500, "31")])
def test_colours_are_for_terminals(
    printed: Any, monkeypatch: pytest.MonkeyPatch, status: int, colour: str
) -> None:
    monkeypatch.setattr(printed.stream, "isatty", lambda: True)
    monkeypatch.setenv("TERM", "xterm")
    monkeypatch.delenv("NO_COLOR", raising=False)
    Lines(printed).exchange(exchange(status=status))
    assert (f"\x1b[{colour}m{status}" in printed.text) == bool(colour)
    assert "\x1b[2m" in printed.text


def test_a_receiver_counts_what_fitted_and_what_did_not() -> None:
    assert webhook_count(1200, {"image": 2, "call": 1}).splitlines() == [
        "1,203 webhooks, 1,200 fitted the contract.", "  2 did not fit: image",
        "  1 did not fit: call",
    ]  # fmt: skip
    assert webhook_count(0, {}) == "0 webhooks, 0 fitted the contract."


def tally(**fields: Any) -> Any:
    values = {
        "delivery_count": 8, "failure_count": 1, "seconds": 2.0, "rate": 4.0,
        "failures": Counter({"refused\x07": 1}), "latency": lambda share: 10 * share, **fields,
    }  # fmt: skip
    return SimpleNamespace(**values)


def test_an_emission_says_how_it_went() -> None:
    assert tally_lines("text", "http://a", 10, tally()).splitlines() == [
        "text to http://a: 8 of 10 delivered in 2.00 s (4/s), p50 5.0 ms, p99 9.9 ms",
        "  1 failed: refused?", "  1 not sent: stopped before",
    ]  # fmt: skip
    whole = tally(delivery_count=10, failure_count=0, failures=Counter(), latency=lambda _: None)
    assert tally_lines("text", "http://a", 10, whole) == (
        "text to http://a: 10 of 10 delivered in 2.00 s (4/s)"
    )


def drawn_bar(monkeypatch: pytest.MonkeyPatch) -> str:
    """What a terminal gets of a bar at two of three."""
    terminal = io.StringIO()
    monkeypatch.setattr(terminal, "isatty", lambda: True)
    monkeypatch.setattr(sys, "stderr", terminal)
    with progress_bar("text", 3) as show:
        assert show is not None
        show(2)
    return terminal.getvalue()


def test_no_bar_is_shown_where_nobody_looks(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stderr", io.StringIO())
    with progress_bar("text", 3) as show:
        assert show is None
    drawn_bar(monkeypatch)


@pytest.mark.parametrize(
    ("variables", "drawn"),
    [
        ({"TERM": "xterm-256color"}, {"bar", "colours"}),
        ({"TERM": "xterm-256color", "NO_COLOR": "1"}, {"bar"}),
        ({"TERM": "dumb"}, set()),
    ],
)
def test_a_bar_has_no_colours_where_nobody_wants_them(
    variables: dict[str, str], drawn: set[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("NO_COLOR", "FORCE_COLOR", "COLORTERM"):
        monkeypatch.delenv(name, raising=False)
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    text = drawn_bar(monkeypatch)
    signs = {"bar": "2/3" in text, "colours": re.search(r"\x1b\[[0-9;]*3[0-9]", text)}
    assert {name for name, is_there in signs.items() if is_there} == drawn, text
    assert ("\x1b" in text) == bool(drawn)
