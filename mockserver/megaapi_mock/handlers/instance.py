"""InstanceController: status, linking, restart, and the way back from media keys to bytes."""

from __future__ import annotations

import hmac
from base64 import b64decode, b64encode
from binascii import Error as Base64Error

from ..domain import qr_code
from ..domain.connection import QR
from ..domain.instance import Instance
from ..domain.jid import Jid, chat_kind
from ..domain.media import Media
from ..domain.phone_number import is_old_group, written_otherwise
from ..errors import (
    AlreadyLoggedIn,
    Forbidden,
    HandledFailure,
    NotLoggedIn,
    NumberNotRegistered,
    RequestRejected,
    UnknownInstance,
    Unusable,
)
from ..errors.names import quoted
from ..profile import Profile
from . import uploads
from .call import Call, Json, RawReply, operation, success
from .media_types import DOWNLOAD_KINDS

EMPTY = RawReply(b"", "")


def _unknown_as_handled(refusal: RequestRejected, profile: Profile) -> RequestRejected:
    if isinstance(refusal, UnknownInstance) and profile["unknown_instance"] == "error_true":
        return HandledFailure(refusal.reason, message=refusal.message)
    return refusal


def _unlinked_as_handled(refusal: RequestRejected, profile: Profile) -> RequestRejected:
    is_error_true = profile["is_on_whatsapp_disconnected"] == "error_true"
    if isinstance(refusal, NotLoggedIn) and is_error_true:
        return HandledFailure(refusal.reason, message=refusal.message)
    return refusal


@operation(reword=_unknown_as_handled)
def instance_status(call: Call) -> Json | list[Json] | RawReply:
    """`user` present means linked; absent, not null, when it is not (vendor)."""
    instance, form = call.instance, call.profile["status_shape"]
    status: Json = {"key": instance.key, "status": "connected"}
    if instance.linked:
        status["user"] = {"id": instance.device_jid, "name": instance.name}
    elif call.profile["status_disconnected"] == "empty":
        call.note("switch status_disconnected=empty")
        return EMPTY
    else:
        status["status"] = "disconnected"
    if form == "list":
        return [{"instance": {"status": status["status"]}}]
    if form == "2022":
        status = _as_in_2022(status)
    return success("Instance data fetched", instance=status)


def _as_in_2022(status: Json) -> Json:
    """Key and user alone; the profile's name twice (vendor-postman-2023)."""
    user = status.get("user")
    if user is None:
        return {"key": status["key"]}
    user_of_2022 = {"id": user["id"], "verifiedName": user["name"], "name": user["name"]}
    return {"key": status["key"], "user": user_of_2022}


@operation(reword=_unlinked_as_handled)
def is_on_whatsapp(call: Call) -> Json | RawReply:
    """The bare object, with the JID WhatsApp knows; groups and hidden numbers pass unseen."""
    jid = Jid.parse(call.query["jid"])
    if jid.group:
        hint = written_otherwise(jid.user)
        if hint or not (jid.user.isdecimal() or is_old_group(jid.user)):
            call.note(f"{jid} is read as a group because of the hyphen, and not looked up{hint}")
        return {"exists": True, "jid": str(jid)}
    contact = call.instance.reachability.unless_gone(call.instance.person(jid))
    if jid.lid:
        if contact is None:
            call.note(f"nobody has {jid} in this world; the gateway looks no hidden number up")
        return {"exists": True, "jid": str(jid)}
    if contact is not None:
        return {"exists": True, "jid": str(contact.jid)}
    form = call.profile["not_on_whatsapp"]
    reason = call.instance.directory.no_account(jid)
    call.note(reason)
    if form == "empty":
        return EMPTY
    if form in ("403", "error_true"):
        message = NumberNotRegistered.message
        raise (
            NumberNotRegistered(reason)
            if form == "403"
            else HandledFailure(reason, message=message)
        )
    return {"exists": False, "jid": str(jid)}


@operation()
def profile_picture(call: Call) -> Json:
    """An address on WhatsApp's servers; nobody fetches anything from there (recorded in 2022)."""
    owner, size = _whose(call, call.query["to"]), call.query.get("type", "")
    address = call.instance.own_profile.picture_address(owner, size)
    return success("Profile Picture downloaded", data=address)


@operation()
def set_profile_picture_url(call: Call) -> Json:
    """The file is not fetched; the picture has another address from now on."""
    uploads.require_address(call.data["url"])
    set_picture(call, call.data["url"])
    return success("Profile picture updated")


def set_picture(call: Call, source: str) -> None:
    """Refuses, or passes over, the picture of somebody else."""
    whose = call.to.chat
    if whose.group or whose == call.instance.own_jid:
        call.instance.own_profile.set_picture(whose, source)
        return
    problem = f"{whose} is somebody else, whose picture the instance cannot set"
    if call.strict or call.profile["picture_of_others"] == "500":
        raise Unusable(problem)
    call.note(f"{problem}: ignored")


@operation()
def set_profile_name(call: Call) -> Json:
    """The status shows it, and every message that is sent from now on."""
    call.instance.own_profile.set_name(call.data["name"])
    return success("Profile name updated")


@operation()
def set_profile_status(call: Call) -> Json:
    """Kept, and shown to nobody: contacts of a mock read no profiles."""
    call.instance.own_profile.set_sentence(call.data["status"])
    return success("Profile status updated")


@operation()
def list_chats(call: Call) -> Json:
    """As recorded in 2022, without the keys that belong to WhatsApp alone."""
    addresses = call.instance.addresses
    return success(
        "Chats fetched",
        chats=[
            {
                "id": addresses.address_in(chat.jid, chat.jid),
                "participant": [],
                "unreadCount": chat.unread,
                "readOnly": False,
                "ephemeralExpiration": 0,
                "conversationTimestamp": {"low": int(chat.time), "high": 0, "unsigned": True},
                "notSpam": True,
                "disappearingMode": {"initiator": "CHANGED_IN_CHAT"},
                "unreadMentionCount": 0,
                "messages": [],
                **({} if chat.pinned is None else {"pinned": int(chat.pinned)}),
            }
            for chat in call.instance.history.chats()
            # No recorded list has stories, lists of recipients or channels.
            if chat_kind(chat.jid) in ("person", "group")
        ],
    )


@operation()
def list_contacts(call: Call) -> Json:
    """People really come under the key `chats` (vendor)."""
    people = call.instance.history.people()
    return success("Contacts fetched", chats=[{"id": jid, "name": name} for jid, name in people])


@operation()
def list_messages(call: Call) -> Json | list[Json]:
    """A bare list (recorded in 2022); the receipts among the messages of that year are left out."""
    return call.instance.history.messages(Jid.parse(call.query["chat_id"]))


def _whose(call: Call, text: str) -> Jid:
    """The person or group whose picture is meant; refuses a number without WhatsApp (vendor)."""
    jid = Jid.parse(text)
    if jid.group:
        return jid
    contact = call.instance.reachability.unless_gone(call.instance.person(jid))
    if contact is None:
        raise NumberNotRegistered(call.instance.directory.no_account(jid))
    return contact.jid


def _begins_series(instance: Instance) -> bool:
    """A QR code that is on show is only read, and none is shown while a phone is linked."""
    return not instance.linking.has_phone and instance.linking.connection.state != QR


@operation(changes=_begins_series)
def qr_code_page(call: Call) -> Json | RawReply:
    """HTML, not JSON and not a picture (vendor-php)."""
    try:
        source = qr_code.data_uri(call.instance.linking.show_qr())
    except AlreadyLoggedIn:
        if call.profile["qr_page_connected"] != "page":
            raise
        source = ""
    page = (
        '<!DOCTYPE html><html><head><meta charset="utf-8"><title>QR code</title></head>'
        f'<body><img id="qrcode_box" alt="QR code" src="{source}"></body></html>'
    )
    return RawReply(page.encode(), "text/html; charset=utf-8")


@operation(changes=_begins_series)
def qr_code_image(call: Call) -> RawReply:
    """The picture alone (its content type is a guess)."""
    return RawReply(qr_code.png(call.instance.linking.show_qr()), "image/png")


@operation(changes=_begins_series)
def qr_code_base64(call: Call) -> Json:
    """A data URI that clients put into an <img> as it is."""
    linking = call.instance.linking
    first = linking.connection.state != "qr"
    try:
        text = linking.show_qr()
    except AlreadyLoggedIn as refusal:
        if call.profile["qr_base64_connected"] == "error_true":
            raise HandledFailure(refusal.reason, message=refusal.message) from None
        raise
    if first and call.profile["qr_base64_first"] == "missing":
        call.note("switch qr_base64_first=missing: the code is there on the next call")
        return success("Qrcode fetched")
    return success("Qrcode fetched", qrcode=qr_code.data_uri(text))


@operation()
def pairing_code(call: Call) -> Json:
    """Eight characters, no hyphen; a custom code must have eight too (baileys)."""
    phone, custom = call.query["phoneNumber"], call.query.get("customPairingCode")
    code = call.instance.linking.pair(phone, custom)
    return success("Pairing code fetched", pairingCode=code)


@operation()
def logout(call: Call) -> Json:
    """The session ends, the instance stays; again on an unlinked one is fine (ancestor)."""
    if not call.instance.linking.logout():
        reason = f"{call.instance.key} was not linked"
        form = call.profile["logout_disconnected"]
        if form == "403":
            raise NotLoggedIn(reason)
        if form == "error_true":
            raise HandledFailure(reason, message="Instance not logged in")
        call.note(reason)
    return success("Instance logged out")


@operation()
def restart(call: Call) -> Json:
    """DELETE although nothing is deleted: the session is kept."""
    call.instance.linking.restart()
    return success("Instance restarted")


@operation()
def reset_instance(call: Call) -> Json:
    """Log out, and begin a new session at once: its first QR code is pushed (ancestor)."""
    was_linked = call.instance.linking.logout()
    call.instance.linking.restart()
    if not was_linked and call.profile["reset_disconnected"] == "logged_out":
        return success("Instance logged out")
    return success("Instance reset")


@operation()
def download_media(call: Call) -> Json:
    """The very bytes behind keys this mock made; works while unlinked (ancestor)."""
    keys = call.body["messageKeys"]
    addresses = [keys[name] for name in ("directPath", "url") if keys.get(name)]
    stored_media = call.instance.find_media(addresses)
    if stored_media is None:
        raise _media_gone(call, "no media with this address, or it expired")
    media, content = stored_media
    problem = _mismatch(keys, media)
    if problem:
        raise _media_gone(call, problem)
    base64_text = b64encode(content).decode("ascii")
    bare = call.profile["download_body"] == "base64"
    data = base64_text if bare else f"data:{keys['mimetype']};base64,{base64_text}"
    return success("Media message downloaded", data=data)


def _mismatch(keys: Json, media: Media) -> str | None:
    try:
        media_key = b64decode(keys["mediaKey"], validate=True)
    except (Base64Error, ValueError):
        return "mediaKey is not base64"
    if not hmac.compare_digest(media_key, media.media_key):
        return "mediaKey does not decrypt this media"
    kind = str(keys["messageType"]).removesuffix("Message")
    if media.kind not in DOWNLOAD_KINDS.get(kind, ()):
        return f"messageType {quoted(keys['messageType'])} does not decrypt a {media.kind}"
    return None


def _media_gone(call: Call, reason: str) -> RequestRejected:
    form, message = call.profile["media_gone"], "Unable to download file"
    if form == "403":
        return Forbidden(reason, message=message)
    if form == "error_true_400":
        # Status 200 around it: the body alone says 400 (consultancy-notes).
        inside = {"name": "BAD_REQUEST", "message": message, "statusCode": 400}
        return HandledFailure(reason, message=message, extra=inside)
    return HandledFailure(reason, message="media not found", extra={"data": ""})
