"""Values to JSON and back by their type: nothing is coerced, and what is wrong is named."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

import pytest
from megaapi_mock.domain.jid import Jid
from megaapi_mock.domain.undo_table import UndoTable
from megaapi_mock.store.form import Digits, Misfit
from megaapi_mock.store.hooks import form

NONE: frozenset[tuple[type, str]] = frozenset()


@dataclass(frozen=True)
class Note:
    """A record with a document in it."""

    text: str
    raw: bytes = b""


@dataclass(frozen=True)
class Mark:
    """Another record."""

    place: int


@dataclass(frozen=True)
class Album:
    """A record with records in it."""

    notes: tuple[Note, ...]
    cover: Note | Mark | None = None


DOCUMENTS = frozenset({(Note, "raw")})


@pytest.mark.parametrize(
    ("kind", "value", "document"),
    [
        (str, "é", "é"),
        (bool, True, True),
        (int, 5, 5),
        (float, 5, 5),
        (float, 5.0, 5.0),
        (bytes, b"\0\1", "AAE="),
        (Jid, Jid("551190000:7", "s.whatsapp.net"), "551190000:7@s.whatsapp.net"),
        (Literal["on", "off"], "on", "on"),
        (tuple[int, ...], (1, 2), [1, 2]),
        (list[int], [1, 2], [1, 2]),
        (frozenset[str], frozenset({"b", "a"}), ["a", "b"]),
        (tuple[str, int], ("a", 1), ["a", 1]),
        (dict[str, int], {"a": 1}, {"a": 1}),
        (Mapping[Jid, int], {Jid("1", "lid"): 1}, {"1@lid": 1}),
        (dict[int, str], {7: "a"}, {"7": "a"}),
        (UndoTable[int, str], UndoTable({7: "a"}), {"7": "a"}),
        (Note, Note("a", b"x"), {"text": "a", "raw": "eA=="}),
        (Note | Mark, Mark(3), {"kind": "Mark", "place": 3}),
        (Any, {"a": [None]}, {"a": [None]}),
    ],
)
def test_a_value_comes_back_as_it_was(kind: Any, value: Any, document: Any) -> None:
    made = form(kind, NONE)
    written = made.written(value)
    assert (written, type(written)) == (document, type(document))
    decoded = made.decode(document)
    assert (decoded, type(decoded)) == (value, type(value))


@pytest.mark.parametrize(
    ("kind", "document", "sentence"),
    [
        (str, 5, "must be a string, not 5"),
        (bool, 1, "must be true or false, not 1"),
        (int, True, "must be a whole number, not True"),
        (int, 5.0, "must be a whole number, not 5.0"),
        (float, True, "must be a number, not True"),
        (float, "5", "must be a number, not '5'"),
        (bytes, "ü", "must be base64, not 'ü'"),
        (bytes, 5, "must be base64, not 5"),
        (Jid, "551190000", "must be a JID, not '551190000'"),
        (Jid, None, "must be a JID, not None"),
        (Digits, "7a", "must be a whole number, not '7a'"),
        (Digits, "²", "must be a whole number, not '²'"),
        (Literal["on", "off"], "of", "'of' is not one of on, off"),
        (tuple[int, ...], "12", "must be a list, not '12'"),
        (tuple[str, int], ["a"], "must hold 2 values, not 1"),
        (dict[str, int], [], "must be an object, not []"),
        (Note | Mark, {"kind": "Odd"}, "kind must be one of Note, Mark"),
        (Note | Mark, {"kind": ["Note"]}, "kind must be one of Note, Mark"),
        (Note, {"text": "a", "odd": 1}, "odd: no such field; there are text, raw"),
        (Note, {}, "text is missing"),
        (Note, {"text": 5}, "text: must be a string, not 5"),
        (Album, {"notes": [{"text": "a"}, {"text": None}]},
         "notes[1].text: must be a string, not None"),
        (str, ["x" * 100], f"must be a string, not ['{'x' * 35}..."),
    ],
)  # fmt: skip
def test_what_does_not_fit_is_named(kind: Any, document: Any, sentence: str) -> None:
    with pytest.raises(Misfit) as refusal:
        form(kind, NONE).decode(document)
    assert str(refusal.value) == sentence


def test_a_wrong_value_is_named_before_a_missing_field() -> None:
    with pytest.raises(Misfit, match=r"^raw: must be base64"):
        form(Note, NONE).decode({"raw": 5})


def test_a_document_is_kept_as_it_was_written() -> None:
    made = form(Note, DOCUMENTS)
    assert made.written(Note("a", b'{"b" : 1}')) == {"text": "a", "raw": '{"b" : 1}'}
    assert made.decode({"text": "a", "raw": '{"b" : 1}'}) == Note("a", b'{"b" : 1}')


@pytest.mark.parametrize("raw", ["[1]", "{", 5])
def test_a_document_is_the_text_of_an_object(raw: Any) -> None:
    with pytest.raises(Misfit, match="raw: must be the text of a JSON object"):
        form(Note, DOCUMENTS).decode({"text": "a", "raw": raw})


def test_equal_texts_become_one_object() -> None:
    made = form(str, NONE)
    assert made.decode("".join(["a", "b"])) is made.decode("".join(["a", "b"]))


def test_a_type_without_a_form_says_where_to_write_one() -> None:
    with pytest.raises(TypeError, match=r"write one in store/hooks\.py"):
        form(complex, NONE).decode(1)


def test_an_address_is_made_once_however_many_rows_have_it() -> None:
    read = form(Jid, NONE).decode
    first, second = (read("@".join(["5511900000002", "s.whatsapp.net"])) for _ in range(2))
    assert first is second


def test_an_address_that_is_nobodys_is_read_and_not_kept() -> None:
    text = "1" * 100 + "@s.whatsapp.net"
    read = form(Jid, NONE).decode
    assert read(text) == text
    assert read(text) is not read(text)
