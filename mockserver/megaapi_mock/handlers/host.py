"""Instances of a dedicated host: listed, made and deleted with the administrator's token."""

from __future__ import annotations

import re

from ..domain.instance import Instance
from ..domain.settings import require_short
from ..errors import HandledFailure, RequestRejected, UnknownInstance, Unusable
from ..profile import Profile
from .call import HostCall, Json, operation, success
from .receiver_address import check_address

# One whole step of a path; most other signs get lost on the way there.
_FITS_A_PATH = re.compile(r"(?!\.{1,2}$)[^/?#%\\\s\x00-\x1f]+")


@operation()
def create_instance(call: HostCall) -> Json:
    """Whatever had the key is replaced without a word (ancestor)."""
    url, enabled = call.data.get("webhookUrl") or "", call.data.get("webhookEnabled")
    if call.query.get("disableWebhook") == "true":
        enabled = False
    key = call.query.get("instance_key")
    check_address(call, "webhookUrl", url)
    require_short("instance_key", key or "")
    if key and not _FITS_A_PATH.fullmatch(key):
        raise Unusable(f"instance_key {key[:80]!r} cannot stand in a path")
    key = call.host.create(key, url, enabled=bool(url) if enabled is None else enabled)
    if call.profile["init_shape"] == "flat":
        return success("Instance created", instance_key=key)
    return success("Instance created", data={"instance_key": key})


@operation()
def list_instances(call: HostCall) -> Json:
    """Each as its own status shows it (observed)."""
    return success("Instances listed", instances=call.host.each(_state))


def _unknown_as_handled(refusal: RequestRejected, profile: Profile) -> RequestRejected:
    """The only one that the ancestor answers with `error: true` where there is no instance."""
    if isinstance(refusal, UnknownInstance) and profile["delete_unknown"] == "error_true":
        return HandledFailure(refusal.reason, message=refusal.message)
    return refusal


@operation(reword=_unknown_as_handled)
def delete_instance(call: HostCall) -> Json:
    """With all that it has; what is still owed to its receiver is not sent."""
    call.host.delete(call.key)
    return success("Instance deleted")


def _state(instance: Instance) -> Json:
    if not instance.linked:
        return {"key": instance.key, "status": "disconnected"}
    user = {"id": instance.device_jid, "name": instance.name}
    return {"key": instance.key, "status": "connected", "user": user}
