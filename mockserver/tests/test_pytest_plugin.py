"""The pytest plugin, in runs of pytest of its own."""

from __future__ import annotations

import os
import re
import textwrap
from collections.abc import Iterator
from pathlib import Path

import pytest
from megaapi_mock.settings import Settings
from megaapi_mock.testing import MockServer

from .pytest_runs import Run, run, tests

__all__ = ["tests"]
EXAMPLES = Path(__file__).parents[2] / "examples"
SAMPLE = Path(__file__).parent / "testing" / "sample_suite.py"
TESTS_OF_SAMPLE = 24


@pytest.fixture
def server() -> Iterator[MockServer]:
    """A mock that runs already."""
    with MockServer() as started:
        yield started


def test_the_bot_of_the_examples_passes() -> None:
    assert re.search(r"2 passed", run("-q", folder=EXAMPLES))


def test_the_example_stays_short() -> None:
    lines = (EXAMPLES / "test_shop_bot.py").read_text(encoding="utf-8").splitlines()
    assert len([line for line in lines if line]) <= 30
    assert not any("sleep" in line for line in lines)


@pytest.mark.parametrize("workers", [2, pytest.param(4, marks=pytest.mark.hosts)])
def test_workers_with_a_server_each(workers: int) -> None:
    said = run(
        "-c", os.devnull, "--noconftest", SAMPLE, "-n", str(workers), "-q", folder=SAMPLE.parent
    )
    assert f"{TESTS_OF_SAMPLE} passed" in said


@pytest.mark.parametrize("workers", [2, 4])
def test_workers_share_a_server(server: MockServer, workers: int) -> None:
    url = ("--megaapi-gateway", server.url)
    said = run(
        "-c",
        os.devnull,
        "--noconftest",
        SAMPLE,
        *url,
        "-n",
        str(workers),
        "-q",
        folder=SAMPLE.parent,
    )
    assert f"{TESTS_OF_SAMPLE} passed" in said
    # Whatever the tests made is gone; the world's own instances are untouched.
    assert server.app.runtime.instances.store.keys() == [
        "megacode-TESTKEY0001",
        "megacode-TESTKEY0002",
    ]
    assert list(server.app.runtime.records.bugs) == []


def test_a_shared_server_by_ini_line_and_token(tests: Run, tmp_path: Path) -> None:
    settings = Settings(seed=0, host="0.0.0.0", control_token="TESTTOKEN1")
    with MockServer(settings=settings) as server:
        lines = f"megaapi_gateway = {server.url}\nmegaapi_control_token = TESTTOKEN1\n"
        (tmp_path / "pytest.ini").write_text(f"[pytest]\n{lines}", encoding="utf-8")
        tests(f"""
            def test_where(megaapi, megaapi_instance):
                assert megaapi.url == megaapi_instance.url == {server.url!r}
                assert megaapi.shared
        """)


def test_a_shared_clock_stays_where_it_is(tests: Run, server: MockServer) -> None:
    source = """
        import pytest
        from megaapi_mock.errors import SetupError

        def test_advance(clock):
            before = clock.now
            with pytest.raises(SetupError, match="--megaapi-own-clock"):
                clock.advance(3600)
            assert clock.now - before < 60
    """
    tests(source, "--megaapi-gateway", server.url)
    tests(source, "--megaapi-gateway", server.url, "--megaapi-own-clock", code=1)


def test_the_clock_is_put_back(tests: Run) -> None:
    tests("""
        import time

        def test_moves(clock):
            clock.freeze()
            clock.advance(3600)
            assert clock.now - time.time() > 3500

        def test_is_back(clock):
            assert abs(clock.now - time.time()) < 60
            before = clock.now
            while clock.now == before:
                pass  # it runs again
    """)


def test_every_test_has_an_instance_of_its_own(tests: Run) -> None:
    tests("""
        import pytest

        seen = set()

        @pytest.mark.parametrize("turn", range(3))
        def test_own(megaapi_instance, megaapi, turn):
            assert megaapi_instance.key not in seen
            seen.add(megaapi_instance.key)
            keys = [found["key"] for found in megaapi.control_api.find("/instances")]
            assert [key for key in keys if key in seen] == [megaapi_instance.key]
    """)


def test_a_bug_of_the_mock_fails_the_test(tests: Run) -> None:
    said = tests(
        """
        def test_good(megaapi, megaapi_instance):
            megaapi.app.runtime.records.bugs.append("send_text: broke")

        def test_next(megaapi_instance):
            pass
        """,
        code=1,
    )
    assert "the mock itself went wrong, please report it: send_text: broke" in said
    assert "2 passed, 1 error" in said


def test_the_server_is_made_as_a_conftest_says(tests: Run, tmp_path: Path) -> None:
    conftest = """
        import pytest

        @pytest.fixture(scope="session")
        def megaapi_options():
            return {"switches": {"disconnected_status": "401"}}
    """
    (tmp_path / "conftest.py").write_text(textwrap.dedent(conftest), encoding="utf-8")
    tests("""
        def test_switch(megaapi):
            assert megaapi.app.runtime.setup.profile["disconnected_status"] == "401"
    """)


def test_a_failed_wait_points_at_the_test(tests: Run) -> None:
    said = tests(
        """
        def test_hears(megaapi_instance):
            megaapi_instance.customer().says("oi")
            megaapi_instance.inbox.wait_for("text-plain", text="olá", timeout=0.2)
        """,
        code=1,
    )
    assert "nearest: 1., but text is 'oi', not 'olá'" in said
    assert "trail.py" not in said and "instance.py" not in said


def test_no_mock_at_the_url(tests: Run) -> None:
    source = "def test_it(megaapi_instance): pass"
    said = tests(source, "--megaapi-gateway", "http://127.0.0.1:1", code=1)
    assert "SetupError: no mock answers at http://127.0.0.1:1" in said


def test_runs_that_do_not_use_it_pay_nothing(tests: Run) -> None:
    tests("""
        import sys

        def test_nothing_of_the_mock_is_there():
            there = {name for name in sys.modules if name.startswith("megaapi_mock")}
            assert there == {"megaapi_mock", "megaapi_mock.pytest_plugin"}
            assert not {"flask", "waitress", "orjson", "yaml"} & set(sys.modules)
    """)


def test_a_mock_elsewhere_costs_no_mock_here(tests: Run, server: MockServer) -> None:
    source = """
        import sys

        def test_it(megaapi_instance):
            assert not {"flask", "megaapi_mock.runtime", "megaapi_mock.web.app"} & set(sys.modules)
    """
    tests(source, "--megaapi-gateway", server.url)


IDS = """
def test_ids(megaapi_instance):
    sent = megaapi_instance.customer("5511900000002").says("oi")
    print("id:", sent.id)
"""


def ids_of(said: str) -> tuple[str, str]:
    """The seed of the header and the id that the test printed."""
    seed = re.search(r"^megaapi: seed (\d+), repeat its ids with --megaapi-seed \1$", said, re.M)
    told = re.search(r"\bid: (\w+)$", said, re.M)
    assert seed and told, said
    return seed[1], told[1]


def test_each_run_has_ids_of_its_own_that_can_be_repeated(tests: Run) -> None:
    first, second = ids_of(tests(IDS, "-s")), ids_of(tests(IDS, "-s"))
    assert first[1] != second[1]
    assert ids_of(tests(IDS, "-s", "--megaapi-seed", first[0])) == first


def test_workers_have_the_seed_of_their_run(tests: Run) -> None:
    source = """
    import pytest

    @pytest.mark.parametrize("n", range(4))
    def test_seed(pytestconfig, n):
        assert pytestconfig.option.megaapi_run_seed == 77
    """
    assert "4 passed" in tests(source, "-n", "2", "--megaapi-seed", "77")
