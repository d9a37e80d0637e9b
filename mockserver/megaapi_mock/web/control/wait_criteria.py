"""Which waits a record may concern: it is read once, whatever each of them asks for.

Forty waits with a text each would read every record forty times, in the way of whoever sends. What
a criterion lets through is judged by the filter of the wait as before: it must let through
whatever that filter accepts, and little else.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterable, Sequence
from itertools import takewhile
from typing import Any

from ...domain.message import Message
from ...records.delivery import Delivery
from ...records.exchange import Exchange
from ...records.waiter import ANY_RECORD, Criterion, Facet, Reader
from .lists import Arguments, delivery_statuses
from .record_search import NOT_ASCII, RecordSearch, letters_of, message_named, words_written

# What JSON writes in another way than it is.
_ESCAPED = re.compile(r'["\\\x00-\x1f\x7f]')
# Texts that begin with so many of the same letters are looked for together.
BEGINNING = 4
# An argument with what it is compared with.
_Facets = Iterable[tuple[str, Facet, Callable[[str], Any]]]


class WaitCriteria:
    """The criteria of the control API's lists, by the argument that rules out the most."""

    def __init__(self, search: RecordSearch) -> None:
        self._search = search

    def exchanges(self, arguments: Arguments) -> Criterion:
        """Of waits for calls."""
        return _first_of(arguments, (
            ("message", _ids_of_exchanges, _as_latin),
            ("text", self._texts_of_exchanges, _always_as_written),
            ("chat", self._chats_of_exchanges, self._search.chat_written),
            ("operation", _operations, str),
            ("event", _events_caused, str),
            ("status", _statuses, str),
        ))  # fmt: skip

    def deliveries(self, arguments: Arguments) -> Criterion:
        """Of waits for webhooks."""
        return _first_of(arguments, (
            ("message", _ids_of_deliveries, _as_latin),
            ("event", _events, str),
            ("text", self._texts_of_deliveries, _always_as_written),
            ("chat", self._chats_of_deliveries, self._search.chat_written),
            ("status", _delivery_statuses, str),
        ))  # fmt: skip

    @staticmethod
    def messages(arguments: Arguments, chats: frozenset[str] | None) -> Criterion:
        """Of waits for messages, those in these chats."""
        if "text" in arguments:
            return Criterion(_words_of_messages, (words_written(arguments["text"]),))
        if chats is not None:
            return Criterion(chats_of_messages, tuple(sorted(chats)))
        return _first_of(arguments, (("status", _states, str), ("event", _message_types, str)))

    def _texts_of_exchanges(self, texts: Collection[str]) -> Reader:
        texts_in, texts_of = texts_finder(texts), self._search.exchange_texts
        return lambda exchange: texts_in(texts_of(exchange))

    def _texts_of_deliveries(self, texts: Collection[str]) -> Reader:
        texts_in, texts_of = texts_finder(texts), self._search.delivery_texts
        return lambda delivery: texts_in(texts_of(delivery))

    def _chats_of_exchanges(self, chats: Collection[str]) -> Reader:
        chats_named = self._search.find_chats_named
        return lambda exchange: [chat for chat in chats_named(exchange) if chat in chats]

    def _chats_of_deliveries(self, chats: Collection[str]) -> Reader:
        chat_named = self._search.chat_named
        return lambda delivery: _among(chats, chat_named(delivery))


def record_ids(ids: Collection[str]) -> Reader:
    """The facet of waits for one record each."""
    return lambda record: _among(ids, record.id)


def chats_of_messages(chats: Collection[str]) -> Reader:
    """The facet of waits for messages of some chats, by the address under which they are kept."""
    return lambda entry: _among(chats, entry[1].chat)


def texts_finder(texts: Collection[str]) -> Callable[[str], list[str]]:
    """Gives those of the texts that are in another one.

    Texts that begin alike, as those that a test counts up, cost one search where none is there.
    """
    groups: list[tuple[str, list[str]]] = []
    for text in sorted(texts):
        beginning = _common_beginning(groups[-1][0], text) if groups else ""
        if len(beginning) >= BEGINNING:
            groups[-1] = beginning, [*groups[-1][1], text]
        else:
            groups.append((text, [text]))
    return lambda words: [
        text for beginning, alike in groups if beginning in words for text in alike if text in words
    ]


def _common_beginning(first: str, second: str) -> str:
    pairs = zip(first, second, strict=False)
    return "".join(one for one, _ in takewhile(lambda pair: pair[0] == pair[1], pairs))


def _first_of(arguments: Arguments, facets: _Facets) -> Criterion:
    for name, facet, value_of in facets:
        if name in arguments:
            return Criterion(facet, (value_of(arguments[name]),))
    return ANY_RECORD


def _among(values: Collection[Any], value: Any) -> tuple[Any, ...]:
    return (value,) if value in values else ()


def _always_as_written(text: str) -> str:
    """The longest piece of a text that is the same in every JSON, in small letters."""
    return max(_ESCAPED.split(text.casefold()), key=len)


def _as_latin(text: str) -> str:
    """The bytes of a text as characters: those are searched in half the time."""
    return text.encode().decode("latin-1")


def _ids_of_exchanges(ids: Collection[str]) -> Reader:
    ids_in = texts_finder(ids)

    def read(exchange: Exchange) -> list[str]:
        parts = exchange.request_body, exchange.response_body, exchange.path.encode()
        return ids_in(b"\0".join(parts).decode("latin-1"))

    return read


def _ids_of_deliveries(ids: Collection[str]) -> Reader:
    ids_in = texts_finder(ids)

    def read(delivery: Delivery) -> Sequence[str]:
        if b"\\" not in delivery.body:
            return ids_in(delivery.body.decode("latin-1"))
        message_id = message_named(delivery)
        return () if message_id is None else _among(ids, _as_latin(message_id))

    return read


def _words_of_messages(words: Collection[str]) -> Reader:
    words_in = texts_finder([each for each in words if each != NOT_ASCII])
    other_words = [each for each in words if each == NOT_ASCII]

    def read(entry: tuple[str, Message]) -> list[str]:
        letters, may_have_others = letters_of(entry[1].content)
        return words_in(letters) + (other_words if may_have_others else [])

    return read


def _operations(names: Collection[str]) -> Reader:
    return lambda exchange: _among(names, exchange.operation)


def _events_caused(names: Collection[str]) -> Reader:
    return lambda exchange: {name for name in exchange.events if name in names}


def _statuses(statuses: Collection[str]) -> Reader:
    return lambda exchange: _among(statuses, str(exchange.status))


def _events(names: Collection[str]) -> Reader:
    return lambda delivery: _among(names, delivery.event)


def _delivery_statuses(statuses: Collection[str]) -> Reader:
    return lambda delivery: {each for each in delivery_statuses(delivery) if each in statuses}


def _states(states: Collection[str]) -> Reader:
    return lambda entry: _among(states, entry[1].state)


def _message_types(types: Collection[str]) -> Reader:
    return lambda entry: _among(types, entry[1].type)
