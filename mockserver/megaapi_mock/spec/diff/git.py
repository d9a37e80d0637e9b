"""What a git repository has at a revision: read by its objects, whatever is checked out."""

from __future__ import annotations

import posixpath
import subprocess
from collections.abc import Iterator
from pathlib import Path

from ...errors import SetupError

_SECONDS = 60
_LINK, _MODULE, _TREE = "120000", "160000", "040000"
# So many symbolic links may follow one another.
_LINKS = 10
# What a description is made of.
_SUFFIXES = (".yaml", ".yml", ".json")


def in_repository() -> bool:
    """Whether the working directory is in one, bare ones among them."""
    return _git("rev-parse", "--git-dir") is not None


def commit_of(revision: str) -> str | None:
    """The id of a branch, tag or other revision; None where it is none."""
    arguments = ("--verify", "--quiet", "--end-of-options", f"{revision}^{{commit}}")
    commit = _git("rev-parse", *arguments)
    return commit.decode().strip() if commit is not None else None


def is_shallow() -> bool:
    """Whether the repository has the last commits alone."""
    return (_git("rev-parse", "--is-shallow-repository") or b"").strip() == b"true"


class Revision:
    """The files of one commit."""

    def __init__(self, commit: str, name: str) -> None:
        self._commit, self._name = commit, name

    def copy(self, path: str, folder: Path) -> Path:
        """A file, or the descriptions of a folder, below `folder`; SetupError without one.

        An openapi.yaml brings its neighbours along: it may refer to them.
        """
        inside, mode = self._target(_from_top(path))
        whole = mode == _TREE or posixpath.basename(inside) == "openapi.yaml"
        if whole:
            beside = inside if mode == _TREE else posixpath.dirname(inside)
            for each, kind in self._entries(f"{beside}/" if beside else "", recursive=True):
                if kind not in (_LINK, _MODULE) and each.endswith(_SUFFIXES):
                    self._write(each, folder)
        else:
            self._write(inside, folder)
        return folder / inside

    def _target(self, path: str) -> tuple[str, str]:
        """Where a path leads, links followed, and the mode of what is there."""
        for _ in range(_LINKS):
            if not path:
                return "", _TREE
            mode = dict(self._entries(path)).get(path)
            if mode is None:
                raise SetupError(self._missing(path))
            if mode != _LINK:
                return path, mode
            link = self._content(path).decode(errors="replace")
            path = posixpath.normpath(posixpath.join(posixpath.dirname(path), link))
            if path.startswith(("/", "../")):
                raise SetupError(f"{self._name}: a symbolic link leads out of the repository")
        raise SetupError(f"{self._name}: symbolic links lead in a circle")

    def _missing(self, path: str) -> str:
        parent = posixpath.dirname(path)
        while parent.strip("/"):
            if dict(self._entries(parent)).get(parent) == _MODULE:
                return f"{self._name}: {parent!r} is a submodule: compare inside of it"
            parent = posixpath.dirname(parent)
        here = _prefix()
        hint = "give REVISION:PATH, with the path from the top of the repository"
        if here and dict(self._entries(here + path)).get(here + path):
            hint = f"did you mean REVISION:{here}{path}, or REVISION:./{path}?"
        return f"{self._name}: there is no {path!r} in that revision: {hint}"

    def _entries(self, path: str, *, recursive: bool = False) -> Iterator[tuple[str, str]]:
        """Path and mode of what stands there."""
        options = ["-z", "--full-tree", *(["-r"] if recursive else [])]
        paths = ["--", path] if path else []
        for line in (_git("ls-tree", *options, self._commit, *paths) or b"").split(b"\0"):
            about, tab, name = line.partition(b"\t")
            if tab:
                yield name.decode(errors="surrogateescape"), about.decode().split()[0]

    def _content(self, path: str) -> bytes:
        content = _git("cat-file", "blob", f"{self._commit}:{path}")
        if content is None:
            raise SetupError(f"{self._name}: git cannot read {path!r}")
        return content

    def _write(self, path: str, folder: Path) -> None:
        target = folder / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(self._content(path))


def _from_top(path: str) -> str:
    """As git has it: from the top, or with ./ and ../ from the working directory."""
    if path.startswith(("./", "../")) or path in (".", ".."):
        path = posixpath.join(_prefix(), path)
    path = posixpath.normpath(path) if path else ""
    return "" if path == "." else path


def _prefix() -> str:
    """The working directory, from the top of the repository, with a slash at its end."""
    return (_git("rev-parse", "--show-prefix") or b"").decode(errors="surrogateescape").strip("\n")


def _git(*arguments: str) -> bytes | None:
    """What git prints; None when it says no. SetupError where there is no git."""
    try:
        process = subprocess.run(["git", *arguments], capture_output=True, timeout=_SECONDS)
    except FileNotFoundError:
        raise SetupError(
            "git is not installed: give a file, or a folder with openapi.yaml"
        ) from None
    except subprocess.TimeoutExpired:
        raise SetupError(f"git {arguments[0]} did not end within {_SECONDS} s") from None
    return process.stdout if process.returncode == 0 else None
