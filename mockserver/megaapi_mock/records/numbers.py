"""How far each instance has counted its records; a bounded number of instances is remembered."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Mapping

# Instances come and go for as long as a mock runs. Of so many the counters are kept, those of
# deleted ones included; the one that counted nothing for longest is forgotten. By then nothing that
# it numbered is in a journal of the usual size.
OWNERS_MOST = 20_000


class RecordNumbers(OrderedDict[str, dict[str, int]]):
    """The last number of each kind, by owner; `""` owns records of no instance. Not thread-safe.

    Who has counted last stands last. `on_crowded_out` hears of each owner that made room for
    another one.
    """

    def __init__(self) -> None:
        super().__init__()
        self.on_crowded_out: Callable[[str], None] = lambda owner: None

    def of_new(self, owner: str) -> dict[str, int]:
        """The numbers of an owner who had none; the first one makes room where there is none."""
        numbers = self[owner] = {}
        if len(self) > OWNERS_MOST:
            self.on_crowded_out(self.popitem(last=False)[0])
        return numbers

    def set(self, owner: str, numbers: Mapping[str, int]) -> None:
        """Set how far this owner has counted."""
        (self.get(owner) or self.of_new(owner)).update(numbers)
        self.move_to_end(owner)

    def of(self, owner: str) -> dict[str, int]:
        """How far one owner has counted, by kind."""
        return dict(self.get(owner, {}))

    def all(self) -> dict[str, int]:
        """How far everybody has counted, by `kind.owner`, sorted."""
        return dict(
            sorted(
                (f"{kind}.{owner}", number)
                for owner, numbers in self.items()
                for kind, number in numbers.items()
            )
        )

    def forget(self, owner: str | None) -> None:
        """Forget the numbers of one owner, or of all."""
        if owner is None:
            self.clear()
        else:
            self.pop(owner, None)
