"""The whole measurement: the clean mock first, then every mutant, of sources that stay."""

from __future__ import annotations

import errno
import os
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from megaapi_contract.errors import SetupError
from megaapi_contract.mutation import measure
from megaapi_contract.mutation.measure import (
    PAGE,
    TABLE,
    chosen_mutants,
    mutate,
    require_writable,
    store,
)
from megaapi_contract.mutation.run_mutant import WHOLE_RUN, MutantResult
from megaapi_contract.mutation.score import Score, load

NAMES = ["send_text: cut", "restart: breaks the link"]


class Workers:
    """In place of worker processes: every mutant is killed by one probe."""

    def __init__(self, said: str = "") -> None:
        self.said = said
        self.log: list[tuple[str, list[str]]] = []

    def clean(self, names: list[str], on_done: Callable[[str], None]) -> dict[str, str]:
        self.log.append(("clean", names))
        for name in names:
            on_done(name)
        return dict.fromkeys(names, self.said)

    def results(self, names: list[str], on_done: Callable[[str], None]) -> list[MutantResult]:
        self.log.append(("faults", names))
        by = {name: "p" if name == NAMES[0] else WHOLE_RUN for name in names}
        for name in names:
            on_done(name)
        return [MutantResult(name, "killed", by[name]) for name in names]


@pytest.fixture
def workers(monkeypatch: pytest.MonkeyPatch) -> Workers:
    workers = Workers()

    @contextmanager
    def pool(*_: Any) -> Iterator[Workers]:
        yield workers

    @contextmanager
    def on_trial(_: int) -> Iterator[Any]:
        yield SimpleNamespace(probes={"b": 1, "a": 2})

    monkeypatch.setattr(measure, "pool", pool)
    monkeypatch.setattr(measure, "on_trial", on_trial)
    return workers


def test_of_some_faults_only_the_probes_that_noticed_must_be_clean(workers: Workers) -> None:
    progress: list[tuple[str, int, int]] = []
    score, mutants = mutate(
        only=NAMES, on_progress=lambda stage, done, of: progress.append((stage, done, of))
    )
    assert sorted(score.outcomes) == sorted(NAMES) == sorted(one.name for one in mutants)
    assert [kind for kind, _ in workers.log] == ["faults", "clean"]
    # What the whole run showed is not a probe.
    assert workers.log[1] == ("clean", ["p"])
    assert progress == [
        ("faults", 0, 2), ("faults", 1, 2), ("faults", 2, 2),
        ("clean mock", 0, 1), ("clean mock", 1, 1),
    ]  # fmt: skip


def test_before_all_faults_every_probe_must_be_clean(workers: Workers) -> None:
    mutate()
    assert workers.log[0] == ("clean", ["a", "b"])
    assert len(workers.log[1][1]) > 100 and len(workers.log) == 2


def test_a_clean_mock_that_is_not_clean_measures_nothing(workers: Workers) -> None:
    workers.said = "a promise is broken"
    with pytest.raises(SetupError, match="the clean mock is not clean: a: a promise is broken"):
        mutate()
    assert len(workers.log) == 1


def test_sources_that_change_meanwhile_are_measured_again(
    workers: Workers, monkeypatch: pytest.MonkeyPatch
) -> None:
    hashes = iter(["before", "after"])
    monkeypatch.setattr(measure, "sources_hash", lambda: next(hashes))
    with pytest.raises(SetupError, match="the sources changed during the measurement"):
        mutate(only=NAMES)


def test_a_name_is_whole_before_it_is_a_part() -> None:
    assert [one.name for one in chosen_mutants([NAMES[0]], None)] == [NAMES[0]]
    parts = [one.name for one in chosen_mutants(["send_text: cut", "restart:"], None)]
    assert NAMES[0] in parts and NAMES[1] in parts
    assert all(name == NAMES[0] or "restart:" in name for name in parts)
    with pytest.raises(SetupError, match="no fault is called zorba"):
        chosen_mutants(["zorba"], None)


@pytest.mark.parametrize("known", [[], ["restart:"]])
def test_a_name_with_a_typo_is_refused_beside_others_too(known: list[str]) -> None:
    with pytest.raises(SetupError, match="no fault is called snd_text: did you mean send_text"):
        chosen_mutants([*known, "snd_text"], None)


def test_a_sample_is_from_all_over_the_list() -> None:
    every = [one.name for one in chosen_mutants([], None)]
    sample = [one.name for one in chosen_mutants([], 2)]
    assert sample == [every[0], every[len(every) // 2]]
    assert len(chosen_mutants([], 10**6)) == len(every)


def test_both_tables_are_written(workers: Workers, tmp_path: Path) -> None:
    score, mutants = mutate(only=NAMES)
    store(score, mutants, tmp_path)
    assert load(tmp_path / TABLE) == score
    assert "**2 of 2 faults noticed" in (tmp_path / PAGE).read_text(encoding="utf-8")


@pytest.mark.parametrize("name", [TABLE, PAGE])
def test_a_table_that_cannot_be_written_is_named(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, name: str
) -> None:
    write_text = Path.write_text

    def write(path: Path, *values: Any, **options: Any) -> int:
        if path.name == name:
            # As a write says it, without a file name: what opens the file has one.
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        return write_text(path, *values, **options)

    monkeypatch.setattr(Path, "write_text", write)
    sentence = f"{tmp_path / name} cannot be written: No space left on device"
    with pytest.raises(SetupError, match=re.escape(sentence)):
        store(Score(7, "abc", {}), [], tmp_path)


def test_a_folder_that_takes_no_table_is_refused_before_the_measurement(tmp_path: Path) -> None:
    (tmp_path / TABLE).write_text("{}")
    require_writable(tmp_path)
    assert (tmp_path / TABLE).read_text() == "{}"
    (tmp_path / PAGE).unlink()
    (tmp_path / PAGE).mkdir()
    with pytest.raises(SetupError, match=re.escape(f"{tmp_path / PAGE} cannot be written: Is a")):
        require_writable(tmp_path)
