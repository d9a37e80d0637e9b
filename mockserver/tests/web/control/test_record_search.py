"""Records newest first, and by what they are about: text, chat, message, outcome."""

from __future__ import annotations

from typing import Any

import pytest
from megaapi_mock.web.app import MockApp

from ...control import Door
from ...support import AUTH, KEY, UNLINKED

ANA, RUI = "5511900000002", "5511900000004"
HOOK = {"url": "http://127.0.0.1:9000/hook"}


def says(door: Door, who: str, text: str, **more: Any) -> Any:
    body = {"from": who, "text": text, **more}
    return door.post(f"/instances/{KEY}/inbound", body, status=201)


def call(app: MockApp, kind: str, data: Any, headers: Any = AUTH) -> str:
    reply = app.test_client().post(
        f"/rest/sendMessage/{KEY}/{kind}", json={"messageData": data}, headers=headers
    )
    return reply.headers["X-Mock-Exchange"]


def ids(door: Door, path: str) -> list[str]:
    return [item["id"] for item in door.items(path)]


@pytest.fixture
def talk(app: MockApp, door: Door) -> list[str]:
    """Six webhooks of messages, six messages and three calls, one of them refused."""
    door.post(f"/instances/{KEY}/webhook", HOOK)
    for number in range(3):
        says(door, ANA, f"pergunta {number}")
    return [
        call(app, "text", {"to": ANA, "text": "Olá, \u201cAna\u201d"}),
        call(app, "text", {"to": RUI, "text": "OLÁ"}),
        call(app, "text", {"to": ANA}),
    ]


@pytest.mark.parametrize("records", ["messages", "exchanges", "deliveries"])
@pytest.mark.parametrize("limit", [1, 2, 100])
def test_newest_first_is_the_other_way_round(
    door: Door, talk: list[str], records: str, limit: int
) -> None:
    oldest = ids(door, f"/{records}")
    newest = door.walk(f"/{records}?order=newest&limit={limit}")
    assert [record["id"] for record in newest] == oldest[::-1]
    assert len(oldest) >= 3


def test_places_put_exchanges_and_deliveries_in_one_order(
    app: MockApp, door: Door, talk: list[str]
) -> None:
    door.post("/clock", {"set": door.get("/clock")["now"] - 3600})
    says(door, ANA, "mais cedo")
    call(app, "text", {"to": ANA, "text": "Bom dia"})
    both = [door.items(f"/{records}?order=newest") for records in ("exchanges", "deliveries")]
    for listed in both:
        places = [record["place"] for record in listed]
        assert places == sorted(places, reverse=True)
    everything = sorted([*both[0], *both[1]], key=lambda record: record["place"])
    times = [record["time"] for record in everything]
    back = times.index(min(times))
    # What came after the clock was set back is behind all that came before it.
    assert set(times[back:]) == {min(times)} and min(times[:back]) > min(times)
    assert len(set(record["place"] for record in everything)) == len(everything)
    # Other instances' records move it, so it is in no list that says what one instance did.
    assert not any("place" in record for record in door.items("/exchanges"))


def test_places_of_messages_do_not_go_back_with_the_clock(door: Door) -> None:
    first = says(door, ANA, "um")
    door.post("/clock", {"set": door.get("/clock")["now"] - 86_400})
    second = says(door, RUI, "dois")
    newest = door.items("/messages?order=newest")
    assert [message["id"] for message in newest] == [second["id"], first["id"]]
    assert newest[0]["place"] > newest[1]["place"] > 0
    chats = door.items(f"/instances/{KEY}/chats")
    assert [chat["place"] for chat in chats] == [message["place"] for message in newest]
    assert not any("place" in message for message in [first, *door.items("/messages")])


@pytest.mark.parametrize(
    ("records", "gone"), [("messages", "gone"), ("exchanges", "x999"), ("deliveries", "d999")]
)
def test_after_an_id_that_nothing_has_newest_first_is_empty(
    door: Door, talk: list[str], records: str, gone: str
) -> None:
    assert ids(door, f"/{records}?order=newest&since={gone}") == []


def test_messages_of_several_instances_are_in_one_order(app: MockApp, door: Door) -> None:
    door.post(f"/instances/{UNLINKED}/link")
    for number in range(3):
        for key in (KEY, UNLINKED):
            body = {"from": ANA, "text": f"{number} {key}"}
            door.post(f"/instances/{key}/inbound", body, status=201)
    oldest = ids(door, "/messages")
    assert [each["id"] for each in door.walk("/messages?order=newest&limit=2")] == oldest[::-1]


@pytest.mark.parametrize(
    ("text", "count"),
    [("pergunta", 3), ("PERGUNTA 1", 1), ("olá", 2), ("\u201cana\u201d", 1), ("conversation", 0)],
)
def test_messages_by_their_words(door: Door, talk: list[str], text: str, count: int) -> None:
    assert len(ids(door, f"/messages?instance={KEY}&text={text}")) == count


def test_words_may_hold_what_json_escapes(door: Door) -> None:
    message = says(door, ANA, 'disse "oi" \\ e saiu')
    for text in ('"OI"', "\\ e", 'disse "oi" \\ e saiu'):
        found = door.client.get("/_mock/messages", query_string={"text": text}).get_json()
        assert [each["id"] for each in found["items"]] == [message["id"]], text


@pytest.mark.parametrize("written", [ANA, f"{ANA}@s.whatsapp.net", "(11) 90000-0002"])
def test_everything_by_chat(door: Door, talk: list[str], written: str) -> None:
    def count(records: str) -> int:
        query = {"chat": written}
        return len(door.client.get(f"/_mock/{records}", query_string=query).get_json()["items"])

    assert count("messages") == 4
    assert count("exchanges") == 2
    told = {item["payload"]["key"]["remoteJid"] for item in door.items("/deliveries")}
    assert len(told) == 2 and 3 <= count("deliveries") < len(door.items("/deliveries"))


def test_stories_and_channels_are_chats_too(door: Door) -> None:
    for event, chat in (
        ("status-story", "status@broadcast"),
        ("newsletter", "120363000000000099@newsletter"),
    ):
        message = door.post(f"/instances/{KEY}/inbound", {"event": event}, status=201)
        assert ids(door, f"/messages?chat={chat}") == [message["id"]]


def test_calls_by_outcome(door: Door, talk: list[str]) -> None:
    assert ids(door, "/exchanges?outcome=refused") == [talk[2]]
    assert ids(door, "/exchanges?outcome=ok") == talk[:2]
    assert "outcome" in door.refusal("GET", "/exchanges?outcome=good")


def test_a_call_that_a_fault_struck_counts_as_refused(app: MockApp, door: Door) -> None:
    door.post("/faults", {"fault": "empty-200", "times": 1}, status=201)
    struck = call(app, "text", {"to": ANA, "text": "oi"})
    assert ids(door, "/exchanges?outcome=refused") == [struck]


@pytest.mark.parametrize(
    ("text", "count"), [("olá", 2), ("/text", 3), ("messageData", 3), ("nada", 0)]
)
def test_calls_by_text(door: Door, talk: list[str], text: str, count: int) -> None:
    assert len(ids(door, f"/exchanges?text={text}")) == count


def test_a_body_written_with_escapes_is_found(app: MockApp, door: Door) -> None:
    body = b'{"messageData": {"to": "5511900000002", "text": "p\\u00e3o"}}'
    app.test_client().post(
        f"/rest/sendMessage/{KEY}/text", data=body, headers=AUTH, content_type="application/json"
    )
    assert len(ids(door, "/exchanges?text=PÃO")) == 1


def test_webhooks_and_calls_of_a_message(door: Door, talk: list[str]) -> None:
    question = door.items("/messages?text=pergunta 1")[0]
    (delivery,) = door.items(f"/deliveries?message={question['id']}")
    assert delivery["payload"]["key"]["id"] == question["id"]
    answer = door.items("/messages?text=olá,")[0]
    assert ids(door, f"/exchanges?message={answer['id']}") == [talk[0]]
    events = {item["event"] for item in door.items(f"/deliveries?message={answer['id']}")}
    assert events >= {"from-me-api-echo", "ack-server"}
    assert len(ids(door, "/deliveries?text=pergunta")) == 3


def test_one_call(door: Door, talk: list[str]) -> None:
    assert door.get(f"/exchanges/{talk[0]}") == door.items("/exchanges")[0]
    assert door.get(f"/exchanges/{talk[0]}")["duration_ms"] > 0
    assert "x9" in door.refusal("GET", "/exchanges/x9", status=404)
