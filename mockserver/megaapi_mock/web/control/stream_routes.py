"""The control API's event stream: what the feed has, as server-sent events."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import closing
from typing import Any

import orjson
from flask import Response, request

from ...domain.message import message_json
from ...errors import UnknownInstance
from ...records.delivery import delivery_json
from ...records.feed import Entry, StreamReader
from ...records.journal import Journal
from ...store import Store
from .places import Places

Json = dict[str, Any]


class StreamRoutes:
    """Routes by subject: one method per route, which returns a document, maybe with a status."""

    def __init__(self, store: Store, journal: Journal, places: Places) -> None:
        self._store, self._journal, self._places = store, journal, places

    def routes(self) -> list[tuple[str, str, Callable[..., Any]]]:
        """Method, path and view of each route."""
        return [("GET", "/stream", self.stream)]

    def stream(self) -> Response:
        """What happens, as it happens; after `Last-Event-ID` or ?since= nothing is missed."""
        leave = self._places.watching()
        kinds = request.args.get("kinds")
        reader = self._journal.feed.read(
            request.headers.get("Last-Event-ID") or request.args.get("since"),
            kinds=None if kinds is None else frozenset(kinds.split(",")),
            instance=request.args.get("instance"),
        )
        response = Response(
            Frames(self._store, self._journal, reader).lines(),
            mimetype="text/event-stream",
            headers={"Cache-Control": "no-store"},
        )
        response.call_on_close(reader.close)
        response.call_on_close(leave)
        return response


class Frames:
    """One stream's frames. What an entry only names is shown as it is when the frame is written."""

    def __init__(self, store: Store, journal: Journal, reader: StreamReader) -> None:
        self._store, self._journal, self._reader = store, journal, reader

    def lines(self) -> Iterator[bytes]:
        """One chunk for each frame."""
        with closing(self._reader):
            for entry in self._reader:
                if entry is None:
                    yield b": here\n\n"
                    continue
                document = self._document(entry)
                if document is not None:
                    yield _frame(entry, document)

    def _document(self, entry: Entry) -> Json | None:
        """None where there is no longer anything to show."""
        match entry.kind:
            case "delivery":
                place = self._store.records.deliveries.number(entry.record.id)
                return {**delivery_json(entry.record), "place": place}
            case "exchange":
                place = self._store.records.exchanges.number(entry.record.id)
                return {**entry.record.as_json(), "place": place}
            case "fault-hit":
                record_json: Json = entry.record.as_json()
                return record_json
            case "message":
                return self._message(str(entry.instance), entry.record)
            case "instance":
                return self._instance(str(entry.instance))
        document: Json = entry.record
        return document

    def _message(self, key: str, message_id: str) -> Json | None:
        try:
            with self._store.read(key) as instance:
                message = instance.messages.get(message_id)
        except UnknownInstance:
            return None
        if message is None:
            return None
        return {**message_json(key, message), "place": message.arrival}

    def _instance(self, key: str) -> Json | None:
        try:
            with self._store.read(key) as instance:
                return instance.as_json()
        except UnknownInstance:
            return None


def _frame(entry: Entry, document: Json) -> bytes:
    head = f"id: {entry.id}\nevent: {entry.kind}\ndata: ".encode()
    return head + orjson.dumps(document) + b"\n\n"
