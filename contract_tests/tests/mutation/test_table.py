"""The score as people read it: rows by subject, what survived and why."""

from __future__ import annotations

import pytest
from megaapi_contract.judging.contract import Contract
from megaapi_contract.mutation.mutant import Fault, Mutant
from megaapi_contract.mutation.score import Score
from megaapi_contract.mutation.table import (
    TableRow,
    by_controller,
    by_event,
    by_kind,
    by_operation,
    page,
)


def mutant(
    name: str, kind: str = "lost", *, about: str = "", event: str = "", **why: str
) -> Mutant:
    operations, events = ((about,) if about else ()), ((event,) if event else ())
    return Mutant(name, kind, f"{name} is wrong.", Fault, operations, events, **why)


MUTANTS = [
    mutant("seen", about="send_text"),
    mutant("unseen", "cut", about="send_text", reason="It is rare."),
    mutant("idle", "cut", about="logout"),
    mutant("alike", about="logout", equivalent="Nobody can tell."),
    mutant("event", event="ack-read"),
]
OUTCOMES = ("killed", "survived", "idle", "survived", "killed")
SCORE = Score(
    7, "abc", {one.name: (outcome, "") for one, outcome in zip(MUTANTS, OUTCOMES, strict=True)}
)


@pytest.fixture(scope="module")
def contract() -> Contract:
    return Contract()


def row(rows: list[TableRow], of: str) -> tuple[int, int, int]:
    [found] = [one for one in rows if one.of == of]
    return found.faults, found.killed, found.survived


def test_each_subject_has_a_row_without_what_nobody_can_tell(contract: Contract) -> None:
    operations = by_operation(SCORE, MUTANTS, contract)
    assert row(operations, "send_message/send_text") == (2, 1, 1)
    assert row(operations, "instance/logout") == (1, 0, 1)
    assert len(operations) == len(contract.operations)
    controllers = by_controller(SCORE, MUTANTS, contract)
    assert row(controllers, "send_message") == (2, 1, 1)
    assert row(controllers, "webhooks") == (1, 1, 0)
    assert row(by_event(SCORE, MUTANTS, contract), "ack-read") == (1, 1, 0)
    assert row(by_event(SCORE, MUTANTS, contract), "ack-server") == (0, 0, 0)
    assert [one.of for one in by_kind(SCORE, MUTANTS)] == ["cut", "lost"]
    assert row(by_kind(SCORE, MUTANTS), "cut") == (2, 0, 2)


def test_the_page_says_what_was_not_noticed_and_why(contract: Contract) -> None:
    lines = page(SCORE, MUTANTS, contract).splitlines()
    assert "**2 of 4 faults noticed: 50.0%.** Seed 7." in lines
    assert "Sources: `abc`" in lines
    assert "| send_message/send_text | 2 | 1 | 1 |" in lines
    assert "- **unseen** unseen is wrong. It is rare." in lines
    assert "- **idle** idle is wrong. It hit nothing. No reason is given yet." in lines
    assert "- **alike** alike is wrong. Nobody can tell." in lines
    assert not any(line.startswith("- **seen**") for line in lines)


def test_where_everything_was_noticed_nothing_is_listed(contract: Contract) -> None:
    lines = page(SCORE, [MUTANTS[0]], contract).splitlines()
    assert lines[lines.index("## Not noticed") + 2] == "Nothing."
    assert not any(line.startswith("## Not counted") for line in lines)
