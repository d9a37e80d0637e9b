"""The form of a world's file; each field says what to write, for errors and docs/worlds.md."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import jsonschema_rs

from ..domain.addressing import ADDRESSINGS
from ..domain.message_states import CONTACT_STATES
from .yaml_lines import YamlPath

Json = dict[str, Any]


def _text(pattern: str, description: str) -> Json:
    return {"type": "string", "pattern": pattern, "description": description}


def _object(required: Sequence[str], **fields: Json) -> Json:
    return {
        "type": "object",
        "required": list(required),
        "additionalProperties": False,
        "properties": fields,
    }


def _list(description: str, items: Json) -> Json:
    return {"type": "array", "description": description, "items": items}


_NUMBER = "^[1-9][0-9]{7,14}$"
_DIGITS = "8 to 15 digits in quotes, country code first, such as '5511900000002'"
_LID = _text(
    "^[0-9]+@lid$",
    "the hidden number: digits and @lid, such as 100000000000002@lid; default: generated",
)
_JID = _text(
    r"^[0-9]+@s\.whatsapp\.net$",
    "the registered number where it is another than `number`: digits and @s.whatsapp.net",
)
_BUSINESS: Json = {
    "business": {"type": "boolean", "description": "true for a WhatsApp Business account"},
    "verified_name": _text(
        ".", "name verified by WhatsApp, sent as verifiedBizName; the account is then a business"
    ),
}
_ADDRESSING: Json = {
    "enum": list(ADDRESSINGS),
    "description": "which address everything uses for them: phone or lid, whatever the switch says",
}
_INSTANCE = _object(
    ("key", "token"),
    key=_text("^[A-Za-z0-9._-]{1,100}$", "letters, digits, '.', '_' and '-', 100 at most"),
    token=_text("^[!-~]+$", "printable ASCII without spaces"),
    number=_text(_NUMBER, f"the phone's number: {_DIGITS}"),
    name={"type": "string", "description": "profile name, `Test Shop` if not given"},
    jid=_JID,
    lid=_LID,
    addressing=_ADDRESSING,
    connected={"type": "boolean", "description": "true when its phone is linked at the start"},
    **_BUSINESS,
)
_CONTACT = _object(
    (),
    number=_text(
        _NUMBER, f"{_DIGITS}; for a person with only a hidden number, leave it out and give `lid`"
    ),
    also=_list(
        "other numbers that reach the same person, such as the form without the ninth digit",
        _text(_NUMBER, _DIGITS),
    ),
    name={"type": "string", "description": "name the person chose: the pushName of webhooks"},
    saved_name={
        "type": "string",
        "description": "name in the phone's own address book; no webhook carries it",
    },
    whatsapp={"type": "boolean", "description": "false for a number without WhatsApp account"},
    jid=_JID,
    lid=_LID,
    addressing=_ADDRESSING,
    number_hidden={
        "type": "boolean",
        "description": "true when no webhook shows the number (no senderPn beside the lid)",
    },
    state={
        "enum": list(CONTACT_STATES),
        "description": f"their state at the start, for every instance: {', '.join(CONTACT_STATES)}",
    },
    formerly=_text(_NUMBER, "number the person had before, which has no WhatsApp now"),
    group_add=_text(
        "^[0-9]{3}$", "status that adding them to a group answers, in quotes; '403' forbids it"
    ),
    **_BUSINESS,
)
_WHO = r"^([1-9][0-9]{7,14}|[0-9]+@lid)$"
_MEMBER = _object(
    ("number",),
    number=_text(_WHO, "number or hidden number (...@lid) of somebody with WhatsApp"),
    admin={
        "enum": ["superadmin", "admin", None],
        "description": "superadmin, admin, or null for a plain member",
    },
)
_GROUP = _object(
    ("jid", "subject", "owner", "participants"),
    jid=_text(r"^[0-9-]+@g\.us$", "digits and @g.us, such as 120363000000000001@g.us"),
    subject={"type": "string", "description": "the group's name"},
    owner=_text(_WHO, "number or hidden number of the person who created it"),
    description={"type": "string", "description": "text under the name"},
    community={"type": "boolean", "description": "true for a community"},
    addressing={
        "enum": list(ADDRESSINGS),
        "description": "address of everybody in it: phone or lid; default: that of each person",
    },
    participants=_list("who is in it, each with `number` and `admin`", _MEMBER),
)
_AREAS = _list(
    "area codes in quotes, alone or from-to: ['11-28']",
    _text("^[1-9][0-9](-[1-9][0-9])?$", "an area code such as '31', or from-to such as '31-99'"),
)
_NINTH = _object((), registered_with=_AREAS, registered_without=_AREAS)

FORM: Json = _object(
    (),
    instances=_list("connections of the gateway", _INSTANCE),
    contacts=_list("people and numbers", _CONTACT),
    groups=_list("groups, known to the instances among their participants", _GROUP),
    ninth_digit={
        **_NINTH,
        "description": "Brazilian mobiles by area code: both forms reach one account",
    },
    numbers_without_country_code={
        "enum": ["not_on_whatsapp", "on_whatsapp"],
        "description": "if 11900000002, not listed, has WhatsApp: not_on_whatsapp or on_whatsapp",
    },
    unlisted_numbers={
        "enum": ["on_whatsapp", "not_on_whatsapp"],
        "description": "if numbers not listed have WhatsApp: on_whatsapp or not_on_whatsapp",
    },
)
SECTIONS: Mapping[str, Json] = {
    "world": FORM,
    "instances": _INSTANCE,
    "contacts": _CONTACT,
    "groups": _GROUP,
    "participants": _MEMBER,
    "ninth_digit": _NINTH,
}


def mistakes(content: Any) -> Iterable[tuple[YamlPath, str]]:
    """Where a document breaks the form, and in words what is wrong and what to write instead."""
    for problem in jsonschema_rs.Draft202012Validator(FORM).iter_errors(content):
        place = list(problem.instance_path)
        rule = _rule_at(place)
        advice = rule.get("description")
        if problem.message.endswith("is a required property"):
            field = next(name for name in rule["required"] if f'"{name}"' in problem.message)
            advice = f"add {field}: {rule['properties'][field]['description']}"
        elif "unexpected" in problem.message:
            extra = [name for name in _get(content, place) if name not in rule["properties"]]
            place = [*place, extra[0]]
            advice = f"there are {', '.join(rule['properties'])}"
        yield place, problem.message if advice is None else f"{problem.message}; {advice}"


def _rule_at(place: YamlPath) -> Json:
    """The rule for a place in a document."""
    rule = FORM
    for step in place:
        rule = rule["items"] if isinstance(step, int) else rule["properties"][step]
    return rule


def _get(content: Any, place: YamlPath) -> Any:
    for step in place:
        content = content[step]
    return content
