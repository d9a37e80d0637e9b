"""JSON bodies within bounds: depth, parts, what is not JSON, and how bodies are kept and shown."""

from __future__ import annotations

from typing import Any

import pytest
from megaapi_mock.codec import (
    BODY_SHOWN,
    JSON_DEPTH,
    TooDeep,
    TooManyParts,
    Unreadable,
    dumps,
    has_more_parts,
    parse_json,
    shown_body,
)


def test_a_body_is_read_as_the_gateway_reads_it() -> None:
    assert parse_json('{"a": "é"}'.encode()) == {"a": "é"}
    assert parse_json(b"\xef\xbb\xbf[1]") == [1]


@pytest.mark.parametrize("body", [b"", b"{", b"{'a': 1}", b'"\xff"', b"\xef\xbb\xbf\xef\xbb\xbf1"])
def test_what_is_no_json_is_said_so(body: bytes) -> None:
    with pytest.raises(Unreadable, match="the body is not JSON"):
        parse_json(body)


@pytest.mark.parametrize(
    ("body", "problem"),
    [
        (b'{"a": 1,}', "trailing comma is not allowed: line 1 column 8 (char 7)"),
        ('{"a": "olá"}'.encode("latin-1"), "byte 9 of it is 0xe1, which is not UTF-8"),
        (b'{"a": "x\ny"}', "; a line break inside a string is written \\n"),
        (b"{'a': 1}", '; a string stands in double quotes, "'),
        ('{"a": “x”}'.encode(), '; a string stands in double quotes, "'),
        (b'={"a": 1}', """; it begins with '={"a": 1}'"""),
        (b"[object Object]", "; it is an object turned into text: encode it as JSON"),
        (
            b'{"a": "say "x""}',
            '; a comma is missing, or a quote inside a string is not written \\"',
        ),
        (b'{"a": undefined}', "; undefined is not JSON"),
        (b'{"a": }', "; there is no value"),
        (b"from=5511900000002&text=oi", "; it begins with 'from=5511900'"),
    ],
)
def test_what_people_often_do_to_json_is_named(body: bytes, problem: str) -> None:
    with pytest.raises(Unreadable) as failure:
        parse_json(body)
    assert str(failure.value).startswith("the body is not JSON: ")
    assert str(failure.value).endswith(problem)


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
        # What stands in a string is not a part.
        (b'["' + b"," * 50 + b'"]', 3, False),
        (b'["\\",\\\\",' + b"1]", 2, False),
        (b'["' + b'","' * 50 + b'"]', 10, True),
        (b"", 0, False),
    ],
)
def test_parts_are_counted_outside_of_strings(text: bytes, most: int, more: bool) -> None:
    assert has_more_parts(text, most) == more


@pytest.mark.parametrize(
    ("body", "shown"),
    [
        (b"", {"body": None}),
        (b"null", {"body": None}),
        (b'{"a": 1}', {"body": {"a": 1}}),
        (b"\xef\xbb\xbf[1]", {"body": [1]}),
        (b"{", {"body": "{"}),
        ("olá".encode(), {"body": "olá"}),
        (b"\x89PNG\x00\xff", {"body": "iVBORwD/", "encoding": "base64"}),
        (b"x" * BODY_SHOWN, {"body": "x" * BODY_SHOWN}),
        (b"[" * 101 + b"]" * 101, {"body": "[" * 101 + "]" * 101}),
    ],
)
def test_a_body_is_shown_as_what_it_is(body: bytes, shown: dict[str, Any]) -> None:
    assert shown_body(body) == shown


@pytest.mark.parametrize("mark", ["x", "ã", "\U0001f600"])
def test_a_long_body_is_cut_even_in_the_middle_of_a_sign(mark: str) -> None:
    body = b"." + mark.encode() * BODY_SHOWN
    shown = shown_body(body)
    assert shown["cut"] is True and shown["size"] == len(body)
    assert body.decode().startswith(shown["body"].rstrip("\ufffd"))
    assert len(shown["body"].encode()) <= BODY_SHOWN + 3


def test_json_is_written_in_its_order_and_as_short_as_it_can_be() -> None:
    assert dumps({"b": [1, None], "a": "é"}) == '{"b":[1,null],"a":"é"}'.encode()
