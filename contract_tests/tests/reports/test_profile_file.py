"""The profile of a host can be loaded, says what showed it, and gives nothing private away."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from megaapi_contract.judging.contract import Contract
from megaapi_contract.judging.switch_readings import Reading, SwitchReadings
from megaapi_contract.redaction.placeholders import Private
from megaapi_contract.redaction.redaction import Redaction
from megaapi_contract.reports.profile_file import Origin, changed_readings, profile_text
from megaapi_mock.profile import SWITCHES, default_profile, load_profile
from megaapi_mock.resources import root

from ..made_up import KEY, TOKEN, exchange

ORIGIN = Origin("https://host.example.test", "code", 5, 1767225600.0)
LISTED = "5511900000902"


def text_of(contract: Contract, read: dict[str, Reading], **unread: str) -> str:
    redaction = Redaction(contract, Private(key=KEY, token=TOKEN, recipients=(LISTED,)))
    return profile_text(SwitchReadings(read, unread), ORIGIN, redaction)


def loaded(text: str, folder: Path) -> dict[str, str]:
    path = folder / "profile.yaml"
    path.write_text(text, encoding="utf-8")
    profile = load_profile(str(path), root("fixtures"))
    assert profile.plan == "code"
    return {
        name: value for name, value in profile.values.items() if value != default_profile()[name]
    }


def test_every_value_of_every_switch_is_written_so_that_it_can_be_loaded(
    contract: Contract, tmp_path: Path
) -> None:
    count = max(len(switch.choices) for switch in SWITCHES)
    for turn in range(count):
        values = {
            switch.name: switch.choices[turn % len(switch.choices)]
            for switch in SWITCHES
            if switch.choices
        }
        text = text_of(contract, {name: Reading(value) for name, value in values.items()})
        wanted = {n: value for n, value in values.items() if value != default_profile()[n]}
        assert loaded(text, tmp_path) == wanted


@pytest.mark.parametrize(
    "body",
    [
        b'{"message":"a\\nplan: token"}', b"plan: token\nswitches: {}\r\nx: y", b"\xff\xfe\x00",
        "\u2028plan: token\u0085x".encode(), b"<html>" * 500, b"",
    ],
)  # fmt: skip
def test_nothing_a_host_answers_gets_out_of_its_comment(
    contract: Contract, tmp_path: Path, body: bytes
) -> None:
    reading = Reading("200", "a probe", exchange(status=200, body=body))
    text = text_of(contract, {"missing_text": reading}, echo="nothing shows it")
    assert loaded(text, tmp_path) == {"missing_text": "200"}
    assert max(map(len, text.splitlines())) < 400


def test_no_key_token_or_number_is_in_it(contract: Contract) -> None:
    body = f'{{"instance":{{"key":"{KEY}"}},"jid":"{LISTED}@s.whatsapp.net","t":"{TOKEN}"}}'
    reading: Any = Reading("200", "a probe", exchange(status=200, body=body.encode()))
    text = text_of(contract, {"missing_text": reading})
    assert "missing_text" in text
    assert not [secret for secret in (KEY, TOKEN, LISTED) if secret in text]


def test_what_was_not_seen_is_named_with_what_would_settle_it(contract: Contract) -> None:
    text = text_of(contract, {"echo": Reading("off")}, missing_text="nothing of this run shows it")
    (line,) = [line for line in text.splitlines() if "missing_text" in line]
    assert line.startswith("#") and "nothing of this run shows it" in line
    assert "to know it: a text message without `text`" in line


def test_only_what_differs_from_the_mock_is_told_apart() -> None:
    read = {"echo": Reading("off"), "acks": Reading("on")}
    assert changed_readings(SwitchReadings(read, {})).keys() == {"echo"}
