"""Messages about messages: what a quote names and shows, and what a forward keeps."""

from __future__ import annotations

from typing import Any

from ....judging.results import Exchange
from ....judging.values import jid_of
from ..assertions import claim, is_same, value_at
from ..calls import message
from ..customers import author_content
from ..every_event import bare
from ..webhooks import UNPLAYED
from .factors import Row
from .inbound_steps import KINDS, target_in
from .model import WrittenMessage
from .play import Chat, Play
from .sends import PLAYABLE, hold_answer, remember

QUOTE = ("extendedTextMessage", "contextInfo")


def pass_on(play: Play, chat: Chat, row: Row, words: str) -> None:
    """An earlier message is quoted or forwarded, every other time one of another chat."""
    kind = KINDS[row.about]
    outside = kind != "instance" and chat.person == play.instance.number
    target = (
        play.model.last_message(chat.jid, "instance") if outside else target_in(play, chat, kind)
    )
    elsewhere = [one for one in play.model.chats() if one != chat.jid]
    if play.turns % 2 and elsewhere:
        target = play.model.last_message(elsewhere[-1], kind) or target
    if target is None:
        return
    data = {"to": chat.to, "key": target.key, "message": target.content}
    if row.what == "forward":
        answer = message(play.session, play.instance, "forward_message", **data)
        hold_forward(play, chat, answer, target)
    else:
        answer = message(play.session, play.instance, "quote_message", **data, text=words)
        hold_quote(play, chat, answer, target, words)


def hold_forward(play: Play, chat: Chat, answer: Exchange, target: WrittenMessage) -> None:
    """Hold that a forward is the same message, marked as forwarded where others wrote it."""
    content = hold_answer(play, chat, answer)
    if not content:
        return
    same = is_same(play.session, as_forwarded(content), as_forwarded(target.content))
    claim(play.session, answer, same, "a forward keeps every field")
    score, is_forwarded = _score(content)
    before, _ = _score(target.content)
    expected_score = before + (not target.from_me)
    claim(play.session, answer, score == expected_score, "the score counts who wrote it")
    claim(play.session, answer, is_forwarded is (expected_score > 0), "isForwarded says so")
    can_be_played = value_at(content, "audioMessage", "ptt") is True or "ptvMessage" in content
    remember(play, chat, answer, content, steps=PLAYABLE if can_be_played else UNPLAYED)


# What a message is taken out of when it is quoted or forwarded.
WRAPPERS = ("viewOnceMessage", "ephemeralMessage", "documentWithCaptionMessage")


def unwrap(content: Any) -> Any:
    """A content out of its wrapper, without context."""
    inner = next(
        (value_at(content, name, "message") for name in WRAPPERS if value_at(content, name)), None
    )
    return bare(content) if inner is None else unwrap(author_content(inner))


def as_forwarded(content: Any) -> Any:
    """A content as it is forwarded: plain texts become extended ones."""
    content = unwrap(content)
    if isinstance(content, dict) and "conversation" in content:
        others = {name: part for name, part in content.items() if name != "conversation"}
        return {**others, "extendedTextMessage": {"text": content["conversation"]}}
    return content


def _score(content: Any) -> tuple[int, bool]:
    """How often a message was forwarded, and whether it says so."""
    for part in content.values() if isinstance(content, dict) else ():
        info = value_at(part, "contextInfo")
        if info is not None:
            score = value_at(info, "forwardingScore")
            return score if type(score) is int else 0, value_at(info, "isForwarded") is True
    return 0, False


def _author(target: WrittenMessage) -> str:
    """Who wrote a message, as its key says."""
    own = f"{target.author}@s.whatsapp.net"
    return own if target.from_me else str(target.key.get("participant", target.chat))


def hold_quote(
    play: Play, chat: Chat, answer: Exchange, target: WrittenMessage, words: str
) -> None:
    """Hold that a quote names the message, its author, and its chat where that is another one."""
    content = hold_answer(play, chat, answer, extendedTextMessage={"text": words})
    if not content:
        return
    info = value_at(content, *QUOTE)
    claim(
        play.session, answer, value_at(info, "stanzaId") == target.id, "stanzaId is the quoted id"
    )
    author = jid_of(value_at(info, "participant"))
    right = f"{author.user.partition(':')[0]}@{author.server}" == _author(target)
    claim(play.session, answer, right, "participant is who wrote the quoted message")
    quoted_content = unwrap(value_at(info, "quotedMessage"))
    same = is_same(play.session, quoted_content, unwrap(target.content))
    claim(play.session, answer, same, "the quoted content is there, whole")
    elsewhere = target.chat if target.chat not in chat.names else None
    chat_jid = value_at(info, "remoteJid")
    claim(
        play.session, answer, chat_jid == elsewhere, "remoteJid is named where it is another chat"
    )
    remember(play, chat, answer, content)
