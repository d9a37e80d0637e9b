"""Play conversations to a bot: do the customer's turns, and wait for the bot's answers."""

from __future__ import annotations

import threading
import time
from collections import OrderedDict
from collections.abc import Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, field
from itertools import takewhile
from typing import Any

from ..domain.jid import Jid, chat_kind
from ..domain.message import Message
from ..errors import ControlRefused, Impossible
from ..errors.names import quoted
from ..records.waiter import Waiter
from ..runtime import Instances, Records
from .answers import Answers, differences, is_sent
from .contact_messages import ContactMessages, shown_message
from .conversation_export import turn_of_bot
from .conversation_file import BOT, CUSTOMER, normalize, who_acts

Json = dict[str, Any]
# The mock remembers this many plays and their results.
PLAYS_MOST = 100
READY, PLAYING, DONE = "ready", "playing", "done"
WAITING, MISSING, REFUSED = "waiting", "missing", "refused"
# The member of a turn that names it.
LABEL = "as"
# When some answers differ from the file, the wait ends after so many seconds without a message of
# the bot.
QUIET = 2.0


@dataclass(slots=True, eq=False)
class TurnResult:
    """How one turn went; `differs` names the members of a bot's turn that differ."""

    index: int
    who: str
    state: str = WAITING
    message: Json | None = None
    same: bool | None = None
    differs: list[str] = field(default_factory=list)
    error: str | None = None

    def as_json(self) -> Json:
        """As the control API shows it."""
        return {
            "index": self.index,
            "who": self.who,
            "state": self.state,
            "message": self.message,
            "same": self.same,
            "differs": self.differs,
            "error": self.error,
        }


@dataclass(slots=True, eq=False)
class Play:
    """A conversation that is being played, by one caller at a time.

    A message of the bot answers the customer's present turns if it came after the message numbered
    `turn_arrival`. A message before that, but after the last one that was counted
    (`last_counted`), counts only where it is exactly what the file says.
    """

    id: str
    instance: str
    chat: str
    conversation: Json
    results: list[TurnResult]
    turn_arrival: int
    last_counted: int
    next: int = 0
    labels: dict[str, str] = field(default_factory=dict)
    lock: threading.Lock = field(default_factory=threading.Lock)

    @property
    def state(self) -> str:
        """`ready`, `playing` or `done`."""
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
    """The plays of one mock. Thread-safe; above PLAYS_MOST the oldest are removed."""

    def __init__(
        self, instances: Instances, records: Records, contact_messages: ContactMessages
    ) -> None:
        self._instances, self._records = instances, records
        self._contact_messages = contact_messages
        self._lock = threading.Lock()
        self._plays: OrderedDict[str, Play] = OrderedDict()
        self._number = 0

    def add(self, instance: str, conversation: Mapping[str, Any], with_: str | None) -> Play:
        """Add a play; it does not begin yet. Raises UnknownInstance and ControlRefused."""
        whole = normalize(conversation)
        chat = self._chat(instance, str(with_ or whole["with"]))
        self._settle_people(whole, chat)
        whole["with"] = with_ or whole["with"]
        _require_labels(whole["turns"])
        if not whole["turns"]:
            raise ControlRefused(400, "turns: the list is empty: there is nothing to play")
        arrival = self._newest_arrival(instance)
        results = [TurnResult(index, who_acts(turn)) for index, turn in enumerate(whole["turns"])]
        with self._lock:
            self._number += 1
            play = Play(f"play{self._number}", instance, chat, whole, results, arrival, arrival)
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
            self._note_arrival(play)
            went_well = self._act(play)
            expected = self._expected_results(play)
            if expected and went_well:
                with waiting:
                    self._await(play, expected, time.monotonic() + seconds, waiter)
            for result in expected:
                play.next = result.index + 1
        self._records.journal.show("play", play.instance, play.as_json())

    def _note_arrival(self, play: Play) -> None:
        """Remember where the customer's next turn begins, unless it follows another of theirs."""
        place = play.next
        if place < len(play.results) and play.results[place].who != BOT:
            if place == 0 or play.results[place - 1].who == BOT:
                play.turn_arrival = self._newest_arrival(play.instance)

    def _act(self, play: Play) -> bool:
        """Do the next turn unless it is the bot's; False if it was refused."""
        if play.next >= len(play.results) or play.results[play.next].who == BOT:
            return True
        result = play.results[play.next]
        turn = play.conversation["turns"][play.next][result.who]
        play.next += 1
        try:
            body = self._body(play, result.who, turn)
            document = self._contact_messages.receive(play.instance, body)
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
            body["message"] = self._message_id(play, body)
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

    def _expected_results(self, play: Play) -> list[TurnResult]:
        return list(takewhile(lambda result: result.who == BOT, play.results[play.next :]))

    def _await(
        self, play: Play, expected: list[TurnResult], deadline: float, waiter: Waiter
    ) -> None:
        """Wait until every expected answer is there, or no more come; note the results."""
        turns = [play.conversation["turns"][result.index][BOT] for result in expected]
        answers = self._answers(play)
        while not answers.complete(turns):
            quiet = time.monotonic() + QUIET if answers.enough(turns) else deadline
            newer_answers = self._more(play, answers, min(quiet, deadline), waiter)
            if newer_answers is answers:
                break
            answers = newer_answers
        self._note_answers(play, expected, turns, answers)

    def _more(self, play: Play, before: Answers, until: float, waiter: Waiter) -> Answers:
        """The answers as soon as they change; at the time `until`, `before` itself."""

        def look() -> list[Answers]:
            answers = self._answers(play)
            return [] if answers.is_same(before) else [answers]

        seconds = max(until - time.monotonic(), 0)
        return next(iter(self._records.journal.wait_for(look, seconds, waiter)), before)

    def _note_answers(
        self,
        play: Play,
        expected: list[TurnResult],
        turns: Sequence[Json],
        answers: Answers,
    ) -> None:
        for result, turn, place in zip(expected, turns, answers.of(turns), strict=True):
            if place is None:
                result.state = MISSING
                continue
            message = answers.messages[place]
            play.last_counted = message.arrival
            result.state = DONE
            result.message = shown_message(play.instance, message, self._records.bugs)
            if LABEL in turn:
                play.labels[turn[LABEL]] = message.id
            expected_turn = {**turn, "message": self._message_id(play, turn)}
            result.differs = differences(expected_turn, answers.turns[place])
            result.same = not result.differs

    def _message_id(self, play: Play, turn: Mapping[str, Any]) -> str | None:
        about = turn.get("message")
        return None if about is None else play.labels.get(about, about)

    def _answers(self, play: Play) -> Answers:
        """What the bot has sent into the chat and no turn has counted yet, oldest first."""

        def look(instance: Any) -> list[Message]:
            newest = instance.messages.newest()
            newer = takewhile(lambda each: each.arrival > play.last_counted, newest)
            return [each for each in newer if each.chat == play.chat and is_sent(each)][::-1]

        messages = self._instances.publisher.look(play.instance, look)
        return Answers(messages, play.turn_arrival, turn_of_bot)

    def _newest_arrival(self, key: str) -> int:
        def look(instance: Any) -> int:
            newest: Message | None = next(instance.messages.newest(), None)
            return 0 if newest is None else newest.arrival

        return self._instances.publisher.look(key, look)

    def _own_number(self, play: Play) -> str:
        return self._instances.publisher.look(play.instance, lambda each: each.own_jid.user)

    def _settle_people(self, conversation: Json, chat: str) -> None:
        """In a private chat only its person acts; ControlRefused for anybody else's turn."""
        if Jid.parse(chat).group:
            return
        directory = self._instances.store.gateway.directory
        people = directory.canonical_jid(directory.read(str(conversation["with"])))
        if people.group:
            raise ControlRefused(
                400,
                f"with: {people} is a group, where several people write: "
                "play its conversation in a group",
            )
        for index, turn in enumerate(conversation["turns"]):
            sender = turn.get(CUSTOMER, {}).pop("from", None)
            if sender is None:
                continue
            if directory.canonical_jid(directory.read(sender)) not in (people, chat):
                raise ControlRefused(
                    400,
                    f"turns: {index}: {quoted(sender)} is not the person in this chat: "
                    "leave out `from`",
                )

    def _chat(self, instance: str, with_: str) -> str:
        self._instances.publisher.look(instance, lambda _: None)
        directory = self._instances.store.gateway.directory
        if "@" in with_ and chat_kind(with_) not in ("person", "group"):
            raise ControlRefused(
                400,
                f"with: {quoted(with_)} is neither a person nor a group: nobody can answer there",
            )
        jid = directory.read(with_)
        if not jid.group and directory.owner(jid.user) is None and not jid.lid:
            raise ControlRefused(400, f"with: {directory.no_account(jid)}")
        return str(jid if jid.group else directory.canonical_jid(jid))


@contextmanager
def _taking(play: Play) -> Iterator[None]:
    if not play.lock.acquire(blocking=False):
        raise ControlRefused(
            409, f"{play.id} is already being played by another call: wait until that call ends"
        )
    try:
        yield
    finally:
        play.lock.release()


def _require_labels(turns: list[Json]) -> None:
    """ControlRefused when two turns have the same name."""
    labels: set[str] = set()
    for index, turn in enumerate(turns):
        label = turn[who_acts(turn)].get(LABEL)
        if label in labels:
            raise ControlRefused(
                400, f"turns: {index}: another turn is already called {quoted(label)}"
            )
        if label is not None:
            labels.add(label)
