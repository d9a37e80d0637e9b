"""Who may be called: kinds of addresses, named hosts, and nobody in disguise."""

from __future__ import annotations

import pytest
from megaapi_mock.errors import SetupError
from megaapi_mock.webhooks.http.host_policy import (
    OPTION,
    AllowedHosts,
    HostPattern,
    HostPolicy,
    patterns_of,
)


@pytest.mark.parametrize(
    ("pattern", "host", "address"),
    [
        ("bot", "bot", "172.18.0.3"),
        ("BOT", "bot", "172.18.0.3"),
        ("bot", "Bot.", "172.18.0.3"),
        ("bot-*", "bot-2", "172.18.0.3"),
        ("*.example.com", "a.b.example.com", "8.8.8.8"),
        ("*", "anything.example", "8.8.8.8"),
        ("10.0.0.7", "10.0.0.7", "10.0.0.7"),
        ("10.0.0.0/8", "bot.internal", "10.9.8.7"),
        ("fd00::/8", "bot", "fd00::1"),
        ("[fd00::1]", "fd00::1", "fd00::1"),
    ],
)
def test_a_host_that_fits_a_pattern_is_called(pattern: str, host: str, address: str) -> None:
    policy = HostPolicy("loopback", patterns_of(pattern))
    assert policy.refusal(host, [address]) is None


@pytest.mark.parametrize(
    ("pattern", "host", "address"),
    [
        ("bot", "bot.evil.example", "8.8.8.8"),
        ("bot", "abot", "8.8.8.8"),
        ("bot-*", "bot-1.evil.example", "8.8.8.8"),
        ("*.example.com", "example.com", "8.8.8.8"),
        ("*.example.com", "evilexample.com", "8.8.8.8"),
        ("*.example.com", "a.example.com.evil.example", "8.8.8.8"),
        ("10.0.0.7", "10.0.0.8", "10.0.0.8"),
        ("10.0.0.0/8", "bot", "11.0.0.1"),
        ("", "bot", "10.0.0.1"),
    ],
)
def test_a_host_that_only_looks_like_a_pattern_is_refused(
    pattern: str, host: str, address: str
) -> None:
    policy = HostPolicy("loopback", patterns_of(pattern))
    assert f"{host} is at {address}" in (policy.refusal(host, [address]) or "")


def test_a_network_counts_only_if_every_address_is_in_it() -> None:
    policy = HostPolicy("loopback", patterns_of("10.0.0.0/8"))
    assert policy.refusal("bot", ["10.0.0.1", "169.254.169.254"]) is not None


@pytest.mark.parametrize(
    "pattern",
    ["http://bot", "bot:9000", "bot/x", "10.0.0.*", "a b", "*.*", "bot;x", "10.0.0.0/40"],
)
def test_what_is_no_host_is_refused_with_what_to_write(pattern: str) -> None:
    with pytest.raises(SetupError, match=f"{OPTION} .*use a host name, a pattern such as"):
        HostPattern.parse(pattern)


@pytest.mark.parametrize(
    ("kind", "address"),
    [
        ("public", "127.0.0.1"),
        ("public", "0.0.0.0"),
        ("public", "10.0.0.1"),
        ("public", "169.254.169.254"),
        ("public", "100.64.0.1"),
        ("public", "224.0.0.1"),
        ("public", "::1"),
        ("public", "::"),
        ("public", "fe80::1%eth0"),
        ("public", "fd00::1"),
        ("public", "::ffff:127.0.0.1"),
        ("public", "::ffff:169.254.169.254"),
        ("public", "64:ff9b::a9fe:a9fe"),
        ("public", "2002:7f00:1::1"),
        ("public", "192.0.0.192"),
        ("public", "::ffff:192.0.0.192"),
        ("public", "::7f00:1"),
        ("public", "::ffff:0:a9fe:a9fe"),
        ("public", "64:ff9b:1::808:808"),
        ("public", "fec0::1"),
        ("loopback", "0.0.0.0"),
        ("loopback", "64:ff9b::808:808"),
        ("private", "64:ff9b::808:808"),
    ],
)
def test_an_address_in_disguise_is_judged_as_what_it_is(kind: AllowedHosts, address: str) -> None:
    assert HostPolicy(kind).refusal("host", [address]) is not None


@pytest.mark.parametrize("address", ["8.8.8.8", "2001:4860:4860::8888", "64:ff9b::808:808"])
def test_public_addresses_are_public(address: str) -> None:
    assert HostPolicy("public").refusal("host", [address]) is None
