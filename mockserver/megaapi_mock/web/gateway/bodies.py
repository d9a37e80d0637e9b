"""How a request's body becomes a document: as the ancestor's framework reads it, or JSON alone."""

from __future__ import annotations

import codecs
import re
import zlib
from collections.abc import Callable
from typing import Any

from ...codec import TooManyParts, Unreadable, parse_json
from ...errors import BadRequest, PayloadTooLarge, UnsupportedMedia
from ...profile import Profile
from ...spec.operations import UPLOAD
from .multipart import read_upload
from .request import Request
from .urlencoded import TooManyFields, parse_form

JSON, FORM = "application/json", "application/x-www-form-urlencoded"
BodyParser = Callable[[Request], Any]

_SEND_FILE = f"send the file as {UPLOAD}, in the part `file`"
# zlib's window sizes for a gzip header and for a zlib header. Express has no other name for gzip.
_WINDOWS = {"gzip": 31, "deflate": 15}
_GZIP_MARK = b"\x1f\x8b"
# Beside what `is_encoded`.
ENCODED_TWICE = "it is a string that holds JSON: encode it once"
# An escape; the first group is a surrogate that has no other half beside it.
_ESCAPE = re.compile(
    rb"\\(?:u[dD][89abAB][0-9a-fA-F]{2}\\u[dD][c-fC-F][0-9a-fA-F]{2}"
    rb"|(u[dD][89a-fA-F][0-9a-fA-F]{2})|.)",
    re.DOTALL,
)
_SURROGATE = re.compile(rb"\\u[dD][89a-fA-F]")
_BLANKS = b" \t\r\n"


def body_parser(profile: Profile, *, takes_file: bool = False) -> BodyParser:
    """What reads bodies under the switch `body_parsing`, or forms with a file.

    It returns None where there is no body that the gateway reads. Raises RequestRejected.
    """
    limit = int(profile["body_limit_mib"]) * 2**20
    read = _as_express if profile["body_parsing"] == "express" else _json_alone
    read = _as_upload if takes_file else read

    def parse(request: Request) -> Any:
        if request.body is None:
            raise PayloadTooLarge(f"the body is larger than {limit // 2**20} MiB")
        if request.missing:
            whole = len(request.body) + request.missing
            raise BadRequest(
                f"the body ended after {len(request.body)} of the {whole} bytes of its "
                "Content-Length",
                message="request aborted",
            )
        return read(request, limit) if request.body else None

    return parse


def unread_type(profile: Profile, content_type: str, *, takes_file: bool = False) -> str | None:
    """Why a body of this type is not read; None where it is."""
    if takes_file:
        is_form = content_type == UPLOAD
        return None if is_form else f"Content-Type {content_type[:80] or '(none)'}: {_SEND_FILE}"
    if profile["body_parsing"] != "express":
        readable = content_type in (JSON, "")
        return None if readable else f"Content-Type {content_type} is not read, only JSON is"
    if content_type in (JSON, FORM):
        return None
    return f"Content-Type {content_type[:80] or '(none)'} is not read: send {JSON}"


def _as_upload(request: Request, limit: int) -> Any:
    """The form with the name of each file in its place; the files themselves are the request's."""
    files = read_upload(request.body or b"", str(request.environ.get("CONTENT_TYPE") or ""))
    if files is None:
        return None
    request.uploads = files
    return {name: file.name for name, file in files.items()}


def _json_alone(request: Request, limit: int) -> Any:
    if request.content_type not in (JSON, ""):
        return None
    return _parse(request.body or b"")


def _as_express(request: Request, limit: int) -> Any:
    content_type, charset = request.type_and_charset
    if content_type not in (JSON, FORM):
        return None
    charset = charset or "utf-8"
    if content_type == FORM:
        _require_charset(charset, charset == "utf-8")
        return _form(_text(request.inflate_body(inflate, limit), charset))
    if charset == "utf-8":
        return _strict_json(request.inflate_body(inflate, limit))
    _require_charset(charset, charset.startswith("utf-") and _is_charset(charset))
    content = request.inflate_body(inflate, limit)
    return _strict_json(_text(content, charset).encode("utf-8", "replace"))


def _strict_json(content: bytes) -> Any:
    """Only objects and lists; half surrogate pairs count as a character nobody can show."""
    bare = content.removeprefix(codecs.BOM_UTF8)
    first = bare.lstrip(_BLANKS)[:1]
    if not first:
        return None if not content else _refuse("the body is blank")
    if first not in (b"{", b"["):
        value = _parse(bare)
        twice = f"; {ENCODED_TWICE}" if is_encoded(value) else ""
        return _refuse(f"the body is JSON, but neither an object nor a list{twice}")
    if b"\\u" in bare and _SURROGATE.search(bare):
        bare = _ESCAPE.sub(lambda match: rb"\ufffd" if match[1] else match[0], bare)
    return _parse(bare)


def is_encoded(value: Any) -> bool:
    """Whether a string holds an object or a list in JSON: somebody has encoded it once more."""
    if not isinstance(value, str) or value.lstrip()[:1] not in ("{", "["):
        return False
    try:
        parse_json(value.encode("utf-8", "replace"))
    except Unreadable:
        return False
    return True


def _refuse(reason: str) -> Any:
    raise BadRequest(reason)


def _parse(content: bytes) -> Any:
    try:
        return parse_json(content)
    except TooManyParts as error:
        raise PayloadTooLarge(str(error)) from None
    except Unreadable as error:
        raise BadRequest(str(error)) from None


def _form(text: str) -> Any:
    try:
        return parse_form(text)
    except TooManyFields as error:
        raise PayloadTooLarge(f"the form has {error}", message="too many parameters") from None


def _text(content: bytes, charset: str) -> str:
    try:
        return content.decode(charset)
    except UnicodeDecodeError as error:
        raise BadRequest(f"the body is not {charset}: {error.reason}") from None


def _is_charset(charset: str) -> bool:
    try:
        codecs.lookup(charset)
    except LookupError:
        return False
    return True


def _require_charset(charset: str, readable: bool) -> None:
    if not readable:
        raise UnsupportedMedia(
            f"charset {charset[:80]!r} is not read, only UTF-8 is",
            message=f'unsupported charset "{charset[:80].upper()}"',
        )


# -- compressed bodies -----------------------------------------------------------------------


def inflate(content: bytes, encoding: str, limit: int) -> bytes:
    """The bytes behind a Content-Encoding, at most `limit` of them. Raises RequestRejected."""
    if encoding in ("", "identity"):
        return content
    if encoding not in _WINDOWS:
        raise UnsupportedMedia(
            f"Content-Encoding {encoding[:80]!r} is not read, only gzip and deflate are",
            message=f'unsupported content encoding "{encoding[:80]}"',
        )
    try:
        return _inflate(content, _WINDOWS[encoding], limit)
    except zlib.error as error:
        raise BadRequest(f"the body is not {encoding}: {error}") from None


def _inflate(content: bytes, window: int, limit: int) -> bytes:
    whole = bytearray()
    while True:
        stream = zlib.decompressobj(window)
        whole += stream.decompress(content, limit + 1 - len(whole))
        if len(whole) > limit:
            raise PayloadTooLarge(f"the body inflates to more than {limit // 2**20} MiB")
        if not stream.eof:
            raise zlib.error("it ends too early")
        content = stream.unused_data
        # Several gzip members are one text; anything else behind it is passed over.
        if window != _WINDOWS["gzip"] or not content.startswith(_GZIP_MARK):
            return bytes(whole)
