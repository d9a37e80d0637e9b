"""A probe's session: sends calls through the gate, and notes what must hold."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import quote

from megaapi_mock.spec.operations import Operation
from megaapi_mock.spec.plans import ADMIN_TOKEN

from ..errors import HeldBack, NotTried, SuiteError, as_bug
from ..host.forms import settled_form
from ..host.host_instance import HostInstance
from ..host.http import Headers, Request, request
from ..host.webhook_receiver import Receiver
from ..judging.alternatives import USUAL, FirstSight, SettledSwitches
from ..judging.contract import Contract
from ..judging.judge import Judge
from ..judging.results import Breach, Exchange, Promise, Webhook
from ..judging.values import value_at
from ..safety.fence import WRONG_TOKEN
from ..safety.gate import Gate
from ..safety.restore import Restorer
from ..safety.restore_file import Undo
from ..safety.run_record import RunRecord

# A file that does not exist; most hosts of a test fetch none.
PICTURE_URL = "https://files.example.test/picture.jpg"


@dataclass
class Session:
    """What a probe calls the host with, and what it has found.

    `on_exchange` is called with each exchange; `called_operations` are the ids it called,
    `breaches` what it found.
    """

    contract: Contract
    gate: Gate
    judge: Judge
    receiver: Receiver
    recipients: tuple[str, ...]
    seed: int
    media_url: str = ""
    probe: str = ""
    breaches: list[Breach] = field(default_factory=list)
    exchanges: int = 0
    called_operations: set[str | None] = field(default_factory=set)
    on_exchange: Callable[[Exchange], None] = lambda exchange: None
    _message_ids: dict[str, set[str]] = field(default_factory=dict)
    settled_switches: SettledSwitches = field(default_factory=SettledSwitches)
    run_record: RunRecord = field(default_factory=RunRecord)
    # Whether what it sends must be sent now: a law that waits for the webhooks of it.
    sends_anew: bool = False
    undo: list[Undo] = field(default_factory=list)
    restorer: Restorer = field(init=False, repr=False)

    def __post_init__(self) -> None:
        self.restorer = Restorer(self)

    # -- calls -------------------------------------------------------------------------------

    def call(
        self,
        operation_id: str,
        instance: HostInstance,
        *,
        body: Any = None,
        raw: bytes | None = None,
        query: Mapping[str, str] | None = None,
        token: str | None = None,
        content_type: str = "application/json",
        scheme: str = "Bearer",
        headers: Headers = (),
    ) -> Exchange:
        """Call an operation of an instance; `token` replaces its own, empty sends none.

        `scheme` stands before the token; empty, the token stands alone. `headers` come first.
        """
        return self.exchange(
            self._request(
                operation_id, instance, body=body, raw=raw, query=query, token=token,
                content_type=content_type, scheme=scheme, headers=headers,
            )
        )  # fmt: skip

    def call_at_once(self, operation: str, instance: HostInstance, *bodies: Any) -> list[Exchange]:
        """Call an operation with each of these bodies, all at the same time; for mocks only."""
        requests = [self._request(operation, instance, body=body) for body in bodies]
        exchanges = self.gate.send_at_once(requests)
        for one, exchange in zip(requests, exchanges, strict=True):
            self._note_exchange(one, exchange)
        return exchanges

    def _request(
        self,
        operation_id: str,
        instance: HostInstance,
        *,
        body: Any = None,
        raw: bytes | None = None,
        query: Mapping[str, str] | None = None,
        token: str | None = None,
        content_type: str = "application/json",
        scheme: str = "Bearer",
        headers: Headers = (),
    ) -> Request:
        body = self._with_media_url(body)
        operation = self.contract.by_id.get(operation_id)
        if operation is None:
            raise NotTried(f"plan {self.contract.plan} has no {operation_id}")
        path = operation.path.replace("{instance_key}", quote(instance.key, safe=""))
        if operation.is_key_in_query:
            query = {**(query or {}), "instance_key": instance.key}
        all_headers = [*headers, ("Accept", "application/json")]
        bearer = self.token_for(operation, instance) if token is None else token
        if bearer:
            all_headers.append(("Authorization", f"{scheme} {bearer}".strip()))
        if body is not None or raw is not None:
            all_headers.append(("Content-Type", content_type))
        return request(operation.method, path, query=query, body=body, raw=raw, headers=all_headers)

    def token_for(self, operation: Operation, instance: HostInstance) -> str:
        """The instance's own; a mock's administrator's for what is about all its instances."""
        return ADMIN_TOKEN if operation.is_of_host and self.gate.fence is None else instance.token

    def _with_media_url(self, body: Any) -> Any:
        """The body with PICTURE_URL replaced by the run's media URL, if there is one."""
        data = body.get("messageData") if isinstance(body, dict) else None
        if not self.media_url or not isinstance(data, dict):
            return body
        own = {name: self.media_url for name, value in data.items() if value == PICTURE_URL}
        return {**body, "messageData": {**data, **own}} if own else body

    def exchange(self, request: Request) -> Exchange:
        """Send one request, and note every promise that its answer breaks."""
        exchange = self._send(request)
        self._note_exchange(request, exchange)
        return exchange

    def _note_exchange(self, request: Request, exchange: Exchange) -> None:
        self.exchanges += 1
        self.called_operations.add(exchange.operation)
        self.on_exchange(exchange)
        self.gate.recipients.observe_send(exchange)
        self.judge.require_gateway(exchange)
        self._settle_form(exchange)
        if self.judge.is_doubtful(exchange):
            self.judge.require_json_status(exchange, self._ask_status())
        self.breaches += self.judge.exchange(exchange, self.probe)
        self.restorer.observe(exchange)
        self._remember_message_id(request, exchange)
        if exchange.operation == "create_instance" and exchange.ok:
            key = value_at(exchange.json, "data", "instance_key")
            self.gate.note_instance(key or value_at(exchange.json, "instance_key"))

    def _settle_form(self, exchange: Exchange) -> None:
        form = settled_form(exchange.operation, exchange.json) if exchange.ok else None
        if form is not None:
            self.settle(*form, exchange=exchange)

    def _remember_message_id(self, request: Request, exchange: Exchange) -> None:
        operation = self.contract.by_id.get(str(exchange.operation))
        if operation is None or operation.effect != "sends" or not exchange.ok:
            return
        route = self.contract.route(request.method, request.path)
        id_ = value_at(exchange.json, "messageData", "key", "id")
        if route is not None and isinstance(id_, str):
            self._message_ids.setdefault(route[1], set()).add(id_)
            self._hold_new_id(id_, exchange)

    def _hold_new_id(self, id_: str, exchange: Exchange) -> None:
        """On a given instance every send of the run shows whether ids come again."""
        if self.gate.fence is None:
            return
        is_new = self.run_record.message_ids.setdefault(id_, exchange) is exchange
        promise = self.contract.promise(str(exchange.operation))
        self.hold(is_new, "the id is no other message's", promise=promise, exchange=exchange)

    def sent_message_ids(self, key: str) -> set[str]:
        """The ids of the messages that this probe sent from an instance."""
        return self._message_ids.get(key, set())

    def _ask_status(self) -> Exchange:
        """Call the status of the given instance, which any gateway answers with JSON."""
        fence = self.gate.fence
        assert fence is not None
        path = self.contract.by_id["instance_status"].path.replace("{instance_key}", fence.key)
        headers = [("Accept", "application/json"), ("Authorization", f"Bearer {fence.token}")]
        return self.gate.send(request("GET", path, headers=headers))

    def _send(self, request: Request) -> Exchange:
        """Send a request after its undo step is stored: an answer may never come."""
        undo = self.restorer.undo_before(request)
        if undo is not None:
            self.undo.append(undo)
        try:
            return self.gate.send(request)
        except HeldBack:
            if undo is not None:
                self.discard_undo(undo)
                self.restorer.forget_unsent(request)
            raise

    # -- what must hold ----------------------------------------------------------------------

    def hold(
        self,
        holds: object,
        sentence: str,
        *,
        promise: Promise,
        exchange: Exchange | None = None,
        webhook: Webhook | None = None,
        operation: str = "",
    ) -> bool:
        """Note a breach of a rule unless `holds` is true; whether it is."""
        if not holds:
            operation_id = operation or (exchange.operation if exchange else "") or ""
            self.breaches.append(
                Breach(
                    self.probe,
                    "law",
                    operation_id,
                    sentence,
                    promise,
                    exchange,
                    webhook,
                    rule=sentence,
                )
            )
        return bool(holds)

    def note(
        self,
        sentence: str,
        *,
        promise: Promise,
        kind: str = "addition",
        exchange: Exchange | None = None,
        webhook: Webhook | None = None,
    ) -> None:
        """Note a new fact, which breaks no promise; reports show it once."""
        operation_id = str(exchange.operation or "") if exchange else ""
        self.breaches.append(
            Breach(
                self.probe, kind, operation_id, sentence, promise, exchange, webhook, rule=sentence
            )
        )

    # -- where the contract knows several ways ----------------------------------------------

    def takes_alternative(self, exchange: Exchange, *switches: str) -> bool:
        """Whether an answer is a documented alternative of these switches, which is then noted."""
        for alternative in self.contract.alternatives(str(exchange.operation)):
            if alternative.switch in switches and alternative.fits(exchange):
                self.settle(alternative.switch, alternative.value, exchange=exchange)
                return True
        return False

    def settle_usual(self, exchange: Exchange, *switches: str, promise: Promise) -> None:
        """Note that an answer has the usual form of an operation with documented alternatives."""
        documented_switches = {
            alternative.switch
            for alternative in self.contract.alternatives(str(exchange.operation))
        }
        for switch in switches:
            if switch in documented_switches or switch == "unregistered_sends":
                self.settle(switch, exchange=exchange, promise=promise)

    def settle(
        self,
        switch: str,
        value: str = USUAL,
        *,
        exchange: Exchange | None = None,
        promise: Promise | None = None,
    ) -> None:
        """Note which documented form the host uses, and hold that it is the same as before."""
        if promise is None:
            promise = Promise("inferred", "openapi.yaml")
            operation = str(exchange.operation) if exchange else ""
            if exchange is not None and operation in self.contract.by_id:
                promise = self.contract.promise(operation, exchange.status)
        if value != USUAL:
            sentence = f"{switch}={value}: a documented alternative"
            self.note(sentence, kind="alternative", promise=promise, exchange=exchange)
        sight = FirstSight(self.probe, exchange)
        is_consistent = self.settled_switches.is_same_as_before(switch, value, sight)
        # However unsure the contract is which way a host takes, none takes two.
        sure_promise = Promise("observed", promise.file, promise.sources)
        self.hold(
            is_consistent,
            f"{switch}: one way throughout",
            promise=sure_promise,
            exchange=exchange,
        )

    # -- what must be as it was --------------------------------------------------------------

    def put_back(self) -> None:
        """Undo what the probe changed, the latest first; one that fails keeps none from its turn.

        Raises the first SuiteError only when all had their turn. A step that is interrupted has
        another turn, and the rest theirs, before KeyboardInterrupt goes on; a second one goes on.
        """
        first_error: SuiteError | None = None
        first_interrupt: KeyboardInterrupt | None = None
        while self.undo:
            step = self.undo[-1]
            try:
                step()
            except KeyboardInterrupt as interruption:
                if first_interrupt is not None:
                    raise
                first_interrupt = interruption
                continue
            except Exception as fault:
                error = fault if isinstance(fault, SuiteError) else as_bug(fault)
                sentence = f"{error}; what {self.probe or 'it'} changed could not be put back"
                first_error = first_error or type(error)(sentence)
            self.remove_undo(step)
        if first_interrupt is not None:
            raise first_interrupt
        if first_error is not None:
            raise first_error

    def leave_groups(self) -> None:
        """Leave the groups of the run; those that cannot be left stay in the file."""
        self.undo += self.gate.groups_to_leave.values()
        self.gate.groups_to_leave.clear()
        self.put_back()

    def remove_undo(self, step: Undo) -> None:
        """Remove a step that was tried; when it failed, its entry is still in the file."""
        if step in self.undo:
            self.undo.remove(step)

    def discard_undo(self, step: Undo | None) -> None:
        """Discard an undo step that is not needed any more."""
        if step is not None:
            self.remove_undo(step)
            step.on_restored()

    def wrong_token(self) -> str:
        """A token the host does not know."""
        return WRONG_TOKEN
