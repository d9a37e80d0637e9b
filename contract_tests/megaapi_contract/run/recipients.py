"""Asks the host about every recipient before anything is sent to one."""

from __future__ import annotations

from ..errors import SetupError, Unusable
from ..judging.phone_spellings import is_same_phone
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
    _require_others(context)
    recipients = context.gate.recipients
    recipients.unconfirmed |= set(options.recipients)
    if LOOK_UP not in context.contract.by_id:
        return
    for number in options.recipients:
        if _is_denied(context, number):
            own_too = bool(instance.number) and _is_denied(context, instance.number)
            raise recipient_error(context.target.name, number, own_too=own_too)


def _require_others(context: RunContext) -> None:
    """SetupError when the instance would write to itself: that is told otherwise than the rest."""
    own = context.instance.number if context.instance is not None else ""
    for number in context.options.recipients:
        if own and is_same_phone(own, number):
            raise SetupError(
                f"--recipient {number}: this is the instance's own number. Nobody else would get "
                "what the run sends: list another phone of yours"
            )


def _is_denied(context: RunContext, number: str) -> bool:
    assert context.instance is not None
    session = context.session("are the recipients on WhatsApp")
    try:
        answer = session.call(LOOK_UP, context.instance, query={"jid": f"{number}@s.whatsapp.net"})
    except Unusable:
        # The probes say what is wrong with this operation; whom it is about tells the first send.
        return False
    return context.gate.recipients.observe_look_up(number, answer)
