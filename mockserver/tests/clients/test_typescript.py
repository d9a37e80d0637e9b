"""openapi-typescript and openapi-fetch: compiled with every strict switch, used against a mock."""

from __future__ import annotations

import json
import re

import pytest
from megaapi_mock.events.payloads import TYPES
from megaapi_mock.testing import MockServer

from ..events.payload_samples import every_payload
from .generated import NPM, client, log, program, run

pytestmark = pytest.mark.clients

FLAGS = (
    *("--strict", "--exactOptionalPropertyTypes", "--noUncheckedIndexedAccess"),
    *("--target", "es2022", "--module", "nodenext", "--pretty", "false"),
)
ANY = (
    'import type { components } from "./megaapi.js";\n'
    'type AnyWebhook = components["schemas"]["AnyWebhook"];\n'
)
NEW = """
import createClient from "openapi-fetch";
import type { paths } from "./megaapi.js";

const [url, key] = ["URL", "megacode-TESTKEY0002"];
const gateway = createClient<paths>({
  baseUrl: url,
  headers: { Authorization: "Bearer TESTKEY0002" },
});
const path = { instance_key: key };
function require(fact: unknown, ...shown: unknown[]): asserts fact {
  if (!fact) throw new Error(JSON.stringify(shown));
}
async function state(): Promise<string> {
  const { data } = await gateway.GET("/rest/instance/{instance_key}", { params: { path } });
  require(data && "instance" in data && "status" in data.instance, data);
  return data.instance.status as string;
}
async function text(words: string) {
  return gateway.POST("/rest/sendMessage/{instance_key}/text", {
    params: { path },
    body: { messageData: { to: "5511900000002", text: words } },
  });
}

require((await state()) === "disconnected");
const refused = await text("x");
require(refused.response.status === 403 && refused.error, refused);
const code = await gateway.GET("/rest/instance/pairingCode/{instance_key}", {
  params: { path, query: { phoneNumber: "5511900000003" } },
});
require(code.data?.pairingCode, code);
const image = await gateway.GET("/rest/instance/qrcode-img/{instance_key}", {
  params: { path },
  parseAs: "arrayBuffer",
});
require(image.data && image.data.byteLength > 100, image.error);
await fetch(`${url}/_mock/instances/${key}/link`, {
  method: "POST",
  body: "{}",
  headers: { "Content-Type": "application/json" },
});
require((await state()) === "connected");

const sent = await text("Bom dia");
require(sent.data, sent.error);
require(sent.data.messageData.message.extendedTextMessage?.text === "Bom dia", sent.data);
const group = await gateway.POST("/rest/group/{instance_key}/create", {
  params: { path },
  body: { group_data: { group_name: "Equipe", participants: ["5511900000002"] } },
});
require(group.data, group.error);
const groups = await gateway.GET("/rest/group/list/{instance_key}", { params: { path } });
require(JSON.stringify(groups.data).includes("Equipe"), groups);
const settings = await gateway.GET("/rest/webhook/{instance_key}", { params: { path } });
require(settings.data?.error === false, settings.error);
console.log("done");
"""


def samples() -> str:
    payloads = [payload for _, _, payload in every_payload() if "messageType" in payload]
    assert len(payloads) > 300
    return ANY + "".join(
        f"export const p{number} = {json.dumps(payload)} satisfies AnyWebhook;\n"
        for number, payload in enumerate(payloads)
    )


def narrowing() -> str:
    return (
        ANY
        + "declare const webhook: AnyWebhook;\n"
        + 'if (webhook.messageType === "conversation") webhook.message.conversation.length;\n'
        + 'if (webhook.messageType === "imageMessage") webhook.message.conversation;\n'
        + 'if (webhook.messageType === "message.ack") webhook.update.status.toFixed();\n'
        + 'if (webhook.messageType === "groups.update") webhook.subject?.length;\n'
        + 'if (webhook.messageType === "groups.update") webhook.message;\n'
        + 'if (webhook.messageType === "unheard") webhook;\n'
        # An error where a type was left out: the end could be reached.
        + "export function every(): string {\n  switch (webhook.messageType) {\n"
        + "".join(f"    case {json.dumps(kind)}:\n" for kind in TYPES)
        + "      return webhook.messageType;\n  }\n}\n"
    )


@pytest.fixture(scope="module")
def errors(mock: MockServer) -> dict[str, list[int]]:
    """The lines of each program with errors; the compiler runs once, which takes longest."""
    folder = client("typescript")
    programs = {
        "page": program("ts", mock.url),
        "calls": NEW.replace("URL", mock.url),
        "samples": samples(),
        "narrowing": narrowing(),
    }
    for name, source in programs.items():
        (folder / f"{name}.mts").write_text(source, encoding="utf-8")
    files = [f"{name}.mts" for name in programs]
    ended = run([NPM / "tsc", *FLAGS, *files], folder, may_fail=True)
    found = re.findall(r"^(\w+)\.mts\((\d+),\d+\): error TS", ended, re.MULTILINE)
    assert len(found) == ended.count(": error "), ended
    return {name: sorted({int(line) for file, line in found if file == name}) for name in programs}


def test_the_generator_has_nothing_to_say() -> None:
    words = "\n".join(log("typescript"))
    assert re.fullmatch(
        r"wrote megaapi\.yaml: .*\n\S+ openapi-typescript [\d.]+\n\S+ megaapi\.yaml . .*", words
    ), words


def test_program_of_the_page_runs(errors: dict[str, list[int]]) -> None:
    assert errors["page"] == []
    printed = run(["node", "page.mjs"], client("typescript"))
    assert "status: 'connected'" in printed
    assert "message: 'Group created'" in printed
    assert "webhookData: {" in printed


def test_an_instance_is_linked_and_used(errors: dict[str, list[int]]) -> None:
    assert errors["calls"] == []
    assert run(["node", "calls.mjs"], client("typescript")) == "done\n"


def test_every_webhook_has_the_type(errors: dict[str, list[int]]) -> None:
    assert errors["samples"] == []


def test_any_webhook_narrows_by_its_message_type(errors: dict[str, list[int]]) -> None:
    """What another type has is an error, and so is a type that there is not."""
    assert errors["narrowing"] == [5, 8, 9]
