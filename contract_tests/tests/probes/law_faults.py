"""For every rule of the laws, one host that breaks it."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any
from urllib.parse import parse_qsl

from megaapi_contract.host.http import Answer, Headers, Request
from megaapi_contract.host.stage import NO_WHATSAPP, WORLD
from megaapi_contract.probes.laws.settings import NEW_TOKEN

from ..spoiling import (
    Fault,
    Spoil,
    ack,
    asked,
    beside,
    by_turns,
    carried_out,
    changed,
    compressed,
    doubled,
    edited,
    forgotten,
    frozen,
    headed,
    kind,
    lost,
    missing,
    opened,
    put,
    replaced,
    rewritten,
    swapped,
    told,
    turned,
)
from ..support import KEY

JSON, HTML = (("Content-Type", "application/json"),), (("Content-Type", "text/html"),)
NO_GROUP = b'{"name":"NOT_FOUND","message":"Group not found","statusCode":404}'
REGISTERED_SEND = (
    b'{"error":false,"messageData":{"key":{"remoteJid":"553190000005@s.whatsapp.net"}}}'
)
SWALLOWED = b'{"error":false,"message":"Message sent"}'
NO_CODE = b'{"error":false,"message":"Qrcode fetched"}'
NO_PICTURE = b'<!DOCTYPE html><html><body><img id="qrcode_box" src=""></body></html>'
DATA, CONTENT = "messageData", "messageData.message"
TEXT = f"{CONTENT}.extendedTextMessage"
QUOTE = f"{TEXT}.contextInfo"
IMAGE = f"{CONTENT}.imageMessage"
PNG_URI = "data:image/png;base64,iVBORw0KGgo="


REGISTERED = "553190000005@s.whatsapp.net"
PARTICIPANT = b'"participant":"5511900000002@s.whatsapp.net"'
ONCE = f"{CONTENT}.viewOnceMessage.message.imageMessage"
REPLY = "message.extendedTextMessage.contextInfo"
SOMEBODY, HIDDEN = "5511900000077@s.whatsapp.net", "100000000000077@lid"
OTHER_ID, OTHER = "3EB0AAAAAAAAAAAAAAAAAA", "5511900000002@s.whatsapp.net"
STRANGER = "5511900000099:1@s.whatsapp.net"
NUMBERS = iter(map("{:032X}".format, range(99)))


def without_context(payload: Any) -> Any:
    """A message whose content says of nothing what it is a reply to."""
    for part in payload.get("message", {}).values():
        if isinstance(part, dict):
            part.pop("contextInfo", None)
    return payload


def numbered_rows(payload: Any) -> Any:
    """A list of somebody else whose rows have other ids."""
    part = payload.get("message", {}).get("listMessage", {})
    for section in part.get("sections", ()):
        for number, row in enumerate(section["rows"], 1):
            row["rowId"] = f"row-{number}"
    return payload


def in_metres(payload: Any) -> Any:
    """A place of somebody else with four digits behind the point."""
    part = payload.get("message", {}).get("locationMessage", {})
    for name in ("degreesLatitude", "degreesLongitude"):
        if name in part:
            part[name] = round(part[name], 4)
    return payload


def voice_note(payload: Any) -> Any:
    """A sound that is always a voice note."""
    part = payload.get("message", {}).get("audioMessage")
    if part is not None:
        part["ptt"] = True
    return payload


def of_another_kind(before: str, after: str) -> Fault:
    """A message of somebody else that comes as another kind."""

    def spoil(payload: Any) -> Sequence[Any]:
        message = payload.get("message", {})
        if payload.get("key", {}).get("fromMe") is False and before in message:
            message[after] = message.pop(before)
            payload["messageType"] = after
        return (payload,)

    return told(spoil)


def of_other_type(payload: Any) -> Any:
    """A message of somebody else whose file is said to be of no known type."""
    if payload.get("key", {}).get("fromMe") is False:
        for part in payload.get("message", {}).values():
            if isinstance(part, dict) and "mimetype" in part:
                part["mimetype"] = "application/octet-stream"
    return payload


def emptied(payload: Any) -> Any:
    """A message of somebody else without its content."""
    if payload.get("key", {}).get("fromMe") is False and "message" in payload:
        return {**payload, "message": {name: {} for name in payload["message"]}}
    return payload


def without_accents(payload: Any) -> Any:
    """Everything that is posted in the letters of ASCII."""
    document = json.dumps(payload, ensure_ascii=False).encode("ascii", "ignore")
    return json.loads(document)


def plain_text_beyond_ascii() -> Fault:
    """Bodies with a letter outside ASCII are posted as text."""

    def head(body: bytes, headers: Headers) -> Headers:
        return headers if body.isascii() else (("Content-Type", "text/plain"),)

    return Fault(head=head)


def with_charset() -> Fault:
    """Webhooks name a charset beside their type."""
    return Fault(head=lambda _, __: (("Content-Type", "application/json; charset=utf-8"),))


def refusing(pattern: bytes) -> Fault:
    """Whatever has this in its body is refused."""

    def alter(request: Request, answer: Answer) -> Answer:
        return replace(answer, status=500) if re.search(pattern, request.body) else answer

    return Fault(alter=alter)


def stopped_at_the_first_failure() -> Fault:
    """Who stands behind somebody without an account is passed over."""

    def rewrite(request: Request) -> Request:
        if "ToMany" not in request.path:
            return request
        document = json.loads(request.body)
        to = document["messageData"]["to"]
        if NO_WHATSAPP in to:
            document["messageData"]["to"] = to[: to.index(NO_WHATSAPP) + 1]
        return replace(request, body=json.dumps(document).encode())

    return Fault(rewrite=rewrite)


def token_shown() -> Fault:
    """Every answer has the token that it was asked with."""

    def alter(request: Request, answer: Answer) -> Answer:
        headers = {name.lower(): value for name, value in request.headers}
        token = headers.get("authorization", "").removeprefix("Bearer ")
        if answer.status != 200 or not answer.body.startswith(b"{"):
            return answer
        body = {**json.loads(answer.body), "token": token}
        return replace(answer, body=json.dumps(body).encode())

    return Fault(alter=alter)


def remembered_key() -> Fault:
    """A status has the key that was asked for before."""
    keys: list[str] = []

    def alter(request: Request, answer: Answer) -> Answer:
        body = json.loads(answer.body) if answer.body.startswith(b"{") else {}
        if "instance" not in body:
            return answer
        keys.append(body["instance"]["key"])
        body["instance"]["key"] = keys[-2:][0]
        return replace(answer, body=json.dumps(body).encode())

    return Fault(alter=alter)


def told_after_all() -> Fault:
    """Whatever text comes is taken back, and whatever was heard of before is too."""

    def make() -> Spoil:
        ids: list[str] = []

        def spoil(payload: Any) -> Sequence[Any]:
            key = payload.get("key", {})
            if "message" not in payload:
                return (payload,)
            ids.append(key["id"])
            about = {"remoteJid": key["remoteJid"], "fromMe": True}
            return (payload, *(
                {**payload, "key": {**key, "id": f"{one[::-1]}"},
                 "messageType": "protocolMessage",
                 "message": {"protocolMessage": {"key": {**about, "id": one}, "type": "REVOKE"}}}
                for one in ids
            ))  # fmt: skip

        return spoil

    return Fault(make_spoil=make)


def passed_over(step: str) -> Fault:
    """Calls with this in their path never reach the host, and look as if they had."""
    return Fault(swallow=lambda request: step in request.path)


def oldest_chat_first() -> Fault:
    """The list of chats stands on its head."""

    def alter(request: Request, answer: Answer) -> Answer:
        if "/instance/chats/" not in request.path or answer.status != 200:
            return answer
        document = json.loads(answer.body)
        document["chats"].reverse()
        return replace(answer, body=json.dumps(document).encode())

    return Fault(alter=alter)


def last_linked() -> Fault:
    """Every webhook names the instance that was linked last."""

    def make() -> Spoil:
        keys: list[str] = []

        def spoil(payload: Any) -> Sequence[Any]:
            if payload.get("message") == "phone_connected":
                keys[:] = [payload["instance_key"]]
            return ({**payload, "instance_key": keys[0]} if keys else payload,)

        return spoil

    return Fault(make_spoil=make)


def own_chat(payload: Any) -> Any:
    """A receipt that names the instance's own number as its chat."""
    return {**payload, "key": {**payload["key"], "remoteJid": payload["jid"]}}


def first_of(field: str) -> Fault:
    """Every webhook has the first one's value there."""

    def make() -> Spoil:
        first: list[Any] = []

        def spoil(payload: Any) -> Sequence[Any]:
            if field not in payload:
                return (payload,)
            first.append(payload[field])
            return ({**payload, field: first[0]},)

        return spoil

    return Fault(make_spoil=make)


def kept_newest() -> Fault:
    """Of each chat only the first message is told."""

    def make() -> Spoil:
        chats: set[str] = set()

        def spoil(payload: Any) -> Sequence[Any]:
            chat = str(payload.get("key", {}).get("remoteJid"))
            is_repeated = "message" in payload and chat in chats
            chats.add(chat)
            return () if is_repeated else (payload,)

        return spoil

    return Fault(make_spoil=make)


def given_up(series: int) -> Fault:
    """Whoever errs in this series of texts gets none from then on."""

    def make() -> Spoil:
        begun: list[str] = []

        def spoil(payload: Any) -> Sequence[Any]:
            words = payload.get("message", {}).get("conversation")
            is_lost = words is not None and len(begun) >= series
            begun.extend([words] if words == "Texto 0" else [])
            return () if is_lost else (payload,)

        return spoil

    return Fault(make_spoil=make)


def undone_when_repeated(at: str, old: str, new: str) -> Fault:
    """What was asked for just before is turned into something else when it is asked for again."""
    last: list[Request] = []

    def rewrite(request: Request) -> Request:
        if at not in request.target:
            return request
        is_again = bool(last) and (last[0].target, last[0].body) == (request.target, request.body)
        last[:] = [request]
        if not is_again:
            return request
        body = re.sub(old.encode(), new.encode(), request.body)
        return replace(request, target=re.sub(old, new, request.target), body=body)

    return Fault(rewrite=rewrite)


def latest_file() -> Fault:
    """Every download is of the file that was sent last."""
    latest: list[Any] = []

    def alter(request: Request, answer: Answer) -> Answer:
        if request.path.endswith("/mediaBase64") and answer.status == 200:
            latest[:] = [json.loads(request.body)["messageData"]["base64"]]
        if "/downloadMediaMessage/" not in request.path or not latest:
            return answer
        document = json.loads(answer.body)
        put(document, "data", f"{str(document['data']).partition(',')[0]},{latest[0]}")
        return replace(answer, body=json.dumps(document).encode())

    return Fault(alter=alter)


def linked_again() -> Fault:
    """Who is linked may scan a code all the same."""
    body = json.dumps({"error": False, "message": "Qrcode fetched", "qrcode": PNG_URI}).encode()

    def alter(request: Request, answer: Answer) -> Answer:
        is_refused = "/qrcode_base64/" in request.path and answer.status == 403
        return replace(answer, status=200, body=body) if is_refused else answer

    return Fault(alter=alter)


def token_forgotten() -> Fault:
    """After a restart a token that was set opens nothing any more."""
    restarts: list[Request] = []

    def alter(request: Request, answer: Answer) -> Answer:
        if request.path.endswith("/restart"):
            restarts.append(request)
        is_new = ("Authorization", f"Bearer {NEW_TOKEN}") in request.headers
        return replace(answer, status=401) if restarts and is_new else answer

    return Fault(alter=alter)


def left_by_all() -> Fault:
    """Once somebody has left a group nobody is in any."""
    departures: list[Request] = []

    def alter(request: Request, answer: Answer) -> Answer:
        departures.extend([request] if request.path.endswith("/leaveGroup") else [])
        if not departures or "/rest/group/list/" not in request.path:
            return answer
        document = json.loads(answer.body)
        put(document, "groups", [])
        return replace(answer, body=json.dumps(document).encode())

    return Fault(alter=alter)


def deleted_for_all() -> Fault:
    """What is deleted for oneself is deleted for everybody."""

    def rewrite(request: Request) -> Request:
        if not request.path.endswith("/deleteMessageFromMe"):
            return request
        body = json.loads(request.body)
        data = body["messageData"]
        to = data.get("to") or body["to"]
        key = {"remoteJid": f"{to}@s.whatsapp.net", "fromMe": True, "id": data.get("id")}
        data = {"to": to, "key": data.get("key") or key}
        target = request.target.removesuffix("FromMe")
        return replace(request, target=target, body=json.dumps({"messageData": data}).encode())

    return Fault(rewrite=rewrite)


def first_told(message_type: str) -> Fault:
    """Of each instance only the first such webhook comes."""

    def make() -> Spoil:
        instances: set[str] = set()

        def spoil(payload: Any) -> Sequence[Any]:
            if payload.get("messageType") != message_type:
                return (payload,)
            is_repeated = payload["instance_key"] in instances
            instances.add(payload["instance_key"])
            return () if is_repeated else (payload,)

        return spoil

    return Fault(make_spoil=make)


def receipts_repeated() -> Fault:
    """Before each call the first receipt of all comes once more."""

    def make() -> Spoil:
        receipts: list[Any] = []

        def spoil(payload: Any) -> Sequence[Any]:
            receipts.extend([payload] if "update" in payload else [])
            return (*receipts[:1], payload) if "data" in payload else (payload,)

        return spoil

    return Fault(make_spoil=make)


def files_undelivered() -> Fault:
    """What is sent with a file is never told as delivered."""
    ids: set[str] = set()

    def alter(request: Request, answer: Answer) -> Answer:
        if b'"mediaKey"' in answer.body and b'"messageData"' in answer.body:
            ids.add(json.loads(answer.body)["messageData"]["key"]["id"])
        return answer

    def spoil(payload: Any) -> Sequence[Any]:
        is_of_file = ack(3)(payload) and payload["key"]["id"] in ids
        return () if is_of_file else (payload,)

    return Fault(alter=alter, make_spoil=lambda: spoil)


def first_lost() -> Fault:
    """The first webhook of every instance never comes."""

    def make() -> Spoil:
        instances: set[str] = set()

        def spoil(payload: Any) -> Sequence[Any]:
            is_repeated = payload["instance_key"] in instances
            instances.add(payload["instance_key"])
            return (payload,) if is_repeated else ()

        return spoil

    return Fault(make_spoil=make)


def sticking(*options: str) -> Fault:
    """An option that was given once is given with every later message."""
    bodies_by_path: dict[str, dict[str, Any]] = {}

    def rewrite(request: Request) -> Request:
        if "/sendMessage/" not in request.path or not request.body:
            return request
        document = json.loads(request.body)
        data = document["messageData"]
        first_body = bodies_by_path.setdefault(request.path, {})
        first_body.update({name: data[name] for name in options if name in data})
        document["messageData"] = {**first_body, **data}
        return replace(request, body=json.dumps(document).encode())

    return Fault(rewrite=rewrite)


def fussy() -> Fault:
    """Whatever has anything in its query or body that the documents lack is refused."""
    strays = (b"preview_url", b"Content-Type=")

    def alter(request: Request, answer: Answer) -> Answer:
        is_stray = any(name in request.target.encode() + request.body for name in strays)
        return replace(answer, status=answer.status + 1) if is_stray else answer

    return Fault(alter=alter)


def taken_by(start: str) -> Fault:
    """Every unknown route below this path is answered like a success."""

    def alter(request: Request, answer: Answer) -> Answer:
        is_unknown = request.path.startswith(start) and b"Resource" in answer.body
        return replace(answer, status=200, body=b'{"error":false}') if is_unknown else answer

    return Fault(alter=alter)


def refusing_beside() -> Fault:
    """Of two documented forms the one with the recipient beside the wrapper is refused."""

    def alter(request: Request, answer: Answer) -> Answer:
        is_beside = request.path.endswith("/deleteMessageFromMe") and b'"key"' not in request.body
        return replace(answer, status=500) if is_beside else answer

    return Fault(alter=alter)


def edited_list(change: Callable[[list[Any]], list[Any]]) -> Fault:
    """Another list wherever an answer is a bare one."""

    def alter(request: Request, answer: Answer) -> Answer:
        if answer.body[:1] != b"[":
            return answer
        return replace(answer, body=json.dumps(change(json.loads(answer.body))).encode())

    return Fault(alter=alter)


# For every rule, one way to break it: the rules of one subject, as each law's name has it.
def whole_picture(size: str) -> Fault:
    """The whole picture comes where this size is asked for; where none is, for an empty one."""

    def alter(request: Request, answer: Answer) -> Answer:
        query = dict(parse_qsl(request.query))
        if "getProfilePicture" not in request.path or query.get("type", "") != size:
            return answer
        return replace(answer, body=answer.body.replace(b"_icon.", b"_image."))

    return Fault(alter=alter)


def deaf_to(part: bytes, end: str = "/deleteMessageFromMe") -> Fault:
    """Calls whose path ends so never reach the host where this stands in their body."""
    return Fault(swallow=lambda request: request.path.endswith(end) and part in request.body)


def deaf_to_digits(end: str) -> Fault:
    """Calls whose path ends so never reach the host unless they name a person by JID."""
    return Fault(swallow=lambda request: request.path.endswith(end) and b"@" not in request.body)


def no_links() -> Fault:
    """Invitations are known by their code alone."""
    return Fault(
        alter=lambda request, answer: (
            replace(answer, status=404, body=NO_GROUP)
            if "chat.whatsapp.com" in request.query
            else answer
        )
    )


def by_jid_alone(field: str) -> Fault:
    """Whoever is named in this field of a query without a JID is nobody."""

    def rewrite(request: Request) -> Request:
        digits = dict(parse_qsl(request.query)).get(field, "@")
        if "@" in digits:
            return request
        return replace(request, target=request.target.replace(digits, f"{digits}9"))

    return Fault(rewrite=rewrite)


FAULTS: Mapping[str, Fault] = {
    # access
    "only the right key and token get in": turned(401, 200),
    "checks come in the documented order": turned(400, 401),
    "nothing goes without a phone": turned(403, 200),
    "no phone is needed": turned(200, 403),
    "what lacks its fields is a bare 500": turned(500, 400),
    "numbers without whatsapp are refused": turned(403, 200),
    "other methods are unknown routes": turned(404, 405),
    "unknown routes are 404 in the usual form": replaced(b'{"name"', b'{"path":"/","name"'),
    "the letters of a key count": rewritten(r"MEGACODE-[^/?]*", str.swapcase),
    "pages of any origin may call": headed("Access-Control-Allow-Origin", "https://a.test"),
    "odd bodies that are no json are 400": turned(400, 500),
    "bodies above the limit are 413": turned(413, 200),
    "media above the limit is 413": turned(413, 200),
    "media up to the limit is taken": turned(200, 413),
    "bodies declared as something else are not read": turned(500, 200),
    # tokens
    "only the token itself opens": opened(),
    "what is refused for its token is not done": carried_out(),
    "a wrong token sets no webhook": carried_out(),
    # messages
    "a text comes back as it was sent": edited(f"{TEXT}.text", "Outro"),
    "an empty text is sent and fields nobody knows are passed over": turned(200, 500),
    "the ninth digit stays in answers": edited(f"{DATA}.key.remoteJid", REGISTERED),
    "a link is found in the text": edited(f"{TEXT}.matchedText", "https://example.test"),
    "a member is an admin from promotion to demotion": forgotten("/promoteParticipants"),
    "who may write is seen in the group": forgotten("/setWhoCanSendMessage"),
    "who may change a group is seen in it": forgotten("/setWhoCanChangeSettings"),
    "each group has one invite code": frozen("groupInviteCode"),
    "a group of ones own is administered until it is left": forgotten("/leaveGroup"),
    "administered groups are shown with their people": replaced(
        b'"participants":', b'"people":', at="/adminGroupsWithParticipants"
    ),
    "a chat is pinned until it is let go": forgotten("/pinChat"),
    "who is blocked is not heard": forgotten("/blockChat"),
    "a mention names the person": replaced(b'"mentionedJid":', b'"mentioned":'),
    "a text to many reaches each": replaced(b'"sent":2', b'"sent":3'),
    "a file to many reaches each": replaced(b'"failed":1', b'"failed":0'),
    "a list to many reaches each": replaced(b'"jidFailed":["', b'"jidFailed":["1'),
    "a template to many reaches each": replaced(b'"data":{"5511', b'"data":{"5521'),
    "a contact card holds name and number": replaced(b"FN:", b"N:", at="/contactMessage"),
    "a number stands in a card as it was given": replaced(b"waid=+", b"waid="),
    "a message is unread until it is read": forgotten("/readMessage"),
    "the last chat comes first": oldest_chat_first(),
    "what was told of somebody stands in the chat": replaced(
        b'"pushName":"Contato Teste"', b'"pushName":"Test Shop"'
    ),
    "a chat holds what both sides wrote": replaced(b'"fromMe":true', b'"fromMe":false'),
    "a deleted message is in its chat no longer": forgotten("/deleteMessage"),
    "an invite link leads where its code does": no_links(),
    "what is deleted for oneself is in its chat no longer": forgotten("/deleteMessageFromMe"),
    "who is mentioned by digits is named by jid": edited(
        f"{QUOTE}.mentionedJid.*", lambda jid: jid.partition("@")[0]
    ),
    "a picture is the same by digits and by jid": by_jid_alone("to"),
    "a chat is the same by digits and by jid": by_jid_alone("chat_id"),
    "a pin by jid is let go by digits": deaf_to_digits("/pinChat"),
    "who is blocked by jid is heard again by digits": deaf_to_digits("/blockChat"),
    "a text to many takes digits and jids": asked(b'@s.whatsapp.net"', b'9@s.whatsapp.net"'),
    "whoever was written to is a contact": replaced(b'"5511900000002@', b'"5511900000902@'),
    "a new profile name is shown in the status": passed_over("/setProfileName/"),
    "an uploaded file comes back byte for byte": edited("data", lambda text: text[:-4]),
    "an upload keeps its text and its name": edited(
        f"{CONTENT}.documentMessage.fileName", "file"
    ),
    "what is no form with a file is refused": turned(500, 200),
    "an upload above the limit is 413": turned(413, 200),
    "an uploaded picture has another address": passed_over("/setProfilePicture"),
    "a new instance is there and not linked": edited("instances.*.status", "connected"),
    "the list shows every instance as its status does": edited("instances.*.user.id", STRANGER),
    "instances are listed in order of creation": edited(
        "instances", lambda instances: instances[::-1]
    ),
    "a new instance has the webhook that it was given": asked(b"messageData", b"messageDate"),
    "a deleted instance is gone": forgotten("/delete"),
    "only the administrator has all instances": turned(401, 200),
    "the administrators token opens every instance": turned(200, 401),
    "a reset begins a new session": forgotten("/reset"),
    "the older calls change the same webhook": forgotten("/enableMessage"),
    "people have pictures of their own": frozen("getProfilePicture"),
    "the whole picture is not the small one": frozen("getProfilePicture"),
    "without a size of its own it is the small picture": whole_picture("grande"),
    "a new picture has another address": passed_over("/setProfilePictureUrl/"),
    "a text without a link has no preview": beside(b'"text":"Bom dia"', b'"title":"x"'),
    "a place comes back with its name": edited(f"{CONTENT}.locationMessage.name", "Outra"),
    "degrees may be texts": edited(f"{CONTENT}.locationMessage.degreesLatitude", "-23.5"),
    "a list comes back with every row": edited(f"{CONTENT}.listMessage.sections.0.rows", []),
    "reply buttons come back with title and id": replaced(b'\\"sim\\"', b'\\"1\\"'),
    "template buttons come back with their payload": replaced(b"CODIGO-TESTE", b"OUTRO"),
    "nothing to choose from is refused": turned(500, 200),
    "a quote names what it quotes": edited(f"{QUOTE}.stanzaId", OTHER_ID),
    "somebody elses message is quoted as theirs": edited(f"{QUOTE}.participant", ""),
    "a forwarded text is the same text": edited(f"{TEXT}.text", "Outro", at="forwardMessage"),
    "the score of what others wrote grows": edited(f"{TEXT}.contextInfo.forwardingScore", 0),
    "nothing to forward or quote is refused": turned(500, 200),
    "every message has an id of its own": edited(f"{DATA}.key.id", OTHER_ID),
    "two instances share nothing": edited(f"{DATA}.key.id", OTHER_ID),
    "sends to a group name the sender": edited(f"{DATA}.participant", OTHER),
    "sends to a person name no participant": beside(b'"status":"PENDING"', PARTICIPANT),
    "groups the instance is not in are refused": turned(500, 200),
    # media
    "a picture comes back byte for byte": edited("data", lambda text: text[:-4]),
    "every kind of file comes back": edited("data", lambda text: text[:-4]),
    "one address is enough": turned(200, 500),
    "a wrong key or kind opens nothing": edited("error", False),
    "files are there for their own instance alone": edited("error", False),
    "each file has keys of its own": edited(f"{IMAGE}.mediaKey", "AAAA"),
    "a data uri names the type": edited(f"{IMAGE}.mimetype", "image/png"),
    "what is seen once says so": edited(f"{ONCE}.viewOnce", False),
    "a file by address is described as one by bytes": edited(f"{IMAGE}.caption", "Outra"),
    "files that are none are refused": turned(500, 200),
    "the qr code is a picture to scan": edited("qrcode", PNG_URI),
    "the picture of the qr code can be scanned": replaced(b"IDAT", b"IDAX"),
    "the page of the qr code shows it": replaced(b"<img", b"<imp"),
    "all ways show the same code": edited("qrcode", PNG_URI),
    "codes change every twenty seconds": frozen("qrcode_base64"),
    "a new series has new codes": forgotten("/restart"),
    "a linked instance shows no code": turned(403, 200),
    # unsettled
    "what is unsettled is decided once": by_turns(),
    "a group it is not in is told one way": by_turns(Answer(404, JSON, NO_GROUP)),
    "a number registered otherwise is named one way": by_turns(Answer(200, JSON, REGISTERED_SEND)),
    "a send that fails is told one way": by_turns(Answer(200, JSON, SWALLOWED)),
    "a number without an account is answered one way": by_turns(Answer(200, JSON, b"")),
    "the first code is told one way": by_turns(Answer(200, JSON, NO_CODE), at="qrcode_base64"),
    "the page of a linked instance is told one way": by_turns(Answer(200, HTML, NO_PICTURE)),
    # groups
    "a new group is as it was asked for": edited("group.subject", "Outra"),
    "participants may be bare numbers": edited("group.participants", []),
    "a new group is shown and listed": edited("groups", []),
    "groups have a jid of their own": edited("group.id", "120363000000000001@g.us"),
    "who is added is in until removed": forgotten("/removeParticipants"),
    "every participant has a result of its own": edited("updatedParticipants.*.0.status", "200"),
    "who is not in cannot be removed": edited("updatedParticipants.*.0.status", "200"),
    "who may not be added is left out of a new group": turned(403, 200),
    "whoever is taken out can be put in again": forgotten("/removeParticipants"),
    "each of several is put in and taken out": forgotten("/removeParticipants"),
    "a group that was left is gone": forgotten("/leaveGroup"),
    "groups nobody knows are 404": turned(404, 500),
    "nobody to add or remove is refused": turned(500, 200),
    "only admins change who is in": turned(403, 200),
    # connection
    "the status of a linked instance names its user": edited("instance.user.id", STRANGER),
    "the status of an unlinked instance names no user": beside(b'"disconnected"', b'"user":null'),
    "people on whatsapp exist": edited("exists", False),
    "people without whatsapp do not exist": edited("exists", True),
    "pairing codes have eight characters": edited("pairingCode", "ABCD-EFGH"),
    "a code of ones own is used": edited("pairingCode", "ABCDEFGH"),
    "a linked instance gives no pairing code": turned(403, 200),
    "scanning the code links": edited("instance.status", "disconnected"),
    "typing the code links that number": edited("instance.user.id", STRANGER),
    "after a logout everything waits for a phone": forgotten("/logout"),
    "a restart keeps the link": edited("instance.status", "disconnected"),
    "a restart brings back what the gateway dropped": forgotten("/restart"),
    "a restart brings nobody back who left": edited("instance.status", "connected"),
    "a phone that leaves takes the link with it": edited("instance.status", "connected"),
    "one instance going takes no other along": edited("instance.status", "disconnected"),
    # settings
    "a webhook reads back as it was set": forgotten("/configWebhook"),
    "settings belong to one instance": edited("webhookData.webhookUrl", "http://127.0.0.1:9/x"),
    "a webhook that is set again stays as it was set": undone_when_repeated(
        "/configWebhook", '("webhookEnabled": ?)true', r"\1false"
    ),
    "the older calls may be made again": undone_when_repeated(
        "/enableMessage", '("sendWebhook": ?)true', r"\1false"
    ),
    "what the older call switches off is told nothing": passed_over("/enableMessage"),
    "what is blocked again stays blocked": undone_when_repeated(
        "/blockEvents", "/blockEvents", "/configAcceptWebhooks"
    ),
    "who may do what stays when it is set again": undone_when_repeated(
        "allowOnlyAdmins", "=true", "=false"
    ),
    "an address that is set again is told all": undone_when_repeated(
        "/configWebhook", '("webhookEnabled": ?)true', r"\1false"
    ),
    "blocked events are shown until accepted": forgotten("/blockEvents"),
    "accepted statuses are shown": forgotten("/configAcceptStatus"),
    "names nobody knows are kept": forgotten("/configAcceptWebhooks"),
    "only the new token gets in": forgotten("/changeToken"),
    "the same token may be set again": turned(200, 401),
    # chat
    "every presence is taken": forgotten("/presenceUpdateChat"),
    "presence is shown in groups too": turned(200, 403),
    "a presence nobody knows is passed over": turned(200, 500),
    "deleting for everyone is a message of its own": forgotten("/deleteMessage"),
    "what nobody knows can be deleted": turned(200, 404),
    "deleting for oneself sends nothing": forgotten("/deleteMessageFromMe"),
    "deleting for oneself has a second form": forgotten("/deleteMessageFromMe"),
    "nothing is deleted without a phone": turned(403, 200),
    # what differs, and what must not be lost
    "each send has an id of its own": edited(f"{DATA}.key.id", OTHER_ID),
    "every number has an answer of its own": frozen("/isOnWhatsApp"),
    "the list has every group": edited("groups", lambda groups: groups[:20]),
    "the list follows every change": edited("groups", lambda groups: groups * 2),
    "groups have details of their own": edited("group.subject", "Outra"),
    "the end of a link repeats nothing": doubled(kind("connection_update")),
    "a hidden author is named by the number": changed("key.participantPn", "1@s.whatsapp.net"),
    "texts come back letter for letter": edited(f"{TEXT}.text", str.strip),
    "what nobody asked to compress comes plain": compressed(),
    "long texts come back whole": replaced(b"Pedido confirmado. Pedido", b"Pedido"),
    "large files come back whole": turned(200, 413),
    "groups take several people at once": edited("group.participants", lambda person: person[:2]),
    "escaped texts are the same texts": asked(rb"\ud83d", b"?"),
    "what is blocked adds up": edited("configData.blockEvents", ["calls"]),
    "settings outlive what happens to the link": edited(
        "configData.blockEvents", lambda names: [next(NUMBERS)]
    ),
    "every customer writes from a number of their own": changed("key.remoteJid", OTHER),
    "long texts of customers come whole": changed("message.conversation", "Pedido confirmado."),
    # who is named
    "who writes to a group is named": changed("key.participant", OTHER),
    "who comes and goes is told as it is": changed("author", OTHER),
    "a new subject is told with who gave it": changed("subject", "Outra"),
    "what somebody does in a chat is told as it is": changed(
        "presences", {OTHER: {"lastKnownPresence": "available"}}
    ),
    "calls say who calls and how they stand": changed("data.isVideo", False),
    "receipts of a group name whose they are": changed("key.participant", OTHER),
    # webhooks
    "a text is echoed and acknowledged": lost(ack(3)),
    "what is sent comes back": doubled(ack(4)),
    "only what can be played is told as played": lost(ack(5)),
    "a text to a group is told of that group": changed("key.remoteJid", OTHER),
    "webhooks come in the order of their causes": swapped(kind("extendedTextMessage")),
    "calls that fail are told to nobody": told(lambda payload: ({**payload, "data": {}}, payload)),
    "after a logout nothing more is told": lost(kind("connection_update")),
    "linking and unlinking is told": doubled(kind("connection_update")),
    "a restart ends with the link": changed("message", "Number disconnected from api"),
    "a code that is shown is told": changed("qrcode", PNG_URI),
    "codes are told until the series ends": doubled(kind("qrcode_update")),
    "what a customer does is told once": changed("instance_key", "megacode-TESTKEY0002"),
    "a customers picture is the one they took": changed("message.imageMessage.mediaKey", "AAAA"),
    "ids of messages never come again": changed("key.id", OTHER_ID),
    "what was received can be answered": lost(kind("extendedTextMessage")),
    "webhooks go where they were sent last": forgotten("/configWebhook"),
    "sends are told as json to the address that was set last": asked(b"loja=1%2F2", b"loja=1/2"),
    "a file is told as delivered as a text is": files_undelivered(),
    "what the older call switches off tells nothing of a send": passed_over("/enableMessage"),
    "what is blocked is not told of a send": forgotten("/blockEvents"),
    "a send is echoed while its receipts are blocked": asked(
        b"messagesStatus", b"messagesOutput"
    ),
    "webhooks keep the query of their address": asked(b"loja=1%2F2", b"loja=1/2"),
    "a second address gets the same": changed("key.id", lambda id_: next(NUMBERS)),
    "instances are told of themselves alone": changed("instance_key", KEY),
    "webhooks are posted as json": lost(lambda payload: True),
    "what is blocked does not come": forgotten("/blockEvents"),
    "blocked acknowledgements come back when accepted": forgotten("/configAcceptStatus"),
    "an event can be blocked by its own name": forgotten("/blockEvents"),
    "what is asked for is told once": changed("instance_key", "megacode-TESTKEY0002"),
    # particulars
    "every row of every section comes back": edited(
        f"{CONTENT}.listMessage.sections.1.rows", lambda rows: rows[:1]
    ),
    "a list to a group is the same list": edited(f"{CONTENT}.listMessage.footerText", "Escolha"),
    "the given type of a document is kept": edited(
        f"{CONTENT}.documentMessage.mimetype", "image/png"
    ),
    "a code of ones own keeps its letters": edited("pairingCode", str.upper),
    "a body where none is needed is passed over": turned(200, 400),
    "another state has another tag": headed("ETag", 'W/"1"'),
    "who is not named stays": edited("group.participants", lambda people: people[:1]),
    "everybody has a result of their own": edited("updatedParticipants.*.*.status", "200"),
    "an old group id is no person": asked(b"-1623275280@g.us", b"@s.whatsapp.net"),
    "what is deleted is what was named": changed("message.protocolMessage.key.id", OTHER_ID),
    "many who write at once are told apart": changed("key.participant", OTHER),
    "names keep their accents": changed("pushName", lambda name: name.encode().decode("latin-1")),
    "a reaction taken back is told": lost(
        lambda payload: payload.get("message", {}).get("reactionMessage", {}).get("text") == ""
    ),
    "a poll has all its options": changed(
        "message.pollCreationMessageV3.options", lambda options: options[:-1]
    ),
    "a picture without words has none": changed("message.imageMessage.caption", "Segue a foto"),
    "events accepted one by one add up": edited("configData.webhookEvents", ["presence"]),
    "a row of a later section is told by its own id": changed(
        "message.listResponseMessage.singleSelectReply.selectedRowId", "007"
    ),
    "a files name keeps its accents": edited(
        f"{CONTENT}.documentMessage.fileName", "orcamento.pdf"
    ),
    "after a swap of phones the new number is told": changed("jid", OTHER),
    "nobodys number stands beside a code": told(
        lambda payload: ({**payload, "jid": OTHER},)
    ),
    "what comes after a restart is told": lost(kind("conversation")),
    "who receives is whose event it is": lost(kind("extendedTextMessage")),
    "an admins deletion names the author": changed(
        "message.protocolMessage.key.participant", OTHER
    ),
    # every field of every send
    "every text at every place comes back": replaced("\u2764".encode(), b""),
    "the words around a link stay": edited(f"{TEXT}.text", "https://loja.example.test/ofertas"),
    "any number is a degree": edited(f"{CONTENT}.locationMessage.degreesLatitude", 1.5),
    "a document has the type it was given": edited(
        f"{CONTENT}.documentMessage.mimetype", "application/octet-stream"
    ),
    "what is left out is not remembered": sticking(
        "caption", "gifPlayback", "viewOnce", "address", "title", "description", "footer"
    ),
    "a file needs nothing beside it": turned(200, 500),
    "a file in lines of base64 is the same file": edited(
        f"{CONTENT}.documentMessage.fileLength", "57"
    ),
    "files of every size come back whole": edited("data", lambda text: text[:80_000]),
    "every code of ones own comes back": edited("pairingCode", lambda code: code.lstrip("0")),
    # what is one's own
    "everybody is looked up on their own": frozen("/isOnWhatsApp"),
    "groups are not looked up": edited("exists", False),
    "a group of ones own comes back as it is": edited("exists", False),
    "several that wait have each their code": frozen("/qrcode_base64"),
    "what several are shown is their own": frozen("/rest/webhook"),
    "one address serves several": first_of("instance_key"),
    "what one blocks comes to the others": first_lost(),
    "the old token opens nothing": turned(401, 200),
    "names given one by one add up": edited("configData.statusEvents", lambda names: names[-1:]),
    # what has happened
    "ids never start again": edited(f"{DATA}.key.id", OTHER_ID),
    "all that comes during a restart is told": kept_newest(),
    "an address is used as it was written": asked(b"%2F", b"/"),
    "a webhook that is off is told nothing": asked(b":false", b":true"),
    "a new address gets all that is still to come": lost(ack(4)),
    "a receipt has the time it came": changed("timestamp", 1767225600),
    "a logout leaves the webhook": lost(kind("qrcode_update")),
    "the status is of the phone that is linked": edited("instance.user.id", STRANGER),
    "an echo has the id that was answered": changed("key.id", lambda id_: next(NUMBERS)),
    "every way of linking is told": lost(kind("connection_update")),
    "a receiver that errs is not given up": edited("webhookData.webhookEnabled", False),
    "every letter of a token counts": turned(401, 200),
    # groups after every change
    "every change of a group is shown and listed": edited("groups.*.announce", False),
    "jids and numbers may be mixed": edited("group.participants", lambda people: people[:2]),
    "what is told of each person is so": edited("updatedParticipants.*.*.status", "200"),
    "a group that was left is silent": forgotten("/leaveGroup"),
    "an admin deletes what members wrote": edited(
        f"{CONTENT}.protocolMessage.key.fromMe", True
    ),
    # several of something, and a second time
    "every card is a card of its own": changed(
        "message.contactsArrayMessage.contacts", lambda cards: cards[:1] * len(cards)
    ),
    "everybody who is mentioned is named": changed(
        "message.extendedTextMessage.contextInfo.mentionedJid", lambda people: people[:1]
    ),
    "each row is told with its own words": changed("message.listResponseMessage.title", "Vendas"),
    "every later change names the message": changed("message.protocolMessage.key.id", OTHER_ID),
    "every reaction says what it is now": changed("message.reactionMessage.text", ""),
    "a reply with a file says to what": told(lambda payload: (without_context(payload),)),
    "a hidden writer has a number whatever they send": changed("key.senderPn", OTHER_ID),
    # every event
    "what several write is told apart": first_of("pushName"),
    "what arrives is what was answered": told(lambda payload: (emptied(payload),)),
    "a long burst is told whole and in order": lost(
        lambda payload: payload.get("message", {}).get("conversation") == "Texto 50"
    ),
    "files stay whatever comes after": edited(
        "data", lambda text: text[:-4]
    ),
    "what is passed on keeps its content": edited(f"{TEXT}.contextInfo.quotedMessage", {}),
    "many sends have each their own answer": frozen("/text"),
    # what one leaves for the next
    "sends under way together are told apart": edited(f"{DATA}.key.id", OTHER_ID),
    "numbers that end alike are looked up apart": frozen("/isOnWhatsApp"),
    "a code of ones own is for one call alone": edited("pairingCode", "TESTE123"),
    "a new token outlives a restart": token_forgotten(),
    # as it was written
    "the very digits are taken": edited("jid", f"{WORLD[0]}@s.whatsapp.net"),
    "a link keeps every letter": asked(b"https://Loja.", b"https://loja."),
    "an echo has every letter that was sent": changed(
        "message.extendedTextMessage.text", str.strip
    ),
    "rows that are alike all come back": edited(
        f"{CONTENT}.listMessage.sections.1.rows", lambda rows: rows[1:]
    ),
    "a token that was used opens no other instance": opened(),
    "an empty caption repeats no other": edited(f"{CONTENT}.imageMessage", {"caption": "Veja"}),
    "no presence changes the link": edited("instance.status", "disconnected"),
    "who is seen writing is held back nowhere": first_told("extendedTextMessage"),
    "a receipt names the chat of its message": changed("key.remoteJid", OTHER),
    "receipts end with the link": receipts_repeated(),
    "a filter takes nothing else and stays": lost(kind("conversation")),
    "the own phone speaks in its own name": changed("pushName", "Outro Cliente"),
    "what is deleted for oneself stays with the others": deleted_for_all(),
    "who leaves a group leaves alone": left_by_all(),
    "a group of the old kind is a group": changed("isGroup", False),
    "a long list loses no row": edited(
        f"{CONTENT}.listMessage.sections", lambda sections: sections[:2]
    ),
    # what was answered before, and what is taken
    "the id of a linked user names the device": edited(
        "instance.user.id", lambda jid: re.sub(":[0-9]+@", "@", jid)
    ),
    "an account is there as long as it is": frozen("/isOnWhatsApp"),
    "no way shows a code that has run out": frozen("/qrcode/"),
    "every documented form is taken": turned(200, 500),
    "what nobody knows is passed over": fussy(),
    "what whatsapp verified of a sender is told": told(
        lambda payload: ({k: v for k, v in payload.items() if k != "verifiedBizName"},)
    ),
    # lives
    "what is refused leaves no trace": turned(401, 200),
    "whatever is combined is done and told": edited(f"{DATA}.key.id", OTHER_ID),
    # each value, each of many, each of two
    "every optional field is taken with every value": turned(200, 500),
    "a list of any length comes back whole": edited(
        f"{CONTENT}.listMessage.sections.0.rows", lambda rows: rows[:10]
    ),
    "buttons beyond the third come back": replaced(b"Opcao 20", b"Opcao 2"),
    "everybody in a long list of mentions is named": edited(
        f"{QUOTE}.mentionedJid", lambda people: people[:10]
    ),
    "a group of many has all of them": edited(
        "group.participants", lambda people: people[:10]
    ),
    "a text to a dozen reaches each": edited(f"{DATA}.sent", 10),
    "everybody named is accounted for": edited(f"{DATA}.jidFailed", []),
    "each of two is told under its own name": first_of("instance_key"),
    "a text arrives letter for letter": changed(
        "message.extendedTextMessage.text", lambda words: words.replace("\n", " ")
    ),
    "a text to a group arrives letter for letter": changed(
        "message.extendedTextMessage.text", lambda words: words.strip()
    ),
    "what arrives is what was sent": told(lambda payload: (without_accents(payload),)),
    "each of two has a status of its own": remembered_key(),
    "whoever wrote it is not told of a vain deletion": told_after_all(),
    "what can be chosen arrives with its ids": told(lambda payload: (numbered_rows(payload),)),
    # what the documents name
    "a place off the map is a place": turned(200, 500),
    "an own message is passed on unmarked": asked(b'"fromMe":true', b'"fromMe":false'),
    "the name of an uploaded file keeps every letter": edited(
        f"{CONTENT}.documentMessage.fileName",
        lambda name: name.encode("ascii", "ignore").decode(),
    ),
    "only groups that are administered are listed": edited("groups", []),
    "a truth value may be a text": asked(b'"false"', b"true"),
    "a receipt has nothing of the message": told(
        lambda payload: ({**payload, "pushName": "Loja"},)
    ),
    "no answer shows the token": token_shown(),
    "a configuration hides the token": token_shown(),
    "a status hides the token": token_shown(),
    "a token that is nearly right opens nothing": opened(),
    "the token of another instance opens nothing": opened(),
    "what the blocked write is not told": lost(kind("conversation")),
    "what was read is unread no longer": forgotten("/readMessage"),
    "a deletion of a customer names what is gone": changed(
        "message.protocolMessage.key.id", OTHER_ID
    ),
    "whoever can get it gets it": edited(f"{DATA}.data", {}),
    "what nobody can get is answered alike": by_turns(),
    "an invite code leads to its own group": edited("group.id", lambda jid: next(NUMBERS)),
    "a new picture of a group has another address": frozen("/getProfilePicture"),
    "a number too long for anybody does not exist": edited("exists", True),
    # later looks
    "what is sent to a group is told of it": changed(
        "key.remoteJid", lambda jid: OTHER if jid.endswith("@g.us") else jid
    ),
    "what is sent to many is told of each": doubled(ack(2)),
    "what is passed on of ones own keeps its content": edited(
        CONTENT, lambda content: {kind_: {} for kind_ in content}, at="/forwardMessage"
    ),
    "what was sent stands in its chat": replaced(b'"fromMe":true', b'"fromMe":false'),
    "whoever was written to has one chat": edited("chats", []),
    "what is set stays set whatever is called": edited("webhookData.webhookUrl", ""),
    "a group keeps its invite code": edited("inviteCode", lambda code: next(NUMBERS)),
    # written by others
    "what somebody writes comes in its order": swapped(kind("conversation")),
    "a chat keeps the order of both sides": edited_list(lambda stored: stored[::-1]),
    "what somebody writes in a group is stored there": edited_list(lambda stored: []),
    "a reply names whose message it is about": changed(
        f"{REPLY}.stanzaId", OTHER_ID
    ),
    "whom somebody mentions is named": changed(f"{REPLY}.mentionedJid", [SOMEBODY]),
    "what others write is not told while it is blocked": forgotten("/blockEvents"),
    # where it arrives
    "a file opens where it arrives": told(lambda payload: (of_other_type(payload),)),
    "a file to a group opens where it arrives": told(lambda payload: (of_other_type(payload),)),
    "a reply arrives with what it is about": told(lambda payload: (without_context(payload),)),
    "a forwarded file arrives as the same file": told(lambda payload: (emptied(payload),)),
    "a text to many arrives once": doubled(),
    "what is read is told as read": lost(ack(4)),
    "what is deleted for oneself is told to nobody": turned(200, 500),
    "a new name comes with the next message": changed("pushName", "Outra loja"),
    "what one writes oneself is not unread": edited(
        "chats.*.unreadCount", lambda _: int(next(NUMBERS), 16)
    ),
    "both see the same group": edited("group.subject", lambda name: next(NUMBERS)),
    "both see what was changed of a group": edited("group.subject", lambda name: next(NUMBERS)),
    "whoever leaves is out of the group": forgotten("/leaveGroup"),
    "a group is administered as long as one is its admin": edited("groups", []),
    "a member changes a group only as its admin": edited("group.announce", True),
    "who comes into a group and goes is told to both": lost(kind("extendedTextMessage")),
    "ranks and settings of a group are told to both": doubled(kind("extendedTextMessage")),
    "where only admins write nobody else is heard": forgotten("/setWhoCanSendMessage"),
    "what is sent to a phone in flight mode waits for it": lost(ack(3)),
    "the life of a link": forgotten("/logout"),
    "the life of groups": forgotten("/leaveGroup"),
    "the life of a conversation": swapped(ack(3)),
}  # fmt: skip

# What the laws look at besides: a rule, and one more way to break it that one of its laws notices.
MORE: Mapping[str, tuple[str, Fault]] = {
    "a charset beside the type": ("webhooks are posted as json", with_charset()),
    "letters like digits in codes": (
        "pairing codes have eight characters",
        edited("pairingCode", lambda code: code[:-1] + "O"),
    ),
    "deleted for oneself in the second form alone": (
        "what is deleted for oneself is in its chat no longer", deaf_to(b'"key":')
    ),
    "the whole picture where no size is asked for": (
        "without a size of its own it is the small picture", whole_picture("")
    ),
    "an envelope around a lookup": (
        "people on whatsapp exist", beside(b'"exists":true', b'"error":false,"message":"Found"')
    ),
    "a link for a code": (
        "a group keeps its invite code", edited("inviteCode", "https://chat.whatsapp.com/{}".format)
    ),
    "query forgotten": ("a webhook reads back as it was set", asked(b"?loja", b"?outra")),
    "key of who linked last": ("every way of linking is told", last_linked()),
    "chat of a receipt": (
        "a text is echoed and acknowledged",
        told(lambda payload: (own_chat(payload) if ack(4)(payload) else payload,)),
    ),
    "error in refusals": (
        "only the right key and token get in", beside(b'"statusCode":401', b'"error":true')
    ),
    "error in texts of refusals": (
        "only the right key and token get in", beside(b'"statusCode":404', b'"error":"Not Found"')
    ),
    "slash unknown": ("a new group is shown and listed", missing("/group/")),
    "text refused and sent": ("a text is echoed and acknowledged", carried_out()),
    "own lid": ("a text is echoed and acknowledged", changed("lid", HIDDEN)),
    "echo of another name": ("a text is echoed and acknowledged", changed("pushName", "Outro")),
    "message of another name": ("what a customer does is told once", changed("pushName", "Outro")),
    "message of another lid": (
        "what a customer does is told once", changed("key.senderLid", HIDDEN)
    ),
    "group's participantLid": (
        "who writes to a group is named", changed("key.participantLid", HIDDEN)
    ),
    "group's participantPn": (
        "a hidden author is named by the number", changed("key.participantPn", SOMEBODY)
    ),
    "group's pushName": ("who writes to a group is named", changed("pushName", "Outro")),
    "people added": ("who comes and goes is told as it is", changed("participants", [SOMEBODY])),
    "group of people": ("who comes and goes is told as it is", changed("id", "1203630@g.us")),
    "author of a subject": ("a new subject is told with who gave it", changed("author", SOMEBODY)),
    "chat of a presence": ("what somebody does in a chat is told as it is", changed("id", OTHER)),
    "person of a presence": (
        "what somebody does in a chat is told as it is",
        changed("presences", lambda presences: {SOMEBODY: next(iter(presences.values()))}),
    ),
    "caller": ("calls say who calls and how they stand", changed("data.from", OTHER)),
    "receiver given up after one 400": ("a receiver that errs is not given up", given_up(2)),
    "an option alone is lost": (
        "what is left out is not remembered",
        edited(f"{CONTENT}.locationMessage.name", None, at="/location"),
    ),
    "digits of customers as a number": (
        "long texts of customers come whole",
        changed("message.conversation", lambda words: 123 if words == "123" else words),
    ),
    "broadcast of what went to one": (
        "what a customer does is told once", changed("broadcast", True)
    ),
    "address without accents": (
        "a webhook reads back as it was set", edited("webhookData.webhookUrl", ascii)
    ),
    "latest file": ("files stay whatever comes after", latest_file()),
    "code of a linked instance": ("a linked instance shows no code", linked_again()),
    "page of a neighbour": ("several that wait have each their code", frozen("/qrcode/")),
    "address cut": (
        "an address is used as it was written",
        edited("webhookData.webhookUrl", lambda url: url[:255]),
    ),
    "sign lost": (
        "any number is a degree",
        edited(f"{CONTENT}.locationMessage.degreesLongitude", lambda x: abs(x) if x > -1 else x),
    ),
    "author of what is deleted": (
        "an admin deletes what members wrote",
        edited(f"{CONTENT}.protocolMessage.key.participant", SOMEBODY),
    ),
    "number of who was met first": (
        "a hidden writer has a number whatever they send", changed("key.senderPn", OTHER)
    ),
    "first of the rows of one title": (
        "a long list loses no row",
        changed("message.listResponseMessage.singleSelectReply.selectedRowId", "Vendas-3"),
    ),
    "longer number cut": (
        "the very digits are taken", asked(f"{WORLD[0]}0".encode(), WORLD[0].encode())
    ),
    "preflight as an unknown route": ("pages of any origin may call", turned(204, 404)),
    "preflight without the token's header": (
        "pages of any origin may call", headed("Access-Control-Allow-Headers", "Accept")
    ),
    "preflight without a method": (
        "pages of any origin may call", headed("Access-Control-Allow-Methods", "POST")
    ),
    "unknown route in small letters": (
        "unknown routes are 404 in the usual form", edited("message", str.lower)
    ),
    "text to an account that is gone": (
        "an account is there as long as it is", replaced(b"Number not registered", b"Number unsure")
    ),
    "code that links nobody": (
        "typing the code links that number", edited("pairingCode", "ABCD2345")
    ),
    "code that links nobody, nor tells it": (
        "every way of linking is told", edited("pairingCode", "ABCD2345")
    ),
    "controller that takes all": (
        "unknown routes are 404 in the usual form", taken_by("/rest/config/")
    ),
    "form of the vendor refused": ("every documented form is taken", refusing_beside()),
    "body of a restart refused": (
        "what nobody knows is passed over",
        Fault(alter=lambda request, answer: (
            replace(answer, status=400)
            if request.path.endswith("/restart") and request.body == b"{}" else answer
        )),
    ),
    "name of a business for everybody": (
        "what whatsapp verified of a sender is told",
        told(lambda payload: ({**payload, "verifiedBizName": "Loja"},)),
    ),
    "webhooks beyond ASCII as text": (
        "webhooks are posted as json", plain_text_beyond_ascii()
    ),
    "link preview refused": (
        "every optional field is taken with every value", refusing(rb'"linkPreview": ?true')
    ),
    "nobody after who failed": (
        "everybody named is accounted for", stopped_at_the_first_failure()
    ),
    "jid of who was told first": ("each of two is told under its own name", first_of("jid")),
    "plus taken out of a card": (
        "a number stands in a card as it was given",
        edited(f"{CONTENT}.contactMessage.vcard", lambda card: card.replace("+", "")),
    ),
    "no type for a picture": (
        "a file needs nothing beside it", edited(
            f"{CONTENT}.imageMessage.mimetype", "application/octet-stream"
        )
    ),
    "query in other letters": (
        "sends are told as json to the address that was set last", asked(b"%c3%a7", b"%C3%A7")
    ),
    "digits of a place": (
        "what arrives is what was sent", told(lambda payload: (in_metres(payload),))
    ),
    "mentions that nobody gets": (
        "what arrives is what was sent", told(lambda payload: (without_context(payload),))
    ),
    "round videos that arrive as videos": (
        "a file opens where it arrives", of_another_kind("ptvMessage", "videoMessage")
    ),
    "audio files that arrive as voice notes": (
        "a file opens where it arrives",
        told(lambda payload: (voice_note(payload),)),
    ),
    "chat of a call": ("calls say who calls and how they stand", changed("data.chatId", OTHER)),
}  # fmt: skip
