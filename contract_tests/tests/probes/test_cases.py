"""Cases filled with values that exist: people, groups, messages and media of the host."""

from __future__ import annotations

import json
from types import SimpleNamespace
from typing import Any, cast

import pytest
from megaapi_contract.errors import BudgetSpent
from megaapi_contract.host.host_instance import HostInstance
from megaapi_contract.host.stage import WORLD
from megaapi_contract.judging.contract import Contract
from megaapi_contract.judging.results import Exchange
from megaapi_contract.probes.cases import NO_GROUP, PICTURE, PLACEHOLDER, CaseSender
from megaapi_contract.probes.session import PICTURE_URL, Session

from ..made_up import exchange
from ..support import KEY, LISTED, OWN, TOKEN, UNLISTED

CONTRACT = Contract()
GROUP, OTHER = "120363000000000001@g.us", "120363000000000002@g.us"
HOOK = "http://127.0.0.1:9/hook"
SENT = {
    "messageData": {
        "key": {"id": "OUT"}, "message": {"conversation": "oi"}, "messageTimestamp": "7",
        "imageMessage": {},
    },
}  # fmt: skip
MEDIA = {"mediaKey": "k", "directPath": "/p", "url": "u", "mimetype": "image/png", "more": 1}


class Host:
    """In place of a session: answers by operation, and keeps what was asked and learned."""

    contract = CONTRACT

    def __init__(self, *recipients: str, fenced: bool = False, **answers: Any) -> None:
        self.recipients, self.answers = recipients, answers
        self.media_url = ""
        self.receiver = SimpleNamespace(url=HOOK)
        self.asked: list[str] = []
        self.learned: list[Any] = []
        self.readable: set[str] = set()
        fence = SimpleNamespace(effects={"reads"}, readable=self.readable) if fenced else None
        self.gate = SimpleNamespace(
            fence=fence, groups_to_leave={}, known_groups=frozenset[str](),
            learn=self.learned.extend, allow_reading_groups=self.readable.update,
        )  # fmt: skip

    def call(self, operation: str, _: HostInstance, **__: Any) -> Exchange:
        self.asked.append(operation)
        answer = self.answers.get(operation, {})
        if isinstance(answer, Exception):
            raise answer
        return exchange(status=200, body=json.dumps(answer).encode())

    def token_for(self, _: Any, instance: HostInstance) -> str:
        return instance.token


def sender(host: Host, *, connected: bool = True) -> CaseSender:
    return CaseSender(cast(Session, host), HostInstance(KEY, TOKEN, OWN, connected))


def fill(body: dict[str, Any], operation: str, host: Host | None = None) -> Any:
    return sender(host or Host(LISTED, UNLISTED))._fill_in(body, operation)


def test_whoever_is_listed_is_written_to_else_oneself_else_the_world() -> None:
    listed = sender(Host(LISTED, UNLISTED))
    assert [listed._recipient(number) for number in (0, 1, 2)] == [LISTED, UNLISTED, LISTED]
    assert sender(Host(fenced=True))._recipient(3) == OWN
    assert sender(Host())._recipient(1) == WORLD[1]


@pytest.mark.parametrize(
    ("given", "to"),
    [("551199", LISTED), ("1", UNLISTED), (["a", "b"], [LISTED]), (GROUP, OTHER)],
)
def test_an_address_becomes_one_of_the_host(given: Any, to: Any) -> None:
    host = Host(LISTED, UNLISTED)
    host.gate.groups_to_leave[OTHER] = None
    assert fill({"messageData": {"to": given}}, "send_text", host)["messageData"]["to"] == to


def test_a_message_is_filled_by_its_operation() -> None:
    data = fill({"messageData": {"url": "x", "type": "x"}}, "send_media_url")["messageData"]
    assert data == {"url": PICTURE_URL, "type": "image"}
    host = Host(LISTED)
    host.media_url = "http://files.test/a.png"
    data = fill({"messageData": {"url": "x"}}, "send_media_url", host)["messageData"]
    assert data["url"] == "http://files.test/a.png"
    data = fill({"messageData": {"base64": "x"}}, "send_media_base64")["messageData"]
    assert data == {"base64": PICTURE, "type": "document"}
    assert fill({"messageData": {"webhookUrl": "x"}}, "configure_webhook")["messageData"] == {
        "webhookUrl": HOOK
    }


def test_what_is_about_a_message_is_about_one_that_was_sent() -> None:
    host = Host(LISTED, send_text=SENT)
    data = fill({"messageData": {"key": {}, "text": "x"}}, "quote_message", host)["messageData"]
    assert data == {"key": {"id": "OUT"}, "text": "x"}
    assert host.learned == ["OUT", "7"] and host.asked == ["send_text"]


def test_where_nothing_can_be_sent_the_case_keeps_its_own() -> None:
    host = Host(LISTED)
    assert sender(host, connected=False).sent_text() is None and host.asked == []
    assert sender(host).sent_text() is None
    assert sender(host).media() is None


def test_media_are_those_of_a_picture_that_was_sent_once() -> None:
    sent = {"messageData": {"message": {"imageMessage": MEDIA}}}
    host = Host(LISTED, send_media_base64=sent)
    cases = sender(host)
    keys = cases.media()
    assert keys == {
        **{name: MEDIA[name] for name in MEDIA if name != "more"},
        "messageType": "image",
    }
    assert cases.media() is keys and host.asked == ["send_media_base64"]
    body = cases._fill_in({"messageKeys": {"mediaKey": "x"}}, "download_media")
    assert body["messageKeys"] == keys
    less = Host(LISTED, send_media_base64={"messageData": {"message": {"imageMessage": {}}}})
    kept = fill({"messageKeys": {"mediaKey": "x"}}, "download_media", less)
    assert kept["messageKeys"] == {"mediaKey": "x"}


def test_a_group_is_made_once_and_only_where_that_can_be() -> None:
    host = Host(LISTED, create_group={"group": {"id": GROUP}})
    cases = sender(host)
    assert cases.group() == cases.group() == GROUP and host.asked == ["create_group"]
    assert sender(Host(LISTED), connected=False).group() == NO_GROUP
    assert sender(Host(LISTED, create_group={"group": {"id": LISTED}})).group() == NO_GROUP
    spent = Host(LISTED, create_group=BudgetSpent("no further group"))
    assert sender(spent).group() == NO_GROUP
    spent.gate.known_groups = frozenset({OTHER, GROUP})
    assert sender(spent).group() == GROUP


def test_a_given_instance_that_may_change_nothing_is_read_alone() -> None:
    host = Host(LISTED, fenced=True, list_groups={"data": {OTHER: {}, GROUP: {}}})
    assert sender(host).group() == GROUP and host.asked == ["list_groups"]
    assert sender(Host(LISTED, fenced=True, list_groups={})).group() == NO_GROUP


def case(operation: str, *, negative: bool = False, **parts: Any) -> Any:
    definition = SimpleNamespace(raw={"operationId": operation})
    meta = SimpleNamespace(
        generation=SimpleNamespace(mode=SimpleNamespace(is_negative=negative)),
        is_negative_at=lambda _: False,
    )
    given = {"headers": {}, "query": {}, "path_parameters": {}, "body": None, **parts}
    return SimpleNamespace(operation=SimpleNamespace(definition=definition), meta=meta, **given)


def test_key_and_token_are_those_of_the_instance() -> None:
    prepared = case(
        "send_text", headers={"authorization": f"Bearer {PLACEHOLDER}", "X": "1"},
        body={"messageData": {"to": "x"}},
    )  # fmt: skip
    sender(Host(LISTED)).prepare(prepared)
    assert prepared.path_parameters == {"instance_key": KEY}
    assert prepared.headers == {"authorization": f"Bearer {TOKEN}", "X": "1"}
    assert prepared.body == {"messageData": {"to": LISTED}}
    other = case("send_text", headers={"Authorization": "Bearer other"})
    sender(Host(LISTED)).prepare(other)
    assert other.headers == {"Authorization": "Bearer other"}


def test_every_fourth_bad_case_keeps_what_nobody_has_heard_of() -> None:
    cases, kept = sender(Host(LISTED)), []
    for _ in range(8):
        prepared = case("send_text", negative=True, body={"messageData": {"to": "x"}})
        cases.prepare(prepared)
        kept.append(prepared.body["messageData"]["to"] == "x")
    assert kept == [False, False, False, True] * 2


def test_a_person_or_group_of_a_query_is_one_of_the_host() -> None:
    prepared = case("is_on_whatsapp", query={"jid": "x", "other": "y"})
    sender(Host(LISTED)).prepare(prepared)
    assert prepared.query == {"jid": LISTED, "other": "y"}
    host = Host(LISTED)
    host.gate.groups_to_leave[GROUP] = None
    prepared = case("leave_group", query={"jid": "x"})
    sender(host).prepare(prepared)
    assert prepared.query == {"jid": GROUP}
