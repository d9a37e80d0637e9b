"""What `fit` asks of a host whose customers nobody plays: the least that shows a switch.

A run judges a host without these: they say how it decides, not whether it is right. Where phones
can be played, the laws show the same and more.
"""

from __future__ import annotations

from functools import partial, update_wrapper
from typing import Any

from ..host.stage import Stage
from ..host.status import EMPTY
from ..judging.results import Webhook
from ..judging.values import jid_of, value_at
from .laws.calls import group_of, make_group, someone, text
from .laws.participant_results import participant_results
from .laws.requests import GOOD_REQUESTS
from .laws.unsettled import QUESTIONS, ask_unsettled, without
from .laws.webhook_listener import WebhookListener
from .probe import Laws, Probe
from .session import Session

LAWS = Laws()
# A group with nobody in it would count against the groups of a run, and show nothing else.
_ASKED = [switch for switch in QUESTIONS if switch != "empty_participants"]


# First of all: what a run may send is soon sent.
@LAWS.law("configure_webhook", "send_text", effects=("sends", "changes"))
def one_text_shows_what_webhooks_come(session: Session, stage: Stage) -> None:
    instance = stage.instance()
    hook = WebhookListener(session, stage, instance).open()
    answer = text(session, instance)
    id_ = value_at(answer.json, "messageData", "key", "id")
    if not isinstance(id_, str):
        return

    def about_it(webhooks: list[Webhook]) -> list[Any]:
        payloads = [webhook.json for webhook in webhooks]
        return [payload for payload in payloads if value_at(payload, "key", "id") == id_]

    def all_there(webhooks: list[Webhook]) -> bool:
        payloads = about_it(webhooks)
        return any("update" in one for one in payloads) and any(
            "message" in one for one in payloads
        )

    webhooks = hook.receive(all_there)
    payloads = about_it(webhooks)
    if not payloads:
        # A receiver that nobody reaches looks like a host that sends nothing.
        return
    hook.settle_echo(any("message" in payload for payload in payloads))
    hook.settle_acks(any("update" in payload for payload in payloads))
    own = [jid_of(jid).user for jid in (value_at(one, "jid") for one in payloads) if jid]
    if own:
        hook.settle("jid_suffix", "on" if any(":" in user for user in own) else "")


def what_is_left_open_is_asked_once(switch: str, session: Session, stage: Stage) -> None:
    ask_unsettled(switch, session, stage, times=1)


def _each() -> None:
    for switch in _ASKED:
        run = partial(what_is_left_open_is_asked_once, switch)
        update_wrapper(run, what_is_left_open_is_asked_once)
        operation = QUESTIONS[switch].operation
        LAWS.law(operation, effects=(GOOD_REQUESTS[operation].effect,), about=switch)(run)


_each()


@LAWS.law("send_location", effects=("sends",))
def a_place_of_whole_degrees_is_sent(session: Session, stage: Stage) -> None:
    data = {"to": someone(session), "latitude": -23, "longitude": -46, "caption": ""}
    session.call("send_location", stage.instance(), body={"messageData": data})


@LAWS.law("send_location", effects=("sends",))
def a_place_without_a_latitude_is_sent(session: Session, stage: Stage) -> None:
    body = without("send_location", latitude=None)(someone(session))
    answer = session.call("send_location", stage.instance(), body=body)
    if answer.status == 500:
        session.settle("swallowed_sends", exchange=answer)
    elif answer.ok:
        session.takes_alternative(answer, "swallowed_sends")


@LAWS.law("send_buttons", effects=("sends",))
def buttons_are_sent(session: Session, stage: Stage) -> None:
    session.call(
        "send_buttons",
        stage.instance(),
        **GOOD_REQUESTS["send_buttons"].arguments(someone(session)),
    )


@LAWS.law("webhook_settings")
def settings_are_looked_at(session: Session, stage: Stage) -> None:
    session.call("webhook_settings", stage.instance(connected=None))


@LAWS.law("download_media")
def media_that_is_nowhere_are_asked_for(session: Session, stage: Stage) -> None:
    arguments = GOOD_REQUESTS["download_media"].arguments(someone(session))
    answer = session.call("download_media", stage.instance(), **arguments)
    if not session.takes_alternative(answer, "media_gone"):
        session.settle("media_gone", exchange=answer)


@LAWS.law("create_group", "remove_participants", effects=("sends", "changes"))
def somebody_is_put_into_a_group_and_out(session: Session, stage: Stage) -> None:
    instance, to = stage.instance(), someone(session)
    creation, _ = make_group(session, stage, instance, to)
    jid = group_of(creation).get("id")
    if not isinstance(jid, str):
        return
    data = {"jid": jid, "participants": [to]}
    answer = session.call("remove_participants", instance, body={"group_data": data})
    participant_results(session, answer)


@LAWS.law(
    "logout", "instance_status", "list_groups", "is_on_whatsapp", "qr_code_base64",
    effects=("disconnects",),
)  # fmt: skip
def after_a_logout_everything_is_asked(session: Session, stage: Stage) -> None:
    instance = stage.instance()
    if not session.call("logout", instance).ok:
        return
    status = session.call("instance_status", instance)
    if status.ok:
        session.settle("status_disconnected", EMPTY if not status.body else "", exchange=status)
    refusal = session.call("list_groups", instance)
    if refusal.status in (401, 403):
        value = "" if refusal.status == 403 else "401"
        session.settle("disconnected_status", value, exchange=refusal)
    lookup = session.call("is_on_whatsapp", instance, query={"jid": someone(session)})
    for answer, switch in (
        (lookup, "is_on_whatsapp_disconnected"),
        (session.call("qr_code_base64", instance), "qr_base64_first"),
        (session.call("logout", instance), "logout_disconnected"),
    ):
        if not session.takes_alternative(answer, switch):
            session.settle(switch, exchange=answer)


def fitting_probes() -> list[Probe]:
    """The probes of `fit` on a host whose customers nobody plays."""
    return list(LAWS.probes)
