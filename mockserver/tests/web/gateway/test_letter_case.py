"""Paths in any letter case: the contract's spelling of them, and keys as they are."""

from __future__ import annotations

import pytest
from megaapi_mock.web.gateway.letter_case import AnyCase

PATHS = ("/rest/sendMessage/{instance_key}/text", "/rest/group/{instance_key}/leave")


@pytest.mark.parametrize(
    ("path", "spellings"),
    [
        ("/REST/sendmessage/KEY/TEXT", ["/rest/sendMessage/KEY/text"]),
        ("/rest/sendMessage/KEY/text", []),
        ("/rest/sendMessage/{Key}/Text", ["/rest/sendMessage/{Key}/text"]),
        ("/rest/sendMessage/KEY/text/", []),
        ("/rest/sendMessage/KEY", []),
        ("/rest/sendMessages/KEY/TEXT", []),
        ("/", []),
    ],
)
def test_a_path_is_spelt_as_the_contract_has_it(path: str, spellings: list[str]) -> None:
    assert [*AnyCase(PATHS).spellings(path)] == spellings
