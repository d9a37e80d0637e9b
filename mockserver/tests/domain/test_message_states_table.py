"""A message's life: the table, the times drawn for it, and its picture."""

from __future__ import annotations

import runpy
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from megaapi_mock.domain.message_states import (
    HALTS,
    PENDING,
    STEPS,
    STOPPED,
    draw_delays,
    is_playable,
    targets,
)
from megaapi_mock.ids import Ids
from megaapi_mock.resources import root
from megaapi_mock.spec.bundle import read_yaml

DOCS = root("spec").parent / "docs"
SPAN = st.floats(0, 100).map(lambda at: round(at, 3))


def test_the_steps_are_one_way_without_a_fork() -> None:
    assert [step.source for step in STEPS] == [PENDING, *(step.target for step in STEPS[:-1])]
    assert [step.status for step in STEPS] == [2, 3, 4, 5]


def test_every_halt_names_states_on_the_way() -> None:
    on_the_way = {step.source for step in STEPS}
    assert all(set(halt.sources) <= on_the_way for halt in HALTS)
    assert len({halt.reason for halt in HALTS}) == len(HALTS)


def test_the_control_api_describes_the_states_of_the_table() -> None:
    schemas = read_yaml(root("spec") / "control.yaml")["components"]["schemas"]
    states = [PENDING, *(step.target for step in STEPS), STOPPED]
    assert schemas["MessageState"]["enum"] == states
    contact = ["reachable", *(halt.contact for halt in HALTS if halt.contact)]
    assert schemas["ContactState"]["enum"] == contact
    assert schemas["ContactChange"]["properties"]["state"]["enum"] == [*contact, None]


def test_the_picture_shows_the_table() -> None:
    """Redraw it with `python docs/draw_message_life.py`."""
    drawing = runpy.run_path(str(DOCS / "draw_message_life.py"))
    assert (DOCS / "message-life.svg").read_text(encoding="utf-8") == drawing["picture"]()


@pytest.mark.parametrize(
    ("content", "is_played"),
    [
        ({"audioMessage": {"ptt": True}}, True),
        ({"audioMessage": {"ptt": False}}, False),
        ({"audioMessage": {}}, False),
        ({"ptvMessage": {}}, True),
        ({"viewOnceMessage": {"message": {"imageMessage": {}}}}, True),
        ({"imageMessage": {}}, False),
        ({"conversation": "oi"}, False),
        ({}, False),
    ],
)
def test_only_what_can_be_played_is(content: dict[str, Any], is_played: bool) -> None:
    assert is_playable(content) is is_played
    assert ("played" in targets(content)) is is_played


@given(
    spans=st.lists(SPAN | st.tuples(SPAN, SPAN).map(lambda pair: tuple(sorted(pair))), max_size=4),
    number=st.integers(1, 1000),
)
def test_delays_are_within_their_spans_and_never_run_backwards(
    spans: list[Any], number: int
) -> None:
    def draw() -> bytes:
        return Ids(7).raw("key", "ack", number, 32)

    delays = draw_delays(tuple(spans), draw)
    assert delays == draw_delays(tuple(spans), draw), "the same seed gives the same delays"
    assert delays == sorted(delays)
    latest = 0.0
    for span, delay in zip(spans, delays, strict=True):
        least, most = span if isinstance(span, tuple) else (span, span)
        assert max(least, latest) - 0.001 <= delay <= max(most, latest) + 0.001
        latest = delay
