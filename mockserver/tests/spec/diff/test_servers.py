"""Addresses of an API: gone, new, and what their variables may be."""

from __future__ import annotations

from typing import Any

import pytest
from megaapi_mock.spec.diff.servers import server_changes

from .seeded import Json

URL = "https://{host}.example"


def told(old: list[Json], new: list[Json]) -> list[str]:
    return [f"{each.rule}: {each.message}" for each in server_changes("the document", old, new)]


def host(**variable: Any) -> list[Json]:
    return [{"url": URL, "variables": {"host": variable}}]


@pytest.mark.parametrize(
    ("old", "new", "changes"),
    [
        (["https://a.example"], ["https://a.example/"], []),
        (["/"], [""], []),
        (["https://a.example"], [], ["server-removed: https://a.example is gone"]),
        ([], ["https://a.example"], ["server-added: https://a.example is new"]),
        (
            ["https://a.example", "https://b.example"],
            ["https://b.example", "https://a.example"],
            [],
        ),
    ],
)
def test_an_address_is_compared_without_its_last_slash(
    old: list[str], new: list[str], changes: list[str]
) -> None:
    assert told([{"url": url} for url in old], [{"url": url} for url in new]) == changes


@pytest.mark.parametrize(
    ("old", "new", "changes"),
    [
        ({"default": "a"}, {"default": "a", "description": "d"}, []),
        ({"default": "a"}, {"default": "b"}, ["server-changed: variable host: a became b"]),
        ({"enum": ["a", "b"]}, {"enum": ["b", "c"]},
         ["server-changed: variable host may no longer be a"]),
        ({"enum": ["a"]}, {"enum": ["a", "b"]}, []),
        ({"enum": ["a"], "default": "a"}, {"default": "a"}, []),
        ({"enum": ["a", "b"], "default": "a"}, {"enum": ["b"], "default": "b"},
         ["server-changed: variable host may no longer be a"]),
    ],
)  # fmt: skip
def test_what_a_variable_may_be_is_compared(old: Json, new: Json, changes: list[str]) -> None:
    assert told(host(**old), host(**new)) == changes


def test_a_variable_that_is_gone_or_new_is_told_by_its_default() -> None:
    assert told(host(default="a"), [{"url": URL}]) == [
        "server-changed: variable host: a became None"
    ]
    assert told([{"url": URL}], host(default="a")) == [
        "server-changed: variable host: None became a"
    ]
