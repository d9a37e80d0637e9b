"""A group that an instance is in: who is in it, and what its members write there."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from ..errors.frames import between_test_and_refusal
from ..web.control.control_client import join_path
from .arguments import words
from .base_instance import BaseInstance
from .customer import Customer
from .recipients import GroupChat, number_of
from .records import Message

__tracebackhide__ = between_test_and_refusal

Json = dict[str, Any]


@dataclass(frozen=True)
class Member:
    """Somebody in a group: `admin` is None, `admin` or `superadmin`; `me` is the instance."""

    jid: str
    admin: str | None
    me: bool

    @property
    def number(self) -> str:
        """What stands before the @: the digits of the phone, or of a hidden number."""
        return self.jid.partition("@")[0]


class Group(GroupChat):
    """A group of `instance`; `instance.group(...)` makes one, `instance.groups` has them all.

    Wherever somebody is asked for, a customer will do, or a number as people write it.
    """

    def __init__(self, instance: BaseInstance, jid: str) -> None:
        self.instance, self.jid = instance, jid

    @property
    def subject(self) -> str:
        """What it is called now."""
        return str(self._group_now()["subject"])

    @property
    def members(self) -> list[Member]:
        """Who is in it now, the instance too."""
        return [Member(**member) for member in self._group_now()["participants"]]

    def customer(self, who: str | Customer, *, name: str | None = None) -> GroupCustomer:
        """A member, whose every word goes to this group: `says`, `sends_image`, `taps`..."""
        customer_name = who.name if isinstance(who, Customer) and name is None else name
        return GroupCustomer(self, number_of(who), customer_name)

    def says(self, who: str | Customer, text: str) -> Message:
        """A member writes a text."""
        return self.customer(who).says(text)

    def mentions(self, who: str | Customer, text: str | None = None) -> Message:
        """A member writes a text that mentions the instance: what many bots wait for."""
        return self.customer(who).mentions(text)

    def add(self, who: str | Customer, *, by: str | Customer | None = None) -> None:
        """Somebody comes in, by an invitation link, or added `by` an admin."""
        self._change("add", who, by)

    def remove(self, who: str | Customer, *, by: str | Customer | None = None) -> None:
        """Somebody leaves, or is removed `by` an admin."""
        self._change("remove", who, by)

    def promote(self, who: str | Customer, *, by: str | Customer) -> None:
        """An admin makes somebody an admin too."""
        self._change("promote", who, by)

    def demote(self, who: str | Customer, *, by: str | Customer) -> None:
        """An admin takes that back."""
        self._change("demote", who, by)

    def _change(self, option: str, who: str | Customer, by: str | Customer | None) -> None:
        body = {"event": "group-participants", "group": self.jid, "option": option}
        people = {"from": number_of(who if by is None else by), "to": number_of(who)}
        self.instance.do("inbound", {**body, **people})

    def _group_now(self) -> Json:
        path = join_path("instances", self.instance.key, "groups", self.jid)
        return self.instance.control_api.call("GET", path)

    def __repr__(self) -> str:
        return f"<Group {self.jid} of {self.instance.key}>"


class GroupCustomer(Customer):
    """A customer in a group: all they do, they do there."""

    def __init__(self, group: Group, number: str, name: str | None) -> None:
        super().__init__(group.instance, number, name)
        self.group = group

    def mentions(self, text: str | None = None) -> Message:
        """A text that mentions the instance; by default `@NUMBER pode ver?`."""
        path = "message.extendedTextMessage.text"
        return self.does("text-mention", set={} if text is None else {path: words(text)})

    def _chat(self) -> str:
        return self.group.jid

    def _act(self, event: str, set: Mapping[str, Any] | None, fields: Mapping[str, Any]) -> Json:
        return super()._act(event, set, {"group": self.group.jid, **fields})

    def __repr__(self) -> str:
        return f"{super().__repr__()[:-1]} in {self.group.jid}>"
