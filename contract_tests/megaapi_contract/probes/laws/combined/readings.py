"""What only reads: looking numbers up, and fetching files again."""

from __future__ import annotations

from typing import Any

from megaapi_mock.domain.jid import as_given

from ....host.stage import NO_WHATSAPP
from ..assertions import at, claim
from ..customers import FETCHED
from ..media import fetch, same_bytes
from .contents import CONTENTS
from .model import Written
from .passed_on import unwrapped
from .play import Chat, Play
from .sends import send


def look_up(play: Play, chat: Chat) -> None:
    """Whoever is in a chat has an account, and nobody else has."""
    if not chat.is_group:
        for given in (chat.to, chat.jid):
            found = play.call("is_on_whatsapp", query={"jid": given})
            claim(play.session, found, at(found.json, "exists") is True, "whoever is there exists")
            right = at(found.json, "jid") in chat.names
            claim(play.session, found, right, "the JID is theirs")
    found = play.call("is_on_whatsapp", query={"jid": NO_WHATSAPP})
    if play.session.takes_alternative(found, "not_on_whatsapp"):
        return
    play.session.settle("not_on_whatsapp", exchange=found)
    claim(play.session, found, at(found.json, "exists") is False, "nobody is there",
          promise=play.guessed)  # fmt: skip
    right = at(found.json, "jid") == as_given(NO_WHATSAPP)
    claim(play.session, found, right, "the JID is as it was asked for", promise=play.guessed)


def download_again(play: Play, chat: Chat) -> None:
    """The last file of a chat, by either address and by both."""
    message = _last_file(play, chat)
    if message is None:
        send(play, chat, CONTENTS["document"]("Antes"))
        message = _last_file(play, chat)
    for kind, part in files(message.content) if message else ():
        for gone in ({}, {"url": None}, {"directPath": None}):
            found = fetch(play.session, play.place, part, FETCHED[kind], **gone)
            same_bytes(play.session, found, part, None)


def _last_file(play: Play, chat: Chat) -> Written | None:
    there = [one for one in play.model.messages.values() if one.chat == chat.jid]
    return next((one for one in reversed(there) if files(one.content)), None)


def files(content: Any) -> list[tuple[str, Any]]:
    """The files of a message, each with its kind."""
    content = unwrapped(content)
    parts = content.items() if isinstance(content, dict) else ()
    kinds = [(str(name).removesuffix("Message"), part) for name, part in parts]
    return [
        (kind, part) for kind, part in kinds
        if kind in FETCHED and isinstance(part, dict) and "mediaKey" in part
    ]  # fmt: skip
