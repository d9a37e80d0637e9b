"""ChatController: presence, and deleting for everyone or for oneself."""

from __future__ import annotations

from ..domain.presence import PRESENCES
from ..domain.revoke import revoke
from ..errors import Unusable
from ..errors.names import quoted
from .call import Call, Json, operation, success


@operation()
def update_presence(call: Call) -> Json:
    """The one body without a wrapper. An unknown option is ignored, with a reason beside it."""
    option = call.body.get("option")
    if option in PRESENCES:
        call.instance.set_presence(call.to.chat, option)
        return success("Presence updated")
    reason = f"option {quoted(option)} is not one of {', '.join(PRESENCES)}"
    if call.strict or call.profile["unknown_presence"] == "500":
        raise Unusable(reason)
    call.note(f"{reason}: ignored")
    return success("Presence updated")


@operation()
def pin_chat(call: Call) -> Json:
    """The option comes as a boolean, or as a text from the vendor's PHP class."""
    call.instance.chats.pin(call.to.chat, keep=_is_on(call))
    return success("Chat updated")


@operation()
def block_chat(call: Call) -> Json:
    """Only people can be blocked; for a group the answer is the same, and nothing happens."""
    if call.to.chat.group:
        call.note(f"{call.to.chat} is a group: only people can be blocked")
    else:
        call.instance.chats.block(call.to.chat, shut_out=_is_on(call))
    return success("Chat updated")


def _is_on(call: Call) -> bool:
    return call.body["option"] in (True, "true")


@operation()
def read_message(call: Call) -> Json:
    """A read receipt for one message that others wrote; any other is answered alike (inferred)."""
    return _mark_read(call)


def _mark_read(call: Call) -> Json:
    nothing = call.instance.chats.mark_read(call.data["key"]["id"])
    if nothing:
        call.note(nothing)
    return success("Message read")


@operation()
def delete_message(call: Call) -> Json:
    """Deleting sends a new message, so the id answered is not the deleted one's (baileys).

    Own messages, and in groups those of everybody for an admin (n8n node, baileys); any other
    revoke is answered alike, and ignored.
    """
    return _delete_for_everyone(call)


def _delete_for_everyone(call: Call) -> Json:
    key, chats = call.data["key"], call.instance.chats
    revoked = revoke(call.instance, key["id"], call.to.chat)
    if revoked.note is not None:
        call.note(revoked.note)
    key_fields = ("remoteJid", "fromMe", "id", "participant")
    content = {
        "protocolMessage": {
            "key": {name: key[name] for name in key_fields if key.get(name) is not None},
            "type": "REVOKE",
        }
    }
    message = chats.send(call.to, content, echo=False, reaches_peers=revoked.is_heeded)
    return success("Message sent", messageData=message)


@operation()
def read_message_of_2022(call: Call) -> Json:
    """As readMessage, under the path of the vendor's collection."""
    return _mark_read(call)


@operation()
def delete_message_of_2022(call: Call) -> Json:
    """As deleteMessage, under the path of the vendor's collection."""
    return _delete_for_everyone(call)


@operation()
def delete_message_from_me(call: Call) -> Json:
    """Two bodies compete: `{to, messageData: {id}}` and `{messageData: {to, key}}`; both work."""
    data = call.data
    if "to" not in call.body:
        call.note("body in the n8n node's form; the vendor's OpenAPI has `to` beside messageData")
    # A body may hold parts of the other form; it fits as a whole only one of them.
    beside = "to" in call.body and isinstance(data.get("id"), str)
    message_id = data["id"] if beside else data["key"]["id"]
    nothing = call.instance.chats.delete(message_id)
    if nothing:
        call.note(nothing)
    return success("Message deleted")
