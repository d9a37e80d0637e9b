"""What is sent to a phone that is off waits at the server, and arrives when it is back."""

from __future__ import annotations

from ...errors import NotDone, NotTried
from ...host.stage import Stage
from ...judging.results import Webhook
from ..probe import Laws
from ..session import Session
from .assertions import value_at
from .calls import sent_id, text
from .redeliveries import OVER_NETWORK
from .webhook_listener import WebhookListener
from .webhooks import ACK_EVENTS, DELIVERED, PHASE, SERVER, acks, check_acks, is_ack, listening
from .webhooks import message_id as id_of

LAWS = Laws()

TOLD = "ack-delivered"
WORDS = ("Primeiro aviso", "Segundo aviso")
STILL_OFF = "Is the phone still in flight mode, and WhatsApp open nowhere else?"
ARRIVED = f'Does the phone show both texts, "{WORDS[0]}" and "{WORDS[1]}"?'


@LAWS.law("send_text", effects=("sends", "changes"), phase=PHASE, phone_off=True, worth=4,
          events=ACK_EVENTS)  # fmt: skip
def what_is_sent_to_a_phone_in_flight_mode_waits_for_it(session: Session, stage: Stage) -> None:
    instance, hook = listening(session, stage)
    if hook.is_off("acks"):
        raise NotTried("the host acknowledges nothing unasked")
    with stage.phone_off(instance) as switch_on:
        answers = [text(session, instance, stage.customers[0], words) for words in WORDS]
        ids = [*map(sent_id, answers)]
        early = hook.receive(lambda webhooks: all(acks(webhooks, id_) for id_ in ids))
        _hold_waiting(hook, stage, early, ids)

        def all_arrived(webhooks: list[Webhook]) -> bool:
            return all(DELIVERED in acks(webhooks, id_) for id_ in ids)

        switch_on(all_arrived)
        webhooks = [*early, *hook.receive(all_arrived)]
    if not hook.settle_acks(any(acks(webhooks, id_) for id_ in ids)):
        return
    _hold_arrival(hook, stage, webhooks, ids)
    for answer in answers:
        check_acks(hook, webhooks, answer)


def _hold_waiting(
    hook: WebhookListener, stage: Stage, early: list[Webhook], ids: list[str]
) -> None:
    """Hold that no phone has them yet; NotDone where a phone may well have."""
    is_early = any(status != SERVER for id_ in ids for status in acks(early, id_))
    if is_early and not stage.confirms(STILL_OFF):
        raise NotDone("the phone was not in flight mode, or WhatsApp was open elsewhere")
    hook.claim(TOLD, not is_early, "what waits for a phone is not told as delivered")


def _hold_arrival(
    hook: WebhookListener, stage: Stage, webhooks: list[Webhook], ids: list[str]
) -> None:
    """Hold that what waited is told as delivered, in the order in which it was sent."""
    delivered = [
        id_of(one) for one in webhooks
        if is_ack(one) and value_at(one.json, "update", "status") == DELIVERED and id_of(one) in ids
    ]  # fmt: skip
    is_missing = not {*ids} <= {*delivered}
    if is_missing and not stage.confirms(ARRIVED):
        raise NotDone("the phone has not got what was sent to it")
    hook.claim(TOLD, not is_missing, "what waited for a phone is told as delivered when it is back")
    # A phone may take its time for each message (`ack_delays`), and over a network one may overtake
    # another: nobody has promised the order.
    in_order = [*dict.fromkeys(delivered)] == [id_ for id_ in ids if id_ in delivered]
    hook.claim(TOLD, in_order, "what waited arrives in the order it was sent", promise=OVER_NETWORK)
