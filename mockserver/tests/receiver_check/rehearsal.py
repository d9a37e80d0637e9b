"""A whole trial on paper: what it tells a bot, and what a bot of some kind makes of that."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from random import Random
from typing import Any

from megaapi_mock.receiver_check.result import Verdict

from .story import GROUP, OWN, Story, attempt

PEOPLE = [f"55119000000{number}@s.whatsapp.net" for number in range(20, 27)]
CALM, STORM, FRIEND = PEOPLE[:2], PEOPLE[2:6], PEOPLE[6]
# What contacts send beside texts.
KINDS = [
    *("stickerMessage", "imageMessage", "audioMessage", "documentMessage", "locationMessage"),
    *("reactionMessage", "listResponseMessage", "buttonsResponseMessage", "protocolMessage"),
]
# A webhook on its way through: 10 ms each, one after the other.
STEP = 0.01


@dataclass(eq=False)
class Heard:
    """One webhook as the bot reads it."""

    time: float
    chat: str
    message_id: str
    text: bool
    own: bool
    words: str = ""
    kind: str = "conversation"


@dataclass
class Bubble:
    """A message of a bot: to another chat than the one it heard of, or about another message."""

    text: str = ""
    chat: str = ""
    quoting: str = ""


# What a bot sends for what it hears, or how many bubbles; it may remember what it likes.
Says = Callable[[Heard], int | list[Bubble]]


@dataclass
class PaperTrial:
    """One worker takes what came in turn, and thinks for a while before each bubble."""

    says: Says
    chance: Random
    thinks: float = 0.05
    quoting: bool = False
    # Seconds after its last message, and how often it reminds its customers then.
    reminds_after: float = 0.0
    reminders: int = 0
    patience: float = 25.0
    limit: float = 300.0
    story: Story = field(default_factory=Story)
    queue: list[Heard] = field(default_factory=list)
    answered: set[str] = field(default_factory=set)
    free_at: float = 0.0
    count: int = 0
    # What the bot will say to a webhook, once it was asked.
    said: dict[Heard, list[Bubble]] = field(default_factory=dict)

    def run(self, *, quiet: float = 3.0) -> Verdict:
        """Tell it everything, phase after phase, and judge it when it has come to rest."""
        end = self.story.now + self.limit
        self.tell(CALM[0])
        self.tell(FRIEND, own=True)
        self.tell_all(CALM * 3, skip=1)
        self.settle(CALM, end)
        storm = STORM * 3
        self.chance.shuffle(storm)
        self.tell_all(storm, copies=3)
        self.settle(STORM, end)
        self.tell_events()
        self.settle(STORM[2:], end)
        watched = min(end, self.story.now + 6 * quiet)
        self.until(lambda: self.story.now >= self.latest + 2 * quiet, watched)
        verdict = self.judged(quiet)
        while verdict.open and self.story.now < end:
            self.pass_time(5.0)
            verdict = self.judged(quiet)
        return verdict

    def judged(self, quiet: float) -> Verdict:
        return self.story.judged(quiet=quiet, patience=self.patience)

    @property
    def latest(self) -> float:
        times = [each.time for each in self.story.messages if each.from_me]
        return max((*times, self.story.deliveries[-1].time))

    def tell_all(self, chats: list[str], *, copies: int = 1, skip: int = 0) -> None:
        lines = [(chat, self.name()) for chat in chats[skip:]] * copies
        if copies > 1:
            self.chance.shuffle(lines)
        for chat, message_id in lines:
            self.tell(chat, message_id)

    def tell_events(self) -> None:
        for number in range(24):
            kind: Any = (
                {"conversation": f"oi {number}"} if number < 4 else {KINDS[number % len(KINDS)]: {}}
            )
            self.tell(STORM[2 + number % 2], content=kind)
        self.tell(GROUP)

    def name(self) -> str:
        self.count += 1
        return f"M{self.count}"

    def tell(
        self, chat: str, message_id: str = "", *, own: bool = False, content: Any = None
    ) -> None:
        message_id = message_id or self.name()
        self.note(chat, message_id, own=own, content=content)
        if not own and not any(each.id == message_id for each in self.story.messages):
            self.story.wrote(message_id, chat=chat)
        self.story.now += STEP

    def note(self, chat: str, message_id: str, *, own: bool, content: Any = None) -> None:
        now = self.story.now
        content = content or {"conversation": f"Mensagem {words_of(message_id)}"}
        self.story.told(
            message_id, chat=chat, own=own, content=content, attempts=[attempt(now)],
        )  # fmt: skip
        self.story.now = now
        words = content.get("conversation", "")
        kind = next(iter(content))
        self.queue.append(Heard(now, chat, message_id, bool(words), own, words, kind))

    def settle(self, chats: list[str], end: float) -> None:
        """As the trial waits: every chat answered, and three seconds of silence; or for so long."""
        self.answered.clear()

        def settled() -> bool:
            silence = self.story.now - self.latest
            return silence >= 25.0 or (silence >= 0.5 and self.answered.issuperset(chats))

        self.until(settled, end)

    def until(self, fact: Callable[[], bool], end: float) -> None:
        self.pass_time(0.5)
        while not fact() and self.story.now < end:
            self.pass_time(0.5)

    def pass_time(self, seconds: float) -> None:
        """The bot works for so long."""
        until = self.story.now + seconds
        while self.queue:
            heard = self.queue[0]
            begin = max(self.free_at, heard.time)
            bubbles = self.bubbles_of(heard)
            if not bubbles:
                self.queue.pop(0)
                continue
            if begin + self.thinks > until:
                break
            self.queue.pop(0)
            self.free_at = begin + self.thinks
            self.send(heard, bubbles)
        self.remind(until)
        self.story.now = until

    def bubbles_of(self, heard: Heard) -> list[Bubble]:
        # Asked once for each webhook, however often this looks at it.
        if heard not in self.said:
            bubbles = self.says(heard)
            self.said[heard] = [Bubble()] * bubbles if isinstance(bubbles, int) else bubbles
        return self.said[heard]

    def send(self, heard: Heard, bubbles: list[Bubble]) -> None:
        usual = heard.message_id if self.quoting and not heard.own else ""
        for bubble in bubbles:
            self.write(bubble.chat or heard.chat, bubble.quoting or usual, bubble.text)

    def write(self, chat: str, quoting: str = "", text: str = "") -> None:
        self.story.now = self.free_at
        self.answered.add(chat)
        message_id = f"R{self.name()}"
        text = text or f"Resposta {message_id}"
        self.story.answer(message_id, chat=chat, quoting=quoting or None, saying=text)
        self.note(chat, message_id, own=True)
        self.free_at += STEP

    def remind(self, until: float) -> None:
        while self.reminders and self.reminds_after and not self.queue:
            due = self.latest + self.reminds_after
            if due > until:
                return
            self.reminders -= 1
            self.free_at = due
            self.write(CALM[0])
            # It knows its own echo.
            self.queue.clear()


def words_of(message_id: str) -> str:
    """A number that only this message has."""
    return f"7{message_id.lstrip('RM'):0>5}"


__all__ = ("OWN", "Bubble", "Heard", "PaperTrial", "Says")
