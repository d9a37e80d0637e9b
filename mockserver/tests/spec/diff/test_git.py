"""The files of a revision, read by git's objects: folders, neighbours, links, what is missing."""

from __future__ import annotations

import subprocess
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from megaapi_mock.errors import SetupError
from megaapi_mock.spec.diff import git
from megaapi_mock.spec.diff.git import Revision, commit_of, in_repository, is_shallow

FILE, LINK, MODULE, TREE = "100644", "120000", "160000", "040000"
FILES = {
    "spec/openapi.yaml": (FILE, b"top"),
    "spec/paths/a.yaml": (FILE, b"a"),
    "spec/note.txt": (FILE, b"note"),
    "spec/linked.yaml": (LINK, b"paths/a.yaml"),
    "one.json": (FILE, b"one"),
    "current": (LINK, b"spec"),
    "latest.yaml": (LINK, b"spec/openapi.yaml"),
    "outside.yaml": (LINK, b"../other/openapi.yaml"),
    "round.yaml": (LINK, b"again.yaml"),
    "again.yaml": (LINK, b"round.yaml"),
    "lib": (MODULE, b""),
}


class Repository:
    """In place of git: answers about FILES as git does."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.prefix, self.shallow = "", False
        monkeypatch.setattr(git, "_git", self._git)

    def _git(self, command: str, *arguments: str) -> bytes | None:
        if command == "rev-parse":
            return self._rev_parse(arguments)
        if command == "cat-file":
            return FILES[arguments[1].partition(":")[2]][1]
        assert command == "ls-tree" and "--full-tree" in arguments
        path = arguments[-1] if "--" in arguments else ""
        if "-r" in arguments:
            rows = [(each, mode) for each, (mode, _) in FILES.items() if each.startswith(path)]
        else:
            rows = [(path, mode) for mode in self._modes(path)]
        return b"".join(f"{mode} blob 1234\t{each}\0".encode() for each, mode in rows)

    def _rev_parse(self, arguments: tuple[str, ...]) -> bytes | None:
        if "--show-prefix" in arguments:
            return f"{self.prefix}\n".encode()
        if "--is-shallow-repository" in arguments:
            return b"true\n" if self.shallow else b"false\n"
        return b"abc\n" if arguments[-1] in ("main^{commit}", "--git-dir") else None

    def _modes(self, path: str) -> list[str]:
        if path in FILES:
            return [FILES[path][0]]
        return [TREE] if any(each.startswith(f"{path}/") for each in FILES) else []


@pytest.fixture(autouse=True)
def repository(monkeypatch: pytest.MonkeyPatch) -> Repository:
    return Repository(monkeypatch)


def copied(path: str, folder: Path) -> tuple[str, set[str]]:
    """What the copy is called in the folder, and all that was copied."""
    target = Revision("abc", "main").copy(path, folder)
    files = {each.relative_to(folder).as_posix() for each in folder.rglob("*") if each.is_file()}
    return target.relative_to(folder).as_posix(), files


SPEC = {"spec/openapi.yaml", "spec/paths/a.yaml"}


@pytest.mark.parametrize(
    ("path", "target", "files"),
    [
        ("one.json", "one.json", {"one.json"}),
        ("spec", "spec", SPEC),
        ("spec/", "spec", SPEC),
        ("spec/openapi.yaml", "spec/openapi.yaml", SPEC),
        ("spec/paths/a.yaml", "spec/paths/a.yaml", {"spec/paths/a.yaml"}),
        ("current", "spec", SPEC),
        ("latest.yaml", "spec/openapi.yaml", SPEC),
        ("spec/linked.yaml", "spec/paths/a.yaml", {"spec/paths/a.yaml"}),
        ("", ".", SPEC | {"one.json"}),
        ("spec/../one.json", "one.json", {"one.json"}),
    ],
)
def test_a_path_is_copied_with_the_descriptions_beside_it(
    tmp_path: Path, path: str, target: str, files: set[str]
) -> None:
    assert copied(path, tmp_path) == (target, files)
    assert (tmp_path / "spec/openapi.yaml").exists() == ("spec/openapi.yaml" in files)


def test_what_is_copied_has_its_bytes(tmp_path: Path) -> None:
    copied("one.json", tmp_path)
    assert (tmp_path / "one.json").read_bytes() == b"one"


@pytest.mark.parametrize(
    "path", ["./paths/a.yaml", "paths/../paths/a.yaml", "../spec/paths/a.yaml"]
)
def test_a_path_with_a_dot_begins_where_one_is(
    tmp_path: Path, repository: Repository, path: str
) -> None:
    repository.prefix = "spec/"
    if path.startswith("."):
        assert copied(path, tmp_path)[0] == "spec/paths/a.yaml"
    else:
        with pytest.raises(SetupError, match=r"there is no 'paths/a.yaml'"):
            copied(path, tmp_path)


@pytest.mark.parametrize(
    ("path", "sentence"),
    [
        ("nothing.yaml", "there is no 'nothing.yaml' in that revision: give REVISION:PATH"),
        ("outside.yaml", "a symbolic link leads out of the repository"),
        ("round.yaml", "symbolic links lead in a circle"),
        ("lib/openapi.yaml", "'lib' is a submodule: compare inside of it"),
    ],
)
def test_a_path_that_leads_nowhere_is_named_with_its_reason(
    tmp_path: Path, path: str, sentence: str
) -> None:
    with pytest.raises(SetupError, match=f"main: {sentence}"):
        copied(path, tmp_path)


def test_a_path_that_stands_below_the_working_directory_is_offered(
    tmp_path: Path, repository: Repository
) -> None:
    repository.prefix = "spec/"
    with pytest.raises(SetupError, match=r"did you mean REVISION:spec/openapi.yaml, or"):
        copied("openapi.yaml", tmp_path)


def test_a_revision_is_known_by_its_commit(repository: Repository) -> None:
    assert (commit_of("main"), commit_of("nothing")) == ("abc", None)
    assert in_repository() and not is_shallow()
    repository.shallow = True
    assert is_shallow()


@pytest.mark.parametrize(
    ("error", "sentence"),
    [
        (FileNotFoundError(), "git is not installed"),
        (subprocess.TimeoutExpired("git", 60), "git rev-parse did not end within 60 s"),
    ],
)
def test_a_git_that_is_not_there_or_hangs_is_told(
    monkeypatch: pytest.MonkeyPatch, error: Exception, sentence: str
) -> None:
    def refuse(*arguments: Any, **options: Any) -> Any:
        raise error

    monkeypatch.undo()
    monkeypatch.setattr(subprocess, "run", refuse)
    with pytest.raises(SetupError, match=sentence):
        in_repository()


@pytest.mark.parametrize(("code", "inside"), [(0, True), (128, False)])
def test_what_git_says_counts_where_it_says_yes(
    monkeypatch: pytest.MonkeyPatch, code: int, inside: bool
) -> None:
    process = SimpleNamespace(stdout=b"", returncode=code)
    monkeypatch.undo()
    monkeypatch.setattr(subprocess, "run", lambda *arguments, **options: process)
    assert in_repository() is inside
