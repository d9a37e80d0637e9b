"""Searches through a long history: of one chat, in slices, and once."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from typing import Any

import pytest
from megaapi_mock.domain.message import Message
from megaapi_mock.web.app import MockApp
from megaapi_mock.web.control import lists, looks, record_search

from ...control import ControlApi
from ...support import KEY, UNLINKED
from .test_waits import send, until, waiters, waiting

ANA, RUI = "5511900000002", "5511900000044"
COUNT = 200


@pytest.fixture
def judged(monkeypatch: pytest.MonkeyPatch) -> list[Message]:
    """Every message whose words were looked at."""
    messages: list[Message] = []
    real = record_search.words_match

    def words_match(text: str) -> Any:
        matches = real(text)
        return lambda message: (messages.append(message), matches(message))[1]

    monkeypatch.setattr(record_search, "words_match", words_match)
    return messages


@pytest.fixture
def history(app: MockApp) -> MockApp:
    """Many messages to Ana, and one to somebody else."""
    for _ in range(COUNT):
        send(app, ANA)
    send(app, RUI)
    return app


@pytest.fixture
def pauses(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[Any]]:
    """What is done whenever a look rests, which is after every message."""
    deeds: list[Any] = []
    monkeypatch.setattr(looks, "SLICE", 0.0)
    monkeypatch.setattr(looks.time, "sleep", lambda _: [deed() for deed in deeds])
    yield deeds


def ids(answer: Any) -> list[str]:
    return [item["id"] for item in answer["items"]]


@pytest.mark.parametrize("instance", [f"&instance={KEY}", ""])
def test_a_search_in_a_chat_reads_no_other_chats(
    history: MockApp, judged: list[Message], instance: str
) -> None:
    answer = ControlApi(history).get(f"/messages?chat={RUI}&text=oi{instance}")
    assert [item["chat"] for item in answer["items"]] == [f"{RUI}@s.whatsapp.net"]
    assert len(judged) == 1
    send(history, RUI)
    assert len(ids(ControlApi(history).get(f"/messages?chat={RUI}&text=oi{instance}"))) == 2
    assert len(judged) == 3


def test_a_chat_is_found_in_either_order_and_after_a_message(history: MockApp) -> None:
    control_api = ControlApi(history)
    new = [send(history, RUI) for _ in range(3)]
    query = f"/messages?instance={KEY}&chat={RUI}"
    found = ids(control_api.get(query))
    assert found[1:] == new
    assert ids(control_api.get(f"{query}&order=newest")) == found[::-1]
    assert ids(control_api.get(f"{query}&order=newest&since={new[1]}")) == found[1::-1]
    assert ids(control_api.get(f"{query}&since={new[0]}")) == new[1:]
    control_api.post("/reset")
    assert ids(control_api.get(query)) == []


def test_calls_are_answered_while_a_look_rests(history: MockApp, pauses: list[Any]) -> None:
    """Whoever sends meanwhile waits for nobody: no instance is held between two slices."""
    sent: list[str] = []

    def send_beside() -> None:
        if len(sent) < 3:
            thread = threading.Thread(target=lambda: sent.append(send(history)), daemon=True)
            thread.start()
            thread.join(60)
            assert not thread.is_alive(), "the look holds the instance"

    pauses.append(send_beside)
    assert ids(ControlApi(history).get(f"/messages?instance={KEY}&text=zzz")) == []
    assert len(sent) == 3


@pytest.mark.parametrize("end", ["deadline", "stop"])
def test_a_wait_that_found_nothing_looks_through_everything_once(
    history: MockApp, judged: list[Message], end: str
) -> None:
    seconds = "0.3" if end == "deadline" else "60"
    with waiting(history, f"/messages?instance={KEY}&text=zzz&wait={seconds}") as answers:
        until(lambda: len(judged) > COUNT)
        if end == "stop":
            history.close_streams()
    assert answers[0][1]["items"] == []
    assert len(judged) == COUNT + 1


def test_a_wait_that_is_woken_looks_at_what_woke_it_alone(
    history: MockApp, judged: list[Message]
) -> None:
    control_api = ControlApi(history)
    with waiting(history, f"/messages?instance={KEY}&text=z%C3%A9%20z&wait=60") as answers:
        until(lambda: len(judged) > COUNT)
        judged.clear()
        control_api.post(f"/instances/{KEY}/inbound", {"from": ANA, "text": "a ZÉ z b"}, status=201)
    assert len(answers[0][1]["items"]) == 1
    assert len(judged) == 2


def test_what_has_changed_back_before_the_look_is_not_shown(
    app: MockApp, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A look shows records as they are then: what woke it may have gone further."""
    message = send(app)
    with waiting(app, f"/messages?instance={KEY}&status=played&wait=60") as answers:
        (waiter,) = waiters(app)
        (old,) = app.runtime.instances.publisher.look(
            KEY, lambda instance: tuple(instance.messages.values())
        )
        waiter.show((KEY, old.with_state("played")))
        waiter.show((UNLINKED, old))
        waiter.show(("megacode-GONE", old))
        with app.runtime.instances.publisher.changing(KEY) as (instance, outcome):
            instance.messages.put(message, old.with_state("played"))
        app.runtime.instances.publisher.release(outcome)
    assert ids(answers[0][1]) == [message]
    assert answers[0][1]["items"][0]["state"] == "played"


@pytest.mark.parametrize("path", ["/exchanges", "/deliveries"])
def test_chats_of_a_record_are_read_once_for_all_who_ask(
    app: MockApp, monkeypatch: pytest.MonkeyPatch, path: str
) -> None:
    control_api = ControlApi(app)
    control_api.post(f"/instances/{KEY}/webhook", {"url": "http://127.0.0.1:9/hook"})
    for _ in range(5):
        send(app)
    read: list[bytes] = []
    real = record_search._document
    monkeypatch.setattr(record_search, "_document", lambda body: (read.append(body), real(body))[1])
    for _ in range(3):
        assert control_api.items(f"{path}?chat={ANA}")
        assert control_api.items(f"{path}?chat={RUI}") == []
    assert len(read) == len(control_api.items(path))


def test_lists_of_lists_are_combined() -> None:
    assert lists.all_of([]) is lists.everything
    even, small = (lambda n: n % 2 == 0), (lambda n: n < 5)
    assert lists.all_of([lists.everything, even]) is even
    assert [n for n in range(9) if lists.all_of([even, small])(n)] == [0, 2, 4]
    assert [n for n in range(9) if lists.all_of([even, small, bool])(n)] == [2, 4]


def test_a_page_of_many_instances_is_in_the_order_they_came(app: MockApp) -> None:
    control_api = ControlApi(app)
    control_api.post(f"/instances/{UNLINKED}/link", {})
    for number in range(6):
        key = (KEY, UNLINKED)[number % 2]
        control_api.post(
            f"/instances/{key}/inbound", {"from": ANA, "text": f"n{number}"}, status=201
        )
    words = [item["content"]["conversation"] for item in control_api.items("/messages?text=n")]
    assert words == [f"n{number}" for number in range(6)]
    newest = [
        item["content"]["conversation"]
        for item in control_api.items("/messages?text=n&order=newest")
    ]
    assert newest == words[::-1]
