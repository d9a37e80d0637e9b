"""Why webhooks do not arrive, as the mock says it: provoked, or taken from the code."""

from __future__ import annotations

import inspect
import socket
import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from http.client import HTTPException
from http.server import BaseHTTPRequestHandler, HTTPServer

from megaapi_mock.records.delivery import COURIER_STOPPED, OLD_WORLD, STOPPED
from megaapi_mock.webhooks import courier
from megaapi_mock.webhooks.chaos import dispatcher, series
from megaapi_mock.webhooks.http.client import DeliveryFailed, HttpTransport, _explain
from megaapi_mock.webhooks.trip import failure_reason

from .control import KEY, ask

# Where a webhook does not arrive.
ADDRESSES = (
    "nope",
    "http://127.0.0.1:9/x",
    "https://127.0.0.1:{port}/x",
    "http://nowhere.invalid/x",
    "http://10.1.1.1/x",
)

OWNER = {"Authorization": "Bearer TESTKEY0001"}

# Sentences that stand in the code as they are.
LITERALS = (
    ("abandoned: the mock stopped before an answer", courier),
    ("chaos dropped it, as a network may", dispatcher),
    *((mark, series) for mark in ("drop", "delay", "reorder", "early_ack", "burst")),
)
# What a receiver says before it closes the connection, or, with True, goes silent.
LEAD = b"HTTP/1.1 307 Found\r\nContent-Length: 0\r\nLocation: "
REDIRECTS = 3
BEGUN = b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nhalf"
ANSWERS = (
    (b"", True),
    (BEGUN, True),
    (BEGUN, False),
    (b"", False),
    (b"SSH-2.0-made-up\r\n", False),
    (LEAD + b"http://127.0.0.1:9/x\r\n\r\n", False),
    (LEAD + b"{url}\r\n\r\n", False),
)


def untrusted() -> ssl.SSLCertVerificationError:
    """What a certificate nobody vouches for comes to."""
    error = ssl.SSLCertVerificationError(1, "made up")
    error.verify_message = "self-signed certificate"
    return error


# What goes wrong on the way, as Python says it.
ERRORS: tuple[Exception, ...] = (
    untrusted(),
    HTTPException("made up"),
    OSError(101, "Network is unreachable"),
)
TIMEOUT = 0.3


def webhook_sentences(url: str) -> Iterator[str]:
    """Everything the mock at `url`, or its code, says of webhooks that do not arrive."""
    yield from undelivered(url)
    yield from (f"{failure_reason(status)}" for status in (500, 302))
    yield from (f"{failure_reason(status, ('GET http://a/b',))}" for status in (200, 404))
    yield from (_explain(error, "127.0.0.1:9") for error in ERRORS)
    yield from (failure_of(answer, stays) for answer, stays in ANSWERS)
    yield "no connection to 127.0.0.1:9 within 30 s"
    yield from (OLD_WORLD, STOPPED, COURIER_STOPPED, "duplicate of d1", "redelivery of d1")
    for sentence, module in LITERALS:
        assert f'"{sentence}"' in inspect.getsource(module), sentence
        yield sentence


def failure_of(answer: bytes, stays: bool) -> str:
    """What a webhook to a receiver comes to that says these bytes, and then nothing or good-bye."""
    with receiver(answer, stays=stays) as url:
        transport = HttpTransport(redirects=REDIRECTS)
        try:
            transport.post(url, b"{}", [], timeout=TIMEOUT)
        except DeliveryFailed as failure:
            return str(failure)
        finally:
            transport.close()
    raise AssertionError(f"a webhook answered with {answer!r} arrived")


@contextmanager
def receiver(answer: bytes, *, stays: bool) -> Iterator[str]:
    """The address of a receiver that says these bytes to everybody; `{url}` in them is its own."""
    over = threading.Event()

    def serve() -> None:
        while not over.is_set():
            with suppress(TimeoutError):
                connection, _ = listener.accept()
                with connection:
                    connection.recv(65_536)
                    connection.sendall(answer.replace(b"{url}", url.encode()))
                    over.wait(10 if stays else 0)

    with socket.create_server(("127.0.0.1", 0)) as listener:
        listener.settimeout(0.1)
        url = f"http://127.0.0.1:{listener.getsockname()[1]}/x"
        thread = threading.Thread(target=serve)
        thread.start()
        try:
            yield url
        finally:
            over.set()
            thread.join()


def undelivered(url: str) -> Iterator[str]:
    """Why webhooks do not arrive."""
    instance = f"{url}/_mock/instances/{KEY}"
    with plain_server() as plain:
        for address in ADDRESSES:
            where = address.format(port=plain)
            yield why_undelivered(url, instance, where)


def why_undelivered(url: str, instance: str, where: str) -> str:
    """Why a webhook to that address does not arrive."""
    # Like the gateway, which takes any text; the control API does not.
    hook = {"messageData": {"webhookUrl": where, "webhookEnabled": True}}
    ask(f"{url}/rest/webhook/{KEY}/configWebhook", "POST", hook, OWNER)
    emitted = ask(f"{instance}/emit", "POST", {"event": "connected"})[1]
    path = f"{url}/_mock/deliveries/{emitted['deliveries'][0]}?wait=20"
    delivery = ask(path, "GET", None)[1]
    return str(delivery["reason"] or delivery["attempts"][-1]["error"])


@contextmanager
def plain_server() -> Iterator[int]:
    """The port of a server that speaks HTTP, never TLS."""
    with HTTPServer(("127.0.0.1", 0), BaseHTTPRequestHandler) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield server.server_port
        server.shutdown()
        thread.join()
