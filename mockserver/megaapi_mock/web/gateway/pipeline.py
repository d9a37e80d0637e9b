"""A request's way: route, instance, token, fault, body, link, fields, recipient, handler."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from functools import partial

from ...clock import Clock
from ...codec import dumps
from ...domain.connection import CONNECTED
from ...domain.fault_effects import FaultCount
from ...domain.instance import Instance
from ...errors import (
    InvalidRequest,
    NotLoggedIn,
    Overloaded,
    RequestRejected,
    RequestTimeout,
    StoreUnavailable,
    UnknownInstance,
    UnknownRoute,
)
from ...faults.active import ActiveFaults
from ...handlers.call import NOBODY, Call, Json, RawReply
from ...handlers.files import Absent
from ...records.bugs import log_errors_of
from ...records.counts import NOTED_MOST
from ...records.exchange import Exchange
from ...records.fault_hit import hits_of
from ...records.outcome import Outcome
from ...runtime import Api, Records, Setup
from ...spec.operations import Operation
from ...webhooks.publish import Publisher
from .auth import is_token
from .call_faults import ASKED, CallFaults, NeedsChange, UndoChange, WaitFirst
from .endpoint import Endpoint, endpoints
from .express import KNOWN_TAGS, unless_known
from .fault_settlement import settle
from .fetcher import Fetcher
from .host_calls import HostCalls
from .refusals import broken_contract, outage, own_bug, refusal_reply, require_usable, why_closed
from .reply import JSON, LOOK, ReadyReply, Reply, headers_of
from .request import Request, exchange_of
from .route_hints import RouteHints, named_instance

# The upper limit of a pause in seconds, however many people a slow call names.
PAUSE_MOST = 60.0
# Answers of the mock alone: no contract has them.
_OUR_OWN = (InvalidRequest.status, RequestTimeout.status, StoreUnavailable.status)


@dataclass
class Pipeline:
    """Answers every call of the gateway.

    `fetcher` downloads files that calls name; None where the gateway looks at none.
    """

    setup: Setup
    api: Api
    records: Records
    publisher: Publisher
    clock: Clock
    faults: ActiveFaults
    host_calls: HostCalls
    fetcher: Fetcher | None = None
    on_exchange: Callable[[Exchange], None] | None = None
    stopping: threading.Event = field(default_factory=threading.Event, init=False)

    def __post_init__(self) -> None:
        setup, api, listener = self.setup, self.api, self.on_exchange
        self._profile, self._strict = setup.profile, setup.settings.strict
        self._validators = api.description.validators
        self._endpoints = endpoints(api.operations, api.handlers, self._validators, setup.profile)
        self._hints = RouteHints(
            setup.profile.plan, api.description.index, api.operations, setup.fixtures
        )
        self._outage = outage(setup.profile)
        self._says_all = setup.profile["if_none_match"] == "200"
        bugs = self.records.bugs
        self._tell_listener = listener and log_errors_of(listener, "on_exchange failed", bugs)

    def answer(self, request: Request, operation: Operation, key: str) -> ReadyReply:
        """Everything from the instance on; never raises."""
        endpoint = self._endpoints[operation.id]
        outcome: Outcome | None = None
        owner: str | None = key or None
        try:
            reply, outcome = self._run(request, endpoint, key)
        except RequestRejected as refusal:
            if isinstance(refusal, UnknownInstance):
                owner = None
                refusal.reason += self._hints.meant_by_key(request, operation, key)
            if isinstance(refusal, StoreUnavailable | Overloaded):
                request.forget_faults()
            reply = refusal_reply(refusal, endpoint, self._profile, strict=self._strict)
        except Exception:
            self.records.bugs.note(endpoint.address)
            request.forget_faults()
            reply = own_bug(request)
        if outcome is None:
            # What an operation of the host did is kept by now.
            reply = self._finish(request, endpoint, reply, is_kept=endpoint.is_of_host)
            exchange = self._record(request, reply, operation.id, owner)
        else:
            exchange = outcome.exchange
        # The instance is free again: nobody else waits.
        if reply.pause or request.call_faults is not None:
            self._pause(request, reply)
        self._count(request, operation.id, reply.status)
        return self._close(reply, exchange, outcome)

    def _finish(self, request: Request, endpoint: Endpoint, real: Reply, *, is_kept: bool) -> Reply:
        """The reply after faults, held to the contract; what `is_kept` is sent whatever fails."""
        call_faults = request.call_faults
        try:
            reply = real if call_faults is None else call_faults.apply(real)
            # What a fault puts in its place need not fit.
            if call_faults is None or call_faults.replacing is None:
                self._hold_to_contract(endpoint, reply)
        except Exception:
            self.records.bugs.note(f"{endpoint.address}: its reply")
            has_happened = real.status >= 400 or (is_kept and real.status)
            return real if has_happened else own_bug(request)
        asks = KNOWN_TAGS in request.environ and not self._says_all
        return unless_known(reply, request.environ, request.method) if asks else reply

    def _pause(self, request: Request, reply: Reply) -> None:
        """Let pass what a slow call, or a fault at it, takes before the answer leaves."""
        call_faults = request.call_faults
        try:
            self._wait(lambda: reply.pause + (0.0 if call_faults is None else call_faults.pause))
        except Exception:
            self.records.bugs.note(f"{request.method} {request.path} is answered at once")

    def stop_waiting(self) -> None:
        """End every wait and download of a call, and those asked for from now on."""
        self.stopping.set()
        if self.fetcher is not None:
            self.fetcher.close()

    def unknown_route(self, request: Request) -> ReadyReply:
        """404 in the framework's words; the reason names what was probably meant."""
        refusal = UnknownRoute(request.url, self._hints.reason(request.method, request.path))
        reply = Reply.json(refusal.status, refusal.body, refusal.reason)
        owner = named_instance(request.path, self.publisher.keys())
        self._count(request, None, refusal.status)
        return self._close(reply, self._record(request, reply, None, owner), None)

    def _run(self, request: Request, endpoint: Endpoint, key: str) -> tuple[Reply, Outcome | None]:
        if self._outage is not None:
            return self._outage(self.clock.now()), None
        # Before the instance is held: a large body must not block others.
        request.read_body(endpoint.parse)
        while True:
            try:
                if endpoint.is_of_host:
                    return self.host_calls.answer(request, endpoint, key), None
                if endpoint.reads:
                    with suppress(NeedsChange):
                        return self._read(request, endpoint, key), None
                return self._change(request, endpoint, key)
            except WaitFirst as waits:
                wait = self.publisher.waiting_calls.wait
                wait(key, partial(self._wait, held=request.call_faults), waits.seconds)
            except Absent as absent:
                # Nothing is held meanwhile: a slow host must not block others.
                assert self.fetcher is not None, "files are asked for with fetch_media on alone"
                request.files.put(absent.url, self.fetcher.fetch(absent.url, absent.limit))

    def _wait(self, seconds: Callable[[], float], held: CallFaults | None = None) -> None:
        """Wait so long, asking again meanwhile: a fault may be cleared, and the mock stop."""
        if held is not None:
            # Only now that a reset would end the wait: whoever sees it on record may reset at once.
            self._record_hits(held.begin_wait())
        start = time.monotonic()
        while (seconds_left := seconds() - (time.monotonic() - start)) > 0:
            if self.stopping.wait(min(LOOK, seconds_left)):
                return

    def _read(self, request: Request, endpoint: Endpoint, key: str) -> Reply:
        """The checks and the handler, without a change; NeedsChange where one is needed."""
        do = partial(self._carry_out, request=request, endpoint=endpoint, reads=True)
        return self.publisher.look(key, do)

    def _change(
        self, request: Request, endpoint: Endpoint, key: str
    ) -> tuple[Reply, Outcome | None]:
        """The checks, the handler and the record of the call, as one change.

        Undone where a fault wants it so.
        """
        real: Reply | None = None
        try:
            with self.publisher.changing(key) as (instance, outcome):
                real = self._carry_out(instance, request, endpoint)
                call_faults = request.call_faults
                if call_faults is not None:
                    if call_faults.takes_back:
                        raise UndoChange
                    call_faults.went_well(self.faults, instance)
                    instance.fault_counts += call_faults.counts
                reply = self._finish(request, endpoint, real, is_kept=True)
                outcome.exchange = self._exchange(request, reply, endpoint.operation.id, key)
        except UndoChange:
            assert real is not None, "raised for a reply alone"
            return real, None
        return reply, outcome

    # -- the checks, in the gateway's order --------------------------------------------------

    def _carry_out(
        self, instance: Instance, request: Request, endpoint: Endpoint, *, reads: bool = False
    ) -> Reply:
        header, access = request.environ.get("HTTP_AUTHORIZATION", ""), self.host_calls.access
        if len(header) > access.longest_cached or not is_token(header, instance.state.token):
            access.require(instance, header)
        if self.faults.has_faults or ASKED in request.environ:
            call_faults = settle(self.faults, self._profile, instance, request, endpoint)
            if call_faults.early:
                return Reply(0, b"", "")
        if reads and _needs_change(instance, request, endpoint):
            raise NeedsChange
        document = request.document()
        if endpoint.needs_connection and instance.state.connection.state != CONNECTED:
            raise NotLoggedIn(why_closed(instance), status=instance.rules.disconnected_status)
        if endpoint.mark.mend is not None:
            document = endpoint.mark.mend(document, self._profile)
        fits, query = endpoint.fits, request.query
        if document is None or fits is None or not fits(document):
            require_usable(self._validators, self._profile, request, endpoint.operation, document)
        call = Call(
            endpoint.operation,
            instance,
            document,
            document.get("messageData", {}) if isinstance(document, dict) else {},
            NOBODY
            if (read := endpoint.recipient) is None
            else instance.chats.recipient(str(read(query if endpoint.asks_query else document))),
            query,
            self._profile,
            self.setup.samples,
            self._validators.schemas,
            None if self.fetcher is None else request.files.get,
            request.uploads,
            strict=self._strict,
        )
        return _good_reply(endpoint.handler(call), call)

    # -- replies -----------------------------------------------------------------------------

    def _hold_to_contract(self, endpoint: Endpoint, reply: Reply) -> None:
        if self._outage is not None:
            return
        fits = endpoint.reply_fits.get(reply.status)
        if fits is not None and reply.content_type == JSON and reply.document is not None:
            if fits(reply.document):
                return
        elif reply.status in _OUR_OWN:
            return
        bug = broken_contract(self._validators, endpoint, reply)
        if bug is not None:
            self.records.bugs.add(bug)

    # -- the record --------------------------------------------------------------------------

    def _exchange(
        self, request: Request, reply: Reply, operation: str | None, owner: str | None
    ) -> Exchange | None:
        """The call as it is kept, numbered; None where that fails: its reply is sent all the same.

        Call this while holding the instance or the journal, so that no reset gives the same number
        again before the call is kept.
        """
        try:
            exchange = exchange_of(self.clock.now(), request, reply, operation, owner)
            exchange.id = self.records.journal.next_id("x", owner)
            reply.extra.append(("X-Mock-Exchange", exchange.id))
            exchange.response_headers = tuple(headers_of(reply, self.records.bugs))
        except Exception:
            self.records.bugs.note(f"{request.method} {request.path} is in no journal")
            return None
        return exchange

    def _record(
        self, request: Request, reply: Reply, operation: str | None, owner: str | None
    ) -> Exchange | None:
        """Record a call that changed nothing, and which faults hit it."""
        with self.records.journal.numbering():
            if request.call_faults is not None:
                self._record_hits(request.call_faults.counts)
            exchange = self._exchange(request, reply, operation, owner)
            if exchange is not None:
                try:
                    self.records.journal.write_exchange(exchange)
                except Exception:
                    self.records.bugs.note(f"{request.method} {request.path} is in no journal")
        return exchange

    def _record_hits(self, counts: Sequence[FaultCount]) -> None:
        """Record hits that are not part of a change."""
        try:
            self.records.journal.write_hits(hits_of(counts, self.records.journal.next_id))
        except Exception:
            self.records.bugs.note("the hits of faults are in no journal")

    def _count(self, request: Request, operation: str | None, status: int) -> None:
        try:
            noted = self.records.counts.noted
            noted.append((operation, status, time.perf_counter() - request.start_time, False))
            if len(noted) > NOTED_MOST:
                self.records.counts.fold_if_long()
        except Exception:
            self.records.bugs.note(f"{request.method} {request.path} is not counted")

    def _close(
        self, reply: Reply, exchange: Exchange | None, outcome: Outcome | None
    ) -> ReadyReply:
        if exchange is None:
            return ReadyReply(reply, headers_of(reply, self.records.bugs), outcome)
        if self._tell_listener is not None:
            try:
                self._tell_listener(exchange)
            except BaseException:
                # Ctrl-C, which ends the process: what the call has caused leaves all the same.
                if outcome is not None:
                    self.publisher.release(outcome)
                raise
        return ReadyReply(reply, [*exchange.response_headers], outcome)


def _needs_change(instance: Instance, request: Request, endpoint: Endpoint) -> bool:
    """Whether a call that reads has to change something this time."""
    call_faults, changes = request.call_faults, endpoint.mark.changes
    is_late = call_faults is not None and bool(call_faults.late)
    return is_late or (changes is not None and changes(instance))


def _good_reply(answer: Json | list[Json] | RawReply, call: Call) -> Reply:
    """What a handler has answered, with its notes as the reason."""
    reason = "; ".join(call.notes) or None
    pause = min(call.pause, PAUSE_MOST) if call.pause else 0.0
    if isinstance(answer, RawReply):
        recorded_body = answer.body or None
        return Reply(200, answer.body, answer.content_type, recorded_body, reason, pause=pause)
    return Reply(200, dumps(answer), JSON, answer, reason, pause=pause)
