"""Where processes that share a database reach each other, and which settings do not fit."""

from __future__ import annotations

import pytest
from megaapi_mock.commands.peers import peer_address, require_peers
from megaapi_mock.errors import SetupError
from megaapi_mock.settings import Settings

STORE = "postgresql://mock@127.0.0.1/mock"


@pytest.mark.parametrize(
    ("text", "address"),
    [
        ("", ("", 0)),
        ("10.0.0.5", ("10.0.0.5", 0)),
        ("mock-1:9100", ("mock-1", 9100)),
        ("fe80::1", ("fe80::1", 0)),
        ("[fe80::1]", ("fe80::1", 0)),
        ("[fe80::1]:9100", ("fe80::1", 9100)),
    ],
)
def test_an_address_is_a_host_and_perhaps_a_port(text: str, address: tuple[str, int]) -> None:
    assert peer_address(Settings(shared=True, store=STORE, peer_address=text)) == address


@pytest.mark.parametrize("text", ["mock:port", "mock:", ":9100", "mock:70000", "m" * 41 + ":1"])
def test_an_address_that_cannot_be_used_is_one_sentence(text: str) -> None:
    with pytest.raises(SetupError, match=r"^--peer-address "):
        require_peers(Settings(shared=True, store=STORE, peer_address=text))


@pytest.mark.parametrize("store", ["memory", "sqlite:///mock.db"])
def test_only_postgresql_can_be_shared(store: str) -> None:
    with pytest.raises(SetupError, match=r"^--shared needs --store postgresql://"):
        require_peers(Settings(shared=True, store=store))


def test_who_shares_nothing_has_no_peers() -> None:
    with pytest.raises(SetupError, match=r"add --shared$"):
        require_peers(Settings(peer_address="mock-1"))
    require_peers(Settings())
