"""A request's way: route, instance, token, body, connection, fields, recipient, handler."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import reduce
from operator import getitem

from ...clock import Clock
from ...codec import dumps
from ...domain.instance import Instance
from ...errors import (
    InvalidRequest,
    NotLoggedIn,
    RequestRejected,
    UnknownInstance,
    UnknownRoute,
    Unusable,
)
from ...faults.active import ActiveFaults
from ...faults.kind import Answered, Moment, Replacing
from ...faults.kinds.bad_gateway import BadGateway
from ...faults.kinds.empty_200 import Empty200
from ...faults.kinds.error_true_200 import ErrorTrue200
from ...handlers.call import Answer, Call, Handler
from ...handlers.files import Absent
from ...profile import Profile
from ...records.bugs import Bugs, guarded
from ...records.exchange import Exchange
from ...records.journal import Journal
from ...samples import Samples
from ...spec.operations import Operation
from ...spec.validate import Validators
from ...webhooks.publish import Batch, Publisher
from .auth import REMEMBERED_MOST, is_token, require_token
from .bodies import body_parser
from .call_faults import ASKED, CallFaults, UndoChange, WaitFirst, find
from .endpoint import Endpoint, endpoints
from .fetcher import Fetcher
from .recorded_call import exchange_of
from .refusals import require_usable, why_closed, with_violations
from .reply import JSON, LOOK, Headers, Reply
from .request import Request
from .route_hints import RouteHints

# However many people a slow call names, a client gets its answer in the end.
PAUSE_MOST = 60.0
# The switch `outage` is a fault for good.
_OUTAGES: Mapping[str, Replacing] = {
    "cdn_502": BadGateway(),
    "empty_200": Empty200(),
    "error_true": ErrorTrue200(),
}


@dataclass(slots=True)
class Handled:
    """A reply with its headers and what it releases once it is handed over."""

    reply: Reply
    headers: Headers
    batch: Batch | None = None


@dataclass
class Pipeline:
    """Answers every call of the gateway. `bugs` collects replies that broke our own contract."""

    operations: tuple[Operation, ...]
    handlers: Mapping[str, Handler]
    validators: Validators
    profile: Profile
    samples: Samples
    journal: Journal
    publisher: Publisher
    clock: Clock
    faults: ActiveFaults
    hints: RouteHints
    strict: bool = False
    on_exchange: Callable[[Exchange], None] | None = None
    stopping: threading.Event = field(default_factory=threading.Event)
    bugs: Bugs = field(default_factory=Bugs)

    def __post_init__(self) -> None:
        self._endpoints = endpoints(self.operations, self.handlers, self.validators)
        self._fetcher = Fetcher() if self.profile.on("fetch_media") else None
        self._parse = body_parser(self.profile)
        self._outage = _OUTAGES.get(self.profile["outage"])
        listener = self.on_exchange
        self._shown = None if listener is None else guarded(listener, "on_exchange failed")

    def answer(self, request: Request, operation: Operation, key: str) -> Handled:
        """Everything from the instance on; never raises."""
        endpoint = self._endpoints[operation.id]
        batch: Batch | None = None
        owner: str | None = key
        try:
            reply, batch = self._done(request, endpoint, key)
        except RequestRejected as refusal:
            owner = None if isinstance(refusal, UnknownInstance) else key
            reply = self._refused(refusal, endpoint)
        except Exception:
            self.bugs.note(endpoint.address)
            reply = self._own_bug(request)
        reply = self._struck_reply(request, operation, reply, kept=batch is not None)
        return self._closed(request, reply, operation=operation.id, owner=owner, batch=batch)

    @staticmethod
    def _own_bug(request: Request) -> Reply:
        """A bare 500. A reason would make it look intended: no fault covers our own bug."""
        request.struck = None
        return Reply.json(500, RequestRejected("").body)

    def _struck_reply(
        self, request: Request, operation: Operation, real: Reply, *, kept: bool
    ) -> Reply:
        """The reply as faults leave it, when it is time for it.

        What was kept is answered as it is, whatever fails here.
        """
        reply, struck = real, request.struck
        try:
            if struck is not None:
                reply = struck.on(real)
            # What a fault puts in its place need not fit.
            if struck is None or struck.replacing is None:
                self._hold_to_contract(operation, reply)
            # Nobody else waits meanwhile: the instance is free again.
            if reply.pause or struck is not None:
                self._sit_out(lambda: reply.pause + (0.0 if struck is None else struck.pause))
        except Exception:
            self.bugs.note(f"{operation.address}: its reply")
            happened = real.status >= 400 or (kept and real.status)
            return real if happened else self._own_bug(request)
        return reply

    def stop_waiting(self) -> None:
        """End every wait and download of a call, and those asked for from now on."""
        self.stopping.set()
        if self._fetcher is not None:
            self._fetcher.close()

    def unknown_route(self, request: Request) -> Handled:
        """404 in the framework's words; the reason names what was probably meant."""
        refusal = UnknownRoute(request.url, self.hints.reason(request.method, request.path))
        reply = Reply.json(refusal.status, refusal.body, refusal.reason)
        owner = self._named_in(request.path)
        return self._closed(request, reply, operation=None, owner=owner, batch=None)

    def _named_in(self, path: str) -> str | None:
        """The instance whose key stands in a path: who looks for its calls finds this one too."""
        keys = set(self.publisher.keys())
        return next((part for part in path.split("/") if part in keys), None)

    def _done(self, request: Request, endpoint: Endpoint, key: str) -> tuple[Reply, Batch | None]:
        if self._outage is not None:
            return self._out(self._outage), None
        # Before the instance is held: a large body is nobody else's affair.
        request.read_body(self._parse)
        while True:
            try:
                return self._change(request, endpoint, key)
            except WaitFirst as waits:
                self._sit_out(waits.seconds)
            except Absent as absent:
                # Nothing is held meanwhile: a slow host is nobody else's affair either.
                assert self._fetcher is not None, "files are asked for with fetch_media on alone"
                request.files.put(absent.url, self._fetcher.fetch(absent.url, absent.limit))

    def _sit_out(self, seconds: Callable[[], float]) -> None:
        """Wait so long, asking again meanwhile: a fault may be cleared, and the mock stop."""
        begun = time.monotonic()
        while (left := seconds() - (time.monotonic() - begun)) > 0:
            if self.stopping.wait(min(LOOK, left)):
                return

    def _change(self, request: Request, endpoint: Endpoint, key: str) -> tuple[Reply, Batch | None]:
        """The checks and the handler, as one change; undone where a fault wants it so."""
        reply: Reply | None = None
        try:
            with self.publisher.changing(key) as (instance, batch):
                reply = self._on(instance, request, endpoint)
                struck = request.struck
                if struck is not None and not struck.early:
                    if struck.takes_back:
                        raise UndoChange
                    struck.went_well(self.faults, instance)
        except UndoChange:
            assert reply is not None, "raised for a reply alone"
            return reply, None
        return reply, batch

    # -- the checks, in the gateway's order --------------------------------------------------

    def _on(self, instance: Instance, request: Request, endpoint: Endpoint) -> Reply:
        authorization = request.environ.get("HTTP_AUTHORIZATION", "")
        known = len(authorization) <= REMEMBERED_MOST and is_token(authorization, instance.token)
        if not known:
            require_token(instance, authorization)
        if self.faults.armed or ASKED in request.environ:
            struck = self._struck(instance, request, endpoint)
            if struck.early:
                return Reply(0, b"", "")
        document = request.document()
        if endpoint.needs_connection and not instance.linked:
            raise NotLoggedIn(why_closed(instance), status=instance.rules.disconnected_status)
        if endpoint.mark.mend is not None:
            document = endpoint.mark.mend(document, self.profile)
        fits, query = endpoint.fits, request.query
        if document is None or fits is None or not fits(document):
            require_usable(self.validators, self.profile, request, endpoint.operation, document)
        call = Call(
            endpoint.operation,
            instance,
            document,
            query,
            self.profile,
            self.samples,
            self.validators.schemas,
            None if self._fetcher is None else request.files.get,
            None
            if endpoint.recipient is None
            else instance.chats.recipient(str(reduce(getitem, endpoint.recipient, document))),
            strict=self.strict,
        )
        answer = endpoint.handler(call)
        reason = "; ".join(call.notes) or None
        pause = min(call.pause, PAUSE_MOST) if call.pause else 0.0
        if isinstance(answer, Answer):
            shown = answer.body or None
            return Reply(200, answer.body, answer.content_type, shown, reason, pause=pause)
        return Reply(200, dumps(answer), JSON, answer, reason, pause=pause)

    def _struck(self, instance: Instance, request: Request, endpoint: Endpoint) -> CallFaults:
        """What faults do to this call, settled at its first look; Waits when it is to wait."""
        struck = request.struck
        if struck is None:
            request.struck = struck = find(
                self.faults,
                endpoint.operation,
                instance.key,
                recipient=self._recipient(request, endpoint),
                asked=request.environ.get(ASKED),
            )
            if struck.wait:
                raise WaitFirst(lambda: struck.wait)
        struck.refuse(instance)
        instance.fault_effects = struck.fault_effects
        return struck

    def _recipient(self, request: Request, endpoint: Endpoint) -> str | None:
        """Whom the call is for, if any fault asks; None also where the body does not say."""
        if endpoint.recipient is None or not self.faults.wants_recipients:
            return None
        mend = endpoint.mark.mend
        try:
            document = request.document()
            document = document if mend is None else mend(document, self.profile)
            return self.faults.person(str(reduce(getitem, endpoint.recipient, document)))
        except (RequestRejected, LookupError, TypeError):
            return None

    # -- replies -----------------------------------------------------------------------------

    def _refused(self, refusal: RequestRejected, endpoint: Endpoint) -> Reply:
        hook = endpoint.mark.refused
        if hook is not None:
            refusal = with_violations(hook(refusal, self.profile), refusal)
        if self.strict and isinstance(refusal, Unusable):
            problems = refusal.violations or (refusal.reason,)
            refusal = InvalidRequest(refusal.reason, violations=problems)
        reply = Reply.json(refusal.status, refusal.body, refusal.reason)
        reply.violations = refusal.violations
        return reply

    def _out(self, kind: Replacing) -> Reply:
        made = kind.answer(Answered(0, b"", ""), Moment(self.clock.now(), 0.0, 0.0))
        reason = f"switch outage={self.profile['outage']}"
        return Reply(made.status, made.body, made.content_type, reason=reason)

    def _hold_to_contract(self, operation: Operation, reply: Reply) -> None:
        if self._outage is not None or reply.status == InvalidRequest.status:
            return
        broken = self.validators.reply_violations(
            operation, reply.status, reply.content_type, reply.document
        )
        if broken:
            text = f"{operation.address} answered {reply.status} against spec/" + (
                f"{operation.spec_file}: {'; '.join(map(str, broken))[:500]}"
            )
            self.bugs.add(text)

    def _closed(
        self,
        request: Request,
        reply: Reply,
        *,
        operation: str | None,
        owner: str | None,
        batch: Batch | None,
    ) -> Handled:
        """Record the call. Whatever fails here, its reply is sent and its batch released."""
        exchange: Exchange | None = None
        headers: Headers = []
        try:
            exchange = exchange_of(self.clock.now(), request, reply, operation, owner, batch)
            # A reset in between would number others the same, and one would take another's place.
            with self.journal.numbering():
                exchange.id = self.journal.next_id("x", owner)
                reply.extra.append(("X-Mock-Exchange", exchange.id))
                exchange.response_headers = headers = self._headers(reply)
                self.journal.add_exchange(exchange)
        except Exception:
            self.bugs.note(f"{request.method} {request.path} is in no journal")
            headers = headers or self._headers(reply)
        if exchange is not None:
            exchange.response_headers = headers
            if self._shown is not None:
                self._shown(exchange)
        return Handled(reply, headers, batch)

    def _headers(self, reply: Reply) -> Headers:
        """What is sent above the body; the least that can be where a header fails."""
        if not reply.status:
            # Nothing is sent at all.
            return []
        try:
            return reply.headers()
        except Exception:
            self.bugs.note(f"the headers of a reply with status {reply.status}")
            return [("Content-Type", reply.content_type), ("Content-Length", str(len(reply.body)))]
