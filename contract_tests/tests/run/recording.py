"""A proxy before a host, which keeps what left and holds it to whom a run may reach."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qsl

from megaapi_contract.host.http import Answer, Request
from megaapi_contract.host.target import HttpTarget
from megaapi_contract.judging.contract import Contract
from megaapi_contract.judging.phone_spellings import is_same_phone
from megaapi_contract.judging.results import read_json
from megaapi_contract.judging.values import value_at
from megaapi_contract.safety.fence import MOST_DIGITS, PEOPLE, UNKNOWN_KEY, UNKNOWN_ROUTE
from megaapi_mock.domain.jid import Jid
from megaapi_mock.spec.plans import EVERY_PLAN

CONTRACT = Contract(plan=EVERY_PLAN)
# Shorter than any number: nobody is meant.
FEWEST_DIGITS = 8


@dataclass
class RecordingProxy:
    """Passes everything on to a host, and keeps what left."""

    behind: HttpTarget
    left: list[Request] = field(default_factory=list)
    groups: set[str] = field(default_factory=set)
    real: bool = False
    in_process: bool = False

    @property
    def name(self) -> str:
        return self.behind.name

    def send(self, request: Request) -> Answer:
        self.left.append(request)
        answer = self.behind.send(request)
        if request.path.endswith("/create"):
            document = read_json(answer.body)
            jid = value_at(document, "group", "id") or value_at(document, "id")
            self.groups |= {jid} if isinstance(jid, str) else set()
        return answer

    def close(self) -> None:
        return None

    def hold(self, people_of_key: Mapping[str, set[str]]) -> None:
        """Fail on what names another instance, or somebody whom that instance may not reach.

        Groups that the run has not made may be read of.
        """
        for one in self.left:
            if one.path in ("/_mock/health", UNKNOWN_ROUTE):
                continue
            route = CONTRACT.route(one.method, one.path, one.query)
            assert route is not None, one
            operation, key = route
            is_read_of_host = operation.is_of_host and operation.effect == "reads"
            assert is_read_of_host or key in people_of_key or key == UNKNOWN_KEY, one
            allowed = people_of_key.get(key) or set().union(*people_of_key.values())
            for address in people_named(one):
                if Jid.parse(address).group:
                    assert operation.effect == "reads" or address in self.groups, one
                else:
                    assert any(_may_be(address, person) for person in allowed), one


def _may_be(address: str, person: str) -> bool:
    """Whether an address is this person's, or nobody's: so long a number there is not."""
    user = Jid.parse(address).user
    nobody = len(user) > MOST_DIGITS and user.startswith(person)
    return is_same_phone(user, person) or nobody


def people_named(request: Request) -> Iterator[str]:
    """Every address in a request that a gateway may take for whom it is about."""
    named = [*parse_qsl(request.query), *_leaves("", read_json(request.body))]
    for name, value in named:
        digits = [char for char in value if char.isdigit()]
        if name.lower() in PEOPLE and len(digits) >= FEWEST_DIGITS:
            yield value


def _leaves(name: str, node: Any) -> Iterator[tuple[str, str]]:
    if isinstance(node, dict):
        for inner_name, inner in node.items():
            yield from _leaves(name if name.lower() in PEOPLE else inner_name, inner)
    elif isinstance(node, list):
        for inner in node:
            yield from _leaves(name, inner)
    elif node is not None:
        yield name, str(node)
