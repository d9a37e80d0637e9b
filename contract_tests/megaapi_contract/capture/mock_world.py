"""The world of a capture in a new mock: its instances, groups and people, and what they do."""

from __future__ import annotations

from collections import Counter, deque
from collections.abc import Iterable, Mapping
from typing import Any

from megaapi_mock.spec.gateway_events import CAUSED_BY_GATEWAY
from megaapi_mock.spec.recognise import Recogniser

from ..errors import Impossible
from ..host.stage import MockStage
from ..host.target import START_OF_TIME, Target
from .capture_facts import (
    NOT_REGISTERED,
    CaptureFacts,
    InstanceFacts,
    Record,
    answer_of,
    groups_in,
    is_linked,
    key_of,
    numbers_in,
    payload_of,
    placeholder_in,
)
from .mock_requests import WEBHOOK_URL
from .mock_values import MockValues

Json = dict[str, Any]
# Webhooks that no record has claimed: the oldest are not claimed any more.
MOST_UNCLAIMED = 2000
PAGE = 500
_OPTION_AT = {
    "call": ("data", "status"),
    "group-participants": ("action",),
}


class MockWorld:
    """Prepares a mock for each record, and lets happen what the recorded webhooks tell of."""

    def __init__(
        self, target: Target, facts: CaptureFacts, values: MockValues, recogniser: Recogniser
    ) -> None:
        self._stage, self._recogniser = MockStage(target), recogniser
        self._facts, self._values = facts, values
        self._unclaimed: deque[Json] = deque(maxlen=MOST_UNCLAIMED)
        self._last: dict[str, str] = {}
        self._unregistered: set[tuple[str, str]] = set()
        self._groups: set[int] = set()
        self._own_numbers: dict[str, str] = {}
        self._began: float | None = None
        self._now = float(START_OF_TIME)
        self.keys: list[str] = []
        self.notes: Counter[str] = Counter()
        for number, instance in sorted(facts.instances.items()):
            self._make(number, instance)

    def _make(self, number: int, facts: InstanceFacts) -> None:
        key = self._values.value("key", number)
        # Numbers of placeholders begin with 1: an own number that nobody shows is beyond them all.
        own = self._values.value("number", facts.own_number or 900_000 + number)
        body = {
            "key": key,
            "number": own,
            "connected": facts.is_linked is not False,
            "webhook_url": WEBHOOK_URL if self._facts.has_webhooks else None,
        }
        if facts.token:
            body["token"] = self._values.value("token", facts.token)
        self._stage.control_api("POST", "/_mock/instances", body)
        self.keys.append(key)
        self._own_numbers[key] = own

    # -- before a call -----------------------------------------------------------------------

    def prepare(self, record: Record) -> None:
        """Make the time, the groups and the people be as the record has them."""
        self._pass_time(float(record["time"]))
        key = self._key(record)
        if not key:
            return
        recorded = [record.get("path"), record["request_body"]]
        if record.get("operation") != "create_group":
            for group in groups_in([recorded, record.get("body")]):
                self._make_group(key, group)
        if record["kind"] == "call":
            self._register_people(key, record, recorded)
            self._link(key, is_linked(record, self._facts.need_link))

    def _pass_time(self, time: float) -> None:
        self._began = time if self._began is None else self._began
        now = START_OF_TIME + time - self._began
        if now > self._now:
            self._now = now
            self._stage.control_api("POST", "/_mock/clock", {"set": now})

    def _make_group(self, key: str, group: int) -> None:
        """The group with everybody whom the capture shows in it, unless the mock has made it."""
        if group in self._groups:
            return
        self._groups.add(group)
        if self._values.given_value(f"<group {group}>"):
            return
        own = self._own_numbers[key]
        numbers = [
            self._values.value("number", each) for each in self._facts.members.get(group, ())
        ]
        others = [number for number in numbers if number != own]
        try:
            body = {"participants": others}
            new_group = self._stage.control_api("POST", f"/_mock/instances/{key}/groups", body)
        except Impossible:
            # Not linked: a group that nobody is in is one more thing that the answers show.
            self._groups.discard(group)
            return
        self._values.give("group", group, str(new_group["jid"]).partition("@")[0])

    def _link(self, key: str, is_to_be: bool | None) -> None:
        """Have the phone linked, or not, as the answer tells, where no webhook has told before."""
        if is_to_be is None:
            return
        instance = self._stage.control_api("GET", f"/_mock/instances/{key}")
        if (instance["state"] == "connected") is not is_to_be:
            path = "link" if is_to_be else "unlink"
            self.collect("sent")
            self._stage.control_api("POST", f"/_mock/instances/{key}/{path}", {})
            self._new_deliveries(key)
            self.notes[f"no webhook told of a phone's {path}, and an answer did"] += 1

    def _register_people(self, key: str, record: Record, recorded: Any) -> None:
        """Give the numbers of a call a WhatsApp account, or take it, as the answer has it."""
        answer = answer_of(record)
        is_missing = answer.get("message") == NOT_REGISTERED or answer.get("exists") is False
        if not is_missing and not 200 <= record["status"] < 300:
            return
        for number in dict.fromkeys(numbers_in(recorded)):
            person = key, self._values.value("number", number)
            if (person in self._unregistered) is is_missing or person[1] == self._own_numbers[key]:
                continue
            state = "unregistered" if is_missing else "reachable"
            self._change_contact(person, state)
            (self._unregistered.add if is_missing else self._unregistered.discard)(person)

    def _change_contact(self, person: tuple[str, str], state: str) -> None:
        path = f"/_mock/instances/{person[0]}/contacts/{person[1]}"
        try:
            self._stage.control_api("POST", path, {"state": state})
        except Impossible:
            # The number of an instance of this mock cannot lose its account.
            return

    # -- webhooks ----------------------------------------------------------------------------

    def webhook(self, record: Record) -> tuple[Json | None, str]:
        """The mock's payload for a recorded webhook, and how it came about.

        `sent`: by what was called before; `caused`: by what a contact or a phone did; `emitted`:
        on demand, as no state of this mock leads to it. None where the mock cannot send it.
        """
        key, event = self._key(record), str(record["event"])
        recorded = payload_of(record)
        self.collect("sent")
        claimed = self._claim(self._about(recorded), key, event, recorded)
        if claimed is not None:
            return claimed["payload"], str(claimed["how"])
        if not key:
            return None, ""
        self._switch_webhook_on(key)
        if self._cause(key, event, recorded):
            claimed = self._claim(self.collect("caused"), key, event, recorded)
            if claimed is not None:
                return claimed["payload"], "caused"
        try:
            self._stage.control_api("POST", f"/_mock/instances/{key}/emit", {"event": event})
        except Impossible:
            return None, ""
        claimed = self._claim(self.collect("emitted"), key, event, recorded)
        return (None, "") if claimed is None else (claimed["payload"], "emitted")

    def collect(self, how: str) -> list[Json]:
        """Take in what the mock has sent since, and `how` that came about, as `webhook` has it.

        `recognised` is what a capture calls the event.
        """
        deliveries = [each for key in self.keys for each in self._new_deliveries(key)]
        for delivery in deliveries:
            event = self._recogniser.recognise(delivery["payload"]).event
            delivery["how"] = how
            delivery["recognised"] = delivery["event"] if event is None else event.name
        self._unclaimed += deliveries
        return deliveries

    def _new_deliveries(self, key: str) -> list[Json]:
        deliveries: list[Json] = []
        while True:
            since = f"&since={self._last[key]}" if key in self._last else ""
            path = f"/_mock/deliveries?instance={key}&limit={PAGE}{since}"
            items = self._stage.control_api("GET", path)["items"]
            deliveries += items
            if items:
                self._last[key] = items[-1]["id"]
            if len(items) < PAGE:
                return deliveries

    def _claim(
        self, deliveries: Iterable[Json], key: str, event: str, recorded: Mapping[str, Any]
    ) -> Json | None:
        """A delivery of this event among those that no record has claimed.

        One that tells of the message with the same fields comes first: of a group's message there
        may be a receipt of each member, and one of all.
        """
        fields = _message_key(recorded).keys()
        candidates = [
            each
            for each in deliveries
            if each["instance"] == key and event in (each["event"], each["recognised"])
        ]
        if not candidates:
            return None
        claimed = min(
            candidates, key=lambda each: len(_message_key(each["payload"]).keys() ^ fields)
        )
        if claimed in self._unclaimed:
            self._unclaimed.remove(claimed)
        return claimed

    def _about(self, recorded: Mapping[str, Any]) -> list[Json]:
        """What nobody has claimed of the same message.

        Where the mock has not given its id, what may be about it: the same fields, the same chat,
        and no id that belongs to another message of the capture.
        """
        message_id = self._values.given_value(_key_part(recorded, "id"))
        if message_id:
            return [
                each
                for each in self._unclaimed
                if _key_part(each["payload"], "id") in ("", message_id)
            ]
        chat = self._values.text(_key_part(recorded, "remoteJid"))
        fields = _message_key(recorded).keys()
        return [
            each
            for each in self._unclaimed
            if _key_part(each["payload"], "remoteJid") == chat
            and _message_key(each["payload"]).keys() == fields
            and not self._values.is_known(_key_part(each["payload"], "id"))
        ]

    def _switch_webhook_on(self, key: str) -> None:
        instance = self._stage.control_api("GET", f"/_mock/instances/{key}")
        if not (instance["webhook"]["enabled"] and instance["webhook"]["url"]):
            body = {"url": WEBHOOK_URL}
            self._stage.control_api("POST", f"/_mock/instances/{key}/webhook", body)

    def _cause(self, key: str, event: str, payload: Mapping[str, Any]) -> bool:
        """Let the phone or a contact do it; whether the mock took it."""
        if event in ("connected", "disconnected"):
            path, body = ("link" if event == "connected" else "unlink"), {}
        elif event in CAUSED_BY_GATEWAY:
            return False
        else:
            path, body = "inbound", self._inbound(key, event, payload)
        try:
            self._stage.control_api("POST", f"/_mock/instances/{key}/{path}", body)
        except Impossible:
            return False
        return True

    def _inbound(self, key: str, event: str, payload: Mapping[str, Any]) -> Json:
        """Who does it, where, and about which message, as the payload has it."""
        body: Json = {"event": event}
        own = self._own_numbers[key]
        about = {name: value for name, value in payload.items() if name not in ("jid", "lid")}
        people = [self._values.value("number", number) for number in numbers_in(about.get("key"))]
        people = people or [self._values.value("number", each) for each in numbers_in(about)]
        others = [number for number in people if number != own]
        if event == "from-me-phone":
            body |= {"to": others[0]} if others else {}
        elif others:
            body["from"] = others[0]
        group = next(groups_in(payload), 0)
        if group:
            body["group"] = self._values.text(f"<group {group}>@g.us")
        node: Any = payload
        for step in _OPTION_AT.get(event, ("",)):
            node = node.get(step) if isinstance(node, dict) else None
        if isinstance(node, str):
            body["option"] = node
        message = self._values.given_value(placeholder_in(payload.get("message"), "id"))
        return body | ({"message": message} if message else {})

    def _key(self, record: Record) -> str:
        number = key_of(record)
        if number in self._facts.instances:
            return self._values.value("key", number)
        return self.keys[0] if len(self.keys) == 1 else ""


def _message_key(payload: Mapping[str, Any]) -> Mapping[str, Any]:
    """What names the message that a webhook is about; empty where it is about none."""
    key = payload.get("key")
    return key if isinstance(key, dict) else {}


def _key_part(payload: Mapping[str, Any], name: str) -> str:
    """The id or the chat of that message; empty where it has none."""
    part = _message_key(payload).get(name)
    return part if isinstance(part, str) else ""
