"""Reports as runs leave them, made by hand."""

from __future__ import annotations

import json
from typing import Any

from megaapi_contract.judging.results import (
    Breach,
    Exchange,
    OperationCoverage,
    Promise,
    Report,
    Result,
    Webhook,
)

KEY, TOKEN = "megacode-TESTKEY7Q4Z", "TESTKEY7Q4Z"
SURE = Promise("observed", "paths/send_message/send_text.yaml", ("business-docs",))
GUESS = Promise("inferred", "paths/group/group_details.yaml")


def exchange(number: int = 1, operation: str = "send_text", **changes: Any) -> Exchange:
    """One send of a text, or what is said otherwise."""
    parts: dict[str, Any] = {
        "number": number, "operation": operation, "method": "POST", "status": 201,
        "url": f"http://mock/rest/sendMessage/{KEY}/text", "time": 1767225600.0, "seconds": 0.01,
        "request_headers": (
            ("Authorization", f"Bearer {TOKEN}"), ("Content-Type", "application/json"),
        ),
        "request_body": json.dumps(
            {"messageData": {"to": "5511900000902", "text": "It's <b>Zorba</b>"}}
        ).encode(),
        "headers": (("Content-Type", "application/json"),),
        "body": b'{"error":false}',
    }  # fmt: skip
    return Exchange(**parts | changes)


def failure(message: str = "201 is not promised", **changes: Any) -> Breach:
    """A broken promise the contract was sure of."""
    parts: dict[str, Any] = {
        "probe": "examples of send_text", "kind": "status", "operation": "send_text",
        "message": message, "promise": SURE, "exchange": exchange(),
    }  # fmt: skip
    return Breach(**parts | changes)


def finding() -> Breach:
    """A broken guess."""
    return Breach(
        "the group is left", "law", "group_details", "the group is not listed any more", GUESS
    )


def good() -> Report:
    """Everything was kept."""
    covered = OperationCoverage(
        "send_text", 2, {200: 2}, ("200", "401"), ("body: JSON",), {"body: JSON"}, True
    )
    return Report(
        "mock", False, 7, 1767225600.0, False,
        results=[Result("examples of send_text", "examples", ("send_text",), "passed", 0.5, 2)],
        coverage={"send_text": covered}, exchanges=[exchange(1, status=200)],
        webhooks=[Webhook(1, b'{"messageType": "conversation"}', (), 1767225601.0, "text-plain")],
        seconds=1.5, options={"quick": "no"},
    )  # fmt: skip


def bad(*, strict: bool = False) -> Report:
    """Two failures, one finding, one probe left out, one operation without a 2xx."""
    report = good()
    report.strict = strict
    report.exchanges = [exchange()]
    second_failure = failure('200: messageData/key: "id" is a required property', kind="schema")
    report.results = [
        Result("examples of send_text", "examples", ("send_text",), "failed", 0.5, 2,
               breaches=(failure(), failure(), second_failure), first=1, last=1),
        Result("the group is left", "laws", ("group_details",), "findings", 0.25, 1,
               breaches=(finding(),)),
        Result("a number is refused", "laws", ("send_text",), "left out",
               reason="sends: not allowed (--allow sends)"),
    ]  # fmt: skip
    report.coverage["group_details"] = OperationCoverage(
        "group_details", 1, {418: 1}, ("200", "401"), why_not="no group is known"
    )
    return report


def unusable() -> Report:
    """The host went away."""
    report = good()
    report.results = [Result("examples of send_text", "examples", ("send_text",), "unusable",
                           reason="the host is down")]  # fmt: skip
    report.unusable = "the host is down"
    return report


def interrupted() -> Report:
    """Somebody pressed Ctrl-C after two failures."""
    report = bad()
    report.interrupted = True
    return report
