"""Where an instance stands: what counts as connected, as restarting, and as having a phone."""

from __future__ import annotations

import pytest
from megaapi_mock.domain.connection import (
    CONNECTED,
    CONNECTING,
    DISCONNECTED,
    PAIRING,
    QR,
    Connection,
)


@pytest.mark.parametrize(
    ("state", "connected", "restarting", "has_phone"),
    [
        (DISCONNECTED, False, False, False),
        (QR, False, False, False),
        (PAIRING, False, False, False),
        (CONNECTING, False, True, True),
        (CONNECTED, True, False, True),
    ],
)
def test_each_state_says_what_it_is(
    state: str, connected: bool, restarting: bool, has_phone: bool
) -> None:
    connection = Connection(state=state)
    assert connection.connected == connected
    assert connection.restarting == restarting
    assert connection.has_phone == has_phone


def test_no_two_qr_codes_have_one_name() -> None:
    names = {Connection(series=s, qr_index=i).qr_name for s in (1, 11) for i in (1, 11, 111)}
    assert len(names) == 6
