"""What laws do again and again, on a mock and on a real host alike."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator, Mapping
from typing import Any

from megaapi_mock.domain.jid import as_given

from ...errors import Impossible
from ...host.host_clock import CLOSE, read_moment
from ...host.host_instance import HostInstance
from ...host.stage import WORLD, Stage
from ...judging.results import Exchange
from ...judging.values import jid_of
from ...safety.fence import MOST_DIGITS
from ..session import Session
from .assertions import value_at

Json = dict[str, Any]
# Longer than the names that a careless program cuts, and shorter than those of WhatsApp.
GROUP_NAME = 'A\u00e7\u00e3o & "S\u00e3o" \U0001f44d da equipe de vendas e entregas'

# Clients keep a secret there, in whatever letters: nothing of it is written otherwise.
QUERY = "loja=1%2F2&Modo=teste%20a+b&x=%c3%a7%C3%83"


def someone(session: Session, number: int = 0) -> str:
    """A person to ask for: one of the listed ones, else oneself, else one of the mock's world."""
    fence = session.gate.fence
    own = (fence.own,) if fence is not None and fence.own else ()
    people = session.recipients or own or WORLD
    return people[number % len(people)]


def nobody(session: Session) -> str:
    """A number that nobody can have: no number has so many digits."""
    return someone(session).ljust(MOST_DIGITS + 1, "0")


def several(session: Session, count: int) -> list[str]:
    """So many different people to ask for, or as many as there are."""
    return list(dict.fromkeys(someone(session, number) for number in range(count)))


def host_time(stage: Stage) -> float:
    """A mock's time in unix seconds; this machine's where a given host's is not known."""
    if not stage.phone:
        return time.time()
    return float(stage.control_api("GET", "/_mock/clock")["now"])


def is_now(session: Session, stage: Stage, answer: Exchange, value: Any) -> bool:
    """Whether a time is the one at which an answer was given, by the clock of the host.

    On a given host that may have been for a law before.
    """
    moment = read_moment(value)
    if moment is None:
        return False
    if stage.phone:
        return abs(moment - host_time(stage)) <= CLOSE
    return session.gate.clock.is_now(moment, answer)


def is_between(session: Session, stage: Stage, moment: int, began: float, ended: float) -> bool:
    """Whether the host's clock showed this between two readings of `host_time`, or close to it."""
    if stage.phone:
        return began - CLOSE <= moment <= ended + CLOSE
    return session.gate.clock.is_between(moment, began, ended)


def message(session: Session, instance: HostInstance, operation: str, **data: Any) -> Exchange:
    """A call whose fields stand under messageData. What it brings along and gets is known then."""
    session.gate.learn(texts(data))
    answer = send_once(session, instance, operation, {"messageData": data})
    if answer.ok:
        session.gate.learn(texts(value_at(answer.json, "messageData")))
    return answer


def send_once(session: Session, instance: HostInstance, operation: str, body: Json) -> Exchange:
    """The answer to a message, which a given host gets once in a run.

    A law that sends the same again, or waits for what is told of it, has it sent again.
    """
    is_given = session.gate.fence is not None
    before = session.run_record.answer_to(operation, body, session.probe) if is_given else None
    if before is not None and not session.sends_anew:
        session.called_operations.add(operation)
        return before
    answer = session.call(operation, instance, body=body)
    if is_given and answer.ok:
        session.run_record.note_send(operation, body, answer)
    return answer


def text(
    session: Session, instance: HostInstance, to: str = "", words: str = "Bom dia"
) -> Exchange:
    """A text to somebody."""
    return message(session, instance, "send_text", to=to or someone(session), text=words)


def texts(node: Any) -> Iterator[str]:
    """Every text in a document."""
    if isinstance(node, str):
        yield node
    elif isinstance(node, dict):
        for inner in node.values():
            yield from texts(inner)
    elif isinstance(node, list):
        for inner in node:
            yield from texts(inner)


def sent_id(sent_message: Exchange) -> str:
    """The id of the message an answer speaks of; empty when it names none."""
    return str(value_at(sent_message.json, "messageData", "key", "id") or "")


# -- groups ----------------------------------------------------------------------------------


def make_group(
    session: Session, stage: Stage, instance: HostInstance, *people: str, name: str = ""
) -> tuple[Exchange, Json]:
    """A group with these people and what its answer says of it; a real host's is left again.

    On a given instance the group of a law before is as good, as long as it is as it was made.
    """
    name = name or group_name(session)
    own = _group_of_run(session, instance, name, people)
    if own is not None:
        return own
    group_data = {"group_name": name, "participants": list(people)}
    answer = session.call("create_group", instance, body={"group_data": group_data})
    group = group_of(answer)
    if session.gate.fence is not None and isinstance(group.get("id"), str):
        session.run_record.note_group(name, _numbers(people), group["id"], answer)
    return answer, group


def group_name(session: Session) -> str:
    """The name of a group: on a given instance laws share one, whose name shows what is lost."""
    return "Equipe" if session.gate.fence is None else GROUP_NAME


def _group_of_run(
    session: Session, instance: HostInstance, name: str, people: tuple[str, ...]
) -> tuple[Exchange, Json] | None:
    """A group that the run has made before, if nothing has become of it since."""
    recorded_group = session.run_record.group_like(name, _numbers(people))
    if session.gate.fence is None or recorded_group is None:
        return None
    jid, creation = recorded_group
    created_group = group_of(creation)
    now = group_of(session.call("group_details", instance, query={"jid": jid}))
    is_set_so = all(now.get(name) == created_group.get(name) for name in ("announce", "restrict"))
    if members(now) != members(created_group) or not is_set_so:
        return None
    session.called_operations.add("create_group")
    return creation, group_of(creation)


def _numbers(people: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(jid_of(as_given(person)).user for person in people)


def group_of(answer: Exchange) -> Json:
    """The group an answer shows, nested or flat; empty when it shows none."""
    group = value_at(answer.json, "group") or answer.json
    return group if answer.ok and isinstance(group, dict) else {}


def leave(session: Session, instance: HostInstance, jid: str) -> Exchange:
    """Out of a group."""
    session.run_record.forget_group(jid)
    return session.call("leave_group", instance, query={"jid": jid})


def members(group: Json) -> dict[str, Any]:
    """Who is in a group, by number where one is told, and as what."""
    return {number_or_address(one, "id", "phoneNumber"): one.get("admin") for one in _people(group)}


def owner_of(group: Json) -> str:
    """Who made a group, as `members` names people."""
    owner = str(group.get("owner"))
    jids_of_people = {
        str(one.get("id")): number_or_address(one, "id", "phoneNumber") for one in _people(group)
    }
    return jids_of_people.get(owner, owner)


def _people(group: Json) -> list[dict[str, Any]]:
    participants = group.get("participants")
    return (
        [one for one in participants if isinstance(one, dict)]
        if isinstance(participants, list)
        else []
    )


def number_or_address(person: Mapping[str, Any], field: str, number: str) -> str:
    """The address in a field, or the number beside it where that one is hidden."""
    address, behind = str(person.get(field)), person.get(number)
    return str(behind) if jid_of(address).lid and isinstance(behind, str) else address


# -- settings --------------------------------------------------------------------------------


def set_webhook(
    session: Session, instance: HostInstance, url: str, *, enabled: bool = True
) -> Exchange:
    """Where webhooks go."""
    data = {"webhookUrl": url, "webhookEnabled": enabled}
    session.gate.learn([url])
    return session.call("configure_webhook", instance, body={"messageData": data})


def parse_json(document: Any) -> Any:
    """A JSON text's document; None when it is none."""
    try:
        return json.loads(document)
    except (TypeError, ValueError):
        return None


def can_write(stage: Stage, instance: HostInstance, person: str) -> bool:
    """Whether a text of this person arrives at the instance; it does not where they are blocked."""
    try:
        stage.customer_writes(instance, "text-plain", **{"from": person})
    except Impossible:
        return False
    return True
