"""What goes to other instances, and the acknowledgements that wait until they have it."""

from __future__ import annotations

import pytest
from megaapi_mock.domain.fault_effects import ZOMBIE
from megaapi_mock.domain.instance import Instance
from megaapi_mock.domain.jid import Jid
from megaapi_mock.domain.media import Media
from megaapi_mock.domain.message_states import DELIVERED, PENDING, READ, SERVER
from megaapi_mock.domain.number_registry import RegisteredNumber
from megaapi_mock.domain.peer_messages import GroupUpdate, PeerAck, PeerMessage

from .conftest import FRIEND, OWN_NUMBER, add_group, add_message

PEER_KEY, PEER = "megacode-TESTKEY0002", Jid.parse(FRIEND)
THIRD_KEY, THIRD = "megacode-TESTKEY0003", Jid.parse("5511900000003")


@pytest.fixture
def linked(instance: Instance) -> Instance:
    """The friend is another instance, and so is a third person."""
    for key, jid in ((PEER_KEY, PEER), (THIRD_KEY, THIRD)):
        instance.number_registry.register(key, RegisteredNumber(jid, "Outra", linked=True))
    own = RegisteredNumber(instance.own_jid, instance.name, linked=True)
    instance.number_registry.register(instance.key, own)
    return instance


def sent(instance: Instance) -> list[tuple[str, str]]:
    """Whom something was written to, with the kind of what it was."""
    envelopes = instance.take_peer_messages()
    return [(each.to, type(each.content).__name__) for each in envelopes]


def test_only_acks_of_messages_to_peers_wait(linked: Instance) -> None:
    stranger = Jid.parse("5511900000009")
    for message_id, chat in (("ONE", PEER), ("TWO", stranger), ("SELF", linked.own_jid)):
        linked.outbox.expect(add_message(linked, message_id, chat=chat), chat)
    assert dict(linked.state.awaited) == {"ONE": {PEER: False}}


def test_the_message_leaves_once_when_its_delivery_is_due(linked: Instance) -> None:
    message = add_message(linked, "ONE")
    linked.outbox.expect(message, PEER)
    assert not linked.outbox.holds_back(message, SERVER, None)
    assert sent(linked) == []
    assert linked.outbox.holds_back(message, DELIVERED, None)
    assert sent(linked) == [(PEER_KEY, "PeerMessage")]
    assert linked.outbox.holds_back(message, DELIVERED, None)
    assert linked.outbox.holds_back(message, READ, None)
    assert sent(linked) == []


def test_of_a_group_only_the_person_asked_for_holds_back(linked: Instance) -> None:
    group = add_group(linked, FRIEND, "5511900000003", "5511900000009")
    message = add_message(linked, "ONE", chat=group.jid)
    linked.outbox.expect(message, group.jid)
    assert dict(linked.state.awaited["ONE"]) == {PEER: False, THIRD: False}
    assert not linked.outbox.holds_back(message, DELIVERED, Jid.parse("5511900000009"))
    assert linked.outbox.holds_back(message, DELIVERED, PEER)
    assert sent(linked) == [(PEER_KEY, "PeerMessage")]


def test_a_peer_message_names_author_group_and_media(linked: Instance) -> None:
    media = linked.keep_media("image", "image/png", b"bytes")
    group = add_group(linked, FRIEND)
    content = b'{"imageMessage":{"directPath":"%b"}}' % media.direct_path.encode()
    message = add_message(linked, "ONE", chat=group.jid, content=content)
    linked.name = "Loja"
    linked.outbox.pass_on(message)
    [envelope] = linked.take_peer_messages()
    sent_message = envelope.content
    assert isinstance(sent_message, PeerMessage) and (envelope.address) == PEER
    assert (sent_message.id, sent_message.group) == ("ONE", group.jid)
    assert (sent_message.author.jid.user, sent_message.author.name) == (OWN_NUMBER, "Loja")
    files: tuple[Media, ...] = sent_message.media
    assert files == (media,)


def test_whose_number_no_instance_has_any_more_is_a_phone_like_others(linked: Instance) -> None:
    message = add_message(linked, "ONE")
    linked.outbox.expect(message, PEER)
    linked.number_registry.register(PEER_KEY, None)
    assert not linked.outbox.holds_back(message, DELIVERED, None)
    assert "ONE" not in linked.state.awaited and sent(linked) == []


def test_acks_go_on_when_everybody_has_the_message(linked: Instance) -> None:
    group = add_group(linked, FRIEND, "5511900000003")
    message = add_message(linked, "ONE", chat=group.jid)
    linked.outbox.expect(message, group.jid)
    assert linked.outbox.holds_back(message, DELIVERED, None)
    linked.outbox.acknowledge(PeerAck("ONE", PEER))
    assert dict(linked.state.awaited["ONE"]) == {THIRD: True}
    assert linked.agenda.scheduled == []
    linked.outbox.acknowledge(PeerAck("ONE", THIRD))
    assert "ONE" not in linked.state.awaited
    assert [due[4] for due in linked.agenda.scheduled] == [("ONE", DELIVERED)]


def test_an_ack_with_a_reason_says_why_it_waits(linked: Instance) -> None:
    message = add_message(linked, "ONE", state=SERVER)
    linked.outbox.expect(message, PEER)
    linked.outbox.acknowledge(PeerAck("ONE", PEER, "not linked"))
    assert linked.messages["ONE"].reason == "not linked" and "ONE" in linked.state.awaited


@pytest.mark.parametrize(
    ("state", "reason"), [(PENDING, None), (SERVER, ZOMBIE)], ids=["too early", "for good"]
)
def test_a_reason_that_says_more_stays(linked: Instance, state: str, reason: str | None) -> None:
    message = add_message(linked, "ONE", state=state, reason=reason)
    linked.outbox.expect(message, PEER)
    linked.outbox.acknowledge(PeerAck("ONE", PEER, "not linked"))
    assert linked.messages["ONE"].reason == reason


def test_an_ack_of_somebody_else_changes_nothing(linked: Instance) -> None:
    message = add_message(linked, "ONE", state=SERVER)
    linked.outbox.expect(message, PEER)
    linked.state.awaited.put("GONE", {PEER: False})
    for message_id, person in (("ONE", THIRD), ("UNKNOWN", PEER), ("GONE", PEER)):
        linked.outbox.acknowledge(PeerAck(message_id, person, "not linked"))
    assert linked.messages["ONE"] == message
    assert dict(linked.state.awaited) == {"ONE": {PEER: False}, "GONE": {PEER: False}}


def test_a_group_update_goes_to_the_other_instances_alone(linked: Instance) -> None:
    group = add_group(linked, FRIEND, "5511900000009")
    update = GroupUpdate(group, linked.own_jid, "update")
    linked.outbox.share(update, [person.jid for person in group.participants])
    assert sent(linked) == [(PEER_KEY, "GroupUpdate")]
