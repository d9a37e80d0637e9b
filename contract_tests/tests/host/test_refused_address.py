"""A sentence about an address that is refused says nothing secret."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from megaapi_contract.capture.relay import upstream_of
from megaapi_contract.errors import SetupError
from megaapi_contract.host.target import HttpTarget
from megaapi_contract.run.options import RunOptions

SECRET = "TESTTOKEN0001"
ADDRESSES = [
    f"{scheme}://{rest}"
    for scheme in ("http", "ftp", "http:/")
    for rest in (
        f"me:{SECRET}@a.test",
        f"{SECRET}@a.test:99999",
        f"me:{SECRET}@a.test:x",
        f"a.test/hook?token={SECRET}",
        f"me:a/{SECRET}@a.test/hook",
        f"me:a?{SECRET}@a.test/hook",
        f"a.test/?to=me@a.test&token={SECRET}",
    )
]


@pytest.mark.parametrize("address", ADDRESSES)
@pytest.mark.parametrize(
    "use",
    [
        HttpTarget,
        lambda url: upstream_of("--target", url, seconds=1, keeps_path=False),
        lambda url: RunOptions(target="http://127.0.0.1:9", webhook_url=url),
        lambda url: RunOptions(target="http://127.0.0.1:9", media_url=url),
    ],
    ids=["target", "relay", "webhook_url", "media_url"],
)
def test_a_refused_address_does_not_print_its_secrets(
    use: Callable[[str], Any], address: str
) -> None:
    try:
        use(address)
    except SetupError as refusal:
        assert SECRET not in str(refusal)
