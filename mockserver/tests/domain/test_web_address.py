"""Addresses of receivers: taken apart as the courier sends to them, or refused in a sentence."""

from __future__ import annotations

import pytest
from megaapi_mock.domain.web_address import UnusableAddress, WebAddress, address_problem

# What a webhook can be sent to, with scheme, host, port, path and login.
USABLE = (
    ("http://127.0.0.1:9000/hook?a=b#c", (False, "127.0.0.1", 9000, "/hook?a=b", "")),
    (" HTTPS://Exemplo.test", (True, "exemplo.test", 443, "/", "")),
    ("http://me:secret@[::1]:9/x", (False, "::1", 9, "/x", "me:secret")),
    ("http://ação.test?x", (False, "xn--ao-siap.test", 80, "/?x", "")),
)
UNUSABLE = (
    ("x", "not a URL with http:// or https://: 'x'"),
    (" ", "not a URL with http:// or https://: ' '"),
    ("127.0.0.1:9000/hook", "not a URL with http:// or https://"),
    ("ftp://127.0.0.1/", "not a URL with http:// or https://"),
    ("http://", "not a host, or host and port: ''"),
    ("http://[::1", "not a host, or host and port: '[::1'"),
    ("http://127.0.0.1:99999/", "not a port number: 99999"),
    ("http://127.0.0.1:0/", "not a port number: 0"),
    ("http://\u3002/", "not a host name"),
)


@pytest.mark.parametrize(("url", "parts"), USABLE)
def test_url_is_taken_apart_as_the_courier_needs_it(url: str, parts: tuple[object, ...]) -> None:
    address = WebAddress.parse(url)
    assert (address.tls, address.host, address.port, address.path, address.login) == parts
    assert address_problem(url) is None


@pytest.mark.parametrize(("url", "problem"), UNUSABLE)
def test_url_to_which_nothing_can_go_says_why(url: str, problem: str) -> None:
    with pytest.raises(UnusableAddress):
        WebAddress.parse(url)
    assert str(address_problem(url)).startswith(problem)


def test_no_address_at_all_is_no_problem() -> None:
    assert address_problem("") is None
