"""Who gets in, and in which order the gateway looks: route, key, token, body, phone, fields."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial, update_wrapper
from typing import Any

from ...errors import NotTried, Unusable
from ...host.host_instance import HostInstance
from ...host.http import request
from ...host.stage import NO_WHATSAPP, Stage
from ...judging.results import Exchange, Promise
from ...safety.fence import UNKNOWN_KEY, UNKNOWN_ROUTE
from ..probe import Laws
from ..session import Session
from .assertions import (
    UNKNOWN_INSTANCE,
    claim,
    claim_refusal,
    claim_success,
    in_order,
    inferred,
    no_account,
    not_logged_in,
)
from .calls import someone
from .requests import BROKEN_JSON, GOOD_REQUESTS, ODD_BODIES, OPEN_BRACE, GoodRequest

LAWS = Laws()
Rule = Callable[[str, GoodRequest, Session, Stage], None]

TOO_LARGE = 32 * 2**20 + 1
MEDIA_MOST = 16 * 2**20
MEDIA_TOO_LARGE = MEDIA_MOST + 1
# What a switch decides, where the contract documents each way.
UNKNOWN, HANDLED = ("unknown_instance",), ("swallowed_sends", "media_gone")
CONTROLLERS = ("webhook", "sendMessage", "chat", "group", "config")
# Operations that need a phone to be there, and those that need one to be missing.
LINKING = ("qr_code_page", "qr_code_image", "qr_code_base64", "pairing_code")
# Without its fields these need an instance to link, or the fence takes them for something else.
_LEFT_TO_MOCKS = (*LINKING, "change_token", "accept_status_events")
METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE")
# What is refused costs none of the messages of a run: it is asked first.
REFUSED = 10


def _one_law_per_operation(
    phone: Callable[[GoodRequest], bool] = lambda good_request: True,
    about: Callable[[str, GoodRequest], bool] = lambda operation, good_request: True,
) -> Callable[[Rule], Rule]:
    """The rule as a law of every operation it is about."""

    def keep(rule: Rule) -> Rule:
        for operation, good_request in GOOD_REQUESTS.items():
            if about(operation, good_request):
                run = partial(rule, operation, good_request)
                update_wrapper(run, rule)
                LAWS.law(
                    operation, effects=(good_request.effect,), phone=phone(good_request),
                    about=operation,
                    worth=REFUSED,
                )(run)  # fmt: skip
        return rule

    return keep


@_one_law_per_operation(phone=lambda good_request: good_request.is_for_mocks_only)
def only_the_right_key_and_token_get_in(
    operation: str, good_request: GoodRequest, session: Session, stage: Stage
) -> None:
    instance, arguments = stage.instance(connected=None), good_request.arguments(someone(session))
    for when, token in (("a wrong token", session.wrong_token()), ("no token", "")):
        claim_refusal(
            session, session.call(operation, instance, token=token, **arguments), 401, when
        )
    for other_token in _tokens_of_others(session, stage, instance):
        answer = session.call(operation, instance, token=other_token, **arguments)
        claim_refusal(session, answer, 401, "another instance's token")
    # A host that takes any key would carry out with the right token what is asked of a given one.
    is_harmless = stage.phone or good_request.effect == "reads"
    nowhere = HostInstance(UNKNOWN_KEY, instance.token if is_harmless else session.wrong_token())
    answer = session.call(operation, nowhere, **arguments)
    claim_refusal(session, answer, 404, "an unknown instance", message=UNKNOWN_INSTANCE,
            switches=UNKNOWN)  # fmt: skip


def _tokens_of_others(session: Session, stage: Stage, instance: HostInstance) -> list[str]:
    """Tokens that open another instance of this host; none where the run knows no other."""
    if stage.phone:
        return [stage.instance().token]
    fence = session.gate.fence
    return sorted(fence.foreign_tokens - {instance.token}) if fence is not None else []


@_one_law_per_operation(phone=lambda good_request: good_request.effect == "disconnects")
def checks_come_in_the_documented_order(
    operation: str, good_request: GoodRequest, session: Session, stage: Stage
) -> None:
    instance = stage.instance(connected=False if stage.phone else None)
    wrong = session.wrong_token()

    def broken_call(target: HostInstance, token: str | None = None) -> Exchange:
        return session.call(operation, target, token=token, **good_request.unreadable_arguments)

    if stage.phone or good_request.effect == "reads":
        answer = broken_call(HostInstance(UNKNOWN_KEY, instance.token), wrong)
        claim_refusal(session, answer, 404, "an unknown key before all", message=UNKNOWN_INSTANCE,
                switches=UNKNOWN)  # fmt: skip

    def before(status: int) -> Promise:
        return in_order(session, operation, status)

    answer = broken_call(instance, wrong)
    claim_refusal(session, answer, 401, "a wrong token before an unreadable body",
                  promise=before(401))  # fmt: skip
    answer = broken_call(instance)
    claim_refusal(session, answer, 400, "an unreadable body before the missing phone",
                  promise=before(400))  # fmt: skip
    if good_request.is_body_optional or instance.connected:
        return
    incomplete = session.call(operation, instance, **good_request.incomplete_arguments(NO_WHATSAPP))
    if good_request.needs_phone:
        not_logged_in(
            session, incomplete, "the missing phone before unusable fields", promise=before(403)
        )
    else:
        claim_refusal(
            session, incomplete, 500, "unusable fields without a phone", promise=before(500),
            switches=HANDLED,
        )  # fmt: skip


@_one_law_per_operation(about=lambda operation, good_request: good_request.needs_phone)
def nothing_goes_without_a_phone(
    operation: str, good_request: GoodRequest, session: Session, stage: Stage
) -> None:
    instance = stage.instance(connected=False)
    answer = session.call(operation, instance, **good_request.arguments(someone(session)))
    not_logged_in(session, answer, "without a phone")


@_one_law_per_operation(about=lambda operation, good_request: not good_request.needs_phone)
def no_phone_is_needed(
    operation: str, good_request: GoodRequest, session: Session, stage: Stage
) -> None:
    instance = stage.instance(connected=False)
    answer = session.call(operation, instance, **good_request.arguments(someone(session)))
    if not session.takes_alternative(answer, "logout_disconnected", "media_gone"):
        claim(session, answer, answer.ok, "answered without a phone")


@_one_law_per_operation(
    phone=lambda good_request: (
        good_request.names_group or good_request.operation.id in _LEFT_TO_MOCKS
    ),
    about=lambda operation, good_request: not good_request.is_body_optional,
)
def what_lacks_its_fields_is_a_bare_500(
    operation: str, good_request: GoodRequest, session: Session, stage: Stage
) -> None:
    instance = stage.instance(connected=operation not in LINKING)
    answer = session.call(
        operation, instance, **good_request.incomplete_arguments(someone(session))
    )
    claim_refusal(session, answer, 500, "without its wrapper or its fields", switches=HANDLED)


@_one_law_per_operation(about=lambda operation, good_request: good_request.refuses_strangers)
def numbers_without_whatsapp_are_refused(
    operation: str, good_request: GoodRequest, session: Session, stage: Stage
) -> None:
    instance = stage.instance()
    answer = session.call(operation, instance, **good_request.arguments(NO_WHATSAPP))
    no_account(session, answer, "a number without WhatsApp")
    unusable = session.call(operation, instance, **good_request.incomplete_arguments(NO_WHATSAPP))
    claim_refusal(session, unusable, 500, "unusable fields before the number", switches=HANDLED,
            promise=in_order(session, operation, 500))  # fmt: skip


@_one_law_per_operation()
def other_methods_are_unknown_routes(
    operation: str, good_request: GoodRequest, session: Session, stage: Stage
) -> None:
    instance = stage.instance(connected=False)
    path = session.contract.by_id[operation].path.replace("{instance_key}", instance.key)
    headers = (("Authorization", f"Bearer {instance.token}"), ("Content-Type", "application/json"))
    for method in METHODS:
        if session.contract.route(method, path) is None:
            answer = session.exchange(request(method, path, body={}, headers=headers))
            claim_refusal(session, answer, 404, "another method", operation=operation)


@LAWS.law("instance_status", phone=True)
def the_letters_of_a_key_count(session: Session, stage: Stage) -> None:
    instance = stage.instance()
    other = HostInstance(instance.key.swapcase(), instance.token)
    answer = session.call("instance_status", other)
    claim_refusal(session, answer, 404, "a key in letters of the other size",
            message=UNKNOWN_INSTANCE, promise=in_order(session, "instance_status", 404),
            switches=UNKNOWN)  # fmt: skip


@LAWS.law("instance_status", phone=True)
def pages_of_any_origin_may_call(session: Session, stage: Stage) -> None:
    """The ancestor opens CORS to all origins; browsers ask before they send a token."""
    promise, origin = inferred(session, "instance_status"), ("Origin", "https://page.example.test")
    instance = stage.instance()
    asked = (("Access-Control-Request-Method", "GET"),
             ("Access-Control-Request-Headers", "authorization"))  # fmt: skip
    path = f"/rest/instance/{instance.key}"
    answer = session.exchange(request("OPTIONS", path, headers=(origin, *asked)))
    for holds, sentence in (
        (answer.ok, "OPTIONS without a token: 2xx"),
        (_is_open(answer), "OPTIONS: any origin may call"),
        (_names(answer, "methods", "GET"), "OPTIONS: the method that was asked for"),
        (_names(answer, "headers", "authorization"), "OPTIONS: the header that was asked for"),
    ):
        session.hold(holds, sentence, promise=promise, exchange=answer, operation="instance_status")
    answer = session.call("instance_status", instance, headers=(origin,))
    claim(session, answer, _is_open(answer), "any origin may read the answer", promise=promise)


def _is_open(answer: Exchange) -> bool:
    """Whether a page of the origin that asked, or of any, may have it."""
    return answer.header("Access-Control-Allow-Origin") in ("*", "https://page.example.test")


def _names(answer: Exchange, what: str, name: str) -> bool:
    """Whether a preflight's answer allows this one of the methods or headers."""
    allowed = answer.header(f"Access-Control-Allow-{what}").replace(" ", "").lower().split(",")
    return name.lower() in allowed or "*" in allowed


@LAWS.law("instance_status")
def unknown_routes_are_404_in_the_usual_form(session: Session, stage: Stage) -> None:
    paths, headers = [UNKNOWN_ROUTE], [("Accept", "*/*")]
    if stage.phone:
        instance = stage.instance()
        paths.append(f"/rest/instance/{instance.key}/connectionState")
        # No controller takes what it does not know, whatever its other paths are.
        paths += [f"/rest/{name}/{instance.key}/unknownRoute" for name in CONTROLLERS]
        headers.append(("Authorization", f"Bearer {instance.token}"))
    for path in paths:
        answer = session.exchange(request("GET", path, headers=headers))
        # Logged as it stands, in the letters of the request; where the controller is a guess, a
        # host without it may have another page for all below.
        wording = "" if "/config/" in path else f'Resource "{path}" not found'
        claim_refusal(session, answer, 404, "an unknown route", operation="instance_status",
                message=wording)  # fmt: skip


@LAWS.law("send_text", "instance_status", effects=("sends", "reads"), worth=REFUSED)
def odd_bodies_that_are_no_json_are_400(session: Session, stage: Stage) -> None:
    instance = stage.instance()
    for raw in ODD_BODIES:
        answer = session.call("send_text", instance, raw=raw)
        claim_refusal(session, answer, 400, "a body that is not JSON")
    answer = session.call("instance_status", instance, raw=OPEN_BRACE)
    claim_refusal(session, answer, 400, "a body that is not JSON, on a GET")


@LAWS.law("send_text", "configure_webhook", effects=("sends", "changes"))
def bodies_above_the_limit_are_413(session: Session, stage: Stage) -> None:
    instance, raw = stage.instance(connected=False if stage.phone else None), bytes(TOO_LARGE)
    # That there is a limit was seen; where it is, a switch decides.
    for operation in ("send_text", "configure_webhook"):
        answer = _send_much(session, stage, operation, instance, raw=raw)
        claim_refusal(session, answer, 413, "a body above 32 MiB",
                promise=in_order(session, operation, 413))  # fmt: skip
        if not stage.phone:
            return
    wrong = session.call("send_text", instance, raw=raw, token=session.wrong_token())
    if wrong.status != 413:
        claim_refusal(session, wrong, 401, "the token before the size",
                promise=in_order(session, "send_text", 401))  # fmt: skip


def _send_much(
    session: Session, stage: Stage, operation: str, instance: HostInstance, **arguments: Any
) -> Exchange:
    """The answer to a request that a proxy may cut, or a slow line never get through."""
    try:
        return session.call(operation, instance, **arguments)
    except Unusable as end:
        if stage.phone:
            raise
        raise NotTried(f"a body of that size got no answer: {end}") from None


@LAWS.law("send_media_base64", effects=("sends",), worth=-9)
def media_above_the_limit_is_413(session: Session, stage: Stage) -> None:
    instance, base64_text = stage.instance(), "AAAA" * (MEDIA_TOO_LARGE // 3 + 1)
    data = {"to": someone(session), "type": "document", "base64": base64_text}
    session.gate.learn([base64_text])
    answer = _send_much(session, stage, "send_media_base64", instance, body={"messageData": data})
    claim_refusal(
        session,
        answer,
        413,
        "media above 16 MiB",
        promise=inferred(session, "send_media_base64"),
    )


@LAWS.law("send_media_base64", effects=("sends",), phone=True)
def media_up_to_the_limit_is_taken(session: Session, stage: Stage) -> None:
    data = {
        "to": someone(session),
        "type": "document",
        "base64": "AAAA" * (MEDIA_MOST // 3) + "AA==",
    }
    answer = session.call("send_media_base64", stage.instance(), body={"messageData": data})
    claim_success(
        session,
        answer,
        "media of just 16 MiB",
        promise=inferred(session, "send_media_base64"),
    )


@LAWS.law("send_text", effects=("sends",), worth=REFUSED)
def bodies_declared_as_something_else_are_not_read(session: Session, stage: Stage) -> None:
    instance, arguments = stage.instance(), GOOD_REQUESTS["send_text"].arguments(someone(session))
    answer = session.call("send_text", instance, content_type="text/plain", **arguments)
    claim_refusal(session, answer, 500, "a text/plain body", promise=inferred(session, "send_text"))


def unreadable_bodies() -> frozenset[bytes]:
    """The bodies that laws send to see how they are refused: no gateway finds a message in one."""
    return frozenset({BROKEN_JSON, OPEN_BRACE, *ODD_BODIES, bytes(TOO_LARGE)})
