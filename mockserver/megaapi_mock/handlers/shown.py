"""What a phone shows of a message: blank texts and files that cannot be shown are spoken of."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from ..errors import Unusable
from .call import Call
from .file_check import unshown


def question(call: Call, problem: str | None, status: str) -> None:
    """What nobody knows the gateway to refuse: said beside the answer, or refused."""
    if problem is None:
        return
    if call.strict or status == "500":
        raise Unusable(problem)
    call.note(f"{problem}; sent all the same")


def require_shown(call: Call, *fields: str, buttons: Sequence[str] = ()) -> None:
    """Say which texts that a phone shows are blank; what the gateway does then nobody knows."""
    blank = [field for field in fields if _is_blank(call.data.get(field))]
    blank += [
        f"{field} of button {number}"
        for number, button in enumerate(call.data["buttons"] if buttons else (), 1)
        for field in buttons
        if _is_blank(button.get(field))
    ]
    if blank:
        verb = "is" if len(blank) == 1 else "are"
        problem = f"{', '.join(blank[:5])} {verb} blank: a phone shows nothing there"
        question(call, problem, "200")


def _is_blank(value: Any) -> bool:
    return isinstance(value, str) and not value.strip()


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
