"""Addresses: digits and JID are one person, suffixes pass, a dash makes a group."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from megaapi_mock.domain.jid import Jid, as_given, chat_kind, is_number

phone_numbers = st.from_regex(r"[1-9][0-9]{7,14}", fullmatch=True, alphabet="0123456789")


@given(number=phone_numbers)
def test_bare_number_and_jid_are_the_same_chat(number: str) -> None:
    assert Jid.parse(number) == Jid.parse(f"{number}@s.whatsapp.net")
    assert as_given(number) == f"{number}@s.whatsapp.net"


@given(number=phone_numbers, device=st.integers(0, 99))
def test_a_device_suffix_is_no_part_of_the_person(number: str, device: int) -> None:
    text = f"{number}:{device}@s.whatsapp.net"
    assert Jid.parse(text) == Jid.parse(number)
    assert as_given(text) == text


@given(text=st.text())
def test_any_text_is_some_address(text: str) -> None:
    jid = Jid.parse(text)
    assert jid.server in ("s.whatsapp.net", "g.us", "lid")
    # A device goes, and an unknown suffix stays a part of the user: neither is read back.
    assert Jid.parse(str(jid)) == jid or ":" in text or "@" in jid.user


@pytest.mark.parametrize(
    ("text", "written", "group"),
    [
        ("120363000000000001@g.us", "120363000000000001@g.us", True),
        ("5511900000001-1623275280@g.us", "5511900000001-1623275280@g.us", True),
        ("5511900000001-1623275280", "5511900000001-1623275280@g.us", True),
        ("100000000000001@lid", "100000000000001@lid", False),
        ("5511900000001@c.us", "5511900000001@c.us@s.whatsapp.net", False),
        ("5511900000001@lid\n", "5511900000001@lid\n@s.whatsapp.net", False),
        ("@", "@@s.whatsapp.net", False),
        ("", "@s.whatsapp.net", False),
    ],
)
def test_rule_of_the_ancestor(text: str, written: str, group: bool) -> None:
    assert str(Jid.parse(text)) == written
    assert Jid.parse(text).group is group


@pytest.mark.parametrize(
    "text", ["5511", "+5511900000002", "05511900000002", "5511900000002\n", "\u0665" * 12, "1" * 16]
)
def test_what_is_no_number(text: str) -> None:
    assert not is_number(text)


@pytest.mark.parametrize(
    ("address", "kind"),
    [
        ("5511900000002@s.whatsapp.net", "person"),
        ("5511900000002:31@s.whatsapp.net", "person"),
        ("100000000000002@lid", "person"),
        ("120363000000000001@g.us", "group"),
        ("status@broadcast", "status"),
        ("5511900000002@broadcast", "broadcast"),
        ("120363000000000009@newsletter", "newsletter"),
        ("5511900000002", "unknown"),
        ("x@y", "unknown"),
    ],
)
def test_kind_of_a_chat_is_that_of_its_server(address: str, kind: str) -> None:
    assert chat_kind(address) == kind
