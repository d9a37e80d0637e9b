"""Where webhooks go, which of them are blocked, and every event there is, asked for."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import partial, update_wrapper
from urllib.parse import urlsplit

from megaapi_mock.resources import root
from megaapi_mock.spec.bundle import read_yaml

from ...host.host_instance import HostInstance
from ...host.stage import Stage
from ..probe import Laws, Probe
from ..session import Session
from .assertions import inferred, value_at
from .calls import QUERY, sent_id, set_webhook, text
from .content_fidelity import TEXTS
from .echo_content import is_acknowledged
from .webhook_listener import WebhookListener
from .webhooks import (
    ACK_EVENTS,
    ECHO,
    PHASE,
    Rule,
    check_acks,
    is_ack,
    listening,
    message_id,
    off_means_off,
)

LAWS = Laws()


# -- where webhooks go -----------------------------------------------------------------------


@LAWS.law("configure_webhook", effects=("changes",), phase=PHASE, phone=True,
          events=("text-plain",))  # fmt: skip
def webhooks_go_where_they_were_sent_last(session: Session, stage: Stage) -> None:
    instance = stage.instance()
    old, new = (
        WebhookListener(session, stage, instance, "-old"),
        WebhookListener(session, stage, instance, "-new"),
    )
    path = f"/_mock/instances/{instance.key}/inbound"
    for hook, other in ((old, new), (new, old)):
        hook.open()
        stage.control_api("POST", path, {"event": "text-plain"})
        hook.check_single(hook.receive(), "text-plain", "a text")
        stray = other.webhooks_here(session.receiver.webhooks)
        hook.claim("text-plain", hook is new or not stray, "nothing goes elsewhere")
    set_webhook(session, instance, new.url, enabled=False)
    before = len(session.receiver.webhooks)
    stage.control_api("POST", path, {"event": "text-plain"})
    # The switched-off webhook would have come before what the next address gets.
    old.open()
    old.receive()
    late_webhooks = new.webhooks_here(session.receiver.webhooks[before:])
    new.check_none(late_webhooks, "text-plain", "a webhook switched off", off_means_off(session))


@LAWS.law("configure_webhook", effects=("changes",), phase=PHASE, phone=True,
          events=("text-plain",))  # fmt: skip
def webhooks_keep_the_query_of_their_address(session: Session, stage: Stage) -> None:
    instance, query = stage.instance(), QUERY
    hook = WebhookListener(session, stage, instance)
    hook.url += f"?{query}"
    hook.open()
    stage.control_api("POST", f"/_mock/instances/{instance.key}/inbound", {"event": "text-plain"})
    for one in hook.receive():
        is_kept = urlsplit(one.url).query == query
        hook.claim("text-plain", is_kept, "the query of the address is kept", one)


@LAWS.law("configure_webhook", effects=("changes",), phase=PHASE, phone=True,
          events=("text-plain",))  # fmt: skip
def a_second_address_gets_the_same(session: Session, stage: Stage) -> None:
    instance = stage.instance()
    first, second = (
        WebhookListener(session, stage, instance),
        WebhookListener(session, stage, instance, "-second"),
    )
    data = {
        "webhookUrl": first.url, "webhookEnabled": True,
        "webhookSecondaryUrl": second.url, "webhookSecondaryEnabled": True,
    }  # fmt: skip
    session.call("configure_webhook", instance, body={"messageData": data})
    stage.control_api("POST", f"/_mock/instances/{instance.key}/inbound", {"event": "text-plain"})
    one = first.check_single(first.receive(), "text-plain", "a text")
    other = second.check_single(second.receive(), "text-plain", "a text, the second time")
    first.claim("text-plain", one == other, "both addresses get the same")


@LAWS.law("configure_webhook", "send_text", effects=("changes", "sends"), phase=PHASE, phone=True,
          events=("text-plain", ECHO))  # fmt: skip
def instances_are_told_of_themselves_alone(session: Session, stage: Stage) -> None:
    (first, mine), (second, theirs) = listening(session, stage), listening(session, stage)
    sent_messages = {
        hook: text(session, instance) for instance, hook in ((first, mine), (second, theirs))
    }
    for instance in (first, second):
        stage.control_api(
            "POST", f"/_mock/instances/{instance.key}/inbound", {"event": "text-plain"}
        )
    for hook, other in ((mine, theirs), (theirs, mine)):
        webhooks = hook.receive(lambda webhooks: any(value_at(one.json, "key", "fromMe") is False
                                            for one in webhooks if not is_ack(one)))  # fmt: skip
        keys = {value_at(one.json, "instance_key") for one in webhooks}
        hook.claim("text-plain", keys == {hook.instance.key}, "instance_key is the instance's")
        acks = sum(map(is_ack, webhooks))
        own = [
            one
            for one in webhooks
            if not is_ack(one) and value_at(one.json, "key", "fromMe") is True
        ]
        hook.settle_acks(acks > 0)
        hook.settle_echo(bool(own))
        whole = acks in (0, 3) and len(own) <= 1 and len(webhooks) == acks + len(own) + 1
        hook.claim("text-plain", whole, "an echo, three acknowledgements and a text")
        strange = [one for one in webhooks if message_id(one) == sent_id(sent_messages[other])]
        hook.claim(ECHO, not strange, "nothing is told of a neighbour")


@LAWS.law("configure_webhook", "send_text", effects=("sends", "changes"), phase=PHASE, phone=True,
          events=("text-plain", ECHO))  # fmt: skip
def webhooks_are_posted_as_json(session: Session, stage: Stage) -> None:
    """Whatever letters are in them, and whoever wrote these."""
    instance, hook = listening(session, stage)
    path = f"/_mock/instances/{instance.key}/inbound"
    for words in ("Bom dia", *TEXTS):
        body = {"event": "text-plain", "set": {"message.conversation": words}}
        stage.control_api("POST", path, body)
        text(session, instance, words=words)
    for one in hook.receive():
        headers = {name.lower(): value for name, value in one.headers}
        kind, _, parameters = headers.get("content-type", "").partition(";")
        hook.claim("text-plain", kind == "application/json", "the type is JSON", one)
        # One delivery was captured, and a tunnel may have a way of its own.
        hook.claim("text-plain", not parameters, "the type has no charset beside it", one,
                   promise=inferred(session, "configure_webhook"))  # fmt: skip


# -- what is blocked -------------------------------------------------------------------------

# One event of every category that the contract has.
CATEGORIES: Mapping[str, str] = {
    read_yaml(root("spec") / "webhooks" / f"{event}.yaml")["post"]["x-category"]: event
    for event in (
        "qrcode", "connected", "text-plain", "from-me-phone", "reaction", "ack-read",
        "group-participants", "presence", "call",
    )
}  # fmt: skip


def _category(rule: Rule) -> Rule:
    for category, event in CATEGORIES.items():
        run = partial(rule, category)
        update_wrapper(run, rule)
        LAWS.law(
            "block_events", "accept_webhook_events", effects=("changes",), phase=PHASE,
            about=category, events=(event,), phone=True,
        )(run)  # fmt: skip
    return rule


@_category
def what_is_blocked_does_not_come(category: str, session: Session, stage: Stage) -> None:
    instance, hook = listening(session, stage)
    event, alarm = CATEGORIES[category], "text-plain" if category == "calls" else "call"
    names = {"messageData": {"events": [category]}}
    emit = f"/_mock/instances/{instance.key}/emit"
    promise = inferred(session, "block_events")
    session.call("block_events", instance, body=names)
    for event_name in CATEGORIES.values():
        stage.control_api("POST", emit, {"event": event_name, "force": True})
    webhooks = hook.receive(alarm=alarm)
    events = [session.contract.recogniser.recognise(one.json).event for one in webhooks]
    marks = [each.category for each in events if each is not None]
    hook.claim(event, category not in marks, "what is blocked does not come", promise=promise)
    others = [name for name in CATEGORIES if name != category]
    marks = [name for name in marks if name != category]
    hook.claim(event, marks == others, "what is not blocked comes", promise=promise)
    session.call("accept_webhook_events", instance, body=names)
    stage.control_api("POST", emit, {"event": event})
    hook.check_single(hook.receive(alarm=alarm), event, "an accepted event")


@LAWS.law("block_events", "accept_status_events", "send_text", effects=("changes", "sends"),
          phase=PHASE, phone=True, events=(ECHO, *ACK_EVENTS))  # fmt: skip
def blocked_acknowledgements_come_back_when_accepted(session: Session, stage: Stage) -> None:
    instance, hook = listening(session, stage)
    promise = inferred(session, "accept_status_events")
    names = {"messageData": {"events": ["messagesStatus"]}}
    session.call("block_events", instance, body=names)
    hook.due.expect_none(text(session, instance))
    webhooks = hook.receive()
    only_echo = len(webhooks) == 1 and not is_ack(webhooks[0])
    hook.claim(ECHO, only_echo, "blocked acknowledgements do not come", promise=promise)
    names = {"messageData": {"events": ["delivered", "read"]}}
    session.call("accept_status_events", instance, body=names)
    answer = text(session, instance)
    check_acks(hook, hook.receive(is_acknowledged(hook)), answer, on_request=True)


@LAWS.law("block_events", effects=("changes",), phase=PHASE, phone=True,
          events=("text-plain", "image"))  # fmt: skip
def an_event_can_be_blocked_by_its_own_name(session: Session, stage: Stage) -> None:
    instance, hook = listening(session, stage)
    session.call("block_events", instance, body={"messageData": {"events": ["image"]}})
    path = f"/_mock/instances/{instance.key}/inbound"
    for event in ("image", "text-plain"):
        stage.control_api("POST", path, {"event": event})
    webhooks = hook.receive()
    kinds = [value_at(one.json, "messageType") for one in webhooks]
    hook.claim("image", kinds == ["conversation"], "an event blocked by name does not come",
               promise=inferred(session, "block_events"))  # fmt: skip


# -- every event there is --------------------------------------------------------------------


def laws_of_events(events: Iterable[str]) -> tuple[Probe, ...]:
    """A law for each event of a contract: told on demand, it comes once and as promised."""
    laws = Laws()
    for event in events:
        run = partial(what_is_asked_for_is_told_once, event)
        update_wrapper(run, what_is_asked_for_is_told_once)
        laws.law(
            "configure_webhook", effects=("changes",), phase=PHASE, about=event,
            events=(event,), phone=True,
        )(run)  # fmt: skip
    return tuple(laws.probes)


def what_is_asked_for_is_told_once(event: str, session: Session, stage: Stage) -> None:
    """Not an effect of the gateway's own: it shows that each payload keeps the contract."""
    instance, hook = listening(session, stage)
    stage.control_api("POST", f"/_mock/instances/{instance.key}/emit", {"event": event, "count": 2})
    webhooks = hook.receive()
    if event.startswith("ack-") and not webhooks and not _acknowledges(session, instance, hook):
        return
    if hook.claim(event, len(webhooks) == 2, "what is asked for comes as often as it was asked"):
        for one in webhooks:
            hook.check_event(one, event, "what is asked for")
        ids = [
            message_id(one)
            for one in webhooks
            if value_at(one.json, "messageTimestamp") is not None
        ]
        hook.claim(event, len(set(ids)) == len(ids), "ids of messages differ")


def _acknowledges(session: Session, instance: HostInstance, hook: WebhookListener) -> bool:
    """Whether acknowledgements come without having been asked for."""
    text(session, instance)
    return hook.settle_acks(any(map(is_ack, hook.receive())))
