"""Nothing is lost on the way: every letter of a text, large files, settings, who wrote."""

from __future__ import annotations

import json
from base64 import b64encode
from collections.abc import Callable, Iterator
from copy import deepcopy
from functools import partial, update_wrapper
from typing import Any

from megaapi_mock.domain.jid import as_given
from megaapi_mock.domain.json_path import put_at

from ...errors import NotTried
from ...host.host_instance import HostInstance
from ...host.stage import WORLD, Stage
from ...judging.results import Exchange
from ...judging.values import jid_of
from ..probe import Laws
from ..session import Session
from .assertions import (
    claim,
    claim_success,
    has_buttons_of_2022,
    inferred,
    is_limit_of_proxy,
    value_at,
)
from .calls import (
    make_group,
    members,
    message,
    number_or_address,
    parse_json,
    set_webhook,
    someone,
    text,
    texts,
)
from .media import fetch, same_bytes
from .requests import GOOD_REQUESTS
from .settings import NEW_TOKEN
from .webhook_listener import WebhookListener

LAWS = Laws()

TEXTS = (
    # An accent may be a letter of its own, and a line may end as Windows ends it.
    "A\u00e7\u00e3o de p\u00e3o na ma\u00e7a\u0303: R$ 10,00 \u2014 100%",
    'Pre\u00e7o & prazo: <b>"hoje"</b> \\ amanh\u00e3',
    "  com espa\u00e7os nas pontas  ",
    "\U0001f469\u200d\U0001f469\u200d\U0001f467 fam\u00edlia\n\n\tdepois\r\nfim",
    "Pedido confirmado. " * 220,
)
LIDS = "payload_generation"
LARGE = 2 * 2**20
# What a client says that can decompress nothing.
UNCOMPRESSED = ("Accept-Encoding", "identity")
LONG = "Pedido confirmado. " * 40 + 'Pre\u00e7o & prazo: <b>"hoje"</b> \U0001f469\u200d\U0001f467'
# What a caller writes for people to read, by operation: the way to each such text.
WRITTEN: dict[str, tuple[tuple[str | int, ...], ...]] = {
    "send_media_url": (("caption",),),
    "send_media_base64": (("caption",),),
    "send_location": (("caption",), ("address",)),
    "send_link_preview": (("textWithLink",),),
    "send_list": (
        ("buttonText",), ("text",), ("title",), ("description",), ("sections", 0, "title"),
        ("sections", 0, "rows", 0, "title"), ("sections", 0, "rows", 0, "description"),
    ),
    "send_buttons": (("title",), ("text",), ("footer",), ("buttons", 0, "title")),
    "send_template": (("title",), ("text",), ("footer",), ("buttons", 0, "title")),
    "forward_message": (("message", "conversation"),),
    "quote_message": (("text",), ("message", "conversation")),
}  # fmt: skip


@LAWS.law("send_text", effects=("sends",), worth=9)
def texts_come_back_letter_for_letter(session: Session, stage: Stage) -> None:
    instance = stage.instance()
    for words in TEXTS if stage.phone else ("".join(TEXTS),):
        answer = text(session, instance, words=words)
        back = value_at(answer.json, "messageData", "message", "extendedTextMessage", "text")
        claim(session, answer, back == words, "every letter comes back")


@LAWS.law("send_text", effects=("sends",), worth=3)
def escaped_texts_are_the_same_texts(session: Session, stage: Stage) -> None:
    instance, to = stage.instance(), someone(session)
    for words in TEXTS if stage.phone else ("".join(TEXTS[:4]),):
        # As most languages write JSON unless told otherwise: ASCII alone.
        raw = json.dumps({"messageData": {"to": to, "text": words}}).encode("ascii")
        answer = session.call("send_text", instance, raw=raw)
        if claim_success(session, answer, "a text in escapes"):
            shown_text = value_at(
                answer.json, "messageData", "message", "extendedTextMessage", "text"
            )
            claim(session, answer, shown_text == words, "every escaped letter comes back")


@LAWS.law("send_text", "create_group", "list_groups", "qr_code_base64", "qr_code_page",
          effects=("sends", "changes", "reads"), phone=True)  # fmt: skip
def what_nobody_asked_to_compress_comes_plain(session: Session, stage: Stage) -> None:
    """Large answers: small ones are not worth compressing, and a host leaves them alone."""
    linked, waiting = stage.instance(), stage.instance(connected=False)
    for name in ("Equipe A", "Equipe B", "Equipe C"):
        make_group(session, stage, linked, *WORLD[:3], name=name)
    long_text = {"messageData": {"to": someone(session), "text": LONG * 2}}
    for operation, instance, body in (
        ("send_text", linked, long_text), ("list_groups", linked, None),
        ("qr_code_base64", waiting, None), ("qr_code_page", waiting, None),
    ):  # fmt: skip
        answer = session.call(operation, instance, body=body, headers=(UNCOMPRESSED,))
        claim(session, answer, not answer.coding, "it is not compressed: the client takes it plain")


def _each_that_writes(rule: Callable[[str, Session, Stage], None]) -> Callable[..., None]:
    for operation in WRITTEN:
        run = partial(rule, operation)
        update_wrapper(run, rule)
        LAWS.law(operation, effects=("sends",), about=operation)(run)
    return rule


@_each_that_writes
def long_texts_come_back_whole(operation: str, session: Session, stage: Stage) -> None:
    instance, ways = stage.instance(), WRITTEN[operation]
    # A person gets one message with all of them; a mock shows by itself which text is cut.
    for together in [[way] for way in ways] if stage.phone else [ways]:
        body = deepcopy(GOOD_REQUESTS[operation].arguments(someone(session))["body"])
        texts_by_way = {way: f"{LONG}{'.' * index}" for index, way in enumerate(together)}
        for way, words in texts_by_way.items():
            put_at(body["messageData"], ".".join(map(str, way)), words)
        answer = session.call(operation, instance, body=body)
        shown_texts = set(_read_by_people(value_at(answer.json, "messageData", "message")))
        for way, words in texts_by_way.items():
            name = ".".join(map(str, way))
            is_whole = words in shown_texts
            is_whole = is_whole or (name == "title" and has_buttons_of_2022(session, answer))
            claim(session, answer, is_whole, f"{name} comes back letter for letter")


def _read_by_people(content: Any) -> Iterator[str]:
    """Every text of a message, those in the JSON texts of its buttons too."""
    for text_of_message in texts(content):
        yield text_of_message
        if text_of_message.startswith("{"):
            yield from texts(parse_json(text_of_message))


@LAWS.law("send_media_base64", "download_media", effects=("sends", "reads"), worth=3)
def large_files_come_back_whole(session: Session, stage: Stage) -> None:
    instance, content = stage.instance(), bytes(range(256)) * (LARGE // 256)
    answer = message(
        session, instance, "send_media_base64", to=someone(session), type="document",
        base64=b64encode(content).decode(), fileName="grande.pdf", mimeType="application/pdf",
    )  # fmt: skip
    if is_limit_of_proxy(answer):
        raise NotTried("what stands before the host takes no body of two megabytes")
    if claim_success(session, answer, "a file of two megabytes"):
        part = value_at(answer.json, "messageData", "message", "documentMessage") or {}
        same_bytes(session, fetch(session, instance, part, "document"), part, content)


@LAWS.law("create_group", effects=("changes",), phone=True)
def groups_take_several_people_at_once(session: Session, stage: Stage) -> None:
    instance = stage.instance()
    creation, group = make_group(session, stage, instance, *WORLD[:3])
    expected = {as_given(person) for person in WORLD[:3]}
    claim(session, creation, expected <= set(members(group)), "all who were named are in it")


# -- settings --------------------------------------------------------------------------------


def _settings(
    session: Session, instance: HostInstance, token: str | None = None
) -> tuple[Any, Any]:
    config = session.call("config_details", instance, token=token)
    webhook = session.call("webhook_settings", instance, token=token)
    settings = value_at(webhook.json, "webhookData") or webhook.json
    return value_at(config.json, "configData"), (
        value_at(settings, "webhookUrl"),
        value_at(settings, "webhookEnabled"),
    )


def _block(session: Session, instance: HostInstance, *names: str) -> Exchange:
    return session.call("block_events", instance, body={"messageData": {"events": list(names)}})


@LAWS.law("block_events", "config_details", effects=("changes", "reads"))
def what_is_blocked_adds_up(session: Session, stage: Stage) -> None:
    instance = stage.instance()
    for name in ("presence", "calls"):
        claim_success(session, _block(session, instance, name), "blocking")
    answer = session.call("config_details", instance)
    blocked = value_at(answer.json, "configData", "blockEvents") or ()
    claim(session, answer, {"presence", "calls"} <= set(map(str, blocked)), "earlier blocks stay",
          promise=inferred(session, "block_events"))  # fmt: skip


@LAWS.law("restart", "logout", "change_token", "config_details", "webhook_settings",
          "block_events", effects=("disconnects", "changes", "reads"), phone=True)  # fmt: skip
def settings_outlive_what_happens_to_the_link(session: Session, stage: Stage) -> None:
    for operation in ("restart", "logout", "change_token"):
        instance, token = stage.instance(), None
        set_webhook(session, instance, session.receiver.url)
        _block(session, instance, "presence")
        before = _settings(session, instance)
        if operation == "change_token":
            token = NEW_TOKEN
            body = {"messageData": {"token": token}}
            answer = session.call(operation, instance, body=body)
        else:
            answer = session.call(operation, instance)
        claim_success(session, answer, operation)
        after = _settings(session, instance, token)
        same = after[0] == before[0]
        claim(
            session,
            answer,
            same,
            "settings are as before",
            promise=inferred(session, operation),
        )
        # What was said to be saved is there until somebody says otherwise.
        claim(session, answer, after[1] == before[1], "the webhook is as before",
              promise=session.contract.promise("webhook_settings", 200))  # fmt: skip


# -- customers -------------------------------------------------------------------------------


@LAWS.law("configure_webhook", effects=("changes",), phase="webhooks", phone=True,
          events=("text-plain",))  # fmt: skip
def every_customer_writes_from_a_number_of_their_own(session: Session, stage: Stage) -> None:
    instance = stage.instance()
    hook = WebhookListener(session, stage, instance).open()
    people = WORLD[:3]
    for person in people:
        body = {"event": "text-plain", "from": person}
        stage.control_api("POST", f"/_mock/instances/{instance.key}/inbound", body)
    webhooks = hook.receive(lambda webhooks: len(webhooks) >= len(people))
    keys = [value_at(one.json, "key") for one in webhooks]
    chats = [
        number_or_address(key, "remoteJid", "senderPn") for key in keys if isinstance(key, dict)
    ]
    right = chats == [as_given(person) for person in people]
    hook.claim("text-plain", right, "the key has the customer's number")
    by_lid = [jid_of(value_at(key, "remoteJid")).lid for key in keys]
    session.settle("addressing", "lid" if all(by_lid) else "mixed" if any(by_lid) else "")
    sender_lids = [value_at(one.json, "key", "senderLid") for one in webhooks]
    theirs = [
        stage.control_api("GET", f"/_mock/instances/{instance.key}/contacts/{person}")["lid"]
        for person in people
    ]
    # Hidden numbers are told since 2026.
    session.settle(LIDS, "" if any(sender_lids) else "before_2026")
    if any(sender_lids):
        hook.claim("text-plain", sender_lids == theirs, "senderLid is the customer's own")
