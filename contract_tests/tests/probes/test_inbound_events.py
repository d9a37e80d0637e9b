"""What contacts can do, and what the laws have them do."""

from __future__ import annotations

from typing import get_args

from megaapi_contract.probes.laws.customers import INBOUND
from megaapi_mock.testing.names import ContactEventName


def test_the_laws_try_every_event_of_contacts() -> None:
    """A new event needs its place in INBOUND: what must have happened before it."""
    assert INBOUND.keys() == {*get_args(ContactEventName)}
