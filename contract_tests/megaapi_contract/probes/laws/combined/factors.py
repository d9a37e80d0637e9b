"""What is combined: every two levels of two factors meet in some row."""

from __future__ import annotations

import random
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache

from allpairspy import AllPairs

SENDS = (
    "text", "image", "file by address", "document", "voice note", "video", "video note", "audio",
    "sticker", "location", "link", "list", "buttons", "template", "forward", "quote", "delete",
    "delete for me", "presence", "look-up", "download",
)  # fmt: skip
CUSTOMERS = (
    "text-plain", "text-extended", "image", "video", "document-with-caption",
    "audio-voice-note", "audio-file", "video-note", "sticker", "location", "live-location",
    "contact", "contacts-array", "poll-creation", "reaction", "text-quoted-reply", "edited",
    "deleted",
)  # fmt: skip
PHONE = (
    "text-plain", "image", "document-with-caption", "audio-voice-note", "location", "reaction",
    "edited", "deleted",
)  # fmt: skip

# What is done to a group; other chats have none of it.
GROUP = ("instance: adds", "instance: removes", "phone: adds", "phone: removes", "phone: renames")

ACTIONS = (
    *(f"instance: {name}" for name in SENDS),
    *(f"customer: {name}" for name in CUSTOMERS),
    *(f"phone: {name}" for name in PHONE),
    *GROUP,
)
CHATS = ("number", "JID", "LID", "group", "large group", "own number", "ninth digit")
WORDS: Mapping[str, str] = {
    "plain": "Pedido 42 confirmado",
    "accents": "A\u00e7\u00e3o de p\u00e3o na ma\u00e7\u00e3 \u2014 \u00bd",
    "emoji": "\U0001f469\u200d\U0001f469\u200d\U0001f467 \u2764\ufe0f\U0001f1e7\U0001f1f7",
    "lines": "  Linha um\n\n\tlinha dois  ",
    "long": "Pedido confirmado. " * 70 + "fim",
    "markup": "*negrito* _it\u00e1lico_ <b>&amp;</b> %20 {{1}}",
    "quotes": 'd\'\u00e1gua "hoje" \\ amanh\u00e3 \\n `x`',
    "JSON": '{"text": "oi", "to": null, "a": [1, 2]}',
}
# Whose message a quote, a forward, a reaction, an edit or a deletion is about.
ABOUT = ("its own", "a customer's", "the phone's")
TIMES = ("alone", "five in a row", "to a phone that is off")
HISTORIES = (
    "nothing", "a restart", "a logout and a new link", "a drop and a restart", "a new token",
    "another address", "a pause of its webhook", "a quiet day",
)  # fmt: skip
HOOKS = (
    "one address", "two addresses", "an address with a query", "some blocked",
    "blocked and accepted", "statuses asked for",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Row:
    """One thing that happens, and under which circumstances."""

    action: str
    chat: str
    words: str
    about: str
    time: str

    @property
    def actor(self) -> str:
        """Who does it: instance, customer or phone."""
        return self.action.partition(": ")[0]

    @property
    def what(self) -> str:
        """What is done."""
        return self.action.partition(": ")[2]


Sessions = Mapping[tuple[str, str], tuple[Row, ...]]


@lru_cache(maxsize=8)
def sessions(seed: int, deal: int) -> Sessions:
    """The rows of every session, by its webhook and by what has happened before.

    Each deal has any two levels, and others of three.
    """
    chance = random.Random(f"sessions {seed} {deal}")
    levels = [
        chance.sample(factor, len(factor))
        for factor in (ACTIONS, CHATS, tuple(WORDS), ABOUT, TIMES, HOOKS, HISTORIES)
    ]
    rows: dict[tuple[str, str], list[Row]] = defaultdict(list)
    for action, chat, words, about, time, hooks, history in AllPairs(levels):
        rows[hooks, history].append(Row(action, chat, words, about, time))
    return {
        names: tuple(chance.sample(session_rows, len(session_rows)))
        for names, session_rows in rows.items()
    }
