"""A name on the command line that is none of a list is refused with the one that was meant."""

from __future__ import annotations

import pytest
from click.testing import CliRunner
from megaapi_mock.commands.main import main


@pytest.mark.parametrize(
    ("arguments", "meant"),
    [
        (["switches", "ackdelay"], "ack_delays"),
        (["events", "text-plan"], "text-plain"),
        (["faults", "bad-gatway"], "bad-gateway"),
        (["spec", "show", "send_tex"], "send_text"),
        (["spec", "diff", "--format", "jsn"], "json"),
        (["spec", "diff", "--fail-on", "braking"], "breaking"),
        (["serve", "--profile", "cod"], "code"),
        (["serve", "--world", "defalt"], "default"),
        (["serve", "--set", "ech=on"], "echo"),
        (["serve", "--set", "status_shape=objct"], "object"),
        (["serve", "--sync", "ful"], "full"),
        (["emit", "text-plan", "--to", "http://127.0.0.1:1/"], "text-plain"),
        (["emit", "text-plan", "--to", "http://127.0.0.1:1/", "--verdict"], "text-plain"),
        (["emit", "call", "--to", "http://127.0.0.1:1/", "--generation", "202"], "2026"),
    ],
)
def test_wrong_name_gets_the_one_that_was_meant(arguments: list[str], meant: str) -> None:
    done = CliRunner().invoke(main, arguments)
    assert done.exit_code == 2
    assert f"did you mean {meant}" in done.stderr


@pytest.mark.parametrize(
    ("arguments", "first", "others"),
    [
        (["switches", "echo"], "echo=on", "acks="),
        (["events", "text-plain"], "text-plain ", "text-extended"),
        (["faults", "bad-gateway"], "bad-gateway\n", "reset"),
    ],
)
def test_right_name_lists_that_one_alone(arguments: list[str], first: str, others: str) -> None:
    done = CliRunner().invoke(main, arguments)
    assert done.exit_code == 0
    assert done.output.startswith(first)
    assert others not in done.output
