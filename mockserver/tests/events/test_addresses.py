"""Who and where, out of whatever stands in the fields of a webhook."""

from __future__ import annotations

from typing import Any

import pytest
from megaapi_mock.events.addresses import Chat, Person, chat, person

ANA, LID = "5511900000002", "100000000000002@lid"
JID, GROUP = f"{ANA}@s.whatsapp.net", "120363000000000001@g.us"


@pytest.mark.parametrize(
    ("addresses", "number", "lid"),
    [
        ((JID,), ANA, None),
        ((f"{ANA}:12@s.whatsapp.net",), ANA, None),
        ((LID,), None, LID),
        (("100000000000002:3@lid",), None, LID),
        ((LID, JID), ANA, LID),
        ((None, 5, {"a": 1}, JID), ANA, None),
        ((JID, "5511900000003@s.whatsapp.net"), ANA, None),
        ((ANA, GROUP, "status@broadcast", f"{JID} "), None, None),
        (("\u0661@lid", "1" * 21 + "@lid", "@lid"), None, None),
        ((), None, None),
    ],
)
def test_a_person_has_the_number_and_lid_that_are_told(
    addresses: tuple[Any, ...], number: str | None, lid: str | None
) -> None:
    assert person(*addresses) == Person(number, lid)


@pytest.mark.parametrize(
    ("name", "known"),
    [("Ana", "Ana"), ("null", None), (" ", None), ("", None), (5, None), (" Ana ", " Ana ")],
)
def test_a_name_is_a_text_that_says_something(name: Any, known: str | None) -> None:
    assert person(JID, name=name).name == known


def test_a_person_is_written_to_at_the_number_where_it_is_known() -> None:
    assert person(JID, LID).jid == JID
    assert person(LID).jid == LID
    assert Person().jid is None


def test_a_chat_with_a_person_has_the_other_party() -> None:
    assert chat(LID, {"senderPn": JID}) == Chat(LID, "person", Person(ANA, LID))
    assert chat(JID, {"senderLid": LID}) == Chat(JID, "person", Person(ANA, LID))


@pytest.mark.parametrize(
    ("jid", "kind"),
    [(GROUP, "group"), ("status@broadcast", "status"), ("1@newsletter", "newsletter")],
)
def test_another_chat_has_no_other_party(jid: str, kind: str) -> None:
    found = chat(jid, {"senderPn": JID})
    assert found is not None
    assert (found.kind, found.person, found.is_group) == (kind, Person(), kind == "group")


@pytest.mark.parametrize("jid", [None, 5, [JID]])
def test_what_is_no_text_is_no_chat(jid: Any) -> None:
    assert chat(jid, {}) is None
