"""What a test has decided beyond the rules: for one change, or for as long as it says."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Protocol


@dataclass(frozen=True, slots=True)
class FaultEffects:
    """What befalls one change of an instance; over when the change ends.

    `stays`: a message sent now gets no further than this state, for the reason `because`.
    `restart_seconds`: how long a restart takes. `media_gone`: no media can be found.
    """

    stays: str | None = None
    because: str = ""
    restart_seconds: float | None = None
    media_gone: bool = False


NO_EFFECTS = FaultEffects()


def together(effects: Iterable[FaultEffects]) -> FaultEffects:
    """Several at once; of two that say the same, the first."""
    combined = NO_EFFECTS
    for effect in effects:
        combined = FaultEffects(
            stays=combined.stays or effect.stays,
            because=combined.because or effect.because,
            restart_seconds=effect.restart_seconds
            if combined.restart_seconds is None
            else combined.restart_seconds,
            media_gone=combined.media_gone or effect.media_gone,
        )
    return combined


# Why a message stays where it is, for good.
ZOMBIE, NOWHERE = "zombie session", "accepted, undelivered"
UNDELIVERED = (ZOMBIE, NOWHERE)


@dataclass(frozen=True, slots=True)
class FaultHit:
    """That a fault hit: `what` is an operation's id, `link`, or `inbound from` somebody's JID.

    `fault` is its id, None when the call itself asked for it, and its name.
    """

    time: float
    instance: str
    fault: tuple[str | None, str]
    what: str


class FaultCount(Protocol):
    """What a fault has counted of something that happens: part of the change it happens in."""

    hit: FaultHit | None

    def give_back(self) -> None:
        """Count as if it had not happened: the change is dropped."""


class FaultSource(Protocol):
    """What befalls instances for as long as a test says; asked only while it `has_faults`."""

    has_faults: bool

    def is_cut_off(self, key: str, *people: str) -> bool:
        """Whether nothing passes between this instance and that chat or person just now."""

    def swallows(self, counts: list[FaultCount], key: str, *people: str) -> str | None:
        """Why what this person does, or happens in this chat, never reaches the instance.

        What is counted is added to `counts`, which the change keeps or gives back.
        """


class NoFaults:
    """Nothing befalls anybody."""

    has_faults = False

    def is_cut_off(self, key: str, *people: str) -> bool:
        """Whether this person, or everybody, cannot be reached."""
        return False

    def swallows(self, counts: list[FaultCount], key: str, *people: str) -> str | None:
        """None: everything reaches the instance."""
        return None
