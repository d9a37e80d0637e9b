"""Dedicated hosts: instances made, listed, deleted and reset, and the older webhook calls."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ...host.host_instance import HostInstance
from ...host.stage import Stage
from ...judging.results import Exchange
from ..probe import Laws
from ..session import Session
from .assertions import (
    UNKNOWN_INSTANCE,
    claim,
    claim_refusal,
    claim_success,
    inferred,
    value_at,
)

LAWS = Laws()

KEY, HOOK, OTHER_HOOK = "meu-crm-01", "https://bot.example.test/a", "https://bot.example.test/b"
NOWHERE = HostInstance("", "")
HANDLED = ("delete_unknown",)


def _make(session: Session, data: Mapping[str, Any] | None = None, *, key: str = KEY) -> Exchange:
    """A new instance under a key of these laws."""
    body = {"messageData": data} if data else None
    return session.call("create_instance", NOWHERE, query={"instance_key": key}, body=body)


def _made_key(answer: Exchange) -> Any:
    return value_at(answer.json, "data", "instance_key") or value_at(answer.json, "instance_key")


def _new_instance(session: Session, stage: Stage, key: str) -> HostInstance:
    """The instance as its clients have it; its token is the host's affair."""
    instance = stage.control_api("GET", f"/_mock/instances/{key}")
    return HostInstance(key, str(instance["token"]), connected=False)


def _instances_by_key(session: Session) -> tuple[Exchange, dict[str, Any]]:
    """Every instance by its key, as the host lists them."""
    answer = session.call("list_instances", NOWHERE)
    rows = value_at(answer.json, "instances")
    return answer, {
        str(value_at(one, "key")): one for one in (rows if isinstance(rows, list) else ())
    }


def _delete(session: Session, key: str) -> Exchange:
    return session.call("delete_instance", HostInstance(key, ""))


@LAWS.law("create_instance", "list_instances", "instance_status", "delete_instance",
          effects=("changes", "reads", "disconnects"), phone=True)  # fmt: skip
def a_new_instance_is_there_and_not_linked(session: Session, stage: Stage) -> None:
    answer = _make(session)
    if not claim_success(session, answer, "a new instance"):
        return
    claim(session, answer, _made_key(answer) == KEY, "the key is the one that was asked for")
    listing, rows_by_key = _instances_by_key(session)
    claim(session, listing, KEY in rows_by_key, "a new instance is listed")
    state = value_at(rows_by_key.get(KEY), "status")
    claim(session, listing, state == "disconnected", "a new instance is not linked")
    answer = session.call("instance_status", _new_instance(session, stage, KEY))
    claim_success(session, answer, "the status of a new instance")
    first, second = (_made_key(session.call("create_instance", NOWHERE)) for _ in range(2))
    is_each = bool(first) and bool(second) and first != second
    claim(session, listing, is_each, "without a key each gets one of its own")
    for key in (KEY, first, second):
        _delete(session, str(key))


@LAWS.law("list_instances", "create_instance", "delete_instance",
          effects=("reads", "changes", "disconnects"), phone=True)  # fmt: skip
def the_list_shows_every_instance_as_its_status_does(session: Session, stage: Stage) -> None:
    linked, unlinked = stage.instance(), stage.instance(connected=False)
    answer, rows_by_key = _instances_by_key(session)
    states = {one.key: value_at(rows_by_key.get(one.key), "status") for one in (linked, unlinked)}
    right = {linked.key: "connected", unlinked.key: "disconnected"}
    claim(session, answer, states == right, "each stands there with its state")
    user = value_at(rows_by_key.get(linked.key), "user", "id")
    is_own = isinstance(user, str) and user.partition(":")[0] == linked.number
    claim(session, answer, is_own, "a linked one stands there with its number")


@LAWS.law("list_instances", "create_instance", "delete_instance",
          effects=("reads", "changes", "disconnects"), phone=True)  # fmt: skip
def instances_are_listed_in_order_of_creation(session: Session, stage: Stage) -> None:
    # Neither the order of letters nor its reverse.
    keys = [f"{KEY}-{letter}" for letter in "bca"]
    for key in keys:
        claim_success(session, _make(session, key=key), "a new instance")
    answer, rows_by_key = _instances_by_key(session)
    listed_keys = [key for key in rows_by_key if key in keys]
    # The answer was seen with a single instance; its order is the ancestor's.
    claim(session, answer, listed_keys == keys, "each stands behind those made before it",
          promise=inferred(session, "list_instances"))  # fmt: skip
    for key in keys:
        _delete(session, key)


@LAWS.law("create_instance", "webhook_settings", "delete_instance",
          effects=("changes", "reads", "disconnects"), phone=True)  # fmt: skip
def a_new_instance_has_the_webhook_that_it_was_given(session: Session, stage: Stage) -> None:
    for data, right in (
        ({"webhookUrl": HOOK, "webhookEnabled": True}, (HOOK, True)),
        ({"webhookUrl": HOOK, "webhookEnabled": False}, (HOOK, False)),
        # The same key again: nothing is left of what was there.
        ({}, ("", False)),
    ):
        answer = _make(session, data)
        claim_success(session, answer, "a new instance")
        settings = _settings(session, _new_instance(session, stage, KEY))
        claim(session, answer, settings == right, "the webhook is what init was given")
    _delete(session, KEY)


@LAWS.law("delete_instance", "create_instance", "list_instances", "instance_status",
          effects=("disconnects", "changes", "reads"), phone=True)  # fmt: skip
def a_deleted_instance_is_gone(session: Session, stage: Stage) -> None:
    _make(session)
    instance = _new_instance(session, stage, KEY)
    answer = _delete(session, KEY)
    if not claim_success(session, answer, "deleted"):
        return
    listing, rows_by_key = _instances_by_key(session)
    claim(session, listing, KEY not in rows_by_key, "what is deleted is not listed")
    status = session.call("instance_status", instance)
    claim_refusal(session, status, 404, "the status of what is deleted",
                  message=UNKNOWN_INSTANCE, switches=("unknown_instance",))  # fmt: skip
    for _ in range(4):
        claim_refusal(session, _delete(session, KEY), 404, "deleting what is not there",
                      message=UNKNOWN_INSTANCE, switches=HANDLED)  # fmt: skip


@LAWS.law("create_instance", "list_instances", "delete_instance",
          effects=("changes", "reads", "disconnects"), phone=True)  # fmt: skip
def only_the_administrator_has_all_instances(session: Session, stage: Stage) -> None:
    instance = stage.instance()
    _, before = _instances_by_key(session)
    for when, token in (
        ("a wrong token", session.wrong_token()), ("no token", ""),
        ("an instance's own token", instance.token),
    ):  # fmt: skip
        for operation in ("create_instance", "list_instances", "delete_instance"):
            answer = session.call(operation, instance, token=token)
            claim_refusal(session, answer, 401, when)
    answer, rows_by_key = _instances_by_key(session)
    claim(session, answer, rows_by_key.keys() == before.keys(), "what was refused is not done")


@LAWS.law("list_instances", "instance_status", "webhook_settings", phone=True)
def the_administrators_token_opens_every_instance(session: Session, stage: Stage) -> None:
    token = session.token_for(session.contract.by_id["list_instances"], NOWHERE)
    for instance in (stage.instance(), stage.instance(connected=False)):
        for operation in ("instance_status", "webhook_settings"):
            answer = session.call(operation, instance, token=token)
            promise = session.contract.promise("list_instances", 200)
            claim_success(session, answer, "the administrator's token", promise=promise)


@LAWS.law("reset_instance", "instance_status", "qr_code_base64",
          effects=("disconnects", "reads"), phone=True)  # fmt: skip
def a_reset_begins_a_new_session(session: Session, stage: Stage) -> None:
    instance = stage.instance()
    answer = session.call("reset_instance", instance)
    claim_success(session, answer, "a reset")
    state = value_at(session.call("instance_status", instance).json, "instance", "status")
    claim(session, answer, state in (None, "disconnected"), "no phone is linked any more")
    code = session.call("qr_code_base64", instance)
    claim_success(session, code, "a code after a reset")
    for _ in range(4):
        again = session.call("reset_instance", instance)
        if claim_success(session, again, "a reset of what is not linked"):
            is_usual = value_at(again.json, "message") != "Instance logged out"
            session.settle("reset_disconnected", "" if is_usual else "logged_out", exchange=again)


def _settings(session: Session, instance: HostInstance) -> tuple[Any, Any]:
    answer = session.call("webhook_settings", instance)
    settings = value_at(answer.json, "webhookData") or answer.json
    return value_at(settings, "webhookUrl"), value_at(settings, "webhookEnabled")


@LAWS.law("update_webhook_url", "enable_webhook", "webhook_settings", "configure_webhook",
          effects=("changes", "reads"))  # fmt: skip
def the_older_calls_change_the_same_webhook(session: Session, stage: Stage) -> None:
    instance = stage.instance(connected=None)
    session.gate.learn([HOOK, OTHER_HOOK])
    data = {"webhookUrl": HOOK, "webhookEnabled": True}
    session.call("configure_webhook", instance, body={"messageData": data})
    for operation, field, value, right in (
        ("update_webhook_url", "url", OTHER_HOOK, (OTHER_HOOK, True)),
        ("enable_webhook", "sendWebhook", False, (OTHER_HOOK, False)),
        ("update_webhook_url", "url", "", (OTHER_HOOK, False)),
        ("update_webhook_url", "url", HOOK, (HOOK, False)),
        ("enable_webhook", "sendWebhook", True, (HOOK, True)),
    ):
        answer = session.call(operation, instance, body={"data": {field: value}})
        if not claim_success(session, answer, "an older call"):
            continue
        settings_answered = (
            value_at(answer.json, "data", "url"),
            value_at(answer.json, "data", "sendMessage"),
        )
        claim(session, answer, settings_answered == right, "the answer says what is set now")
        claim(session, answer, _settings(session, instance) == right, "it is set for today's calls")
