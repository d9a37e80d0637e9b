"""Supplies probes with instances: new ones of a mock, or the given one of a host."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator
from contextlib import AbstractContextManager, contextmanager
from typing import Any, Protocol

from megaapi_mock.domain.jid import as_given

from ..errors import Impossible, NotTried, Unusable
from ..judging.results import Webhook
from .content_coding import decode_content
from .host_instance import HostInstance
from .http import Answer, request
from .target import Target

# The suite's own people, made up, whom no world has to list. The first one writes where no name
# is given; in the mock's starting world the last one's number is registered without its 9.
WORLD = ("5511900000002", "5511900000402", "5511900000403", "5511900000404", "5531990000005")
NO_WHATSAPP = "5511900000099"
NO_CUSTOMER = (
    "it needs a customer, which a second instance of yours can be (--peer-instance-key), and for "
    "much of it a person at the terminal (--ask)"
)
NO_SCAN = "somebody has to scan a code with the phone of the instance (--ask)"
NO_FLIGHT = "somebody has to switch a customer's phone to flight mode (--ask)"
NO_READER = (
    "it needs a second instance of yours that gets what this one sends (--peer-instance-key)"
)


# Ends flight mode; returns when the webhooks since its beginning fit, or somebody says it is over.
SwitchOn = Callable[[Callable[[list[Webhook]], bool]], None]
# Why a given instance is not the one a probe needs, by whether it is linked.
WRONG_STATE = {
    True: "no instance without a phone is given",
    False: "the given instance is not linked",
}


class Stage(Protocol):
    """Supplies instances, and the people who write to them.

    `phone` says whether phones can be simulated: their time, links and everybody's doings.
    `customers` are the numbers of those who write at a law's request. `gets_messages_at_once` says
    whether a program reads for them: a person's phone may be off.
    """

    phone: bool
    customers: tuple[str, ...]
    gets_messages_at_once: bool

    def instance(self, *, connected: bool | None = True) -> HostInstance:
        """An instance in that state (None: in any state); NotTried when this target has none."""

    def control_api(self, method: str, path: str, body: Any = None) -> Any:
        """The control API's answer; NotTried where there is none, Impossible when it refuses."""

    def why_nobody_writes(self, event: str) -> str:
        """Why no customer can cause this event here; empty when one can."""

    def may_set(self, event: str, path: str) -> bool:
        """Whether a law may say what stands there in what a customer writes."""

    def customer_writes(self, instance: HostInstance, event: str, **body: Any) -> dict[str, Any]:
        """A customer does something, as the control API's `inbound` has it.

        The message as its writer has it: `id`, `chat`, `content`, `from_me`, `time`, and `event`,
        which tells of it here. NotTried where no customer can do it.
        """

    def is_unasked(self, webhook: Webhook) -> bool:
        """Whether it only tells what a person does of their own accord, which no law looks at."""

    def why_nobody_scans(self) -> str:
        """Why nobody here scans a QR code; empty when somebody does."""

    def scan(self, session: Any, instance: HostInstance, picture: bytes) -> None:
        """The phone of the instance scans its code; NotTried where it does not."""

    def why_no_phone_is_off(self) -> str:
        """Why nobody switches the first customer's phone to flight mode; empty when they do."""

    def phone_off(self, instance: HostInstance) -> AbstractContextManager[SwitchOn]:
        """That phone gets nothing meanwhile, until the function is called; NotTried if not so."""

    def confirms(self, question: str) -> bool:
        """Whether who sees the phone says yes; True where a program knows what there is."""

    def why_nobody_reads(self) -> str:
        """Why no other instance here gets what is sent; empty when one does."""

    def reader(self, session: Any) -> tuple[HostInstance, Any]:
        """Another linked instance of the host, and the probe's session that may call it.

        What is changed of it is put back with what `session` has changed. NotTried where there is
        none.
        """

    def announce(self, instance: HostInstance, event: str, mark: str) -> bool:
        """Have a last webhook sent that holds the mark; False where nothing can be sent."""

    def person(self, instance: HostInstance, number: str) -> dict[str, Any]:
        """Whom an event names: `jid`, `lid` and `name`, None what is not known."""

    def pass_time(self, seconds: float) -> bool:
        """Advance the clock; False where the clock cannot be advanced."""

    def close(self) -> None:
        """Delete the instances that were created."""


class GivenStage:
    """A real host with one given instance, whose phone the suite cannot use."""

    phone = False
    customers: tuple[str, ...] = ()
    gets_messages_at_once = True

    def __init__(self, instance: HostInstance) -> None:
        self._instance = instance

    def use(self, instance: HostInstance) -> None:
        """Supply the instance in this state from now on."""
        self._instance = instance

    def instance(self, *, connected: bool | None = True) -> HostInstance:
        if connected is not None and connected is not self._instance.connected:
            raise NotTried(WRONG_STATE[self._instance.connected])
        return self._instance

    def control_api(self, method: str, path: str, body: Any = None) -> Any:
        raise NotTried("a real host has no control API to act for the phone and the customers")

    def why_nobody_writes(self, event: str) -> str:
        return NO_CUSTOMER

    def may_set(self, event: str, path: str) -> bool:
        return False

    def customer_writes(self, instance: HostInstance, event: str, **body: Any) -> dict[str, Any]:
        raise NotTried(NO_CUSTOMER)

    def is_unasked(self, webhook: Webhook) -> bool:
        return False

    def why_nobody_scans(self) -> str:
        return NO_SCAN

    def scan(self, session: Any, instance: HostInstance, picture: bytes) -> None:
        raise NotTried(NO_SCAN)

    def why_no_phone_is_off(self) -> str:
        return NO_FLIGHT

    def phone_off(self, instance: HostInstance) -> AbstractContextManager[SwitchOn]:
        raise NotTried(NO_FLIGHT)

    def confirms(self, question: str) -> bool:
        return True

    def why_nobody_reads(self) -> str:
        return NO_READER

    def reader(self, session: Any) -> tuple[HostInstance, Any]:
        raise NotTried(NO_READER)

    def announce(self, instance: HostInstance, event: str, mark: str) -> bool:
        return False

    def person(self, instance: HostInstance, number: str) -> dict[str, Any]:
        return {"jid": as_given(number), "lid": None, "name": None}

    def pass_time(self, seconds: float) -> bool:
        return False

    def close(self) -> None:
        """Do nothing: this stage creates no instances."""


class MockStage:
    """A mock: each instance is a new one, created through the control API.

    `tokens` are those it showed, as they were first, by key. `frozen_at` is where its clock stood
    before the first instance, at an address where only time brings what is due; `close` puts it
    back there.
    """

    phone = True
    customers: tuple[str, ...] = WORLD
    gets_messages_at_once = True

    def __init__(self, target: Target, *, control_token: str = "") -> None:
        self._target, self._control_token = target, control_token
        self._instance_keys: list[str] = []
        self.tokens: dict[str, str] = {}
        self.frozen_at: float | None = None
        self._people_registered = False

    def instance(self, *, connected: bool | None = True) -> HostInstance:
        linked = connected is not False
        self._register_people()
        instance = self.control_api("POST", "/_mock/instances", {"connected": linked})
        self._instance_keys.append(instance["key"])
        self._unregister(NO_WHATSAPP, instance["key"])
        return HostInstance(instance["key"], instance["token"], instance["number"] or "", linked)

    def _register_people(self) -> None:
        """Give every number of WORLD an account: a number with an instance has one in any world."""
        if self._people_registered:
            return
        self._run_clock()
        instance = self.control_api("POST", "/_mock/instances", {"connected": False})
        self._instance_keys.append(instance["key"])
        for person in WORLD:
            if self._contact(person, instance["key"]) is None:
                name = f"Pessoa Teste {person[-4:]}"
                body = {"number": person, "name": name, "connected": False}
                self._instance_keys.append(
                    self.control_api("POST", "/_mock/instances", body)["key"]
                )
        self._people_registered = True

    def _run_clock(self) -> None:
        """Let a frozen clock run where nobody else advances it: a restart ends in time only."""
        if self._target.in_process:
            return
        clock = self.control_api("GET", "/_mock/clock")
        if clock["frozen"]:
            self.frozen_at = clock["now"]
            self.control_api("POST", "/_mock/clock", {"freeze": False})

    def _unregister(self, number: str, key: str) -> None:
        """Remove the account of this number, as this instance sees it."""
        if self._contact(number, key) is not None:
            control_api = f"/_mock/instances/{key}/contacts/{number}"
            self.control_api("POST", control_api, {"state": "unregistered"})

    def _contact(self, number: str, key: str) -> Any:
        """The mock's record of a contact; None where the number has no account."""
        try:
            return self.control_api("GET", f"/_mock/instances/{key}/contacts/{number}")
        except Impossible:
            return None

    def control_api(self, method: str, path: str, body: Any = None) -> Any:
        answer = self._send(method, path, body)
        document = json.loads(answer.body) if answer.body else None
        if answer.status in (400, 404, 409):
            raise Impossible(f"{method} {path}: {document}")
        if answer.status >= 300:
            raise Unusable(
                f"the control API answers {answer.status} to {method} {path}: {document}"
            )
        self._remember_token(document)
        return document

    def _remember_token(self, document: Any) -> None:
        """Remember the token in a control API answer that describes an instance."""
        instance = document if isinstance(document, dict) else {}
        key, token = instance.get("key"), instance.get("token")
        if isinstance(key, str) and isinstance(token, str):
            self.tokens.setdefault(key, token)

    def why_nobody_writes(self, event: str) -> str:
        return ""

    def may_set(self, event: str, path: str) -> bool:
        return True

    def customer_writes(self, instance: HostInstance, event: str, **body: Any) -> dict[str, Any]:
        path = f"/_mock/instances/{instance.key}/inbound"
        message = self.control_api("POST", path, {"event": event, **body})
        return {**message, "event": event}

    def is_unasked(self, webhook: Webhook) -> bool:
        return False

    def why_nobody_scans(self) -> str:
        return ""

    def scan(self, session: Any, instance: HostInstance, picture: bytes) -> None:
        self.control_api("POST", f"/_mock/instances/{instance.key}/link", {})

    def why_no_phone_is_off(self) -> str:
        return ""

    @contextmanager
    def phone_off(self, instance: HostInstance) -> Iterator[SwitchOn]:
        path = f"/_mock/instances/{instance.key}/contacts/{self.customers[0]}"

        def switch_on(fits: Callable[[list[Webhook]], bool]) -> None:
            self.control_api("POST", path, {"state": "reachable"})

        self.control_api("POST", path, {"state": "phone_off"})
        yield switch_on

    def confirms(self, question: str) -> bool:
        return True

    def why_nobody_reads(self) -> str:
        return ""

    def reader(self, session: Any) -> tuple[HostInstance, Any]:
        return self.instance(), session

    def announce(self, instance: HostInstance, event: str, mark: str) -> bool:
        field = "data.id" if event == "call" else "key.id"
        body = {"event": event, "set": {field: mark}}
        self.control_api("POST", f"/_mock/instances/{instance.key}/emit", body)
        return True

    def person(self, instance: HostInstance, number: str) -> dict[str, Any]:
        person = self.control_api("GET", f"/_mock/instances/{instance.key}/contacts/{number}")
        assert isinstance(person, dict), "the control API shows a contact as an object"
        return person

    def pass_time(self, seconds: float) -> bool:
        if not self._target.in_process:
            return False
        self.control_api("POST", "/_mock/clock", {"advance": seconds})
        return True

    def adopt(self, keys: Iterable[str]) -> None:
        """Delete these instances too when it closes: probes have made them."""
        self._instance_keys += keys

    def close(self) -> None:
        """Delete the instances of this stage; other programs may use the same mock."""
        instance, self._instance_keys = self._instance_keys, []
        self._people_registered = False
        try:
            for key in instance:
                answer = self._send("DELETE", f"/_mock/instances/{key}", None)
                if answer.status not in (200, 204, 404):
                    raise Unusable(f"the control API answers {answer.status} to DELETE of {key}")
        finally:
            if self.frozen_at is not None:
                clock = {"freeze": True, "set": self.frozen_at}
                self.control_api("POST", "/_mock/clock", clock)
                self.frozen_at = None

    def _send(self, method: str, path: str, body: Any) -> Answer:
        headers = [("Host", "127.0.0.1")] if self._target.in_process else []
        if self._control_token:
            headers.append(("X-Mock-Token", self._control_token))
        return decode_content(self._target.send(request(method, path, body=body, headers=headers)))
