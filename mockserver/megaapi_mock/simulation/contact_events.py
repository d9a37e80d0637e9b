"""What contacts do without writing: they call, type, join, leave, and rename groups."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from ..clock import utc
from ..domain.contacts import Contact
from ..domain.facts import Fields
from ..domain.group import Group
from ..domain.instance import Instance
from ..domain.jid import Jid
from ..domain.json_path import put_at
from ..domain.presence import PRESENCES
from ..errors import ControlRefused
from ..errors.names import quoted
from ..records.feed import StreamKind
from ..resources.samples import Samples
from ..runtime import Instances, Records
from ..store.points import Point
from .people import person_named

Json = dict[str, Any]


# Fields of a body that only some events take.
_FIELDS_OF_SOME = ("media", "message", "option", "to")


@dataclass(frozen=True, slots=True)
class ContactAction:
    """One event of a contact: who does what in which chat; `to` is the person it concerns."""

    instance: Instance
    event: str
    sender: Contact
    sample: Json
    group: Group | None
    option: str
    to: Jid
    set: Mapping[str, Any]

    def require_group(self) -> Group:
        """The group it is about, which the sender must be in for all but joining."""
        if self.group is None:
            raise ControlRefused(400, f"group: {self.event} happens in a group: give its JID")
        return self.group


class ContactEvents:
    """Lets contacts do what is not a message."""

    def __init__(self, instances: Instances, records: Records, samples: Samples) -> None:
        self._instances, self._records, self._samples = instances, records, samples

    def happen(self, key: str, event: str, sender: Contact, body: Mapping[str, Any]) -> Json:
        """Let a contact's event happen; its webhook leaves at once. The control API's answer.

        Raises ControlRefused with a sentence for whatever cannot happen.
        """
        fields, options = NON_MESSAGE_EVENTS[event]
        option, to = _option(event, body, options), self._recipient(sender, body)
        points = self._instances.points
        time: list[float] = []
        points_before: list[Point | None] = []

        def do(instance: Instance) -> None:
            instance.chats.require_link()
            points_before.append(points.begin(instance))
            _require_author(instance, event, sender)
            if option == "add" and instance.reachability.unless_gone(to) is None:
                raise ControlRefused(400, f"to: {to.jid} has no WhatsApp account any more")
            sample, overrides = self._samples.payload(event), body.get("set", {})
            group = _group(instance, body)
            action = ContactAction(
                instance, event, sender, sample, group, option, to.jid, overrides
            )
            time.append(instance.now)
            _record(action, fields)

        self._instances.publisher.change(key, do)
        points.keep_behind(
            points_before[0],
            self._records.bugs,
            event=event,
            chat=body.get("group") or str(sender.jid),
        )
        answer = {"instance": key, "event": event, "time": time[0]}
        self._show(answer, sender, body, option)
        return answer

    def _recipient(self, sender: Contact, body: Mapping[str, Any]) -> Contact:
        if "to" not in body:
            return sender
        return person_named(self._instances.store.gateway, "to", body["to"])

    def _show(self, answer: Json, sender: Contact, body: Mapping[str, Any], option: str) -> None:
        """On the event streams: a webhook of it may be blocked, or owed to nobody."""
        kind = _SHOWN.get(answer["event"])
        if kind is not None:
            person = str(sender.jid)
            chat = body.get("group") or person
            presence = {"chat": chat, "participant": person, "option": option}
            self._records.journal.show(kind, answer["instance"], {**answer, **presence})


def _record(action: ContactAction, fields: Callable[[ContactAction], Json]) -> None:
    """The event as a webhook tells it, unless a fault swallows it."""
    instance, sender = action.instance, action.sender
    chat = action.group.jid if action.group else sender.jid
    faults = instance.fault_source
    counts = instance.fault_counts
    if faults.has_faults and faults.swallows(counts, instance.key, sender.jid, chat):
        return
    payload_fields = _address_people(action, fields(action), chat)
    for path, value in action.set.items():
        put_at({**action.sample, **payload_fields}, path, value)
    instance.record(action.event, Fields(payload_fields, dict(action.set)))


def _address_people(action: ContactAction, fields: Json, chat: Jid) -> Json:
    """The fields of the event, with people named by the address that this chat shows."""
    addresses = action.instance.addresses
    if action.event in _BY_OTHERS:
        address_fields: Json = addresses.everywhere(fields, chat)
        return address_fields
    return addresses.group_fields(fields)


def _option(event: str, body: Mapping[str, Any], options: Sequence[str]) -> str:
    option = body.get("option", options[0] if options else "")
    if options and option not in options:
        raise ControlRefused(400, f"option: {quoted(option)} is not one of {', '.join(options)}")
    takes = {"option": bool(options), "to": event == "group-participants"}
    for name in _FIELDS_OF_SOME:
        if name in body and not takes.get(name, False):
            raise ControlRefused(400, f"{name}: {event} is not a message and does not take it")
    return str(option)


def _require_author(instance: Instance, event: str, sender: Contact) -> None:
    if event == "presence" and instance.linking.restarting:
        raise ControlRefused(
            409,
            f"{instance.key} is restarting: presence is not kept until its connection is open",
        )
    if event in _BY_OTHERS and sender.jid == instance.own_jid:
        own = f"from: {sender.number} is the instance's own number"
        raise ControlRefused(400, f"{own}, and {event} cannot be done on the instance's own phone")
    instance.chats.require_contact(sender)


def _group(instance: Instance, body: Mapping[str, Any]) -> Group | None:
    if "group" not in body:
        return None
    group = instance.groups.get(Jid.parse(body["group"]))
    if group is None:
        raise ControlRefused(400, f"group: {body['group']} is not a group of {instance.key}")
    return group


def _call(action: ContactAction) -> Json:
    """A call in private or in a group; `option` is its status."""
    caller, instance = action.sender.jid, action.instance
    date = utc(instance.now).isoformat(timespec="milliseconds")
    data = {
        **action.sample["data"],
        "chatId": action.group.jid if action.group else caller,
        "from": caller,
        "id": instance.chats.inbound_id(),
        "date": date.replace("+00:00", "Z"),
        "status": action.option,
        "isGroup": action.group is not None,
    }
    if action.group is not None:
        data["groupJid"] = action.group.jid
    return {"data": data}


def _presence(action: ContactAction) -> Json:
    """Somebody is typing or online, in private or in a group."""
    person = action.sender.jid
    presence = {"lastKnownPresence": action.option, "lastSeen": int(action.instance.now)}
    return {
        "id": action.group.jid if action.group else person,
        "presences": {str(person): presence},
    }


def _participants(action: ContactAction) -> Json:
    """Somebody joins or leaves; who is an admin acts on others, the instance included."""
    group, author = action.require_group(), action.sender.jid
    action.instance.groups.change_member(group, author, action.to, action.option)
    return {
        "id": group.jid,
        "author": author,
        "participants": [action.to],
        "action": action.option,
    }


def _update(action: ContactAction) -> Json:
    """A member gives the group another subject, or what `set` names: desc, announce, restrict."""
    group, author = action.require_group(), action.sender.jid
    changes = {name: action.set[name] for name in _SETTINGS if name in action.set}
    changes = changes or {"subject": action.sample["subject"]}
    for name, value in changes.items():
        if not isinstance(value, _SETTINGS[name]):
            raise ControlRefused(400, f"set: {name} must be {_TYPE_NAMES[_SETTINGS[name]]}")
    action.instance.groups.update_by(group, author, changes)
    return {"id": group.jid, **changes, "author": author}


_SETTINGS: Mapping[str, type] = {"subject": str, "desc": str, "announce": bool, "restrict": bool}
_TYPE_NAMES: Mapping[type, str] = {str: "a string", bool: "true or false"}
# Events that tell only about other people, never about the instance's own number.
_BY_OTHERS = frozenset({"call", "presence"})
_SHOWN: Mapping[str, StreamKind] = {"call": "call", "presence": "presence"}
# By event: what builds the fields of its payload, and its options, the default first.
NON_MESSAGE_EVENTS: Mapping[str, tuple[Callable[[ContactAction], Json], tuple[str, ...]]] = {
    "call": (_call, ("offer", "ringing", "accept", "reject", "timeout", "terminate")),
    "presence": (_presence, PRESENCES),
    "group-participants": (_participants, ("add", "remove", "promote", "demote")),
    "group-update": (_update, ()),
}
