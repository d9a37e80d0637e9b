"""What instances owe each other: the answer where one fails, and the memory it takes."""

from __future__ import annotations

import pytest
from megaapi_mock.domain.contacts import Contact
from megaapi_mock.domain.group import Group, group_bytes
from megaapi_mock.domain.jid import LID, Jid
from megaapi_mock.domain.peer_messages import (
    Envelope,
    GroupUpdate,
    PeerAck,
    PeerMessage,
    envelope_bytes,
    failed_ack,
)

ONE, TWO = "megacode-TESTKEY0001", "megacode-TESTKEY0002"
ANA, BIA = Jid.parse("5511900000002"), Jid.parse("5511900000003")
GROUP = Group(Jid.parse("120363000000000001@g.us"), "Clube", ANA, 0, ())
MESSAGE = PeerMessage("ID", b"{}", Contact(ANA, Jid("1", LID), "Ana"))
UPDATE = GroupUpdate(GROUP, ANA, "update")


def test_a_message_that_failed_is_answered_with_the_reason() -> None:
    answer = failed_ack(Envelope(ONE, TWO, BIA, 7.0, MESSAGE))
    assert answer is not None
    assert (answer.sender, answer.to, answer.address, answer.time) == (TWO, ONE, ANA, 7.0)
    assert isinstance(answer.content, PeerAck)
    assert (answer.content.id, answer.content.person) == ("ID", BIA)
    assert TWO in str(answer.content.reason)


@pytest.mark.parametrize("content", [UPDATE, PeerAck("ID", BIA)])
def test_nothing_else_is_answered(content: GroupUpdate | PeerAck) -> None:
    assert failed_ack(Envelope(ONE, TWO, BIA, 7.0, content)) is None


@pytest.mark.parametrize(
    ("content", "size"),
    [
        (MESSAGE, len(b"{}") + len("Ana")),
        (UPDATE, group_bytes(GROUP.jid, GROUP)),
        (PeerAck("ID", BIA, "why"), 3),
        (PeerAck("ID", BIA), 0),
    ],
)
def test_the_memory_of_what_waits(content: PeerMessage | GroupUpdate | PeerAck, size: int) -> None:
    assert envelope_bytes(1, Envelope(ONE, TWO, BIA, 7.0, content)) == size
