"""Base64 as Node decodes it, sizes, and fetching what mediaUrl names."""

from __future__ import annotations

import threading
from base64 import b64encode
from collections.abc import Iterator
from contextlib import suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from megaapi_mock.errors import Unusable
from megaapi_mock.handlers.uploads import decode_base64
from megaapi_mock.web.gateway.fetcher import Fetcher

from ..conftest import MakeApp
from ..support import AUTH, KEY

MEDIA_LIMIT = 16 * 2**20


@given(content=st.binary(max_size=200))
def test_raw_and_data_uri_give_the_bytes(content: bytes) -> None:
    encoded = b64encode(content).decode()
    assert decode_base64(encoded) == (content, None)
    assert decode_base64(f"data:image/png;base64,{encoded}") == (content, "image/png")
    assert decode_base64(f"data:audio/ogg; codecs=opus;base64,{encoded}")[0] == content


@pytest.mark.parametrize(
    ("text", "content"),
    [
        ("aGk", b"hi"),
        ("aG k\n=", b"hi"),
        ("aG!k", b"hi"),
        ("_-8", b"\xff\xef"),
        ("/+8", b"\xff\xef"),
        ("aGk=aGk=", b"hi"),
        ("a", b""),
        ("", b""),
        ("===", b""),
        ("\u00e9aGk", b"hi"),
    ],
)
def test_bad_characters_are_passed_over(text: str, content: bytes) -> None:
    """What Node's Buffer.from(text, 'base64') gives for the same text."""
    assert decode_base64(text)[0] == content


@given(text=st.text())
def test_no_text_is_too_odd(text: str) -> None:
    decode_base64(text)


def media_base64(app: Any, encoded: str) -> Any:
    data = {"to": "5511900000002", "base64": encoded, "type": "image"}
    return app.test_client().post(
        f"/rest/sendMessage/{KEY}/mediaBase64", headers=AUTH, json={"messageData": data}
    )


def test_media_above_16_mib_decoded_is_413(make_app: MakeApp) -> None:
    """413 above 16 MB (allos-cf98, zyon)."""
    app = make_app()
    reply = media_base64(app, b64encode(bytes(MEDIA_LIMIT + 1)).decode())
    assert reply.status_code == 413
    assert app.test_client().get("/_mock/messages").get_json()["items"] == []
    assert media_base64(app, b64encode(bytes(MEDIA_LIMIT)).decode()).status_code == 200


class Files(BaseHTTPRequestHandler):
    """Serves a file, one that is too large, a page, one with an odd name, and a slow one."""

    gate = threading.Event()
    asked = threading.Event()

    def do_GET(self) -> None:
        sizes = {"/file.jpg": 5, "/large": MEDIA_LIMIT + 1, "/fo%20to%C3%A1.jpg?a=b%20c": 5}
        if self.path == "/moved":
            self.send_response(302)
            self.send_header("Location", "/file.jpg")
            self.end_headers()
            return
        self.send_response(200 if self.path in sizes or self.path in ("/page", "/slow") else 404)
        if self.path == "/page":
            self.send_header("Content-Type", "text/html; charset=utf-8")
        self.end_headers()
        if self.path == "/slow":
            self.asked.set()
            self._dribble()
        self.wfile.write(b"x" * sizes.get(self.path, 0))

    def _dribble(self) -> None:
        """One byte after the other, each well within any time limit for one."""
        with suppress(OSError):
            while not self.gate.wait(0.05):
                self.wfile.write(b"x")

    def log_message(self, *_: Any) -> None:
        return


@pytest.fixture
def files() -> Iterator[str]:
    Files.gate, Files.asked = threading.Event(), threading.Event()
    server = ThreadingHTTPServer(("127.0.0.1", 0), Files)
    thread = threading.Thread(target=server.serve_forever, args=(0.02,))
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    Files.gate.set()
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture
def patient_fetcher(monkeypatch: pytest.MonkeyPatch) -> None:
    """A download is not given up by itself."""
    hosts = Fetcher.__init__.__defaults__[1]  # type: ignore[index]
    monkeypatch.setattr(Fetcher.__init__, "__defaults__", (600.0, hosts))


def media_url(app: Any, url: str) -> Any:
    data = {"to": "5511900000002", "url": url, "type": "image"}
    return app.test_client().post(
        f"/rest/sendMessage/{KEY}/mediaUrl", headers=AUTH, json={"messageData": data}
    )


def test_a_url_is_fetched_when_the_switch_is_on(make_app: MakeApp, files: str) -> None:
    app = make_app(switches={"fetch_media": "on"})
    sent = media_url(app, f"{files}/file.jpg").get_json()["messageData"]["message"]
    assert sent["imageMessage"]["fileLength"] == "5"
    keys = {**sent["imageMessage"], "messageType": "image"}
    reply = app.test_client().post(
        f"/rest/instance/downloadMediaMessage/{KEY}", headers=AUTH, json={"messageKeys": keys}
    )
    assert reply.get_json()["data"] == "data:image/jpeg;base64," + b64encode(b"xxxxx").decode()


@pytest.mark.parametrize(
    ("path", "status"), [("/missing", 500), ("/large", 413), ("http://127.0.0.1:1/", 500)]
)
def test_a_url_that_cannot_be_fetched_is_refused(
    path: str, status: int, make_app: MakeApp, files: str
) -> None:
    """500 when the gateway cannot download the URL (business-docs)."""
    app = make_app(switches={"fetch_media": "on"})
    url = path if path.startswith("http") else files + path
    reply = media_url(app, url)
    assert reply.status_code == status
    assert reply.headers["X-Mock-Reason"]


def fetched_length(reply: Any) -> str:
    assert reply.status_code == 200, reply.headers.get("X-Mock-Reason")
    return str(reply.get_json()["messageData"]["message"]["imageMessage"]["fileLength"])


@pytest.mark.parametrize("path", ["/fo to\u00e1.jpg?a=b c", "/moved"])
def test_a_url_with_blanks_and_accents_and_a_redirect_are_fetched(
    path: str, make_app: MakeApp, files: str
) -> None:
    app = make_app(switches={"fetch_media": "on"})
    assert fetched_length(media_url(app, files + path)) == "5"


def test_a_page_in_place_of_a_picture_is_said(make_app: MakeApp, files: str) -> None:
    reply = media_url(make_app(switches={"fetch_media": "on"}), f"{files}/page")
    assert reply.status_code == 200
    assert "leads to an HTML page, not to image" in reply.headers["X-Mock-Reason"]


@pytest.mark.usefixtures("patient_fetcher")
def test_a_dribbling_host_holds_nobody_else(make_app: MakeApp, files: str) -> None:
    """Neither the same instance nor any other, nor clock, messages and state."""
    app = make_app(switches={"fetch_media": "on"})
    replies: list[Any] = []
    sending = threading.Thread(target=lambda: replies.append(media_url(app, f"{files}/slow")))
    sending.start()
    assert Files.asked.wait(60)
    client = app.test_client()
    for path in ("/clock", "/messages", "/state", f"/instances/{KEY}"):
        assert client.get(f"/_mock{path}").status_code == 200
    text = {"messageData": {"to": "5511900000002", "text": "oi"}}
    sent = client.post(f"/rest/sendMessage/{KEY}/text", headers=AUTH, json=text)
    assert sent.status_code == 200
    assert replies == [], "the file came before the rest was asked"
    Files.gate.set()
    sending.join(60)
    assert [reply.status_code for reply in replies] == [200]
    types = [message["type"] for message in client.get("/_mock/messages").get_json()["items"]]
    assert types == ["extendedTextMessage", "imageMessage"]


def test_a_download_has_one_time_limit_for_all_of_it(files: str) -> None:
    # A server on a busy machine may need longer to begin than a short limit lasts.
    for seconds in (0.5, 5.0, 50.0):
        got = Fetcher(timeout=seconds).fetch(f"{files}/slow", MEDIA_LIMIT)
        assert isinstance(got, Unusable)
        if f"did not end its answer within {seconds:g} s" in got.reason:
            return
    pytest.fail(got.reason)


@pytest.mark.usefixtures("patient_fetcher")
def test_a_stop_ends_a_download(make_app: MakeApp, files: str) -> None:
    app = make_app(switches={"fetch_media": "on"})
    replies: list[Any] = []
    sending = threading.Thread(target=lambda: replies.append(media_url(app, f"{files}/slow")))
    sending.start()
    assert Files.asked.wait(60)
    app.close_streams()
    sending.join(60)
    assert [reply.status_code for reply in replies] == [500]
    assert "could not be fetched" in replies[0].headers["X-Mock-Reason"]


def test_no_request_is_made_with_the_switch_off(make_app: MakeApp, files: str) -> None:
    reply = media_url(make_app(), f"{files}/missing")
    assert reply.status_code == 200
    assert "fetch_media=off" in reply.headers["X-Mock-Reason"]


@pytest.mark.parametrize("url", ["", "file:///etc/passwd", "ftp://h/x", "no url", "http://", "//h"])
@pytest.mark.parametrize("switch", ["on", "off"])
def test_only_http_addresses_are_addresses(url: str, switch: str, make_app: MakeApp) -> None:
    reply = media_url(make_app(switches={"fetch_media": switch}), url)
    assert reply.status_code == 500
    assert "not an http or https address" in reply.headers["X-Mock-Reason"]
