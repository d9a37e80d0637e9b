"""The control API's routes for conversations: save one from a chat, and play one to a bot."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

from flask import Response, request

from ...errors import ControlRefused
from ...records.log import RecordQueries
from ...records.waiter import Criterion, Waiter
from ...resources.samples import Samples
from ...simulation.answers import is_sent
from ...simulation.conversation_export import export
from ...simulation.conversation_file import read_yaml, write_yaml
from ...simulation.plays import DONE, REFUSED, Play, Plays
from ...webhooks.publish import Publisher
from ..disconnect import gone_of
from . import lists
from .operation_input import operation_input
from .places import Places
from .record_search import RecordSearch
from .wait_criteria import chats_of_messages

Json = dict[str, Any]
# Seconds that the bot has to answer a turn, and that one call may play turns.
WAIT, RUN_MOST = 10.0, 60.0


class ConversationRoutes:
    """Routes by subject: one method per route, which returns a document, maybe with a status."""

    def __init__(
        self,
        plays: Plays,
        publisher: Publisher,
        records: RecordQueries,
        samples: Samples,
        search: RecordSearch,
        places: Places,
    ) -> None:
        self._plays, self._publisher = plays, publisher
        self._records, self._samples = records, samples
        self._search, self._places = search, places

    def routes(self) -> list[tuple[str, str, Callable[..., Any]]]:
        """Method, path and view of each route."""
        return [
            ("GET", "/instances/<key>/conversation", self.conversation),
            ("GET", "/plays", self.plays),
            ("POST", "/plays", self.add),
            ("GET", "/plays/<id>", self.play),
            ("DELETE", "/plays/<id>", self.remove),
            ("POST", "/plays/<id>/step", self.step),
            ("POST", "/plays/<id>/run", self.run),
        ]

    def conversation(self, key: str) -> Json | Response:
        """A chat as a conversation."""
        if "chat" not in request.args:
            raise ControlRefused(400, "chat: give the number of the person, or the group's JID")
        chat = self._search.chat_written(request.args["chat"])
        since, first = request.args.get("since"), request.args.get("from")
        document = export(
            self._publisher, self._records, self._samples, key, chat, since=since, first=first
        )
        if request.args.get("format", "json") == "yaml":
            return Response(write_yaml(document), content_type="application/yaml; charset=utf-8")
        return document

    def plays(self) -> Json:
        """Every play that is remembered."""
        plays, limit = self._plays.all(), lists.limit_of(request.args)
        ids, since = [play.id for play in plays], request.args.get("since")
        start = ids.index(since) + 1 if since in ids else 0
        items = [play.as_json() for play in plays[start : start + limit + 1]]
        return lists.page(items, limit=limit)

    def add(self, body: Json) -> tuple[Json, int]:
        """Load a conversation to play; nothing is played yet."""
        if ("yaml" in body) == ("conversation" in body):
            raise ControlRefused(400, "conversation: give either `conversation` or `yaml`")
        instance, with_ = body["instance"], body.get("with")
        if "yaml" in body:
            whole = {"instance": instance, "conversation": read_yaml(body["yaml"])}
            body = operation_input("POST", "/plays").checked_body(whole)
        play = self._plays.add(instance, body["conversation"], with_)
        return play.as_json(), 201

    def play(self, id: str) -> Json:
        """One play."""
        return self._plays.get(id).as_json()

    def remove(self, id: str) -> Json:
        """Forget one play."""
        self._plays.remove(id)
        return {"removed": id}

    def step(self, id: str, body: Json) -> Json:
        """Play the customer's next turn, and wait for the bot's answers to it."""
        play = self._plays.get(id)
        self._step(play, float(body.get("wait", WAIT)))
        return play.as_json()

    def run(self, id: str, body: Json) -> Json:
        """Play the remaining turns, until one is refused or the time of one call is over."""
        play, deadline = self._plays.get(id), time.monotonic() + RUN_MOST
        while play.state != DONE and (seconds_left := deadline - time.monotonic()) > 0:
            first_turn = play.next
            self._step(play, min(float(body.get("wait", WAIT)), seconds_left))
            if any(result.state == REFUSED for result in play.results[first_turn : play.next]):
                break
        return play.as_json()

    def _step(self, play: Play, seconds: float) -> None:
        waiter = Waiter(
            "message",
            play.instance,
            accepts=lambda entry: entry[1].chat == play.chat and is_sent(entry[1]),
            criterion=Criterion(chats_of_messages, (play.chat,)),
            client_gone=gone_of(request.environ),
        )
        self._plays.step(play, seconds, self._places.waiting(waiter), waiter)
