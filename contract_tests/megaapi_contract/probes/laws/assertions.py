"""What laws say of an answer, in sentences that hold no value of it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ...judging.additions import is_same_but_for_additions
from ...judging.results import Exchange, Promise, weakest
from ...judging.values import value_at as value_at
from ..session import Session

NAMES: Mapping[int, str] = {
    400: "BAD_REQUEST",
    401: "UNAUTHORIZED",
    403: "FORBIDDEN",
    404: "NOT_FOUND",
    413: "PAYLOAD_TOO_LARGE",
    500: "INTERNAL_SERVER_ERROR",
}
# What a host adds to them is a new fact, which the judge notes.
FIELDS = frozenset({"name", "message", "statusCode"})
NOT_LOGGED_IN = "Instance not logged in"
TOO_LARGE = 413
NOT_REGISTERED = "Number not registered on WhatsApp"
UNKNOWN_INSTANCE = "Instance not found"

# The fields of a key that say who wrote a message.
AUTHOR = ("participant", "participantLid", "participantPn", "senderLid", "senderPn")
# What stands in pushName where the gateway knows no name.
NAMELESS = (None, "", "null")


def inferred(session: Session, operation: str) -> Promise:
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


def is_same(session: Session, one: Any, other: Any) -> bool:
    """Whether two contents are the same; fields that no contract knows are a host's own."""
    return is_same_but_for_additions(one, other, session.contract.member_names)


def claim_success(
    session: Session, exchange: Exchange, when: str, *, promise: Promise | None = None
) -> bool:
    """The call succeeded: a 200 that does not say `error`."""
    fine = exchange.status == 200 and value_at(exchange.json, "error") in (False, None)
    return claim(session, exchange, fine, f"{when}: 200", promise=promise)


def has_buttons_of_2022(session: Session, answer: Exchange) -> bool:
    """Whether buttons are answered as in 2022: with their texts alone, without title and ids."""
    are_old = value_at(answer.json, "messageData", "message", "interactiveMessage") is None
    return are_old and session.takes_alternative(answer, "buttons_form")


def is_limit_of_proxy(exchange: Exchange) -> bool:
    """Whether the body was too large for what stands before the host, which has its own page."""
    document = exchange.json if isinstance(exchange.json, dict) else {}
    return exchange.status == TOO_LARGE and not document


def claim_refusal(
    session: Session,
    exchange: Exchange,
    status: int,
    when: str,
    *,
    operation: str = "",
    message: str = "",
    promise: Promise | None = None,
    switches: tuple[str, ...] = (),
) -> bool:
    """The call was turned down with this status, and with an error of three fields.

    Of a body that is too large only the status is known: a proxy has a page of its own for it.
    Where one of `switches` has a documented alternative, that is as good, all through the run.
    """
    if session.takes_alternative(exchange, *switches):
        return True
    about = operation or str(exchange.operation)
    promise = promise or session.contract.promise(about, status)
    document = exchange.json if isinstance(exchange.json, dict) else {}
    if status == TOO_LARGE and is_limit_of_proxy(exchange):
        return True
    # A 500 says nothing of the other ways: that is what many different mistakes lead to.
    if exchange.status == status != 500:
        session.settle_usual(exchange, *switches, promise=promise)
    _note_other_fields(session, exchange, status, promise)
    # The first that does not hold: the others would only say it again.
    return all(
        session.hold(holds, f"{when}: {rule}", promise=promise, exchange=exchange, operation=about)
        for holds, rule in _refusal_rules(exchange.status, document, status, message)
    )


def _note_other_fields(session: Session, exchange: Exchange, status: int, promise: Promise) -> None:
    """Note fields that errors do not have; of an operation's own answer the judge notes them."""
    is_judged_elsewhere = exchange.operation is not None or exchange.status != status
    document = exchange.json if isinstance(exchange.json, dict) else {}
    for name in () if is_judged_elsewhere else sorted(set(document) - FIELDS):
        sentence = f"body: {name}: a field that errors do not have"
        session.note(sentence, promise=promise, exchange=exchange)


def _refusal_rules(
    actual_status: int, document: Mapping[str, Any], status: int, message: str
) -> tuple[tuple[bool, str], ...]:
    """What holds of an error of three fields, each with its sentence."""
    return (
        (actual_status == status, f"{status}"),
        (FIELDS <= set(document), "name, message, statusCode"),
        # Clients take `error: true` for the sign of a failure that comes with a 200.
        ("error" not in document, "no `error`"),
        (document.get("name") == NAMES[status], f"the name of {status}"),
        (document.get("statusCode") == status, f"the number of {status}"),
        (isinstance(document.get("message"), str), "a text"),
        (message in ("", document.get("message")), message),
    )


def in_order(session: Session, operation: str, status: int) -> Promise:
    """The promise behind one check coming before another: nobody has seen the order itself."""
    return weakest(session.contract.promise(operation, status), inferred(session, operation))


def not_logged_in(
    session: Session, exchange: Exchange, when: str, *, promise: Promise | None = None
) -> bool:
    """Turned down for want of a phone: 403, or as the contract knows it besides."""
    return claim_refusal(
        session, exchange, 403, when, message=NOT_LOGGED_IN, promise=promise,
        switches=("disconnected_status", "is_on_whatsapp_disconnected"),
    )  # fmt: skip


def no_account(session: Session, exchange: Exchange, when: str) -> bool:
    """Turned down for want of an account: 403, a send nobody gets, or a 200 without a message."""
    if session.takes_alternative(exchange, "swallowed_sends"):
        return True
    if exchange.status == 200 and value_at(exchange.json, "error") is False:
        session.settle("unregistered_sends", "200", exchange=exchange)
        return True
    switches = ("unregistered_sends", "swallowed_sends")
    return claim_refusal(session, exchange, 403, when, message=NOT_REGISTERED, switches=switches)


def logged_out(session: Session, exchange: Exchange, when: str) -> bool:
    """A logout of an instance without a phone: done, or refused in a documented way."""
    if session.takes_alternative(exchange, "logout_disconnected"):
        return True
    session.settle("logout_disconnected", exchange=exchange)
    return claim_success(session, exchange, when)


def ended_or_refused(session: Session, exchange: Exchange, when: str) -> bool:
    """A logout where nothing is linked and a session is left: each documented way is as good."""
    alternatives = session.contract.alternatives("logout")
    if any(one.switch == "logout_disconnected" and one.fits(exchange) for one in alternatives):
        return True
    return claim_success(session, exchange, when)


def claim_failure(
    session: Session, exchange: Exchange, when: str, *, promise: Promise, switch: str = ""
) -> bool:
    """A failure inside a 200: `error` is true; or a documented alternative of a switch."""
    if session.takes_alternative(exchange, switch):
        return True
    if switch and exchange.status == 200:
        session.settle(switch, exchange=exchange, promise=promise)
    is_handled = exchange.status == 200 and value_at(exchange.json, "error") is True
    return claim(session, exchange, is_handled, f"{when}: 200 with error true", promise=promise)
