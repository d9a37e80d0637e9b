"""The score of many trials, and the stored table that holds it."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ..errors import SetupError
from .mutant import Mutant
from .run_mutant import MutantResult

BAR = 0.95
FAULTS_LEAST = 200


@dataclass(frozen=True, slots=True)
class Score:
    """What became of each mutant, by name; `outcomes` has outcome and probe."""

    seed: int
    sources: str
    outcomes: Mapping[str, tuple[str, str]]

    def killed(self, mutants: Iterable[Mutant]) -> int:
        """How many of these were noticed."""
        return sum(self.outcomes[mutant.name][0] == "killed" for mutant in mutants)

    def share(self, mutants: Iterable[Mutant]) -> float:
        """The share that was noticed of those that can be; one where there are none."""
        real = countable(mutants)
        return self.killed(real) / len(real) if real else 1.0

    def dump(self) -> str:
        """The stored form: no times, so that the same score is the same text."""
        lines = ",\n".join(
            f"  {_text(name)}: {_text([outcome, probe] if probe else [outcome])}"
            for name, (outcome, probe) in self.outcomes.items()
        )
        head = f'"seed": {self.seed}, "sources": {_text(self.sources)}'
        return f'{{{head}, "mutants": {{\n{lines}\n}}}}\n'


def _text(value: object) -> str:
    return json.dumps(value, ensure_ascii=False)


def score_of(results: Iterable[MutantResult], *, seed: int, sources: str) -> Score:
    """The score of these trials."""
    outcomes = {result.mutant: (result.outcome, result.by) for result in results}
    return Score(seed, sources, dict(sorted(outcomes.items())))


def load(path: Path) -> Score:
    """The stored score; SetupError with what to do when there is none."""
    try:
        document: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
        outcomes = {
            str(name): (str(outcome), str(*probe))
            for name, (outcome, *probe) in document["mutants"].items()
        }
        return Score(int(document["seed"]), str(document["sources"]), outcomes)
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise SetupError(f"{path.name} holds no score ({error}): run make mutation") from None


def countable(mutants: Iterable[Mutant]) -> list[Mutant]:
    """Those that somebody can tell from a sound gateway."""
    return [mutant for mutant in mutants if not mutant.equivalent]
