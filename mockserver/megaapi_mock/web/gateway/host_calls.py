"""Calls about all instances of a host: no instance is held while they are carried out."""

from __future__ import annotations

from dataclasses import dataclass

from ...codec import dumps
from ...errors import Conflict, Impossible, Unusable
from ...faults.active import ActiveFaults
from ...handlers.call import Host, HostCall
from ...profile import Profile
from ...spec.validate import Validators
from .auth import Access
from .call_faults import ASKED, WaitFirst, find
from .endpoint import Endpoint
from .refusals import require_usable
from .reply import JSON, Reply
from .request import Request


@dataclass(frozen=True)
class HostCalls:
    """The checks and the handler of an operation of the host.

    The token comes first: the ancestor looks for an instance only where it deletes one. What a
    fault does to such a call is done to its answer alone: nothing is undone.
    """

    host: Host
    access: Access
    validators: Validators
    profile: Profile
    faults: ActiveFaults

    def answer(self, request: Request, endpoint: Endpoint, key: str) -> Reply:
        """The reply; RequestRejected where it is refused, WaitFirst where a fault holds it up."""
        self.access.require_admin(request.environ.get("HTTP_AUTHORIZATION", ""))
        if self.faults.has_faults or ASKED in request.environ:
            if self._is_replaced(request, endpoint, key):
                return Reply(0, b"", "")
        document = request.document()
        require_usable(self.validators, self.profile, request, endpoint.operation, document)
        call = HostCall(
            endpoint.operation,
            self.host,
            key,
            (document or {}).get("messageData") or {},
            request.query,
            self.profile,
        )
        try:
            answer = endpoint.handler(call)
        except (Conflict, Impossible) as refusal:
            raise Unusable(str(refusal)) from None
        return Reply(200, dumps(answer), JSON, answer, "; ".join(call.notes) or None)

    def _is_replaced(self, request: Request, endpoint: Endpoint, key: str) -> bool:
        """Settle once which faults hit the call; whether one answers in its place."""
        if request.call_faults is None:
            request.call_faults = call_faults = find(
                self.faults,
                endpoint.operation,
                key,
                recipient=None,
                header=request.environ.get(ASKED),
            )
            if call_faults.wait:
                raise WaitFirst(lambda: call_faults.wait)
        return request.call_faults.early
