"""A group as a value: changes give another one, invite codes are the same for everybody."""

from __future__ import annotations

from dataclasses import replace

import pytest
from megaapi_mock.domain.group import (
    PARTICIPANT,
    Group,
    Participant,
    group_bytes,
    invite_code,
    why_unheard,
)
from megaapi_mock.domain.jid import Jid

ANA, BIA = Jid.parse("5511900000002"), Jid.parse("5511900000003")
JID = Jid.parse("120363000000000001@g.us")
CLUB = Group(JID, "Clube", ANA, 0, (Participant(ANA, "superadmin"),))


def ranks(group: Group) -> dict[Jid, str | None]:
    return {each.jid: each.admin for each in group.participants}


def test_members_come_as_plain_members_and_go() -> None:
    larger = CLUB.with_member(BIA)
    assert ranks(larger) == {ANA: "superadmin", BIA: None}
    assert larger.member(BIA) == Participant(BIA) and CLUB.member(BIA) is None
    assert larger.without_member(BIA) == CLUB


def test_a_rank_is_that_of_one_member() -> None:
    larger = CLUB.with_member(BIA).with_rank(BIA, "admin")
    assert ranks(larger) == {ANA: "superadmin", BIA: "admin"}
    assert ranks(larger.with_rank(BIA, None)) == {ANA: "superadmin", BIA: None}


@pytest.mark.parametrize(
    ("before", "after"), [(None, "admin"), ("admin", "admin"), ("superadmin", "superadmin")]
)
def test_who_is_made_an_admin_never_loses_rank(before: str | None, after: str) -> None:
    group = CLUB.with_member(BIA).with_rank(BIA, before)
    assert ranks(group.with_admin(BIA))[BIA] == after


@pytest.mark.parametrize(
    ("announce", "rank", "is_heard"),
    [(False, None, True), (True, None, False), (True, "admin", True), (True, "superadmin", True)],
)
def test_only_admins_are_heard_where_only_they_write(
    announce: bool, rank: str | None, is_heard: bool
) -> None:
    group = replace(CLUB.with_member(BIA).with_rank(BIA, rank), announce=announce)
    assert (why_unheard(group, BIA) is None) is is_heard


def test_nobody_outside_becomes_an_admin() -> None:
    assert CLUB.with_admin(BIA) == CLUB


def test_an_invite_code_is_22_letters_and_digits_of_one_group() -> None:
    code = invite_code(JID)
    assert len(code) == 22 and code.isalnum() and code.isascii()
    assert code == invite_code(Jid.parse(str(JID)))
    assert code != invite_code(Jid.parse("120363000000000002@g.us"))


def test_a_group_takes_memory_for_its_texts_and_everybody_in_it() -> None:
    group = Group(JID, "Clube", ANA, 0, CLUB.participants, description="Quem joga")
    assert group_bytes(JID, group) == len("Clube") + len("Quem joga") + PARTICIPANT
    assert group_bytes(JID, CLUB) == len("Clube") + PARTICIPANT
    assert group_bytes(JID, group.with_member(BIA)) - group_bytes(JID, group) == PARTICIPANT
