"""Faults of webhooks: each alters, loses, repeats or reorders what the courier hands over."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import orjson
from megaapi_mock.domain.json_path import value_on_path

from .mutant import Fault
from .payload_edits import Edit, first_value_at, put

Payload = dict[str, Any]
WebhookFilter = Callable[[Payload], bool]

CONNECTED, GONE = "phone_connected", "Number disconnected from api"


def kind(*message_types: str) -> WebhookFilter:
    """Of one of these messageTypes."""
    return lambda payload: payload.get("messageType") in message_types


def has_value(path: str, *values: Any) -> WebhookFilter:
    """With something at the path, or with one of these values there."""

    def is_matching(payload: Payload) -> bool:
        value = first_value_at(payload, path)
        return value is not None if not values else value in values

    return is_matching


def all_of(*tests: WebhookFilter) -> WebhookFilter:
    """What passes all of these."""
    return lambda payload: all(test(payload) for test in tests)


def any_webhook(payload: Payload) -> bool:
    """Every webhook there is."""
    return True


def is_ack(*statuses: int) -> WebhookFilter:
    """Receipts of these statuses, or any."""
    return all_of(kind("message.ack"), has_value("update.status", *statuses))


def is_message(payload: Payload) -> bool:
    """Whether a message is told of, whoever wrote it."""
    return "messageTimestamp" in payload


def is_inbound(payload: Payload) -> bool:
    """Whether it is a message of somebody else."""
    return is_message(payload) and value_on_path(payload, "key.fromMe") is False


def is_echo(payload: Payload) -> bool:
    """Whether it repeats what was sent through the gateway."""
    identity = str(value_on_path(payload, "key.id"))
    own = value_on_path(payload, "key.fromMe") is True
    return is_message(payload) and own and identity.startswith("3EB0")


def connection(*texts: str) -> WebhookFilter:
    """News of the link with one of these texts."""
    return all_of(kind("connection_update"), has_value("message", *texts))


class Changed(Fault):
    """Some webhooks come out as others, as several or not at all."""

    def __init__(
        self, which: WebhookFilter, change: Callable[[Payload], Sequence[Payload]]
    ) -> None:
        self._which, self._change = which, change

    def webhook(self, body: bytes) -> Sequence[bytes]:
        payload = orjson.loads(body)
        if not self._which(payload):
            return (body,)
        return [orjson.dumps(one) for one in self._change(payload)]


class EverySecondLost(Fault):
    """Every second of some webhooks is lost."""

    def __init__(self, which: WebhookFilter) -> None:
        self._which, self._turn = which, 0

    def webhook(self, body: bytes) -> Sequence[bytes]:
        if not self._which(orjson.loads(body)):
            return (body,)
        self._turn += 1
        return (body,) if self._turn % 2 else ()


class LateWebhooks(Fault):
    """Some webhooks wait until `after` others have passed; what is left at the end is lost."""

    def __init__(self, which: WebhookFilter, *, after: int = 1) -> None:
        self._which, self._after = which, after
        self._late_bodies: list[tuple[int, bytes]] = []

    def webhook(self, body: bytes) -> Sequence[bytes]:
        if self._which(orjson.loads(body)):
            self._late_bodies.append((self._after, body))
            return ()
        self._late_bodies = [(turns - 1, held_body) for turns, held_body in self._late_bodies]
        due = [held_body for turns, held_body in self._late_bodies if turns <= 0]
        self._late_bodies = [
            (turns, held_body) for turns, held_body in self._late_bodies if turns > 0
        ]
        return (body, *due)


class RepeatedAfterAnother(Fault):
    """When one kind of webhook comes, the last of another kind comes again after it."""

    def __init__(self, when: WebhookFilter, repeat: WebhookFilter) -> None:
        self._when, self._again = when, repeat
        self._last: dict[str, bytes] = {}

    def webhook(self, body: bytes) -> Sequence[bytes]:
        payload = orjson.loads(body)
        key = str(payload.get("instance_key"))
        if self._again(payload):
            self._last[key] = body
        if self._when(payload) and key in self._last:
            return (body, self._last[key])
        return (body,)


class FirstValueKept(Fault):
    """A field keeps the first value it had in any of these webhooks."""

    def __init__(self, which: WebhookFilter, path: str) -> None:
        self._which, self._path = which, path
        self._first: Any = None

    def webhook(self, body: bytes) -> Sequence[bytes]:
        payload = orjson.loads(body)
        value = first_value_at(payload, self._path) if self._which(payload) else None
        if value is None:
            return (body,)
        self._first = value if self._first is None else self._first
        if value == self._first:
            return (body,)
        return (orjson.dumps(put(self._path, self._first)(payload)),)


def alter(edit: Edit) -> Callable[[Payload], Sequence[Payload]]:
    """Sends the webhook after this edit."""
    return lambda payload: (edit(payload),)


def omit(payload: Payload) -> Sequence[Payload]:
    """Sends no webhook."""
    return ()


def repeat(payload: Payload) -> Sequence[Payload]:
    """Sends the webhook twice."""
    return (payload, payload)
