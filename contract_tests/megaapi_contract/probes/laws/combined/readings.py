"""What only reads: looking numbers up, and fetching files again."""

from __future__ import annotations

from typing import Any

from megaapi_mock.domain.jid import as_given

from ....host.stage import NO_WHATSAPP
from ..assertions import claim, value_at
from ..customers import FETCHED
from ..media import fetch, same_bytes
from .contents import CONTENTS
from .model import WrittenMessage
from .passed_on import unwrap
from .play import Chat, Play
from .sends import send


def look_up(play: Play, chat: Chat) -> None:
    """Whoever is in a chat has an account, and nobody else has."""
    if not chat.is_group:
        for address in (chat.to, chat.jid):
            answer = play.call("is_on_whatsapp", query={"jid": address})
            claim(
                play.session,
                answer,
                value_at(answer.json, "exists") is True,
                "whoever is there exists",
            )
            right = value_at(answer.json, "jid") in chat.names
            claim(play.session, answer, right, "the JID is theirs")
    answer = play.call("is_on_whatsapp", query={"jid": NO_WHATSAPP})
    if play.session.takes_alternative(answer, "not_on_whatsapp"):
        return
    play.session.settle("not_on_whatsapp", exchange=answer)
    claim(play.session, answer, value_at(answer.json, "exists") is False, "nobody is there",
          promise=play.inferred)  # fmt: skip
    right = value_at(answer.json, "jid") == as_given(NO_WHATSAPP)
    claim(play.session, answer, right, "the JID is as it was asked for", promise=play.inferred)


def download_again(play: Play, chat: Chat) -> None:
    """The last file of a chat, by either address and by both."""
    message = _last_file(play, chat)
    if message is None:
        send(play, chat, CONTENTS["document"]("Antes"))
        message = _last_file(play, chat)
    for kind, part in files(message.content) if message else ():
        for missing_fields in ({}, {"url": None}, {"directPath": None}):
            answer = fetch(play.session, play.instance, part, FETCHED[kind], **missing_fields)
            same_bytes(play.session, answer, part, None)


def _last_file(play: Play, chat: Chat) -> WrittenMessage | None:
    messages = [one for one in play.model.messages.values() if one.chat == chat.jid]
    return next((one for one in reversed(messages) if files(one.content)), None)


def files(content: Any) -> list[tuple[str, Any]]:
    """The files of a message, each with its kind."""
    content = unwrap(content)
    parts = content.items() if isinstance(content, dict) else ()
    kinds = [(str(name).removesuffix("Message"), part) for name, part in parts]
    return [
        (kind, part) for kind, part in kinds
        if kind in FETCHED and isinstance(part, dict) and "mediaKey" in part
    ]  # fmt: skip
