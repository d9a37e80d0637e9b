"""Adding an operation: a path file, its line in the index, a handler, an example; nothing else."""

from __future__ import annotations

import json
import shutil
from dataclasses import replace
from pathlib import Path

import pytest
from megaapi_mock.errors import HandlerMissing, HandlerOrphaned, SpecError
from megaapi_mock.handlers.call import Call, Json, operation, success
from megaapi_mock.handlers.registry import discover
from megaapi_mock.resources import root
from megaapi_mock.web.app import build_app

from .conftest import MakeApp
from .support import AUTH, KEY
from .test_examples import replayed

PATH_FILE = """
post:
  operationId: rename_group
  summary: Rename group
  x-summary-pt: Renomear grupo
  description: An operation that exists in this test alone.
  tags: [Group]
  x-effect: changes
  x-plans: [code]
  x-provenance: {grade: inferred, sources: []}
  x-requires-connection: true
  parameters:
    - {$ref: ../../components/parameters/InstanceKey.yaml}
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
              properties: {jid: {type: string}, group_name: {type: string}}
  responses:
    '200':
      description: Renamed.
      x-provenance: {grade: inferred, sources: []}
      content:
        application/json:
          schema: {$ref: ../../components/schemas/Done.yaml}
    '404': {$ref: ../../components/responses/NotFound.yaml}
    '500': {$ref: ../../components/responses/InternalServerError.yaml}
"""
INDEX_LINE = "  /rest/group/{instance_key}/rename: {$ref: paths/group/rename_group.yaml}\n"
EXAMPLE = {
    "summary": "A group gets another name",
    "evidence": {"grade": "inferred", "sources": []},
    "request": {
        "path": {"instance_key": KEY},
        "body": {"group_data": {"jid": "120363000000000001@g.us", "group_name": "Outro nome"}},
        "token": "TESTKEY0001",
    },
    "response": {"status": 200, "body": {"error": False, "message": "Group renamed"}},
}


@operation()
def rename_group(call: Call) -> Json:
    """A new subject for a group the instance is in."""
    data = call.body["group_data"]
    group = call.instance.groups.require(data["jid"])
    call.instance.group_table.put(group.jid, replace(group, subject=data["group_name"]))
    return success("Group renamed")


@pytest.fixture
def spec(tmp_path: Path) -> Path:
    """A copy of the contract with one operation more."""
    folder = tmp_path / "spec"
    shutil.copytree(root("spec"), folder)
    (folder / "paths" / "group" / "rename_group.yaml").write_text(PATH_FILE, encoding="utf-8")
    index = folder / "openapi.yaml"
    text = index.read_text(encoding="utf-8").replace("paths:\n", "paths:\n" + INDEX_LINE, 1)
    index.write_text(text, encoding="utf-8")
    return folder


@pytest.fixture(autouse=True)
def own_cache(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Contracts of these tests stay out of the user's cache."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))


def test_an_operation_is_four_small_pieces(spec: Path, make_app: MakeApp, tmp_path: Path) -> None:
    example = tmp_path / "examples" / "group" / "rename_group" / "ok.json"
    example.parent.mkdir(parents=True)
    example.write_text(json.dumps(EXAMPLE), encoding="utf-8")
    app = make_app(spec=spec, handlers={**discover(), "group/rename_group": rename_group})

    assert replayed(app, example) == []
    client = app.test_client()
    listed = client.get(f"/rest/group/list/{KEY}", headers=AUTH).get_json()
    assert listed["groups"][0]["subject"] == "Outro nome"
    refused = client.post(f"/rest/group/{KEY}/rename", headers=AUTH, json={})
    assert refused.status_code == 500
    assert "paths/group/rename_group.yaml" in refused.headers["X-Mock-Reason"]
    exchanges = client.get("/_mock/exchanges?operation=rename_group").get_json()
    assert len(exchanges["items"]) == 2


def test_a_missing_handler_stops_the_start_and_names_the_file(spec: Path) -> None:
    with pytest.raises(HandlerMissing) as stop:
        build_app(spec=spec)
    assert str(stop.value) == (
        "spec/paths/group/rename_group.yaml has no handler: "
        "write rename_group(call) in handlers/group.py"
    )


def test_an_orphaned_handler_stops_the_start_and_names_the_file() -> None:
    with pytest.raises(HandlerOrphaned) as stop:
        build_app(handlers={**discover(), "group/rename_group": rename_group})
    assert "write spec/paths/group/rename_group.yaml" in str(stop.value)


def test_a_file_the_index_does_not_name_is_refused(spec: Path) -> None:
    index = spec / "openapi.yaml"
    index.write_text(index.read_text(encoding="utf-8").replace(INDEX_LINE, ""), encoding="utf-8")
    with pytest.raises(SpecError, match=r"paths/group/rename_group\.yaml is referred to by"):
        build_app(spec=spec)
