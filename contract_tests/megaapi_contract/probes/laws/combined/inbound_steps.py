"""What customers do, and the owner on the instance's own phone."""

from __future__ import annotations

from typing import Any

from ..customers import author_content
from .contents import CONTENTS, WRITTEN
from .factors import Row
from .look import hear
from .model import INPUT, OUTPUT, REACTION, OwedWebhook, WrittenMessage
from .play import Chat, Play
from .sends import send

KINDS = {"its own": "instance", "a customer's": "customer", "the phone's": "phone"}
ABOUT_ANOTHER = ("reaction", "text-quoted-reply", "edited", "deleted")


def write_inbound(play: Play, chat: Chat, row: Row, words: str) -> None:
    """A customer does something, or the owner does on the instance's own phone."""
    target = _target(play, chat, row)
    if row.what in ABOUT_ANOTHER and target is None:
        return
    texts = {way: f"{words} {number}" for number, way in enumerate(WRITTEN.get(row.what, ()))}
    more: dict[str, Any] = {"set": texts} if texts else {}
    if target is not None:
        more["message"] = target.id
    body = {"event": row.what, **play.writes(chat, row), **more}
    answer = play.control("POST", "inbound", body)
    author = play.instance.number if row.actor == "phone" else chat.person
    content = author_content(answer["content"])
    one = WrittenMessage(
        str(answer["id"]), chat.jid, author, row.actor == "phone", content, row.actor
    )
    one.time = float(answer["time"])
    category = OUTPUT if row.actor == "phone" else REACTION if row.what == "reaction" else INPUT
    play.model.add_message(
        OwedWebhook(one, event_of(row, chat), category, inbound_answer=answer, names=chat.names)
    )
    if target is not None and row.what == "deleted":
        target.deleted = "everyone"
    if target is not None and row.what == "edited":
        target.is_edited = True


def _target(play: Play, chat: Chat, row: Row) -> WrittenMessage | None:
    """The message that is reacted to, answered, edited or deleted."""
    if row.what not in ABOUT_ANOTHER:
        return None
    kind = KINDS[row.about]
    if row.what in ("edited", "deleted"):
        kind = row.actor if row.actor == "customer" or kind == "customer" else kind
    return target_in(play, chat, kind, only_texts=row.what == "edited")


def target_in(
    play: Play, chat: Chat, kind: str, *, only_texts: bool = False
) -> WrittenMessage | None:
    """The last message of this kind in a chat; where there is none, one is written first."""
    target = play.model.last_message(chat.jid, kind, only_texts=only_texts)
    if target is not None or not play.is_fast:
        return target
    if kind == "instance":
        send(play, chat, CONTENTS["text"]("Antes"))
    else:
        write_inbound(play, chat, Row(f"{kind}: text-plain", "", "plain", "", "alone"), "Antes")
    hear(play)
    return play.model.last_message(chat.jid, kind, only_texts=only_texts)


def event_of(row: Row, chat: Chat) -> str:
    """The event as which it is told."""
    if row.actor == "phone":
        return "from-me-phone"
    if chat.is_group:
        return {"text-plain": "group-text", "image": "group-image"}.get(row.what, row.what)
    return row.what
