"""What a probe works with: calls through the gate, a stage to stand on, and what it must hold."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import quote

from .contract import Contract
from .errors import NotTried, SuiteError
from .fence import WRONG_TOKEN
from .gate import Gate
from .judge import Judge
from .outcome import Broken, Exchange, Promise, Webhook
from .receiver import Receiver
from .wire import Request, request


@dataclass(frozen=True, slots=True)
class Place:
    """An instance to call: its key, its token, its own number when known."""

    key: str
    token: str
    number: str = ""
    connected: bool = True


@dataclass
class Session:
    """One probe's surroundings. `say` hears of each exchange; `broken` collects what it found."""

    contract: Contract
    gate: Gate
    judge: Judge
    receiver: Receiver
    recipients: tuple[str, ...]
    seed: int
    media_url: str = ""
    probe: str = ""
    broken: list[Broken] = field(default_factory=list)
    exchanges: int = 0
    on_exchange: Callable[[Exchange], None] = lambda exchange: None
    undo: list[Callable[[], object]] = field(default_factory=list)

    # -- calls -------------------------------------------------------------------------------

    def call(
        self,
        operation_id: str,
        place: Place,
        *,
        body: Any = None,
        raw: bytes | None = None,
        query: Mapping[str, str] | None = None,
        token: str | None = None,
        content_type: str = "application/json",
    ) -> Exchange:
        """One call of an operation as `place`; `token` in place of its own, empty for none."""
        operation = self.contract.by_id.get(operation_id)
        if operation is None:
            raise NotTried(f"plan {self.contract.plan} has no {operation_id}")
        path = operation.path.replace("{instance_key}", quote(place.key, safe=""))
        headers = [("Accept", "application/json")]
        bearer = place.token if token is None else token
        if bearer:
            headers.append(("Authorization", f"Bearer {bearer}"))
        if body is not None or raw is not None:
            headers.append(("Content-Type", content_type))
        return self.exchange(
            request(operation.method, path, query=query, body=body, raw=raw, headers=headers)
        )

    def exchange(self, sent: Request) -> Exchange:
        """Send one request; what its answer breaks is noted, whatever the probe is about."""
        done = self.gate.send(sent)
        self.exchanges += 1
        self.on_exchange(done)
        self.broken += self.judge.exchange(done, self.probe)
        return done

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
        """Note a broken rule of behaviour unless `holds`; whether it did."""
        if not holds:
            about = operation or (exchange.operation if exchange else "") or ""
            self.broken.append(
                Broken(
                    self.probe, "law", about, sentence, promise, exchange, webhook, rule=sentence
                )
            )
        return bool(holds)

    def hold_status(self, exchange: Exchange, *statuses: int, when: str) -> bool:
        """The answer's status is one of these; its promise is that of the first."""
        operation = str(exchange.operation)
        return self.hold(
            exchange.status in statuses,
            f"{when}: {' or '.join(map(str, statuses))}",
            promise=self.contract.promise(operation, statuses[0]),
            exchange=exchange,
        )

    # -- what must be as it was --------------------------------------------------------------

    def put_back(self) -> None:
        """Undo what the probe changed, the latest first; one that fails keeps none from its turn.

        Raises the first SuiteError only when all had their turn.
        """
        failed: SuiteError | None = None
        while self.undo:
            try:
                self.undo.pop()()
            except SuiteError as error:
                failed = failed or error
        if failed is not None:
            raise failed

    def wrong_token(self) -> str:
        """A token the host does not know."""
        return WRONG_TOKEN
