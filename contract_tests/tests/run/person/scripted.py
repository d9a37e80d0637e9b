"""A scripted person: reads questions on a pseudo terminal, acts on a phone, and presses keys."""

from __future__ import annotations

import os
import pty
import re
import threading
from codecs import getincrementaldecoder
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from megaapi_contract.host.target import HttpTarget
from megaapi_contract.judging.results import Report
from megaapi_contract.run.context import RunContext
from megaapi_contract.run.options import RunOptions
from megaapi_contract.run.runner import prepare_run
from megaapi_contract.run.runner import run as run_all
from megaapi_contract.run.terminal import Terminal
from megaapi_mock.testing import MockServer

from ...support import KEY, LISTED, OWN, TOKEN
from ..recording import RecordingProxy

# Which key a person presses after a question; none when the fact itself answers it.
Act = Callable[[str], str]
_QUESTION = re.compile(r"\r?\n([^\r\n]+)\r?\n    \[d\] done[^\r\n]*\r?\n")


@dataclass
class ScriptedPerson:
    """Sits at the other end of a pseudo terminal; `act` is called with each question."""

    act: Act
    terminal: Terminal
    master: int
    questions: list[str] = field(default_factory=list)
    screen: str = ""

    def sit_down(self) -> None:
        """Read and act until the terminal is closed."""
        # A code is drawn with letters of several bytes, of which a read may end within one.
        decoder, answered = getincrementaldecoder("utf-8")(), 0
        while True:
            try:
                self.screen += decoder.decode(os.read(self.master, 65536))
            except OSError:
                return
            for question in _QUESTION.findall(self.screen)[answered:]:
                answered += 1
                self.questions.append(question)
                if key := self.act(question):
                    os.write(self.master, key.encode())


@contextmanager
def person_at_terminal(act: Act, **patience: float) -> Iterator[ScriptedPerson]:
    """A terminal with somebody before it."""
    master, slave = pty.openpty()
    screen = os.fdopen(os.dup(slave), "w", encoding="utf-8")
    person = ScriptedPerson(act, Terminal(slave, screen, **patience), master)
    thread = threading.Thread(target=person.sit_down, name="scripted person")
    thread.start()
    try:
        yield person
    finally:
        screen.close()
        os.close(slave)
        # The last open end of the terminal: reading at the other end is over.
        thread.join(timeout=60)
        os.close(master)
        assert not thread.is_alive()


@dataclass
class Phone:
    """The customer's phone, by the control API of the mock that the suite does not use."""

    server: MockServer
    writer: str = LISTED

    def call(self, method: str, path: str, body: Any = None) -> Any:
        answer = self.server.app.test_client().open(path, method=method, json=body)
        assert answer.status_code < 300, answer.text
        return answer.get_json()

    def does(self, event: str, **body: Any) -> Any:
        """What the control API answers."""
        path = f"/_mock/instances/{KEY}/inbound"
        return self.call("POST", path, {"event": event, "from": self.writer, **body})

    def writes(self, words: str, **more: Any) -> Any:
        return self.does("text-plain", set={"message.conversation": words, **more})

    def last_id(self, *, from_me: bool) -> str:
        """The id of the newest message of the chat that one of the two wrote."""
        items = self.call("GET", f"/_mock/messages?instance={KEY}&limit=5000")["items"]
        ids = [str(one["id"]) for one in items if one["from_me"] is from_me]
        return ids[-1]


@contextmanager
def asked(server: MockServer, person: ScriptedPerson, **others: Any) -> Iterator[RunContext]:
    """A prepared run that asks this person; at its end nobody else has been reached."""
    values: dict[str, Any] = {
        "target": server.url, "key": KEY, "token": TOKEN, "control_api": False, "ask": True,
        "allow": frozenset({"reads", "sends", "changes"}), "recipients": (LISTED,), "pace": 0,
        "seed": 3, "quick": True, "max_messages": 1000,
    }  # fmt: skip
    options = RunOptions(**{**values, **others})
    proxy = RecordingProxy(HttpTarget(server.url))
    with prepare_run(options, proxy, terminal=person.terminal) as context:
        yield context
    proxy.hold({options.key: {*options.recipients, OWN}, options.peer_key: {OWN}})


def run_asked(server: MockServer, act: Act, *probes: str, **others: Any) -> Report:
    """The report of a run in which a person is asked."""
    with person_at_terminal(act) as person, asked(server, person, probes=probes, **others) as run:
        return run_all(run)
