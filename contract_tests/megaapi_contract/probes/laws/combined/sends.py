"""What the instance does: sends, takes back, shows that it writes."""

from __future__ import annotations

from base64 import b64decode
from typing import Any

from megaapi_mock.domain.jid import as_given

from ....judging.alternatives import USUAL
from ....judging.results import Exchange
from ..assertions import at, claim, done, guess
from ..calls import message, sent_id
from ..chat import PRESENCES
from ..every_text import shown_texts
from ..media import fetch, same_bytes
from ..sent_message import hold_sent
from ..webhooks import ECHO, UNPLAYED
from .contents import CONTENTS, Content
from .factors import Row
from .model import OUTPUT, Owed, Written
from .play import Chat, Play

PLAYABLE = (*UNPLAYED, 5)


def send(play: Play, chat: Chat, content: Content) -> None:
    """A message with a content of its own."""
    sent = message(play.session, play.place, content.operation, to=chat.to, **content.data)
    kinds = {content.kind: content.fields} if content.kind else {}
    shown = hold_answer(play, chat, sent, **kinds)
    if not shown:
        return
    there = [*shown_texts(shown)]
    if content.operation == "send_buttons" and at(shown, "interactiveMessage") is None:
        # The form of 2022, which has fewer of them.
        there += content.texts
    missing = [words for words in content.texts if words not in there]
    claim(play.session, sent, not missing, "every text comes back letter for letter")
    part = at(shown, content.kind) if content.file else None
    if isinstance(part, dict):
        found = fetch(play.session, play.place, part, content.file)
        same_bytes(play.session, found, part, b64decode(content.data["base64"]))
    remember(play, chat, sent, shown, steps=PLAYABLE if content.can_be_played else UNPLAYED)
    play.model.owed[-1].is_sure_to_play = content.can_be_played


def hold_answer(play: Play, chat: Chat, sent: Exchange, **content: Any) -> Any:
    """Hold what every send answers; the content, empty when it failed."""
    shown = hold_sent(play.session, play.stage, sent, _addressed(play, chat, sent), **content)
    if not shown:
        return shown
    data = at(sent.json, "messageData")
    participant = str(at(data, "participant")).partition("@")[0]
    wanted = play.place.number if chat.is_group else "None"
    right = participant.partition(":")[0] == wanted
    claim(play.session, sent, right, "participant is the instance in groups, and nobody elsewhere")
    new = sent_id(sent) not in play.model.messages
    claim(play.session, sent, new, "the id is new")
    return shown


def _addressed(play: Play, chat: Chat, sent: Exchange) -> str:
    """How the answer names the chat: as it was given, or as WhatsApp knows it."""
    named = at(sent.json, "messageData", "key", "remoteJid")
    if chat.to.endswith("@lid") and named in chat.names:
        return str(named)
    if chat.jid != as_given(chat.to) and named in (chat.jid, as_given(chat.to)):
        value = USUAL if named == as_given(chat.to) else "canonical"
        promise = guess(play.session, str(sent.operation))
        play.session.settle("remote_jid", value, exchange=sent, promise=promise)
        return str(named)
    return chat.to


def remember(
    play: Play, chat: Chat, sent: Exchange, shown: Any, *,
    steps: tuple[int, ...] = UNPLAYED, echoes: bool = True,
) -> None:  # fmt: skip
    """A message of the instance that is to be check_echo and acknowledged."""
    made = Written(sent_id(sent), chat.jid, play.place.number, True, shown, "instance")
    moment = str(at(sent.json, "messageData", "messageTimestamp"))
    made.time = float(moment) if moment.isdecimal() else 0.0
    owed = Owed(made, ECHO, OUTPUT, sent=sent, steps=steps, echoes=echoes, names=chat.names)
    play.model.write(owed)


def delete(play: Play, chat: Chat, row: Row) -> None:
    """A message of the instance is taken back, for everyone or for itself alone."""
    target = play.model.last(chat.jid, "instance")
    if target is None:
        send(play, chat, CONTENTS["text"]("Antes"))
        target = play.model.last(chat.jid, "instance")
    if target is None:
        return
    if row.what == "delete for me":
        data = {"id": target.id, "timestamp": int(target.time)}
        body = {"to": chat.to, "messageData": data}
        found = play.call("delete_message_from_me", body=body)
        if done(play.session, found, "deleting for oneself"):
            target.deleted = "me"
        return
    sent = message(play.session, play.place, "delete_message", to=chat.to, key=target.key)
    shown = hold_answer(play, chat, sent, protocolMessage={"type": "REVOKE"})
    if not shown:
        return
    named = at(shown, "protocolMessage", "key")
    for name in ("id", "fromMe"):
        same = at(named, name) == target.key[name]
        claim(play.session, sent, same, f"{name} of the deleted message")
    claim(play.session, sent, at(named, "remoteJid") in chat.names, "remoteJid of the deleted one")
    target.deleted = "everyone"
    remember(play, chat, sent, shown, echoes=False)


def show_presence(play: Play, chat: Chat) -> None:
    """The instance writes, or stops writing."""
    option = PRESENCES[play.turns % len(PRESENCES)]
    found = play.call("update_presence", body={"to": chat.to, "option": option})
    if done(play.session, found, "a presence"):
        seen = play.control("GET", "")["presence"]
        right = any(seen.get(name) == option for name in chat.names)
        claim(play.session, found, right, "the presence is seen where it was shown")
