"""Sends to several people at once: one message each, and a report on all of them."""

from __future__ import annotations

from ..domain.jid import as_given
from ..errors import NotAMember, NumberNotRegistered
from . import buttons, uploads
from .call import Call, Json, operation, success
from .send_message import list_content, media_kind
from .shown import require_shown, unshown_file


@operation()
def text_to_many(call: Call) -> Json:
    """Each of them gets the text that textMessage would send."""
    require_shown(call, "text")
    return _sent_to_all(call, {"extendedTextMessage": {"text": call.data["text"]}})


@operation()
def media_url_to_many(call: Call) -> Json:
    """The file is fetched and uploaded once."""
    type_, kind = media_kind(call)
    content = uploads.linked_file(call, call.data["url"], kind)
    unshown = unshown_file(call, type_, content)
    mimetype = uploads.mimetype_of(kind, call.data.get("mimeType"))
    media = call.instance.keep_media(kind, mimetype, content)
    return _sent_to_all(call, uploads.content_of(call, type_, kind, media), unshown=unshown)


@operation()
def list_to_many(call: Call) -> Json:
    """The list that listMessage would send."""
    return _sent_to_all(call, list_content(call))


@operation()
def template_to_many(call: Call) -> Json:
    """The template of 2022, whose buttons have the types of that year."""
    buttons.require_some(call)
    require_shown(call, "text", buttons=("title",))
    template = buttons.template_of_2022(call.data)
    return _sent_to_all(call, {"templateMessage": {"hydratedTemplate": template}})


def _sent_to_all(call: Call, content: Json, *, unshown: str | None = None) -> Json:
    """Whoever cannot be written to keeps nobody else from being written to."""
    chats, failed, answers = call.instance.chats, [], {}
    count = 0
    for text in call.data["to"]:
        try:
            recipient = chats.recipient(text)
        except (NumberNotRegistered, NotAMember) as refusal:
            failed.append(as_given(text))
            call.note(refusal.reason)
            continue
        answers[recipient.given] = chats.send(recipient, content, unshown=unshown)
        count += 1
    report = {"sent": count, "failed": len(failed), "jidFailed": failed, "data": answers}
    if call.profile["to_many_shape"] == "flat":
        return success("Message sent", **report)
    return success("Message sent", messageData=report)
