"""What a given instance was like before a probe changed it, whoever sent the change.

Every request of a probe passes here on its way to the gate, so that no generator and no link can
change what is not put back.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import partial
from typing import Any, Protocol
from urllib.parse import parse_qs, urlsplit

from ..errors import Unusable
from ..host.http import Request
from ..host.place import Place
from ..host.webhook_receiver import Receiver
from ..judging.contract import Contract
from ..judging.results import Exchange, Promise
from .gate import Gate
from .restore_file import EVENTS as BLOCKED
from .restore_file import GROUP, NEW_GROUP, WEBHOOK, Entry, Undo

EVENTS = frozenset({"block_events", "accept_webhook_events", "accept_status_events"})
# No name of a group is cut below so many letters.
CUT_FROM = 25
UNWRITABLE = "what must be put back cannot be written to a file first"
UNREADABLE = "what it would change cannot be read, so it could not be put back"
UNKNOWN_NAME = "it names events the instance does not have, which could not be taken back"


class Caller(Protocol):
    """Whose calls are watched, and who makes those that put things back: a probe's session."""

    contract: Contract
    gate: Gate
    receiver: Receiver

    def call(
        self,
        operation_id: str,
        place: Place,
        *,
        body: Any = None,
        query: Mapping[str, str] | None = None,
    ) -> Exchange:
        """One operation of one instance."""

    def hold(
        self, holds: object, sentence: str, *, promise: Promise, exchange: Exchange | None = None
    ) -> bool:
        """Note a broken rule of behaviour unless `holds`; whether it did."""

    def needless(self, step: Undo | None) -> None:
        """This step need not be taken any more."""


class Restorer:
    """One probe's memory of a given instance; on a mock, whose instances are its own, nothing."""

    def __init__(self, session: Caller) -> None:
        self._session = session
        # What a run before has left is no change of this one.
        self.putting_back = False
        self._kept: set[str] = set()
        self._events: dict[str, list[str]] = {}
        self._groups: set[str] | None = None
        self._unanswered: Undo | None = None

    def before(self, request: Request) -> Undo | None:
        """What takes back the first change of its kind; HeldBack when there is no way back."""
        fence = self._session.gate.fence
        found = self._session.contract.route(request.method, request.path)
        if self.putting_back or fence is None or found is None or found[1] != fence.key:
            return None
        if found[0].effect not in fence.allowed:
            return None
        if found[0].id == "configure_webhook":
            return self._webhook()
        if found[0].id == "create_group":
            return self._group(request)
        if found[0].id == "leave_group":
            self._empty_first(request)
        return self._event_lists(request, found[0].id) if found[0].id in EVENTS else None

    def after(self, exchange: Exchange) -> None:
        """A group that was made is left at the end, unless the probe leaves it itself."""
        if self._session.gate.fence is None:
            return
        if exchange.operation == "create_group":
            made = exchange.ok and self._made(exchange)
            refused = 400 <= exchange.status < 500
            if refused:
                self._session.gate.no_group_came_of_it()
            if made or refused:
                self._session.needless(self._unanswered)
        if not exchange.ok:
            return
        if exchange.operation == "leave_group":
            for jid in _groups_of(exchange.url):
                self._session.needless(self._session.gate.to_leave.pop(jid, None))

    def not_sent(self, request: Request) -> None:
        """The change did not leave, so the next one is the first."""
        found = self._session.contract.route(request.method, request.path)
        if found is not None:
            self._kept.discard("events" if found[0].id in EVENTS else found[0].id)

    # -- the parts of an instance ------------------------------------------------------------

    def _webhook(self) -> Undo | None:
        if not self._first("configure_webhook"):
            return None
        shown = self._read("webhook_settings")
        shown = _at(shown, "webhookData") or shown
        url, enabled = _at(shown, "webhookUrl"), _at(shown, "webhookEnabled")
        if not isinstance(url, str) or not isinstance(enabled, bool):
            self._kept.discard("configure_webhook")
            self._session.gate.hold_back(UNREADABLE, "configure_webhook")
        self._session.gate.learn([url])
        self._session.receiver.owner = url if enabled else ""
        data = {"webhookUrl": url, "webhookEnabled": enabled}
        entry = {"what": WEBHOOK, "url": url, "enabled": enabled}
        return self._noted(entry, partial(self._webhook_as_it_was, data), "configure_webhook")

    def _webhook_as_it_was(self, data: dict[str, Any]) -> bool:
        done = self._set("configure_webhook", data)
        if done:
            self._session.receiver.owner = ""
        return done

    def _noted(self, entry: Entry, step: Callable[[], bool], operation: str) -> Undo:
        """The step back, in the file before anything leaves; HeldBack when it cannot be."""
        restore = self._session.gate.restore
        if restore is None:
            return Undo(step)
        try:
            number = restore.note(entry)
        except OSError:
            self._kept.discard("events" if operation in EVENTS else operation)
            self._session.gate.hold_back(UNWRITABLE, operation)
        return Undo(step, partial(restore.drop, number))

    def _group(self, request: Request) -> Undo:
        """Leaves the new groups of that name: what made one may never be answered."""
        self._session.gate.require_group()
        if self._groups is None:
            before = self._named()
            if before is None:
                self._session.gate.hold_back(UNREADABLE, "create_group")
            self._groups = set(before)
        old, name = self._groups, _name_of_group(request.body)
        people = self._everybody()
        entry = {
            "what": NEW_GROUP,
            "name": name,
            "before": sorted(old),
            "people": people,
        }
        leave_new = partial(self.leave_new, old, name, people)
        self._unanswered = self._noted(entry, leave_new, "create_group")
        return self._unanswered

    def leave_new(self, old: Iterable[str], name: str | None, people: list[str]) -> bool:
        """Leave every group of that name that was not there before."""
        now = self._named()
        if now is None:
            raise Unusable("list_groups cannot be read: a group of the run may be left")
        new = [
            jid
            for jid, shown in now.items()
            if jid not in old and jid not in self._session.gate.to_leave and _same_name(shown, name)
        ]
        return all([self.leave(jid, people) for jid in new])

    def leave(self, jid: str, people: Iterable[str]) -> bool:
        """Take the people out of a group, then leave it; whether it is left."""
        self._session.gate.allow_group(jid)
        self._empty(jid, people)
        self._session.gate.to_leave.pop(jid, None)
        return self._session.call("leave_group", self._place(), query={"jid": jid}).ok

    def left_or_gone(self, jid: str, people: Iterable[str]) -> bool:
        """Leave a group unless the instance is not in it any more."""
        named = self._named()
        return named is not None and (jid not in named or self.leave(jid, people))

    def _empty(self, jid: str, people: Iterable[str]) -> None:
        data = {"group_data": {"jid": jid, "participants": sorted(people)}}
        if data["group_data"]["participants"]:
            self._session.call("remove_participants", self._place(), body=data)

    def _empty_first(self, request: Request) -> None:
        """A group of the run is left by somebody else than the last step: it is emptied too."""
        for jid in _groups_of(request.target):
            if jid in self._session.gate.to_leave:
                self._empty(jid, self._everybody())

    def _everybody(self) -> list[str]:
        """Who may be in a group of the run; nobody else can have come into one."""
        fence = self._session.gate.fence
        return sorted(fence.recipients) if fence is not None else []

    def _named(self) -> dict[str, object] | None:
        """The instance's groups, JID to name; None when they cannot be read."""
        groups = _at(self._read("list_groups"), "groups")
        if not isinstance(groups, list):
            return None
        return {str(_at(one, "id")): _at(one, "subject") for one in groups}

    def _event_lists(self, request: Request, operation: str) -> Undo | None:
        first = self._first("events")
        if first:
            self._events = self._lists()
        known = {name for names in self._events.values() for name in names}
        if request.path.endswith("/configAcceptStatus"):
            known = set(self._events.get("statusEvents", ()))
        refusal = UNKNOWN_NAME if self._events else UNREADABLE
        if not self._events or not set(_values(request.body)) <= known:
            if first:
                self._kept.discard("events")
            self._session.gate.hold_back(refusal, operation)
        if not first:
            return None
        before = self._events["blockEvents"]
        entry = {"what": BLOCKED, "blocked": before}
        return self._noted(entry, partial(self.events_back, before), operation)

    def events_back(self, before: list[str]) -> bool:
        """Block what was blocked, and nothing else."""
        now = self._lists().get("blockEvents")
        if now is None:
            return False
        added = [name for name in now if name not in before]
        gone = [name for name in before if name not in now]
        return (not added or self._set("accept_webhook_events", {"events": added})) and (
            not gone or self._set("block_events", {"events": gone})
        )

    def webhook_back(self, url: str, enabled: bool) -> bool:
        """The webhook as it was, after a run that could not set it itself."""
        self._session.gate.learn([url])
        return self._set("configure_webhook", {"webhookUrl": url, "webhookEnabled": enabled})

    def _lists(self) -> dict[str, list[str]]:
        shown = _at(self._read("config_details"), "configData")
        names = ("blockEvents", "webhookEvents", "statusEvents")
        found = {name: _at(shown, name) for name in names}
        whole = all(isinstance(each, list) for each in found.values())
        return {name: [*map(str, each)] for name, each in found.items()} if whole else {}

    def _made(self, exchange: Exchange) -> bool:
        """Whether the answer says which group it was."""
        jid = _at(_at(exchange.json, "group") or exchange.json, "id")
        if not isinstance(jid, str) or not jid.endswith("@g.us") or self._knows(jid):
            return False
        self._session.gate.allow_group(jid)
        people = self._everybody()
        entry = {"what": GROUP, "jid": jid, "people": people}
        self._session.gate.to_leave[jid] = self._noted(
            entry, partial(self.leave, jid, people), "create_group"
        )
        return True

    def _knows(self, jid: str) -> bool:
        return jid in self._session.gate.to_leave

    # -- calls -------------------------------------------------------------------------------

    def _first(self, what: str) -> bool:
        if what in self._kept:
            return False
        self._kept.add(what)
        return True

    def _read(self, operation: str) -> Any:
        answer = self._session.call(operation, self._place())
        return answer.json if answer.ok else None

    def _set(self, operation: str, data: dict[str, Any]) -> bool:
        answer = self._session.call(operation, self._place(), body={"messageData": data})
        promise = self._session.contract.promise(operation, 200)
        return self._session.hold(
            answer.ok, "what a probe changed can be put back", promise=promise, exchange=answer
        )

    def _place(self) -> Place:
        fence = self._session.gate.fence
        assert fence is not None
        return Place(fence.key, fence.token)


def _at(document: Any, name: str) -> Any:
    return document.get(name) if isinstance(document, dict) else None


def _name_of_group(body: bytes) -> str | None:
    """The name a group is to have; None where nobody can tell."""
    try:
        name = _at(_at(json.loads(body), "group_data"), "group_name")
    except (ValueError, RecursionError):
        return None
    return None if name is None else str(name)


def _same_name(shown: object, asked: str | None) -> bool:
    """Whether a group has the name that was asked for; WhatsApp trims and cuts long ones."""
    if asked is None:
        return False
    subject, name = str(shown or "").strip(), asked.strip()
    return subject == name or (len(subject) >= CUT_FROM and name.startswith(subject))


def _groups_of(url: str) -> list[str]:
    """The groups a request names in its query."""
    return parse_qs(urlsplit(url).query).get("jid", [])


def _values(body: bytes) -> Iterator[str]:
    """Every value of a body as text; of what is no JSON the whole."""
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
