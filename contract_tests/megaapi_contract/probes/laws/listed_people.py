"""The people a run may write to, however a host shows them: in another spelling, by LID."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from megaapi_mock.domain.jid import as_given

from ...errors import NotTried
from ...host.host_instance import HostInstance
from ...judging.phone_spellings import is_same_phone
from ...judging.results import Exchange
from ...judging.values import jid_of, value_at
from ..session import Session
from .calls import members
from .participant_results import OWN_WISH, participant_results


def as_listed(session: Session, address: object) -> str:
    """The address of a listed person as the run dials it; any other address as it is.

    A host may know a number with or without its ninth digit, whichever of the two was listed.
    """
    text, jid = str(address), jid_of(address)
    if session.gate.fence is None:
        return text
    number = session.gate.recipients.lids.get(text)
    if jid.person:
        same = (one for one in session.recipients if is_same_phone(one, jid.user))
        number = next(same, None)
    return text if number is None else as_given(number)


def looked_up(session: Session, answer: Exchange, person: str) -> str:
    """Whom an answer of isOnWhatsApp names, as the run dials them."""
    address = str(value_at(answer.json, "jid"))
    if jid_of(address).lid:
        session.gate.recipients.learn_lid(address, person)
    return as_listed(session, address)


def is_sent_to(session: Session, answer: Exchange, to: str) -> bool:
    """Whether a send's answer names the chat it was sent to: as dialled, or as WhatsApp knows it.

    Which of the two is a documented choice, the same throughout.
    """
    chat = value_at(answer.json, "messageData", "key", "remoteJid")
    if chat == as_given(to):
        return True
    is_theirs = jid_of(chat).person and as_listed(session, chat) == as_listed(session, as_given(to))
    if is_theirs:
        session.settle("remote_jid", "canonical", exchange=answer)
    return is_theirs


def learn_address(session: Session, lid: str, number: object) -> None:
    """Learn from a webhook that shows both that a listed person has this LID."""
    person = jid_of(as_listed(session, number))
    if any(person.user == one for one in session.recipients):
        session.gate.recipients.learn_lid(lid, person.user)


def with_listed(session: Session, node: Any) -> Any:
    """A document in which every address of a listed person is as the run dials them."""
    if isinstance(node, dict):
        return {name: with_listed(session, value) for name, value in node.items()}
    if isinstance(node, list):
        return [with_listed(session, value) for value in node]
    return as_listed(session, node) if isinstance(node, str) and "@" in node else node


def listed_members(session: Session, group: Mapping[str, Any]) -> dict[str, Any]:
    """Who is in a group and as what, listed people as the run dials them."""
    return {as_listed(session, address): rank for address, rank in members(dict(group)).items()}


def learn_hidden(session: Session, group: Mapping[str, Any], *people: str) -> None:
    """Learn the LID of a listed person whose number a group does not show.

    Only where nobody else can be meant: one of these people is missing, and one LID is unknown.
    """
    if session.gate.fence is None:
        return
    ranks = listed_members(session, group)
    missing = {jid_of(as_given(one)).user for one in people if as_given(one) not in ranks}
    unknown = [one for one, rank in ranks.items() if jid_of(one).lid and rank is None]
    if len(missing) == len(unknown) == 1:
        session.gate.recipients.learn_lid(unknown[0], missing.pop())


def require_addable(
    session: Session, instance: HostInstance, group: Mapping[str, Any], person: str
) -> None:
    """NotTried where somebody is not in a new group because they let nobody add them.

    The host is asked to add them then: what it answers of them is not its own fault.
    """
    learn_hidden(session, group, person)
    if session.gate.fence is None or as_given(person) in listed_members(session, group):
        return
    addable = session.gate.recipients.addable
    if person not in addable:
        body = {"group_data": {"jid": str(group.get("id")), "participants": [person]}}
        answer = session.call("add_participants", instance, body=body)
        results = participant_results(session, answer)
        # In the form of 2022 an answer does not say what became of anybody.
        addable[person] = results is not None and not OWN_WISH & {each for _, each in results}
    if not addable[person]:
        raise NotTried(_may_not_be_added(person))


def require_own_wish(session: Session, person: str, statuses: Iterable[str]) -> None:
    """NotTried where the host says that this person may not be added to groups."""
    if session.gate.fence is not None and OWN_WISH & {*statuses}:
        session.gate.recipients.addable[person] = False
        raise NotTried(_may_not_be_added(person))


def _may_not_be_added(person: str) -> str:
    return (
        f"{person} is in no new group, and the host does not say that they may be added: list "
        "somebody first who lets this instance add them to groups (--recipient)"
    )
