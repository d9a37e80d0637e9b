"""What the instance does: sends, takes back, shows that it writes."""

from __future__ import annotations

from base64 import b64decode
from typing import Any

from megaapi_mock.domain.jid import as_given

from ....judging.alternatives import USUAL
from ....judging.results import Exchange
from ....judging.values import jid_of
from ..assertions import claim, claim_success, inferred, value_at
from ..calls import message, sent_id
from ..chat import PRESENCES
from ..every_text import shown_texts
from ..media import fetch, same_bytes
from ..sent_message import hold_sent
from ..webhooks import ECHO, UNPLAYED
from .contents import CONTENTS, Content
from .factors import Row
from .model import OUTPUT, OwedWebhook, WrittenMessage
from .play import Chat, Play

PLAYABLE = (*UNPLAYED, 5)


def send(play: Play, chat: Chat, content: Content) -> None:
    """A message with a content of its own."""
    answer = message(play.session, play.instance, content.operation, to=chat.to, **content.data)
    kinds = {content.kind: content.fields} if content.kind else {}
    returned_content = hold_answer(play, chat, answer, **kinds)
    if not returned_content:
        return
    texts = [*shown_texts(returned_content)]
    if (
        content.operation == "send_buttons"
        and value_at(returned_content, "interactiveMessage") is None
    ):
        # The form of 2022, which has fewer of them.
        texts += content.texts
    missing = [words for words in content.texts if words not in texts]
    claim(play.session, answer, not missing, "every text comes back letter for letter")
    part = value_at(returned_content, content.kind) if content.file else None
    if isinstance(part, dict):
        download = fetch(play.session, play.instance, part, content.file)
        same_bytes(play.session, download, part, b64decode(content.data["base64"]))
    remember(
        play, chat, answer, returned_content, steps=PLAYABLE if content.can_be_played else UNPLAYED
    )
    play.model.owed_messages[-1].is_sure_to_play = content.can_be_played


def hold_answer(play: Play, chat: Chat, answer: Exchange, **content: Any) -> Any:
    """Hold what every send answers; the content, empty when it failed."""
    returned_content = hold_sent(
        play.session, play.stage, answer, _chat_address(play, chat, answer), **content
    )
    if not returned_content:
        return returned_content
    data = value_at(answer.json, "messageData")
    participant = jid_of(value_at(data, "participant")).user
    writer = play.instance.number if chat.is_group else "None"
    right = participant.partition(":")[0] == writer
    claim(
        play.session, answer, right, "participant is the instance in groups, and nobody elsewhere"
    )
    new = sent_id(answer) not in play.model.messages
    claim(play.session, answer, new, "the id is new")
    return returned_content


def _chat_address(play: Play, chat: Chat, answer: Exchange) -> str:
    """How the answer names the chat: as it was given, or as WhatsApp knows it."""
    address = value_at(answer.json, "messageData", "key", "remoteJid")
    if jid_of(chat.to).lid and address in chat.names:
        return str(address)
    if chat.jid != as_given(chat.to) and address in (chat.jid, as_given(chat.to)):
        value = USUAL if address == as_given(chat.to) else "canonical"
        promise = inferred(play.session, str(answer.operation))
        play.session.settle("remote_jid", value, exchange=answer, promise=promise)
        return str(address)
    return chat.to


def remember(
    play: Play, chat: Chat, answer: Exchange, content: Any, *,
    steps: tuple[int, ...] = UNPLAYED, echoes: bool = True,
) -> None:  # fmt: skip
    """A message of the instance that is to be check_echo and acknowledged."""
    sent_message = WrittenMessage(
        sent_id(answer), chat.jid, play.instance.number, True, content, "instance"
    )
    moment = str(value_at(answer.json, "messageData", "messageTimestamp"))
    sent_message.time = float(moment) if moment.isdecimal() else 0.0
    owed_message = OwedWebhook(
        sent_message, ECHO, OUTPUT, answer=answer, steps=steps, echoes=echoes, names=chat.names
    )
    play.model.add_message(owed_message)


def delete(play: Play, chat: Chat, row: Row) -> None:
    """A message of the instance is taken back, for everyone or for itself alone."""
    target = play.model.last_message(chat.jid, "instance")
    if target is None:
        send(play, chat, CONTENTS["text"]("Antes"))
        target = play.model.last_message(chat.jid, "instance")
    if target is None:
        return
    if row.what == "delete for me":
        data = {"id": target.id, "timestamp": int(target.time)}
        body = {"to": chat.to, "messageData": data}
        answer = play.call("delete_message_from_me", body=body)
        if claim_success(play.session, answer, "deleting for oneself"):
            target.deleted = "me"
        return
    delete_answer = message(
        play.session, play.instance, "delete_message", to=chat.to, key=target.key
    )
    content = hold_answer(play, chat, delete_answer, protocolMessage={"type": "REVOKE"})
    if not content:
        return
    deleted_key = value_at(content, "protocolMessage", "key")
    for name in ("id", "fromMe"):
        same = value_at(deleted_key, name) == target.key[name]
        claim(play.session, delete_answer, same, f"{name} of the deleted message")
    claim(
        play.session,
        delete_answer,
        value_at(deleted_key, "remoteJid") in chat.names,
        "remoteJid of the deleted one",
    )
    target.deleted = "everyone"
    remember(play, chat, delete_answer, content, echoes=False)


def show_presence(play: Play, chat: Chat) -> None:
    """The instance writes, or stops writing."""
    option = PRESENCES[play.turns % len(PRESENCES)]
    answer = play.call("update_presence", body={"to": chat.to, "option": option})
    if claim_success(play.session, answer, "a presence"):
        presences = play.control("GET", "")["presence"]
        right = any(presences.get(name) == option for name in chat.names)
        claim(play.session, answer, right, "the presence is seen where it was shown")
