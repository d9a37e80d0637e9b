"""Requests that Schemathesis generates from the contract, filled with values of the host."""

from __future__ import annotations

import json
from base64 import b64decode
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import requests
import schemathesis
from megaapi_mock.domain.jid import Jid
from megaapi_mock.spec.operations import KEY, Operation
from schemathesis import GenerationMode
from schemathesis.core.failures import AcceptedNegativeData, Failure, FailureGroup
from schemathesis.core.parameters import ParameterLocation
from schemathesis.generation.drivers import CoverageGenerator, ExamplesGenerator
from schemathesis.generation.feedback import FeedbackSources
from schemathesis.generation.overrides import Override
from schemathesis.specs.openapi import checks

from ..errors import BudgetSpent
from ..host.host_instance import HostInstance
from ..host.http import from_prepared
from ..host.stage import WORLD
from ..judging.contract import Contract
from ..judging.results import Breach, Exchange
from ..judging.values import jid_of, value_at
from .case_parts import breaks_nothing, group_jids, is_negative_at, response_of
from .former_bodies import is_former_body
from .session import PICTURE_URL, Session

# In place of a token while a case is made; the instance it is sent to has the real one.
PLACEHOLDER = "TESTKEYPLACEHOLDER"
ORIGIN = "http://contract.example.test"
LINKING = frozenset({"qr_code_page", "qr_code_image", "qr_code_base64", "pairing_code"})
# A real picture, small as it is: a gateway may look into what it sends, and a phone does.
PICTURE = (
    "iVBORw0KGgoAAAANSUhEUgAAAAIAAAACCAAAAABX3VL4AAAADklEQVR42mP4z8DA8B8ABgAB/2U0+PcAAAAASUVO"
    "RK5CYII="
)
NO_GROUP = "120363000000000099@g.us"

# Query parameters that name a person or a group.
ADDRESSES = frozenset({"jid", "to", "chat_id", "group_id"})
ABOUT_A_MESSAGE = frozenset(
    {
        "quote_message",
        "forward_message",
        "delete_message",
        "delete_message_from_me",
        "delete_message_of_2022",
    }
)

# How this gateway turns bad requests away; 500 is its documented answer to "wrong data".
REFUSALS = ["400", "401", "403", "404", "413", "415", "422", "500"]
# The judge holds status, type and shape of every exchange; these say what it cannot.
CHECKS = [
    checks.negative_data_rejection,
    checks.positive_data_acceptance,
    checks.response_headers_conformance,
]


class Cases:
    """Generates requests to one contract, with its methods only: others may upset a real host."""

    def __init__(self, contract: Contract) -> None:
        self._contract = contract
        self._config: dict[str, Any] = {
            "auth": {"openapi": {name: {"bearer": PLACEHOLDER} for name in self._schemes()}},
            "generation": {"database": "none"},
            # What is drawn must not depend on the texts in any host's source.
            "analysis": {"constants": {"enabled": False}},
            "checks": {
                "negative_data_rejection": {"expected-statuses": REFUSALS},
                "positive_data_acceptance": {"expected-statuses": ["2xx", *REFUSALS]},
            },
            "phases": {
                "coverage": {"unexpected-methods": []},
                # Chains are for good calls: bad ones end them.
                "stateful": {"generation": {"mode": "positive"}},
            },
        }

    def _schemes(self) -> list[str]:
        return [*self._contract.document["components"]["securitySchemes"]]

    @cached_property
    def schema(self) -> Any:
        """The contract as Schemathesis holds it."""
        config = schemathesis.Config.from_dict(self._config)
        schema = schemathesis.openapi.from_dict(dict(self._contract.document), config=config)
        schema.config.update(base_url=ORIGIN)
        return schema

    def operation(self, operation_id: str) -> Any:
        """One operation as Schemathesis holds it."""
        return self.schema.find_operation_by_id(operation_id)

    def examples(self, operation_id: str) -> Iterator[Any]:
        """The contract's own request examples."""
        yield from ExamplesGenerator(
            operation=self.operation(operation_id),
            override=Override(query={}, headers={}, cookies={}, path_parameters={}, body={}),
            feedback=FeedbackSources(),
            fill_missing=True,
        )

    def coverage(self, operation_id: str) -> Iterator[Any]:
        """Boundaries of every schema, one broken rule at a time."""
        operation = self.operation(operation_id)
        yield from CoverageGenerator(
            operation=operation,
            generation_modes=[GenerationMode.POSITIVE, GenerationMode.NEGATIVE],
            generation_config=self.schema.config.generation_for(
                operation=operation, phase="coverage"
            ),
            auth_storage=None,
            override=Override(query={}, headers={}, cookies={}, path_parameters={}, body={}),
            feedback=FeedbackSources(),
        )

    def strategy(self, operation_id: str, mode: GenerationMode) -> Any:
        """A Hypothesis strategy of good or of bad requests."""
        return self.operation(operation_id).as_strategy(generation_mode=mode)


@dataclass
class CaseSender:
    """Sends cases to an instance, filled with values that exist there.

    Every fourth case keeps the random values it was generated with, so that what nobody has ever
    heard of is asked for too.
    """

    session: Session
    instance: HostInstance
    turn: int = 0
    _group: str = field(default="", init=False)
    _media: dict[str, Any] | None = field(default=None, init=False)
    _sent_text: dict[str, Any] | None = field(default=None, init=False)

    def send(self, case: Any) -> tuple[Exchange, Any]:
        """The exchange, and the answer in the form Schemathesis' checks take."""
        self.prepare(case)
        transport_request = requests.Request(**case.as_transport_kwargs(base_url=ORIGIN)).prepare()
        exchange = self.session.exchange(from_prepared(transport_request))
        return exchange, response_of(transport_request, exchange)

    def judge(self, case: Any) -> Exchange:
        """Send a case and note what Schemathesis' own checks say of the answer."""
        exchange, response = self.send(case)
        try:
            case.validate_response(response, checks=CHECKS)
        except FailureGroup as group:
            for failure in group.exceptions:
                if not self._is_documented(failure, exchange, case):
                    self._note(failure, exchange)
        return exchange

    def _is_documented(self, failure: BaseException, exchange: Exchange, case: Any) -> bool:
        """Whether a bad request was refused inside a 200, or is a good one (of an earlier year)."""
        if not isinstance(failure, AcceptedNegativeData) or not exchange.ok:
            return False
        if breaks_nothing(case):
            return True
        if value_at(exchange.json, "error") is True or is_former_body(
            self.session.contract, exchange
        ):
            return True
        return self.session.takes_alternative(exchange, "swallowed_sends")

    def _note(self, failure: BaseException, exchange: Exchange) -> None:
        title = failure.title if isinstance(failure, Failure) else type(failure).__name__
        operation = str(exchange.operation or exchange.method)
        is_operation = operation in self.session.contract.by_id
        operation_id = operation if is_operation else self.session.probe.rpartition(" ")[2]
        self.session.breaches.append(
            Breach(
                self.session.probe, "check", operation_id,
                f"{title}: {' '.join(str(failure).split())}"[:200],
                self.session.contract.promise(operation_id), exchange, rule=title,
            )
        )  # fmt: skip

    # -- values that exist -------------------------------------------------------------------

    def prepare(self, case: Any) -> None:
        """Put key, token and mostly existing values into a case."""
        self.turn += 1
        operation = self._operation(case)
        if not is_negative_at(case, ParameterLocation.PATH) and KEY in operation.path:
            case.path_parameters["instance_key"] = self.instance.key
        token = self.session.token_for(operation, self.instance)
        for name, value in dict(case.headers or {}).items():
            if name.lower() == "authorization" and value == f"Bearer {PLACEHOLDER}":
                case.headers[name] = f"Bearer {token}"
        positive = case.meta is None or not case.meta.generation.mode.is_negative
        if positive or self.turn % 4:
            self._fill(case)

    def _fill(self, case: Any) -> None:
        operation = self._operation(case)
        if not is_negative_at(case, ParameterLocation.QUERY):
            self._fill_query(case.query or {}, operation)
        if is_negative_at(case, ParameterLocation.BODY) or not isinstance(case.body, dict):
            return
        if operation.takes_file:
            # Schemathesis takes no body with bytes in it for a good one: it is as good as it was.
            case.freeze_metadata()
            case.body = {**case.body, "file": b64decode(PICTURE)}
            return
        case.body = self._fill_in(json.loads(json.dumps(case.body)), operation.id)

    def _operation(self, case: Any) -> Operation:
        return self.session.contract.by_id[str(case.operation.definition.raw["operationId"])]

    def _fill_query(self, query: dict[str, Any], operation: Operation) -> None:
        """Put a person or a group of the host where the contract's example has one."""
        examples = self.session.contract.query_examples(operation)
        if operation.is_key_in_query:
            query["instance_key"] = self.instance.key
        for name in ADDRESSES & query.keys() & examples.keys():
            of_group = Jid.parse(examples[name]).group
            query[name] = self.group() if of_group else self._recipient(self.turn)
        # Only the words of the contract are any: other texts would all be refused.
        if "code" in query and self.turn % 4:
            query["code"] = examples["code"]

    def _fill_in(self, body: dict[str, Any], operation: str) -> dict[str, Any]:
        data = body.get("messageData")
        for part in (body, data):
            if isinstance(part, dict) and "to" in part:
                part["to"] = self._address_for(part["to"])
        group = body.get("group_data")
        if isinstance(group, dict):
            if "jid" in group:
                group["jid"] = self.group()
            group["participants"] = [self._recipient(0), self._recipient(1)]
        if isinstance(data, dict):
            self._fill_message(data, operation)
        if operation == "update_webhook_url" and "url" in body.get("data", {}):
            body["data"]["url"] = self.session.receiver.url
        if operation == "configure_webhook" and isinstance(data, dict) and "webhookUrl" in data:
            data["webhookUrl"] = self.session.receiver.url
        if operation == "download_media" and "messageKeys" in body:
            body["messageKeys"] = self.media() or body["messageKeys"]
        return body

    def _address_for(self, to: Any) -> Any:
        """A chat of the host in place of this one; a list of one in place of a list."""
        if isinstance(to, list):
            return [self._recipient(len(to))]
        text = str(to)
        return self.group() if jid_of(text).group else self._recipient(len(text))

    def _fill_message(self, data: dict[str, Any], operation: str) -> None:
        if operation in ("send_media_url", "send_media_base64", "media_url_to_many"):
            data["type"] = "document" if operation == "send_media_base64" else "image"
        if operation in ("send_media_url", "media_url_to_many"):
            data["url"] = self.session.media_url or PICTURE_URL
        if operation == "send_media_base64":
            data["base64"] = PICTURE
        if operation in ABOUT_A_MESSAGE:
            last_sent = self.sent_text() or {}
            data.update({name: value for name, value in last_sent.items() if name in data})

    def _recipient(self, number: int) -> str:
        own = (self.instance.number,) if self.session.gate.fence and self.instance.number else ()
        people = self.session.recipients or own or WORLD
        return people[number % len(people)]

    def group(self) -> str:
        """The JID of a group of the instance, which is created when it has none."""
        if not self._group:
            self._group = (
                self._group_of_the_run() or self._own_group() or self._make_group() or NO_GROUP
            )
        return self._group

    def _group_of_the_run(self) -> str | None:
        """The group that an earlier probe created, if there is one."""
        return next(iter(self.session.gate.groups_to_leave), None)

    def _own_group(self) -> str | None:
        """A group of the given instance to read from; None on a mock."""
        gate, instance = self.session.gate, self.instance
        if gate.fence is None or "changes" in gate.fence.effects or not instance.connected:
            return None
        if not gate.fence.readable:
            groups = self.session.call("list_groups", instance).json
            gate.allow_reading_groups(group_jids(groups))
        return min(gate.fence.readable, default=NO_GROUP)

    def _make_group(self) -> str | None:
        if not self.instance.connected:
            return None
        people = {"group_name": "Equipe", "participants": [self._recipient(0)]}
        try:
            answer = self.session.call("create_group", self.instance, body={"group_data": people})
        except BudgetSpent:
            return min(self.session.gate.known_groups, default=None)
        if not answer.ok:
            return None
        jid = value_at(answer.json, "group", "id") or value_at(answer.json, "id")
        if not isinstance(jid, str) or not jid_of(jid).group:
            return None
        return jid

    def media(self) -> dict[str, Any] | None:
        """The media keys of a picture that the instance has sent; None when it cannot send."""
        if self._media is None and self.instance.connected:
            data = {"to": self._recipient(0), "type": "image", "base64": PICTURE}
            sent_message = self.session.call(
                "send_media_base64", self.instance, body={"messageData": data}
            )
            content = value_at(sent_message.json, "messageData", "message", "imageMessage")
            names = ("mediaKey", "directPath", "url", "mimetype")
            if sent_message.ok and isinstance(content, dict) and content.keys() >= set(names):
                self._media = {name: content[name] for name in names} | {"messageType": "image"}
                self.session.gate.learn(self._media.values())
        return self._media

    def sent_text(self) -> dict[str, Any] | None:
        """Key and content of a text that the instance has sent; None when it cannot send."""
        if self._sent_text is None and self.instance.connected:
            data = {"to": self._recipient(0), "text": "Pedido 42 confirmado"}
            sent_message = self.session.call("send_text", self.instance, body={"messageData": data})
            message_data = value_at(sent_message.json, "messageData")
            if (
                sent_message.ok
                and value_at(message_data, "key", "id")
                and value_at(message_data, "message")
            ):
                self._sent_text = {
                    "key": message_data["key"],
                    "message": message_data["message"],
                    "id": message_data["key"]["id"],
                    "timestamp": message_data.get("messageTimestamp"),
                    "messageTimestamp": message_data.get("messageTimestamp"),
                }
                self.session.gate.learn([self._sent_text["id"], self._sent_text["timestamp"]])
        return self._sent_text
