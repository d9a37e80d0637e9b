"""A change keeps or drops everything that comes of it: state, events, messages to peers, plans."""

from __future__ import annotations

from dataclasses import replace

import pytest
from megaapi_mock.domain.connection import CONNECTING
from megaapi_mock.domain.instance import Instance
from megaapi_mock.domain.jid import Jid
from megaapi_mock.domain.peer_messages import PeerAck
from megaapi_mock.domain.undo_table import UndoTable

from ..support import KEY
from .conftest import OWN_NUMBER, make_instance

PEER = "megacode-TESTKEY0002"
ACK = PeerAck("3EB0A1B2C3D4E5F6071829", Jid.parse("5511900000003"))


@pytest.fixture
def instance() -> Instance:
    """A linked instance between two changes."""
    return make_instance(connected=True)


def names(instance: Instance) -> list[str]:
    """The events recorded since this was last asked."""
    return [event.name for event in instance.take_events()]


def test_event_names_the_instance_its_owner_and_the_moment(instance: Instance) -> None:
    instance.begin(instance.clock.now() + 5)
    instance.record("ack-server")
    (event,) = instance.take_events()
    assert (event.instance, event.owner_jid) == (KEY, f"{OWN_NUMBER}@s.whatsapp.net")
    assert event.time == instance.now == instance.clock.now() + 5


def test_dropped_change_leaves_nothing_and_keeps_what_was_there_before(instance: Instance) -> None:
    jid = Jid.parse("5511900000002")
    instance.begin()
    instance.record("ack-server")
    instance.send_to_peer(PEER, jid, ACK)
    instance.commit()
    instance.begin()
    instance.state.name = "Outro nome"
    instance.state.pinned.put(jid, 1.0)
    instance.record("ack-read")
    instance.send_to_peer(PEER, jid, ACK)
    instance.schedule(1.0, "ack", ("x",))
    instance.count("message")
    instance.rollback()
    assert instance.state.name != "Outro nome"
    assert jid not in instance.state.pinned
    assert names(instance) == ["ack-server"]
    assert len(instance.take_peer_messages()) == 1
    assert instance.next_due is None
    assert instance.count("message") == 1


def test_while_the_socket_is_down_only_its_own_events_are_told(instance: Instance) -> None:
    instance.begin()
    instance.state.connection = replace(instance.state.connection, state=CONNECTING)
    for name in ("text-plain", "presence", "connected"):
        instance.record(name)
    assert names(instance) == ["connected"]
    assert [delayed.name for delayed in instance.state.delayed.values()] == ["text-plain"]


def test_what_is_due_stops_before_an_answer_of_a_peer_may_come(instance: Instance) -> None:
    instance.begin()
    moment = instance.now
    assert instance.no_later_than_peers(moment + 60) == moment + 60
    instance.send_to_peer(PEER, Jid.parse("5511900000002"), ACK)
    assert instance.no_later_than_peers(moment + 60) == moment


def test_cancelled_acknowledgement_does_not_happen_at_once(instance: Instance) -> None:
    done: list[str] = []
    instance.begin()
    instance.acknowledge_at_once(done.append, ("first",))
    instance.cancel("ack")
    instance.acknowledge_at_once(done.append, ("second",))
    instance.wake(instance.now)
    assert done == ["second"]


def test_change_that_cannot_be_tidied_up_is_accepted_as_it_stands(
    instance: Instance, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object, **__: object) -> None:
        raise RuntimeError("planted")

    jid = Jid.parse("5511900000002")
    instance.begin()
    instance.state.pinned.put(jid, 1.0)
    instance.schedule(1.0, "ack", ("x",))
    with monkeypatch.context() as patch, pytest.raises(RuntimeError):
        patch.setattr(UndoTable, "commit", fail)
        instance.commit()
    instance.accept()
    instance.begin()
    instance.rollback()
    assert jid in instance.state.pinned
    assert instance.next_due == instance.clock.now() + 1.0
