"""Every body and query of the control API is held to spec/control.yaml, and nothing else is."""

from __future__ import annotations

import inspect
import re
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from jsonschema import Draft202012Validator
from megaapi_mock.clock import LATEST
from megaapi_mock.domain.groups import PARTICIPANTS_MOST
from megaapi_mock.errors import ControlRefused
from megaapi_mock.faults.parameters import COUNT_MOST
from megaapi_mock.testing.waiting import WAIT_MOST
from megaapi_mock.web.app import MockApp
from megaapi_mock.web.control.operation_input import control_document, operation_input

from ...control import ControlApi

DOCUMENT = control_document()
COMPONENTS = DOCUMENT["components"]
# A state is read by its own reader, which checks the form and the sum of the whole file.
OWN_READER = {("put", "/_mock/state")}
# What a query holds where it is not text: how Python writes a value that fits.
WORDS = {True: "true", False: "false"}


def resolved(node: dict[str, Any]) -> dict[str, Any]:
    while "$ref" in node:
        _, _, section, name = node["$ref"].split("/")
        node = {**COMPONENTS[section][name], **{k: v for k, v in node.items() if k != "$ref"}}
    return node


def operations() -> Iterator[tuple[str, str, dict[str, Any]]]:
    for path, item in DOCUMENT["paths"].items():
        for method in ("get", "post", "put", "delete"):
            if method in item and (method, path) not in OWN_READER:
                yield method, path, {**item[method], "shared": item.get("parameters", [])}


def with_bodies() -> list[tuple[str, str, dict[str, Any]]]:
    return [
        (method, path, resolved(operation["requestBody"]["content"]["application/json"]["schema"]))
        for method, path, operation in operations()
        if "requestBody" in operation
    ]


def closed_bodies() -> list[tuple[str, str, dict[str, Any]]]:
    """All but that of a fault, whose other fields are for its kind."""
    return [entry for entry in with_bodies() if entry[2]["additionalProperties"] is False]


def body_fields() -> list[tuple[str, str, str]]:
    return [
        (method, path, name) for method, path, body in with_bodies() for name in body["properties"]
    ]


def query_parameters() -> list[tuple[str, str, dict[str, Any]]]:
    return [
        (method, path, parameter)
        for method, path, operation in operations()
        for parameter in map(resolved, [*operation["shared"], *operation.get("parameters", [])])
        if parameter["in"] == "query"
    ]


def standalone(schema: dict[str, Any]) -> dict[str, Any]:
    return {**schema, "components": COMPONENTS}


def fits(schema: dict[str, Any], value: Any) -> bool:
    return bool(Draft202012Validator(standalone(schema)).is_valid(value))


def address(path: str) -> str:
    return re.sub(r"{\w+}", "1", path.removeprefix("/_mock"))


def input_of(method: str, path: str) -> Any:
    return operation_input(method.upper(), path.removeprefix("/_mock"))


def nested(inner: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    return st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3)


numbers = st.integers(-(2**53), 2**53) | st.floats(allow_nan=False, allow_infinity=False)
json_values = st.recursive(
    st.none() | st.booleans() | numbers | st.text(max_size=8), nested, max_leaves=5
)


def fitting(schema: dict[str, Any]) -> st.SearchStrategy[Any]:
    """Values that fit a schema, as far as those of the control API's input go."""
    schema = resolved(schema)
    if "oneOf" in schema:
        return st.one_of([fitting(choice) for choice in schema["oneOf"]])
    if "enum" in schema:
        return st.sampled_from(schema["enum"])
    types = schema["type"] if isinstance(schema["type"], list) else [schema["type"]]
    return st.one_of([_of_type(name, schema) for name in types])


def _of_type(name: str, schema: dict[str, Any]) -> st.SearchStrategy[Any]:
    least, most = schema.get("minimum", schema.get("exclusiveMinimum")), schema.get("maximum")
    match name:
        case "null":
            return st.none()
        case "boolean":
            return st.booleans()
        case "integer":
            return st.integers(least, most)
        case "number":
            above = "exclusiveMinimum" in schema
            return st.floats(least, most, exclude_min=above, allow_infinity=False, allow_nan=False)
        case "string":
            return st.from_regex(schema.get("pattern", "(?s:.*)"), fullmatch=True)
        case "array":
            least, most = schema.get("minItems", 0), min(schema.get("maxItems", 5), 5)
            return st.lists(fitting(schema["items"]), min_size=least, max_size=most)
    return _objects(schema)


def _objects(schema: dict[str, Any]) -> st.SearchStrategy[dict[str, Any]]:
    fields = {name: fitting(field) for name, field in schema.get("properties", {}).items()}
    required = {name: fields.pop(name) for name in schema.get("required", ())}
    known = st.fixed_dictionaries(required, optional=fields)
    if schema.get("additionalProperties") is not True:
        return known
    others = st.dictionaries(st.text(), json_values, max_size=3)
    return st.builds(lambda other, own: {**other, **own}, others, known)


@pytest.mark.parametrize(("method", "path", "name"), body_fields())
@settings(max_examples=40)
@given(data=st.data())
def test_wrong_member_is_refused_by_its_name(
    calm: ControlApi, method: str, path: str, name: str, data: st.DataObject
) -> None:
    body = next(body for m, p, body in with_bodies() if (m, p) == (method, path))
    value = data.draw(json_values)
    assume(not fits(resolved(body["properties"][name]), value))
    required = {other: "x" for other in body.get("required", ()) if other != name}
    sentence = calm.refusal(method.upper(), address(path), {**required, name: value})
    assert re.match(rf"{name}[:.\[]", sentence)


@pytest.mark.parametrize(("method", "path", "body"), closed_bodies())
@settings(max_examples=40)
@given(name=st.text(min_size=1, max_size=10))
def test_unknown_member_is_refused_by_its_name(
    calm: ControlApi, method: str, path: str, body: dict[str, Any], name: str
) -> None:
    assume(name not in body["properties"])
    required = {other: "x" for other in body.get("required", ())}
    sentence = calm.refusal(method.upper(), address(path), {**required, name: 1})
    assert sentence.startswith(f"{name}: no such field; there are ")


@pytest.mark.parametrize(("method", "path", "body"), with_bodies())
@settings(max_examples=40)
@given(data=st.data())
def test_body_that_fits_is_never_refused(
    method: str, path: str, body: dict[str, Any], data: st.DataObject
) -> None:
    document = data.draw(fitting(body))
    given_fields = {name: value for name, value in document.items() if value is not None}
    assume(fits(body, given_fields))
    assert input_of(method, path).checked_body(document) == {
        name: value
        for name, value in document.items()
        if value is not None or name not in body["properties"]
    }


@pytest.mark.parametrize(("method", "path", "parameter"), query_parameters())
@settings(max_examples=40)
@given(text=st.text(max_size=8))
def test_wrong_query_parameter_is_refused_by_its_name(
    method: str, path: str, parameter: dict[str, Any], text: str
) -> None:
    schema, name = resolved(parameter["schema"]), parameter["name"]
    assume(not re.fullmatch(r"\s*[-+]?[\d.]+\s*", text) and text not in ("true", "false"))
    checked = input_of(method, path)
    if fits(schema, text):
        checked.require_query({name: text})
        return
    with pytest.raises(ControlRefused, match=f"^{name}: must be ") as refusal:
        checked.require_query({name: text})
    assert refusal.value.status == 400


@pytest.mark.parametrize(("method", "path", "parameter"), query_parameters())
@settings(max_examples=40)
@given(data=st.data())
def test_query_parameter_that_fits_is_never_refused(
    method: str, path: str, parameter: dict[str, Any], data: st.DataObject
) -> None:
    schema = resolved(parameter["schema"])
    bounds = {"minimum": 0, "maximum": 10**9 - 1} if schema["type"] == "integer" else {}
    value = data.draw(fitting({**bounds, **schema}))
    text = WORDS[value] if isinstance(value, bool) else str(value)
    input_of(method, path).require_query({parameter["name"]: text})


def test_views_take_the_bodies_that_are_described(app: MockApp) -> None:
    app.control.ready()
    described = {(method, path) for method, path, _ in with_bodies()}
    taking = set()
    for rule in app.url_map.iter_rules():
        view = inspect.unwrap(app.view_functions[rule.endpoint])
        if rule.rule.startswith("/_mock") and "body" in inspect.signature(view).parameters:
            path = rule.rule.replace("<", "{").replace(">", "}")
            taking |= {(method.lower(), path) for method in rule.methods or () if method == "POST"}
    assert taking == described


@pytest.mark.parametrize(
    ("form", "bound", "most"),
    [
        (COMPONENTS["schemas"]["NewGroup"]["properties"]["participants"], "maxItems",
         PARTICIPANTS_MOST - 1),
        (COMPONENTS["schemas"]["FaultWishes"]["properties"]["times"], "maximum", COUNT_MOST),
        (COMPONENTS["schemas"]["FaultWishes"]["properties"]["skip"], "maximum", COUNT_MOST),
        (COMPONENTS["schemas"]["ClockMove"]["properties"]["set"], "maximum", LATEST),
        (COMPONENTS["parameters"]["Wait"]["schema"], "maximum", WAIT_MOST),
    ],
    ids=["a group's people", "times of a fault", "calls a fault skips", "clock", "wait"],
)  # fmt: skip
def test_limit_that_code_knows_too_is_the_described_one(
    form: dict[str, Any], bound: str, most: float
) -> None:
    assert form[bound] == most
