"""Every field of every send: each text at each place, each number, type and size, each option."""

from __future__ import annotations

from base64 import b64encode, encodebytes
from collections.abc import Callable, Iterator, Mapping
from copy import deepcopy
from functools import partial, update_wrapper
from typing import Any

from ...host.stage import Stage
from ...judging.results import Promise
from ..cases import PICTURE
from ..probe import Laws
from ..session import PICTURE_URL, Session
from .assertions import claim, claim_success, has_buttons_of_2022, inferred, value_at
from .calls import message, parse_json, someone, texts
from .media import fetch, same_bytes
from .messages import SHOP
from .requests import GOOD_REQUESTS, Arguments
from .sent_message import hold_sent

LAWS = Laws()
Fields = dict[str, Any]
Way = tuple[str | int, ...]

# Accents, signs of HTML and JSON, composed emoji, zeros in front: whatever carelessness spoils.
_FAMILY = "\U0001f469\u200d\U0001f469\u200d\U0001f467 \u2764\ufe0f"
ODD = f'op\u00e7\u00e3o & <b>"0{{0}}"</b> \\ {_FAMILY} 0{{0}}'
ODD_ADDRESS = f"{SHOP}/0{{0}}?a=1&b=%2B{{0}}#topo"
# Fields that are not free text.
FIXED = ("to", "type", "base64", "url", "mimeType", "remoteJid")

_ROWS = [{"title": "Comprar", "description": "Novo pedido", "rowId": "1"},
         {"title": "Trocar", "description": "Pedido feito", "rowId": "2"}]  # fmt: skip
_FRAME = {"title": "Menu", "text": "Escolha", "footer": "Loja"}
_FILE = {"type": "document", "fileName": "a.pdf", "caption": "Veja", "mimeType": "application/pdf"}
# The fullest body of each operation that people write texts for: three of everything.
FULL: Mapping[str, Fields] = {
    "send_text": {"text": "Oi"},
    "send_media_url": {**_FILE, "url": PICTURE_URL},
    "send_media_base64": {**_FILE, "base64": PICTURE},
    "send_location": {"latitude": 1, "longitude": 2, "caption": "Loja", "address": "Rua A"},
    "send_link_preview": {"textWithLink": "Veja"},
    "send_list": {
        "title": "Menu", "text": "Escolha", "description": "Loja", "buttonText": "Ver",
        "listType": 0, "sections": [{"title": "Setor", "rows": deepcopy(_ROWS)} for _ in range(3)],
    },
    "send_buttons": {
        **_FRAME, "type": "text",
        "buttons": [{"type": "reply", "title": "Sim", "id": "sim"} for _ in range(3)],
    },
    "send_template": {
        **_FRAME, "type": "text",
        "buttons": [{"type": "copy", "title": "Copiar", "payload": "A"},
                    {"type": "url", "title": "Abrir", "payload": SHOP},
                    {"type": "url", "title": "Abrir", "payload": SHOP}],
    },
}  # fmt: skip
# What may be left out, one field at a time: the body without it, and a value for it.
OPTIONS: Mapping[str, tuple[Fields, Fields]] = {
    "send_media_url": (
        {"url": PICTURE_URL, "type": "video", "mimeType": "video/mp4"},
        {"caption": "Veja", "gifPlayback": True, "viewOnce": True},
    ),
    "send_media_base64": (
        {"base64": PICTURE, "type": "video", "mimeType": "video/mp4"},
        {"caption": "Veja", "gifPlayback": True, "viewOnce": True},
    ),
    "send_location": (
        {"latitude": 1, "longitude": 2}, {"caption": "Loja", "address": "Rua A"},
    ),
    "send_list": (
        {"text": "Escolha", "buttonText": "Ver", "sections": [{"rows": _ROWS}]},
        {"title": "Menu", "description": "Loja"},
    ),
    "send_buttons": (
        {"text": "Escolha", "buttons": FULL["send_buttons"]["buttons"]},
        {"title": "Menu", "footer": "Loja"},
    ),
    "send_template": (
        {"text": "Escolha", "buttons": FULL["send_template"]["buttons"]},
        {"title": "Menu", "footer": "Loja"},
    ),
}  # fmt: skip
# Under these names an answer shows what was asked for besides the message itself.
SHOWN_OPTIONS = frozenset(
    {"caption", "gifPlayback", "viewOnce", "viewOnceMessage", "name", "address", "title",
     "description", "footerText", "footer", "header", "ptt"}
)  # fmt: skip
TYPES = (
    ("tabela.xlsx", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
    ("carta.docx", "application/vnd.openxmlformats-officedocument.wordprocessingml.document"),
    ("dados.csv", "text/csv"),
    ("tudo.zip", "application/zip"),
)
DEGREES = (
    (0, 0),
    ("0", "0.0"),
    (0.0, -46.5),
    (-23.5, 0),
    (-90, 180),
    (-23.5505199, 46.63330625),
    (-0.4725, -0.5),
    (0.03496, -0.0021),
)
# A file with the least that clients send beside it: no type, no name, no words or empty ones.
LEAST: tuple[Fields, ...] = ({}, {"caption": ""}, {"fileName": "foto.png"})
SIZES = (1, 65_535, 65_536, 65_537, 100_000, 300_001)


def _one_law_per_text(
    operations: Mapping[str, Any], *more: str, effects: tuple[str, ...] = ("sends",)
) -> Callable[[Callable[[str, Session, Stage], None]], Callable[..., None]]:
    def keep(rule: Callable[[str, Session, Stage], None]) -> Callable[..., None]:
        for operation in operations:
            run = partial(rule, operation)
            update_wrapper(run, rule)
            LAWS.law(operation, *more, effects=effects, about=operation)(run)
        return rule

    return keep


def leaves(node: Any, way: Way = ()) -> Iterator[Way]:
    """The way to every free text of a body."""
    if isinstance(node, dict):
        for name, inner in node.items():
            yield from leaves(inner, (*way, name)) if name not in FIXED else ()
    elif isinstance(node, list):
        for index, inner in enumerate(node):
            yield from leaves(inner, (*way, index))
    elif isinstance(node, str):
        yield way


def with_odd_texts(data: Fields) -> tuple[Fields, dict[str, str]]:
    """The body with an odd text at every place, and each of these by the way to it."""
    odd_data, texts_by_path = deepcopy(data), {}
    for number, way in enumerate(leaves(data), 1):
        node = odd_data
        for step in way[:-1]:
            node = node[step]  # type: ignore[index]
        address = way[-1] == "payload" and node.get("type") == "url"
        node[way[-1]] = (ODD_ADDRESS if address else ODD).format(number)  # type: ignore[index]
        texts_by_path[".".join(map(str, way))] = node[way[-1]]  # type: ignore[index]
    return odd_data, texts_by_path


def shown_texts(content: Any) -> Iterator[str]:
    """Every text of a message, those in the JSON texts of its buttons too."""
    for text_of_message in texts(content):
        yield text_of_message
        if text_of_message.startswith("{"):
            yield from texts(parse_json(text_of_message))


def fullest_request(operation: str, to: str) -> tuple[Arguments, dict[str, str]]:
    """A good request with an odd text wherever one can stand, and these texts by their place."""
    if operation not in FULL:
        return GOOD_REQUESTS[operation].arguments(to), {}
    data, texts_by_path = with_odd_texts(FULL[operation])
    return {"body": {"messageData": {"to": to, **data}}}, texts_by_path


@_one_law_per_text(FULL)
def every_text_at_every_place_comes_back(operation: str, session: Session, stage: Stage) -> None:
    data, texts_by_path = with_odd_texts(FULL[operation])
    answer = message(session, stage.instance(), operation, to=someone(session), **data)
    if claim_success(session, answer, "a body full of odd texts"):
        texts_of_answer = [*shown_texts(value_at(answer.json, "messageData", "message"))]
        for name, expected in texts_by_path.items():
            claim(
                session, answer, expected in texts_of_answer, f"{name} comes back letter for letter"
            )


@LAWS.law("send_link_preview", effects=("sends",))
def the_words_around_a_link_stay(session: Session, stage: Stage) -> None:
    instance, to = stage.instance(), someone(session)
    for words in (
        f"Veja \u00e7 {SHOP}?a=1&b=2 hoje & sempre",
        f"{SHOP} fim",
        f"come\u00e7o {SHOP}",
    ):
        answer = message(session, instance, "send_link_preview", to=to, textWithLink=words)
        hold_sent(session, stage, answer, to, extendedTextMessage={"text": words})


@LAWS.law("send_location", effects=("sends",))
def any_number_is_a_degree(session: Session, stage: Stage) -> None:
    instance, to = stage.instance(), someone(session)
    for latitude, longitude in DEGREES:
        data = {"latitude": latitude, "longitude": longitude}
        # Digits enough for a number, which these are not.
        session.gate.learn(data.values())
        answer = message(session, instance, "send_location", to=to, **data)
        expected = {"degreesLatitude": float(latitude), "degreesLongitude": float(longitude)}
        hold_sent(session, stage, answer, to, locationMessage=expected)


@_one_law_per_text({"send_media_url": "url", "send_media_base64": "base64"})
def a_document_has_the_type_it_was_given(operation: str, session: Session, stage: Stage) -> None:
    instance, to = stage.instance(), someone(session)
    source = {"url": PICTURE_URL} if operation == "send_media_url" else {"base64": PICTURE}
    for name, kind in TYPES:
        data = {**source, "type": "document", "fileName": name, "mimeType": kind}
        answer = message(session, instance, operation, to=to, **data)
        hold_sent(session, stage, answer, to, documentMessage={"mimetype": kind, "fileName": name})


@_one_law_per_text(OPTIONS)
def what_is_left_out_is_not_remembered(operation: str, session: Session, stage: Stage) -> None:
    instance, to = stage.instance(), someone(session)
    bare, options = OPTIONS[operation]
    promise_of_call = session.contract.promise(operation)
    first = message(session, instance, operation, to=to, **bare)
    if not claim_success(session, first, "a bare body", promise=promise_of_call):
        return
    before = _options(first.json)
    for name, value in options.items():
        answer = message(session, instance, operation, to=to, **bare, **{name: value})
        if claim_success(session, answer, f"{name} alone", promise=promise_of_call):
            words = {*texts(value_at(answer.json, "messageData", "message"))}
            is_shown = value in words if isinstance(value, str) else _options(answer.json) != before
            lacks_it = name == "title" and has_buttons_of_2022(session, answer)
            claim(session, answer, is_shown or lacks_it, f"{name} alone is shown")
        second_answer = message(session, instance, operation, to=to, **bare)
        same = _options(second_answer.json) == before
        claim(session, second_answer, same, f"{name} of one message is not the next one's")


def _options(document: Any) -> list[tuple[str, str]]:
    """What an answer shows of options, and in which words."""
    options: list[tuple[str, str]] = []
    for name, part in document.items() if isinstance(document, dict) else ():
        if name in SHOWN_OPTIONS:
            options.append((name, "" if isinstance(part, dict) else str(part)))
        options += _options(part)
    return sorted(options)


@_one_law_per_text({"send_media_url": "url", "send_media_base64": "base64"})
def a_file_needs_nothing_beside_it(operation: str, session: Session, stage: Stage) -> None:
    instance, to = stage.instance(), someone(session)
    source = {"url": PICTURE_URL} if operation == "send_media_url" else {"base64": PICTURE}
    for type_ in ("image", "document"):
        for fields in LEAST:
            answer = message(session, instance, operation, to=to, type=type_, **source, **fields)
            content = hold_sent(session, stage, answer, to, **{f"{type_}Message": {}})
            kind = value_at(content, f"{type_}Message", "mimetype")
            # Which one, the vendor does not say; of a document it may be any.
            follows = type_ == "document" or str(kind).startswith(f"{type_}/")
            claim(session, answer, not content or follows, "the MIME type follows from the type")


@LAWS.law("send_media_base64", "download_media", effects=("sends", "reads"))
def files_of_every_size_come_back_whole(session: Session, stage: Stage) -> None:
    instance, to = stage.instance(), someone(session)
    for size in SIZES:
        content = (bytes(range(251)) * (size // 251 + 1))[:size]
        answer = message(
            session, instance, "send_media_base64", to=to, type="document", fileName="a.bin",
            base64=b64encode(content).decode(), mimeType="application/octet-stream",
        )  # fmt: skip
        if claim_success(session, answer, f"a file of {size} bytes"):
            part = value_at(answer.json, "messageData", "message", "documentMessage") or {}
            same_bytes(session, fetch(session, instance, part, "document"), part, content)


@LAWS.law("send_media_base64", effects=("sends",), worth=1)
def a_file_in_lines_of_base64_is_the_same_file(session: Session, stage: Stage) -> None:
    """As mail programs write it; that what is no base64 is passed over, no host has shown."""
    instance, to = stage.instance(), someone(session)
    content = bytes(range(251)) * 2
    answer = message(
        session, instance, "send_media_base64", to=to, type="document", fileName="a.bin",
        base64=encodebytes(content).decode(), mimeType="application/octet-stream",
    )  # fmt: skip
    promise = inferred(session, "send_media_base64")
    if claim_success(session, answer, "a file in lines", promise=promise):
        part = value_at(answer.json, "messageData", "message", "documentMessage")
        whole = value_at(part, "fileLength") in (None, str(len(content)))
        claim(session, answer, whole, "every line of it is there", promise=promise)


CODES = ("01234567", "00000000", "aBcD12eF", "ZZZZZZZ9", "12345678", "abcdefgh")


@LAWS.law("pairing_code", effects=("changes",), phone=True)
def every_code_of_ones_own_comes_back(session: Session, stage: Stage) -> None:
    instance = stage.instance(connected=False)
    promise = Promise("baileys", session.contract.by_id["pairing_code"].spec_file)
    for code in CODES:
        query = {"phoneNumber": "5511900000020", "customPairingCode": code}
        answer = session.call("pairing_code", instance, query=query)
        same = value_at(answer.json, "pairingCode") == code
        claim(session, answer, same, "the custom code, character by character", promise=promise)
