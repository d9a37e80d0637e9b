"""What is one's own: look-ups, codes, settings, addresses and filters of several at a time."""

from __future__ import annotations

import re
from base64 import b64decode, b64encode
from contextlib import suppress
from functools import partial, update_wrapper
from typing import Any

from megaapi_mock.domain.jid import as_given

from ...errors import Impossible
from ...host.stage import NO_WHATSAPP, WORLD, Stage
from ...judging.results import Promise
from ..probe import Laws
from ..session import Session
from . import png
from .assertions import claim, claim_refusal, claim_success, inferred, value_at
from .calls import make_group, set_webhook, someone
from .media import qr
from .requests import GOOD_REQUESTS
from .settings import NEW_TOKEN
from .webhook_targets import CATEGORIES
from .webhooks import PHASE, Rule, listening

LAWS = Laws()

GROUPS = ("120363000000000098@g.us", f"{WORLD[0]}-1623275280@g.us", "5511900000002-1@g.us")
# Differs from numbers of the suite's people in its last digit alone.
STRANGER = f"{WORLD[1][:-1]}9"
_DIGITS = re.compile(rb"data:image/png;base64,([A-Za-z0-9+/=]+)")


@LAWS.law("is_on_whatsapp", phone=True)
def everybody_is_looked_up_on_their_own(session: Session, stage: Stage) -> None:
    instance = stage.instance()
    with suppress(Impossible):
        # In some worlds nobody has this number to begin with.
        contact_path = f"/_mock/instances/{instance.key}/contacts/{STRANGER}"
        stage.control_api("POST", contact_path, {"state": "unregistered"})
    for person in (*WORLD[:4], STRANGER, *reversed(WORLD[:4]), NO_WHATSAPP, WORLD[1]):
        answer = session.call("is_on_whatsapp", instance, query={"jid": person})
        if person in (STRANGER, NO_WHATSAPP):
            is_registered = (
                session.takes_alternative(answer, "not_on_whatsapp")
                or value_at(answer.json, "exists") is False
            )
            claim(session, answer, is_registered, "who has no account does not exist",
                  promise=inferred(session, "is_on_whatsapp"))  # fmt: skip
            continue
        right = value_at(answer.json, "exists") is True and value_at(
            answer.json, "jid"
        ) == as_given(person)
        claim(session, answer, right, "exists and jid are those of the number asked for")


@LAWS.law("is_on_whatsapp", phone=True)
def groups_are_not_looked_up(session: Session, stage: Stage) -> None:
    instance = stage.instance()
    promise = Promise("baileys", session.contract.by_id["is_on_whatsapp"].spec_file)
    for group in GROUPS:
        answer = session.call("is_on_whatsapp", instance, query={"jid": group})
        right = value_at(answer.json, "exists") is True and value_at(answer.json, "jid") == group
        claim(session, answer, right, "a group's JID comes back as it is", promise=promise)


@LAWS.law("is_on_whatsapp", "create_group", effects=("changes", "reads"), worth=2)
def a_group_of_ones_own_comes_back_as_it_is(session: Session, stage: Stage) -> None:
    instance = stage.instance()
    _, group = make_group(session, stage, instance, someone(session))
    jid = str(group.get("id"))
    answer = session.call("is_on_whatsapp", instance, query={"jid": jid})
    right = value_at(answer.json, "exists") is True and value_at(answer.json, "jid") == jid
    promise = Promise("baileys", session.contract.by_id["is_on_whatsapp"].spec_file)
    claim(session, answer, right, "a group's JID comes back as it is", promise=promise)


@LAWS.law("qr_code_base64", "qr_code_page", "qr_code_image", phone=True)
def several_that_wait_have_each_their_code(session: Session, stage: Stage) -> None:
    instances = [stage.instance(connected=False) for _ in range(2)]
    codes = {instance.key: qr(session, instance)[1] for instance in instances}
    pages: dict[str, set[bytes]] = {instance.key: set() for instance in instances}
    for instance in (*instances, *reversed(instances)):
        page = session.call("qr_code_page", instance)
        picture = session.call("qr_code_image", instance)
        answer, code = qr(session, instance)
        if code != codes[instance.key] and code not in codes.values():
            # Another twenty seconds have begun meanwhile.
            return
        claim(session, answer, code == codes[instance.key], "the code is the instance's own")
        code_shown = b64encode(code)
        inside = not _DIGITS.search(page.body) or code_shown in page.body
        unsure = inferred(session, "qr_code_page")
        claim(session, page, inside, "the page has the instance's own code", promise=unsure)
        pages[instance.key] |= _codes_on(page.body)
        # However a page draws a code, a neighbour's links the wrong instance.
        strange = {b64encode(codes[key]) for key in codes if key != instance.key}
        strange |= {each for key in pages if key != instance.key for each in pages[key]}
        own = not any(each in page.body for each in strange)
        claim(session, page, own, "the page shows no neighbour's code")
        same = picture.body == code
        claim(session, picture, same, "the picture is the instance's own code",
              promise=inferred(session, "qr_code_image"))  # fmt: skip


def _codes_on(page: bytes) -> set[bytes]:
    """The pictures of QR codes in a page, in base64; a logo is none."""
    codes = set()
    for text in _DIGITS.findall(page):
        with suppress(png.NoPicture, ValueError):
            if png.shows_qr(png.rows(b64decode(text))):
                codes.add(text)
    return codes


@LAWS.law("webhook_settings", "configure_webhook", "block_events", "config_details",
          "create_group", "list_groups", "instance_status",
          effects=("reads", "changes"), phone=True)  # fmt: skip
def what_several_are_shown_is_their_own(session: Session, stage: Stage) -> None:
    instances = [stage.instance() for _ in range(2)]
    names = [f"Equipe {instance.key[-4:]}" for instance in instances]
    for instance, name in zip(instances, names, strict=True):
        set_webhook(session, instance, f"{session.receiver.url}/{instance.key}")
        body = {"messageData": {"events": [f"own{instance.key[-4:]}"]}}
        session.call("block_events", instance, body=body)
        make_group(session, stage, instance, someone(session), name=name)
    marks = [(instance.key, f"own{instance.key[-4:]}", name, f'"{instance.number}')
             for instance, name in zip(instances, names, strict=True)]  # fmt: skip
    for turn in (0, 1, 0, 1):
        for operation, which in (
            ("webhook_settings", 0), ("config_details", 1), ("list_groups", 2),
            ("instance_status", 3),
        ):  # fmt: skip
            answer = session.call(operation, instances[turn])
            page = answer.body.decode()
            own, strange = marks[turn][which] in page, marks[1 - turn][which] in page
            claim(session, answer, not strange, "nothing of a neighbour's is shown")
            if operation != "instance_status":
                claim(session, answer, own, "one's own is shown")


@LAWS.law("configure_webhook", effects=("changes",), phase=PHASE, phone=True,
          events=("text-plain",))  # fmt: skip
def one_address_serves_several(session: Session, stage: Stage) -> None:
    """Two instances post to the very same address; each event says whose it is."""
    since = len(session.receiver.webhooks)
    instance, hook = listening(session, stage)
    other = stage.instance()
    set_webhook(session, other, hook.url)
    keys_by_message: dict[str, str] = {}
    for each in (instance, other, instance, other):
        path = f"/_mock/instances/{each.key}/inbound"
        id_ = stage.control_api("POST", path, {"event": "text-plain"})["id"]
        keys_by_message[id_] = each.key
    webhooks = hook.receive(lambda webhooks: len(webhooks) >= len(keys_by_message))
    if not _all_there(webhooks, keys_by_message):
        # The last webhook of one instance says nothing of the other's, which may follow.
        session.receiver.wait_for(
            lambda every: _all_there(hook.webhooks_here(every), keys_by_message), since=since
        )
        webhooks += hook.unread()
    keys_by_id = {
        value_at(one.json, "key", "id"): value_at(one.json, "instance_key") for one in webhooks
    }
    whole = all(keys_by_id.get(id_) == key for id_, key in keys_by_message.items())
    hook.claim("text-plain", whole, "instance_key is that of the instance that was written to")


def _all_there(webhooks: list[Any], keys_by_message: dict[str, str]) -> bool:
    return set(keys_by_message) <= {value_at(one.json, "key", "id") for one in webhooks}


def _category(rule: Rule) -> Rule:
    for category, event in CATEGORIES.items():
        run = partial(rule, category)
        update_wrapper(run, rule)
        LAWS.law("block_events", effects=("changes",), phase=PHASE, about=category,
                 events=(event,), phone=True)(run)  # fmt: skip
    return rule


@_category
def what_one_blocks_comes_to_the_others(category: str, session: Session, stage: Stage) -> None:
    blocking, (instance, hook) = stage.instance(), listening(session, stage)
    event, alarm = CATEGORIES[category], "text-plain" if category == "calls" else "call"
    counts = []
    for names in ([], [category]):
        session.call("block_events", blocking, body={"messageData": {"events": names}})
        stage.control_api("POST", f"/_mock/instances/{instance.key}/emit", {"event": event})
        counts.append(len(hook.receive(alarm=alarm)))
    # Some hosts acknowledge nothing unless they are asked to.
    silent = event.startswith("ack-") and counts == [0, 0]
    hook.claim(event, silent or counts == [1, 1], "a neighbour's filter is the neighbour's")


# -- one instance's token before and after ---------------------------------------------------


def the_old_token_opens_nothing(operation: str, session: Session, stage: Stage) -> None:
    instance = stage.instance()
    body = {"messageData": {"token": NEW_TOKEN}}
    if not claim_success(session, session.call("change_token", instance, body=body), "a new token"):
        return
    promise = inferred(session, "change_token")
    arguments = GOOD_REQUESTS[operation].arguments(someone(session))
    answer = session.call(operation, instance, **arguments)
    claim_refusal(session, answer, 401, "the old token", promise=promise)


for _operation, _ask in GOOD_REQUESTS.items():
    _run = partial(the_old_token_opens_nothing, _operation)
    update_wrapper(_run, the_old_token_opens_nothing)
    LAWS.law("change_token", _operation, effects={"changes", _ask.effect}, about=_operation,
             phone=True)(_run)  # fmt: skip


ADDING = {"block_events": "blockEvents", "accept_webhook_events": "webhookEvents",
          "accept_status_events": "statusEvents"}  # fmt: skip


@LAWS.law(*ADDING, "config_details", effects=("changes", "reads"), phone=True)
def names_given_one_by_one_add_up(session: Session, stage: Stage) -> None:
    instance = stage.instance()
    for operation, field in ADDING.items():
        names = [f"{operation}{turn}" for turn in range(3)]
        for turn, name in enumerate(names, 1):
            session.call(operation, instance, body={"messageData": {"events": [name]}})
            answer = session.call("config_details", instance)
            field_value = value_at(answer.json, "configData", field)
            names_listed = field_value if isinstance(field_value, list) else []
            claim(session, answer, set(names[:turn]) <= set(map(str, names_listed)), "names add up",
                  promise=inferred(session, operation))  # fmt: skip
