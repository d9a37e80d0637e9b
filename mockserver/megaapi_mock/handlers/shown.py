"""What a phone shows of a message: blank texts and files that cannot be shown are spoken of."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from typing import Any

from ..errors import Unusable
from ..errors.names import quoted
from .call import Call
from .file_check import unshown

# Blanks, and letters that leave no mark: of no width, for direction, fillers of Hangul and Braille.
_UNSEEN = re.compile(
    r"[\s\u00ad\u115f\u1160\u180e\u200b-\u200f\u202a-\u202e\u2060-\u206f\u2800\u3164\ufe00-\ufe0f"
    r"\ufeff\uffa0]*"
)


def question(call: Call, problem: str | None, status: str) -> None:
    """What nobody knows the gateway to refuse: said beside the answer, or refused."""
    if problem is None:
        return
    if call.strict or status == "500":
        raise Unusable(problem)
    call.note(f"{problem}; sent all the same")


def require_shown(call: Call, *fields: str, buttons: Sequence[str] = ()) -> None:
    """Say which texts that a phone shows are blank; what the gateway does then nobody knows."""
    blank = [field for field in fields if is_blank(call.data.get(field))]
    blank += [
        f"{field} of button {number}"
        for number, button in enumerate(call.data["buttons"] if buttons else (), 1)
        for field in buttons
        if is_blank(button.get(field))
    ]
    if blank:
        verb = "is" if len(blank) == 1 else "are"
        problem = f"{', '.join(blank[:5])} {verb} blank: a phone shows nothing there"
        question(call, problem, "200")


def require_told_apart(call: Call, field: str, values: Iterable[str | None]) -> None:
    """Say which of several choices nobody can tell apart in an answer."""
    counts = Counter(value for value in values if value is not None)
    repeated = next((value for value, count in counts.items() if count > 1), None)
    if repeated is not None:
        problem = f"{field} {quoted(repeated)} stands at {counts[repeated]} choices"
        question(call, f"{problem}: an answer does not tell them apart", "200")


def is_blank(value: Any) -> bool:
    """Whether a text has nothing that a phone shows; False for anything but a text."""
    return isinstance(value, str) and _UNSEEN.fullmatch(value) is not None


def unshown_file(call: Call, type_: str, content: bytes) -> str | None:
    """Why no phone can show the file: said beside the answer; strict mocks refuse such a file."""
    problem = unshown(type_, content)
    if problem is not None and call.strict:
        raise Unusable(problem)
    if problem is not None:
        call.note(f"the message stops at the phone: {problem}")
    return problem


def question_file(call: Call, type_: str, content: bytes) -> None:
    """The same of a file that is part of something else, which is shown without it."""
    question(call, unshown(type_, content), "200")
