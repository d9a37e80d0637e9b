"""The checks, in the order in which a set-up goes wrong."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote, urlsplit

from ...errors.shown_address import shown_address
from .findings import CheckSkipped, Finding, FindingOutcome
from .http import NoAnswer, ProbeReply, ServerAddress, get, is_local, require_plain
from .receiver import Hook

# Beyond this many seconds between the two clocks, times in webhooks look wrong.
CLOCK_MOST = 60.0
# What a bot lives on: without it, it hears nothing.
NEEDED = "messagesInput"
_UNKNOWN_ROUTE = "Resource "


@dataclass(frozen=True)
class Case:
    """The set-up. `timeout` bounds each question to the gateway, in seconds.

    With `message` the receiver also gets a made-up message of a customer, which a bot may act on.
    It has `hook_timeout`, the gateway's own limit, and should take less than `slow`.
    """

    target: str
    key: str
    token: str
    webhook: str | None = None
    message: bool = False
    timeout: float = 10.0
    hook_timeout: float = 30.0
    slow: float = 5.0


def examine(case: Case) -> list[Finding]:
    """Every check's finding, in order. Only GETs leave for the gateway.

    The receiver named by `webhook` gets one sample event. SetupError when `target` or `webhook` is
    not a URL, and when one of them, key or token holds what cannot be sent.
    """
    require_plain("--instance-key", case.key)
    require_plain("--token", case.token)
    exam = _Exam(case)
    hook = Hook(
        case.webhook,
        case.key,
        timeout=case.hook_timeout,
        slow=case.slow,
        with_message=case.message,
    )
    checks: dict[str, Callable[[], Finding]] = {**exam.checks(), **hook.checks(exam.is_remote)}
    findings = []
    for name, check in checks.items():
        try:
            findings.append(check())
        except CheckSkipped as skip:
            findings.append(Finding(name, "skipped", str(skip)))
    return findings


class _Exam:
    """One method per check of the gateway; what an earlier one learnt is kept for the next."""

    def __init__(self, case: Case) -> None:
        self._case = case
        self._address = ServerAddress.of("--target", case.target)
        self._key = quote(case.key, safe="")
        self._addresses: list[str] = []
        self._open = False
        self._status: ProbeReply | None = None
        self._let_in = False
        self._settings: dict[str, Any] = {}
        self._url: str | None = None

    def checks(self) -> dict[str, Callable[[], Finding]]:
        """The checks by their names, in the order they are made; each gives its finding."""
        return {
            "host": self.host,
            "connection": self.connection,
            "tls": self.tls,
            "gateway": self.gateway,
            "key": self.key,
            "token": self.token,
            "linked": self.linked,
            "clock": self.clock,
            "webhook_set": self.webhook_set,
            "webhook_on": self.webhook_on,
            "webhook_same": self.webhook_same,
            "events": self.events,
        }

    def is_remote(self) -> bool:
        """Whether the gateway is somewhere in the internet."""
        return bool(self._addresses) and not is_local(self._addresses)

    # -- the host ----------------------------------------------------------------------------

    def host(self) -> Finding:
        try:
            self._addresses = self._address.addresses()
        except NoAnswer as refusal:
            advice = "check the host in --target: your panel names it"
            return Finding("host", "wrong", str(refusal), advice)
        return Finding("host", "ok", f"{self._address.host} is at {self._addresses[0]}")

    def connection(self) -> Finding:
        if not self._addresses:
            raise CheckSkipped("the host is not known")
        address = f"{self._address.host}:{self._address.port}"
        try:
            self._address.connect(self._case.timeout)
        except NoAnswer as refusal:
            advice = "check the port, the firewall, and whether the mock runs"
            return Finding("connection", "wrong", str(refusal), advice)
        self._open = True
        return Finding("connection", "ok", f"{address} accepts connections")

    def tls(self) -> Finding:
        if not self._open:
            raise CheckSkipped("no connection")
        if not self._address.tls:
            if self.is_remote():
                message = "the token travels unencrypted"
                return Finding("tls", "warning", message, "use https:// in --target")
            raise CheckSkipped("http, on this network")
        try:
            self._address.shake_hands(self._case.timeout)
        except NoAnswer as refusal:
            self._open = False
            return Finding(
                "tls", "wrong", str(refusal), "use http:// for a mock and https:// for a real host"
            )
        return Finding("tls", "ok", "the certificate is valid")

    def gateway(self) -> Finding:
        if not self._open:
            raise CheckSkipped("no connection")
        try:
            reply = self._get("instance")
        except NoAnswer as refusal:
            advice = "does another service use this port?"
            return Finding("gateway", "wrong", str(refusal), advice)
        outcome, message, advice = self._is_gateway(reply)
        if outcome == "ok":
            self._status = reply
        return Finding("gateway", outcome, message, advice)

    def _is_gateway(self, reply: ProbeReply) -> tuple[FindingOutcome, str, str]:
        if 300 <= reply.status < 400:
            return (
                "wrong",
                f"it redirects to {shown_address(reply.location)}",
                "give that host in --target",
            )
        if reply.message.startswith(_UNKNOWN_ROUTE):
            path = self._address.parts.path.rstrip("/")
            more = f"leave {path} out of --target" if path else "this may be another product's host"
            return "wrong", "it has no /rest/instance/{key}", more
        if reply.status in (502, 503, 504):
            message = f"a proxy in front of the gateway answers {reply.in_words}"
            return (
                "wrong",
                message,
                "the gateway is down, or the host belongs to another plan: try later",
            )
        document = reply.document or {}
        has_instance = isinstance(document.get("instance"), dict)
        is_refusal = {"name", "message", "statusCode"} <= set(document)
        if has_instance or is_refusal or "error" in document:
            return "ok", "it answers like megaAPI", ""
        if reply.status == 200 and reply.empty:
            return "ok", "it answers 200 without a body, as some hosts do while offline", ""
        message = f"it answers {reply.in_words}; this is not megaAPI"
        return "wrong", message, "check host and port in --target"

    # -- the instance ------------------------------------------------------------------------

    def key(self) -> Finding:
        status = self._answer()
        if status.message == "Instance not found":
            message = f"no instance has the key {self._case.key}"
            return Finding("key", "wrong", message, "copy the key from your panel, with its host")
        return Finding("key", "ok", f"{self._case.key} is known")

    def token(self) -> Finding:
        status = self._answer()
        if status.message == "Instance not found":
            raise CheckSkipped("the key is not known")
        if status.status == 401:
            message = "this is not the token of the instance"
            return Finding(
                "token",
                "wrong",
                message,
                "copy the token from your panel again; it may have changed",
            )
        if status.status >= 400:
            message = f"the status call answers {status.in_words}: {status.message}"
            return Finding("token", "wrong", message, "read the answer")
        self._let_in = True
        return Finding("token", "ok", "it is accepted")

    def linked(self) -> Finding:
        status = self._inside()
        instance = (status.document or {}).get("instance")
        state = _link_state(instance) if isinstance(instance, dict) else None
        if state == "connected":
            message = "the status is connected; only a test message proves that messages arrive"
            return Finding("linked", "ok", message)
        message = f"no phone is connected: {state or status.message or 'the status is empty'}"
        return Finding("linked", "wrong", message, "scan the QR code, or type the pairing code")

    def clock(self) -> Finding:
        offset = self._answer().clock_off
        if offset is None:
            raise CheckSkipped("the host does not send its time")
        if abs(offset) > CLOCK_MOST:
            message = f"this machine is {abs(offset):.0f} s {'ahead' if offset > 0 else 'behind'}"
            return Finding(
                "clock", "warning", message, "synchronise the clocks of both machines (NTP)"
            )
        return Finding("clock", "ok", "both clocks agree")

    # -- its webhook -------------------------------------------------------------------------

    def webhook_set(self) -> Finding:
        self._inside()
        try:
            reply = self._get("webhook")
        except NoAnswer as refusal:
            return Finding("webhook_set", "wrong", str(refusal))
        webhook_data = (reply.document or {}).get("webhookData")
        self._settings = webhook_data if isinstance(webhook_data, dict) else reply.document or {}
        url = self._settings.get("webhookUrl")
        if reply.status >= 400 or not isinstance(url, str):
            raise CheckSkipped(f"the host does not show it: {reply.in_words}")
        if not url:
            return Finding("webhook_set", "wrong", "no URL is set", "set one with configWebhook")
        self._url = url
        return Finding("webhook_set", "ok", shown_address(url))

    def webhook_on(self) -> Finding:
        if self._url is None:
            raise CheckSkipped("the webhook is not known")
        if self._settings.get("webhookEnabled") is False:
            advice = 'call configWebhook with "webhookEnabled": true'
            return Finding("webhook_on", "wrong", "it is switched off", advice)
        return Finding("webhook_on", "ok", "it is switched on")

    def webhook_same(self) -> Finding:
        expected = self._case.webhook
        if self._url is None:
            raise CheckSkipped("the webhook is not known")
        if expected is None:
            raise CheckSkipped("give --webhook to compare")
        differs = _differences(self._url, expected)
        if differs:
            message = f"it is {shown_address(self._url)}, which differs in {' and '.join(differs)}"
            return Finding("webhook_same", "wrong", message, "set it again with configWebhook")
        return Finding("webhook_same", "ok", "it is the URL of --webhook")

    def events(self) -> Finding:
        self._inside()
        try:
            reply = self._get("config")
        except NoAnswer as why:
            raise CheckSkipped(str(why)) from None
        settings = (reply.document or {}).get("configData")
        if reply.status >= 400 or not isinstance(settings, dict):
            raise CheckSkipped(f"the host does not show it: {reply.in_words}")
        blocked = settings.get("blockEvents") or []
        accepted_events = settings.get("webhookEvents")
        deaf = NEEDED in blocked or (
            isinstance(accepted_events, list) and NEEDED not in accepted_events
        )
        if deaf:
            message = f"{NEEDED} is blocked: messages from customers do not arrive"
            return Finding("events", "wrong", message, "unblock it with configAcceptWebhooks")
        if blocked:
            message = f"blocked: {', '.join(map(str, blocked))}"
            return Finding(
                "events", "warning", message, "this is fine if your bot does not need them"
            )
        return Finding("events", "ok", "no event is blocked")

    def _answer(self) -> ProbeReply:
        if self._status is None:
            raise CheckSkipped("the gateway did not answer")
        return self._status

    def _inside(self) -> ProbeReply:
        status = self._answer()
        if not self._let_in:
            raise CheckSkipped("the key or the token is not accepted")
        return status

    def _get(self, controller: str) -> ProbeReply:
        path = f"/rest/{controller}/{self._key}"
        return get(self._address, path, self._case.token, self._case.timeout)


def _link_state(instance: dict[str, Any]) -> Any:
    """The status; the form of 2022 has none, and a user where a phone is linked."""
    if "status" in instance:
        return instance["status"]
    return "connected" if isinstance(instance.get("user"), dict) else "it names no user"


def _differences(have: str, want: str) -> list[str]:
    """The parts of two URLs that differ."""
    if have == want:
        return []
    names = ("scheme", "host and port", "path", "query", "fragment")
    pairs = zip(names, urlsplit(have), urlsplit(want), strict=True)
    differences = [name for name, mine, theirs in pairs if mine != theirs]
    if differences == ["path"] and urlsplit(have).path.rstrip("/") == urlsplit(want).path.rstrip(
        "/"
    ):
        return ["the slash at its end"]
    return differences or ["its letters"]
