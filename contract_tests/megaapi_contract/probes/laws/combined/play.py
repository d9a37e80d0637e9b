"""One session: an instance with its webhook, something that happens to it, and rows of steps."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from megaapi_mock.domain.jid import as_given

from ....host.host_instance import HostInstance
from ....host.stage import WORLD, Stage
from ....judging.results import Exchange, Promise, weakest
from ....judging.values import jid_of
from ...session import Session
from ..calls import make_group
from ..webhook_listener import WebhookListener
from ..webhooks import unsaid
from .factors import Row
from .model import Group, Model, OwedWebhook

Json = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Chat:
    """Where something is written: `to` as a caller gives it, and one of the people there.

    `jid` is the chat's own; `names` are all under which it may be told.
    """

    to: str
    jid: str
    person: str
    names: frozenset[str]

    @property
    def is_group(self) -> bool:
        """Whether several are in it."""
        return jid_of(self.jid).group


@dataclass
class Play:
    """The instance, its model, and all addresses its webhooks come to."""

    session: Session
    stage: Stage
    instance: HostInstance
    hook: WebhookListener
    model: Model = field(default_factory=Model)
    second: WebhookListener | None = None
    old: list[WebhookListener] = field(default_factory=list)
    turns: int = 0
    group_order: list[str] = field(default_factory=list)
    jids: dict[str, str] = field(default_factory=dict)
    # What may be called besides messages and groups, whose paths are sure.
    operations: frozenset[str] = frozenset()

    @cached_property
    def is_fast(self) -> bool:
        """Whether time can be made to pass."""
        return self.stage.pass_time(0)

    @property
    def echoes(self) -> bool:
        """Whether the instance's own messages come back, as far as anybody has seen."""
        return self.session.settled_switches.value_of_switch.get("echo") != "off"

    @property
    def inferred(self) -> Promise:
        """The promise behind what no source says."""
        return unsaid(self.session)

    def promise(self, owed_messages: Iterable[OwedWebhook]) -> Promise:
        """The promise behind all of these being told: the less sure of them."""
        events = {one.event for one in owed_messages} or {"text-plain"}
        promise = weakest(*(self.session.contract.event_promise(event) for event in events))
        return weakest(promise, self.inferred) if self.model.has_config else promise

    def readers(self, jid: str) -> frozenset[str]:
        """Who reads what the instance writes there."""
        group = self.model.groups.get(jid)
        return frozenset(group.people if group else (jid,))

    def call(self, operation: str, **arguments: Any) -> Exchange:
        """A call of this instance."""
        return self.session.call(operation, self.instance, **arguments)

    def control(self, method: str, path: str, body: Any = None) -> Any:
        """The control API of this instance."""
        return self.stage.control_api(
            method, f"/_mock/instances/{self.instance.key}/{path}".rstrip("/"), body
        )

    # -- who is where ------------------------------------------------------------------------

    def person(self, number: str) -> Json:
        """What the mock knows of somebody."""
        return self.hook.person(number)

    def chat(self, level: str) -> Chat:
        """The chat of a level of the factor."""
        if level in ("group", "large group"):
            return self._group(level)
        if level == "own number":
            own = self.instance.number
            return self._private(own, own)
        number = {"number": WORLD[0], "JID": WORLD[1], "LID": WORLD[2]}.get(level, WORLD[4])
        to = {"JID": as_given(number), "LID": str(self.person(number)["lid"])}.get(level, number)
        return self._private(number, to)

    def _private(self, number: str, to: str) -> Chat:
        contact = self.person(number)
        names = frozenset(
            (as_given(to), as_given(number), str(contact["jid"]), str(contact["lid"]))
        )
        return Chat(to, str(contact["jid"]), number, names)

    def _group(self, level: str) -> Chat:
        large = level == "large group"
        name = '\U0001f69a Entregas & "ca\u00e7amba" <b>' if large else "Equipe"
        jid = self.jids.get(level, "")
        if not jid:
            people = WORLD[:4] if large else WORLD[:1]
            _, group = make_group(self.session, self.stage, self.instance, *people, name=name)
            jid = str(group.get("id"))
            jids = {str(self.person(number)["jid"]) for number in people}
            self.model.groups[jid] = Group(name, jids)
            self.jids[level] = jid
        return Chat(jid, jid, WORLD[0], frozenset((jid,)))

    def writes(self, chat: Chat, row: Row) -> Mapping[str, str]:
        """Who writes there and where to, as the control API has it."""
        if chat.is_group:
            author = self.instance.number if row.actor == "phone" else chat.person
            return {"from": author, "group": chat.jid}
        if row.actor == "phone":
            return {"from": self.instance.number, "to": chat.person}
        return {"from": chat.person}

    def addresses(self) -> Iterable[WebhookListener]:
        """Every address that webhooks of this instance ever came to."""
        return (self.hook, *((self.second,) if self.second else ()), *self.old)
