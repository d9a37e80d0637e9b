"""Asks the host about every recipient before anything is sent to one."""

from __future__ import annotations

from ..errors import Unusable
from ..safety.recipients import recipient_error
from .context import RunContext

LOOK_UP = "is_on_whatsapp"
# What people notice: only before these anybody has to be asked about.
NOTICED = frozenset({"sends", "changes"})


def require_accounts(context: RunContext) -> None:
    """SetupError when the host says that a recipient has no account; before the first send.

    Where the host cannot be asked, the first send to each number tells.
    """
    instance, options = context.instance, context.options
    if instance is None or not instance.connected or not options.allow & NOTICED:
        return
    recipients = context.gate.recipients
    recipients.unconfirmed |= set(options.recipients)
    if LOOK_UP not in context.contract.by_id:
        return
    for number in options.recipients:
        if _is_denied(context, number):
            own_too = bool(instance.number) and _is_denied(context, instance.number)
            raise recipient_error(context.target.name, number, own_too=own_too)


def _is_denied(context: RunContext, number: str) -> bool:
    assert context.instance is not None
    session = context.session("are the recipients on WhatsApp")
    try:
        answer = session.call(LOOK_UP, context.instance, query={"jid": f"{number}@s.whatsapp.net"})
    except Unusable:
        # The probes say what is wrong with this operation; whom it is about tells the first send.
        return False
    return context.gate.recipients.observe_look_up(number, answer)
