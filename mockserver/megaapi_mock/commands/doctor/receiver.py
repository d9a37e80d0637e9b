"""The receiver: can it be reached from here, and does it answer as the gateway needs it?"""

from __future__ import annotations

import ssl
import time
from collections.abc import Callable
from typing import Any

import orjson

from ...errors.shown_address import shown_address
from ...resources import root
from ...resources.samples import Samples
from ...webhooks.http.client import DeliveryFailed, HttpTransport, ReceiverAnswer, axios_headers
from ...webhooks.http.redirects import REDIRECTS_MOST
from .findings import CheckSkipped, Finding, FindingOutcome
from .http import NoAnswer, ServerAddress, is_local

# An acknowledgement of a message nobody sent: whatever a bot does with it, nobody is written to.
PROBE = "ack-delivered"
# A message of the sample's made-up number: a bot may answer it, open a ticket, count a customer.
MESSAGE = "text-plain"
WORDS = "Made-up message of megaapi-mock doctor, please ignore"


class Hook:
    """The checks of one receiver; without a URL each is skipped."""

    def __init__(
        self, url: str | None, key: str, *, timeout: float, slow: float, with_message: bool
    ) -> None:
        self._address = None if url is None else ServerAddress.of("--webhook", url)
        self._key, self._timeout, self._slow = key, timeout, slow
        self._with_message = with_message
        self._addresses: list[str] = []
        self._open = False
        self._seconds: float | None = None

    def checks(self, gateway_is_remote: Callable[[], bool]) -> dict[str, Callable[[], Finding]]:
        """The checks by their names, in the order they are made."""
        return {
            "hook_address": lambda: self.address(gateway_is_remote()),
            "hook_connection": self.connection,
            "hook_answer": self.answer,
            "hook_speed": self.speed,
            "hook_message": self.message,
        }

    def address(self, gateway_is_remote: bool) -> Finding:
        address = self._require_address()
        try:
            self._addresses = address.addresses()
        except NoAnswer as refusal:
            return Finding("hook_address", "wrong", str(refusal), "check the host in --webhook")
        message = f"{address.host} is at {self._addresses[0]}"
        if gateway_is_remote and is_local(self._addresses):
            advice = "a gateway on the internet cannot reach it: use a tunnel or a public host"
            return Finding(
                "hook_address", "wrong", f"{message}, which is on this network only", advice
            )
        if gateway_is_remote and not address.tls:
            advice = "use https://: it receives messages of customers"
            return Finding("hook_address", "warning", f"{message}, without encryption", advice)
        return Finding("hook_address", "ok", message)

    def connection(self) -> Finding:
        address = self._require_address()
        if not self._addresses:
            raise CheckSkipped("the host is not known")
        try:
            address.connect(self._timeout)
            if address.tls:
                address.shake_hands(self._timeout)
        except NoAnswer as refusal:
            advice = "start the receiver; check port, certificate and http:// or https://"
            return Finding("hook_connection", "wrong", str(refusal), advice)
        self._open = True
        return Finding(
            "hook_connection", "ok", f"{address.host}:{address.port} accepts connections"
        )

    def answer(self) -> Finding:
        """POST the acknowledgement, once."""
        try:
            answer, self._seconds = self._post(self._sample(PROBE))
        except DeliveryFailed as failure:
            return _connection_finding("hook_answer", failure)
        if answer is None:
            raise CheckSkipped("it came too late")
        return _judge_status("hook_answer", answer, "a sample event")

    def speed(self) -> Finding:
        if self._seconds is None:
            raise CheckSkipped(
                "there was no answer" if self._address else "give --webhook to try it"
            )
        return self._judge_time("hook_speed", self._seconds)

    def message(self) -> Finding:
        """POST a message that nobody wrote, once, where that was asked for."""
        self._require_address()
        if not self._with_message:
            raise CheckSkipped("--message also posts a made-up message; a bot may act on it")
        if self._seconds is None or self._seconds >= self._timeout:
            raise CheckSkipped("it did not answer the acknowledgement either")
        body = {
            **self._sample(MESSAGE),
            "pushName": "megaapi-mock doctor",
            "messageTimestamp": int(time.time()),
            "message": {"conversation": WORDS},
        }
        try:
            answer, seconds = self._post(body)
        except DeliveryFailed as failure:
            return _connection_finding("hook_message", failure)
        time_finding = self._judge_time("hook_message", seconds)
        finding = (
            time_finding
            if answer is None
            else _judge_status("hook_message", answer, "a made-up message")
        )
        return time_finding if finding.outcome == "ok" else finding

    def _post(self, body: dict[str, Any]) -> tuple[ReceiverAnswer | None, float]:
        """The answer, None when the time was up, and the seconds it took."""
        address = self._require_address()
        if not self._open:
            raise CheckSkipped("no connection")
        transport = HttpTransport(allowed_hosts="any", redirects=REDIRECTS_MOST)
        begin, content = time.monotonic(), orjson.dumps(body)
        try:
            answer = transport.post(address.url, content, axios_headers(), timeout=self._timeout)
        except DeliveryFailed as failure:
            if isinstance(failure.__cause__, TimeoutError):
                return None, self._timeout
            raise
        finally:
            transport.close()
        return answer, time.monotonic() - begin

    def _judge_time(self, check: str, seconds: float) -> Finding:
        if seconds >= self._timeout:
            message = f"no answer within {self._timeout:g} s: the gateway gives up"
            return Finding(check, "wrong", message, "answer 200 first, then do the work")
        message = f"it answered after {seconds:.2f} s"
        if seconds >= self._slow:
            advice = f"the gateway gives up after {self._timeout:g} s: answer 200 first"
            return Finding(check, "warning", message, advice)
        return Finding(check, "ok", message)

    def _require_address(self) -> ServerAddress:
        if self._address is None:
            raise CheckSkipped("give --webhook to try it")
        return self._address

    def _sample(self, event: str) -> dict[str, Any]:
        return {**Samples(root("fixtures")).payload(event), "instance_key": self._key}


def _connection_finding(check: str, failure: DeliveryFailed) -> Finding:
    advice = "the receiver must speak HTTP"
    if isinstance(failure.__cause__, ssl.SSLError):
        advice = "check http:// or https:// in --webhook"
    return Finding(check, "wrong", str(failure), advice)


def _judge_status(check: str, answer: ReceiverAnswer, subject: str) -> Finding:
    """2xx, or what its status means here; a redirect is followed as the gateway does it."""
    status = answer.status
    if answer.redirects:
        return _judge_redirect(check, answer, subject)
    if 200 <= status < 300:
        return Finding(check, "ok", f"it answered {status} to {subject}")
    headers = {name.lower(): value for name, value in answer.headers}
    advice = {
        401: "accept the gateway without credentials: it sends none",
        403: "accept the gateway without credentials: it sends none",
        404: "check the path in --webhook",
        405: f"it must take POST; it takes {headers.get('allow', 'something else')}",
    }.get(status, "read the log of the receiver")
    return Finding(check, "wrong", f"it answered {status} to {subject}", advice)


def _judge_redirect(check: str, answer: ReceiverAnswer, subject: str) -> Finding:
    """A POST that stays one arrives; on 301, 302 and 303 it becomes a GET without its body."""
    method, _, url = answer.redirects[-1].partition(" ")
    url = shown_address(url)
    message = f"it redirects {subject} to {url}, which answered {answer.status}"
    if method != "POST":
        advice = f"give {url} in --webhook: this redirect loses the POST"
        return Finding(check, "wrong", message, advice)
    outcome: FindingOutcome = "warning" if 200 <= answer.status < 300 else "wrong"
    advice = f"give {url} in --webhook: every event is posted twice on its way"
    return Finding(check, outcome, message, advice)
