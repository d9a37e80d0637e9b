"""The one-file form: any webhook has a schema there, and each program gets what it can read."""

from __future__ import annotations

import json
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import jsonschema_rs
import pytest
import yaml
from click.testing import CliRunner
from megaapi_mock.commands.main import main
from megaapi_mock.errors import SpecError
from megaapi_mock.events.payloads import TYPES
from megaapi_mock.resources import root
from megaapi_mock.spec.bundle import Bundle
from megaapi_mock.spec.export import FORMS, one_file
from megaapi_mock.spec.payload_types.names import camel
from megaapi_mock.spec.valid_bundle import first_problem, valid_bundle

from ..events.payload_samples import every_payload

Json = dict[str, Any]
BUNDLE = valid_bundle(root("spec"))


@cache
def form(program: str | None) -> Json:
    """The one-file form of the contract for a program."""
    return one_file(BUNDLE, program)


DOCUMENT = form(None)
SCHEMAS = DOCUMENT["components"]["schemas"]
ANY = jsonschema_rs.Draft202012Validator(
    {"$ref": "#/components/schemas/AnyWebhook", "components": DOCUMENT["components"]}
)


def test_every_webhook_of_every_generation_is_any_webhook() -> None:
    """Exactly one type of the union takes it, as `oneOf` wants."""
    for source, event, payload in every_payload():
        if "messageType" in payload:
            assert ANY.is_valid(payload), (source, event, [*ANY.iter_errors(payload)][:1])
        else:
            assert event == "call", event


@pytest.mark.parametrize(
    "change",
    [
        {"messageType": "unheard"},
        {"messageType": "imageMessage"},
        {"messageTimestamp": "1760000000"},
        {"message": {}},
        {"key": {}},
        {"jid": None},
    ],
)
def test_what_is_no_webhook_is_none_of_its_types(change: Json) -> None:
    texts = (payload for _, event, payload in every_payload() if event == "text-plain")
    text = next(texts)
    assert ANY.is_valid(text)
    assert not ANY.is_valid({**text, **change})


def test_the_discriminator_names_the_type_of_every_message_type() -> None:
    union = SCHEMAS["AnyWebhook"]
    assert union["discriminator"]["propertyName"] == "messageType"
    mapping = union["discriminator"]["mapping"]
    assert mapping == {
        kind: f"#/components/schemas/{record.__name__}" for kind, record in TYPES.items()
    }
    assert [each["$ref"] for each in union["oneOf"]] == [*mapping.values()]


def test_what_comes_to_the_url_is_the_callback_of_the_call_that_sets_it() -> None:
    call = DOCUMENT["paths"]["/rest/webhook/{instance_key}/configWebhook"]["post"]
    (comes,) = call["callbacks"]["webhook"].values()
    content = comes["post"]["requestBody"]["content"]["application/json"]
    assert content["schema"] == {"$ref": "#/components/schemas/AnyWebhook"}


def inside(schema: Any, name: str) -> Iterator[str]:
    """The names that generators give to the objects in a schema."""
    for member, each in schema.get("properties", {}).items():
        below = name + camel(member)
        if "properties" in each or "items" in each:
            yield below
        yield from inside(each, below)
    for key in ("allOf", "anyOf", "oneOf"):
        for each in schema.get(key, ()):
            yield from inside(each, name)


def test_no_schema_has_the_name_that_generators_give_to_a_part_of_another() -> None:
    made = {made for name, schema in SCHEMAS.items() for made in inside(schema, name)}
    assert len(made) > 20
    assert made & SCHEMAS.keys() == set()


def test_a_field_that_must_not_be_there_has_a_schema_that_is_an_object() -> None:
    """openapi-python-client takes no other."""
    own = BUNDLE.document["components"]["schemas"]["InstanceOf2022"]["properties"]["instance"]
    assert own["properties"]["status"] is False
    written = SCHEMAS["InstanceOf2022"]["properties"]["instance"]["properties"]["status"]
    assert written == {"not": {}}


def test_the_contract_itself_is_as_before() -> None:
    assert "AnyWebhook" not in BUNDLE.document["components"]["schemas"]
    for name, schema in BUNDLE.document["components"]["schemas"].items():
        # Generators fail at `false`: in these a member that must not be there is another schema.
        if name not in ("InstanceOf2022", "NumberFound", "NumberMissing", "SwallowedSend"):
            assert SCHEMAS[name] == schema
    assert DOCUMENT["webhooks"] == BUNDLE.document["webhooks"]


@pytest.mark.parametrize("program", [None, *FORMS])
def test_every_form_has_every_call_and_webhook(program: str | None) -> None:
    document = form(program)
    if program == "openapi-generator":
        # `make spec-lint` holds the others to more than that.
        assert first_problem(Bundle(document)) is None
    schemas = document["components"]["schemas"]
    assert schemas.keys() >= {"AnyWebhook", *(record.__name__ for record in TYPES.values())}
    assert document["paths"].keys() == BUNDLE.document["paths"].keys()


def answer(program: str | None) -> Json:
    """What qrcode-img answers."""
    path = form(program)["paths"]["/rest/instance/qrcode-img/{instance_key}"]
    response: Json = path["get"]["responses"]["200"]
    return response


def test_files_are_described_for_those_that_need_it() -> None:
    binary = {"type": "string", "format": "binary"}
    assert "schema" not in answer(None)["content"]["image/png"]
    assert answer("openapi-generator")["content"]["image/png"]["schema"] == binary
    assert [*answer("openapi-python-client")["content"]] == ["application/octet-stream"]
    assert (
        answer("openapi-python-client")["content"]["application/octet-stream"]["schema"] == binary
    )


def test_openapi_generator_gets_no_links_and_no_webhooks() -> None:
    document = form("openapi-generator")
    assert '"links"' in json.dumps(DOCUMENT)
    assert '"links"' not in json.dumps(document)
    assert "webhooks" not in document
    # Only webhooks, each on its own, have those.
    assert {"GroupMark", "InboundMessage"} & document["components"]["schemas"].keys() == set()


def test_postman_calls_last_what_others_are_refused_after() -> None:
    document = form("postman")
    names = [call["operationId"] for item in document["paths"].values() for call in item.values()]
    assert names[-3:] == ["pairing_code", "change_token", "delete_instance"]
    assert names.index("leave_group") > max(map(names.index, ("create_group", "send_text")))
    assert names.index("logout") > names.index("is_on_whatsapp")
    folders = [tag["name"] for tag in document["tags"]]
    assert folders[-4:] == ["Group", "Instance", "Config", "Delete instance"]
    assert "Webhook events" not in folders
    assert {*document["paths"]} == {*form(None)["paths"]}


def test_postman_gets_key_and_token_as_variables() -> None:
    document = form("postman")
    variables = document["servers"][0]["variables"]
    assert [variables[name]["default"] for name in ("instance_key", "bearerToken")] == [
        "megacode-TESTKEY0001",
        "TESTKEY0001",
    ]
    for name in ("InstanceKey", "InstanceKeyInQuery"):
        assert document["components"]["parameters"][name]["example"] == "{{instance_key}}"
    assert "Webhook events" not in [tag["name"] for tag in document["tags"]]


def test_a_name_that_is_taken_twice_is_refused() -> None:
    document = {**BUNDLE.document, "components": {**BUNDLE.document["components"]}}
    schemas = {**BUNDLE.document["components"]["schemas"], "AnyImageMessage": {"type": "string"}}
    document["components"]["schemas"] = schemas
    with pytest.raises(SpecError, match="would be called AnyImageMessage"):
        one_file(Bundle(document, BUNDLE.files))


def test_a_contract_without_webhooks_is_written_as_it_is() -> None:
    paths = {
        "openapi": "3.1.0",
        "info": {"title": "x", "version": "1"},
        "paths": {},
        "components": {"schemas": {}},
    }
    assert one_file(Bundle(paths)) == paths


def test_the_command_writes_the_form_it_is_asked_for(tmp_path: Path) -> None:
    file = tmp_path / "one.yaml"
    done = CliRunner().invoke(
        main, ["spec", "bundle", "--for", "openapi-generator", "-o", str(file)]
    )
    assert done.exit_code == 0, done.output
    assert yaml.safe_load(file.read_text(encoding="utf-8")) == form("openapi-generator")
    wrong = CliRunner().invoke(main, ["spec", "bundle", "--for", "openapi-generater"])
    assert wrong.exit_code == 2
    assert all(program in wrong.output for program in FORMS)


def answers_and_bodies(document: Json) -> Iterator[tuple[str, Json, Any]]:
    """Every example of a call in JSON, with the schema of the contract for it in `document`."""
    for path, item in BUNDLE.document["paths"].items():
        for method, definition in item.items():
            plain = document["paths"][path][method]
            for own, plains in pairs(definition, plain):
                for example in own.get("examples", {}).values():
                    yield path, plains["schema"], example["value"]


def pairs(definition: Json, plain: Json) -> Iterator[tuple[Json, Json]]:
    """What is sent and what is answered in JSON, in the contract and in a form of it."""
    parts = [(definition.get("requestBody", {}), plain.get("requestBody", {}))]
    parts += [
        (each, plain["responses"][status]) for status, each in definition["responses"].items()
    ]
    for own, other in parts:
        if "application/json" in own.get("content", {}):
            yield own["content"]["application/json"], other["content"]["application/json"]


def test_the_form_for_openapi_generator_takes_all_that_the_contract_takes() -> None:
    """Every example of a call, and every webhook. Other forms leave schemas as they are."""
    document = form("openapi-generator")
    components = document["components"]
    count = 0
    for path, schema, value in answers_and_bodies(document):
        count += 1
        validator = jsonschema_rs.Draft202012Validator({**schema, "components": components})
        assert validator.is_valid(value), (path, value, [*validator.iter_errors(value)][:1])
    assert count > 100
    any_webhook = {"$ref": "#/components/schemas/AnyWebhook", "components": components}
    webhook = jsonschema_rs.Draft202012Validator(any_webhook)
    payloads = [payload for _, _, payload in every_payload() if "messageType" in payload]
    assert [each for each in payloads if not webhook.is_valid(each)] == []


def test_openapi_generator_gets_one_object_where_there_is_a_choice() -> None:
    schemas = form("openapi-generator")["components"]["schemas"]
    assert schemas["InstanceStatus"]["required"] == ["error", "message"]
    instance = schemas["InstanceStatus"]["properties"]["instance"]
    assert instance["required"] == ["key"]
    assert {*instance["properties"]} == {"key", "status", "user"}
    assert instance["properties"]["user"]["required"] == ["id", "name"]
    participants = schemas["ParticipantsUpdated"]["properties"]["updatedParticipants"]
    assert participants["type"] == "array"
    assert [each.get("type") for each in participants["items"]["anyOf"]] == ["array", None]


def test_openapi_generator_gets_all_that_is_said_of_a_field_in_one_piece() -> None:
    sent = form("openapi-generator")["components"]["schemas"]["SentText"]
    data = sent["properties"]["messageData"]
    assert {"key", "message", "status"} <= {*data["properties"]}
    assert data["properties"]["message"]["required"] == ["extendedTextMessage"]
    text = data["properties"]["message"]["properties"]["extendedTextMessage"]
    assert {"text", "contextInfo", "title"} <= {*text["properties"]}


def parts(node: Any) -> Iterator[Json]:
    """Every mapping in a document but examples."""
    if isinstance(node, dict):
        yield node
        for name, each in node.items():
            if name not in ("examples", "example", "x-provenance"):
                yield from parts(each)
    elif isinstance(node, list):
        for each in node:
            yield from parts(each)


def test_openapi_generator_gets_values_that_all_its_languages_have() -> None:
    for schema in parts(form("openapi-generator")):
        if schema.get("type") == "boolean":
            assert "const" not in schema
        if schema.get("type") == "integer":
            assert schema["format"] == "int64"
        for choice in schema.get("anyOf", ()):
            assert sum(each.get("type") == "array" for each in schema["anyOf"]) < 2, choice
        for name in (
            schema.get("required", ()) if isinstance(schema.get("properties"), dict) else ()
        ):
            assert None not in schema["properties"].get(name, {}).get("enum", ()), name
