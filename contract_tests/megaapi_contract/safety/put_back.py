"""Restores what an earlier run has left on an instance, from its restore file."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping

from megaapi_mock.domain.jid import Jid

from ..errors import HeldBack, NotTried
from .caller import Caller
from .restore import Restorer
from .restore_file import (
    BLOCKED_PERSON,
    EVENTS,
    GROUP,
    NEW_GROUP,
    PINNED_CHAT,
    PROFILE_NAME,
    WEBHOOK,
    Entry,
    RestoreFile,
    describe_entry,
    with_token,
)


def restore_leftovers(session: Caller, restorer: Restorer, restore: RestoreFile) -> tuple[str, ...]:
    """Restore the entries of a file, the latest first; descriptions of those restored."""
    descriptions = []
    restorer.allow_restoring = True
    with session.gate.allow_restoring(_people(restore.entries.values())):
        for number, entry_without_token in reversed(list(restore.entries.items())):
            entry = with_token(entry_without_token, restore.token)
            if _restore_entry(restorer, entry):
                restore.drop(number)
                descriptions.append(describe_entry(entry))
    return tuple(dict.fromkeys(descriptions))


def _people(entries: Iterable[Entry]) -> set[str]:
    return {Jid.parse(str(person)).user for entry in entries for person in entry.get("people", ())}


def _person(entry: Entry) -> str:
    return str(next(iter(entry["people"]), ""))


_STEPS: Mapping[str, Callable[[Restorer, Entry], bool]] = {
    WEBHOOK: lambda restorer, entry: restorer.restore_webhook(entry["url"], entry["enabled"]),
    EVENTS: lambda restorer, entry: restorer.events.restore(
        entry["blocked"], entry.get("accepted")
    ),
    GROUP: lambda restorer, entry: restorer.leave_if_member(entry["jid"], entry["people"]),
    NEW_GROUP: lambda restorer, entry: restorer.leave_new_groups(
        entry["before"], entry["name"], entry["people"]
    ),
    PROFILE_NAME: lambda restorer, entry: restorer.marks.restore_name(entry["name"]),
    PINNED_CHAT: lambda restorer, entry: restorer.marks.restore_pin(
        _person(entry), entry["pinned"]
    ),
    BLOCKED_PERSON: lambda restorer, entry: restorer.marks.unblock(_person(entry)),
}


def _restore_entry(restorer: Restorer, entry: Entry) -> bool:
    try:
        return _STEPS[entry["what"]](restorer, entry)
    except (HeldBack, NotTried):
        return False
