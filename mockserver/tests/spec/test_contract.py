"""The contract is valid, whole and proven, and its two judges never disagree."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import schemathesis
from hypothesis import given, settings
from hypothesis import strategies as st
from megaapi_mock.codec import JSON_DEPTH, Unreadable, parse_json
from megaapi_mock.resources import root
from megaapi_mock.spec.bundle import bundle, read_yaml
from megaapi_mock.spec.operations import KEY, METHODS, Operation, operations, webhook_events
from megaapi_mock.spec.plans import PLANS
from megaapi_mock.spec.validate import Validators, resolve
from openapi_core import Config, OpenAPI
from openapi_core.testing import MockRequest, MockResponse
from openapi_spec_validator import OpenAPIV31SpecValidator

SPEC, FIXTURES = root("spec"), root("fixtures")
BUNDLE = bundle(SPEC)
DOCUMENT = BUNDLE.document
OPERATIONS = {found.address: found for found in operations(BUNDLE)}
EVENTS = {found.name: found for found in webhook_events(BUNDLE)}
# Those whose body is JSON, and needed: a form is read by nobody but the mock.
WITH_BODY = [
    found
    for found in OPERATIONS.values()
    if found.request_schema is not None
    and not found.takes_file
    and found.definition["requestBody"].get("required")
]
VALIDATORS = Validators(BUNDLE, tuple(OPERATIONS.values()))
EXAMPLES = sorted((FIXTURES / "examples").glob("*/*/*.json"))
SAMPLES = sorted((FIXTURES / "webhooks").glob("*.json"))

# What users of plan Code rely on: none of these goes. A new operation is not listed here.
DESIGNED = {
    "instance": "instance_status is_on_whatsapp qr_code_page qr_code_image qr_code_base64 "
    "pairing_code logout restart download_media",
    "webhook": "webhook_settings configure_webhook",
    "send_message": "send_text send_media_url send_media_base64 send_location send_link_preview "
    "send_list send_buttons send_template forward_message quote_message",
    "config": "config_details change_token block_events accept_webhook_events accept_status_events",
    "chat": "update_presence delete_message delete_message_from_me",
    "group": "list_groups group_details create_group add_participants remove_participants "
    "leave_group",
}
DESIGNED_ADDRESSES = [
    f"{controller}/{name}" for controller, names in DESIGNED.items() for name in names.split()
]
NO_LOGIN_NEEDED = {
    *(f"instance/{name}" for name in "instance_status qr_code_page qr_code_image".split()),
    *(f"instance/{name}" for name in "qr_code_base64 pairing_code logout restart".split()),
    "instance/download_media",
    *(f"webhook/{name}" for name in DESIGNED["webhook"].split()),
    *(f"config/{name}" for name in DESIGNED["config"].split()),
}
EFFECTS = {"reads", "sends", "changes", "disconnects"}
# Any call can end so: a body may be sent to each, a CDN stands before all.
ALWAYS = {"200", "400", "401", "404", "413", "500", "502"}

with_body = pytest.mark.parametrize("operation", WITH_BODY, ids=[found.id for found in WITH_BODY])
each_operation = pytest.mark.parametrize("operation", OPERATIONS.values(), ids=list(OPERATIONS))
each_example = pytest.mark.parametrize(
    "path", EXAMPLES, ids=[path.relative_to(FIXTURES).as_posix() for path in EXAMPLES]
)


# --- whole and valid ---------------------------------------------------------------------------


def test_the_document_is_valid_openapi() -> None:
    problems = OpenAPIV31SpecValidator(DOCUMENT).iter_errors()
    assert [str(problem.message) for problem in problems] == []


def test_the_files_open_as_they_are_in_a_tool_that_is_not_ours() -> None:
    schema = schemathesis.openapi.from_path(SPEC / "openapi.yaml")
    found = {(path, method.upper()) for path in schema for method in schema[path]}
    assert found == {(known.path, known.method) for known in OPERATIONS.values()}


@pytest.mark.parametrize("address", DESIGNED_ADDRESSES)
def test_a_designed_operation_is_offered_and_needs_the_login_it_should(address: str) -> None:
    operation = OPERATIONS[address]
    assert "code" in operation.plans
    assert operation.needs_connection is (address not in NO_LOGIN_NEEDED)


@each_operation
def test_an_operation_stands_where_its_address_says(operation: Operation) -> None:
    assert operation.spec_file == f"paths/{operation.address}.yaml"
    assert set(operation.plans) <= set(PLANS)
    assert operation.plans
    assert operation.effect in EFFECTS


@each_operation
def test_an_operation_that_sends_needs_a_login(operation: Operation) -> None:
    assert operation.needs_connection or operation.effect != "sends"


@each_operation
def test_an_operation_lists_every_way_it_can_end(operation: Operation) -> None:
    listed = set(operation.definition["responses"])
    names_no_instance = operation.is_of_host and KEY not in operation.path
    assert listed >= ALWAYS - ({"404"} if names_no_instance else set())
    if operation.needs_connection:
        assert "403" in listed


# --- proven ------------------------------------------------------------------------------------


def carriers() -> Iterator[tuple[str, Mapping[str, Any]]]:
    """Operations, webhooks and their responses, each with a name for the report."""
    for section in ("paths", "webhooks"):
        for name, item in DOCUMENT[section].items():
            for method in METHODS:
                if method in item:
                    yield f"{method} {name}", item[method]
                    for status, response in item[method]["responses"].items():
                        yield f"{method} {name} {status}", resolve(response, DOCUMENT)


def test_operations_responses_and_webhooks_say_how_they_are_known() -> None:
    known = set(read_yaml(SPEC / "sources.yaml"))
    grades = {"vendor-doc", "observed", "baileys", "inferred"}
    unproven = [
        name
        for name, carrier in carriers()
        if (provenance := carrier.get("x-provenance")) is None
        or provenance["grade"] not in grades
        or not set(provenance["sources"]) <= known
        or (not provenance["sources"] and provenance["grade"] != "inferred")
    ]
    assert unproven == []


@each_operation
def test_an_operation_has_a_plain_success_among_its_examples(operation: Operation) -> None:
    assert FIXTURES / "examples" / f"{operation.address}/ok.json" in EXAMPLES


def test_examples_have_operations_and_samples_have_events() -> None:
    assert {f"{path.parent.parent.name}/{path.parent.name}" for path in EXAMPLES} == set(OPERATIONS)
    assert {path.stem for path in SAMPLES} == set(EVENTS)


@each_example
def test_an_example_fits_the_contract(path: Path) -> None:
    example = json.loads(path.read_text("utf-8"))
    operation = OPERATIONS[f"{path.parent.parent.name}/{path.parent.name}"]
    assert set(example["evidence"]["sources"]) <= set(read_yaml(SPEC / "sources.yaml"))
    if must_fit(example) and not (operation.is_key_in_query and is_unknown(example)):
        assert request_violations(operation, example["request"]) == []
    answer = example["response"]
    if answer["content_type"] == "application/json":
        assert reply_problems(operation, answer) == []
        found = VALIDATORS.reply_violations(
            operation, answer["status"], answer["content_type"], answer["body"]
        )
        assert found == []


def is_unknown(example: dict[str, Any]) -> bool:
    """Whether an example names no instance that there is."""
    return bool(example["response"]["status"] == 404)


def must_fit(example: dict[str, Any]) -> bool:
    """A request that is to be refused as unreadable or unusable need not fit.

    `missing_text=200` is the switch under which the gateway accepts what the contract does not.
    """
    refused = example["response"]["status"] in (400, 500)
    return not refused and example.get("switches", {}).get("missing_text") != "200"


def request_violations(operation: Operation, request: dict[str, Any]) -> list[str]:
    if "form" in request:
        document = {request["form"]["part"]: request["form"]["name"]}
        found = VALIDATORS.request_violations(operation, request["query"], b"", document)
        return [str(violation) for violation in found]
    body = b"" if request.get("body") is None else json.dumps(request["body"]).encode()
    found = VALIDATORS.authority.request_violations(operation, request.get("query") or {}, body)
    return [str(violation) for violation in found]


@cache
def plain_openapi_core() -> OpenAPI:
    """openapi-core as it comes, none of our parts in it."""
    return OpenAPI.from_dict(DOCUMENT, config=Config(spec_validator_cls=None))


def reply_problems(operation: Operation, answer: dict[str, Any]) -> list[str]:
    host = "https://apinocode01.megaapi.com.br"
    path = operation.path.format(instance_key="megacode-TESTKEY0001")
    request = MockRequest(host, operation.method.lower(), path, path_pattern=operation.path)
    reply = MockResponse(
        json.dumps(answer["body"]).encode(), answer["status"], content_type="application/json"
    )
    found = plain_openapi_core().iter_response_errors(request, reply)
    return [repr(error.__cause__ or error) for error in found]


@pytest.mark.parametrize("path", SAMPLES, ids=[path.stem for path in SAMPLES])
def test_a_webhook_sample_fits_the_contract(path: Path) -> None:
    assert VALIDATORS.authority.webhook_violations(path.stem, path.read_bytes()) == []
    sample = json.loads(path.read_text("utf-8"))
    assert sample["messageType"] == EVENTS[path.stem].message_type


# --- two judges, one verdict -------------------------------------------------------------------

# Tokens no Python value stands for; each takes the place of a value.
TOKENS = [
    *["1.0", "1E0", "-0", "-0.0", "1e400", "-1e400", "1e-400", "9007199254740993"],
    *["18446744073709551616", "1" + "0" * 400, "0." + "3" * 400, "NaN", "-Infinity", "01", "+1"],
    *['"\\u0000"', '"\\ud800"', '"5511900000002\\n"', '"\\u0661"', "'a'", "tru", ""],
    *["[" * depth + "]" * depth for depth in (JSON_DEPTH - 3, JSON_DEPTH, 5000)],
]
VALUES = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(),
    st.floats(allow_nan=False, allow_infinity=False),
    st.text(max_size=5),
    st.just([]),
    st.just({}),
    st.lists(st.integers(), max_size=2),
    st.integers(0, len(TOKENS) - 1).map(lambda index: f"<token {index}>"),
)


def places(document: Any) -> Iterator[tuple[Any, Any]]:
    """Every container with each of its keys."""
    waiting = [document]
    while waiting:
        node = waiting.pop()
        if isinstance(node, dict | list):
            for key in list(node) if isinstance(node, dict) else range(len(node)):
                yield node, key
                waiting.append(node[key])


@st.composite
def broken(draw: st.DrawFn, document: Any) -> Any:
    """The document with one value dropped, replaced, or another one added."""
    copy = json.loads(json.dumps(document))
    known = list(places(copy))
    if not known:
        return draw(VALUES)
    node, key = known[draw(st.integers(0, len(known) - 1))]
    match draw(st.sampled_from(["drop", "replace", "add", "numeric"])):
        case "drop":
            del node[key]
        case "add" if isinstance(node, dict):
            node[draw(st.text(max_size=5))] = draw(VALUES)
        case "numeric" if isinstance(node[key], bool | int):
            node[key] = float(node[key]) if abs(node[key]) < 2**53 else str(node[key])
        case _:
            node[key] = draw(VALUES)
    return copy


def written(document: Any) -> bytes:
    """As JSON, with the tokens in their places."""
    text = json.dumps(document)
    for index, token in enumerate(TOKENS):
        text = text.replace(f'"<token {index}>"', token)
    return text.encode()


AS_IS = "as it is"
ENCODINGS: dict[str, Callable[[bytes], bytes]] = {
    AS_IS: lambda body: body,
    "with a byte order mark": lambda body: b"\xef\xbb\xbf" + body,
    "with two marks": lambda body: b"\xef\xbb\xbf" * 2 + body,
    "empty": lambda body: b"",
    "blank": lambda body: b" \n",
    "cut off": lambda body: body[:-1],
    "two documents": lambda body: body + body,
    "wrapper twice, last empty": lambda body: body[:-1] + b', "messageData": {}}',
    "wrapper twice, first empty": lambda body: b'{"messageData": 1, ' + body[1:],
    "to twice": lambda body: body.replace(b'"to":', b'"to": null, "to":'),
    "nested as deep as allowed": lambda body: nested(body, JSON_DEPTH - 1),
    "nested too deep": lambda body: nested(body, JSON_DEPTH),
    "nested far too deep": lambda body: nested(body, 100_000),
}


def nested(body: bytes, depth: int) -> bytes:
    """The object with one more field, nested to this depth inside it."""
    return b'{"extra": ' + b"[" * depth + b"]" * depth + b", " + body.removeprefix(b"{")


@cache
def good_calls(operation_id: str) -> st.SearchStrategy[Any]:
    """Calls that fit, made from the schemas; building the strategy is the slow part."""
    operation = next(found for found in WITH_BODY if found.id == operation_id)
    schema = schemathesis.openapi.from_dict(DOCUMENT)
    strategy: st.SearchStrategy[Any] = schema[operation.path][operation.method].as_strategy(
        generation_mode=schemathesis.GenerationMode.POSITIVE
    )
    return strategy


@st.composite
def bodies(draw: st.DrawFn, operation: Operation) -> list[bytes]:
    """A good body and, of the same draw, five broken in up to three places or no body at all."""
    good = draw(good_calls(operation.id)).body
    made = [written(good)]
    for breaks in range(1, 6):
        document = good
        for _ in range(min(breaks, 3)):
            document = draw(broken(document))
        encoding = draw(st.sampled_from([AS_IS] * 20 + list(ENCODINGS)))
        made.append(ENCODINGS[encoding](written(document)))
    return made


def verdicts(operation: Operation, query: Mapping[str, str], body: bytes) -> tuple[bool, bool]:
    """What the compiled schemas say, as the pipeline asks them, and what openapi-core says."""
    try:
        fits = VALIDATORS.request_fits(operation, query, parse_json(body) if body else None)
    except Unreadable:
        fits = False
    return fits, not VALIDATORS.authority.request_violations(operation, query, body)


@with_body
def test_both_judges_agree_about_a_body(operation: Operation) -> None:
    seen = set()

    @settings(max_examples=12)
    @given(made=bodies(operation))
    def agree(made: list[bytes]) -> None:
        for body in made:
            fast, authority = verdicts(operation, {}, body)
            assert fast == authority, body[:500]
            seen.add(fast)

    agree()
    assert seen == {True, False}


@with_body
def test_both_judges_agree_about_every_encoding_of_the_examples(operation: Operation) -> None:
    media = operation.definition["requestBody"]["content"]["application/json"]
    for example in media["examples"].values():
        for name, encode in ENCODINGS.items():
            body = encode(json.dumps(example["value"]).encode())
            fast, authority = verdicts(operation, {}, body)
            assert fast == authority, name


@pytest.mark.parametrize("token", TOKENS, ids=lambda token: token[:20])
@with_body
def test_both_judges_agree_about_a_token_anywhere(operation: Operation, token: str) -> None:
    media = operation.definition["requestBody"]["content"]["application/json"]
    document = json.loads(json.dumps(next(iter(media["examples"].values()))["value"]))
    for node, key in list(places(document)):
        kept, node[key] = node[key], "<token>"
        body = json.dumps(document).replace('"<token>"', token).encode()
        node[key] = kept
        fast, authority = verdicts(operation, {}, body)
        assert fast == authority, (key, token[:40])


@each_operation
@given(data=st.data())
@settings(max_examples=15)
def test_both_judges_agree_about_a_query(operation: Operation, data: st.DataObject) -> None:
    definition = operation.definition
    names = [
        resolve(parameter, DOCUMENT)["name"]
        for parameter in definition.get("parameters", ())
        if resolve(parameter, DOCUMENT)["in"] == "query"
    ]
    keys = st.sampled_from([*names, "Content-Type"])
    query = data.draw(st.dictionaries(keys, st.text(max_size=20)), label="query")
    media = definition.get("requestBody", {}).get("content", {}).get("application/json", {})
    examples = [example["value"] for example in media.get("examples", {}).values()] or [{}, None]
    document = data.draw(st.sampled_from(examples), label="body")
    body = b"" if document is None else json.dumps(document).encode()
    fast, authority = verdicts(operation, query, body)
    assert fast == authority
