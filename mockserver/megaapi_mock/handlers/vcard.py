"""A contact card as the gateway writes it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from .call import Json


def contact_content(card: Mapping[str, Any], *, names_it_by_full_name: bool) -> Json:
    """One contactMessage; the number stands in the card as it was given (vendor-postman-2023)."""
    full_name, number = card["fullName"], card["phoneNumber"]
    shown_name = None if names_it_by_full_name else card.get("displayName")
    lines = (
        "BEGIN:VCARD",
        "VERSION:3.0",
        f"FN:{full_name}",
        f"ORG:{card.get('organization') or ''};",
        f"TEL;type=CELL;type=VOICE;waid={number}:{number}",
        "END:VCARD",
    )
    return {"contactMessage": {"displayName": shown_name or full_name, "vcard": "\n".join(lines)}}
