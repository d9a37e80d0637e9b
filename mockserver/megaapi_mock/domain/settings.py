"""What a customer sets on an instance: where webhooks go and which events are sent."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from itertools import islice

from ..categories import CATEGORIES
from ..errors import Unusable

# Names are kept whatever they are; more of them, or longer ones, than anybody needs are not.
NAMES_MOST, NAME_LENGTH_MOST = 1_000, 200
# Of an address, a name or a sentence; WhatsApp has 25 for names and 139 for sentences.
TEXT_MOST = 4_096


def require_short(what: str, text: str) -> None:
    """Unusable for a text of a setting that is longer than anybody's."""
    if len(text) > TEXT_MOST:
        raise Unusable(f"{what} has {len(text):,} characters: at most {TEXT_MOST:,} are kept")


@dataclass(frozen=True, slots=True)
class WebhookSettings:
    """The one documented URL and the undocumented second one two clients send."""

    url: str = ""
    enabled: bool = False
    secondary_url: str = ""
    secondary_enabled: bool = False


@dataclass(frozen=True, slots=True)
class EventFilter:
    """Category names, unknown ones included; what is blocked is not sent."""

    accepted: tuple[str, ...] = CATEGORIES
    status: tuple[str, ...] = ()
    blocked: tuple[str, ...] = ()

    def block(self, names: Iterable[str]) -> EventFilter:
        """Take these categories out."""
        all_blocked = _merge(self.blocked, names)
        return replace(self, blocked=all_blocked, accepted=_less(self.accepted, all_blocked))

    def accept(self, names: Iterable[str]) -> EventFilter:
        """Add these categories to the ones already sent."""
        new_names = tuple(names)
        return replace(
            self, accepted=_merge(self.accepted, new_names), blocked=_less(self.blocked, new_names)
        )

    def accept_status(self, names: Iterable[str]) -> EventFilter:
        """Add acknowledgements: brings their category back if it was blocked."""
        new_names = tuple(names)
        event_filter = self.accept(("messagesStatus",))
        return replace(
            event_filter,
            status=_merge(self.status, new_names),
            blocked=_less(event_filter.blocked, new_names),
        )

    def lets_through(self, category: str, event: str) -> bool:
        """Whether an event is sent: neither its category nor its own name is blocked."""
        return not self.blocked or not {category, event, event.removeprefix("ack-")} & set(
            self.blocked
        )


def _merge(first: Iterable[str], second: Iterable[str]) -> tuple[str, ...]:
    names = (name for name in second if len(name) <= NAME_LENGTH_MOST)
    return tuple(islice(dict.fromkeys((*first, *names)), NAMES_MOST))


def _less(names: Iterable[str], excluded: Iterable[str]) -> tuple[str, ...]:
    excluded_names = set(excluded)
    return tuple(name for name in names if name not in excluded_names)
