"""JSON bodies within bounds: depth, parts, and what is no JSON."""

from __future__ import annotations

import pytest
from megaapi_mock.codec import JSON_DEPTH
from megaapi_mock.spec.parsing import (
    TooDeep,
    TooManyParts,
    Unreadable,
    has_more_parts,
    parse_json,
)


def test_a_body_is_read_as_the_gateway_reads_it() -> None:
    assert parse_json('{"a": "é"}'.encode()) == {"a": "é"}
    assert parse_json(b"\xef\xbb\xbf[1]") == [1]


@pytest.mark.parametrize("body", [b"", b"{", b"{'a': 1}", b'"\xff"', b"\xef\xbb\xbf\xef\xbb\xbf1"])
def test_what_is_no_json_is_said_so(body: bytes) -> None:
    with pytest.raises(Unreadable, match="the body is not JSON"):
        parse_json(body)


@pytest.mark.parametrize(("opening", "closing"), [(b"[", b"]"), (b'{"a":', b"}")])
def test_nesting_has_an_end(opening: bytes, closing: bytes) -> None:
    def nested(depth: int) -> bytes:
        return opening * depth + b"1" + closing * depth

    parse_json(nested(JSON_DEPTH))
    with pytest.raises(TooDeep, match=f"nests beyond {JSON_DEPTH} levels"):
        parse_json(nested(JSON_DEPTH + 1))


def test_many_brackets_beside_each_other_are_not_deep() -> None:
    assert len(parse_json(b"[" + b"[],{}," * 200 + b"1]")) == 401
    assert parse_json(b'["' + b"[" * 500 + b'"]') == ["[" * 500]
    assert parse_json(b'["\\"' + b"[" * 500 + b'"]') == ['"' + "[" * 500]


def test_parts_have_an_end() -> None:
    assert parse_json(b"[1,2,3]", parts=3) == [1, 2, 3]
    with pytest.raises(TooManyParts, match="holds more than 3 names and values"):
        parse_json(b"[1,2,3,4]", parts=3)


@pytest.mark.parametrize(
    ("text", "most", "more"),
    [
        (b"[1,2,3]", 3, False),
        (b"[1,2,3]", 2, True),
        (b'{"a":1}', 2, False),
        (b'{"a":1}', 1, True),
        # What stands in a string is no part.
        (b'["' + b"," * 50 + b'"]', 3, False),
        (b'["\\",\\\\",' + b"1]", 2, False),
        (b'["' + b'","' * 50 + b'"]', 10, True),
        (b"", 0, False),
    ],
)
def test_parts_are_counted_outside_of_strings(text: bytes, most: int, more: bool) -> None:
    assert has_more_parts(text, most) == more
