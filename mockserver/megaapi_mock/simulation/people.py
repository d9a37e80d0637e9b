"""The people that a caller names by a number or an address."""

from __future__ import annotations

from ..domain.contacts import Contact
from ..domain.gateway import Gateway
from ..errors import ControlRefused


def person_named(gateway: Gateway, field: str, address: str) -> Contact:
    """The person with this number or address; ControlRefused says which field names nobody."""
    jid = gateway.directory.read(address)
    person = gateway.person(jid)
    if person is None:
        raise ControlRefused(400, f"{field}: {gateway.directory.no_account(jid)}")
    return person
