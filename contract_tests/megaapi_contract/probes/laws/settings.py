"""What a customer sets, and what is shown of it afterwards."""

from __future__ import annotations

from ...host.host_instance import HostInstance
from ...host.stage import Stage
from ...judging.results import Exchange
from ..probe import Laws
from ..session import Session
from .assertions import claim, claim_refusal, claim_success, inferred, value_at
from .calls import set_webhook

LAWS = Laws()

NEW_TOKEN = "NEWTESTTOKEN0001"


def _events(session: Session, instance: HostInstance, operation: str, *names: str) -> Exchange:
    return session.call(operation, instance, body={"messageData": {"events": list(names)}})


def _config_names(
    session: Session, instance: HostInstance, name: str
) -> tuple[Exchange, list[str]]:
    answer = session.call("config_details", instance)
    claim_success(session, answer, "the configuration")
    names_listed = value_at(answer.json, "configData", name)
    names = names_listed if isinstance(names_listed, list) else []
    return answer, [name for name in names if isinstance(name, str)]


@LAWS.law("configure_webhook", "webhook_settings", effects=("changes", "reads"))
def a_webhook_reads_back_as_it_was_set(session: Session, stage: Stage) -> None:
    instance, url = stage.instance(connected=None), f"{session.receiver.url}/reads-back"
    requested_url = f"{url}?loja=1&modo=teste"
    addresses = [(url, True), (requested_url, True), (url, False), ("", False)]
    if stage.phone:
        # Nobody checks an address: what is not an address is kept as it was written too.
        addresses[:0] = [(f"{url}/a\u00e7\u00e3o b?q=ol\u00e1", False), ("loja", False)]
    for address, enabled in addresses:
        change = set_webhook(session, instance, address, enabled=enabled)
        claim_success(session, change, "setting a webhook")
        shown_url = value_at(change.json, "webhookUrl")
        if session.takes_alternative(change, "webhook_saved"):
            shown_url = value_at(change.json, "dataMessage", "url")
        is_answered = shown_url == address
        claim(session, change, is_answered, "the answer names the address")
        answer = session.call("webhook_settings", instance)
        claim_success(session, answer, "the webhook settings")
        settings = value_at(answer.json, "webhookData") or answer.json
        claim(
            session, answer, value_at(settings, "webhookUrl") == address, "the address reads back"
        )
        claim(
            session, answer, value_at(settings, "webhookEnabled") is enabled, "on or off reads back"
        )


@LAWS.law("webhook_settings", "configure_webhook", "block_events", "config_details",
          effects=("reads", "changes"), phone=True)  # fmt: skip
def settings_belong_to_one_instance(session: Session, stage: Stage) -> None:
    first, second = stage.instance(), stage.instance()
    set_webhook(session, first, session.receiver.url)
    _events(session, first, "block_events", "presence")
    answer = session.call("webhook_settings", second)
    settings = value_at(answer.json, "webhookData") or answer.json
    fresh = value_at(settings, "webhookUrl") == "" and value_at(settings, "webhookEnabled") is False
    claim(session, answer, fresh, "a new instance has no webhook")
    answer, blocked = _config_names(session, second, "blockEvents")
    claim(session, answer, blocked == [], "a new instance blocks nothing")


@LAWS.law("block_events", "accept_webhook_events", "config_details", effects=("changes", "reads"))
def blocked_events_are_shown_until_accepted(session: Session, stage: Stage) -> None:
    instance = stage.instance(connected=None)
    claim_success(
        session, _events(session, instance, "block_events", "presence", "calls"), "blocking"
    )
    answer, blocked = _config_names(session, instance, "blockEvents")
    claim(session, answer, {"presence", "calls"} <= set(blocked), "blocked events are shown")
    answer, accepted_names = _config_names(session, instance, "webhookEvents")
    is_gone = not {"presence", "calls"} & set(accepted_names)
    claim(session, answer, is_gone, "blocked events are not among the accepted")
    claim_success(
        session, _events(session, instance, "accept_webhook_events", "presence"), "accepting"
    )
    answer, blocked = _config_names(session, instance, "blockEvents")
    claim(session, answer, "presence" not in blocked, "accepted events are no longer blocked")
    claim(session, answer, "calls" in blocked, "the others stay blocked")
    answer, accepted_names = _config_names(session, instance, "webhookEvents")
    claim(session, answer, "presence" in accepted_names, "accepted events are shown")
    is_single = len(accepted_names) == len(set(accepted_names))
    claim(session, answer, is_single, "no event is listed twice")


@LAWS.law("accept_status_events", "block_events", "config_details",
          effects=("changes", "reads"), phone=True)  # fmt: skip
def accepted_statuses_are_shown(session: Session, stage: Stage) -> None:
    instance = stage.instance()
    _events(session, instance, "block_events", "messagesStatus")
    claim_success(
        session,
        _events(session, instance, "accept_status_events", "delivered", "read"),
        "accepting",
    )
    answer, names_shown = _config_names(session, instance, "statusEvents")
    claim(session, answer, names_shown == ["delivered", "read"], "accepted statuses are shown")
    answer, blocked = _config_names(session, instance, "blockEvents")
    claim(session, answer, "messagesStatus" not in blocked, "acknowledgements are back")


@LAWS.law("block_events", "accept_webhook_events", "accept_status_events", "config_details",
          effects=("changes", "reads"), phone=True)  # fmt: skip
def names_nobody_knows_are_kept(session: Session, stage: Stage) -> None:
    instance = stage.instance()
    for operation, name in (
        ("block_events", "blockEvents"), ("accept_webhook_events", "webhookEvents"),
        ("accept_status_events", "statusEvents"),
    ):  # fmt: skip
        claim_success(
            session, _events(session, instance, operation, "somethingNew"), "an unknown name"
        )
        answer, names_shown = _config_names(session, instance, name)
        claim(session, answer, "somethingNew" in names_shown, "an unknown name is kept")


@LAWS.law("change_token", "instance_status", effects=("changes", "reads"), phone=True)
def only_the_new_token_gets_in(session: Session, stage: Stage) -> None:
    instance, other = stage.instance(), stage.instance()
    data = {"messageData": {"token": NEW_TOKEN}}
    claim_success(session, session.call("change_token", instance, body=data), "a new token")
    answer = session.call("instance_status", instance)
    claim_refusal(session, answer, 401, "the old token", promise=inferred(session, "change_token"))
    answer = session.call("instance_status", instance, token=NEW_TOKEN)
    claim_success(session, answer, "the new token", promise=inferred(session, "change_token"))
    claim_success(session, session.call("instance_status", other), "another instance's token")


@LAWS.law("change_token", "instance_status", effects=("changes", "reads"))
def the_same_token_may_be_set_again(session: Session, stage: Stage) -> None:
    instance = stage.instance(connected=None)
    data = {"messageData": {"token": instance.token}}
    claim_success(session, session.call("change_token", instance, body=data), "the same token")
    claim_success(session, session.call("instance_status", instance), "the token afterwards")
