"""Drawn stories: in one chat a person has one address, and nothing tells a hidden number."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping
from random import Random
from typing import Any

import orjson
import pytest
from megaapi_mock.simulation.contact_events import NON_MESSAGE_EVENTS
from megaapi_mock.simulation.message_origin import PHONE

from ..conftest import MakeApp
from ..domain.test_addressing import (
    ANA,
    BIA,
    CAIO,
    EVENTS,
    GROUP,
    IN_GROUPS,
    LID_GROUP,
    OWN,
    lid,
    world,
)
from ..simulation.test_contact_actions import Chat, jid
from ..support import AUTH, KEY

# Dora is unlisted: the switch alone says how she is met. She is in no group at first.
DORA = "5511900000007"
PEOPLE = (ANA, BIA, CAIO)
GROUPS = (GROUP, LID_GROUP)
SEEDS, STEPS = range(2), 45
# Fields that hold the other one of two addresses, and whose webhook it is.
BESIDE = frozenset(
    {"senderLid", "senderPn", "participantLid", "participantPn", "authorPn", "phoneNumber",
     "phone_number", "jid", "lid"}
)  # fmt: skip
SWITCHES = {"group_acks": "each", "group_events": "on", "presence_events": "on"}


def named(document: Any, field: str = "") -> Iterator[str]:
    """Every text that stands where somebody may be named."""
    if isinstance(document, Mapping):
        for name, value in document.items():
            yield name
            if name not in BESIDE:
                yield from named(value, name)
    elif isinstance(document, list):
        for item in document:
            yield from named(item, field)
    elif isinstance(document, str):
        yield document


class Story:
    """People write, react, call, come and go, and the instance answers; all of it is read."""

    def __init__(self, chat: Chat, chance: Random) -> None:
        self.chat, self.chance = chat, chance
        contacts = {who: self._contact(who) for who in (*PEOPLE, OWN, DORA)}
        self.people = {
            address: who
            for who, shown in contacts.items()
            for address in (shown["jid"], shown["lid"])
        }
        # By chat and person: the addresses they were named by, and what named them so.
        self.shown: dict[tuple[str, str], dict[str, str]] = defaultdict(dict)
        self.bodies: list[str] = []

    def _contact(self, who: str) -> Any:
        return self.chat.control_api.get(f"/instances/{KEY}/contacts/{who}")

    def tell(self) -> None:
        kinds: list[Callable[[], None]] = [
            *[self._inbound] * 4, *[self._send] * 3, self._phone, self._contact_event, self._member,
            self._emit, self._list, self._advance,
        ]  # fmt: skip
        for who in (*PEOPLE, DORA):
            self._post({"from": who})
        self._list()
        for _ in range(STEPS):
            self.chance.choice(kinds)()
            self.read()

    def read(self) -> None:
        for payload in self.chat.told():
            key, data = payload.get("key"), payload.get("data")
            place = key["remoteJid"] if key else None
            place = place or (data or {}).get("chatId") or payload.get("id")
            if place is not None:
                self._note(str(place), payload)

    def _note(self, place: str, document: Any) -> None:
        self.bodies.append(orjson.dumps(document).decode())
        chat = self.people.get(place, place)
        for text in named(document):
            if text in self.people:
                self.shown[chat, self.people[text]].setdefault(text, self.bodies[-1])

    # -- steps -------------------------------------------------------------------------------

    def _post(self, body: Any, verb: str = "inbound") -> None:
        """It happens, or the mock refuses it: both may be."""
        self.chat.control_api.client.post(f"/_mock/instances/{KEY}/{verb}", json=body)

    def _someone(self) -> str:
        who = self.chance.choice((*PEOPLE, DORA))
        return self.chance.choice((who, str(self._contact(who)["lid"])))

    def _inbound(self) -> None:
        event = self.chance.choice((*EVENTS, *IN_GROUPS, "status-story", "poll-vote", "album"))
        where = {"group": self.chance.choice(GROUPS)} if self.chance.random() < 0.4 else {}
        self._post({"event": event, "from": self._someone(), **where})

    def _send(self) -> None:
        to = self.chance.choice((self._someone(), *GROUPS))
        self._rest("POST", f"sendMessage/{KEY}/text", {"messageData": {"to": to, "text": "oi"}})

    def _phone(self) -> None:
        to = self.chance.choice(({"to": self._someone()}, {"group": self.chance.choice(GROUPS)}))
        self._post({"event": self.chance.choice(sorted(PHONE)), "from": OWN, **to})

    def _contact_event(self) -> None:
        where = {"group": self.chance.choice(GROUPS)} if self.chance.random() < 0.5 else {}
        self._post(
            {"event": self.chance.choice([*NON_MESSAGE_EVENTS]), "from": self._someone(), **where}
        )

    def _member(self) -> None:
        verb = self.chance.choice(("addParticipants", "removeParticipants"))
        group = self.chance.choice(GROUPS)
        body = {"group_data": {"jid": group, "participants": [self._someone()]}}
        answer = self._rest("POST", f"group/{KEY}/{verb}", body)
        if answer is not None:
            self._note(group, answer)

    def _emit(self) -> None:
        event = self.chance.choice(
            (*EVENTS, *IN_GROUPS[:2], *NON_MESSAGE_EVENTS, "ack-group", "ack-read")
        )
        self._post({"event": event}, "emit")

    def _list(self) -> None:
        listed = self._rest("GET", f"group/list/{KEY}") or {"groups": []}
        for group in listed["groups"]:
            self._note(group["id"], group)

    def _advance(self) -> None:
        self.chat.later(30)

    def _rest(self, method: str, path: str, body: Any = None) -> Any:
        client = self.chat.app.test_client()
        reply = client.open(f"/rest/{path}", method=method, json=body, headers=AUTH)
        return reply.get_json() if reply.status_code == 200 else None


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize("generation", ["2023", "2024", "2025", "2026"])
@pytest.mark.parametrize("addressing", ["phone", "lid", "mixed"])
def test_one_person_in_one_chat_has_one_address(
    make_app: MakeApp, addressing: str, generation: str, seed: int
) -> None:
    switches = {**SWITCHES, "addressing": addressing, "payload_generation": generation}
    chat = Chat(make_app(world=world(), switches=switches))
    story = Story(chat, Random(f"{addressing} {generation} {seed}"))
    story.tell()
    assert len(story.bodies) > STEPS / 2
    for (place, who), addresses in story.shown.items():
        assert len(addresses) == 1, (place, who, addresses)
    assert [body for body in story.bodies if BIA in body] == []
    if generation == "2026":
        assert [*story.shown[ANA, ANA]] == [lid(ANA)]
        assert [*story.shown[LID_GROUP, CAIO]] == [lid(CAIO)]
    else:
        assert [*story.shown[ANA, ANA]] == [jid(ANA)]
    assert [*story.shown[BIA, BIA]] == [lid(BIA)]
    assert [*story.shown[CAIO, CAIO]] == [jid(CAIO)]
