"""Restores what an earlier run has left on an instance, from its restore file."""

from __future__ import annotations

from collections.abc import Iterable

from megaapi_mock.domain.jid import Jid

from ..errors import HeldBack, NotTried
from .restore import Caller, Restorer
from .restore_file import EVENTS, GROUP, WEBHOOK, Entry, RestoreFile, describe_entry, with_token


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


def _restore_entry(restorer: Restorer, entry: Entry) -> bool:
    try:
        if entry["what"] == WEBHOOK:
            return restorer.restore_webhook(entry["url"], entry["enabled"])
        if entry["what"] == EVENTS:
            return restorer.restore_events(list(entry["blocked"]))
        if entry["what"] == GROUP:
            return restorer.leave_if_member(entry["jid"], entry["people"])
        return restorer.leave_new_groups(entry["before"], entry["name"], entry["people"])
    except (HeldBack, NotTried):
        return False
