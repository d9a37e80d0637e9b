"""Asks a person at a terminal: each question is answered by one key, or by the fact itself."""

from __future__ import annotations

import os
import select
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager, nullcontext
from enum import Enum
from typing import TextIO

from ..errors import SetupError

# How often one looks for the fact and for a key, and how long a question stands.
LOOK_EVERY, PATIENCE = 0.2, 300.0
# How long after "done" the fact is still waited for: it travels.
PATIENCE_AFTER_DONE = 30.0
CI_NAME = "CI"
NO_CI = "--ask is for a person at a terminal, and CI is set in the environment: leave --ask out"
NO_TERMINAL = "--ask needs a terminal to ask on: leave it out where nobody reads and types"
NO_KEYS = "--ask cannot read single keys on this system: it needs Linux, macOS or WSL"
_KEYS_LINE = "[d] done   [s] skip   [a] skip all   [n] not possible"


class Reply(Enum):
    """How a question ended."""

    SEEN = "done"
    DONE = "done, as the person says"
    SKIP = "skipped"
    SKIP_ALL = "skipped with all that follow"
    IMPOSSIBLE = "not possible"
    NO_ANSWER = "not answered"


_REPLIES = {"d": Reply.DONE, "s": Reply.SKIP, "a": Reply.SKIP_ALL, "n": Reply.IMPOSSIBLE}
# Returns whether the fact is there, after waiting for it so many seconds at most.
Fact = Callable[[float], bool]


class Terminal:
    """Where a person is asked. `keys` is the file descriptor that keys come from.

    `pause` stops what else is drawn on the terminal as long as a question stands.
    """

    def __init__(
        self, keys: int, screen: TextIO,
        *, patience: float = PATIENCE, patience_after_done: float = PATIENCE_AFTER_DONE,
    ) -> None:  # fmt: skip
        self._keys, self._screen = keys, screen
        self._patience, self._patience_after_done = patience, patience_after_done
        self.replies: Counter[Reply] = Counter()
        self.pause: Callable[[], AbstractContextManager[object]] = nullcontext

    def ask(self, question: str, fact: Fact | None = None, *, picture: str = "") -> Reply:
        """Show the question, and wait for the fact or for a key.

        With a fact, DONE is answered only when it did not come after the person's "done".
        """
        with self.pause(), _single_keys(self._keys):
            self._show(f"\a\n{picture}{question}\n    {_KEYS_LINE}\n")
            reply = self._wait(fact or _wait_only)
            self._show(f"    {reply.value}\n")
        self.replies[reply] += 1
        return reply

    @property
    def summary(self) -> str:
        """What became of the questions, in a sentence; empty when none was asked."""
        counts = ", ".join(f"{count} {reply.value}" for reply, count in self.replies.items())
        return f"questions to a person at the terminal: {counts}" if counts else ""

    def show(self, text: str) -> None:
        """Print something below a question that still stands."""
        self._show(text)

    def _wait(self, fact: Fact) -> Reply:
        end = time.monotonic() + self._patience
        while time.monotonic() < end:
            if fact(LOOK_EVERY):
                return Reply.SEEN
            reply = self._read_key()
            if reply is Reply.DONE and fact is not _wait_only:
                return self._wait_after_done(fact)
            if reply is not None:
                return reply
        return Reply.NO_ANSWER

    def _wait_after_done(self, fact: Fact) -> Reply:
        """SEEN as soon as the fact is there; another key ends the wait."""
        end = time.monotonic() + self._patience_after_done
        while time.monotonic() < end:
            if fact(LOOK_EVERY):
                return Reply.SEEN
            reply = self._read_key()
            if reply not in (None, Reply.DONE):
                return reply
        return Reply.DONE

    def _read_key(self) -> Reply | None:
        """What the next key means; None without a key that means something."""
        while select.select([self._keys], [], [], 0)[0]:
            key = os.read(self._keys, 1)
            if not key:
                # The terminal has gone away: nobody answers any more.
                return Reply.SKIP_ALL
            reply = _REPLIES.get(key.decode("latin-1").lower())
            if reply is not None:
                return reply
        return None

    def _show(self, text: str) -> None:
        self._screen.write(text)
        self._screen.flush()


def open_terminal(environment: Mapping[str, str] = os.environ) -> Terminal:
    """The terminal of this process; SetupError where nobody can be asked."""
    if environment.get(CI_NAME, "").lower() not in ("", "0", "false"):
        raise SetupError(NO_CI)
    if not (sys.stdin.isatty() and sys.stderr.isatty()):
        raise SetupError(NO_TERMINAL)
    try:
        import termios  # noqa: F401
    except ImportError:
        raise SetupError(NO_KEYS) from None
    return Terminal(sys.stdin.fileno(), sys.stderr)


def _wait_only(seconds: float) -> bool:
    """The fact of a question that only a key answers."""
    time.sleep(seconds)
    return False


@contextmanager
def _single_keys(keys: int) -> Iterator[None]:
    """Keys are read without Enter, and are not shown; Ctrl-C interrupts as ever."""
    import termios
    import tty

    before = termios.tcgetattr(keys)
    # What was typed before the question was shown is not an answer to it.
    tty.setcbreak(keys, termios.TCSAFLUSH)
    try:
        yield
    finally:
        termios.tcsetattr(keys, termios.TCSADRAIN, before)
