"""The messages of a chat are found without going through those of all others."""

from __future__ import annotations

import random
from collections.abc import Iterable

import pytest
from megaapi_mock.domain.jid import Jid
from megaapi_mock.domain.message import Message, message_bytes
from megaapi_mock.domain.undo_table import Bounds, UndoTable
from megaapi_mock.web.control import chat_index
from megaapi_mock.web.control.chat_index import FEW, ChatIndex, messages_after

CHATS = [Jid.parse(f"55119000000{number:02}") for number in range(20)]
Table = UndoTable[str, Message]


def message(number: int, chat: Jid, id_: str | None = None) -> Message:
    return Message(
        id_ or f"M{number}", 0.0, chat, chat, chat, True, "text", b"{}", "sent", arrival=number
    )


def put(table: Table, messages: Iterable[Message]) -> None:
    for each in messages:
        if each.id in table:
            table.remove(each.id)
        table.put(each.id, each)
    table.commit()


def found(index: ChatIndex, table: Table, chat: Jid, arrival: int = 0) -> list[str]:
    """As a search uses it: others may be among what it gives."""
    index.learn(*index.unknown(table))
    rows = index.messages(table, {chat}, arrival)
    assert [each.arrival for each in rows] == sorted(each.arrival for each in rows)
    return [each.id for each in rows if each.chat == chat]


def expected(table: Table, chat: Jid, arrival: int = 0) -> list[str]:
    return [each.id for each in table.values() if each.chat == chat and each.arrival > arrival]


@pytest.mark.parametrize("count", [0, 1, FEW - 1, FEW, FEW + 1, 500])
@pytest.mark.parametrize("back", [0, 1, FEW - 1, FEW, FEW + 1, 400, 501])
def test_messages_after_an_arrival_are_those_that_came_later(count: int, back: int) -> None:
    table: Table = UndoTable()
    put(table, (message(number, CHATS[0]) for number in range(1, count + 1)))
    arrival = max(0, count - back)
    newer = messages_after(table, arrival)
    assert [each.arrival for each in newer] == [*range(arrival + 1, count + 1)]


@pytest.mark.parametrize("seed", range(20))
def test_a_chat_is_found_whatever_has_happened_to_its_messages(
    seed: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(chat_index, "STALE_MOST", 20)
    chance, arrival = random.Random(seed), 0
    table: Table = UndoTable(size_of=message_bytes)
    index, earlier = ChatIndex(), {}
    for _ in range(300):
        deed = chance.choice(("come", "come", "again", "go", "trim", "save", "restore"))
        arrival += 1
        if deed == "come":
            put(table, [message(arrival, chance.choice(CHATS))])
        elif deed == "again" and table:
            put(table, [message(arrival, chance.choice(CHATS), chance.choice(list(table)))])
        elif deed == "go" and table:
            table.remove(chance.choice(list(table)))
            table.commit()
        elif deed == "trim" and chance.random() < 0.2:
            table.commit(Bounds(chance.randrange(60), 10**9))
        elif deed == "save":
            earlier = dict(table)
        elif deed == "restore" and chance.random() < 0.2:
            table.restore(earlier)
        chat, since = chance.choice(CHATS), chance.randrange(arrival)
        assert found(index, table, chat, since) == expected(table, chat, since)


def test_a_search_reads_the_messages_of_its_chat_alone() -> None:
    table: Table = UndoTable()
    put(table, (message(number, CHATS[number % 2]) for number in range(1, 1001)))
    put(table, [message(1001, CHATS[5])])
    index = ChatIndex()
    index.learn(*index.unknown(table))
    assert index.unknown(table) == (0, [])
    assert [each.id for each in index.messages(table, {CHATS[5]}, 0)] == ["M1001"]
    assert [*index.messages(table, {CHATS[9]}, 0)] == []


def test_what_was_copied_before_a_restore_is_not_learned_after_it() -> None:
    table: Table = UndoTable()
    put(table, [message(1, CHATS[0]), message(2, CHATS[1])])
    index = ChatIndex()
    era, old = index.unknown(table)
    table.restore({"N": message(1, CHATS[2], "N")})
    index.unknown(table)
    index.learn(era, old)
    assert found(index, table, CHATS[2]) == ["N"]
