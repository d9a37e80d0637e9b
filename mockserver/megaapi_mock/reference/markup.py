"""Texts of the contract as HTML: everything is escaped, backticks become code."""

from __future__ import annotations

import re

from markupsafe import Markup, escape

_CODE = re.compile(r"`([^`]+)`")


def inline(text: str) -> Markup:
    """One line of text."""
    parts = _CODE.split(" ".join(text.split()))
    return Markup("").join(
        Markup("<code>{}</code>").format(part) if index % 2 else escape(part)
        for index, part in enumerate(parts)
    )


def block(text: str) -> Markup:
    """Paragraphs, which blank lines separate."""
    paragraphs = (part for part in re.split(r"\n\s*\n", text) if part.strip())
    return Markup("").join(Markup("<p>{}</p>").format(inline(part)) for part in paragraphs)
