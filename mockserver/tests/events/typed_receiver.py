"""A receiver with types: mypy agrees with it, and finds each mistake that is marked."""

from __future__ import annotations

from typing import Any, assert_never

from megaapi_mock.events import (
    AckEvent,
    AnyEvent,
    CallEvent,
    ConnectionEvent,
    GroupParticipantsEvent,
    GroupUpdateEvent,
    MessageEvent,
    PresenceEvent,
    QrCodeEvent,
    UnknownEvent,
    Webhook,
    parse,
)
from megaapi_mock.events.payloads import ConversationWebhook


def mistakes(body: Any, webhook: Webhook) -> list[str]:
    """What nobody should write; it is checked, never run."""
    event = parse(body)
    answers: list[str] = []
    answers.append(event.text)  # type: ignore[arg-type]
    answers.append(event.id)  # type: ignore[arg-type]
    print(event.media.mimetype)  # type: ignore[union-attr]
    print(event.status)  # type: ignore[union-attr]
    print(event.texts)  # type: ignore[union-attr]
    if webhook["messageType"] == "message.ack":
        print(webhook["message"])  # type: ignore[typeddict-item]
    if webhook["messageType"] == "pollMessage":  # type: ignore[comparison-overlap]
        return []
    print(webhook["instance_key"] + webhook["pushName"])  # type: ignore[typeddict-item]
    return answers


def told(body: Any) -> list[str]:
    """Questions to any event, whose answers may be None."""
    event = parse(body)
    answers = [event.text or "", event.sender.number or "", str(event.is_group)]
    if event.choice and event.choice.id:
        answers.append(event.choice.id)
    if event.media and event.media.mimetype:
        answers.append(event.media.mimetype)
    if isinstance(event, MessageEvent):
        answers.append(event.id)
    return answers


def every_kind(event: AnyEvent) -> str:
    """All nine, and no tenth."""
    match event:
        case MessageEvent() | CallEvent() | AckEvent():
            return event.id
        case ConnectionEvent():
            return str(event.is_connected)
        case QrCodeEvent():
            return event.data_uri
        case PresenceEvent():
            return ", ".join(event.presences.values())
        case GroupParticipantsEvent():
            return event.action
        case GroupUpdateEvent():
            return ", ".join(event.changes)
        case UnknownEvent():
            return event.reason
    assert_never(event)


def narrowed(webhook: Webhook) -> str:
    """The union narrows by its messageType."""
    if webhook["messageType"] == "conversation":
        plain: ConversationWebhook = webhook
        return plain["message"]["conversation"]
    if webhook["messageType"] == "message.ack":
        return str(webhook["update"]["status"] + 1)
    if webhook["messageType"] == "imageMessage":
        return webhook["message"]["imageMessage"].get("caption", "")
    if webhook["messageType"] == "groups.update":
        return webhook.get("subject", "")
    return webhook.get("instance_key", "")
