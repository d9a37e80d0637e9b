"""Instances for probes to stand on: fresh ones from a mock's control API, or the one given."""

from __future__ import annotations

import json
from typing import Any, Protocol

from ..errors import Impossible, NotTried, Unusable
from ..judging.results import read_json
from .content_coding import unpacked
from .http import Answer, request
from .place import Place
from .target import Target

# The suite's own people, made up, whom no world has to list. The first is who writes where nobody
# is named; in the mock's starting world the last one's number is registered without its 9.
WORLD = ("5511900000002", "5511900000402", "5511900000403", "5511900000404", "5531990000005")
NO_WHATSAPP = "5511900000099"


# Why a given instance is not the one a probe needs, by whether it is linked.
GIVEN = {True: "no instance without a phone is given", False: "the given instance is not linked"}


class Stage(Protocol):
    """Where instances come from. `phone` says whether somebody can scan, answer and unlink."""

    phone: bool

    def place(self, *, connected: bool | None = True) -> Place:
        """An instance in that state, None for whichever; NotTried when this target has none."""

    def door(self, method: str, path: str, body: Any = None) -> Any:
        """The control API's answer; NotTried where there is none, Impossible when it cannot be."""

    def pass_time(self, seconds: float) -> bool:
        """Let time pass at once; False where it passes by itself only."""

    def close(self) -> None:
        """Take back what was made."""


class GivenStage:
    """A real host: one instance, no phone in our hands."""

    phone = False

    def __init__(self, place: Place) -> None:
        self._place = place

    def place(self, *, connected: bool | None = True) -> Place:
        if connected is not None and connected is not self._place.connected:
            raise NotTried(GIVEN[self._place.connected])
        return self._place

    def door(self, method: str, path: str, body: Any = None) -> Any:
        raise NotTried("a real host has no control API: nobody plays the phone and the customers")

    def pass_time(self, seconds: float) -> bool:
        return False

    def close(self) -> None:
        """Nothing was made."""


class MockStage:
    """A mock: each place is an instance of its own, made through the control API.

    `tokens` are those it showed, as they were first, by key.
    """

    phone = True

    def __init__(self, target: Target, *, control_token: str = "") -> None:
        self._target, self._control_token = target, control_token
        self._made: list[str] = []
        self.tokens: dict[str, str] = {}
        self._people_are_there = False

    def place(self, *, connected: bool | None = True) -> Place:
        linked = connected is not False
        self._bring_people()
        made = self.door("POST", "/_mock/instances", {"connected": linked})
        self._made.append(made["key"])
        self._send_away(NO_WHATSAPP, made["key"])
        return Place(made["key"], made["token"], made["number"] or "", linked)

    def _bring_people(self) -> None:
        """Have everybody of the suite on WhatsApp: whoever has an instance is, in every world."""
        if self._people_are_there:
            return
        made = self.door("POST", "/_mock/instances", {"connected": False})
        self._made.append(made["key"])
        for person in WORLD:
            if self._known(person, made["key"]) is None:
                name = f"Pessoa Teste {person[-4:]}"
                body = {"number": person, "name": name, "connected": False}
                self._made.append(self.door("POST", "/_mock/instances", body)["key"])
        self._people_are_there = True

    def _send_away(self, number: str, key: str) -> None:
        """Have nobody behind this number, as this instance sees it."""
        if self._known(number, key) is not None:
            door = f"/_mock/instances/{key}/contacts/{number}"
            self.door("POST", door, {"state": "unregistered"})

    def _known(self, number: str, key: str) -> Any:
        """What the mock knows of somebody; None where the number has no account."""
        try:
            return self.door("GET", f"/_mock/instances/{key}/contacts/{number}")
        except Impossible:
            return None

    def door(self, method: str, path: str, body: Any = None) -> Any:
        answer = self._ask(method, path, body)
        document = json.loads(answer.body) if answer.body else None
        if answer.status in (400, 404, 409):
            raise Impossible(f"{method} {path}: {document}")
        if answer.status >= 300:
            raise Unusable(
                f"the control API answers {answer.status} to {method} {path}: {document}"
            )
        self._note(document)
        return document

    def _note(self, document: Any) -> None:
        """The token of an instance the control API shows."""
        shown = document if isinstance(document, dict) else {}
        key, token = shown.get("key"), shown.get("token")
        if isinstance(key, str) and isinstance(token, str):
            self.tokens.setdefault(key, token)

    def pass_time(self, seconds: float) -> bool:
        if not self._target.in_process:
            return False
        self.door("POST", "/_mock/clock", {"advance": seconds})
        return True

    def close(self) -> None:
        """Remove what was made; others may use the same mock."""
        made, self._made = self._made, []
        self._people_are_there = False
        for key in made:
            answer = self._ask("DELETE", f"/_mock/instances/{key}", None)
            if answer.status not in (200, 204, 404):
                raise Unusable(f"the control API answers {answer.status} to DELETE of {key}")

    def _ask(self, method: str, path: str, body: Any) -> Answer:
        headers = [("Host", "127.0.0.1")] if self._target.in_process else []
        if self._control_token:
            headers.append(("X-Mock-Token", self._control_token))
        return unpacked(self._target.send(request(method, path, body=body, headers=headers)))


def is_mock(target: Target, control_token: str = "") -> bool:
    """Whether a loopback host is a mock, by what its health route alone says; asked of nobody else.

    A tunnel to a real host ends on this machine too, so that its address says nothing.
    """
    headers = [("X-Mock-Token", control_token)] if control_token else []
    answer = unpacked(target.send(request("GET", "/_mock/health", headers=headers)))
    health = read_json(answer.body)
    return (
        answer.status == 200
        and isinstance(health, dict)
        and health.keys() == {"status", "version"}
        and health["status"] == "ok"
        and isinstance(health["version"], str)
    )
