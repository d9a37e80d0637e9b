"""One fake WhatsApp connection: its state and every verb, changed whole or not at all."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import Any

from .acknowledgements import Acknowledgements
from .addressing import Addresses
from .change import Change
from .chat_history import ChatHistory
from .chats import Chats
from .connection import QR, Connection
from .contact_states import ContactStates
from .due_work import DueWork
from .environment import Environment
from .group import Group
from .group_admin import GroupAdmin
from .groups import Groups
from .jid import Jid
from .linking import Linking
from .mailbox import Mailbox
from .media import PATH_PREFIX, Media
from .message import Message
from .number_registry import RegisteredNumber
from .outbox import Outbox
from .own_profile import OwnProfile
from .reachability import Reachability
from .settings import EventFilter, WebhookSettings
from .state import InstanceState
from .undo_table import UndoTable


class Instance(Change):
    """The change of one key that is being made, with every verb that can be part of it.

    The store calls `begin`, then `wake`, then `commit` or `rollback`. Each
    verb class is given the change and the verbs it builds on, so that none needs the whole.
    """

    def __init__(self, state: InstanceState, environment: Environment) -> None:
        super().__init__(state, environment)
        self.addresses, self.reachability = Addresses(self), Reachability(self)
        self.own_profile = OwnProfile(self)
        self.history = ChatHistory(self, self.addresses, self.reachability)
        self.outbox = Outbox(self, self.reachability)
        acknowledgements = Acknowledgements(self, self.addresses, self.reachability, self.outbox)
        self.groups = Groups(self, self.addresses, self.reachability, self.outbox)
        self.group_admin = GroupAdmin(self, self.groups, self.outbox)
        self.chats = Chats(self, self.addresses, self.reachability, self.outbox, acknowledgements)
        self.mailbox = Mailbox(
            self, self.addresses, self.reachability, self.outbox, self.groups, self.chats
        )
        self.linking = Linking(self, self.reachability, acknowledgements, self.groups, self.mailbox)
        due_work = DueWork(self, acknowledgements, self.linking)
        self.run_due = due_work.run
        self.contact_states = ContactStates(
            self, self.addresses, self.reachability, self.groups, self.mailbox, due_work
        )

    # -- what is kept -----------------------------------------------------------------------

    @property
    def key(self) -> str:
        """The instance's id in every path."""
        return self.state.key

    @property
    def token(self) -> str:
        """Its bearer secret."""
        return self.state.token

    @token.setter
    def token(self, token: str) -> None:
        self.state.token = token

    @property
    def number(self) -> str | None:
        """The number that was linked last; None before the first link."""
        return self.state.number

    @property
    def name(self) -> str:
        """The profile name its owner shows to everybody."""
        return self.state.name

    @name.setter
    def name(self, name: str) -> None:
        self.state.name = name

    @property
    def connection(self) -> Connection:
        """Where it stands between logged out and linked."""
        return self.state.connection

    @property
    def webhook(self) -> WebhookSettings:
        """Where its webhooks go."""
        return self.state.webhook

    @webhook.setter
    def webhook(self, webhook: WebhookSettings) -> None:
        self.state.webhook = webhook

    @property
    def filter(self) -> EventFilter:
        """Which events are sent."""
        return self.state.filter

    @filter.setter
    def filter(self, event_filter: EventFilter) -> None:
        self.state.filter = event_filter

    @property
    def messages(self) -> UndoTable[str, Message]:
        """The messages of all its chats, oldest first."""
        return self.state.messages

    @property
    def group_table(self) -> UndoTable[Jid, Group]:
        """The groups it is in."""
        return self.state.group_table

    @property
    def media(self) -> UndoTable[str, Media]:
        """Its media by direct path."""
        return self.state.media

    # -- identity ---------------------------------------------------------------------------

    @property
    def linked(self) -> bool:
        """Whether the instance is connected."""
        return self.state.connection.connected

    @property
    def device_jid(self) -> str:
        """Its own JID with a device suffix, as `instance.user.id` shows it (observed)."""
        own = self.own_jid
        return f"{own.user}:{30 + self.state.connection.links}@{own.server}"

    @property
    def registered_number(self) -> RegisteredNumber | None:
        """Its row in the number registry; None while it has no number."""
        owner = self.owner
        if owner is None:
            return None
        linked = self.state.connection.links > 0
        return RegisteredNumber(owner.jid, self.state.name, linked=linked)

    # -- media ------------------------------------------------------------------------------

    def keep_media(self, kind: str, mimetype: str, content: bytes) -> Media:
        """Keep bytes under made keys; `kind` is image, video, audio, document or sticker."""
        key, number = self.state.key, self.count("media")
        mark = self.ids.raw(key, "path", number, 16).hex()
        media = Media(
            kind=kind,
            mimetype=mimetype,
            digest=self.vault.put(content),
            length=len(content),
            media_key=self.ids.raw(key, "media key", number, 32),
            enc_digest=self.ids.raw(key, "encrypted", number, 32),
            direct_path=f"{PATH_PREFIX[kind]}/{mark}_n.enc?ccb=11-4&oh=01_TEST&oe=6A000000&_nc_sid=5e03e0",
            time=self.now,
        )
        self.state.media.put(media.direct_path, media)
        return media

    def find_media(self, addresses: Iterable[str]) -> tuple[Media, bytes] | None:
        """The media behind a direct path or URL, with its bytes; None when expired or unknown."""
        if self.fault_effects.media_gone:
            return None
        for address in addresses:
            path = address.removeprefix("https://mmg.whatsapp.net").removesuffix("&mms3=true")
            media = self.state.media.get(path)
            if media is not None:
                if self.now - media.time >= self.rules.media_seconds:
                    return None
                content = self.vault.get(media.digest)
                return None if content is None else (media, content)
        return None

    # -- settings ---------------------------------------------------------------------------

    def set_webhook(self, url: str, *, enabled: bool = True) -> None:
        """Point the webhook somewhere."""
        self.state.webhook = replace(self.state.webhook, url=url, enabled=enabled)

    def set_presence(self, chat: Jid, option: str) -> None:
        """Show typing, recording or online for about twenty seconds (vendor)."""
        self.state.presence.put(chat, (option, self.now + self.rules.presence_seconds))

    def shown_presence(self) -> dict[str, str]:
        """What contacts see right now, by chat."""
        presence = self.state.presence.items()
        return {str(chat): option for chat, (option, until) in presence if until > self.now}

    def as_json(self) -> dict[str, Any]:
        """As the control API shows it."""
        state = self.state
        return {
            "key": state.key,
            "token": state.token,
            "number": state.number,
            "name": state.name,
            "state": state.connection.state,
            "webhook": {"url": state.webhook.url, "enabled": state.webhook.enabled},
            "pairing_code": state.connection.pairing_code,
            "qr": self.linking.qr_text() if state.connection.state == QR else None,
            "session": state.connection.session,
            "banned": state.connection.banned,
            "blocked_events": list(state.filter.blocked),
            "presence": self.shown_presence(),
        }
