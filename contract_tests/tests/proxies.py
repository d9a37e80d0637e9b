"""What stands between a healthy host and the suite: proxies, and hosts with ways of their own."""

from __future__ import annotations

import gzip
import itertools
import json
import re
import time
import zlib
from collections.abc import Callable, Sequence
from dataclasses import replace
from email.utils import formatdate
from typing import Any
from urllib.parse import parse_qs

from megaapi_contract.host.http import Answer, Request

Alter = Callable[[Request, Answer], Answer]
Rewrite = Callable[[Request], Request]
Spoil = Callable[[bytes], Sequence[bytes]]

JSON = (("Content-Type", "application/json"),)
# What nginx takes of a body unless it is told otherwise.
PROXY_TAKES = 2**20


def header(answer: Answer, name: str, value: str) -> Answer:
    """One header more, or another value of it."""
    others = [one for one in answer.headers if one[0].lower() != name.lower()]
    return replace(answer, headers=(*others, (name, value)))


def is_json(answer: Answer) -> bool:
    """Whether the answer says that it is JSON."""
    return any(
        name.lower() == "content-type" and value.lower().startswith("application/json")
        for name, value in answer.headers
    )


# -- whom it names ---------------------------------------------------------------------------


def looked_up(jid: Callable[[str, str], str]) -> Alter:
    """Answers of isOnWhatsApp with another JID, made of the one asked for and the one answered."""

    def alter(request: Request, answer: Answer) -> Answer:
        if "isOnWhatsApp" not in request.path or not is_json(answer):
            return answer
        document = json.loads(answer.body)
        if document.get("exists") is not True:
            return answer
        asked = parse_qs(request.query)["jid"][0]
        asked = asked if "@" in asked else f"{asked}@s.whatsapp.net"
        body = json.dumps({**document, "jid": jid(asked, document["jid"])}).encode()
        return replace(answer, body=body)

    return alter


# -- how it is packed and written ------------------------------------------------------------


def _takes(request: Request, coding: str) -> bool:
    """Whether the client accepts it; the suite does where a request says nothing of it."""
    accepted = request.header("Accept-Encoding")
    return accepted is None or coding in accepted


def gzipped(request: Request, answer: Answer) -> Answer:
    """Packed, as nginx does it for clients that accept it."""
    if not _takes(request, "gzip"):
        return answer
    packed_answer = replace(answer, body=gzip.compress(answer.body))
    return header(packed_answer, "Content-Encoding", "gzip") if answer.body else answer


def deflated(request: Request, answer: Answer) -> Answer:
    """Packed the other way."""
    if not _takes(request, "deflate"):
        return answer
    packed_answer = replace(answer, body=zlib.compress(answer.body))
    return header(packed_answer, "Content-Encoding", "deflate") if answer.body else answer


def deflated_raw(request: Request, answer: Answer) -> Answer:
    """Packed as some servers understand deflate: without zlib's header."""
    if not _takes(request, "deflate"):
        return answer
    packer = zlib.compressobj(wbits=-15)
    packed_answer = replace(answer, body=packer.compress(answer.body) + packer.flush())
    return header(packed_answer, "Content-Encoding", "deflate") if answer.body else answer


def packed_as_brotli(request: Request, answer: Answer) -> Answer:
    """Packed as nobody asked for; what the bytes are does not matter, nobody can read them."""
    packed_answer = replace(answer, body=b"\x8b\x02\x80{}\x03")
    return header(packed_answer, "Content-Encoding", "br") if answer.body else answer


def spaced(request: Request, answer: Answer) -> Answer:
    """White space around the document, as PHP leaves it after its closing mark."""
    if not is_json(answer) or not answer.body:
        return answer
    return replace(answer, body=b"\r\n " + answer.body + b" \t\r\n\n")


def written_otherwise(request: Request, answer: Answer) -> Answer:
    """The same document by another writer: sorted, indented, every other sign escaped."""
    if not is_json(answer) or not answer.body:
        return answer
    document = json.loads(answer.body)
    return replace(answer, body=json.dumps(document, sort_keys=True, indent=2).encode())


# -- headers ---------------------------------------------------------------------------------


def unmarked(request: Request, answer: Answer) -> Answer:
    """A proxy that lets no header of the mock through."""
    other_headers = tuple(one for one in answer.headers if not one[0].lower().startswith("x-mock"))
    return replace(answer, headers=other_headers)


def lower_case(request: Request, answer: Answer) -> Answer:
    """Names of headers in small letters, as HTTP/2 has them."""
    return replace(answer, headers=tuple((name.lower(), value) for name, value in answer.headers))


def merged(request: Request, answer: Answer) -> Answer:
    """Headers of one name in one line, beside those that a CDN adds."""
    headers_by_name: dict[str, tuple[str, str]] = {}
    added = (("Via", "1.1 edge"), ("Via", "1.1 origin"), ("CF-Ray", "9f2c-GRU"), ("Age", "0"))
    for name, value in (*answer.headers, *added):
        before = headers_by_name.get(name.lower())
        headers_by_name[name.lower()] = (name, f"{before[1]}, {value}") if before else (name, value)
    return replace(answer, headers=tuple(headers_by_name.values()))


def typed_otherwise(request: Request, answer: Answer) -> Answer:
    """The content type with other letters and parameters."""
    if not is_json(answer):
        return answer
    return header(answer, "content-type", 'Application/JSON ; Charset="UTF-8"; profile=x')


def as_express(request: Request, answer: Answer) -> Answer:
    """The headers that a framework and its extensions add."""
    more = header(header(answer, "ETag", f'W/"{_fresh()}"'), "X-Powered-By", "Express")
    return header(header(more, "Set-Cookie", "a=1; Path=/"), "Access-Control-Allow-Origin", "*")


def dated(seconds: float | None) -> Alter:
    """The Date of a clock that is so far ahead; None for a host that writes none."""

    def alter(request: Request, answer: Answer) -> Answer:
        others = tuple(one for one in answer.headers if one[0].lower() != "date")
        date = formatdate(time.time() + (seconds or 0), usegmt=True)
        return replace(answer, headers=others if seconds is None else (*others, ("Date", date)))

    return alter


def slow(every: int, seconds: float) -> Alter:
    """A host that takes so many seconds longer for one answer of every so many."""
    numbers = itertools.count(1)

    def alter(request: Request, answer: Answer) -> Answer:
        if next(numbers) % every:
            return answer
        time.sleep(seconds)
        return replace(answer, seconds=answer.seconds + seconds)

    return alter


# -- what is added ---------------------------------------------------------------------------


_counter = itertools.count(1)


def _fresh() -> str:
    """What is another one in every answer."""
    return f"9f2c-{next(_counter)}"


def own_page(request: Request, answer: Answer) -> Answer:
    """A proxy that has its own page for what is too large."""
    html = (("Content-Type", "text/html"),)
    page = b"<html><h1>413 Request Entity Too Large</h1></html>"
    is_large = answer.status == 413 or len(request.body) > PROXY_TAKES
    return Answer(413, html, page) if is_large else answer


def edited(change: Callable[[Any], Any], answer: Answer) -> Answer:
    """Another document."""
    try:
        return replace(answer, body=json.dumps(change(json.loads(answer.body))).encode())
    except ValueError:
        return answer


def traced(request: Request, answer: Answer) -> Answer:
    """Errors have one field more."""
    if answer.status < 400:
        return answer
    return edited(lambda body: {**body, "traceId": _fresh()}, answer)


def fuller(request: Request, answer: Answer) -> Answer:
    """Every answer has one field and one header more."""
    more = header(answer, "X-Request-Id", _fresh())
    return edited(lambda body: {**body, "requestId": _fresh()} if _open(body) else body, more)


def deeper(document: Any) -> Any:
    """A field more in every object of a document."""
    if isinstance(document, dict):
        return {**{name: deeper(part) for name, part in document.items()}, "novoCampo": {"a": 1}}
    return [*map(deeper, document)] if isinstance(document, list) else document


def fuller_throughout(request: Request, answer: Answer) -> Answer:
    """Every object of every answer has a field more."""
    return edited(deeper, answer) if is_json(answer) else answer


def more_throughout(body: bytes) -> Sequence[bytes]:
    """The same in webhooks."""
    return (json.dumps(deeper(json.loads(body))).encode(),)


def _open(body: Any) -> bool:
    return isinstance(body, dict) and "error" in body


def with_more(body: bytes) -> Sequence[bytes]:
    """Each webhook has a field more, and another of an unknown event comes before it."""
    payload = json.loads(body)
    typing = {"instance_key": payload.get("instance_key"), "messageType": "typing.update"}
    return (json.dumps(typing).encode(), json.dumps({**payload, "shard": 7}).encode())


# -- ids -------------------------------------------------------------------------------------

# Ids that the mock has made; the suite's own, of a message nobody knows, stays as it is.
_SENT = re.compile(rb"\b(?!3EB0FFEEDD)(3EB0[0-9A-F]{18})(?![0-9A-F])")
TAIL = b"A1B2C3D4E5F6071829"


def long_ids(request: Request, answer: Answer) -> Answer:
    """Ids of 40 characters, as older versions made them."""
    return replace(answer, body=_SENT.sub(rb"\g<1>" + TAIL, answer.body))


def short_ids(request: Request) -> Request:
    """What the mock behind is asked for: its own ids."""
    target = request.target.replace(TAIL.decode(), "")
    return replace(request, target=target, body=request.body.replace(TAIL, b""))


def long_ids_told(body: bytes) -> Sequence[bytes]:
    """The same in webhooks."""
    return (_SENT.sub(rb"\g<1>" + TAIL, body),)


# -- what is not there -----------------------------------------------------------------------


def without(*paths: str) -> Alter:
    """Routes that a host does not have: 404, as for every unknown one."""

    def alter(request: Request, answer: Answer) -> Answer:
        if not any(f"/{path}" in f"{request.path}/" for path in paths):
            return answer
        body = {"name": "NOT_FOUND", "message": f"Resource {request.path} not found"}
        return Answer(404, JSON, json.dumps({**body, "statusCode": 404}).encode())

    return alter
