"""How a sentence shows an address that somebody gave."""

from __future__ import annotations

import re

_SCHEME = r"[^:/]*:/*"


def shown_address(address: str) -> str:
    """The address, or whatever was given as one, without its password and its query."""
    public, question_mark, rest = address.partition("?")
    scheme = re.match(_SCHEME, address)
    if "@" in rest:
        # The question mark may stand in the password, too.
        return f"{scheme[0] if scheme else ''}***"
    public = re.sub(f"^({_SCHEME})?.*@", r"\1***@", public, flags=re.DOTALL)
    return f"{public}?***" if question_mark else public
