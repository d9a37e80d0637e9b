"""Conversations played to a bot: the customer's half is done, the bot's half is waited for."""

from __future__ import annotations

import threading
import time
from collections import OrderedDict
from collections.abc import Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, field
from itertools import takewhile
from typing import Any

import orjson

from ..domain.jid import GROUP, HIDDEN, PERSON, Jid
from ..domain.message import Message, content_key, unwrap
from ..domain.words import words_of
from ..errors import ControlRefused, Impossible
from ..records.message import message_json
from ..records.waiter import Waiter
from ..runtime import Runtime
from .contact_messages import receive
from .conversation_file import BOT, CUSTOMER, normalize, who_acts

Json = dict[str, Any]
# Of so many plays the results are remembered.
PLAYS_MOST = 100
READY, PLAYING, DONE = "ready", "playing", "done"
WAITING, MISSING, REFUSED = "waiting", "missing", "refused"
_CHATS = (f"@{PERSON}", f"@{GROUP}", HIDDEN)
# The member of a turn that names it.
LABEL = "as"


@dataclass(slots=True, eq=False)
class TurnResult:
    """How one turn went; `same` says of a bot's whether type and text are those of the file."""

    index: int
    who: str
    state: str = WAITING
    message: Json | None = None
    same: bool | None = None
    error: str | None = None

    def as_json(self) -> Json:
        """As the control API shows it."""
        return {
            "index": self.index,
            "who": self.who,
            "state": self.state,
            "message": self.message,
            "same": self.same,
            "error": self.error,
        }


@dataclass(slots=True, eq=False)
class Play:
    """One conversation on its way; one caller at a time takes it further."""

    id: str
    instance: str
    chat: str
    conversation: Json
    results: list[TurnResult]
    next: int = 0
    labels: dict[str, str] = field(default_factory=dict)
    lock: threading.Lock = field(default_factory=threading.Lock)

    @property
    def state(self) -> str:
        """ready, playing or done."""
        if self.next >= len(self.results):
            return DONE
        return PLAYING if self.next else READY

    def as_json(self) -> Json:
        """As the control API shows it."""
        return {
            "id": self.id,
            "instance": self.instance,
            "chat": self.chat,
            "title": self.conversation.get("title"),
            "state": self.state,
            "next": self.next if self.state != DONE else None,
            "conversation": self.conversation,
            "turns": [result.as_json() for result in self.results],
        }


class Plays:
    """The plays of one mock. Thread-safe; the oldest go beyond PLAYS_MOST."""

    def __init__(self, runtime: Runtime) -> None:
        self._runtime = runtime
        self._lock = threading.Lock()
        self._plays: OrderedDict[str, Play] = OrderedDict()
        self._number = 0

    def add(self, instance: str, conversation: Mapping[str, Any], with_: str | None) -> Play:
        """A play that has not begun. UnknownInstance, ControlRefused."""
        whole = normalize(conversation)
        whole["with"] = with_ or whole["with"]
        chat = self._chat(instance, str(whole["with"]))
        _require_labels(whole["turns"])
        results = [TurnResult(index, who_acts(turn)) for index, turn in enumerate(whole["turns"])]
        with self._lock:
            self._number += 1
            play = Play(f"play{self._number}", instance, chat, whole, results)
            self._plays[play.id] = play
            while len(self._plays) > PLAYS_MOST:
                self._plays.popitem(last=False)
        return play

    def all(self) -> list[Play]:
        """Every play, oldest first."""
        with self._lock:
            return list(self._plays.values())

    def get(self, play_id: str) -> Play:
        """One play; ControlRefused when there is none."""
        play = self._plays.get(play_id)
        if play is None:
            raise ControlRefused(404, f"there is no play {play_id[:80]!r}: see /_mock/plays")
        return play

    def remove(self, play_id: str) -> None:
        """Forget one play."""
        self.get(play_id)
        with self._lock:
            self._plays.pop(play_id, None)

    def step(
        self,
        play: Play,
        seconds: float,
        waiting: AbstractContextManager[Any],
        waiter: Waiter,
    ) -> None:
        """Do the next turn that is not the bot's, and wait for the bot's turns behind it."""
        with _taking(play):
            first_arrival = self._newest_arrival(play)
            went_well = self._act(play)
            expected = self._expected(play)
            if expected and went_well:
                with waiting:
                    self._await(play, expected, first_arrival, time.monotonic() + seconds, waiter)
            for result in expected:
                play.next = result.index + 1
        self._runtime.journal.show("play", play.instance, play.as_json())

    def _act(self, play: Play) -> bool:
        """Do the next turn, where it is not the bot's; whether it was not refused."""
        if play.next >= len(play.results) or play.results[play.next].who == BOT:
            return True
        result = play.results[play.next]
        turn = play.conversation["turns"][play.next][result.who]
        play.next += 1
        try:
            document = receive(self._runtime, play.instance, self._body(play, result.who, turn))
        except (ControlRefused, Impossible) as refusal:
            result.state, result.error = REFUSED, str(refusal)
            return False
        result.state = DONE
        if "id" in document:
            result.message = document
            if LABEL in turn:
                play.labels[turn[LABEL]] = document["id"]
        return True

    def _body(self, play: Play, actor: str, turn: Mapping[str, Any]) -> Json:
        """The turn as POST inbound takes it."""
        body = {name: value for name, value in turn.items() if name != LABEL}
        if "message" in body:
            body["message"] = play.labels.get(body["message"], body["message"])
        group = Jid.parse(play.chat).group
        if actor == CUSTOMER:
            if group:
                body.setdefault("group", play.chat)
            else:
                body.setdefault("from", play.conversation["with"])
        else:
            body.setdefault("event", "from-me-phone")
            body.setdefault("to", play.chat)
            if body["event"] != "from-me-phone":
                body.setdefault("from", self._own_number(play))
        return body

    def _expected(self, play: Play) -> list[TurnResult]:
        return list(takewhile(lambda result: result.who == BOT, play.results[play.next :]))

    def _await(
        self,
        play: Play,
        expected: list[TurnResult],
        first_arrival: int,
        deadline: float,
        waiter: Waiter,
    ) -> None:
        def look() -> list[Message]:
            came = self._answers(play, first_arrival)
            return came if len(came) >= len(expected) else []

        seconds = max(deadline - time.monotonic(), 0)
        answers = self._runtime.journal.wait_for(look, seconds, waiter)
        answers = answers or self._answers(play, first_arrival)
        for position, result in enumerate(expected):
            turn = play.conversation["turns"][result.index][BOT]
            if position >= len(answers):
                result.state = MISSING
                continue
            result.state, result.message = DONE, message_json((play.instance, answers[position]))
            result.same = _is_same(turn, answers[position])
            if LABEL in turn:
                play.labels[turn[LABEL]] = answers[position].id

    def _answers(self, play: Play, first_arrival: int) -> list[Message]:
        """What the bot has sent into the chat since, oldest first."""

        def look(instance: Any) -> list[Message]:
            newer = takewhile(lambda each: each.arrival > first_arrival, instance.messages.newest())
            return [each for each in newer if each.chat == play.chat and is_sent(each)][::-1]

        return self._runtime.publisher.look(play.instance, look)

    def _newest_arrival(self, play: Play) -> int:
        def look(instance: Any) -> int:
            newest: Message | None = next(instance.messages.newest(), None)
            return 0 if newest is None else newest.arrival

        return self._runtime.publisher.look(play.instance, look)

    def _own_number(self, play: Play) -> str:
        return self._runtime.publisher.look(play.instance, lambda each: each.own_jid.user)

    def _chat(self, instance: str, with_: str) -> str:
        self._runtime.publisher.look(instance, lambda _: None)
        directory = self._runtime.world.directory
        if "@" in with_ and not with_.endswith(_CHATS):
            raise ControlRefused(400, f"with: {with_!r} is no person and no group: nobody answers")
        jid = directory.read(with_)
        if not jid.group and directory.owner(jid.user) is None and not jid.lid:
            raise ControlRefused(400, f"with: {directory.no_account(jid)}")
        return str(jid if jid.group else directory.canonical_jid(jid))


@contextmanager
def _taking(play: Play) -> Iterator[None]:
    if not play.lock.acquire(blocking=False):
        raise ControlRefused(409, f"{play.id} is being played already: wait for its answer")
    try:
        yield
    finally:
        play.lock.release()


def is_sent(message: Message) -> bool:
    """Whether the bot sent it, not the owner on the own phone."""
    return message.from_me and message.id.startswith("3EB0")


def _is_same(turn: Mapping[str, Any], message: Message) -> bool:
    content = orjson.loads(message.content)
    kind = content_key(unwrap(content)) or message.type
    return turn.get("type", kind) == kind and turn.get("text") in (None, words_of(content))


def _require_labels(turns: list[Json]) -> None:
    """ControlRefused for a name that two turns have."""
    labels: set[str] = set()
    for index, turn in enumerate(turns):
        label = turn[who_acts(turn)].get(LABEL)
        if label in labels:
            raise ControlRefused(400, f"turns: {index}: another turn is called {label!r} already")
        if label is not None:
            labels.add(label)
