"""The file of what must be restored is whole, private, without the token; no other is taken."""

from __future__ import annotations

import json
import os
import stat
import threading
from collections import Counter
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
from hypothesis import given
from hypothesis import strategies as st
from megaapi_contract.errors import SetupError, Unusable
from megaapi_contract.safety.restore_file import (
    RestoreFile,
    Undo,
    read_file,
    restore_file_path,
    with_token,
)

KEY, HOST = "megacode-TESTKEY0001", "https://host.example.test"
WEBHOOK: Any = {"what": "webhook", "url": "https://owner.example.test/", "enabled": True}
EVENTS: Any = {"what": "events", "blocked": ["call"]}
GROUP: Any = {"what": "group", "jid": "120363000000000001@g.us", "people": ["5511900000002"]}
NEW_GROUP: Any = {"what": "new group", "name": None, "before": [], "people": []}
TOKENS = st.text("abcdefghijklmnopqrstuvwxyz0123456789!#$%&/+=?~", min_size=8, max_size=20)


def restore_in(folder: Path, token: str = "") -> RestoreFile:
    return RestoreFile(folder / "state" / "restore.json", HOST, KEY, token=token)


def test_what_is_noted_is_on_disk_at_once_and_readable_by_its_owner_alone(tmp_path: Path) -> None:
    restore = restore_in(tmp_path)
    for number, entry in enumerate((WEBHOOK, EVENTS, GROUP, NEW_GROUP), 1):
        assert restore.note(entry) == number
        entries = read_file(restore.path)
        assert list(entries.entries.values()) == list(restore.entries.values())
        assert (entries.target, entries.key) == (HOST, KEY)
    assert stat.S_IMODE(restore.path.stat().st_mode) == 0o600
    assert stat.S_IMODE(restore.path.parent.stat().st_mode) == 0o700
    assert sorted(path.name for path in restore.path.parent.iterdir()) == ["restore.json"]


def test_the_file_goes_with_its_last_entry(tmp_path: Path) -> None:
    restore = restore_in(tmp_path)
    first, second = restore.note(WEBHOOK), restore.note(EVENTS)
    restore.drop(first)
    assert list(read_file(restore.path).entries.values()) == [EVENTS]
    restore.drop(first)
    restore.drop(second)
    assert not restore.path.exists()
    assert restore.note(GROUP) not in (first, second)


@given(token=TOKENS, quoted=st.booleans())
def test_no_token_is_in_the_file_and_the_entry_comes_back_whole(
    tmp_path_factory: pytest.TempPathFactory, token: str, quoted: bool
) -> None:
    restore = restore_in(tmp_path_factory.mktemp("tokens"), token)
    token_form = quote(token, safe="") if quoted else token
    entry = {**WEBHOOK, "url": f"https://owner.example.test/?t={token_form}"}
    group = {**GROUP, "people": [token_form]}
    restore.note(entry)
    restore.note(group)
    text = json.loads(restore.path.read_text())
    strings = json.dumps(text, ensure_ascii=False)
    assert token not in strings and token_form not in strings
    stored = read_file(restore.path).entries.values()
    assert [with_token(each, token) for each in stored] == [entry, group]


def test_a_file_that_cannot_be_written_keeps_nothing(tmp_path: Path) -> None:
    (tmp_path / "state").write_text("not a folder")
    restore = restore_in(tmp_path)
    with pytest.raises(OSError):
        restore.note(WEBHOOK)
    assert restore.entries == {}


def test_entry_that_cannot_leave_the_file_makes_host_unusable(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    restore = restore_in(tmp_path)
    number = restore.note(WEBHOOK)
    restore.note(EVENTS)

    def full(*arguments: Any) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "replace", full)
    with pytest.raises(Unusable, match="No space left"):
        restore.drop(number)


def test_the_file_of_an_instance_holds_what_an_earlier_run_left(state_folder: Path) -> None:
    first = RestoreFile.for_instance(HOST, KEY, "TESTKEY0001")
    assert first.path.parent == state_folder and first.entries == {}
    first.note(WEBHOOK)
    second = RestoreFile.for_instance(f"{HOST}:443", KEY, "TESTKEY0001")
    assert list(second.entries.values()) == [WEBHOOK] and second.token == "TESTKEY0001"
    assert RestoreFile.for_instance(HOST, "megacode-TESTKEY0002").entries == {}
    second.drop(1)
    first.reload()
    assert first.entries == {}


def test_a_reload_takes_what_another_run_noted_and_its_numbers_go_on(tmp_path: Path) -> None:
    one, other = restore_in(tmp_path), restore_in(tmp_path)
    one.note(WEBHOOK)
    other.reload()
    assert list(other.entries.values()) == [WEBHOOK]
    assert other.note(EVENTS) == 2
    assert len(read_file(other.path).entries) == 2


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("https://HOST.example.test", "https://host.example.test:443", True),
        ("http://host.example.test:80", "http://host.example.test/", True),
        ("https://host.example.test", "http://host.example.test", False),
        ("https://host.example.test:8443", "https://host.example.test", False),
        ("https://host.example.test", "https://other.example.test", False),
    ],
)
def test_one_instance_has_one_file_however_its_host_is_written(
    one: str, other: str, same: bool
) -> None:
    assert (restore_file_path(one, KEY) == restore_file_path(other, KEY)) is same
    assert restore_file_path(one, KEY) != restore_file_path(one, "megacode-TESTKEY0002")
    assert (
        KEY not in str(restore_file_path(one, KEY))
        and "host" not in restore_file_path(one, KEY).name
    )


def test_only_one_run_at_a_time_may_change_an_instance(tmp_path: Path) -> None:
    pytest.importorskip("fcntl")
    one, other = restore_in(tmp_path), restore_in(tmp_path)
    assert one.lock() and one.lock()
    assert not other.lock()
    one.unlock()
    one.unlock()
    assert other.lock()
    other.unlock()


def test_a_lock_leaves_no_file_and_cannot_be_had_twice_while_it_goes(tmp_path: Path) -> None:
    pytest.importorskip("fcntl")
    one = restore_in(tmp_path)
    assert one.lock()
    assert [each.suffix for each in one.path.parent.iterdir()] == [".lock"]
    one.unlock()
    assert list(one.path.parent.iterdir()) == []
    counts, held = Counter[bool](), threading.Lock()

    def take_turns() -> None:
        for _ in range(200):
            mine = restore_in(tmp_path)
            if mine.lock():
                alone = held.acquire(blocking=False)
                counts[alone] += 1
                if alone:
                    held.release()
                mine.unlock()

    threads = [threading.Thread(target=take_turns) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert counts[True] > 0 and not counts[False]
    assert list(one.path.parent.iterdir()) == []


def test_where_no_lock_can_be_made_a_run_goes_on(tmp_path: Path) -> None:
    (tmp_path / "state").write_text("not a folder")
    assert restore_in(tmp_path).lock()


DOCUMENT: dict[str, Any] = {
    "format": 1, "target": HOST, "instance_key": KEY,
    "put_back": [WEBHOOK, EVENTS, GROUP, NEW_GROUP],
}  # fmt: skip


def without(document: dict[str, Any], name: str) -> dict[str, Any]:
    return {key: value for key, value in document.items() if key != name}


def with_entry(entry: Any) -> dict[str, Any]:
    return {**DOCUMENT, "put_back": [WEBHOOK, entry]}


DAMAGED: dict[str, Any] = {
    "another format": {**DOCUMENT, "format": 2},
    **{f"without {name}": without(DOCUMENT, name) for name in DOCUMENT},
    "a list": [DOCUMENT],
    "entries are a number": {**DOCUMENT, "put_back": 7},
    "an entry is a text": with_entry("webhook"),
    "an unknown kind": with_entry({**WEBHOOK, "what": "token"}),
    "no kind": with_entry(without(WEBHOOK, "what")),
    "a webhook without its address": with_entry(without(WEBHOOK, "url")),
    "a webhook without its switch": with_entry(without(WEBHOOK, "enabled")),
    "a webhook with a number": with_entry({**WEBHOOK, "url": 7}),
    "a webhook neither on nor off": with_entry({**WEBHOOK, "enabled": "yes"}),
    "events as a text": with_entry({**EVENTS, "blocked": "call"}),
    "the order of events as a text": with_entry({**EVENTS, "accepted": "call"}),
    "a group without people": with_entry(without(GROUP, "people")),
    "a group without a JID": with_entry({**GROUP, "jid": None}),
    "a new group without a name": with_entry(without(NEW_GROUP, "name")),
    "a new group called 7": with_entry({**NEW_GROUP, "name": 7}),
    "a new group without those before": with_entry(without(NEW_GROUP, "before")),
}  # fmt: skip


def test_a_whole_file_is_read(tmp_path: Path) -> None:
    path = tmp_path / "restore.json"
    path.write_text(json.dumps(DOCUMENT))
    assert list(read_file(path).entries.values()) == DOCUMENT["put_back"]


@pytest.mark.parametrize("damage", DAMAGED)
def test_a_damaged_file_is_refused_in_a_sentence(damage: str, tmp_path: Path) -> None:
    path = tmp_path / "restore.json"
    path.write_text(json.dumps(DAMAGED[damage]))
    with pytest.raises(SetupError, match="not a file of what must be put back"):
        read_file(path)


@pytest.mark.parametrize("content", [b"", b"{", b"\xff\xfe", b"[" * 100_000])
def test_a_file_that_is_not_json_is_refused(content: bytes, tmp_path: Path) -> None:
    path = tmp_path / "restore.json"
    path.write_bytes(content)
    with pytest.raises(SetupError, match="not a file of what must be put back"):
        read_file(path)
    with pytest.raises(SetupError, match="No such file"):
        read_file(tmp_path / "another.json")


def test_what_is_not_restored_is_described_without_its_values(tmp_path: Path) -> None:
    restore = restore_in(tmp_path)
    for entry in (WEBHOOK, EVENTS, GROUP, NEW_GROUP):
        restore.note(entry)
    assert restore.description == "a group to leave, its webhook, the events it blocks"


@pytest.mark.parametrize("restored", [True, False])
def test_a_step_that_restores_nothing_ends_nothing(restored: bool) -> None:
    ended: list[bool] = []
    Undo(lambda: restored, lambda: ended.append(True))()
    assert ended == [True] * restored
