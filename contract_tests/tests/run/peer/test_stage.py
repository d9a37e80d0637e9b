"""A second instance writes for the customers: what it can, to whom it may, as often as it may."""

from __future__ import annotations

import json
import time
from base64 import b64encode
from collections.abc import Iterator
from typing import Any

import pytest
from megaapi_contract.errors import BudgetSpent, HeldBack, NotTried, Unusable
from megaapi_contract.host.http import Answer, request
from megaapi_contract.host.stage import NO_CUSTOMER, GivenStage
from megaapi_contract.judging.contract import Contract
from megaapi_contract.run.context import RunContext
from megaapi_contract.run.peer.messages import WRITINGS
from megaapi_contract.run.peer.stage import NEEDS_SENDS, ONE_WRITER, READING, PeerStage
from megaapi_contract.safety.fence import Fence
from megaapi_mock.spec.plans import EVERY_PLAN

from ...support import KEY, LISTED, OWN, TOKEN, UNLISTED
from .pair import PEER, PEER_KEY, PEER_NAME, PEER_TOKEN, Pair, two_instances


@pytest.fixture(scope="module")
def pair() -> Iterator[Pair]:
    with two_instances(profile=EVERY_PLAN) as both:
        yield both


@pytest.fixture
def context(pair: Pair) -> Iterator[RunContext]:
    with pair.prepared(gateway_plan=EVERY_PLAN) as prepared:
        yield prepared


def stage_of(context: RunContext) -> PeerStage:
    assert isinstance(context.stage, PeerStage)
    return context.stage


def received(
    context: RunContext, pair: Pair, id_: str, *, deleted: str | None = None
) -> dict[str, Any]:
    """The message as the mock shows it to whom it was written, once it has arrived."""
    end = time.monotonic() + 60
    while True:
        items = pair.ask("GET", f"/_mock/messages?instance={KEY}&limit=5000")["items"]
        messages = [item for item in items if item["id"] == id_ and not item["from_me"]]
        if messages and messages[0]["deleted"] == deleted:
            assert len(messages) == 1, (id_, items)
            return dict(messages[0])
        assert time.monotonic() < end, (id_, items)
        time.sleep(0.05)


NEEDING = ("text-quoted-reply", "deleted")


@pytest.mark.parametrize("event", sorted(set(WRITINGS) - {"group-text", "group-image", *NEEDING}))
def test_what_it_writes_arrives_as_it_says(event: str, context: RunContext, pair: Pair) -> None:
    stage = stage_of(context)
    written = stage.customer_writes(stage.instance(), event)
    message = received(context, pair, written["id"])
    assert message["content"] == written["content"]
    assert written["chat"] == message["chat"] == f"{PEER}@s.whatsapp.net"
    assert written["from_me"] is False and abs(written["time"] - message["time"]) < 60


@pytest.mark.parametrize(
    ("event", "path", "value"),
    [
        ("text-plain", "message.conversation", "às 10h? ☕️ 5511900000077"),
        ("text-link-preview", "message.extendedTextMessage.text", "Veja https://x.example.test/2"),
        ("image", "message.imageMessage.caption", "Segue a foto ç"),
        ("document", "message.documentMessage.fileName", "orçamento.pdf"),
        ("location", "message.locationMessage.name", "Loja ç"),
    ],
)
def test_a_law_sets_a_field(event: str, path: str, value: str, context: RunContext) -> None:
    stage = stage_of(context)
    written = stage.customer_writes(stage.instance(), event, set={path: value})
    assert value in json.dumps(written["content"], ensure_ascii=False)


def test_a_file_of_the_laws_own_is_sent(context: RunContext) -> None:
    stage = stage_of(context)
    uri = f"data:image/png;base64,{b64encode(b'not a picture').decode()}"
    written = stage.customer_writes(stage.instance(), "image", media=uri)
    assert written["content"]["imageMessage"]["mimetype"] == "image/png"


def test_it_quotes_and_deletes(context: RunContext, pair: Pair) -> None:
    stage = stage_of(context)
    first = stage.customer_writes(stage.instance(), "text-plain")
    quote = stage.customer_writes(stage.instance(), "text-quoted-reply", message=first["id"])
    content = received(context, pair, quote["id"])["content"]["extendedTextMessage"]
    assert content["contextInfo"]["stanzaId"] == first["id"]
    stage.customer_writes(stage.instance(), "deleted", message=first["id"])
    assert received(context, pair, first["id"], deleted="everyone")["id"] == first["id"]


@pytest.mark.parametrize(
    ("event", "body", "sentence"),
    [
        ("reaction", {}, "a second instance cannot cause reaction: no operation does it"),
        ("call", {}, "a second instance cannot cause call: no operation does it"),
        ("text-plain", {"from": LISTED}, ONE_WRITER),
        (
            "text-plain",
            {"set": {"pushName": "Ana"}},
            "a second instance writes text-plain by send_text, which has no field for pushName",
        ),
    ],
)
def test_what_no_operation_does_is_not_tried(
    event: str, body: dict[str, Any], sentence: str, context: RunContext
) -> None:
    stage, before = stage_of(context), stage_of(context).session.gate.requests
    with pytest.raises(NotTried, match=sentence):
        stage.customer_writes(stage.instance(), event, **body)
    assert stage.session.gate.requests == before


def test_without_a_second_instance_nobody_writes(context: RunContext) -> None:
    stage = GivenStage(stage_of(context).instance())
    assert stage.why_nobody_writes("text-plain") == NO_CUSTOMER
    with pytest.raises(NotTried, match="a second instance of yours can be"):
        stage.customer_writes(stage.instance(), "text-plain")
    assert stage.announce(stage.instance(), "call", "AA") is False and stage.customers == ()


def test_a_plan_that_lacks_the_operation_says_so(pair: Pair) -> None:
    with pair.prepared() as context:
        reason = stage_of(context).why_nobody_writes("contact")
    assert reason == "plan code has no send_contact, which causes contact"


def test_it_writes_only_where_the_run_may_send(pair: Pair) -> None:
    with pair.prepared(allow=frozenset({"reads", "changes"}), recipients=()) as context:
        assert stage_of(context).why_nobody_writes("text-plain") == NEEDS_SENDS


def test_people_are_named_by_what_their_instances_answer(context: RunContext) -> None:
    stage = stage_of(context)
    assert stage.customers == (PEER,)
    person = stage.person(stage.instance(), PEER)
    assert (person["jid"], person["name"]) == (f"{PEER}@s.whatsapp.net", PEER_NAME)
    assert stage.person(stage.instance(), OWN)["name"] == "Test Shop"
    assert stage.person(stage.instance(), LISTED)["name"] is None


def test_a_law_can_ask_what_it_may_set(context: RunContext) -> None:
    stage = stage_of(context)
    assert stage.may_set("image", "message.imageMessage.caption")
    assert not stage.may_set("image", "pushName") and not stage.may_set("reaction", "pushName")
    assert not GivenStage(stage.instance()).may_set("image", "message.imageMessage.caption")


# -- what may leave --------------------------------------------------------------------------


def fence_of(context: RunContext) -> Fence:
    fence = stage_of(context).session.gate.fence
    assert fence is not None
    return fence


def text_to(number: str, key: str = PEER_KEY, token: str = PEER_TOKEN) -> Any:
    return request(
        "POST", f"/rest/sendMessage/{key}/text",
        body={"messageData": {"to": number, "text": "Oi"}},
        headers=[("Authorization", f"Bearer {token}"), ("Content-Type", "application/json")],
    )  # fmt: skip


def test_it_writes_to_the_first_instance_alone(context: RunContext) -> None:
    fence = fence_of(context)
    assert fence.check(text_to(OWN)) is not None
    for number in (LISTED, UNLISTED, PEER):
        with pytest.raises(HeldBack, match="somebody who is not listed"):
            fence.check(text_to(number))
    with pytest.raises(HeldBack, match="names another instance"):
        fence.check(text_to(OWN, KEY))
    with pytest.raises(HeldBack, match="the token is neither"):
        fence.check(text_to(OWN, token=TOKEN))


def test_nothing_of_it_is_changed(context: RunContext) -> None:
    fence, refused = fence_of(context), 0
    contract = Contract(plan=EVERY_PLAN)
    for operation in contract.operations:
        if operation.effect in ("changes", "disconnects") and operation.id not in READING:
            path = operation.path.replace("{instance_key}", PEER_KEY)
            with pytest.raises(HeldBack):
                fence.check(request(operation.method, path, body={"messageData": {}}))
            refused += 1
    assert refused > 20


@pytest.mark.parametrize("operation", ["set_who_can_send", "leave_group"])
def test_it_changes_no_group_but_those_of_the_run(operation: str, context: RunContext) -> None:
    fence, definition = fence_of(context), Contract(plan=EVERY_PLAN).by_id[operation]
    path = definition.path.replace("{instance_key}", PEER_KEY)

    def about(group: str) -> Any:
        query = {"jid": group, "allowOnlyAdmins": "true"}
        headers = [("Authorization", f"Bearer {PEER_TOKEN}")]
        return request(definition.method, path, query=query, headers=headers)

    with pytest.raises(HeldBack, match="somebody who is not listed"):
        fence.check(about("120363000000000001@g.us"))
    context.peer.gate.allow_group("120363000000000001@g.us")
    assert fence.check(about("120363000000000001@g.us")) is not None
    with pytest.raises(HeldBack, match="somebody who is not listed"):
        fence.check(about("120363000000000002@g.us"))


def test_the_first_one_writes_to_it_and_to_the_listed(pair: Pair) -> None:
    with pair.prepared(gateway_plan=EVERY_PLAN, recipients=(LISTED,)) as context:
        fence = context.gate.fence
        assert fence is not None
        for number in (PEER, LISTED):
            assert fence.check(text_to(number, KEY, TOKEN)) is not None
        with pytest.raises(HeldBack, match="somebody who is not listed"):
            fence.check(text_to(UNLISTED, KEY, TOKEN))


def test_it_writes_so_many_messages_and_no_more(pair: Pair) -> None:
    with pair.prepared(gateway_plan=EVERY_PLAN, max_messages=2) as context:
        stage = stage_of(context)
        for _ in range(2):
            stage.customer_writes(stage.instance(), "text-plain")
        with pytest.raises(BudgetSpent, match="2 messages are sent"):
            stage.customer_writes(stage.instance(), "text-plain")
        assert stage.announce(stage.instance(), "call", "AA") is False
        assert context.messages_sent == 2


def test_a_second_instance_that_fails_ends_only_what_needs_it(
    context: RunContext, monkeypatch: pytest.MonkeyPatch
) -> None:
    stage = stage_of(context)

    def refuse(request: Any) -> Answer:
        raise Unusable("it is down")

    monkeypatch.setattr(stage.session.gate.target, "send", refuse)
    with pytest.raises(NotTried, match="cannot be used any more: it is down"):
        stage.customer_writes(stage.instance(), "text-plain")
    assert "cannot be used any more" in stage.why_nobody_writes("image")


def test_a_send_that_its_host_refuses_is_not_tried(
    context: RunContext, monkeypatch: pytest.MonkeyPatch
) -> None:
    stage = stage_of(context)
    answer = Answer(403, (("Content-Type", "application/json"),), b"{}")
    monkeypatch.setattr(stage.session.gate.target, "send", lambda request: answer)
    with pytest.raises(NotTried, match="could not write: 403 to send_text"):
        stage.customer_writes(stage.instance(), "text-plain")
