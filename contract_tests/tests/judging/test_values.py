"""Values are read out of whatever a host has put there."""

from __future__ import annotations

import pytest
from megaapi_contract.judging.values import jid_of


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
