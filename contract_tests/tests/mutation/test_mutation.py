"""The faults are real, the stored score belongs to these sources, and a sample is noticed."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from megaapi_contract.errors import SetupError
from megaapi_contract.host.http import Answer
from megaapi_contract.judging.contract import Contract
from megaapi_contract.mutation.catalogue import all_mutants
from megaapi_contract.mutation.measure import PAGE, TABLE, chosen_mutants, docs
from megaapi_contract.mutation.mutant import Fault, InterceptedCall, Mutant
from megaapi_contract.mutation.mutated_mock import FaultBroken
from megaapi_contract.mutation.run_mutant import on_trial
from megaapi_contract.mutation.score import BAR, FAULTS_LEAST, Score, countable, load
from megaapi_contract.mutation.sources import sources_hash
from megaapi_contract.mutation.table import page
from megaapi_mock.spec.plans import EVERY_PLAN

MUTANTS = {mutant.name: mutant for mutant in all_mutants()}
AGAIN = "run make mutation"
# Spread over all controllers, the webhooks, and the kinds of fault.
SAMPLE = (
    "instance_status: always connected",
    "is_on_whatsapp: token not checked",
    "qr_code_base64: never another",
    "restart: breaks the link",
    "download_media: other bytes",
    "delete_instance: not done",
    "configure_webhook: not done",
    "send_text: cut",
    "upload_document: without its name",
    "send_media_base64: no limit",
    "text_to_many: names nobody",
    "send_list: 500 as 400",
    "change_token: old one too",
    "update_presence: phone not needed",
    "delete_message: not done",
    "add_participants: not kept",
    "list_groups: without communitys",
    "ack-read: lost",
    "echo: from somebody",
    "image: key useless",
)


@pytest.fixture(scope="module")
def stored() -> Score:
    return load(_folder() / TABLE)


def _folder() -> Path:
    folder = docs()
    assert folder is not None, "these tests belong to a checkout"
    return folder


def test_the_sample_is_noticed(stored: Score) -> None:
    unnoticed = []
    with on_trial() as trials:
        for name in SAMPLE:
            probe = stored.outcomes[name][1]
            assert trials.clean(probe) == "", f"the clean mock fails {probe!r}"
            if trials.of(MUTANTS[name], first=[probe]).outcome != "killed":
                unnoticed.append(name)
    assert unnoticed == []


class _Twin(Fault):
    """Asks and answers again, and changes nothing."""

    def answer(self, call: InterceptedCall) -> Answer:
        answer = call.ask(call.request)
        return Answer(answer.status, answer.headers, answer.body, answer.seconds + 1)

    def webhook(self, body: bytes) -> list[bytes]:
        return [bytes(body)]


class _Broken(Fault):
    """Its own code fails, on a request or on a webhook."""

    def answer(self, call: InterceptedCall) -> Answer:
        raise TypeError("a mistake in the fault")


class _BrokenOnWebhooks(Fault):
    def webhook(self, body: bytes) -> list[bytes]:
        raise TypeError("a mistake in the fault")


def _about_logout(make: Callable[[], Fault]) -> Mutant:
    return Mutant("nothing", "none", "Nothing is wrong.", make, ("logout",), ("disconnected",))


def test_a_fault_that_changes_nothing_is_idle_and_never_noticed() -> None:
    with on_trial() as trials:
        trials.probes = {
            name: probe
            for name, probe in trials.probes.items()
            if "logout" in probe.operations and probe.phase in ("laws", "webhooks")
        }
        result = trials.of(_about_logout(_Twin))
    assert result.outcome == "idle"
    assert result.tried == len(trials.probes) > 10


@pytest.mark.parametrize("make", [_Broken, _BrokenOnWebhooks])
def test_a_fault_whose_own_code_fails_is_no_kill(make: Callable[[], Fault]) -> None:
    with on_trial() as trials, pytest.raises(FaultBroken, match="a mistake in the fault"):
        trials.of(_about_logout(make), first=["after a logout nothing more is told"])


def test_the_sample_touches_every_controller_and_the_webhooks() -> None:
    sample = [MUTANTS[name] for name in SAMPLE]
    operations = {name for mutant in sample for name in mutant.operations}
    by_id = Contract(plan=EVERY_PLAN).by_id
    controllers = {operation.controller for operation in by_id.values()}
    assert {by_id[name].controller for name in operations} == controllers
    assert sum(bool(mutant.events) for mutant in sample) >= 3
    assert len(set(SAMPLE)) == 20


def test_every_fault_is_about_something_there_is() -> None:
    contract = Contract(plan=EVERY_PLAN)
    for mutant in MUTANTS.values():
        assert mutant.operations or mutant.events, mutant.name
        assert set(mutant.operations) <= set(contract.by_id), mutant.name
        assert set(mutant.events) <= set(contract.events), mutant.name
        assert mutant.sentence.endswith("."), mutant.name


def test_every_operation_and_every_event_has_faults() -> None:
    contract = Contract(plan=EVERY_PLAN)
    operations = {name for mutant in MUTANTS.values() for name in mutant.operations}
    events = {name for mutant in MUTANTS.values() for name in mutant.events}
    assert operations == set(contract.by_id)
    assert events == set(contract.events)


def test_the_stored_score_belongs_to_these_sources(stored: Score) -> None:
    assert stored.sources == sources_hash(), f"the score is of other sources: {AGAIN}"


def test_the_stored_score_is_of_these_faults(stored: Score) -> None:
    assert set(stored.outcomes) == set(MUTANTS), f"the faults have changed: {AGAIN}"


def test_the_stored_score_is_above_the_bar(stored: Score) -> None:
    mutants = [mutant for mutant in MUTANTS.values() if mutant.name in stored.outcomes]
    assert len(countable(mutants)) >= FAULTS_LEAST
    assert stored.share(mutants) >= BAR


def test_what_survives_has_a_reason(stored: Score) -> None:
    unexplained = [
        mutant.name
        for mutant in countable(MUTANTS.values())
        if stored.outcomes.get(mutant.name, ("survived", ""))[0] != "killed" and not mutant.reason
    ]
    assert unexplained == []


def test_the_page_shows_the_stored_score(stored: Score) -> None:
    page_text = (_folder() / PAGE).read_text(encoding="utf-8")
    assert page_text == page(stored, list(MUTANTS.values()), Contract(plan=EVERY_PLAN)), AGAIN


def test_the_hash_sees_a_change_of_any_source(monkeypatch: pytest.MonkeyPatch) -> None:
    before = sources_hash()
    read = Path.read_bytes

    def changed(ending: str) -> None:
        monkeypatch.setattr(
            Path, "read_bytes",
            lambda path: read(path) + (b"\n" if path.as_posix().endswith(ending) else b""),
        )  # fmt: skip

    for ending in (
        "megaapi_contract/judging/judge.py", "megaapi_mock/profile.py", "spec/openapi.yaml",
        "worlds/default.yaml",
    ):  # fmt: skip
        changed(ending)
        assert sources_hash() != before, ending
    monkeypatch.setattr(Path, "read_bytes", lambda path: read(path).replace(b"\n", b"\r\n"))
    assert sources_hash() == before


def test_faults_can_be_chosen_by_name_or_by_number() -> None:
    assert [mutant.name for mutant in chosen_mutants(["send_text: cut"], None)] == [
        "send_text: cut"
    ]
    assert len(chosen_mutants([], 20)) == 20
    assert len({mutant.operations for mutant in chosen_mutants([], 20)}) > 10
    with pytest.raises(SetupError, match="no fault is called"):
        chosen_mutants(["nothing of the kind"], None)


def test_a_table_that_is_none_says_what_to_do(tmp_path: Path) -> None:
    (tmp_path / TABLE).write_text("[]", encoding="utf-8")
    with pytest.raises(SetupError, match=AGAIN):
        load(tmp_path / TABLE)
