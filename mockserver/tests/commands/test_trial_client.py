"""An instance borrowed for a trial: found, pointed at the bot, and given back as it was."""

from __future__ import annotations

from typing import Any

import pytest
from megaapi_mock.commands import trial_client
from megaapi_mock.commands.trial_client import TrialClient, message_id_of, newest_id
from megaapi_mock.errors import ControlRefused, SetupError
from megaapi_mock.testing.wsgi_wire import WsgiWire
from megaapi_mock.web.app import MockApp

from ..control import ControlApi
from ..support import KEY, UNLINKED

GATEWAY, HOOK = "http://127.0.0.1:1", "http://127.0.0.1:9/hook"
MADE = "megacode-TESTKEY0009"


@pytest.fixture
def client(app: MockApp, monkeypatch: pytest.MonkeyPatch) -> TrialClient:
    """The client of an app in this process, whatever address it is given."""
    monkeypatch.setattr(trial_client, "HttpWire", lambda url: WsgiWire(app))
    return TrialClient(GATEWAY, "")


def test_a_refusal_is_a_sentence_that_says_whose_it_is(client: TrialClient) -> None:
    with pytest.raises(SetupError, match=rf"^{GATEWAY}/_mock/instances/megacode-NOBODY: .*NOBODY"):
        client.call("GET", "/instances/megacode-NOBODY")


def test_who_tries_a_call_gets_the_refusal_itself(client: TrialClient) -> None:
    with pytest.raises(ControlRefused) as refusal:
        client.try_call("POST", "/instances", {"key": KEY})
    assert refusal.value.status == 409


def test_what_is_none_is_not_asked_for(client: TrialClient) -> None:
    keys = [each["key"] for each in client.find("/instances", since=None, limit=1)]
    assert keys == [KEY]
    assert client.find("/instances", since=KEY)[0]["key"] == UNLINKED


def test_all_items_are_those_of_every_page(
    client: TrialClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    pages: list[Any] = [{"items": [{"id": "d1"}], "next": "d1"}, {"items": [{"id": "d2"}]}]
    asked: list[str] = []

    def call(method: str, path: str) -> Any:
        asked.append(path)
        return {"next": None, **pages[len(asked) - 1]}

    monkeypatch.setattr(client, "call", call)
    assert [each["id"] for each in client.all_items("/deliveries", KEY)] == ["d1", "d2"]
    assert asked == [
        f"/deliveries?instance={KEY}&limit=5000",
        f"/deliveries?instance={KEY}&limit=5000&since=d1",
    ]


def test_the_first_linked_instance_is_the_bots(
    client: TrialClient, control_api: ControlApi
) -> None:
    assert client.first_linked() == KEY
    control_api.post(f"/instances/{KEY}/unlink")
    assert client.first_linked() is None


def test_a_borrowed_instance_is_given_back_as_it_was(
    client: TrialClient, control_api: ControlApi
) -> None:
    control_api.post(f"/instances/{KEY}/webhook", {"url": HOOK, "enabled": False})
    control_api.post(f"/instances/{KEY}/chaos", {"duplicate": 3, "seed": 7})
    before = control_api.get(f"/instances/{KEY}"), control_api.get(f"/instances/{KEY}/chaos")
    borrowed = client.borrow(KEY, "http://127.0.0.1:9/bot")
    shown = control_api.get(f"/instances/{KEY}")["webhook"]
    assert shown == {"url": "http://127.0.0.1:9/bot", "enabled": True}
    # The trial brings chaos of its own.
    control_api.post(f"/instances/{KEY}/chaos", {"duplicate": 2})
    client.give_back(KEY, borrowed)
    assert before == (
        control_api.get(f"/instances/{KEY}"),
        control_api.get(f"/instances/{KEY}/chaos"),
    )


def test_an_instance_without_chaos_has_none_afterwards(
    client: TrialClient, control_api: ControlApi
) -> None:
    borrowed = client.borrow(KEY, HOOK)
    control_api.post(f"/instances/{KEY}/chaos", {"duplicate": 2})
    client.give_back(KEY, borrowed)
    assert control_api.get(f"/instances/{KEY}/chaos")["chaos"] is None


def test_the_trial_begins_after_the_newest_delivery(
    app: MockApp, client: TrialClient, control_api: ControlApi
) -> None:
    assert client.borrow(KEY, HOOK).since is None
    control_api.post(f"/instances/{KEY}/emit", {"event": "call", "count": 2}, status=201)
    assert app.runtime.webhooks.courier.wait_idle(60)
    newest = control_api.items(f"/deliveries?instance={KEY}")[-1]["id"]
    assert client.borrow(KEY, HOOK).since == newest


def test_an_instance_made_for_the_trial_is_deleted_after_it(
    client: TrialClient, control_api: ControlApi
) -> None:
    borrowed = client.borrow(MADE, HOOK)
    assert borrowed.settings is None
    made = control_api.get(f"/instances/{MADE}")
    assert (made["state"], made["webhook"]["url"]) == ("connected", HOOK)
    client.give_back(MADE, borrowed)
    assert MADE not in [each["key"] for each in control_api.items("/instances")]


def test_an_instance_that_is_not_linked_is_not_borrowed(
    client: TrialClient, control_api: ControlApi
) -> None:
    with pytest.raises(SetupError, match=f"{UNLINKED} is not linked"):
        client.borrow(UNLINKED, HOOK)
    assert control_api.get(f"/instances/{UNLINKED}")["webhook"]["url"] == ""


@pytest.mark.parametrize(
    ("payload", "message"), [({"key": {"id": "A"}}, "A"), ({}, None), ({"key": "A"}, None)]
)
def test_a_delivery_tells_of_a_message_if_its_payload_has_its_key(
    payload: Any, message: str | None
) -> None:
    assert message_id_of({"payload": payload}) == message


def test_the_newest_item_is_the_last_one() -> None:
    assert newest_id([{"id": "a"}, {"id": "b"}]) == "b"
    assert newest_id([]) is None
