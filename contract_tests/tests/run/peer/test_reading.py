"""What is sent to a second instance is looked at where it arrives, and its webhook is put back."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from megaapi_contract.errors import SetupError
from megaapi_contract.host.stage import NO_READER
from megaapi_contract.host.target import HttpTarget
from megaapi_contract.judging.results import Report, Result
from megaapi_contract.probes.laws import all_laws
from megaapi_contract.run.notices import notices_after_run, notices_before_run
from megaapi_contract.run.peer.preparation import IN_USE, NOT_FORWARDED, ON_ANOTHER_HOST
from megaapi_contract.run.runner import prepare_run
from megaapi_contract.run.runner import run as run_all
from megaapi_contract.run.selection import skip_reason
from megaapi_contract.safety.restore_file import RestoreFile, restore_file_path
from megaapi_mock.spec.plans import EVERY_PLAN

from ...support import LISTED
from ..recording import RecordingProxy
from .pair import PEER_KEY, PEER_TOKEN, SENDS, Pair, two_instances

# Whole runs: `make hosts` has them.
pytestmark = pytest.mark.hosts

LETTERS = "a text arrives letter for letter"
FILE = "a file opens where it arrives: image"
OWNERS = "https://bot.example.test/hooks"
READERS = tuple(probe for probe in all_laws() if probe.reader)


@pytest.fixture
def pair() -> Iterator[Pair]:
    with two_instances(profile=EVERY_PLAN) as both:
        yield both


def run(pair: Pair, *names: str, **others: Any) -> Report:
    values = {"peer_target": "", "gateway_plan": EVERY_PLAN, "max_groups": 2, **others}
    return pair.run(probes=names, **values)


def results_of(report: Report) -> dict[str, Result]:
    return {result.probe: result for result in report.results}


def webhook_of(pair: Pair) -> Any:
    path = f"/rest/webhook/{PEER_KEY}"
    return pair.ask("GET", path, token=PEER_TOKEN)["webhookData"]


def set_webhook(pair: Pair, url: str) -> None:
    body = {"messageData": {"webhookUrl": url, "webhookEnabled": True}}
    pair.ask("POST", f"/rest/webhook/{PEER_KEY}/configWebhook", body, token=PEER_TOKEN)


def test_all_laws_of_a_reader_hold_on_two_healthy_instances(pair: Pair) -> None:
    report = run(pair, *(probe.name for probe in READERS))
    states = [result.state for result in report.results]
    assert states.count("passed") > 30 and {*states} <= {"passed", "left out"}, report.results


@pytest.mark.parametrize("name", [LETTERS, FILE, "a text to a group arrives letter for letter"])
def test_its_webhook_is_put_back(name: str, pair: Pair) -> None:
    set_webhook(pair, OWNERS)
    before = webhook_of(pair)
    report = run(pair, name)
    assert results_of(report)[name].state == "passed"
    assert webhook_of(pair) == before and before["webhookUrl"] == OWNERS


@pytest.mark.parametrize(
    ("fault", "sentence"),
    [
        (lambda payload: payload["message"]["extendedTextMessage"].update(text="Oi"),
         "every letter arrives"),
        (lambda payload: payload.update(pushName="Outra Loja"), "pushName is the author's name"),
        (lambda payload: payload["key"].update(remoteJid=f"{LISTED}@s.whatsapp.net"),
         "remoteJid is the chat with who wrote"),
    ],
)  # fmt: skip
def test_what_arrives_otherwise_is_noticed(fault: Any, sentence: str, pair: Pair) -> None:
    options = {"peer_target": "", "gateway_plan": EVERY_PLAN, "probes": (LETTERS,)}
    with pair.prepared(**options) as context:

        def spoil(body: bytes) -> list[bytes]:
            payload = json.loads(body)
            if payload.get("instance_key") == PEER_KEY and "message" in payload:
                fault(payload)
            return [json.dumps(payload).encode()]

        context.receiver.spoil = spoil
        report = run_all(context)
    assert sentence in {breach.message for breach in report.breaches}


def test_nothing_but_its_webhook_is_changed(pair: Pair) -> None:
    proxy = RecordingProxy(HttpTarget(pair.server.url))
    options = pair.options(peer_target="", gateway_plan=EVERY_PLAN, probes=(LETTERS, FILE))
    with prepare_run(options, proxy) as context:
        run_all(context)
    calls = [one.path for one in proxy.left if PEER_KEY in one.path and one.method != "GET"]
    paths = {path.replace(f"/{PEER_KEY}", "") for path in calls}
    assert paths == {"/rest/webhook/configWebhook", "/rest/instance/downloadMediaMessage"}


# -- where nobody looks ----------------------------------------------------------------------


def reason(pair: Pair, **others: Any) -> str:
    options = {"peer_target": "", "gateway_plan": EVERY_PLAN, **others}
    with pair.prepared(**options) as context:
        return skip_reason(READERS[0], context)


def test_it_is_said_why_nobody_looks(pair: Pair) -> None:
    without = {"peer_key": "", "peer_token": "", "recipients": (LISTED,)}
    assert reason(pair, **without) == NO_READER
    assert reason(pair, peer_target=pair.peer_target) == ON_ANOTHER_HOST
    assert reason(pair, forward=True) == NOT_FORWARDED
    allowed = frozenset({"reads", "sends"})
    assert reason(pair, allow=allowed, recipients=(LISTED,)).startswith("it changes")
    assert reason(pair) == ""


# -- what an interrupted run has left --------------------------------------------------------


def left_behind(pair: Pair, state_folder: Path) -> Path:
    """As a run that was killed leaves the second instance, and the file that says so."""
    path = restore_file_path(pair.server.url, PEER_KEY)
    path.parent.mkdir(parents=True, exist_ok=True)
    entry = {"what": "webhook", "url": OWNERS, "enabled": True}
    document = {
        "format": 1, "target": pair.server.url, "instance_key": PEER_KEY, "put_back": [entry],
    }  # fmt: skip
    path.write_text(json.dumps(document))
    assert path.parent == state_folder
    set_webhook(pair, "https://tunnel.example.test/dead")
    return path


@pytest.mark.parametrize("allow", [SENDS, SENDS - {"changes"}])
def test_the_next_run_puts_it_back(allow: frozenset[str], pair: Pair, state_folder: Path) -> None:
    path = left_behind(pair, state_folder)
    with pair.prepared(peer_target="", gateway_plan=EVERY_PLAN, allow=allow) as context:
        notices = [*notices_before_run(context)]
    assert webhook_of(pair)["webhookUrl"] == OWNERS and not path.exists()
    assert "an earlier run had left its webhook: put back now" in notices


def test_a_run_without_it_says_how_it_is_put_back(pair: Pair, state_folder: Path) -> None:
    path = left_behind(pair, state_folder)
    alone = {"peer_key": "", "peer_token": "", "peer_target": ""}
    with pair.prepared(**alone) as context:
        (notice,) = [one for one in notices_before_run(context) if "another instance" in one]
    assert notice.endswith(f"or: megaapi-contract restore {path}")
    restore = RestoreFile.for_instance(pair.server.url, PEER_KEY)
    assert restore.lock()
    with pair.prepared(**alone) as context:
        assert not any("another instance" in one for one in notices_before_run(context))
    restore.unlock()


def test_what_stands_in_its_file_is_said_after_a_run(pair: Pair, state_folder: Path) -> None:
    with pair.prepared(peer_target="", gateway_plan=EVERY_PLAN) as context:
        assert [*notices_after_run(context)] == []
        assert context.peer is not None and context.peer.gate.restore is not None
        context.peer.gate.restore.note({"what": "webhook", "url": OWNERS, "enabled": True})
        path = context.peer.gate.restore.path
        notices = [*notices_after_run(context)]
    assert len(notices) == 1 and str(path) in notices[0]


def test_two_runs_do_not_change_it_at_once(pair: Pair) -> None:
    options = {"peer_target": "", "gateway_plan": EVERY_PLAN}
    with pair.prepared(**options) as context:
        assert context.peer is not None and context.peer.gate.restore is not None
        # Another first instance, with the same second one.
        other = pair.ask("POST", "/_mock/instances", {"connected": True})
        with pytest.raises(SetupError, match=IN_USE):
            pair.prepared(**options, key=other["key"], token=other["token"]).__enter__()
    # Afterwards it is free again.
    with pair.prepared(**options):
        pass


def test_a_run_that_only_reads_has_no_file_of_it(pair: Pair) -> None:
    with pair.prepared(peer_target="", allow=SENDS - {"changes"}) as context:
        assert context.peer is not None and context.peer.gate.restore is None
