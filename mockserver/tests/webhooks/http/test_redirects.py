"""A receiver that leads on: followed as axios does it, each step under the host policy."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest
from megaapi_mock.webhooks.http.client import (
    AddressRefused,
    AllowedHosts,
    DeliveryFailed,
    HttpTransport,
    axios_headers,
)
from megaapi_mock.webhooks.http.redirects import REDIRECTS_MOST

from ...conftest import MakeApp
from ...support import KEY

BODY = b'{"messageType": "conversation"}'


class Hook(BaseHTTPRequestHandler):
    """`/STATUS/REST` leads to REST with that status; anything else is the end."""

    seen: list[tuple[str, str, bytes, dict[str, str]]]

    def do_POST(self) -> None:
        length = int(self.headers.get("Content-Length") or 0)
        headers = {name.lower(): value for name, value in self.headers.items()}
        self.seen.append((self.command, self.path, self.rfile.read(length), headers))
        status, _, rest = self.path[1:].partition("/")
        self.send_response(int(status) if status.isdigit() else 200)
        if status.isdigit() and rest != "nowhere":
            self.send_header("Location", rest if ":" in rest else f"/{rest}")
        self.send_header("Content-Length", "0")
        self.end_headers()

    do_GET = do_POST

    def log_message(self, *_: Any) -> None:
        return


@pytest.fixture
def hook() -> Iterator[str]:
    Hook.seen = []
    server = ThreadingHTTPServer(("127.0.0.1", 0), Hook)
    thread = threading.Thread(target=server.serve_forever, args=(0.02,))
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join()
    server.server_close()


def post(url: str, redirects: int = REDIRECTS_MOST, hosts: AllowedHosts = "loopback") -> Any:
    transport = HttpTransport(allowed_hosts=hosts, redirects=redirects)
    return transport.post(url, BODY, axios_headers(), timeout=60)


@pytest.mark.parametrize("status", [307, 308, 300, 305])
def test_a_redirect_that_keeps_the_post_keeps_its_body(status: int, hook: str) -> None:
    answer = post(f"{hook}/{status}/end")
    assert (answer.status, answer.redirects) == (200, (f"POST {hook}/end",))
    first, second = Hook.seen
    assert second[:3] == ("POST", "/end", BODY)
    assert first[3] == second[3]


@pytest.mark.parametrize("status", [301, 302, 303])
def test_a_redirect_that_makes_a_get_drops_the_body(status: int, hook: str) -> None:
    answer = post(f"{hook}/{status}/end?a=1")
    assert (answer.status, answer.redirects) == (200, (f"GET {hook}/end?a=1",))
    method, path, body, headers = Hook.seen[1]
    assert (method, path, body) == ("GET", "/end?a=1", b"")
    assert not {"content-type", "content-length"} & set(headers)
    assert headers["user-agent"].startswith("axios/")


def test_a_get_stays_a_get(hook: str) -> None:
    post(f"{hook}/302/307/end")
    assert [(method, path) for method, path, *_ in Hook.seen] == [
        ("POST", "/302/307/end"),
        ("GET", "/307/end"),
        ("GET", "/end"),
    ]


def test_five_redirects_are_followed_and_a_sixth_fails(hook: str) -> None:
    assert post(f"{hook}/{'307/' * 5}end").status == 200
    Hook.seen.clear()
    with pytest.raises(DeliveryFailed, match="led on more than 5 times") as failed:
        post(f"{hook}/{'307/' * 6}end")
    assert len(Hook.seen) == 6
    assert failed.value.answer is not None
    assert failed.value.answer.status == 307


@pytest.mark.parametrize("path", ["307/nowhere", "404/end", "200/end"])
def test_what_leads_nowhere_is_the_answer(path: str, hook: str) -> None:
    answer = post(f"{hook}/{path}")
    assert (answer.status, answer.redirects) == (int(path[:3]), ())
    assert len(Hook.seen) == 1


def test_off_takes_a_redirect_for_the_answer(hook: str) -> None:
    assert post(f"{hook}/307/end", redirects=0).status == 307
    assert len(Hook.seen) == 1


def test_another_host_gets_no_password(hook: str) -> None:
    port = hook.rpartition(":")[2]
    post(f"http://user:secret@127.0.0.1:{port}/307/http://localhost:{port}/307/end")
    assert "authorization" in Hook.seen[0][3]
    assert "authorization" not in Hook.seen[1][3]
    Hook.seen.clear()
    post(f"http://user:secret@127.0.0.1:{port}/307/end")
    assert "authorization" in Hook.seen[1][3]


@pytest.mark.parametrize(
    ("place", "kind", "words"),
    [
        ("http://10.0.0.9:9/x", AddressRefused, "webhook_hosts=loopback lets no webhook go"),
        (
            "http://169.254.169.254/latest",
            AddressRefused,
            "webhook_hosts=loopback lets no webhook go",
        ),
        ("ftp://127.0.0.1/x", DeliveryFailed, "not a URL with http"),
        ("http://[oops/x", DeliveryFailed, "leads to"),
        ("http://127.0.0.1:1/x", DeliveryFailed, "connection refused"),
    ],
)
def test_every_step_is_held_to_the_host_policy(
    place: str, kind: type[Exception], words: str, hook: str
) -> None:
    with pytest.raises(kind, match=r"lead|led to") as failed:
        post(f"{hook}/307/{place}")
    assert words in str(failed.value)
    assert len(Hook.seen) == 1


@pytest.mark.parametrize("switch", ["follow", "off"])
def test_the_journal_shows_where_a_webhook_was_led(
    switch: str, make_app: MakeApp, hook: str
) -> None:
    app = make_app(
        switches={"webhook_redirects": switch, "webhook_hosts": "loopback"}, transport=None
    )
    client = app.test_client()
    control_api = f"/_mock/instances/{KEY}"
    url = {"messageData": {"webhookUrl": f"{hook}/302/end", "webhookEnabled": True}}
    client.post(
        f"/rest/webhook/{KEY}/configWebhook",
        json=url,
        headers={"Authorization": "Bearer TESTKEY0001"},
    )
    sent = {"from": "5511900000002", "event": "text-plain"}
    assert client.post(f"{control_api}/inbound", json=sent).status_code == 201
    (delivery,) = client.get("/_mock/deliveries?event=text-plain").get_json()["items"]
    ended = client.get(f"/_mock/deliveries/{delivery['id']}?wait=60").get_json()
    (attempt,) = ended["attempts"]
    if switch == "follow":
        assert (ended["state"], attempt["status"]) == ("delivered", 200)
        assert attempt["redirects"] == [f"GET {hook}/end"]
        assert ended["reason"].startswith(f"receiver led on to GET {hook}/end, and a redirect")
    else:
        assert (ended["state"], attempt["status"]) == ("failed", 302)
        assert "redirects" not in attempt
