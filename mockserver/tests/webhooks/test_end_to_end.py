"""A plain receiver of the standard library gets every webhook, each true to the contract."""

from __future__ import annotations

import io
import json
import threading
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.request import Request, urlopen

import pytest
import zxingcpp
from megaapi_mock.clock import Clock
from megaapi_mock.profile import default_profile
from megaapi_mock.spec.authority import Authority
from megaapi_mock.testing import MockServer
from PIL import Image

from ..support import KEY, START, TOKEN

INBOUND = (
    "text-plain",
    "text-extended",
    "image",
    "video",
    "audio-voice-note",
    "document",
    "sticker",
    "location",
    "contact",
)
ACKS = ("ack-server", "ack-delivered", "ack-read")
Received = tuple[str, dict[str, str], bytes]


class Receiver:
    """Keeps every POST: path as it came, headers, body. `wait_for` blocks on the fact."""

    def __init__(self, answer: int = 200) -> None:
        kept, arrived = self.kept, self._arrived = [], threading.Condition()

        class Hook(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                with arrived:
                    kept.append((self.path, dict(self.headers), body))
                    arrived.notify_all()
                self.send_response(answer)
                self.end_headers()

            def log_message(self, *_: Any) -> None:
                return

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Hook)
        self.url = f"http://127.0.0.1:{self._server.server_port}"
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.02,))
        self._thread.start()

    kept: list[Received]

    def wait_for(self, count: int) -> list[dict[str, Any]]:
        """The bodies of the first `count` posts."""
        with self._arrived:
            enough = self._arrived.wait_for(lambda: len(self.kept) >= count, timeout=60)
            bodies = [json.loads(body) for _, _, body in self.kept]
        assert enough, f"{len(bodies)} of {count} came: {[b['messageType'] for b in bodies]}"
        return bodies

    def close(self) -> None:
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    made = Receiver()
    yield made
    made.close()


@pytest.fixture
def server() -> Iterator[MockServer]:
    with MockServer(clock=Clock(frozen_at=START)) as made:
        yield made
        assert list(made.app.runtime.records.bugs) == []


@pytest.fixture(scope="module")
def authority() -> Authority:
    from megaapi_mock.resources import root
    from megaapi_mock.spec.valid_bundle import valid_bundle

    return Authority(valid_bundle(root("spec")).document)


def post(server: MockServer, path: str, body: dict[str, Any], method: str = "POST") -> Any:
    request = Request(
        server.url + path,
        data=json.dumps(body).encode(),
        method=method,
        headers={"Authorization": f"Bearer {TOKEN}", "Content-Type": "application/json"},
    )
    with urlopen(request, timeout=60) as reply:
        return json.loads(reply.read() or b"null")


def configure(server: MockServer, url: str, **more: Any) -> None:
    settings = {"webhookUrl": url, "webhookEnabled": True, **more}
    post(server, f"/rest/webhook/{KEY}/configWebhook", {"messageData": settings})


def send_text(server: MockServer, text: str = "Bom dia") -> dict[str, Any]:
    body = {"messageData": {"to": "5511900000002", "text": text}}
    data: dict[str, Any] = post(server, f"/rest/sendMessage/{KEY}/text", body)["messageData"]
    return data


def test_a_text_comes_back_as_echo_and_three_acks(
    server: MockServer, receiver: Receiver, authority: Authority
) -> None:
    configure(server, receiver.url + "/hook?token=a%2fb&x=../y")
    sent = send_text(server)

    echo, *acks = receiver.wait_for(4)

    assert list(echo) == [
        "instance_key",
        "jid",
        "lid",
        "messageType",
        "key",
        "messageTimestamp",
        "pushName",
        "broadcast",
        "message",
        "isGroup",
    ]
    assert echo["key"] == sent["key"]
    assert echo["message"] == sent["message"] == {"extendedTextMessage": {"text": "Bom dia"}}
    assert echo["messageTimestamp"] == int(START)
    assert (echo["jid"], echo["lid"]) == (
        "5511900000001@s.whatsapp.net",
        "100000000000001@lid",
    )
    assert [ack["update"] for ack in acks] == [{"status": 2}, {"status": 3}, {"status": 4}]
    assert {ack["key"]["id"] for ack in acks} == {sent["key"]["id"]}
    assert list(acks[0]["key"]) == ["remoteJid", "id", "fromMe"]
    for event, (_, _, body) in zip(("from-me-api-echo", *ACKS), receiver.kept, strict=True):
        assert authority.webhook_violations(event, body) == []


def test_a_delivery_looks_like_the_captured_one(server: MockServer, receiver: Receiver) -> None:
    """Headers of the n8n capture; path and query byte for byte (query-secret)."""
    configure(server, receiver.url + "/hook?token=a%2fb&x=../y")
    send_text(server)
    receiver.wait_for(1)
    path, headers, body = receiver.kept[0]
    assert path == "/hook?token=a%2fb&x=../y"
    assert {name.lower(): value for name, value in headers.items()} == {
        "accept": "application/json, text/plain, */*",
        "content-type": "application/json",
        "user-agent": "axios/1.7.7",
        "content-length": str(len(body)),
        "accept-encoding": "gzip, compress, deflate, br",
        "host": receiver.url.removeprefix("http://"),
        "connection": "close",
    }


@pytest.mark.parametrize("generation", ["2026", "2025", "2024", "2023"])
def test_every_inbound_event_fits_the_contract_in_every_generation(
    generation: str, receiver: Receiver, authority: Authority
) -> None:
    profile = default_profile().with_switches({"payload_generation": generation})
    with MockServer(clock=Clock(frozen_at=START), profile=profile) as server:
        configure(server, receiver.url)
        for event in INBOUND:
            for group in ({}, {"group": "120363000000000001@g.us"}):
                body = {"from": "5511900000002", "event": event, **group}
                post(server, f"/_mock/instances/{KEY}/inbound", body)
        payloads = receiver.wait_for(2 * len(INBOUND))
        for number, (payload, (_, _, raw)) in enumerate(zip(payloads, receiver.kept, strict=True)):
            event, in_group = INBOUND[number // 2], bool(number % 2)
            assert authority.webhook_violations(event, raw) == [], (event, payload)
            assert ("lid" in payload) == (generation == "2026")
            assert ("isGroup" in payload) == (generation in ("2026", "2025"))
            assert ("isBusiness" in payload) == (generation == "2024")
            assert ("senderLid" in payload["key"]) == (generation == "2026" and not in_group)
            assert ("participant" in payload["key"]) == in_group
            assert payload["key"]["fromMe"] is False
            assert payload["messageTimestamp"] == int(START)
        assert server.app.runtime.records.bugs == type(server.app.runtime.records.bugs)()


def test_linking_and_unlinking_are_told(
    server: MockServer, receiver: Receiver, authority: Authority
) -> None:
    configure(server, receiver.url)
    post(server, f"/_mock/instances/{KEY}/unlink", {"by": "phone"})
    request = Request(
        f"{server.url}/rest/instance/qrcode_base64/{KEY}",
        headers={"Authorization": f"Bearer {TOKEN}"},
    )
    with urlopen(request, timeout=60) as reply:
        shown = json.loads(reply.read())["qrcode"]
    post(server, f"/_mock/instances/{KEY}/link", {})

    gone, code, back = receiver.wait_for(3)

    assert gone == {
        "instance_key": KEY,
        "jid": "5511900000001@s.whatsapp.net",
        "messageType": "connection_update",
        "message": "Number disconnected from api",
    }
    assert code == {"instance_key": KEY, "messageType": "qrcode_update", "qrcode": shown}
    assert (back["message"], back["pushName"]) == ("phone_connected", "Test Shop")
    for event, (_, _, body) in zip(
        ("disconnected", "qrcode", "connected"), receiver.kept, strict=True
    ):
        assert authority.webhook_violations(event, body) == []


def test_a_series_of_five_qr_codes_is_pushed_and_a_reader_reads_them(
    server: MockServer, receiver: Receiver
) -> None:
    """Every 20 s a new one, five in a series (business-docs, ancestor)."""
    from base64 import b64decode

    configure(server, receiver.url)
    post(server, f"/_mock/instances/{KEY}/unlink", {"by": "phone"})
    urlopen(
        Request(
            f"{server.url}/rest/instance/qrcode/{KEY}", headers={"Authorization": f"Bearer {TOKEN}"}
        ),
        timeout=60,
    ).close()
    for _ in range(8):
        post(server, "/_mock/clock", {"advance": 20})
    pushed = [body["qrcode"] for body in receiver.wait_for(6)[1:]]
    texts = []
    for uri in pushed:
        picture = Image.open(io.BytesIO(b64decode(uri.removeprefix("data:image/png;base64,"))))
        (code,) = zxingcpp.read_barcodes(picture)
        texts.append(code.text)
    assert len(set(texts)) == 5
    assert server.app.runtime.webhooks.courier.wait_idle(60)
    assert len(receiver.kept) == 6


def test_acks_come_at_their_times(receiver: Receiver) -> None:
    profile = default_profile().with_switches({"ack_delays": "1,2.5,60"})
    with MockServer(clock=Clock(frozen_at=START), profile=profile) as server:
        configure(server, receiver.url)
        send_text(server)
        receiver.wait_for(1)
        for step, count in ((0.5, 1), (0.5, 2), (1.5, 3), (57, 3), (1, 4)):
            post(server, "/_mock/clock", {"advance": step})
            # The answer may be here a moment before what it caused is released to the courier.
            receiver.wait_for(count)
            assert server.app.runtime.webhooks.courier.wait_idle(60)
            assert len(receiver.kept) == count
        times = [body["timestamp"] for body in receiver.wait_for(4)[1:]]
        assert times == [int(START) + 1, int(START) + 2, int(START) + 60]


def test_what_is_blocked_is_not_sent(server: MockServer, receiver: Receiver) -> None:
    configure(server, receiver.url)
    block = {"messageData": {"events": ["messagesStatus", "somethingElse"]}}
    post(server, f"/rest/config/{KEY}/blockEvents", block)
    send_text(server)
    accept = {"messageData": {"events": ["read"]}}
    post(server, f"/rest/config/{KEY}/configAcceptStatus", accept)
    send_text(server)
    kinds = [body["messageType"] for body in receiver.wait_for(5)]
    assert kinds == ["extendedTextMessage"] * 2 + ["message.ack"] * 3


def test_both_urls_get_the_same_bodies(server: MockServer, receiver: Receiver) -> None:
    """The undocumented second pair (code-dominiomenu, gestao-code), as the ancestor serves it."""
    second = Receiver(answer=500)
    try:
        configure(
            server,
            receiver.url,
            webhookSecondaryUrl=second.url + "/2",
            webhookSecondaryEnabled=True,
        )
        send_text(server)
        assert receiver.wait_for(4) == second.wait_for(4)
    finally:
        second.close()


def test_nothing_is_sent_while_disabled_nor_kept_for_later(
    server: MockServer, receiver: Receiver
) -> None:
    send_text(server)
    configure(server, receiver.url, webhookEnabled=False)
    send_text(server)
    configure(server, receiver.url)
    sent = send_text(server)
    assert receiver.wait_for(1)[0]["key"]["id"] == sent["key"]["id"]


def test_a_dead_receiver_blocks_no_request_and_is_journalled(server: MockServer) -> None:
    configure(server, "http://127.0.0.1:1/gone")
    for _ in range(20):
        send_text(server)
    failed: list[Any] = []
    deadline = time.monotonic() + 60
    # The client may have its answer a moment before what it caused is released to the courier.
    while len(failed) < 80 and time.monotonic() < deadline:
        with urlopen(f"{server.url}/_mock/deliveries?status=failed&limit=500", timeout=60) as reply:
            failed = json.loads(reply.read())["items"]
    assert len(failed) == 80
    assert {len(delivery["attempts"]) for delivery in failed} == {1}
    assert "refused" in failed[0]["reason"]


def test_webhooks_of_a_call_leave_after_its_answer(receiver: Receiver) -> None:
    """order-of-echo-and-answer: after the answer."""
    with MockServer(clock=Clock(frozen_at=START)) as server:
        configure(server, receiver.url)
        client = server.app.test_client()
        reply = client.post(
            f"/rest/sendMessage/{KEY}/text",
            headers={"Authorization": f"Bearer {TOKEN}"},
            json={"messageData": {"to": "5511900000002", "text": "oi"}},
            buffered=False,
        )
        journal = server.app.runtime.records.journal
        assert server.app.runtime.webhooks.courier.pending == 0
        assert {delivery.state for delivery in journal.deliveries.after(None)} == {"queued"}
        assert receiver.kept == []
        assert reply.get_json()["error"] is False
        receiver.wait_for(4)
