"""QR codes: what a phone reads from the picture is what was put in."""

from __future__ import annotations

from base64 import b64decode
from io import BytesIO

import pytest
import zxingcpp
from megaapi_mock.domain import qr_code
from PIL import Image


def read(picture: bytes) -> str:
    (found,) = zxingcpp.read_barcodes(Image.open(BytesIO(picture)))
    return str(found.text)


@pytest.mark.parametrize(
    "text",
    ["2@TEST", "2@TEST-megacode-TESTKEY0001-101," + ",".join(["0f" * 32] * 3), "a" * 1000],
    ids=["short", "as shown", "long"],
)
def test_a_reader_finds_the_text(text: str) -> None:
    assert read(qr_code.png(text)) == text


def test_the_same_text_is_the_same_picture() -> None:
    first = qr_code.png("2@TEST-1")
    qr_code.png.cache_clear()
    assert qr_code.png("2@TEST-1") == first != qr_code.png("2@TEST-2")


def test_the_data_uri_holds_the_picture() -> None:
    kind, _, data = qr_code.data_uri("2@TEST").partition(",")
    assert kind == "data:image/png;base64"
    assert b64decode(data) == qr_code.png("2@TEST")
