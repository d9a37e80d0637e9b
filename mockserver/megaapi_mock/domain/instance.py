"""One fake WhatsApp connection: everything it knows, changed whole or not at all."""

from __future__ import annotations

import heapq
from collections.abc import Iterable
from dataclasses import replace
from typing import Any

from ..clock import Clock
from ..ids import Ids
from .addressing import Addresses
from .chats import Chats
from .contacts import Contact, Directory
from .event import Event
from .fault_effects import NO_EFFECTS, FaultSource, NoFaults
from .group import Group
from .groups import Groups
from .jid import PERSON, Jid
from .linking import CONNECTED, Connection, Linking
from .mailbox import Mailbox
from .media import PATH_PREFIX, Media, Vault
from .message import Message
from .number_registry import NumberRegistry, RegisteredNumber
from .peer_messages import GroupUpdate, Letter, PeerAck, PeerMessage
from .reachability import Reachability
from .rules import Rules
from .settings import EventFilter, WebhookSettings
from .sizes import group_bytes, media_bytes, message_bytes, presence_bytes
from .undo_table import UndoTable

# (due, order, kind, generation of its kind, arguments)
Due = tuple[float, int, str, int, tuple[str, ...]]

# What an agenda may hold: four acknowledgements for each message kept, and some more.
ACKS_MOST, OTHERS_MOST = 4, 1_000
_VALUES = ("token", "number", "name", "connection", "webhook", "filter", "_order")


class Instance:
    """State of one key. `begin`, then verbs, then `commit` or `rollback`; the store calls them.

    Verbs record events and schedule what happens later; `wake` does what is due by then.
    """

    def __init__(
        self,
        *,
        key: str,
        token: str,
        number: str | None,
        name: str,
        clock: Clock,
        ids: Ids,
        directory: Directory,
        rules: Rules,
        vault: Vault,
        world_groups: tuple[Group, ...] = (),
        fate: FaultSource | None = None,
        roll: NumberRegistry | None = None,
    ) -> None:
        self.key, self.token, self.number, self.name = key, token, number, name
        self.ids, self.directory, self.rules, self.vault = ids, directory, rules, vault
        self.world_groups = world_groups
        self.fate, self.fault_effects = fate or NoFaults(), NO_EFFECTS
        self.roll = roll or NumberRegistry()
        self.connection = Connection()
        self.webhook = WebhookSettings()
        self.filter = EventFilter()
        self.messages: UndoTable[str, Message] = UndoTable(size_of=message_bytes)
        self.group_table: UndoTable[Jid, Group] = UndoTable(size_of=group_bytes)
        self.media: UndoTable[str, Media] = UndoTable(size_of=media_bytes)
        self.presence: UndoTable[str, tuple[str, float]] = UndoTable(size_of=presence_bytes)
        self._counters: UndoTable[str, int] = UndoTable()
        self._generations: UndoTable[str, int] = UndoTable()
        # What this change schedules is apart until it is kept: taking it back costs nothing then.
        self._agenda: list[Due] = []
        self._scheduled: list[Due] = []
        self._order = 0
        self._done: list[Due] = []
        # Order of what was due and failed; 0: nothing did.
        self._failed = 0
        self._events: list[Event] = []
        self._events_before = 0
        self._letters: list[Letter] = []
        self._letters_before = 0
        self._saved: dict[str, Any] = {}
        self._clock = clock
        self.now = clock.now()
        self.linking, self.chats, self.groups = Linking(self), Chats(self), Groups(self)
        self.reach, self.post = Reachability(self), Mailbox(self)
        self.addresses = Addresses(self)
        self._unbounded: tuple[UndoTable[Any, Any], ...] = (
            self.group_table,
            self._counters,
            self._generations,
            self.chats.moving,
            self.chats.phones,
            self.reach.states,
            self.reach.held,
            self.post.mailbox,
            self.post.awaited,
        )

    # -- identity ---------------------------------------------------------------------------

    def person(self, jid: Jid) -> Contact | None:
        """The person behind a JID, by the world's word and by who is an instance here."""
        return self.directory.person(jid, self.roll)

    @property
    def own_jid(self) -> Jid:
        """The JID of the phone's number; an instance without one speaks for `unknown`."""
        owner = self.linking.owner()
        return owner.jid if owner else Jid(self.number or "unknown", PERSON)

    @property
    def device_jid(self) -> str:
        """The own JID with its device suffix, as `instance.user.id` shows it (observed)."""
        own = self.own_jid
        return f"{own.user}:{30 + self.connection.links}@{own.server}"

    @property
    def enrolled(self) -> RegisteredNumber | None:
        """What the roll is to know of it; None while it has no number."""
        owner = self.linking.owner()
        if owner is None:
            return None
        return RegisteredNumber(owner.jid, self.name, linked=self.connection.links > 0)

    # -- all or nothing ---------------------------------------------------------------------

    def begin(self, at: float | None = None) -> None:
        """Start a change, now or at that moment: from here on everything can be taken back."""
        self.now = self._clock.now() if at is None else at
        self.fault_effects = NO_EFFECTS
        self._saved = {name: getattr(self, name) for name in _VALUES}
        self._events_before, self._letters_before = len(self._events), len(self._letters)
        self._done.clear()
        self._failed = 0

    def commit(self) -> None:
        """Accept the change; the oldest messages and media beyond the bounds go."""
        keep, budget = self.rules.messages_kept, self.rules.messages_bytes
        for gone in self.messages.commit(keep=keep, budget=budget):
            self.chats.forget(gone.id)
        for table in self._unbounded:
            table.commit()
        self.media.commit(keep=keep, budget=budget)
        self.presence.commit(keep=keep, budget=budget)
        self.linking.delayed.commit(keep=keep, budget=budget)
        for due in self._scheduled:
            heapq.heappush(self._agenda, due)
        self._scheduled.clear()
        if len(self._agenda) > keep * ACKS_MOST + OTHERS_MOST:
            self._thin_agenda()

    def rollback(self) -> None:
        """Forget the change, its events and what it scheduled.

        What was due and failed does not come back, or every later change would fail by it too.
        """
        for name, value in self._saved.items():
            setattr(self, name, value)
        for table in self._tables():
            table.rollback()
        for due in self._done:
            if due[1] != self._failed:
                heapq.heappush(self._agenda, due)
        self._done.clear()
        self._scheduled.clear()
        # Events of earlier changes that nobody has taken yet stay.
        del self._events[self._events_before :]
        del self._letters[self._letters_before :]

    # -- events and time --------------------------------------------------------------------

    def record(self, name: str, facts: dict[str, Any]) -> None:
        """Something happened that a webhook may tell."""
        if self.linking.delays(name, facts):
            return
        owner = self.linking.owner()
        self._events.append(
            Event(
                name=name,
                time=self.now,
                instance=self.key,
                owner_jid=str(owner.jid) if owner else None,
                owner_lid=str(owner.lid) if owner else None,
                owner_name=self.name,
                facts=facts,
            )
        )

    def take_events(self) -> list[Event]:
        """The events recorded since the last call, oldest first."""
        events, self._events = self._events, []
        return events

    def post_letter(self, to: str, address: str, news: PeerMessage | PeerAck | GroupUpdate) -> None:
        """Another instance is owed this; it leaves when the change is kept."""
        self._letters.append(Letter(self.key, to, address, self.now, news))

    def take_letters(self) -> list[Letter]:
        """The letters written since the last call, oldest first."""
        letters, self._letters = self._letters, []
        return letters

    def tick(self) -> int:
        """A number above all before it, in every instance that shares the clock."""
        return self._clock.tick()

    def count(self, kind: str) -> int:
        """The next number of this kind, from 1."""
        number = (self._counters.get(kind) or 0) + 1
        self._counters.put(kind, number)
        return number

    def schedule(self, delay: float, kind: str, arguments: tuple[str, ...] = ()) -> None:
        """Let something happen `delay` seconds from now."""
        self._order += 1
        generation = self._generations.get(kind) or 0
        due = (self.now + delay, self._order, kind, generation, arguments)
        heapq.heappush(self._scheduled, due)

    def cancel(self, *kinds: str) -> None:
        """What is scheduled of these kinds will not happen."""
        for kind in kinds:
            self._generations.put(kind, (self._generations.get(kind) or 0) + 1)

    @property
    def next_due(self) -> float | None:
        """When `wake` has something to do next."""
        agenda = self._first()
        return agenda[0][0] if agenda else None

    def wake(self, now: float) -> None:
        """Do what is due by `now`, in order, each at its own time.

        It stops before what is due after a letter has been written: an answer may come first.
        """
        while (agenda := self._first()) and agenda[0][0] <= now:
            if self._letters and agenda[0][0] > self._letters[0].time:
                now = self._letters[0].time
                break
            entry = heapq.heappop(agenda)
            if agenda is self._agenda:
                self._done.append(entry)
            due, _, kind, generation, arguments = entry
            if generation != (self._generations.get(kind) or 0):
                continue
            self.now = due
            self._failed = entry[1]
            self._happen(kind, arguments)
            self._failed = 0
        self.now = now

    def _first(self) -> list[Due]:
        """Whichever of the two agendas holds what is due next; an empty one when neither does."""
        if not self._scheduled:
            return self._agenda
        if not self._agenda:
            return self._scheduled
        return min(self._agenda, self._scheduled, key=lambda agenda: agenda[0])

    def _thin_agenda(self) -> None:
        """Let go what nobody waits for any more; then the acks that were planned first.

        Only a clock that stands still lets so many pile up. A tenth is cleared at a time, so that
        one change in many pays for it.
        """
        wanted = [due for due in self._agenda if self._is_wanted(due)]
        most = (self.rules.messages_kept * ACKS_MOST + OTHERS_MOST) * 9 // 10
        acks = sorted(due[1] for due in wanted if due[2] == "ack")
        if len(wanted) > most and acks:
            last = acks[min(len(wanted) - most, len(acks)) - 1]
            wanted = [due for due in wanted if due[2] != "ack" or due[1] > last]
        heapq.heapify(wanted)
        self._agenda = wanted

    def _is_wanted(self, due: Due) -> bool:
        _, _, kind, generation, arguments = due
        if generation != (self._generations.get(kind) or 0):
            return False
        return kind != "ack" or arguments[0] in self.messages

    def _happen(self, kind: str, arguments: tuple[str, ...]) -> None:
        if kind == "ack":
            self.chats.acknowledge(*arguments)
        elif kind == "qr":
            self.linking.next_qr()
        elif kind == "reconnect":
            self.linking.reconnect()

    # -- media ------------------------------------------------------------------------------

    def keep_media(self, kind: str, mimetype: str, content: bytes) -> Media:
        """Keep bytes under made keys; `kind` is image, video, audio, document or sticker."""
        number = self.count("media")
        mark = self.ids.raw(self.key, "path", number, 16).hex()
        media = Media(
            kind=kind,
            mimetype=mimetype,
            digest=self.vault.put(content),
            length=len(content),
            media_key=self.ids.raw(self.key, "media key", number, 32),
            enc_digest=self.ids.raw(self.key, "encrypted", number, 32),
            direct_path=f"{PATH_PREFIX[kind]}/{mark}_n.enc?ccb=11-4&oh=01_TEST&oe=6A000000&_nc_sid=5e03e0",
            time=self.now,
        )
        self.media.put(media.direct_path, media)
        return media

    def find_media(self, addresses: Iterable[str]) -> tuple[Media, bytes] | None:
        """The media behind a direct path or URL, with its bytes; None when expired or unknown."""
        if self.fault_effects.media_gone:
            return None
        for address in addresses:
            path = address.removeprefix("https://mmg.whatsapp.net").removesuffix("&mms3=true")
            media = self.media.get(path)
            if media is not None:
                if self.now - media.time >= self.rules.media_seconds:
                    return None
                content = self.vault.get(media.digest)
                return None if content is None else (media, content)
        return None

    # -- settings ---------------------------------------------------------------------------

    def set_webhook(self, url: str, *, enabled: bool = True) -> None:
        """Point the webhook somewhere."""
        self.webhook = replace(self.webhook, url=url, enabled=enabled)

    def set_presence(self, chat: str, option: str) -> None:
        """Show typing, recording or online for about twenty seconds (vendor)."""
        self.presence.put(chat, (option, self.now + self.rules.presence_seconds))

    def shown_presence(self) -> dict[str, str]:
        """What contacts see right now, by chat."""
        return {chat: option for chat, (option, until) in self.presence.items() if until > self.now}

    def as_json(self) -> dict[str, Any]:
        """As the control API shows it."""
        return {
            "key": self.key,
            "token": self.token,
            "number": self.number,
            "name": self.name,
            "state": self.connection.state,
            "webhook": {"url": self.webhook.url, "enabled": self.webhook.enabled},
            "pairing_code": self.connection.pairing_code,
            "blocked_events": list(self.filter.blocked),
            "presence": self.shown_presence(),
        }

    @property
    def linked(self) -> bool:
        """Whether the instance is connected."""
        return self.connection.state == CONNECTED

    def _tables(self) -> tuple[UndoTable[Any, Any], ...]:
        bounded = (self.messages, self.media, self.presence, self.linking.delayed)
        return (*bounded, *self._unbounded)
