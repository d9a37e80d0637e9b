"""What contacts do to messages that are really there: quote, edit, delete, react, answer, vote."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import orjson

from ..errors import Conflict, Invalid
from ..errors.names import quoted
from .content import CAPTIONED, KINDS, TEXTS
from .jid import Jid
from .message import Content, Message, content_key, key_of, unwrap
from .options import Option, options_of
from .scene import Scene

# What must have been sent before it can be answered so, in words.
ANSWERED: Mapping[str, str] = {
    "list-response": "list",
    "buttons-response": "message with reply buttons",
    "template-button-reply": "template with reply buttons",
    "interactive-response": "message with reply buttons",
    "poll-vote": "poll",
}


@dataclass(frozen=True, slots=True)
class Action:
    """`content` is what arrives; `then` is what it does to the message it is about."""

    content: Content
    then: Callable[[Content], None] | None = None


def act(event: str, scene: Scene, content: Content) -> Action:
    """The sample's content with everything in it that belongs to a real message.

    Raises Impossible with a sentence when there is no such message or option.
    """
    if scene.message is not None and event not in ACTIONS:
        raise Invalid(f"message: {event} is about no other message; {_in_words(ACTIONS)} are")
    if scene.choice is not None and event not in ANSWERED:
        raise Invalid(f"option: {event} chooses nothing; {_in_words(ANSWERED)} do")
    result = ACTIONS.get(event, _as_it_is)(scene, content)
    return result if isinstance(result, Action) else Action(result)


def _in_words(names: Mapping[str, Any]) -> str:
    return ", ".join(names)


def names_its_chat(content: Content) -> bool:
    """Whether something in it is another thing in each chat, or at each moment."""
    kinds = ("senderKeyDistributionMessage", "groupInviteMessage", "orderMessage")
    settings = content.get("protocolMessage", {}).get("type") == "EPHEMERAL_SETTING"
    return settings or any(name in content for name in kinds)


def _as_it_is(scene: Scene, content: Content) -> Content:
    """Contents of their own; only what names this chat, its owner or this moment is filled in."""
    if "senderKeyDistributionMessage" in content:
        content["senderKeyDistributionMessage"]["groupId"] = scene.chat
    if "groupInviteMessage" in content:
        # Invitations hold three days.
        expiry = str(int(scene.instance.now) + 3 * 86_400)
        content["groupInviteMessage"]["inviteExpiration"] = expiry
    if "orderMessage" in content:
        content["orderMessage"]["sellerJid"] = scene.instance.own_jid
    if content.get("protocolMessage", {}).get("type") == "EPHEMERAL_SETTING":
        key = {"remoteJid": scene.chat, "fromMe": False, "id": scene.id}
        content["protocolMessage"]["key"] = key
    return content


def _quote(scene: Scene, content: Content) -> Content:
    content["extendedTextMessage"]["contextInfo"] = _context(scene.any_message())
    return content


def _forward(scene: Scene, content: Content) -> Content:
    """A text of any chat, its score one higher; without `message` the sample's text."""
    if scene.message is None:
        return content
    original = scene.instance.messages.get(scene.message)
    if original is None:
        raise Conflict(f"message: {scene.message} is unknown to {scene.instance.key}")
    why = scene.undelivered_reason(original)
    if why is not None:
        raise Conflict(f"message: {original.id} {why}")
    inner = unwrap(orjson.loads(original.content))
    if content_key(inner) not in TEXTS:
        raise Conflict(f"message: {original.id} is not a text; text-forwarded takes texts")
    text_part = inner.get("extendedTextMessage")
    text_part = text_part if isinstance(text_part, dict) else {"text": inner.get("conversation")}
    context = text_part.get("contextInfo")
    score = context.get("forwardingScore") if isinstance(context, dict) else 0
    part = content["extendedTextMessage"]
    part["text"] = str(text_part.get("text", ""))
    part["contextInfo"]["forwardingScore"] = (score if type(score) is int else 0) + 1
    return content


def _mention(scene: Scene, content: Content) -> Content:
    """The instance itself is mentioned: what a bot in a group waits for."""
    own = scene.instance.own_jid
    own_address = Jid.verbatim(scene.instance.addresses.address_in(own, scene.chat))
    part = content["extendedTextMessage"]
    part["text"] = f"@{own_address.user} pode ver?"
    part["contextInfo"]["mentionedJid"] = [own_address]
    return content


def _edit(scene: Scene, content: Content) -> Action:
    """Texts and captions of one's own can be edited."""
    target = scene.target(
        lambda it: scene.is_by_author(it) and _kind(it) in (*TEXTS, *CAPTIONED),
        f"{scene.author} can edit only texts and captions of their own",
    )
    part = content["protocolMessage"]
    part["key"], part["timestampMs"] = key_of(target), scene.milliseconds
    kind = _kind(target)
    if kind in CAPTIONED:
        part["editedMessage"] = {kind: {"caption": part["editedMessage"]["conversation"]}}
    return Action(content, lambda sent: scene.instance.chats.edit(target.id, _new_content(sent)))


def _delete(scene: Scene, content: Content) -> Action:
    """One's own messages, and in groups those of everybody for an admin."""
    target = scene.target(
        lambda it: scene.is_by_author(it) or scene.is_group_admin(),
        f"{scene.author} can delete only messages of their own",
    )
    content["protocolMessage"]["key"] = key_of(target)
    return Action(content, lambda _: scene.instance.chats.mark_deleted(target.id))


def _react(scene: Scene, content: Content) -> Content:
    part = content["reactionMessage"]
    part["key"], part["senderTimestampMs"] = key_of(scene.any_message()), scene.milliseconds
    return content


def _pin(scene: Scene, content: Content) -> Content:
    part = content["pinInChatMessage"]
    part["key"], part["senderTimestampMs"] = key_of(scene.any_message()), scene.milliseconds
    return content


def _review_order(scene: Scene, content: Content) -> Content:
    """Quotes only what the caller names: no operation of the gateway sends orders to pay."""
    part = content["interactiveMessage"]
    part.pop("contextInfo", None)
    if scene.message is not None:
        part["contextInfo"] = _context(scene.require_named())
    return content


def _pick_row(scene: Scene, content: Content) -> Content:
    target, option = _choice("list-response", scene)
    part = content["listResponseMessage"]
    part["title"], part["singleSelectReply"] = option.title, {"selectedRowId": option.id}
    part["contextInfo"] = _context(target)
    part.pop("description", None)
    if option.description is not None:
        part["description"] = option.description
    return content


def _press_button(scene: Scene, content: Content) -> Content:
    target, option = _choice("buttons-response", scene)
    part = content["buttonsResponseMessage"]
    part["selectedButtonId"], part["selectedDisplayText"] = option.id, option.title
    part["contextInfo"] = _context(target)
    return content


def _press_template(scene: Scene, content: Content) -> Content:
    target, option = _choice("template-button-reply", scene)
    part = content["templateButtonReplyMessage"]
    part["selectedId"], part["selectedDisplayText"] = option.id, option.title
    part["contextInfo"], part["selectedIndex"] = _context(target), option.index
    return content


def _reply_natively(scene: Scene, content: Content) -> Content:
    target, option = _choice("interactive-response", scene)
    part = content["interactiveResponseMessage"]
    part["body"]["text"] = option.title
    part["nativeFlowResponseMessage"]["paramsJson"] = orjson.dumps({"id": option.id}).decode()
    part["contextInfo"] = _context(target)
    return content


def _vote(scene: Scene, content: Content) -> Content:
    """The vote is encrypted, and the gateway has no secret to open it (open question)."""
    poll, _ = _choice("poll-vote", scene)
    ids, key = scene.instance.ids, scene.instance.key
    number = scene.instance.count("vote")
    content["pollUpdateMessage"] = {
        "pollCreationMessageKey": key_of(poll),
        "vote": {
            "encPayload": b64encode(ids.raw(key, "vote", number, 50)).decode(),
            "encIv": b64encode(ids.raw(key, "vote iv", number, 12)).decode(),
        },
        "senderTimestampMs": scene.milliseconds,
    }
    return content


Build = Callable[[Scene, Content], Content | Action]
ACTIONS: Mapping[str, Build] = {
    "text-quoted-reply": _quote,
    "text-forwarded": _forward,
    "edited": _edit,
    "deleted": _delete,
    "reaction": _react,
    "pin-in-chat": _pin,
    "interactive-order": _review_order,
    "list-response": _pick_row,
    "buttons-response": _press_button,
    "template-button-reply": _press_template,
    "interactive-response": _reply_natively,
    "poll-vote": _vote,
    "text-mention": _mention,
}


def _choice(event: str, scene: Scene) -> tuple[Message, Option]:
    """The message that offers what is chosen, and the option; refused, naming what was offered."""

    def offers(message: Message) -> list[Option]:
        # Polls may be anybody's; rows and buttons are answered to who sent them.
        kind = KINDS.get(_kind(message))
        if kind is None or event not in kind.answers:
            return []
        if not message.from_me and event != "poll-vote":
            return []
        return options_of(orjson.loads(message.content))

    if event != "poll-vote" and not scene.is_by_owner:
        _require_buttons(scene)
    nothing = f"a {ANSWERED[event]} must have been sent there first"
    newest = scene.target(lambda message: bool(offers(message)), nothing)
    candidates = [newest] if scene.message is not None else scene.newest()
    for message in candidates:
        for option in offers(message):
            if scene.choice is None or option.is_called(scene.choice):
                return message, option
    raise Conflict(
        f"option: {quoted(scene.choice)} was never offered; message {newest.id} offers "
        + ", ".join(map(str, offers(newest))),
    )


def _require_buttons(scene: Scene) -> None:
    if scene.author in scene.instance.state.without_buttons:
        raise Conflict(
            f"the phone of {scene.author} shows no lists and no buttons: nothing can be chosen; "
            'POST .../contacts/{number} {"shows_buttons": true}',
        )


def _kind(message: Message) -> str:
    """The content's name, wrappers taken off."""
    if message.type in (*TEXTS, *CAPTIONED):
        return message.type
    return content_key(unwrap(orjson.loads(message.content))) or ""


def _context(message: Message) -> Content:
    inner = unwrap(orjson.loads(message.content))
    name = content_key(inner)
    part = inner.get(name) if name else None
    if isinstance(part, dict):
        # A quoted message does not quote in turn.
        part = {field: value for field, value in part.items() if field != "contextInfo"}
    return {
        "stanzaId": message.id,
        "participant": message.sender,
        "quotedMessage": {name: part} if name else {},
    }


def with_album(content: Content, album: Message) -> Content:
    """The content as one of this album's (Baileys: messageAssociation names the album)."""
    association = {"associationType": "MEDIA_ALBUM", "parentMessageKey": key_of(album)}
    context = {**content.get("messageContextInfo", {}), "messageAssociation": association}
    return {**content, "messageContextInfo": context}


def _new_content(sent_content: Content) -> Content:
    part = sent_content.get("protocolMessage")
    edited = part.get("editedMessage") if isinstance(part, dict) else None
    return edited if isinstance(edited, dict) else {}
