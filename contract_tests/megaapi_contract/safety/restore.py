"""Remembers the state of a given instance before a probe changes it, and restores it.

Every request of a probe passes here on its way to the gate, so that no generator and no link can
change what is not put back.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator
from functools import partial
from typing import Any
from urllib.parse import parse_qs, urlsplit

from ..errors import Unusable
from ..host.host_instance import HostInstance
from ..host.http import Request
from ..judging.results import Exchange
from ..judging.values import jid_of
from . import event_lists
from .caller import Caller
from .event_lists import EventLists
from .gate import is_refusal
from .marks import MARKS, Marks
from .restore_file import EVENTS as BLOCKED
from .restore_file import GROUP, NEW_GROUP, WEBHOOK, Entry, Undo

EVENTS = frozenset({"block_events", "accept_webhook_events", "accept_status_events"})
# How the names of a webhook's second address begin, in small letters.
SECOND_ADDRESS = b"webhooksecondary"
WEBHOOK_OPERATIONS = frozenset({"configure_webhook", "update_webhook_url", "enable_webhook"})
# No name of a group is cut below so many letters.
SHORTEST_CUT_NAME = 25
UNWRITABLE = "what must be put back cannot be written to a file first"
UNREADABLE = "what it would change cannot be read, so it could not be put back"
UNKNOWN_NAME = "it names events the instance does not have, which could not be taken back"


class Restorer:
    """Remembers what a probe changes on a given instance; on a mock nothing."""

    def __init__(self, session: Caller) -> None:
        self._session = session
        # What an earlier run has left is no change of this one.
        self.allow_restoring = False
        self._changed_kinds: set[str] = set()
        self._events: dict[str, list[str]] = {}
        self._groups_before: set[str] | None = None
        self._undo_of_new_group: Undo | None = None
        self.marks = Marks(session, self._write_undo)
        read = partial(self._read_json, "config_details")
        self.events = EventLists(read, self._change_setting)

    def undo_before(self, request: Request) -> Undo | None:
        """The step that undoes the first change of a kind; HeldBack when it cannot be undone."""
        fence = self._session.gate.fence
        route = self._session.contract.route(request.method, request.path, request.query)
        if self.allow_restoring or fence is None or route is None or route[1] != fence.key:
            return None
        if route[0].effect not in fence.effects:
            return None
        if route[0].id in WEBHOOK_OPERATIONS:
            return self._undo_webhook(request, route[0].id)
        if route[0].id in MARKS:
            return self.marks.undo_before(request, route[0].id)
        if route[0].id == "create_group":
            return self._undo_group(request)
        if route[0].id == "leave_group":
            self._empty_before_leaving(request)
        return self._undo_events(request, route[0].id) if route[0].id in EVENTS else None

    def observe(self, exchange: Exchange) -> None:
        """Note groups that an exchange created, and forget those it left."""
        if self._session.gate.fence is None:
            return
        if exchange.operation == "create_group":
            is_new_group = exchange.ok and self._remember_group(exchange)
            is_refused = 400 <= exchange.status < 500
            if is_refused or is_refusal(exchange):
                self._session.gate.refund_group()
            if is_new_group or is_refused:
                self._session.discard_undo(self._undo_of_new_group)
        if not exchange.ok:
            return
        if exchange.operation == "leave_group":
            for jid in _groups_of(exchange.url):
                self._session.discard_undo(self._session.gate.groups_to_leave.pop(jid, None))

    def forget_unsent(self, request: Request) -> None:
        """Forget a change that was not sent, so that the next one counts as the first."""
        route = self._session.contract.route(request.method, request.path)
        if route is not None and route[0].id in MARKS:
            self.marks.forget_unsent(request, route[0].id)
        elif route is not None:
            id_ = "configure_webhook" if route[0].id in WEBHOOK_OPERATIONS else route[0].id
            self._changed_kinds.discard("events" if id_ in EVENTS else id_)

    # -- the parts of an instance ------------------------------------------------------------

    def _undo_webhook(self, request: Request, operation: str) -> Undo | None:
        fence = self._session.gate.fence
        names_second = SECOND_ADDRESS in request.body.lower()
        if names_second and fence is not None and not fence.has_to_be_refused(request):
            # No call shows the second address, so that nobody could say what it was.
            self._session.gate.hold_back(UNREADABLE, operation)
        if not self._is_first_change("configure_webhook"):
            return None
        settings = self._read_json("webhook_settings")
        settings = _member(settings, "webhookData") or settings
        url, enabled = _member(settings, "webhookUrl"), _member(settings, "webhookEnabled")
        if not isinstance(url, str) or not isinstance(enabled, bool):
            self._changed_kinds.discard("configure_webhook")
            self._session.gate.hold_back(UNREADABLE, "configure_webhook")
        self._session.gate.learn([url])
        self._session.receiver.owner = url if enabled else ""
        data = {"webhookUrl": url, "webhookEnabled": enabled}
        entry = {"what": WEBHOOK, "url": url, "enabled": enabled}
        return self._write_undo(
            entry, partial(self._restore_own_webhook, data), "configure_webhook"
        )

    def _restore_own_webhook(self, data: dict[str, Any]) -> bool:
        is_restored = self._change_setting("configure_webhook", data)
        if is_restored:
            self._session.receiver.owner = ""
        return is_restored

    def _write_undo(self, entry: Entry, step: Callable[[], bool], operation: str) -> Undo:
        """The undo step, written to the file first; HeldBack when it cannot be written."""
        restore = self._session.gate.restore
        if restore is None:
            return Undo(step)
        try:
            number = restore.note(entry)
        except OSError:
            self._changed_kinds.discard("events" if operation in EVENTS else operation)
            self._session.gate.hold_back(UNWRITABLE, operation)
        return Undo(step, partial(restore.drop, number))

    def _undo_group(self, request: Request) -> Undo:
        """The step that leaves new groups of the requested name, in case no answer comes."""
        self._session.gate.require_group()
        if self._groups_before is None:
            undo_before = self._group_names()
            if undo_before is None:
                self._session.gate.hold_back(UNREADABLE, "create_group")
            self._groups_before = set(undo_before)
        groups_before, name = self._groups_before, _name_of_group(request.body)
        people = self._possible_members()
        entry = {
            "what": NEW_GROUP,
            "name": name,
            "before": sorted(groups_before),
            "people": people,
        }
        leave_new_groups = partial(self.leave_new_groups, groups_before, name, people)
        self._undo_of_new_group = self._write_undo(entry, leave_new_groups, "create_group")
        return self._undo_of_new_group

    def leave_new_groups(
        self, groups_before: Iterable[str], name: str | None, people: list[str]
    ) -> bool:
        """Leave every group of that name that was not there before."""
        groups = self._group_names()
        if groups is None:
            raise Unusable("list_groups cannot be read: a group of the run may be left")
        new_groups = [
            jid
            for jid, subject in groups.items()
            if jid not in groups_before
            and jid not in self._session.gate.groups_to_leave
            and _same_name(subject, name)
        ]
        return all([self.leave(jid, people) for jid in new_groups])

    def leave(self, jid: str, people: Iterable[str]) -> bool:
        """Take the people out of a group, then leave it; whether it is left."""
        self._session.gate.allow_group(jid)
        self._remove_people(jid, people)
        self._session.gate.groups_to_leave.pop(jid, None)
        return self._session.call("leave_group", self._instance(), query={"jid": jid}).ok

    def leave_if_member(self, jid: str, people: Iterable[str]) -> bool:
        """Leave a group unless the instance is not in it any more."""
        groups = self._group_names()
        return groups is not None and (jid not in groups or self.leave(jid, people))

    def _remove_people(self, jid: str, people: Iterable[str]) -> None:
        data = {"group_data": {"jid": jid, "participants": sorted(people)}}
        if data["group_data"]["participants"]:
            self._session.call("remove_participants", self._instance(), body=data)

    def _empty_before_leaving(self, request: Request) -> None:
        """Remove the people from a group of the run that the probe is about to leave."""
        for jid in _groups_of(request.target):
            if jid in self._session.gate.groups_to_leave:
                self._remove_people(jid, self._possible_members())

    def _possible_members(self) -> list[str]:
        """The numbers that can be in a group of the run."""
        fence = self._session.gate.fence
        return sorted(fence.recipients) if fence is not None else []

    def _group_names(self) -> dict[str, object] | None:
        """The instance's groups, JID to name; None when they cannot be read."""
        groups = _member(self._read_json("list_groups"), "groups")
        if not isinstance(groups, list):
            return None
        return {str(_member(group, "id")): _member(group, "subject") for group in groups}

    def _undo_events(self, request: Request, operation: str) -> Undo | None:
        first = self._is_first_change("events")
        if first:
            self._events = self.events.read()
        event_names = {name for names in self._events.values() for name in names}
        if request.path.endswith("/configAcceptStatus"):
            event_names = set(self._events.get("statusEvents", ()))
        refusal = UNKNOWN_NAME if self._events else UNREADABLE
        requested = () if self._session.gate.is_unreadable(request) else _values(request.body)
        if not self._events or not event_names.issuperset(requested):
            if first:
                self._changed_kinds.discard("events")
            self._session.gate.hold_back(refusal, operation)
        if not first:
            return None
        blocked, accepted = self._events[event_lists.BLOCKED], self._events[event_lists.ACCEPTED]
        entry = {"what": BLOCKED, "blocked": blocked, "accepted": accepted}
        step = partial(self.events.restore, blocked, accepted)
        return self._write_undo(entry, step, operation)

    def restore_webhook(self, url: str, enabled: bool) -> bool:
        """Set the webhook that an earlier run has changed; whether it is set."""
        self._session.gate.learn([url])
        return self._change_setting(
            "configure_webhook", {"webhookUrl": url, "webhookEnabled": enabled}
        )

    def _remember_group(self, exchange: Exchange) -> bool:
        """Remember the group that an answer names; whether it names one."""
        jid = _member(_member(exchange.json, "group") or exchange.json, "id")
        if not isinstance(jid, str) or not jid_of(jid).group or self._is_remembered(jid):
            return False
        self._session.gate.allow_group(jid)
        people = self._possible_members()
        entry = {"what": GROUP, "jid": jid, "people": people}
        self._session.gate.groups_to_leave[jid] = self._write_undo(
            entry, partial(self.leave, jid, people), "create_group"
        )
        return True

    def _is_remembered(self, jid: str) -> bool:
        return jid in self._session.gate.groups_to_leave

    # -- calls -------------------------------------------------------------------------------

    def _is_first_change(self, kind: str) -> bool:
        if kind in self._changed_kinds:
            return False
        self._changed_kinds.add(kind)
        return True

    def _read_json(self, operation: str) -> Any:
        answer = self._session.call(operation, self._instance())
        return answer.json if answer.ok else None

    def _change_setting(self, operation: str, data: dict[str, Any]) -> bool:
        answer = self._session.call(operation, self._instance(), body={"messageData": data})
        promise = self._session.contract.promise(operation, 200)
        return self._session.hold(
            answer.ok, "what a probe changed can be put back", promise=promise, exchange=answer
        )

    def _instance(self) -> HostInstance:
        fence = self._session.gate.fence
        assert fence is not None
        return HostInstance(fence.key, fence.token)


def _member(document: Any, name: str) -> Any:
    return document.get(name) if isinstance(document, dict) else None


def _name_of_group(body: bytes) -> str | None:
    """The name that a request gives a group; None when it cannot be read."""
    try:
        name = _member(_member(json.loads(body), "group_data"), "group_name")
    except (ValueError, RecursionError):
        return None
    return None if name is None else str(name)


def _same_name(subject_value: object, wanted_name: str | None) -> bool:
    """Whether a group has the name that was asked for; WhatsApp trims and cuts long ones."""
    if wanted_name is None:
        return False
    subject, name = str(subject_value or "").strip(), wanted_name.strip()
    return subject == name or (len(subject) >= SHORTEST_CUT_NAME and name.startswith(subject))


def _groups_of(url: str) -> list[str]:
    """The groups a request names in its query."""
    return parse_qs(urlsplit(url).query).get("jid", [])


def _values(body: bytes) -> Iterator[str]:
    """Every value of a JSON body as text; a body that is not JSON as one value."""
    try:
        yield from _texts(json.loads(body or b"{}"))
    except (ValueError, RecursionError):
        yield body.decode("latin-1")


def _texts(node: Any) -> Iterator[str]:
    if isinstance(node, dict):
        for value in node.values():
            yield from _texts(value)
    elif isinstance(node, list):
        for value in node:
            yield from _texts(value)
    elif node is not None:
        yield node if isinstance(node, str) else json.dumps(node)
