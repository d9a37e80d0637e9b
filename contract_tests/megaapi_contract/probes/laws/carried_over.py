"""What one call or event leaves for the next: nothing that belongs to another one."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import replace
from functools import partial, update_wrapper
from typing import Any

from megaapi_mock.domain.jid import as_given

from ...errors import Impossible
from ...host.host_instance import HostInstance
from ...host.stage import WORLD, Stage
from ...judging.results import Webhook
from ..cases import PICTURE
from ..probe import Laws
from ..session import PICTURE_URL, Session
from .assertions import claim, claim_success, inferred, value_at
from .calls import message, sent_id, someone, text
from .chat import PRESENCES
from .connection import restart, status
from .settings import NEW_TOKEN
from .webhook_listener import WebhookListener
from .webhooks import ACKS, ECHO, PHASE, is_ack, listening, message_id, off_means_off

LAWS = Laws()

# The same last digits under other area codes: whoever compares those alone takes one for the other.
ALIKE = tuple(f"55{area}{WORLD[0][4:]}" for area in ("21", "12"))
OWN_CODE = "TESTE123"
PHONES = ("5511900000020", "5511900000021")
FILES = {"send_media_url": {"url": PICTURE_URL}, "send_media_base64": {"base64": PICTURE}}
WRITING = ("composing", "recording")


def _does(stage: Stage, instance: HostInstance, event: str, **more: Any) -> str:
    body = {"event": event, **more}
    path = f"/_mock/instances/{instance.key}/inbound"
    return str(stage.control_api("POST", path, body).get("id"))


def _put_phone(stage: Stage, instance: HostInstance, person: str, state: str) -> None:
    path = f"/_mock/instances/{instance.key}/contacts/{person}"
    stage.control_api("POST", path, {"state": state})


# -- numbers, codes, tokens ------------------------------------------------------------------


@LAWS.law("is_on_whatsapp", phone=True)
def numbers_that_end_alike_are_looked_up_apart(session: Session, stage: Stage) -> None:
    for people in ((WORLD[0], *ALIKE), (*ALIKE, WORLD[0])):
        instance = stage.instance()
        for person in people:
            expected = {None, as_given(person)}
            with suppress(Impossible):
                # Who has no account is refused there.
                path = f"/_mock/instances/{instance.key}/contacts/{person}"
                expected.add(stage.control_api("GET", path)["jid"])
            answer = session.call("is_on_whatsapp", instance, query={"jid": person})
            right = value_at(answer.json, "jid") in expected
            claim(session, answer, right, "the JID is that of the number asked for")
        right = value_at(session.call("is_on_whatsapp", instance, query={"jid": WORLD[0]}).json,
                         "exists") is True  # fmt: skip
        claim(session, answer, right, "who has an account exists, whoever was asked for before")


@LAWS.law("pairing_code", effects=("changes",), phone=True)
def a_code_of_ones_own_is_for_one_call_alone(session: Session, stage: Stage) -> None:
    instance, other = stage.instance(connected=False), stage.instance(connected=False)
    query = {"phoneNumber": PHONES[0], "customPairingCode": OWN_CODE}
    if not claim_success(session, session.call("pairing_code", instance, query=query), "a code"):
        return
    for who, phone in ((instance, PHONES[0]), (instance, PHONES[1]), (other, PHONES[1])):
        answer = session.call("pairing_code", who, query={"phoneNumber": phone})
        code = value_at(answer.json, "pairingCode")
        claim(session, answer, code != OWN_CODE, "a code is made where none is given",
              promise=session.contract.promise("pairing_code"))  # fmt: skip


@LAWS.law("change_token", "restart", "instance_status",
          effects=("changes", "disconnects", "reads"), phone=True)  # fmt: skip
def a_new_token_outlives_a_restart(session: Session, stage: Stage) -> None:
    instance = stage.instance()
    body = {"messageData": {"token": NEW_TOKEN}}
    changed = session.call("change_token", instance, body=body)
    if not claim_success(
        session, changed, "a new token", promise=inferred(session, "change_token")
    ):
        return
    renewed = HostInstance(instance.key, NEW_TOKEN, instance.number, instance.connected)
    if session.call("instance_status", renewed).status == 401:
        # That a token can be changed like this, nobody has seen.
        return
    claim_success(session, restart(session, stage, renewed), "a restart")
    answer = session.call("instance_status", renewed)
    claim(session, answer, answer.status != 401, "the token is the same after a restart",
          promise=session.contract.promise("instance_status", 200))  # fmt: skip
    answer = session.call("instance_status", instance)
    claim(session, answer, answer.status == 401, "the token of before opens nothing",
          promise=session.contract.promise("instance_status", 401))  # fmt: skip


@LAWS.law("instance_status", phone=True)
def a_token_that_was_used_opens_no_other_instance(session: Session, stage: Stage) -> None:
    instance, other = stage.instance(), stage.instance()
    claim_success(session, session.call("instance_status", other), "its own token")
    answer = session.call("instance_status", instance, token=other.token)
    claim(session, answer, answer.status == 401, "a token opens its own instance alone",
          promise=session.contract.promise("instance_status", 401))  # fmt: skip


# -- captions and presences ------------------------------------------------------------------


def an_empty_caption_repeats_no_other(operation: str, session: Session, stage: Stage) -> None:
    instance = stage.instance()
    file = {"type": "image", "mimeType": "image/png", **FILES[operation]}
    first = message(session, instance, operation, to=WORLD[0], caption="Veja", **file)
    claim_success(session, first, "a caption", promise=session.contract.promise(operation))
    for to in WORLD[:2]:
        answer = message(session, instance, operation, to=to, caption="", **file)
        part = value_at(answer.json, "messageData", "message", "imageMessage")
        is_empty = value_at(part, "caption") in (None, "")
        claim(session, answer, is_empty, "an empty caption is not a caption",
              promise=session.contract.promise(operation))  # fmt: skip


for _operation in FILES:
    _run = partial(an_empty_caption_repeats_no_other, _operation)
    update_wrapper(_run, an_empty_caption_repeats_no_other)
    LAWS.law(_operation, effects=("sends",), about=_operation, phone=True)(_run)


@LAWS.law("update_presence", "instance_status", effects=("sends", "reads"))
def no_presence_changes_the_link(session: Session, stage: Stage) -> None:
    instance, to = stage.instance(), someone(session)
    for option in PRESENCES:
        session.call("update_presence", instance, body={"to": to, "option": option})
        status(session, instance, "connected", "after a presence")


@LAWS.law("update_presence", "send_text", effects=("sends", "changes"), phase=PHASE,
          events=(ECHO,))  # fmt: skip
def who_is_seen_writing_is_held_back_nowhere(session: Session, stage: Stage) -> None:
    """What is sent meanwhile is told as soon as what was sent before, with no time passing."""
    if session.settled_switches.value_of_switch.get("echo") == "off":
        return
    instance, hook = listening(session, stage)
    for option in ("", *WRITING):
        if option:
            session.call("update_presence", instance, body={"to": WORLD[0], "option": option})
        before = len(session.receiver.webhooks)
        is_echoed = _is_echoed(session, hook, sent_id(text(session, instance, WORLD[0])), before)
        if not option and not hook.settle_echo(is_echoed):
            return
        # How an echo looks is Baileys' affair; that there is one was seen.
        promise = replace(session.contract.event_promise(ECHO), grade="observed")
        hook.claim(ECHO, is_echoed, "a message is told while the writer is seen", promise=promise)


def _is_echoed(session: Session, hook: WebhookListener, id_: str, before: int) -> bool:
    def is_there(webhooks: list[Webhook]) -> bool:
        return any(
            message_id(one) == id_ and not is_ack(one) for one in hook.webhooks_here(webhooks)
        )

    return is_there(session.receiver.wait_for(is_there, since=before))


# -- receipts --------------------------------------------------------------------------------


@LAWS.law("send_text", effects=("sends", "changes"), phase=PHASE, phone=True,
          events=tuple(ACKS.values())[:3])  # fmt: skip
def a_receipt_names_the_chat_of_its_message(session: Session, stage: Stage) -> None:
    """One phone is off meanwhile, and the instance has written to somebody else."""
    instance, hook = listening(session, stage)
    _put_phone(stage, instance, WORLD[0], "phone_off")
    first = text(session, instance, WORLD[0])
    second = text(session, instance, WORLD[1])
    _put_phone(stage, instance, WORLD[0], "reachable")
    answers = {sent_id(answer): answer for answer in (first, second)}
    for one in hook.receive():
        event = ACKS.get(value_at(one.json, "update", "status"))
        answer = answers.get(message_id(one))
        if is_ack(one) and event is not None and answer is not None:
            right = hook.is_chat_of(answer, value_at(one.json, "key", "remoteJid"))
            hook.claim(event, right, "remoteJid is the chat of the message", one)


@LAWS.law("logout", "send_text", effects=("sends", "changes", "disconnects"), phase=PHASE,
          phone=True, events=("disconnected", "ack-read"))  # fmt: skip
def receipts_end_with_the_link(session: Session, stage: Stage) -> None:
    instance, hook = listening(session, stage)
    _put_phone(stage, instance, WORLD[0], "phone_off")
    answer = text(session, instance, WORLD[0])
    hook.due.expect_none(answer)
    session.call("logout", instance)
    hook.receive()
    _put_phone(stage, instance, WORLD[0], "reachable")
    late = [one for one in hook.receive() if message_id(one) == sent_id(answer)]
    hook.check_none(late, "ack-read", "after a logout", session.contract.promise("logout"))


# -- filters ---------------------------------------------------------------------------------


@LAWS.law("block_events", "config_details", effects=("changes", "reads"), phase=PHASE, phone=True,
          events=("text-plain", "reaction"))  # fmt: skip
def a_filter_takes_nothing_else_and_stays(session: Session, stage: Stage) -> None:
    """Whether and how a host filters nobody has seen: only what it does itself is compared."""
    instance, hook = listening(session, stage)
    about = _does(stage, instance, "text-plain")
    hook.receive()
    body = {"messageData": {"events": ["messagesReaction"]}}
    session.call("block_events", instance, body=body)
    reactions_received = []
    for _ in range(2):
        reaction = _does(stage, instance, "reaction", message=about)
        expected = [_does(stage, instance, "text-plain") for _ in range(2)]
        ids = [message_id(one) for one in hook.receive()]
        received_texts = [id_ for id_ in ids if id_ in expected]
        hook.claim("text-plain", received_texts == expected, "what is not filtered comes",
                   promise=off_means_off(session))  # fmt: skip
        reactions_received.append(reaction in ids)
        session.call("config_details", instance)
    is_kept = reactions_received in ([False, False], [True, True])
    hook.claim("reaction", is_kept, "reading the configuration changes no filter",
               promise=off_means_off(session))  # fmt: skip


# -- names -----------------------------------------------------------------------------------


@LAWS.law("configure_webhook", effects=("changes",), phase=PHASE, phone=True,
          events=("from-me-phone",))  # fmt: skip
def the_own_phone_speaks_in_its_own_name(session: Session, stage: Stage) -> None:
    """Also where a customer wrote before."""
    instance, hook = listening(session, stage)
    for person in WORLD[:2]:
        _does(stage, instance, "text-plain", **{"from": person})
        id_ = _does(stage, instance, "from-me-phone", to=person)
        for one in hook.receive():
            if message_id(one) == id_:
                hook.check_author(one, "from-me-phone", instance.number)
