"""The receiver: can it be reached from here, and does it answer as the gateway needs it?"""

from __future__ import annotations

import ssl
import time
from collections.abc import Callable

import orjson

from ..resources import root
from ..samples import Samples
from ..webhooks.transport import Answer, DeliveryFailed, HttpTransport, axios_headers
from .asking import Place, Unreachable, is_local
from .findings import Finding, Skipped

# An acknowledgement of a message nobody sent: whatever a bot does with it, nobody is written to.
PROBE = "ack-delivered"


class Hook:
    """The checks of one receiver; without a URL each is skipped."""

    def __init__(self, url: str | None, key: str, *, timeout: float, slow: float) -> None:
        self._place = None if url is None else Place.of("--webhook", url)
        self._key, self._timeout, self._slow = key, timeout, slow
        self._addresses: list[str] = []
        self._open = False
        self._seconds: float | None = None

    def checks(self, gateway_is_remote: Callable[[], bool]) -> dict[str, Callable[[], Finding]]:
        """By name."""
        return {
            "hook_address": lambda: self.address(gateway_is_remote()),
            "hook_connection": self.connection,
            "hook_answer": self.answer,
            "hook_speed": self.speed,
        }

    def address(self, gateway_is_remote: bool) -> Finding:
        place = self._given()
        try:
            self._addresses = place.addresses()
        except Unreachable as why:
            return Finding("hook_address", "wrong", str(why), "check the host in --webhook")
        told = f"{place.host} is at {self._addresses[0]}"
        if gateway_is_remote and is_local(self._addresses):
            advice = "a gateway in the internet cannot call it: use a tunnel or a public host"
            return Finding("hook_address", "wrong", f"{told}, of this network alone", advice)
        if gateway_is_remote and not place.tls:
            advice = "use https://: customers' messages travel there"
            return Finding("hook_address", "warning", f"{told}, unencrypted", advice)
        return Finding("hook_address", "ok", told)

    def connection(self) -> Finding:
        place = self._given()
        if not self._addresses:
            raise Skipped("the host is not known")
        try:
            place.connect(self._timeout)
            if place.tls:
                place.shake_hands(self._timeout)
        except Unreachable as why:
            advice = "start the receiver; check port, certificate and http:// or https://"
            return Finding("hook_connection", "wrong", str(why), advice)
        self._open = True
        return Finding("hook_connection", "ok", f"{place.host}:{place.port} takes connections")

    def answer(self) -> Finding:
        """POST the probe, once."""
        place = self._given()
        if not self._open:
            raise Skipped("no connection")
        transport = HttpTransport(allowed_hosts="any")
        begin = time.monotonic()
        try:
            answer = transport.post(place.url, self._body(), axios_headers(), timeout=self._timeout)
        except DeliveryFailed as failure:
            if isinstance(failure.__cause__, TimeoutError):
                self._seconds = self._timeout
                raise Skipped("there was none in time") from None
            advice = "the receiver must answer in HTTP"
            if isinstance(failure.__cause__, ssl.SSLError):
                advice = "check http:// or https:// in --webhook"
            return Finding("hook_answer", "wrong", str(failure), advice)
        finally:
            transport.close()
        self._seconds = time.monotonic() - begin
        return _judged(answer)

    def speed(self) -> Finding:
        if self._seconds is None:
            raise Skipped("there was no answer" if self._place else "give --webhook to try it")
        if self._seconds >= self._timeout:
            told = f"no answer within {self._timeout:g} s: the gateway gives up"
            return Finding("hook_speed", "wrong", told, "answer 200 first, work afterwards")
        told = f"it answered after {self._seconds:.2f} s"
        if self._seconds >= self._slow:
            advice = f"the gateway gives up after {self._timeout:g} s: answer 200 first"
            return Finding("hook_speed", "warning", told, advice)
        return Finding("hook_speed", "ok", told)

    def _given(self) -> Place:
        if self._place is None:
            raise Skipped("give --webhook to try it")
        return self._place

    def _body(self) -> bytes:
        sample = Samples(root("fixtures")).payload(PROBE)
        return orjson.dumps({**sample, "instance_key": self._key})


def _judged(answer: Answer) -> Finding:
    """2xx, or what its status means here."""
    status = answer.status
    if 200 <= status < 300:
        return Finding("hook_answer", "ok", f"it answered {status} to a sample event")
    headers = {name.lower(): value for name, value in answer.headers}
    advice = {
        401: "let the gateway in without credentials: it sends none",
        403: "let the gateway in without credentials: it sends none",
        404: "check the path in --webhook",
        405: f"it must take POST; it takes {headers.get('allow', 'something else')}",
    }.get(status, "see the receiver's own log")
    if 300 <= status < 400:
        where = headers.get("location", "nowhere")
        advice = f"give {where} itself: a redirect loses the POST"
    return Finding("hook_answer", "wrong", f"it answered {status} to a sample event", advice)
