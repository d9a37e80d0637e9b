"""Event filters: block takes out, accept brings back, unknown names are kept."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st
from megaapi_mock.categories import CATEGORIES
from megaapi_mock.domain.settings import EventFilter

names = st.lists(st.sampled_from([*CATEGORIES, "read", "somethingElse"]), max_size=4)


@given(names=names)
def test_block_then_accept_lets_everything_through_again(names: list[str]) -> None:
    blocked = EventFilter().block(names)
    assert all(not blocked.lets_through(name, "x") for name in names)
    opened = blocked.accept(names)
    assert opened.blocked == ()
    assert all(opened.lets_through(category, "x") for category in CATEGORIES)
    assert set(opened.accepted) == {*CATEGORIES, *names}


def test_accepting_status_events_brings_acks_back() -> None:
    closed = EventFilter().block(["messagesStatus", "read"])
    assert not closed.lets_through("messagesStatus", "ack-server")
    opened = closed.accept_status(["delivered"])
    assert opened.lets_through("messagesStatus", "ack-server")
    assert not opened.lets_through("messagesStatus", "ack-read")
    assert opened.accept_status(["read"]).lets_through("messagesStatus", "ack-read")
