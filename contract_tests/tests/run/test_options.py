"""What a run is asked to do: refused before anything is sent when it does not fit together."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from megaapi_contract.errors import SetupError
from megaapi_contract.run.options import (
    CHAINS,
    CHAINS_QUICK,
    EXAMPLES,
    EXAMPLES_QUICK,
    MAX_SECONDS,
    RunOptions,
)

from ..support import KEY, LISTED, TOKEN

HOST = "https://host.example.test"


@pytest.mark.parametrize(
    ("given", "sentence"),
    [
        ({"allow": frozenset({"send"})}, "--allow send: did you mean sends?"),
        ({"recipients": ("123",)}, "--recipient 123: give 8 to 15 digits"),
        ({"recipients": ("100000000000002@lid",)}, "give 8 to 15 digits"),
        ({"gateway_plan": "cod"}, "--gateway-plan cod: did you mean code?"),
        ({"timeout": 0.0}, "--timeout must be above 0"),
        ({"timeout": float("nan")}, f"at most {MAX_SECONDS:g} seconds"),
        ({"pace": MAX_SECONDS + 1}, f"at most {MAX_SECONDS:g} seconds"),
        ({"pace": float("inf")}, f"at most {MAX_SECONDS:g} seconds"),
        ({"pace": -1.0}, "--pace not below"),
        ({"max_messages": -1}, "--max-messages, --max-groups and --pace not below"),
        ({"max_groups": -1}, "--max-messages, --max-groups and --pace not below"),
        ({"forward": True}, "--forward is for webhooks that the run redirects"),
        ({"token": "Bearer x"}, "--token: a blank, a line end or a letter beyond ASCII"),
        ({"control_token": "é"}, "--control-token: a blank, a line end or a letter"),
        ({"media_url": "files"}, "--media-url files: give an address like"),
        ({"media_url": "http://[::1"}, "--media-url http://[::1: this is not an address"),
        ({"media_url": "http://a.test:0"}, "give an address like"),
        ({"webhook_url": "http://a.test/?x=1"}, "give only scheme, host, port and path"),
        ({"webhook_url": "http://me@a.test/"}, "give only scheme, host, port and path"),
        ({"webhook_url": "http://a.test/#x"}, "give only scheme, host, port and path"),
        ({"webhook_url": "http://a.test/", "target": "mock"}, "hands webhooks over by itself"),
        ({"webhook_url": "http://a.test/"}, "(--webhook-port)"),
    ],
)
def test_what_does_not_fit_is_refused(given: dict[str, Any], sentence: str) -> None:
    with pytest.raises(SetupError) as refusal:
        RunOptions(**{"target": HOST, **given})
    assert sentence in str(refusal.value)


def test_what_fits_is_taken() -> None:
    RunOptions(
        target=HOST, allow=frozenset({"reads", "sends", "changes", "disconnects"}), timeout=0.5,
        pace=0.0, max_messages=0, max_groups=0, forward=True, token="!~", webhook_port=9,
        webhook_url="http://a.test:8080/hook", media_url="https://files.example.test/a.png",
    )  # fmt: skip


def test_recipients_are_written_as_digits_alone() -> None:
    options = RunOptions(HOST, recipients=(f"{LISTED}@s.whatsapp.net", " +5511900000003"))
    assert options.recipients == (LISTED, "5511900000003")


def test_a_quick_run_tries_less() -> None:
    whole, quick = RunOptions("mock"), RunOptions("mock", quick=True)
    assert (whole.examples, whole.chains) == (EXAMPLES, CHAINS)
    assert (quick.examples, quick.chains) == (EXAMPLES_QUICK, CHAINS_QUICK)


@pytest.mark.parametrize(
    ("given", "sentence"),
    [
        ({"key": "", "token": TOKEN}, "needs --instance-key and --token"),
        ({"key": KEY, "token": ""}, "needs --instance-key and --token"),
        ({"key": "a/b", "token": TOKEN}, "--instance-key: it takes letters"),
        ({"key": "..", "token": TOKEN}, "--instance-key: it takes letters"),
        ({"key": KEY, "token": TOKEN, "allow": frozenset({"sends"})}, "needs --recipient"),
    ],
)
def test_a_host_needs_an_instance(given: dict[str, Any], sentence: str) -> None:
    with pytest.raises(SetupError) as refusal:
        RunOptions(HOST, **given).require_instance()
    assert sentence in str(refusal.value)


def test_an_instance_that_is_whole_is_taken() -> None:
    RunOptions(HOST, key=KEY, token=TOKEN).require_instance()
    allow = frozenset({"sends"})
    RunOptions(HOST, key=KEY, token=TOKEN, allow=allow, recipients=(LISTED,)).require_instance()


def test_reports_show_what_is_unusual_and_nothing_private() -> None:
    usual = RunOptions("mock").public_values()
    assert usual == {
        "allow": "reads", "recipients": "0", "quick": "no", "strict": "no", "plan": "code",
    }  # fmt: skip
    allow = frozenset({"reads", "sends", "changes"})
    options = RunOptions(
        HOST, key=KEY, token="TESTTOKEN0002", allow=allow, recipients=(LISTED,), timeout=4.2,
        max_messages=5,
        max_groups=2, forward=True, control_api=False, control_token="TESTTOKEN0001",
        media_url="http://a.test", webhook_host="0.0.0.0", webhook_port=9,
        webhook_url="http://a.test:9/", spec=Path("/somewhere"),
    )  # fmt: skip
    assert options.public_values() == {
        "allow": "changes, reads, sends", "recipients": "1", "quick": "no", "strict": "no",
        "plan": "code", "control API": "no", "max messages": "5", "max groups": "2",
        "forward": "yes", "timeout": "5", "media url": "yes", "webhook url": "yes",
        "webhook port": "yes", "control token": "yes", "spec": "yes", "webhook host": "yes",
    }  # fmt: skip
    assert "TESTTOKEN" not in repr(options)
