"""A small HTTP server with a thread for each connection, for what receives or passes on."""

from __future__ import annotations

import socket
import sys
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from socketserver import TCPServer
from typing import Any


class ThreadServer(ThreadingHTTPServer):
    """Listens at once. OSError, or UnicodeError for an odd host, when it cannot."""

    daemon_threads = True
    request_queue_size = 512

    def __init__(self, host: str, port: int, connection: type[BaseHTTPRequestHandler]) -> None:
        self.address_family = socket.AF_INET6 if ":" in host else socket.AF_INET
        # Elsewhere this skips connections in TIME_WAIT; on Windows it would share the port.
        self.allow_reuse_address = sys.platform != "win32"
        super().__init__((host, port), connection)

    @property
    def url(self) -> str:
        """Where it listens."""
        host, port = self.server_address[:2]
        address = f"[{host!s}]" if self.address_family == socket.AF_INET6 else host
        return f"http://{address!s}:{port}"

    def server_bind(self) -> None:
        """Bind without HTTPServer's look-up of the host's name, which can take seconds."""
        TCPServer.server_bind(self)
        self.server_name, self.server_port = str(self.server_address[0]), self.server_address[1]

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Say nothing of clients that hang up; everything else is our own bug and shown."""
        if not isinstance(sys.exc_info()[1], OSError):
            super().handle_error(request, client_address)
