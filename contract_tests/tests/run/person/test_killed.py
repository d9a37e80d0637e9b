"""A run that is killed while a question stands: the next run puts back what it had changed."""

from __future__ import annotations

import re
import signal
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from megaapi_contract.host.target import HttpTarget
from megaapi_contract.probes.laws import phone_off
from megaapi_contract.probes.laws.phone_off import STILL_OFF
from megaapi_contract.run.notices import notices_before_run
from megaapi_contract.run.options import RunOptions
from megaapi_contract.run.person.doings import DOINGS
from megaapi_contract.run.person.stage import FLIGHT
from megaapi_contract.run.runner import prepare_run
from megaapi_mock.testing import MockServer

from ...support import KEY, LISTED, OWN, TOKEN
from ..recording import RecordingProxy
from .test_preparation import PICTURE, SECONDS, command, on_terminal, set_webhook, webhook_of

# Whole runs: `make hosts` has them.
pytestmark = pytest.mark.hosts

(FLIGHT_LAW,) = (probe.name for probe in phone_off.LAWS.probes)
IN_GROUP = "what a customer does is told once: group-text"
PUT_BACK = re.compile("an earlier run had left .*its webhook: put back now")


@pytest.fixture
def server() -> Iterator[MockServer]:
    with MockServer() as running:
        set_webhook(running)
        yield running


def state_of(server: MockServer) -> tuple[Any, ...]:
    """The webhook and the groups of the instance."""
    headers = {"Authorization": f"Bearer {TOKEN}"}
    groups = server.app.test_client().get(f"/rest/group/list/{KEY}", headers=headers).get_json()
    return webhook_of(server), groups["groups"]


def kill_at(server: MockServer, name: str, *questions: str) -> None:
    """A run of one probe, killed at the last of these questions; those before are answered."""
    words = [name if word == PICTURE else word for word in command(server.url)]
    with on_terminal(words) as run:
        for number, question in enumerate(questions, 1):
            run.read_until(lambda screen, sought=question: sought in _on_one_line(screen))
            if number < len(questions):
                run.press("d")
        run.process.send_signal(signal.SIGKILL)
        run.process.wait(timeout=SECONDS)


def _on_one_line(screen: str) -> str:
    """What stands on the screen, however wide it is."""
    return " ".join(screen.split())


@pytest.mark.parametrize(
    ("name", "questions"),
    [
        (PICTURE, (DOINGS["image"].sentence,)),
        (IN_GROUP, ("In the group that the instance has put you into",)),
        (FLIGHT_LAW, (FLIGHT,)),
        (FLIGHT_LAW, (FLIGHT, STILL_OFF)),
    ],
    ids=["picture", "group", "flight mode", "after flight mode"],
)
def test_the_next_run_puts_it_back(
    name: str, questions: tuple[str, ...], server: MockServer, state_folder: Path
) -> None:
    before = state_of(server)
    kill_at(server, name, *questions)
    webhook, groups = state_of(server)
    assert (webhook, groups) != before and list(state_folder.glob("restore-*.json"))
    options = RunOptions(
        server.url, key=KEY, token=TOKEN, control_api=False, pace=0, recipients=(LISTED,)
    )
    groups_of_run = {group["id"] for group in groups} - {group["id"] for group in before[1]}
    proxy = RecordingProxy(HttpTarget(server.url), groups=groups_of_run)
    with prepare_run(options, proxy) as context:
        assert PUT_BACK.search("\n".join(notices_before_run(context)))
    proxy.hold({KEY: {LISTED, OWN}})
    assert state_of(server) == before and list(state_folder.glob("*.json")) == []
