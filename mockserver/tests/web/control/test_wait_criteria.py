"""What forty waits cost those who send: each record is read once, and judged for nobody in vain."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from megaapi_mock.records.waiter import Criterion
from megaapi_mock.web.app import MockApp
from megaapi_mock.web.control import lists, record_search
from megaapi_mock.web.control.record_search import RecordSearch
from megaapi_mock.web.control.wait_criteria import WaitCriteria, record_ids, texts_finder

from ...control import ControlApi
from ...support import AUTH, KEY, UNLINKED
from .test_deferred_waits import Server
from .test_waits import send, until, waiters

RECEIVER = "http://127.0.0.1:9/hook"
# One wait of each kind that a test suite has forty of; none of what is sent here fits.
WAITS = (
    f"/exchanges?instance={UNLINKED}",
    f"/exchanges?instance={KEY}&operation=instance_status",
    f"/exchanges?instance={KEY}&status=404",
    f"/exchanges?instance={KEY}&event=call",
    f"/exchanges?instance={KEY}&message=3EB0TESTID{{at}}",
    f"/exchanges?instance={KEY}&chat=551190001{{at:04}}",
    f"/exchanges?instance={KEY}&text=Fatura%20{{at}}",
    "/exchanges?text=Fatura%20{at}",
    f"/exchanges?instance={KEY}&status=404&since={{exchange}}",
    f"/messages?instance={KEY}&chat=551190001{{at:04}}",
    f"/messages?instance={KEY}&text=Fatura%20{{at}}",
    "/messages?text=%C3%A7{at}",
    f"/messages?instance={KEY}&status=stopped&since={{message}}",
    f"/messages?instance={KEY}&event=stickerMessage",
    f"/deliveries?instance={UNLINKED}",
    f"/deliveries?instance={KEY}&event=presence",
    f"/deliveries?instance={KEY}&status=418",
    f"/deliveries?instance={KEY}&chat=551190001{{at:04}}",
    f"/deliveries?instance={KEY}&text=Fatura%20{{at}}",
    f"/deliveries?instance={KEY}&message=3EB0TESTID{{at}}",
    "/fault-hits?fault=reply",
)


@pytest.fixture
def server(app: MockApp) -> Iterator[Server]:
    server = Server(app)
    yield server
    app.close_streams()
    until(lambda: len(server.watched.deferred) == 0)
    server.watched.deferred.close()


@pytest.fixture
def documents_read(monkeypatch: pytest.MonkeyPatch) -> list[bytes]:
    """Every body that was parsed for a search."""
    read: list[bytes] = []
    real = record_search._document
    monkeypatch.setattr(record_search, "_document", lambda body: (read.append(body), real(body))[1])
    return read


@pytest.mark.parametrize("path", WAITS)
def test_forty_waits_for_something_else_are_neither_asked_nor_woken(
    app: MockApp, server: Server, control_api: ControlApi, documents_read: list[bytes], path: str
) -> None:
    control_api.post(f"/instances/{KEY}/webhook", {"url": RECEIVER})
    messages = [send(app) for _ in range(40)]
    exchanges = control_api.items(f"/exchanges?instance={KEY}")
    assert app.runtime.webhooks.courier.wait_idle(20)
    for at in range(40):
        known = {"at": at, "message": messages[at], "exchange": exchanges[at]["id"]}
        server.ask(path.format(**known) + "&wait=60")
    them = waiters(app)
    # Each may have asked whether one record concerns it when it looked; from now on none does.
    before = [one.examined_count for one in them]
    documents_read.clear()
    for _ in range(25):
        send(app)
    assert app.runtime.webhooks.courier.wait_idle(20)
    assert [one.wake_count for one in them] == [0] * len(them) == [0] * 40
    assert [one.examined_count for one in them] == before == [0] * 40
    deliveries = len(control_api.items(f"/deliveries?instance={KEY}&limit=1000"))
    assert len(documents_read) <= 25 + 2 * deliveries


def test_waits_that_differ_in_what_they_have_read_are_asked_once(
    app: MockApp, server: Server
) -> None:
    """The one that asks first judges for all; each knows by itself what is new."""
    messages = [send(app) for _ in range(40)]
    for message in messages:
        server.ask(f"/messages?instance={KEY}&from_me=false&since={message}&wait=60")
    them = waiters(app)
    for _ in range(25):
        send(app)
    journal = app.runtime.records.journal
    assert sum(one.examined_count for one in them) == 25
    assert sum(one.wake_count for one in them) == 0
    assert journal.waiting == 40


def test_each_of_forty_waits_gets_what_it_asked_for(app: MockApp, server: Server) -> None:
    clients = [
        server.ask(f"/messages?instance={KEY}&text=Fatura%20{at}!&wait=60") for at in range(40)
    ]
    for at in reversed(range(40)):
        body = {"messageData": {"to": "5511900000002", "text": f"fatura {at}!"}}
        reply = app.test_client().post(f"/rest/sendMessage/{KEY}/text", json=body, headers=AUTH)
        assert reply.status_code == 200
    texts = [client.answer()[1]["items"] for client in clients]
    assert [
        [each["content"]["extendedTextMessage"]["text"] for each in items] for items in texts
    ] == [[f"fatura {at}!"] for at in range(40)]


# -- a criterion rules out nothing that the filter accepts ------------------------------------

ODD_TEXTS = ('say "oi"', "a\\b", "linha\nnova", "AÇÃO já", "ß", "\U0001f600", "oi", " ", "<&>\x7f")


def passes(criterion: Criterion, record: Any) -> bool:
    values = dict.fromkeys(criterion.values)
    return list(criterion.facet(values)(record)) == list(values)


@pytest.mark.parametrize("text", ODD_TEXTS)
def test_whatever_a_filter_accepts_its_criterion_lets_through(
    app: MockApp, control_api: ControlApi, text: str
) -> None:
    control_api.post(f"/instances/{KEY}/webhook", {"url": RECEIVER})
    for to, words in (("5511900000002", text), ("(11) 90000-0003", "outra")):
        body = {"messageData": {"to": to, "text": words}}
        app.test_client().post(f"/rest/sendMessage/{KEY}/text", json=body, headers=AUTH).close()
    control_api.post(
        f"/instances/{KEY}/inbound", {"from": "5511900000002", "text": text}, status=201
    )
    assert app.runtime.webhooks.courier.wait_idle(20)
    search = RecordSearch(app.runtime.instances.store)
    criteria, journal = WaitCriteria(search), app.runtime.records.journal
    messages = control_api.items(f"/messages?instance={KEY}")
    questions: list[dict[str, str]] = [
        {"text": text}, {"text": text.upper()}, {"text": text[:1]}, {"chat": "5511900000002"},
        {"chat": "11 90000-0003"}, {"message": messages[0]["id"]}, {"message": ""},
        {"status": "200"}, {"operation": "send_text"}, {"event": "text-plain"},
        {"status": "failed"}, {"status": "read"}, {"event": messages[0]["type"]},
    ]  # fmt: skip
    accepted = 0
    for question in questions:
        rows = [
            *((each, search.exchanges(question), lists.exchange_matches(question),
               criteria.exchanges(question)) for each in journal.exchanges.after(None)),
            *((each, search.deliveries(question), lists.delivery_matches(question),
               criteria.deliveries(question)) for each in journal.deliveries.after(None)),
        ]  # fmt: skip
        for record, found_by_search, found_by_list, criterion in rows:
            if found_by_search(record) and found_by_list(record):
                accepted += 1
                assert passes(criterion, record), (question, record)
        chats = search.chats(question)
        fits, criterion = search.messages(question, chats), criteria.messages(question, chats)
        with app.runtime.instances.store.read(KEY) as instance:
            for message in instance.messages.values():
                if fits(message):
                    accepted += 1
                    assert list(criterion.facet(criterion.values)((KEY, message)))
    assert accepted > len(questions)


@given(texts=st.sets(st.text("abA ", max_size=8)), written=st.text("abA ", max_size=30))
def test_texts_are_found_as_if_each_was_looked_for(texts: set[str], written: str) -> None:
    expected = sorted(text for text in texts if text in written)
    assert sorted(texts_finder(texts)(written)) == expected


def test_texts_that_begin_alike_are_looked_for_together() -> None:
    class Written(str):
        searches = 0

        def __contains__(self, text: object) -> bool:
            self.searches += 1
            return super().__contains__(str(text))

    written = Written("Pedido 42 confirmado")
    assert texts_finder([f"Fatura {at}" for at in range(40)])(written) == []
    assert written.searches == 1


def test_a_wait_for_one_record_is_asked_about_that_alone(app: MockApp) -> None:
    send(app)
    (exchange,) = app.runtime.records.journal.exchanges.after(None)
    assert list(record_ids({exchange.id: 0, "another": 0})(exchange)) == [exchange.id]
    assert list(record_ids({"another": 0})(exchange)) == []
