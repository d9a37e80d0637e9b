"""Faults of groups that two instances of one host are in: only one of them sees what is done."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any
from urllib.parse import parse_qs, quote

from ...host.http import Answer
from ..answer_faults import is_good, json_of, with_body
from ..mutant import Fault, InterceptedCall, Mutant
from ..payload_edits import edit_at, put
from ..webhook_faults import Changed, all_of, alter, has_value, is_inbound, kind, omit
from .planted_rules import changed_answer, own_jid, rule, spoil_answers

KIND = "a group of two instances"
SHOWN = ("group_details", "list_groups")
SETTERS = ("set_who_can_send", "set_who_can_change_settings")
DONE = b'{"error":false,"message":"Group updated"}'
NOT_AUTHORIZED = b'{"name":"FORBIDDEN","message":"Not authorized","statusCode":403}'
Json = dict[str, Any]
Row = tuple[str, tuple[str, ...], tuple[str, ...], Callable[[], Fault]]


def _number(address: object) -> str:
    return str(address).partition("@")[0].partition(":")[0]


def _edit_groups(answer: Any, edit: Callable[[Json], Json]) -> Any:
    """An answer in which each group is another one."""
    if "groups" in answer:
        return {**answer, "groups": [edit(group) for group in answer["groups"]]}
    return {**answer, "group": edit(answer["group"])}


def _as_others_see(edit: Callable[[Json], Json]) -> Callable[[Any, InterceptedCall], Any]:
    """The same edit of each group that somebody else has made."""

    def change(answer: Any, call: InterceptedCall) -> Any:
        own = _number(own_jid(call))
        return _edit_groups(
            answer, lambda group: group if _number(group["owner"]) == own else edit(group)
        )

    return change


def _as_at_first(group: Json) -> Json:
    return {**group, "announce": False, "restrict": False}


def _without_ranks(group: Json) -> Json:
    people = [{**one, "admin": None if one["admin"] == "admin" else one["admin"]}
              for one in group["participants"]]  # fmt: skip
    return {**group, "participants": people}


def _jid(call: InterceptedCall) -> str:
    return parse_qs(call.request.query).get("jid", [""])[0]


def _details(call: InterceptedCall) -> Any:
    """The group that a call is about, as the instance is shown it now; None without one."""
    controller, _, _ = call.request.target.partition(f"/{call.key}/")
    target = f"{controller}/{call.key}/group?jid={quote(_jid(call))}"
    answer = call.look(replace(call.request, method="GET", target=target, body=b""))
    return json_of(answer)["group"] if is_good(answer) else None


def _still_listed(call: InterceptedCall, memory: Any) -> Answer:
    """A group that an instance has left stays in its list, as it was last."""
    group = _details(call) if call.operation == "leave_group" else None
    answer = call.ask(call.request)
    left = memory.setdefault(call.key, [])
    if group is not None and is_good(answer):
        left.append(group)
    if call.operation != "list_groups":
        return answer
    return changed_answer(
        answer, call, lambda document, _: {**document, "groups": [*document["groups"], *left]}
    )


def _still_shown(call: InterceptedCall, memory: Any) -> Answer:
    """Who is out of a group is shown it as it was last."""
    answer = call.ask(call.request)
    if is_good(answer):
        memory[call.key, _jid(call)] = answer
    last: Answer | None = memory.get((call.key, _jid(call)))
    if answer.status != 404 or last is None:
        return answer
    call.count_hit()
    return replace(last, seconds=answer.seconds)


def _not_listed_again(call: InterceptedCall, memory: Any) -> Answer:
    """A group that an instance has left is not listed any more, whoever adds it again."""
    answer = call.ask(call.request)
    left = memory.setdefault(call.key, set())
    if call.operation == "leave_group" and is_good(answer):
        left.add(_jid(call))
    if call.operation != "list_groups":
        return answer
    return changed_answer(answer, call, lambda document, _: {
        **document, "groups": [one for one in document["groups"] if one["id"] not in left],
    })  # fmt: skip


def _shown_alone(call: InterceptedCall, memory: Any) -> Answer:
    """Who may write is shown as it was set, and everybody goes on writing."""
    if call.operation == "set_who_can_send":
        answer = call.ask(call.request)
        if is_good(answer):
            memory[_jid(call)] = "allowOnlyAdmins=true" in call.request.query
            target = call.request.target.replace("allowOnlyAdmins=true", "allowOnlyAdmins=false")
            call.look(replace(call.request, target=target))
        return answer
    return changed_answer(call.ask(call.request), call, lambda document, _: _edit_groups(
        document, lambda group: {**group, "announce": memory.get(group["id"], group["announce"])}
    ))  # fmt: skip


def _as_if_done(call: InterceptedCall, _: Any) -> Answer:
    """A member is told that the group was changed."""
    answer = call.ask(call.request)
    if answer.status != 403 or b"Not authorized" not in answer.body:
        return answer
    call.count_hit()
    return replace(with_body(answer, DONE), status=200)


def _refused_to_the_promoted(call: InterceptedCall, _: Any) -> Answer:
    """Only who made a group may change it, whatever rank others have."""
    group = _details(call)
    if group is None or _number(group["owner"]) == _number(own_jid(call)):
        return call.ask(call.request)
    call.count_hit()
    return Answer(403, (("Content-Type", "application/json"),), NOT_AUTHORIZED)


def _in_group(payload: Any) -> bool:
    return bool(payload.get("isGroup")) and is_inbound(payload)


ROWS: tuple[Row, ...] = (
    ("only who made a group sees its settings", (*SHOWN, *SETTERS), (),
     spoil_answers(SHOWN, _as_others_see(_as_at_first))),
    ("lists show a promotion to who made the group alone", ("list_groups", "promote_participants"),
     (), spoil_answers(("list_groups",), _as_others_see(_without_ranks))),
    ("a group that was left is still listed", ("leave_group", "list_groups"), (),
     rule(("list_groups", "leave_group"), _still_listed)),
    ("who is out of a group is still shown it", ("group_details", "remove_participants"), (),
     rule(("group_details",), _still_shown)),
    ("who was added again does not list the group", ("add_participants", "list_groups"), (),
     rule(("list_groups", "leave_group"), _not_listed_again)),
    ("everybody is heard where only admins write", ("set_who_can_send",), (),
     rule((*SHOWN, "set_who_can_send"), _shown_alone)),
    ("a member is told that they have changed a group", ("set_who_can_send",), (),
     rule(("set_who_can_send",), _as_if_done)),
    ("an admin who was promoted changes nothing", ("set_who_can_send", "promote_participants"), (),
     rule(("set_who_can_send",), _refused_to_the_promoted)),
    ("texts of other instances in groups come without their writer", ("send_text",),
     ("group-text",),
     lambda: Changed(all_of(_in_group, kind("extendedTextMessage")),
                     alter(edit_at("key", _without_author)))),
    ("texts of other instances in groups have the reader's name", ("send_text",), ("group-text",),
     lambda: Changed(all_of(_in_group, kind("extendedTextMessage")),
                     alter(put("pushName", "Outra Pessoa")))),
    ("texts of other instances in groups are lost", ("send_text",), ("group-text",),
     lambda: Changed(all_of(_in_group, kind("extendedTextMessage"), has_value("isGroup", True)),
                     omit)),
)  # fmt: skip


def _without_author(key: Any) -> Any:
    return {name: value for name, value in key.items() if not name.startswith("participant")}


def mutants() -> Iterator[Mutant]:
    """Every fault of the list."""
    for sentence, operations, events, make in ROWS:
        description = f"{sentence[0].upper()}{sentence[1:]}."
        yield Mutant(f"in one group: {sentence}", KIND, description, make, operations, events)
