"""The control API's routes around instances: who there is, their phone, and what contacts do."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import suppress
from typing import Any

from flask import request

from ...domain.contacts import Contact
from ...domain.gateway import InstanceSeed
from ...domain.instance import Instance
from ...domain.message_states import REACHABLE
from ...errors import ControlRefused, UnknownInstance
from ...errors.names import quoted
from ...faults.active import ActiveFaults
from ...runtime import Instances, Records
from ...simulation.contact_messages import ContactMessages
from ...simulation.lifecycle import Lifecycle, continue_counters
from . import lists
from .after_change import shown_after
from .receiver_address import require_address

Json = dict[str, Any]


class InstanceRoutes:
    """Routes by subject: one method per route, which returns a document, maybe with a status."""

    def __init__(
        self,
        instances: Instances,
        records: Records,
        faults: ActiveFaults,
        lifecycle: Lifecycle,
        contact_messages: ContactMessages,
        *,
        most: int,
    ) -> None:
        self._instances, self._records, self._faults = instances, records, faults
        self._lifecycle, self._contact_messages, self._most = lifecycle, contact_messages, most

    def routes(self) -> list[tuple[str, str, Callable[..., Any]]]:
        """Method, path and view of each route."""
        return [
            ("GET", "/instances", self.instances),
            ("POST", "/instances", self.create),
            ("GET", "/instances/<key>", self.show),
            ("DELETE", "/instances/<key>", self.remove),
            ("POST", "/instances/<key>/link", self.link),
            ("POST", "/instances/<key>/unlink", self.unlink),
            ("POST", "/instances/<key>/inbound", self.inbound),
            ("GET", "/instances/<key>/contacts/<number>", self.contact),
            ("POST", "/instances/<key>/contacts/<number>", self.change_contact),
        ]

    def instances(self) -> Json:
        """Every instance."""
        limit = lists.limit_of(request.args)
        keys = lists.keys_after(self._instances.store.keys(), request.args.get("since"))
        documents = []
        for key in keys[: limit + 1]:
            with suppress(UnknownInstance):
                documents.append(self._instance_json(key))
        return lists.page(documents, limit=limit, id_="key")

    def create(self, body: Json) -> tuple[Json, int]:
        """A new instance; what is not given is made up."""
        url, store = body.get("webhook_url"), self._instances.store
        require_address("webhook_url", url)
        is_name_given = "name" in body
        with store.add(self._seed(body), is_name_given=is_name_given, most=self._most) as instance:
            continue_counters(instance, self._records.journal)
            if url:
                instance.set_webhook(url)
            document = instance.as_json()
        self._records.journal.show("instance", document["key"], document)
        return document, 201

    def show(self, key: str) -> Json:
        """One instance."""
        return self._instance_json(key)

    def remove(self, key: str) -> Json:
        """The instance is deleted."""
        self._lifecycle.remove(key)
        return {"removed": key}

    def link(self, key: str, body: Json) -> Json:
        """The phone scans the QR code or types the pairing code."""
        number = body.get("number")
        if number is not None:
            directory = self._instances.store.gateway.directory
            number = directory.read(number).user
            directory.require_owner(number)

        def scan(instance: Instance) -> ControlRefused | Json:
            expected_number = instance.number or instance.connection.pairing_number
            if number is None and expected_number is None:
                raise ControlRefused(400, f'{key} has no number yet: give {{"number": "5511..."}}')
            _require_code(instance, body.get("code"))
            if self._faults.has_faults and not instance.linked:
                fault = self._faults.hit_on(instance.fault_counts, "link", key)
                if fault is not None:
                    # Not raised: it has happened, and counts.
                    return ControlRefused(409, f"the phone does not link {key}: {fault.reason}")
            return shown_after(lambda instance: instance.linking.link(number))(instance)

        answer = self._instances.publisher.change(key, scan)
        if isinstance(answer, ControlRefused):
            raise answer
        return answer

    def unlink(self, key: str, body: Json) -> Json:
        """The link ends by the phone, the gateway, or a ban."""
        cause = body.get("by", "phone")
        return self._change(key, lambda instance: instance.linking.unlink(cause))

    def inbound(self, key: str, body: Json) -> tuple[Json, int]:
        """A contact does something."""
        return self._contact_messages.receive(key, body), 201

    def contact(self, key: str, number: str) -> Json:
        """One person, and whether the instance's messages reach them."""
        person = self._person(number)
        return self._instances.publisher.look(
            key, lambda instance: instance.contact_states.as_json(person)
        )

    def change_contact(self, key: str, number: str, body: Json) -> Json:
        """The phone goes off or on, the person blocks the number, the account goes."""
        person = self._person(number)
        # Nothing at all means reachable, as ever.
        state = body.get("state", None if "shows_buttons" in body else REACHABLE)

        def change(instance: Instance) -> None:
            if state is not None:
                instance.contact_states.set(person, state)
            if "shows_buttons" in body:
                instance.contact_states.show_buttons(person, body["shows_buttons"])

        contact = self._instances.publisher.change(
            key, shown_after(change, lambda instance: instance.contact_states.as_json(person))
        )
        self._records.journal.show("contact", key, contact)
        return contact

    def _person(self, number: str) -> Contact:
        gateway = self._instances.store.gateway
        jid = gateway.directory.read(number)
        person = gateway.person(jid)
        if person is None:
            raise ControlRefused(400, gateway.directory.no_account(jid))
        return person

    def _seed(self, body: Mapping[str, Any]) -> InstanceSeed:
        number = self._unused_number()
        key = body.get("key", _made_key(number))
        return InstanceSeed(
            key=key,
            token=body.get("token", key.partition("-")[2] or key),
            number=self._instances.store.gateway.directory.read(
                body.get("number", _made_number(number))
            ).user,
            name=body.get("name", "Test Shop"),
            connected=body.get("connected", False),
        )

    def _unused_number(self) -> int:
        keys = self._instances.store.keys()
        while True:
            number = int(self._records.journal.next_id("made", None).removeprefix("made"))
            has_no_owner = (
                self._instances.store.gateway.directory.owner(_made_number(number)) is None
            )
            if _made_key(number) not in keys and not has_no_owner:
                return number

    def _change(self, key: str, do: Callable[[Instance], Any]) -> Json:
        return self._instances.publisher.change(key, shown_after(do))

    def _instance_json(self, key: str) -> Json:
        return self._instances.publisher.look(key, lambda instance: instance.as_json())


def _require_code(instance: Instance, code: str | None) -> None:
    """ControlRefused when a code is typed that is not on show; dashes and case do not matter."""
    code_on_show = instance.connection.pairing_code
    if code is not None and (code_on_show is None or _plain(code) != _plain(code_on_show)):
        what = (
            "shows no pairing code"
            if code_on_show is None
            else f"shows another code than {quoted(code)}"
        )
        raise ControlRefused(409, f"code: {instance.key} {what}")


def _plain(code: str) -> str:
    return code.replace("-", "").replace(" ", "").upper()


def _made_key(number: int) -> str:
    return f"megacode-MADE{number:07d}"


def _made_number(number: int) -> str:
    return f"5511{910_000_000 + number % 90_000_000}"
