"""The score of many trials, and its stored form."""

from __future__ import annotations

from pathlib import Path

import pytest
from megaapi_contract.errors import SetupError
from megaapi_contract.mutation.mutant import Fault, Mutant
from megaapi_contract.mutation.run_mutant import MutantResult
from megaapi_contract.mutation.score import Score, countable, load, score_of


def mutant(name: str, **fields: str) -> Mutant:
    return Mutant(name, "kind", "Something is wrong.", Fault, **fields)


ONE, TWO, ALIKE = mutant("one"), mutant("two"), mutant("alike", equivalent="Nobody can tell.")
SCORE = Score(7, "abc", {"alike": ("survived", ""), "one": ("killed", "p"), "two": ("idle", "")})


def test_only_what_can_be_told_apart_counts() -> None:
    assert countable([ONE, TWO, ALIKE]) == [ONE, TWO]
    assert SCORE.killed([ONE, TWO, ALIKE]) == 1
    assert SCORE.share([ONE, TWO, ALIKE]) == 0.5
    assert (SCORE.share([ONE]), SCORE.share([]), SCORE.share([ALIKE])) == (1.0, 1.0, 1.0)


def test_a_score_is_that_of_its_trials_by_name() -> None:
    trials = [MutantResult("two", "idle"), MutantResult("one", "killed", "p", "seen", 3, 1.5)]
    score = score_of(trials, seed=7, sources="abc")
    assert list(score.outcomes.items()) == [("one", ("killed", "p")), ("two", ("idle", ""))]


def test_a_stored_score_comes_back_and_is_the_same_text(tmp_path: Path) -> None:
    path = tmp_path / "mutation.json"
    text = SCORE.dump()
    path.write_text(text, encoding="utf-8")
    stored = load(path)
    assert stored == SCORE
    assert len(text.splitlines()) == 5


@pytest.mark.parametrize(
    "text", ["", "[]", '{"seed": 1}', '{"seed": "x", "sources": "", "mutants": {}}',
             '{"seed": 1, "sources": "", "mutants": []}',
             '{"seed": 1, "sources": "", "mutants": {"a": 5}}'],
)  # fmt: skip
def test_what_is_no_score_says_what_to_do(tmp_path: Path, text: str) -> None:
    path = tmp_path / "mutation.json"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(SetupError, match=r"mutation.json holds no score .*: run make mutation"):
        load(path)


def test_a_score_that_is_not_there_says_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(SetupError, match="run make mutation"):
        load(tmp_path / "mutation.json")
