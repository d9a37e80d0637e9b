"""A kept fault can be tried again, elsewhere and with other values, and by nobody else's rules."""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from megaapi_contract.errors import BudgetSpent, NotTried, SetupError
from megaapi_contract.host.host_instance import HostInstance
from megaapi_contract.host.http import Answer, Request
from megaapi_contract.host.stage import MockStage
from megaapi_contract.host.target import MockTarget
from megaapi_contract.judging.contract import Contract
from megaapi_contract.judging.judge import Judge
from megaapi_contract.judging.results import Breach, Exchange, Promise, Report, Result
from megaapi_contract.probes.session import Session
from megaapi_contract.redaction.placeholders import Private
from megaapi_contract.redaction.redaction import Redaction
from megaapi_contract.redaction.vocabulary import Vocabulary
from megaapi_contract.replay.replay import Recording, load, replay
from megaapi_contract.reports import write_reports
from megaapi_contract.safety.fence import Fence
from megaapi_contract.safety.gate import Gate

RECIPIENT, OTHER = "5511900000902", "5511900000907"
Spoil = Callable[[Request, Answer], Answer]


class Host:
    """A mock in this process whose answers can be spoilt, with a session of its own."""

    def __init__(self, contract: Contract) -> None:
        self.target = MockTarget()
        self.spoil: Spoil = lambda request, answer: answer
        self.exchanges: list[Exchange] = []
        self.requests: list[Request] = []
        send = self.target.send

        def spoilt(request: Request) -> Answer:
            if request.path.startswith("/_mock/"):
                return send(request)
            self.requests.append(request)
            return self.spoil(request, send(request))

        self.target.send = spoilt
        self.gate = Gate(self.target, contract, on_exchange=self.exchanges.append)
        self.judge = Judge(contract, mock=True)
        self.stage = MockStage(self.target)
        self.session = Session(
            contract, self.gate, self.judge, self.target.receiver, (RECIPIENT,), 7, probe="a probe"
        )

    def values(self, instance: HostInstance, recipient: str = RECIPIENT) -> dict[str, str]:
        return {"instance_key": instance.key, "token": instance.token, "recipient_1": recipient}


@pytest.fixture
def host(contract: Contract) -> Iterator[Host]:
    replay_host = Host(contract)
    yield replay_host
    replay_host.stage.close()
    replay_host.target.close()


Keep = Callable[[], Recording]


@pytest.fixture
def keep(host: Host, contract: Contract, vocabulary: Vocabulary, tmp_path: Path) -> Keep:
    """Write the report of what the host's session found, and read its first fault."""

    def kept() -> Recording:
        breaches = tuple({each.identity: each for each in host.session.breaches}.values())
        report = Report(
            "mock", False, 7, 0.0, False, exchanges=host.exchanges,
            results=[
                Result("a probe", "laws", ("send_text",), "failed", breaches=breaches, first=1)
            ],
        )  # fmt: skip
        private = Private(recipients=(RECIPIENT,), tokens=host.stage.tokens)
        write_reports(report, tmp_path, Redaction(contract, private, vocabulary=vocabulary))
        return load(sorted((tmp_path / "failures").iterdir())[0])

    return kept


def created(request: Request, answer: Answer) -> Answer:
    """201 for every deleted message."""
    status = 201 if "deleteMessage" in request.target else answer.status
    return dataclasses.replace(answer, status=status)


def send_and_delete(host: Host, instance: HostInstance) -> None:
    """Deletes the message it has sent, which needs the id the host gave out."""
    host.session.call("instance_status", instance)
    data = {"to": RECIPIENT, "text": "Segredo do Zorba"}
    sent_message = host.session.call("send_text", instance, body={"messageData": data})
    key = sent_message.json["messageData"]["key"]
    host.session.call(
        "delete_message", instance, body={"messageData": {"to": RECIPIENT, "key": key}}
    )


def replayed(host: Host, recording: Recording, **others: Any) -> Any:
    parts: dict[str, Any] = {
        "judge": host.judge, "send": host.gate.send, "values": host.values(host.stage.instance()),
    }  # fmt: skip
    return replay(recording, **parts | others)


def test_it_still_fails_with_another_key_another_person_and_new_ids(host: Host, keep: Keep) -> None:
    host.spoil = created
    send_and_delete(host, host.stage.instance())
    recording = keep()
    host.requests.clear()
    learnt: list[str] = []
    instance = host.stage.instance()
    host.requests.clear()
    outcome = replayed(
        host,
        recording,
        values=host.values(instance, OTHER),
        learn=lambda exchange, value: learnt.append(value),
    )
    assert (outcome.state, outcome.exit_code) == ("still fails", 1)
    assert outcome.sentence == "still fails: delete_message: 201 is not promised"
    # The status call before gave nothing that is needed, so it is not made again.
    assert [each.target.rpartition("/")[2] for each in host.requests] == ["text", "deleteMessage"]
    assert all(instance.key in each.target for each in host.requests)
    given_out = outcome.exchanges[0].json["messageData"]["key"]["id"]
    deleted = json.loads(host.requests[1].body)["messageData"]["key"]
    assert deleted["id"] == given_out and given_out in learnt
    assert deleted["remoteJid"] == f"{OTHER}@s.whatsapp.net"
    assert b"Zorba" not in host.requests[0].body and OTHER.encode() in host.requests[0].body


def test_it_says_when_the_promise_is_kept_again(host: Host, keep: Keep) -> None:
    host.spoil = created
    send_and_delete(host, host.stage.instance())
    recording = keep()
    host.spoil = lambda request, answer: answer
    outcome = replayed(host, recording)
    assert (outcome.state, outcome.exit_code) == ("keeps", 0)
    assert outcome.sentence.startswith("does not fail any more")


def test_another_fault_of_the_same_answer_is_not_the_same_fault(host: Host, keep: Keep) -> None:
    host.spoil = created
    send_and_delete(host, host.stage.instance())
    recording = keep()
    host.spoil = lambda request, answer: (
        dataclasses.replace(answer, status=418) if "delete" in request.target else answer
    )
    assert replayed(host, recording).state == "keeps"


def test_values_that_are_not_given_are_asked_for(host: Host, keep: Keep) -> None:
    host.spoil = created
    send_and_delete(host, host.stage.instance())
    recording = keep()
    assert recording.needs == ("instance_key", "recipient_1", "token")
    assert recording.connected and not recording.by_probe
    for name, option in (("token", "--token"), ("recipient_1", "--recipient")):
        values = host.values(host.stage.instance())
        del values[name]
        with pytest.raises(SetupError, match=option):
            replayed(host, recording, values=values)


def test_a_value_the_host_no_longer_gives_ends_it(host: Host, keep: Keep) -> None:
    host.spoil = created
    send_and_delete(host, host.stage.instance())
    recording = keep()
    host.spoil = lambda request, answer: dataclasses.replace(answer, body=b"{}")
    values = {"instance_key": "megacode-TESTKEY0001", "token": "TESTKEY0001"}
    outcome = replayed(host, recording, values={**values, "recipient_1": OTHER})
    assert (outcome.state, outcome.exit_code) == ("not tried", 2)
    assert "gives no /messageData/key" in outcome.sentence


def test_what_the_gate_holds_back_is_not_sent(host: Host, keep: Keep, contract: Contract) -> None:
    host.spoil = created
    send_and_delete(host, host.stage.instance())
    recording = keep()
    instance = host.stage.instance()
    fence = Fence(
        contract, instance.key, instance.token, frozenset({"reads", "sends"}), frozenset()
    )
    host.requests.clear()
    gate = Gate(host.target, contract, fence=fence)
    outcome = replayed(host, recording, values=host.values(instance), send=gate.send)
    assert outcome.state == "not tried"
    assert "not listed" in outcome.sentence and host.requests == []


def law(host: Host) -> None:
    promise = Promise("observed", "paths/group/list_groups.yaml")
    words = 'the group "Zorba" is listed'
    host.session.breaches.append(
        Breach("a probe", "law", "list_groups", words, promise, rule=words)
    )


def test_a_law_is_judged_by_its_probe(host: Host, keep: Keep) -> None:
    law(host)
    recording = keep()
    assert recording.by_probe
    calls: list[tuple[str, int]] = []

    def rerun(rule: str) -> Callable[[str, int], list[Breach]]:
        def run(probe: str, seed: int) -> list[Breach]:
            calls.append((probe, seed))
            promise = Promise("observed", "paths/group/list_groups.yaml")
            return [Breach("a probe", "law", "list_groups", rule, promise, rule=rule)]

        return run

    # Another value in the place of the one that was taken out is the same fault.
    assert replayed(host, recording, rerun=rerun('the group "Ana" is listed')).exit_code == 1
    assert replayed(host, recording, rerun=rerun("the group is gone")).exit_code == 0
    assert calls == [("a probe", 7)] * 2
    without = replayed(host, recording)
    assert without.exit_code == 2 and "--seed 7 --probe 'a probe'" in without.sentence


def test_a_spent_budget_ends_a_probe(host: Host, keep: Keep) -> None:
    law(host)

    def spent(probe: str, seed: int) -> list[Breach]:
        raise BudgetSpent("20 messages are sent (--max-messages)")

    assert replayed(host, keep(), rerun=spent).sentence.startswith("held back: 20 messages")


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"{", "this is not JSON"),
        (b"[]", "this is not a replay"),
        (b'{"format": "something else"}', "this is not a replay"),
        (b'{"format": "megaapi-contract replay", "version": 2, "suite": "9.0.0"}', "9.0.0"),
        (b'{"format": "megaapi-contract replay", "version": 1}', "damaged"),
    ],
)
def test_other_files_are_refused_in_a_sentence(tmp_path: Path, content: bytes, words: str) -> None:
    file = tmp_path / "failure.json"
    file.write_bytes(content)
    with pytest.raises(SetupError, match=words):
        load(file)
    with pytest.raises(SetupError, match="No such file"):
        load(tmp_path / "missing.json")


def test_a_file_with_any_part_missing_or_of_another_type_is_damaged(host: Host, keep: Keep) -> None:
    host.spoil = created
    send_and_delete(host, host.stage.instance())
    path = keep().path
    whole = json.loads(path.read_bytes())
    needed = set(whole) - {"format", "suite", "target", "version"}
    for name in needed:
        for document in ({**whole, name: None}, {k: v for k, v in whole.items() if k != name}):
            path.write_text(json.dumps(document))
            with pytest.raises(SetupError, match="damaged"):
                load(path)
    for part in ("method", "path", "query", "headers"):
        document = json.loads(json.dumps(whole))
        document["exchanges"][0][part] = [1]
        path.write_text(json.dumps(document))
        with pytest.raises(SetupError, match="damaged"):
            load(path)


def no_refusal(request: Request, answer: Answer) -> Answer:
    """A status the contract does not know in place of every 401."""
    return dataclasses.replace(answer, status=418) if answer.status == 401 else answer


Header = Callable[[HostInstance, HostInstance], str]
SENT: dict[str, tuple[Header, str, str]] = {
    "a made-up one": (lambda _, other: "Bearer nobody", "Bearer xxxxxx", "Bearer ${OTHER_TOKEN:?}"),
    "another's": (
        lambda _, other: f"Bearer {other.token}",
        "Bearer {{other_token}}",
        "Bearer ${OTHER_TOKEN:?}",
    ),
    "another's, otherwise": (
        lambda _, other: f"Basic {other.token}",
        "Basic {{other_token}}",
        "Basic ${OTHER_TOKEN:?}",
    ),
    "the wrong one": (
        lambda *_: "Bearer TESTKEYWRONG", "Bearer TESTKEYWRONG", "Bearer TESTKEYWRONG"
    ),
    "none": (lambda *_: "Bearer ", "Bearer ", "Bearer "),
    "alone": (lambda instance, _: instance.token, "{{token}}", "$MEGAAPI_TOKEN"),
    "otherwise": (
        lambda instance, _: f"Basic {instance.token}", "Basic {{token}}", "Basic $MEGAAPI_TOKEN",
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", SENT)
def test_the_token_that_was_sent_is_recorded_whatever_the_answer(
    host: Host, keep: Keep, name: str
) -> None:
    token_sent, token_recorded, token_shown = SENT[name]
    host.spoil = no_refusal
    instance, other = host.stage.instance(), host.stage.instance()
    header = ("Authorization", token_sent(instance, other))
    host.session.exchange(Request("GET", f"/rest/config/{instance.key}", (header,)))
    recording = keep()
    assert dict(recording.document["exchanges"][-1]["headers"])["Authorization"] == token_recorded
    assert f'"Authorization: {token_shown}"' in curl(recording)
    values = {**host.values(host.stage.instance()), "other_token": instance.token}
    outcome = replayed(host, recording, values=values)
    assert outcome.state == "still fails", outcome.sentence


def curl(recording: Recording) -> str:
    report = json.loads((recording.path.parent.parent / "report.json").read_bytes())
    return str([*report["failures"], *report["findings"]][0]["curl"])


def test_a_token_that_was_set_is_the_instances_own(host: Host, keep: Keep) -> None:
    host.spoil = lambda request, answer: (
        dataclasses.replace(answer, status=418)
        if "/config/" in request.path and request.method == "GET"
        else answer
    )
    instance = host.stage.instance()
    data = {"messageData": {"token": "NEWTESTTOKEN0001"}}
    host.session.call("change_token", instance, body=data)
    host.session.call("config_details", instance, token="NEWTESTTOKEN0001")
    recording = keep()
    assert "$MEGAAPI_TOKEN" in curl(recording)
    first, last = recording.document["exchanges"]
    assert dict(first["headers"])["Authorization"] == "Bearer {{token}}"
    set_to = first["json"]["messageData"]["token"]
    assert dict(last["headers"])["Authorization"] == f"Bearer {set_to}"
    outcome = replayed(host, recording)
    assert outcome.state == "still fails" and outcome.exchanges[-1].status == 418


def test_the_probe_has_the_last_word_where_the_requests_show_no_fault(
    host: Host, keep: Keep
) -> None:
    host.spoil = created
    send_and_delete(host, host.stage.instance())
    recording, same = keep(), tuple(host.session.breaches)
    host.spoil = lambda request, answer: answer
    assert same and replayed(host, recording, rerun=lambda *_: same).state == "still fails"
    assert replayed(host, recording, rerun=lambda *_: ()).state == "keeps"

    def lost(probe: str, seed: int) -> list[Breach]:
        raise NotTried("it sends: --allow sends")

    outcome = replayed(host, recording, rerun=lost)
    assert (outcome.state, outcome.exit_code) == ("not tried", 2)
    assert "--allow sends" in outcome.sentence and "alone show no fault" in outcome.sentence


MEDIA, HOOK = "https://files.example.test/Zorba.png", "http://127.0.0.1:9/webhooks"
ADDRESSES = {
    MEDIA: "{{media_url}}",
    HOOK: "{{webhook_url}}",
    f"{HOOK}/Zorba1": "{{webhook_url}}/Xxxxx0",
    "https://loja.example.test/p/42": "https://xxxx.xxxxxxx.test/x/00",
    "Veja https://zorba.invalid, ou  não": "Xxxx xxxxx://xxxxx.xxxxxxx, xx  xéx",
    "Veja https://zorba.invalid\nagora": "Xxxx https://xxxxx.invalid\nxxxxx",
    "https://zorba.example.com/a": "xxxxx://xxxxx.xxxxxxx.xxx/x",
}


@pytest.mark.parametrize("url", ADDRESSES)
def test_an_address_comes_back_as_one_the_fence_knows(
    host: Host, contract: Contract, vocabulary: Vocabulary, tmp_path: Path, url: str
) -> None:
    host.spoil = lambda request, answer: dataclasses.replace(answer, status=418)
    instance = host.stage.instance()
    data = {"to": RECIPIENT, "type": "image", "url": url}
    host.session.call("send_media_url", instance, body={"messageData": data})
    private = Private(
        recipients=(RECIPIENT,), tokens=host.stage.tokens, media_url=MEDIA, webhook_url=HOOK
    )
    redaction = Redaction(contract, private, vocabulary=vocabulary)
    result = Result("a probe", "laws", (), "failed", breaches=tuple(host.session.breaches), first=1)
    report = Report("mock", False, 7, 0.0, False, exchanges=host.exchanges, results=[result])
    write_reports(report, tmp_path, redaction)
    recording = load(sorted((tmp_path / "failures").iterdir())[0])
    assert recording.document["exchanges"][0]["json"]["messageData"]["url"] == ADDRESSES[url]
    fence = Fence(
        contract, instance.key, instance.token, frozenset({"sends"}), frozenset({RECIPIENT}),
        addresses={"https://other.example.com/b.png", "http://127.0.0.1:7/webhooks"},
    )  # fmt: skip
    gate = Gate(host.target, contract, fence=fence)
    values = {
        **host.values(instance), "media_url": "https://other.example.com/b.png",
        "webhook_url": "http://127.0.0.1:7/webhooks",
    }  # fmt: skip
    outcome = replayed(
        host, recording, values=values, send=gate.send, learn=lambda _, value: gate.learn([value])
    )
    public = "example.com" in url or "invalid," in url
    assert outcome.state == ("not tried" if public else "still fails"), outcome.sentence
