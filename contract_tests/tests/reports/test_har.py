"""HAR 1.2: every member the specification asks for."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from urllib.parse import urlsplit

import orjson
from megaapi_contract.reports.har import har

from ..made_up import exchange, good

ENTRY = {"startedDateTime", "time", "request", "response", "cache", "timings", "comment"}
REQUEST = {
    "method", "url", "httpVersion", "cookies", "headers", "queryString", "headersSize", "bodySize",
}  # fmt: skip
RESPONSE = {
    "status", "statusText", "httpVersion", "cookies", "headers", "content", "redirectURL",
    "headersSize", "bodySize",
}  # fmt: skip


def entries(document: dict[str, Any]) -> list[dict[str, Any]]:
    return list(orjson.loads(orjson.dumps(document))["log"]["entries"])


def test_every_entry_is_whole() -> None:
    report = good()
    report.exchanges.append(exchange(2, status=599, request_body=b"", body=b"\xff"))
    document = har(report)
    assert document["log"]["version"] == "1.2"
    har_entries = entries(document)
    assert len(har_entries) == 3
    for entry in har_entries:
        assert set(entry) == ENTRY
        assert set(entry["request"]) - {"postData"} == REQUEST
        assert set(entry["response"]) == RESPONSE
        assert datetime.fromisoformat(entry["startedDateTime"]).tzinfo is not None
        assert urlsplit(entry["request"]["url"]).netloc
        assert sum(entry["timings"].values()) == entry["time"]


def test_exchanges_and_webhooks_are_in_the_order_of_time() -> None:
    assert [entry["comment"] for entry in entries(har(good()))] == [
        "exchange 1: send_text",
        "webhook 1: text-plain",
    ]


def test_a_placeholder_in_an_address_is_encoded() -> None:
    report = good()
    report.exchanges = [exchange(url="http://mock/rest/group/<key 1>/group?jid=<group 1>@g.us")]
    request = entries(har(report))[0]["request"]
    assert request["url"] == "http://mock/rest/group/%3Ckey%201%3E/group?jid=%3Cgroup%201%3E@g.us"
    assert request["queryString"] == [{"name": "jid", "value": "<group 1>@g.us"}]
