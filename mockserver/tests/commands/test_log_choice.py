"""What `serve` prints, chosen by --log and --log-private."""

from __future__ import annotations

import io
import json
import logging
from types import SimpleNamespace
from typing import Any

import pytest
from megaapi_mock.commands import log_choice
from megaapi_mock.commands.console import Lines
from megaapi_mock.commands.json_lines import JsonFormatter, JsonLines
from megaapi_mock.commands.output import Output
from megaapi_mock.errors import SetupError


def settings(**values: Any) -> Any:
    return SimpleNamespace(**{"log": "text", "log_private": False, "store": "memory", **values})


class Printed:
    """In place of an output: what was printed first, and last."""

    stream = io.StringIO()

    def __init__(self) -> None:
        self.first, self.last = list[str](), list[str]()

    def begin(self, text: str) -> None:
        self.first.append(text)

    def end(self, text: str) -> None:
        self.last.append(text)


@pytest.mark.parametrize("log", ["text", "json"])
def test_a_form_that_there_is_is_taken(log: str) -> None:
    log_choice.require_log(log)


@pytest.mark.parametrize("log", ["", "JSON", "xml"])
def test_a_form_that_there_is_not_is_refused(log: str) -> None:
    with pytest.raises(SetupError, match=f"--log {log}: use text or json"):
        log_choice.require_log(log)


def test_lines_that_nobody_read_are_told_in_the_form_of_the_log() -> None:
    text = log_choice.output_of(settings())._dropped.format(count=3)
    line = log_choice.output_of(settings(log="json"))._dropped
    assert text.startswith("(3 lines")
    assert json.loads(line.replace("{count}", "3").replace("{{", "{").replace("}}", "}"))


def test_calls_are_shown_in_the_form_of_the_log() -> None:
    printed: Any = Printed()
    assert isinstance(log_choice.lines_of(settings(), printed), Lines)
    assert isinstance(log_choice.lines_of(settings(log="json"), printed), JsonLines)


def test_a_start_in_json_is_one_object() -> None:
    printed: Any = Printed()
    greeting: Any = SimpleNamespace(profile="code", seed=7, resumes=False)
    log_choice.greet_as(settings(log="json"), greeting, printed, "http://127.0.0.1:8080")
    [line] = printed.first
    shown = json.loads(line)
    assert {name: shown[name] for name in ("url", "plan", "seed")} == {
        "url": "http://127.0.0.1:8080", "plan": "code", "seed": 7,
    }  # fmt: skip


def test_a_start_that_goes_on_names_no_seed_in_json() -> None:
    printed: Any = Printed()
    greeting: Any = SimpleNamespace(profile="code", seed=7, resumes=True)
    log_choice.greet_as(settings(log="json"), greeting, printed, "http://127.0.0.1:8080")
    assert "seed" not in json.loads(printed.first[0])


@pytest.mark.parametrize(("store", "keeps"), [("memory", False), ("sqlite:///m.db", True)])
def test_an_end_in_json_says_what_was_not_sent(
    monkeypatch: pytest.MonkeyPatch, store: str, keeps: bool
) -> None:
    monkeypatch.setattr(log_choice, "end_log", lambda: None)
    printed: Any = Printed()
    log_choice.farewell_of(settings(log="json", store=store), printed)(3)
    shown = json.loads(printed.last[0])
    assert (shown["webhooks_not_sent"], shown["kept_for_next_start"]) == (3, keeps)


def test_a_start_and_an_end_in_words_are_those_of_the_screen(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    said: list[Any] = []
    monkeypatch.setattr(log_choice, "greet", lambda *values: said.append(values))
    monkeypatch.setattr(log_choice, "farewell", lambda *values, **more: said.append((values, more)))
    printed: Any = Printed()
    greeting: Any = SimpleNamespace(resumes=False)
    log_choice.greet_as(settings(), greeting, printed, "url")
    log_choice.farewell_of(settings(), printed)(2)
    assert said == [(greeting, printed, "url"), ((printed, 2), {"keeps": False})]


@pytest.mark.parametrize(("log", "is_json"), [("text", False), ("json", True)])
def test_warnings_have_the_form_of_the_log(
    monkeypatch: pytest.MonkeyPatch, log: str, is_json: bool
) -> None:
    configured: dict[str, Any] = {}
    monkeypatch.setattr(logging, "basicConfig", lambda **values: configured.update(values))
    monkeypatch.setattr(log_choice, "LogHandler", logging.NullHandler)
    log_choice.begin_log(settings(log=log))
    [handler] = configured["handlers"]
    assert isinstance(handler.formatter, JsonFormatter) == is_json


@pytest.mark.parametrize("log", ["text", "json"])
def test_who_stands_by_says_for_whom_and_shows_no_password(log: str) -> None:
    stream = io.StringIO()
    output = Output(stream)
    store = "postgresql://mock:TESTPASSWORD0001@127.0.0.1/mock"
    chosen = settings(log=log, store=store)
    url, leader = "http://127.0.0.1:8080", "10.0.0.5:41873"
    log_choice.stand_by_as(chosen, output, url, leader)
    log_choice.end_stand_by(chosen, output)
    first, last = stream.getvalue().splitlines()
    assert url in first and leader in first and "TESTPASSWORD" not in first
    if log == "json":
        assert json.loads(first)["type"] == "standing_by"
        assert json.loads(last)["type"] == "stopped"
    else:
        assert last.startswith("Stopped")
