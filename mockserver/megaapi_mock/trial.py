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

CONTACTS = 3
TORMENTED, CALM = 4, 2  # messages of each contact in the storm, and after it
COPIES = 3
WINDOW = 4
# Seconds without any message after which a receiver counts as one that answers nothing more.
SILENT = 2.0


def run_verdict(
    gateway: str,
    receiver: str,
    *,
    seed: int = 0,
    instance: str | None = None,
    control_token: str = "",
    within: float = 5.0,
    quiet: float = 0.2,
    limit: float = 30.0,
) -> Verdict:
    """Let the mock at `gateway` try the bot whose webhooks arrive at `receiver`.

    The story: a burst of messages of several contacts, in another order and each three times;
    early acknowledgements; messages in calm order; two webhooks once more; a message the owner
    sent by phone. A receiver that has answered everything is done after `quiet` seconds without
    another answer; the story ends after `limit` seconds at the latest. `instance` is the one the
    bot answers through, made when it is not there; by default the first that is linked. Its
    webhook is put back at the end.

    Raises SetupError when gateway or instance do not serve.
    """
    door = _Door(gateway.rstrip("/"), control_token)
    key = instance or door.first_linked() or f"megacode-VERDICT{seed:07d}"
    before = door.borrow(key, receiver)
    try:
        seen = door.newest("/messages", key)
        trial = _Trial(door, key, Random(seed), seed, quiet, time.monotonic() + limit, seen)
        trial.tell()
        wanted = {"instance": key, "since": before.since, "within": within}
        return Verdict.of(door.call("POST", "/deliveries/verdict", wanted))
    finally:
        door.give_back(key, before)


@dataclass(frozen=True, slots=True)
class _Before:
    """What an instance was like; `settings` is None for one made for the trial."""

    settings: Mapping[str, Any] | None
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
        """The items of a list."""
        found: list[Json] = self.call("GET", f"{path}?{urlencode(query)}")["items"]
        return found

    def newest(self, path: str, key: str) -> str | None:
        """The id of the last item of this instance."""
        query = {"instance": key, "limit": 5000}
        shown = self.call("GET", f"{path}?{urlencode(query)}")
        while shown["next"] is not None:
            shown = self.call("GET", f"{path}?{urlencode({**query, 'since': shown['next']})}")
        return str(shown["items"][-1]["id"]) if shown["items"] else None

    def first_linked(self) -> str | None:
        """The instance that a bot most likely answers through."""
        known = self.find("/instances", limit=5000)
        return next((str(found["key"]) for found in known if found["state"] == "connected"), None)

    def borrow(self, key: str, receiver: str) -> _Before:
        """Point the instance's webhook at the receiver."""
        known = {found["key"]: found for found in self.find("/instances", limit=5000)}
        if key not in known:
            seed = {"key": key, "connected": True, "webhook_url": receiver}
            self.call("POST", "/instances", seed)
            return _Before(None, None)
        shown = known[key]
        if shown["state"] != "connected":
            raise SetupError(f"{key} is not linked: link it first, or name another instance")
        since = self.newest("/deliveries", key)
        self.call("POST", f"/instances/{quote(key)}/webhook", {"url": receiver})
        return _Before(shown["webhook"], since)

    def give_back(self, key: str, before: _Before) -> None:
        """As it was before."""
        path = f"/instances/{quote(key)}"
        if before.settings is None:
            self.call("DELETE", path)
            return
        self.call("DELETE", f"{path}/torment")
        self.call("POST", f"{path}/webhook", dict(before.settings))


@dataclass(slots=True)
class _Trial:
    """The story, and how far the receiver is with it."""

    door: _Door
    key: str
    chance: Random
    seed: int
    quiet: float
    deadline: float
    # The newest message known; what was there before the trial is no part of it.
    seen: str | None
    answers: int = 0
    told: list[str] = field(default_factory=list)

    def tell(self) -> None:
        """The whole story; it ends early with a receiver that talks to itself."""
        chosen = self.chance.sample(range(1_000, 10_000), CONTACTS + 1)
        *contacts, friend = [f"5511900{number}00" for number in chosen]
        if self._storm(contacts) and self._calm(contacts):
            self.door.call("DELETE", f"/instances/{quote(self.key)}/torment")
            for delivery in self._some_again():
                self.door.call("POST", f"/deliveries/{quote(delivery)}/resend")
            chat = {"key.remoteJid": f"{friend}@s.whatsapp.net"}
            self._at("emit", {"event": "from-me-phone", "set": chat})
            self._settled()

    def _storm(self, contacts: list[str]) -> bool:
        lines = contacts * TORMENTED
        self.chance.shuffle(lines)
        storm = {"duplicate": COPIES, "reorder": WINDOW, "burst": len(lines) + 1, "hold": 60}
        self._at("torment", {**storm, "seed": self.seed})
        self._write(lines)
        # The next torment lets them all go. It multiplies nothing that the answers cause: a bot
        # that answers itself would flood the gateway.
        self._at("torment", {"early_ack": True, "hold": 1, "seed": self.seed})
        return self._settled()

    def _calm(self, contacts: list[str]) -> bool:
        self._write(contacts * CALM)
        return self._settled()

    def _write(self, lines: list[str]) -> None:
        for contact in lines:
            text = f"Mensagem {len(self.told) + 1}"
            body = {"from": contact, "event": "text-plain", "set": {"message.conversation": text}}
            self.told.append(self._at("inbound", body)["id"])

    def _some_again(self) -> list[str]:
        """Two webhooks that were delivered long since."""
        told = self.door.find("/deliveries", instance=self.key, event="text-plain", limit=5000)
        return [delivery["id"] for delivery in self.chance.sample(told, min(2, len(told)))]

    def _at(self, verb: str, body: Json) -> Json:
        return self.door.call("POST", f"/instances/{quote(self.key)}/{verb}", body)

    def _settled(self) -> bool:
        """Wait until nothing happens any more; False for a receiver that talks to itself."""
        patience = SILENT
        while time.monotonic() < self.deadline:
            moved = self._look()
            if self.answers > COPIES * len(self.told):
                return False
            if moved or self.door.find("/deliveries", instance=self.key, status="queued", limit=1):
                patience = SILENT
                continue
            # One quiet moment is enough for a bot that has answered all.
            patience -= self.quiet
            if self.answers >= len(self.told) or patience <= 0:
                return True
        return True

    def _look(self) -> bool:
        """Wait a moment for messages; whether there were new ones."""
        query = {"since": self.seen} if self.seen else {}
        found = self.door.find("/messages", instance=self.key, limit=5000, wait=self.quiet, **query)
        self.answers += sum(message["from_me"] for message in found)
        if found:
            self.seen = found[-1]["id"]
        return bool(found)
