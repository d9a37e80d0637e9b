"""Texts as searches compare them: without case and accents, as people type them into a search."""

from __future__ import annotations

from unicodedata import normalize

# The marks into which letters with accents are taken apart.
_MARKS = dict.fromkeys(range(0x300, 0x370))


def fold_text(text: str) -> str:
    """The text in small letters without accents; `ACAO` and `ação` are the same."""
    if text.isascii():
        return text.lower()
    return normalize("NFD", text.casefold()).translate(_MARKS)


def skeleton(text: str) -> bytes:
    """The ASCII letters and signs of the folded text: six times as fast, to look through much.

    A folded text of ASCII that is in a text is in its skeleton; the reverse need not be so.
    """
    return normalize("NFD", text.casefold()).encode("ascii", "ignore")
