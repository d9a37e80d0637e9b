"""The declarations under TypeScript's own compiler, on every sample: `make types`."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import megaapi_mock
import pytest
from megaapi_mock.events.payloads import TYPES

from .payload_samples import every_payload
from .test_typed import PAGE

pytestmark = pytest.mark.npm

PLACE = Path(megaapi_mock.__file__).parent
TSC = PLACE.parents[1] / "node_modules" / ".bin" / "tsc"
FLAGS = (
    *("--strict", "--noEmit", "--exactOptionalPropertyTypes", "--noUncheckedIndexedAccess"),
    *("--target", "es2022", "--pretty", "false"),
)
HEAD = 'import type { MessageType, Webhook, WebhooksByEvent } from "./megaapi";\n'


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A project with the declarations in it."""
    assert TSC.exists(), "npm ci installs the compiler"
    shutil.copy(PLACE / "events" / "megaapi.d.ts", tmp_path)
    return tmp_path


def errors(project: Path, source: str) -> list[int]:
    """The lines of this source that the compiler finds errors in."""
    (project / "main.ts").write_text(source, encoding="utf-8")
    done = subprocess.run(
        [str(TSC), *FLAGS, "megaapi.d.ts", "main.ts"],
        cwd=project,
        capture_output=True,
        text=True,
        timeout=280,
    )
    found = re.findall(r"^main\.ts\((\d+),\d+\): error TS", done.stdout, re.MULTILINE)
    assert bool(found) == (done.returncode != 0), done.stdout
    # A line may break several rules at once.
    return list(dict.fromkeys(int(line) for line in found))


def lines(samples: Iterable[tuple[str, Mapping[str, Any]]]) -> str:
    """Each payload on a line, as what its event may arrive as, and as any webhook."""
    return HEAD + "".join(
        f"export const p{number} = {json.dumps(payload)} "
        f"satisfies WebhooksByEvent[{json.dumps(event)}] satisfies Webhook;\n"
        for number, (event, payload) in enumerate(samples)
    )


def test_every_payload_of_every_generation_has_the_type_of_its_event(project: Path) -> None:
    samples = [(event, payload) for _, event, payload in every_payload()]
    assert len(samples) > 300
    assert errors(project, lines(samples)) == []


def test_payload_that_does_not_fit_is_an_error(project: Path) -> None:
    """Each line of the source above is really looked at."""
    payload = {event: payload for source, event, payload in every_payload() if source == "2026"}
    text, ack = payload["text-plain"], payload["ack-read"]
    wrong = [
        ("text-plain", {**text, "messageType": "imageMessage"}),
        ("text-plain", {**text, "messageTimestamp": "5"}),
        ("text-plain", {**text, "message": {}}),
        ("text-plain", {**text, "unheardOf": 1}),
        ("ack-read", {**ack, "update": {"status": 9}}),
        ("image", text),
        ("text-plain", text),
    ]
    assert errors(project, lines(wrong)) == [2, 3, 4, 5, 6, 7]


def test_union_narrows_by_message_type(project: Path) -> None:
    source = HEAD + (
        "declare const webhook: Webhook;\n"
        "export const type: MessageType | undefined = webhook.messageType;\n"
        'if (webhook.messageType === "groups.update") { webhook.subject; }\n'
        'if (webhook.messageType === "conversation") { webhook.message.conversation.length; }\n'
        'if (webhook.messageType === "imageMessage") { webhook.message.imageMessage.url?.at(0); }\n'
        # From here on every line is a mistake.
        'if (webhook.messageType === "imageMessage") { webhook.message.imageMessage.url.at(0); }\n'
        'if (webhook.messageType === "message.ack") { webhook.message; }\n'
        'if (webhook.messageType === "groups.update") { webhook.key; }\n'
        'if (webhook.messageType === "pollMessage") { }\n'
        "webhook.subject;\n"
    )
    assert errors(project, source) == [7, 8, 9, 10, 11]


@pytest.mark.parametrize("kind", TYPES)
def test_page_of_the_contract_has_one_type_for_each_message_type(kind: str) -> None:
    declared = (PLACE / "events" / "megaapi.d.ts").read_text(encoding="utf-8")
    assert len(re.findall(rf'  messageType\??: "{re.escape(kind)}";', declared)) == 1


def test_receiver_of_the_page_compiles(project: Path) -> None:
    (block,) = re.findall(r"```ts\n(.*?)```", PAGE, re.DOTALL)
    assert errors(project, block) == []


def test_all_cases_can_be_told_apart(project: Path) -> None:
    """`never` is left where every messageType has its case."""
    cases = "".join(f'  if (webhook.messageType === "{kind}") return;\n' for kind in TYPES)
    bare = "  if (webhook.messageType === undefined) return;\n"
    rest = "  const rest: never = webhook; void rest;\n"
    source = f"{HEAD}export function f(webhook: Webhook): void {{\n{cases}{bare}{rest}}}\n"
    assert errors(project, source) == []
    less = source.replace('  if (webhook.messageType === "groups.update") return;\n', "")
    assert len(errors(project, less)) == 1
