"""A receiver's trial: a running mock sends it a fixed series of messages, then judges it."""

from __future__ import annotations

import time
from dataclasses import dataclass, field, replace
from random import Random
from typing import Any
from urllib.parse import quote

from ..errors import SetupError
from ..receiver_check.loops import GOES_ON, flood_of
from ..receiver_check.result import Verdict
from .trial_client import TrialClient, message_id_of, newest_id
from .trial_events import EVERYTHING, MUST_BE_ANSWERED
from .trial_story import TrialStory

Json = dict[str, Any]

# Who may write: 5511900, four digits, 00.
PEOPLE = range(1_000, 10_000)
# Whose messages all come once, and whose all come several times: so an answer to each copy shows,
# whatever its words are. The last two of these also do everything else a bot meets.
CALM_CONTACTS, STORM_CONTACTS, EVENT_CONTACTS = 2, 4, 2
MESSAGES = 3  # of each contact
COPIES = 3
WINDOW = 4
# Texts name themselves by a number, so that an answer that repeats it tells which one it is for. No
# bot counts its own answers from there by chance.
FIRST_NUMBERS = range(200_000, 900_000)
# At the end it is watched for so many times `quiet`, and for so many seconds if it says more.
WATCH, WATCH_SECONDS = 2.0, 20.0
# Seconds that one look at the mock waits for messages, and one verdict for what is still to come.
LOOK_SECONDS, VERDICT_SECONDS = 0.2, 60.0


@dataclass(frozen=True, slots=True)
class TrialTerms:
    """What is asked of a receiver; times in seconds.

    `within`: a webhook has its 2xx. `quiet`: once everything is answered, whoever says nothing
    more for so long has done. `patience`: an answer that is still missing after so long without
    any other never comes. `limit`: the story ends. `answers`: as many messages may answer one.
    `burst`: messages of a contact within so long may be answered together. `listens_only`: it need
    not answer a message.
    """

    within: float = 5.0
    quiet: float = 3.0
    patience: float = 25.0
    limit: float = 300.0
    answers: int = 3
    burst: float = 20.0
    listens_only: bool = False


def run_verdict(
    gateway: str,
    receiver: str,
    *,
    event: str | None = None,
    seed: int = 0,
    instance: str | None = None,
    control_token: str = "",
    terms: TrialTerms | None = None,
) -> Verdict:
    """Let the mock at `gateway` try the bot whose webhooks arrive at `receiver`.

    The story: messages in calm order, and one that the owner sent by phone; a burst of messages of
    other contacts, in another order and each three times; early acknowledgements; one of everything
    else a bot meets; two webhooks once more. With `event` every message is such an event, and
    nothing else is told. Its contacts never wrote before, and only what is about them is judged:
    what the instance or the bot did before, or does beside it, is not part of the trial. `instance`
    is the one the bot answers through, made when it is not there; by default the first that is
    linked. Its webhook and its chaos are put back at the end.

    What the mock could not tell is among the verdict's notes.

    Raises SetupError when gateway or instance do not serve, or nothing could be told.
    """
    terms = terms or TrialTerms()
    client = TrialClient(gateway.rstrip("/"), control_token)
    key = instance or client.first_linked() or f"megacode-VERDICT{seed:07d}"
    before = client.borrow(key, receiver)
    try:
        trial = _Trial.create(client, key, before.since, seed, terms, event)
        trial.run()
        trial.require_told()
        request: Json = {"instance": key, "since": before.since, "url": receiver}
        request |= {"chats": sorted(trial.story.chats), "within": terms.within}
        request |= {"answers": terms.answers, "burst": terms.burst, "quiet": terms.quiet}
        request |= {"listens_only": terms.listens_only}
        return replace(trial.verdict(request), notes=trial.story.as_notes())
    finally:
        client.give_back(key, before)


@dataclass(slots=True)
class _Trial:
    """The trial, and how far the receiver is with it."""

    client: TrialClient
    key: str
    seed: int
    terms: TrialTerms
    chance: Random
    calm_contacts: list[str]
    storm_contacts: list[str]
    # Whom the owner writes to by phone, and whether the bot answered that.
    friend: str
    # The newest delivery and the newest message that are not part of the trial.
    since: str | None
    newest_message: str | None
    deadline: float
    story: TrialStory
    answers: int = 0
    # When a contact last wrote.
    last_written: float = 0.0
    # As many answers as there must be before the story goes on, the chats that have had none since
    # they were written to, and whether some were given up.
    expected_answers: int = 0
    open_chats: set[str] = field(default_factory=set)
    gave_up: bool = False
    friend_answered: bool = False
    # Those that may come again.
    storm_ids: list[str] = field(default_factory=list)
    # What every message is; None for texts and then one of everything else.
    event: str | None = None

    @classmethod
    def create(
        cls,
        client: TrialClient,
        key: str,
        since: str | None,
        seed: int,
        terms: TrialTerms,
        event: str | None = None,
    ) -> _Trial:
        """A trial among people this instance has never heard of."""
        messages = client.all_items("/messages", key)
        chats_met = {message["chat"] for message in messages}
        everybody = [f"5511900{number}00" for number in PEOPLE]
        strangers = [number for number in everybody if f"{number}@s.whatsapp.net" not in chats_met]
        needed = CALM_CONTACTS + STORM_CONTACTS + 1
        if len(strangers) < needed:
            strangers = everybody
        # A new instance has met nobody, its bot may have.
        chance = Random(f"{seed}|{since or ''}")
        friend, *contacts = chance.sample(strangers, needed)
        calm, storm = contacts[:CALM_CONTACTS], contacts[CALM_CONTACTS:]
        deadline = time.monotonic() + terms.limit
        newest_message = newest_id(messages)
        story = TrialStory(client, key, chance.choice(FIRST_NUMBERS))
        return cls(
            client, key, seed, terms, chance, calm, storm, friend, since, newest_message, deadline,
            story, event=event,
        )  # fmt: skip

    def run(self) -> None:
        """Do the whole trial; it ends early if the receiver answers its own messages."""
        # Chaos that somebody else started would give these messages copies.
        self._end_chaos()
        if not (self._send_in_order() and self._send_in_chaos() and self._send_every_event()):
            return
        self._end_chaos()
        for delivery in self._deliveries_to_resend():
            self.client.call("POST", f"/deliveries/{quote(delivery)}/resend")
        if self._wait_until_settled():
            self._wait_for_late_answers()

    def require_told(self) -> None:
        """SetupError where the bot was told nothing that it could be judged by."""
        about = self.event or "the story"
        if not self.story.told_ids:
            reasons = [*self.story.left_out.values()]
            raise SetupError(f"nothing of {about} could be sent: {reasons[0]}")
        if not self._deliveries(limit=1):
            raise SetupError(
                f"{self.key} sent no webhook of {about}: its settings let none of these events"
                " through (configWebhook, configMessageEvents)"
            )

    def _end_chaos(self) -> None:
        self.client.call("DELETE", f"/instances/{quote(self.key)}/chaos")

    def _send_by_phone(self) -> None:
        chat = f"{self.friend}@s.whatsapp.net"
        self.story.chats.add(chat)
        self._call_instance("emit", {"event": "from-me-phone", "set": {"key.remoteJid": chat}})

    def _send_in_chaos(self) -> bool:
        lines = self.storm_contacts * MESSAGES
        first = len(self.story.told_ids)
        self.chance.shuffle(lines)
        storm = {"duplicate": COPIES, "reorder": WINDOW, "burst": len(lines) + 1, "hold": 60}
        self._call_instance("chaos", {**storm, "seed": self.seed})
        self._send_messages(lines)
        self.storm_ids = self.story.told_ids[first:]
        # The next chaos lets them all go. It multiplies nothing that the answers cause: a bot
        # that answers itself would flood the gateway.
        self._call_instance("chaos", {"early_ack": True, "hold": 1, "seed": self.seed})
        return self._wait_until_settled()

    def _send_in_order(self) -> bool:
        first, *others = self.calm_contacts * MESSAGES
        self._send_messages([first])
        # Early: a bot that works off a queue, each for a while, comes to it soon.
        self._send_by_phone()
        self._send_messages(others, more=True)
        return self._wait_until_settled()

    def _send_every_event(self) -> bool:
        """One of each event a bot meets, unless the story is about one event alone."""
        if self.event is not None:
            return True
        self.expected_answers, self.open_chats = self.answers, set()
        contacts = self.storm_contacts[-EVENT_CONTACTS:]
        for number, event in enumerate(EVERYTHING):
            self._cause_event(contacts[number % EVENT_CONTACTS], event)
        return self._wait_until_settled()

    def _send_messages(self, lines: list[str], *, more: bool = False) -> None:
        if not more:
            # What came too much before answers none of these.
            self.expected_answers, self.open_chats = self.answers, set()
        for contact in lines:
            self._cause_event(contact, self.event or "text-plain")

    def _cause_event(self, contact: str, event: str) -> None:
        chat = self.story.cause(contact, event)
        if chat is None:
            return
        self.last_written = time.monotonic()
        if event in MUST_BE_ANSWERED and not self.terms.listens_only:
            self.expected_answers += 1
            self.open_chats.add(chat)

    def _deliveries_to_resend(self) -> list[str]:
        """Two webhooks of this trial that were delivered long since."""
        every = self._deliveries(event=self.event or "text-plain", limit=5000)
        ids = set(self.storm_ids)
        mine = [each["id"] for each in every if message_id_of(each) in ids]
        # What the gateway tells of by itself has no id that was heard of here.
        mine = mine or [each["id"] for each in every]
        return self.chance.sample(mine, min(2, len(mine)))

    def verdict(self, request: Json) -> Verdict:
        """The mock's verdict; answers that may still come are waited for."""
        frozen = self.client.call("GET", "/clock")["frozen"]
        mute = self.gave_up and not self.answers
        patience = 0.0 if frozen or mute else self.terms.patience
        while True:
            seconds = max(0.0, self.deadline - time.monotonic())
            terms = {
                "patience": min(patience, seconds),
                "wait": min(VERDICT_SECONDS, seconds + 5.0),
            }
            verdict = Verdict.of(self.client.call("POST", "/deliveries/verdict", request | terms))
            if not verdict.open or not seconds:
                return verdict

    def _deliveries(self, **query: Any) -> list[Json]:
        return self.client.find("/deliveries", instance=self.key, since=self.since, **query)

    def _call_instance(self, verb: str, body: Json) -> Json:
        return self.client.call("POST", f"/instances/{quote(self.key)}/{verb}", body)

    def _wait_until_settled(self) -> bool:
        """Wait until all is delivered and answered; False for a receiver that talks to itself."""
        last_change = time.monotonic()
        while time.monotonic() < self.deadline:
            # Whatever it says, in other chats too, shows that it is at work.
            if self._read_new_messages() or self._deliveries(status="queued", limit=1):
                last_change = time.monotonic()
                if self._is_in_loop():
                    return False
            elif self.answers >= self.expected_answers:
                return True
            elif not self.open_chats and time.monotonic() - last_change >= self.terms.quiet:
                # Every chat was answered: this bot answers several messages with one.
                return True
            elif time.monotonic() - last_change >= self._patience():
                self.gave_up = True
                return True
        return True

    def _wait_for_late_answers(self) -> None:
        """Wait for what it may still say to those of the story, a first reminder too.

        Who answers what the owner sent by phone has shown a loop: nothing is left to wait for. Of
        who goes on and on the verdict says whether that is one.
        """
        last_change = time.monotonic()
        rest = WATCH * self.terms.quiet
        until = min(self.deadline, last_change + max(WATCH_SECONDS, rest))
        while not self._is_in_loop() and time.monotonic() < until:
            chats = self._read_new_messages()
            if self.friend_answered:
                return
            if self.story.chats.intersection(chats) or self._deliveries(status="queued", limit=1):
                last_change = time.monotonic()
            elif time.monotonic() - last_change >= rest:
                return

    def _is_in_loop(self) -> bool:
        """Whether it says so much, or still so much so late, that the verdict will call it a loop.

        The story ends then: a bot that talks to itself drives out of the journal what it is about.
        """
        webhooks = COPIES * len(self.story.told_ids)
        goes_on = time.monotonic() - self.last_written > GOES_ON * self.terms.quiet
        answers = self.terms.answers if goes_on else flood_of(self.terms.answers)
        return self.answers > answers * webhooks

    def _patience(self) -> float:
        """How long to wait for an answer: not at all where there is no hope of one."""
        mute = self.gave_up and not self.answers
        if self.terms.listens_only or mute or not self._deliveries(status="delivered", limit=1):
            return 0.0
        return self.terms.patience

    def _read_new_messages(self) -> list[str]:
        """Wait a moment for what the instance says; the chats it said it in."""
        messages = self.client.find(
            "/messages",
            instance=self.key,
            from_me="true",
            since=self.newest_message,
            limit=5000,
            wait=min(LOOK_SECONDS, self.terms.quiet),
        )
        if messages:
            self.newest_message = messages[-1]["id"]
        chats = [message["chat"] for message in messages]
        self.open_chats.difference_update(chats)
        self.friend_answered |= f"{self.friend}@s.whatsapp.net" in chats
        self.answers += sum(chat in self.story.chats for chat in chats)
        return chats
