"""The programs of docs/other-languages.md, run, and what it says of the control API, tried."""

from __future__ import annotations

import json
import os
import re
import shutil
import signal
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
from megaapi_mock.commands.receiver_trial import TrialTerms, run_verdict
from megaapi_mock.testing import MockServer
from megaapi_mock.web.app import MockApp

from .control import ControlApi
from .processes import Process, await_port, free_port
from .support import AUTH, KEY, TOKEN

TOP = Path(__file__).parents[2]
ENGLISH = (TOP / "docs" / "other-languages.md").read_text(encoding="utf-8")
PORTUGUESE = (TOP / "docs" / "outras-linguagens.md").read_text(encoding="utf-8")
PROGRAMS = {
    "node": ["node", "--test", "examples/node/bot.test.mjs"],
    "php": ["php", "examples/php/bot_test.php"],
}
CAREFUL = {
    "node": "node examples/node/careful_bot.mjs 9000",
    "php": "php -S 127.0.0.1:9000 examples/php/careful_bot.php",
}
TERMS = TrialTerms(within=60.0, quiet=0.05, patience=2.0, limit=60.0)
PERSON, GROUP = "5511900000002", "120363000000000001@g.us"
ROW = {"title": "Ver o cardápio", "rowId": "menu"}
LIST = {
    "to": PERSON,
    "text": "O que deseja?",
    "buttonText": "Abrir",
    "sections": [{"title": "Loja", "rows": [ROW]}],
}


@pytest.fixture
def mock() -> Iterator[MockServer]:
    with MockServer() as server:
        yield server


def run(language: str, mock: MockServer) -> subprocess.CompletedProcess[str]:
    command = PROGRAMS[language]
    assert shutil.which(command[0]), f"{command[0]} is missing; `make languages` installs it"
    return subprocess.run(
        command,
        cwd=TOP,
        env={**os.environ, "MEGAAPI_GATEWAY": mock.url},
        capture_output=True,
        text=True,
        timeout=120,
    )


@pytest.mark.languages
@pytest.mark.parametrize("language", PROGRAMS)
def test_tests_of_the_bot_pass_and_leave_no_instance(language: str, mock: MockServer) -> None:
    done = run(language, mock)
    assert done.returncode == 0, done.stdout + done.stderr
    instances = ControlApi(mock.app).items("/instances")
    assert [each["key"] for each in instances if "MADE" in each["key"]] == []


@pytest.mark.languages
@pytest.mark.parametrize("language", PROGRAMS)
def test_a_failed_wait_names_why_the_bot_was_refused(language: str, mock: MockServer) -> None:
    ControlApi(mock.app).post("/faults", {"fault": "token-revoked"}, status=201)
    done = run(language, mock)
    assert done.returncode == 1
    assert "fault f1 token-revoked" in done.stdout + done.stderr


@pytest.mark.languages
@pytest.mark.parametrize("language", CAREFUL)
def test_the_careful_bot_passes_its_trial(language: str, mock: MockServer) -> None:
    port = free_port()
    environment = {
        "MEGAAPI_GATEWAY": mock.url,
        "MEGAAPI_INSTANCE_KEY": KEY,
        "MEGAAPI_TOKEN": TOKEN,
    }
    command = CAREFUL[language].replace("9000", str(port)).replace("examples", f"{TOP}/examples")
    variables = [f"{name}={value}" for name, value in environment.items()]
    bot = Process(["env", *variables, *command.split()])
    try:
        await_port(port)
        receiver = f"http://127.0.0.1:{port}/webhook"
        verdict = run_verdict(mock.url, receiver, instance=KEY, terms=TERMS)
    finally:
        bot.stop(signal.SIGKILL)
    assert {check.outcome for check in verdict.checks} == {"passed"}, verdict.as_table()
    assert verdict.figures["answers"] > 30, verdict.as_table()


@pytest.mark.parametrize("language", CAREFUL)
def test_the_page_starts_the_careful_bots(language: str) -> None:
    assert all(f"`{CAREFUL[language]}`" in page for page in PAGES)


def test_commands_of_the_page_are_those_that_run_here() -> None:
    (block,) = re.findall(r"```sh\n(node .*?)```", ENGLISH, re.DOTALL)
    assert block.splitlines() == [" ".join(command) for command in PROGRAMS.values()]


def test_both_languages_of_the_page_say_the_same() -> None:
    def shape(page: str) -> tuple[list[str], list[int], list[str]]:
        blocks = re.findall(r"```\w+\n.*?```", page, re.DOTALL)
        cells = [line.count("|") for line in page.splitlines() if line.startswith("|")]
        headings = [line.split()[0] for line in page.splitlines() if line.startswith("#")]
        shell = [block for block in blocks if block.startswith("```sh")]
        return shell, cells, headings

    assert shape(ENGLISH) == shape(PORTUGUESE)
    english, portuguese = (set(re.findall(r"`/?[^`\s]*/_mock[^`\s]*", text)) for text in PAGES)
    assert english == portuguese


PAGES = (ENGLISH, PORTUGUESE)


@pytest.mark.parametrize("page", PAGES, ids=["en", "pt"])
def test_a_customer_does_what_the_page_shows(page: str, app: MockApp) -> None:
    control_api = ControlApi(app)
    path = f"/rest/sendMessage/{KEY}/listMessage"
    assert app.test_client().post(path, json={"messageData": LIST}, headers=AUTH).status_code == 200
    (block,) = re.findall(r"```json\n(.*?)```", page, re.DOTALL)
    bodies = [json.loads(line) for line in block.splitlines()]
    control_api.post(f"/instances/{KEY}/inbound", {"from": PERSON, "text": "oi"}, status=201)
    for body in bodies:
        control_api.post(f"/instances/{KEY}/inbound", body, status=201)
    assert len(bodies) == 5


@pytest.mark.parametrize("page", PAGES, ids=["en", "pt"])
def test_lists_take_the_filters_of_the_page(page: str, app: MockApp) -> None:
    control_api = ControlApi(app)
    paths = re.findall(r"`GET /_mock(/\w+\?[^`]*)`", page)
    assert len(paths) == 3
    for path in paths:
        query = re.sub(r"wait=\d+", "wait=0", path.replace("KEY", KEY))
        assert control_api.items(query) == []
