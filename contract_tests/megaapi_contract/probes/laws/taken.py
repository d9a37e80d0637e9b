"""What is documented is taken, and what nobody knows beside it is passed over."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial, update_wrapper

from ...host.host_instance import HostInstance
from ...host.stage import Stage
from ...judging.results import Promise, weakest
from ..probe import Laws
from ..routes import is_guessed_path
from ..session import Session
from .access import LINKING
from .assertions import claim
from .calls import make_group, someone
from .requests import DELETIONS, GOOD_REQUESTS, Arguments, GoodRequest

LAWS = Laws()
# They need an instance to link, or name a time that a fence takes for a number.
_OWN_NEEDS = (*LINKING, *DELETIONS)
Rule = Callable[[str, GoodRequest, Session, Stage], None]

# What programs that work send besides: the n8n node's parameter, a bridge's fields.
STRAY_QUERY = {"Content-Type": "text/plain"}
STRAY_FIELDS = {"isGroup": False, "preview_url": True}
# A file of another host, and the picture of somebody else: not there for everybody who asks.
_OF_OTHERS = ("download_media", "set_profile_picture_url", "upload_profile_picture")


def every_documented_form_is_taken(
    operation: str, request: GoodRequest, session: Session, stage: Stage
) -> None:
    """The documents show the request, also where nobody has seen what it is answered with."""
    to = someone(session)
    instance, group = _instance_and_group(operation, request, session, stage)
    for arguments, provenance in request.documented_forms(to, group):
        if operation == "update_presence" and "option" not in arguments["body"]:
            # As one client writes it: a switch says whether that is refused.
            continue
        answer = session.call(operation, instance, **arguments)
        promise = session.contract.promise(operation)
        if is_guessed_path(session.contract, operation):
            promise = Promise("inferred", promise.file)
        if provenance:
            promise = weakest(promise, Promise(str(provenance["grade"]), promise.file))
        claim(session, answer, answer.ok, "a request as it is documented is taken",
              promise=promise)  # fmt: skip


def what_nobody_knows_is_passed_over(
    operation: str, request: GoodRequest, session: Session, stage: Stage
) -> None:
    """Whatever the answer is, it is not another one for what stands beside the request."""
    promise_seen = Promise("observed", session.contract.by_id[operation].spec_file)
    promise = weakest(session.contract.promise(operation), promise_seen)
    usual = None
    for more in (None, *_strays(request)):
        instance, group = _instance_and_group(operation, request, session, stage)
        arguments = request.arguments_for_group(someone(session), group)
        answer = session.call(operation, instance, **(more(arguments) if more else arguments))
        same = usual in (None, answer.status)
        claim(session, answer, same, "what nobody knows is passed over", promise=promise)
        usual = usual or answer.status


def _strays(request: GoodRequest) -> tuple[Callable[[Arguments], Arguments], ...]:
    """What programs that work send besides, each as a change of a good request."""
    return (_with_parameter, _with_fields if request.body is not None else _with_empty_body)


def _with_parameter(arguments: Arguments) -> Arguments:
    return {**arguments, "query": {**arguments.get("query", {}), **STRAY_QUERY}}


def _with_fields(arguments: Arguments) -> Arguments:
    body = {**arguments["body"], **STRAY_FIELDS}
    wrapped = {
        name: {**body[name], **STRAY_FIELDS}
        for name in ("messageData", "group_data")
        if isinstance(body.get(name), dict)
    }
    return {**arguments, "body": {**body, **wrapped}}


def _with_empty_body(arguments: Arguments) -> Arguments:
    """As a helper for all calls sends it, on a GET and on a DELETE too."""
    return {**arguments, "body": {}}


def _instance_and_group(
    operation: str, request: GoodRequest, session: Session, stage: Stage
) -> tuple[HostInstance, str]:
    """An instance that can do it, and the JID of a group of its own; empty where none is named."""
    instance = stage.instance(connected=operation not in LINKING)
    if not request.has_group_form:
        return instance, ""
    return instance, str(make_group(session, stage, instance, someone(session))[1].get("id"))


def _one_law_per_operation(rule: Rule, is_about: Callable[[GoodRequest], bool]) -> None:
    for operation, request in GOOD_REQUESTS.items():
        if is_about(request):
            run = partial(rule, operation, request)
            update_wrapper(run, rule)
            setup_calls = (
                ("create_group",) if request.has_group_form and operation != "create_group" else ()
            )
            effects = {request.effect, *(("changes",) if setup_calls else ())}
            # Nobody takes back what these change; a group or file of the example is not there.
            phone = (
                request.names_unknown_target
                or request.effect not in ("reads", "sends")
                or operation in _OWN_NEEDS
            )
            LAWS.law(
                operation, *setup_calls, effects=effects, phone=phone, about=operation, worth=-2
            )(run)  # fmt: skip


_one_law_per_operation(
    every_documented_form_is_taken, lambda request: request.operation.id not in _OF_OTHERS
)
_one_law_per_operation(what_nobody_knows_is_passed_over, lambda request: True)
