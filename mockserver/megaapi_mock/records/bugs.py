"""Failures that are our own: logged, and kept for whoever asks, instead of reaching a caller."""

from __future__ import annotations

import logging
import sys
import threading
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from typing import TypeVar

log = logging.getLogger(__name__)

KEPT = 100
Subject = TypeVar("Subject")


class Bugs(deque[str]):
    """The latest of them, oldest first."""

    def __init__(self) -> None:
        super().__init__(maxlen=KEPT)

    def add(self, what: str) -> None:
        """Keep one that raised nothing."""
        with suppress(Exception):
            log.error("our own bug: %s", what)
        self.append(what)

    def note(self, what: str) -> None:
        """Keep the exception that is being handled; `what` says what could not be done."""
        log_failure(log, "our own bug: %s", what)
        self.append(f"{what}: {describe(sys.exception())}")


def describe(error: BaseException | None) -> str:
    """An exception in at most 500 characters; its type alone where it cannot even be shown."""
    try:
        return f"{error!r:.500}"
    except Exception:
        return type(error).__name__


def log_failure(to: logging.Logger, sentence: str, *parts: object) -> None:
    """Log the exception that is being handled; a log that nobody can write to fails nobody."""
    with suppress(Exception):
        to.exception(sentence, *parts, stacklevel=2)


@contextmanager
def all_the_same(what: str) -> Iterator[None]:
    """What fails in here is logged and stops nobody: what it follows from is kept already.

    `what` says what could not be done.
    """
    try:
        yield
    except Exception:
        log_failure(log, "our own bug: %s", what)


def ends_program(error: BaseException) -> bool:
    """Whether it is Ctrl-C of a person, which ends the program wherever it comes.

    In another thread it was raised by code, as anything else.
    """
    return (
        isinstance(error, KeyboardInterrupt)
        and threading.current_thread() is threading.main_thread()
    )


def log_errors_of(
    tell: Callable[[Subject], None], what: str, bugs: Bugs | None = None
) -> Callable[[Subject], None]:
    """The same, for a listener that must not fail who tells it: what it raises is logged.

    `bugs` have also what was to end a test or the program (`pytest.fail`, SystemExit): it ends
    neither from here, and whoever looks there learns of it.
    """

    def tell_safely(subject: Subject) -> None:
        try:
            tell(subject)
        except Exception:
            log_failure(log, "%s", what)
        except BaseException as error:
            if ends_program(error):
                raise
            if bugs is None:
                log_failure(log, "%s", what)
            else:
                bugs.note(what)

    return tell_safely
