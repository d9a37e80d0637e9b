"""One instance in a test: its credentials, who writes to it, what it sent and received."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from ..errors.frames import between_test_and_refusal
from ..web.control.control_client import join_path
from .base_instance import BaseInstance
from .customer import Customer
from .group import Group
from .phone import OwnPhone
from .recipients import number_of

__tracebackhide__ = between_test_and_refusal

Json = dict[str, Any]


class Instance(BaseInstance):
    """An instance of a mock, with everything a bot needs to know of it.

    `url`, `key` and `token` are what a bot is configured with, `number` is its own. `inbox` holds
    the webhooks, `sent` the messages it sent, `calls` the requests; `control_api` is the
    control API.
    """

    def customer(self, number: str = "5511900000002", *, name: str | None = None) -> Customer:
        """A person with WhatsApp who writes to this instance; `name` is what the bot is told.

        `number` as people write it (`+55 11 90000-0002`), or an address.
        """
        return Customer(self, number, name)

    def group(
        self,
        subject: str = "Grupo Teste",
        *,
        members: Iterable[str | Customer] = (),
        owner: str | Customer | None = None,
    ) -> Group:
        """A group that this instance is in, with these customers or numbers; no webhook says so.

        The instance is its admin, unless `owner` has made it and is. Groups that your bot makes,
        or the world has, are in `groups`.
        """
        body: Json = {"subject": subject, "participants": [number_of(member) for member in members]}
        if owner is not None:
            body["owner"] = number_of(owner)
        return Group(self, str(self.do("groups", body)["jid"]))

    @property
    def groups(self) -> list[Group]:
        """Every group this instance is in, the newest last."""
        items = self.control_api.find(join_path("instances", self.key, "groups"))
        return [Group(self, str(group["jid"])) for group in items]

    def phone(self, to: str | Customer = "5511900000002") -> OwnPhone:
        """The instance's own phone, in the chat with `to`: what its owner writes past the bot."""
        return OwnPhone(self, to)

    def __repr__(self) -> str:
        return f"<Instance {self.key} at {self.url or 'this process'}>"
