"""Types of webhooks made from the contract: the committed files, and the rules they follow."""

from __future__ import annotations

import ast
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import megaapi_mock
import pytest
from click.testing import CliRunner
from megaapi_mock.commands.main import main
from megaapi_mock.resources import root
from megaapi_mock.spec.operations import webhook_events
from megaapi_mock.spec.payload_types.message_types import PayloadTypes
from megaapi_mock.spec.payload_types.names import type_name
from megaapi_mock.spec.payload_types.python_module import python_module
from megaapi_mock.spec.payload_types.reading import SchemaReader
from megaapi_mock.spec.payload_types.shapes import (
    Literals,
    Scalar,
)
from megaapi_mock.spec.payload_types.typescript import typescript_declarations
from megaapi_mock.spec.valid_bundle import valid_bundle

PLACE = Path(megaapi_mock.__file__).parent / "events"
BUNDLE = valid_bundle(root("spec"))
TYPES = PayloadTypes(BUNDLE)
STRING, INTEGER, BOOLEAN = Scalar("string"), Scalar("integer"), Scalar("boolean")


def formatted(source: str) -> str:
    done = subprocess.run(
        [sys.executable, "-m", "ruff", "format", "--config", "line-length=100", "-"],
        input=source,
        capture_output=True,
        text=True,
        check=True,
    )
    return done.stdout


# The committed files


def test_python_types_are_those_of_the_contract() -> None:
    """Write them again with `make generated`."""
    assert (PLACE / "payloads.py").read_text(encoding="utf-8") == formatted(python_module(TYPES))


def test_typescript_types_are_those_of_the_contract() -> None:
    """Write them again with `make generated`."""
    text = (PLACE / "megaapi.d.ts").read_text(encoding="utf-8")
    assert text == typescript_declarations(TYPES)


def run(*arguments: str) -> str:
    done = CliRunner().invoke(main, ["spec", "types", *arguments])
    assert done.exit_code == 0, done.output
    return done.output


def test_command_prints_declarations_and_writes_a_module(tmp_path: Path) -> None:
    assert run() == typescript_declarations(TYPES)
    assert run("--language", "python", "-o", str(tmp_path / "deep" / "types.py")).startswith(
        f"wrote {tmp_path / 'deep' / 'types.py'}: {len(TYPES.payloads)} types"
    )
    text = (tmp_path / "deep" / "types.py").read_text(encoding="utf-8")
    assert text == python_module(TYPES)


def test_command_takes_another_contract(tmp_path: Path) -> None:
    shutil.copytree(root("spec"), tmp_path / "spec")
    file = tmp_path / "spec" / "components" / "schemas" / "AlbumMessage.yaml"
    text = file.read_text(encoding="utf-8")
    added = "properties:\n  expires: {type: integer, description: In seconds.}\n"
    file.write_text(text.replace("properties:\n", added, 1), encoding="utf-8")
    declared = run("--spec", str(tmp_path / "spec"))
    assert "  /** In seconds. */\n  expires?: number;\n" in declared


# What the types say


@pytest.mark.parametrize("event", webhook_events(BUNDLE), ids=lambda event: event.name)
def test_event_is_in_the_documentation_of_each_type_it_arrives_as(event: Any) -> None:
    documentation = {each.record.name: each.record.text for each in TYPES.payloads}
    names = TYPES.types_of(event.name)
    assert type_name(event.message_type) in names
    grade = event.definition["x-provenance"]["grade"]
    assert all(f"- {event.name}: {event.summary}; {grade}" in documentation[name] for name in names)


def test_every_grade_of_a_field_is_in_both_files() -> None:
    for text in (python_module(TYPES), typescript_declarations(TYPES)):
        flat = " ".join(text.replace("*", " ").split())
        for field in (
            "The other party's hidden number, in direct messages, since 2026. "
            "Evidence: observed (bot-remar, wacrm, baileys).",
            "The group's name is not",
        ):
            assert (field in flat) == (not field.startswith("The group's"))


def test_fields_that_a_generation_lacks_are_optional() -> None:
    base = next(each for each in TYPES.records if each.name == "MessageWebhook")
    required = {each.name for each in base.fields if each.required}
    assert required == {"instance_key", "jid", "key", "messageTimestamp", "broadcast"}


def test_each_webhook_has_one_message_type_by_which_the_union_narrows() -> None:
    for payload in TYPES.payloads:
        field = payload.record.field("messageType")
        assert field is not None
        assert field.shape == Literals((payload.message_type,))
        assert field.required
    assert [each.message_type for each in TYPES.payloads if each.bare] == ["call"]
    names = [each.message_type for each in TYPES.payloads]
    assert len(names) == len(set(names)) > 40


def test_echo_may_lack_what_others_always_send_and_the_type_says_so() -> None:
    image = next(each for each in TYPES.records if each.name == "ImageMessage")
    url = image.field("url")
    assert url is not None
    assert not url.required
    assert "Always there in what others send: url, mimetype" in image.text


def test_python_module_has_every_field_of_every_record() -> None:
    tree = ast.parse(python_module(TYPES))
    classes = {node.name: node for node in ast.walk(tree) if isinstance(node, ast.ClassDef)}
    for record in TYPES.records:
        names = {
            node.target.id
            for node in classes[record.name].body
            if isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name)
        }
        # `from` is a word of Python.
        assert names == {each.name for each in record.fields} - {"from"}


def conditions_beside_fields(schema: Any, path: str) -> Iterator[str]:
    """Every place in a schema with fields and, in the same object, alternatives without any."""
    if not isinstance(schema, dict):
        return
    if "properties" in schema and not all("type" in each for each in schema.get("anyOf", ())):
        yield path
    for name, below in schema.get("properties", {}).items():
        yield from conditions_beside_fields(below, f"{path}.{name}")
    for key in ("allOf", "anyOf", "oneOf"):
        for each in schema.get(key, ()):
            yield from conditions_beside_fields(each, path)


def test_conditions_stand_apart_from_fields() -> None:
    """Generators of clients take fields with `anyOf: [{required: [...]}]` beside them for anything,
    and the union of all webhooks no longer narrows by messageType."""
    schemas = {
        event.name: event.definition["requestBody"]["content"]["application/json"]["schema"]
        for event in webhook_events(BUNDLE)
    }
    reached = SchemaReader(BUNDLE.document)
    for schema in schemas.values():
        reached.shape(schema)
    schemas |= {name: BUNDLE.document["components"]["schemas"][name] for name in reached.records}
    found = [
        place
        for name, schema in schemas.items()
        for place in conditions_beside_fields(schema, name)
    ]
    assert found == []
