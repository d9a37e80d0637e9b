"""Every way in which an operation is refused, asked so that doing it would leave a trace."""

from __future__ import annotations

import random
from collections.abc import Container, Iterator, Mapping
from copy import deepcopy
from typing import Any

from ....host.host_instance import HostInstance
from ....host.http import request
from ....host.stage import NO_WHATSAPP, WORLD
from ....judging.results import Exchange
from ....safety.fence import UNKNOWN_KEY
from ...cases import NO_GROUP
from ..access import METHODS, UNKNOWN
from ..assertions import NAMES, UNKNOWN_INSTANCE, claim_refusal, value_at
from ..calls import set_webhook
from ..due_webhooks import sent_ids
from ..requests import GOOD_REQUESTS, Arguments
from ..webhooks import message_id
from .play import Play
from .snapshot import differences, snapshot

Way = tuple[str | int, ...]
# In place of what an operation needs; the last one is nothing at all.
WRONG: tuple[Any, ...] = (None, 5, True, [], {}, "", ["x"], ...)
NO_JIDS = (NO_WHATSAPP, "999999999999999@lid", "120363000000000097@g.us", "status@broadcast")
# A token of any other type would lock everybody out.
UNCHANGED = ("change_token",)


def good_call(play: Play, operation: str) -> Arguments:
    """Arguments that the instance would carry out: a real group, message or file."""
    chat, group = play.chat("number"), play.chat("group")
    arguments = deepcopy(GOOD_REQUESTS[operation].arguments(WORLD[1]))
    if "jid" in arguments.get("query", {}) and operation != "is_on_whatsapp":
        arguments["query"]["jid"] = group.jid
    body = arguments.get("body", {})
    if "jid" in body.get("group_data", {}):
        someone = WORLD[1] if operation == "add_participants" else group.person
        body["group_data"] = {"jid": group.jid, "participants": [someone]}
    if operation == "accept_webhook_events":
        # All that is known is accepted already.
        body["messageData"] = {"events": ["somethingNew"]}
    own = play.model.last_message(chat.jid, "instance")
    data = body.get("messageData", {})
    if own is not None and "key" in data:
        data.update(to=chat.to, key=own.key)
    if own is not None and operation == "delete_message_from_me":
        body.update(to=chat.to, messageData={"id": own.id, "timestamp": int(own.time)})
    return arguments


def refuse_all(play: Play, operation: str) -> None:
    """Hold that each refusal is one, and that none of them leaves a trace."""
    good = good_call(play, operation)
    before = snapshot(play)
    _stay_outside(play, operation, good)
    _hold_no_trace(play, operation, before)
    taken_ids: frozenset[str] = frozenset()
    for when, arguments in spoilt_calls(play, operation, good):
        answer = play.call(operation, **arguments)
        if _is_refusal(answer):
            _hold_form(play, answer, when)
            continue
        # It was taken, which some hosts may do: what comes of it is nothing to hold.
        if operation == "configure_webhook":
            set_webhook(play.session, play.instance, play.hook.url)
        play.hook.due.expect_none(answer)
        taken_ids |= sent_ids(answer)
        play.hook.receive(alarm=play.model.unblocked_event)
        before = snapshot(play)
    _hold_no_trace(play, operation, before, taken_ids)


def _is_refusal(answer: Exchange) -> bool:
    return answer.status >= 400 or value_at(answer.json, "error") is True


def _stay_outside(play: Play, operation: str, good: Arguments) -> None:
    """Wrong tokens, keys and methods, with a body that is good."""
    call, session, instance = play.call, play.session, play.instance
    others = play.stage.instance(connected=None).token
    for when, token in (
        ("no token", ""), ("a wrong token", session.wrong_token()), ("another one's token", others),
        ("half a token", instance.token[: len(instance.token) // 2]),
    ):  # fmt: skip
        claim_refusal(session, call(operation, token=token, **good), 401, when)
    answer = call(operation, scheme="Basic", **good)
    claim_refusal(session, answer, 401, "another scheme")
    answer = session.call(operation, HostInstance(UNKNOWN_KEY, instance.token), **good)
    claim_refusal(
        session, answer, 404, "an unknown key", message=UNKNOWN_INSTANCE, switches=UNKNOWN
    )
    path = session.contract.by_id[operation].path.replace("{instance_key}", instance.key)
    headers = (("Authorization", f"Bearer {instance.token}"), ("Content-Type", "application/json"))
    for method in METHODS:
        if session.contract.route(method, path) is None:
            wrong_method = request(
                method, path, body=good.get("body"), query=good.get("query"), headers=headers
            )
            claim_refusal(
                session, session.exchange(wrong_method), 404, "another method", operation=operation
            )


def spoilt_calls(play: Play, operation: str, good: Arguments) -> Iterator[tuple[str, Arguments]]:
    """Bodies and queries that lack something, or have something else in its place."""
    chance = random.Random(f"refusals {operation} {play.session.seed}")
    if "query" in good:
        yield "without its query", {}
        yield "a group or a person of another host", {"query": _with_no_jid(good["query"], chance)}
    body, good_request = good.get("body"), GOOD_REQUESTS[operation]
    if body is None and good_request.upload is None:
        return
    yield (
        "a body that nobody can read",
        {"query": good.get("query"), **good_request.unreadable_arguments},
    )
    if body is None:
        return
    yield "an empty body", {"body": {}}
    if good_request.refuses_strangers:
        for jid in NO_JIDS:
            yield "nobody there", {"body": _readdress(body, jid)}
    if operation in UNCHANGED:
        return
    for way in ways(body):
        yield f"{way[-1]} is something else", {"body": spoil(body, way, chance.choice(WRONG))}


def _with_no_jid(query: Mapping[str, str], chance: random.Random) -> dict[str, str]:
    name = next(iter(query))
    return {**query, name: chance.choice((NO_GROUP, "", "x@g.us"))}


def _readdress(body: Any, jid: str) -> Any:
    """The same to somebody else."""
    other = deepcopy(body)
    for part in (other, other.get("messageData")):
        if isinstance(part, dict) and "to" in part:
            part["to"] = jid
    return other


def ways(node: Any, way: Way = ()) -> Iterator[Way]:
    """The way to every member of a body."""
    members = node.items() if isinstance(node, dict) else ()
    for name, inner in members:
        yield (*way, name)
        yield from ways(inner, (*way, name))


def spoil(body: Any, way: Way, value: Any) -> Any:
    """The same body with this value there, or without what was there."""
    other = deepcopy(body)
    node = other
    for step in way[:-1]:
        node = node[step]
    if value is ...:
        del node[way[-1]]
    else:
        node[way[-1]] = value
    return other


def _hold_form(play: Play, answer: Exchange, when: str) -> None:
    """Hold that a refusal is an error of three fields, whichever it is."""
    if answer.status < 400 or answer.status not in NAMES:
        return
    if not play.session.takes_alternative(answer, *ALTERNATIVES):
        claim_refusal(play.session, answer, answer.status, when)


# Where a documented alternative has a form of its own.
ALTERNATIVES = (
    "disconnected_status", "unknown_instance", "not_on_whatsapp", "media_gone", "swallowed_sends",
    "unregistered_sends", "not_a_member", "logout_disconnected",
)  # fmt: skip


def _hold_no_trace(
    play: Play, operation: str, before: Mapping[str, Any], taken_ids: Container[str] = ()
) -> None:
    """Hold that nothing is otherwise than `before`, and nothing told but of what was taken."""
    changes = differences(before, snapshot(play))
    promise = play.session.contract.promise(operation, 401)
    play.session.hold(
        not changes, f"what is refused changes nothing: {', '.join(changes)}", promise=promise,
        operation=operation,
    )  # fmt: skip
    webhooks = play.hook.receive(alarm=play.model.unblocked_event)
    strays = [one for one in webhooks if message_id(one) not in taken_ids]
    play.session.hold(
        not strays, "what is refused is told to nobody", promise=promise, operation=operation,
        webhook=strays[0] if strays else None,
    )  # fmt: skip
