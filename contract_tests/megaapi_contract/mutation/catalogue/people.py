"""Events that name the wrong person: as author, caller, reader, member, or as the instance."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial
from typing import Any

from ...judging.values import jid_of
from ..mutant import Fault, Mutant
from ..payload_edits import Edit, edit_at, put
from ..webhook_faults import (
    Changed,
    FirstValueKept,
    WebhookFilter,
    all_of,
    alter,
    has_value,
    is_ack,
    is_echo,
    is_inbound,
    kind,
)

SOMEBODY, HIDDEN = "5511900000077@s.whatsapp.net", "100000000000077@lid"
CUSTOMER = "5511900000002@s.whatsapp.net"
_GROUP = ("group-text", "group-image", "text-mention", "group-text-first-of-sender")
_PEOPLE, _SUBJECT = kind("group-participants.update"), kind("groups.update")


def _other(jid: Any) -> Any:
    """Somebody else's number, hidden where this one is."""
    return HIDDEN if jid_of(jid).lid else SOMEBODY


def _to_somebody(payload: Any) -> Any:
    return dict.fromkeys([SOMEBODY], next(iter(payload.values())))


def _in_group(path: str) -> WebhookFilter:
    return all_of(is_inbound, has_value("isGroup", True), has_value(path))


def _edit_event(which: WebhookFilter, edit: Edit) -> Callable[[], Fault]:
    return partial(Changed, which, alter(edit))


# Name, events, sentence, fault.
FAULTS: tuple[tuple[str, tuple[str, ...], str, Callable[[], Fault]], ...] = (
    ("group message: another author", _GROUP, "Who wrote to the group is told as somebody else.",
     _edit_event(_in_group("key.participant"), edit_at("key.participant", _other))),
    ("group message: one author", _GROUP, "Whoever writes to a group is told as one customer.",
     _edit_event(_in_group("key.participantLid"), put("key.participant", CUSTOMER))),
    ("group message: another hidden number", ("group-text", "group-image"),
     "The author's hidden number is another person's.",
     _edit_event(_in_group("key.participantLid"), put("key.participantLid", HIDDEN))),
    ("group message: another number", ("group-text-first-of-sender",),
     "The number of a hidden author is another person's.",
     _edit_event(_in_group("key.participantPn"), put("key.participantPn", SOMEBODY))),
    ("group message: another name", _GROUP, "The author's name is another person's.",
     _edit_event(_in_group("pushName"), put("pushName", "Outro Cliente"))),
    ("message: another hidden number", ("image", "reaction", "text-plain"),
     "Whoever writes has the hidden number of another.",
     _edit_event(all_of(is_inbound, has_value("key.senderLid")), put("key.senderLid", HIDDEN))),
    ("message: first hidden number", ("text-plain",), "All customers have one hidden number.",
     partial(FirstValueKept, is_inbound, "key.senderLid")),
    ("message: another number", ("text-plain-lid",),
     "The number of a hidden customer is another person's.",
     _edit_event(has_value("key.senderPn"), put("key.senderPn", SOMEBODY))),
    ("message: another name", ("image", "reaction", "text-plain"),
     "Whoever writes has the name of another.",
     _edit_event(is_inbound, put("pushName", "Outro Cliente"))),
    ("message: another own hidden number", ("text-plain", "image"),
     "The instance's own hidden number is another's.", _edit_event(is_inbound, put("lid", HIDDEN))),
    ("echo: another own hidden number", ("from-me-api-echo",),
     "The instance's own hidden number is another's.", _edit_event(is_echo, put("lid", HIDDEN))),
    ("ack: another own hidden number", ("ack-server", "ack-read"),
     "The instance's own hidden number is another's.", _edit_event(is_ack(), put("lid", HIDDEN))),
    ("every webhook: first own hidden number", ("text-plain", "from-me-api-echo"),
     "All instances have the hidden number of the first.",
     partial(FirstValueKept, has_value("lid"), "lid")),
    ("echo: another name", ("from-me-api-echo",), "What the instance sent has another name.",
     _edit_event(is_echo, put("pushName", "Outra Loja"))),
    ("from-me-phone: another name", ("from-me-phone", "self-chat"),
     "What was typed on the phone has another name.",
     _edit_event(all_of(has_value("messageTimestamp"), has_value("key.fromMe", True)),
           put("pushName", "Outra Loja"))),
    ("ack-group: another reader", ("ack-group",), "Who of the group has it is somebody else.",
     _edit_event(all_of(is_ack(), has_value("key.participant")), put("key.participant", SOMEBODY))),
    ("group-participants: other people", ("group-participants",),
     "Somebody else is told as the one who came or went.",
     _edit_event(_PEOPLE, put("participants", [SOMEBODY]))),
    ("group-participants: another group", ("group-participants",),
     "People come and go in another group.",
     _edit_event(_PEOPLE, put("id", "120363000000000077@g.us"))),
    ("group-participants: another author", ("group-participants",),
     "Somebody else is told as the one who did it.", _edit_event(_PEOPLE, put("author", SOMEBODY))),
    ("group-participants: always added", ("group-participants",), "Whoever goes is told as added.",
     _edit_event(_PEOPLE, put("action", "add"))),
    ("presence: another person", ("presence",), "Somebody else is told as the one who types.",
     _edit_event(kind("presence.update"), edit_at("presences", _to_somebody))),
    ("presence: another chat", ("presence",), "Somebody types in another chat.",
     _edit_event(kind("presence.update"), put("id", SOMEBODY))),
    ("group-update: another subject", ("group-update",), "The new subject is another.",
     _edit_event(_SUBJECT, put("subject", "Outro nome"))),
    ("group-update: another author", ("group-update",),
     "Somebody else is told as the one who gave the subject.",
     _edit_event(_SUBJECT, put("author", SOMEBODY))),
    ("group-update: another group", ("group-update",), "Another group has the new subject.",
     _edit_event(_SUBJECT, put("id", "120363000000000077@g.us"))),
    ("call: another caller", ("call",), "Somebody else calls.",
     _edit_event(kind("call"), put("data.from", SOMEBODY))),
    ("call: another chat", ("call",), "The call is one of another chat.",
     _edit_event(kind("call"), put("data.chatId", SOMEBODY))),
)  # fmt: skip


def mutants() -> Iterator[Mutant]:
    """Every fault of who is named."""
    for name, events, sentence, make in FAULTS:
        yield Mutant(name, "wrong person", sentence, make, events=events)
