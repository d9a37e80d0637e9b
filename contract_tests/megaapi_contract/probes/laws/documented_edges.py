"""Values and cases that the documents name and that people seldom send."""

from __future__ import annotations

from typing import Any

from megaapi_mock.domain.jid import as_given

from ...host.host_instance import HostInstance
from ...host.stage import WORLD, Stage
from ...host.upload import UPLOAD_TYPE, upload
from ...judging.results import Promise
from ..probe import Laws
from ..session import Session
from .assertions import claim, claim_success, inferred, value_at
from .calls import can_write, make_group, message, someone, text
from .requests import GOOD_REQUESTS, MESSAGE_ID
from .sent_message import hold_sent
from .webhooks import ACKS, PHASE, is_ack, listening

LAWS = Laws()

# The vendor has recorded the first pair: whole numbers that are not a place on any map.
OFF_THE_MAP = ((157000000, 482000000), (90.5, -180.5), ("-91", "181.25"))
FILE_NAMES = ("or\u00e7amento.pdf", "P\u00e3o & a\u00e7\u00e3o \u2014 1.pdf", "\u65e5.pdf")
# What a receipt does not have, the contract says.
NOT_IN_RECEIPTS = ("message", "pushName", "messageTimestamp")
# Each truth value and the text that stands for it.
FORMS = ((True, "true"), (False, "false"))


@LAWS.law("send_location", effects=("sends",), phone=True)
def a_place_off_the_map_is_a_place(session: Session, stage: Stage) -> None:
    instance, to = stage.instance(), someone(session)
    for latitude, longitude in OFF_THE_MAP:
        answer = message(session, instance, "send_location", to=to, latitude=latitude,
                         longitude=longitude, caption="Loja")  # fmt: skip
        degrees = {"degreesLatitude": float(latitude), "degreesLongitude": float(longitude)}
        hold_sent(session, stage, answer, to, locationMessage=degrees)


@LAWS.law("forward_message", effects=("sends",), worth=1)
def an_own_message_is_passed_on_unmarked(session: Session, stage: Stage) -> None:
    instance, to = stage.instance(), someone(session)
    own = {"remoteJid": as_given(to), "fromMe": True, "id": MESSAGE_ID}
    # What the library does, and no source says of this gateway.
    promise = Promise("baileys", session.contract.by_id["forward_message"].spec_file)
    for kind, part in (
        ("extendedTextMessage", {"text": "Oi"}),
        ("locationMessage", {"degreesLatitude": -23.5, "degreesLongitude": -46.5}),
    ):
        answer = message(session, instance, "forward_message", to=to, key=own, message={kind: part})
        content = hold_sent(session, stage, answer, to)
        context = value_at(content, kind, "contextInfo")
        is_marked = value_at(context, "isForwarded") is True
        is_counted = value_at(context, "forwardingScore") not in (None, 0)
        claim(session, answer, not (is_marked or is_counted), "an own message is not marked",
              promise=promise)  # fmt: skip


@LAWS.law("upload_document", effects=("sends",))
def the_name_of_an_uploaded_file_keeps_every_letter(session: Session, stage: Stage) -> None:
    instance, to = stage.instance(), someone(session)
    for name in FILE_NAMES:
        form = upload(b"%PDF-1.4\n%%EOF\n", name, "application/pdf")
        session.gate.learn_file(form)
        answer = session.call("upload_document", instance, query={"to": to}, raw=form,
                              content_type=UPLOAD_TYPE)  # fmt: skip
        content = hold_sent(session, stage, answer, to)
        shown_name = value_at(content, "documentMessage", "fileName")
        # Whether the answer shows it is a guess; whose name it is, the vendor says.
        claim(session, answer, shown_name is not None, "the name is shown")
        claim(session, answer, shown_name in (None, name), "the name is what was sent",
              promise=session.contract.promise("upload_document"))  # fmt: skip


# -- groups ----------------------------------------------------------------------------------


@LAWS.law("admin_groups", "admin_groups_with_participants", "create_group",
          effects=("changes", "reads"), phone=True)  # fmt: skip
def only_groups_that_are_administered_are_listed(session: Session, stage: Stage) -> None:
    instance = stage.instance()
    own, demoted = (
        str(make_group(session, stage, instance, WORLD[0], name=name)[1].get("id"))
        for name in ("Equipe A", "Equipe B")
    )
    path = f"/_mock/instances/{instance.key}/inbound"
    about = {"event": "group-participants", "group": demoted}
    for author, option, to in (
        (instance.number, "promote", WORLD[0]), (WORLD[0], "demote", instance.number),
    ):  # fmt: skip
        stage.control_api("POST", path, {**about, "from": author, "option": option, "to": to})
    for operation in ("admin_groups", "admin_groups_with_participants"):
        answer = session.call(operation, instance)
        groups = value_at(answer.json, "groups")
        ids = [value_at(one, "id") for one in groups] if isinstance(groups, list) else []
        claim(session, answer, own in ids, "a group of one's own is listed")
        # How the list looks is a guess; which groups it is about, the vendor says.
        claim(session, answer, demoted not in ids, "where one is an ordinary member is not listed",
              promise=session.contract.promise(operation))  # fmt: skip


# -- blocking --------------------------------------------------------------------------------


@LAWS.law("block_chat", effects=("changes",), phone=True)
def a_truth_value_may_be_a_text(session: Session, stage: Stage) -> None:
    """What blocking does is a guess; that both forms do the same, the vendor's own client needs."""
    instance, person = stage.instance(), WORLD[0]
    for value, words in FORMS:
        is_heard: list[bool] = []
        for option in (value, words):
            # Each form after the opposite, so that it has something to change.
            session.call("block_chat", instance, body={"to": person, "option": not value})
            answer = session.call("block_chat", instance, body={"to": person, "option": option})
            claim_success(session, answer, "a block")
            is_heard.append(can_write(stage, instance, person))
        claim(session, answer, is_heard[0] is is_heard[1], "the text does what its value does",
              promise=session.contract.promise("block_chat"))  # fmt: skip


# -- what is not shown -----------------------------------------------------------------------


@LAWS.law("send_text", effects=("sends", "changes"), phase=PHASE, phone=True,
          events=tuple(ACKS.values())[:3])  # fmt: skip
def a_receipt_has_nothing_of_the_message(session: Session, stage: Stage) -> None:
    instance, hook = listening(session, stage)
    text(session, instance, WORLD[0])
    for one in hook.receive():
        event = ACKS.get(value_at(one.json, "update", "status"))
        if is_ack(one) and event is not None:
            for name in NOT_IN_RECEIPTS:
                hook.claim(event, value_at(one.json, name) is None, f"a receipt has no {name}", one)


_SHOWING = tuple(
    name for name, request in GOOD_REQUESTS.items()
    if request.effect == "reads" and not request.names_unknown_target and name != "download_media"
)  # fmt: skip


@LAWS.law(*_SHOWING, effects=("reads",), phone=True)
def no_answer_shows_the_token(session: Session, stage: Stage) -> None:
    instance = stage.instance()
    for operation in _SHOWING:
        arguments = GOOD_REQUESTS[operation].arguments(WORLD[0])
        _hold_hidden(session, operation, instance, **arguments)


def _hold_hidden(
    session: Session, operation: str, instance: HostInstance, **arguments: Any
) -> None:
    answer = session.call(operation, instance, **arguments)
    # The vendor makes a key of the token and its plan's name.
    is_shown = instance.token.encode() in answer.body.replace(instance.key.encode(), b"")
    claim(session, answer, not is_shown, "the token is not shown",
          promise=inferred(session, operation))  # fmt: skip


@LAWS.law("config_details", effects=("reads",))
def a_configuration_hides_the_token(session: Session, stage: Stage) -> None:
    _hold_hidden(session, "config_details", stage.instance())


@LAWS.law("instance_status", effects=("reads",))
def a_status_hides_the_token(session: Session, stage: Stage) -> None:
    _hold_hidden(session, "instance_status", stage.instance())
