"""Large answers come compressed to clients that ask; what is recorded stays plain."""

from __future__ import annotations

import gzip
import json
import zlib
from typing import Any

import pytest
from megaapi_mock.web.app import MockApp
from megaapi_mock.web.gateway.compression import THRESHOLD

from ...support import AUTH, KEY

TEXT = f"/rest/sendMessage/{KEY}/text"


def send(app: MockApp, accepted: str | None, length: int = 5000, **options: Any) -> Any:
    headers = dict(AUTH) if accepted is None else {**AUTH, "Accept-Encoding": accepted}
    body = {"messageData": {"to": "5511900000002", "text": "x" * length}}
    return app.test_client().post(TEXT, json=body, headers=headers, **options)


@pytest.mark.parametrize(
    ("accepted", "encoding"),
    [
        ("gzip", "gzip"),
        ("gzip, deflate, br", "gzip"),
        ("GZIP;q=0.5", "gzip"),
        ("*", "gzip"),
        ("deflate", "deflate"),
        ("gzip;q=0.1, deflate", "deflate"),
        ("gzip;q=0, *", "deflate"),
        ("br", None),
        ("identity", None),
        ("gzip;q=0.5, identity", None),
        ("gzip;q=0", None),
        ("gzip;q=", None),
        ("", None),
        (None, None),
    ],
)
def test_the_client_chooses(accepted: str | None, encoding: str | None, app: MockApp) -> None:
    reply = send(app, accepted)
    assert reply.headers.get("Content-Encoding") == encoding
    read = {"gzip": gzip.decompress, "deflate": zlib.decompress, None: bytes}[encoding]
    document = json.loads(read(reply.data))
    assert document["messageData"]["message"]["extendedTextMessage"]["text"] == "x" * 5000
    assert int(reply.headers["Content-Length"]) == len(reply.data)
    assert "Accept-Encoding" in reply.headers.getlist("Vary")
    (exchange,) = app.test_client().get("/_mock/exchanges").get_json()["items"]
    assert exchange["response"]["body"] == document


def test_small_answers_are_not_compressed(app: MockApp) -> None:
    reply = send(app, "gzip", length=10)
    assert len(reply.data) < THRESHOLD
    assert "Content-Encoding" not in reply.headers
    assert "Accept-Encoding" in reply.headers.getlist("Vary")


def test_pictures_are_not_compressed(app: MockApp) -> None:
    unlinked = {"Authorization": "Bearer TESTKEY0002", "Accept-Encoding": "gzip"}
    path = "/rest/instance/{}/megacode-TESTKEY0002"
    picture = app.test_client().get(path.format("qrcode-img"), headers=unlinked)
    assert (picture.status_code, picture.mimetype) == (200, "image/png")
    assert "Content-Encoding" not in picture.headers
    page = app.test_client().get(path.format("qrcode"), headers=unlinked)
    assert page.headers["Content-Encoding"] == "gzip"
    assert b"<img" in gzip.decompress(page.data)


def test_equal_answers_have_equal_tags_as_express_makes_them(app: MockApp) -> None:
    path = f"/rest/instance/{KEY}"
    client = app.test_client()
    first, again = (client.get(path, headers=AUTH) for _ in range(2))
    assert first.headers["ETag"] == again.headers["ETag"]
    assert first.headers["ETag"].startswith(f'W/"{len(first.data):x}-')
    assert "X-HTTP-Method-Override" in first.headers.getlist("Vary")
    other = client.get(path, headers={"Authorization": "Bearer nobody"})
    assert other.headers["ETag"] != first.headers["ETag"]


def test_a_fault_s_own_answer_is_compressed_only_where_it_can_be(app: MockApp) -> None:
    asked = {"X-Mock-Fault": "cut-body"}
    client = app.test_client()
    headers = {**AUTH, **asked, "Accept-Encoding": "gzip"}
    body = {"messageData": {"to": "5511900000002", "text": "x" * 5000}}
    reply = client.post(TEXT, json=body, headers=headers, buffered=False)
    assert "Content-Encoding" not in reply.headers
    reply.close()
