"""Every exchange and every webhook as HAR 1.2, for the tools that read it."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime
from http import HTTPStatus
from typing import Any
from urllib.parse import parse_qsl, quote

from .. import __version__
from ..judging.results import Exchange, Report, Webhook

RECEIVER = "http://receiver.invalid/webhooks"
# Signs of placeholders and templates are not part of an address.
_SAFE = ":/?#[]@!$&'()*+,;=%~-._"


def har(report: Report) -> dict[str, Any]:
    """The document of a clean report; entries are in the order of their times."""
    entries = [*map(exchange_entry, report.exchanges), *map(webhook_entry, report.webhooks)]
    entries.sort(key=lambda entry: str(entry["startedDateTime"]))
    return har_of(entries)


def har_of(entries: list[dict[str, Any]]) -> dict[str, Any]:
    """The document with these entries."""
    return {
        "log": {
            "version": "1.2",
            "creator": {"name": "megaapi-contract", "version": __version__},
            "pages": [],
            "entries": entries,
            "comment": "Keys, tokens, numbers, names and texts are replaced by placeholders.",
        }
    }


def exchange_entry(exchange: Exchange) -> dict[str, Any]:
    """One exchange without private values."""
    milliseconds = round(exchange.seconds * 1000, 3)
    return {
        "startedDateTime": _time(exchange.time),
        "time": milliseconds,
        "request": _request(
            exchange.method, exchange.url, exchange.request_headers, exchange.request_body
        ),
        "response": _response(exchange.status, exchange.headers, exchange.body),
        "cache": {},
        "timings": {"send": 0, "wait": milliseconds, "receive": 0},
        "comment": f"exchange {exchange.number}: {exchange.operation or 'unknown route'}",
    }


def webhook_entry(webhook: Webhook) -> dict[str, Any]:
    """One webhook without private values."""
    return {
        "startedDateTime": _time(webhook.time),
        "time": 0,
        "request": _request("POST", RECEIVER, webhook.headers, webhook.body),
        "response": _response(200, (), b""),
        "cache": {},
        "timings": {"send": 0, "wait": 0, "receive": 0},
        "comment": f"webhook {webhook.number}: {webhook.event or 'not recognised'}",
    }


def _request(
    method: str, url: str, headers: Iterable[tuple[str, str]], body: bytes
) -> dict[str, Any]:
    document: dict[str, Any] = {
        "method": method,
        "url": quote(url, safe=_SAFE),
        "httpVersion": "HTTP/1.1",
        "cookies": [],
        "headers": _pairs(headers),
        "queryString": _pairs(parse_qsl(url.partition("?")[2], keep_blank_values=True)),
        "headersSize": -1,
        "bodySize": len(body),
    }
    if body:
        document["postData"] = {"mimeType": _type(headers), "text": body.decode("utf-8", "replace")}
    return document


def _response(status: int, headers: Iterable[tuple[str, str]], body: bytes) -> dict[str, Any]:
    has_phrase = status in HTTPStatus._value2member_map_
    return {
        "status": status,
        "statusText": HTTPStatus(status).phrase if has_phrase else "",
        "httpVersion": "HTTP/1.1",
        "cookies": [],
        "headers": _pairs(headers),
        "content": {
            "size": len(body),
            "mimeType": _type(headers),
            "text": body.decode("utf-8", "replace"),
        },
        "redirectURL": "",
        "headersSize": -1,
        "bodySize": len(body),
    }


def _pairs(pairs: Iterable[tuple[str, str]]) -> list[dict[str, str]]:
    return [{"name": name, "value": value} for name, value in pairs]


def _type(headers: Iterable[tuple[str, str]]) -> str:
    return next((value for name, value in headers if name.lower() == "content-type"), "")


def _time(seconds: float) -> str:
    return datetime.fromtimestamp(seconds, UTC).isoformat(timespec="milliseconds")
