"""The token is in no output, wherever it was written: on purpose, by mistake, or by the host."""

from __future__ import annotations

import json
import socket
from collections.abc import Callable
from pathlib import Path
from urllib.parse import quote

import pytest
from click.testing import CliRunner, Result
from hypothesis import given, settings
from hypothesis import strategies as st
from megaapi_contract.cli import main
from megaapi_contract.run.secrets import remove_secrets

from ..support import KEY, LISTED, answering, reply

TOKEN = "GeheimesWort7Q4Z"
HOST = "https://host.example.test"


def contract(*words: str, **environment: str) -> Result:
    return CliRunner().invoke(main, [*words], env=environment, catch_exceptions=False)


def is_token_in(text: str) -> bool:
    return TOKEN.lower() in text.lower()


RUN = ("run", "--instance-key", KEY, "--token", TOKEN, "--quick", "--pace", "0", "--timeout", "2")
MISPLACED = {
    "address with a password": ("--target", f"http://user:{TOKEN}@127.0.0.1:1"),
    "address with a path": ("--target", f"http://127.0.0.1:1/{TOKEN}"),
    "address with a query": ("--target", f"http://127.0.0.1:1?t={TOKEN}"),
    "address": ("--target", TOKEN),
    "host": ("--target", f"http://{TOKEN}.invalid"),
    "port": ("--target", f"http://127.0.0.1:{TOKEN}"),
    "recipient": ("--target", HOST, "--recipient", TOKEN),
    "plan": ("--target", HOST, "--gateway-plan", TOKEN),
    "allow": ("--target", HOST, "--allow", TOKEN),
    "seed": ("--target", HOST, "--seed", TOKEN),
    "probe": ("--target", "mock", "--probe", TOKEN),
    "operation": ("--target", "mock", "--operation", TOKEN),
    "media url": ("--target", HOST, "--media-url", TOKEN),
    "webhook url": ("--target", HOST, "--webhook-url", f"https://a.test/?t={TOKEN}"),
    "webhook host": ("--target", "mock", "--webhook-host", TOKEN, "--webhook-port", "x"),
    "spec": ("--target", "mock", "--spec", f"/nowhere/{TOKEN}"),
    "extra argument": ("--target", "mock", TOKEN),
    "key": ("--target", HOST, "--instance-key", f"a b {TOKEN}"),
    "token with a line end": ("--target", HOST, "--token", f"{TOKEN}\n"),
}


@pytest.mark.parametrize("words", MISPLACED.values(), ids=MISPLACED)
def test_a_misplaced_token_is_not_repeated(words: tuple[str, ...]) -> None:
    result = contract(*RUN, *words)
    assert result.exit_code == 2, result.output
    assert not is_token_in(result.output), result.output
    assert "Traceback" not in result.output


@pytest.mark.parametrize("name", ["MEGAAPI_CONTRACT_RUN_SEED", "MEGAAPI_CONTRACT_RUN_PACE"])
def test_a_token_misplaced_in_the_environment_is_not_repeated(name: str) -> None:
    result = contract("run", "--target", "mock", **{name: TOKEN, "MEGAAPI_TOKEN": TOKEN})
    assert result.exit_code == 2 and not is_token_in(result.output), result.output


def test_a_plan_names_no_token() -> None:
    result = contract(*RUN, "--target", HOST, "--plan", "--allow", "changes", "--allow", "sends",
                      "--recipient", LISTED)  # fmt: skip
    assert result.exit_code == 0 and not is_token_in(result.output)
    assert (
        "configToken" in result.output or "changeToken" in result.output or "token" in result.output
    )


@pytest.mark.parametrize("file", [f"{TOKEN}.json", "damaged.json"])
def test_restore_and_replay_repeat_no_token(file: str, tmp_path: Path) -> None:
    (tmp_path / "damaged.json").write_text(json.dumps({"format": TOKEN, "put_back": [TOKEN]}))
    for command in (("restore",), ("replay", "--target", HOST, "--instance-key", KEY)):
        result = contract(*command, str(tmp_path / file), "--token", TOKEN)
        assert result.exit_code == 2 and not is_token_in(result.output), result.output


# -- hosts that repeat what they are sent -----------------------------------------------------


def body(document: object) -> Callable[[socket.socket], None]:
    content = json.dumps(document).encode()
    return lambda connection: connection.sendall(reply("200 OK", "application/json", content))


def raw(head: str, content: bytes = b"{}") -> Callable[[socket.socket], None]:
    whole = f"HTTP/1.1 {head}\r\nContent-Length: {len(content)}\r\nConnection: close\r\n\r\n"
    return lambda connection: connection.sendall(whole.encode() + content)


CONNECTED = {"status": "connected", "user": {"id": f"{TOKEN}@s.whatsapp.net", "name": TOKEN}}
REFUSAL = json.dumps({"name": TOKEN, "message": f"no {TOKEN}", "statusCode": 401}).encode()
HOSTS = {
    "a status with it": body({"error": False, "message": TOKEN, "instance": CONNECTED}),
    "a name with it": body({TOKEN: {TOKEN: [TOKEN, f"Bearer {TOKEN}"]}}),
    "a text": body(TOKEN),
    "a refusal": raw("401 Unauthorized\r\nContent-Type: application/json", REFUSAL),
    "a redirect": raw(f"302 Found\r\nLocation: https://other.test/{TOKEN}?token={TOKEN}"),
    "a page": raw("200 OK\r\nContent-Type: text/html", f"<h1>{TOKEN}</h1>".encode()),
    "a content type": raw(f"200 OK\r\nContent-Type: text/{TOKEN}"),
    "a header": raw(f"500 {TOKEN}\r\nX-Mock-Reason: {TOKEN}\r\n{TOKEN}: {TOKEN}\r\nContent-Type: "
                    "application/json", f'{{"message": "{TOKEN}"}}'.encode()),
    "a status line": raw(f"{TOKEN} {TOKEN}"),
}  # fmt: skip


@pytest.mark.hosts
@pytest.mark.parametrize("host", HOSTS.values(), ids=HOSTS)
def test_a_host_that_repeats_the_token_is_not_quoted(
    host: Callable[[socket.socket], None], tmp_path: Path
) -> None:
    with answering(host) as url:
        result = contract(*RUN, "--target", url, "--report", str(tmp_path / "report"))
    assert result.exit_code in (1, 2, 3), result.output
    assert not is_token_in(result.output), result.output
    assert "Traceback" not in result.output and "mistake in megaapi" not in result.output
    for file in (tmp_path / "report").rglob("*"):
        assert not is_token_in(str(file.relative_to(tmp_path)))
        assert file.is_dir() or not is_token_in(file.read_text(encoding="utf-8")), file


@given(
    secret=st.text(st.characters(min_codepoint=33, max_codepoint=126), min_size=8, max_size=40),
    around=st.text(max_size=20),
)
@settings(max_examples=200)
def test_no_form_of_a_token_stays_in_a_sentence(secret: str, around: str) -> None:
    for form in (secret, quote(secret, safe=""), quote(secret), repr(secret), json.dumps(secret)):
        assert secret not in remove_secrets(f"{around}{form}{around}", [secret])
