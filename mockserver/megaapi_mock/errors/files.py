"""What the file system says of a name that somebody gave."""

from __future__ import annotations

# More of a name says nothing: one of 5,000 letters is refused for its length.
SHOWN_MOST = 120


def file_problem(error: OSError) -> str:
    """The sentence for a file or folder that cannot be used: its name, shortened, and why."""
    name = str(error.filename)
    shown_name = name if len(name) <= SHOWN_MOST else f"{name[:SHOWN_MOST]}..."
    return f"{shown_name}: {error.strerror or error}"
