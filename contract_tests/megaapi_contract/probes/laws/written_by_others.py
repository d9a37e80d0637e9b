"""What others write to an instance: in its order, in its chat, and about what it is about."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

from megaapi_mock.domain.jid import as_given

from ...host.stage import Stage
from ...judging.results import Exchange, Promise, Webhook
from ...judging.values import jid_of
from ..probe import Laws
from ..session import Session
from .assertions import AUTHOR, claim, claim_success, inferred, value_at
from .calls import make_group, sent_id, text
from .customers import words_of
from .redeliveries import OVER_NETWORK
from .webhook_listener import WebhookListener
from .webhooks import PHASE, acks, is_ack, listening, message_id

LAWS = Laws()

TEXT_EVENTS = ("text-plain", "text-extended")
# The same words twice: a person may mean them so.
WRITTEN = ("Um", "Dois", "Dois", "Tres")
INPUT = "messagesInput"
# Hosts read their clock at their own pace, and several may take turns.
SLACK = 1


def _of_others(webhooks: list[Webhook], *ids: str) -> list[Webhook]:
    return [one for one in webhooks if message_id(one) in ids and not is_ack(one)]


def _write(stage: Stage, hook: WebhookListener, words: str) -> str:
    """The id of a customer's text."""
    fields = {"message.conversation": words}
    return str(stage.customer_writes(hook.instance, "text-plain", set=fields)["id"])


def _until(*ids: str) -> Any:
    """Whether all of these have come."""
    return lambda webhooks: {*ids} <= {message_id(one) for one in webhooks if not is_ack(one)}


@LAWS.law("configure_webhook", effects=("changes",), phase=PHASE, customer=("text-plain",),
          events=TEXT_EVENTS, worth=4)  # fmt: skip
def what_somebody_writes_comes_in_its_order(session: Session, stage: Stage) -> None:
    _, hook = listening(session, stage)
    ids = [_write(stage, hook, words) for words in WRITTEN]
    received = _of_others(hook.receive(_until(*ids)), *ids)
    event = TEXT_EVENTS[0] if stage.phone else TEXT_EVENTS[1]
    came = [message_id(one) for one in received]
    if not hook.claim(event, sorted(came) == sorted(ids), "each text comes once, the same again"):
        return
    order = None if hook.plays_people else OVER_NETWORK
    hook.claim(event, came == ids, "texts come in the order in which they were written",
               promise=order)  # fmt: skip
    by_id = {message_id(one): one for one in received}
    same = [words_of(by_id[id_].json) for id_ in ids] == [*WRITTEN]
    hook.claim(event, same, "each text has the id that its sender was told")
    moments = [value_at(by_id[id_].json, "messageTimestamp") for id_ in ids]
    known = [moment for moment in moments if type(moment) is int]
    right = all(after >= before - SLACK for before, after in pairwise(known))
    hook.claim(event, right, "messageTimestamp does not go back from text to text")


# -- as it is stored -------------------------------------------------------------------------


def _stored_messages(
    session: Session, hook: WebhookListener, chat: str
) -> tuple[Exchange, list[Any]]:
    answer = session.call("list_messages", hook.instance, query={"chat_id": chat})
    return answer, answer.json if isinstance(answer.json, list) else []


@LAWS.law("list_messages", "send_text", effects=("reads", "sends", "changes"), phase=PHASE,
          customer=("text-plain",), events=TEXT_EVENTS, worth=3)  # fmt: skip
def a_chat_keeps_the_order_of_both_sides(session: Session, stage: Stage) -> None:
    instance, hook = listening(session, stage)
    ids: list[str] = []
    webhooks: list[Webhook] = []
    for words in ("Um", "Dois"):
        ids.append(sent_id(text(session, instance, stage.customers[0], f"{words} da loja")))
        ids.append(_write(stage, hook, words))
        webhooks += hook.receive(_until(ids[-1]))
        if not _of_others(webhooks, ids[-1]):
            # Whether it comes at all, other laws say.
            return
    answer, stored = _stored_messages(session, hook, stage.customers[0])
    listed_ids = [id_ for one in stored if (id_ := str(value_at(one, "key", "id"))) in ids]
    right = listed_ids == [id_ for id_ in ids if id_ in listed_ids]
    promise = inferred(session, "list_messages") if _is_by_time(stored) else None
    claim(session, answer, right, "the oldest of both sides stands first", promise=promise)
    for one in stored:
        _hold_status(session, answer, one, webhooks)


def _is_by_time(stored: list[Any]) -> bool:
    """Whether times alone do not show another order: of one second no source says more."""
    moments = [value_at(one, "messageTimestamp") for one in stored]
    known = [moment for moment in moments if type(moment) is int]
    return known == sorted(known)


def _hold_status(session: Session, answer: Exchange, one: Any, webhooks: list[Webhook]) -> None:
    """Hold that the state of a stored message is none before what was told of it."""
    status = value_at(one, "status")
    told_states = [
        each for each in acks(webhooks, str(value_at(one, "key", "id"))) if type(each) is int
    ]
    if type(status) is int and told_states:
        right = status >= max(told_states)
        claim(session, answer, right, "the status is what was told of the message")


@LAWS.law("list_messages", "create_group", effects=("reads", "changes"), phase=PHASE,
          customer=("group-text",), events=("group-text", "text-extended"), worth=2)  # fmt: skip
def what_somebody_writes_in_a_group_is_stored_there(session: Session, stage: Stage) -> None:
    instance, hook = listening(session, stage)
    _, group = make_group(session, stage, instance, stage.customers[0])
    jid = str(group.get("id"))
    id_ = str(stage.customer_writes(instance, "group-text", group=jid)["id"])
    if not _of_others(hook.receive(_until(id_)), id_):
        # Whether it comes at all, other laws say.
        return
    answer, stored = _stored_messages(session, hook, jid)
    listed_ids = [str(value_at(one, "key", "id")) for one in stored]
    claim(
        session, answer, listed_ids.count(id_) == 1, "what was told of a group stands in its chat"
    )


# -- what it is about ------------------------------------------------------------------------


@LAWS.law("send_text", effects=("sends", "changes"), phase=PHASE,
          customer=("text-quoted-reply",), events=("text-quoted-reply",), worth=3)  # fmt: skip
def a_reply_names_whose_message_it_is_about(session: Session, stage: Stage) -> None:
    instance, hook = listening(session, stage)
    own = sent_id(text(session, instance, stage.customers[0], "De que se fala aqui?"))
    reply = stage.customer_writes(instance, "text-quoted-reply", message=own)
    for one in _of_others(hook.receive(_until(reply["id"])), str(reply["id"])):
        context = value_at(one.json, "message", "extendedTextMessage", "contextInfo")
        quoted_message_id = value_at(context, "stanzaId")
        hook.claim(
            "text-quoted-reply", quoted_message_id == own, "it names the message it is about", one
        )
        quoted_author = value_at(context, "participant")
        right = quoted_author is None or not _is_of_writer(one, quoted_author)
        hook.claim("text-quoted-reply", right, "whose message it is about is not who writes", one)


def _is_of_writer(webhook: Webhook, address: Any) -> bool:
    key = value_at(webhook.json, "key")
    return address in {value_at(key, name) for name in ("remoteJid", *AUTHOR)} - {None}


@LAWS.law("create_group", effects=("changes",), phase=PHASE, customer=("text-mention",),
          events=("text-mention",), worth=2)  # fmt: skip
def whom_somebody_mentions_is_named(session: Session, stage: Stage) -> None:
    instance, hook = listening(session, stage)
    _, group = make_group(session, stage, instance, stage.customers[0])
    mention = stage.customer_writes(instance, "text-mention", group=str(group.get("id")))
    path = ("extendedTextMessage", "contextInfo", "mentionedJid")
    sent_jids = value_at(mention["content"], *path)
    for one in _of_others(hook.receive(_until(mention["id"])), str(mention["id"])):
        received_jids = value_at(one.json, "message", *path)
        if isinstance(sent_jids, list) and isinstance(received_jids, list):
            # Their numbers may be hidden: then only how many they are can be compared.
            known = [each for each in received_jids if not jid_of(each).lid]
            right = len(received_jids) == len(sent_jids) and {*known} <= {
                *sent_jids,
                as_given(instance.number),
            }
            hook.claim("text-mention", right, "who is mentioned is named, and nobody else", one)


# -- what is not wanted ----------------------------------------------------------------------


@LAWS.law("block_events", "accept_webhook_events", effects=("changes",), phase=PHASE,
          customer=("text-plain",), events=TEXT_EVENTS, worth=3)  # fmt: skip
def what_others_write_is_not_told_while_it_is_blocked(session: Session, stage: Stage) -> None:
    _, hook = listening(session, stage)
    ids = []
    for operation in ("block_events", "accept_webhook_events"):
        body = {"messageData": {"events": [INPUT]}}
        answer = session.call(operation, hook.instance, body=body)
        if not claim_success(session, answer, "another filter"):
            return
        ids.append(_write(stage, hook, "Bom dia"))
    received = {message_id(one) for one in hook.receive(_until(ids[1])) if not is_ack(one)}
    promise: Promise = inferred(session, "block_events")
    is_silent = ids[0] not in received
    claim(session, answer, is_silent, "what is blocked is not told of others", promise=promise)
    is_heard = ids[1] in received
    claim(session, answer, is_heard, "what is accepted again is told of others", promise=promise)
