"""One look at the given instance: whether a gateway answers, and knows key and token."""

from __future__ import annotations

import json
from types import SimpleNamespace
from typing import Any, cast

import pytest
from megaapi_contract.errors import SetupError, Unusable
from megaapi_contract.host.host_instance import HostInstance
from megaapi_contract.host.stage import GivenStage
from megaapi_contract.judging.results import Exchange
from megaapi_contract.run.context import RunContext
from megaapi_contract.run.preflight import preflight

from ..made_up import exchange
from ..support import KEY, TOKEN

JSON = ("Content-Type", "application/json")
LINKED = {
    "error": False,
    "instance": {
        "key": KEY,
        "status": "connected",
        "user": {"id": "5511900000001:31@s.whatsapp.net"},
    },
}


def answer(
    status: int, document: Any = None, *headers: tuple[str, str], body: bytes = b""
) -> Exchange:
    content = body if document is None else json.dumps(document).encode()
    return exchange(
        operation="instance_status", status=status, headers=(*headers, JSON), body=content
    )


class Context:
    """In place of a run's context: the host gives these answers."""

    def __init__(self, *answers: Exchange) -> None:
        self.answers = [*answers]
        self.asked: list[str] = []
        self.target = SimpleNamespace(name="https://host.example.test")
        self.gate = SimpleNamespace(fence=SimpleNamespace(own=""))
        self.instance: HostInstance | None = HostInstance(KEY, TOKEN)
        self.stage = GivenStage(HostInstance(KEY, TOKEN))
        self.person: GivenStage | None = None
        self.began_linked = False

    def session(self, _: str) -> Context:
        return self

    def call(self, operation: str, _: HostInstance) -> Exchange:
        self.asked.append(operation)
        return self.answers.pop(0)

    def look(self) -> Context:
        preflight(cast(RunContext, self), HostInstance(KEY, TOKEN))
        return self


def test_a_gateway_that_knows_the_instance_is_used() -> None:
    context = Context(answer(200, LINKED)).look()
    assert context.instance == HostInstance(KEY, TOKEN, "5511900000001", connected=True)
    assert context.began_linked and context.gate.fence.own == "5511900000001"
    assert context.stage.instance() == context.instance


@pytest.mark.parametrize(
    ("given", "kind", "sentence"),
    [
        (
            answer(301, None, ("Location", "https://b.test")),
            Unusable,
            "redirects to https://b.test",
        ),
        (answer(302), Unusable, "redirects to nowhere"),
        (
            answer(404, {"message": "Instance not found"}),
            SetupError,
            "does not know the instance key",
        ),
        (answer(401, {}), SetupError, "refuses the token (--token): 401"),
        (answer(403, {}), SetupError, "refuses the token (--token): 403"),
        (answer(503, {}), Unusable, "answers 503 to a status call"),
        (answer(200, "text"), Unusable, "answers 200 with application/json where a gateway"),
        (answer(200, {"error": True}), Unusable, "with 200 and an error"),
        (answer(502, body=b"<html>"), Unusable, "answers 502 with application/json where"),
    ],
)
def test_what_is_no_gateway_is_said_in_a_sentence(
    given: Exchange, kind: type[Exception], sentence: str
) -> None:
    with pytest.raises(kind) as refusal:
        Context(given).look()
    assert sentence in str(refusal.value)


def test_an_empty_answer_may_be_a_gateways_where_it_knows_the_webhook() -> None:
    known = Context(answer(200), answer(200, {"webhookUrl": ""})).look()
    assert known.asked == ["instance_status", "webhook_settings"]
    assert known.instance is not None and not known.instance.connected
    with pytest.raises(Unusable):
        Context(answer(200), answer(200)).look()


def test_an_answer_without_a_content_type_says_so() -> None:
    bare = exchange(operation="instance_status", status=200, headers=(), body=b"<html>")
    with pytest.raises(Unusable, match="answers 200 with no content type"):
        Context(bare).look()


def test_a_run_without_a_given_instance_only_looks() -> None:
    context = Context(answer(200, LINKED))
    context.instance, context.gate.fence = None, None
    context.look()
    assert not context.began_linked and context.stage.instance(connected=None).number == ""


def test_a_key_in_other_letters_than_the_host_shows_is_refused() -> None:
    shown = {**LINKED, "instance": {**LINKED["instance"], "key": KEY.swapcase()}}
    with pytest.raises(SetupError, match="in other letters, capital or small") as refusal:
        Context(answer(200, shown)).look()
    assert "--instance-key" in str(refusal.value) and KEY not in str(refusal.value)
