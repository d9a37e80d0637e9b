"""Serves the page's packaged files, and the links that a browser finds at `/`."""

from __future__ import annotations

import gzip
import os.path
from dataclasses import dataclass
from functools import lru_cache
from hashlib import blake2b
from pathlib import Path

from flask import Blueprint, Response, request
from werkzeug.exceptions import NotFound
from werkzeug.security import safe_join

STATIC = Path(__file__).resolve().parent / "static"
LANDING = Path(__file__).resolve().parent / "landing.html"
# Not from the machine's own table of types, which differs from one to the next.
TYPES = {
    ".html": "text/html; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".mjs": "text/javascript; charset=utf-8",
    ".css": "text/css; charset=utf-8",
    ".json": "application/json",
    ".webmanifest": "application/manifest+json",
    ".txt": "text/plain; charset=utf-8",
    ".svg": "image/svg+xml",
    ".png": "image/png",
    ".ico": "image/x-icon",
    ".webp": "image/webp",
    ".woff2": "font/woff2",
}
_PACKED = frozenset({".html", ".js", ".mjs", ".css", ".json", ".webmanifest", ".txt", ".svg"})
# Nothing from elsewhere, nothing written into the page itself, and no frame around it.
POLICY = "; ".join(
    (
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "img-src 'self' data: blob:",
        "media-src 'self' data: blob:",
        "font-src 'self'",
        "connect-src 'self'",
        "manifest-src 'self'",
        "base-uri 'none'",
        "form-action 'none'",
        "frame-ancestors 'none'",
    )
)
HEADERS = {
    "Content-Security-Policy": POLICY,
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "no-referrer",
    "Permissions-Policy": "microphone=(self), camera=(), geolocation=()",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    # Asked for each time, and sent only when it has changed.
    "Cache-Control": "no-cache",
    "Vary": "Accept-Encoding",
}


@dataclass(frozen=True, slots=True)
class File:
    """One file as it is sent: plain, and packed where that helps."""

    content: bytes
    gzipped: bytes | None
    etag: str
    type: str


def blueprint() -> Blueprint:
    """`/_mock/ui/` and what is below it; `/` as the front hands it over for browsers."""
    pages = Blueprint("ui", __name__)

    @pages.get("/_mock/ui", strict_slashes=False)
    def without_slash() -> Response:
        """The page's own files are named relative to the slash."""
        if not request.path.endswith("/"):
            return Response(status=308, headers={"Location": "/_mock/ui/"})
        return _answer(STATIC / "index.html")

    @pages.get("/_mock/ui/<file>")
    @pages.get("/_mock/ui/<folder>/<file>")
    def page_file(file: str, folder: str = "") -> Response:
        """One file of the page."""
        path = safe_join(str(STATIC), folder, file)
        # Unlike Path.is_file, this says no to a name that is too long for the file system.
        if path is None or not os.path.isfile(path):
            raise NotFound
        return _answer(Path(path))

    @pages.get("/")
    def landing() -> Response:
        """Where a browser can go from here."""
        return _answer(LANDING)

    return pages


def _answer(path: Path) -> Response:
    stat = path.stat()
    return send(_load_file(path, stat.st_mtime_ns, stat.st_size))


def send(file: File) -> Response:
    """The file as this request takes it: packed, or not at all if the reader has it."""
    packs = request.accept_encodings["gzip"] > 0
    gzipped = file.gzipped if packs else None
    response = Response(file.content if gzipped is None else gzipped, headers=HEADERS)
    response.headers["Content-Type"] = file.type
    if gzipped is not None:
        response.headers["Content-Encoding"] = "gzip"
    response.set_etag(file.etag if gzipped is None else f"{file.etag}-gzip")
    answer = response.make_conditional(request.environ)
    return Response(answer.get_data(), answer.status_code, list(answer.headers))


@lru_cache(maxsize=256)
def _load_file(path: Path, _changed: int, _size: int) -> File:
    return pack(path.read_bytes(), path.suffix.lower())


def pack(content: bytes, suffix: str) -> File:
    """Bytes as a file whose name ends with that suffix."""
    # Without a time of its own: the same file is the same bytes.
    gzipped = gzip.compress(content, mtime=0) if suffix in _PACKED else None
    if gzipped is not None and len(gzipped) >= len(content):
        gzipped = None
    etag = blake2b(content, digest_size=12).hexdigest()
    return File(content, gzipped, etag, TYPES.get(suffix, "application/octet-stream"))
