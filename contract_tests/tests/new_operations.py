"""Three operations that exist in a copy of this checkout alone: one reads, one sends, one changes.

Each is added with nothing but its path file, its line in the index, its handler and its example.
"""

from __future__ import annotations

import json
import shutil
from dataclasses import dataclass
from pathlib import Path
from typing import Any

CHECKOUT = Path(__file__).parents[2]
COPIED = ("spec", "fixtures", "mockserver", "contract_tests", "docs", "pyproject.toml")
_LEFT_OUT = shutil.ignore_patterns("__pycache__", ".*_cache", ".hypothesis")

_ERRORS = """
    '400': {$ref: ../../components/responses/BadRequest.yaml}
    '401': {$ref: ../../components/responses/Unauthorized.yaml}
    '404': {$ref: ../../components/responses/NotFound.yaml}
    '413': {$ref: ../../components/responses/PayloadTooLarge.yaml}
    '415': {$ref: ../../components/responses/UnsupportedMediaType.yaml}
    '500': {$ref: ../../components/responses/InternalServerError.yaml}
    '502': {$ref: ../../components/responses/BadGateway.yaml}
"""


@dataclass(frozen=True)
class NewOperation:
    """The pieces of one operation, as a contributor writes them."""

    id: str
    controller: str
    path: str
    path_file: str
    handler: str
    example: dict[str, Any]

    def add(self, checkout: Path) -> None:
        """Write the pieces into a copy of the checkout."""
        folder = checkout / "spec" / "paths" / self.controller
        (folder / f"{self.id}.yaml").write_text(self.path_file, encoding="utf-8")
        index = checkout / "spec" / "openapi.yaml"
        line = f"  {self.path}: {{$ref: paths/{self.controller}/{self.id}.yaml}}\n"
        text = index.read_text(encoding="utf-8").replace("paths:\n", f"paths:\n{line}", 1)
        index.write_text(text, encoding="utf-8")
        handlers = checkout / "mockserver" / "megaapi_mock" / "handlers" / f"{self.controller}.py"
        with handlers.open("a", encoding="utf-8") as file:
            file.write(self.handler)
        example = checkout / "fixtures" / "examples" / self.controller / self.id / "ok.json"
        example.parent.mkdir()
        example.write_text(json.dumps(self.example), encoding="utf-8")


COUNT_GROUPS = NewOperation(
    id="count_groups",
    controller="group",
    path="/rest/group/count/{instance_key}",
    path_file=f"""
get:
  operationId: count_groups
  summary: Count the groups
  x-summary-pt: Contar os grupos
  x-description-pt: Quantos grupos a instância tem.
  description: An operation that exists in a test alone.
  tags: [Group]
  x-effect: reads
  x-plans: [code]
  x-provenance: {{grade: inferred, sources: []}}
  x-path-provenance: {{grade: inferred, sources: []}}
  x-requires-connection: true
  parameters:
    - {{$ref: ../../components/parameters/InstanceKey.yaml}}
  responses:
    '200':
      description: How many groups there are.
      x-provenance: {{grade: inferred, sources: []}}
      content:
        application/json:
          schema:
            type: object
            required: [error, message, count]
            properties:
              error: {{const: false}}
              message: {{type: string}}
              count: {{type: integer, minimum: 0}}
          examples:
            one: {{summary: One group, value: {{error: false, message: Groups counted, count: 1}}}}
    '403': {{$ref: ../../components/responses/NotLoggedIn.yaml}}{_ERRORS}""",
    handler='''

@operation()
def count_groups(call: Call) -> Json:
    """Communities are not counted (a test's own rule)."""
    return success("Groups counted", count=sum(not each.community for each in call.instance.groups))
''',
    example={
        "summary": "The groups are counted",
        "evidence": {"grade": "inferred", "sources": []},
        "request": {
            "path": {"instance_key": "megacode-TESTKEY0001"},
            "query": {},
            "body": None,
            "token": "TESTKEY0001",
        },
        "response": {
            "status": 200,
            "content_type": "application/json",
            "body": {"error": False, "message": "Groups counted", "count": 1},
        },
    },
)
_NEW_NAME = {"jid": "120363000000000001@g.us", "group_name": "Outro nome"}
_NOTE = {"to": "5511900000002", "note": "Retirar na loja"}
_SENT_NOTE = {
    "error": False,
    "message": "Message sent",
    "messageData": {
        "key": {
            "remoteJid": "5511900000002@s.whatsapp.net",
            "fromMe": True,
            "id": "3EB0A1B2C3D4E5F6071829",
        },
        "message": {"extendedTextMessage": {"text": "Retirar na loja"}},
        "messageTimestamp": "1767225600",
        "status": "PENDING",
    },
}
SEND_NOTE = NewOperation(
    id="send_note",
    controller="send_message",
    path="/rest/sendMessage/{instance_key}/note",
    path_file=f"""
post:
  operationId: send_note
  summary: Send a note
  x-summary-pt: Enviar uma nota
  x-description-pt: Uma nota é um texto com título.
  description: An operation that exists in a test alone.
  tags: [SendMessage]
  x-effect: sends
  x-plans: [code]
  x-provenance: {{grade: inferred, sources: []}}
  x-path-provenance: {{grade: inferred, sources: []}}
  x-requires-connection: true
  x-recipient: messageData.to
  parameters:
    - {{$ref: ../../components/parameters/InstanceKey.yaml}}
  requestBody:
    required: true
    content:
      application/json:
        schema:
          type: object
          required: [messageData]
          properties:
            messageData:
              type: object
              required: [to, note]
              properties:
                to: {{$ref: ../../components/schemas/Recipient.yaml}}
                note: {{type: string}}
        examples:
          to_person:
            summary: To a person
            value: {json.dumps({"messageData": _NOTE})}
  responses:
    '200':
      description: Accepted for sending.
      x-provenance: {{grade: inferred, sources: []}}
      content:
        application/json:
          schema: {{$ref: ../../components/schemas/SentText.yaml}}
          examples:
            to_person: {{summary: To a person, value: {json.dumps(_SENT_NOTE)}}}
    '403': {{$ref: ../../components/responses/Forbidden.yaml}}{_ERRORS}""".replace(
        "responses/NotFound.yaml", "responses/RecipientNotFound.yaml"
    ),
    handler='''

@operation()
def send_note(call: Call) -> Json:
    """A note is a text (a test's own rule)."""
    return _answer_of_send(call, {"extendedTextMessage": {"text": call.data["note"]}})
''',
    example={
        "summary": "A note",
        "evidence": {"grade": "inferred", "sources": []},
        "request": {
            "path": {"instance_key": "megacode-TESTKEY0001"},
            "query": {},
            "body": {"messageData": _NOTE},
            "token": "TESTKEY0001",
        },
        "response": {"status": 200, "content_type": "application/json", "body": _SENT_NOTE},
        "varies": ["messageData.key.id", "messageData.messageTimestamp"],
    },
)


RENAME_GROUP = NewOperation(
    id="rename_group",
    controller="group",
    path="/rest/group/{instance_key}/rename",
    path_file=f"""
post:
  operationId: rename_group
  summary: Rename group
  x-summary-pt: Renomear grupo
  x-description-pt: Dá outro nome a um grupo.
  description: An operation that exists in a test alone.
  tags: [Group]
  x-effect: changes
  x-plans: [code]
  x-provenance: {{grade: inferred, sources: []}}
  x-path-provenance: {{grade: inferred, sources: []}}
  x-requires-connection: true
  parameters:
    - {{$ref: ../../components/parameters/InstanceKey.yaml}}
  requestBody:
    required: true
    content:
      application/json:
        schema:
          type: object
          required: [group_data]
          properties:
            group_data:
              type: object
              required: [jid, group_name]
              properties: {{jid: {{type: string}}, group_name: {{type: string}}}}
        examples:
          renamed: {{summary: A group, value: {json.dumps({"group_data": _NEW_NAME})}}}
  responses:
    '200':
      description: Renamed.
      x-provenance: {{grade: inferred, sources: []}}
      content:
        application/json:
          schema: {{$ref: ../../components/schemas/Done.yaml}}
          examples:
            renamed: {{summary: Renamed, value: {{error: false, message: Group renamed}}}}
    '403': {{$ref: ../../components/responses/NotLoggedIn.yaml}}{_ERRORS}""".replace(
        "responses/NotFound.yaml", "responses/GroupNotFound.yaml"
    ),
    handler='''

@operation()
def rename_group(call: Call) -> Json:
    """A new subject for a group the instance is in (a test's own rule)."""
    from dataclasses import replace

    data = call.body["group_data"]
    group = call.instance.groups.require(data["jid"])
    call.instance.group_table.put(group.jid, replace(group, subject=data["group_name"]))
    return success("Group renamed")
''',
    example={
        "summary": "A group gets another name",
        "evidence": {"grade": "inferred", "sources": []},
        "request": {
            "path": {"instance_key": "megacode-TESTKEY0001"},
            "query": {},
            "body": {"group_data": _NEW_NAME},
            "token": "TESTKEY0001",
        },
        "response": {
            "status": 200,
            "content_type": "application/json",
            "body": {"error": False, "message": "Group renamed"},
        },
    },
)


def copy_with_new_operations(folder: Path) -> Path:
    """A copy of the checkout in `folder`, with the operations added."""
    for name in COPIED:
        source, target = CHECKOUT / name, folder / name
        if source.is_dir():
            shutil.copytree(source, target, ignore=_LEFT_OUT)
        else:
            shutil.copy(source, target)
    for each in (COUNT_GROUPS, SEND_NOTE, RENAME_GROUP):
        each.add(folder)
    return folder
