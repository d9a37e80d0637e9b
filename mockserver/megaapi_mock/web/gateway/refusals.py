"""What a refusal says beside the answer."""

from __future__ import annotations

from typing import Any

from ...codec import dumps
from ...domain.instance import Instance
from ...errors import RequestRejected, Unusable
from ...profile import Profile
from ...spec.operations import Operation
from ...spec.validate import Validators
from .bodies import FORM, unread_type
from .request import Request


def why_closed(instance: Instance) -> str:
    """Why the gateway lets nothing through, and what ends it."""
    if instance.linking.restarting:
        return f"{instance.key} is restarting: its socket opens again by itself"
    return f"{instance.key} is not linked: POST /_mock/instances/{instance.key}/link"


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
    content = request.shown
    unread = unread_type(profile, request.content_type) if content else None
    if unread is not None:
        problems = [f"body: {unread}"]
    else:
        if request.content_type == FORM:
            content = dumps(document)
        violations = validators.request_violations(operation, query, content, document)
        problems = [str(violation) for violation in violations]
    if content and request.content_type == FORM:
        problems.insert(0, f"the body was read as a form: Content-Type {FORM}")
    reason = f"{'; '.join(problems[:3]) or 'unusable'} (spec/{operation.spec_file})"
    raise Unusable(reason, violations=problems)


def with_violations(refusal: RequestRejected, before: RequestRejected) -> RequestRejected:
    """A refusal in another form keeps the violations of the one it stands for."""
    if refusal is not before and not refusal.violations:
        refusal.violations = before.violations
    return refusal
