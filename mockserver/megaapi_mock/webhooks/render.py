"""Events to payloads: the sample keeps the shape, the event supplies what it cannot know."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import orjson

from ..codec import dumps
from ..domain import qr_code
from ..domain.content import keys_of
from ..domain.event import Event
from ..domain.facts import (
    ConnectionText,
    EmittedPayload,
    Fields,
    InboundMessage,
    NoFacts,
    OwnMessage,
    QrCode,
    Receipt,
)
from ..domain.jid import GROUP, LID
from ..domain.json_path import put_at
from ..domain.message import content_key
from ..profile import Profile
from ..resources.samples import Samples

Payload = dict[str, Any]

# Events with an x-generation in the contract: they look like that year whatever the profile says.
YEARS: Mapping[str, str] = {"text-plain-2023": "2023", "text-plain-lid": "2026"}
# In 2023 the type was the first key of `message`, and these came with messageContextInfo before
# them (vendor's README: interactive, order, catalogue, poll).
UNTYPED = frozenset(keys_of(lambda kind: not kind.typed_in_2023))
CONTEXT = "messageContextInfo"

_CHANGED_GROUP = "groups.update"
_OVERRIDABLE = (InboundMessage, Fields, EmittedPayload)
_LID_KEYS = ("senderLid", "senderPn", "participantLid", "participantPn")
_NUMBERS = {"remoteJid": "senderPn", "participant": "participantPn"}


def sample_event(
    samples: Samples, name: str, *, time: float | None = None, instance: str | None = None
) -> Event:
    """An event as its sample tells it: of the sample's own instance and time unless said."""
    sample = samples.sample(name)
    own_time = sample.get("messageTimestamp", sample.get("timestamp", 0))
    return Event(
        name=name,
        time=float(own_time if time is None else time),
        instance=instance or str(sample["instance_key"]),
        owner_jid=sample.get("jid"),
        owner_lid=sample.get("lid"),
        owner_name=str(sample.get("pushName", "")),
        facts=NoFacts(),
    )


class Renderer:
    """Payloads of one generation (`2023` to `2026`), field order as captured payloads have it."""

    def __init__(self, samples: Samples, profile: Profile) -> None:
        self._samples = {name: samples.payload(name) for name in samples.names()}
        self._generation = profile["payload_generation"]
        self._context_type = profile["context_info_type"]
        self._device = profile.is_on("jid_suffix")

    def render(self, event: Event) -> tuple[str, bytes]:
        """The messageType and the JSON to post."""
        payload = self.payload(event)
        return str(payload["messageType"]), dumps(payload)

    def payload(self, event: Event) -> Payload:
        """The payload as a document."""
        facts = event.facts
        payload = dict(
            facts.sample if isinstance(facts, EmittedPayload) else self._samples[event.name]
        )
        payload["instance_key"] = event.instance
        if "jid" in payload:
            payload["jid"] = self._own_jid(event)
        if "lid" in payload:
            payload["lid"] = event.owner_lid
        _fill(payload, event)
        if "pushName" in payload:
            payload["pushName"] = _name(payload, event)
        if "timestamp" in payload:
            payload["timestamp"] = int(event.time if event.happened is None else event.happened)
        generation = YEARS.get(event.name, self._generation)
        payload = self._place_context(_GENERATIONS[generation](payload), generation)
        overrides = facts.overrides if isinstance(facts, _OVERRIDABLE) else None
        if overrides:
            # What is set must not reach the sample, whose inner objects the payload shares.
            payload = orjson.loads(orjson.dumps(payload))
            for path, value in overrides.items():
                put_at(payload, path, value)
        return payload

    def _place_context(self, payload: Payload, generation: str) -> Payload:
        """messageContextInfo as the type, where and when the gateway went by the first key."""
        by_first_key = {"in_2023": generation == "2023", "always": True}
        message = payload.get("message")
        if not by_first_key.get(self._context_type) or not isinstance(message, dict):
            return payload
        own = payload.get("key", {}).get("fromMe")
        if own or CONTEXT not in message or content_key(message) not in UNTYPED:
            return payload
        rest = {name: value for name, value in message.items() if name != CONTEXT}
        return {**payload, "messageType": CONTEXT, "message": {CONTEXT: message[CONTEXT], **rest}}

    def _own_jid(self, event: Event) -> str | None:
        if not self._device or event.owner_jid is None:
            return event.owner_jid
        user, _, server = event.owner_jid.partition("@")
        return f"{user}:31@{server}"


def _fill(payload: Payload, event: Event) -> None:
    """Put in what the event tells, by its family."""
    fill = _FILLED_BY.get(type(event.facts))
    if fill is not None:
        fill(payload, event.facts)
    elif event.name == "self-chat":
        payload["key"] = {**payload["key"], "remoteJid": event.owner_jid}


def _fill_fields(payload: Payload, facts: Fields) -> None:
    payload.update(facts.fields)
    if payload["messageType"] == _CHANGED_GROUP and "subject" not in facts.fields:
        # Only what changed is told.
        del payload["subject"]


def _fill_message(payload: Payload, facts: OwnMessage | InboundMessage) -> None:
    _fill_key(payload, facts.key)
    payload["messageType"] = content_key(facts.message)
    payload["message"] = facts.message
    payload["messageTimestamp"] = facts.timestamp
    if isinstance(facts, InboundMessage):
        _verify(payload, facts.verified)


def _fill_receipt(payload: Payload, facts: Receipt) -> None:
    _fill_key(payload, facts.key)
    payload["update"] = {"status": facts.status}


def _fill_qr_code(payload: Payload, facts: QrCode) -> None:
    payload["qrcode"] = qr_code.data_uri(facts.code)


def _fill_text(payload: Payload, facts: ConnectionText) -> None:
    payload["message"] = facts.text


def _fill_key(payload: Payload, key: Mapping[str, Any]) -> None:
    payload["key"] = _with_hidden_chat(key, payload.get("key", {}))
    if "isGroup" in payload:
        payload["isGroup"] = _is_group(key["remoteJid"])


_FILLED_BY: Mapping[type, Callable[[Payload, Any], None]] = {
    Fields: _fill_fields,
    OwnMessage: _fill_message,
    InboundMessage: _fill_message,
    Receipt: _fill_receipt,
    QrCode: _fill_qr_code,
    ConnectionText: _fill_text,
}


def _name(payload: Payload, event: Event) -> str:
    """The author's profile name: the sender's, on own messages and connections the owner's."""
    if isinstance(event.facts, InboundMessage):
        return event.facts.name
    key = payload.get("key")
    own = key is None or key.get("fromMe", False)
    return event.owner_name if own else str(payload["pushName"])


def _verify(payload: Payload, name: str | None) -> None:
    """The author's verified name and no other: last field, and only of those who have one."""
    payload.pop("verifiedBizName", None)
    if name is not None:
        payload["verifiedBizName"] = name
    if "isBusiness" in payload:
        # In the vendor's examples false together with a verified name, and true without one.
        payload["isBusiness"] = name is None


def _with_hidden_chat(key: Mapping[str, Any], like: Mapping[str, Any]) -> dict[str, Any]:
    """The key, with the chat named by hidden number where the sample is about just that."""
    result = dict(key)
    if (
        _is_lid(like.get("remoteJid"))
        and "senderLid" in result
        and not _is_lid(result["remoteJid"])
    ):
        result["senderPn"], result["remoteJid"] = (
            result["remoteJid"],
            result["senderLid"],
        )
    return result


def _is_group(jid: Any) -> bool:
    return isinstance(jid, str) and jid.rpartition("@")[2] == GROUP


def _is_lid(jid: Any) -> bool:
    return isinstance(jid, str) and jid.rpartition("@")[2] == LID


def _as_2026(payload: Payload) -> Payload:
    return payload


def _as_2025(payload: Payload) -> Payload:
    payload.pop("lid", None)
    key = payload.get("key")
    if isinstance(key, dict) and any(name in key for name in _LID_KEYS):
        payload["key"] = _without_lids(key)
    return payload


def _without_lids(key: Mapping[str, Any]) -> dict[str, Any]:
    """Before 2026 people were addressed by number alone."""
    other_fields = {name: value for name, value in key.items() if name not in _LID_KEYS}
    for name, number in _NUMBERS.items():
        if _is_lid(other_fields.get(name)) and number in key:
            other_fields[name] = key[number]
    return other_fields


def _as_2024(payload: Payload) -> Payload:
    """isBusiness right after jid, true where no verified name follows (vendor's examples)."""
    older = _as_2023(payload)
    if "key" not in older or "update" in older:
        return older
    business = "verifiedBizName" not in older
    head: Payload = {name: older.pop(name) for name in ("instance_key", "jid") if name in older}
    return {**head, "isBusiness": business, **older}


def _as_2023(payload: Payload) -> Payload:
    older = _as_2025(payload)
    older.pop("isGroup", None)
    message = older.get("message")
    context = message.get("messageContextInfo") if isinstance(message, dict) else None
    if isinstance(message, dict) and isinstance(context, dict) and "messageSecret" in context:
        other_fields = {name: value for name, value in context.items() if name != "messageSecret"}
        older["message"] = {**message, "messageContextInfo": other_fields}
    return older


_GENERATIONS: Mapping[str, Callable[[Payload], Payload]] = {
    "2026": _as_2026,
    "2025": _as_2025,
    "2024": _as_2024,
    "2023": _as_2023,
}
