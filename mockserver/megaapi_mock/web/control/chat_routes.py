"""The control API's routes to an instance's chats, to people, and to what a webhook led to."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from flask import request

from ...clock import Clock
from ...domain.instance import Instance
from ...domain.jid import Jid, chat_kind
from ...domain.message import Message, message_json
from ...domain.message_states import DELIVERED, SERVER
from ...errors import ControlRefused
from ...runtime import Instances
from ...webhooks.courier import Courier
from . import lists
from .folding import fold_text
from .record_search import RecordSearch
from .related_calls import RelatedCalls

Json = dict[str, Any]
# Of the instance's messages these have left and were not read.
_UNREAD = frozenset({SERVER, DELIVERED})
_KINDS_SHOWN = frozenset({"person", "group", "status"})


@dataclass(slots=True)
class ChatSummary:
    """One chat as a phone's list shows it; `open` while only unread messages were counted."""

    last: Message | None = None
    count: int = 0
    unread: int = 0
    open: bool = True

    def add(self, message: Message) -> None:
        """Count the next older message."""
        self.last = self.last or message
        self.count += 1
        self.open = self.open and message.from_me and message.state in _UNREAD
        self.unread += self.open


def summaries(newest_first: Iterable[Message]) -> dict[str, ChatSummary]:
    """Every chat of these messages, the one with the latest message first."""
    chats: dict[str, ChatSummary] = {}
    for message in newest_first:
        summary = chats.get(message.chat)
        if summary is None:
            summary = chats[message.chat] = ChatSummary()
        summary.add(message)
    return chats


class ChatRoutes:
    """Routes by subject: one method per route, which returns a document, maybe with a status."""

    def __init__(
        self,
        instances: Instances,
        courier: Courier,
        clock: Clock,
        search: RecordSearch,
    ) -> None:
        self._instances, self._courier = instances, courier
        self._clock, self._search = clock, search

    def routes(self) -> list[tuple[str, str, Callable[..., Any]]]:
        """Method, path and view of each route."""
        return [
            ("GET", "/instances/<key>/chats", self.chats),
            ("GET", "/instances/<key>/contacts", self.contacts),
            ("GET", "/deliveries/<id>/calls", self.calls),
        ]

    def chats(self, key: str) -> Json:
        """The chats of an instance, the latest message first; of one person with ?with=."""
        rows, groups = self._instances.publisher.look(key, self._look)
        chats = summaries(reversed(rows))
        person = request.args.get("with")
        if person is not None:
            theirs = self._of_person(self._search.chat_written(person), groups)
            chats = {chat: chats.get(chat, ChatSummary()) for chat in _in_order(chats, theirs)}
        text = fold_text(request.args.get("text", ""))
        chat_names = [(chat, self._name(chat, groups)) for chat in chats]
        names = {chat: name for chat, name in chat_names if text in fold_text(f"{name} {chat}")}
        limit = lists.limit_of(request.args)
        chosen_keys = lists.keys_after(list(names), request.args.get("since"))[: limit + 1]
        items = [self._chat_json(key, chat, names[chat], chats[chat]) for chat in chosen_keys]
        return lists.page(items, limit=limit, id_="chat")

    def contacts(self, key: str) -> Json:
        """The people of the world; ?text= is part of a name or number."""
        text, limit = fold_text(request.args.get("text", "")), lists.limit_of(request.args)
        people = {
            str(person.jid): person
            for person in self._instances.store.gateway.directory.people()
            if text in fold_text(f"{person.name} {person.saved_name or ''} {person.jid}")
        }
        chosen_keys = lists.keys_after(list(people), request.args.get("since"))[: limit + 1]

        def look(instance: Instance) -> list[Json]:
            return [instance.contact_states.as_json(people[jid]) for jid in chosen_keys]

        return lists.page(self._instances.publisher.look(key, look), limit=limit, id_="jid")

    def calls(self, id: str) -> Json:
        """The calls that were probably made because of a webhook, each with why it is thought."""
        records = self._instances.store.records
        delivery = records.deliveries.get(id)
        if delivery is None:
            raise ControlRefused(404, f"there is no delivery {id!r}: see /_mock/deliveries")
        calls = RelatedCalls(
            records, self._courier, self._search, delivery, is_frozen=self._clock.frozen
        )
        return calls.as_json()

    @staticmethod
    def _look(instance: Instance) -> tuple[tuple[Message, ...], dict[str, tuple[str, list[str]]]]:
        """All messages, and the groups with their subjects and members."""
        groups = {
            str(group.jid): (group.subject, [str(member.jid) for member in group.participants])
            for group in instance.groups
        }
        return tuple(instance.messages.values()), groups

    @staticmethod
    def _of_person(person: str, groups: dict[str, tuple[str, list[str]]]) -> list[str]:
        return [person, *(jid for jid, (_, members) in groups.items() if person in members)]

    def _name(self, chat: str, groups: dict[str, tuple[str, list[str]]]) -> str:
        if chat in groups:
            return groups[chat][0]
        person = self._instances.store.gateway.person(Jid.parse(chat))
        return chat if person is None else person.saved_name or person.name

    def _chat_json(self, key: str, chat: str, name: str, summary: ChatSummary) -> Json:
        jid = Jid.parse(chat)
        person = self._instances.store.gateway.person(jid)
        return {
            "instance": key,
            "chat": chat,
            "kind": _kind(chat),
            "name": name,
            "number": None if person is None else person.number,
            "messages": summary.count,
            "unread": summary.unread,
            "last": None if summary.last is None else message_json(key, summary.last),
            "place": 0 if summary.last is None else summary.last.arrival,
        }


def _in_order(chats: Iterable[str], order: Sequence[str]) -> list[str]:
    """What is wanted, in the order of the chats; those without a message last."""
    busy = [chat for chat in chats if chat in order]
    return [*busy, *(chat for chat in order if chat not in busy)]


def _kind(chat: str) -> str:
    """As the list names it: channels and broadcast lists are `other`."""
    kind = chat_kind(chat)
    return kind if kind in _KINDS_SHOWN else "other"
