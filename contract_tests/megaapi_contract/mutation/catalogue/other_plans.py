"""Faults of what other plans than Code have: lists, profile, ranks, settings, sends to many."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from functools import partial
from typing import Any

from ...host.http import Request
from ..answer_faults import Altered, Change, document
from ..mutant import InterceptedCall, Mutant
from ..payload_edits import put, remove
from ..stateful_faults import Swallowed, Undone


def _in_data(change: Any) -> Any:
    """The same of every message of a send to many."""

    def edit(answer: Any) -> Any:
        data = answer["messageData"]
        people = {jid: change(one) for jid, one in data["data"].items()}
        return {**answer, "messageData": {**data, "data": people}}

    return edit


def _opposite(operation: str, other: str, call: InterceptedCall, _: Any) -> Request:
    return replace(call.request, target=call.request.target.replace(operation, other))


# Operation, name, sentence, what happens to its answers.
SPOILT: tuple[tuple[str, str, str, Change], ...] = (
    ("list_chats", "nothing unread", "No chat has an unread message.",
     document(lambda answer: {**answer, "chats": [{**one, "unreadCount": 0}
                                                  for one in answer["chats"]]})),
    ("list_chats", "oldest first", "The chat of the oldest message comes first.",
     document(lambda answer: {**answer, "chats": answer["chats"][::-1]})),
    ("list_chats", "the first alone", "Only one chat is listed.",
     document(lambda answer: {**answer, "chats": answer["chats"][:1]})),
    ("list_contacts", "nobody", "Nobody is a contact.", document(put("chats", []))),
    ("list_messages", "newest first", "A chat stands on its head.",
     document(lambda answer: answer[::-1])),
    ("list_messages", "own alone", "Only own messages are listed.",
     document(lambda answer: [one for one in answer if one["key"]["fromMe"]])),
    ("list_messages", "without content", "Messages are listed without what they say.",
     document(lambda answer: [{**one, "message": {}} for one in answer])),
    ("profile_picture", "one for all", "Everybody has the same picture.",
     document(put("data", "https://pps.whatsapp.net/v/one.jpg"))),
    ("profile_picture", "one size", "Whatever size is asked for, the small picture comes.",
     document(lambda answer: {**answer, "data": answer["data"].replace("_image.", "_icon.")})),
    ("send_contact", "without a card", "The card is empty.",
     document(put("messageData.message.contactMessage.vcard", "BEGIN:VCARD\nEND:VCARD"))),
    ("send_contact", "without a name above", "The card has no name above it.",
     document(remove("messageData.message.contactMessage.displayName"))),
    ("group_invite_code", "one for all", "All groups have one invite code.",
     document(put("inviteCode", "ABCDEFGHIJKLMNOPQRSTUV"))),
    ("admin_groups", "none", "No group is administered.", document(put("groups", []))),
    ("admin_groups_with_participants", "without people", "Nobody is in the groups.",
     document(lambda answer: {**answer, "groups": [{**one, "participants": []}
                                                   for one in answer["groups"]]})),
    ("send_text_mentioned", "nobody mentioned", "The answer mentions nobody.",
     document(remove("messageData.message.extendedTextMessage.contextInfo"))),
    ("text_to_many", "counts one too many", "Who did not get it is counted among those who did.",
     document(put("messageData.sent", 3))),
    ("text_to_many", "names nobody", "Who did not get it is not named.",
     document(put("messageData.jidFailed", []))),
    ("list_to_many", "one id for all", "All messages have one id.",
     document(_in_data(put("key.id", "3EB0AAAAAAAAAAAAAAAAAA")))),
    ("media_url_to_many", "without data", "The answer does not have the messages.",
     document(put("messageData.data", {}))),
    ("upload_document", "without its name", "An uploaded document has another name.",
     document(put("messageData.message.documentMessage.fileName", "file"))),
    ("upload_image", "without its text", "An uploaded picture loses its caption.",
     document(remove("messageData.message.imageMessage.caption"))),
    ("create_instance", "another key", "A new instance has another key than it was to have.",
     document(put("data.instance_key", "another-key"))),
    ("list_instances", "the last is missing", "The newest instance is not listed.",
     document(lambda answer: {**answer, "instances": answer["instances"][:-1]})),
)  # fmt: skip
# Operation and what a user of such a gateway would see: it answers, and nothing is done.
FORGOTTEN: tuple[tuple[str, str], ...] = (
    ("read_message", "A message stays unread."),
    ("set_profile_name", "The profile keeps its name."),
    ("set_profile_picture_url", "The picture stays as it was."),
    ("set_who_can_send", "Everybody goes on writing."),
    ("set_who_can_change_settings", "Everybody goes on changing the group."),
    ("pin_chat", "No chat is pinned."),
    ("block_chat", "Nobody is blocked."),
    ("upload_profile_picture", "The picture stays as it was."),
    ("delete_instance", "The instance stays."),
    ("reset_instance", "The phone stays linked."),
    ("update_webhook_url", "Webhooks go where they went before."),
    ("enable_webhook", "Webhooks stay on, or off."),
)


def mutants() -> Iterator[Mutant]:
    """Every fault of these operations."""
    for operation, name, sentence, change in SPOILT:
        yield Mutant(
            name=f"{operation}: {name}",
            kind="another plan's answer",
            sentence=sentence,
            make=partial(Altered, (operation,), change),
            operations=(operation,),
        )
    for operation, other in (("promote", "demote"), ("demote", "promote")):
        yield Mutant(
            name=f"{operation}_participants: undone",
            kind="another plan's change",
            sentence=f"What {operation}Participants did is undone at once.",
            make=partial(Undone, f"{operation}_participants", partial(_opposite, operation, other)),
            operations=(f"{operation}_participants",),
        )
    for operation, sentence in FORGOTTEN:
        yield Mutant(
            name=f"{operation}: not done",
            kind="another plan's change",
            sentence=sentence,
            make=partial(Swallowed, operation),
            operations=(operation,),
        )
