"""What a host answers of each person whom a group was to take in or let go."""

from __future__ import annotations

from typing import Any

from ...judging.results import Exchange
from ..session import Session
from .assertions import value_at
from .calls import number_or_address

ADDED, NOT_FOUND, ALREADY_IN, PRIVATE = "200", "404", "409", "403"
# What is answered of somebody who may not be added: blocked, private, left lately.
OWN_WISH = frozenset({"401", PRIVATE, "408"})


def participant_results(session: Session, answer: Exchange) -> list[tuple[str, str]] | None:
    """What became of each person, JID and status; None where, as in 2022, only JIDs are told."""
    results = value_at(answer.json, "updatedParticipants")
    parts = results if isinstance(results, list) else []
    pairs = [part for part in parts if isinstance(part, list)]
    people = [one for part in parts for one in (part if isinstance(part, list) else [part])]
    bare = bool(people) and all(isinstance(one, str) for one in people)
    if people:
        form = "2022" if bare else "" if pairs else "flat"
        session.settle("participants_shape", form, exchange=answer)
    if bare:
        return None
    return [(_person_of_result(one), str(value_at(one, "status"))) for one in people]


def _person_of_result(result: Any) -> str:
    """Whom a result is about, by number where one is told."""
    attributes = value_at(result, "content", "attrs")
    beside = attributes if isinstance(attributes, dict) else {}
    return number_or_address({**beside, "jid": value_at(result, "jid")}, "jid", "phone_number")
