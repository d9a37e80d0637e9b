"""A kept fault is sent with values of its own, judged again, and never called mended by mistake."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

import pytest
from megaapi_contract.errors import HeldBack, NotTried, SetupError
from megaapi_contract.host.http import Request
from megaapi_contract.judging.contract import Contract
from megaapi_contract.judging.judge import Judge
from megaapi_contract.judging.results import Breach, Exchange, Promise
from megaapi_contract.replay.recording import FORMAT, NO_GROUP, VERSION
from megaapi_contract.replay.replay import Recording, ReplayResult, load, replay

from ..made_up import exchange

KEY, TOKEN, RECIPIENT = "megacode-TESTKEY0001", "TESTKEY0001", "5511900000002"
VALUES = {"instance_key": KEY, "token": TOKEN, "recipient_1": RECIPIENT}
JSON = (("Content-Type", "application/json"),)
RULE = "messages come back as <text 12> and <number 1, written otherwise>"


def step(**changes: Any) -> dict[str, Any]:
    return {
        "operation": "send_text", "method": "POST", "query": [],
        "path": ["", "rest", "sendMessage", "{{instance_key}}", "text"],
        "headers": [["Authorization", "Bearer {{token}}"]],
        "json": {"messageData": {"to": "{{recipient_1}}", "text": "Xxx"}}, "answered": 201,
    } | changes  # fmt: skip


def document(*exchanges: dict[str, Any], **changes: Any) -> dict[str, Any]:
    fault = {"kind": "status", "operation": "send_text", "message": "418 is not promised",
             "rule": ""}  # fmt: skip
    return {
        "format": FORMAT, "version": VERSION, "suite": "0.1.0", "probe": "a probe", "seed": 7,
        "judged_by": "answer", "fault": fault, "needs": sorted(VALUES), "connected": True,
        "values": {}, "exchanges": [*exchanges] or [step()], "rerun": "megaapi-contract run",
    } | changes  # fmt: skip


def of_a_law(**changes: Any) -> dict[str, Any]:
    fault = {"kind": "law", "operation": "send_text", "message": RULE, "rule": RULE}
    return document(judged_by="probe", fault=fault, **changes)


class Host:
    """Answers each request with the next of these; keeps the requests and what was learnt."""

    def __init__(self, *answers: tuple[int, Any] | Exception) -> None:
        self.answers = list(answers)
        self.requests: list[Request] = []
        self.learnt: list[tuple[int | None, str]] = []

    def send(self, request: Request) -> Exchange:
        self.requests.append(request)
        answer = self.answers.pop(0)
        if isinstance(answer, Exception):
            raise answer
        body = json.dumps(answer[1]).encode()
        return exchange(len(self.requests), status=answer[0], headers=JSON, body=body)

    def learn(self, answer: Exchange | None, value: str) -> None:
        self.learnt.append((answer.number if answer else None, value))


def again(
    contract: Contract,
    recorded: dict[str, Any],
    host: Host,
    values: dict[str, str] | None = None,
    rerun: Callable[[str, int], Iterable[Breach]] | None = None,
) -> ReplayResult:
    return replay(
        Recording(Path("fault.json"), recorded), judge=Judge(contract, mock=False), send=host.send,
        values=VALUES if values is None else values, learn=host.learn, rerun=rerun,
    )  # fmt: skip


# -- the verdict ---------------------------------------------------------------------------------


def test_the_same_fault_still_fails(contract: Contract) -> None:
    result = again(contract, document(), Host((418, {})))
    assert (result.state, result.exit_code) == ("still fails", 1)
    assert result.sentence == "still fails: send_text: 418 is not promised"
    assert len(result.exchanges) == 1


def test_a_promise_that_is_kept_now_is_kept(contract: Contract) -> None:
    good = contract.answer_example(contract.by_id["send_text"])[2]
    result = again(contract, document(), Host((200, good)))
    assert (result.state, result.exit_code) == ("keeps", 0)


def test_another_fault_is_not_the_same(contract: Contract) -> None:
    assert again(contract, document(), Host((200, {}))).state == "keeps"
    assert again(contract, document(), Host((419, {}))).state == "keeps"


def test_a_request_the_gate_holds_back_was_not_tried(contract: Contract) -> None:
    result = again(contract, document(), Host(HeldBack("not listed")))
    assert (result.state, result.exit_code) == ("not tried", 2)
    assert result.sentence == "held back: not listed"


@pytest.mark.parametrize(
    ("need", "option"),
    [
        ("instance_key", "--instance-key"), ("token", "--token"), ("recipient_1", "--recipient"),
        ("recipient_3", "3 of --recipient"), ("media_url", "--media-url"),
        ("own_number", "an instance with a phone"), ("something", "something"),
    ],
)  # fmt: skip
def test_a_value_that_is_missing_is_named_by_its_option(
    need: str, option: str, contract: Contract
) -> None:
    host = Host()
    with pytest.raises(SetupError, match=f"fault.json needs {option}$"):
        again(contract, document(needs=[need]), host, values={})
    assert host.requests == []


# -- requests ------------------------------------------------------------------------------------


def test_values_are_put_into_path_query_headers_and_body(contract: Contract) -> None:
    host = Host((418, {}))
    recorded = document(step(
        path=["", "rest", "{{instance_key}}", "a b"],
        query=[["jid", "{{group}}"], ["x", "{{token}}"]],
        json={"a": ["{{recipient_1}}@s.whatsapp.net", 7, None, {"b": "{{A*5}}{{x*2}}"}]},
    ))  # fmt: skip
    again(contract, recorded, host, values={**VALUES, "instance_key": "a/b"})
    (request,) = host.requests
    assert request.target == f"/rest/a%2Fb/a%20b?jid={NO_GROUP.replace('@', '%40')}&x={TOKEN}"
    assert request.header("authorization") == f"Bearer {TOKEN}"
    expected = {"a": [f"{RECIPIENT}@s.whatsapp.net", 7, None, {"b": "AAAAAxx"}]}
    assert json.loads(request.body) == expected


def test_bytes_are_sent_as_they_were_kept_and_no_body_is_no_body(contract: Contract) -> None:
    host = Host((418, {}), (418, {}))
    raw = step(raw="{\u00e9 {{token}}")
    raw.pop("json")
    again(contract, document(raw), host)
    empty = step()
    empty.pop("json")
    again(contract, document(empty), host)
    assert [each.body for each in host.requests] == [b"{\xe9 " + TOKEN.encode(), b""]


def test_a_value_is_taken_from_an_earlier_answer_and_told_to_the_gate(contract: Contract) -> None:
    values = {
        "message_id:1": {"from": {"exchange": 1, "pointer": "/a~1b/0/~0id"}},
        "value:2": {"from": {"exchange": 2, "pointer": "/never"}},
    }
    second = step(json={"id": "{{message_id:1}}", "url": "x{{webhook_url}}"})
    third = step(json={"id": "{{message_id:1}}"}, path=["{{webhook_url}}/b"])
    host = Host((200, {"a/b": [{"~id": "3EB0"}]}), (200, {}), (418, {}))
    recorded = document(step(), second, third, values=values)
    again(contract, recorded, host, values={**VALUES, "webhook_url": "http://h"})
    assert json.loads(host.requests[1].body)["id"] == "3EB0"
    assert host.learnt == [(1, "3EB0"), (None, "http://h/b")]


@pytest.mark.parametrize("answer", [{}, {"a": []}, {"a": [7]}, {"a": "x"}, [], "x"])
def test_a_value_the_host_gives_no_more_leaves_the_fault_untried(
    answer: Any, contract: Contract
) -> None:
    values = {"value:1": {"from": {"exchange": 1, "pointer": "/a/0"}}}
    recorded = document(step(), step(json={"id": "{{value:1}}"}), values=values)
    result = again(contract, recorded, Host((200, answer)))
    assert result.state == "not tried" and len(result.exchanges) == 1
    assert result.sentence == "the answer to request 1 gives no /a/0 any more"


# -- probes --------------------------------------------------------------------------------------


def found(rule: str, operation: str = "send_text", kind: str = "law") -> list[Breach]:
    return [Breach("a probe", kind, operation, rule, Promise("observed", "a.yaml"), rule=rule)]


def test_a_fault_of_a_law_needs_its_probe(contract: Contract) -> None:
    host = Host()
    result = again(contract, of_a_law(), host)
    assert result.state == "not tried" and host.requests == []
    assert result.sentence == "the whole probe has to run again: megaapi-contract run"


@pytest.mark.parametrize(
    ("breaches", "state"),
    [
        (found("messages come back as Zorba\nand more and 55 11"), "still fails"),
        (found(RULE), "still fails"),
        (found("messages come back"), "keeps"),
        (found(RULE, operation="list_groups"), "keeps"),
        (found(RULE, kind="check"), "keeps"),
        ([], "keeps"),
    ],
)
def test_a_rule_is_the_same_with_any_values(
    breaches: list[Breach], state: str, contract: Contract
) -> None:
    calls: list[tuple[str, int]] = []

    def rerun(probe: str, seed: int) -> list[Breach]:
        calls.append((probe, seed))
        return breaches

    assert again(contract, of_a_law(), Host(), rerun=rerun).state == state
    assert calls == [("a probe", 7)]


@pytest.mark.parametrize(
    ("error", "sentence"),
    [(HeldBack("20 messages are sent"), "held back: 20 messages are sent"),
     (NotTried("no phone"), "not tried: no phone")],
)  # fmt: skip
def test_a_probe_that_could_not_run_says_why(
    error: Exception, sentence: str, contract: Contract
) -> None:
    def rerun(probe: str, seed: int) -> list[Breach]:
        raise error

    result = again(contract, of_a_law(), Host(), rerun=rerun)
    assert (result.state, result.sentence) == ("not tried", sentence)
    # The requests alone showed no fault: that is said, and is no all-clear.
    both = again(contract, document(), Host((200, {})), rerun=rerun)
    assert both.state == "not tried"
    assert both.sentence == f"{sentence}; the recorded requests alone show no fault"


def test_the_probe_has_the_last_word_where_the_requests_show_nothing(contract: Contract) -> None:
    host = Host((200, {}), (200, {}), (418, {}))
    still = found("418 is not promised", kind="status")
    assert again(contract, document(), host, rerun=lambda *_: still).state == "still fails"
    assert again(contract, document(), host, rerun=lambda *_: []).state == "keeps"
    # Where they show it, no probe has to run.
    assert again(contract, document(), host, rerun=None).state == "still fails"


# -- files ---------------------------------------------------------------------------------------


def test_a_file_is_read_as_it_was_kept(tmp_path: Path) -> None:
    path = tmp_path / "fault.json"
    path.write_text(json.dumps(document(needs=["token", "group"], connected=False)))
    recording = load(path)
    assert recording.needs == ("token",) and recording.about_a_group and not recording.connected
    assert recording.probe == "a probe" and not recording.by_probe
    path.write_text(json.dumps(of_a_law(exchanges=[])))
    assert load(path).by_probe and not load(path).about_a_group


WITHOUT = ["probe", "seed", "judged_by", "fault", "needs", "connected", "values", "exchanges",
           "rerun"]  # fmt: skip
DAMAGED: dict[str, Any] = {
    **{f"without {name}": {key: value for key, value in document().items() if key != name}
       for name in WITHOUT},
    "a seed in words": document(seed="seven"),
    "a fault without a rule": document(fault={"kind": "law", "operation": "x", "message": "m"}),
    "no requests": document(exchanges=[]),
    "a source in words": document(values={"a": "b"}),
    "a source without from": document(values={"a": {}}),
    "a source without a pointer": document(values={"a": {"from": {"exchange": 1}}}),
    "a request in words": document(exchanges=["x"]),
    "a path in words": document(step(path="/rest")),
    "a path of numbers": document(step(path=[1])),
    "no method": document(step(method=None)),
    "a query of words": document(step(query=["x"])),
    "a query of three": document(step(query=[["a", "b", "c"]])),
    "headers of numbers": document(step(headers=[["a", 1]])),
    "raw numbers": document(step(raw=7)),
}  # fmt: skip


@pytest.mark.parametrize("damage", DAMAGED)
def test_a_damaged_file_is_refused(damage: str, tmp_path: Path) -> None:
    path = tmp_path / "fault.json"
    path.write_text(json.dumps(DAMAGED[damage]))
    with pytest.raises(SetupError, match="the file is damaged"):
        load(path)


@pytest.mark.parametrize(
    ("content", "sentence"),
    [("{", "this is not JSON"), ("[]", "this is not a replay"),
     ('{"format": "x"}', "this is not a replay"),
     (json.dumps(document(version=99)), "version 99 is not known here")],
)  # fmt: skip
def test_another_file_is_refused_in_a_sentence(content: str, sentence: str, tmp_path: Path) -> None:
    path = tmp_path / "fault.json"
    path.write_text(content)
    with pytest.raises(SetupError, match=sentence):
        load(path)
    with pytest.raises(SetupError, match="No such file"):
        load(tmp_path / "another.json")
