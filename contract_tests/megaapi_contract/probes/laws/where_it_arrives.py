"""What another instance gets and does: files that open, replies, forwards, receipts."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Mapping
from functools import partial, update_wrapper
from typing import Any

from megaapi_mock.domain.jid import as_given
from megaapi_mock.resources import root
from megaapi_mock.resources.samples import Samples

from ...host.host_instance import HostInstance
from ...host.stage import Stage
from ...judging.results import Exchange, Promise, Webhook
from ..probe import Laws
from ..session import Session
from .assertions import NAMELESS, claim, claim_success, inferred, is_same, value_at
from .calls import make_group, message, sent_id, text
from .each_of_many import report_of
from .every_event import bare
from .media import CAPTIONED, KINDS, fetch, same_bytes
from .watched_instance import WatchedInstance, content_of, watch_instance
from .webhooks import PHASE, READ, acks, listening, message_id

LAWS = Laws()
Json = Mapping[str, Any]

ARRIVES = "text-extended"
CAPTION = "Segue o or\u00e7amento n\u00ba 3 \u2013 a\u00e7\u00e3o \U0001f44d\nat\u00e9 logo"
FILE_NAME = "or\u00e7amento n\u00ba 3.pdf"
# The sample that each `type` is sent as, a file that phones open, and the event it arrives as.
FILES = {
    "image": ("image", "image/jpeg", "image"), "video": ("video", "video/mp4", "video"),
    "audio": ("audio", "audio/ogg; codecs=opus", "audio-file"),
    "ptt": ("audio", "audio/ogg; codecs=opus", "audio-voice-note"),
    "ptv": ("video", "video/mp4", "video-note"),
    "document": ("document", "application/pdf", "document"),
    "sticker": ("sticker", "image/webp", "sticker"),
}  # fmt: skip


def _send_file(
    session: Session, instance: HostInstance, to: str, type_: str
) -> tuple[Exchange, bytes]:
    sample, kind, _ = FILES[type_]
    content = Samples(root("fixtures")).media(sample)
    more = {"caption": CAPTION} if type_ in CAPTIONED else {}
    more |= {"fileName": FILE_NAME} if type_ == "document" else {}
    answer = message(
        session, instance, "send_media_base64", to=to, type=type_, mimeType=kind,
        base64=b64encode(content).decode(), **more,
    )  # fmt: skip
    return answer, content


def a_file_opens_where_it_arrives(type_: str, session: Session, stage: Stage) -> None:
    """With the keys that its reader is told, and with what its writer wrote beside it."""
    instance, reader = stage.instance(), watch_instance(session, stage)
    _hold_file(session, instance, reader, reader.number, type_)


@LAWS.law("send_media_base64", "create_group", "download_media",
          effects=("sends", "changes", "reads"), phase=PHASE, reader=True, worth=2,
          events=("group-image", "image"))  # fmt: skip
def a_file_to_a_group_opens_where_it_arrives(session: Session, stage: Stage) -> None:
    instance, reader = stage.instance(), watch_instance(session, stage)
    creation, group = make_group(session, stage, instance, reader.number)
    if claim_success(session, creation, "a group of instances"):
        _hold_file(session, instance, reader, str(group.get("id")), "image")


def _hold_file(
    session: Session, instance: HostInstance, reader: WatchedInstance, to: str, type_: str
) -> None:
    answer, content = _send_file(session, instance, to, type_)
    if not claim_success(session, answer, "a good file"):
        return
    received = reader.receive(answer)
    event = FILES[type_][2]
    if not reader.hook.claim(event, len(received) == 1, "a file arrives once"):
        return
    part = content_of(received[0], KINDS[type_][0])
    if not reader.hook.claim(event, isinstance(part, dict), "it arrives as its kind", received[0]):
        return
    _hold_written(reader, event, received[0], type_, part)
    download = fetch(reader.session, reader.instance, part, KINDS[type_][1])
    same_bytes(session, download, part, content)


def _hold_written(
    reader: WatchedInstance, event: str, one: Webhook, type_: str, part: Json
) -> None:
    expected = {"mimetype": FILES[type_][1]}
    expected |= {"caption": CAPTION} if type_ in CAPTIONED else {}
    expected |= {"fileName": FILE_NAME} if type_ == "document" else {}
    for name, value in expected.items():
        same = part.get(name) == value
        reader.hook.claim(event, same, f"the {name} arrives as it was sent", one)
    is_voice = bool(part.get("ptt")) is (type_ == "ptt")
    reader.hook.claim(event, is_voice, "ptt marks voice notes", one)


for _type in FILES:
    _run = partial(a_file_opens_where_it_arrives, _type)
    update_wrapper(_run, a_file_opens_where_it_arrives)
    LAWS.law(
        "send_media_base64", "download_media", effects=("sends", "changes", "reads"),
        phase=PHASE, about=_type, reader=True, worth=3, events=(FILES[_type][2],),
    )(_run)  # fmt: skip


@LAWS.law("quote_message", "send_text", effects=("sends", "changes"), phase=PHASE, reader=True,
          worth=5, events=("text-quoted-reply",))  # fmt: skip
def a_reply_arrives_with_what_it_is_about(session: Session, stage: Stage) -> None:
    instance, reader = stage.instance(), watch_instance(session, stage)
    first, second = (
        text(session, instance, reader.number, words) for words in ("Pedido 41", "Pedido 42")
    )
    about = value_at(first.json, "messageData")
    reply = message(
        session, instance, "quote_message", to=reader.number, text="Sobre o primeiro",
        key=value_at(about, "key"), message=value_at(about, "message"),
    )  # fmt: skip
    if not claim_success(session, reply, "a reply"):
        return
    received = [one for one in reader.receive(second, reply) if message_id(one) == sent_id(reply)]
    promise = session.contract.promise("quote_message")
    if not _hold(reader, len(received) == 1, "a reply arrives once", promise):
        return
    part = content_of(received[0], "extendedTextMessage")
    words = value_at(part, "text") == "Sobre o primeiro"
    _hold(reader, words, "a reply arrives with its words", promise, received[0])
    context = value_at(part, "contextInfo")
    right = value_at(context, "stanzaId") == sent_id(first)
    _hold(reader, right, "it names the message it is a reply to", promise, received[0])
    quoted = bare(value_at(context, "quotedMessage"))
    same = is_same(session, quoted, bare(value_at(about, "message")))
    _hold(reader, same, "it shows the message it is a reply to", promise, received[0])


def _hold(
    reader: WatchedInstance,
    holds: object,
    sentence: str,
    promise: Promise,
    webhook: Webhook | None = None,
) -> bool:
    """Hold what an operation promises of who gets its message."""
    return reader.hook.claim(ARRIVES, holds, sentence, webhook, promise=promise)


@LAWS.law("forward_message", "send_media_base64", "download_media",
          effects=("sends", "changes", "reads"), phase=PHASE, reader=True, worth=4,
          events=("image",))  # fmt: skip
def a_forwarded_file_arrives_as_the_same_file(session: Session, stage: Stage) -> None:
    instance, reader = stage.instance(), watch_instance(session, stage)
    first, content = _send_file(session, instance, reader.number, "image")
    data = {name: value_at(first.json, "messageData", name) for name in ("key", "message")}
    forward = message(session, instance, "forward_message", to=reader.number, **data)
    if not claim_success(session, forward, "a forward"):
        return
    ids = (sent_id(first), sent_id(forward))
    received = [one for one in reader.receive(first, forward) if message_id(one) == ids[1]]
    promise = session.contract.promise("forward_message")
    if not _hold(reader, len(received) == 1, "a forward arrives once", promise):
        return
    part = content_of(received[0], "imageMessage")
    if _hold(reader, isinstance(part, dict), "it arrives as its kind", promise, received[0]):
        same = part.get("caption") == CAPTION
        _hold(reader, same, "a forward keeps its caption", promise, received[0])
        same_bytes(session, fetch(reader.session, reader.instance, part, "image"), part, content)


@LAWS.law("text_to_many", effects=("sends", "changes"), phase=PHASE, reader=True, worth=3,
          events=(ARRIVES,))  # fmt: skip
def a_text_to_many_arrives_once(session: Session, stage: Stage) -> None:
    instance, reader = stage.instance(), watch_instance(session, stage)
    words = "Aviso a todos: \u00e0s 10h \U0001f44d"
    answer = message(session, instance, "text_to_many", to=[reader.number], text=words)
    if not claim_success(session, answer, "a text to many"):
        return
    sent_by_jid = value_at(report_of(answer), "data")
    id_ = value_at(sent_by_jid, as_given(reader.number), "key", "id")
    if not claim(session, answer, isinstance(id_, str), "each got it"):
        return
    received = reader.receive_ids(str(id_))
    promise = session.contract.promise("text_to_many")
    if _hold(reader, len(received) == 1, "a text to many arrives once", promise):
        part = content_of(received[0], "extendedTextMessage")
        received_words = value_at(part, "text") or value_at(
            received[0].json, "message", "conversation"
        )
        _hold(reader, received_words == words, "every letter arrives", promise, received[0])


@LAWS.law("read_message", "send_text", effects=("sends", "changes"), phase=PHASE, reader=True,
          worth=4, events=("ack-read",))  # fmt: skip
def what_is_read_is_told_as_read(session: Session, stage: Stage) -> None:
    (instance, hook), reader = listening(session, stage), watch_instance(session, stage)
    answers = [text(session, instance, reader.number, words) for words in ("Um", "Dois")]
    received = reader.receive(*answers)
    for one in received:
        key = value_at(one.json, "key")
        reader.session.gate.learn([message_id(one)])
        body = {"messageData": {"key": {"remoteJid": as_given(instance.number), "fromMe": False,
                                        "id": message_id(one)}}}  # fmt: skip
        if key is not None:
            reader.session.call("read_message", reader.instance, body=body)
    ids = [sent_id(answer) for answer in answers]
    webhooks = hook.receive(lambda all_: all(READ in acks(all_, id_) for id_ in ids))
    statuses = [acks(webhooks, id_) for id_ in ids]
    if received and hook.settle_acks(any(statuses)):
        once = all(steps.count(READ) == 1 for steps in statuses)
        hook.claim("ack-read", once, "what was read is told as read, once")


@LAWS.law("delete_message_from_me", "send_text", effects=("sends", "changes"), phase=PHASE,
          reader=True, worth=3, events=(ARRIVES,))  # fmt: skip
def what_is_deleted_for_oneself_is_told_to_nobody(session: Session, stage: Stage) -> None:
    instance, reader = stage.instance(), watch_instance(session, stage)
    first = text(session, instance, reader.number, "Este fica com voce")
    received = reader.receive(first)
    data = {"id": sent_id(first),
            "timestamp": value_at(first.json, "messageData", "messageTimestamp")}  # fmt: skip
    body = {"to": reader.number, "messageData": data}
    deletion = session.call("delete_message_from_me", instance, body=body)
    promise = session.contract.promise("delete_message_from_me")
    if not received or not claim_success(session, deletion, "a deletion", promise=promise):
        return
    last = sent_id(text(session, instance, reader.number, "E este tambem"))
    webhooks = reader.hook.receive(lambda all_: last in map(message_id, all_))
    about = [
        one for one in webhooks
        if value_at(one.json, "message", "protocolMessage", "key", "id") == sent_id(first)
    ]  # fmt: skip
    _hold(reader, not about, "a deletion for oneself is told to nobody", promise)


@LAWS.law("set_profile_name", "instance_status", "send_text",
          effects=("reads", "sends", "changes"), phase=PHASE, reader=True, worth=1,
          events=(ARRIVES,))  # fmt: skip
def a_new_name_comes_with_the_next_message(session: Session, stage: Stage) -> None:
    instance, reader = stage.instance(), watch_instance(session, stage)
    first = text(session, instance, reader.number, "Com o nome de antes")
    known = [value_at(one.json, "pushName") for one in reader.receive(first)]
    status = session.call("instance_status", instance)
    before = value_at(status.json, "instance", "user", "name")
    # Nearly the same where people may see it.
    name = "Loja Nova" if stage.phone else f"{before}."
    session.gate.learn([name])
    answer = session.call("set_profile_name", instance, body={"messageData": {"name": name}})
    if not answer.ok or not known or known[0] in NAMELESS:
        return
    second = text(session, instance, reader.number, "Com o nome de agora")
    # How soon WhatsApp tells others of a new name, no source says.
    promise = inferred(session, "set_profile_name")
    for one in reader.receive(second):
        right = value_at(one.json, "pushName") in (*NAMELESS, name)
        _hold(reader, right, "pushName is the name of now", promise, one)
