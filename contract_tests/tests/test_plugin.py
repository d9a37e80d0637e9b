"""The suite inside somebody's own pytest."""

from __future__ import annotations

import json
import socket
import subprocess
import sys
from pathlib import Path
from xml.etree import ElementTree

import pytest
from megaapi_contract.judging.contract import Contract
from megaapi_mock.testing import MockServer

from .support import KEY, TOKEN, answering, reply

# Whole runs: `make hosts` has them.
pytestmark = pytest.mark.hosts

SECRET = "GeheimesWort7Q4Z"


def pytest_run(folder: Path, *options: str) -> subprocess.CompletedProcess[str]:
    """As in a project of its own, whose settings are none of ours."""
    (folder / "pytest.ini").write_text("[pytest]\n")
    command = [
        sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "-n", "0",
        "-c", str(folder / "pytest.ini"), "--megaapi-quick", "--megaapi-seed", "1", *options,
    ]  # fmt: skip
    return subprocess.run(command, cwd=folder, capture_output=True, text=True, timeout=600)


def test_each_probe_is_a_test(tmp_path: Path) -> None:
    ran = pytest_run(tmp_path, "--megaapi-target", "mock", "-k", "list_groups", "--junitxml=j.xml")
    assert ran.returncode == 0, ran.stdout
    cases = {case.get("name") for case in ElementTree.parse(tmp_path / "j.xml").iter("testcase")}
    assert {"examples_of_list_groups", "fuzzing_of_list_groups"} <= cases


@pytest.mark.hosts
def test_a_host_and_what_it_may_not_do(tmp_path: Path) -> None:
    with MockServer() as server:
        ran = pytest_run(
            tmp_path, "--megaapi-target", server.url, "--megaapi-instance-key", KEY,
            "--megaapi-token", TOKEN, "-k", "examples_of_send_text or examples_of_list_groups",
        )  # fmt: skip
    assert ran.returncode == 0, ran.stdout
    assert "2 passed" in ran.stdout


def test_a_host_that_is_down_is_told_in_a_sentence(tmp_path: Path) -> None:
    ran = pytest_run(
        tmp_path, "--megaapi-target", "http://127.0.0.1:9", "--megaapi-instance-key", KEY,
        "--megaapi-token", TOKEN,
    )  # fmt: skip
    assert ran.returncode == 4
    assert "refuses connections" in ran.stdout + ran.stderr
    assert "Traceback" not in ran.stdout + ran.stderr


@pytest.mark.hosts
def test_a_host_that_goes_away_is_asked_no_more(tmp_path: Path) -> None:
    sockets: list[socket.socket] = []
    operation = Contract().by_id["instance_status"]
    good = json.dumps(Contract().answer_example(operation)[2]).encode()

    def some(connection: socket.socket) -> None:
        sockets.append(connection)
        if len(sockets) <= 4:
            connection.sendall(reply("200 OK", "application/json", good))

    with answering(some) as url:
        ran = pytest_run(
            tmp_path, "--megaapi-target", url, "--megaapi-instance-key", KEY,
            "--megaapi-token", TOKEN,
            "-k", "instance_status",
        )  # fmt: skip
    # A read is tried three times, and so is the status call after it: then the host is given up.
    assert len(sockets) <= 12
    assert "not tried: " in ran.stdout and "cut the connection" in ran.stdout
    assert ran.returncode == 1


@pytest.mark.hosts
@pytest.mark.parametrize("where", ["prepare_run", "all_laws", "run"])
def test_no_token_is_in_a_traceback_of_pytest(where: str, tmp_path: Path) -> None:
    patch = {
        "prepare_run": "from megaapi_contract.run import preparation as at; name = 'preflight'",
        "all_laws": "from megaapi_contract.run import selection as at; name = 'all_laws'",
        "run": "from megaapi_contract.safety.gate import Gate as at; name = '_exchange'",
    }[where]
    (tmp_path / "conftest.py").write_text(
        f"{patch}\n"
        "def broken(*given, **named):\n"
        "    raise TypeError(repr(given) + repr(named))\n"
        "setattr(at, name, broken)\n"
    )
    with MockServer() as server:
        client = server.app.test_client()
        instance = {"key": "megacode-TESTKEY0009", "token": SECRET, "connected": True}
        assert client.post("/_mock/instances", json=instance).status_code < 300
        ran = pytest_run(
            tmp_path, "--megaapi-target", server.url,
            "--megaapi-instance-key", "megacode-TESTKEY0009",
            "--megaapi-token", SECRET, "-k", "examples_of_list_groups", "-vv", "-l",
            "--full-trace", "--tb=long",
        )  # fmt: skip
    output = ran.stdout + ran.stderr
    assert ran.returncode not in (0, 5), output
    assert "this is a mistake in megaapi-contract" in output
    assert SECRET not in output


def test_what_a_run_does_to_the_owner_is_said_before_it(tmp_path: Path) -> None:
    (tmp_path / "conftest.py").write_text(
        "from megaapi_contract.run import preparation as at\n"
        "at.is_mock = lambda target, token='': False\n"
    )
    with MockServer() as server:
        ran = pytest_run(
            tmp_path, "--megaapi-target", server.url, "--megaapi-instance-key", KEY,
            "--megaapi-token",
            TOKEN, "--megaapi-allow", "changes", "-k", "examples_of_list_groups",
        )  # fmt: skip
    assert "the instance's own receiver gets none of them" in ran.stdout, ran.stdout
    assert "it makes at most 1 group with the recipients" in ran.stdout


def test_misspelt_permission_gets_the_one_that_was_meant(tmp_path: Path) -> None:
    ran = pytest_run(tmp_path, "--megaapi-target", "mock", "--megaapi-allow", "disconects")
    assert ran.returncode == 4
    assert "--allow disconects: did you mean disconnects?" in ran.stderr + ran.stdout
    assert "Traceback" not in ran.stderr + ran.stdout


def test_without_a_target_it_does_nothing(tmp_path: Path) -> None:
    assert "no tests ran" in pytest_run(tmp_path).stdout
