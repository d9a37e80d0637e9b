"""Settings and fixtures every test of the suite shares."""

from __future__ import annotations

import signal
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings
from megaapi_contract.judging.contract import Contract
from megaapi_contract.redaction.vocabulary import Vocabulary

# A shell without job control starts what runs in the background deaf to Ctrl-C, and what that
# starts inherits it: the tests that press it could not be heard.
if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
    signal.signal(signal.SIGINT, signal.default_int_handler)

settings.register_profile(
    "suite",
    deadline=None,
    derandomize=True,
    database=None,
    suppress_health_check=list(HealthCheck),
)
# Other examples each time: pytest --hypothesis-profile=explore [--hypothesis-seed=N].
settings.register_profile("explore", settings.get_profile("suite"), derandomize=False)
settings.load_profile("suite")


def pytest_configure(config: pytest.Config) -> None:
    """The mark of tests that run the whole suite against hosts."""
    config.addinivalue_line("markers", "hosts: whole runs against hosts; `make hosts` has them")


@pytest.fixture(autouse=True)
def nothing_left_behind() -> Iterator[None]:
    """A test that leaves a thread behind fails."""
    before = set(threading.enumerate())
    yield
    new_threads = [thread for thread in threading.enumerate() if thread not in before]
    for thread in new_threads:
        thread.join(timeout=60)
    assert [thread.name for thread in new_threads if thread.is_alive()] == []


@pytest.fixture(autouse=True)
def state_folder(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Nothing is written to, or put back from, the state folder of whoever runs the tests."""
    folder = tmp_path_factory.mktemp("state")
    monkeypatch.setenv("XDG_STATE_HOME", str(folder))
    return folder / "megaapi-contract-kit"


@pytest.fixture(scope="session")
def contract() -> Contract:
    """The packaged contract, read once."""
    return Contract()


@pytest.fixture(scope="session")
def vocabulary(contract: Contract) -> Vocabulary:
    """What is public, collected once."""
    return Vocabulary(contract)
