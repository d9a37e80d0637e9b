"""Paths in any letter case, as the ancestor's router takes them; keys keep theirs."""

from __future__ import annotations

from collections.abc import Iterable, Iterator


class AnyCase:
    """Knows how every path of the contract is written."""

    def __init__(self, paths: Iterable[str]) -> None:
        self._shapes = {tuple(path.split("/")) for path in paths}

    def spellings(self, path: str) -> Iterator[str]:
        """The contract's spellings of a path that differ from it in case alone."""
        parts = path.split("/")
        for shape in self._shapes:
            if len(shape) == len(parts) and all(map(_is_same_part, shape, parts)):
                spelt = "/".join(map(_contract_part, shape, parts))
                if spelt != path:
                    yield spelt


def _is_parameter(part: str) -> bool:
    return part.startswith("{")


def _is_same_part(part: str, written_part: str) -> bool:
    return _is_parameter(part) or part.lower() == written_part.lower()


def _contract_part(part: str, written_part: str) -> str:
    return written_part if _is_parameter(part) else part
