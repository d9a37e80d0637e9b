"""What an earlier run has left on an instance is put back, from its file."""

from __future__ import annotations

from collections.abc import Iterable

from megaapi_mock.domain.jid import Jid

from ..errors import HeldBack, NotTried
from .restore import Caller, Restorer
from .restore_file import EVENTS, GROUP, WEBHOOK, Entry, RestoreFile, in_words, with_token


def put_back_left(session: Caller, keeping: Restorer, restore: RestoreFile) -> tuple[str, ...]:
    """Put back what a run has left, the latest first; what was, in words. The rest stays in it."""
    done = []
    keeping.putting_back = True
    with session.gate.putting_back(_people(restore.entries.values())):
        for number, noted in reversed(list(restore.entries.items())):
            entry = with_token(noted, restore.token)
            if _put_back(keeping, entry):
                restore.drop(number)
                done.append(in_words(entry))
    return tuple(dict.fromkeys(done))


def _people(entries: Iterable[Entry]) -> set[str]:
    return {Jid.parse(str(who)).user for entry in entries for who in entry.get("people", ())}


def _put_back(keeping: Restorer, entry: Entry) -> bool:
    try:
        if entry["what"] == WEBHOOK:
            return keeping.webhook_back(entry["url"], entry["enabled"])
        if entry["what"] == EVENTS:
            return keeping.events_back(list(entry["blocked"]))
        if entry["what"] == GROUP:
            return keeping.left_or_gone(entry["jid"], entry["people"])
        return keeping.leave_new(entry["before"], entry["name"], entry["people"])
    except (HeldBack, NotTried):
        return False
