"""What a refusal says beside the answer."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from itertools import islice
from typing import Any

from ...codec import dumps
from ...domain.instance import Instance
from ...errors import RETRY_AFTER, InvalidRequest, Overloaded, RequestRejected, Unusable
from ...faults.kind import Moment, Replacing, WireAnswer
from ...faults.kinds.bad_gateway import BadGateway
from ...faults.kinds.empty_200 import Empty200
from ...faults.kinds.error_true_200 import ErrorTrue200
from ...profile import Profile
from ...spec.operations import Operation
from ...spec.validate import Validators
from .bodies import FORM, JSON, unread_type
from .body_hints import body_hints
from .endpoint import Endpoint
from .reply import Reply
from .request import Request

_OUTAGES: Mapping[str, Replacing] = {
    "cdn_502": BadGateway(),
    "empty_200": Empty200(),
    "error_true": ErrorTrue200(),
}


def why_closed(instance: Instance) -> str:
    """Why the gateway lets nothing through, and what ends it."""
    if instance.linking.restarting:
        return f"{instance.key} is restarting: its socket opens again by itself"
    return f"{instance.key} is not linked: POST /_mock/instances/{instance.key}/link"


def own_bug(request: Request) -> Reply:
    """A bare 500. A reason would make it look intended: no fault covers our own bug."""
    request.call_faults = None
    return Reply.json(500, RequestRejected("").body)


def require_usable(
    validators: Validators,
    profile: Profile,
    request: Request,
    operation: Operation,
    document: Any,
) -> None:
    """Unusable where query or body are not what the operation takes; it says in what."""
    query = request.query
    if validators.request_fits(operation, query, document):
        return
    content = request.body_for_record
    takes_file = operation.takes_file
    unread = (
        unread_type(profile, request.content_type, takes_file=takes_file)
        if content or takes_file
        else None
    )
    if unread is not None:
        problems, hints = [f"body: {unread}"], list[str]()
    else:
        problems, hints = _problems(validators, request, operation, document)
    sentences = "; ".join([*problems[:3], *hints])
    raise Unusable(f"{sentences or 'unusable'} (spec/{operation.spec_file})", violations=problems)


def _problems(
    validators: Validators, request: Request, operation: Operation, document: Any
) -> tuple[list[str], list[str]]:
    """What is wrong with query and body, and what their client probably meant."""
    content = request.body_for_record
    is_form = bool(content) and request.content_type == FORM
    # Forms are judged by what was read of them.
    judged = dumps(document) if is_form else content
    violations = validators.request_violations(operation, request.query, judged, document)
    problems = [str(violation) for violation in violations]
    if is_form:
        problems.insert(0, f"the body was read as a form: Content-Type {FORM}")
        if content.lstrip()[:1] in (b"{", b"["):
            return problems, [f"it looks like JSON: send it as Content-Type {JSON}"]
    if operation.request_schema is None:
        return problems, []
    hints = body_hints(document, operation.request_schema, validators.schemas)
    return problems, [*islice(hints, 3)]


def refusal_reply(
    refusal: RequestRejected, endpoint: Endpoint, profile: Profile, *, strict: bool
) -> Reply:
    """The answer to a call that cannot be carried out; `strict` says it as a 422, in full."""
    hook = endpoint.mark.reword
    if hook is not None:
        refusal = _with_violations(hook(refusal, profile), refusal)
    if strict and isinstance(refusal, Unusable):
        problems = refusal.violations or (refusal.reason,)
        refusal = InvalidRequest(refusal.reason, violations=problems)
    reply = Reply.json(refusal.status, refusal.body, refusal.reason)
    reply.violations = refusal.violations
    if isinstance(refusal, Overloaded):
        reply.extra.append(("Retry-After", RETRY_AFTER))
    return reply


def outage(profile: Profile) -> Callable[[float], Reply] | None:
    """What answers every call under the switch `outage`, a fault for good; None without one.

    It takes the time.
    """
    kind = _OUTAGES.get(profile["outage"])
    if kind is None:
        return None

    def answer(now: float) -> Reply:
        fault_answer = kind.answer(WireAnswer(0, b"", ""), Moment(now, 0.0, 0.0))
        reason = f"switch outage={profile['outage']}"
        return Reply(
            fault_answer.status, fault_answer.body, fault_answer.content_type, reason=reason
        )

    return answer


def _with_violations(refusal: RequestRejected, before: RequestRejected) -> RequestRejected:
    """A refusal in another form keeps the violations of the one it stands for."""
    if refusal is not before and not refusal.violations:
        refusal.violations = before.violations
    return refusal


def broken_contract(validators: Validators, endpoint: Endpoint, reply: Reply) -> str | None:
    """In words, how a reply of our own is against the contract; None where it is not."""
    violations = validators.reply_violations(
        endpoint.operation, reply.status, reply.content_type, reply.document
    )
    if not violations:
        return None
    text = f"{endpoint.address} answered {reply.status} against spec/"
    return f"{text}{endpoint.operation.spec_file}: {'; '.join(map(str, violations))[:500]}"
