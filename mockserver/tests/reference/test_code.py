"""Every program of the pages, run by its own interpreter against a running mock."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from megaapi_mock.records.exchange import Exchange
from megaapi_mock.reference.calls import CallExample
from megaapi_mock.reference.causes import emit_command
from megaapi_mock.reference.code import LANGUAGES, csharp, curl, javascript, php, python
from megaapi_mock.reference.contract import Contract
from megaapi_mock.testing import MockServer

from ..processes import mock_command
from ..support import RecordingTransport
from . import running
from .running import (
    CRASHES_MOST,
    INTERPRETERS,
    Example,
    InterpreterCrashed,
    event_examples,
    operation_examples,
    require_made,
    run,
)

# Part of `make test`; the others are in `make languages`, which installs what they need.
ALWAYS = {"python", "curl"}


@pytest.fixture
def exchanges() -> list[Exchange]:
    return []


@pytest.fixture
def mock(exchanges: list[Exchange]) -> Iterator[MockServer]:
    with MockServer(
        profile="all", on_exchange=exchanges.append, transport=RecordingTransport()
    ) as server:
        yield server


def languages() -> list[object]:
    return [
        pytest.param(each.id, marks=[] if each.id in ALWAYS else [pytest.mark.languages])
        for each in LANGUAGES
    ]


def require_interpreter(language: str) -> None:
    missing = [name for name in INTERPRETERS[language] if shutil.which(name) is None]
    assert missing == [], f"{language}: {missing} not installed; `make languages` installs it"


@pytest.mark.parametrize("language", languages())
def test_programs_of_operations_make_the_calls_of_the_contract(
    contract: Contract,
    language: str,
    mock: MockServer,
    exchanges: list[Exchange],
    tmp_path: Path,
) -> None:
    require_interpreter(language)
    examples = list(operation_examples(contract))
    printed = run(language, examples, mock.url, tmp_path, forget=exchanges.clear)
    assert len(exchanges) == len(examples) >= 50
    for example, exchange in zip(examples, exchanges, strict=True):
        require_made(example, exchange, printed[example.name], tmp_path)
        if language != "curl" and example.call.file is None:
            assert printed[example.name].startswith("200 "), example.name


def test_programs_of_events_let_the_contact_do_it(
    contract: Contract, mock: MockServer, tmp_path: Path
) -> None:
    examples = list(event_examples(contract))
    printed = run("curl", examples, mock.url, tmp_path)
    for example in examples:
        answer = json.loads(printed[example.name])
        assert "error" not in answer, (example.name, answer)


def test_command_that_emits_an_event_is_one_of_the_program() -> None:
    words = emit_command("image").split()
    assert words[:3] == ["megaapi-mock", "emit", "image"]
    assert mock_command("emit", "image")[-2:] == words[1:3]
    assert words[3:] == ["--to", "http://127.0.0.1:9000/hook"]


ODD = {
    "quotes": "it's \"quoted\" and 'so'",
    "marks": '$HOME `id` \\ \\n %s {x} ${y} #{z} <?php ?> @"',
    "lines": "one\ntwo\ttab\r\n",
    "letters": "ação 😀 \u2028",
    "empty": {},
    "list": [],
    "nothing": None,
    "numbers": [1, -2.5, 1e21, True, False],
    'odd name\'s "$x"': {"": [[], {}, [{"a": []}]]},
}


@pytest.mark.parametrize("language", languages())
def test_a_body_arrives_as_it_is_whatever_stands_in_it(
    language: str, mock: MockServer, exchanges: list[Exchange], tmp_path: Path
) -> None:
    require_interpreter(language)
    url = "http://127.0.0.1:8080/rest/sendMessage/megacode-TESTKEY0001/text"
    headers = {"Authorization": "Bearer TESTKEY0001", "Content-Type": "application/json"}
    call = CallExample(
        "odd", "", "POST", url, headers, {"messageData": {**ODD, "to": "5511900000002"}}
    )
    run(language, [Example("odd", call)], mock.url, tmp_path, forget=exchanges.clear)
    [exchange] = exchanges
    assert json.loads(exchange.request_body) == call.body


def test_programs_read_as_people_write_them() -> None:
    headers = {"Authorization": "Bearer T", "Content-Type": "application/json"}
    call = CallExample("x", "", "POST", "http://127.0.0.1:8080/x", headers, {"a": "b", "c": None})
    assert curl(call).endswith("""-d '{"a": "b", "c": null}'\n""")
    assert 'json={"a": "b", "c": None},' in python(call)
    assert "$body = ['a' => 'b', 'c' => null];" in php(call)
    assert 'body: JSON.stringify({ a: "b", c: null }),' in javascript(call)
    assert 'new AuthenticationHeaderValue("Bearer", "T");' in csharp(call)


@pytest.mark.parametrize("crashes", [1, CRASHES_MOST, CRASHES_MOST + 1])
def test_program_is_run_again_where_its_interpreter_crashed(
    crashes: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    forgotten: list[int] = []

    def crashing(*_: Any) -> dict[str, str]:
        if len(forgotten) < crashes:
            raise InterpreterCrashed
        return {"a": "200 {}"}

    def forget() -> None:
        forgotten.append(1)

    monkeypatch.setattr(running, "_run", crashing)
    if crashes > CRASHES_MOST:
        with pytest.raises(InterpreterCrashed):
            run("csharp", [], "", tmp_path, forget)
    else:
        assert run("csharp", [], "", tmp_path, forget) == {"a": "200 {}"}
        assert len(forgotten) == crashes
