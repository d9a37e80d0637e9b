"""How far a given host's clock is from this machine's, which is nobody's broken promise."""

from __future__ import annotations

from email.utils import parsedate_to_datetime
from typing import Any

from ..judging.results import Exchange
from ..judging.values import value_at

# What may lie between two looks at clocks of two machines.
CLOSE = 120
# No two clocks that people set differ by more: the time zones of the earth, and a moment.
MOST_APART = 26 * 3600 + CLOSE
# A difference that a person should know of, whose own clock it may be.
WORTH_A_NOTE = 60
# A clock that shows the same second all that time stands still.
STANDS_STILL = 20


class HostClock:
    """A given host's time, told from this machine's: one difference holds for a whole run.

    The `Date` of its answers tells it. Where its first message has another time, that one does:
    the `Date` may be of what stands before the host, which has a clock of its own. A time that
    no clock can show, milliseconds say, tells nothing.
    """

    def __init__(self) -> None:
        self.forget()

    def forget(self) -> None:
        """Know nothing of the host again."""
        self._by_date: float | None = None
        self._by_message: float | None = None
        # Our own time when the first message had been answered, and the time in the answer.
        self._first: tuple[float, int] | None = None

    def observe(self, exchange: Exchange) -> None:
        """Learn from an answer what time it is at the host."""
        ended = exchange.time + exchange.seconds
        if self._by_date is None:
            date = _seconds_of(exchange.header("Date"))
            self._by_date = None if date is None else date - ended
        moment = read_moment(value_at(exchange.json, "messageData", "messageTimestamp"))
        if exchange.ok and moment is not None:
            self._settle(moment, ended)
            self._first = self._first or (ended, moment)

    def at(self, own_time: float) -> float:
        """What the host's clock shows when ours shows this."""
        if self._by_message is not None:
            return own_time + self._by_message
        return own_time + (self._by_date or 0.0)

    def is_now(self, moment: int, exchange: Exchange) -> bool:
        """Whether a time is that of an answer, of a clock that runs."""
        began, ended = exchange.time, exchange.time + exchange.seconds
        if self._first is not None and moment == self._first[1]:
            return began - self._first[0] < STANDS_STILL and self.is_between(moment, began, ended)
        return self.is_between(moment, began, ended)

    def is_between(self, moment: int, began: float, ended: float) -> bool:
        """Whether a time lies between two of our own, give or take what clocks differ."""
        self._settle(moment, ended)
        return self.at(began) - CLOSE <= moment <= self.at(ended) + CLOSE

    def _settle(self, moment: int, own_time: float) -> None:
        """Let a time say what the host's clock shows, if none has said it yet."""
        if self._by_message is not None:
            return
        by_date = self._by_date or 0.0
        difference = moment - own_time
        if abs(difference - by_date) <= CLOSE:
            self._by_message = by_date
        elif abs(difference) <= MOST_APART or abs(difference - by_date) <= MOST_APART:
            self._by_message = difference

    @property
    def notes(self) -> list[str]:
        """What a person should know: whose clock is off can only be seen there."""
        sentences = []
        difference = self.at(0.0)
        if abs(difference) > WORTH_A_NOTE:
            sentences.append(
                f"the host's clock is {_in_words(difference)} this machine's: its times are "
                "judged by its own clock (set both by NTP)"
            )
        if self._by_message is not None and self._by_date is not None:
            apart = self._by_message - self._by_date
            if abs(apart) > WORTH_A_NOTE:
                sentences.append(
                    f"the times of its messages are {_in_words(apart)} the Date of its answers: "
                    "the clock of the host or of what stands before it is off"
                )
        return sentences


def read_moment(value: Any) -> int | None:
    """A time in an answer, a number or its digits; None when it is neither."""
    if type(value) is int:
        return value
    return int(value) if isinstance(value, str) and _is_number(value) else None


def _is_number(text: str) -> bool:
    return text.isascii() and text.isdecimal() and len(text) < 20


def _seconds_of(date: str) -> float | None:
    try:
        return parsedate_to_datetime(date).timestamp()
    except (ValueError, OverflowError, OSError):
        return None


def _in_words(seconds: float) -> str:
    """Such as `5 min 30 s ahead of`."""
    total = round(abs(seconds))
    hours, minutes, rest = total // 3600, total % 3600 // 60, total % 60
    parts = [f"{hours} h" * bool(hours), f"{minutes} min" * bool(minutes), f"{rest} s" * bool(rest)]
    return f"{' '.join(filter(None, parts))} {'ahead of' if seconds > 0 else 'behind'}"
