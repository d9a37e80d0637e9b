"""Our own lint: silent on the contract, and every planted fault is found by its rule."""

from __future__ import annotations

import re
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml
from click.testing import CliRunner
from megaapi_mock.commands.main import main
from megaapi_mock.resources import root
from megaapi_mock.spec.lint import lint
from megaapi_mock.spec.lint_lines import line_of
from megaapi_mock.spec.lint_rules import REMEDIES, RULES

Files = dict[str, Any]
Fault = Callable[[Files], Any]

SMALL: dict[str, str] = {
    "sources.yaml": """
        page: {title: A page, where: https://docs.example.test}
        """,
    "openapi.yaml": """
        openapi: 3.1.0
        info: {title: Small, version: '1', description: A small contract.}
        security: [{bearerToken: []}]
        tags:
          - {name: Group, description: Groups.}
          - {name: Webhook events, description: Events.}
        paths:
          /rest/group/{instance_key}/rename: {$ref: paths/group/rename_group.yaml}
        webhooks:
          group-renamed: {$ref: webhooks/group-renamed.yaml}
        components:
          securitySchemes:
            bearerToken: {type: http, scheme: bearer}
        """,
    "paths/group/rename_group.yaml": """
        post:
          operationId: rename_group
          summary: Rename a group
          x-summary-pt: Renomear grupo
          description: Renames.
          x-description-pt: Renomeia.
          tags: [Group]
          x-effect: changes
          x-plans: [code]
          x-requires-connection: true
          x-recipient: messageData.to
          x-provenance: {grade: vendor-doc, sources: [page]}
          x-uses:
            - summary: Rename a community
              x-summary-pt: Renomear comunidade
              description: Same route.
              x-description-pt: Mesma rota.
              x-plans: [code]
              x-provenance: {grade: vendor-doc, sources: [page]}
              example: plain
          parameters:
            - {$ref: ../../components/parameters/InstanceKey.yaml}
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
                      required: [to, name]
                      properties:
                        to: {type: string, pattern: '^[0-9]+$'}
                        name: {type: string, default: Grupo}
                examples:
                  plain: {summary: Plain, value: {messageData: {to: '1', name: Grupo}}}
          responses:
            '200':
              description: Renamed.
              x-provenance: {grade: observed, sources: [page]}
              content:
                application/json:
                  schema: {$ref: ../../components/schemas/Renamed.yaml}
                  examples:
                    done: {summary: Done, value: {error: false, group: {name: Grupo}}}
              links:
                again:
                  operationId: rename_group
                  parameters: {instance_key: $request.path.instance_key}
                  requestBody:
                    messageData:
                      to: $request.body#/messageData/to
                      name: 'Mais um {$response.body#/group/name}'
            '404': {$ref: ../../components/responses/NotFound.yaml}
        """,
    "webhooks/group-renamed.yaml": """
        post:
          operationId: webhook_group_renamed
          summary: Group renamed
          x-summary-pt: Grupo renomeado
          description: Somebody renamed a group.
          x-description-pt: Alguém renomeou um grupo.
          tags: [Webhook events]
          security: []
          x-category: groups
          x-message-type: group.update
          x-default: 'off'
          x-arrival: low
          x-provenance: {grade: inferred, sources: []}
          requestBody:
            required: true
            content:
              application/json:
                schema: {$ref: ../components/schemas/Renamed.yaml}
                examples:
                  current: {summary: Current, value: {error: false, group: {name: Grupo}}}
          responses:
            '200':
              description: Any answer will do.
              x-provenance: {grade: inferred, sources: []}
        """,
    "components/parameters/InstanceKey.yaml": """
        name: instance_key
        in: path
        required: true
        schema: {type: string}
        example: megacode-TESTKEY0001
        """,
    "components/responses/NotFound.yaml": """
        description: Nothing there.
        x-provenance: {grade: observed, sources: [page]}
        content:
          text/plain:
            schema: {type: string}
            examples:
              nothing: {summary: Nothing, value: not found}
        """,
    "components/schemas/Renamed.yaml": """
        description: The new name, said in two halves.
        allOf:
          - type: object
            required: [error]
            properties:
              error: {type: boolean}
              group: {type: object, required: [], properties: {name: {type: string}}}
          - type: object
            required: [error, group]
            properties:
              group: {type: object, required: [name], properties: {}}
        """,
}

OPERATION = "paths/group/rename_group.yaml"
WEBHOOK = "webhooks/group-renamed.yaml"
SCHEMA = "components/schemas/Renamed.yaml"


def small() -> Files:
    """The small contract as values, fresh."""
    return {name: yaml.safe_load(text) for name, text in SMALL.items()}


def write(folder: Path, files: Files) -> Path:
    """Lay the files out below `folder`; texts as they are."""
    for name, content in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        text = content if isinstance(content, str) else yaml.safe_dump(content, sort_keys=False)
        path.write_text(text, encoding="utf-8")
    return folder


def post(files: Files) -> Any:
    return files[OPERATION]["post"]


def hook(files: Files) -> Any:
    return files[WEBHOOK]["post"]


def reply(files: Files) -> Any:
    return post(files)["responses"]["200"]


def body(files: Files) -> Any:
    return post(files)["requestBody"]["content"]["application/json"]


def wrapper(files: Files) -> Any:
    return body(files)["schema"]["properties"]["messageData"]


def sent(files: Files) -> Any:
    return files[SCHEMA]["allOf"][0]


def put(place: Callable[[Files], Any], **values: Any) -> Fault:
    """Set keys of the object found at `place`; `x_effect` stands for x-effect."""
    named = {re.sub("^x_", "x-", key).replace("_", "-"): value for key, value in values.items()}
    return lambda files: place(files).update(named)


def taken(**more: str) -> dict[str, str]:
    """The parameters of the small contract's link, and others."""
    return {"instance_key": "$request.path.instance_key", **more}


def linked(**changes: Any) -> Fault:
    """Change the small contract's one link."""
    return lambda files: reply(files)["links"]["again"].update(**changes)


def renamed(files: Files) -> Any:
    """The one example of the small contract's webhook."""
    content = hook(files)["requestBody"]["content"]["application/json"]
    return content["examples"]["current"]


def second_operation(files: Files) -> None:
    """Another file whose operation has the operationId of the first."""
    name = "paths/group/name_group.yaml"
    files[name] = {"post": {**post(files), "x-uses": []}}
    files["openapi.yaml"]["paths"]["/rest/group/{instance_key}/name"] = {"$ref": name}


def respell(files: Files, media_type: str) -> None:
    """Give the content of the request another media type."""
    content = post(files)["requestBody"]["content"]
    content[media_type] = content.pop("application/json")


def take(place: Callable[[Files], Any], key: str) -> Fault:
    return lambda files: place(files).pop(key)


def field(**schema: Any) -> Fault:
    """A further field of the reply."""
    return lambda files: sent(files)["properties"].update(extra=schema)


def asked(**schema: Any) -> Fault:
    """A further field of the request."""
    return lambda files: wrapper(files)["properties"].update(extra=schema)


def add(name: str, content: Any) -> Fault:
    return lambda files: files.update({name: content})


def move(old: str, new: str, key: str, section: str) -> Fault:
    """Rename a file and what openapi.yaml says of it."""

    def fault(files: Files) -> None:
        files[new] = files.pop(old)
        files["openapi.yaml"][section][key] = {"$ref": new}

    return fault


def proven(**provenance: Any) -> dict[str, Any]:
    return {"x_provenance": {"grade": "vendor-doc", "sources": ["page"], **provenance}}


CONTROL: Files = {
    "openapi": "3.1.0",
    "info": {"title": "Control", "version": "1"},
    "paths": {"/": {"$ref": "#/components/pathItems/Lost"}},
}

FAULTS: list[tuple[str, str, str, Fault]] = [
    # the rule, where it must be found, what is wrong, how it is done
    ("yaml", OPERATION, "no YAML", add(OPERATION, "post: [")),
    ("key-twice", SCHEMA, "a key twice", add(SCHEMA, "type: object\ntype: string\n")),
    ("key-not-text", SCHEMA, "a number as key", add(SCHEMA, "properties: {200: {}}\n")),
    ("key-not-text", SCHEMA, "YAML 1.1's on", add(SCHEMA, "properties: {on: {}}\n")),
    (
        "bundle",
        "components/schemas/Lost.yaml",
        "a file nothing names",
        add("components/schemas/Lost.yaml", {}),
    ),
    ("bundle", OPERATION, "a lost file", take(lambda files: files, SCHEMA)),
    ("bundle", "openapi.yaml", "no sources", take(lambda files: files, "sources.yaml")),
    (
        "reference-misplaced",
        OPERATION,
        "a reply as a schema",
        lambda files: wrapper(files)["properties"].update(
            extra={"$ref": "../../components/responses/NotFound.yaml"}
        ),
    ),
    (
        "reference-misplaced",
        OPERATION,
        "a schema as a reply",
        lambda files: post(files)["responses"].update(
            {"400": {"$ref": "../../components/schemas/Renamed.yaml"}}
        ),
    ),
    ("yaml", OPERATION, "a type of Python", add(OPERATION, "post: !!python/name:os.path {}")),
    (
        "file-name",
        "components/schemas/A.yml",
        "another ending",
        add("components/schemas/A.yml", {}),
    ),
    ("file-empty", OPERATION, "an empty file", add(OPERATION, "")),
    ("file-empty", SCHEMA, "a list", add(SCHEMA, "- type: object\n")),
    ("bundle", SCHEMA, "a reference to itself", add(SCHEMA, {"$ref": "Renamed.yaml"})),
    ("bundle", SCHEMA, "a part of itself", add(SCHEMA, {"allOf": [{"$ref": "Renamed.yaml"}]})),
    (
        "bundle",
        SCHEMA,
        "a reference that comes back",
        lambda files: files.update(
            {SCHEMA: {"$ref": "B.yaml"}, "components/schemas/B.yaml": {"$ref": "Renamed.yaml"}}
        ),
    ),
    (
        "bundle",
        OPERATION,
        "a reference to a host",
        lambda files: wrapper(files).update({"$ref": "https://shop.example.test/a.yaml"}),
    ),
    (
        "unknown-keyword",
        "openapi.yaml",
        "misspelt at the top",
        lambda files: files["openapi.yaml"].update(pathes=files["openapi.yaml"].pop("paths")),
    ),
    ("operation-twice", "paths/group/name_group.yaml", "one operationId", second_operation),
    (
        "parameter-twice",
        OPERATION,
        "one parameter",
        lambda files: post(files)["parameters"].append(post(files)["parameters"][0]),
    ),
    (
        "server-variable",
        "openapi.yaml",
        "not declared",
        lambda files: files["openapi.yaml"].update(servers=[{"url": "https://{host}.test"}]),
    ),
    ("reference-dangling", "control.yaml", "in the control API", add("control.yaml", CONTROL)),
    (
        "openapi",
        "control.yaml",
        "in the control API",
        add("control.yaml", {**CONTROL, "info": {"version": "1"}, "paths": {}}),
    ),
    (
        "reference-dangling",
        "components/schemas/Renamed.yaml",
        "a component that is not there",
        field(**{"$ref": "#/components/schemas/Lost"}),
    ),
    ("openapi", OPERATION, "no description", take(reply, "description")),
    (
        "answers-missing",
        OPERATION,
        "no answers",
        lambda files: (
            (post(files).pop("responses"), files.pop("components/responses/NotFound.yaml")) and None
        ),
    ),
    ("schema-invalid", SCHEMA, "a broken pattern", field(type="string", pattern="^(a$")),
    ("schema-invalid", SCHEMA, "a misspelt type", field(type="strng")),
    ("schema-invalid", SCHEMA, "a text as length", field(type="string", minLength="two")),
    ("unknown-keyword", OPERATION, "misspelt in an operation", put(post, operationID="x")),
    ("unknown-keyword", OPERATION, "misspelt in a reply", put(reply, contents={})),
    ("unknown-keyword", OPERATION, "misspelt in a media type", put(body, exampels={})),
    (
        "unknown-keyword",
        OPERATION,
        "another method",
        lambda files: files[OPERATION].update(query={}),
    ),
    ("unknown-keyword", WEBHOOK, "misspelt in a webhook", put(hook, sumary="x")),
    ("unknown-keyword", SCHEMA, "misspelt in a schema", field(type="string", maxlength=3)),
    ("unknown-keyword", OPERATION, "an extension nobody knows", put(post, x_effects="reads")),
    ("unknown-keyword", WEBHOOK, "an operation's extension", put(hook, x_effect="reads")),
    ("unknown-keyword", SCHEMA, "an extension in a schema", field(type="string", **{"x-a": 1})),
    (
        "unknown-keyword",
        OPERATION,
        "an extension in a use",
        lambda files: post(files)["x-uses"][0].update(note="x"),
    ),
    (
        "unknown-keyword",
        OPERATION,
        "a key beside a reference",
        lambda files: post(files)["responses"]["404"].update({"x-provenance": {}}),
    ),
    ("forbidden-keyword", SCHEMA, "3.0 nullable", field(type="string", nullable=True)),
    ("forbidden-keyword", SCHEMA, "a format", field(type="string", format="email")),
    ("forbidden-keyword", SCHEMA, "a schema's example", field(type="string", example="a")),
    (
        "forbidden-keyword",
        SCHEMA,
        "a discriminator",
        lambda files: files[SCHEMA].update(discriminator={"propertyName": "error"}),
    ),
    ("pattern-unanchored", OPERATION, "no start", asked(type="string", pattern="a$")),
    ("pattern-unanchored", OPERATION, "no end", asked(type="string", pattern="^a")),
    ("pattern-unanchored", OPERATION, "a plain $ at the end", asked(pattern=r"^a\$")),
    ("pattern-unanchored", OPERATION, "one half only", asked(type="string", pattern="^a|b$")),
    ("pattern-unanchored", OPERATION, "in keys", asked(patternProperties={"x": {}})),
    ("pattern-lookaround", OPERATION, "ahead", asked(type="string", pattern="^(?=a).$")),
    ("pattern-lookaround", OPERATION, "behind", asked(type="string", pattern="^.(?<!a)$")),
    ("object-bare", SCHEMA, "an object of anything", field(type="object")),
    ("object-bare", SCHEMA, "or null", field(type=["object", "null"])),
    ("array-bare", SCHEMA, "an array of anything", field(type="array")),
    ("schema-empty", SCHEMA, "anything at all", field(description="Anything.")),
    ("open-unexplained", SCHEMA, "open without a word", field(type="object", **{"x-open": True})),
    (
        "required-undeclared",
        OPERATION,
        "a required field without schema",
        lambda files: wrapper(files)["required"].append("nmae"),
    ),
    (
        "required-undeclared",
        SCHEMA,
        "in one half of an allOf",
        lambda files: sent(files)["required"].append("gruop"),
    ),
    (
        "required-undeclared",
        SCHEMA,
        "deep in one half of an allOf",
        lambda files: sent(files)["properties"]["group"]["required"].append("nmae"),
    ),
    (
        "required-undeclared",
        OPERATION,
        "in the items of an array",
        asked(type="array", items={"type": "object", "required": ["a"], "properties": {}}),
    ),
    ("bounds-crossed", OPERATION, "lengths", asked(type="string", minLength=9, maxLength=3)),
    ("bounds-crossed", OPERATION, "numbers", asked(type="integer", minimum=9, maximum=3)),
    ("enum-values", OPERATION, "what YAML makes of yes", asked(type="string", enum=["a", True])),
    ("enum-values", OPERATION, "a value", asked(type="string", enum=["a", "b", "a"])),
    ("media-type", OPERATION, "no slash", lambda files: respell(files, "applicationjson")),
    ("example-misfit", OPERATION, "a default of another type", asked(type="string", default=1)),
    ("example-misfit", OPERATION, "a schema's examples", asked(type="string", examples=[1])),
    (
        "example-misfit",
        OPERATION,
        "in the request",
        lambda files: body(files)["examples"]["plain"].update(value={"messageData": {}}),
    ),
    (
        "example-misfit",
        OPERATION,
        "in a reply",
        lambda files: reply(files)["content"]["application/json"]["examples"]["done"].update(
            value={"error": "no", "group": {"name": "Grupo"}}
        ),
    ),
    (
        "example-misfit",
        WEBHOOK,
        "in a webhook",
        lambda files: hook(files)["requestBody"]["content"]["application/json"]["examples"][
            "current"
        ].update(value={"error": False}),
    ),
    (
        "example-misfit",
        "components/parameters/InstanceKey.yaml",
        "of a parameter",
        lambda files: files["components/parameters/InstanceKey.yaml"].update(example=1),
    ),
    (
        "example-misfit",
        "components/responses/NotFound.yaml",
        "in plain text",
        lambda files: files["components/responses/NotFound.yaml"]["content"]["text/plain"][
            "examples"
        ]["nothing"].update(value=404),
    ),
    ("example-missing", OPERATION, "in the request", take(body, "examples")),
    (
        "example-missing",
        OPERATION,
        "in a reply",
        lambda files: reply(files)["content"]["application/json"].pop("examples"),
    ),
    (
        "example-untitled",
        OPERATION,
        "an example without a title",
        lambda files: body(files)["examples"]["plain"].pop("summary"),
    ),
    ("title-missing", OPERATION, "in English", take(post, "summary")),
    ("title-missing", OPERATION, "in Portuguese", take(post, "x-summary-pt")),
    ("title-missing", WEBHOOK, "of a webhook", put(hook, summary=" ")),
    ("description-missing", OPERATION, "in English", take(post, "description")),
    ("description-missing", OPERATION, "in Portuguese", take(post, "x-description-pt")),
    ("description-missing", WEBHOOK, "of a webhook", put(hook, description="")),
    ("description-missing", WEBHOOK, "of one, in Portuguese", take(hook, "x-description-pt")),
    (
        "tag-unused",
        "openapi.yaml",
        "a tag of nothing",
        lambda files: files["openapi.yaml"]["tags"].append({"name": "Nobody"}),
    ),
    ("tag", OPERATION, "undeclared", put(post, tags=["Grupo"])),
    ("tag", OPERATION, "none", take(post, "tags")),
    ("tag", OPERATION, "several", put(post, tags=["Group", "Webhook events"])),
    ("effect", OPERATION, "missing", take(post, "x-effect")),
    ("effect", OPERATION, "unknown", put(post, x_effect="breaks")),
    ("plans", OPERATION, "missing", take(post, "x-plans")),
    ("plans", OPERATION, "empty", put(post, x_plans=[])),
    ("plans", OPERATION, "unknown", put(post, x_plans=["code", "gold"])),
    ("plans", OPERATION, "one twice", put(post, x_plans=["code", "code"])),
    ("scope", OPERATION, "unknown", put(post, x_scope="world")),
    ("requires-connection", OPERATION, "missing", take(post, "x-requires-connection")),
    ("requires-connection", OPERATION, "unknown", put(post, x_requires_connection="maybe")),
    ("recipient", OPERATION, "no such field", put(post, x_recipient="messageData.too")),
    ("recipient", OPERATION, "no such parameter", put(post, x_recipient="query.to")),
    ("recipient", OPERATION, "no wrapper", put(post, x_recipient="to")),
    (
        "recipient",
        OPERATION,
        "an optional field",
        lambda files: wrapper(files).update(required=["name"]),
    ),
    ("uses", OPERATION, "no plans", lambda files: post(files)["x-uses"][0].pop("x-plans")),
    (
        "uses",
        OPERATION,
        "an example that is not there",
        lambda files: post(files)["x-uses"][0].update(example="lost"),
    ),
    (
        "uses",
        OPERATION,
        "no description in Portuguese",
        lambda files: post(files)["x-uses"][0].pop("x-description-pt"),
    ),
    (
        "uses",
        OPERATION,
        "a plan that the operation has not",
        lambda files: post(files)["x-uses"][0].update({"x-plans": ["code", "start"]}),
    ),
    ("uses", OPERATION, "no list", put(post, x_uses="none")),
    ("uses", OPERATION, "no entry", put(post, x_uses=["none"])),
    (
        "uses",
        OPERATION,
        "plans that are not a list",
        lambda files: post(files)["x-uses"][0].update({"x-plans": "code"}),
    ),
    (
        "uses",
        OPERATION,
        "a controller that is not a tag",
        lambda files: post(files)["x-uses"][0].update(controller="Grop"),
    ),
    ("category", WEBHOOK, "missing", take(hook, "x-category")),
    ("category", WEBHOOK, "unknown", put(hook, x_category="group")),
    ("message-type", WEBHOOK, "missing", take(hook, "x-message-type")),
    (
        "message-type",
        WEBHOOK,
        "not that of the example",
        lambda files: renamed(files)["value"].update(messageType="group-update"),
    ),
    ("payload-missing", WEBHOOK, "no body", take(hook, "requestBody")),
    ("payload-missing", WEBHOOK, "no content", put(hook, requestBody={"content": {}})),
    ("default", WEBHOOK, "missing", take(hook, "x-default")),
    ("default", WEBHOOK, "what YAML makes of an unquoted off", put(hook, x_default=False)),
    ("arrival", WEBHOOK, "missing", take(hook, "x-arrival")),
    ("arrival", WEBHOOK, "unknown", put(hook, x_arrival="certain")),
    ("generation", WEBHOOK, "a number", put(hook, x_generation=2023)),
    ("security-webhook", WEBHOOK, "missing", take(hook, "security")),
    ("security-webhook", WEBHOOK, "asked for", put(hook, security=[{"bearerToken": []}])),
    ("security-unknown", OPERATION, "in an operation", put(post, security=[{"token": []}])),
    (
        "security-unknown",
        "openapi.yaml",
        "everywhere",
        lambda files: files["openapi.yaml"].update(security=[{"token": []}]),
    ),
    (
        "security-missing",
        "openapi.yaml",
        "no security at all",
        lambda files: files["openapi.yaml"].pop("security"),
    ),
    (
        "scheme-case",
        "openapi.yaml",
        "a capital letter",
        lambda files: files["openapi.yaml"]["components"]["securitySchemes"]["bearerToken"].update(
            scheme="Bearer"
        ),
    ),
    (
        "component-unused",
        "openapi.yaml",
        "a second scheme",
        lambda files: files["openapi.yaml"]["components"]["securitySchemes"].update(
            key={"type": "apiKey", "in": "header", "name": "key"}
        ),
    ),
    (
        "component-unused",
        "openapi.yaml",
        "a schema written in place",
        lambda files: files["openapi.yaml"]["components"].update(
            schemas={"Lost": {"type": "string"}}
        ),
    ),
    ("link-unknown", OPERATION, "no such operation", linked(operationId="rename")),
    ("link-parameter", OPERATION, "no such parameter", linked(parameters=taken(key="k"))),
    ("link-parameter", OPERATION, "a parameter too few", linked(parameters={})),
    *(
        ("link-expression", OPERATION, what, linked(requestBody={"messageData": {"to": pointer}}))
        for what, pointer in {
            "no such field in the answer": "$response.body#/group/title",
            "no such field in the request": "$request.body#/messageData/subject",
            "beyond a value": "$response.body#/group/name/first",
            "an index of no list": "$response.body#/group/0",
            "a header nobody sends": "$response.header.Location",
            "embedded in a text": "para {$response.body#/group/title}",
            "no expression at all": "$answer.body#/group/name",
        }.items()
    ),
    (
        "link-expression",
        OPERATION,
        "a parameter of another place",
        linked(parameters={"instance_key": "$request.query.instance_key"}),
    ),
    (
        "link-body",
        OPERATION,
        "a value of the wrong form",
        linked(requestBody={"messageData": {"to": "$response.body#/group/name", "name": "x"}}),
    ),
    ("link-body", OPERATION, "no wrapper", linked(requestBody={"to": "1", "name": "x"})),
    ("file-name", OPERATION, "another operationId", put(post, operationId="rename")),
    (
        "file-name",
        OPERATION,
        "two operations in one file",
        lambda files: files[OPERATION].update(put={**post(files), "operationId": "other"}),
    ),
    (
        "file-name",
        "paths/group/rename.yaml",
        "another file name",
        move(OPERATION, "paths/group/rename.yaml", "/rest/group/{instance_key}/rename", "paths"),
    ),
    ("file-name", WEBHOOK, "a webhook's operationId", put(hook, operationId="webhook_renamed")),
    (
        "file-name",
        "webhooks/renamed.yaml",
        "a webhook's file name",
        move(WEBHOOK, "webhooks/renamed.yaml", "group-renamed", "webhooks"),
    ),
    ("provenance-missing", OPERATION, "of an operation", take(post, "x-provenance")),
    ("provenance-missing", OPERATION, "of a reply", take(reply, "x-provenance")),
    (
        "provenance-missing",
        "components/responses/NotFound.yaml",
        "of a shared reply",
        lambda files: files["components/responses/NotFound.yaml"].pop("x-provenance"),
    ),
    ("provenance-missing", WEBHOOK, "of a webhook", take(hook, "x-provenance")),
    ("provenance-malformed", OPERATION, "a word", put(post, x_provenance="vendor-doc")),
    ("provenance-malformed", OPERATION, "a third key", put(post, **proven(note="x"))),
    (
        "provenance-malformed",
        OPERATION,
        "a source twice",
        put(post, **proven(sources=["page", "page"])),
    ),
    ("provenance-malformed", OPERATION, "one source", put(post, **proven(sources="page"))),
    ("grade-unknown", OPERATION, "a grade", put(post, **proven(grade="rumour"))),
    ("source-unknown", OPERATION, "a source", put(post, **proven(sources=["page", "pgae"]))),
    (
        "source-unknown",
        SCHEMA,
        "a field's source",
        field(type="string", **{"x-provenance": {"grade": "observed", "sources": ["pgae"]}}),
    ),
    ("sources-empty", OPERATION, "no source", put(post, **proven(sources=[]))),
    (
        "sources-empty",
        OPERATION,
        "an example's sources",
        lambda files: body(files)["examples"]["plain"].update(
            {"x-provenance": {"grade": "observed", "sources": []}}
        ),
    ),
    (
        "path-provenance-missing",
        OPERATION,
        "a guessed path",
        put(post, **proven(grade="inferred")),
    ),
    (
        "source-uncited",
        "sources.yaml",
        "a source nobody names",
        lambda files: files["sources.yaml"].update(lost={"title": "Lost", "where": "nowhere"}),
    ),
    (
        "source-malformed",
        "sources.yaml",
        "a source without a place",
        lambda files: files["sources.yaml"]["page"].pop("where"),
    ),
]


def test_the_contract_has_no_finding() -> None:
    assert [str(finding) for finding in lint(root("spec"))] == []


def test_the_small_contract_has_no_finding(tmp_path: Path) -> None:
    assert [str(finding) for finding in lint(write(tmp_path, small()))] == []


@pytest.mark.parametrize(
    ("rule", "file", "fault"),
    [pytest.param(rule, file, fault, id=f"{rule}: {what}") for rule, file, what, fault in FAULTS],
)
def test_a_planted_fault_is_found(rule: str, file: str, fault: Fault, tmp_path: Path) -> None:
    files = small()
    fault(files)
    found = lint(write(tmp_path, files))
    assert (rule, file) in {(finding.rule, finding.file) for finding in found}, found
    for finding in found:
        assert "\n" not in str(finding)
        assert str(finding).startswith(f"spec/{finding.file}:{finding.line}")
        assert 1 <= finding.line <= len((tmp_path / finding.file).read_text().splitlines()) + 1
        assert finding.remedy


def test_one_misspelt_key_is_one_finding(tmp_path: Path) -> None:
    files = small()
    put(post, sumary="x")(files)
    assert [finding.rule for finding in lint(write(tmp_path, files))] == ["unknown-keyword"]


@pytest.mark.parametrize(
    ("rule", "fault"),
    [
        ("bundle", add(SCHEMA, {"$ref": "Renamed.yaml"})),
        ("message-type", lambda files: renamed(files)["value"].update(messageType="x")),
        ("security-webhook", put(hook, security=[{"bearerToken": []}])),
        ("operation-twice", second_operation),
        ("plans", put(post, x_plans=["code", "gold"])),
        ("message-type", put(hook, x_message_type=None)),
        *(
            (
                "unknown-keyword",
                lambda files, key=key, wrong=wrong: post(files).update(
                    {wrong: post(files).pop(key)}
                ),
            )
            for key, wrong in {
                "x-effect": "x-efect",
                "x-plans": "x-plan",
                "x-description-pt": "x-description-br",
                "tags": "tag",
                "x-provenance": "x-provenence",
            }.items()
        ),
        ("file-name", put(post, operationId="rename")),
        ("required-undeclared", lambda files: wrapper(files)["required"].append("nmae")),
        ("bounds-crossed", asked(type="string", minLength=9, maxLength=3)),
        ("example-misfit", lambda files: body(files)["examples"]["plain"].update(value={})),
        (
            "unknown-keyword",
            lambda files: body(files).update(schma=body(files).pop("schema"), schema={}),
        ),
    ],
)
def test_one_fault_is_one_finding(rule: str, fault: Fault, tmp_path: Path) -> None:
    files = small()
    fault(files)
    found = lint(write(tmp_path, files))
    assert [finding.rule for finding in found] == [rule], [str(finding) for finding in found]


def test_a_fault_of_a_shared_link_is_found_once_in_its_own_file(tmp_path: Path) -> None:
    files = small()
    link = {**reply(files)["links"]["again"], "operationId": "rename"}
    shared = "components/links/Again.yaml"
    files[shared] = link
    reply(files)["links"] = {key: {"$ref": f"../../{shared}"} for key in ("one", "two")}
    found = lint(write(tmp_path, files))
    assert [(finding.rule, finding.file) for finding in found] == [("link-unknown", shared)]
    assert (tmp_path / shared).read_text().splitlines()[found[0].line - 1].startswith("operationId")


@pytest.mark.parametrize("body", [{"messagData": {}}, "$respons.body#/group"])
def test_what_is_wrong_wherever_a_shared_link_is_used_is_found_once(
    body: Any, tmp_path: Path
) -> None:
    files = small()
    shared = "components/links/Again.yaml"
    files[shared] = {**reply(files)["links"]["again"], "requestBody": body}
    reply(files)["links"] = {key: {"$ref": f"../../{shared}"} for key in ("one", "two")}
    assert [finding.file for finding in lint(write(tmp_path, files))] == [shared]


def test_files_that_cannot_be_read_are_findings(tmp_path: Path) -> None:
    folder = write(tmp_path, small())
    (folder / "round.yaml").symlink_to(folder / "round.yaml")
    (folder / "lost.yaml").symlink_to(folder / "nowhere")
    (folder / "folder.yaml").mkdir()
    found = lint(folder)
    assert [(each.rule, each.file) for each in found] == [
        ("yaml", "folder.yaml"), ("yaml", "lost.yaml"), ("yaml", "round.yaml"),
    ]  # fmt: skip


def test_a_finding_of_a_link_has_the_line_of_the_link(tmp_path: Path) -> None:
    files = small()
    linked(requestBody={"to": "1", "name": "x"})(files)
    (found,) = lint(write(tmp_path, files))
    line = (tmp_path / OPERATION).read_text().splitlines()[found.line - 1]
    assert found.rule == "link-body" and line.strip() == "again:"


def test_a_schema_may_hold_itself_in_a_field(tmp_path: Path) -> None:
    files = small()
    sent(files)["properties"]["group"]["properties"]["parent"] = {"$ref": "Renamed.yaml"}
    assert lint(write(tmp_path, files)) == []


def test_every_rule_has_a_planted_fault_and_a_remedy() -> None:
    assert {rule for rule, *_ in FAULTS} == set(RULES) == set(REMEDIES)


TEXT = "paths/send_message/send_text.yaml"


@pytest.mark.parametrize(
    ("file", "line", "faulty", "rule", "where"),
    [
        (TEXT, "  operationId: send_text", "  operationId: send_txt", "file-name", ""),
        (TEXT, "  summary: Send text", "  sumary: Send text", "unknown-keyword", "post"),
        (TEXT, "  tags: [SendMessage]", "  tags: [SendMesage]", "tag", "post"),
        (TEXT, "  x-effect: sends", "  x-effect: sent", "effect", "post"),
        (TEXT, "  x-effect: sends", "  x-effect: sends\n  x-effect: sends", "key-twice", ""),
        (TEXT, "  x-effect: sends", "  x-effect: [sends", "yaml", ""),
        (TEXT, "    required: true", "    required: maybe", "openapi", "post/requestBody"),
        (
            TEXT,
            "          schema: {$ref: ../../components/schemas/SentText.yaml}",
            "          schema: {$ref: ../../components/schemas/SentTxt.yaml}",
            "bundle",
            "",
        ),
        (
            "control.yaml",
            "        status: {type: string, const: ok}",
            "        status: {type: strng, const: ok}",
            "schema-invalid",
            "components/schemas/Health/properties/status",
        ),
        (
            TEXT,
            "          schema: {$ref: ../../components/schemas/SentText.yaml}",
            "          schema: {$ref: ../chat/pin_chat.yaml}",
            "bundle",
            "",
        ),
        (
            "openapi.yaml",
            "  /rest/chat/{instance_key}/blockChat: {$ref: paths/chat/block_chat.yaml}",
            "  /rest/chat/{instance_key}/blockChat: {$ref: paths/chat/pin_chat.yaml}",
            "bundle",
            "",
        ),
        (
            TEXT,
            "    - {$ref: ../../components/parameters/InstanceKey.yaml}",
            "    []",
            "openapi",
            "post",
        ),
        (
            TEXT,
            "                  type: string",
            "                  type: strng",
            "schema-invalid",
            "post/requestBody",
        ),
        (
            TEXT,
            "          required: [messageData]",
            "          required: [messageDate]",
            "required-undeclared",
            "post/requestBody/content/application/json/schema",
        ),
    ],
)
def test_a_finding_in_the_real_contract_has_its_line(
    file: str, line: str, faulty: str, rule: str, where: str, tmp_path: Path
) -> None:
    shutil.copytree(root("spec"), tmp_path, dirs_exist_ok=True)
    text = (tmp_path / file).read_text()
    assert line in text
    (tmp_path / file).write_text(text.replace(line, faulty, 1))
    finding = next(each for each in lint(tmp_path) if each.rule == rule)
    assert finding.file == file and finding.place.startswith(where)
    lines = (tmp_path / file).read_text().splitlines()
    first = next(number for number, each in enumerate(lines, 1) if each == faulty.split("\n")[0])
    parents = [number for number in range(1, first + 1) if _holds(lines, number, first)]
    assert finding.line in [*parents, first + 1], (finding, first)


def _holds(lines: list[str], number: int, inner: int) -> bool:
    """Whether this line opens a block that the other one is in, or is that line."""
    indent = [len(line) - len(line.lstrip()) for line in lines]
    return number == inner or all(
        indent[number - 1] < indent[between] for between in range(number, inner)
    )


def test_a_line_is_where_the_last_known_part_of_a_place_begins() -> None:
    tree = yaml.compose("a:\n  /x/y:\n    - b: 1\n    - c:\n        d: 2\n  /x: 5\n")
    assert tree is not None
    places = {"": 1, "a": 1, "a//x/y": 2, "a//x/y/1/c": 4, "a//x/y/1/c/d": 5, "a//x": 6}
    assert {place: line_of(tree, place) for place in places} == places
    assert line_of(tree, "a//x/y/1/c/none/at/all") == 4
    assert line_of(tree, "none") == 1


def test_the_command_says_file_line_and_remedy(tmp_path: Path) -> None:
    shutil.copytree(root("spec"), tmp_path, dirs_exist_ok=True)
    text = (tmp_path / TEXT).read_text()
    (tmp_path / TEXT).write_text(text.replace("  x-effect: sends", "  x-effect: sent"))
    done = CliRunner().invoke(main, ["spec", "lint", "--spec", str(tmp_path)])
    first, second, *_, last = done.stdout.splitlines()
    assert done.exit_code == 1 and last == "1 findings"
    assert re.match(rf"spec/{TEXT}:\d+ post: .*\[effect\]$", first)
    assert second == "    write one of the known values of x-effect"


def test_a_folder_without_a_contract_is_said_in_a_sentence(tmp_path: Path) -> None:
    done = CliRunner().invoke(main, ["spec", "lint", "--spec", str(tmp_path)])
    assert done.exit_code == 2 and "holds no openapi.yaml" in done.output


@pytest.mark.parametrize("pattern", [r"^a$", r"^(a|b)$", r"^[|)]+$", r"^\|$", r"^(a(b|c))+\)$"])
def test_a_pattern_anchored_as_a_whole_is_fine(pattern: str, tmp_path: Path) -> None:
    files = small()
    asked(type="string", pattern=pattern)(files)
    assert lint(write(tmp_path, files)) == []


@pytest.mark.parametrize(
    "schema",
    [
        {"type": "object", "additionalProperties": {"type": "string"}},
        {"type": "object", "description": "What the caller sent.", "x-open": True},
        {"anyOf": [{"type": "string"}, {"type": "null"}]},
        {"const": 1},
    ],
)
def test_a_reply_may_be_open_on_purpose(schema: dict[str, Any], tmp_path: Path) -> None:
    files = small()
    field(**schema)(files)
    assert lint(write(tmp_path, files)) == []


def test_a_request_may_hold_anything(tmp_path: Path) -> None:
    files = small()
    asked(type="object", description="Protobuf content, passed on.")(files)
    assert lint(write(tmp_path, files)) == []


def test_a_name_required_under_a_condition_may_be_declared_outside_it(tmp_path: Path) -> None:
    files = small()
    wrapper(files).update({"if": {"required": ["to"]}, "then": {"required": ["name"]}})
    assert lint(write(tmp_path, files)) == []


@pytest.mark.parametrize(
    ("kind", "place"),
    [
        ("operation", "paths/send_message/send_text.yaml"),
        ("response", "components/responses/Unauthorized.yaml"),
        ("webhook", "webhooks/text-plain.yaml"),
    ],
)
def test_the_contract_itself_without_a_grade_is_refused(
    kind: str, place: str, tmp_path: Path
) -> None:
    folder = tmp_path / "spec"
    shutil.copytree(root("spec"), folder)
    document = yaml.safe_load((folder / place).read_text("utf-8"))
    (document if kind == "response" else document["post"]).pop("x-provenance")
    (folder / place).write_text(yaml.safe_dump(document), encoding="utf-8")
    assert ("provenance-missing", place) in {(found.rule, found.file) for found in lint(folder)}
