"""Values are read out of whatever a host has put there."""

from __future__ import annotations

from typing import Any

import pytest
from megaapi_contract.judging.values import jid_of, value_at


@pytest.mark.parametrize(
    ("path", "value"),
    [
        (("group", "id"), "g"),
        (("people", 1, "id"), "b"),
        ((), {"group": {"id": "g"}, "people": [{"id": "a"}, {"id": "b"}]}),
        (("people", 2, "id"), None),
        (("people", "1"), None),
        (("group", "id", "more"), None),
        (("nothing",), None),
    ],
)
def test_a_value_is_found_by_its_steps_and_none_where_they_end(
    path: tuple[str | int, ...], value: Any
) -> None:
    document = {"group": {"id": "g"}, "people": [{"id": "a"}, {"id": "b"}]}
    assert value_at(document, *path) == value


@pytest.mark.parametrize(
    ("value", "user", "kind"),
    [
        ("5511900000002@s.whatsapp.net", "5511900000002", "person"),
        ("120363000000000001@g.us", "120363000000000001", "group"),
        ("100000000000002@lid", "100000000000002", "lid"),
        ("5511900000002", "5511900000002", ""),
        ("5511900000002@c.us", "5511900000002", ""),
        ("5511900000002@s.whatsapp.net@g.us", "5511900000002", ""),
        ("", "", ""),
        (None, "None", ""),
        (5511900000002, "5511900000002", ""),
        (["5511900000002@g.us"], "['5511900000002", ""),
    ],
)
def test_an_address_is_read_from_any_value(value: object, user: str, kind: str) -> None:
    jid = jid_of(value)
    assert jid.user == user
    assert [name for name in ("person", "group", "lid") if getattr(jid, name)] == [kind][
        : bool(kind)
    ]
