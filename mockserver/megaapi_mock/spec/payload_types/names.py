"""Names of types: of what the contract has no name for, too."""

from __future__ import annotations

import re


def camel(name: str) -> str:
    """`group-participants.update` is `GroupParticipantsUpdate`; inner capitals stay."""
    return "".join(part[:1].upper() + part[1:] for part in re.split(r"[^A-Za-z0-9]+", name))


def item_name(name: str) -> str:
    """The name of one of what a list is called after: `Sections` has a `Section`."""
    if name.endswith("ies"):
        return name.removesuffix("ies") + "y"
    return name.removesuffix("s") if name.endswith("s") else name + "Item"


def type_name(message_type: str) -> str:
    """What the type of a webhook is called: `imageMessage` is an `ImageWebhook`."""
    return camel(message_type.replace("Message", "")) + "Webhook"


def member_name(owner: str, member: str) -> str:
    """What an object without a name is called that stands in this member of its owner."""
    name = camel(member)
    if owner.endswith("Message") and name != "Message":
        name = name.removesuffix("Message")
    return owner + name
