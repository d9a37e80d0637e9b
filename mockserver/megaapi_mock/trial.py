"""A receiver's trial: a fixed story told to it by a running mock, and the verdict at its end."""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from random import Random
from typing import Any
from urllib.parse import quote, urlencode

from .errors import ControlRefused, SetupError
from .testing.door import Door, HttpWire
from .webhooks.verdict import Verdict

Json = dict[str, Any]

# Who may write: 5511900, four digits, 00.
PEOPLE = range(1_000, 10_000)
CONTACTS = 3
TORMENTED, CALM = 4, 2  # messages of each contact in the storm, and after it
COPIES = 3
WINDOW = 4
# Texts name themselves by a number, so that an answer that repeats it tells which one it is for.
FIRST = 1001
# Seconds a look at the mock waits for news.
LOOK = 0.2


@dataclass(frozen=True, slots=True)
class Terms:
    """What is asked of a receiver, in seconds.

    `within`: a webhook has its 2xx. `quiet`: once everything is answered, whoever says nothing
    more for so long has done. `patience`: an answer that is still missing after so long without
    any other never comes. `limit`: the story ends. `listens_only`: it need not answer a message.
    """

    within: float = 5.0
    quiet: float = 3.0
    patience: float = 12.0
    limit: float = 120.0
    listens_only: bool = False


def run_verdict(
    gateway: str,
    receiver: str,
    *,
    seed: int = 0,
    instance: str | None = None,
    control_token: str = "",
    terms: Terms | None = None,
) -> Verdict:
    """Let the mock at `gateway` try the bot whose webhooks arrive at `receiver`.

    The story: a burst of messages of several contacts, in another order and each three times;
    early acknowledgements; messages in calm order; two webhooks once more; a message the owner
    sent by phone. Its contacts never wrote before, and only what is about them is judged: what
    the instance or the bot did before, or does beside it, is no part of the trial. `instance` is
    the one the bot answers through, made when it is not there; by default the first that is
    linked. Its webhook and its torment are put back at the end.

    Raises SetupError when gateway or instance do not serve.
    """
    terms = terms or Terms()
    door = _Door(gateway.rstrip("/"), control_token)
    key = instance or door.first_linked() or f"megacode-VERDICT{seed:07d}"
    before = door.borrow(key, receiver)
    try:
        trial = _Trial.of(door, key, before.since, seed, terms)
        trial.tell()
        wanted: Json = {"instance": key, "since": before.since, "url": receiver}
        wanted |= {"chats": sorted(trial.chats), "within": terms.within}
        wanted["listens_only"] = terms.listens_only
        return Verdict.of(door.call("POST", "/deliveries/verdict", wanted))
    finally:
        door.give_back(key, before)


@dataclass(frozen=True, slots=True)
class _Before:
    """What an instance was like; `settings` is None for one made for the trial.

    `since` is the last delivery its key ever had.
    """

    settings: Mapping[str, Any] | None
    torment: Mapping[str, Any] | None
    since: str | None


class _Door:
    """The side door of a mock that runs; SetupError with the mock's own sentence."""

    def __init__(self, gateway: str, control_token: str) -> None:
        self._gateway = gateway
        self._door = Door(HttpWire(gateway), place=gateway, token=control_token)

    def call(self, method: str, path: str, body: Json | None = None) -> Json:
        """The document."""
        try:
            return self._door.call(method, path, body)
        except ControlRefused as refusal:
            raise SetupError(f"{self._gateway}/_mock{path}: {refusal}") from None

    def find(self, path: str, **query: Any) -> list[Json]:
        """The items of a list; what is None is not asked for."""
        asked = {name: value for name, value in query.items() if value is not None}
        found: list[Json] = self.call("GET", f"{path}?{urlencode(asked)}")["items"]
        return found

    def past(self, path: str, key: str) -> list[Json]:
        """All items of this instance."""
        query: Json = {"instance": key, "limit": 5000}
        items: list[Json] = []
        while True:
            shown = self.call("GET", f"{path}?{urlencode(query)}")
            items += shown["items"]
            if shown["next"] is None:
                return items
            query["since"] = shown["next"]

    def first_linked(self) -> str | None:
        """The instance that a bot most likely answers through."""
        known = self.find("/instances", limit=5000)
        return next((str(found["key"]) for found in known if found["state"] == "connected"), None)

    def borrow(self, key: str, receiver: str) -> _Before:
        """Point the instance's webhook at the receiver."""
        known = {found["key"]: found for found in self.find("/instances", limit=5000)}
        path = f"/instances/{quote(key)}"
        since = _newest(self.past("/deliveries", key))
        if key not in known:
            seed = {"key": key, "connected": True, "webhook_url": receiver}
            self.call("POST", "/instances", seed)
            return _Before(None, None, since)
        shown = known[key]
        if shown["state"] != "connected":
            raise SetupError(f"{key} is not linked: link it first, or name another instance")
        torment = self.call("GET", f"{path}/torment")["torment"]
        self.call("POST", f"{path}/webhook", {"url": receiver})
        return _Before(shown["webhook"], torment, since)

    def give_back(self, key: str, before: _Before) -> None:
        """As it was before."""
        path = f"/instances/{quote(key)}"
        if before.settings is None:
            self.call("DELETE", path)
            return
        self.call("DELETE", f"{path}/torment")
        self.call("POST", f"{path}/webhook", dict(before.settings))
        if before.torment is not None:
            self.call("POST", f"{path}/torment", dict(before.torment))


def _newest(items: list[Json]) -> str | None:
    return str(items[-1]["id"]) if items else None


@dataclass(slots=True)
class _Trial:
    """The story, and how far the receiver is with it."""

    door: _Door
    key: str
    seed: int
    terms: Terms
    chance: Random
    contacts: list[str]
    # Whom the owner writes to by phone.
    friend: str
    # The newest delivery and the newest message that are no part of the trial.
    since: str | None
    seen: str | None
    deadline: float
    chats: set[str] = field(default_factory=set)
    told: list[str] = field(default_factory=list)
    answers: int = 0
    # As many answers as there must be before the story goes on, and whether some were given up.
    awaited: int = 0
    gave_up: bool = False

    @classmethod
    def of(cls, door: _Door, key: str, since: str | None, seed: int, terms: Terms) -> _Trial:
        """A trial among people this instance has never heard of."""
        messages = door.past("/messages", key)
        met = {message["chat"] for message in messages}
        everybody = [f"5511900{number}00" for number in PEOPLE]
        strangers = [one for one in everybody if f"{one}@s.whatsapp.net" not in met]
        if len(strangers) <= CONTACTS:
            strangers = everybody
        # An instance made anew has met nobody, its bot may have.
        chance = Random(f"{seed}|{since or ''}")
        *contacts, friend = chance.sample(strangers, CONTACTS + 1)
        deadline = time.monotonic() + terms.limit
        seen = _newest(messages)
        return cls(door, key, seed, terms, chance, contacts, friend, since, seen, deadline)

    def tell(self) -> None:
        """The whole story; it ends early with a receiver that talks to itself."""
        if not (self._storm() and self._calm()):
            return
        self.door.call("DELETE", f"/instances/{quote(self.key)}/torment")
        for delivery in self._some_again():
            self.door.call("POST", f"/deliveries/{quote(delivery)}/resend")
        chat = f"{self.friend}@s.whatsapp.net"
        self.chats.add(chat)
        self._at("emit", {"event": "from-me-phone", "set": {"key.remoteJid": chat}})
        if self._settled():
            self._rested()

    def _storm(self) -> bool:
        lines = self.contacts * TORMENTED
        self.chance.shuffle(lines)
        storm = {"duplicate": COPIES, "reorder": WINDOW, "burst": len(lines) + 1, "hold": 60}
        self._at("torment", {**storm, "seed": self.seed})
        self._write(lines)
        # The next torment lets them all go. It multiplies nothing that the answers cause: a bot
        # that answers itself would flood the gateway.
        self._at("torment", {"early_ack": True, "hold": 1, "seed": self.seed})
        return self._settled()

    def _calm(self) -> bool:
        self._write(self.contacts * CALM)
        return self._settled()

    def _write(self, lines: list[str]) -> None:
        # What came too much before answers none of these.
        self.awaited = self.answers + len(lines)
        for contact in lines:
            text = f"Mensagem {FIRST + len(self.told)}"
            body = {"from": contact, "event": "text-plain", "set": {"message.conversation": text}}
            message = self._at("inbound", body)
            self.told.append(message["id"])
            self.chats.add(message["chat"])

    def _some_again(self) -> list[str]:
        """Two webhooks of this trial that were delivered long since."""
        told = set(self.told)
        mine = [
            delivery["id"]
            for delivery in self._deliveries(event="text-plain", limit=5000)
            if delivery["payload"]["key"]["id"] in told
        ]
        return self.chance.sample(mine, min(2, len(mine)))

    def _deliveries(self, **query: Any) -> list[Json]:
        return self.door.find("/deliveries", instance=self.key, since=self.since, **query)

    def _at(self, verb: str, body: Json) -> Json:
        return self.door.call("POST", f"/instances/{quote(self.key)}/{verb}", body)

    def _settled(self) -> bool:
        """Wait until all is delivered and answered; False for a receiver that talks to itself."""
        moved = time.monotonic()
        while time.monotonic() < self.deadline:
            # Whatever it says, in other chats too, shows that it is at work.
            if self._look() or self._deliveries(status="queued", limit=1):
                moved = time.monotonic()
                if self._loops():
                    return False
            elif self.answers >= self.awaited:
                return True
            elif time.monotonic() - moved >= self._patience():
                self.gave_up = True
                return True
        return True

    def _rested(self) -> None:
        """Wait for what it may still say to those of the story."""
        moved = time.monotonic()
        while not self._loops() and time.monotonic() < self.deadline:
            if self.chats.intersection(self._look()) or self._deliveries(status="queued", limit=1):
                moved = time.monotonic()
            elif time.monotonic() - moved >= self.terms.quiet:
                return

    def _loops(self) -> bool:
        return self.answers > COPIES * len(self.told)

    def _patience(self) -> float:
        """How long to wait for an answer: not at all where there is no hope of one."""
        mute = self.gave_up and not self.answers
        if self.terms.listens_only or mute or not self._deliveries(status="delivered", limit=1):
            return 0.0
        return self.terms.patience

    def _look(self) -> list[str]:
        """Wait a moment for what the instance says; the chats it said it in."""
        found = self.door.find(
            "/messages",
            instance=self.key,
            from_me="true",
            since=self.seen,
            limit=5000,
            wait=min(LOOK, self.terms.quiet),
        )
        if found:
            self.seen = found[-1]["id"]
        said = [message["chat"] for message in found]
        self.answers += sum(chat in self.chats for chat in said)
        return said
