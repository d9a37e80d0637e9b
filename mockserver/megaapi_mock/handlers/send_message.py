"""SendMessageController: every operation builds content and lets the instance send it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any

from ..domain.content import KINDS, TEXTS
from ..domain.jid import Jid, as_given
from ..domain.message import content_key, unwrap
from ..errors import NumberNotRegistered, RequestRejected, SwallowedFailure, Unusable
from ..errors.names import quoted
from ..profile import Profile
from . import buttons, file_check, uploads, vcard
from .call import Call, Json, operation, present
from .media_types import MEDIA_TYPES, kind_of
from .shown import (
    is_blank,
    question,
    question_file,
    require_shown,
    require_told_apart,
    unshown_file,
)

_LINK = re.compile(r"https?://[^\s/?#]+[^\s]*")


def fill_missing_text(body: Any, profile: Profile) -> Any:
    """With switch missing_text=200 an absent or odd text counts as an empty one."""
    data = body.get("messageData") if isinstance(body, dict) else None
    if not isinstance(data, dict) or isinstance(data.get("text"), str):
        return body
    if profile["missing_text"] != "200":
        return body
    return {**body, "messageData": {**data, "text": ""}}


def swallow(refusal: RequestRejected, profile: Profile) -> RequestRejected:
    """With switch swallowed_sends a failed send looks like a success without messageData."""
    is_send_failure = isinstance(refusal, Unusable | NumberNotRegistered)
    if is_send_failure and profile.is_on("swallowed_sends"):
        return SwallowedFailure(f"failed, and the failure was swallowed: {refusal.reason}")
    return refusal


@operation(mend=fill_missing_text)
def send_text(call: Call) -> Json:
    """Text comes back as extendedTextMessage, never as conversation (baileys)."""
    # By far the commonest send: nothing is asked about a text that begins with a Latin letter.
    first = str(call.data["text"])[:1]
    if not (first.isascii() and first.isalnum()) and is_blank(call.data["text"]):
        require_shown(call, "text")
    return _answer_of_send(call, {"extendedTextMessage": {"text": call.data["text"]}})


@operation()
def send_text_mentioned(call: Call) -> Json:
    """Whoever is mentioned is not looked up (recorded in 2022)."""
    require_shown(call, "text")
    people = [as_given(text) for text in call.data["mentions"]]
    part: Json = {"text": call.data["text"], "contextInfo": {"mentionedJid": people}}
    return _answer_of_send(call, {"extendedTextMessage": part})


@operation()
def send_media_url(call: Call) -> Json:
    """The gateway downloads the file itself; the mock only when it is told to."""
    type_, kind = media_kind(call)
    content = uploads.linked_file(call, call.data["url"], kind)
    return send_file(call, type_, kind, content, call.data.get("mimeType"))


@operation()
def send_media_base64(call: Call) -> Json:
    """Raw base64 or a data URI; what is not base64 in it is passed over (Node's decoder)."""
    type_, kind = media_kind(call)
    question(call, file_check.base64_problem(call.data["base64"]), call.profile["odd_base64"])
    content, uri_type = uploads.decode_base64(call.data["base64"])
    uploads.require_size(content, uploads.media_limit(call.profile))
    return send_file(call, type_, kind, content, call.data.get("mimeType"), uri_type)


@operation(reword=swallow)
def send_location(call: Call) -> Json:
    """`caption` becomes the place's name; numeric strings count as numbers."""
    data, tidied = call.data, call.profile["location_form"] == "tidied"
    question(call, _off_the_map(data), "200")
    number = float if tidied else _number
    place: Json = {
        "degreesLatitude": number(data["latitude"]),
        "degreesLongitude": number(data["longitude"]),
    }
    for field, source in (("name", "caption"), ("address", "address"), ("url", "url")):
        if data.get(source) if tidied else data.get(source) is not None:
            place[field] = data[source]
    return _answer_of_send(call, {"locationMessage": place})


def _off_the_map(data: Mapping[str, Any]) -> str | None:
    """Which coordinate no place has; the gateway takes them (recorded in 2022)."""
    for name, most in (("latitude", 90), ("longitude", 180)):
        if abs(float(data[name])) > most:
            return f"{name} {data[name]} is on no map: from -{most} to {most}"
    return None


@operation()
def send_link_preview(call: Call) -> Json:
    """Preview fields only when there is a link (baileys); the page itself is never fetched."""
    require_shown(call, "textWithLink")
    text = call.data["textWithLink"]
    part = {"text": text}
    link = _LINK.search(text)
    if link:
        host = link.group().split("/")[2]
        part |= {
            "matchedText": link.group(),
            "title": host,
            "description": "",
            "previewType": "NONE",
        }
    return _answer_of_send(call, {"extendedTextMessage": part})


@operation()
def send_list(call: Call) -> Json:
    """The request's text is the description, its description the footer (vendor, ancestor)."""
    return _answer_of_send(call, list_content(call))


@operation(mend=buttons.as_todays, reword=swallow)
def send_buttons(call: Call) -> Json:
    """Answer in native-flow form, which no log shows (inferred); ids are made when missing."""
    buttons.require_some(call)
    require_shown(call, "text", buttons=("title",))
    require_told_apart(call, "id", (each.get("id") or None for each in call.data["buttons"]))
    if call.profile["buttons_form"] == "2022":
        return _answer_of_send(call, buttons.of_2022(call.data), "Button Message sent")
    return _answer_of_send(call, {"interactiveMessage": buttons.replies(call)})


@operation(reword=swallow)
def send_template(call: Call) -> Json:
    """Buttons copy, url and call; the body of 2022 still gives a hydrated template."""
    buttons.require_some(call)
    require_shown(call, "text", buttons=("title", "payload"))
    if buttons.legacy(call.data):
        call.note("button types of 2022: today's are copy, url and call")
        return _answer_of_send(
            call, {"templateMessage": {"hydratedTemplate": buttons.template_of_2022(call.data)}}
        )
    return _answer_of_send(call, {"interactiveMessage": buttons.actions(call)})


@operation()
def send_contact(call: Call) -> Json:
    """One card; the library would send several as contactsArrayMessage, the gateway takes one."""
    by_full_name = call.profile["contact_name"] == "full_name"
    return _answer_of_send(
        call, vcard.contact_content(call.data["vcard"], names_it_by_full_name=by_full_name)
    )


@operation()
def send_template_with_media(call: Call) -> Json:
    """The file stands beside the text of the template, as the library puts it (baileys)."""
    buttons.require_some(call)
    require_shown(call, "text", buttons=("title",))
    kind = kind_of(call.data.get("mediaType") or "image")
    if kind not in ("image", "video", "document"):
        raise Unusable(
            f"mediaType {quoted(call.data['mediaType'])} is not image, video or document"
        )
    content = uploads.linked_file(call, call.data["imageUrl"], kind)
    question_file(call, kind, content)
    mimetype = uploads.mimetype_of(kind, call.data.get("mimeType"))
    media = call.instance.keep_media(kind, mimetype, content)
    template = buttons.template_of_2022(call.data)
    template[f"{kind}Message"] = uploads.file_fields(media)
    return _answer_of_send(call, {"templateMessage": {"hydratedTemplate": template}})


@operation()
def forward_message(call: Call) -> Json:
    """Nothing is looked up: key and content come from the caller, the score grows by one.

    Own messages keep their score; what the library does not know as content is dropped (baileys).
    """
    content = call.data["message"]
    key, part = _content(content, call.schemas["CallerContent"]["properties"])
    if part is None:
        kind = content_key(unwrap(content))
        if kind in KINDS:
            raise Unusable(f"message has no content to forward: {kind} is not forwarded")
        raise Unusable("message has no content to forward")
    if key == "conversation":
        key, part = "extendedTextMessage", {"text": part}
    before = part.get("contextInfo")
    score = before.get("forwardingScore") if isinstance(before, dict) else 0
    score = score if type(score) is int and score > 0 else 0
    score += 0 if call.data["key"]["fromMe"] else 1
    context = {"forwardingScore": score, "isForwarded": True} if score else {}
    return _answer_of_send(call, {key: {**part, "contextInfo": context}})


@operation()
def quote_message(call: Call) -> Json:
    """A text that quotes whatever the caller says it quotes; an unknown id is fine (vendor).

    Every kind of content that a webhook brings can be quoted: protobuf knows them all.
    """
    data, key = call.data, call.data["key"]
    require_shown(call, "text")
    name, part = _content(data["message"], (*call.schemas["CallerContent"]["properties"], *KINDS))
    if part is None and call.profile["empty_quoted"] == "500":
        raise Unusable("message is empty: nothing to quote")
    if call.instance.messages.get(key["id"]) is None:
        call.note(f"message {key['id']} is unknown here; the gateway looks nothing up")
    if isinstance(part, dict):
        part = {field: value for field, value in part.items() if field != "contextInfo"}
    own = str(call.instance.own_jid)
    context = {
        "stanzaId": key["id"],
        "participant": own if key["fromMe"] else key.get("participant") or key["remoteJid"],
        "quotedMessage": {} if part is None else {name: part},
    }
    if _chat(call, key["remoteJid"]) not in (call.to.chat, Jid.parse(call.to.given)):
        context["remoteJid"] = key["remoteJid"]
    return _answer_of_send(
        call, {"extendedTextMessage": {"text": data["text"], "contextInfo": context}}
    )


def _chat(call: Call, text: str) -> Jid:
    """The chat a key names, whichever of a person's addresses it uses."""
    jid = Jid.parse(text)
    person = call.instance.person(jid)
    return jid if person is None else person.jid


def _content(message: Mapping[str, Any], names: Iterable[str]) -> tuple[str, Any]:
    """The content under one of these names, wrappers taken off; (name, None) without any.

    Raises Unusable when a wrapped content is not what a webhook carries there.
    """
    inner = unwrap(message)
    for name in names:
        part = inner.get(name)
        if part is None:
            continue
        if not _is_content(name, part):
            raise Unusable(f"message.{name} is not the content a webhook carries")
        return name, part
    return "", None


def _is_content(name: str, part: Any) -> bool:
    """Whether this is what stands under such a name."""
    if name == "conversation":
        return isinstance(part, str)
    return isinstance(part, dict) and (name not in TEXTS or isinstance(part.get("text"), str))


def _answer_of_send(
    call: Call, content: Json, sentence: str = "Message sent", unshown: str | None = None
) -> Json:
    chat = call.to.chat
    if chat.lid and call.instance.person(chat) is None:
        call.note(f"nobody has {chat} in this world; the gateway looks no hidden number up")
    message = call.instance.chats.send(call.to, content, unshown=unshown)
    return {"error": False, "message": sentence, "messageData": message}


def _number(value: float | str) -> float | int:
    """A number as the gateway's language writes it: a whole one without a point."""
    number = float(value)
    exact = number.is_integer() and abs(number) < 2**53
    return int(number) if exact else number


def send_file(call: Call, type_: str, kind: str, content: bytes, *type_names: str | None) -> Json:
    mimetype = uploads.mimetype_of(kind, *type_names)
    unshown = unshown_file(call, type_, content)
    media = call.instance.keep_media(kind, mimetype, content)
    return _answer_of_send(call, uploads.content_of(call, type_, kind, media), unshown=unshown)


def list_content(call: Call) -> Json:
    """A list; the request's text is its description, its description the footer."""
    data = call.data
    question(call, _list_problem(data["sections"]), call.profile["empty_list"])
    require_shown(call, "text", "buttonText")
    rows = (row for section in data["sections"] for row in section["rows"])
    require_told_apart(call, "rowId", (row.get("rowId") for row in rows))
    part: Json = {
        "title": data.get("title"),
        "description": data["text"],
        "buttonText": data["buttonText"],
        "listType": "SINGLE_SELECT",
        "sections": [_section(section) for section in data["sections"]],
        "footerText": data.get("description"),
    }
    return {"listMessage": present(part)}


def _list_problem(sections: list[Json]) -> str | None:
    if not sections:
        return "sections is empty: a list needs a row to choose"
    bare = [str(number) for number, section in enumerate(sections, 1) if not section["rows"]]
    if bare:
        return f"section {', '.join(bare)} has no rows: nothing to choose there"
    nameless = [
        f"row {number} of section {section_number}"
        for section_number, section in enumerate(sections, 1)
        for number, row in enumerate(section["rows"], 1)
        if is_blank(row["title"])
    ]
    return f"{', '.join(nameless[:5])} has no title: nothing to read there" if nameless else None


def _section(section: Mapping[str, Any]) -> Json:
    rows = [
        present({name: row.get(name) for name in ("title", "description", "rowId")})
        for row in section["rows"]
    ]
    return present({"title": section.get("title"), "rows": rows})


def media_kind(call: Call) -> tuple[str, str]:
    type_ = call.data["type"]
    kind = kind_of(type_)
    if kind is not None:
        return type_, kind
    reason = f"type {quoted(type_)} is not a media type: {', '.join(MEDIA_TYPES)}"
    if call.profile["unknown_media_type"] == "500":
        raise Unusable(reason)
    call.note(f"{reason}; sent as a document")
    return "document", "document"
