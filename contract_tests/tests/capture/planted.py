"""Differences put into records of a capture, each with its name."""

from __future__ import annotations

import copy
from collections.abc import Callable, Sequence
from typing import Any

Record = dict[str, Any]


def planted_record(
    records: Sequence[Record], about: str, plant: Callable[[Record], None]
) -> Record:
    """The first good record of an operation or event, with the difference in it."""
    record = next(
        copy.deepcopy(each)
        for each in records
        if about in (each.get("operation"), each.get("event")) and each.get("status", 200) == 200
    )
    plant(record)
    return record


def _body(record: Record) -> Any:
    return record["body"]["json"]


def _put(*path: str, value: Any) -> Callable[[Record], None]:
    def change(record: Record) -> None:
        node = record["request_body"]["json"] if record["kind"] == "webhook" else _body(record)
        for step in path[:-1]:
            node = node[step]
        node[path[-1]] = value

    return change


def _drop(*path: str) -> Callable[[Record], None]:
    def change(record: Record) -> None:
        node = record["request_body"]["json"] if record["kind"] == "webhook" else _body(record)
        for step in path[:-1]:
            node = node[step]
        del node[path[-1]]

    return change


def _set(name: str, value: Any) -> Callable[[Record], None]:
    return lambda record: record.__setitem__(name, value)


def _break(message: str) -> Callable[[Record], None]:
    """What the proxy notes of a text before a placeholder takes its place."""
    broken = {"kind": "schema", "message": message, "grade": "observed", "file": "openapi.yaml"}
    return lambda record: record.__setitem__("broken", [broken])


def _unknown_path(record: Record) -> None:
    record["operation"], record["path"] = None, "/rest/<step 1>/<key 1>"


def _hook(body: Any) -> Callable[[Record], None]:
    return lambda record: record.update(event=None, request_body=body)


LOCATION = ("messageData", "message", "locationMessage")
SENT_ID = "^(3EB0[0-9A-F]{18}|[0-9A-F]{40})$"
JSON_HEADERS = [["content-type", "text/html"]]
KEY_ID = ("messageData", "key", "id")
PLANTED: list[tuple[str, Callable[[Record], None], str, str]] = [
    ("send_text", _set("status", 201), "other status", "status"),
    ("send_text", _set("status", 202), "other status", "status"),
    ("instance_status", _set("status", 418), "other status", "status"),
    ("send_text", _set("headers", JSON_HEADERS), "other content type", "200"),
    ("is_on_whatsapp", _set("headers", JSON_HEADERS), "other content type", "200"),
    ("send_text", _set("body", {"text": "<body 1, 9 bytes>"}), "different form", "200"),
    ("send_text", _put("error", value="false"), "different form", "error"),
    ("send_text", _put(*KEY_ID, value=17), "different form", "messageData/key/id"),
    ("send_text", _put(*KEY_ID, value="<int 3>"), "different form", "messageData/key/id"),
    ("send_text", _put(*KEY_ID, value=None), "different form", "messageData/key/id"),
    ("send_text", _drop(*KEY_ID), "missing field", "messageData/key/id"),
    ("send_text", _drop("messageData", "key"), "missing field", "messageData/key"),
    ("send_text", _drop("message"), "missing field", "message"),
    ("send_text", _put("message", value="<text 99>"), "other value", "message"),
    ("send_text", _put("messageData", value=[]), "different form", "messageData"),
    ("send_text", _put("messageData", "key", "fromMe", value="true"), "different form",
     "messageData/key/fromMe"),
    ("send_text", _put("requestId", value="<id 7>"), "new field", "requestId"),
    ("instance_status", _put("instance", value="<text 3>"), "different form", "instance"),
    ("instance_status", _drop("instance", "key"), "missing field", "instance/key"),
    ("instance_status", _put("message", value="<text 98>"), "other value", "message"),
    ("instance_status", _put("error", value=0), "different form", "error"),
    ("is_on_whatsapp", _put("number", value="<text 1>"), "new field", "number"),
    ("image", _put("message", "imageMessage", "extra", value=1), "new field",
     "message/imageMessage/extra"),
    ("webhook_settings", _put("message", value=7), "different form", "message"),
    ("send_media_url", _drop("error"), "missing field", "error"),
    ("webhook_settings", _drop("error"), "missing field", "error"),
    ("text-plain", _drop("instance_key"), "missing field", "instance_key"),
    ("text-plain", _drop("key", "remoteJid"), "missing field", "key/remoteJid"),
    ("text-plain", _put("isGroup", value="false"), "different form", "isGroup"),
    ("ack-read", _put("key", value="<id 3>"), "different form", "key"),
    ("text-plain", _put("key", "id", value="<int 9>"), "different form", "key/id"),
    ("text-plain", _put("message", value=[]), "different form", "message"),
    ("text-plain", _set("event", None), "unknown event", "messageType"),
    ("image", _put("message", "imageMessage", value="<text 4>"), "different form",
     "message/imageMessage"),
    ("ack-read", _put("update", value=4), "different form", "update"),
    ("ack-read", _drop("update", "status"), "missing field", "update/status"),
    ("ack-server", _put("update", "status", value="<text 3>"), "different form", "update/status"),
    ("ack-delivered", _drop("key"), "missing field", "key"),
    ("call", _drop("data"), "missing field", "data"),
    ("call", _put("data", value="<text 2>"), "different form", "data"),
    ("text-plain", _put("messageTimestamp", value=True), "different form", "messageTimestamp"),
    ("send_text", _set("body", None), "missing body", "200"),
    ("send_text", _unknown_path, "unknown call", "path"),
    ("list_groups", _set("body", {"json": None}), "different form", "body"),
    ("list_groups", _set("body", {"json": ["<text 1>"]}), "different form", "body"),
    ("send_text", _set("body", {"json": "<text 1>"}), "different form", "body"),
    ("webhook_settings", _put("webhookData", "webhookEnabled", value="true"), "different form",
     "webhookData/webhookEnabled"),
    ("is_on_whatsapp", _put("exists", value="true"), "different form", "exists"),
    ("send_location", _put(*LOCATION, "degreesLatitude", value="<text 1>"), "different form",
     "messageData/message/locationMessage/degreesLatitude"),
    ("instance_status", _put("server", value="<text 1>"), "new field", "server"),
    ("send_text", _break(f'200: messageData/key/id: "<id 4>" does not match "{SENT_ID}"'),
     "other value", "messageData/key/id"),
    ("image", _break('message.imageMessage.url: "<text 3>" does not match "^https://.+$" '
                     "(spec/components/schemas/ImageMessage.yaml)"),
     "other value", "message/imageMessage/url"),
    ("text-plain", _hook(None), "missing body", "body"),
    ("text-plain", _hook({"text": "<body 1, 9 bytes>"}), "different form", "body"),
    ("text-plain", _hook({"json": [{"messageType": "conversation"}]}), "different form", "body"),
    ("text-plain", _hook({"json": {"data": {}}}), "missing field", "messageType"),
]  # fmt: skip
NAMES = [f"{number} {planted[0]} {planted[2]}" for number, planted in enumerate(PLANTED)]
