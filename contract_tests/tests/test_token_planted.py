"""A host that says the token at every place it can: no output of a run repeats it."""

from __future__ import annotations

import json
import random
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
from megaapi_contract.host.http import Answer, Request
from megaapi_contract.host.target import HttpTarget, MockTarget, Target
from megaapi_contract.judging.results import Report, read_json
from megaapi_contract.run import command, preparation
from megaapi_contract.run.context import RunContext
from megaapi_contract.run.options import RunOptions
from megaapi_contract.safety import restore_file
from megaapi_mock.testing import MockServer

KEY = "megacode-TESTKEY0009"
HEADERS = ("X-Mock-Reason", "X-Foo", "Server", "Location", "Via", "ETag", "Date", "Vary")
OPERATIONS = ("instance_status", "send_text", "configure_webhook")


class Planter:
    """Writes a token into what passes, at random places and in every spelling."""

    def __init__(self, token: str, seed: int) -> None:
        self.token, self.drawn = token, random.Random(seed)

    def form(self) -> Any:
        token = self.token
        return self.drawn.choice([
            token, f"Bearer {token}", f"a {token}", quote(token, safe=""), token.upper(),
            f"https://h.test/?token={token}", f"{token}@s.whatsapp.net", f'say "{token}"',
            [token], {token: token}, {"token": token},
            int(token) if token.isdigit() else f"{token}.",
        ])  # fmt: skip

    def body(self, body: bytes) -> bytes:
        """A document with the token as a value or a name."""
        document = read_json(body)
        places = list(_places(document))
        if not places:
            return body
        node, key = self.drawn.choice(places)
        if isinstance(node, dict) and self.drawn.random() < 0.3:
            node[self.token] = self.form()
        else:
            node[key] = self.form()
        return json.dumps(document).encode()

    def answer(self, answer: Answer) -> Answer:
        """An answer with the token in a header, in the body, or as the body."""
        way = self.drawn.random()
        headers = list(answer.headers)
        if way < 0.2:
            headers.append((self.drawn.choice((*HEADERS, self.token)), str(self.form())))
        elif way < 0.3:
            headers = [each for each in headers if each[0].lower() != "content-type"]
            headers.append(("Content-Type", f"text/{self.token}"))
        elif way < 0.4:
            return Answer(answer.status, answer.headers, str(self.form()).encode())
        status = self.drawn.choice([answer.status] * 4 + [200, 401, 404, 500, 418])
        return Answer(status, tuple(headers), self.body(answer.body), answer.seconds)


def _places(node: Any) -> Iterator[tuple[Any, Any]]:
    inner: Any = node.items() if isinstance(node, dict) else ()
    for key, value in list(enumerate(node) if isinstance(node, list) else inner):
        yield node, key
        yield from _places(value)


class Telling:
    """A target that says the token once the run has begun."""

    def __init__(self, inner: Target, planter: Planter) -> None:
        self.inner, self.planter, self.begun = inner, planter, False

    def __getattr__(self, name: str) -> Any:
        return getattr(self.inner, name)

    def send(self, request: Request) -> Answer:
        answer = self.inner.send(request)
        quiet = not self.begun or request.path.startswith("/_mock")
        return answer if quiet or self.planter.drawn.random() > 0.4 else self.planter.answer(answer)


class TellingMock(MockTarget):
    """The same in this process."""

    def __init__(self, planter: Planter) -> None:
        self.planter, self.begun = planter, False
        super().__init__(seed=1)

    def send(self, request: Request) -> Answer:
        answer = super().send(request)
        quiet = not self.begun or request.path.startswith("/_mock")
        return answer if quiet or self.planter.drawn.random() > 0.4 else self.planter.answer(answer)


@pytest.fixture
def written(monkeypatch: pytest.MonkeyPatch) -> list[bytes]:
    """Every state the file of what must be put back was in."""
    bodies: list[bytes] = []
    replace = restore_file._write_atomically

    def spied(path: Path, content: bytes) -> None:
        bodies.append(content)
        replace(path, content)

    monkeypatch.setattr(restore_file, "_write_atomically", spied)
    return bodies


def begin(target: Telling | TellingMock, monkeypatch: pytest.MonkeyPatch) -> None:
    """Have a run judge this target, which talks from the first probe on."""
    run = command.run_all

    def told(context: RunContext, *others: Any) -> Report:
        target.begun = True
        random, damage = target.planter.drawn, target.planter.body
        # What is spoilt never counts as come: nobody waits long for it.
        context.receiver.patience = 0.2
        context.receiver.spoil = lambda body: [damage(body) if random.random() < 0.4 else body]
        try:
            return run(context, *others)
        finally:
            target.begun = False

    monkeypatch.setattr(command, "run_all", told)
    monkeypatch.setattr(preparation, "make_target", lambda options: target)


def in_none(token: str, folder: Path, words: str) -> None:
    """No output holds the token, as it is or as an address writes it."""
    files = {
        str(file.relative_to(folder)): file.read_text(encoding="utf-8")
        for file in folder.rglob("*")
        if file.is_file()
    }
    assert len(files) > 5, "a report was written"
    for form in {token.lower(), quote(token, safe="").lower()}:
        assert form not in words.lower()
        for name, text in files.items():
            position = text.lower().find(form)
            assert position < 0, (name, text[max(0, position - 60) : position + 40])
            assert form not in name.lower()


@pytest.mark.hosts
@pytest.mark.parametrize(
    "token", ["GeheimesWort7Q4Z", "772193", "hello", "Ab/c+d=e=="], ids=lambda token: token
)
def test_what_a_mock_says_of_the_token_is_not_repeated(
    token: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    target = TellingMock(Planter(token, 1))
    begin(target, monkeypatch)
    options = RunOptions(
        target="mock", key=KEY, token=token, quick=True, seed=1, operations=OPERATIONS
    )
    command.run(options, tmp_path / "report")
    captured = capsys.readouterr()
    in_none(token, tmp_path / "report", captured.out + captured.err)


@pytest.mark.hosts
@pytest.mark.parametrize("token", ["GeheimesWort7Q4Z", "772193"])
def test_what_a_host_says_of_the_token_is_not_repeated(
    token: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    written: list[bytes],
) -> None:
    with MockServer() as server:
        client = server.app.test_client()
        instance = {"key": KEY, "token": token, "connected": True, "number": "5511900000777"}
        assert client.post("/_mock/instances", json=instance).status_code < 300
        owner = {"webhookUrl": f"http://127.0.0.1:9/own?t={token}", "webhookEnabled": True}
        set_ = client.post(
            f"/rest/webhook/{KEY}/configWebhook", json={"messageData": owner},
            headers={"Authorization": f"Bearer {token}"},
        )  # fmt: skip
        assert set_.status_code == 200
        begin(Telling(HttpTarget(server.url), Planter(token, 1)), monkeypatch)
        options = RunOptions(
            target=server.url, key=KEY, token=token, quick=True, seed=1, operations=OPERATIONS,
            pace=0, allow=frozenset({"reads", "sends", "changes"}), control_api=False,
            recipients=("5511900000002",), timeout=60,
        )  # fmt: skip
        command.run(options, tmp_path / "report")
    captured = capsys.readouterr()
    in_none(token, tmp_path / "report", captured.out + captured.err)
    assert written and not [each for each in written if token.encode() in each]
