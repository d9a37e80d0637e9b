"""An address that somebody gave is shown without its password and its query."""

from __future__ import annotations

import pytest
from megaapi_mock.errors.shown_address import shown_address

SECRET = "TESTTOKEN0001"


@pytest.mark.parametrize(
    ("address", "shown"),
    [
        ("http://a.test:80/hook", "http://a.test:80/hook"),
        (f"http://me:{SECRET}@a.test/hook", "http://***@a.test/hook"),
        (f"http://a.test/hook?token={SECRET}", "http://a.test/hook?***"),
        (f"http://me:a?{SECRET}@a.test/hook", "http://***"),
        (f"postgresql+psycopg://mock:{SECRET}@db/kit", "postgresql+psycopg://***@db/kit"),
        (f"mysql://mock:{SECRET}@{SECRET}@db/kit", "mysql://***@db/kit"),
        (f"mock:{SECRET}@db", "mock:***@db"),
        ("sqlite:///mock.db", "sqlite:///mock.db"),
        ("mok", "mok"),
        ("", ""),
    ],
)
def test_an_address_is_shown_without_password_and_query(address: str, shown: str) -> None:
    assert shown_address(address) == shown
