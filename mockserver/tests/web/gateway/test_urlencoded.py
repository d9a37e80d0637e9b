"""Form fields with brackets, as `qs` reads them."""

from __future__ import annotations

from typing import Any

import pytest
from megaapi_mock.web.gateway import urlencoded
from megaapi_mock.web.gateway.urlencoded import DEPTH_MOST, TooManyFields, parse_form


@pytest.mark.parametrize(
    ("text", "document"),
    [
        ("", {}),
        ("a=1", {"a": "1"}),
        ("a", {"a": ""}),
        ("a=1&&b=2", {"a": "1", "b": "2"}),
        ("a=1&a=2", {"a": ["1", "2"]}),
        ("a[b]=1&a[c][d]=2", {"a": {"b": "1", "c": {"d": "2"}}}),
        ("a[]=1&a[]=2", {"a": ["1", "2"]}),
        ("a[1]=y&a[0]=x", {"a": ["x", "y"]}),
        ("a[5]=y&a[2]=x", {"a": ["x", "y"]}),
        ("a[100]=x", {"a": ["x"]}),
        ("a[101]=x", {"a": {"101": "x"}}),
        ("a[0]=x&a[b]=y", {"a": {"0": "x", "b": "y"}}),
        ("a[0][b]=x&a[0][c]=y&a[1][b]=z", {"a": [{"b": "x", "c": "y"}, {"b": "z"}]}),
        ("a[][b]=x", {"a": [{"b": "x"}]}),
        # A value and fields below it are both kept.
        ("a=1&a[b]=2", {"a": {"1": "true", "b": "2"}}),
        ("a[b]=2&a=1", {"a": {"b": "2", "1": "true"}}),
        ("[a]=1", {"[a]": "1"}),
        ("a[b=1", {"a": "1"}),
        ("a[b]c[d]=1", {"a": {"b": "1"}}),
        ("a=b+c%20d%26", {"a": "b c d&"}),
        ("a%5Bb%5D=1", {"a": {"b": "1"}}),
        ("a=%E9", {"a": "%E9"}),
        ("a=%C3%A9", {"a": "é"}),
        ("a=1=2", {"a": "1=2"}),
    ],
)
def test_fields_are_the_object_they_describe(text: str, document: dict[str, Any]) -> None:
    assert parse_form(text) == document


def test_what_is_nested_too_deep_is_one_name_with_brackets() -> None:
    text = "a" + "[b]" * DEPTH_MOST
    node: Any = parse_form(f"{text}[c][d]=1")["a"]
    for _ in range(DEPTH_MOST):
        node = node["b"]
    assert node == {"[c][d]": "1"}


@pytest.mark.parametrize(
    ("bound", "text", "words"),
    [
        ("FIELDS_MOST", "a=1&b=2&c=3", "more than 2 fields"),
        ("ESCAPES_MOST", "a=%20%20%20", "more than 2 percent escapes"),
    ],
)
def test_too_much_is_refused(
    monkeypatch: pytest.MonkeyPatch, bound: str, text: str, words: str
) -> None:
    monkeypatch.setattr(urlencoded, bound, 2)
    with pytest.raises(TooManyFields, match=words):
        parse_form(text)
    assert parse_form("a=%20&b=%20")
