"""No example leads to a host of somebody else: whoever tries one out sends nothing away."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from megaapi_mock.resources import root

URL = re.compile(r"(?:https?|wss?)://([^\s/'\"<>{}?#,;)\\\\]+)")
# Where WhatsApp keeps media, as payloads of the wire name it; and the hosts the contract is about.
NAMED_FACTS = ("chat.whatsapp.com", "mmg.whatsapp.net", "pps.whatsapp.net", ".megaapi.com.br")
MADE_UP = (".test", ".example", ".invalid", "localhost", "127.0.0.1")


def files() -> list[Path]:
    """Every file of the contract and every fixture that is text."""
    return [
        path
        for folder in ("spec", "fixtures")
        for path in sorted(root(folder).rglob("*"))
        if path.suffix in (".yaml", ".json") and path.name != "sources.yaml"
    ]


def hosts(text: str) -> Iterator[str]:
    for match in URL.finditer(text):
        yield match.group(1).partition(":")[0].rstrip(".*$+")


def is_harmless(host: str) -> bool:
    return not host or host.endswith(MADE_UP) or host.endswith(NAMED_FACTS)


def test_examples_name_only_made_up_hosts() -> None:
    named = {
        (str(path.name), host)
        for path in files()
        for host in hosts(path.read_text(encoding="utf-8"))
        if not is_harmless(host)
    }
    assert named == set()


@pytest.mark.parametrize("url", ["https://example.com/hook", "see http://93.184.216.34:80/x."])
def test_a_public_host_would_be_noticed(url: str) -> None:
    assert [host for host in hosts(url) if not is_harmless(host)]
