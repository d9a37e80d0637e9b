"""How far each instance has counted its records; a bounded number of instances is remembered."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Mapping

# Instances come and go for as long as a mock runs. Of so many the counters are kept, those of
# deleted ones included; the one that counted nothing for longest is forgotten. By then nothing that
# it numbered is in a journal of the usual size.
OWNERS_MOST = 20_000


class RecordNumbers:
    """Numbers by kind and owner, `""` for records of no instance. Not thread-safe."""

    def __init__(self) -> None:
        self._owners: OrderedDict[str, dict[str, int]] = OrderedDict()

    def next(self, kind: str, owner: str) -> int:
        """The next number, from 1."""
        numbers = self._of(owner)
        number = numbers[kind] = numbers.get(kind, 0) + 1
        return number

    def set(self, owner: str, numbers: Mapping[str, int]) -> None:
        """Set how far this owner has counted."""
        self._of(owner).update(numbers)

    def of(self, owner: str) -> dict[str, int]:
        """How far one owner has counted, by kind."""
        return dict(self._owners.get(owner, {}))

    def all(self) -> dict[str, int]:
        """How far everybody has counted, by `kind.owner`, sorted."""
        return dict(
            sorted(
                (f"{kind}.{owner}", number)
                for owner, numbers in self._owners.items()
                for kind, number in numbers.items()
            )
        )

    def forget(self, owner: str | None) -> None:
        """Forget the numbers of one owner, or of all."""
        if owner is None:
            self._owners.clear()
        else:
            self._owners.pop(owner, None)

    def _of(self, owner: str) -> dict[str, int]:
        numbers = self._owners.get(owner)
        if numbers is None:
            numbers = self._owners[owner] = {}
            if len(self._owners) > OWNERS_MOST:
                self._owners.popitem(last=False)
        else:
            self._owners.move_to_end(owner)
        return numbers
