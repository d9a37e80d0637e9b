"""Marks that a probe leaves on a given instance: its profile's name, pinned chats, blocks."""

from __future__ import annotations

import json
from collections.abc import Callable
from functools import partial
from typing import Any

from ..host.host_instance import HostInstance
from ..host.http import Request
from ..host.status import read_status
from ..judging.values import jid_of
from .caller import Caller
from .restore_file import BLOCKED_PERSON, PINNED_CHAT, PROFILE_NAME, Entry, Undo

NAME, STATUS_TEXT, PIN, BLOCK = "set_profile_name", "set_profile_status", "pin_chat", "block_chat"
MARKS = frozenset({NAME, STATUS_TEXT, PIN, BLOCK})
UNREADABLE = "what it would change cannot be read, so it could not be put back"

WriteUndo = Callable[[Entry, Callable[[], bool], str], Undo]


class Marks:
    """What of these a probe changes, and how it is put back; `write_undo` notes it first."""

    def __init__(self, session: Caller, write_undo: WriteUndo) -> None:
        self._session, self._write_undo = session, write_undo
        self._changed: set[str] = set()

    def undo_before(self, request: Request, operation: str) -> Undo | None:
        """The step that undoes the first change; HeldBack when it cannot be undone."""
        fence = self._session.gate.fence
        if operation == STATUS_TEXT:
            # No call shows it, so that nobody could say what it was.
            if fence is not None and not fence.has_to_be_refused(request):
                self._session.gate.hold_back(UNREADABLE, operation)
            return None
        mark, person = _mark(request, operation), _person(request)
        if mark in self._changed:
            return None
        if operation != NAME and person is None:
            self._require_nobody_in(request, operation)
            return None
        entry, step = self._entry(operation, person or "")
        undo = self._write_undo(entry, step, operation)
        # Only now: what is not written down is not changed the next time either.
        self._changed.add(mark)
        return undo

    def _require_nobody_in(self, request: Request, operation: str) -> None:
        """HeldBack where a gateway might find somebody in a place that nobody knows."""
        fence, body = self._session.gate.fence, request.body.decode("utf-8", "replace")
        if fence is not None and any(number in body for number in fence.recipients):
            self._session.gate.hold_back(UNREADABLE, operation)

    def forget_unsent(self, request: Request, operation: str) -> None:
        """Forget a change that was not sent, so that the next one counts as the first."""
        self._changed.discard(_mark(request, operation))

    def _entry(self, operation: str, person: str) -> tuple[Entry, Callable[[], bool]]:
        if operation == NAME:
            name = self._profile_name()
            return {"what": PROFILE_NAME, "name": name}, partial(self.restore_name, name)
        if operation == PIN:
            pinned = self._is_pinned(person)
            entry = {"what": PINNED_CHAT, "people": [person], "pinned": pinned}
            return entry, partial(self.restore_pin, person, pinned)
        # Whoever is listed as a recipient was not blocked before.
        entry = {"what": BLOCKED_PERSON, "people": [person]}
        return entry, partial(self.unblock, person)

    def restore_name(self, name: str) -> bool:
        """Give the profile its name again; whether that worked."""
        self._session.gate.learn([name])
        return self._is_done(NAME, {"messageData": {"name": name}})

    def restore_pin(self, person: str, pinned: bool) -> bool:
        """Pin the chat, or let it go; whether that worked."""
        return self._is_done(PIN, {"to": person, "option": pinned})

    def unblock(self, person: str) -> bool:
        """Hear this person again; whether that worked."""
        return self._is_done(BLOCK, {"to": person, "option": False})

    def _is_done(self, operation: str, body: Any) -> bool:
        answer = self._session.call(operation, self._instance(), body=body)
        promise = self._session.contract.promise(operation, 200)
        return self._session.hold(
            answer.ok, "what a probe changed can be put back", promise=promise, exchange=answer
        )

    def _profile_name(self) -> str:
        user = read_status(self._session.call("instance_status", self._instance())).user
        name = user.get("name") if isinstance(user, dict) else None
        if not isinstance(name, str) or not name:
            self._session.gate.hold_back(UNREADABLE, NAME)
        return name

    def _is_pinned(self, person: str) -> bool:
        """Whether the chat is pinned now; HeldBack where no list of chats shows it."""
        chats: Any = None
        if "list_chats" in self._session.contract.by_id:
            document = self._session.call("list_chats", self._instance()).json
            chats = document.get("chats") if isinstance(document, dict) else None
        for chat in chats if isinstance(chats, list) else ():
            if isinstance(chat, dict) and jid_of(chat.get("id")).user == jid_of(person).user:
                return chat.get("pinned") is not None
        self._session.gate.hold_back(UNREADABLE, PIN)

    def _instance(self) -> HostInstance:
        fence = self._session.gate.fence
        assert fence is not None
        return HostInstance(fence.key, fence.token)


def _person(request: Request) -> str | None:
    """Whom a request is about; None when it does not say."""
    try:
        to = json.loads(request.body)["to"]
    except (ValueError, RecursionError, LookupError, TypeError):
        return None
    is_number = isinstance(to, int) and not isinstance(to, bool)
    return str(to) if is_number or isinstance(to, str) else None


def _mark(request: Request, operation: str) -> str:
    return f"{operation} {'' if operation == NAME else _person(request)}"
