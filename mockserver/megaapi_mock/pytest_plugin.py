"""Fixtures for pytest: a mock, an instance for each test, faults and the clock.

Loaded by every pytest run where this package is installed, so nothing of the mock is imported
before a fixture of it is used.
"""

from __future__ import annotations

import secrets
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from .testing import ArmFault, Clock, Fault, FaultName, Instance, Mock

# Frames of this file explain nothing to whoever reads a failed test.
__tracebackhide__ = True

_URL = "use the mock that runs there, shared with others, instead of one for each process"
_TOKEN = "its --control-token"
_SEED = "seed for all generated ids; by default a new one for each run, shown in the header"
_OWN = "nobody else uses the mock at --megaapi-gateway: its clock may be moved"


def pytest_addoption(parser: pytest.Parser) -> None:
    """The address of a mock, its control token, whether its clock is ours, and the seed."""
    group = parser.getgroup("megaapi", "megaAPI mock")
    group.addoption("--megaapi-gateway", metavar="URL", help=_URL)
    group.addoption("--megaapi-control-token", metavar="TOKEN", help=_TOKEN)
    group.addoption("--megaapi-seed", metavar="N", type=int, help=_SEED)
    group.addoption("--megaapi-own-clock", action="store_true", help=_OWN)
    parser.addini("megaapi_gateway", _URL)
    parser.addini("megaapi_control_token", _TOKEN)


def pytest_configure(config: pytest.Config) -> None:
    """A seed for this run. The same ids in two runs would look to a bot that lives on like copies.

    Workers of pytest-xdist are given the options of who started them, this one included.
    """
    if getattr(config.option, "megaapi_run_seed", None) is None:
        seed = config.getoption("megaapi_seed")
        config.option.megaapi_run_seed = secrets.randbelow(1_000_000) if seed is None else seed


def pytest_report_header(config: pytest.Config) -> str:
    """What repeats the ids of this run."""
    seed = config.option.megaapi_run_seed
    return f"megaapi: seed {seed}, repeat its ids with --megaapi-seed {seed}"


def _option_of(config: pytest.Config, name: str) -> str:
    """The option, else the ini line, else nothing."""
    return str(config.getoption(name) or config.getini(name) or "")


@pytest.fixture(scope="session")
def megaapi_options() -> dict[str, Any]:
    """What the server is made of: arguments of `MockServer`. Override it in a conftest.py."""
    return {}


@pytest.fixture(scope="session")
def megaapi(pytestconfig: pytest.Config, megaapi_options: dict[str, Any]) -> Iterator[Mock]:
    """A mock: in this process on a free port, one for each xdist worker, or `--megaapi-gateway`."""
    url = _option_of(pytestconfig, "megaapi_gateway")
    if url:
        from .testing.mock import Mock

        shared = not pytestconfig.getoption("megaapi_own_clock")
        token = _option_of(pytestconfig, "megaapi_control_token")
        with Mock(url, shared=shared, token=token) as mock:
            yield mock
        return
    from .testing.server import MockServer

    parts = {**megaapi_options}
    if "settings" not in parts and "ids" not in parts:
        from .ids import Ids

        parts["ids"] = Ids(pytestconfig.option.megaapi_run_seed)
    server = MockServer(**parts).start()
    yield server
    # Nobody looks at what is still on its way to a receiver that has gone.
    server.stop(0)


@pytest.fixture
def megaapi_instance(megaapi: Mock) -> Iterator[Instance]:
    """A linked instance of this test's own, with an inbox; gone afterwards.

    A bug of the mock itself fails the test.
    """
    instance = megaapi.instance()
    yield instance
    bugs = instance.bugs()
    instance.remove()
    if bugs:
        text = f"the mock itself went wrong, please report it: {'; '.join(bugs)}"
        pytest.fail(text, pytrace=False)


@pytest.fixture
def megaapi_fault(megaapi: Mock) -> Iterator[ArmFault]:
    """Arms faults that this test's end clears; those for all instances need a mock of one's own."""
    armed: list[Fault] = []

    def arm(name: FaultName, **parameters: Any) -> Fault:
        fault = megaapi.fault(name, **parameters)
        armed.append(fault)
        return fault

    yield arm
    for fault in armed:
        fault.clear()


@pytest.fixture
def clock(megaapi: Mock) -> Iterator[Clock]:
    """The mock's clock, put back afterwards. Refuses to move on a shared mock."""
    before = megaapi.clock.remember()
    yield megaapi.clock
    if not megaapi.shared:
        megaapi.clock.restore(before)
