"""Answers that no gateway gives, secrets nobody has, and mistakes of our own: never a traceback."""

from __future__ import annotations

import json
import random
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result
from megaapi_contract.cli import main
from megaapi_contract.host.http import Answer, Request
from megaapi_contract.host.target import MockTarget
from megaapi_contract.judging.results import read_json
from megaapi_contract.probes.laws import all_laws
from megaapi_contract.probes.probe import Probe
from megaapi_contract.run import preparation, runner, selection
from megaapi_contract.run.attempt import is_reading_error
from megaapi_contract.run.options import RunOptions
from megaapi_mock.spec.plans import EVERY_PLAN

from ..support import KEY, TOKEN, answering, reply

SECRET = "Geheim/0001+Segredo"
ODD: list[Any] = [
    [], {}, "x", None, 5, -1.5, True, "", [[]], [None], {"x": {}}, [5], {"id": 5}, ["x", {}],
]  # fmt: skip
DEEP = b"[" * 400 + b"]" * 400


def judged(target: str, *options: str, key: str = KEY, token: str = TOKEN) -> Result:
    host_options = ["--target", target, "--instance-key", key, "--token", token, "--pace", "0"]
    return CliRunner().invoke(
        main, ["run", *host_options, "--quick", *options], catch_exceptions=False
    )


@pytest.mark.parametrize("status", [b"[]", b'"x"', b"5", b"null", b"\xff"])
def test_a_status_that_is_no_object_is_no_gateway(status: bytes) -> None:
    with answering(lambda c: c.sendall(reply("200 OK", "application/json", status))) as host:
        result = judged(host)
    assert result.exit_code == 2, result.output
    assert "is it a megaAPI host" in result.stderr and "Traceback" not in result.output


@pytest.mark.parametrize(
    ("status", "problem"),
    [
        (b'{"error": false, "message": "\\udfff"}', "half a surrogate pair"),
        (b'{"error": false, "n": ' + b"9" * 5000 + b"}", "a number of hundreds of digits"),
        (b'\xef\xbb\xbf{"error": false}', "a byte order mark"),
        (DEEP, "nested too deep"),
    ],
)
def test_a_status_of_legal_json_that_cannot_be_read_is_called_that(
    status: bytes, problem: str
) -> None:
    with answering(lambda c: c.sendall(reply("200 OK", "application/json", status))) as host:
        result = judged(host)
    assert result.exit_code == 2, result.output
    assert problem in result.stderr and "is it a megaAPI host" not in result.stderr


@pytest.mark.parametrize(
    "instance", ["connected", [], {"user": "x"}, {"user": {"id": {}}}, {"status": ["connected"]}]
)
def test_a_status_of_another_shape_is_judged(instance: Any) -> None:
    body = json.dumps({"error": False, "message": "", "instance": instance}).encode()
    with answering(lambda c: c.sendall(reply("200 OK", "application/json", body))) as host:
        result = judged(host, "--operation", "instance_status")
    assert result.exit_code == 1, result.output
    assert "Failures: the host is wrong" in result.output


@pytest.mark.parametrize(
    "odd", [f"{SECRET} x", f"{SECRET}\r\nX: 1", f"{SECRET}\n", f"Bearer {SECRET}"]
)
def test_a_token_no_header_can_hold_is_refused_unseen(odd: str) -> None:
    result = judged("https://host.example.test", token=odd)
    assert result.exit_code == 2, result.output
    assert "--token: a blank" in result.stderr and SECRET not in result.output


@pytest.mark.parametrize("odd", ["megacode x", "megacode/x", "megacode\n", "../x", "a..b"])
def test_a_key_no_path_can_hold_is_refused(odd: str) -> None:
    result = judged("https://host.example.test", key=odd)
    assert result.exit_code == 2, result.output
    assert "--instance-key: it takes letters" in result.stderr and odd not in result.output


def test_what_nests_beyond_what_anybody_reads_is_no_document() -> None:
    assert read_json(b"[" * 100 + b"]" * 100) is not None
    assert read_json(b"[" * 101 + b"]" * 101) is None


# -- mistakes of ours ------------------------------------------------------------------------


def _mistaken(error: Exception) -> Probe:
    def run(session: Any, stage: Any) -> None:
        session.call("instance_status", stage.instance())
        raise error

    return Probe("a law with a mistake in it", "laws", ("instance_status",), run)


@pytest.mark.parametrize(
    "error", [TypeError(SECRET), LookupError(SECRET), AttributeError(SECRET), OSError(SECRET)]
)
def test_a_mistake_of_ours_is_said_to_be_ours(
    error: Exception, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(selection, "all_laws", lambda: (_mistaken(error),))
    result = judged("mock", "--probe", "a law with a mistake in it")
    assert result.exit_code == 2, result.output
    assert "this is a mistake in megaapi-contract, not in the host" in result.output
    assert type(error).__name__ in result.output
    assert SECRET not in result.output and "Traceback" not in result.output


def _ours() -> list[Exception]:
    """What our own calls raise when they are written wrongly."""
    errors: list[Exception] = []
    for wrong in (
        lambda: read_json(),  # type: ignore[call-arg]
        lambda: read_json(b"", b""),  # type: ignore[call-arg]
        lambda: read_json(body=b"", more=1),  # type: ignore[call-arg]
        lambda: json.nothing_of_this_name,  # type: ignore[attr-defined]
        lambda: Probe.nothing,  # type: ignore[attr-defined]
        lambda: RunOptions("mock")(),  # type: ignore[operator]
    ):
        try:
            wrong()
        except Exception as error:
            errors.append(error)
    return [*errors, AttributeError(SECRET), NameError(SECRET), ZeroDivisionError()]


def _of_a_document() -> list[Exception]:
    """What reading a document of another shape raises."""
    document: Any = {"a": None, "b": 5, "c": "x", "d": []}
    errors: list[Exception] = []
    for read in (
        lambda: document["z"], lambda: document["a"]["b"], lambda: document["b"]["c"],
        lambda: document["c"]["d"], lambda: document["d"][0], lambda: document["b"].get("x"),
        lambda: document["a"].items(), lambda: "x" in document["b"], lambda: int(document["c"]),
        lambda: {document["d"]}, lambda: list(document["b"]), lambda: document["b"] < "x",
    ):  # fmt: skip
        try:
            read()
        except Exception as error:
            errors.append(error)
    return errors


def test_only_what_reading_a_document_raises_can_be_a_verdict() -> None:
    assert len(_ours()) == 9 and len(_of_a_document()) == 12
    assert [error for error in _ours() if is_reading_error(error)] == []
    assert [error for error in _of_a_document() if not is_reading_error(error)] == []


@pytest.mark.parametrize("error", [_ours()[0], AttributeError(SECRET)], ids=repr)
def test_a_mistake_of_ours_is_ours_also_where_the_host_is_wrong(
    error: Exception, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Wrong(MockTarget):
        def send(self, request: Request) -> Answer:
            answer = super().send(request)
            status = request.path.startswith("/rest/instance/") and answer.status == 200
            return Answer(200, answer.headers, b"{}") if status else answer

    monkeypatch.setattr(preparation, "make_target", lambda options: Wrong(seed=1))
    monkeypatch.setattr(selection, "all_laws", lambda: (_mistaken(error),))
    result = judged("mock", "--probe", "a law with a mistake in it")
    assert result.exit_code == 2, result.output
    assert "this is a mistake in megaapi-contract, not in the host" in result.output
    assert "could not read" not in result.output and SECRET not in result.output


@pytest.mark.hosts
def test_a_mistake_in_the_midst_of_a_run_leaves_a_report(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(runner, "coverage_of", lambda *given: {}[SECRET])
    result = judged("mock", "--operation", "instance_status", "--report", str(tmp_path / "r"))
    assert result.exit_code == 2 and "this is a mistake in megaapi-contract" in result.stderr
    report_text = (tmp_path / "r" / "report.json").read_text()
    assert "this is a mistake in megaapi-contract" in report_text and SECRET not in report_text


def test_a_mistake_anywhere_else_is_one_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(options: RunOptions) -> None:
        raise TypeError(SECRET)

    monkeypatch.setattr(preparation, "make_target", fail)
    result = judged("mock")
    assert result.exit_code == 2 and "this is a mistake in megaapi-contract" in result.stderr
    assert SECRET not in result.output and len(result.stderr.splitlines()) == 1


# -- a host whose answers are damaged at random ----------------------------------------------


class Damaged(MockTarget):
    """Every third answer has something odd in it, or another status."""

    damages = False

    def __init__(self, seed: int) -> None:
        super().__init__(seed=seed, profile=EVERY_PLAN)
        self.random = random.Random(seed)

    def send(self, request: Request) -> Answer:
        answer = super().send(request)
        if not self.damages or request.path.startswith("/_mock") or self.random.random() > 0.3:
            return answer
        return self._damaged(answer)

    def _damaged(self, answer: Answer) -> Answer:
        way = self.random.random()
        if way < 0.05:
            return Answer(answer.status, answer.headers, DEEP)
        if way < 0.1:
            return Answer(200, answer.headers, json.dumps(self.random.choice(ODD)).encode())
        if way < 0.2:
            return Answer(
                self.random.choice([404, 401, 403, 500, 200]), answer.headers, answer.body
            )
        return Answer(answer.status, answer.headers, damaged(answer.body, self.random))


def damaged(body: bytes, dice: random.Random) -> bytes:
    """One member of a document replaced by something odd, or taken out."""
    document = read_json(body)
    places = list(_places(document))
    if not places:
        return body
    node, key = dice.choice(places)
    if dice.random() < 0.3 and isinstance(node, dict):
        del node[key]
    else:
        node[key] = dice.choice(ODD)
    return json.dumps(document).encode()


def _places(node: Any) -> Any:
    inner = (
        node.items()
        if isinstance(node, dict)
        else enumerate(node)
        if isinstance(node, list)
        else ()
    )
    for key, value in inner:
        yield node, key
        yield from _places(value)


@pytest.mark.hosts
@pytest.mark.parametrize("seed", [1, 2])
def test_no_law_makes_a_mistake_whatever_comes(seed: int) -> None:
    target, mistakes = Damaged(seed), []
    options = RunOptions(target="mock", quick=True, seed=seed, gateway_plan=EVERY_PLAN)
    with runner.prepare_run(options, target) as context:
        context.receiver.spoil = lambda body: (
            [damaged(body, target.random)] if target.random.random() < 0.2 else [body]
        )
        context.receiver.patience = 0
        for probe in all_laws():
            target.damages = True
            result = runner.try_probe(probe, context)
            target.damages = False
            context.stage.close()
            mistakes += [(probe.name, result.reason)] if result.bug else []
    assert mistakes == []
