"""Bodies read from a connection: whole or in chunks, plain or compressed, cut or too large."""

from __future__ import annotations

import gzip
import io
import zlib
from email.message import Message

import pytest
from megaapi_mock.serving import incoming_body
from megaapi_mock.serving.incoming_body import IncompleteBody, body_pieces, decompress


def headers(**values: str) -> Message:
    message = Message()
    for name, value in values.items():
        message[name.replace("_", "-")] = value
    return message


def read(content: bytes, **values: str) -> bytes:
    return b"".join(body_pieces(io.BufferedReader(io.BytesIO(content)), headers(**values)))


def test_as_many_bytes_are_read_as_the_head_says() -> None:
    assert read(b"abcdef", Content_Length="4") == b"abcd"
    assert read(b"abc", Content_Length=" 3 ") == b"abc"
    assert read(b"abc") == b""


@pytest.mark.parametrize("length", ["-1", "x", "1.0", "1" * 20, "\u0661", "0x4"])
def test_a_length_that_is_not_a_number_is_refused(length: str) -> None:
    with pytest.raises(IncompleteBody, match="its Content-Length is not a number") as refusal:
        read(b"abc", Content_Length=length)
    assert refusal.value.status == 400


def test_a_body_that_ends_early_says_how_much_came() -> None:
    with pytest.raises(IncompleteBody, match="it ended after 3 of 5 bytes"):
        read(b"abc", Content_Length="5")


class Slow(io.BytesIO):
    """A connection on which nothing comes any more."""

    def read1(self, size: int | None = -1) -> bytes:
        raise TimeoutError


def test_a_body_that_no_longer_comes_ends_as_one_that_was_cut() -> None:
    with pytest.raises(IncompleteBody, match="it ended after 0 of 5 bytes"):
        list(body_pieces(Slow(), headers(Content_Length="5")))


def chunks(content: bytes) -> bytes:
    return read(content, Transfer_Encoding="gzip, CHUNKED")


@pytest.mark.parametrize(
    ("content", "body"),
    [
        (b"3\r\nabc\r\n2;x=1\r\nde\r\n0\r\n\r\n", b"abcde"),
        (b"0\r\n\r\n", b""),
        (b"A\r\n0123456789\r\n0\r\nX-Trailer: 1\r\n\r\nrest", b"0123456789"),
    ],
)
def test_chunks_are_put_together(content: bytes, body: bytes) -> None:
    assert chunks(content) == body


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"", "it ended before its last chunk"),
        (b"3\r\nabc\r\n", "it ended before its last chunk"),
        (b"xyz\r\nabc", "its chunk size is not a number: b'xyz'"),
        (b"5\r\nabc", "it ended after 3 of 5 bytes"),
        (b"3\r\nabc\r\n5\r\nab", "it ended after 5 of 8 bytes"),
        (b"-3\r\nabc\r\n0\r\n\r\n", "it is larger than"),
    ],
)
def test_chunks_that_are_cut_or_odd_are_refused(content: bytes, sentence: str) -> None:
    with pytest.raises(IncompleteBody) as refusal:
        chunks(content)
    assert sentence in str(refusal.value)


def test_a_body_beyond_the_most_is_refused_before_it_is_read(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(incoming_body, "BODY_MOST", 4)
    assert read(b"abcd", Content_Length="4") == b"abcd"
    for attempt in (lambda: read(b"", Content_Length="5"), lambda: chunks(b"3\r\nabc\r\n2\r\nde")):
        with pytest.raises(IncompleteBody, match="larger than 4 bytes") as refusal:
            attempt()
        assert refusal.value.status == 413


PLAIN = b"text " * 10
RAW = zlib.compressobj(wbits=-zlib.MAX_WBITS)
RAW_DEFLATE = RAW.compress(PLAIN) + RAW.flush()


@pytest.mark.parametrize(
    ("coding", "body"),
    [("", PLAIN), ("identity", PLAIN), ("gzip", gzip.compress(PLAIN, mtime=0)),
     (" X-GZIP ", gzip.compress(PLAIN, mtime=0)), ("deflate", zlib.compress(PLAIN)),
     ("deflate", RAW_DEFLATE)],
)  # fmt: skip
def test_every_coding_that_clients_send_is_undone(coding: str, body: bytes) -> None:
    assert decompress(body, headers(Content_Encoding=coding)) == PLAIN


def test_a_body_without_a_coding_is_as_it_is() -> None:
    assert decompress(b"\x1f\x8b", headers()) == b"\x1f\x8b"


@pytest.mark.parametrize(
    ("coding", "body", "sentence"),
    [
        ("br", PLAIN, "its Content-Encoding 'br' is not known here"),
        ("gzip", PLAIN, "it cannot be decompressed"),
        ("gzip", gzip.compress(PLAIN, mtime=0)[:-9], "its compressed data ends too early"),
    ],
)
def test_a_body_that_cannot_be_undone_says_why(coding: str, body: bytes, sentence: str) -> None:
    with pytest.raises(IncompleteBody, match=sentence):
        decompress(body, headers(Content_Encoding=coding))


def test_little_that_becomes_too_much_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(incoming_body, "BODY_MOST", len(PLAIN))
    assert decompress(gzip.compress(PLAIN), headers(Content_Encoding="gzip")) == PLAIN
    with pytest.raises(IncompleteBody, match="decompresses to more than") as refusal:
        decompress(gzip.compress(PLAIN + b"x"), headers(Content_Encoding="gzip"))
    assert refusal.value.status == 413
