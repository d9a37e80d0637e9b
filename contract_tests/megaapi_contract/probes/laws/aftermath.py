"""What holds after something has happened: ids, bursts, addresses, switches, receivers that err."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import replace
from typing import Any
from urllib.parse import urlsplit

from ...errors import Impossible, NotTried
from ...host.host_instance import HostInstance
from ...host.stage import WORLD, Stage
from ..probe import Laws
from ..session import Session
from .assertions import claim, claim_success, value_at
from .calls import sent_id, set_webhook, someone, text
from .connection import link, restart, unlink
from .media import qr
from .particulars import NEW_PHONE
from .requests import GOOD_REQUESTS
from .settings import NEW_TOKEN
from .webhook_listener import READ, WebhookListener
from .webhooks import ECHO, PHASE, is_ack, listening, message_id, off_means_off

LAWS = Laws()

# Each operation that leads to a link, with what it asks for.
WAYS_OF_LINKING = {
    "pairing_code": {"phoneNumber": "5511900000020"},
    "qr_code_base64": None, "qr_code_page": None, "qr_code_image": None,
}  # fmt: skip

# What a receiver needs its address for: a secret with signs that decoding would change.
QUERIES = ("token=a%2Bb%2Fc%3D", "q=a+b&q=%C3%A7%20d", "a=1&a=&b", "%F0%9F%91%8D=%25",
           f"token={'0123456789abcdef' * 60}")  # fmt: skip
# What receivers answer that do not know an event, its sender or its caller, and how often in a row:
# more failures than anybody would count, and one alone of each other kind.
FAILURES = {500: 12, 400: 1, 401: 1, 404: 1}
# How long a restart takes here, in seconds: long enough for several to write meanwhile.
SLOW = 3
# How long a phone is off, in seconds.
OFF = 60


def _does(stage: Stage, instance: HostInstance, event: str, **more: Any) -> str:
    inbound_message = stage.control_api(
        "POST", f"/_mock/instances/{instance.key}/inbound", {"event": event, **more}
    )
    return str(inbound_message.get("id"))


@LAWS.law("send_text", "restart", "logout", effects=("sends", "disconnects"), phone=True)
def ids_never_start_again(session: Session, stage: Stage) -> None:
    instance, ids = stage.instance(), list[str]()
    for write_inbound in ("nothing", "restart", "drop", "logout"):
        if write_inbound == "restart":
            restart(session, stage, instance)
        if write_inbound == "drop":
            unlink(stage, instance, cause="gateway")
            restart(session, stage, instance)
        if write_inbound == "logout":
            session.call("logout", instance)
            link(stage, instance)
        for words in ("Um", "Dois", "Tr\u00eas"):
            answer = text(session, instance, someone(session), words)
            claim_success(session, answer, "a text while linked")
            new = sent_id(answer) not in ("", *ids)
            claim(session, answer, new, "no id comes again, whatever happened to the link")
            ids.append(sent_id(answer))


@LAWS.law("restart", effects=("changes", "disconnects"), phase=PHASE, phone=True,
          events=("text-plain",))  # fmt: skip
def all_that_comes_during_a_restart_is_told(session: Session, stage: Stage) -> None:
    instance, hook = listening(session, stage)
    body = {"fault": "slow-start", "instance": instance.key, "seconds": SLOW, "times": 1}
    fault_id = stage.control_api("POST", "/_mock/faults", body)["id"]
    try:
        session.call("restart", instance)
    finally:
        with suppress(Impossible):
            stage.control_api("DELETE", f"/_mock/faults/{fault_id}")
    people = (WORLD[0], WORLD[1], WORLD[0], WORLD[0], WORLD[1])
    expected = [
        _does(stage, instance, "text-plain", set={"message.conversation": f"Texto {turn}"},
              **{"from": person})
        for turn, person in enumerate(people)
    ]  # fmt: skip
    webhooks = hook.receive(lambda webhooks: set(expected) <= set(map(message_id, webhooks)))
    arrived_ids = [id_ for id_ in map(message_id, webhooks) if id_ in expected]
    hook.claim(
        "text-plain", arrived_ids == expected, "every message of a restart is told, in order"
    )


@LAWS.law("configure_webhook", "webhook_settings", effects=("changes", "reads"), phase=PHASE,
          phone=True, events=("text-plain",))  # fmt: skip
def an_address_is_used_as_it_was_written(session: Session, stage: Stage) -> None:
    instance = stage.instance()
    for query in QUERIES:
        hook = WebhookListener(session, stage, instance)
        hook.url += f"?{query}"
        hook.open()
        answer = session.call("webhook_settings", instance)
        address = value_at(answer.json, "webhookData", "webhookUrl") or value_at(
            answer.json, "webhookUrl"
        )
        claim(session, answer, address == hook.url, "the address reads back letter for letter")
        _does(stage, instance, "text-plain")
        webhooks = hook.receive()
        hook.claim("text-plain", webhooks, "a text comes to the address")
        for one in webhooks:
            is_kept = urlsplit(one.url).query == query
            hook.claim("text-plain", is_kept, "the address is used letter for letter", one)


@LAWS.law("configure_webhook", "send_text", "qr_code_base64",
          effects=("changes", "sends", "reads"), phase=PHASE, phone=True,
          events=("text-plain", "connected", "disconnected", "qrcode", ECHO))  # fmt: skip
def a_webhook_that_is_off_is_told_nothing(session: Session, stage: Stage) -> None:
    instance = stage.instance()
    switched_off, after = (
        WebhookListener(session, stage, instance, end) for end in ("-off", "-after")
    )
    switched_off.open()
    switched_off.receive()
    before = len(session.receiver.webhooks)
    set_webhook(session, instance, switched_off.url, enabled=False)
    missed = {_does(stage, instance, "text-plain"), sent_id(text(session, instance))}
    unlink(stage, instance)
    qr(session, instance)
    link(stage, instance)
    after.open()
    _does(stage, instance, "text-plain")
    webhooks = after.receive()
    late_webhooks = switched_off.webhooks_here(session.receiver.webhooks[before:])
    promise = off_means_off(session)
    switched_off.check_none(late_webhooks, "text-plain", "a webhook that is off", promise)
    # Receipts of what was sent meanwhile may be due only now.
    made_up = [one for one in webhooks if message_id(one) in missed and not is_ack(one)]
    after.check_none(made_up, "text-plain", "what happened while it was off", promise)


@LAWS.law("configure_webhook", "send_text", effects=("changes", "sends"), phase=PHASE, phone=True,
          events=("ack-read",))  # fmt: skip
def a_new_address_gets_all_that_is_still_to_come(session: Session, stage: Stage) -> None:
    """Receipts of what was sent before it was set, too."""
    instance = stage.instance()
    old, new = (WebhookListener(session, stage, instance, end) for end in ("-old", "-new"))
    contact = f"/_mock/instances/{instance.key}/contacts/{WORLD[0]}"
    old.open()
    stage.control_api("POST", contact, {"state": "phone_off"})
    answer = text(session, instance, WORLD[0])
    new.open()
    stage.control_api("POST", contact, {"state": "reachable"})
    webhooks = new.receive(
        lambda webhooks: any(value_at(one.json, "update", "status") == READ for one in webhooks)
    )
    stray = old.webhooks_here(session.receiver.webhooks)
    acks = [
        one for one in (*webhooks, *stray) if is_ack(one) and message_id(one) == sent_id(answer)
    ]
    if not new.settle_acks(bool(acks)):
        return
    late = [one for one in acks if value_at(one.json, "update", "status") == READ]
    is_here = bool(late) and all(one in webhooks for one in late)
    new.claim("ack-read", is_here, "receipts come to the address there is now")


@LAWS.law("send_text", effects=("sends", "changes"), phase=PHASE, phone=True,
          events=("ack-read",))  # fmt: skip
def a_receipt_has_the_time_it_came(session: Session, stage: Stage) -> None:
    """The phone was off for a while: it read the message long after it was sent."""
    instance, hook = listening(session, stage)
    contact = f"/_mock/instances/{instance.key}/contacts/{WORLD[0]}"
    stage.control_api("POST", contact, {"state": "phone_off"})
    answer = text(session, instance, WORLD[0])
    if not stage.pass_time(OFF):
        return
    stage.control_api("POST", contact, {"state": "reachable"})
    wrote = int(str(value_at(answer.json, "messageData", "messageTimestamp") or 0))
    for one in hook.receive():
        if is_ack(one) and value_at(one.json, "update", "status") == READ:
            moment = value_at(one.json, "timestamp")
            late = type(moment) is int and moment >= wrote + OFF
            hook.claim("ack-read", moment is None or late, "timestamp is when it was read", one)


@LAWS.law("logout", "webhook_settings", "qr_code_base64",
          effects=("changes", "disconnects", "reads"), phase=PHASE, phone=True,
          events=("qrcode", "connected", "text-plain"))  # fmt: skip
def a_logout_leaves_the_webhook(session: Session, stage: Stage) -> None:
    instance, hook = listening(session, stage)
    session.call("logout", instance)
    hook.receive()
    answer = session.call("webhook_settings", instance)
    settings = value_at(answer.json, "webhookData") or answer.json
    is_kept = (
        value_at(settings, "webhookUrl") == hook.url
        and value_at(settings, "webhookEnabled") is True
    )
    claim(session, answer, is_kept, "after a logout the webhook is as it was")
    qr(session, instance)
    types = [value_at(one.json, "messageType") for one in hook.receive()]
    hook.claim("qrcode", "qrcode_update" in types, "a code after a logout is told")
    link(stage, instance)
    id_ = _does(stage, instance, "text-plain")
    message_ids = [message_id(one) for one in hook.receive()]
    hook.claim("text-plain", message_ids.count(id_) == 1, "a text after the next link is told")


@LAWS.law("send_text", "send_location", effects=("changes", "sends"), phase=PHASE,
          events=(ECHO,))  # fmt: skip
def an_echo_has_the_id_that_was_answered(session: Session, stage: Stage) -> None:
    """Of a host whose echoes have ids of their own it looks as if it sent none."""
    instance, hook = listening(session, stage)
    location = GOOD_REQUESTS["send_location"].arguments(someone(session))
    sent_ids = {sent_id(text(session, instance))}
    sent_ids.add(sent_id(session.call("send_location", instance, **location)))
    echoed_ids = {
        message_id(one) for one in hook.receive()
        if value_at(one.json, "key", "fromMe") is True and not is_ack(one)
    }  # fmt: skip
    # How an echo looks otherwise is Baileys' affair; that it has this id was seen.
    promise = replace(session.contract.event_promise(ECHO), grade="observed")
    hook.claim(ECHO, echoed_ids <= sent_ids, "an echo has the send's id", promise=promise)


@LAWS.law("pairing_code", "qr_code_base64", "qr_code_page", "qr_code_image",
          effects=("changes", "reads"), phase=PHASE, phone=True,
          events=("connected", "text-plain"))  # fmt: skip
def every_way_of_linking_is_told(session: Session, stage: Stage) -> None:
    """And nothing changes for an instance that was linked before."""
    neighbour, theirs = listening(session, stage)
    for operation, query in WAYS_OF_LINKING.items():
        instance, hook = listening(session, stage, connected=False)
        answer = session.call(operation, instance, query=query)
        hook.receive()
        code = value_at(answer.json, "pairingCode")
        # The phone types a code where it has got one, and scans otherwise.
        link(stage, instance, **({"code": code} if isinstance(code, str) else {}))
        messages = [value_at(one.json, "message") for one in hook.receive()]
        is_reported = messages.count("phone_connected") == 1
        hook.claim("connected", is_reported, "phone_connected, whichever way it was linked")
        _does(stage, neighbour, "text-plain")
        theirs.check_single(theirs.receive(), "text-plain", "a text to who was linked before")


@LAWS.law("logout", "instance_status", effects=("disconnects", "reads"), phone=True)
def the_status_is_of_the_phone_that_is_linked(session: Session, stage: Stage) -> None:
    instance = stage.instance()
    session.call("instance_status", instance)
    session.call("logout", instance)
    try:
        stage.control_api("POST", f"/_mock/instances/{instance.key}/link", {"number": NEW_PHONE})
    except Impossible as refusal:
        raise NotTried(f"no other number to link: {refusal}") from None
    answer = session.call("instance_status", instance)
    user = value_at(answer.json, "instance", "user")
    right = user is None or str(value_at(user, "id")).startswith(NEW_PHONE)
    claim(session, answer, right, "user.id is of the number that is linked now")
    unlink(stage, instance)
    answer = session.call("instance_status", instance)
    is_gone = value_at(answer.json, "instance", "user") is None
    claim(session, answer, is_gone, "no user once the phone has left")


@LAWS.law("configure_webhook", "webhook_settings", effects=("changes", "reads"), phase=PHASE,
          phone=True, events=("text-plain",))  # fmt: skip
def a_receiver_that_errs_is_not_given_up(session: Session, stage: Stage) -> None:
    instance, hook = listening(session, stage)
    for status, times in FAILURES.items():
        with session.receiver.answering(status):
            for turn in range(times):
                _does(stage, instance, "text-plain", set={"message.conversation": f"Texto {turn}"})
            with suppress(NotTried):
                # Nothing comes from a webhook that was switched off: the settings below show it.
                hook.receive()
    answer = session.call("webhook_settings", instance)
    settings = value_at(answer.json, "webhookData") or answer.json
    claim(session, answer, value_at(settings, "webhookEnabled") is True, "the webhook stays on")
    id_ = _does(stage, instance, "text-plain")
    message_ids = [message_id(one) for one in hook.receive()]
    hook.claim("text-plain", id_ in message_ids, "what comes after errors is told")


TOKENS = ("a", "0123456789abcdef", "0123456789abcdefg", "NOVO-token_de.40/letras+e=sinais~!*#$%&",
          NEW_TOKEN * 4)  # fmt: skip


@LAWS.law("change_token", "instance_status", effects=("changes", "reads"), phone=True)
def every_letter_of_a_token_counts(session: Session, stage: Stage) -> None:
    instance = stage.instance()
    token = instance.token
    for new in TOKENS:
        body = {"messageData": {"token": new}}
        token_change = session.call("change_token", instance, token=token, body=body)
        if not claim_success(session, token_change, "a new token"):
            return
        answer = session.call("instance_status", instance, token=new)
        claim_success(session, answer, "the whole token")
        for wrong in (new[:-1], new[: len(new) // 2], f"{new}x", f"{new}{new}", new[::-1] + "z"):
            answer = session.call("instance_status", instance, token=wrong)
            claim(session, answer, answer.status == 401, "nothing but the whole token opens",
                  promise=session.contract.promise("instance_status", 401))  # fmt: skip
        token = new
