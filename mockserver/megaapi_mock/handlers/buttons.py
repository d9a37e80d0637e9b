"""Buttons in the forms that exist: native flow today, templates and buttonsMessage of 2022."""

from __future__ import annotations

from typing import Any

import orjson

from ..errors import Unusable
from ..profile import Profile
from . import uploads
from .call import Call, Json, present
from .media_types import kind_of
from .shown import question_file

_FLOW = {
    "copy": ("cta_copy", "copy_code"),
    "url": ("cta_url", "url"),
    "call": ("cta_call", "phone_number"),
}
_LEGACY = {
    "urlButton": ("urlButton", "url"),
    "callButton": ("callButton", "phoneNumber"),
    "replyButton": ("quickReplyButton", "id"),
}


def as_todays(body: Any, profile: Profile) -> Any:
    """With switch buttons_form=2022 a button is a title alone, as the vendor's requests were."""
    data = body.get("messageData") if isinstance(body, dict) else None
    if profile["buttons_form"] != "2022" or not isinstance(data, dict):
        return body
    buttons = data.get("buttons")
    if not isinstance(buttons, list):
        return body
    todays_buttons = [{"type": "reply", **one} if isinstance(one, dict) else one for one in buttons]
    return {**body, "messageData": {**data, "buttons": todays_buttons}}


def legacy(data: Json) -> bool:
    """Whether any button has a type of 2022."""
    return any(button["type"] in _LEGACY for button in data["buttons"])


def replies(call: Call) -> Json:
    """Reply buttons as a native flow."""
    buttons = [
        _flow_button(
            "quick_reply",
            display_text=button["title"],
            id=button.get("id") or f"button-{number}",
        )
        for number, button in enumerate(call.data["buttons"], 1)
    ]
    return _interactive(call, buttons)


def actions(call: Call) -> Json:
    """Buttons that copy, open or call, as a native flow."""
    buttons = [
        _flow_button(
            _FLOW[button["type"]][0],
            display_text=button["title"],
            **{_FLOW[button["type"]][1]: button["payload"]},
        )
        for button in call.data["buttons"]
    ]
    return _interactive(call, buttons)


def require_some(call: Call) -> None:
    """Unusable without a button, unless switch empty_buttons says otherwise."""
    if not call.data["buttons"] and call.profile["empty_buttons"] == "500":
        raise Unusable("buttons is empty: at least one is needed")


def of_2022(data: Json) -> Json:
    """The content recorded in October 2022 (vendor-postman-2023)."""
    buttons = [
        {
            "buttonId": button.get("id") or f"id{number}",
            "buttonText": {"displayText": button["title"]},
            "type": "RESPONSE",
        }
        for number, button in enumerate(data["buttons"])
    ]
    part = {
        "contentText": data["text"],
        "footerText": data.get("footerText") or data.get("footer"),
        "buttons": buttons,
        "headerType": "EMPTY",
    }
    device = {"deviceListMetadata": {}, "deviceListMetadataVersion": 2}
    inner = {"messageContextInfo": device, "buttonsMessage": present(part)}
    return {"viewOnceMessage": {"message": inner}}


def _flow_button(name: str, **parameters: str) -> Json:
    return {"name": name, "buttonParamsJson": orjson.dumps(parameters).decode()}


def _interactive(call: Call, buttons: list[Json]) -> Json:
    data = call.data
    header: Json = {"title": data.get("title"), "hasMediaAttachment": False}
    kind = kind_of(data.get("type") or "text")
    if kind is not None:
        content = uploads.linked_file(call, data["mediaUrl"], kind)
        question_file(call, data["type"], content)
        media = call.instance.keep_media(kind, uploads.mimetype_of(kind), content)
        header |= {"hasMediaAttachment": True, f"{kind}Message": uploads.file_fields(media)}
    part: Json = {"header": present(header), "body": {"text": data["text"]}}
    if data.get("footer"):
        part["footer"] = {"text": data["footer"]}
    return {**part, "nativeFlowMessage": {"buttons": buttons}}


def template_of_2022(data: Json) -> Json:
    """A template in the form of 2022."""
    buttons = []
    for button in data["buttons"]:
        # Today's types among those of 2022: a copy button has no counterpart, so it replies.
        type_ = button["type"] if button["type"] in _LEGACY else f"{button['type']}Button"
        name, field = _LEGACY.get(type_, _LEGACY["replyButton"])
        # Recorded in 2022: no index, and no id where the request had no payload.
        payload = button.get("payload") or (None if field == "id" else button["title"])
        buttons.append({name: present({"displayText": button["title"], field: payload})})
    return present(
        {
            "hydratedTitleText": data.get("title"),
            "hydratedContentText": data["text"],
            "hydratedFooterText": data.get("footerText") or data.get("footer"),
            "hydratedButtons": buttons,
        }
    )
