"""Looking up, connecting and asking, each step's failure in one sentence."""

from __future__ import annotations

import ipaddress
import json
import socket
import ssl
import time
import unicodedata
from dataclasses import dataclass
from email.utils import parsedate_to_datetime
from http.client import HTTPException
from typing import Any
from urllib.parse import SplitResult, urlsplit

from ...errors import SetupError
from ...serving.http_client import HttpResponse, Server, exchange, host_field, trusted_tls_context

# A status page of some kind may be long; ours are short.
READ_MOST = 1024 * 1024


_NAMES = {" ": "a blank", "\t": "a tab", "\r": "a carriage return", "\n": "a line break"}


def require_plain(name: str, text: str) -> None:
    """SetupError names the first letter that neither a header nor a URL can hold, never `text`.

    `name` is the option it came from.
    """
    for letter in text:
        if not "!" <= letter <= "~":
            letter_name = (
                _NAMES.get(letter) or unicodedata.name(letter, "a control character").lower()
            )
            raise SetupError(f"{name} holds {letter_name} (U+{ord(letter):04X}): copy it again")


class NoAnswer(Exception):
    """There is no answer; one sentence."""


@dataclass(frozen=True)
class ServerAddress:
    """Where a URL points."""

    url: str
    parts: SplitResult
    host: str
    port: int

    @classmethod
    def of(cls, name: str, url: str) -> ServerAddress:
        """SetupError when it is not a URL of a web server; `name` is the option it came from.

        What was given is not repeated: it may be a token in the wrong place.
        """
        url = url.strip()
        try:
            parts = urlsplit(url)
            usual = 443 if parts.scheme == "https" else 80
            port = usual if parts.port is None else parts.port
        except ValueError as error:
            # What follows is what was given.
            reason = str(error).partition(" as ")[0]
            raise SetupError(f"{name} is not a URL: {reason}") from None
        if parts.scheme not in ("http", "https") or not parts.hostname:
            raise SetupError(f"{name} is not a URL: start with http:// or https://")
        # A host may have letters of any script: it is looked up in another form.
        host = parts.netloc.encode("ascii", "ignore").decode()
        require_plain(name, url.replace(parts.netloc, host, 1))
        return cls(url, parts, parts.hostname, port)

    @property
    def tls(self) -> bool:
        """Whether it is https."""
        return self.parts.scheme == "https"

    def addresses(self) -> list[str]:
        """Look the name up."""
        try:
            entries = socket.getaddrinfo(self.host, self.port, type=socket.SOCK_STREAM)
        except (OSError, UnicodeError) as error:
            raise NoAnswer(f"{self.host} is not known here: {_reason(error)}") from None
        return list(dict.fromkeys(str(address[0]) for *_, address in entries))

    def connect(self, timeout: float) -> None:
        """Open a connection, and let go."""
        try:
            socket.create_connection((self.host, self.port), timeout=timeout).close()
        except OSError as error:
            raise NoAnswer(
                f"nothing answers at {self.host}:{self.port}: {_reason(error)}"
            ) from None

    def shake_hands(self, timeout: float) -> None:
        """Check the certificate."""
        context = ssl.create_default_context()
        try:
            with (
                socket.create_connection((self.host, self.port), timeout=timeout) as plain,
                context.wrap_socket(plain, server_hostname=self.host),
            ):
                return
        except ssl.SSLCertVerificationError as error:
            raise NoAnswer(f"its certificate is not valid: {error.verify_message}") from None
        except OSError as error:
            raise NoAnswer(f"no TLS at {self.host}:{self.port}: {_reason(error)}") from None


def is_local(addresses: list[str]) -> bool:
    """Whether none of them can be reached from the internet."""
    ip_addresses = [ipaddress.ip_address(address.partition("%")[0]) for address in addresses]
    return bool(ip_addresses) and not any(address.is_global for address in ip_addresses)


@dataclass(frozen=True)
class ProbeReply:
    """An answer: `document` is its JSON object, or the one of a list of one; else None."""

    status: int
    document: dict[str, Any] | None
    empty: bool
    kind: str
    location: str
    clock_off: float | None

    @property
    def message(self) -> str:
        """The `message` of its JSON; empty without one."""
        return str((self.document or {}).get("message", ""))

    @property
    def in_words(self) -> str:
        """Status and content type: `502 text/html`."""
        return f"{self.status} {self.kind or 'without a content type'}"


def get(address: ServerAddress, path: str, token: str, timeout: float) -> ProbeReply:
    """GET, with the token as the gateway wants it; no redirect is followed."""
    server = Server(address.host, address.port, trusted_tls_context() if address.tls else None)
    target = address.parts.path.rstrip("/") + path
    try:
        fields = [
            ("Host", host_field(server)),
            ("Accept-Encoding", "identity"),
            ("Authorization", f"Bearer {token}"),
            ("Accept", "application/json"),
        ]
        answer = exchange(server, "GET", target, fields, seconds=timeout, most=READ_MOST)
    except (OSError, HTTPException, ValueError) as error:
        raise NoAnswer(f"GET {path} had no answer: {_reason(error)}") from None
    return _parse_reply(answer)


def _parse_reply(answer: HttpResponse) -> ProbeReply:
    body, headers = answer.body, answer.headers
    try:
        document = json.loads(body)
    except (ValueError, RecursionError):
        document = None
    if isinstance(document, list) and len(document) == 1:
        # A dedicated host lists its one instance (switch status_shape=list).
        document = document[0]
    return ProbeReply(
        status=answer.status,
        document=document if isinstance(document, dict) else None,
        empty=not body.strip(),
        kind=headers.get_content_type() if "Content-Type" in headers else "",
        location=", ".join(headers.get_all("Location", [])),
        clock_off=_clock_off(", ".join(headers.get_all("Date", []))),
    )


def _clock_off(date: str) -> float | None:
    """Seconds this machine's clock is ahead; None when the answer carries no time."""
    try:
        return time.time() - parsedate_to_datetime(date).timestamp()
    except ValueError:
        return None


def _reason(error: BaseException) -> str:
    if isinstance(error, TimeoutError):
        return "the time is up"
    if isinstance(error, ConnectionRefusedError):
        return "connection refused"
    return str(getattr(error, "strerror", None) or getattr(error, "reason", None) or error)
