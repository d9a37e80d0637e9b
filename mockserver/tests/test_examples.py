"""Every example under fixtures/examples, replayed: the proof of each operation."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from megaapi_mock.clock import Clock
from megaapi_mock.profile import default_profile
from megaapi_mock.resources import root
from megaapi_mock.spec.operations import operations
from megaapi_mock.spec.valid_bundle import valid_bundle
from megaapi_mock.web.app import MockApp, build_app
from megaapi_mock.worlds.load import load_world

from .support import START, RecordingTransport

FIXTURES = root("fixtures")
EXAMPLES = sorted((FIXTURES / "examples").glob("*/*/*.json"))
OPERATIONS = {found.address: found for found in operations(valid_bundle(root("spec")))}


def name_of(path: Path) -> str:
    return path.relative_to(FIXTURES / "examples").with_suffix("").as_posix()


def prepare(app: MockApp, given: list[dict[str, Any]], token: str) -> None:
    """Make the calls an example is preceded by."""
    for call in given:
        reply = app.test_client().open(
            call["path"],
            method=call["method"],
            json=call.get("body"),
            headers={"Authorization": f"Bearer {token}"},
        )
        assert 200 <= reply.status_code < 300, (call, reply.get_data(as_text=True))


def perform(app: MockApp, controller: str, operation_id: str, request: dict[str, Any]) -> Any:
    """Make the example's own call."""
    operation = next(found for found in app.runtime.api.operations if found.id == operation_id)
    assert operation.controller == controller
    headers = {"Authorization": f"Bearer {request['token']}", **request.get("headers", {})}
    options: dict[str, Any] = {"headers": headers, "query_string": request.get("query") or {}}
    if "form" in request:
        form = request["form"]
        content = (FIXTURES / "media" / form["media"]).read_bytes()
        options["data"] = {form["part"]: (BytesIO(content), form["name"], form["type"])}
    elif "raw_body" in request:
        options["data"] = request["raw_body"].encode()
    elif request.get("body") is not None:
        options["json"] = request["body"]
    path = operation.path.format(**request["path"])
    return app.test_client().open(path, method=operation.method, **options)


def without(document: Any, paths: list[str]) -> Any:
    """The document with every value that may vary taken out."""
    copy = json.loads(json.dumps(document))
    for path in paths:
        *way, last = path.split(".")
        place = copy
        for step in way:
            place = place[int(step)] if isinstance(place, list) else place[step]
        place[int(last) if isinstance(place, list) else last] = "varies"
    return copy


@pytest.fixture(scope="module")
def app_for() -> Iterator[Callable[..., MockApp]]:
    """One app per plan, set of switches and world, back at its start for every example."""
    made: dict[str, MockApp] = {}

    def find(plan: str, switches: dict[str, str], world: str) -> MockApp:
        name = json.dumps([plan, switches, world], sort_keys=True)
        if name not in made:
            made[name] = build_app(
                profile=default_profile(plan).with_switches(switches),
                world=load_world(world, FIXTURES),
                clock=Clock(frozen_at=START),
                transport=RecordingTransport(),
            )
        made[name].runtime.instances.store.reset()
        return made[name]

    yield find
    for app in made.values():
        assert list(app.runtime.records.bugs) == []
        app.stop(1)


def replayed(app: MockApp, path: Path) -> list[str]:
    """Replay one example file; every difference from what it says, in words."""
    example = json.loads(path.read_text(encoding="utf-8"))
    token = example["request"]["token"]
    prepare(app, example.get("given", []), token)
    reply = perform(app, path.parent.parent.name, path.parent.name, example["request"])
    wanted, found = example["response"], []
    if reply.status_code != wanted["status"]:
        found.append(f"status {reply.status_code}, not {wanted['status']}: {reply.data[:500]!r}")
    if reply.status_code == 500 and not reply.headers.get("X-Mock-Reason"):
        found.append("a 500 without X-Mock-Reason")
    content_type = reply.content_type.partition(";")[0] if reply.content_type else None
    if content_type != wanted.get("content_type", "application/json"):
        found.append(f"content type {content_type}")
    if wanted["body"] is not None and not found:
        varies = example.get("varies", [])
        got, due = without(reply.get_json(), varies), without(wanted["body"], varies)
        found += [] if got == due else [f"{got} is not {due}"]
    return found


@pytest.mark.parametrize("path", EXAMPLES, ids=name_of)
def test_example_is_answered_as_written(path: Path, app_for: Callable[..., MockApp]) -> None:
    example = json.loads(path.read_text(encoding="utf-8"))
    # The first of the plans that have it: Code, where that does.
    plan = OPERATIONS[f"{path.parent.parent.name}/{path.parent.name}"].plans[0]
    app = app_for(plan, example.get("switches", {}), example.get("world", "default"))
    assert replayed(app, path) == []


def test_every_operation_has_an_example_of_success() -> None:
    proven = {
        path.parent.relative_to(FIXTURES / "examples").as_posix()
        for path in EXAMPLES
        if json.loads(path.read_text(encoding="utf-8"))["response"]["status"] == 200
    }
    assert sorted(set(OPERATIONS) - proven) == []
