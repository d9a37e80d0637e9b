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
from .reader_turns import ReaderTurns

Json = dict[str, Any]
# So many frames are kept for other streams, none that is larger: 2 MiB.
FRAMES_MOST, FRAME_BYTES = 256, 8 * 2**10


class StreamRoutes:
    """Routes by subject: one method per route, which returns a document, maybe with a status."""

    def __init__(self, store: Store, journal: Journal, places: Places) -> None:
        self._store, self._journal, self._places = store, journal, places
        self._turns = ReaderTurns(lambda: journal.exchanges.newest_number)
        self._latest_frames: dict[int, bytes] = {}

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
            Frames(self._store, self._journal, reader, self._latest_frames).lines(self._turns),
            mimetype="text/event-stream",
            headers={"Cache-Control": "no-store"},
        )
        response.call_on_close(reader.close)
        response.call_on_close(leave)
        return response


class Frames:
    """One stream's frames. What an entry only names is shown as it is when its frame is made.

    `latest_frames` are those of all streams, so that each is made once for all who read it: what
    has become of a record since then is an entry of its own.
    """

    def __init__(
        self,
        store: Store,
        journal: Journal,
        reader: StreamReader,
        latest_frames: dict[int, bytes],
    ) -> None:
        self._store, self._journal, self._reader = store, journal, reader
        self._latest_frames = latest_frames

    def lines(self, turns: ReaderTurns) -> Iterator[bytes]:
        """Chunks of one frame or several, as many as there are to read at once."""
        with closing(self._reader):
            feed = self._journal.feed
            paced = turns.reader(lambda: feed.is_closed)
            for batch in self._reader.batches(paced.rest):
                frames = [self._frame(entry) for entry in batch]
                chunk = b"".join(frame for frame in frames if frame is not None)
                if chunk:
                    yield chunk

    def _frame(self, entry: Entry | None) -> bytes | None:
        if entry is None:
            return b": here\n\n"
        if entry.kind == "reset":
            return _frame(entry, entry.record)
        # Other threads add to it and clear it at the same time.
        frames = self._latest_frames
        frame = frames.get(entry.number)
        if frame is None:
            document = self._document(entry)
            frame = None if document is None else _frame(entry, document)
            if frame is not None and len(frame) <= FRAME_BYTES:
                if len(frames) >= FRAMES_MOST:
                    frames.clear()
                frames[entry.number] = frame
        return frame

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
