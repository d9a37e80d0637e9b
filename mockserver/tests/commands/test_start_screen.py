"""The start screen says what is true of this start, in any terminal."""

from __future__ import annotations

import io
import re
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from megaapi_mock.commands.main import _control, _greeting
from megaapi_mock.commands.output import Output
from megaapi_mock.commands.start_screen import Greeting, greet, start_screen, with_instances
from megaapi_mock.profile import default_profile
from megaapi_mock.settings import Settings

URL = "http://127.0.0.1:8080"
LINKED = Greeting(
    key="megacode-TESTKEY0001", token="TESTKEY0001",
    unlinked="megacode-TESTKEY0002, token TESTKEY0002",
    profile="code", world="default", seed=7, control="this machine only",
)  # fmt: skip
EMPTY = Greeting(
    key=None, token=None, unlinked=None, profile="code", world="empty.yaml", seed=7, control="x"
)


def test_a_linked_instance_can_be_copied_and_tried() -> None:
    screen = start_screen(LINKED, URL)
    assert f"Address         {URL}\n" in screen
    assert f"curl {URL}/rest/sendMessage/megacode-TESTKEY0001/text" in screen
    assert "\x1b" not in screen


def test_a_world_without_a_linked_instance_says_how_to_make_one() -> None:
    screen = start_screen(EMPTY, URL)
    assert "no linked instance" in screen and f"curl {URL}/_mock/instances" in screen
    assert "sendMessage" not in screen and "none" not in screen.lower().replace("none:", "none")


def test_a_first_call_that_would_be_refused_is_not_shown(tmp_path: Path) -> None:
    world = tmp_path / "world.yaml"
    world.write_text("instances: []\n", encoding="utf-8")
    for host, token, call in (
        ("127.0.0.1", "", f"curl {URL}/_mock/instances"),
        ("0.0.0.0", "TESTTOKEN1", f"curl {URL}/_mock/instances"),
        ("0.0.0.0", "", "no linked instance: start with --control-token T to make one.\n"),
    ):
        settings = Settings(host=host, control_token=token, world=str(world))
        screen = start_screen(_greeting(settings, default_profile()), URL)
        assert call in screen
        assert ("curl" in screen) is ("curl" in call)


def test_a_store_is_named_and_what_it_begins_with() -> None:
    new = start_screen(replace(LINKED, store="sqlite:///mock.db"), URL)
    assert "Store           sqlite:///mock.db  (new)\n" in new and "(seed 7)" in new
    again = start_screen(replace(LINKED, store="sqlite:///mock.db", resumes=True), URL)
    assert "Store           sqlite:///mock.db  (goes on where it stopped)\n" in again
    # World and seed are those of the file.
    assert "code, that of the store\n" in again and "seed" not in again
    assert "Store" not in start_screen(LINKED, URL)


def listed(key: str, *, state: str, session: bool) -> dict[str, Any]:
    return {"key": key, "token": f"{key[9:]}", "state": state, "session": session}


def test_instances_of_a_store_stand_in_place_of_those_of_the_world() -> None:
    again = replace(LINKED, store="sqlite:///mock.db", resumes=True)
    instances = [
        listed("megacode-TESTKEY0007", state="disconnected", session=True),
        listed("megacode-TESTKEY0008", state="disconnected", session=False),
        listed("megacode-TESTKEY0009", state="connected", session=True),
    ]
    screen = start_screen(with_instances(again, instances), URL)
    assert "Instance key    megacode-TESTKEY0009\n  Token           TESTKEY0009\n" in screen
    assert "Never linked    megacode-TESTKEY0008, token TESTKEY0008" in screen
    assert "TESTKEY0001" not in screen and "TESTKEY0002" not in screen

    screen = start_screen(with_instances(again, instances[:1]), URL)
    assert "This store has no linked instance. Create one:" in screen and "Never" not in screen

    screen = start_screen(with_instances(again, None), URL)
    assert "Its instances are those of the store." in screen
    assert "curl" not in screen and "TESTKEY" not in screen


def test_colours_change_no_letter() -> None:
    plain, painted = start_screen(LINKED, URL), start_screen(LINKED, URL, colour=True)
    assert painted != plain
    assert re.sub(r"\x1b\[[0-9;]*m", "", painted) == plain


TOKEN_WANTED = "send X-Mock-Token: the value of --control-token or MEGAAPI_CONTROL_TOKEN"


@pytest.mark.parametrize(
    ("settings", "words"),
    [
        (Settings(), "this machine only"),
        (Settings(host="::1"), "this machine only"),
        (Settings(control_token="TESTTOKEN1"), "this machine only"),
        (Settings(host="0.0.0.0", control_token="TESTTOKEN1"), TOKEN_WANTED),
        (Settings(host="0.0.0.0"), "shut on 0.0.0.0: start with --control-token T to use it"),
    ],
)
def test_who_may_use_the_control_api(settings: Settings, words: str) -> None:
    assert _control(settings) == words
    assert words in start_screen(_greeting(settings, default_profile()), URL)


def test_first_call_has_the_token_only_where_it_is_asked_for() -> None:
    shown = [
        _greeting(Settings(host=host, control_token="TESTTOKEN1"), default_profile()).asks_token
        for host in ("127.0.0.1", "::1", "0.0.0.0")
    ]
    assert shown == [False, False, True]


def test_the_token_of_the_control_api_is_not_shown() -> None:
    greeting = _greeting(Settings(control_token="TESTTOKEN1"), default_profile())
    assert "TESTTOKEN1" not in start_screen(greeting, URL)


def test_it_stands_above_calls_that_came_before_it() -> None:
    stream = io.StringIO()
    output = Output(stream)
    output.write("a call\n")
    greet(LINKED, output, URL)
    output.end(within=60)
    assert stream.getvalue().index("megaAPI mock") < stream.getvalue().index("a call")
