"""Checks that a gateway answers, and that it knows the given instance and token."""

from __future__ import annotations

from dataclasses import replace

from ..errors import SetupError, Unusable
from ..host.place import Place
from ..host.status import LIST, NONE, read_status
from ..judging.results import Exchange, json_problem
from ..session import Session
from .context import RunContext, use_given_instance


def preflight(context: RunContext, given_place: Place) -> None:
    """One look at the given instance: Unusable or SetupError unless it answers as a gateway."""
    session = context.session("preflight")
    status = session.call("instance_status", given_place)
    location = status.header("Location")
    if 300 <= status.status < 400:
        raise Unusable(
            f"{context.target.name} redirects to {location or 'nowhere'}: no redirect is followed, "
            "give --target the address itself if you trust it"
        )
    state = read_status(status)
    is_readable = isinstance(status.json, dict) or state.form == LIST
    if not is_readable and not _is_empty_but_known(status, session, given_place):
        raise _unreadable(context, status)
    if status.status == 404:
        raise SetupError(f"{context.target.name} does not know the instance key (--instance-key)")
    if status.status in (401, 403):
        raise SetupError(f"{context.target.name} refuses the token (--token): {status.status}")
    if not status.ok:
        raise Unusable(f"{context.target.name} answers {status.status} to a status call")
    if state.form == NONE and isinstance(status.json, dict) and status.json.get("error") is True:
        raise Unusable(
            f"{context.target.name} answers a status call with 200 and an error: is it up, and "
            "does it know the instance key (--instance-key)?"
        )
    if context.gate.fence is not None:
        context.gate.fence.own = state.number
    if context.place is not None:
        use_given_instance(
            context, replace(context.place, number=state.number, connected=state.connected)
        )
        context.began_linked = state.connected


def _unreadable(context: RunContext, status: Exchange) -> Unusable:
    """What a status answer is instead of a gateway's JSON object."""
    if problem := json_problem(status.body):
        return Unusable(
            f"{context.target.name} answers a status call with JSON that many programs cannot "
            f"read, nor can this one: {problem}"
        )
    kind = status.header("Content-Type").partition(";")[0] or "no content type"
    return Unusable(
        f"{context.target.name} answers {status.status} with {kind} where a gateway answers "
        "a JSON object: is it a megaAPI host, and is it up?"
    )


def _is_empty_but_known(status: Exchange, session: Session, given_place: Place) -> bool:
    """Whether an empty 200 comes from a gateway: some answer so while no phone is linked."""
    if status.status != 200 or status.body:
        return False
    return session.call("webhook_settings", given_place).json is not None
