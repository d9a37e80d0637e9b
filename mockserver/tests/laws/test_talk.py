"""Laws of instances that write to each other, over random histories of three and a group.

The laws:

- A message that is delivered, or further, for its sender is there once at every instance it was
  for, with the same content, and was told there once.
- Nothing arrives at an instance while it is not linked, or that was not linked since it was sent.
- Nothing of a group arrives at an instance that was not in it since it was sent.
- Acks of one message only go forward, one step at a time.
- All linked instances that are in a group see the same group, and only they see it.
- When all are linked and everybody can be reached, nothing is left on its way.
- A refused call changes nothing anywhere.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, ClassVar

import hypothesis.strategies as st
import pytest
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule
from hypothesis.stateful import run_state_machine_as_test as run
from megaapi_mock.resources import root
from megaapi_mock.worlds.load import load_world

from ..conftest import MakeApp
from ..support import START
from ..switchboard import Switchboard, key_of
from .machine import lawful

NUMBERS = {1: "5511900000001", 2: "5511900000003", 3: "5511900000005"}
JIDS = {at: f"{number}@s.whatsapp.net" for at, number in NUMBERS.items()}
GROUP = "120363000000000001@g.us"
GOT = ("delivered", "read", "played")
WHO = st.sampled_from((1, 2, 3))


@dataclass
class Written:
    """One message: who wrote it, for which instances, and who may ever have it."""

    sender: int
    content: dict[str, Any]
    chat: str
    readers: set[int]
    # Linked, and in the group, at some moment since it was sent.
    may_have: set[int] = field(default_factory=set)


class Talk(RuleBasedStateMachine):
    """Three instances, the first the group's owner; every step is a call through HTTP."""

    open_board: ClassVar[Callable[[], Switchboard]]

    def __init__(self) -> None:
        super().__init__()
        self.board = type(self).open_board()
        self.linked = {1, 2, 3}
        self.members = {1: True, 2: True, 3: False}
        self.written: dict[str, Written] = {}
        self.kept: dict[int, dict[str, Any]] = {1: {}, 2: {}, 3: {}}
        self.off: set[tuple[int, int]] = set()
        # Messages sent before a moment in which somebody was out of the group.
        self.outside: dict[int, set[str]] = {1: set(), 2: set(), 3: set()}

    @initialize()
    def begin(self) -> None:
        assert self.board.app.runtime.webhooks.courier.wait_idle(60)
        self.board.transport.posts.clear()
        assert self.board.told(1) == []
        self.board.control_api("POST", "/reset")
        self.board.control_api("POST", "/clock", {"set": START})
        for number in NUMBERS:
            self.board.hook(number)

    # -- writing -----------------------------------------------------------------------------

    @rule(sender=WHO, to=WHO, text=st.text(max_size=3))
    def write(self, sender: int, to: int, text: str) -> None:
        sent = self.board.send(sender, NUMBERS[to], text, 200 if sender in self.linked else 403)
        if sent:
            readers = {to} - {sender}
            content = {"extendedTextMessage": {"text": text}}
            self.written[sent] = Written(sender, content, JIDS[to], readers)

    @rule(sender=WHO, text=st.text(max_size=3))
    def write_to_all(self, sender: int, text: str) -> None:
        inside = sender in self.members
        status = 403 if sender not in self.linked else 200 if inside else 500
        sent = self.board.send(sender, GROUP, text, status)
        if sent:
            content = {"extendedTextMessage": {"text": text}}
            readers = set(self.members) - {sender}
            self.written[sent] = Written(sender, content, GROUP, readers)

    @rule(sender=WHO, pick=st.integers(0, 5))
    def take_back(self, sender: int, pick: int) -> None:
        own = [one for one, known in self.kept[sender].items() if known["from_me"]]
        if sender not in self.linked or not own:
            return
        revoked = own[pick % len(own)]
        chat = self.kept[sender][revoked]["chat"]
        if chat == GROUP and sender not in self.members:
            return
        key = {"remoteJid": chat, "fromMe": True, "id": revoked}
        body = {"messageData": {"to": chat, "key": key}}
        answer = self.board.ask(sender, "POST", "chat/{}/deleteMessage", body)["messageData"]
        readers = set(self.members) if chat == GROUP else {at for at in JIDS if JIDS[at] == chat}
        self.written[answer["key"]["id"]] = Written(sender, {}, chat, readers - {sender})

    # -- coming and going --------------------------------------------------------------------

    @rule(who=WHO)
    def link(self, who: int) -> None:
        self.board.control_api(
            "POST", f"/instances/<{who}>/link", status=409 if who in self.linked else 200
        )
        self.linked.add(who)

    @rule(who=WHO)
    def unlink(self, who: int) -> None:
        self.board.control_api(
            "POST", f"/instances/<{who}>/unlink", status=200 if who in self.linked else 409
        )
        self.linked.discard(who)

    @rule(who=WHO, other=WHO, off=st.booleans())
    def reach(self, who: int, other: int, off: bool) -> None:
        path = f"/instances/<{who}>/contacts/{NUMBERS[other]}"
        self.board.control_api("POST", path, {"state": "phone_off" if off else "reachable"})
        (self.off.add if off else self.off.discard)((who, other))

    @rule(seconds=st.sampled_from((0.5, 1.0, 2.0, 10.0)))
    def advance(self, seconds: float) -> None:
        self.board.advance(seconds)

    # -- the group ---------------------------------------------------------------------------

    @rule(admin=WHO, who=WHO, adding=st.booleans())
    def change_members(self, admin: int, who: int, adding: bool) -> None:
        data = {"group_data": {"jid": GROUP, "participants": [NUMBERS[who]]}}
        operation = "addParticipants" if adding else "removeParticipants"
        if admin not in self.linked or not self.members.get(admin):
            missing = admin in self.linked and admin not in self.members
            self.board.ask(admin, "POST", f"group/{{}}/{operation}", data, 404 if missing else 403)
            return
        answer = self.board.ask(admin, "POST", f"group/{{}}/{operation}", data)
        [[person]] = answer["updatedParticipants"]
        if adding:
            assert person["status"] == ("409" if who in self.members else "200")
            self.members.setdefault(who, False)
        elif who == admin:
            assert person["status"] == "403"
        else:
            assert person["status"] == ("200" if who in self.members else "404")
            self.members.pop(who, None)

    @rule(who=st.sampled_from((2, 3)))
    def leave(self, who: int) -> None:
        status = 403 if who not in self.linked else 200 if who in self.members else 404
        self.board.ask(who, "DELETE", f"group/{{}}/leaveGroup?jid={GROUP}", None, status)
        if status == 200:
            del self.members[who]

    # -- the laws ----------------------------------------------------------------------------

    @invariant()
    def look(self) -> None:
        for message in self.written.values():
            here = self.linked if message.chat != GROUP else self.linked & set(self.members)
            # Who was told to leave while away still reads what came before.
            away = set() if message.chat != GROUP else self.linked & message.readers
            message.may_have |= (here | away) & message.readers
        for number in NUMBERS:
            found = self.board.messages(number)
            new = found.keys() - self.kept[number].keys()
            for one in new:
                self.new_message(number, one, found[one])
            self.kept[number] = found
        for number in NUMBERS.keys() - self.members.keys():
            self.outside[number] |= self.written.keys()

    def new_message(self, number: int, one: str, found: dict[str, Any]) -> None:
        message = self.written[one]
        if found["from_me"]:
            assert message.sender == number
            return
        assert number in self.linked, "arrived though not linked"
        assert number in message.readers and number in message.may_have
        sender = JIDS[message.sender]
        assert (found["sender"], found["chat"]) == (
            sender,
            GROUP if message.chat == GROUP else sender,
        )
        if message.content:
            assert found["content"] == message.content

    @invariant()
    def what_is_delivered_is_there(self) -> None:
        for one, message in self.written.items():
            if self.kept.get(message.sender, {}).get(one, {}).get("state") not in GOT:
                continue
            for reader in message.readers:
                # In a group only those who are still in it when it comes.
                assert one in self.kept[reader] or (
                    message.chat == GROUP and self.left_since(reader, one)
                ), f"{reader} lacks {one}"
                if one in self.kept[reader]:
                    told = [post["key"]["id"] for post in self.inbound(reader)]
                    assert told.count(one) == 1

    def left_since(self, reader: int, one: str) -> bool:
        """Whether it was out of the group at some moment since the message was sent."""
        return one in self.outside[reader]

    @invariant()
    def acks_go_forward(self) -> None:
        for number in NUMBERS:
            acks: dict[str, list[int]] = {}
            for post in self.board.told(number):
                if post["messageType"] == "message.ack":
                    acks.setdefault(post["key"]["id"], []).append(post["update"]["status"])
            for one, statuses in acks.items():
                assert statuses == [2, 3, 4][: len(statuses)], (one, statuses)

    @invariant()
    def the_group_is_one(self) -> None:
        views = {number: self.board.groups(number).get(GROUP) for number in self.linked}
        for number, view in views.items():
            assert (view is not None) == (number in self.members), number
        known = [view for view in views.values() if view is not None]
        for view in known:
            ranks = {who["id"]: who["admin"] is not None for who in view["participants"]}
            assert ranks == {JIDS[number]: admin for number, admin in self.members.items()}
        assert all(sorted_view(view) == sorted_view(known[0]) for view in known)

    def inbound(self, number: int) -> list[dict[str, Any]]:
        return [
            post
            for post in self.board.told(number)
            if "message" in post and "key" in post and not post["key"]["fromMe"]
        ]

    def teardown(self) -> None:
        """Everybody comes back, and waits long enough."""
        for who, other in sorted(self.off):
            path = f"/instances/<{who}>/contacts/{NUMBERS[other]}"
            self.board.control_api("POST", path, {"state": "reachable"})
        for who in sorted(NUMBERS.keys() - self.linked):
            self.link(who)
        self.board.advance(100)
        self.look()
        self.what_is_delivered_is_there()
        self.acks_go_forward()
        self.the_group_is_one()
        for number, found in self.kept.items():
            for one, known in found.items():
                if known["from_me"]:
                    assert known["state"] in ("read", "stopped"), (number, one, known)
        assert list(self.board.app.runtime.records.bugs) == []


def sorted_view(view: dict[str, Any]) -> dict[str, Any]:
    """A group whose people come in any order: who joined first may differ by who was away."""
    people = sorted(view["participants"], key=lambda who: str(who["id"]))
    return {**view, "participants": people}


@pytest.mark.parametrize("delays", ["0,0,0", "1,2,5"])
def test_instances_that_talk_keep_the_laws(make_app: MakeApp, delays: str) -> None:
    world = load_world("support-desk", root("fixtures"))
    app = make_app(world=world, switches={"ack_delays": delays})
    board = Switchboard(app, 3)

    class Here(Talk):
        open_board = staticmethod(lambda: board)

    assert key_of(1) in board.app.runtime.instances.store.keys()
    run(Here, settings=lawful(40, 25))
