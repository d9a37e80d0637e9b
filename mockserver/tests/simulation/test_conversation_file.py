"""Conversations as YAML: what is written is read again, and what cannot be read is said so."""

from __future__ import annotations

import re
import time
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from megaapi_mock.errors import ControlRefused
from megaapi_mock.simulation.conversation_file import (
    MARKS_MOST,
    normalize,
    read_yaml,
    write_yaml,
)

from ..slowness import slowness

DOCS = Path(__file__).parents[3] / "docs" / "conversations.md"
TEXT = st.text(st.characters(codec="utf-8", exclude_categories=("Cc", "Cs")), min_size=1)
# Texts that YAML 1.1 takes for texts, and whoever reads JSON for numbers; and the other way round.
NUMERIC = st.sampled_from(
    ["1e3", "-2E5", "0e0", "1E+2", "1_000", "0x1f", "1.", "true", "null", "~"]
)
ACTS = st.fixed_dictionaries(
    {"event": st.sampled_from(["text-plain", "image"]), "text": TEXT},
    optional={
        "as": TEXT,
        "set": st.dictionaries(TEXT, st.integers() | TEXT | NUMERIC | st.booleans()),
    },
)
SAYINGS = st.fixed_dictionaries(
    {"type": st.just("extendedTextMessage"), "text": TEXT}, optional={"options": st.lists(TEXT)}
)
# What a turn that is only a text leaves out.
USUAL = {"customer": ("event", "text-plain"), "bot": ("type", "extendedTextMessage")}
TURNS = st.one_of(
    st.fixed_dictionaries({"customer": ACTS}), st.fixed_dictionaries({"bot": SAYINGS})
)


@given(turns=st.lists(TURNS, max_size=5), with_=TEXT)
def test_what_is_written_is_read_again(turns: list[Any], with_: str) -> None:
    conversation = {"conversation": 1, "with": with_, "turns": turns}
    again = normalize(read_yaml(write_yaml(conversation)))
    for turn in again["turns"]:
        for who, said in turn.items():
            said.setdefault(
                *{"customer": ("event", "text-plain"), "bot": ("type", "extendedTextMessage")}[who]
            )
    assert again == conversation


@pytest.mark.parametrize(
    "text", ["no", "12:30", "2026-01-01", "1", "0x1f", "1e3", "true", "on", "=", "01"]
)
def test_whatever_it_looks_like_a_text_is_a_text(text: str) -> None:
    document = read_yaml(f"conversation: 1\nwith: 5511900000002\nturns:\n- customer: {text}\n")
    assert document["turns"] == [{"customer": text}]
    assert (document["conversation"], document["with"]) == (1, "5511900000002")


@pytest.mark.parametrize("name", ["1e3", "-2E5", "1E+2", "12", "true", "null", ""])
def test_name_that_looks_like_a_number_stays_a_text_below_set(name: str) -> None:
    act = {"event": "location", "set": {"message.locationMessage.name": name}}
    conversation = {"conversation": 1, "with": "5511900000002", "turns": [{"customer": act}]}
    assert read_yaml(write_yaml(conversation)) == conversation


def test_below_set_numbers_are_numbers() -> None:
    document = read_yaml("set: {a: 1.5, b: true, c: '1', d: oi, e: null}")
    assert document["set"] == {"a": 1.5, "b": True, "c": "1", "d": "oi", "e": None}


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("a: b: c", "line 1"),
        ("turns:\n- customer: [\n", "line 3"),
        ("- 1", "conversation: 1"),
        ("", "conversation: 1"),
        ("a: &x [1]\nb: *x\nc: *x", "line 1: an alias"),
        ("a: 1\na: 2", "line 2: the name is used twice"),
        ("? [a]\n: 1", "line 1: the name"),
        ("a: " + "[" * 5000, "yaml"),
        ("a: \x00", "yaml"),
    ],
)
def test_what_cannot_be_read_is_refused_with_its_line(text: str, words: str) -> None:
    with pytest.raises(ControlRefused, match=re.escape(words)):
        read_yaml(text)


@pytest.mark.parametrize("text", ["a: [1" + ",1" * MARKS_MOST + "]", "a:\n" + "- 1\n" * MARKS_MOST])
def test_conversation_file_with_too_many_values_is_refused_unread(
    text: str,
) -> None:
    started = time.process_time()
    with pytest.raises(ControlRefused, match="more than 100,000 line breaks"):
        read_yaml(text)
    assert time.process_time() - started < 0.5 * slowness()


def test_the_longest_conversation_is_read() -> None:
    turns = [{"customer": {"event": "text-plain", "text": "sim, um, dois"}}] * 5_000
    conversation = {"conversation": 1, "with": "5511900000002", "turns": turns}
    assert len(read_yaml(write_yaml(conversation))["turns"]) == 5_000


def test_a_turn_that_only_says_something_is_one_line() -> None:
    turns = [
        {"customer": {"event": "text-plain", "text": "oi"}},
        {"bot": {"type": "extendedTextMessage", "text": "Bom dia"}},
        {"customer": {"event": "image", "text": "foto"}},
    ]
    text = write_yaml({"conversation": 1, "with": "5511900000002", "turns": turns})
    assert "- customer: oi\n- bot: Bom dia\n- customer:\n    event: image\n" in text


def test_the_example_of_the_documents_is_one() -> None:
    (block,) = re.findall(r"```yaml\n(.*?)```", DOCS.read_text(encoding="utf-8"), re.DOTALL)
    assert len(read_yaml(block)["turns"]) == 6
