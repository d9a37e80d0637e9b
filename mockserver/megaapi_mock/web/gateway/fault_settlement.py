"""Which faults hit a call: settled once, behind the token check, with its instance held."""

from __future__ import annotations

from ...domain.instance import Instance
from ...errors import RequestRejected
from ...faults.active import ActiveFaults
from ...profile import Profile
from .call_faults import ASKED, CallFaults, WaitFirst, find
from .endpoint import Endpoint
from .request import Request


def settle(
    faults: ActiveFaults, profile: Profile, instance: Instance, request: Request, endpoint: Endpoint
) -> CallFaults:
    """What faults do to this call, settled at its first look; WaitFirst when it is to wait."""
    call_faults = request.call_faults
    if call_faults is None:
        request.call_faults = call_faults = find(
            faults,
            endpoint.operation,
            instance.key,
            recipient=_recipient(faults, profile, request, endpoint),
            header=request.environ.get(ASKED),
        )
        if call_faults.wait:
            raise WaitFirst(lambda: call_faults.wait)
    call_faults.refuse(instance)
    instance.fault_effects = call_faults.fault_effects
    return call_faults


def _recipient(
    faults: ActiveFaults, profile: Profile, request: Request, endpoint: Endpoint
) -> str | None:
    """Whom the call is for, if any fault asks; None also where the body does not say."""
    if endpoint.recipient is None or not faults.wants_recipients:
        return None
    mend = endpoint.mark.mend
    try:
        document = request.document()
        document = document if mend is None else mend(document, profile)
        place = request.query if endpoint.asks_query else document
        return faults.person(str(endpoint.recipient(place)))
    except (RequestRejected, LookupError, TypeError):
        return None
