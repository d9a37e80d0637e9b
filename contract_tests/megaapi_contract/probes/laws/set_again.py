"""What is set to what it is already: it stays as it was set, however often that is said."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial, update_wrapper
from typing import Any

from ...host.stage import Stage
from ...judging.results import Exchange
from ..probe import Laws
from ..session import Session
from .administration import SETTINGS
from .assertions import claim, claim_success, value_at
from .calls import group_of, make_group, set_webhook, someone
from .webhook_listener import WebhookListener
from .webhooks import PHASE, listening, off_means_off

LAWS = Laws()

TIMES = 2
BLOCKED = "presence"


def _again(session: Session, change: Callable[[], Exchange], look: Callable[[], Exchange],
           value_of: Callable[[Exchange], Any], expected: Any) -> None:  # fmt: skip
    """Make one change several times, and hold after each that it is in force."""
    for _ in range(TIMES):
        if claim_success(session, change(), "what is set already, set again"):
            answer = look()
            claim(session, answer, value_of(answer) == expected, "it is shown as it was set")


def _webhook(answer: Exchange) -> tuple[Any, Any]:
    settings = value_at(answer.json, "webhookData") or answer.json
    return value_at(settings, "webhookUrl"), value_at(settings, "webhookEnabled")


@LAWS.law("configure_webhook", "webhook_settings", effects=("changes", "reads"), worth=3)
def a_webhook_that_is_set_again_stays_as_it_was_set(session: Session, stage: Stage) -> None:
    instance, url = stage.instance(connected=None), f"{session.receiver.url}/again?loja=1"
    for enabled in (True, False):
        change = partial(set_webhook, session, instance, url, enabled=enabled)
        look = partial(session.call, "webhook_settings", instance)
        _again(session, change, look, _webhook, (url, enabled))


@LAWS.law("update_webhook_url", "enable_webhook", "webhook_settings", "configure_webhook",
          effects=("changes", "reads"))  # fmt: skip
def the_older_calls_may_be_made_again(session: Session, stage: Stage) -> None:
    instance, url = stage.instance(connected=None), f"{session.receiver.url}/again?loja=2"
    set_webhook(session, instance, url)
    for operation, data in (
        ("update_webhook_url", {"url": url}), ("enable_webhook", {"sendWebhook": True}),
    ):  # fmt: skip
        change = partial(session.call, operation, instance, body={"data": data})
        look = partial(session.call, "webhook_settings", instance)
        _again(session, change, look, _webhook, (url, True))


@LAWS.law("block_events", "config_details", effects=("changes", "reads"))
def what_is_blocked_again_stays_blocked(session: Session, stage: Stage) -> None:
    instance = stage.instance(connected=None)
    body = {"messageData": {"events": [BLOCKED]}}
    change = partial(session.call, "block_events", instance, body=body)
    _again(session, change, partial(session.call, "config_details", instance), _blocks_events, True)


def _blocks_events(answer: Exchange) -> bool:
    names = value_at(answer.json, "configData", "blockEvents")
    return isinstance(names, list) and names.count(BLOCKED) == 1


def who_may_do_what_stays_when_it_is_set_again(
    operation: str, session: Session, stage: Stage
) -> None:
    instance = stage.instance()
    _, group = make_group(session, stage, instance, someone(session))
    jid, setting = str(group.get("id")), SETTINGS[operation]
    for word, expected in (("true", True), ("false", False)):
        query = {"jid": jid, "allowOnlyAdmins": word}
        change = partial(session.call, operation, instance, query=query)
        look = partial(session.call, "group_details", instance, query={"jid": jid})
        _again(session, change, look, lambda answer: group_of(answer).get(setting), expected)


@LAWS.law("enable_webhook", "configure_webhook", effects=("changes",), phase=PHASE, phone=True,
          events=("text-plain",))  # fmt: skip
def what_the_older_call_switches_off_is_told_nothing(session: Session, stage: Stage) -> None:
    instance = stage.instance()
    switched_off, after = (
        WebhookListener(session, stage, instance, end) for end in ("-older-off", "-older-after")
    )
    switched_off.open()
    switched_off.receive()
    before = len(session.receiver.webhooks)
    answer = session.call("enable_webhook", instance, body={"data": {"sendWebhook": False}})
    if not claim_success(session, answer, "an older call"):
        return
    stage.customer_writes(instance, "text-plain")
    after.open()
    stage.customer_writes(instance, "text-plain")
    after.receive()
    late_webhooks = switched_off.webhooks_here(session.receiver.webhooks[before:])
    promise = off_means_off(session)
    switched_off.check_none(late_webhooks, "text-plain", "a webhook that is off", promise)


@LAWS.law("configure_webhook", effects=("changes",), phase=PHASE, customer=("text-plain",),
          events=("text-plain", "text-extended"), worth=3)  # fmt: skip
def an_address_that_is_set_again_is_told_all(session: Session, stage: Stage) -> None:
    instance, hook = listening(session, stage)
    set_webhook(session, instance, hook.url)
    event = stage.customer_writes(instance, "text-plain")["event"]
    hook.check_single(hook.receive(), event, "a text to an address that was set again")


for _operation in SETTINGS:
    _run = partial(who_may_do_what_stays_when_it_is_set_again, _operation)
    update_wrapper(_run, who_may_do_what_stays_when_it_is_set_again)
    LAWS.law(
        _operation, "create_group", "group_details", effects=("changes", "reads"),
        about=_operation,
    )(_run)  # fmt: skip
