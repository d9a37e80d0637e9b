"""What the peers are told: the contract's own schema and answer, in the form that each reads."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import jsonschema_rs
import pytest
from comparison.peer_files import Contract, write_json_server, write_mockoon, write_wiremock
from megaapi_mock.resources import root
from megaapi_mock.spec.export import one_file
from megaapi_mock.spec.valid_bundle import valid_bundle
from servers import INVALID, SEND_TEXT, TOKEN


@pytest.fixture(scope="module")
def contract(tmp_path_factory: pytest.TempPathFactory) -> Contract:
    path = tmp_path_factory.mktemp("contract") / "megaapi.json"
    path.write_text(json.dumps(one_file(valid_bundle(root("spec")))), encoding="utf-8")
    return Contract(path)


def stub(folder: Path, name: str) -> Any:
    return json.loads((folder / "mappings" / f"{name}.json").read_text(encoding="utf-8"))


def test_schema_of_a_body_is_whole_and_tells_good_from_bad(contract: Contract) -> None:
    assert "$ref" not in json.dumps(contract.body_schema)
    validator = jsonschema_rs.Draft202012Validator(contract.body_schema)
    assert validator.is_valid(json.loads(SEND_TEXT.body))
    assert not validator.is_valid(json.loads(INVALID.body))


def test_wiremock_holds_a_body_to_the_schema_where_it_is_to(
    contract: Contract, tmp_path: Path
) -> None:
    for name, validates in (("checks", True), ("bare", False)):
        (tmp_path / name).mkdir()
        write_wiremock(tmp_path / name, contract, validates=validates)
    checks, bare = stub(tmp_path / "checks", "send"), stub(tmp_path / "bare", "send")
    (pattern,) = checks["request"].pop("bodyPatterns")
    assert pattern["matchesJsonSchema"] == contract.body_schema
    assert checks == bare
    assert bare["response"]["jsonBody"] == contract.sent
    assert bare["request"]["headers"] == {"Authorization": {"equalTo": f"Bearer {TOKEN}"}}


def test_mockoon_answers_with_the_example_where_its_rules_hold(
    contract: Contract, tmp_path: Path
) -> None:
    write_mockoon(tmp_path / "environment.json", contract)
    environment = json.loads((tmp_path / "environment.json").read_text(encoding="utf-8"))
    send, status = environment["routes"]
    good, bad = send["responses"]
    assert json.loads(good["body"]) == contract.sent
    assert [(rule["target"], rule["modifier"]) for rule in good["rules"]] == [
        ("header", "Authorization"),
        ("body", "messageData.to"),
        ("body", "messageData.text"),
    ]
    assert (bad["statusCode"], bad["default"], bad["rules"]) == (422, True, [])
    assert json.loads(status["responses"][0]["body"]) == contract.status
    uuids = [each["uuid"] for each in (send, status, *send["responses"], *status["responses"])]
    assert len(uuids) == len(set(uuids))


def test_json_server_keeps_messages_and_shows_the_status(
    contract: Contract, tmp_path: Path
) -> None:
    write_json_server(tmp_path, contract)
    code = (tmp_path / "state.js").read_text(encoding="utf-8")
    state = json.loads(code.removeprefix("module.exports = () => (").removesuffix(");\n"))
    assert state == {"messages": [], "status": contract.status}
    routes = json.loads((tmp_path / "routes.json").read_text(encoding="utf-8"))
    assert {path.split("/")[2] for path in routes} == {"sendMessage", "instance"}
    assert "messages.length = 0" in (tmp_path / "bounded.js").read_text(encoding="utf-8")
