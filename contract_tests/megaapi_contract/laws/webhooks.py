"""What comes to the receiver: every event once, whole, in order, and about the right instance."""

from __future__ import annotations

from base64 import b64encode
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from functools import partial, update_wrapper
from typing import Any

from megaapi_mock.domain.jid import as_given

from ..outcome import Exchange, Promise, Webhook
from ..probe import Laws, Probe
from ..session import Place, Session
from ..stage import NO_WHATSAPP, WORLD, Stage
from .acts import make_group, message, sent_id, set_webhook, someone, text
from .asks import ASKS
from .claims import at, guess
from .connection import link, unlink
from .hook import Hook
from .media import KINDS, PNG, fetch, qr, same_bytes

LAWS = Laws()
PHASE = "webhooks"

SERVER, DELIVERED, READ, PLAYED = 2, 3, 4, 5
UNPLAYED = (SERVER, DELIVERED, READ)
ACKS = {SERVER: "ack-server", DELIVERED: "ack-delivered", READ: "ack-read", PLAYED: "ack-played"}
ACK_EVENTS = ("ack-server", "ack-delivered", "ack-read")
ECHO = "from-me-api-echo"
Rule = Callable[[str, Session, Stage], None]
Json = dict[str, Any]


def _quiet(session: Session) -> Promise:
    """That something is told to nobody, no source says."""
    return guess(session, "configure_webhook")


def _listening(session: Session, stage: Stage, *, connected: bool = True) -> tuple[Place, Hook]:
    place = stage.place(connected=connected)
    return place, Hook(session, stage, place).open()


def message_id(webhook: Webhook) -> str:
    """The id of the message a webhook is about."""
    return str(at(webhook.json, "key", "id"))


def _is_ack(webhook: Webhook) -> bool:
    return bool(at(webhook.json, "messageType") == "message.ack")


def acks(came: list[Webhook], id_: str) -> list[Any]:
    """The statuses told of a message, in the order they came."""
    told = [one.json for one in came if _is_ack(one) and message_id(one) == id_]
    return [at(payload, "update", "status") for payload in told]


def _came_to(step: int, webhooks: list[Webhook]) -> bool:
    return any(at(one.json, "update", "status") == step for one in webhooks)


_all_read = partial(_came_to, READ)


# -- what the instance sends -----------------------------------------------------------------


def told(
    hook: Hook, came: list[Webhook], sent: Exchange, steps: tuple[int, ...] = UNPLAYED
) -> None:
    """Hold the acknowledgements of one sent message: these, in order, each once."""
    id_ = sent_id(sent)
    statuses = acks(came, id_)
    for step in steps:
        counted = statuses.count(step)
        hook.claim(ACKS[step], counted == 1, f"a sent message is told {ACKS[step]} once")
    ordered = [status for status in statuses if status in steps] == sorted(statuses)
    hook.claim(ACKS[steps[0]], ordered, "acknowledgements never go back")
    hook.claim(ACKS[steps[0]], set(statuses) <= set(steps), "no acknowledgement is made up")
    for one in came:
        status = at(one.json, "update", "status")
        if _is_ack(one) and message_id(one) == id_ and status in ACKS:
            hook.is_event(one, ACKS[status], "an acknowledgement")


def echoed(hook: Hook, came: list[Webhook], sent: Exchange) -> None:
    """Hold the echo of one sent message: once, before its acks, with what the answer says."""
    id_ = sent_id(sent)
    about = [one for one in came if message_id(one) == id_]
    echoes = [one for one in about if not _is_ack(one)]
    if not hook.claim(ECHO, len(echoes) == 1, "a sent message is echoed once"):
        return
    hook.claim(ECHO, about[0] is echoes[0], "the echo comes before the acknowledgements")
    payload, data = echoes[0].json, at(sent.json, "messageData")
    same = at(payload, "message") == at(data, "message")
    hook.claim(ECHO, same, "the echo has the content of the answer", echoes[0])
    hook.claim(ECHO, at(payload, "key", "fromMe") is True, "an echo is from the instance")
    moment = at(payload, "messageTimestamp")
    right = type(moment) is int and str(moment) == str(at(data, "messageTimestamp"))
    hook.claim(ECHO, right, "messageTimestamp is the answer's, as a number", echoes[0])
    kind = next((name for name in at(data, "message") or {}), None)
    hook.claim(ECHO, at(payload, "messageType") == kind, "messageType names the content")
    if kind == "extendedTextMessage":
        hook.is_event(echoes[0], ECHO, "a text of the instance")


@LAWS.law("send_text", effects=("sends", "changes"), phase=PHASE,
          events=(ECHO, *ACK_EVENTS))  # fmt: skip
def a_text_is_echoed_and_acknowledged(session: Session, stage: Stage) -> None:
    place, hook = _listening(session, stage)
    sent = text(session, place)
    came = hook.heard(_all_read)
    echoed(hook, came, sent)
    told(hook, came, sent)


def _each(names: Mapping[str, Any] | tuple[str, ...]) -> Callable[[Rule], Rule]:
    """The rule as a law of each operation that sends."""

    def keep(rule: Rule) -> Rule:
        for name in names:
            run = partial(rule, name)
            update_wrapper(run, rule)
            LAWS.law(
                name, effects=("sends", "changes"), phase=PHASE, about=name,
                events=(ECHO, *ACK_EVENTS), phone=True,
            )(run)  # fmt: skip
        return rule

    return keep


SENDS = tuple(
    name for name, ask in ASKS.items() if ask.effect == "sends" and name != "update_presence"
)


@_each(SENDS)
def what_is_sent_comes_back(operation: str, session: Session, stage: Stage) -> None:
    place, hook = _listening(session, stage)
    sent = session.call(operation, place, **ASKS[operation].make(someone(session)))
    came = hook.heard(_all_read)
    if operation != "delete_message":
        echoed(hook, came, sent)
    told(hook, came, sent)
    ids = {message_id(one) for one in came}
    hook.claim(ECHO, ids == {sent_id(sent)}, "nothing else is told of a send")


@LAWS.law("send_media_base64", effects=("sends", "changes"), phase=PHASE, phone=True,
          events=(ECHO, *ACKS.values()))  # fmt: skip
def only_what_can_be_played_is_told_as_played(session: Session, stage: Stage) -> None:
    place, hook = _listening(session, stage)
    for type_, steps in (
        ("ptt", (SERVER, DELIVERED, READ, PLAYED)),
        ("audio", UNPLAYED),
        ("ptv", (SERVER, DELIVERED, READ, PLAYED)),
    ):
        sent = message(
            session, place, "send_media_base64", to=someone(session), type=type_,
            base64="AAAA", mimeType=KINDS[type_][2],
        )  # fmt: skip
        came = hook.heard(partial(_came_to, steps[-1]))
        told(hook, came, sent, steps)


@LAWS.law("send_text", "create_group", effects=("sends", "changes"), phase=PHASE, phone=True,
          events=(ECHO, *ACK_EVENTS))  # fmt: skip
def a_text_to_a_group_is_told_of_that_group(session: Session, stage: Stage) -> None:
    place, hook = _listening(session, stage)
    _, group = make_group(session, stage, place, someone(session))
    hook.nothing(hook.heard(), "group-participants", "making a group", _quiet(session))
    jid = str(group.get("id"))
    sent = text(session, place, jid)
    came = hook.heard(_all_read)
    echoed(hook, came, sent)
    told(hook, came, sent)
    chats = {at(one.json, "key", "remoteJid") for one in came}
    hook.claim(ECHO, chats == {jid}, "remoteJid is the group's")


@LAWS.law("send_text", effects=("sends", "changes"), phase=PHASE, phone=True,
          events=(ECHO, *ACK_EVENTS))  # fmt: skip
def webhooks_come_in_the_order_of_their_causes(session: Session, stage: Stage) -> None:
    place, hook = _listening(session, stage)
    sent = [text(session, place, someone(session, turn), f"Mensagem {turn}") for turn in range(6)]
    came = hook.heard(lambda found: sum(map(_is_ack, found)) >= 18)
    echoes = [message_id(one) for one in came if not _is_ack(one)]
    hook.claim(ECHO, echoes == [sent_id(one) for one in sent], "echoes come as they were sent")
    for one in sent:
        told(hook, came, one)


@LAWS.law("send_text", "update_presence", effects=("sends", "changes"),
          phase=PHASE, phone=True, events=(ECHO, "presence", *ACK_EVENTS))  # fmt: skip
def calls_that_fail_are_told_to_nobody(session: Session, stage: Stage) -> None:
    place, hook = _listening(session, stage)
    text(session, place, NO_WHATSAPP)
    session.call("send_text", place, body={"to": someone(session), "text": "Bom dia"})
    said = ASKS["send_text"].make(someone(session))
    session.call("send_text", place, token=session.wrong_token(), **said)
    session.call("update_presence", place, **ASKS["update_presence"].make(someone(session)))
    hook.nothing(hook.heard(), ECHO, "calls that fail", _quiet(session))


@LAWS.law("send_text", "logout", effects=("sends", "disconnects", "changes"), phase=PHASE,
          phone=True, events=(ECHO, "disconnected"))  # fmt: skip
def after_a_logout_nothing_more_is_told(session: Session, stage: Stage) -> None:
    place, hook = _listening(session, stage)
    session.call("logout", place)
    hook.only(hook.heard(), "disconnected", "a logout")
    text(session, place)
    session.call("logout", place)
    hook.nothing(hook.heard(), "disconnected", "calls after a logout", _quiet(session))


# -- the link --------------------------------------------------------------------------------


@LAWS.law("configure_webhook", effects=("changes",), phase=PHASE, phone=True,
          events=("connected", "disconnected"))  # fmt: skip
def linking_and_unlinking_is_told(session: Session, stage: Stage) -> None:
    place, hook = _listening(session, stage, connected=False)
    for by in ("phone", "gateway", "ban"):
        link(stage, place)
        shown = stage.door("GET", f"/_mock/instances/{place.key}")
        hook.place = Place(place.key, place.token, str(shown["number"]))
        payload = hook.only(hook.heard(), "connected", "linking")
        hook.claim("connected", payload.get("message") == "phone_connected", "phone_connected")
        unlink(stage, place, by=by)
        hook.only(hook.heard(), "disconnected", "unlinking")


@LAWS.law("restart", effects=("disconnects", "changes"), phase=PHASE, phone=True,
          events=("connected", "disconnected"))  # fmt: skip
def a_restart_ends_with_the_link(session: Session, stage: Stage) -> None:
    place, hook = _listening(session, stage)
    session.call("restart", place)
    came = hook.heard()
    if hook.claim("connected", came, "a restart is told"):
        hook.is_event(came[-1], "connected", "the end of a restart")
        once = [at(one.json, "message") for one in came].count("phone_connected")
        hook.claim("connected", once == 1, "a restart links once")


@LAWS.law("qr_code_base64", effects=("reads", "changes"), phase=PHASE, phone=True,
          events=("qrcode",))  # fmt: skip
def a_code_that_is_shown_is_told(session: Session, stage: Stage) -> None:
    place, hook = _listening(session, stage, connected=False)
    found, _ = qr(session, place)
    came = hook.heard()
    if not hook.claim("qrcode", came, "a QR code is told"):
        return
    hook.is_event(came[0], "qrcode", "a QR code")
    same = at(came[0].json, "qrcode") == at(found.json, "qrcode")
    hook.claim("qrcode", same, "the code told is the code shown", came[0])


@LAWS.law("qr_code_base64", effects=("reads", "changes"), phase=PHASE, phone=True,
          events=("qrcode",))  # fmt: skip
def codes_are_told_until_the_series_ends(session: Session, stage: Stage) -> None:
    place, hook = _listening(session, stage, connected=False)
    codes: list[object] = []
    for series in (1, 2):
        qr(session, place)
        came = hook.heard()
        if not stage.pass_time(0):
            return
        told = [at(one.json, "qrcode") for one in came]
        hook.claim("qrcode", len(told) == 5, "five codes make a series")
        codes += told
        hook.claim("qrcode", len(set(map(str, codes))) == len(codes), "no code comes twice")
        for one in came[:series]:
            hook.is_event(one, "qrcode", "a QR code")
    hook.nothing(hook.heard(), "qrcode", "after the series", _quiet(session))


# -- what customers do -----------------------------------------------------------------------


def _after_text(session: Session, stage: Stage, place: Place) -> Json:
    return {"message": sent_id(text(session, place, WORLD[0]))}


def _after_theirs(session: Session, stage: Stage, place: Place) -> Json:
    door = f"/_mock/instances/{place.key}/inbound"
    return {"message": stage.door("POST", door, {"event": "text-plain"})["id"]}


def _after_poll(session: Session, stage: Stage, place: Place) -> Json:
    door = f"/_mock/instances/{place.key}/inbound"
    return {"message": stage.door("POST", door, {"event": "poll-creation"})["id"]}


def _after(operation: str) -> Callable[[Session, Stage, Place], Json]:
    def send(session: Session, stage: Stage, place: Place) -> Json:
        said = ASKS[operation].make(WORLD[0])
        return {"message": sent_id(session.call(operation, place, **said))}

    return send


def _after_template(session: Session, stage: Stage, place: Place) -> Json:
    buttons = [{"type": "replyButton", "title": "Sim", "payload": "sim"}]
    sent = message(session, place, "send_template", to=WORLD[0], text="Confirma?", buttons=buttons)
    return {"message": sent_id(sent)}


def _in_group(session: Session, stage: Stage, place: Place) -> Json:
    _, group = make_group(session, stage, place, WORLD[0])
    return {"group": group.get("id")}


def _joins(session: Session, stage: Stage, place: Place) -> Json:
    return {**_in_group(session, stage, place), "from": WORLD[1], "option": "add"}


def _nothing(session: Session, stage: Stage, place: Place) -> Json:
    return {}


Before = Callable[[Session, Stage, Place], Json]
# Every event that a customer causes, and what must have happened before.
INBOUND: Mapping[str, Before] = {
    **dict.fromkeys(
        (
            "text-plain", "text-plain-lid", "text-plain-2023", "text-extended",
            "text-link-preview", "text-forwarded", "text-ad-referral", "ephemeral", "image",
            "video", "video-note", "audio-voice-note", "audio-file", "document",
            "document-with-caption", "sticker", "location", "live-location", "contact",
            "contacts-array", "poll-creation", "disappearing-setting", "view-once", "album",
            "group-invite", "interactive-order", "order", "status-story", "broadcast-list",
            "newsletter", "from-me-phone", "self-chat", "call", "presence",
        ),
        _nothing,
    ),
    **dict.fromkeys(("text-quoted-reply", "reaction", "pin-in-chat"), _after_text),
    **dict.fromkeys(("edited", "deleted"), _after_theirs),
    "poll-vote": _after_poll,
    "list-response": _after("send_list"),
    "buttons-response": _after("send_buttons"),
    "interactive-response": _after("send_buttons"),
    "template-button-reply": _after_template,
    **dict.fromkeys(
        ("text-mention", "group-text", "group-image", "group-text-first-of-sender",
         "group-update"),
        _in_group,
    ),
    "group-participants": _joins,
}  # fmt: skip
_CAUSES = {
    **dict.fromkeys(("text-quoted-reply", "reaction", "pin-in-chat"), ("send_text",)),
    **dict.fromkeys(("buttons-response", "interactive-response"), ("send_buttons",)),
    "list-response": ("send_list",), "template-button-reply": ("send_template",),
    **dict.fromkeys(
        ("image", "video", "video-note", "audio-voice-note", "audio-file", "document",
         "document-with-caption", "sticker", "view-once", "status-story"),
        ("download_media",),
    ),
    "group-image": ("create_group", "download_media"),
    **dict.fromkeys(
        ("text-mention", "group-text", "group-text-first-of-sender", "group-update",
         "group-participants"),
        ("create_group",),
    ),
}  # fmt: skip
FETCHED = {"image": "image", "video": "video", "ptv": "video", "audio": "audio",
           "document": "document", "sticker": "image"}  # fmt: skip


def _inbound(rule: Rule) -> Rule:
    for event in INBOUND:
        causes = _CAUSES.get(event, ())
        run = partial(rule, event)
        update_wrapper(run, rule)
        LAWS.law(
            *causes, "configure_webhook",
            effects={"changes"} | {ASKS[cause].effect for cause in causes},
            phase=PHASE, about=event, events=(event,), phone=True,
        )(run)  # fmt: skip
    return rule


@_inbound
def what_a_customer_does_is_told_once(event: str, session: Session, stage: Stage) -> None:
    place, hook = _listening(session, stage)
    before = INBOUND[event](session, stage, place)
    hook.heard()
    body = {"event": event, **before}
    made = stage.door("POST", f"/_mock/instances/{place.key}/inbound", body)
    came = hook.heard()
    payload = hook.only(came[:1], event, "what a customer does")
    _follow(hook, event, payload, came[1:])
    if not payload or "id" not in made:
        return
    key = payload.get("key") or {}
    hook.claim(event, key.get("id") == made["id"], "the id is the message's", came[0])
    chats = (key.get("remoteJid"), key.get("senderPn"))
    hook.claim(event, made["chat"] in chats, "remoteJid is the chat", came[0])
    hook.claim(event, key.get("fromMe") is made["from_me"], "fromMe is whose it is", came[0])
    same = payload.get("message") == made["content"]
    hook.claim(event, same, "the content is what was written", came[0])
    _fetchable(session, place, payload)


def _follow(hook: Hook, event: str, payload: Json, rest: list[Webhook]) -> None:
    """Hold that an album is followed by just the pictures it announces, and nothing else by any."""
    album = at(payload, "message", "albumMessage")
    announced = ["image"] * (at(album, "expectedImageCount") or 0)
    announced += ["video"] * (at(album, "expectedVideoCount") or 0)
    hook.claim(event, len(rest) == len(announced), "no webhook that was not announced")
    for follower, kind in zip(rest, announced, strict=False):
        if hook.is_event(follower, kind, "a part of an album"):
            names = ("message", "messageContextInfo", "messageAssociation", "parentMessageKey")
            parent = at(follower.json, *names, "id")
            mine = parent == at(payload, "key", "id")
            hook.claim(kind, mine, "a part of an album names its album", follower)


def _fetchable(session: Session, place: Place, payload: Json) -> None:
    """Hold that the file of a message can be fetched, byte for byte."""
    for kind, part in _files(payload.get("message")):
        found = fetch(session, place, part, FETCHED[kind])
        same_bytes(session, found, part, None)


def _files(node: Any) -> list[tuple[str, Json]]:
    found = []
    for name, part in node.items() if isinstance(node, dict) else ():
        kind = str(name).removesuffix("Message")
        if kind in FETCHED and isinstance(part, dict) and "mediaKey" in part:
            found.append((kind, part))
        elif isinstance(part, dict) and name != "contextInfo":
            found += _files(part)
    return found


@LAWS.law("download_media", effects=("reads", "changes"), phase=PHASE, phone=True,
          events=("image",))  # fmt: skip
def a_customers_picture_is_the_one_they_took(session: Session, stage: Stage) -> None:
    place, hook = _listening(session, stage)
    taken = f"data:image/png;base64,{b64encode(PNG).decode()}"
    door = f"/_mock/instances/{place.key}/inbound"
    stage.door("POST", door, {"event": "image", "media": taken})
    payload = hook.only(hook.heard(), "image", "a picture")
    part = at(payload, "message", "imageMessage")
    if isinstance(part, dict):
        same_bytes(session, fetch(session, place, part, "image"), part, PNG)


@LAWS.law("send_text", effects=("sends", "changes"), phase=PHASE, phone=True,
          events=("text-plain", ECHO))  # fmt: skip
def ids_of_messages_never_come_again(session: Session, stage: Stage) -> None:
    place, hook = _listening(session, stage)
    door = f"/_mock/instances/{place.key}/inbound"
    sent = [text(session, place) for _ in range(3)]
    for turn in range(9):
        stage.door("POST", door, {"event": "text-plain", "from": WORLD[turn % 3]})
    came = [one for one in hook.heard() if not _is_ack(one)]
    again = [id_ for id_, times in Counter(map(message_id, came)).items() if times > 1]
    hook.claim("text-plain", not again, "ids of messages differ")
    hook.claim("text-plain", len(came) == 12, "every message is told")
    names = {at(one.json, "pushName") for one in came if message_id(one) not in map(sent_id, sent)}
    hook.claim("text-plain", len(names) == 3, "each customer has a name of their own")


@LAWS.law("quote_message", "forward_message", effects=("sends", "changes"),
          phase=PHASE, phone=True, events=("text-plain", ECHO))  # fmt: skip
def what_was_received_can_be_answered(session: Session, stage: Stage) -> None:
    place, hook = _listening(session, stage)
    stage.door("POST", f"/_mock/instances/{place.key}/inbound", {"event": "text-plain"})
    payload = hook.only(hook.heard(), "text-plain", "a text")
    if not payload:
        return
    to, key = as_given(WORLD[0]), payload["key"]
    content = {name: part for name, part in payload["message"].items() if "Info" not in name}
    for operation, more in (("quote_message", {"text": "Sim"}), ("forward_message", {})):
        data = {"to": to, "key": key, "message": content, **more}
        sent = message(session, place, operation, **data)
        echoed(hook, hook.heard(_all_read), sent)


# -- where webhooks go -----------------------------------------------------------------------


@LAWS.law("configure_webhook", effects=("changes",), phase=PHASE, phone=True,
          events=("text-plain",))  # fmt: skip
def webhooks_go_where_they_were_sent_last(session: Session, stage: Stage) -> None:
    place = stage.place()
    old, new = Hook(session, stage, place, "-old"), Hook(session, stage, place, "-new")
    door = f"/_mock/instances/{place.key}/inbound"
    for hook, other in ((old, new), (new, old)):
        hook.open()
        stage.door("POST", door, {"event": "text-plain"})
        hook.only(hook.heard(), "text-plain", "a text")
        stray = [one for one in session.receiver.webhooks if one.url == other.url]
        hook.claim("text-plain", hook is new or not stray, "nothing goes elsewhere")
    set_webhook(session, place, new.url, enabled=False)
    before = len(session.receiver.webhooks)
    stage.door("POST", door, {"event": "text-plain"})
    # The switched-off webhook would have come before what the next address gets.
    old.open()
    old.heard()
    told = [one for one in session.receiver.webhooks[before:] if one.url == new.url]
    new.nothing(told, "text-plain", "a webhook switched off", _quiet(session))


@LAWS.law("configure_webhook", effects=("changes",), phase=PHASE, phone=True,
          events=("text-plain",))  # fmt: skip
def a_second_address_gets_the_same(session: Session, stage: Stage) -> None:
    place = stage.place()
    first, second = Hook(session, stage, place), Hook(session, stage, place, "-second")
    data = {
        "webhookUrl": first.url, "webhookEnabled": True,
        "webhookSecondaryUrl": second.url, "webhookSecondaryEnabled": True,
    }  # fmt: skip
    session.call("configure_webhook", place, body={"messageData": data})
    stage.door("POST", f"/_mock/instances/{place.key}/inbound", {"event": "text-plain"})
    one = first.only(first.heard(), "text-plain", "a text")
    other = second.only(second.heard(), "text-plain", "a text, the second time")
    first.claim("text-plain", one == other, "both addresses get the same")


@LAWS.law("configure_webhook", "send_text", effects=("changes", "sends"), phase=PHASE, phone=True,
          events=("text-plain", ECHO))  # fmt: skip
def instances_are_told_of_themselves_alone(session: Session, stage: Stage) -> None:
    (first, mine), (second, theirs) = _listening(session, stage), _listening(session, stage)
    sent = {hook: text(session, place) for place, hook in ((first, mine), (second, theirs))}
    for place in (first, second):
        stage.door("POST", f"/_mock/instances/{place.key}/inbound", {"event": "text-plain"})
    for hook, other in ((mine, theirs), (theirs, mine)):
        came = hook.heard(lambda found: len(found) >= 5)
        keys = {at(one.json, "instance_key") for one in came}
        hook.claim("text-plain", keys == {hook.place.key}, "instance_key is the instance's")
        hook.claim("text-plain", len(came) == 5, "an echo, three acknowledgements and a text")
        strange = [one for one in came if message_id(one) == sent_id(sent[other])]
        hook.claim(ECHO, not strange, "nothing is told of a neighbour")


@LAWS.law("configure_webhook", effects=("changes",), phase=PHASE, phone=True,
          events=("text-plain",))  # fmt: skip
def webhooks_are_posted_as_json(session: Session, stage: Stage) -> None:
    place, hook = _listening(session, stage)
    stage.door("POST", f"/_mock/instances/{place.key}/inbound", {"event": "text-plain"})
    for one in hook.heard():
        headers = {name.lower(): value for name, value in one.headers}
        kind = headers.get("content-type", "").partition(";")[0]
        hook.claim("text-plain", kind == "application/json", "the type is JSON", one)


# -- what is blocked -------------------------------------------------------------------------

# One event of every category.
CATEGORIES = {
    "qrCode": "qrcode", "connectionStatus": "connected", "messagesInput": "text-plain",
    "messagesOutput": "from-me-phone", "messagesReaction": "reaction",
    "messagesStatus": "ack-read", "groups": "group-participants", "presence": "presence",
    "calls": "call",
}  # fmt: skip


def _category(rule: Rule) -> Rule:
    for category, event in CATEGORIES.items():
        run = partial(rule, category)
        update_wrapper(run, rule)
        LAWS.law(
            "block_events", "accept_webhook_events", effects=("changes",), phase=PHASE,
            about=category, events=(event,), phone=True,
        )(run)  # fmt: skip
    return rule


@_category
def what_is_blocked_does_not_come(category: str, session: Session, stage: Stage) -> None:
    place, hook = _listening(session, stage)
    event, alarm = CATEGORIES[category], "text-plain" if category == "calls" else "call"
    names = {"messageData": {"events": [category]}}
    emit = f"/_mock/instances/{place.key}/emit"
    promise = guess(session, "block_events")
    session.call("block_events", place, body=names)
    for name, told in CATEGORIES.items():
        stage.door("POST", emit, {"event": told, "set": {"category": name}})
    marks = [at(one.json, "category") for one in hook.heard(alarm=alarm)]
    hook.claim(event, category not in marks, "what is blocked does not come", promise=promise)
    others = [name for name in CATEGORIES if name != category]
    marks = [name for name in marks if name != category]
    hook.claim(event, marks == others, "what is not blocked comes", promise=promise)
    session.call("accept_webhook_events", place, body=names)
    stage.door("POST", emit, {"event": event})
    hook.only(hook.heard(alarm=alarm), event, "an accepted event")


@LAWS.law("block_events", "accept_status_events", "send_text", effects=("changes", "sends"),
          phase=PHASE, phone=True, events=(ECHO, *ACK_EVENTS))  # fmt: skip
def blocked_acknowledgements_come_back_when_accepted(session: Session, stage: Stage) -> None:
    place, hook = _listening(session, stage)
    promise = guess(session, "accept_status_events")
    names = {"messageData": {"events": ["messagesStatus"]}}
    session.call("block_events", place, body=names)
    text(session, place)
    came = hook.heard()
    only_echo = len(came) == 1 and not _is_ack(came[0])
    hook.claim(ECHO, only_echo, "blocked acknowledgements do not come", promise=promise)
    names = {"messageData": {"events": ["delivered", "read"]}}
    session.call("accept_status_events", place, body=names)
    sent = text(session, place)
    told(hook, hook.heard(_all_read), sent)


@LAWS.law("block_events", effects=("changes",), phase=PHASE, phone=True,
          events=("text-plain", "image"))  # fmt: skip
def an_event_can_be_blocked_by_its_own_name(session: Session, stage: Stage) -> None:
    place, hook = _listening(session, stage)
    session.call("block_events", place, body={"messageData": {"events": ["image"]}})
    door = f"/_mock/instances/{place.key}/inbound"
    for event in ("image", "text-plain"):
        stage.door("POST", door, {"event": event})
    came = hook.heard()
    kinds = [at(one.json, "messageType") for one in came]
    hook.claim("image", kinds == ["conversation"], "an event blocked by name does not come",
               promise=guess(session, "block_events"))  # fmt: skip


# -- every event there is --------------------------------------------------------------------


def told_laws(events: Iterable[str]) -> tuple[Probe, ...]:
    """A law for each event of a contract: told on demand, it comes once and as promised."""
    laws = Laws()
    for event in events:
        run = partial(what_is_asked_for_is_told_once, event)
        update_wrapper(run, what_is_asked_for_is_told_once)
        laws.law(
            "configure_webhook", effects=("changes",), phase=PHASE, about=event,
            events=(event,), phone=True,
        )(run)  # fmt: skip
    return tuple(laws.probes)


def what_is_asked_for_is_told_once(event: str, session: Session, stage: Stage) -> None:
    """Not an effect of the gateway's own: it shows that each payload keeps the contract."""
    place, hook = _listening(session, stage)
    stage.door("POST", f"/_mock/instances/{place.key}/emit", {"event": event, "count": 2})
    came = hook.heard()
    if hook.claim(event, len(came) == 2, "what is asked for comes as often as it was asked"):
        for one in came:
            hook.is_event(one, event, "what is asked for")
        ids = [message_id(one) for one in came if at(one.json, "messageTimestamp") is not None]
        hook.claim(event, len(set(ids)) == len(ids), "ids of messages differ")
