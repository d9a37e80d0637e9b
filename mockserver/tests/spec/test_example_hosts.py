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


TOP = Path(__file__).parents[3]
# What a reader copies: the lines between two fences, and the programs of `examples/`.
COPIED = [
    *((page, block) for page in sorted([*TOP.glob("*.md"), *TOP.glob("docs/*.md")])
      for block in re.findall(r"^```.*?^```", page.read_text(encoding="utf-8"), re.S | re.M)),
    *((program, program.read_text(encoding="utf-8"))
      for program in sorted(TOP.glob("examples/**/*")) if program.suffix in (".py", ".yaml")),
]  # fmt: skip
# A host of the owner's own stands only where the suite is told which one it may try.
OWN_HOST = re.compile(r"megaapi-contract run --target https://[a-z0-9]+\.megaapi\.com\.br ")


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


def test_what_a_reader_copies_names_only_made_up_hosts() -> None:
    assert len(COPIED) > 30
    named = {
        (page.name, host)
        for page, block in COPIED
        for host in hosts(OWN_HOST.sub("", block))
        if host and not host.endswith(MADE_UP)
    }
    assert named == set()


@pytest.mark.parametrize("url", ["https://example.com/hook", "see http://93.184.216.34:80/x."])
def test_a_public_host_would_be_noticed(url: str) -> None:
    assert [host for host in hosts(url) if not is_harmless(host)]
