"""The least an HTTP server can do: answers every request with 200 and two bytes.

It is the receiver of the webhooks in a comparison, and what the load generator's own ceiling is
measured against. `GET /count` answers with the number of requests before it. Prints its port.
"""

from __future__ import annotations

import selectors
import socket

_REPLY = b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n%s"
_COUNT = b"GET /count "


def main() -> None:
    """Serve until killed."""
    selector = selectors.DefaultSelector()
    listener = socket.create_server(("127.0.0.1", 0), backlog=1024)
    listener.setblocking(False)
    selector.register(listener, selectors.EVENT_READ)
    print(listener.getsockname()[1], flush=True)
    requests: dict[socket.socket, bytes] = {}
    count = 0

    while True:
        for key, _ in selector.select():
            if key.fileobj is listener:
                caller, _ = listener.accept()
                caller.setblocking(False)
                selector.register(caller, selectors.EVENT_READ)
                requests[caller] = b""
                continue
            caller = key.fileobj  # type: ignore[assignment]
            try:
                data = caller.recv(262144)
            except ConnectionError:
                data = b""
            request = requests[caller] + data
            if data and not _complete(request):
                requests[caller] = request
                continue
            if data:
                requests[caller] = b""
                body = b"ok"
                if request.startswith(_COUNT):
                    body = b"%d" % count
                else:
                    count += 1
                caller.send(_REPLY % (len(body), body))
            if not data or b"onnection: close" in request:
                selector.unregister(caller)
                caller.close()
                del requests[caller]


def _complete(request: bytes) -> bool:
    head, end, body = request.partition(b"\r\n\r\n")
    if not end:
        return False
    at = head.lower().find(b"\r\ncontent-length:")
    return at < 0 or len(body) >= int(head[at + 17 :].partition(b"\r\n")[0])


if __name__ == "__main__":
    main()
