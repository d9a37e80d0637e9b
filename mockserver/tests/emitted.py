"""Every body a test's couriers took over, held to spec/webhooks and to the types for receivers."""

from __future__ import annotations

import threading
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from functools import cached_property
from typing import Any

import orjson
import pytest
from megaapi_mock.events import UnknownEvent, parse
from megaapi_mock.records.delivery import Delivery
from megaapi_mock.resources import root
from megaapi_mock.spec.authority import Authority
from megaapi_mock.spec.operations import webhook_events
from megaapi_mock.spec.recognise import Recogniser
from megaapi_mock.spec.valid_bundle import valid_bundle
from megaapi_mock.spec.validate import Compiler
from megaapi_mock.webhooks.courier import Courier

# A test that sends more than this is judged meanwhile, so that its bodies do not pile up.
HELD_MOST = 5_000


class Emitted:
    """What left since the last `judge`, each body once, held to the contract by openapi-core.

    The compiled schemas, which the mock itself goes by, must come to the same verdict; the types
    that receivers get must allow all that the contract does.
    """

    def __init__(self) -> None:
        self.misfits: list[str] = []
        self.judged = 0
        self._held: set[tuple[str, bytes]] = set()
        self._walked: set[str] = set()
        self._lock = threading.RLock()

    @contextmanager
    def collecting(self) -> Iterator[None]:
        """Hear of everything any courier is given."""
        accept = Courier.accept

        def heard(courier: Courier, deliveries: Iterable[Delivery]) -> None:
            taken = list(deliveries)
            self.add((delivery.event, delivery.body) for delivery in taken)
            accept(courier, taken)

        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(Courier, "accept", heard)
            yield

    def add(self, bodies: Iterable[tuple[str, bytes]]) -> None:
        """Take bodies by the name of their event."""
        with self._lock:
            self._held.update(bodies)
            if len(self._held) > HELD_MOST:
                self._judge_held()

    def judge(self) -> list[str]:
        """What does not fit of all that left, in sentences; the record is empty then."""
        with self._lock:
            self._judge_held()
            found, self.misfits = self.misfits, []
        return found

    def forget(self) -> None:
        """Drop what left."""
        with self._lock:
            self._held.clear()
            self.misfits.clear()

    def judge_received(self, bodies: Iterable[bytes]) -> list[str]:
        """The same for bodies of a mock in another process, whose events nobody names."""
        named = []
        for body in bodies:
            event = self._recogniser.recognise(orjson.loads(body)).event
            named.append((event.name if event else "no known event", body))
        with self._lock:
            self.add(named)
            return self.judge()

    def _judge_held(self) -> None:
        held, self._held = self._held, set()
        for event, body in held:
            self.judged += 1
            self.misfits += [
                f"{event}: {problem}: {body!r}" for problem in self._wrong(event, body)
            ]

    def _wrong(self, event: str, body: bytes) -> list[str]:
        if event not in self._schemas:
            return ["is not an event of the contract"]
        try:
            payload = orjson.loads(body)
        except orjson.JSONDecodeError:
            return ["is not JSON"]
        if event in self._walked:
            violations = self._authority.payload_violations(event, payload)
        else:
            # As a whole request once: of the others only the payload can be otherwise.
            self._walked.add(event)
            violations = self._authority.webhook_violations(event, body)
        found = [str(violation) for violation in violations]
        if self._schemas[event].is_valid(payload) == bool(found):
            found.append("openapi-core and the compiled schema disagree")
        if not found:
            read = parse(payload)
            wrong = [read.reason] if isinstance(read, UnknownEvent) else map(str, read.problems)
            found = [f"as a receiver reads it: {sentence}" for sentence in wrong]
        return found

    @cached_property
    def _recogniser(self) -> Recogniser:
        return Recogniser(valid_bundle(root("spec")))

    @cached_property
    def _authority(self) -> Authority:
        return Authority(valid_bundle(root("spec")).document)

    @cached_property
    def _schemas(self) -> dict[str, Any]:
        bundle = valid_bundle(root("spec"))
        compiler = Compiler(bundle.document)
        return {
            event.name: compiler.compile(
                event.definition["requestBody"]["content"]["application/json"]["schema"]
            )
            for event in webhook_events(bundle)
        }
