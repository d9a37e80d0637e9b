"""The private file that lists what must be restored on a given instance.

A run that is killed leaves the file: the next run of the same instance puts it back, or
`megaapi-contract restore FILE` does. The file holds no token: where the owner's own address has
it, its place is kept.
"""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Callable, Collection, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlsplit

import platformdirs

from ..errors import SetupError, Unusable

FORMAT = 1
WEBHOOK, EVENTS, GROUP, NEW_GROUP = "webhook", "events", "group", "new group"
PROFILE_NAME, PINNED_CHAT, BLOCKED_PERSON = "profile name", "pinned chat", "blocked person"

Entry = Mapping[str, Any]
# What stands in the file for the instance's token, as it is and as an address writes it.
TOKEN, TOKEN_QUOTED = "{{token}}", "{{token, quoted}}"


def state_folder() -> Path:
    """Where this platform keeps what a program must not lose."""
    return Path(platformdirs.user_state_dir("megaapi-contract-kit"))


def restore_file_path(target: str, key: str) -> Path:
    """The path of an instance's file, whose name does not reveal the instance."""
    name = sha256(f"{_normalised_address(target)}\n{key}".encode()).hexdigest()[:16]
    return state_folder() / f"restore-{name}.json"


def leftovers_elsewhere(known: Collection[Path]) -> Iterator[RestoreFile]:
    """What runs of other instances have left, but for those that still go on."""
    for path in sorted(state_folder().glob("restore-*.json")):
        with suppress(SetupError):
            restore = read_file(path) if path not in known else None
            if restore is not None and restore.entries and restore.lock():
                restore.unlock()
                yield restore


def _normalised_address(target: str) -> str:
    """A host's address in one spelling."""
    parts = urlsplit(target.lower())
    default = {"http": 80, "https": 443}.get(parts.scheme)
    port = f":{parts.port}" if parts.port not in (None, default) else ""
    return f"{parts.scheme}://{parts.hostname}{port}"


@dataclass
class RestoreFile:
    """The changes of a run that are not restored yet, on disk before each is made.

    Without any the file is gone. `token` is the one that must not be in it. Not thread-safe.
    """

    path: Path
    target: str
    key: str
    token: str = field(default="", kw_only=True, repr=False)
    entries: dict[int, Entry] = field(default_factory=dict)
    _last: int = 0
    _lock: int | None = None

    @classmethod
    def for_instance(cls, target: str, key: str, token: str = "") -> RestoreFile:
        """The file of an instance, with what an earlier run has left in it."""
        path = restore_file_path(target, key)
        restore = read_file(path) if path.is_file() else cls(path, target, key)
        restore.token = token
        return restore

    def note(self, entry: Entry) -> int:
        """Write one change; OSError when that fails, and then nothing is kept."""
        self._last += 1
        self.entries[self._last] = entry
        try:
            self._write()
        except OSError:
            del self.entries[self._last]
            raise
        return self._last

    def drop(self, number: int) -> None:
        """Remove a change that was restored; Unusable when the file cannot be written."""
        if self.entries.pop(number, None) is None:
            return
        try:
            self._write()
        except OSError as error:
            raise Unusable(f"{self.path}: {error.strerror or 'it cannot be written'}") from None

    def _write(self) -> None:
        if not self.entries:
            self.path.unlink(missing_ok=True)
            return
        self.path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        document = {
            "format": FORMAT,
            "target": self.target,
            "instance_key": self.key,
            "put_back": [_without_token(entry, self.token) for entry in self.entries.values()],
        }
        _write_atomically(self.path, json.dumps(document, indent=1).encode())

    @property
    def description(self) -> str:
        """What is not restored, in words."""
        return ", ".join(sorted({describe_entry(entry) for entry in self.entries.values()}))

    def reload(self) -> None:
        """Read the file again: another run may have restored everything meanwhile."""
        self.entries = read_file(self.path).entries if self.path.is_file() else {}
        self._last = max(self.entries, default=0)

    def lock(self) -> bool:
        """Lock the instance for this run; False while another run on this machine has it."""
        if self._lock is not None:
            return True
        with suppress(OSError):
            self.path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            while True:
                handle = os.open(self._lock_path, os.O_CREAT | os.O_RDWR, 0o600)
                if not _try_lock(handle):
                    os.close(handle)
                    return False
                if _is_at(handle, self._lock_path):
                    break
                # Another run has removed it since: whoever comes next would not see this lock.
                os.close(handle)
            self._lock = handle
        return True

    def unlock(self) -> None:
        """Release the lock and remove its file."""
        if self._lock is None:
            return
        handle, self._lock = self._lock, None
        # While it is locked: a moment later it may be another run's. Windows removes closed files
        # only, and has no locks.
        with suppress(OSError):
            self._lock_path.unlink()
        os.close(handle)
        if sys.platform == "win32":
            with suppress(OSError):
                self._lock_path.unlink()

    @property
    def _lock_path(self) -> Path:
        return self.path.with_suffix(".lock")


def _is_at(handle: int, path: Path) -> bool:
    """Whether an open file is the one at a path."""
    try:
        return os.path.samestat(os.fstat(handle), path.stat())
    except FileNotFoundError:
        return False


def _try_lock(handle: int) -> bool:
    """Whether the file could be locked; True where the platform has no file locks."""
    try:
        import fcntl
    except ImportError:
        return True
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        return False
    return True


def _write_atomically(path: Path, content: bytes) -> None:
    """Replace the file as a whole, readable by its owner only."""
    new_path = path.with_suffix(".new")
    handle = os.open(new_path, os.O_CREAT | os.O_WRONLY | os.O_TRUNC, 0o600)
    try:
        while content:
            content = content[os.write(handle, content) :]
        os.fsync(handle)
    finally:
        os.close(handle)
    os.replace(new_path, path)


def _without_token(node: Any, token: str) -> Any:
    return _replace_texts(node, ((token, TOKEN), (quote(token, safe=""), TOKEN_QUOTED)))


def with_token(entry: Entry, token: str) -> Entry:
    """An entry of a file with the token filled in."""
    entry_with_token = _replace_texts(
        entry, ((TOKEN, token), (TOKEN_QUOTED, quote(token, safe="")))
    )
    assert isinstance(entry_with_token, dict)
    return entry_with_token


def _replace_texts(node: Any, pairs: tuple[tuple[str, str], ...]) -> Any:
    """The document with texts replaced in all its strings."""
    if isinstance(node, Mapping):
        return {name: _replace_texts(value, pairs) for name, value in node.items()}
    if isinstance(node, list):
        return [_replace_texts(value, pairs) for value in node]
    for text, replacement in pairs if isinstance(node, str) else ():
        node = node.replace(text, replacement) if text else node
    return node


def read_file(path: Path) -> RestoreFile:
    """The content of a restore file; SetupError when it is not one."""
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
    NEW_GROUP: {"before": list, "people": list},
    PROFILE_NAME: {"name": str},
    PINNED_CHAT: {"people": list, "pinned": bool},
    BLOCKED_PERSON: {"people": list},
}


def _entries(digits_of: Any) -> Iterator[Entry]:
    for entry in digits_of:
        members = _MEMBERS[entry["what"]]
        if not all(isinstance(entry[name], kind) for name, kind in members.items()):
            raise ValueError(entry["what"])
        # The files of older versions have no order of what is sent.
        if entry["what"] == EVENTS and not isinstance(entry.get("accepted", []), list):
            raise ValueError(EVENTS)
        if entry["what"] == NEW_GROUP and not isinstance(entry["name"], str | None):
            raise ValueError(NEW_GROUP)
        yield entry


def describe_entry(entry: Entry) -> str:
    """What an entry restores, in words, without its values."""
    return {
        WEBHOOK: "its webhook",
        EVENTS: "the events it blocks",
        GROUP: "a group to leave",
        NEW_GROUP: "a group to leave",
        PROFILE_NAME: "the name of its profile",
        PINNED_CHAT: "a chat that is pinned or not",
        BLOCKED_PERSON: "a person to unblock",
    }[entry["what"]]


@dataclass(eq=False)
class Undo:
    """An undo step, and the entry of the file it ends. `step` returns whether it worked."""

    step: Callable[[], bool]
    on_restored: Callable[[], None] = lambda: None

    def __call__(self) -> None:
        """Take the step; its entry stays in the file when it fails."""
        if self.step():
            self.on_restored()
