"""What the sessions combine, and what their model expects."""

from __future__ import annotations

from itertools import combinations, product

import pytest
from megaapi_contract.probes.laws.combined.contents import CONTENTS, WRITTEN
from megaapi_contract.probes.laws.combined.factors import (
    ABOUT,
    ACTIONS,
    CHATS,
    CUSTOMERS,
    HISTORIES,
    HOOKS,
    TIMES,
    WORDS,
    sessions,
)
from megaapi_contract.probes.laws.combined.model import (
    STATUS,
    Group,
    Model,
    OwedWebhook,
    WrittenMessage,
)
from megaapi_contract.probes.laws.combined.passed_on import as_forwarded, unwrap
from megaapi_contract.probes.laws.combined.refusals import spoil, ways
from megaapi_contract.probes.laws.combined.script import HAPPEN, SET_UP
from megaapi_contract.probes.laws.sessions import DEALS
from megaapi_contract.probes.laws.sessions import LAWS as SESSIONS

FACTORS = (ACTIONS, CHATS, tuple(WORDS), ABOUT, TIMES, HOOKS, HISTORIES)


def written(id_: str, *, content: object = None, kind: str = "instance") -> WrittenMessage:
    said = content if content is not None else {"conversation": "oi"}
    return WrittenMessage(id_, "5511900000002@s.whatsapp.net", "5511900000001", True, said, kind)


@pytest.mark.parametrize("deal", DEALS)
def test_any_two_levels_of_two_factors_meet_in_a_session(deal: int) -> None:
    rows = [
        (row.action, row.chat, row.words, row.about, row.time, hooks, history)
        for (hooks, history), some in sessions(4, deal).items()
        for row in some
    ]
    for first, second in combinations(range(len(FACTORS)), 2):
        met = {(row[first], row[second]) for row in rows}
        assert met == set(product(FACTORS[first], FACTORS[second]))


def test_a_seed_has_always_the_same_rows_and_each_deal_others() -> None:
    first = sessions(7, 1)
    sessions.cache_clear()
    assert sessions(7, 1) == first
    assert sessions(7, 2) != first != sessions(8, 1)


def test_each_session_can_be_set_up_and_its_history_can_happen() -> None:
    assert set(SET_UP) == set(HOOKS)
    assert set(HAPPEN) == set(HISTORIES)
    assert len(SESSIONS.probes) == len(HOOKS) * len(HISTORIES) * len(DEALS)


def test_a_quick_run_has_every_webhook_and_every_history() -> None:
    quick = [probe.name for probe in SESSIONS.probes if probe.quick]
    assert all(any(f": {hooks}, " in name for name in quick) for hooks in HOOKS)
    assert all(any(name.endswith(f", {history}") for name in quick) for history in HISTORIES)


def test_every_text_of_a_content_stands_in_what_is_asked_for() -> None:
    for make in CONTENTS.values():
        content = make("palavras")
        assert all(text in str(content.data) for text in content.texts)
    assert set(WRITTEN) <= set(CUSTOMERS)


def test_what_is_blocked_is_not_owed_until_it_is_accepted() -> None:
    model = Model(first_accepted={STATUS, "calls"})
    model.block(STATUS)
    assert not model.is_subscribed(STATUS)
    assert (model.shown_as_blocked, model.shown_as_accepted) == ({STATUS}, {"calls"})
    model.accept(STATUS)
    assert model.is_subscribed(STATUS)
    assert model.asks_for_receipts
    assert (model.shown_as_blocked, model.shown_as_accepted) == (set(), {STATUS, "calls"})


def test_the_alarm_is_an_event_that_is_not_blocked() -> None:
    model = Model()
    assert model.unblocked_event == "call"
    model.block("calls")
    assert model.unblocked_event == "text-plain"


def test_receipts_of_a_phone_that_is_off_are_owed_later() -> None:
    model = Model()
    model.add_message(
        OwedWebhook(written("A"), "from-me-api-echo", "messagesOutput", steps=(2, 3, 4))
    )
    late = model.defer_receipts()
    assert [(one.steps, one.echoes) for one in model.owed_messages] == [((2,), True)]
    assert [(one.steps, one.echoes) for one in late] == [((3, 4), False)]


def test_the_last_message_of_a_chat_is_one_that_is_still_there() -> None:
    model = Model(groups={"1@g.us": Group("Equipe", set())})
    chat = "5511900000002@s.whatsapp.net"
    for id_, content in (("A", None), ("B", {"imageMessage": {}}), ("C", {"protocolMessage": {}})):
        model.messages[id_] = written(id_, content=content)
    assert model.last_message(chat, "instance") is model.messages["B"]
    assert model.last_message(chat, "instance", only_texts=True) is model.messages["A"]
    model.messages["A"].deleted = "everyone"
    assert model.last_message(chat, "instance", only_texts=True) is None
    assert model.last_message(chat, "customer") is None


def test_a_message_is_passed_on_out_of_its_wrapper() -> None:
    inner = {"documentMessage": {"caption": "Veja", "contextInfo": {"a": 1}}}
    wrapped = {"documentWithCaptionMessage": {"message": {**inner, "messageContextInfo": {}}}}
    assert unwrap(wrapped) == {"documentMessage": {"caption": "Veja"}}
    assert as_forwarded({"conversation": "oi"}) == {"extendedTextMessage": {"text": "oi"}}


def test_each_member_of_a_body_can_be_spoilt_alone() -> None:
    body = {"messageData": {"to": "1", "text": "oi"}}
    assert [*ways(body)] == [("messageData",), ("messageData", "to"), ("messageData", "text")]
    assert spoil(body, ("messageData", "to"), 5) == {"messageData": {"to": 5, "text": "oi"}}
    assert spoil(body, ("messageData", "to"), ...) == {"messageData": {"text": "oi"}}
    assert body == {"messageData": {"to": "1", "text": "oi"}}
