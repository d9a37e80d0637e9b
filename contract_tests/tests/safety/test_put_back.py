"""What a probe changed is taken back step by step, whoever interrupts it."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from megaapi_contract.errors import Unusable
from megaapi_contract.probes.session import Session
from megaapi_contract.run.options import RunOptions
from megaapi_contract.run.runner import prepare_run
from megaapi_contract.safety.restore import _same_name
from megaapi_contract.safety.restore_file import RestoreFile, Undo, read_file, restore_file_path

from ..support import KEY

OWNER = "http://127.0.0.1:9/the/owners/own?x=1"


@pytest.fixture(scope="module")
def session() -> Session:
    with prepare_run(RunOptions(target="mock", quick=True, seed=1)) as context:
        return context.session("a probe")


class Step:
    """A step back that is interrupted, or fails, so many times."""

    def __init__(self, done: list[str], name: str, *errors: BaseException) -> None:
        self.done, self.name, self.errors = done, name, list(errors)

    def __call__(self) -> bool:
        if self.errors:
            raise self.errors.pop(0)
        self.done.append(self.name)
        return True


def test_a_step_that_is_interrupted_has_another_turn(session: Session) -> None:
    done: list[str] = []
    session.undo = [Undo(Step(done, "first")), Undo(Step(done, "last", KeyboardInterrupt()))]
    with pytest.raises(KeyboardInterrupt):
        session.put_back()
    assert done == ["last", "first"] and session.undo == []


def test_whoever_interrupts_twice_is_obeyed(session: Session) -> None:
    done: list[str] = []
    interrupted_step = Step(done, "last", KeyboardInterrupt(), KeyboardInterrupt())
    session.undo = [Undo(Step(done, "first")), Undo(interrupted_step)]
    with pytest.raises(KeyboardInterrupt):
        session.put_back()
    assert done == []


def test_a_step_that_fails_keeps_none_from_its_turn(session: Session) -> None:
    done: list[str] = []
    session.undo = [Undo(Step(done, "first")), Undo(Step(done, "last", Unusable("down")))]
    with pytest.raises(Unusable, match="down"):
        session.put_back()
    assert done == ["first"]


def test_one_instance_has_one_file_however_its_host_is_spelled() -> None:
    assert restore_file_path("HTTPS://Host.Example.test:443", KEY) == restore_file_path(
        "https://host.example.test", KEY
    )
    assert restore_file_path("https://host.example.test:8443", KEY) != restore_file_path(
        "https://host.example.test", KEY
    )


def test_the_file_is_whole_when_a_disk_takes_a_little_at_a_time(
    state_folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write = os.write
    monkeypatch.setattr(os, "write", lambda handle, content: write(handle, content[:7]))
    restore_file = RestoreFile.for_instance("https://host.example.test", KEY)
    restore_file.note({"what": "webhook", "url": OWNER, "enabled": True})
    assert read_file(restore_file.path).entries == restore_file.entries


@pytest.mark.parametrize(
    ("asked_for", "subject", "same"),
    [
        ("Equipe", "Equipe", True),
        (" Equipe ", "Equipe", True),
        ("", "", True),
        ("", None, True),
        ("E" * 300, "E" * 100, True),
        ("Equipe da loja", "Equipe", False),
        (None, "Equipe", False),
        ("Equipe", "", False),
    ],
)
def test_a_group_of_the_run_is_known_by_its_name(
    asked_for: str | None, subject: str | None, same: bool
) -> None:
    assert _same_name(subject, asked_for) is same
