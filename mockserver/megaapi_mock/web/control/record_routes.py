"""The control API's lists of what happened, and waiting until something has."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from itertools import islice
from typing import Any, TypeVar

from flask import request

from ...domain.message import Message
from ...errors import ControlRefused, UnknownInstance
from ...errors.names import did_you_mean
from ...records.delivery import Delivery, delivery_json
from ...records.exchange import Exchange
from ...records.journal import Journal
from ...records.log import RecordLog, delivery_bytes, exchange_bytes, hit_bytes
from ...records.message import message_json
from ...records.waiter import RecordKind, Waiter
from ...runtime import Instances
from ...spec.operations import Operation
from ..disconnect import gone_of
from . import lists
from .lists import Matches
from .places import Places
from .record_search import RecordSearch
from .waits import Waits

Json = dict[str, Any]
LogRecord = TypeVar("LogRecord", Exchange, Delivery)


class RecordRoutes:
    """Routes by subject: one method per route, which returns a document, maybe with a status."""

    def __init__(
        self,
        instances: Instances,
        journal: Journal,
        index: Sequence[Operation],
        search: RecordSearch,
        places: Places,
    ) -> None:
        self._instances, self._journal, self._index = instances, journal, index
        self._records = instances.store.records
        self._search, self._waits = search, Waits(journal, places)

    def routes(self) -> list[tuple[str, str, Callable[..., Any]]]:
        """Method, path and view of each route."""
        return [
            ("GET", "/exchanges", self.exchanges),
            ("GET", "/exchanges/<id>", self.exchange),
            ("GET", "/deliveries", self.deliveries),
            ("GET", "/deliveries/<id>", self.delivery),
            ("GET", "/messages", self.messages),
            ("GET", "/fault-hits", self.fault_hits),
            ("GET", "/strikes", self.fault_hits),
        ]

    def exchanges(self) -> Json:
        """Requests with their replies, newest last."""
        self._require_operation(request.args.get("operation"))
        plain, search = lists.exchange_matches(request.args), self._search.exchanges(request.args)

        def matches(exchange: Exchange) -> bool:
            return plain(exchange) and search(exchange)

        return self._page(
            lambda epoch: self._page_of(self._records.exchanges, epoch),
            matches,
            lambda exchange: self._with_place(exchange, exchange.as_json()),
            exchange_bytes,
            waiter=self._waiter("exchange", matches),
        )

    def _require_operation(self, name: str | None) -> None:
        names = [operation.id for operation in self._index]
        if name is not None and name not in names:
            guess = did_you_mean(name, names)
            raise ControlRefused(
                400, f"there is no operation {name[:80]!r}: {guess}see /_mock/operations"
            )

    def exchange(self, id: str) -> Json:
        """One request with its reply."""
        exchange = self._records.exchanges.get(id)
        if exchange is None:
            raise ControlRefused(404, f"there is no exchange {id!r}: see /_mock/exchanges")
        return exchange.as_json()

    def deliveries(self) -> Json:
        """Webhooks with their attempts, newest last."""
        log, plain = self._records.deliveries, lists.delivery_matches(request.args)
        search = self._search.deliveries(request.args)

        def matches(delivery: Delivery) -> bool:
            return plain(delivery) and search(delivery)

        # Where the reader stands, in the order of all: what comes further is not newer by that.
        start = [0]

        def look(epoch: int) -> Iterable[Delivery]:
            start[0] = log.number(self._since(epoch))
            return self._page_of(log, epoch)

        def accepts(delivery: Delivery) -> bool:
            return matches(delivery) and log.number(delivery.id) > start[0]

        return self._page(
            look,
            matches,
            lambda delivery: self._with_place(delivery, delivery_json(delivery)),
            delivery_bytes,
            waiter=self._waiter("delivery", accepts),
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
            client_gone=gone_of(request.environ),
        )

        def look() -> list[Delivery]:
            return [] if delivery.state == "queued" else [delivery]

        self._waits.wait_for(look, wait, waiter, delivery)
        return delivery_json(delivery)

    def messages(self) -> Json:
        """Messages of all instances, or of one, newest last."""
        store, publisher = self._instances.store, self._instances.publisher
        key, plain = request.args.get("instance"), lists.message_matches(request.args)
        search, start = self._search.messages(request.args), [0]

        def matches(entry: tuple[str, Message]) -> bool:
            return plain(entry) and search(entry)

        def look(epoch: int) -> Iterable[tuple[str, Message]]:
            since = self._since(epoch)
            start[0] = lists.arrival_of(store, publisher, key, since)
            if lists.newest_first(request.args):
                before = start[0] if since else None
                return lists.newest_messages(store, publisher, key, before)
            return lists.messages(store, publisher, key, start[0])

        def accepts(entry: tuple[str, Message]) -> bool:
            return matches(entry) and entry[1].arrival > start[0]

        return self._page(
            look,
            matches,
            self._message_json,
            lambda entry: len(entry[1].content),
            lambda entry: lists.message_cursor(store, publisher, entry),
            waiter=self._waiter("message", accepts),
        )

    def fault_hits(self) -> Json:
        """Every fault hit, of calls and of all else, newest last."""
        matches = lists.fault_hit_matches(request.args)
        return self._page(
            lambda epoch: self._records.fault_hits.after(
                self._since(epoch), request.args.get("instance")
            ),
            matches,
            lambda hit: hit.as_json(),
            hit_bytes,
            waiter=self._waiter("fault-hit", matches),
        )

    @staticmethod
    def _message_json(entry: tuple[str, Message]) -> Json:
        document = message_json(entry)
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

    def _page_of(self, log: RecordLog[LogRecord], epoch: int) -> Iterable[LogRecord]:
        since, key = self._since(epoch), request.args.get("instance")
        return log.before(since, key) if lists.newest_first(request.args) else log.after(since, key)

    @staticmethod
    def _waiter(kind: RecordKind, accepts: Matches) -> Waiter:
        client_gone = gone_of(request.environ)
        return Waiter(kind, request.args.get("instance"), accepts=accepts, client_gone=client_gone)

    def _page(
        self,
        records: Callable[[int], Iterable[Any]],
        matches: Matches,
        show: Callable[[Any], Json],
        size_of: Callable[[Any], int],
        cursor: Callable[[Any], str] | None = None,
        *,
        waiter: Waiter,
    ) -> Json:
        """What `records` has in an epoch, as far as it matches; with ?wait= once there is any."""
        limit, wait = lists.limit_of(request.args), lists.wait_of(request.args)
        journal, key, epochs = self._journal, request.args.get("instance"), [0]
        was_there = self._waits.subject(lambda: key is not None and self._instances.store.has(key))

        def look() -> list[Any]:
            if was_there and not self._instances.store.has(str(key)):
                raise UnknownInstance(f"{key} was deleted in the meantime")
            # Before the records: what is forgotten meanwhile is then told by the next look.
            epochs.append(journal.epoch(key))
            # One more than are shown: whether there is a next page.
            matching = (record for record in records(epochs[-1]) if matches(record))
            return list(islice(matching, limit + 1))

        matching = self._waits.wait_for(look, wait, waiter, was_there)
        limit = lists.fitting(matching[:limit], size_of, limit)
        page = lists.page([show(record) for record in matching[: limit + 1]], limit=limit)
        page["epoch"] = epochs[-1]
        if cursor is not None and page["next"] is not None:
            page["next"] = cursor(matching[limit - 1])
        return page
