"""Presence, and deleting for everyone or for oneself."""

from __future__ import annotations

from megaapi_mock.domain.jid import as_given

from ...host.host_instance import HostInstance
from ...host.stage import Stage
from ...judging.results import Exchange
from ..probe import Laws
from ..session import Session
from .assertions import claim, claim_success, inferred, not_logged_in, value_at
from .calls import is_now, make_group, message, sent_id, someone, text
from .listed_people import is_sent_to
from .requests import MESSAGE_ID

LAWS = Laws()

PRESENCES = ("composing", "recording", "paused", "available", "unavailable")


def _delete(session: Session, instance: HostInstance, answer: Exchange, to: str) -> Exchange:
    key = value_at(answer.json, "messageData", "key")
    session.run_record.forget_send(sent_id(answer))
    return message(session, instance, "delete_message", to=to, key=key)


def _deleted_for(stage: Stage, instance: HostInstance, id_: str) -> object:
    messages = stage.control_api("GET", f"/_mock/messages?instance={instance.key}&limit=5000")
    return next((item["deleted"] for item in messages["items"] if item["id"] == id_), "lost")


@LAWS.law("update_presence", effects=("sends",))
def every_presence_is_taken(session: Session, stage: Stage) -> None:
    instance, to = stage.instance(), someone(session)
    # On a real host each counts as a message.
    for option in PRESENCES if stage.phone else PRESENCES[:1]:
        answer = session.call("update_presence", instance, body={"to": to, "option": option})
        claim_success(session, answer, "a presence")
        if stage.phone:
            shown_presence = stage.control_api("GET", f"/_mock/instances/{instance.key}")[
                "presence"
            ]
            claim(
                session, answer, shown_presence.get(as_given(to)) == option, "the contact sees it"
            )


@LAWS.law("update_presence", "create_group", effects=("sends", "changes"))
def presence_is_shown_in_groups_too(session: Session, stage: Stage) -> None:
    instance = stage.instance()
    _, group = make_group(session, stage, instance, someone(session))
    body = {"to": str(group.get("id")), "option": "recording"}
    claim_success(
        session, session.call("update_presence", instance, body=body), "a presence in a group"
    )


@LAWS.law("update_presence", effects=("sends",))
def a_presence_nobody_knows_is_passed_over(session: Session, stage: Stage) -> None:
    instance, to = stage.instance(), someone(session)
    for body in ({"to": to, "option": "pause"}, {"to": to}):
        answer = session.call("update_presence", instance, body=body)
        claim_success(
            session,
            answer,
            "an unknown presence",
            promise=inferred(session, "update_presence"),
        )


@LAWS.law("delete_message", "send_text", effects=("sends",), worth=7)
def deleting_for_everyone_is_a_message_of_its_own(session: Session, stage: Stage) -> None:
    instance, to = stage.instance(), someone(session)
    sent_message = text(session, instance, to)
    answer = _delete(session, instance, sent_message, to)
    if not claim_success(session, answer, "deleting for everyone"):
        return
    data = value_at(answer.json, "messageData")
    right = is_sent_to(session, answer, to)
    claim(session, answer, right, "remoteJid is built from `to`")
    new = sent_id(answer) not in ("", sent_id(sent_message))
    claim(session, answer, new, "the answer has an id of its own")
    part = value_at(data, "message", "protocolMessage")
    claim(session, answer, value_at(part, "type") == "REVOKE", "the content is a REVOKE")
    claim(
        session,
        answer,
        value_at(part, "key", "id") == sent_id(sent_message),
        "it names what is deleted",
    )
    close = is_now(session, stage, answer, value_at(data, "messageTimestamp"))
    claim(session, answer, close, "messageTimestamp is the time in seconds")
    if stage.phone:
        is_gone = _deleted_for(stage, instance, sent_id(sent_message)) == "everyone"
        claim(session, answer, is_gone, "the message is gone for everyone")


@LAWS.law("delete_message", effects=("sends",))
def what_nobody_knows_can_be_deleted(session: Session, stage: Stage) -> None:
    instance, to = stage.instance(), someone(session)
    key = {"remoteJid": as_given(to), "fromMe": True, "id": MESSAGE_ID}
    answer = message(session, instance, "delete_message", to=to, key=key)
    claim_success(session, answer, "deleting an unknown message")
    deleted_id = value_at(answer.json, "messageData", "message", "protocolMessage", "key", "id")
    claim(session, answer, deleted_id == MESSAGE_ID, "it names what is deleted")


@LAWS.law("delete_message_from_me", "send_text", effects=("changes", "sends"), worth=7)
def deleting_for_oneself_sends_nothing(session: Session, stage: Stage) -> None:
    instance, to = stage.instance(), someone(session)
    sent_message = text(session, instance, to)
    data = {
        "id": sent_id(sent_message),
        "timestamp": value_at(sent_message.json, "messageData", "messageTimestamp"),
    }
    answer = session.call("delete_message_from_me", instance, body={"to": to, "messageData": data})
    # The answer was never seen; that the call is there, and in which forms, the documents say.
    promise = session.contract.promise("delete_message_from_me")
    claim_success(session, answer, "deleting for oneself", promise=promise)
    claim(session, answer, value_at(answer.json, "messageData") is None, "no message comes of it")
    if stage.phone:
        is_gone = _deleted_for(stage, instance, sent_id(sent_message)) == "me"
        claim(session, answer, is_gone, "the message is gone for the instance alone")


@LAWS.law("delete_message_from_me", "send_text", effects=("changes", "sends"), worth=2)
def deleting_for_oneself_has_a_second_form(session: Session, stage: Stage) -> None:
    instance, to = stage.instance(), someone(session)
    sent_message = text(session, instance, to)
    key = value_at(sent_message.json, "messageData", "key")
    stamp = value_at(sent_message.json, "messageData", "messageTimestamp")
    data = {"to": to, "key": key, "messageTimestamp": stamp}
    answer = session.call("delete_message_from_me", instance, body={"messageData": data})
    promise = session.contract.promise("delete_message_from_me")
    claim_success(session, answer, "deleting for oneself, all wrapped", promise=promise)
    if stage.phone:
        is_gone = _deleted_for(stage, instance, sent_id(sent_message)) == "me"
        claim(session, answer, is_gone, "the message is gone for the instance alone")


@LAWS.law("delete_message_from_me", "send_text", effects=("changes", "sends"), phone=True)
def what_is_deleted_for_oneself_stays_with_the_others(session: Session, stage: Stage) -> None:
    """Two instances: whoever has got the message keeps it, whichever form was used."""
    instance, other = stage.instance(), stage.instance()
    first, second = (text(session, instance, other.number, words) for words in ("Um", "Dois"))
    stamp = value_at(second.json, "messageData", "messageTimestamp")
    key = value_at(second.json, "messageData", "key")
    for answer, body in (
        (first, {"to": other.number, "messageData": {"id": sent_id(first), "timestamp": stamp}}),
        (second,
         {"messageData": {"to": other.number, "key": key, "messageTimestamp": stamp}}),
    ):  # fmt: skip
        deletion = session.call("delete_message_from_me", instance, body=body)
        stays = _deleted_for(stage, other, sent_id(answer)) in (None, "lost")
        claim(session, deletion, stays, "who has got the message keeps it",
              promise=session.contract.promise("delete_message_from_me"))  # fmt: skip


@LAWS.law("delete_message", "send_text", "logout", effects=("sends", "disconnects"), phone=True)
def nothing_is_deleted_without_a_phone(session: Session, stage: Stage) -> None:
    instance, to = stage.instance(), someone(session)
    answer = text(session, instance, to)
    session.call("logout", instance)
    not_logged_in(session, _delete(session, instance, answer, to), "deleting without a phone")
    claim(
        session,
        answer,
        _deleted_for(stage, instance, sent_id(answer)) is None,
        "the message is there",
    )
