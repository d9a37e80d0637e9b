"""What is done to a group, by a call or on the instance's own phone."""

from __future__ import annotations

from megaapi_mock.domain.jid import as_given

from ....host.stage import NO_WHATSAPP, WORLD
from ..assertions import claim
from ..participant_results import participant_results
from .factors import Row
from .model import GroupChange
from .play import Chat, Play

PEOPLE = WORLD[:4]
PARTICIPANTS, UPDATE = "group-participants", "group-update"


def change_group(play: Play, chat: Chat, row: Row, words: str) -> None:
    """Somebody is added or removed, or the group has another name."""
    if row.what == "renames":
        rename(play, chat, words)
    elif row.actor == "phone":
        change_by_phone(play, chat, row.what)
    else:
        change_by_call(play, chat, row.what)


def rename(play: Play, chat: Chat, words: str) -> None:
    """The owner gives the group another name."""
    subject = words[:60].strip()
    body = {"event": UPDATE, "group": chat.jid, "from": play.instance.number}
    play.control("POST", "inbound", {**body, "set": {"subject": subject}})
    play.model.groups[chat.jid].subject = subject
    play.model.group_changes.append(GroupChange(UPDATE, chat.jid, (("subject", subject),)))


def change_by_phone(play: Play, chat: Chat, what: str) -> None:
    """The owner adds or removes one."""
    people = play.model.groups[chat.jid].people
    action = "add" if what == "adds" else "remove"
    number = next((one for one in PEOPLE if (_jid(play, one) in people) is (action != "add")), "")
    if not number or number == chat.person:
        return
    body = {"event": PARTICIPANTS, "group": chat.jid, "from": play.instance.number, "to": number}
    play.control("POST", "inbound", {**body, "option": action})
    (people.add if action == "add" else people.discard)(_jid(play, number))
    play.model.group_changes.append(GroupChange(PARTICIPANTS, chat.jid, (("action", action),)))


def change_by_call(play: Play, chat: Chat, what: str) -> None:
    """Several are named: one of the group, one of outside, one without an account."""
    people, adding = play.model.groups[chat.jid].people, what == "adds"
    inside = [one for one in PEOPLE[1:] if _jid(play, one) in people]
    outside = [one for one in PEOPLE[1:] if _jid(play, one) not in people]
    targets = [*inside[:1], *outside[:1], NO_WHATSAPP]
    data = {"jid": chat.jid, "participants": _as_numbers_and_jids(play, targets)}
    operation = "add_participants" if adding else "remove_participants"
    change = play.call(operation, body={"group_data": data})
    movable = outside[:1] if adding else inside[:1]
    expected = [(as_given(one), _expected_status(one, one in movable, adding)) for one in targets]
    results = participant_results(play.session, change)
    claim(
        play.session,
        change,
        results is None or results == expected,
        "each has a result of their own",
    )
    for number in movable:
        (people.add if adding else people.discard)(_jid(play, number))
        fields = (("action", "add" if adding else "remove"),)
        play.model.group_changes.append(GroupChange(PARTICIPANTS, chat.jid, fields, is_own=True))


def _as_numbers_and_jids(play: Play, people: list[str]) -> list[str]:
    """Numbers and JIDs by turns."""
    return [
        as_given(one) if (turn + play.turns) % 2 else one for turn, one in enumerate(people)
    ]  # fmt: skip


def _expected_status(number: str, is_moved: bool, adding: bool) -> str:
    if is_moved:
        return "200"
    return "409" if adding and number != NO_WHATSAPP else "404"


def _jid(play: Play, number: str) -> str:
    return str(play.person(number)["jid"])
