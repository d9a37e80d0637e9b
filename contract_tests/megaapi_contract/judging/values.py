"""Reading values out of answers and webhooks, whatever a host has put there."""

from __future__ import annotations

from megaapi_mock.domain.jid import Jid
from megaapi_mock.domain.json_path import value_at as value_at


def jid_of(value: object) -> Jid:
    """The address that stands there; digits alone are the user of no server, like any other value.

    It names a group, a person or a hidden number only with the server of one.
    """
    user, _, server = str(value).partition("@")
    return Jid(user, server)
