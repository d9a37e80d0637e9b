"""What customers do comes to the receiver: once, whole, and with files that can be fetched."""

from __future__ import annotations

from base64 import b64encode
from collections import Counter
from collections.abc import Callable, Mapping
from functools import partial, update_wrapper
from typing import Any

from megaapi_mock.domain.jid import as_given

from ...errors import NotTried
from ...host.host_instance import HostInstance
from ...host.stage import WORLD, Stage
from ...judging.results import Exchange, Webhook
from ..probe import Laws
from ..session import Session
from .assertions import is_same, value_at
from .calls import make_group, message, sent_id, text
from .content_fidelity import LONG
from .echo_content import is_acknowledged
from .media import KINDS, PNG, fetch, same_bytes
from .requests import GOOD_REQUESTS
from .webhook_listener import WebhookListener
from .webhooks import (
    ECHO,
    PHASE,
    Json,
    Rule,
    check_echo,
    is_ack,
    listening,
    message_id,
)

LAWS = Laws()


# -- what customers do -----------------------------------------------------------------------


def _after_text(session: Session, stage: Stage, instance: HostInstance) -> Json:
    return {"message": sent_id(text(session, instance, stage.customers[0]))}


def _after_theirs(session: Session, stage: Stage, instance: HostInstance) -> Json:
    return {"message": stage.customer_writes(instance, "text-plain")["id"]}


def _after_poll(session: Session, stage: Stage, instance: HostInstance) -> Json:
    return {"message": stage.customer_writes(instance, "poll-creation")["id"]}


def _after(operation: str) -> Callable[[Session, Stage, HostInstance], Json]:
    def send(session: Session, stage: Stage, instance: HostInstance) -> Json:
        arguments = GOOD_REQUESTS[operation].arguments(stage.customers[0])
        return {"message": sent_id(session.call(operation, instance, **arguments))}

    return send


def _after_native_buttons(session: Session, stage: Stage, instance: HostInstance) -> Json:
    answer = session.call(
        "send_buttons", instance, **GOOD_REQUESTS["send_buttons"].arguments(stage.customers[0])
    )
    if _are_old(answer) and session.takes_alternative(answer, "buttons_form"):
        raise NotTried("its buttons are those of 2022, which are answered otherwise")
    return {"message": sent_id(answer)}


def _are_old(answer: Exchange) -> bool:
    return value_at(answer.json, "messageData", "message", "interactiveMessage") is None


def _after_template(session: Session, stage: Stage, instance: HostInstance) -> Json:
    buttons = [{"type": "replyButton", "title": "Sim", "payload": "sim"}]
    answer = message(
        session,
        instance,
        "send_template",
        to=stage.customers[0],
        text="Confirma?",
        buttons=buttons,
    )
    return {"message": sent_id(answer)}


def _in_group(session: Session, stage: Stage, instance: HostInstance) -> Json:
    _, group = make_group(session, stage, instance, stage.customers[0])
    return {"group": group.get("id")}


def _joins(session: Session, stage: Stage, instance: HostInstance) -> Json:
    return {**_in_group(session, stage, instance), "from": WORLD[1], "option": "add"}


def _nothing(session: Session, stage: Stage, instance: HostInstance) -> Json:
    return {}


Before = Callable[[Session, Stage, HostInstance], Json]
# Every event that a customer causes, and what must have happened before.
INBOUND: Mapping[str, Before] = {
    **dict.fromkeys(
        (
            "text-plain", "text-plain-lid", "text-plain-2023", "text-extended",
            "text-link-preview", "text-forwarded", "text-ad-referral", "ephemeral", "image",
            "video", "video-note", "audio-voice-note", "audio-file", "document",
            "document-with-caption", "sticker", "location", "live-location", "contact",
            "contacts-array", "poll-creation", "disappearing-setting", "view-once", "album",
            "group-invite", "interactive-order", "order", "status-story", "broadcast-list",
            "newsletter", "from-me-phone", "self-chat", "call", "presence",
        ),
        _nothing,
    ),
    **dict.fromkeys(("text-quoted-reply", "reaction", "pin-in-chat"), _after_text),
    **dict.fromkeys(("edited", "deleted"), _after_theirs),
    "poll-vote": _after_poll,
    "list-response": _after("send_list"),
    "buttons-response": _after("send_buttons"),
    "interactive-response": _after_native_buttons,
    "template-button-reply": _after_template,
    **dict.fromkeys(
        ("text-mention", "group-text", "group-image", "group-text-first-of-sender",
         "group-update"),
        _in_group,
    ),
    "group-participants": _joins,
}  # fmt: skip
_CAUSES = {
    **dict.fromkeys(("text-quoted-reply", "reaction", "pin-in-chat"), ("send_text",)),
    **dict.fromkeys(("buttons-response", "interactive-response"), ("send_buttons",)),
    "list-response": ("send_list",), "template-button-reply": ("send_template",),
    **dict.fromkeys(
        ("image", "video", "video-note", "audio-voice-note", "audio-file", "document",
         "document-with-caption", "sticker", "view-once", "status-story"),
        ("download_media",),
    ),
    "group-image": ("create_group", "download_media"),
    **dict.fromkeys(
        ("text-mention", "group-text", "group-text-first-of-sender", "group-update",
         "group-participants"),
        ("create_group",),
    ),
}  # fmt: skip
# What the customer writes before.
_WRITTEN_BEFORE = {
    **dict.fromkeys(("edited", "deleted"), ("text-plain",)), "poll-vote": ("poll-creation",),
}  # fmt: skip
# Messages that went to many, each of whom reads it alone.
BROADCASTS = ("status-story", "broadcast-list")
# Texts that a careless program takes for something else.
LOOKALIKES = ("123", "007", "1e3", "true", "null", '{"a": 1}', " ", "2026-01-01")
# By content key without its ending: what its file is fetched as.
FETCHED = {key.removesuffix("Message"): fetched_as for key, fetched_as, _ in KINDS.values()}


def _inbound(rule: Rule) -> Rule:
    for event in INBOUND:
        causes = _CAUSES.get(event, ())
        run = partial(rule, event)
        update_wrapper(run, rule)
        LAWS.law(
            *causes, "configure_webhook",
            effects={"changes"} | {GOOD_REQUESTS[cause].effect for cause in causes},
            phase=PHASE, about=event, events=(event,),
            customer=(event, *_WRITTEN_BEFORE.get(event, ())), by_hand=True,
        )(run)  # fmt: skip
    return rule


@_inbound
def what_a_customer_does_is_told_once(event: str, session: Session, stage: Stage) -> None:
    instance, hook = listening(session, stage)
    before = INBOUND[event](session, stage, instance)
    hook.receive()
    inbound_message = stage.customer_writes(instance, event, **before)
    event = inbound_message["event"]
    webhooks = hook.receive()
    payload = hook.check_single(webhooks[:1], event, "what a customer does")
    _follow(hook, event, payload, webhooks[1:])
    if not payload or "id" not in inbound_message:
        return
    key = payload.get("key") or {}
    hook.claim(
        event, key.get("id") == inbound_message["id"], "the id is the message's", webhooks[0]
    )
    chats = (key.get("remoteJid"), key.get("senderPn"))
    hook.claim(event, inbound_message["chat"] in chats, "remoteJid is the chat", webhooks[0])
    hook.claim(
        event, key.get("fromMe") is inbound_message["from_me"], "fromMe is whose it is", webhooks[0]
    )
    same = has_content(hook, stage, payload.get("message"), inbound_message["content"])
    hook.claim(event, same, "the content is what was written", webhooks[0])
    to_many = value_at(payload, "broadcast")
    right = to_many is None or to_many is (event in BROADCASTS)
    hook.claim(event, right, "broadcast says whether it went to many", webhooks[0])
    if event != "newsletter":
        author = instance.number if inbound_message["from_me"] else stage.customers[0]
        hook.check_author(webhooks[0], event, author)
    _fetchable(session, instance, payload)


def author_content(content: Any) -> Any:
    """A message's content without what its writer's client adds: some years leave that out."""
    if not isinstance(content, dict):
        return content
    return {name: part for name, part in content.items() if name != "messageContextInfo"}


def has_content(hook: WebhookListener, stage: Stage, content: Any, written_content: Any) -> bool:
    """Whether a webhook has what was written: all of it where the mock shows what that was.

    Elsewhere it is what the writer's own host answered, and must be in it.
    """
    if stage.phone:
        return is_same(hook.session, author_content(content), author_content(written_content))
    return _has_all(content, written_content)


def _has_all(content: Any, expected: Any) -> bool:
    """Whether every field is there; a key and a context are written from each one's own side."""
    if isinstance(expected, dict):
        own_names = ("contextInfo", "messageContextInfo", "key")
        return isinstance(content, dict) and all(
            _has_all(content.get(name), part)
            for name, part in expected.items()
            if name not in own_names
        )
    if isinstance(expected, list):
        return (
            isinstance(content, list)
            and len(content) == len(expected)
            and all(map(_has_all, content, expected))
        )
    return content == expected or str(content) == str(expected)


def _follow(hook: WebhookListener, event: str, payload: Json, rest: list[Webhook]) -> None:
    """Hold that an album is followed by just the pictures it announces, and nothing else by any."""
    album = value_at(payload, "message", "albumMessage")
    kinds = ["image"] * (value_at(album, "expectedImageCount") or 0)
    kinds += ["video"] * (value_at(album, "expectedVideoCount") or 0)
    hook.claim(event, len(rest) == len(kinds), "no webhook that was not announced")
    for follower, kind in zip(rest, kinds, strict=False):
        if hook.check_event(follower, kind, "a part of an album"):
            names = ("message", "messageContextInfo", "messageAssociation", "parentMessageKey")
            parent = value_at(follower.json, *names, "id")
            mine = parent == value_at(payload, "key", "id")
            hook.claim(kind, mine, "a part of an album names its album", follower)


def _fetchable(session: Session, instance: HostInstance, payload: Json) -> None:
    """Hold that the file of a message can be fetched, byte for byte."""
    for kind, part in _files(payload.get("message")):
        answer = fetch(session, instance, part, FETCHED[kind])
        same_bytes(session, answer, part, None)


def _files(node: Any) -> list[tuple[str, Json]]:
    file_parts = []
    for name, part in node.items() if isinstance(node, dict) else ():
        kind = str(name).removesuffix("Message")
        if kind in FETCHED and isinstance(part, dict) and "mediaKey" in part:
            file_parts.append((kind, part))
        elif isinstance(part, dict) and name != "contextInfo":
            file_parts += _files(part)
    return file_parts


@LAWS.law("configure_webhook", effects=("changes",), phase=PHASE, customer=("text-plain",),
          events=("text-plain", "text-extended"))  # fmt: skip
def long_texts_of_customers_come_whole(session: Session, stage: Stage) -> None:
    instance, hook = listening(session, stage)
    for words in (LONG, *LOOKALIKES):
        texts_set = {"message.conversation": words}
        event = stage.customer_writes(instance, "text-plain", set=texts_set)["event"]
        payload = hook.check_single(hook.receive(), event, "a long or odd text")
        whole = words_of(payload) == words
        hook.claim(event, whole, "every letter comes, as a text")


def words_of(payload: Any) -> Any:
    """What a person wrote, in either form of a text."""
    plain = value_at(payload, "message", "conversation")
    return plain or value_at(payload, "message", "extendedTextMessage", "text")


@LAWS.law("download_media", effects=("reads", "changes"), phase=PHASE, customer=("image",),
          events=("image",))  # fmt: skip
def a_customers_picture_is_the_one_they_took(session: Session, stage: Stage) -> None:
    instance, hook = listening(session, stage)
    picture_uri = f"data:image/png;base64,{b64encode(PNG).decode()}"
    stage.customer_writes(instance, "image", media=picture_uri)
    payload = hook.check_single(hook.receive(), "image", "a picture")
    part = value_at(payload, "message", "imageMessage")
    if isinstance(part, dict):
        same_bytes(session, fetch(session, instance, part, "image"), part, PNG)


@LAWS.law("send_text", effects=("sends", "changes"), phase=PHASE, customer=("text-plain",),
          events=("text-plain", "text-extended", ECHO))  # fmt: skip
def ids_of_messages_never_come_again(session: Session, stage: Stage) -> None:
    instance, hook = listening(session, stage)
    sent_messages = [text(session, instance) for _ in range(3)]
    writers = stage.customers[:3]
    for turn in range(9):
        stage.customer_writes(instance, "text-plain", **{"from": writers[turn % len(writers)]})
    webhooks = [one for one in hook.receive() if not is_ack(one)]
    repeated_ids = [id_ for id_, times in Counter(map(message_id, webhooks)).items() if times > 1]
    hook.claim("text-plain", not repeated_ids, "ids of messages differ")
    own = [one for one in webhooks if message_id(one) in map(sent_id, sent_messages)]
    hook.settle_echo(bool(own))
    hook.claim("text-plain", len(webhooks) - len(own) == 9, "every message of a customer is told")
    hook.claim(ECHO, len(own) in (0, len(sent_messages)), "every message of the instance is told")
    names = {
        value_at(one.json, "pushName")
        for one in webhooks
        if message_id(one) not in map(sent_id, sent_messages)
    }
    hook.claim("text-plain", len(names) == len(writers), "each customer has a name of their own")


@LAWS.law("quote_message", "forward_message", effects=("sends", "changes"),
          phase=PHASE, customer=("text-plain",), by_hand=True,
          events=("text-plain", "text-extended", ECHO))  # fmt: skip
def what_was_received_can_be_answered(session: Session, stage: Stage) -> None:
    instance, hook = listening(session, stage)
    event = stage.customer_writes(instance, "text-plain")["event"]
    payload = hook.check_single(hook.receive(), event, "a text")
    if not payload:
        return
    to, key = as_given(stage.customers[0]), payload["key"]
    content = {name: part for name, part in payload["message"].items() if "Info" not in name}
    for operation, more in (("quote_message", {"text": "Sim"}), ("forward_message", {})):
        data = {"to": to, "key": key, "message": content, **more}
        answer = message(session, instance, operation, **data)
        check_echo(hook, hook.receive(is_acknowledged(hook)), answer)
