"""A mock whose clock is frozen, as a saved state begins, is judged as one whose clock runs."""

from __future__ import annotations

import json
from pathlib import Path

from megaapi_contract.run.options import RunOptions
from megaapi_contract.run.runner import CLOCK_RAN, prepare_run
from megaapi_contract.run.runner import run as run_all
from megaapi_mock.testing import MockServer

from .support import KEY, TOKEN

# A restart ends when time has passed, and only then.
NEEDS_TIME = "all that comes during a restart is told"


def runs_clean(server: MockServer) -> list[str]:
    """The notes of a run that breaks nothing."""
    options = RunOptions(
        target=server.url, key=KEY, token=TOKEN, quick=True, seed=7, probes=(NEEDS_TIME,)
    )
    with prepare_run(options) as context:
        report = run_all(context)
    assert [f"{each.probe}: {each.message}" for each in report.breaches] == []
    assert report.unusable == ""
    return report.notes


def test_a_frozen_mock_is_healthy_and_frozen_again_afterwards() -> None:
    with MockServer() as server:
        before = server.control_api.call("POST", "/clock", {"freeze": True})
        assert CLOCK_RAN in runs_clean(server)
        assert server.control_api.call("GET", "/clock") == before


def test_a_mock_of_a_saved_state_is_healthy(tmp_path: Path) -> None:
    with MockServer() as server:
        server.control_api.call("POST", "/clock", {"freeze": True, "set": 1_767_225_600})
        state = server.control_api.call("GET", "/state")
    file = tmp_path / "saved.json"
    file.write_text(json.dumps(state))
    with MockServer(world=str(file)) as server:
        assert server.control_api.call("GET", "/clock")["frozen"]
        assert CLOCK_RAN in runs_clean(server)


def test_a_mock_whose_clock_runs_is_not_touched() -> None:
    with MockServer() as server:
        assert CLOCK_RAN not in runs_clean(server)
