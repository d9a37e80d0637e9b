"""Which operation a method and a path ask for, by one look-up in a table."""

from __future__ import annotations

from collections.abc import Iterable

from ...spec.operations import Operation

# Where the instance key stands in a path.
_KEY = "{instance_key}"
Match = tuple[Operation, str]


class Routes:
    """The gateway's paths, each with the instance key as one whole step.

    Where a step is both a word of one path and the key of another, the word wins: of
    `/rest/instance/qrcode/{key}` and `/rest/instance/{key}/logout` the first, if it has the method.
    """

    def __init__(self, operations: Iterable[Operation]) -> None:
        self._operations: dict[tuple[str, str, str], Operation] = {}
        places: set[int] = set()
        for operation in operations:
            before, _, after = operation.path.partition(_KEY)
            places.add(before.count("/"))
            self._operations[operation.method, before, after] = operation
            if operation.method == "GET":
                self._operations["HEAD", before, after] = operation
        # From the last to the first: what stands before the key is words.
        self._places = sorted(places, reverse=True)

    def match(self, path: str, method: str) -> Match | None:
        """The operation and the instance key in this path; None where no operation has it."""
        steps, method = path.lstrip("/").split("/"), method.upper()
        for place in self._places:
            if place > len(steps) or not steps[place - 1]:
                continue
            before = "/".join(("", *steps[: place - 1], ""))
            after = "/".join(("", *steps[place:])) if place < len(steps) else ""
            operation = self._operations.get((method, before, after))
            if operation is not None:
                return operation, steps[place - 1]
        return None
