"""How each webhook event can be made to happen in the mock: calls that a reader can copy."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ..spec.gateway_events import CAUSED_BY_GATEWAY
from .calls import KEY, LOCAL_HOOK, CallExample, control_call

CUSTOMER, OWNER, GROUP = "5511900000002", "5511900000001", "120363000000000001@g.us"
# What `inbound` wants beside the event: the owner uses their own phone, a customer the rest.
_BODIES: Mapping[str, Mapping[str, Any]] = {
    "from-me-phone": {"from": OWNER, "to": CUSTOMER},
    "self-chat": {"from": OWNER},
    "newsletter": {"from": "120363000000000009@newsletter"},
    "group-participants": {"from": OWNER, "group": GROUP, "to": "5511900000003"},
    "group-update": {"from": CUSTOMER, "group": GROUP},
}
# What an event refers to: an event that must have come before, or an operation with its example.
BEFORE: Mapping[str, str] = {
    "text-quoted-reply": "send_text/to_person",
    "reaction": "send_text/to_person",
    "pin-in-chat": "send_text/to_person",
    "list-response": "send_list/full",
    "buttons-response": "send_buttons/reply",
    "interactive-response": "send_buttons/reply",
    "template-button-reply": "send_template/legacy",
    "poll-vote": "poll-creation",
    "edited": "text-plain",
    "deleted": "text-plain",
}


def cause(event: str) -> CallExample | None:
    """The call that lets a contact cause the event; None where the gateway does that itself."""
    if event in CAUSED_BY_GATEWAY:
        return None
    body = {**_BODIES.get(event, {"from": CUSTOMER}), "event": event}
    return control_call(event, f"/_mock/instances/{KEY}/inbound", body)


def gateway_way(event: str) -> str:
    """What makes the gateway cause an event, in a few English words."""
    return CAUSED_BY_GATEWAY[event].replace("{key}", KEY)


def emit_command(event: str) -> str:
    """The command that sends the event's payload to a receiver."""
    return f"megaapi-mock emit {event} --to {LOCAL_HOOK}\n"
