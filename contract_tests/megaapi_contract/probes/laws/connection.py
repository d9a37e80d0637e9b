"""The life of a link: status, pairing, scanning, logging out, restarting."""

from __future__ import annotations

import re

from megaapi_mock.domain.jid import as_given

from ...host.host_instance import HostInstance
from ...host.stage import NO_WHATSAPP, Stage
from ...host.status import EMPTY, LIST, NONE, Status, read_status
from ...judging.results import Exchange, Promise
from ..probe import Laws
from ..session import Session
from .assertions import (
    claim,
    claim_refusal,
    claim_success,
    inferred,
    logged_out,
    not_logged_in,
    value_at,
)
from .calls import nobody, someone, text
from .listed_people import looked_up
from .media import LINKED_ALREADY, qr

LAWS = Laws()

PAIRING = re.compile(r"[1-9A-Z]{8}")
# Letters that the library's alphabet lacks: people take them for digits, or for one another.
NOT_IN_CODES = frozenset("IOU")
# How long a restart may show the instance as not linked, in seconds, and how often one looks.
RESTARTS, LOOKS = 10.0, 20
_DEVICE = re.compile(r"(\d+)(?::\d+)?@s\.whatsapp\.net")


def link(stage: Stage, instance: HostInstance, **details: str) -> None:
    """Somebody scans the code or types it."""
    stage.control_api("POST", f"/_mock/instances/{instance.key}/link", details)


def unlink(stage: Stage, instance: HostInstance, cause: str = "phone") -> None:
    """The link ends without anybody asking the gateway."""
    stage.control_api("POST", f"/_mock/instances/{instance.key}/unlink", {"by": cause})


def status(session: Session, instance: HostInstance, expected: str, when: str) -> None:
    """Hold what the status says."""
    answer = session.call("instance_status", instance)
    claim_success(session, answer, f"{when}: the status")
    shown_status = form_of(session, answer)
    claim(session, answer, shown_status.state == expected, f"{when}: {expected}")
    if shown_status.form in (LIST, EMPTY):
        return
    claim(session, answer, shown_status.key == instance.key, f"{when}: its own key")
    if expected == "disconnected":
        claim(session, answer, shown_status.user is None, f"{when}: no user")
        return
    owner = _DEVICE.fullmatch(str(value_at(shown_status.user, "id")))
    claim(session, answer, owner, f"{when}: the user's JID")
    if owner and instance.number:
        claim(session, answer, owner[1] == instance.number, f"{when}: the phone's own number")


def form_of(session: Session, answer: Exchange) -> Status:
    """The state an answer tells; its form is one of the documented ones, the same throughout."""
    shown_status = read_status(answer)
    if shown_status.form == EMPTY:
        session.settle("status_disconnected", EMPTY, exchange=answer)
    elif shown_status.form != NONE:
        session.settle("status_shape", shown_status.form, exchange=answer)
        if shown_status.state == "disconnected":
            session.settle("status_disconnected", exchange=answer)
    return shown_status


def restart(session: Session, stage: Stage, instance: HostInstance) -> Exchange:
    """A restart, and the time a host may take over it; what it answered."""
    answer = session.call("restart", instance)
    if answer.ok and not stage.pass_time(RESTARTS):
        for _ in range(LOOKS):
            if read_status(session.call("instance_status", instance)).connected:
                break
            session.gate.rest(RESTARTS / LOOKS)
    return answer


@LAWS.law("instance_status")
def the_status_of_a_linked_instance_names_its_user(session: Session, stage: Stage) -> None:
    instance = stage.instance()
    status(session, instance, "connected", "linked")
    answer = session.call("instance_status", instance)
    user_name = value_at(read_status(answer).user, "name")
    if stage.phone and user_name is not None:
        name = stage.control_api("GET", f"/_mock/instances/{instance.key}")["name"]
        claim(session, answer, user_name == name, "linked: the name on the phone")


@LAWS.law("instance_status")
def the_id_of_a_linked_user_names_the_device(session: Session, stage: Stage) -> None:
    """Every recorded status has it, and clients cut it off."""
    answer = session.call("instance_status", stage.instance())
    jid = value_at(read_status(answer).user, "id")
    names_device = jid is None or ":" in str(jid)
    claim(session, answer, names_device, "user.id has the number of the device behind the phone's",
          promise=Promise("observed", "components/schemas/ConnectedInstance.yaml"))  # fmt: skip


@LAWS.law("instance_status", phone=True)
def the_status_of_an_unlinked_instance_names_no_user(session: Session, stage: Stage) -> None:
    status(session, stage.instance(connected=False), "disconnected", "not linked")


@LAWS.law("is_on_whatsapp")
def people_on_whatsapp_exist(session: Session, stage: Stage) -> None:
    instance, person = stage.instance(), someone(session)
    for number_form in (person, as_given(person)):
        answer = session.call("is_on_whatsapp", instance, query={"jid": number_form})
        claim(
            session,
            answer,
            value_at(answer.json, "exists") is True,
            "somebody with WhatsApp exists",
        )
        jid = looked_up(session, answer, person)
        claim(session, answer, jid == as_given(person), "the JID is theirs")


@LAWS.law("is_on_whatsapp")
def a_number_too_long_for_anybody_does_not_exist(session: Session, stage: Stage) -> None:
    """No number has so many digits; how that is said, a switch decides."""
    instance, number = stage.instance(), nobody(session)
    for number_form in (number, as_given(number)):
        answer = session.call("is_on_whatsapp", instance, query={"jid": number_form})
        exists = answer.ok and value_at(answer.json, "exists") is True
        claim(session, answer, not exists, "a number that nobody can have does not exist")


@LAWS.law("is_on_whatsapp", phone=True)
def people_without_whatsapp_do_not_exist(session: Session, stage: Stage) -> None:
    answer = session.call("is_on_whatsapp", stage.instance(), query={"jid": NO_WHATSAPP})
    if session.takes_alternative(answer, "not_on_whatsapp"):
        return
    session.settle("not_on_whatsapp", exchange=answer)
    # How it is said that nobody is there is a guess; that it is not said to be somebody is sure.
    is_somebody = answer.ok and value_at(answer.json, "exists") is True
    if not claim(session, answer, not is_somebody, "nobody there: they do not exist"):
        return
    unsure = inferred(session, "is_on_whatsapp")
    is_unknown = value_at(answer.json, "exists") is False
    claim(
        session, answer, answer.ok and is_unknown, "nobody there: exists is false", promise=unsure
    )
    jid = value_at(answer.json, "jid")
    claim(session, answer, jid == as_given(NO_WHATSAPP), "nobody there: the JID", promise=unsure)


@LAWS.law("pairing_code", effects=("changes",), phone=True)
def pairing_codes_have_eight_characters(session: Session, stage: Stage) -> None:
    instance = stage.instance(connected=False)
    codes = []
    for _ in range(3):
        answer = session.call("pairing_code", instance, query={"phoneNumber": "5511900000020"})
        claim_success(session, answer, "a pairing code")
        codes.append(str(value_at(answer.json, "pairingCode")))
        claim(session, answer, PAIRING.fullmatch(codes[-1]), "eight characters, no hyphen")
    claim(session, answer, len(set(codes)) == 3, "another code each time",
          promise=inferred(session, "pairing_code"))  # fmt: skip
    # The schema takes any letter, for people may choose a code of their own.
    claim(session, answer, NOT_IN_CODES.isdisjoint("".join(codes)), "no I, no O, no U",
          promise=Promise("baileys", session.contract.by_id["pairing_code"].spec_file))  # fmt: skip


@LAWS.law("pairing_code", effects=("changes",), phone=True)
def a_code_of_ones_own_is_used(session: Session, stage: Stage) -> None:
    instance = stage.instance(connected=False)
    query = {"phoneNumber": "5511900000020", "customPairingCode": "TESTCODE"}
    answer = session.call("pairing_code", instance, query=query)
    same = value_at(answer.json, "pairingCode") == "TESTCODE"
    claim(session, answer, same, "the custom code is the code")
    answer = session.call("pairing_code", instance, query={**query, "customPairingCode": "CURTO"})
    claim_refusal(session, answer, 500, "a custom code of another length",
            promise=inferred(session, "pairing_code"))  # fmt: skip


@LAWS.law("pairing_code", effects=("changes",), phone=True)
def a_linked_instance_gives_no_pairing_code(session: Session, stage: Stage) -> None:
    answer = session.call("pairing_code", stage.instance(), query={"phoneNumber": "5511900000020"})
    claim_refusal(session, answer, 403, "a pairing code of a linked instance",
            message=LINKED_ALREADY, promise=inferred(session, "pairing_code"))  # fmt: skip


@LAWS.law("qr_code_base64", "instance_status", "send_text", effects=("reads", "sends"), scan=True)
def scanning_the_code_links(session: Session, stage: Stage) -> None:
    instance = stage.instance(connected=False)
    _, picture = qr(session, instance)
    status(session, instance, "disconnected", "before the scan")
    stage.scan(session, instance, picture)
    status(session, instance, "connected", "after the scan")
    answer, _ = qr(session, instance)
    claim_refusal(session, answer, 403, "a QR code after the scan", message=LINKED_ALREADY,
            switches=("qr_base64_connected",))  # fmt: skip
    claim_success(session, text(session, instance), "a text after the scan")


@LAWS.law("pairing_code", "instance_status", effects=("changes", "reads"), phone=True)
def typing_the_code_links_that_number(session: Session, stage: Stage) -> None:
    instance = stage.instance(connected=False)
    answer = session.call("pairing_code", instance, query={"phoneNumber": "5511900000020"})
    status(session, instance, "disconnected", "before typing")
    link(stage, instance, code=str(value_at(answer.json, "pairingCode")))
    instance_with_number = HostInstance(instance.key, instance.token, "5511900000020")
    status(session, instance_with_number, "connected", "after typing")


@LAWS.law("logout", "instance_status", "send_text", "qr_code_base64",
          effects=("disconnects", "reads", "sends"), scan=True)  # fmt: skip
def after_a_logout_everything_waits_for_a_phone(session: Session, stage: Stage) -> None:
    instance = stage.instance()
    claim_success(session, session.call("logout", instance), "a logout")
    status(session, instance, "disconnected", "after a logout")
    not_logged_in(session, text(session, instance), "a text after a logout")
    answer, content = qr(session, instance)
    claim(session, answer, content, "after a logout there is a QR code")
    logged_out(session, session.call("logout", instance), "a second logout")
    stage.scan(session, instance, content)
    status(session, instance, "connected", "linked again")
    claim_success(session, text(session, instance), "a text when linked again")


@LAWS.law("restart", "instance_status", "send_text",
          effects=("disconnects", "reads", "sends"), phone=True)  # fmt: skip
def a_restart_keeps_the_link(session: Session, stage: Stage) -> None:
    instance = stage.instance()
    claim_success(session, restart(session, stage, instance), "a restart")
    status(session, instance, "connected", "after a restart")
    claim_success(session, text(session, instance), "a text after a restart")


@LAWS.law("restart", "instance_status", effects=("disconnects", "reads"), phone=True)
def a_restart_brings_back_what_the_gateway_dropped(session: Session, stage: Stage) -> None:
    instance = stage.instance()
    unlink(stage, instance, cause="gateway")
    status(session, instance, "disconnected", "dropped")
    claim_success(session, restart(session, stage, instance), "a restart")
    status(session, instance, "connected", "restarted after a drop")


@LAWS.law("restart", "logout", "instance_status", effects=("disconnects", "reads"), phone=True)
def a_restart_brings_nobody_back_who_left(session: Session, stage: Stage) -> None:
    for leave in ("phone", "ban", "logout"):
        instance = stage.instance()
        if leave == "logout":
            session.call("logout", instance)
        else:
            unlink(stage, instance, cause=leave)
        claim_success(session, restart(session, stage, instance), "a restart")
        status(session, instance, "disconnected", "restarted without a session")


@LAWS.law("instance_status", "is_on_whatsapp", phone=True)
def a_phone_that_leaves_takes_the_link_with_it(session: Session, stage: Stage) -> None:
    instance = stage.instance()
    unlink(stage, instance)
    status(session, instance, "disconnected", "after the phone left")
    answer = session.call("is_on_whatsapp", instance, query={"jid": someone(session)})
    not_logged_in(session, answer, "after the phone left")


@LAWS.law("logout", "instance_status", effects=("disconnects", "reads"), phone=True)
def one_instance_going_takes_no_other_along(session: Session, stage: Stage) -> None:
    first, second = stage.instance(), stage.instance()
    session.call("logout", first)
    status(session, second, "connected", "the neighbour logged out")
