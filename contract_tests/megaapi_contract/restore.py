"""What must be put back on somebody's instance, in a private file before anything is changed.

A run that is killed leaves the file: the next run of the same instance puts it back, or
`megaapi-contract restore FILE` does. The file holds no token.
"""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING, Any

import platformdirs
from megaapi_mock.domain.jid import Jid

from .errors import HeldBack, NotTried, SetupError

if TYPE_CHECKING:
    from .keeping import Keeping
    from .session import Session

FORMAT = 1
WEBHOOK, EVENTS, GROUP, NEW_GROUP = "webhook", "events", "group", "new group"

Entry = Mapping[str, Any]


def state_folder() -> Path:
    """Where this platform keeps what a program must not lose."""
    return Path(platformdirs.user_state_dir("megaapi-contract-kit"))


def file_of(target: str, key: str) -> Path:
    """The file of one instance; its name tells nobody which."""
    name = sha256(f"{target}\n{key}".encode()).hexdigest()[:16]
    return state_folder() / f"restore-{name}.json"


@dataclass
class RestoreFile:
    """The changes of a run that are not put back yet, on disk before each is made.

    Without any the file is gone. Not thread-safe.
    """

    path: Path
    target: str
    key: str
    entries: dict[int, Entry] = field(default_factory=dict)
    _last: int = 0
    _lock: int | None = None

    @classmethod
    def of(cls, target: str, key: str) -> RestoreFile:
        """That of an instance, with what a run before has left in it."""
        path = file_of(target, key)
        return read(path) if path.is_file() else cls(path, target, key)

    def note(self, entry: Entry) -> int:
        """Keep one change; OSError when it cannot be written, and then nothing is kept."""
        self._last += 1
        self.entries[self._last] = entry
        try:
            self._write()
        except OSError:
            del self.entries[self._last]
            raise
        return self._last

    def drop(self, number: int) -> None:
        """This is as it was."""
        if self.entries.pop(number, None) is not None:
            self._write()

    def _write(self) -> None:
        if not self.entries:
            self.path.unlink(missing_ok=True)
            return
        self.path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        document = {
            "format": FORMAT,
            "target": self.target,
            "instance_key": self.key,
            "put_back": list(self.entries.values()),
        }
        _replace(self.path, json.dumps(document, indent=1).encode())

    @property
    def in_words(self) -> str:
        """What is not put back, for a person."""
        return ", ".join(sorted({in_words(entry) for entry in self.entries.values()}))

    def reload(self) -> None:
        """As it is now: another run may have put everything back meanwhile."""
        self.entries = read(self.path).entries if self.path.is_file() else {}
        self._last = max(self.entries, default=0)

    def lock(self) -> bool:
        """Whether nobody else is changing the instance from this machine; held until unlock."""
        if self._lock is not None:
            return True
        with suppress(OSError):
            self.path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            handle = os.open(self.path.with_suffix(".lock"), os.O_CREAT | os.O_RDWR, 0o600)
            if not _taken(handle):
                os.close(handle)
                return False
            self._lock = handle
        return True

    def unlock(self) -> None:
        """Somebody else may change it."""
        if self._lock is not None:
            os.close(self._lock)
            self._lock = None


def _taken(handle: int) -> bool:
    """Whether the file could be locked; where files have no locks (Windows), yes."""
    try:
        import fcntl
    except ImportError:
        return True
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        return False
    return True


def _replace(path: Path, content: bytes) -> None:
    """Whole or not at all, readable by its owner alone, also when the power fails."""
    fresh = path.with_suffix(".new")
    handle = os.open(fresh, os.O_CREAT | os.O_WRONLY | os.O_TRUNC, 0o600)
    try:
        os.write(handle, content)
        os.fsync(handle)
    finally:
        os.close(handle)
    os.replace(fresh, path)


def read(path: Path) -> RestoreFile:
    """A file that a run has left; SetupError when it is not one."""
    try:
        document = json.loads(path.read_bytes())
        if document["format"] != FORMAT:
            raise ValueError(document["format"])
        entries = dict(enumerate(_entries(document["put_back"]), 1))
        target, key = str(document["target"]), str(document["instance_key"])
    except OSError as error:
        raise SetupError(f"{path}: {error.strerror or 'it cannot be read'}") from None
    except (ValueError, LookupError, TypeError, RecursionError):
        raise SetupError(f"{path}: this is not a file of what must be put back") from None
    return RestoreFile(path, target, key, entries, len(entries))


_MEMBERS: Mapping[str, Mapping[str, type]] = {
    WEBHOOK: {"url": str, "enabled": bool},
    EVENTS: {"blocked": list},
    GROUP: {"jid": str, "people": list},
    NEW_GROUP: {"name": str, "before": list, "people": list},
}


def _entries(listed: Any) -> Iterator[Entry]:
    for entry in listed:
        members = _MEMBERS[entry["what"]]
        if not all(isinstance(entry[name], kind) for name, kind in members.items()):
            raise ValueError(entry["what"])
        yield entry


def in_words(entry: Entry) -> str:
    """What is put back, for a person; without the values."""
    return {
        WEBHOOK: "its webhook",
        EVENTS: "the events it blocks",
        GROUP: "a group to leave",
        NEW_GROUP: "a group to leave",
    }[entry["what"]]


@dataclass(eq=False)
class Undo:
    """A step back, and the change in the file that it ends. `step` says whether it is as it was."""

    step: Callable[[], bool]
    done: Callable[[], None] = lambda: None

    def __call__(self) -> None:
        """Take the step; what fails stays in the file."""
        if self.step():
            self.done()


def put_back_left(session: Session, restore: RestoreFile) -> tuple[str, ...]:
    """Put back what a run has left, the latest first; what was, in words. The rest stays in it."""
    done = []
    session.keeping.putting_back = True
    with session.gate.putting_back(_people(restore.entries.values())):
        for number, entry in reversed(list(restore.entries.items())):
            if _put_back(session.keeping, entry):
                restore.drop(number)
                done.append(in_words(entry))
    return tuple(dict.fromkeys(done))


def _people(entries: Iterable[Entry]) -> set[str]:
    return {Jid.parse(str(who)).user for entry in entries for who in entry.get("people", ())}


def _put_back(keeping: Keeping, entry: Entry) -> bool:
    try:
        if entry["what"] == WEBHOOK:
            return keeping.webhook_back(entry["url"], entry["enabled"])
        if entry["what"] == EVENTS:
            return keeping.events_back(list(entry["blocked"]))
        if entry["what"] == GROUP:
            return keeping.left_or_gone(entry["jid"], entry["people"])
        return keeping.leave_new(entry["before"], entry["name"] or None, entry["people"])
    except (HeldBack, NotTried):
        return False
