"""Answers that a host or a proxy packed are read as their sender wrote them."""

from __future__ import annotations

import gzip
import zlib

import pytest
from megaapi_contract.errors import Unusable
from megaapi_contract.host.content_coding import decode_content
from megaapi_contract.host.http import Answer

BODY = b'{"error": false, "message": "a\xc3\xa7\xc3\xa3o"}' * 40


def packed(coding: str, body: bytes) -> Answer:
    return Answer(200, (("Content-Type", "application/json"), ("content-encoding", coding)), body)


def packed_as_gzip(body: bytes) -> bytes:
    """The same bytes at any time of day: they are part of a test's name."""
    return gzip.compress(body, mtime=0)


def raw_deflate(body: bytes) -> bytes:
    packer = zlib.compressobj(wbits=-15)
    return packer.compress(body) + packer.flush()


@pytest.mark.parametrize(
    ("coding", "body"),
    [
        ("gzip", packed_as_gzip(BODY)),
        ("GZIP", packed_as_gzip(BODY)),
        ("x-gzip", packed_as_gzip(BODY[:9]) + packed_as_gzip(BODY[9:])),
        ("deflate", zlib.compress(BODY)),
        ("deflate", raw_deflate(BODY)),
        ("deflate, gzip", packed_as_gzip(zlib.compress(BODY))),
        ("identity", BODY),
        ("", BODY),
    ],
)
def test_packed_bodies_are_unpacked(coding: str, body: bytes) -> None:
    answer = decode_content(packed(coding, body))
    assert answer.coding == ("" if coding in ("identity", "") else coding.lower())
    assert answer.body == BODY
    names = {name.lower() for name, _ in answer.headers}
    assert "content-type" in names
    assert ("content-encoding" in names) is (coding in ("identity", ""))


def test_a_packed_answer_without_a_body_stays() -> None:
    assert decode_content(packed("gzip", b"")).body == b""


@pytest.mark.parametrize(
    ("coding", "body", "words"),
    [
        ("br", b"\x8b\x02\x80{}\x03", "as 'br', which the suite did not"),
        ("gzip", b"{}", "not compressed like this"),
        ("gzip", packed_as_gzip(BODY)[:-9], "cut a compressed answer"),
        ("gzip", packed_as_gzip(bytes(65 * 2**20)), "more than 64 MiB"),
    ],
)
def test_what_cannot_be_unpacked_makes_a_host_unusable(
    coding: str, body: bytes, words: str
) -> None:
    with pytest.raises(Unusable, match=words):
        decode_content(packed(coding, body))
