"""Asks the host about every recipient before anything is sent to one."""

from __future__ import annotations

from ..errors import Unusable
from ..safety.recipients import denied
from .context import RunContext

LOOK_UP = "is_on_whatsapp"
# What people notice: only before these anybody has to be asked about.
NOTICED = frozenset({"sends", "changes"})


def require_accounts(context: RunContext) -> None:
    """SetupError when the host says that a recipient has no account; before the first send.

    Where the host cannot be asked, the first send to each number tells.
    """
    place, options = context.place, context.options
    if place is None or not place.connected or not options.allow & NOTICED:
        return
    recipients = context.gate.recipients
    recipients.unconfirmed |= set(options.recipients)
    if LOOK_UP not in context.contract.by_id:
        return
    for number in options.recipients:
        if _is_denied(context, number):
            own_too = bool(place.number) and _is_denied(context, place.number)
            raise denied(context.target.name, number, own_too=own_too)


def _is_denied(context: RunContext, number: str) -> bool:
    assert context.place is not None
    session = context.session("are the recipients on WhatsApp")
    try:
        answer = session.call(LOOK_UP, context.place, query={"jid": f"{number}@s.whatsapp.net"})
    except Unusable:
        # The probes say what is wrong with this operation; whom it is about tells the first send.
        return False
    return context.gate.recipients.observe_look_up(number, answer)
