"""Fixtures every test of the mock shares: apps that are stopped, and held to their contract."""

from __future__ import annotations

import gc
import os
import threading
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import HealthCheck, settings
from hypothesis.internal.conjecture import providers
from megaapi_mock.clock import Clock
from megaapi_mock.ids import Ids
from megaapi_mock.profile import default_profile
from megaapi_mock.resources import root
from megaapi_mock.spec import description, valid_bundle
from megaapi_mock.spec.plans import EVERY_PLAN
from megaapi_mock.web.app import MockApp, build_app

from .control import calm, control_api  # noqa: F401
from .emitted import Emitted
from .support import START, RecordingTransport

if TYPE_CHECKING:
    from .postgres_server import PostgresServer

settings.register_profile(
    "repo",
    deadline=None,
    derandomize=True,
    database=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture],
)
# Other examples each time: pytest --hypothesis-profile=explore [--hypothesis-seed=N].
settings.register_profile(
    "explore", settings.get_profile("repo"), max_examples=200, derandomize=False
)
settings.load_profile("repo")

# Hypothesis draws constants of our own modules now and then: of those that happen to be loaded.
# What a test tries would depend on the tests that its worker has run before it.
if hasattr(providers, "_get_local_constants"):
    _no_constants = providers.Constants()
    providers._get_local_constants = lambda: _no_constants


def _digest(folder: Path, digest: Callable[[Path], str] = description.digest) -> str:
    """The digest of a contract's files; of the shipped ones, which no test changes, from memory."""
    if folder != root("spec"):
        return digest(folder)
    return _shipped_digest(digest)


@cache
def _shipped_digest(digest: Callable[[Path], str]) -> str:
    return digest(root("spec"))


# Thousands of apps are built; reading 300 files for each took most of that.
description.digest = valid_bundle.digest = _digest

# Seconds after which what has not ended is said to hang.
PATIENCE = 30.0
MakeApp = Callable[..., MockApp]
DATABASES = ("sqlite", pytest.param("postgresql", marks=pytest.mark.postgres))


@pytest.fixture
def make_app() -> Iterator[MakeApp]:
    """Apps with a frozen clock and seed 0; each must end without a bug and without a loss."""
    made: list[MockApp] = []

    def make(*, switches: dict[str, str] | None = None, **parts: Any) -> MockApp:
        parts.setdefault("clock", Clock(frozen_at=START))
        parts.setdefault("ids", Ids(0))
        parts.setdefault("transport", RecordingTransport())
        parts.setdefault("profile", default_profile().with_switches(switches or {}))
        app = build_app(**parts)
        made.append(app)
        return app

    yield make
    for app in made:
        abandoned = app.stop(PATIENCE)
        assert list(app.runtime.records.bugs) == []
        assert abandoned == 0


@pytest.fixture
def app(make_app: MakeApp) -> MockApp:
    """One app with every default."""
    return make_app()


@pytest.fixture
def whole_app(make_app: MakeApp) -> MockApp:
    """One app with the operations of every plan, and every other default."""
    return make_app(profile=default_profile(EVERY_PLAN))


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[PostgresServer]:
    """A PostgreSQL server that runs, for tests that are marked `postgres`."""
    from .postgres_server import PostgresServer

    server = PostgresServer()
    yield server
    server.stop()


@pytest.fixture
def postgres_url(postgres_server: PostgresServer) -> Iterator[str]:
    """The URL of an empty database; the server runs, whatever a test did to it."""
    postgres_server.start()
    url = postgres_server.new_database()
    yield url
    postgres_server.start()
    postgres_server.drop_database(url)


@pytest.fixture(params=DATABASES)
def store_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The URL of an empty database, of one kind after the other."""
    return new_url(request, tmp_path / "mock.db", request.param)


def new_url(request: pytest.FixtureRequest, path: Path, kind: str) -> str:
    """The URL of an empty database of this kind; the server is started only where it is needed."""
    if kind == "sqlite":
        return f"sqlite:///{path}"
    server: PostgresServer = request.getfixturevalue("postgres_server")
    server.start()
    return server.new_schema()


@pytest.fixture(autouse=True)
def nothing_left_behind() -> Iterator[None]:
    """A test that leaves a thread behind fails."""
    before = set(threading.enumerate())
    yield
    left = [thread for thread in threading.enumerate() if thread not in before]
    for thread in left:
        thread.join(PATIENCE)
    assert [thread.name for thread in left if thread.is_alive()] == []


def pytest_configure(config: pytest.Config) -> None:
    # As in the Makefile: hundreds of short processes would each compile everything again.
    os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
    config.addinivalue_line(
        "markers", "broken_bodies: the test sends webhooks that leave the contract on purpose"
    )
    config.addinivalue_line("markers", "hosts: whole runs against hosts; `make hosts` has them")
    config.addinivalue_line("markers", "page: the page in a browser; `make page` has them")
    config.addinivalue_line(
        "markers", "languages: PHP, Node.js and C# programs; `make languages` has them"
    )
    config.addinivalue_line("markers", "clients: generated clients; `make clients` has them")
    config.addinivalue_line(
        "markers", "postgres: what needs a PostgreSQL server; `make postgres` has them"
    )
    config.addinivalue_line("markers", "npm: what needs tools of npm; `make types` has them")


@pytest.hookimpl(trylast=True)
def pytest_collection_finish() -> None:
    """Thousands of collected tests stay until the end: no collection needs to look at them.

    What the process keeps from test to test (contracts, schemas) grows too; looking through all of
    it at Python's default rate took a sixth of the time. The last number is how soon whole mocks
    that tests have left behind are looked for: with 10 they took gigabytes.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(20_000, 20, 3)


@pytest.fixture(scope="session", autouse=True)
def emitted() -> Iterator[Emitted]:
    """Hears of every body that any courier of the run is given."""
    made = Emitted()
    with made.collecting():
        yield made


@pytest.fixture(autouse=True)
def every_emitted_body_fits(request: pytest.FixtureRequest, emitted: Emitted) -> Iterator[None]:
    """A test whose webhooks leave the contract fails, unless it is marked `broken_bodies`."""
    yield
    if request.node.get_closest_marker("broken_bodies"):
        emitted.forget()
    assert emitted.judge() == []
