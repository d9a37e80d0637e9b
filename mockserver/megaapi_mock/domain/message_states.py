"""The life of a sent message as one table: which step follows which, and what stops it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from .content import keys_of, kind_named

PENDING, SERVER, DELIVERED, READ, PLAYED, STOPPED = (
    "pending",
    "server",
    "delivered",
    "read",
    "played",
    "stopped",
)
REACHABLE, PHONE_OFF, BLOCKED, UNREGISTERED = "reachable", "phone_off", "blocked", "unregistered"

# Seconds after the send, or the least and the most of them.
AckDelay = float | tuple[float, float]


@dataclass(frozen=True, slots=True)
class Step:
    """One acknowledgement: `status` is what message.ack says; all but the server's need a phone."""

    source: str
    target: str
    status: int
    cause: str
    needs_phone: bool = True


@dataclass(frozen=True, slots=True)
class Halt:
    """Where a message stays: for good with `final`, else until the other phone is back.

    `contact` is the state of the other person that causes it; None when the cause is our own.
    """

    sources: tuple[str, ...]
    reason: str
    cause: str
    contact: str | None = None
    final: bool = True


# PENDING is status 1 and never announced (vendor's sample maps 2 to 5; Baileys has 0 and 1).
STEPS = (
    Step(PENDING, SERVER, 2, "WhatsApp's server took it", needs_phone=False),
    Step(SERVER, DELIVERED, 3, "it reached the phone"),
    Step(DELIVERED, READ, 4, "the chat was opened"),
    Step(READ, PLAYED, 5, "voice note, video note or view-once was played"),
)
# The beginning of the reason why a file stops at the phone; what is wrong with it follows.
UNSHOWN = "cannot be shown"
HALTS = (
    Halt((PENDING, SERVER, DELIVERED), "disconnected", "the instance lost its link"),
    Halt((SERVER, DELIVERED), "blocked", "the person blocked the number", BLOCKED),
    Halt((SERVER, DELIVERED), "not registered", "the account is gone", UNREGISTERED),
    Halt((DELIVERED,), UNSHOWN, "no phone can show or play the file"),
    Halt((SERVER, DELIVERED, READ), "phone off", "the phone is off", PHONE_OFF, final=False),
)
CONTACT_STATES = (REACHABLE, *(halt.contact for halt in HALTS if halt.contact is not None))

TO: Mapping[str, Step] = {step.target: step for step in STEPS}
ACK_STATUS: Mapping[str, int] = {step.target: step.status for step in STEPS}
STOPPABLE = HALTS[0].sources
_HALT_BY: Mapping[str | None, Halt] = {halt.contact: halt for halt in HALTS}


def halt_by(contact_state: str | None) -> Halt | None:
    """What a person's state does to messages on their way there; None when nothing."""
    return None if contact_state is None else _HALT_BY.get(contact_state)


def unshown(reason: str | None) -> bool:
    """Whether a message stops at the phone because of its file."""
    return reason is not None and reason.startswith(UNSHOWN)


def is_playable(content: Mapping[str, Any]) -> bool:
    """Whether there is something to play: a voice note, a video note, or media to view once."""
    for key in content:
        if key == "ptvMessage":
            return True
        if kind_named(key).once:
            # Buttons of 2022 came in this wrapper too: nothing to play.
            inner = content[key].get("message") if isinstance(content[key], dict) else None
            return "buttonsMessage" not in (inner or {})
        if key == "audioMessage":
            return bool(content[key].get("ptt"))
    return False


def targets(content: Mapping[str, Any]) -> tuple[str, ...]:
    """The states a message with this content may come to, in order."""
    return _WITH_PLAYED if is_playable(content) else UNPLAYED


_WITH_PLAYED = tuple(step.target for step in STEPS)
# The targets of what is not a kind of these.
UNPLAYED = _WITH_PLAYED[:-1]
PLAYABLE = frozenset({"ptvMessage", "audioMessage", *keys_of(lambda kind: kind.once)})


def parse_delay(text: str) -> AckDelay:
    """`1` or `0.5-2`; a span written backwards means the same."""
    first, separator, last = text.partition("-")
    if not separator:
        return float(first)
    return min(float(first), float(last)), max(float(first), float(last))


def draw_delays(delays: tuple[AckDelay, ...], draw: Callable[[], bytes]) -> list[float]:
    """Seconds for each step; `draw` gives 32 bytes of chance. No step comes before the last one."""
    chance: bytes | None = None
    moments: list[float] = []
    latest = 0.0
    for index, delay in enumerate(delays):
        if isinstance(delay, tuple):
            if chance is None:
                chance = draw()
            share = int.from_bytes(chance[8 * index : 8 * index + 8], "big") / 2**64
            # Milliseconds: what a frozen clock can be moved by without surprises.
            delay = round(delay[0] + (delay[1] - delay[0]) * share, 3)
        latest = max(latest, delay)
        moments.append(latest)
    return moments


def fixed_delays(delays: tuple[AckDelay, ...]) -> list[float]:
    """The seconds when none is left to chance; nothing otherwise."""
    if any(isinstance(delay, tuple) for delay in delays):
        return []
    return draw_delays(delays, bytes)
