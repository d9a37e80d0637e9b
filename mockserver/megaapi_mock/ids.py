"""Identifiers drawn from (seed, instance key, counter), so that a seed fixes every one of them."""

from __future__ import annotations

from hashlib import blake2b

# Baileys' own alphabet: no 0, I, O, U.
PAIRING_ALPHABET = "123456789ABCDEFGHJKLMNPQRSTVWXYZ"


class Ids:
    """A pure function of its arguments: asking twice gives the same identifier twice."""

    def __init__(self, seed: int = 0) -> None:
        self.seed = seed

    def raw(self, key: str, kind: str, number: int, size: int) -> bytes:
        """`size` bytes (at most 64)."""
        return blake2b(f"{self.seed}|{key}|{kind}|{number}".encode(), digest_size=size).digest()

    def message(self, key: str, number: int) -> str:
        """An id as Baileys makes it for its own sends: 3EB0 and 18 upper-case hex digits."""
        return "3EB0" + self.raw(key, "message", number, 9).hex().upper()

    def inbound(self, key: str, number: int) -> str:
        """An id as an Android phone makes it: 32 upper-case hex digits."""
        return self.raw(key, "inbound", number, 16).hex().upper()

    def pairing_code(self, key: str, number: int) -> str:
        """Eight characters of Baileys' alphabet."""
        drawn = self.raw(key, "pairing", number, 8)
        return "".join(PAIRING_ALPHABET[byte % len(PAIRING_ALPHABET)] for byte in drawn)

    def group(self, key: str, number: int) -> str:
        """The user part of a group's JID: 18 digits, as WhatsApp makes them today."""
        drawn = int.from_bytes(self.raw(key, "group", number, 8))
        return f"120363{drawn % 10**12:012d}"
