"""What a capture teaches: a patch that fits the contract, and sentences for the rest."""

from __future__ import annotations

import json
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from megaapi_contract.capture.capture import CASSETTE, FORMAT, VERSION
from megaapi_contract.capture.drift import compare
from megaapi_contract.capture.learn import SOURCE, learn
from megaapi_contract.cli import main
from megaapi_contract.errors import SetupError
from megaapi_contract.judging.contract import Contract
from megaapi_mock.resources import root
from megaapi_mock.spec.lint import lint

from .recorded import SENT, Record, call, send_text, webhook

CALL = {"messageType": "call", "type": "call", "data": {
    "chatId": "<number 2>@s.whatsapp.net", "from": "<number 2>@s.whatsapp.net", "id": "<id 1>",
    "date": "<time 1>", "offline": False, "status": "offer", "isVideo": False, "isGroup": False,
}}  # fmt: skip
TAUGHT: list[Record] = [
    send_text(1, "<number 2>", 202, {"queued": True, "position": "<int 1>",
                                     "others": [{"id": "<id 1>"}, {"id": "<id 2>"}],
                                     "none": [], "more": {"<name 2>": 1}}),
    send_text(2, "<number 2>", 200, SENT | {"requestId": "<id 9>"}),
    call(3, "is_on_whatsapp", "/rest/instance/isOnWhatsApp/<key 1>?jid=<number 2>", 200,
         {"exists": True, "jid": "<number 2>@s.whatsapp.net", "<name 1>": 1}),
    webhook(4, "call", CALL),
]  # fmt: skip


@pytest.fixture
def spec(tmp_path: Path) -> Path:
    """A copy of the contract that may be changed."""
    return Path(shutil.copytree(root("spec"), tmp_path / "spec"))


def apply(spec: Path, text: str) -> None:
    patch = spec.parent / "learned.patch"
    patch.write_text(text, encoding="utf-8")
    command = ["git", "apply", "--whitespace=nowarn", str(patch)]
    applied = subprocess.run(command, cwd=spec, capture_output=True, text=True, timeout=250)
    assert applied.returncode == 0, applied.stderr


def test_the_patch_teaches_the_contract_what_was_seen(spec: Path, every_plan: Contract) -> None:
    before = {drift.kind for drift in compare(TAUGHT[:2], every_plan).drifts}
    assert before == {"other status", "new field"}
    apply(spec, learn(TAUGHT, every_plan, spec))
    assert lint(spec) == []
    taught = Contract(spec, plan="all")
    assert [drift.as_json() for drift in compare(TAUGHT[:2], taught).drifts] == []
    assert taught.promise("send_text", 202).sources == (SOURCE,)
    assert taught.event_promise("call").grade == "observed"
    assert every_plan.event_promise("call").grade == "inferred"


def test_what_was_not_written_down_is_left_to_a_person(spec: Path, every_plan: Contract) -> None:
    text = learn(TAUGHT, every_plan, spec)
    by_hand = text.partition("By hand:")[2].partition("\n\n")[0]
    assert "is_on_whatsapp: new field: <name 1>" in by_hand and "send_text" not in by_hand


def test_a_switch_is_named_with_the_answer_that_shows_it(spec: Path, every_plan: Contract) -> None:
    answer = {"name": "UNAUTHORIZED", "message": "Instance not logged in", "statusCode": 401}
    refused = call(7, "list_groups", "/rest/group/list/<key 1>", 401, answer)
    text = learn([refused], every_plan, spec)
    assert "- disconnected_status=401: list_groups answered 401, record 7" in text


def test_nothing_is_learned_of_the_mock(
    spec: Path, every_plan: Contract, records: list[Record]
) -> None:
    with pytest.raises(SetupError, match="of the mock"):
        learn(records, every_plan, spec)


def command(*words: str) -> Any:
    return CliRunner().invoke(main, list(words), catch_exceptions=False)


def test_the_command_writes_a_new_file_and_changes_nothing(tmp_path: Path, spec: Path) -> None:
    header = {"format": FORMAT, "version": VERSION, "suite": "0", "plan": "all"}
    text = "".join(f"{json.dumps(line)}\n" for line in (header, *TAUGHT))
    (tmp_path / CASSETTE).write_text(text, encoding="utf-8")
    before = {file: file.read_bytes() for file in spec.rglob("*.yaml")}
    patch = tmp_path / "out.patch"
    words = ("learn", str(tmp_path), "--spec", str(spec), "-o", str(patch))
    assert command(*words).exit_code == 0
    assert "--- a/paths/send_message/send_text.yaml" in patch.read_text(encoding="utf-8")
    assert before == {file: file.read_bytes() for file in spec.rglob("*.yaml")}
    again = command(*words)
    assert again.exit_code == 2 and "there already" in again.stderr
