"""A send to many: each gets it, is told of, and is accounted for, whoever else is named."""

from __future__ import annotations

from functools import partial, update_wrapper
from typing import Any

from megaapi_mock.domain.jid import as_given

from ...host.stage import Stage
from ...judging.results import Exchange
from ...judging.values import jid_of
from ..probe import Laws
from ..session import Session
from .assertions import claim, claim_success, value_at
from .calls import message, nobody, several
from .each_of_many import FIELDS, report_of
from .every_event import bare
from .every_text import shown_texts
from .listed_people import as_listed
from .webhook_listener import SERVER, WebhookListener
from .webhooks import ACK_EVENTS, ECHO, PHASE, acks, is_ack, listening
from .webhooks import message_id as id_of

LAWS = Laws()


def what_is_sent_to_many_is_told_of_each(operation: str, session: Session, stage: Stage) -> None:
    instance, hook = listening(session, stage)
    people = several(session, 2)
    answer = message(session, instance, operation, to=people, **FIELDS[operation])
    if not claim_success(session, answer, "a send to many"):
        return
    report = report_of(answer)
    sent_by_jid, jids = _sent_to(session, report), [*map(as_given, people)]
    whole = isinstance(sent_by_jid, dict) and sorted(sent_by_jid) == sorted(jids)
    if not claim(session, answer, whole, "each of them got it"):
        return
    counts = (value_at(report, "sent"), value_at(report, "failed"), value_at(report, "jidFailed"))
    claim(session, answer, counts == (len(jids), 0, []), "all are counted, and nobody failed")
    ids = {jid: str(value_at(sent_by_jid, jid, "key", "id")) for jid in jids}
    claim(session, answer, len({*ids.values()}) == len(jids), "each message has its own id")
    _hold_each_content(session, answer, sent_by_jid, jids)
    _hold_webhooks_of_each(session, hook, ids)


def _sent_to(session: Session, report: Any) -> Any:
    """What a report says of each who got it, listed people as the run dials them."""
    sent_by_jid = value_at(report, "data")
    if not isinstance(sent_by_jid, dict):
        return sent_by_jid
    return {as_listed(session, jid): message_sent for jid, message_sent in sent_by_jid.items()}


def _hold_each_content(
    session: Session, answer: Exchange, sent_by_jid: dict[str, Any], jids: list[str]
) -> None:
    """Hold that each got the same message, in a chat of their own."""
    contents = [bare(value_at(sent_by_jid, jid, "message")) for jid in jids]
    words = FIELDS[str(answer.operation)].get("text")
    for jid, content in zip(jids, contents, strict=True):
        chat = as_listed(session, value_at(sent_by_jid, jid, "key", "remoteJid")) == jid
        claim(session, answer, chat, "remoteJid is the one who is named")
        texts = [*shown_texts(content)]
        claim(session, answer, words is None or words in texts, "each got every letter")


def _hold_webhooks_of_each(session: Session, hook: WebhookListener, ids: dict[str, str]) -> None:
    """Hold that each message is told once, under its own id and chat."""
    expected = set(ids.values())

    def all_there(webhooks: list[Any]) -> bool:
        return hook.is_off("acks") or all(SERVER in acks(webhooks, id_) for id_ in expected)

    webhooks = hook.receive(all_there)
    statuses = {id_: acks(webhooks, id_) for id_ in expected}
    if hook.settle_acks(any(statuses.values())):
        once = all(steps.count(SERVER) == 1 for steps in statuses.values())
        hook.claim("ack-server", once, "each of many is told ack-server once")
    echoes = [one for one in webhooks if not is_ack(one) and id_of(one) in expected]
    if hook.settle_echo(bool(echoes)):
        once = sorted(map(id_of, echoes)) == sorted(expected)
        hook.claim(ECHO, once, "each of many is echoed once")
    for jid, id_ in ids.items():
        for one in (one for one in webhooks if id_of(one) == id_):
            chat = value_at(one.json, "key", "remoteJid")
            is_theirs = as_listed(session, chat) == jid or not jid_of(chat).person
            hook.claim("ack-server", is_theirs, "remoteJid is the chat of the message", one)


for _operation in FIELDS:
    _run = partial(what_is_sent_to_many_is_told_of_each, _operation)
    update_wrapper(_run, what_is_sent_to_many_is_told_of_each)
    LAWS.law(
        _operation, effects=("sends", "changes"), phase=PHASE, about=_operation,
        events=(ECHO, *ACK_EVENTS), worth=4 if _operation == "text_to_many" else 1,
    )(_run)  # fmt: skip


def whoever_can_get_it_gets_it(operation: str, session: Session, stage: Stage) -> None:
    """Among them is a number that nobody can have."""
    instance, people = stage.instance(), several(session, 2)
    recipients = [people[0], nobody(session), *people[1:]]
    answer = message(session, instance, operation, to=recipients, **FIELDS[operation])
    if not claim_success(session, answer, "one of several cannot exist"):
        return
    report = report_of(answer)
    sent_by_jid, failed = _sent_to(session, report), value_at(report, "jidFailed")
    if not isinstance(sent_by_jid, dict) or not isinstance(failed, list):
        # The judge says that the answer has another shape.
        return
    everybody = {*map(as_given, people)} <= set(sent_by_jid)
    claim(session, answer, everybody, "the others get it all the same")
    whole = sorted([*sent_by_jid, *map(str, failed)]) == sorted(map(as_given, recipients))
    claim(session, answer, whole, "everybody named was sent to or failed, once")
    counts = (value_at(report, "sent"), value_at(report, "failed"))
    claim(
        session,
        answer,
        counts == (len(sent_by_jid), len(failed)),
        "each is counted where it stands",
    )


for _operation in FIELDS:
    _run = partial(whoever_can_get_it_gets_it, _operation)
    update_wrapper(_run, whoever_can_get_it_gets_it)
    LAWS.law(
        _operation, effects=("sends",), about=_operation,
        worth=5 if _operation == "text_to_many" else 1,
    )(_run)  # fmt: skip
