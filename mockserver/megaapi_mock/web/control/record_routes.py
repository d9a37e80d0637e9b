"""The control API's lists of what happened, and waiting until something has."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Sequence
from itertools import islice
from typing import Any, TypeVar
from weakref import WeakKeyDictionary

from flask import request

from ...domain.message import message_json
from ...errors import ControlRefused, UnknownInstance
from ...errors.names import did_you_mean
from ...records.delivery import Delivery, delivery_json
from ...records.exchange import Exchange
from ...records.fault_hit import RecordedHit
from ...records.journal import Journal
from ...records.log import RecordLog, delivery_bytes, exchange_bytes, hit_bytes
from ...records.waiter import ANY_RECORD, Criterion, RecordKind, Waiter
from ...runtime import Instances
from ...spec.operations import Operation
from ..disconnect import gone_of
from . import lists
from .lists import Matches
from .looks import Look, Looks
from .message_rows import ChatIndexes, Entry, MessageRows, arrival_of, message_cursor
from .places import Places
from .record_search import RecordSearch
from .wait_criteria import WaitCriteria, record_ids
from .waits import Waits

Json = dict[str, Any]
LogRecord = TypeVar("LogRecord", Exchange, Delivery, RecordedHit)
# Arguments that do not say which of the records that come are asked for.
_OF_ANSWER = ("wait", "limit", "since", "epoch", "order")
# The records asked for in an epoch: of all, or of those that a wait was shown.
Rows = Callable[[int, list[Any] | None, Look], Iterable[Any]]


class RecordRoutes:
    """Routes by subject: one method per route, which returns a document, maybe with a status."""

    def __init__(
        self,
        instances: Instances,
        journal: Journal,
        index: Sequence[Operation],
        search: RecordSearch,
        places: Places,
        events: Collection[str],
    ) -> None:
        self._instances, self._journal, self._index = instances, journal, index
        self._events = events
        self._records = instances.store.records
        self._search, self._waits = search, Waits(journal, places)
        self._criteria = WaitCriteria(search)
        self._indexes: ChatIndexes = WeakKeyDictionary()
        self._looks = Looks(lambda: journal.exchanges.newest_number)

    def routes(self) -> list[tuple[str, str, Callable[..., Any]]]:
        """Method, path and view of each route."""
        return [
            ("GET", "/exchanges", self.exchanges),
            ("GET", "/exchanges/<id>", self.exchange),
            ("GET", "/deliveries", self.deliveries),
            ("GET", "/deliveries/<id>", self.delivery),
            ("GET", "/messages", self.messages),
            ("GET", "/fault-hits", self.fault_hits),
        ]

    def exchanges(self) -> Json:
        """Requests with their replies, newest last."""
        self._require_operation(request.args.get("operation"))
        self._require_event(request.args.get("event"))
        matches = lists.all_of(
            [lists.exchange_matches(request.args), self._search.exchanges(request.args)]
        )
        return self._page(
            self._rows_of(self._records.exchanges, matches),
            lambda exchange: self._with_place(exchange, exchange.as_json()),
            exchange_bytes,
            waiter=self._waiter("exchange", matches, self._criteria.exchanges(request.args)),
        )

    def _require_operation(self, name: str | None) -> None:
        names = [operation.id for operation in self._index]
        if name is not None and name not in names:
            guess = did_you_mean(name, names)
            raise ControlRefused(
                400, f"there is no operation {name[:80]!r}: {guess}see /_mock/operations"
            )

    def _require_event(self, name: str | None) -> None:
        """Of an event that does not exist nothing ever comes, however long one waits."""
        if name is not None and name not in self._events:
            guess = did_you_mean(name, self._events)
            raise ControlRefused(400, f"there is no event {name[:80]!r}: {guess}see /_mock/events")

    def exchange(self, id: str) -> Json:
        """One request with its reply."""
        exchange = self._records.exchanges.get(id)
        if exchange is None:
            raise ControlRefused(404, f"there is no exchange {id!r}: see /_mock/exchanges")
        return exchange.as_json()

    def deliveries(self) -> Json:
        """Webhooks with their attempts, newest last."""
        log = self._records.deliveries
        self._require_event(request.args.get("event"))
        matches = lists.all_of(
            [lists.delivery_matches(request.args), self._search.deliveries(request.args)]
        )
        # Where the reader stands, in the order of all: what comes further is not newer by that.
        start = [0]

        def is_new(delivery: Delivery) -> bool:
            return log.number(delivery.id) > start[0]

        criterion = self._criteria.deliveries(request.args)
        return self._page(
            self._rows_of(log, matches, start),
            lambda delivery: self._with_place(delivery, delivery_json(delivery)),
            delivery_bytes,
            waiter=self._waiter("delivery", matches, criterion, is_new),
        )

    def delivery(self, id: str) -> Json:
        """One webhook; with ?wait= once it is no longer queued."""
        wait = lists.wait_of(request.args)
        delivery = self._waits.subject(lambda: self._records.deliveries.get(id))
        if delivery is None:
            raise ControlRefused(404, f"there is no delivery {id!r}: see /_mock/deliveries")
        waiter = Waiter(
            "delivery",
            delivery.instance,
            accepts=lambda record: record is delivery,
            criterion=Criterion(record_ids, (id,)),
            client_gone=gone_of(request.environ),
        )

        def look(_: object) -> list[Delivery]:
            return [] if delivery.state == "queued" else [delivery]

        self._waits.wait_for(look, wait, waiter, delivery)
        return delivery_json(delivery)

    def messages(self) -> Json:
        """Messages of all instances, or of one, newest last."""
        store, publisher = self._instances.store, self._instances.publisher
        arguments, key, start = request.args, request.args.get("instance"), [0]
        kind = arguments.get("event")
        if kind is not None and kind in self._events:
            raise ControlRefused(
                400,
                f"event: {kind} is an event: /_mock/deliveries is asked by those; a message has a "
                "type, like conversation",
            )
        chats = self._search.chats(arguments)
        fits = self._search.messages(arguments, chats)
        rows = MessageRows(store, publisher, key, fits, chats=chats, indexes=self._indexes)

        def records(epoch: int, news: list[Any] | None, look: Look) -> Iterable[Any]:
            since = self._since(epoch)
            start[0] = arrival_of(store, publisher, key, since)
            if news is not None:
                return rows.among(news, start[0])
            if lists.newest_first(arguments):
                return rows.before(start[0] if since else None, look.paced)
            return rows.after(start[0], look.paced)

        return self._page(
            records,
            self._message_json,
            lambda entry: len(entry[1].content),
            lambda entry: message_cursor(store, publisher, entry),
            waiter=self._waiter(
                "message",
                lambda entry: fits(entry[1]),
                self._criteria.messages(arguments, chats),
                lambda entry: bool(entry[1].arrival > start[0]),
            ),
        )

    def fault_hits(self) -> Json:
        """Every fault hit, of calls and of all else, newest last."""
        matches = lists.fault_hit_matches(request.args)
        return self._page(
            self._rows_of(self._records.fault_hits, matches),
            lambda hit: hit.as_json(),
            hit_bytes,
            waiter=self._waiter("fault-hit", matches),
        )

    @staticmethod
    def _message_json(entry: Entry) -> Json:
        document = message_json(*entry)
        if lists.newest_first(request.args):
            document["place"] = entry[1].arrival
        return document

    def _with_place(self, record: Exchange | Delivery, document: Json) -> Json:
        """Newest first, with what puts both kinds in one order; times of a clock set back do not.

        Only there: others' records move it, and what an instance has recorded shall not differ.
        """
        if lists.newest_first(request.args):
            records = self._records
            is_exchange = isinstance(record, Exchange)
            log: RecordLog[Any] = records.exchanges if is_exchange else records.deliveries
            document["place"] = log.number(record.id)
        return document

    @staticmethod
    def _since(epoch: int) -> str | None:
        return lists.since_of(request.args, epoch)

    def _rows_of(
        self, log: RecordLog[LogRecord], matches: Matches, start: list[int] | None = None
    ) -> Rows:
        """The records of a log; `start` is told behind which place they begin."""
        key, newest_first = request.args.get("instance"), lists.newest_first(request.args)

        def records(epoch: int, news: list[Any] | None, look: Look) -> Iterable[Any]:
            since = self._since(epoch)
            number = log.number(since)
            if start is not None:
                start[0] = number
            rows: Iterable[LogRecord]
            if news is not None:
                there: dict[int, Any] = {log.number(each.id): each for each in news}
                rows = [there[position] for position in sorted(there) if position > number]
            else:
                rows = look.paced((log.before if newest_first else log.after)(since, key))
            return filter(matches, rows)

        return records

    @staticmethod
    def _waiter(
        kind: RecordKind,
        accepts: Matches,
        criterion: Criterion = ANY_RECORD,
        is_new: Matches = lists.everything,
    ) -> Waiter:
        question = frozenset(each for each in request.args.items() if each[0] not in _OF_ANSWER)
        return Waiter(
            kind,
            request.args.get("instance"),
            accepts=accepts,
            is_new=is_new,
            criterion=criterion,
            client_gone=gone_of(request.environ),
            question=question,
        )

    def _page(
        self,
        records: Rows,
        show: Callable[[Any], Json],
        size_of: Callable[[Any], int],
        cursor: Callable[[Any], str] | None = None,
        *,
        waiter: Waiter,
    ) -> Json:
        """What `records` has in an epoch; with ?wait= once there is any."""
        limit, wait = lists.limit_of(request.args), lists.wait_of(request.args)
        journal, key, epochs = self._journal, request.args.get("instance"), [0]
        newest_first = lists.newest_first(request.args)
        was_there = self._waits.subject(lambda: key is not None and self._instances.store.has(key))

        def look(news: list[Any] | None) -> list[Any]:
            if was_there and not self._instances.store.has(str(key)):
                raise UnknownInstance(f"{key} was deleted in the meantime")
            # Before the records: what is forgotten meanwhile is then told by the next look.
            epochs.append(journal.epoch(key))
            if news and newest_first:
                # What comes is newer than what these pages go back to.
                news = None
            with self._looks.begin(waiter.is_left) as begun:
                # One more than are shown: whether there is a next page.
                return list(islice(records(epochs[-1], news, begun), limit + 1))

        matching = self._waits.wait_for(look, wait, waiter, was_there)
        limit = lists.fitting(matching[:limit], size_of, limit)
        page = lists.page([show(record) for record in matching[: limit + 1]], limit=limit)
        page["epoch"] = epochs[-1]
        if cursor is not None and page["next"] is not None:
            page["next"] = cursor(matching[limit - 1])
        return page
