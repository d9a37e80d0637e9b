"""One operation or webhook as a person reads it; every command shown works as it stands."""

from __future__ import annotations

import shlex
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from megaapi_mock.commands.main import main
from megaapi_mock.reference.calls import MOCK
from megaapi_mock.resources import root
from megaapi_mock.spec.description import description
from megaapi_mock.web.app import MockApp

CONTRACT = description(root("spec"))


def shown(name: str) -> str:
    result = CliRunner().invoke(main, ["spec", "show", name])
    assert result.exit_code == 0, result.output
    return result.output


def commands(text: str) -> Iterator[list[str]]:
    """The words of every curl line."""
    for line in text.splitlines():
        words = shlex.split(line) if line.startswith("  curl ") else []
        if words:
            yield words


def call(app: MockApp, words: list[str]) -> Any:
    """What curl would do with these words."""
    [url] = [word for word in words if word.startswith(MOCK)]
    after = {flag: [words[at + 1] for at, word in enumerate(words) if word == flag]
             for flag in ("-X", "-H", "-d", "-F")}  # fmt: skip
    headers = dict(header.split(": ", 1) for header in after["-H"])
    method = (after["-X"] or ["GET"])[0]
    data: Any = "".join(after["-d"])
    for part, _, name in (text.partition("=@") for text in after["-F"]):
        data = {part: (BytesIO(b"%PDF-1.4"), name)}
    return app.test_client().open(url.removeprefix(MOCK), method=method, headers=headers, data=data)


# The first instance of a new mock is linked.
UNLINKED_ONLY = {"qr_code_page", "qr_code_image", "qr_code_base64", "pairing_code"}


@pytest.mark.parametrize("operation", CONTRACT.index, ids=lambda operation: operation.id)
def test_every_call_shown_is_answered_by_a_new_mock(operation: Any, whole_app: MockApp) -> None:
    text = shown(operation.id)
    assert text.startswith(f"{operation.method} {operation.path}\n{operation.id}: ")
    calls = [*commands(text)]
    assert calls
    for words in calls:
        reply = call(whole_app, words)
        refusals = {403} if operation.id in UNLINKED_ONLY else set()
        assert reply.status_code in {200, *refusals}, (words, reply.get_data(), reply.headers)


@pytest.mark.parametrize("status", ["200", "400", "401", "403", "404", "413", "415", "500", "502"])
def test_every_answer_is_named_with_its_grade(status: str) -> None:
    [line] = [one for one in shown("sendText").splitlines() if one.startswith(f"  {status} ")]
    assert line.endswith(("(vendor-doc)", "(observed)", "(baileys)", "(inferred)"))


@pytest.mark.parametrize("event", CONTRACT.events, ids=lambda event: event.name)
def test_every_webhook_shows_a_payload_and_its_evidence(event: Any) -> None:
    text = shown(event.name)
    assert text.startswith(f"webhook {event.name}, messageType {event.message_type}\n")
    assert f"Known from: {event.grade}" in text and "\nPayload " in text


def test_both_languages_and_the_titles_of_the_sources_are_shown() -> None:
    text = shown("POST text")
    assert "send_text: Send text / Envio de Mensagens de Texto" in text
    assert "  openapi-6.3: " in text and "spec/paths/send_message/send_text.yaml" in text


def test_body_fields_say_whether_they_are_required_and_how_sure_that_is() -> None:
    lines = shown("send_list").splitlines()
    assert "  messageData.sections[].rows[].title (string, required; vendor-doc)" in lines
    assert "  messageData.to (string, required; observed): " in "\n".join(lines)
    assert max(len(line) for line in lines if line.startswith("  messageData")) <= 100
    assert "\nBody\n" not in shown("instance_status")
    assert "\nBody, multipart/form-data\n  file (" in shown("upload_image")


def test_a_folder_without_a_contract_is_said_in_a_sentence(tmp_path: Path) -> None:
    """It is not read either: a folder of anything may be large, or lead back to itself."""
    (tmp_path / "round.yaml").symlink_to(tmp_path / "round.yaml")
    for command in (["evidence"], ["bundle"], ["types"], ["pages", "-o", str(tmp_path / "out")]):
        done = CliRunner().invoke(main, ["spec", *command, "--spec", str(tmp_path)])
        assert done.exit_code == 2 and "holds no openapi.yaml" in done.output, done.output


def test_an_operation_of_another_plan_says_which_profile_has_it() -> None:
    assert "plans business, token (serve --profile business)" in shown("set_profile_name")
    assert "--profile" not in shown("send_text")
