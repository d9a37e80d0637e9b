"""What a refusal says beside the answer, and what answers in an outage."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest
from megaapi_mock.errors import (
    RETRY_AFTER,
    HandledFailure,
    NotLoggedIn,
    Overloaded,
    RequestRejected,
    Unusable,
)
from megaapi_mock.handlers.call import OperationMark
from megaapi_mock.profile import default_profile
from megaapi_mock.web.gateway import refusals
from megaapi_mock.web.gateway.refusals import outage, own_bug, refusal_reply, require_usable

from ...domain.conftest import make_instance

PLAIN = default_profile()
OPERATION: Any = SimpleNamespace(
    spec_file="paths/send_message/send_text.yaml", takes_file=False, request_schema=None
)


def reply_of(refusal: RequestRejected, reword: Any = None, *, strict: bool = False) -> Any:
    endpoint: Any = SimpleNamespace(mark=OperationMark(reword=reword))
    return refusal_reply(refusal, endpoint, PLAIN, strict=strict)


def test_a_refusal_is_answered_with_its_status_and_reason() -> None:
    reply = reply_of(NotLoggedIn("no phone"))
    assert (reply.status, reply.reason, reply.extra) == (NotLoggedIn.status, "no phone", [])


def test_a_refusal_in_another_form_keeps_its_violations() -> None:
    def reword(refusal: RequestRejected, profile: Any) -> RequestRejected:
        return HandledFailure(refusal.reason, message="Number not found")

    reply = reply_of(Unusable("odd", violations=["to: missing"]), reword)
    assert (reply.status, reply.reason) == (200, "odd")
    assert reply.violations == ("to: missing",)


@pytest.mark.parametrize(("violations", "shown"), [(("to: missing", "text: missing"), 2), ((), 1)])
def test_strictly_said_what_is_unusable_is_a_422_in_full(
    violations: tuple[str, ...], shown: int
) -> None:
    reply = reply_of(Unusable("odd", violations=violations), strict=True)
    assert reply.status == 422
    assert reply.violations == (violations or ("odd",)) and len(reply.violations) == shown
    # Anything else is answered as it is.
    assert reply_of(NotLoggedIn("no phone"), strict=True).status == NotLoggedIn.status
    assert reply_of(Unusable("odd")).status == 500


def test_who_comes_in_a_crowd_is_told_when_to_come_again() -> None:
    assert reply_of(Overloaded("busy")).extra == [("Retry-After", RETRY_AFTER)]


def test_our_own_bug_is_a_bare_500_that_no_fault_changes() -> None:
    request: Any = SimpleNamespace(call_faults="armed")
    reply = own_bug(request)
    assert (reply.status, reply.reason) == (500, None) or (reply.status, reply.reason) == (500, "")
    assert request.call_faults is None


def test_a_closed_instance_says_what_opens_it() -> None:
    unlinked, restarting = make_instance(), make_instance(connected=True)
    restarting.begin()
    restarting.linking.restart()
    assert f"POST /_mock/instances/{unlinked.key}/link" in refusals.why_closed(unlinked)
    assert "its socket opens again by itself" in refusals.why_closed(restarting)


@pytest.mark.parametrize(
    ("switch", "status", "body"),
    [
        ("cdn_502", 502, b"error code: 502"),
        ("empty_200", 200, b""),
        ("error_true", 200, b'{"error"'),
    ],
)
def test_an_outage_answers_every_call_alike(switch: str, status: int, body: bytes) -> None:
    answer = outage(default_profile().with_switches({"outage": switch}))
    assert answer is not None
    reply = answer(0.0)
    assert reply.status == status and reply.body.lstrip().startswith(body)
    assert reply.reason == f"switch outage={switch}"


def test_without_an_outage_nothing_answers_in_its_place() -> None:
    assert outage(PLAIN) is None


class Validators:
    """In place of the contract's: what fits, and what is wrong where it does not."""

    def __init__(self, *violations: str) -> None:
        self.violations = violations
        self.contents: list[bytes] = []

    def request_fits(self, operation: Any, query: Any, document: Any) -> bool:
        return not self.violations

    def request_violations(
        self, operation: Any, query: Any, content: bytes, document: Any
    ) -> tuple[str, ...]:
        self.contents.append(content)
        return self.violations


def refused(validators: Validators, content: bytes = b"{}", kind: str = "application/json") -> Any:
    request: Any = SimpleNamespace(query={}, body_for_record=content, content_type=kind)
    parts: Any = (validators, PLAIN, request, OPERATION, {"a": 1})
    with pytest.raises(Unusable) as refusal:
        require_usable(*parts)
    return refusal.value


def test_what_fits_is_not_refused() -> None:
    request: Any = SimpleNamespace(query={})
    validators: Any = Validators()
    require_usable(validators, PLAIN, request, OPERATION, {})


def test_the_first_three_problems_are_said_and_all_are_kept() -> None:
    refusal = refused(Validators("a", "b", "c", "d"))
    assert refusal.reason == "a; b; c (spec/paths/send_message/send_text.yaml)"
    assert refusal.violations == ("a", "b", "c", "d")


def test_a_body_of_a_form_is_said_to_be_one_and_judged_as_it_was_read() -> None:
    validators = Validators("a")
    refusal = refused(validators, b"a=1", "application/x-www-form-urlencoded")
    assert refusal.violations[0].startswith("the body was read as a form")
    assert validators.contents == [b'{"a":1}']


def test_a_body_that_nobody_reads_is_the_problem_itself() -> None:
    validators = Validators("a")
    refusal = refused(validators, b"<a/>", "text/xml")
    assert refusal.violations[0].startswith("body: ") and validators.contents == []
