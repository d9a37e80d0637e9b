"""Keeping out of a log what is private: keys, tokens, phone numbers, and what people write."""

from __future__ import annotations

import hmac
import re
import secrets
from collections.abc import Collection
from urllib.parse import urlsplit

PRIVATE = "[private]"
NUMBER = "[number]"
# But for our own sentences: `Bearer <token>`, the bearer token is, the word Bearer is, stands.
_BEARER = re.compile(
    r"(?i)\b(bearer|x-mock-token:?)\s+(?!<token>|(?:token|is|stands)\s)[^\s,;'\"]+"
)
# Of a URL in a sentence: user and password, and what each parameter says.
_USER_INFO = re.compile(r"(?<=://)[^/\s@]+@")
_PARAMETER = re.compile(r"([?&][^=&\s]*=)[^&\s]*")
_URL = re.compile(r"https?://[^\s'\",;]+")
_DIGITS = re.compile(r"\+?\d{8,}(?:[-@][\w.:-]*)?")
# An address that is not a number, as a caller wrote it: such sentences begin with it.
_ADDRESS = re.compile(r"(^|: )[^:'\"\[\]]*?@(?:g\.us|s\.whatsapp\.net|c\.us|lid|newsletter)\b")
# What HTTP knows; another one is a text of the caller's.
_METHODS = frozenset(
    {"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "CONNECT", "TRACE"}
)
# What a sentence quotes is what somebody has sent.
_QUOTED = re.compile(r"'(?:[^'\\]|\\.)*'|\"(?:[^\"\\]|\\.)*\"|“[^”]*”")


def without_secrets(text: str) -> str:
    """A line for a person's own terminal: no token, no password, no parameter of a URL."""
    text = _USER_INFO.sub(f"{PRIVATE}@", _BEARER.sub(rf"\1 {PRIVATE}", text))
    return _PARAMETER.sub(rf"\1{PRIVATE}", text)


class Redaction:
    """Sentences, paths and addresses without anything private.

    `words` are the parts of paths that the contract itself has. An instance has another name in
    each run, the same in all lines of one: `instance-` and eight letters.
    """

    def __init__(self, words: Collection[str] = ()) -> None:
        self.words = frozenset(words)
        self._salt = secrets.token_bytes(16)

    def instance(self, key: str | None) -> str | None:
        """What an instance is called; None for none."""
        if key is None:
            return None
        return f"instance-{hmac.digest(self._salt, key.encode(), 'sha256').hex()[:8]}"

    def record_id(self, id_: str, key: str | None) -> str:
        """`x12.KEY` with the instance's other name."""
        number, _, owner = id_.partition(".")
        return f"{number}.{self.instance(key or owner)}" if owner else number

    def method(self, method: str) -> str:
        """The method of a call."""
        return method if method in _METHODS else PRIVATE

    def path(self, path: str, key: str | None) -> str:
        """A path in which only the contract's own words are left, and what instance it is of."""
        plain = path.partition("?")[0]
        parts = [self._part(part, key) for part in plain.split("/")]
        return "/".join(parts) + (f"?{PRIVATE}" if "?" in path else "")

    def url(self, url: str) -> str:
        """Scheme, host and port of an address; where it leads there is private."""
        try:
            parts = urlsplit(url)
            port = "" if parts.port is None else f":{parts.port}"
            host = parts.hostname or PRIVATE
        except ValueError:
            return PRIVATE
        host = f"[{host}]" if ":" in host else host
        return (
            f"{parts.scheme}://{host}{port}{f'/{PRIVATE}' if parts.path not in ('', '/') else ''}"
        )

    def sentence(
        self, text: str | None, key: str | None = None, path: str | None = None
    ) -> str | None:
        """A sentence of ours about this instance and path, without what it says of others."""
        if text is None:
            return None
        if path and path.strip("/"):
            text = text.replace(path, self.path(path, key))
        text = _URL.sub(lambda match: self.url(match[0]), _BEARER.sub(rf"\1 {PRIVATE}", text))
        if key:
            text = text.replace(key, self.instance(key) or "")
        text = _DIGITS.sub(NUMBER, _QUOTED.sub(f"'{PRIVATE}'", text))
        return _ADDRESS.sub(rf"\1{PRIVATE}", text)

    def _part(self, part: str, key: str | None) -> str:
        if part == key:
            return self.instance(key) or ""
        return part if not part or part in self.words else PRIVATE
