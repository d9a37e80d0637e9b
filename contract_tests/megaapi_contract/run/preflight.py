"""Checks that a gateway answers, and that it knows an instance and its token."""

from __future__ import annotations

from dataclasses import dataclass, replace

from ..errors import SetupError, Unusable
from ..host.host_instance import HostInstance
from ..host.status import LIST, NONE, Status, read_status
from ..judging.phone_spellings import is_same_phone
from ..judging.results import Exchange, json_problem
from ..probes.session import Session
from .context import RunContext, use_given_instance


@dataclass(frozen=True, slots=True)
class NamedInstance:
    """An instance as the options name it: its host, and the options that hold its parts."""

    instance: HostInstance
    host: str
    target_option: str = "--target"
    key_option: str = "--instance-key"
    token_option: str = "--token"
    number_option: str = "--instance-number"


def preflight(context: RunContext, given_instance: HostInstance) -> None:
    """One look at the given instance: Unusable or SetupError unless it answers as a gateway."""
    given = NamedInstance(given_instance, context.target.name)
    state = require_instance(context.session("preflight"), given)
    number = number_of(state, given)
    if context.gate.fence is not None:
        context.gate.fence.own = number
    if context.instance is not None:
        use_given_instance(
            context, replace(context.instance, number=number, connected=state.connected)
        )
        context.began_linked = state.connected


def require_instance(session: Session, given: NamedInstance) -> Status:
    """The state of an instance; Unusable or SetupError unless it answers as a gateway."""
    status = session.call("instance_status", given.instance)
    location = status.header("Location")
    if 300 <= status.status < 400:
        raise Unusable(
            f"{given.host} redirects to {location or 'nowhere'}: no redirect is followed, "
            f"give {given.target_option} the address itself if you trust it"
        )
    state = read_status(status)
    is_readable = isinstance(status.json, dict) or state.form == LIST
    if not is_readable and not _is_empty_but_known(status, session, given.instance):
        raise _unreadable(given.host, status)
    _require_success(status, given)
    if state.form == NONE and isinstance(status.json, dict) and status.json.get("error") is True:
        raise Unusable(
            f"{given.host} answers a status call with 200 and an error: is it up, and "
            f"does it know the instance key ({given.key_option})?"
        )
    _require_same_letters(state, given)
    return state


def number_of(state: Status, given: NamedInstance) -> str:
    """The number of a linked instance: as its status shows it, or as it was given.

    Empty where neither says it. SetupError where they differ.
    """
    shown_number, number = state.number, given.instance.number
    if shown_number and number and not is_same_phone(shown_number, number):
        raise SetupError(f"{given.number_option} {number}: {given.host} shows another number")
    return shown_number or (number if state.connected else "")


def _require_same_letters(state: Status, given: NamedInstance) -> None:
    """SetupError where the host shows the key in capitals and small letters of its own.

    Everything that names the instance would be taken for another one's.
    """
    key, own = state.key, given.instance.key
    if isinstance(key, str) and key != own and key.lower() == own.lower():
        raise SetupError(
            f"{given.host} writes the instance key in other letters, capital or small: give "
            f"{given.key_option} as the host shows it"
        )


def _require_success(status: Exchange, given: NamedInstance) -> None:
    if status.status == 404:
        raise SetupError(f"{given.host} does not know the instance key ({given.key_option})")
    if status.status in (401, 403):
        raise SetupError(f"{given.host} refuses the token ({given.token_option}): {status.status}")
    if not status.ok:
        raise Unusable(f"{given.host} answers {status.status} to a status call")


def _unreadable(host: str, status: Exchange) -> Unusable:
    """What a status answer is instead of a gateway's JSON object."""
    if problem := json_problem(status.body):
        return Unusable(
            f"{host} answers a status call with JSON that many programs cannot "
            f"read, nor can this one: {problem}"
        )
    kind = status.header("Content-Type").partition(";")[0] or "no content type"
    return Unusable(
        f"{host} answers {status.status} with {kind} where a gateway answers "
        "a JSON object: is it a megaAPI host, and is it up?"
    )


def _is_empty_but_known(status: Exchange, session: Session, given_instance: HostInstance) -> bool:
    """Whether an empty 200 comes from a gateway: some answer so while no phone is linked."""
    if status.status != 200 or status.body:
        return False
    return session.call("webhook_settings", given_instance).json is not None
