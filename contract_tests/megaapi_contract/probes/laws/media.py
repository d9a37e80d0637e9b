"""Files: sent and fetched back byte for byte, and the picture to scan."""

from __future__ import annotations

import re
from base64 import b64decode, b64encode
from binascii import Error as Base64Error
from collections.abc import Mapping
from hashlib import sha256
from typing import Any

from ...host.host_instance import HostInstance
from ...host.stage import Stage
from ...judging.results import Exchange
from ..cases import PICTURE
from ..probe import Laws
from ..session import PICTURE_URL, Session
from . import png
from .assertions import claim, claim_failure, claim_refusal, claim_success, inferred, value_at
from .calls import message, someone, texts
from .requests import MEDIA_KEY

LAWS = Laws()
Json = Mapping[str, Any]

PNG = b64decode(PICTURE)
PLAIN = bytes(range(256)) * 5
# `type` as sent, the content it becomes, and what it is fetched back as.
KINDS = {
    "image": ("imageMessage", "image", "image/png"),
    "video": ("videoMessage", "video", "video/mp4"),
    "audio": ("audioMessage", "audio", "audio/mpeg"),
    "ptt": ("audioMessage", "audio", "audio/ogg; codecs=opus"),
    "ptv": ("ptvMessage", "video", "video/mp4"),
    "document": ("documentMessage", "document", "application/pdf"),
    "sticker": ("stickerMessage", "image", "image/webp"),
}
CAPTIONED = ("image", "video", "document")
_KEYS = ("mediaKey", "directPath", "url", "mimetype")
_IMAGE = re.compile(rb"<(?:img|svg|image)\b[^>]*?(?:src|href)\s*=\s*[\"'](data:image/[^\"']+)")
# How many times twenty seconds a code may stay before one says that it stays for good.
TERMS = 6
LINKED_ALREADY = "User is already logged in"


def _send(
    session: Session, instance: HostInstance, type_: str, content: bytes, **more: Any
) -> Exchange:
    data = {"type": type_, "base64": b64encode(content).decode(), "mimeType": KINDS[type_][2]}
    return message(session, instance, "send_media_base64", to=someone(session), **data, **more)


def _part(answer: Exchange, type_: str) -> Json:
    part = value_at(answer.json, "messageData", "message", KINDS[type_][0])
    return part if isinstance(part, dict) else {}


def fetch(session: Session, instance: HostInstance, part: Json, kind: str, **more: Any) -> Exchange:
    """Ask for the file behind what a message says of it."""
    keys = {name: part.get(name) for name in _KEYS} | {"messageType": kind} | more
    # A customer's file: its address and key came with a webhook, and no answer showed them.
    session.gate.learn(texts(keys))
    return session.call("download_media", instance, body={"messageKeys": keys})


def download_content(answer: Exchange) -> tuple[str, bytes | None]:
    """The type a download names (none for bare base64), and its bytes; None without any."""
    text = value_at(answer.json, "data")
    if not isinstance(text, str):
        return "", None
    head, comma, base64_text = text.rpartition(",")
    try:
        content = b64decode(base64_text, validate=True)
    except (Base64Error, ValueError):
        return "", None
    kind = head.removeprefix("data:").removesuffix(";base64") if comma else ""
    return kind, content


def same_bytes(session: Session, answer: Exchange, part: Json, content: bytes | None) -> bool:
    """Hold that a download is the file its message speaks of; `content` where it is known."""
    if not claim_success(session, answer, "a good download"):
        return False
    kind, received_bytes = download_content(answer)
    whole = received_bytes is not None and (content is None or received_bytes == content)
    claim(session, answer, whole, "the file comes back byte for byte")
    received_bytes = received_bytes or b""
    digest = b64encode(sha256(received_bytes).digest()).decode()
    claim(session, answer, part.get("fileSha256") == digest, "fileSha256 is that of the file")
    length = str(part.get("fileLength"))
    claim(session, answer, length == str(len(received_bytes)), "fileLength is that of the file")
    return claim(session, answer, kind in ("", part.get("mimetype")), "the type comes back")


@LAWS.law("send_media_base64", "download_media", effects=("sends", "reads"))
def a_picture_comes_back_byte_for_byte(session: Session, stage: Stage) -> None:
    instance = stage.instance()
    answer = _send(session, instance, "image", PNG, caption="Foto", fileName="foto.png")
    if not claim_success(session, answer, "a good picture"):
        return
    part = _part(answer, "image")
    claim(session, answer, part.get("caption") == "Foto", "the caption is what was sent")
    claim(session, answer, part.get("mimetype") == "image/png", "the type is what was sent")
    same_bytes(session, fetch(session, instance, part, "image"), part, PNG)


@LAWS.law("send_media_base64", "download_media", effects=("sends", "reads"), worth=5)
def every_kind_of_file_comes_back(session: Session, stage: Stage) -> None:
    instance = stage.instance()
    for number, type_ in enumerate(KINDS):
        content = PLAIN + bytes([number])
        answer = _send(session, instance, type_, content, fileName="arquivo.pdf", caption="Veja")
        if not claim_success(session, answer, "a good file"):
            continue
        part, (_, kind, mimetype) = _part(answer, type_), KINDS[type_]
        claim(session, answer, part, "the content is of the type that was sent")
        claim(session, answer, part.get("mimetype") == mimetype, "the type is what was sent")
        claim(session, answer, bool(part.get("ptt")) is (type_ == "ptt"), "ptt marks voice notes")
        if type_ == "document":
            claim(session, answer, part.get("fileName") == "arquivo.pdf", "documents keep a name")
        if type_ in CAPTIONED:
            claim(session, answer, part.get("caption") == "Veja", "the caption is what was sent")
        same_bytes(session, fetch(session, instance, part, kind), part, content)


@LAWS.law("send_media_base64", "download_media", effects=("sends", "reads"))
def one_address_is_enough(session: Session, stage: Stage) -> None:
    instance = stage.instance()
    part = _part(_send(session, instance, "image", PNG), "image")
    for field in ("url", "directPath"):
        answer = fetch(session, instance, part, "image", **{field: None})
        same_bytes(session, answer, part, PNG)
    same_bytes(session, fetch(session, instance, part, "imageMessage"), part, PNG)


def has_usual_form(answer: Exchange) -> bool:
    """Whether a failed download has the form that comes with an empty `data`."""
    return answer.status == 200 and value_at(answer.json, "statusCode") is None


@LAWS.law("send_media_base64", "download_media", effects=("sends", "reads"))
def a_wrong_key_or_kind_opens_nothing(session: Session, stage: Stage) -> None:
    instance = stage.instance()
    part = _part(_send(session, instance, "image", PNG), "image")
    promise = session.contract.promise("download_media", 200)
    for when, changes in (
        ("a wrong key", {"mediaKey": MEDIA_KEY}),
        ("another kind", {"messageType": "video"}),
        ("an unknown address", {"directPath": "/v/none", "url": None}),
    ):
        answer = fetch(session, instance, part, "image", **changes)
        if claim_failure(
            session, answer, when, promise=promise, switch="media_gone"
        ) and has_usual_form(answer):
            claim(session, answer, value_at(answer.json, "data") == "", f"{when}: no data")


@LAWS.law("send_media_base64", "download_media", effects=("sends", "reads"), phone=True)
def files_are_there_for_their_own_instance_alone(session: Session, stage: Stage) -> None:
    first, second = stage.instance(), stage.instance()
    part = _part(_send(session, first, "image", PNG), "image")
    unsure = inferred(session, "download_media")
    answer = fetch(session, second, part, "image")
    claim_failure(session, answer, "another instance's file", promise=unsure, switch="media_gone")


@LAWS.law("send_media_base64", effects=("sends",))
def each_file_has_keys_of_its_own(session: Session, stage: Stage) -> None:
    instance = stage.instance()
    sent_messages = [_send(session, instance, "image", PNG) for _ in range(3)]
    for name in ("mediaKey", "directPath", "url"):
        values = {str(_part(one, "image").get(name)) for one in sent_messages}
        claim(session, sent_messages[-1], len(values) == 3, f"{name} differs from file to file")


@LAWS.law("send_media_base64", "download_media", effects=("sends", "reads"), worth=2)
def a_data_uri_names_the_type(session: Session, stage: Stage) -> None:
    instance, to = stage.instance(), someone(session)
    # A voice note's type has a parameter.
    for type_, mimetype in (("image", "image/webp"), ("audio", "audio/ogg; codecs=opus")):
        data_uri = f"data:{mimetype};base64,{b64encode(PNG).decode()}"
        data = {"to": to, "type": type_, "base64": data_uri}
        answer = message(session, instance, "send_media_base64", **data)
        if claim_success(session, answer, "a data URI"):
            part = _part(answer, type_)
            is_named = part.get("mimetype") == mimetype
            claim(session, answer, is_named, "the type is the data URI's")
            same_bytes(session, fetch(session, instance, part, type_), part, PNG)


@LAWS.law("send_media_base64", effects=("sends",), worth=4)
def what_is_seen_once_says_so(session: Session, stage: Stage) -> None:
    answer = _send(session, stage.instance(), "image", PNG, viewOnce=True)
    part = value_at(
        answer.json, "messageData", "message", "viewOnceMessage", "message", "imageMessage"
    )
    claim(
        session, answer, value_at(part, "viewOnce") is True, "view-once media is wrapped and marked"
    )


@LAWS.law("send_media_url", "download_media", effects=("sends", "reads"))
def a_file_by_address_is_described_as_one_by_bytes(session: Session, stage: Stage) -> None:
    instance = stage.instance()
    for type_ in ("image", "document"):
        answer = message(
            session, instance, "send_media_url", to=someone(session), type=type_, url=PICTURE_URL,
            fileName="arquivo.pdf", caption="Veja", mimeType=KINDS[type_][2],
        )  # fmt: skip
        if not claim_success(session, answer, "a good address"):
            return
        part = _part(answer, type_)
        claim(session, answer, part.get("caption") == "Veja", "the caption is what was sent")
        claim(session, answer, part.get("mimetype") == KINDS[type_][2], "the type is as sent")
        is_named = type_ == "image" or part.get("fileName") == "arquivo.pdf"
        claim(session, answer, is_named, "documents keep a name")
        same_bytes(session, fetch(session, instance, part, type_), part, None)


@LAWS.law("send_media_url", "send_media_base64", effects=("sends",), worth=7)
def files_that_are_none_are_refused(session: Session, stage: Stage) -> None:
    instance, to = stage.instance(), someone(session)
    unsure = inferred(session, "send_media_url")
    answer = message(session, instance, "send_media_url", to=to, type="image", url="foto.jpg")
    claim_refusal(session, answer, 500, "no address", promise=unsure)
    for operation, field in (("send_media_url", "url"), ("send_media_base64", "base64")):
        data = {field: PICTURE_URL if field == "url" else b64encode(PNG).decode()}
        answer = message(session, instance, operation, to=to, type="gif", **data)
        claim_refusal(session, answer, 500, "an unknown kind", promise=unsure)


# -- the picture to scan ---------------------------------------------------------------------


def _scannable(session: Session, answer: Exchange, content: bytes) -> None:
    try:
        picture_rows = png.rows(content)
    except png.NoPicture as problem:
        claim(session, answer, False, f"the QR code is a PNG picture ({problem})")
        return
    claim(session, answer, png.shows_qr(picture_rows), "the picture shows a QR code")


def qr(session: Session, instance: HostInstance) -> tuple[Exchange, bytes]:
    """The answer with the QR code in base64, and the picture in it; empty without one."""
    answer = session.call("qr_code_base64", instance)
    if session.takes_alternative(answer, "qr_base64_first"):
        # The call that opens a series may only say so; the next one has the code.
        answer = session.call("qr_code_base64", instance)
    try:
        return answer, png.from_data_uri(value_at(answer.json, "qrcode"))
    except png.NoPicture:
        return answer, b""


@LAWS.law("qr_code_base64", phone=True)
def the_qr_code_is_a_picture_to_scan(session: Session, stage: Stage) -> None:
    answer, content = qr(session, stage.instance(connected=False))
    claim_success(session, answer, "a QR code")
    if claim(session, answer, content, "qrcode is a data URI of a PNG"):
        _scannable(session, answer, content)


@LAWS.law("qr_code_image", phone=True)
def the_picture_of_the_qr_code_can_be_scanned(session: Session, stage: Stage) -> None:
    answer = session.call("qr_code_image", stage.instance(connected=False))
    if claim_success(session, answer, "a QR code"):
        kind = answer.header("Content-Type").partition(";")[0]
        claim(session, answer, kind == "image/png", "its type is image/png")
        _scannable(session, answer, answer.body)


@LAWS.law("qr_code_page", phone=True)
def the_page_of_the_qr_code_shows_it(session: Session, stage: Stage) -> None:
    answer = session.call("qr_code_page", stage.instance(connected=False))
    if not claim_success(session, answer, "a QR code"):
        return
    kind = answer.header("Content-Type").partition(";")[0]
    claim(session, answer, kind == "text/html", "its type is text/html")
    image = _IMAGE.search(answer.body)
    if claim(session, answer, image, "the page holds a picture") and image:
        source = image.group(1).decode()
        if source.startswith("data:image/png"):
            try:
                _scannable(session, answer, png.from_data_uri(source))
            except png.NoPicture:
                claim(session, answer, False, "the picture on the page is whole")


@LAWS.law("qr_code_page", "qr_code_image", "qr_code_base64", phone=True)
def all_ways_show_the_same_code(session: Session, stage: Stage) -> None:
    instance = stage.instance(connected=False)
    _, content = qr(session, instance)
    image = session.call("qr_code_image", instance)
    claim(session, image, image.body == content, "the picture is the one in base64",
          promise=inferred(session, "qr_code_image"))  # fmt: skip
    page = session.call("qr_code_page", instance)
    inside = b64encode(content) in page.body if content else False
    claim(session, page, inside, "the page shows the same picture",
          promise=inferred(session, "qr_code_page"))  # fmt: skip
    other, theirs = qr(session, stage.instance(connected=False))
    claim(session, other, theirs != content, "another instance has another code")


@LAWS.law("qr_code_base64", phone=True)
def codes_change_every_twenty_seconds(session: Session, stage: Stage) -> None:
    instance = stage.instance(connected=False)
    _, first = qr(session, instance)
    answer, second_code = qr(session, instance)
    claim(session, answer, second_code == first, "the code stays for its twenty seconds")
    codes, terms = [first], 0
    for _ in range(5):
        for _ in range(TERMS):
            if not stage.pass_time(20):
                return
            terms += 1
            answer, code = qr(session, instance)
            if code != codes[-1]:
                break
        codes.append(code)
    claim(session, answer, len(set(codes)) == len(codes), "a code is followed by another code")
    claim(session, answer, terms == 5, "after twenty seconds there is another code",
          promise=inferred(session, "qr_code_base64"))  # fmt: skip


@LAWS.law("qr_code_base64", "restart", effects=("reads", "disconnects"), phone=True)
def a_new_series_has_new_codes(session: Session, stage: Stage) -> None:
    instance = stage.instance(connected=False)
    _, first = qr(session, instance)
    claim_success(session, session.call("restart", instance), "a restart without a phone")
    answer, second = qr(session, instance)
    claim(session, answer, second and second != first, "a new series has new codes",
          promise=inferred(session, "qr_code_base64"))  # fmt: skip


@LAWS.law("qr_code_page", "qr_code_image", "qr_code_base64")
def a_linked_instance_shows_no_code(session: Session, stage: Stage) -> None:
    instance = stage.instance()
    for operation in ("qr_code_page", "qr_code_image", "qr_code_base64"):
        answer = session.call(operation, instance)
        unsure = inferred(session, operation)
        claim_refusal(
            session, answer, 403, "a QR code of a linked instance",
            message=LINKED_ALREADY, promise=unsure,
            switches=("qr_page_connected", "qr_base64_connected"),
        )  # fmt: skip
    # How it is refused nobody has seen; that nobody can link once more, the vendor says.
    no_code = value_at(answer.json, "qrcode") is None
    claim(session, answer, no_code, "a linked instance gives no code to scan")
