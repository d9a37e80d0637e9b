"""Whatever grows from outside stops growing: by number and in bytes, and says so where one asks."""

from __future__ import annotations

import gc
import threading
import weakref
from collections.abc import Callable
from typing import Any

import orjson
import pytest
from megaapi_mock.clock import Clock
from megaapi_mock.commands import emitter
from megaapi_mock.domain import chat_marks, chats, contact_states, groups, settings
from megaapi_mock.domain.agenda import OTHERS_MOST
from megaapi_mock.domain.contacts import Directory
from megaapi_mock.domain.gateway import Gateway, InstanceSeed
from megaapi_mock.domain.instance import Instance
from megaapi_mock.domain.jid import Jid
from megaapi_mock.domain.media import BLOB, Vault
from megaapi_mock.domain.message import Message
from megaapi_mock.domain.rules import Rules
from megaapi_mock.domain.undo_table import UndoTable
from megaapi_mock.errors import Conflict, Unusable
from megaapi_mock.faults import active, armed_fault
from megaapi_mock.ids import Ids
from megaapi_mock.profile import default_profile
from megaapi_mock.records.delivery import Delivery
from megaapi_mock.settings import Settings
from megaapi_mock.spec.plans import EVERY_PLAN
from megaapi_mock.store import due_times
from megaapi_mock.store.memory import MemoryStore
from megaapi_mock.web.app import MockApp
from megaapi_mock.web.control import lists, state_routes

from .conftest import MakeApp
from .support import KEY, START
from .switchboard import Switchboard

FRIEND = "5511900000002"
DESK, FIELD = "5511900000001", "5511900000003"


def store_of(**rules: Any) -> MemoryStore:
    """One linked instance, `a`, whose clock stands still."""
    return MemoryStore(
        Gateway(
            clock=Clock(frozen_at=START),
            ids=Ids(0),
            directory=Directory(),
            rules=Rules(**{"ack_delays": (5, 6, 7, 8), **rules}),
            vault=Vault(),
            seeds=(InstanceSeed("a", "A", DESK, connected=True),),
        )
    )


def send(store: MemoryStore, text: str = "oi", to: str = FRIEND) -> str:
    with store.change("a") as instance:
        content = {"extendedTextMessage": {"text": text}}
        answer = instance.chats.send(instance.chats.recipient(to), content)
        instance.take_events()
        return str(answer["key"]["id"])


def look(store: MemoryStore, at: Callable[[Instance], Any]) -> Any:
    with store.change("a") as instance:
        return at(instance)


# -- what an instance plans --------------------------------------------------------------------


def test_a_refused_call_does_not_touch_what_is_planned() -> None:
    store = store_of()
    for _ in range(50):
        send(store)
    planned = look(store, lambda instance: instance.state.agenda)
    before = list(planned)
    with pytest.raises(RuntimeError), store.change("a") as instance:
        instance.chats.send(instance.chats.recipient(FRIEND), {"x": {}})
        raise RuntimeError
    assert look(store, lambda instance: instance.state.agenda) is planned
    assert planned == before


def state_at(store: MemoryStore, seconds: float, message_id: str) -> str | None:
    """The message's state when so many seconds have passed."""
    with store.change("a", START + seconds) as instance:
        instance.wake(START + seconds)
        message = instance.messages.get(message_id)
        return None if message is None else message.state


def test_what_a_refused_call_did_early_is_planned_again() -> None:
    store = store_of()
    sent = send(store)
    with pytest.raises(RuntimeError), store.change("a", START + 6.5) as instance:
        instance.chats.send(instance.chats.recipient(FRIEND), {"x": {}})
        instance.wake(START + 6.5)
        message = instance.messages.get(sent)
        assert message is not None and message.state == "delivered"
        raise RuntimeError
    states = [state_at(store, seconds, sent) for seconds in (4, 5, 6.5, 7.5)]
    assert states == ["pending", "server", "delivered", "read"]


def test_acks_of_messages_no_longer_kept_are_not_planned_for_ever() -> None:
    store = store_of(messages_kept=10)
    for _ in range(2_000):
        send(store)
    planned = look(store, lambda instance: instance.state.agenda)
    assert len(planned) <= 4 * 10 + OTHERS_MOST
    kept = look(store, lambda instance: set(instance.messages))
    # Whatever else went: all acks of what is kept are there.
    assert sorted(due[4][1] for due in planned if due[4][0] in kept) == sorted(
        10 * ["server", "delivered", "read"]
    )


def test_acks_of_every_phone_in_a_group_are_bounded_too() -> None:
    store = store_of(messages_kept=10, each_in_group=True)
    with store.change("a") as instance:
        people = [f"551190000{number:04d}" for number in range(100, 400)]
        group = instance.groups.create("Vendas", people)
    for _ in range(50):
        send(store, to=str(group.jid))
    planned = look(store, lambda instance: instance.state.agenda)
    assert len(planned) <= 4 * 10 + OTHERS_MOST
    newest = look(store, lambda instance: list(instance.messages)[-1])
    assert sum(due[4][0] == newest for due in planned) == 1 + 2 * 300


def test_turns_that_no_longer_count_do_not_pile_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(due_times, "STALE_MOST", 10)
    store, clock = store_of(ack_delays=(1, 1, 1, 1)), START
    with store.change("a") as instance:
        instance.schedule(86_400, "qr")
    for _ in range(200):
        send(store)
        clock += 2
        store.gateway.clock.set(clock)
        with store.change("a"):
            pass
    assert len(store._due_times) <= 2 + 10
    assert store.next_due() == (START + 86_400, "a")


# -- what an instance remembers ----------------------------------------------------------------


def test_messages_are_bounded_in_bytes_and_the_oldest_go() -> None:
    store = store_of(messages_bytes=100_000)
    sent = [send(store, "x" * 10_000) for _ in range(30)]
    kept = look(store, lambda instance: list(instance.messages))
    assert kept == sent[-len(kept) :]
    assert 8 <= len(kept) <= 10
    assert set(look(store, lambda instance: instance.state.moving)) == set(kept)


def test_a_message_larger_than_the_bound_is_kept_alone() -> None:
    store = store_of(messages_bytes=1_000)
    send(store)
    large = send(store, "x" * 10_000)
    assert look(store, lambda instance: list(instance.messages)) == [large]
    small = send(store)
    assert look(store, lambda instance: list(instance.messages)) == [small]


def test_media_types_and_chats_with_presence_are_bounded_in_bytes() -> None:
    store = store_of(messages_bytes=100_000)
    for number in range(30):
        with store.change("a") as instance:
            instance.keep_media("document", f"{number}/" + "x" * 10_000, b"same")
            instance.set_presence(f"{number}" + "x" * 10_000, "composing")
    with store.change("a") as instance:
        assert 8 <= len(instance.media) <= 10
        assert 8 <= len(instance.state.presence) <= 10


def test_a_size_follows_every_way_a_row_can_change() -> None:
    store = store_of(messages_bytes=10**6)
    send(store, "x" * 1_000)
    with pytest.raises(RuntimeError), store.change("a") as instance:
        instance.chats.send(instance.chats.recipient(FRIEND), {"x": {"y": "z" * 5_000}})
        raise RuntimeError
    with store.change("a") as instance:
        for message in list(instance.messages.values()):
            instance.messages.put(message.id, message.with_state("stopped", "a reason"))
    with store.change("a") as instance:
        table = instance.messages
        assert table.size == table._count_bytes() > 1_000
        table.remove(next(iter(table)))
    assert look(store, lambda instance: instance.messages.size) == 0


def test_people_whose_addresses_messages_share_are_bounded(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(chats, "PEOPLE_MOST", 20)
    store = store_of()
    for number in range(100):
        send(store, to=f"55119{number:08d}")
    assert len(look(store, lambda instance: instance.chats._people)) <= 20
    # Few of them share one text: that is what they are remembered for.
    send(store), send(store)
    *_, one, other = look(store, lambda instance: list(instance.messages.values()))
    assert one.chat is other.chat and one.remote_jid is other.remote_jid


def test_people_with_a_state_of_their_own_are_bounded(
    make_app: MakeApp, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(contact_states, "PEOPLE_MOST", 3)
    board = Switchboard(make_app(), 1)
    for number in range(3):
        path = f"/instances/<1>/contacts/551190000010{number}"
        board.control_api("POST", path, {"state": "phone_off"})
    path = "/instances/<1>/contacts/5511900000109"
    refused = board.control_api("POST", path, {"state": "phone_off"}, 409)
    assert "3 people have a state of their own" in refused["error"]
    assert board.control_api("GET", path)["state"] == "reachable"
    board.control_api("POST", "/instances/<1>/contacts/5511900000100", {"state": "blocked"})


@pytest.mark.parametrize("name", ["pinned", "blocked"])
@pytest.mark.parametrize("bytes_most", [700, 10**6])
def test_chats_that_are_pinned_or_blocked_are_bounded(
    name: str, bytes_most: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(chat_marks, "MARKS_MOST", 3)
    store = store_of(messages_bytes=bytes_most)
    people = [Jid.parse(f"551190000010{number}") for number in range(4)]

    def mark(person: Jid, on: bool = True) -> None:
        with store.change("a") as instance:
            if name == "pinned":
                instance.chats.pin(person, keep=on)
            else:
                instance.chats.block(person, shut_out=on)

    for person in people[:3]:
        mark(person)
    with pytest.raises(Unusable, match="a remembers 3 of these: let some go"):
        mark(people[3])
    mark(people[0])
    assert [*look(store, lambda instance: getattr(instance.state, name))] == people[:3]
    mark(people[1], on=False)
    mark(people[3])
    assert look(store, lambda instance: instance.state.size) > 3 * len(people[0])


def test_people_with_a_state_of_their_own_are_bounded_in_bytes() -> None:
    store = store_of(messages_bytes=700)
    people = [Directory().owner(f"551190000010{number}") for number in range(4)]
    for person in people[:3]:
        with store.change("a") as instance:
            instance.contact_states.set(person, "phone_off")
            instance.contact_states.show_buttons(person, False)
    with pytest.raises(Conflict, match="3 people"), store.change("a") as instance:
        instance.contact_states.set(people[3], "phone_off")
    with pytest.raises(Conflict, match="3 people"), store.change("a") as instance:
        instance.contact_states.show_buttons(people[3], False)
    with store.change("a") as instance:
        instance.contact_states.set(people[0], "blocked")


def test_pictures_that_were_set_are_bounded_in_bytes() -> None:
    store = store_of(messages_bytes=1_000)
    groups_left = [Jid.parse(f"1203630000000000{number:02}@g.us") for number in range(30)]
    for group in groups_left:
        with store.change("a") as instance:
            instance.own_profile.set_picture(group, "https://files.example.test/a.jpg")
    assert [*look(store, lambda instance: instance.state.pictures)] == groups_left[-4:]


def test_what_the_phones_of_a_group_say_counts_as_its_messages_do() -> None:
    store = store_of(messages_bytes=100_000, each_in_group=True, ack_delays=((0.0,) * 4))
    with store.change("a") as instance:
        people = [f"55119000{number:05}" for number in range(50)]
        group = instance.groups.create("Vendas", people)
    sent = [send(store, to=group.jid) for _ in range(40)]
    kept = look(store, lambda instance: list(instance.messages))
    assert 0 < len(kept) <= 20 and kept == sent[-len(kept) :]
    assert look(store, lambda instance: [*instance.state.phone_steps]) == kept
    size = look(store, lambda instance: instance.state.size - instance.state.group_table.size)
    # The newest stays whatever it takes.
    assert size < 100_000 + 10_000


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("instance/setProfileName/{}", {"name": "<long>"}),
        ("instance/setProfileStatus/{}", {"status": "<long>"}),
        ("webhook/{}/configWebhook", {"webhookUrl": "<long>", "webhookEnabled": True}),
    ],
)
def test_texts_of_settings_are_bounded(path: str, body: dict[str, Any], make_app: MakeApp) -> None:
    board = Switchboard(make_app(profile=default_profile(EVERY_PLAN)), 1)
    for length, status in ((settings.TEXT_MOST, 200), (settings.TEXT_MOST + 1, 500)):
        data = {name: "x" * length if value == "<long>" else value for name, value in body.items()}
        board.ask(1, "POST", path, {"messageData": data}, status)
    calls = board.control_api("GET", "/exchanges?limit=5000")["items"]
    assert any("characters: at most 4,096 are kept" in (each["reason"] or "") for each in calls)


def test_groups_are_bounded_by_number_and_in_bytes(
    make_app: MakeApp, monkeypatch: pytest.MonkeyPatch
) -> None:
    board = Switchboard(make_app(settings=Settings(messages_bytes=10_000)), 1)
    before = len(board.groups(1))

    def create(name: str, status: int = 200) -> None:
        data = {"group_name": name, "participants": [FRIEND]}
        board.ask(1, "POST", "group/{}/create", {"group_data": data}, status)

    create("x" * 11_000, 500)
    create("x" * 5_000)
    create("x" * 5_000, 500)
    monkeypatch.setattr(groups, "GROUPS_MOST", before + 2)
    create("Vendas")
    create("Vendas", 500)
    assert len(board.groups(1)) == before + 2
    newest = board.control_api("GET", "/exchanges?limit=5000")["items"][-2]
    assert "too many groups" in newest["reason"]


@pytest.mark.parametrize("status", ["419", "403"])
def test_a_group_is_full_as_whatsapps_are(
    status: str, make_app: MakeApp, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(groups, "PARTICIPANTS_MOST", 3)
    board = Switchboard(make_app(switches={"group_full": status}), 1)
    data = {"group_name": "Vendas", "participants": [f"551190000010{n}" for n in range(4)]}
    group = board.ask(1, "POST", "group/{}/create", {"group_data": data})["group"]
    assert group["size"] == 3
    added = {"jid": group["id"], "participants": ["5511900000109"]}
    [[one]] = board.ask(1, "POST", "group/{}/addParticipants", {"group_data": added})[
        "updatedParticipants"
    ]
    assert one["status"] == status
    assert board.groups(1)[group["id"]]["size"] == 3


def test_names_of_events_are_bounded(make_app: MakeApp, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(settings, "NAMES_MOST", 20)
    board = Switchboard(make_app(), 1)
    for path in ("blockEvents", "configAcceptWebhooks", "configAcceptStatus"):
        for batch in range(10):
            names = [f"{path}{batch}.{number}" for number in range(10)]
            body = {"messageData": {"events": ["x" * 1_000, *names]}}
            board.ask(1, "POST", f"config/{{}}/{path}", body)
    found = board.ask(1, "GET", "config/{}")["configData"]
    assert {name: len(kept) <= 20 for name, kept in found.items()} == {
        "blockEvents": True,
        "webhookEvents": True,
        "statusEvents": True,
    }
    assert (
        "names were ignored"
        in board.control_api("GET", "/exchanges?limit=5000")["items"][-2]["reason"]
    )


# -- what waits for an answer before it to leave -----------------------------------------------


@pytest.mark.parametrize(
    "bounds", [Settings(outbox_limit=10), Settings(outbox_bytes=5_000)], ids=["number", "bytes"]
)
def test_webhooks_behind_a_late_answer_are_bounded(make_app: MakeApp, bounds: Settings) -> None:
    board = Switchboard(make_app(settings=bounds), 1)
    publisher = board.app.runtime.instances.publisher
    with publisher.changing(KEY) as (instance, late):
        instance.chats.send(
            instance.chats.recipient(FRIEND), {"extendedTextMessage": {"text": "oi"}}
        )
    for _ in range(30):
        board.send(1, FRIEND)
    room = board.app.runtime.instances.store.owed._room
    assert room.count <= 10 + 4 or room.size <= 5_000 + 4 * 500
    owed = board.control_api("GET", "/deliveries?limit=500")["items"]
    states = [row["state"] for row in owed]
    assert states.count("dropped") >= 80 and states[0] == "queued"
    assert states.count("queued") == room.count
    assert owed[-1]["reason"].endswith("wait already for answers before them to leave")
    publisher.release(late)
    assert room.count == room.size == 0
    assert board.app.runtime.webhooks.courier.wait_idle(60)
    states = [row["state"] for row in board.control_api("GET", "/deliveries?limit=500")["items"]]
    assert "queued" not in states and "delivered" in states
    assert board.acks(1, board.send(1, FRIEND)) == [2, 3, 4]


def test_what_a_reset_ends_makes_room(make_app: MakeApp) -> None:
    board = Switchboard(make_app(), 1)
    publisher = board.app.runtime.instances.publisher
    with publisher.changing(KEY) as (instance, _late):
        instance.chats.send(
            instance.chats.recipient(FRIEND), {"extendedTextMessage": {"text": "oi"}}
        )
    assert board.app.runtime.instances.store.owed._room.count > 0
    board.control_api("POST", "/reset")
    assert (
        board.app.runtime.instances.store.owed._room.count
        == board.app.runtime.instances.store.owed._room.size
        == 0
    )


# -- the mock as a whole -----------------------------------------------------------------------


def test_instances_are_bounded(make_app: MakeApp) -> None:
    board = Switchboard(make_app(settings=Settings(instances_limit=4)), 1)
    for _ in range(2):
        board.control_api("POST", "/instances", {}, 201)
    refused = board.control_api("POST", "/instances", {}, 409)
    assert "there are 4 instances already" in refused["error"]
    board.control_api("DELETE", "/instances/<2>")
    board.control_api("POST", "/instances", {}, 201)


def test_faults_are_bounded_in_bytes(make_app: MakeApp, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(active, "GIVEN_MOST", 100_000)
    board = Switchboard(make_app(), 1)
    wishes = {"fault": "reply", "status": 500, "body": "x" * 40_000}
    board.control_api("POST", "/faults", wishes, 201)
    board.control_api("POST", "/faults", wishes, 201)
    refused = board.control_api("POST", "/faults", wishes, 413)
    assert "all faults together" in refused["error"]
    assert len(board.control_api("GET", "/faults")["items"]) == 2
    board.control_api("DELETE", "/faults/f1")
    board.control_api("POST", "/faults", wishes, 201)


def test_what_all_faults_know_of_instances_is_bounded(
    make_app: MakeApp, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(armed_fault, "TALLIES_IN_ALL", 40)
    monkeypatch.setattr(armed_fault, "TALLIES_LEAST", 3)
    faults = make_app().runtime.faults
    [operation] = [one for one in faults._operations.values() if one.id == "send_text"]
    made = [faults.arm({"fault": "rate-limit", "calls": 100}) for _ in range(8)]
    for number in range(50):
        faults.match([], operation, f"key{number}", None)
    assert {len(fault.tallies) for fault in made} == {40 // 8}


def test_numbers_of_faults_of_instances_that_are_gone_are_bounded(
    make_app: MakeApp, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(active, "NUMBERED_MOST", 10)
    faults = make_app().runtime.faults
    for number in range(50):
        made = faults.arm({"fault": "empty-200", "instance": f"key{number}"})
        assert made.id == f"f1.key{number}"
        faults.clear(made.id)
    assert len(faults._numbers) == 10
    assert faults.arm({"fault": "empty-200", "instance": "key49"}).id == "f2.key49"


def test_empty_files_count_too(make_app: MakeApp) -> None:
    vault = Vault(budget=10_000)
    for number in range(1_000):
        vault.put(b"%d" % number)
    assert len(vault.blobs()) <= 10_000 // BLOB


# -- what the control API hands out ------------------------------------------------------------


def test_a_page_of_large_records_is_several(
    make_app: MakeApp, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(lists, "PAGE_BYTES", 100_000)
    board = Switchboard(make_app(), 1)
    sent = [board.send(1, FRIEND, "x" * 30_000) for _ in range(8)]
    for what, expected in (("messages", 8), ("exchanges?operation=send_text", 8)):
        joint = "&" if "?" in what else "?"
        page, pages = board.control_api("GET", f"/{what}{joint}limit=5000"), 1
        found = page["items"]
        while page["next"] is not None:
            assert len(page["items"]) <= 3
            page = board.control_api("GET", f"/{what}{joint}limit=5000&since={page['next']}")
            found, pages = [*found, *page["items"]], pages + 1
        assert (len(found), len({row["id"] for row in found})) == (expected, expected)
        assert pages >= 3
    assert list(board.messages(1)) != [] and sent


def test_states_are_made_two_at_a_time(make_app: MakeApp, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(state_routes, "STATE_PATIENCE", 0.01)
    board, gate = Switchboard(make_app(), 1), threading.Event()
    inside = threading.Semaphore(0)

    def slow(*_arguments: Any) -> dict[str, Any]:
        inside.release()
        assert gate.wait(60)
        return {}

    monkeypatch.setattr(state_routes.save_state, "save", slow)
    clients = [board.app.test_client() for _ in range(2)]
    threads = [threading.Thread(target=one.get, args=("/_mock/state",)) for one in clients]
    for thread in threads:
        thread.start()
    for _ in threads:
        assert inside.acquire(timeout=60)
    refused = board.control_api("GET", "/state", None, 503)
    assert "2 states are being saved or loaded already" in refused["error"]
    gate.set()
    for thread in threads:
        thread.join()
    board.control_api("GET", "/state")


def test_failures_that_emit_tells_apart_are_bounded() -> None:
    tally = emitter.DeliveryCounts()
    for number in range(1_000):
        failed = Delivery(f"d{number}", START, KEY, "e", "t", "http://127.0.0.1:9/", b"", KEY)
        failed.state, failed.reason = "failed", f"its first line is {number}"
        tally.add(failed)
    assert tally.failure_count == 1_000
    assert len(tally.failures) == emitter.FAILURES_MOST + 1
    assert tally.failures["other failures"] == 1_000 - emitter.FAILURES_MOST


# -- what waits for another instance -----------------------------------------------------------


def mailbox(app: MockApp, key: str) -> list[Any]:
    with app.runtime.instances.store.change(key) as instance:
        return list(instance.state.unread.values())


@pytest.fixture
def limited(make_app: MakeApp) -> Switchboard:
    """Two instances that write to each other, each keeping 20 messages of 100,000 bytes."""
    app = make_app(settings=Settings(messages_limit=20, messages_bytes=100_000))
    board = Switchboard(app, 2)
    board.link(2)
    board.unlink(2)
    return board


def test_messages_to_an_unlinked_instance_are_bounded(limited: Switchboard) -> None:
    sent = [limited.send(1, FIELD) for _ in range(50)]
    assert [
        envelope.content.id for envelope in mailbox(limited.app, "megacode-TESTKEY0002")
    ] == sent[-20:]
    limited.link(2)
    assert list(limited.messages(2)) == sent[-20:]
    assert mailbox(limited.app, "megacode-TESTKEY0002") == []


def test_messages_to_an_unlinked_instance_are_bounded_in_bytes(limited: Switchboard) -> None:
    sent = [limited.send(1, FIELD, "x" * 30_000) for _ in range(10)]
    waiting = [envelope.content.id for envelope in mailbox(limited.app, "megacode-TESTKEY0002")]
    assert waiting == sent[-3:]
    limited.send(1, FIELD, "x" * 200_000)
    assert len(mailbox(limited.app, "megacode-TESTKEY0002")) == 1


def test_who_wrote_what_is_lost_hears_of_it(limited: Switchboard) -> None:
    made = {"key": "megacode-TESTKEY0003", "number": "5511900000005", "connected": True}
    limited.control_api("POST", "/instances", made)
    lost, *others = [limited.send(1, FIELD) for _ in range(10)]
    for _ in range(11):
        limited.send(3, FIELD)
    reasons = {row["id"]: row["reason"] for row in limited.messages(1).values()}
    assert reasons[lost] == "lost: too many waited for megacode-TESTKEY0002"
    assert {reasons[one] for one in others} == {"not linked"}


def test_a_contact_change_concerns_what_that_contact_wrote(limited: Switchboard) -> None:
    """Not every message is answered again, when nothing has changed for it."""
    for _ in range(20):
        limited.send(1, FIELD)
    before = orjson.dumps(limited.messages(1))
    written: list[Any] = []
    with limited.app.runtime.instances.store.change("megacode-TESTKEY0002") as instance:
        contact = instance.person(chats.Jid.parse(FRIEND))
        assert contact is not None
        instance.contact_states.set(contact, "phone_off")
        written = instance.take_peer_messages()
    assert written == []
    assert orjson.dumps(limited.messages(1)) == before


def reset(app: MockApp) -> None:
    assert app.test_client().post("/_mock/reset").status_code == 200


def reset_one(app: MockApp) -> None:
    assert app.test_client().post(f"/_mock/reset?instance={KEY}").status_code == 200


def delete(app: MockApp) -> None:
    assert app.test_client().delete(f"/_mock/instances/{KEY}").status_code == 200


def load(app: MockApp) -> None:
    state = app.test_client().get("/_mock/state").data
    assert app.test_client().put("/_mock/state", data=state).status_code == 200


def load_one(app: MockApp) -> None:
    state = app.test_client().get(f"/_mock/state?instance={KEY}").data
    assert app.test_client().put(f"/_mock/state?instance={KEY}", data=state).status_code == 200


class Watched(UndoTable[str, Message]):
    """One can ask whether it is still there."""

    __slots__ = ("__weakref__",)


@pytest.mark.parametrize("replace_it", [reset, reset_one, delete, load, load_one])
def test_messages_of_a_deleted_instance_need_no_garbage_collection(
    replace_it: Callable[[MockApp], None], app: MockApp
) -> None:
    with app.runtime.instances.store.read(KEY) as instance:
        instance.state.messages = Watched()
        messages = weakref.ref(instance.state.messages)
    del instance
    gc.disable()
    try:
        replace_it(app)
        assert messages() is None
    finally:
        gc.enable()
