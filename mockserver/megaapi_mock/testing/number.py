"""Numbers as people write them."""

from __future__ import annotations

import re

_BETWEEN = re.compile(r"[\s().+/\u2010-\u2015-]")
# Groups of old are the number of who made them, a dash and the second.
_OLD_GROUP = re.compile(r"[0-9]+-[0-9]{10}")


def dialled(written: str) -> str:
    """`+55 11 90000-0002` as digits; an address stays, and whatever is no number."""
    digits = _BETWEEN.sub("", written)
    plain = digits.isascii() and digits.isdigit() and not _OLD_GROUP.fullmatch(written)
    return digits if plain else written
