"""Identifiers drawn from (seed, resets, instance key, counter): a seed fixes every one of them."""

from __future__ import annotations

from hashlib import blake2b

# Baileys' own alphabet: no 0, I, O, U.
PAIRING_ALPHABET = "123456789ABCDEFGHJKLMNPQRSTVWXYZ"


# Instances whose own resets are remembered.
KEYS_MOST = 10_000


class Ids:
    """A pure function of its arguments: asking twice gives the same identifier twice.

    After `renew` the same arguments give other identifiers: a receiver remembers message ids, and
    the same ones again would look to it like copies.
    """

    def __init__(self, seed: int = 0) -> None:
        self.seed = seed
        self._resets = 0
        self._resets_of: dict[str, int] = {}
        # The last series that each of them began: going back to an earlier one repeats none.
        self._begun_of: dict[str, int] = {}
        # The last series of all that was begun, the last of any instance, and which of those may
        # have been begun before the beginning was asked for again.
        self._last = self._last_of_any = self._floor = 0

    def renew(self, key: str | None = None) -> None:
        """From now on other identifiers, for one instance or for all."""
        if key is None or (key not in self._resets_of and len(self._resets_of) >= KEYS_MOST):
            self._resets = self._last = max(self._resets, self._last) + 1
            self._resets_of, self._begun_of = {}, {}
        else:
            # In the first series of all, instances may have begun others before it came back.
            floor = 0 if self._resets else self._floor
            last = max(self._resets_of.get(key, 0), self._begun_of.get(key, 0), floor)
            self._resets_of[key] = self._begun_of[key] = last + 1
            self._last_of_any = max(self._last_of_any, last + 1)

    def series(self, key: str) -> int:
        """Which series of identifiers an instance gives out now."""
        return self._resets_of.get(key, 0)

    def return_to(self, key: str, series: int) -> None:
        """Go on with an earlier series: the same arguments give its identifiers again."""
        if series:
            self._resets_of[key] = series
        else:
            self._resets_of.pop(key, None)

    def begin_again(self, key: str | None = None) -> None:
        """From now on the identifiers of the beginning once more.

        What is begun by `renew` afterwards still repeats nothing.
        """
        if key is None:
            self._resets, self._floor = 0, self._last_of_any
            self._resets_of, self._begun_of = {}, {}
        else:
            self._resets_of.pop(key, None)

    def save(self) -> tuple[int, int, dict[str, int], dict[str, int], tuple[int, int, int]]:
        """The seed, and all series that were begun."""
        last = self._last, self._last_of_any, self._floor
        return self.seed, self._resets, dict(self._resets_of), dict(self._begun_of), last

    def restore(
        self,
        seed: int,
        resets: int,
        resets_of: dict[str, int],
        begun_of: dict[str, int],
        last: tuple[int, int, int] = (0, 0, 0),
    ) -> None:
        """Go on with what was saved; what an earlier version saved has no `last`."""
        self.seed, self._resets = seed, resets
        self._resets_of, self._begun_of = dict(resets_of), dict(begun_of)
        self._last, self._last_of_any, self._floor = last
        self._last_of_any = max(self._last_of_any, *begun_of.values(), 0)

    def raw(self, key: str, kind: str, number: int, size: int) -> bytes:
        """`size` bytes (at most 64)."""
        own = self._resets_of.get(key, 0)
        resets = f".{self._resets}.{own}" if self._resets or own else ""
        text = f"{self.seed}{resets}|{key}|{kind}|{number}"
        return blake2b(text.encode(), digest_size=size).digest()

    def message(self, key: str, number: int) -> str:
        """An id as Baileys makes it for its own sends: 3EB0 and 18 upper-case hex digits."""
        return "3EB0" + self.raw(key, "message", number, 9).hex().upper()

    def inbound(self, key: str, number: int) -> str:
        """An id as an Android phone makes it: 32 upper-case hex digits."""
        return self.raw(key, "inbound", number, 16).hex().upper()

    def pairing_code(self, key: str, number: int) -> str:
        """Eight characters of Baileys' alphabet."""
        code = self.raw(key, "pairing", number, 8)
        return "".join(PAIRING_ALPHABET[byte % len(PAIRING_ALPHABET)] for byte in code)

    def group(self, key: str, number: int) -> str:
        """The user part of a group's JID: 18 digits, as WhatsApp makes them today."""
        digits = int.from_bytes(self.raw(key, "group", number, 8))
        return f"120363{digits % 10**12:012d}"
