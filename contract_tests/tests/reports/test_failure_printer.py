"""Failures printed while the run goes on: one line per cause, nothing private, none twice."""

from __future__ import annotations

import os
import sys
from typing import Any

import pytest
from megaapi_contract.judging.contract import Contract
from megaapi_contract.judging.results import Breach, Result
from megaapi_contract.redaction.placeholders import Private
from megaapi_contract.redaction.redaction import Redaction
from megaapi_contract.redaction.vocabulary import Vocabulary
from megaapi_contract.reports.failure_printer import FailurePrinter

from ..made_up import KEY, TOKEN, exchange, failure, finding


@pytest.fixture(scope="module")
def vocabulary() -> Vocabulary:
    return Vocabulary(Contract())


def printer(vocabulary: Vocabulary, *, strict: bool = False) -> FailurePrinter:
    redaction = Redaction(Contract(), Private(key=KEY, token=TOKEN), vocabulary=vocabulary)
    return FailurePrinter(redaction, strict=strict)


def result(*breaches: Breach, **fields: Any) -> Result:
    return Result("p", "laws", ("send_text",), "failed", breaches=breaches, **fields)


def test_a_failure_is_printed_with_what_was_expected(
    vocabulary: Vocabulary, capsys: pytest.CaptureFixture[str]
) -> None:
    printer(vocabulary).print_failures(result(failure()), [exchange()])
    first, expected, got = capsys.readouterr().out.splitlines()
    assert first == "failure: send_text: 201 is not promised"
    assert expected.startswith("  expected 200 or ") and got == "  got      201"


def test_a_failure_is_there_at_once_for_who_reads_a_pipe(
    vocabulary: Vocabulary, monkeypatch: pytest.MonkeyPatch
) -> None:
    reading, writing = os.pipe()
    # As Python opens it: kept until 8 KiB are there.
    with os.fdopen(writing, "w", buffering=8192) as stream, os.fdopen(reading, "rb") as pipe:
        os.set_blocking(reading, False)
        monkeypatch.setattr(sys, "stdout", stream)
        printer(vocabulary).print_failures(result(failure()), [exchange()])
        assert (pipe.read() or b"").startswith(b"failure: send_text: 201 is not promised")


def test_one_cause_is_printed_once(
    vocabulary: Vocabulary, capsys: pytest.CaptureFixture[str]
) -> None:
    made = printer(vocabulary)
    made.print_failures(result(failure(), failure(operation="send_location")), [])
    made.print_failures(result(failure()), [])
    assert capsys.readouterr().out.count("failure: ") == 1


def test_a_wrong_guess_is_printed_in_a_strict_run_alone(
    vocabulary: Vocabulary, capsys: pytest.CaptureFixture[str]
) -> None:
    printer(vocabulary).print_failures(result(finding()), [])
    assert capsys.readouterr().out == ""
    printer(vocabulary, strict=True).print_failures(result(finding()), [])
    assert capsys.readouterr().out.startswith("failure: group_details: ")


def test_a_mistake_of_our_own_is_printed(
    vocabulary: Vocabulary, capsys: pytest.CaptureFixture[str]
) -> None:
    printer(vocabulary).print_failures(result(reason="this is a mistake", bug=True), [])
    assert capsys.readouterr().out == "mistake: this is a mistake\n"


def test_what_cannot_be_printed_stops_nothing(
    vocabulary: Vocabulary, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Closed:
        """A console that is gone."""

        def write(self, _: str) -> int:
            raise BrokenPipeError

    monkeypatch.setattr(sys, "stdout", Closed())
    printer(vocabulary).print_failures(result(failure()), [])
