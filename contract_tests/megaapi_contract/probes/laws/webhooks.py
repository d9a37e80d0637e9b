"""What comes to the receiver: every event once, whole, in order, and about the right instance."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Callable, Mapping
from functools import partial, update_wrapper
from typing import Any

from megaapi_mock.resources import root
from megaapi_mock.resources.samples import Samples

from ...errors import NotTried
from ...host.host_instance import HostInstance
from ...host.stage import NO_WHATSAPP, Stage
from ...judging.results import Exchange, Promise, Webhook
from ..probe import Laws
from ..session import Session
from .assertions import NAMELESS, claim, inferred, value_at
from .calls import make_group, message, sent_id, someone, text
from .connection import link, unlink
from .echo_content import ECHO as ECHO
from .echo_content import hold_content, is_acknowledged, is_echoed
from .every_text import fullest_request, shown_texts
from .media import KINDS, qr
from .redeliveries import OVER_NETWORK
from .requests import DELETIONS, GOOD_REQUESTS, SENDS
from .webhook_listener import WebhookListener

LAWS = Laws()
PHASE = "webhooks"

SERVER, DELIVERED, READ, PLAYED = 2, 3, 4, 5
UNPLAYED = (SERVER, DELIVERED, READ)
ACKS = {SERVER: "ack-server", DELIVERED: "ack-delivered", READ: "ack-read", PLAYED: "ack-played"}
ACK_EVENTS = ("ack-server", "ack-delivered", "ack-read")
UNHEARD = "Ninguem recebe este texto"
Rule = Callable[[str, Session, Stage], None]
Json = dict[str, Any]


def unsaid(session: Session) -> Promise:
    """That something is told to nobody, no source says."""
    return inferred(session, "configure_webhook")


def off_means_off(session: Session) -> Promise:
    """That nothing is told while the webhook is switched off: the vendor says what the field is."""
    return session.contract.promise("configure_webhook")


def listening(
    session: Session, stage: Stage, *, connected: bool = True
) -> tuple[HostInstance, WebhookListener]:
    """An instance of the probe's own, and its webhooks."""
    instance = stage.instance(connected=connected)
    return instance, WebhookListener(session, stage, instance).open()


def message_id(webhook: Webhook) -> str:
    """The id of the message a webhook is about."""
    return str(value_at(webhook.json, "key", "id"))


def is_ack(webhook: Webhook) -> bool:
    """Whether it acknowledges a message."""
    return bool(value_at(webhook.json, "messageType") == "message.ack")


def acks(webhooks: list[Webhook], id_: str) -> list[Any]:
    """The statuses told of a message, in the order they came."""
    ack_payloads = [one.json for one in webhooks if is_ack(one) and message_id(one) == id_]
    return [_number_or_text(value_at(payload, "update", "status")) for payload in ack_payloads]


def _number_or_text(status: Any) -> int | str:
    """What can stand in a set, whatever a host has put there."""
    return status if type(status) is int else str(status)


# -- what the instance sends -----------------------------------------------------------------


def check_acks(
    hook: WebhookListener,
    webhooks: list[Webhook],
    answer: Exchange,
    steps: tuple[int, ...] = UNPLAYED,
    *,
    on_request: bool = False,
) -> None:
    """Hold the acknowledgements of one sent message: these, in order, each once.

    A person may have switched the phone off: then the gateway's own is the only one that is sure.
    Some hosts send none unless they were asked to (`on_request`).
    """
    id_ = sent_id(answer)
    statuses = acks(webhooks, id_)
    if answer.status != 200 or not (on_request or hook.settle_acks(bool(statuses))):
        return
    if PLAYED in steps and hook.plays_people:
        hook.settle("ack_delays", "" if PLAYED in statuses else "without_played")
    for step in steps:
        least = 1 if step <= hook.last_sure_ack else 0
        least = 0 if step == PLAYED else least
        is_single = least <= statuses.count(step) <= 1
        hook.claim(ACKS[step], is_single, f"a sent message is told {ACKS[step]} once")
    numbers = [status for status in statuses if type(status) is int]
    is_ordered = statuses == numbers == sorted(numbers)
    # Over a network a later one may overtake: only of a direct way the order is promised.
    order = None if hook.plays_people else OVER_NETWORK
    hook.claim(ACKS[steps[0]], is_ordered, "acknowledgements never go back", promise=order)
    hook.claim(ACKS[steps[0]], set(statuses) <= set(steps), "no acknowledgement is made up")
    for one in webhooks:
        status = value_at(one.json, "update", "status")
        if is_ack(one) and message_id(one) == id_ and status in ACKS:
            hook.check_event(one, ACKS[status], "an acknowledgement")
            is_there = hook.is_chat_of(answer, value_at(one.json, "key", "remoteJid"))
            hook.claim(ACKS[status], is_there, "remoteJid is the chat of the message", one)


def check_echo(hook: WebhookListener, webhooks: list[Webhook], sent_message: Exchange) -> None:
    """Hold the echo of one sent message: once, before its acks, with what the answer says."""
    id_ = sent_id(sent_message)
    about = [one for one in webhooks if message_id(one) == id_]
    echoes = [one for one in about if not is_ack(one)]
    if not is_echoed(hook, webhooks, sent_message, echoes):
        return
    if not hook.claim(ECHO, len(echoes) == 1, "a sent message is echoed once"):
        return
    order = None if hook.plays_people else OVER_NETWORK
    is_first = about[0] is echoes[0]
    hook.claim(ECHO, is_first, "the echo comes before the acknowledgements", promise=order)
    payload, data = echoes[0].json, value_at(sent_message.json, "messageData")
    hold_content(hook, echoes[0], value_at(data, "message"))
    hook.claim(ECHO, value_at(payload, "key", "fromMe") is True, "an echo is from the instance")
    moment = value_at(payload, "messageTimestamp")
    right = type(moment) is int and str(moment) == str(value_at(data, "messageTimestamp"))
    hook.claim(ECHO, right, "messageTimestamp is the answer's, as a number", echoes[0])
    kind = next((name for name in value_at(data, "message") or {}), None)
    hook.claim(ECHO, value_at(payload, "messageType") == kind, "messageType names the content")
    name = value_at(payload, "pushName")
    own = hook.person(hook.instance.number)["name"]
    if name not in NAMELESS and own is not None:
        promise = hook.promise_of_name(ECHO)
        sentence = "pushName is the instance's own name"
        hook.claim(ECHO, name == own, sentence, echoes[0], promise=promise)
    if kind == "extendedTextMessage":
        hook.check_event(echoes[0], ECHO, "a text of the instance")


@LAWS.law("send_text", effects=("sends", "changes"), phase=PHASE,
          events=(ECHO, *ACK_EVENTS), worth=7)  # fmt: skip
def a_text_is_echoed_and_acknowledged(session: Session, stage: Stage) -> None:
    instance, hook = listening(session, stage)
    _require_categories(session, stage, "messagesOutput", "messagesStatus")
    body = {"messageData": {"to": someone(session), "text": UNHEARD}}
    stray = session.call("send_text", instance, token=session.wrong_token(), body=body)
    answer = text(session, instance)
    webhooks = hook.receive()
    check_echo(hook, webhooks, answer)
    check_acks(hook, webhooks, answer)
    quiet = not any(UNHEARD.encode() in one.body for one in webhooks)
    promise = session.contract.promise("send_text", 401)
    claim(session, stray, quiet, "a text under a wrong token is not sent", promise=promise)


def _require_categories(session: Session, stage: Stage, *categories: str) -> None:
    """NotTried where the owner of a given instance has switched these webhooks off."""
    if stage.phone or "config_details" not in session.contract.by_id:
        return
    config = session.call("config_details", stage.instance())
    for name in value_at(config.json, "configData", "blockEvents") or ():
        if name in categories:
            raise NotTried(f"the given instance blocks {name}")


def each_of(names: Mapping[str, Any] | tuple[str, ...]) -> Callable[[Rule], Rule]:
    """The rule as a law of each operation that sends."""

    def keep(rule: Rule) -> Rule:
        for name in names:
            run = partial(rule, name)
            update_wrapper(run, rule)
            LAWS.law(
                name, effects=("sends", "changes"), phase=PHASE, about=name,
                events=(ECHO, *ACK_EVENTS), worth=6,
            )(run)  # fmt: skip
        return rule

    return keep


@each_of(SENDS)
def what_is_sent_comes_back(operation: str, session: Session, stage: Stage) -> None:
    instance, hook = listening(session, stage)
    arguments, texts_by_path = fullest_request(operation, someone(session))
    session.gate.learn(texts_by_path.values())
    answer = session.call(operation, instance, **arguments)
    texts = [*shown_texts(value_at(answer.json, "messageData", "message"))]
    for name, expected in texts_by_path.items():
        claim(session, answer, expected in texts, f"{name} comes back letter for letter")
    if operation in DELETIONS:
        hook.due.expect_no_echo(answer)
    webhooks = hook.receive(is_acknowledged(hook))
    if operation not in DELETIONS:
        check_echo(hook, webhooks, answer)
    check_acks(hook, webhooks, answer)
    # Where a person reads, a receipt of an earlier message may come now.
    ids = {message_id(one) for one in webhooks if hook.plays_people or not is_ack(one)}
    hook.claim(ECHO, ids <= {sent_id(answer)}, "nothing else is told of a send")


@LAWS.law("send_media_base64", effects=("sends", "changes"), phase=PHASE,
          events=(ECHO, *ACKS.values()), worth=1)  # fmt: skip
def only_what_can_be_played_is_told_as_played(session: Session, stage: Stage) -> None:
    instance, hook = listening(session, stage)
    files = Samples(root("fixtures"))
    for type_, steps in (
        ("ptt", (SERVER, DELIVERED, READ, PLAYED)),
        ("audio", UNPLAYED),
        ("ptv", (SERVER, DELIVERED, READ, PLAYED)),
    ):
        # Real files: what no phone can play is never told as played.
        content = files.media(KINDS[type_][1])
        answer = message(
            session, instance, "send_media_base64", to=someone(session), type=type_,
            base64=b64encode(content).decode(), mimeType=KINDS[type_][2],
        )  # fmt: skip
        webhooks = hook.receive(is_acknowledged(hook, steps[-1]))
        check_acks(hook, webhooks, answer, steps)


@LAWS.law("send_text", "create_group", effects=("sends", "changes"), phase=PHASE,
          events=(ECHO, *ACK_EVENTS), worth=8)  # fmt: skip
def a_text_to_a_group_is_told_of_that_group(session: Session, stage: Stage) -> None:
    instance, hook = listening(session, stage)
    _, group = make_group(session, stage, instance, someone(session))
    hook.check_none(hook.receive(), "group-participants", "making a group", unsaid(session))
    jid = str(group.get("id"))
    answer = text(session, instance, jid)
    webhooks = hook.receive(is_acknowledged(hook))
    check_echo(hook, webhooks, answer)
    check_acks(hook, webhooks, answer)
    about = (one for one in webhooks if message_id(one) == sent_id(answer))
    right = all(value_at(one.json, "key", "remoteJid") == jid for one in about)
    hook.claim(ECHO, right, "remoteJid is the group's")


@LAWS.law("send_text", effects=("sends", "changes"), phase=PHASE,
          events=(ECHO, *ACK_EVENTS), worth=5)  # fmt: skip
def webhooks_come_in_the_order_of_their_causes(session: Session, stage: Stage) -> None:
    instance, hook = listening(session, stage)
    sent_messages = [
        text(session, instance, someone(session, turn), f"Mensagem {turn}") for turn in range(6)
    ]
    webhooks = hook.receive(lambda webhooks: sum(map(is_ack, webhooks)) >= 18)
    echoes = [message_id(one) for one in webhooks if not is_ack(one)]
    if echoes or not hook.is_off("echo"):
        hook.claim(ECHO, echoes == [*map(sent_id, sent_messages)], "echoes come as they were sent")
    for one in sent_messages:
        check_acks(hook, webhooks, one)


@LAWS.law("send_text", "update_presence", effects=("sends", "changes"),
          phase=PHASE, phone=True, events=(ECHO, "presence", *ACK_EVENTS))  # fmt: skip
def calls_that_fail_are_told_to_nobody(session: Session, stage: Stage) -> None:
    (instance, hook), to = listening(session, stage), someone(session)
    text(session, instance, NO_WHATSAPP)
    session.call("send_text", instance, body={"to": to, "text": "Bom dia"})
    arguments = GOOD_REQUESTS["send_text"].arguments(to)
    session.call("send_text", instance, token=session.wrong_token(), **arguments)
    session.call("update_presence", instance, **GOOD_REQUESTS["update_presence"].arguments(to))
    hook.check_none(hook.receive(), ECHO, "calls that fail", unsaid(session))


@LAWS.law("send_text", "logout", effects=("sends", "disconnects", "changes"), phase=PHASE,
          phone=True, events=(ECHO, "disconnected"))  # fmt: skip
def after_a_logout_nothing_more_is_told(session: Session, stage: Stage) -> None:
    instance, hook = listening(session, stage)
    session.call("logout", instance)
    hook.check_single(hook.receive(), "disconnected", "a logout")
    text(session, instance)
    session.call("logout", instance)
    hook.check_none(hook.receive(), "disconnected", "calls after a logout", unsaid(session))


# -- the link --------------------------------------------------------------------------------


@LAWS.law("configure_webhook", effects=("changes",), phase=PHASE, phone=True,
          events=("connected", "disconnected"))  # fmt: skip
def linking_and_unlinking_is_told(session: Session, stage: Stage) -> None:
    instance, hook = listening(session, stage, connected=False)
    for cause in ("phone", "gateway", "ban"):
        link(stage, instance)
        number = stage.control_api("GET", f"/_mock/instances/{instance.key}")["number"]
        hook.instance = HostInstance(instance.key, instance.token, str(number))
        payload = hook.check_single(hook.receive(), "connected", "linking")
        hook.claim("connected", payload.get("message") == "phone_connected", "phone_connected")
        unlink(stage, instance, cause=cause)
        hook.check_single(hook.receive(), "disconnected", "unlinking")


@LAWS.law("restart", effects=("disconnects", "changes"), phase=PHASE, phone=True,
          events=("connected", "disconnected"))  # fmt: skip
def a_restart_ends_with_the_link(session: Session, stage: Stage) -> None:
    instance, hook = listening(session, stage)
    session.call("restart", instance)
    webhooks = hook.receive()
    if hook.claim("connected", webhooks, "a restart is told"):
        hook.check_event(webhooks[-1], "connected", "the end of a restart")
        connections = [value_at(one.json, "message") for one in webhooks].count("phone_connected")
        hook.claim("connected", connections == 1, "a restart links once")


@LAWS.law("qr_code_base64", effects=("reads", "changes"), phase=PHASE, phone=True,
          events=("qrcode",))  # fmt: skip
def a_code_that_is_shown_is_told(session: Session, stage: Stage) -> None:
    instance, hook = listening(session, stage, connected=False)
    answer, _ = qr(session, instance)
    webhooks = hook.receive()
    if not hook.claim("qrcode", webhooks, "a QR code is told"):
        return
    hook.check_event(webhooks[0], "qrcode", "a QR code")
    same = value_at(webhooks[0].json, "qrcode") == value_at(answer.json, "qrcode")
    hook.claim("qrcode", same, "the code told is the code shown", webhooks[0])


@LAWS.law("qr_code_base64", effects=("reads", "changes"), phase=PHASE, phone=True,
          events=("qrcode",))  # fmt: skip
def codes_are_told_until_the_series_ends(session: Session, stage: Stage) -> None:
    instance, hook = listening(session, stage, connected=False)
    codes: list[object] = []
    for series in (1, 2):
        qr(session, instance)
        webhooks = hook.receive()
        if not stage.pass_time(0):
            return
        pushed_codes = [value_at(one.json, "qrcode") for one in webhooks]
        # With codes that live longer a call may open no series: the last one goes on.
        hook.claim("qrcode", pushed_codes or series > 1, "codes are told")
        hook.claim(
            "qrcode", len(pushed_codes) == 5, "five codes make a series", promise=unsaid(session)
        )
        codes += pushed_codes
        hook.claim("qrcode", len(set(map(str, codes))) == len(codes), "no code comes twice")
        for one in webhooks[:series]:
            hook.check_event(one, "qrcode", "a QR code")
    hook.check_none(hook.receive(), "qrcode", "after the series", unsaid(session))
