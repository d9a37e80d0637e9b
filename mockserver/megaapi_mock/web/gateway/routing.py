"""Which operation a method and a path ask for, by one look-up in a table."""

from __future__ import annotations

from collections.abc import Iterable

from ...spec.operations import KEY, Operation

# An operation and the instance key in its path; empty where there is none.
Match = tuple[Operation, str]


class Routes:
    """The gateway's paths, each with the instance key as one whole step.

    Where a step is both a word of one path and the key of another, the word wins: of
    `/rest/instance/qrcode/{key}` and `/rest/instance/{key}/logout` the first, if it has the method.
    A path without a key comes before those that would take one of its words for a key.
    """

    def __init__(self, operations: Iterable[Operation]) -> None:
        self._operations: dict[tuple[str, str, str], Operation] = {}
        self._without_key: dict[tuple[str, str], Operation] = {}
        places: set[int] = set()
        for operation in operations:
            methods = ("GET", "HEAD") if operation.method == "GET" else (operation.method,)
            before, key, after = operation.path.partition(KEY)
            if not key:
                self._without_key |= {(method, before): operation for method in methods}
                continue
            places.add(before.count("/"))
            self._operations |= {(method, before, after): operation for method in methods}
        # From the last to the first: what stands before the key is words.
        self._places = sorted(places, reverse=True)

    def match(self, path: str, method: str) -> Match | None:
        """The operation and the instance key in this path; None where no operation has it."""
        steps, method = path.lstrip("/").split("/"), method.upper()
        operation = self._without_key.get((method, path))
        if operation is not None:
            return operation, ""
        for place in self._places:
            if place > len(steps) or not steps[place - 1]:
                continue
            before = "/".join(("", *steps[: place - 1], ""))
            after = "/".join(("", *steps[place:])) if place < len(steps) else ""
            operation = self._operations.get((method, before, after))
            if operation is not None:
                return operation, steps[place - 1]
        return None
