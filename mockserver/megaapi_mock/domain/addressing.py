"""Under which address an instance meets people: their number, or their hidden one (LID)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from .change import Change
from .contacts import Contact
from .group import Group
from .jid import Jid

BY_PHONE, BY_LID, MIXED = "phone", "lid", "mixed"
_EVEN = ("0", "2", "4", "6", "8")
# What a world may say of a person or a group.
ADDRESSINGS = (BY_PHONE, BY_LID)
# Beside an address in a key: the field of the hidden number, and that of the number behind one.
_BESIDE = {
    "remoteJid": ("senderLid", "senderPn"),
    "participant": ("participantLid", "participantPn"),
}
# Fields that name people, beside all whose names end in Jid; texts may look like an address.
_NAMING = frozenset({"participant", "participants", "author", "chatId", "from", "id", "owner"})


class Addresses:
    """Everything the mock remembers names people by their registered JID; this is what is shown.

    What a person's entry in the world says is stronger than the switch, what a group's says is
    stronger in that group. Whose number is hidden is met by LID everywhere. In a private chat
    both sides are named alike.
    """

    def __init__(self, change: Change) -> None:
        self._change = change
        rules, directory = change.rules, change.directory
        # Whether nobody at all is met by LID in private. Every webhook asks.
        self.plain_in_private = (
            rules.addressing == BY_PHONE and not directory.meets_by_lid
            if rules.knows_lids
            else not directory.hides_numbers
        )

    def address_in(self, jid: str, chat: Jid) -> str:
        """The address of a person, registered or hidden, as this chat shows it."""
        if self._is_plain(chat):
            return str(jid)
        person = self._person(jid)
        if person is None:
            return str(jid)
        return str(person.lid if self._by_lid(person, chat) else person.jid)

    def key(self, key: Mapping[str, Any]) -> dict[str, Any]:
        """The key of a message with its people as the chat shows them, and both their addresses."""
        chat = Jid.verbatim(key["remoteJid"])
        if self._is_plain(chat):
            return dict(key)
        side = "participant" if "participant" in key else "remoteJid"
        original = str(key[side])
        chat_address, person = self.address_in(original, chat), self._person(original)
        if person is None or not Jid.verbatim(chat_address).lid:
            return dict(key)
        lid, number = _BESIDE[side]
        rest = {name: value for name, value in key.items() if name not in (lid, number)}
        own = {lid: chat_address} if side == "remoteJid" or person.number is None else {}
        return {**rest, side: chat_address, **own, **self._number(original, number)}

    def receipt_key(self, key: Mapping[str, Any]) -> dict[str, Any]:
        """The key of a receipt, which names nobody twice."""
        chat = Jid.verbatim(key["remoteJid"])
        if self._is_plain(chat):
            return dict(key)
        return {
            name: self.address_in(value, chat) if name in ("remoteJid", "participant") else value
            for name, value in key.items()
        }

    def everywhere(self, document: Any, chat: Jid) -> Any:
        """The same with every person it names, by keys of objects too, as this chat shows them."""
        return document if self._is_plain(chat) else self._replace_addresses(document, chat)

    def group_fields(self, fields: Mapping[str, Any]) -> dict[str, Any]:
        """What is told of a group, its author's number beside the hidden one."""
        chat_fields: dict[str, Any] = self.everywhere(dict(fields), Jid.verbatim(fields["id"]))
        author = fields.get("author")
        if author is None or "action" not in fields or chat_fields["author"] == author:
            return chat_fields
        return {**chat_fields, **self._number(str(author), "authorPn")}

    def participant(self, jid: Jid, group: Group) -> dict[str, str]:
        """A member as lists of the group show them: `id`, and the number behind a hidden one."""
        chat_address = self.address_in(jid, group.jid)
        is_lid = Jid.verbatim(chat_address).lid
        return {"id": chat_address, **(self._number(jid, "phoneNumber") if is_lid else {})}

    def is_hidden(self, person: Contact) -> bool:
        """Whether a private chat with this person shows the hidden number."""
        return Jid.verbatim(self.address_in(person.jid, person.jid)).lid

    def _number(self, jid: str, field: str) -> dict[str, str]:
        """The number of somebody met by LID, unless there is none or nobody may see it."""
        person = self._person(jid)
        if person is None or person.hides_number:
            return {}
        return {field: str(person.jid)}

    def _replace_addresses(self, document: Any, chat: Jid, *, names: bool = False) -> Any:
        if isinstance(document, dict):
            return {
                self._address(name, chat): self._replace_addresses(value, chat, names=_names(name))
                for name, value in document.items()
            }
        if isinstance(document, list):
            return [self._replace_addresses(item, chat, names=names) for item in document]
        return self._address(document, chat) if names else document

    def _address(self, text: Any, chat: Jid) -> Any:
        if not isinstance(text, str) or "@" not in text:
            return text
        jid = Jid.verbatim(text)
        return self.address_in(text, chat) if jid.person or jid.lid else text

    def _is_plain(self, chat: Jid) -> bool:
        """Whether nobody at all is met by LID there."""
        if not self.plain_in_private:
            return False
        if not (chat.group and self._change.rules.knows_lids):
            return True
        group = self._change.state.group_table.get(chat)
        return group is None or group.addressing != BY_LID

    def _group(self, chat: Jid) -> Group | None:
        return self._change.state.group_table.get(chat) if chat.group else None

    def _person(self, jid: str) -> Contact | None:
        address = Jid.parse(jid)
        owner = self._change.owner
        if owner is not None and address in (owner.jid, owner.lid):
            return owner
        return self._change.person(address)

    def _by_lid(self, person: Contact, chat: Jid) -> bool:
        if person.hides_number or not self._change.rules.knows_lids:
            return person.hides_number
        group = self._group(chat)
        if group is not None and group.addressing is not None:
            return group.addressing == BY_LID
        if chat.person or chat.lid:
            # Both sides of a private chat are named as the other one is.
            person = self._person(chat) or person
        return self._is_met_by_lid(person)

    def _is_met_by_lid(self, person: Contact) -> bool:
        if person.hides_number:
            return True
        if person.addressing is not None:
            return person.addressing == BY_LID
        mode = self._change.rules.addressing
        # Of mixed ones every second is: whose LID ends in an even digit.
        return mode == BY_LID or (mode == MIXED and person.lid.user.endswith(_EVEN))


def _names(field: Any) -> bool:
    """Whether a field of this name holds addresses; what people write is none."""
    return field in _NAMING or str(field).endswith("Jid")


def address_payload(addresses: Addresses, payload: Mapping[str, Any]) -> dict[str, Any]:
    """A sample's payload with its people as its chat shows them; whose webhook it is, stays."""
    key, data = payload.get("key"), payload.get("data")
    if isinstance(key, Mapping):
        chat_key = addresses.receipt_key(key) if "update" in payload else addresses.key(key)
        message = addresses.everywhere(payload.get("message"), Jid.verbatim(key["remoteJid"]))
        return {
            **payload,
            "key": chat_key,
            **({"message": message} if "message" in payload else {}),
        }
    if isinstance(data, Mapping) and "chatId" in data:
        return {**payload, "data": addresses.everywhere(data, Jid.verbatim(data["chatId"]))}
    if "id" not in payload:
        return dict(payload)
    owner_fields = {name: payload[name] for name in ("jid", "lid") if name in payload}
    return {**addresses.group_fields(payload), **owner_fields}
