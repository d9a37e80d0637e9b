"""Records newest first, and by what they are about: text, chat, message, outcome."""

from __future__ import annotations

from typing import Any

import pytest
from megaapi_mock.domain.jid import ADDRESS_MOST
from megaapi_mock.web.app import MockApp
from megaapi_mock.web.control.record_search import WRITTEN_MOST, RecordSearch

from ...control import ControlApi
from ...support import AUTH, KEY, UNLINKED

ANA, RUI = "5511900000002", "5511900000004"
HOOK = {"url": "http://127.0.0.1:9000/hook"}


def says(control_api: ControlApi, who: str, text: str, **more: Any) -> Any:
    body = {"from": who, "text": text, **more}
    return control_api.post(f"/instances/{KEY}/inbound", body, status=201)


def call(app: MockApp, kind: str, data: Any, headers: Any = AUTH) -> str:
    reply = app.test_client().post(
        f"/rest/sendMessage/{KEY}/{kind}", json={"messageData": data}, headers=headers
    )
    return reply.headers["X-Mock-Exchange"]


def ids(control_api: ControlApi, path: str) -> list[str]:
    return [item["id"] for item in control_api.items(path)]


@pytest.fixture
def talk(app: MockApp, control_api: ControlApi) -> list[str]:
    """Six webhooks of messages, six messages and three calls, one of them refused."""
    control_api.post(f"/instances/{KEY}/webhook", HOOK)
    for number in range(3):
        says(control_api, ANA, f"pergunta {number}")
    return [
        call(app, "text", {"to": ANA, "text": "Olá, \u201cAna\u201d"}),
        call(app, "text", {"to": RUI, "text": "OLÁ"}),
        call(app, "text", {"to": ANA}),
    ]


@pytest.mark.parametrize("records", ["messages", "exchanges", "deliveries"])
@pytest.mark.parametrize("limit", [1, 2, 100])
def test_newest_first_is_the_other_way_round(
    control_api: ControlApi, talk: list[str], records: str, limit: int
) -> None:
    oldest = ids(control_api, f"/{records}")
    newest = control_api.walk(f"/{records}?order=newest&limit={limit}")
    assert [record["id"] for record in newest] == oldest[::-1]
    assert len(oldest) >= 3


def test_places_put_exchanges_and_deliveries_in_one_order(
    app: MockApp, control_api: ControlApi, talk: list[str]
) -> None:
    control_api.post("/clock", {"set": control_api.get("/clock")["now"] - 3600})
    says(control_api, ANA, "mais cedo")
    call(app, "text", {"to": ANA, "text": "Bom dia"})
    both = [
        control_api.items(f"/{records}?order=newest") for records in ("exchanges", "deliveries")
    ]
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
    assert not any("place" in record for record in control_api.items("/exchanges"))


def test_places_of_messages_do_not_go_back_with_the_clock(control_api: ControlApi) -> None:
    first = says(control_api, ANA, "um")
    control_api.post("/clock", {"set": control_api.get("/clock")["now"] - 86_400})
    second = says(control_api, RUI, "dois")
    newest = control_api.items("/messages?order=newest")
    assert [message["id"] for message in newest] == [second["id"], first["id"]]
    assert newest[0]["place"] > newest[1]["place"] > 0
    chats = control_api.items(f"/instances/{KEY}/chats")
    assert [chat["place"] for chat in chats] == [message["place"] for message in newest]
    assert not any("place" in message for message in [first, *control_api.items("/messages")])


@pytest.mark.parametrize(
    ("records", "gone"), [("messages", "gone"), ("exchanges", "x999"), ("deliveries", "d999")]
)
def test_after_an_id_that_nothing_has_newest_first_is_empty(
    control_api: ControlApi, talk: list[str], records: str, gone: str
) -> None:
    assert ids(control_api, f"/{records}?order=newest&since={gone}") == []


def test_messages_of_several_instances_are_in_one_order(
    app: MockApp, control_api: ControlApi
) -> None:
    control_api.post(f"/instances/{UNLINKED}/link")
    for number in range(3):
        for key in (KEY, UNLINKED):
            body = {"from": ANA, "text": f"{number} {key}"}
            control_api.post(f"/instances/{key}/inbound", body, status=201)
    oldest = ids(control_api, "/messages")
    assert [each["id"] for each in control_api.walk("/messages?order=newest&limit=2")] == oldest[
        ::-1
    ]


@pytest.mark.parametrize(
    ("text", "count"),
    [("pergunta", 3), ("PERGUNTA 1", 1), ("olá", 2), ("\u201cana\u201d", 1), ("conversation", 0)],
)
def test_messages_by_their_words(
    control_api: ControlApi, talk: list[str], text: str, count: int
) -> None:
    assert len(ids(control_api, f"/messages?instance={KEY}&text={text}")) == count


def test_words_may_hold_what_json_escapes(control_api: ControlApi) -> None:
    message = says(control_api, ANA, 'disse "oi" \\ e saiu')
    for text in ('"OI"', "\\ e", 'disse "oi" \\ e saiu'):
        found = control_api.client.get("/_mock/messages", query_string={"text": text}).get_json()
        assert [each["id"] for each in found["items"]] == [message["id"]], text


@pytest.mark.parametrize("written", [ANA, f"{ANA}@s.whatsapp.net", "(11) 90000-0002"])
def test_everything_by_chat(control_api: ControlApi, talk: list[str], written: str) -> None:
    def count(records: str) -> int:
        query = {"chat": written}
        return len(
            control_api.client.get(f"/_mock/{records}", query_string=query).get_json()["items"]
        )

    assert count("messages") == 4
    assert count("exchanges") == 2
    told = {item["payload"]["key"]["remoteJid"] for item in control_api.items("/deliveries")}
    assert len(told) == 2 and 3 <= count("deliveries") < len(control_api.items("/deliveries"))


def test_stories_and_channels_are_chats_too(control_api: ControlApi) -> None:
    for event, chat in (
        ("status-story", "status@broadcast"),
        ("newsletter", "120363000000000099@newsletter"),
    ):
        message = control_api.post(f"/instances/{KEY}/inbound", {"event": event}, status=201)
        assert ids(control_api, f"/messages?chat={chat}") == [message["id"]]


def test_calls_by_outcome(control_api: ControlApi, talk: list[str]) -> None:
    assert ids(control_api, "/exchanges?outcome=refused") == [talk[2]]
    assert ids(control_api, "/exchanges?outcome=ok") == talk[:2]
    assert "outcome" in control_api.refusal("GET", "/exchanges?outcome=good")


def test_a_call_that_a_fault_hit_counts_as_refused(app: MockApp, control_api: ControlApi) -> None:
    control_api.post("/faults", {"fault": "empty-200", "times": 1}, status=201)
    refused = call(app, "text", {"to": ANA, "text": "oi"})
    assert ids(control_api, "/exchanges?outcome=refused") == [refused]


@pytest.mark.parametrize(
    ("text", "count"), [("olá", 2), ("/text", 3), ("messageData", 3), ("nada", 0)]
)
def test_calls_by_text(control_api: ControlApi, talk: list[str], text: str, count: int) -> None:
    assert len(ids(control_api, f"/exchanges?text={text}")) == count


def test_a_body_written_with_escapes_is_found(app: MockApp, control_api: ControlApi) -> None:
    body = b'{"messageData": {"to": "5511900000002", "text": "p\\u00e3o"}}'
    app.test_client().post(
        f"/rest/sendMessage/{KEY}/text", data=body, headers=AUTH, content_type="application/json"
    )
    assert len(ids(control_api, "/exchanges?text=PÃO")) == 1


def test_webhooks_and_calls_of_a_message(control_api: ControlApi, talk: list[str]) -> None:
    question = control_api.items("/messages?text=pergunta 1")[0]
    (delivery,) = control_api.items(f"/deliveries?message={question['id']}")
    assert delivery["payload"]["key"]["id"] == question["id"]
    answer = control_api.items("/messages?text=olá,")[0]
    assert ids(control_api, f"/exchanges?message={answer['id']}") == [talk[0]]
    events = {item["event"] for item in control_api.items(f"/deliveries?message={answer['id']}")}
    assert events >= {"from-me-api-echo", "ack-server"}
    assert len(ids(control_api, "/deliveries?text=pergunta")) == 3


def test_one_call(control_api: ControlApi, talk: list[str]) -> None:
    assert control_api.get(f"/exchanges/{talk[0]}") == control_api.items("/exchanges")[0]
    assert control_api.get(f"/exchanges/{talk[0]}")["duration_ms"] > 0
    assert "x9" in control_api.refusal("GET", "/exchanges/x9", status=404)


def test_what_is_remembered_of_addresses_is_bounded_in_bytes(app: MockApp) -> None:
    search = RecordSearch(app.runtime.instances.store)
    for number in range(WRITTEN_MOST + 10):
        for address in (f"x{number}", f"{number}" + "9" * 10_000):
            assert search._written_chat(address) == search._written_chat(address)
    _, chats = search._written_chats
    assert 0 < len(chats) <= WRITTEN_MOST
    assert max(map(len, chats)) <= ADDRESS_MOST
