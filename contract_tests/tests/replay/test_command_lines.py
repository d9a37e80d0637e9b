"""The lines that try something again say all that shaped the run, and nothing private."""

from __future__ import annotations

import shlex
from dataclasses import replace

from click import Context
from megaapi_contract import cli
from megaapi_contract.judging.results import Report
from megaapi_contract.replay.command_lines import probe_line, replay_line
from megaapi_contract.run.options import RunOptions

from ..made_up import failure, good

USUAL = RunOptions("https://host.example.test", key="K", token="T")
UNUSUAL = replace(
    USUAL, allow=frozenset({"reads", "sends", "changes"}),
    recipients=("5511900000902", "5511900000907"), quick=True, gateway_plan="start", timeout=90.0,
    max_messages=60, control_api=False, control_token="TESTKEYCONTROL9", webhook_port=9100,
    webhook_host="0.0.0.0", webhook_url="https://tunnel.example.test",
    media_url="https://files.example.test/a.png",
)  # fmt: skip


def report(options: RunOptions) -> Report:
    whole_report = good()
    whole_report.target, whole_report.options = options.target, options.public_values()
    return whole_report


def test_a_plain_run_is_a_plain_line() -> None:
    assert replay_line(report(USUAL), "failures/a b.json") == (
        "megaapi-contract replay 'failures/a b.json' --target https://host.example.test"
    )


def test_whatever_shaped_the_run_is_said() -> None:
    line = replay_line(report(UNUSUAL), "a.json")
    assert line == (
        "megaapi-contract replay a.json --target https://host.example.test --no-control-api "
        '--gateway-plan start --allow changes --allow sends --recipient "$RECIPIENT" '
        '--recipient "$RECIPIENT_2" --media-url "$MEDIA_URL" --webhook-url "$WEBHOOK_URL" '
        '--webhook-port "$WEBHOOK_PORT" --webhook-host "$WEBHOOK_HOST" '
        '--control-token "$CONTROL_TOKEN" --max-messages 60 --timeout 90 --quick'
    )
    # The command takes every option of it.
    words = [word.replace("$WEBHOOK_PORT", "9100") for word in shlex.split(line)[2:]]
    cli.replay.make_parser(Context(cli.replay)).parse_args(words)


def test_without_a_report_the_probe_is_run_again() -> None:
    line = probe_line(report(USUAL), failure())
    assert line == (
        "megaapi-contract run --target https://host.example.test --seed 7 "
        "--probe 'examples of send_text'"
    )
