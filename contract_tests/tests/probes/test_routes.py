"""Which of the guessed paths a host has: each asked for once, under a wrong token."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any, cast

import pytest
from megaapi_contract.host.host_instance import HostInstance
from megaapi_contract.judging.contract import Contract
from megaapi_contract.probes.routes import Routes, is_guessed_path, is_unknown_route
from megaapi_contract.probes.session import Session
from megaapi_mock.spec.plans import EVERY_PLAN

from ..made_up import exchange
from ..support import KEY, TOKEN


@pytest.fixture(scope="module")
def contract() -> Contract:
    return Contract(plan=EVERY_PLAN)


def answer(status: int, document: Any) -> Any:
    return exchange(status=status, body=json.dumps(document).encode())


@pytest.mark.parametrize(
    ("status", "document", "unknown"),
    [
        (404, {"message": "Cannot GET /rest/x"}, True),
        (404, "nothing", True),
        (404, {"message": "Instance not found"}, False),
        (404, {"message": "Group not found"}, False),
        (401, {"message": "Unauthorized"}, False),
        (200, {}, False),
    ],
)
def test_a_404_is_about_the_route_unless_it_names_what_is_missing(
    status: int, document: Any, unknown: bool
) -> None:
    assert is_unknown_route(answer(status, document)) == unknown


def test_a_path_is_a_guess_where_its_own_evidence_is(contract: Contract) -> None:
    guessed = [each.id for each in contract.operations if is_guessed_path(contract, each.id)]
    assert guessed and "send_text" not in guessed
    provenances = [contract.by_id[name].definition["x-path-provenance"] for name in guessed]
    assert all(each["grade"] in ("inferred", "baileys") for each in provenances)
    assert not is_guessed_path(contract, "nothing")


class Asked:
    """In place of a session: answers every call, and notes it."""

    def __init__(self, contract: Contract, status: int) -> None:
        self.contract, self.status = contract, status
        self.calls: list[tuple[str, str | None]] = []
        self.held: list[tuple[object, str]] = []

    def wrong_token(self) -> str:
        return "WRONG"

    def call(self, operation: str, instance: HostInstance, *, token: str | None = None) -> Any:
        self.calls.append((operation, token))
        return replace(answer(self.status, {"message": "Cannot"}), operation=operation)

    def hold(self, holds: object, sentence: str, **_: Any) -> bool:
        self.held.append((holds, sentence))
        return bool(holds)


@pytest.mark.parametrize(("status", "there"), [(401, True), (404, False)])
def test_a_route_is_asked_for_under_a_wrong_token(
    contract: Contract, status: int, there: bool
) -> None:
    guessed = next(each.id for each in contract.operations if is_guessed_path(contract, each.id))
    routes, session = Routes(), Asked(contract, status)
    assert [*routes.unknown((guessed, "send_text"), contract)] == [guessed]
    routes.ask(guessed, cast(Session, session), HostInstance(KEY, TOKEN))
    assert session.calls == [(guessed, "WRONG")]
    assert routes.present == {guessed: there}
    assert [*routes.unknown((guessed,), contract)] == []
    assert routes.missing(("send_text", guessed)) == ("" if there else guessed)
    assert session.held == ([] if there else [(False, "its path, a guess, is an unknown route")])
    routes.clear()
    assert routes.missing((guessed,)) == ""
