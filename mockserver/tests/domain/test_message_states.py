"""How far messages come: drawn delays, phones that are off, people who block, acks in groups."""

from __future__ import annotations

from base64 import b64encode
from typing import Any

import orjson
import pytest
from megaapi_mock.ids import Ids
from megaapi_mock.spec.authority import Authority
from megaapi_mock.web.app import MockApp

from ..conftest import MakeApp
from ..control import ControlApi
from ..support import AUTH, KEY, START, RecordingTransport

HOOK = "http://127.0.0.1:9/hook"
FRIEND, CONTACT = "5511900000002", "5511900000002@s.whatsapp.net"
COLLEAGUE = "5511900000004"
GROUP = "120363000000000001@g.us"
PERSON = f"/instances/{KEY}/contacts/{FRIEND}"


class Sender:
    """An app whose webhooks are heard, and its control API."""

    def __init__(self, app: MockApp) -> None:
        self.app, self.control_api = app, ControlApi(app)
        app.runtime.instances.publisher.change(KEY, lambda instance: instance.set_webhook(HOOK))

    def send(self, to: str = FRIEND, *, status: int = 200) -> str:
        """A text; the id answered."""
        reply = self.app.test_client().post(
            f"/rest/sendMessage/{KEY}/text",
            json={"messageData": {"to": to, "text": "oi"}},
            headers=AUTH,
        )
        document: Any = reply.get_json()
        assert reply.status_code == status, document
        return "" if status != 200 else str(document["messageData"]["key"]["id"])

    def voice(self) -> None:
        """A voice note."""
        content = self.app.runtime.setup.samples.media("audio")
        data = {"to": FRIEND, "type": "ptt", "base64": b64encode(content).decode()}
        reply = self.app.test_client().post(
            f"/rest/sendMessage/{KEY}/mediaBase64", json={"messageData": data}, headers=AUTH
        )
        assert reply.get_json()["error"] is False

    def contact(self, state: str, number: str = FRIEND) -> dict[str, Any]:
        """A contact's state is set."""
        path = f"/instances/{KEY}/contacts/{number}"
        shown: dict[str, Any] = self.control_api.post(path, {"state": state})
        assert shown["state"] == state == self.control_api.get(path)["state"]
        return shown

    def join(self, number: str) -> None:
        """Somebody is added to the group."""
        reply = self.app.test_client().post(
            f"/rest/group/{KEY}/addParticipants",
            json={"group_data": {"jid": GROUP, "participants": [number]}},
            headers=AUTH,
        )
        assert reply.get_json()["error"] is False

    def later(self, seconds: float) -> None:
        """Time goes by."""
        self.control_api.post("/clock", {"advance": seconds})

    def message(self) -> tuple[str, str | None]:
        """State and reason of the newest message."""
        found = self.control_api.items("/messages")[-1]
        return found["state"], found["reason"]

    def heard(self) -> list[dict[str, Any]]:
        """The acks since the last look, each held to the contract."""
        assert self.app.runtime.webhooks.courier.wait_idle(60)
        transport = self.app.runtime.webhooks.courier._transport
        assert isinstance(transport, RecordingTransport)
        authority = Authority(self.app.runtime.api.description.document)
        deliveries = {row["id"]: row for row in self.control_api.walk("/deliveries")}
        for row in deliveries.values():
            body = orjson.dumps(row["payload"])
            assert authority.webhook_violations(row["event"], body) == []
        payloads = [orjson.loads(body) for _, body, _ in transport.posts]
        transport.posts.clear()
        return [found for found in payloads if found["messageType"] == "message.ack"]

    def statuses(self) -> list[int]:
        """Their statuses."""
        return [ack["update"]["status"] for ack in self.heard()]


@pytest.fixture
def sender(app: MockApp) -> Sender:
    return Sender(app)


def test_a_phone_that_is_off_gets_everything_once_it_is_on(sender: Sender) -> None:
    sender.contact("phone_off")
    sender.send()
    assert sender.statuses() == [2]
    assert sender.message() == ("server", "phone off")
    sender.later(3600)
    assert sender.statuses() == []
    sender.contact("reachable")
    acks = sender.heard()
    assert [ack["update"]["status"] for ack in acks] == [3, 4]
    assert [ack["timestamp"] for ack in acks] == [START + 3600] * 2
    assert sender.message() == ("read", None)


def test_what_waited_keeps_its_distances(make_app: MakeApp) -> None:
    sender = Sender(make_app(switches={"ack_delays": "1,2,5"}))
    sender.contact("phone_off")
    sender.send()
    sender.later(100)
    sender.contact("reachable")
    assert sender.statuses() == [2, 3]
    sender.later(2.5)
    assert sender.statuses() == []
    sender.later(0.5)
    assert sender.statuses() == [4]


def test_a_phone_may_go_off_between_delivered_and_read(make_app: MakeApp) -> None:
    sender = Sender(make_app(switches={"ack_delays": "1,2,5"}))
    sender.send()
    sender.later(3)
    sender.contact("phone_off")
    sender.later(10)
    assert (sender.statuses(), sender.message()) == ([2, 3], ("delivered", "phone off"))
    sender.contact("reachable")
    assert (sender.statuses(), sender.message()) == ([4], ("read", None))


def test_a_phone_back_in_time_changes_nothing(make_app: MakeApp) -> None:
    sender = Sender(make_app(switches={"ack_delays": "1,2,5"}))
    sender.contact("phone_off")
    sender.send()
    sender.later(2)
    sender.contact("reachable")
    assert sender.statuses() == [2, 3]
    sender.later(3)
    assert sender.statuses() == [4]


def test_a_blocked_number_stops_at_the_server(sender: Sender) -> None:
    sender.contact("blocked")
    sender.send()
    assert (sender.statuses(), sender.message()) == ([2], ("stopped", "blocked"))
    sender.contact("reachable")
    assert sender.statuses() == []
    sender.send()
    assert sender.statuses() == [2, 3, 4]


def test_blocking_stops_what_waited_for_the_phone(sender: Sender) -> None:
    sender.contact("phone_off")
    sender.send()
    sender.contact("blocked")
    assert (sender.statuses(), sender.message()) == ([2], ("stopped", "blocked"))


def test_an_account_that_goes_stops_its_messages_and_refuses_new_ones(make_app: MakeApp) -> None:
    sender = Sender(make_app(switches={"ack_delays": "1,2,5"}))
    sender.send()
    sender.contact("unregistered")
    sender.later(10)
    assert (sender.statuses(), sender.message()) == ([2], ("stopped", "not registered"))
    sender.send(status=403)
    found = sender.app.test_client().get(
        f"/rest/instance/isOnWhatsApp/{KEY}?jid={CONTACT}", headers=AUTH
    )
    assert found.get_json()["exists"] is False
    assert len(sender.control_api.items("/messages")) == 1


def test_a_lost_link_stops_what_waits(sender: Sender) -> None:
    sender.contact("phone_off")
    sender.send()
    sender.control_api.post(f"/instances/{KEY}/unlink")
    assert sender.message() == ("stopped", "disconnected")
    sender.control_api.post(f"/instances/{KEY}/link")
    sender.contact("reachable")
    assert sender.statuses() == [2]


def test_others_are_not_kept_waiting(sender: Sender) -> None:
    sender.contact("phone_off")
    sender.send("5511900000004")
    assert sender.statuses() == [2, 3, 4]


def test_voice_notes_are_played(sender: Sender) -> None:
    sender.voice()
    assert (sender.statuses(), sender.message()) == ([2, 3, 4, 5], ("played", None))


def test_without_a_fourth_time_nothing_is_played(make_app: MakeApp) -> None:
    sender = Sender(make_app(switches={"ack_delays": "0,0,0"}))
    sender.voice()
    assert (sender.statuses(), sender.message()) == ([2, 3, 4], ("read", None))


def test_spans_are_drawn_from_the_seed(make_app: MakeApp) -> None:
    def times(seed: int) -> list[int]:
        sender = Sender(make_app(ids=Ids(seed), switches={"ack_delays": "0-100,0-100,0-100"}))
        for _ in range(5):
            sender.send()
        sender.later(100)
        return [ack["timestamp"] for ack in sender.heard()]

    first = times(1)
    assert len(first) == 15 and len(set(first)) > 5
    assert first == times(1) == sorted(first)
    assert first != times(2)


def test_a_group_acknowledges_once_per_step(sender: Sender) -> None:
    sender.send(GROUP)
    acks = sender.heard()
    assert [ack["update"]["status"] for ack in acks] == [2, 3, 4]
    assert all("participant" not in ack["key"] and ack["isGroup"] for ack in acks)


def test_each_participant_acknowledges_where_asked_for(make_app: MakeApp) -> None:
    sender = Sender(make_app(switches={"group_acks": "each"}))
    sender.join(COLLEAGUE)
    sender.contact("phone_off")
    sender.contact("blocked", COLLEAGUE)
    sender.send(GROUP)
    told = [(ack["key"].get("participant"), ack["update"]["status"]) for ack in sender.heard()]
    other = "5511900000004@s.whatsapp.net"
    assert told == [(None, 2), (other, 3), (other, 4)]
    assert sender.message() == ("read", None)
    sender.contact("reachable")
    told = [(ack["key"].get("participant"), ack["update"]["status"]) for ack in sender.heard()]
    assert told == [(CONTACT, 3), (CONTACT, 4)]


def test_a_group_whose_phones_are_all_off_gets_it_once_one_is_on(make_app: MakeApp) -> None:
    """The one other member of this group has the phone off."""
    sender = Sender(make_app(switches={"ack_delays": "1,2,5"}))
    sender.contact("phone_off")
    sender.send(GROUP)
    sender.later(100)
    assert (sender.statuses(), sender.message()) == ([2], ("server", "phone off"))
    sender.contact("phone_off", COLLEAGUE)
    sender.contact("reachable", COLLEAGUE)
    assert (sender.statuses(), sender.message()) == ([], ("server", "phone off"))
    sender.contact("reachable")
    assert (sender.statuses(), sender.message()) == ([3], ("delivered", None))
    sender.contact("phone_off")
    sender.later(10)
    assert (sender.statuses(), sender.message()) == ([], ("delivered", "phone off"))
    sender.contact("reachable")
    assert (sender.statuses(), sender.message()) == ([4], ("read", None))


def test_a_group_has_it_when_one_of_it_has(sender: Sender) -> None:
    sender.join(COLLEAGUE)
    sender.contact("phone_off")
    sender.send(GROUP)
    assert (sender.statuses(), sender.message()) == ([2, 3, 4], ("read", None))
    # Who blocks the number still reads what it writes in a common group.
    sender.contact("blocked", COLLEAGUE)
    sender.send(GROUP)
    assert (sender.statuses(), sender.message()) == ([2, 3, 4], ("read", None))


def test_a_group_in_which_nobody_is_left_gets_nothing(sender: Sender) -> None:
    sender.join(COLLEAGUE)
    sender.contact("phone_off")
    sender.contact("unregistered", COLLEAGUE)
    sender.send(GROUP)
    assert (sender.statuses(), sender.message()) == ([2], ("server", "phone off"))
    sender.contact("unregistered")
    assert (sender.statuses(), sender.message()) == ([], ("stopped", "not registered"))


def test_a_group_of_phones_that_are_off_says_so_of_each_too(make_app: MakeApp) -> None:
    sender = Sender(make_app(switches={"group_acks": "each"}))
    sender.join(COLLEAGUE)
    sender.contact("phone_off")
    sender.contact("phone_off", COLLEAGUE)
    sender.send(GROUP)
    assert (sender.statuses(), sender.message()) == ([2], ("server", "phone off"))
    sender.contact("reachable", COLLEAGUE)
    assert (sender.statuses(), sender.message()) == ([3, 4], ("read", None))
    sender.contact("reachable")
    assert (sender.statuses(), sender.message()) == ([3, 4], ("read", None))


def test_a_phone_that_comes_back_later_ends_the_reason_too(make_app: MakeApp) -> None:
    """One has it, then nobody can be reached; the other's phone gets it before anybody reads."""
    sender = Sender(make_app(switches={"group_acks": "each", "ack_delays": "1,2,5"}))
    sender.join(COLLEAGUE)
    sender.contact("phone_off")
    sender.send(GROUP)
    sender.later(3)
    sender.contact("phone_off", COLLEAGUE)
    sender.later(10)
    assert (sender.statuses(), sender.message()) == ([2, 3], ("delivered", "phone off"))
    sender.contact("reachable")
    assert (sender.statuses(), sender.message()) == ([3], ("delivered", None))


@pytest.mark.parametrize("generation", ["2023", "2024", "2025", "2026"])
def test_what_was_sent_to_a_hidden_number_is_told_as_its_person_is_met(
    make_app: MakeApp, generation: str
) -> None:
    sender = Sender(make_app(switches={"payload_generation": generation}))
    sender.send("100000000000002@lid")
    sender.send("200000000000000@lid")
    assert sender.app.runtime.webhooks.courier.wait_idle(60)
    told = [delivery["payload"] for delivery in sender.control_api.walk("/deliveries")]
    named = [one["key"]["remoteJid"] for one in told if one["messageType"] != "message.ack"]
    assert named == [CONTACT, "200000000000000@lid"]


def test_whom_nobody_knows_has_no_state(calm: ControlApi) -> None:
    for number in ("5511900000099", "someone"):
        sentence = calm.refusal("POST", f"/instances/{KEY}/contacts/{number}", {})
        assert "has no WhatsApp account" in sentence
    assert "state: must be reachable, blocked, " in calm.refusal(
        "POST", PERSON, {"state": "asleep"}
    )
    calm.refusal("GET", "/instances/nobody/contacts/5511900000002", status=404)


def test_a_contact_is_found_by_every_address(control_api: ControlApi) -> None:
    shown = control_api.post(
        f"/instances/{KEY}/contacts/100000000000002@lid", {"state": "phone_off"}
    )
    assert (
        shown == control_api.get(PERSON) == control_api.get(f"/instances/{KEY}/contacts/{CONTACT}")
    )
    assert (shown["number"], shown["jid"]) == (FRIEND, CONTACT)
    assert control_api.post(PERSON)["state"] == "reachable"


def test_a_reset_makes_everybody_reachable(sender: Sender) -> None:
    sender.contact("blocked")
    sender.control_api.post(f"/reset?instance={KEY}")
    assert sender.control_api.get(PERSON)["state"] == "reachable"
