"""What laws say of an answer, in sentences that hold no value of it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ..outcome import Exchange, Promise
from ..session import Session

NAMES: Mapping[int, str] = {
    400: "BAD_REQUEST",
    401: "UNAUTHORIZED",
    403: "FORBIDDEN",
    404: "NOT_FOUND",
    413: "PAYLOAD_TOO_LARGE",
    500: "INTERNAL_SERVER_ERROR",
}
NOT_LOGGED_IN = "Instance not logged in"
NOT_REGISTERED = "Number not registered on WhatsApp"
UNKNOWN_INSTANCE = "Instance not found"


def at(document: Any, *path: str | int) -> Any:
    """What stands there; None where the way ends before."""
    for step in path:
        if isinstance(document, Mapping) and isinstance(step, str):
            document = document.get(step)
        elif isinstance(document, list) and isinstance(step, int) and step < len(document):
            document = document[step]
        else:
            return None
    return document


def guess(session: Session, operation: str) -> Promise:
    """Vouching for what a switch of the mock decides: nobody has seen it."""
    return Promise("inferred", session.contract.by_id[operation].spec_file)


def claim(
    session: Session,
    exchange: Exchange,
    holds: object,
    sentence: str,
    *,
    promise: Promise | None = None,
) -> bool:
    """Hold a rule about a 200 of this operation; whether it did."""
    if promise is None:
        promise = session.contract.promise(str(exchange.operation), 200)
    return session.hold(holds, sentence, promise=promise, exchange=exchange)


def done(
    session: Session, exchange: Exchange, when: str, *, promise: Promise | None = None
) -> bool:
    """The call succeeded: a 200 that does not say `error`."""
    fine = exchange.status == 200 and at(exchange.json, "error") in (False, None)
    return claim(session, exchange, fine, f"{when}: 200", promise=promise)


def refused(
    session: Session,
    exchange: Exchange,
    status: int,
    when: str,
    *,
    operation: str = "",
    message: str = "",
    promise: Promise | None = None,
) -> bool:
    """The call was turned down with this status, and with an error of exactly three fields."""
    about = operation or str(exchange.operation)
    promise = promise or session.contract.promise(about, status)
    document = exchange.json if isinstance(exchange.json, dict) else {}
    rules = (
        (exchange.status == status, f"{status}"),
        (set(document) == {"name", "message", "statusCode"}, "name, message, statusCode alone"),
        (document.get("name") == NAMES[status], f"the name of {status}"),
        (document.get("statusCode") == status, f"the number of {status}"),
        (isinstance(document.get("message"), str), "a text"),
        (message in ("", document.get("message")), message),
    )
    # The first that does not hold: the others would only say it again.
    return all(
        session.hold(holds, f"{when}: {rule}", promise=promise, exchange=exchange, operation=about)
        for holds, rule in rules
    )


def not_logged_in(session: Session, exchange: Exchange, when: str) -> bool:
    """Turned down for want of a phone: 403, or the 401 that the vendor's documents have."""
    documented = exchange.status == 401 and at(exchange.json, "message") == NOT_LOGGED_IN
    status = 401 if documented else 403
    return refused(session, exchange, status, when, message=NOT_LOGGED_IN)


def handled(session: Session, exchange: Exchange, when: str, *, promise: Promise) -> bool:
    """A failure inside a 200: `error` is true."""
    said = exchange.status == 200 and at(exchange.json, "error") is True
    return claim(session, exchange, said, f"{when}: 200 with error true", promise=promise)
