"""What a person probably meant by a name that does not exist."""

from __future__ import annotations

from collections.abc import Iterable
from difflib import get_close_matches

# Nobody mistypes so long a name, and comparing takes time by the square of it.
LENGTH_MOST = 100


def did_you_mean(wrong: str, choices: Iterable[str], most: int = 3) -> str:
    """`did you mean X or Y? ` with the nearest names; empty when none is near."""
    if len(wrong) > LENGTH_MOST:
        return ""
    # A name that holds the whole of the wrong one is near however long it is: text, text-plain.
    folded = {plain_name(name): name for name in choices}
    wanted_name = plain_name(wrong)
    near = get_close_matches(wanted_name, folded, n=most, cutoff=0.6)
    near += [
        name for name in folded if len(wanted_name) > 2 and wanted_name in name and name not in near
    ]
    names = [folded[name] for name in near[:most]]
    return f"did you mean {' or '.join(names)}? " if names else ""


def quoted(value: object) -> str:
    """The value as it stands in a sentence; of a long text only how it begins, and its length."""
    if isinstance(value, str) and len(value) > LENGTH_MOST:
        return f"{value[:LENGTH_MOST]!r}... of {len(value):,} characters"
    text = repr(value)
    return text if len(text) <= 2 * LENGTH_MOST else f"{text[: 2 * LENGTH_MOST]}..."


def plain_name(name: str) -> str:
    """The name without case and separators: sendText, send_text and SEND-TEXT are the same."""
    return "".join(mark for mark in name.lower() if mark.isalnum())
