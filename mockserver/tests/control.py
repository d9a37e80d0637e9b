"""A client of the control API that holds every answer to spec/control.yaml."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from typing import Any

import pytest
from jsonschema import Draft202012Validator
from megaapi_mock.clock import Clock
from megaapi_mock.resources import root
from megaapi_mock.spec.bundle import read_yaml
from megaapi_mock.web.app import MockApp, build_app
from werkzeug.test import TestResponse

from .support import START, RecordingTransport

METHODS = ("get", "post", "put", "delete")


@cache
def control() -> dict[str, Any]:
    """spec/control.yaml as a document, every object in it closed: nothing undescribed passes."""
    document = read_yaml(root("spec") / "control.yaml")
    _close(document["components"]["schemas"])
    assert isinstance(document, dict)
    return document


def _close(node: Any) -> None:
    if isinstance(node, dict):
        if isinstance(node.get("properties"), dict):
            node.setdefault("additionalProperties", False)
        for value in node.values():
            _close(value)
    elif isinstance(node, list):
        for value in node:
            _close(value)


def described(path: str) -> str:
    """The path of spec/control.yaml that a request's path fits; one without parameters first."""
    for shape in sorted(control()["paths"], key=lambda shape: "{" in shape):
        if re.fullmatch(re.sub(r"{\w+}", "[^/]+", shape), path):
            return str(shape)
    raise AssertionError(f"spec/control.yaml does not describe {path}")


@cache
def validator(method: str, shape: str, status: int) -> Draft202012Validator:
    """What a JSON reply with this status is held to."""
    responses = control()["paths"][shape][method.lower()]["responses"]
    assert str(status) in responses, f"{method} {shape} answered {status}, which is undescribed"
    response = responses[str(status)]
    if "$ref" in response:
        response = control()["components"]["responses"][response["$ref"].rpartition("/")[2]]
    schema = response["content"]["application/json"]["schema"]
    return Draft202012Validator({**schema, "components": control()["components"]})


class ControlApi:
    """Calls below /_mock; each says which status it expects and gets the document back."""

    def __init__(self, app: MockApp) -> None:
        self.client = app.test_client()

    def call(
        self,
        method: str,
        path: str,
        body: Any = None,
        *,
        status: int = 200,
        **options: Any,
    ) -> Any:
        """The reply's document."""
        if body is not None:
            options["json"] = body
        reply: TestResponse = self.client.open(f"/_mock{path}", method=method, **options)
        shape = described(f"/_mock{path}".partition("?")[0])
        document = reply.get_json()
        assert reply.status_code == status, document
        assert reply.mimetype == "application/json"
        validator(method, shape, reply.status_code).validate(document)
        return document

    def get(self, path: str, **options: Any) -> Any:
        """GET."""
        return self.call("GET", path, **options)

    def post(self, path: str, body: Any = None, **options: Any) -> Any:
        """POST."""
        return self.call("POST", path, body, **options)

    def put(self, path: str, body: Any = None, **options: Any) -> Any:
        """PUT."""
        return self.call("PUT", path, body, **options)

    def delete(self, path: str, **options: Any) -> Any:
        """DELETE."""
        return self.call("DELETE", path, **options)

    def items(self, path: str) -> list[Any]:
        """The items of one page."""
        found = self.get(path)["items"]
        assert isinstance(found, list)
        return found

    def walk(self, path: str) -> list[Any]:
        """All items, page by page, as `next` leads."""
        found: list[Any] = []
        joint = "&" if "?" in path else "?"
        page = self.get(path)
        while True:
            found += page["items"]
            if page["next"] is None:
                return found
            page = self.get(f"{path}{joint}since={page['next']}")

    def refusal(
        self, method: str, path: str, body: Any = None, *, status: int = 400, **options: Any
    ) -> str:
        """The sentence of a refusal."""
        return str(self.call(method, path, body, status=status, **options)["error"])


@pytest.fixture
def control_api(app: MockApp) -> ControlApi:
    """The control API of the default app."""
    return ControlApi(app)


@pytest.fixture(scope="module")
def calm() -> Iterator[ControlApi]:
    """One app for all calls that must change nothing; held to that at its end."""
    app = build_app(clock=Clock(frozen_at=START), transport=RecordingTransport())
    control_api = ControlApi(app)
    before = control_api.get("/instances"), control_api.get("/clock")
    yield control_api
    assert (control_api.get("/instances"), control_api.get("/clock")) == before
    assert app.stop(0) == 0
