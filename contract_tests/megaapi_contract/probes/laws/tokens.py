"""Nothing opens but the token itself after Bearer, and what is refused for it is not done."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial, update_wrapper
from typing import Any

from ...host.host_instance import HostInstance
from ...host.stage import WORLD, Stage
from ...judging.results import Exchange
from ..probe import Laws
from ..session import Session
from .access import REFUSED
from .assertions import claim, claim_refusal, value_at
from .calls import make_group, someone
from .connection import unlink
from .requests import GOOD_REQUESTS, Arguments

LAWS = Laws()

CLOSED = "what is refused is not done"
# An instance and what to ask of it, so that doing it would leave a trace.
Scene = Callable[[Session, Stage], tuple[HostInstance, Arguments]]


def _arrange(operation: str, session: Session, stage: Stage) -> tuple[HostInstance, Arguments]:
    """As the contract's example asks; a group that it names is there."""
    instance, request = stage.instance(), GOOD_REQUESTS[operation]
    if not request.names_group:
        return instance, request.arguments(someone(session))
    _, group = make_group(session, stage, instance, WORLD[0])
    return instance, request.arguments_for_group(someone(session), str(group.get("id")))


def _arrange_no_link(session: Session, stage: Stage) -> tuple[HostInstance, Arguments]:
    return stage.instance(connected=False), GOOD_REQUESTS["pairing_code"].arguments(
        someone(session)
    )


def _arrange_lost_link(session: Session, stage: Stage) -> tuple[HostInstance, Arguments]:
    instance = stage.instance()
    unlink(stage, instance, cause="gateway")
    return instance, {}


def _setting(
    data: Mapping[str, Any], session: Session, stage: Stage
) -> tuple[HostInstance, Arguments]:
    return stage.instance(), {"body": {"messageData": data}}


def _arrange_inbound(session: Session, stage: Stage) -> tuple[HostInstance, Arguments]:
    instance, person = stage.instance(), WORLD[0]
    id_ = _receive(stage, instance, person)
    return instance, {"body": {"to": person, "messageData": {"id": id_, "timestamp": 1767225600}}}


def _arrange_unread(session: Session, stage: Stage) -> tuple[HostInstance, Arguments]:
    instance, person = stage.instance(), WORLD[0]
    key = {"remoteJid": f"{person}@s.whatsapp.net", "fromMe": False}
    key["id"] = _receive(stage, instance, person)
    return instance, {"body": {"messageData": {"key": key}}}


def _arrange_own_picture(session: Session, stage: Stage) -> tuple[HostInstance, Arguments]:
    instance, url = stage.instance(), "https://files.example.test/logo.jpg"
    return instance, {
        "body": {"messageData": {"to": f"{instance.number}@s.whatsapp.net", "url": url}}
    }


def _arrange_own_upload(session: Session, stage: Stage) -> tuple[HostInstance, Arguments]:
    instance = stage.instance()
    return instance, GOOD_REQUESTS["upload_profile_picture"].arguments(
        f"{instance.number}@s.whatsapp.net"
    )


def _arrange_webhook_off(session: Session, stage: Stage) -> tuple[HostInstance, Arguments]:
    return stage.instance(), {"body": {"data": {"sendWebhook": True}}}


def _receive(stage: Stage, instance: HostInstance, person: str) -> str:
    """The id of a message that this person has just written."""
    path = f"/_mock/instances/{instance.key}/inbound"
    return str(stage.control_api("POST", path, {"event": "text-plain", "from": person})["id"])


def _arrange_admin(session: Session, stage: Stage) -> tuple[HostInstance, Arguments]:
    instance, arguments = _arrange_group(WORLD[0], session, stage)
    session.call("promote_participants", instance, **arguments)
    return instance, arguments


def _arrange_group(person: str, session: Session, stage: Stage) -> tuple[HostInstance, Arguments]:
    instance = stage.instance()
    _, group = make_group(session, stage, instance, WORLD[0])
    return instance, {"body": {"group_data": {"jid": group.get("id"), "participants": [person]}}}


# The operations that arrange a scene, beside those of a group.
CAUSES: Mapping[str, tuple[str, ...]] = {"demote_participants": ("promote_participants",)}
# Where the example alone would leave no trace.
SCENES: Mapping[str, Scene] = {
    "pairing_code": _arrange_no_link,
    "restart": _arrange_lost_link,
    "configure_webhook": partial(
        _setting, {"webhookUrl": "https://bot.example.test/hook", "webhookEnabled": True}
    ),
    "accept_webhook_events": partial(_setting, {"events": ["somethingNew"]}),
    "delete_message_from_me": _arrange_inbound,
    "read_message": _arrange_unread,
    "read_message_of_2022": _arrange_unread,
    "set_profile_picture_url": _arrange_own_picture,
    "upload_profile_picture": _arrange_own_upload,
    "enable_webhook": _arrange_webhook_off,
    "add_participants": partial(_arrange_group, WORLD[1]),
    "remove_participants": partial(_arrange_group, WORLD[0]),
    "demote_participants": _arrange_admin,
}


def _all_of(stage: Stage, instance: HostInstance) -> Any:
    return stage.control_api("GET", f"/_mock/state?instance={instance.key}")["state"]["instances"]


def _not_done(session: Session, answer: Exchange, holds: bool) -> None:
    promise = session.contract.promise(str(answer.operation), 401)
    claim(session, answer, holds, CLOSED, promise=promise)


def what_is_refused_for_its_token_is_not_done(
    operation: str, session: Session, stage: Stage
) -> None:
    instance, arguments = SCENES.get(operation, partial(_arrange, operation))(session, stage)
    before = _all_of(stage, instance)
    for token in (session.wrong_token(), ""):
        answer = session.call(operation, instance, token=token, **arguments)
        _not_done(session, answer, _all_of(stage, instance) == before)


def only_the_token_itself_opens(operation: str, session: Session, stage: Stage) -> None:
    instance, arguments = stage.instance(), GOOD_REQUESTS[operation].arguments(someone(session))
    for when, scheme, token in (
        ("the token alone", "", instance.token),
        ("the token as Basic", "Basic", instance.token),
        ("the token in letters of the other size", "Bearer", instance.token.swapcase()),
    ):
        answer = session.call(operation, instance, scheme=scheme, token=token, **arguments)
        claim_refusal(session, answer, 401, when)


def _one_law_per_token(rule: Callable[[str, Session, Stage], None], *, reads: bool) -> None:
    for operation, request in GOOD_REQUESTS.items():
        if request.effect == "reads" and not reads:
            continue
        causes = (
            ("create_group", *CAUSES.get(operation, ()))
            if request.names_group and not reads
            else ()
        )
        run = partial(rule, operation)
        update_wrapper(run, rule)
        effects = {request.effect, *(GOOD_REQUESTS[cause].effect for cause in causes)}
        # Whoever is let in by mistake must not change what nobody can put back.
        phone = (
            not reads or request.effect not in ("reads", "sends") or request.names_unknown_target
        )
        LAWS.law(operation, *causes, effects=effects, phone=phone, about=operation, worth=REFUSED)(
            run
        )


_one_law_per_token(only_the_token_itself_opens, reads=True)
_one_law_per_token(what_is_refused_for_its_token_is_not_done, reads=False)


@LAWS.law("configure_webhook", "webhook_settings", effects=("changes", "reads"))
def a_wrong_token_sets_no_webhook(session: Session, stage: Stage) -> None:
    instance, url = stage.instance(connected=None), f"{session.receiver.url}/wrong-token"
    session.gate.learn([url])
    before = _webhook(session, instance)
    body = {"messageData": {"webhookUrl": url, "webhookEnabled": True}}
    answer = session.call("configure_webhook", instance, token=session.wrong_token(), body=body)
    claim_refusal(session, answer, 401, "a wrong token")
    _not_done(session, answer, _webhook(session, instance) == before)


def _webhook(session: Session, instance: HostInstance) -> tuple[Any, Any]:
    """Address and switch; whatever else an answer holds may be another each time."""
    answer = session.call("webhook_settings", instance)
    settings = value_at(answer.json, "webhookData") or answer.json
    return value_at(settings, "webhookUrl"), value_at(settings, "webhookEnabled")
