"""Groups: changes that are not kept, people shown wrongly, groups of somebody else."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import partial
from typing import Any
from urllib.parse import quote

import orjson
from megaapi_mock.domain.json_path import value_on_path

from ...host.http import Answer, Request
from ..answer_faults import Altered, document, is_good, with_body
from ..mutant import Fault, InterceptedCall, Mutant
from ..payload_edits import Edit, edit_at, in_order, put, remove
from ..stateful_faults import Frozen, FrozenField, Leak, Undone

_ADDED = "200"


class StaysIn(Fault):
    """Leaving is answered and not done."""

    def answer(self, call: InterceptedCall) -> Answer:
        if call.operation != "leave_group":
            return call.ask(call.request)
        path = f"/rest/group/{call.key}/group?{call.request.query}"
        membership = call.look(replace(call.request, method="GET", target=path, body=b""))
        if not is_good(membership):
            return call.ask(call.request)
        return with_body(membership, b'{"error":false,"message":"Left group"}')


def _opposite_change(verb: str) -> Callable[[InterceptedCall, Any], Request | None]:
    """The request that takes back what one of the two participants operations did."""

    def undo(call: InterceptedCall, answer: Any) -> Request | None:
        people = [one for part in answer["updatedParticipants"] for one in part]
        moved_jids = [one["jid"] for one in people if one["status"] == _ADDED]
        if not moved_jids:
            return None
        data = orjson.loads(call.request.body)["group_data"]
        body = orjson.dumps({"group_data": {**data, "participants": moved_jids}})
        path = call.request.target.rpartition("/")[0]
        return replace(call.request, target=f"{path}/{verb}", body=body)

    return undo


def _leave_request(call: InterceptedCall, answer: Any) -> Request | None:
    jid = value_on_path(answer, "group.id")
    query = f"jid={quote(str(jid))}"
    return replace(
        call.request, method="DELETE", body=b"", target=f"/rest/group/{call.key}/leaveGroup?{query}"
    )


def _repeat_all(people: Any) -> Any:
    return people + people


# Operation, name, sentence, and what becomes of a good answer.
ALTERED: tuple[tuple[str, str, str, Edit], ...] = (
    ("list_groups", "first missing", "The first group is not listed.",
     edit_at("groups", lambda groups: groups[1:])),
    ("list_groups", "last missing", "The last group is not listed.",
     edit_at("groups", lambda groups: groups[:-1])),
    ("list_groups", "listed twice", "Every group is listed twice.", edit_at("groups", _repeat_all)),
    ("list_groups", "spelled right", "`communitys` is spelled `communities`.",
     lambda body: {("communities" if name == "communitys" else name): value
                    for name, value in body.items()}),
    ("list_groups", "all are communities", "Groups are listed as communities.",
     lambda body: {**body, "groups": body["communitys"], "communitys": body["groups"]}),
    ("list_groups", "without people", "Listed groups show no participants.",
     put("groups.*.participants", [])),
    ("group_details", "people twice", "Everybody is shown twice.",
     edit_at("group.participants", _repeat_all)),
    ("group_details", "size too large", "`size` is one too many.",
     edit_at("group.size", lambda size: size + 1)),
    ("group_details", "no admins", "Nobody is an admin.",
     put("group.participants.*.admin", None)),
    ("group_details", "another subject", "The subject is cut to three characters.",
     edit_at("group.subject", lambda subject: subject[:3])),
    ("group_details", "another group", "The details are those of another JID.",
     put("group.id", "120363000000000077@g.us")),
    ("create_group", "subject lost", "A new group has no subject.", put("group.subject", "")),
    ("create_group", "all are admins", "Everybody in a new group is an admin.",
     put("group.participants.*.admin", "admin")),
    ("create_group", "somebody else's", "A new group belongs to somebody else.",
     put("group.owner", "5511900000077@s.whatsapp.net")),
    ("create_group", "alone", "A new group has its owner alone.",
     in_order(edit_at("group.participants", lambda people: people[:1]), put("group.size", 1))),
    ("create_group", "milliseconds", "`creation` counts milliseconds.",
     edit_at("group.creation", lambda moment: moment * 1000)),
    ("create_group", "a person's JID", "A new group has a JID like a person.",
     edit_at("group.id", lambda jid: str(jid).replace("@g.us", "@s.whatsapp.net"))),
    ("add_participants", "all added", "Who cannot be added is said to be added.",
     put("updatedParticipants.*.*.status", "200")),
    ("add_participants", "verdicts turned round", "Verdicts come in the other order.",
     edit_at("updatedParticipants", lambda people: people[::-1])),
    ("add_participants", "first verdict alone", "One verdict comes for several people.",
     edit_at("updatedParticipants", lambda people: people[:1])),
    ("add_participants", "of nobody", "Verdicts do not say of whom.",
     remove("updatedParticipants.*.*.jid")),
    ("remove_participants", "all removed", "Strangers are said to be removed.",
     put("updatedParticipants.*.*.status", "200")),
    ("remove_participants", "no verdicts", "The list of verdicts is empty.",
     put("updatedParticipants", [])),
)  # fmt: skip

# Name, operations, kind, sentence, and the fault with a memory.
REMEMBERED: tuple[tuple[str, tuple[str, ...], str, str, Callable[[], Fault]], ...] = (
    ("add_participants: not kept", ("add_participants",), "group not updated",
     "Who was added is not in the group.",
     partial(Undone, "add_participants", _opposite_change("removeParticipants"))),
    ("remove_participants: not kept", ("remove_participants",), "group not updated",
     "Who was removed is still in the group.",
     partial(Undone, "remove_participants", _opposite_change("addParticipants"))),
    ("create_group: not kept", ("create_group",), "group not updated",
     "A new group is unknown afterwards.", partial(Undone, "create_group", _leave_request)),
    ("leave_group: not done", ("leave_group",), "group not updated",
     "Who left a group is still in it.", StaysIn),
    ("group_details: never others", ("group_details",), "value constant",
     "The first details are shown for ever.", partial(Frozen, "group_details")),
    ("list_groups: never others", ("list_groups",), "value constant",
     "The first list is shown for ever.", partial(Frozen, "list_groups")),
    ("list_groups: a neighbour's", ("list_groups",), "instance leak",
     "One sees the groups of who made one last.", partial(Leak, "list_groups", "create_group")),
    ("group_details: a neighbour's", ("group_details",), "instance leak",
     "One sees the groups of somebody else.", partial(Leak, "group_details", "create_group")),
    ("create_group: id repeated", ("create_group",), "id repeated",
     "Every new group has the JID of the first.",
     partial(FrozenField, ("create_group",), "group.id")),
)  # fmt: skip


def mutants() -> Iterator[Mutant]:
    """Every fault of groups."""
    for operation, name, sentence, edit in ALTERED:
        yield Mutant(
            name=f"{operation}: {name}",
            kind="wrong value",
            sentence=sentence,
            make=partial(Altered, (operation,), document(edit), is_good),
            operations=(operation,),
        )
    for name, operations, kind, sentence, make in REMEMBERED:
        yield Mutant(name, kind, sentence, make, operations)
