"""QR codes as pictures: the same text always gives the same PNG."""

from __future__ import annotations

import io
from base64 import b64encode
from functools import lru_cache


@lru_cache(maxsize=64)
def png(text: str) -> bytes:
    """A PNG that any QR reader decodes to `text`."""
    # Most mocks never show one.
    import segno

    buffer = io.BytesIO()
    segno.make(text, error="l", micro=False).save(buffer, kind="png", scale=5, border=4)
    return buffer.getvalue()


def data_uri(text: str) -> str:
    """The PNG as the gateway embeds it."""
    return "data:image/png;base64," + b64encode(png(text)).decode("ascii")
