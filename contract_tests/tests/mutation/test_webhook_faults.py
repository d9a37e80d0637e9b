"""Faults of webhooks: which they concern, and what comes out of them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import orjson
import pytest
from megaapi_contract.mutation.mutant import Fault
from megaapi_contract.mutation.payload_edits import put
from megaapi_contract.mutation.webhook_faults import (
    GONE,
    Changed,
    EverySecondLost,
    FirstValueKept,
    LateWebhooks,
    RepeatedAfterAnother,
    all_of,
    alter,
    any_webhook,
    connection,
    has_value,
    is_ack,
    is_echo,
    is_inbound,
    kind,
    omit,
    repeat,
)

KEY = "megacode-TESTKEY0001"


def text(words: str, *, own: bool = False, id_: str = "3EB0A1") -> dict[str, Any]:
    return {
        "instance_key": KEY,
        "messageType": "conversation",
        "messageTimestamp": 1767225600,
        "key": {"id": id_, "fromMe": own, "remoteJid": "5511900000002@s.whatsapp.net"},
        "message": {"conversation": words},
    }


def receipt(status: int) -> dict[str, Any]:
    return {"instance_key": KEY, "messageType": "message.ack", "update": {"status": status}}


def through(fault: Fault, *payloads: dict[str, Any]) -> list[dict[str, Any]]:
    return [
        orjson.loads(body) for each in payloads for body in fault.webhook(orjson.dumps(each))
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("which", "payload", "expected"),
    [
        (is_ack(), receipt(2), True),
        (is_ack(3, 4), receipt(4), True),
        (is_ack(3, 4), receipt(2), False),
        (is_ack(), text("oi"), False),
        (is_inbound, text("oi"), True),
        (is_inbound, text("oi", own=True), False),
        (is_inbound, receipt(2), False),
        (is_echo, text("oi", own=True), True),
        (is_echo, text("oi"), False),
        (is_echo, text("oi", own=True, id_="ABCD"), False),
        (connection(GONE), {"messageType": "connection_update", "message": GONE}, True),
        (
            connection(GONE),
            {"messageType": "connection_update", "message": "other"},
            False,
        ),
        (connection(), {"messageType": "connection_update", "message": "other"}, True),
        (has_value("message.conversation"), text(""), True),
        (has_value("message.imageMessage"), text(""), False),
        (has_value("key.fromMe", False), text(""), True),
        (all_of(), receipt(1), True),
        (all_of(kind("conversation"), is_inbound), text("oi", own=True), False),
        (any_webhook, {}, True),
    ],
)
def test_condition_fits_only_its_own_webhooks(
    which: Callable[[dict[str, Any]], bool], payload: dict[str, Any], expected: bool
) -> None:
    assert which(payload) is expected


def test_spoilt_webhooks_are_altered_and_others_pass_byte_for_byte() -> None:
    fault = Changed(is_inbound, alter(put("message.conversation", "outro")))
    assert through(fault, text("oi")) == [text("outro")]
    other = orjson.dumps(receipt(2), option=orjson.OPT_INDENT_2)
    assert list(fault.webhook(other)) == [other]


def test_omitted_webhook_never_comes_and_repeated_one_comes_twice() -> None:
    assert through(Changed(is_inbound, omit), text("oi"), receipt(2)) == [receipt(2)]
    assert through(Changed(is_inbound, repeat), text("oi")) == [text("oi"), text("oi")]


def test_every_second_webhook_is_lost_and_others_do_not_count() -> None:
    sent = [text("1"), receipt(2), text("2"), text("3")]
    assert through(EverySecondLost(is_inbound), *sent) == [text("1"), receipt(2), text("3")]


def test_late_webhook_comes_after_as_many_others_as_asked() -> None:
    sent = [text("1"), receipt(1), receipt(2), receipt(3)]
    assert through(LateWebhooks(is_inbound, after=2), *sent) == [
        receipt(1), receipt(2), text("1"), receipt(3),
    ]  # fmt: skip


def test_webhook_that_is_late_at_the_end_is_lost() -> None:
    assert through(LateWebhooks(is_inbound), receipt(1), text("1")) == [receipt(1)]


def test_echoing_repeats_the_last_webhook_of_the_same_instance() -> None:
    elsewhere = {**receipt(4), "instance_key": "megacode-TESTKEY0002"}
    fault = RepeatedAfterAnother(is_ack(4), is_inbound)
    assert through(fault, text("1"), text("2"), elsewhere, receipt(4)) == [
        text("1"), text("2"), elsewhere, receipt(4), text("2"),
    ]  # fmt: skip


def test_stuck_field_keeps_its_first_value() -> None:
    fault = FirstValueKept(is_inbound, "message.conversation")
    assert through(fault, text("1"), text("2"), receipt(2)) == [text("1"), text("1"), receipt(2)]
    keys = [{"instance_key": "a"}, {"instance_key": "b"}]
    assert through(FirstValueKept(any_webhook, "instance_key"), *keys) == [keys[0], keys[0]]
