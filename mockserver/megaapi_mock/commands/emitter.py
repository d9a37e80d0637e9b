"""Sample webhooks to any receiver, without a server: made fresh, delivered, counted."""

from __future__ import annotations

import json
import re
import threading
import time
from array import array
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import orjson

from ..clock import Clock
from ..codec import JSON_DEPTH, TooDeep, Unreadable, parse_json
from ..domain.json_path import put_at, require_path, value_on_path
from ..errors import Invalid, SetupError
from ..errors.names import did_you_mean
from ..errors.shown_address import shown_address
from ..ids import Ids
from ..profile import default_profile
from ..records.delivery import Delivery
from ..resources.samples import Samples
from ..spec.payload_fields import PayloadFields
from ..webhooks.courier import Courier
from ..webhooks.http.client import DeliveryFailed, HttpTransport, Transport, axios_headers
from ..webhooks.http.connection import Target
from ..webhooks.render import Renderer, sample_event

# More threads than this only take the interpreter from each other.
WORKERS_MOST = 64
# Deliveries made ahead of the courier: enough to keep it busy, few enough for any --count.
AHEAD = 256
# Digits and sign of the longest whole number of 64 bits.
DIGITS_MOST = 20
_WHOLE = re.compile(r"-?[1-9][0-9]*")
# Different failures that are told apart.
FAILURES_MOST = 100
_STEP = 0.1

Payload = dict[str, Any]


@dataclass(frozen=True)
class Order:
    """What is asked for: `count` webhooks of one event, each `duplicate` times, to one URL.

    Webhooks leave in order along each of `parallel` lines, `rate` of them a second (None: as fast
    as the receiver answers). Copies of one webhook leave side by side.
    """

    event: str
    url: str
    changes: Mapping[str, str] = field(default_factory=dict)
    count: int = 1
    rate: float | None = None
    generation: str = "2026"
    instance_key: str | None = None
    parallel: int = 1
    duplicate: int = 1
    timeout: float = 30.0
    keep_alive: bool = False

    @property
    def total(self) -> int:
        """How many deliveries that makes."""
        return self.count * self.duplicate


class DeliveryCounts:
    """How the deliveries ended; thread-safe."""

    def __init__(self) -> None:
        self.delivery_count = 0
        self.failures: Counter[str] = Counter()
        self.seconds = 0.0
        self._latencies = array("d")
        self._lock = threading.Lock()

    @property
    def failure_count(self) -> int:
        """How many did not arrive."""
        return self.failures.total()

    @property
    def rate(self) -> float:
        """Deliveries a second, from the first to the last."""
        return (self.delivery_count + self.failure_count) / self.seconds if self.seconds else 0.0

    def add(self, delivery: Delivery) -> None:
        """Count one that has come to its end."""
        with self._lock:
            if delivery.state == "delivered":
                self.delivery_count += 1
            else:
                self.failures[self._failure_key(delivery.reason or delivery.state)] += 1
            if delivery.attempts and delivery.attempts[-1].status is not None:
                self._latencies.append(delivery.attempts[-1].duration_ms)

    def _failure_key(self, failure: str) -> str:
        """A receiver may fail in ever new words: of too many the rest count as one."""
        has_own_count = failure in self.failures or len(self.failures) < FAILURES_MOST
        return failure if has_own_count else "other failures"

    def latency(self, share: float) -> float | None:
        """Milliseconds within which this share of the answers came; None without an answer."""
        latencies = sorted(self._latencies)
        return (
            latencies[min(int(len(latencies) * share), len(latencies) - 1)] if latencies else None
        )

    def as_json(self) -> dict[str, Any]:
        """The summary for programs."""
        return {
            "delivered": self.delivery_count,
            "failed": self.failure_count,
            "failures": dict(self.failures.most_common()),
            "seconds": round(self.seconds, 3),
            "rate": round(self.rate, 1),
            "p50_ms": self.latency(0.5),
            "p99_ms": self.latency(0.99),
        }


class Emitter:
    """Makes and sends what one order asks for.

    Raises SetupError at once when the order cannot be met: unknown event, unusable URL or change,
    a field that none of `fields` is.
    """

    def __init__(
        self,
        order: Order,
        *,
        samples: Samples,
        ids: Ids,
        clock: Clock | None = None,
        transport: Transport | None = None,
        watch: Callable[[Delivery], None] | None = None,
        fields: PayloadFields | None = None,
    ) -> None:
        self.order = order
        self.tally = DeliveryCounts()
        self._clock, self._ids = clock or Clock(), ids
        self._transport, self._watch = transport, watch
        _require_url(order.url)
        plain = _render_order(order, samples, self._clock.now())
        self._base = orjson.dumps(plain)
        self._changes = [
            (path, _value(plain, path, text, is_text=_is_text(fields, order.event, path, plain)))
            for path, text in order.changes.items()
        ]
        if fields is not None:
            for path, value in self._changes:
                mistake = fields.mistake(order.event, path, value, plain)
                if mistake is not None:
                    raise SetupError(f"--set {mistake}; --force sets it anyway")
        self._payload(1)  # shows whether the changes can be made

    def run(self, progress: Callable[[DeliveryCounts], None] | None = None) -> DeliveryCounts:
        """Send everything and return how it went; `progress` is called some times a second.

        On Ctrl-C what has not left is abandoned and counted as that, and the tally returned.
        """
        room = threading.Semaphore(AHEAD)
        courier = self._courier(room)
        show = progress or _say_nothing
        began = last_update = time.perf_counter()
        try:
            for number in range(self.order.count):
                self._await_turn(began, number, show)
                payload = self._payload(number + 1)
                for copy in range(self.order.duplicate):
                    while not room.acquire(timeout=_STEP):
                        show(self.tally)
                    courier.accept([self._delivery(payload, number, copy)])
                if time.perf_counter() - last_update > _STEP:
                    last_update = time.perf_counter()
                    show(self.tally)
            while not courier.wait_idle(_STEP):
                show(self.tally)
        except KeyboardInterrupt:
            pass
        finally:
            self.tally.seconds = time.perf_counter() - began
            courier.stop(0)
        show(self.tally)
        return self.tally

    def _courier(self, room: threading.Semaphore) -> Courier:
        def note_end(delivery: Delivery) -> None:
            self.tally.add(delivery)
            room.release()
            if self._watch is not None:
                self._watch(delivery)

        order = self.order
        return Courier(
            # Whoever types an address means it.
            transport=self._transport
            or HttpTransport(keep_alive=order.keep_alive, allowed_hosts="any"),
            clock=self._clock,
            on_change=note_end,
            headers=axios_headers(),
            timeout=order.timeout,
            workers=min(order.parallel * order.duplicate, WORKERS_MOST),
        )

    def _await_turn(
        self, began: float, number: int, show: Callable[[DeliveryCounts], None]
    ) -> None:
        if self.order.rate is None:
            return
        due = began + number / self.order.rate
        while (seconds := due - time.perf_counter()) > 0:
            time.sleep(min(seconds, _STEP))
            show(self.tally)

    def _payload(self, number: int) -> Payload:
        """The sample with an id and times of its own, then with what was asked for."""
        payload: Payload = orjson.loads(self._base)
        key = payload.get("key")
        if isinstance(key, dict):
            make = self._ids.message if key.get("fromMe") else self._ids.inbound
            # A mock of the same seed must not count the same ids: a bot would take them for copies.
            key["id"] = make(f"emit {payload['instance_key']}", number)
        for name in ("messageTimestamp", "timestamp"):
            if name in payload:
                payload[name] = int(self._clock.now())
        for path, value in self._changes:
            try:
                put_at(payload, path, value)
            except Invalid as error:
                raise SetupError(f"--{error}") from None
        return payload

    def _delivery(self, payload: Payload, number: int, copy: int) -> Delivery:
        return Delivery(
            id=f"d{number + 1}.{copy + 1}",
            time=self._clock.now(),
            instance=str(payload.get("instance_key")),
            event=self.order.event,
            message_type=str(payload.get("messageType")),
            url=self.order.url,
            body=orjson.dumps(payload),
            lane=f"{number % self.order.parallel}.{copy}",
        )


def _render_order(order: Order, samples: Samples, now: float) -> Payload:
    """The event as its generation sends it, of the sample's owner."""
    if order.event not in samples.names():
        raise SetupError(_unknown(order.event, samples.names()))
    event = sample_event(samples, order.event, time=now, instance=order.instance_key)
    profile = default_profile().with_switches({"payload_generation": order.generation})
    return Renderer(samples, profile).payload(event)


def _unknown(event: str, names: Sequence[str]) -> str:
    hint = did_you_mean(event, names)
    return f"there is no event {event!r}: {hint}`megaapi-mock events` lists all {len(names)}"


def _require_url(url: str) -> None:
    try:
        Target.parse(url)
    except DeliveryFailed as error:
        address = shown_address(url)
        # A URL that is not one is quoted.
        reason = str(error).replace(repr(url[:200]), repr(address[:200]))
        raise SetupError(f"--to {address}: {reason}") from None


def _is_text(fields: PayloadFields | None, event: str, path: str, plain: Payload) -> bool:
    """Whether the sample, or the contract, has nothing but a string there."""
    if isinstance(value_on_path(plain, path), str):
        return True
    return fields is not None and fields.is_text(event, path, plain)


def _value(plain: Payload, path: str, text: str, *, is_text: bool) -> Any:
    """The text where there is one; else what it says as JSON, if that it is."""
    try:
        require_path(path)
    except Invalid as error:
        raise SetupError(f"--{error}") from None
    for part in (path, text):
        if not _is_unicode(part):
            raise SetupError(f"--set {path!r}: the value must be Unicode text")
    return text if is_text else _as_json(path, text)


def _as_json(path: str, text: str) -> Any:
    """What the text says as JSON; the text itself where it is none."""
    try:
        value = parse_json(text.encode())
    except TooDeep:
        raise SetupError(f"--set {path!r}: its value nests beyond {JSON_DEPTH} levels") from None
    except Unreadable:
        if _WHOLE.fullmatch(text):
            _require_64_bits(path, text)
        return text
    json.loads(text, parse_int=lambda number: _require_64_bits(path, number))
    return value


def _require_64_bits(path: str, number: str) -> None:
    # Read as a float it would leave as another number.
    if len(number) > DIGITS_MOST or not -(2**63) <= int(number) < 2**64:
        raise SetupError(f"--set {path!r}: {number[:80]} does not fit in 64 bits")


def _is_unicode(text: str) -> bool:
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True


def _say_nothing(_: DeliveryCounts) -> None:
    return
