"""What is set for webhooks decides what is told of the next send: where, how, and whether."""

from __future__ import annotations

from collections.abc import Iterable
from urllib.parse import urlsplit

from ...errors import NotTried
from ...host.host_instance import HostInstance
from ...host.stage import Stage
from ...judging.results import Exchange, Promise, Webhook
from ..probe import Laws
from ..session import Session
from .assertions import claim_success
from .calls import QUERY, message, sent_id, set_webhook, someone, text
from .requests import GOOD_REQUESTS
from .webhook_listener import WebhookCondition, WebhookListener
from .webhooks import (
    ACK_EVENTS,
    DELIVERED,
    ECHO,
    PHASE,
    acks,
    is_ack,
    message_id,
    off_means_off,
    unsaid,
)

LAWS = Laws()

# What an own message is told under: its echo, and its acknowledgements.
TOLD_UNDER = ("messagesOutput", "messagesStatus")


def _about(webhooks: list[Webhook], answer: Exchange) -> list[Webhook]:
    return [one for one in webhooks if message_id(one) == sent_id(answer)]


def _has_echo(hook: WebhookListener, answer: Exchange) -> WebhookCondition:
    """Whether the echo of a send has come, which a network may bring after acknowledgements."""

    def has_come(webhooks: list[Webhook]) -> bool:
        is_there = any(not is_ack(one) for one in _about(webhooks, answer))
        return is_there or hook.is_off("echo")

    return has_come


def _filter(
    session: Session, instance: HostInstance, operation: str, names: tuple[str, ...]
) -> None:
    body = {"messageData": {"events": list(names)}}
    claim_success(session, session.call(operation, instance, body=body), "another filter")


def _require_own_webhooks(hook: WebhookListener) -> None:
    if hook.is_off("echo") and hook.is_off("acks"):
        raise NotTried("this host tells nothing of what the instance sends")


@LAWS.law("configure_webhook", "send_text", effects=("sends", "changes"), phase=PHASE, worth=8,
          events=(ECHO, *ACK_EVENTS))  # fmt: skip
def sends_are_told_as_json_to_the_address_that_was_set_last(session: Session, stage: Stage) -> None:
    """Two texts, and between them a time without a webhook; each shows what comes where."""
    instance = stage.instance()
    old, new = (WebhookListener(session, stage, instance, name) for name in ("-first", "-last"))
    old.url += f"?{QUERY}"
    old.open()
    first = text(session, instance, words="Vai para o primeiro")
    webhooks = old.receive(_has_echo(old, first))
    own_webhooks = _about(webhooks, first)
    # What has not come yet may be late: only what has come tells what this host does.
    if any(map(is_ack, own_webhooks)):
        old.settle_acks(True)
    if not all(map(is_ack, own_webhooks)):
        old.settle_echo(True)
    _require_own_webhooks(old)
    promise = session.contract.promise("configure_webhook")
    _claim_json_at_the_whole_address(old, own_webhooks, promise)
    set_webhook(session, instance, old.url, enabled=False)
    unheard = text(session, instance, words="Este nao se conta a ninguem")
    new.open()
    last = text(session, instance, words="Vai para o segundo")
    # What is told of an earlier message comes before what is told of a later one.
    for sent_before in (first, unheard):
        new.due.expect_none(sent_before)
    came = [*new.receive(_has_echo(new, last)), *old.unread()]
    new.claim(ECHO, _about(came, last), "a text is told again", promise=promise)
    # Its acknowledgements may come later than the webhook was switched on again.
    echoes = [one for one in _about(came, unheard) if not is_ack(one)]
    new.check_none(echoes, ECHO, "a webhook switched off", off_means_off(session))
    strays = _about(old.webhooks_here(session.receiver.webhooks), last)
    new.check_none(strays, ECHO, "the address before", promise)
    # Where it was switched off nothing of it can be late, acknowledgements neither.
    strays = _about(old.webhooks_here(session.receiver.webhooks), unheard)
    new.check_none(strays, ACK_EVENTS[0], "an address switched off", off_means_off(session))


def _claim_json_at_the_whole_address(
    hook: WebhookListener, webhooks: Iterable[Webhook], promise: Promise
) -> None:
    for one in webhooks:
        headers = {name.lower(): value for name, value in one.headers}
        kind = headers.get("content-type", "").partition(";")[0].strip().lower()
        hook.claim(ECHO, kind == "application/json", "the type is JSON", one, promise=promise)
        is_kept = urlsplit(one.url).query == QUERY
        hook.claim(ECHO, is_kept, "the query of the address is kept", one, promise=promise)


@LAWS.law("block_events", "accept_webhook_events", "send_text", effects=("sends", "changes"),
          phase=PHASE, worth=8, events=(ECHO, *ACK_EVENTS))  # fmt: skip
def what_is_blocked_is_not_told_of_a_send(session: Session, stage: Stage) -> None:
    instance = stage.instance()
    hook = WebhookListener(session, stage, instance).open()
    _require_own_webhooks(hook)
    _filter(session, instance, "block_events", TOLD_UNDER)
    unheard = text(session, instance, words="Este fica em silencio")
    _filter(session, instance, "accept_webhook_events", TOLD_UNDER)
    last = text(session, instance, words="Este se conta de novo")
    hook.due.expect_none(unheard)
    webhooks = hook.receive()
    echoes = [one for one in _about(webhooks, unheard) if not is_ack(one)]
    hook.check_none(echoes, ECHO, "a send while both are blocked", unsaid(session))
    promise: Promise = unsaid(session)
    hook.claim(ECHO, _about(webhooks, last), "what is accepted again is told", promise=promise)


@LAWS.law("block_events", "accept_webhook_events", "send_text", effects=("sends", "changes"),
          phase=PHASE, worth=3, events=(ECHO, *ACK_EVENTS))  # fmt: skip
def a_send_is_echoed_while_its_receipts_are_blocked(session: Session, stage: Stage) -> None:
    """A name that is blocked silences what it names, and nothing else."""
    instance = stage.instance()
    hook = WebhookListener(session, stage, instance).open()
    _require_own_webhooks(hook)
    first = text(session, instance, words="Este se conta inteiro")
    if all(map(is_ack, _about(hook.receive(_has_echo(hook, first)), first))):
        # A host that sends no echo, or sent none yet.
        return
    _filter(session, instance, "block_events", TOLD_UNDER[1:])
    blocked = text(session, instance, words="Este sem recibos")
    hook.due.expect_none(blocked)
    webhooks = hook.receive(_has_echo(hook, blocked))
    _filter(session, instance, "accept_webhook_events", TOLD_UNDER[1:])
    is_echoed = any(not is_ack(one) for one in _about(webhooks, blocked))
    hook.claim(ECHO, is_echoed, "a send is told, whatever else is blocked",
               promise=unsaid(session))  # fmt: skip


@LAWS.law("send_media_base64", "send_text", effects=("sends", "changes"), phase=PHASE, worth=4,
          events=ACK_EVENTS)  # fmt: skip
def a_file_is_told_as_delivered_as_a_text_is(session: Session, stage: Stage) -> None:
    """Two messages to one person: whose phone has got the later one has got the file before it."""
    instance, to = stage.instance(), someone(session)
    hook = WebhookListener(session, stage, instance).open()
    fields = GOOD_REQUESTS["send_media_base64"].arguments(to)["body"]["messageData"]
    file = message(session, instance, "send_media_base64", **fields)
    if not claim_success(session, file, "a file"):
        return
    words = text(session, instance, to, "Depois do arquivo")

    def are_delivered(webhooks: list[Webhook]) -> bool:
        return all(DELIVERED in acks(webhooks, sent_id(one)) for one in (file, words))

    webhooks = hook.receive(are_delivered)
    if DELIVERED not in acks(webhooks, sent_id(words)):
        # The phone may be off.
        return
    is_delivered = DELIVERED in acks(webhooks, sent_id(file))
    hook.claim(ACK_EVENTS[1], is_delivered, "a file is told as delivered, as the text after it is")


@LAWS.law("enable_webhook", "configure_webhook", "send_text", effects=("sends", "changes"),
          phase=PHASE, worth=5, events=(ECHO, *ACK_EVENTS))  # fmt: skip
def what_the_older_call_switches_off_tells_nothing_of_a_send(
    session: Session, stage: Stage
) -> None:
    instance = stage.instance()
    old, new = (WebhookListener(session, stage, instance, end) for end in ("-older", "-newer"))
    _require_own_webhooks(old.open())
    answer = session.call("enable_webhook", instance, body={"data": {"sendWebhook": False}})
    if not claim_success(session, answer, "an older call"):
        return
    unheard = text(session, instance, words="Este nao se conta, pela chamada antiga")
    new.open()
    last = text(session, instance, words="Este se conta")
    new.due.expect_none(unheard)
    came = [*new.receive(_has_echo(new, last)), *old.unread()]
    if _about(came, last):
        echoes = [one for one in _about(came, unheard) if not is_ack(one)]
        new.check_none(echoes, ECHO, "a webhook switched off the older way", off_means_off(session))
