"""Calls, presence and changes of groups: what they do, tell, and refuse."""

from __future__ import annotations

from typing import Any

import orjson
import pytest
from megaapi_mock.domain.jid import Jid
from megaapi_mock.domain.presence import PRESENCES
from megaapi_mock.errors import Conflict, ControlRefused, Invalid
from megaapi_mock.simulation.contact_events import NON_MESSAGE_EVENTS, ContactEvents
from megaapi_mock.simulation.people import person_named
from megaapi_mock.web.app import MockApp

from ..conftest import MakeApp
from ..support import KEY, START, RecordingTransport

OWN, MEMBER, OTHER = (f"55119000000{end}@s.whatsapp.net" for end in ("01", "02", "04"))
GROUP = "120363000000000001@g.us"
DEEP = {"data.status.deep": 1}


class Contacts:
    """Events of contacts in an app whose webhooks are heard."""

    def __init__(self, app: MockApp) -> None:
        self.runtime = app.runtime
        runtime = app.runtime
        self.events = ContactEvents(runtime.instances, runtime.records, runtime.setup.samples)
        runtime.instances.publisher.change(KEY, lambda each: each.set_webhook("http://x.test/"))

    def do(self, event: str, sender: str = MEMBER, **body: Any) -> tuple[Any, Any]:
        """The control API's answer, and the payload of its only webhook."""
        answer = self.events.happen(KEY, event, self.person(sender), body)
        [payload] = self.payloads()
        return answer, payload

    def refused(self, event: str, sender: str = MEMBER, **body: Any) -> str:
        """Why it does not happen; nothing has been told to anybody then."""
        with pytest.raises(ControlRefused) as refusal:
            self.events.happen(KEY, event, self.person(sender), body)
        assert self.payloads() == []
        return str(refusal.value)

    def person(self, address: str) -> Any:
        return person_named(self.runtime.instances.store.gateway, "from", address)

    def payloads(self) -> list[Any]:
        courier = self.runtime.webhooks.courier
        assert courier.wait_idle(60)
        transport: Any = courier._transport
        assert isinstance(transport, RecordingTransport)
        bodies = [orjson.loads(body) for _, body, _ in transport.posts]
        transport.posts.clear()
        return bodies

    def members(self) -> dict[str, str | None]:
        with self.runtime.instances.store.read(KEY) as instance:
            group = instance.groups.get(Jid.parse(GROUP))
            assert group is not None
            return {str(each.jid): each.admin for each in group.participants}


@pytest.fixture
def contacts(app: MockApp) -> Contacts:
    return Contacts(app)


def test_the_first_option_is_what_happens_where_a_test_names_none(contacts: Contacts) -> None:
    assert contacts.do("call")[1]["data"]["status"] == NON_MESSAGE_EVENTS["call"][1][0]
    presences = contacts.do("presence")[1]["presences"]
    assert presences[MEMBER]["lastKnownPresence"] == PRESENCES[0] == "composing"


def test_a_call_names_its_caller_chat_and_time(contacts: Contacts) -> None:
    answer, payload = contacts.do("call", option="timeout")
    assert answer == {"instance": KEY, "event": "call", "time": START}
    call = payload["data"]
    assert (call["chatId"], call["from"], call["status"]) == (MEMBER, MEMBER, "timeout")
    assert (call["isGroup"], call["date"]) == (False, "2026-01-01T00:00:00.000Z")
    assert "groupJid" not in call
    again = contacts.do("call", group=GROUP)[1]["data"]
    assert (again["chatId"], again["groupJid"], again["isGroup"]) == (GROUP, GROUP, True)
    assert again["from"] == MEMBER and again["id"] != call["id"]


def test_changes_of_members_are_made_and_told(contacts: Contacts) -> None:
    contacts.do("group-participants", OWN, option="promote", to=MEMBER, group=GROUP)
    steps: tuple[tuple[str, dict[str, str | None]], ...] = (
        ("add", {OTHER: None}),
        ("promote", {OTHER: "admin"}),
        ("demote", {OTHER: None}),
        ("remove", {}),
    )
    for option, rank in steps:
        _, payload = contacts.do("group-participants", option=option, to=OTHER, group=GROUP)
        assert (payload["id"], payload["author"], payload["action"]) == (GROUP, MEMBER, option)
        assert payload["participants"] == [OTHER]
        assert contacts.members() == {OWN: "superadmin", MEMBER: "admin", **rank}


def test_an_update_gives_the_group_what_set_names_or_the_samples_subject(
    contacts: Contacts,
) -> None:
    _, payload = contacts.do("group-update", group=GROUP, set={"subject": "Nova equipe"})
    assert (payload["id"], payload["subject"], payload["author"]) == (GROUP, "Nova equipe", MEMBER)
    sample = contacts.runtime.setup.samples.payload("group-update")["subject"]
    assert contacts.do("group-update", group=GROUP)[1]["subject"] == sample
    with contacts.runtime.instances.store.read(KEY) as instance:
        group = instance.groups.get(Jid.parse(GROUP))
        assert group is not None and group.subject == sample


def test_what_set_names_replaces_a_field_of_the_payload_alone(contacts: Contacts) -> None:
    _, payload = contacts.do("call", set={"data.isVideo": True, "extra": 1})
    assert payload["data"]["isVideo"] is True and payload["data"]["from"] == MEMBER
    assert payload["extra"] == 1


def test_a_path_that_leads_nowhere_is_refused(contacts: Contacts) -> None:
    with pytest.raises(Invalid, match=r"data\.status\.deep"):
        contacts.events.happen(KEY, "call", contacts.person(MEMBER), {"set": DEEP})
    assert contacts.payloads() == []


@pytest.mark.parametrize(
    ("event", "body", "reason"),
    [
        ("call", {"option": "maybe"}, "option: 'maybe' is not one of offer, ringing"),
        ("call", {"media": "aGk="}, "media: call is not a message and does not take it"),
        *(
            (event, {"to": OTHER, **body}, f"to: {event} is not a message and does not take it")
            for event, body in (("call", {}), ("presence", {}), ("group-update", {"group": GROUP}))
        ),
        ("group-update", {"group": GROUP, "option": "add"}, "option: group-update is not"),
        ("group-update", {}, "group: group-update happens in a group: give its JID"),
        ("presence", {"group": "120363000000000009@g.us"}, f"is not a group of {KEY}"),
        ("group-update", {"group": GROUP, "set": {"announce": "x"}}, "announce must be true or"),
        ("group-update", {"group": GROUP, "set": {"subject": 1}}, "subject must be a string"),
    ],
)
def test_what_cannot_happen_is_refused_and_told_to_nobody(
    contacts: Contacts, event: str, body: dict[str, Any], reason: str
) -> None:
    assert reason in contacts.refused(event, **body)


@pytest.mark.parametrize("event", ["call", "presence"])
def test_the_owner_is_not_told_of_the_owner(contacts: Contacts, event: str) -> None:
    assert f"{event} cannot be done on the instance's own phone" in contacts.refused(event, OWN)


def test_nobody_without_an_account_can_be_added(contacts: Contacts) -> None:
    person = contacts.person(OTHER)
    contacts.runtime.instances.publisher.change(
        KEY, lambda each: each.contact_states.set(person, "unregistered")
    )
    body = {"option": "add", "to": OTHER, "group": GROUP}
    assert "has no WhatsApp account any more" in contacts.refused("group-participants", OWN, **body)
    assert OTHER not in contacts.members()


def test_streams_show_calls_and_presence_but_no_group_changes(
    contacts: Contacts, monkeypatch: pytest.MonkeyPatch
) -> None:
    shown: list[tuple[Any, ...]] = []
    journal = contacts.runtime.records.journal
    monkeypatch.setattr(journal, "show", lambda *parts, **more: shown.append(parts))
    contacts.do("presence", group=GROUP, option="paused")
    contacts.do("group-update", group=GROUP)
    calls = [parts for parts in shown if parts[0] in ("call", "presence")]
    assert calls == [
        (
            "presence",
            KEY,
            {
                "instance": KEY,
                "event": "presence",
                "time": START,
                "chat": GROUP,
                "participant": MEMBER,
                "option": "paused",
            },
        )
    ]


def test_one_who_is_met_by_lid_is_named_by_it(make_app: MakeApp) -> None:
    contacts = Contacts(make_app(switches={"addressing": "lid"}))
    assert contacts.do("call")[1]["data"]["from"] == "100000000000002@lid"
    assert list(contacts.do("presence")[1]["presences"]) == ["100000000000002@lid"]


def test_an_instance_without_a_link_is_told_nothing(contacts: Contacts) -> None:
    contacts.runtime.instances.publisher.change(KEY, lambda each: each.linking.logout())
    contacts.payloads()
    with pytest.raises(Conflict, match="is not linked"):
        contacts.events.happen(KEY, "call", contacts.person(MEMBER), {})
    assert contacts.payloads() == []
