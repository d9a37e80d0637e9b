"""The table of routes answers as Werkzeug's router does, whatever the path."""

from __future__ import annotations

from hypothesis import example, given
from hypothesis import strategies as st
from megaapi_mock.resources import root
from megaapi_mock.spec.operations import operations
from megaapi_mock.spec.valid_bundle import valid_bundle
from megaapi_mock.web.gateway.routing import Routes
from werkzeug.exceptions import MethodNotAllowed, NotFound
from werkzeug.routing import Map, RequestRedirect, Rule

INDEX = operations(valid_bundle(root("spec")))
ROUTES = Routes(INDEX)
ROUTER = Map(
    [
        Rule(
            operation.path.replace("{", "<").replace("}", ">"),
            endpoint=operation.id,
            methods=[operation.method],
            strict_slashes=True,
        )
        for operation in INDEX
    ],
    merge_slashes=False,
).bind("mock")

WORDS = sorted({step for operation in INDEX for step in operation.path.split("/") if step})
ODD = ("", " ", "%2F", "\n", "é", "\ufffd", "..", "{instance_key}", "REST", "a\nb", "a?b", "a|b")
STEPS = st.sampled_from([*WORDS, *ODD]) | st.text(max_size=4)
METHODS = st.sampled_from(["GET", "POST", "DELETE", "PUT", "PATCH", "HEAD", "get", "ODD"])


@st.composite
def near_paths(draw: st.DrawFn) -> str:
    """The path of an operation with a few steps changed, added or left out."""
    steps = draw(st.sampled_from(INDEX)).path.split("/")
    for _ in range(draw(st.integers(0, 3))):
        at = draw(st.integers(0, len(steps) - 1)) if steps else 0
        way = draw(st.sampled_from(["change", "add", "drop"]))
        if way == "drop" and steps:
            del steps[at]
        elif way == "change" and steps:
            steps[at] = draw(STEPS)
        else:
            steps.insert(at, draw(STEPS))
    return "/".join(steps)


def by_werkzeug(path: str, method: str) -> tuple[str, str] | None:
    try:
        name, arguments = ROUTER.match(path, method=method)
    except (MethodNotAllowed, NotFound, RequestRedirect):
        return None
    return str(name), arguments.get("instance_key", "")


def by_table(path: str, method: str) -> tuple[str, str] | None:
    match = ROUTES.match(path, method)
    return None if match is None else (match[0].id, match[1])


@given(path=near_paths() | st.lists(STEPS, max_size=6).map("/".join), method=METHODS)
@example(path="/rest/instance/qrcode/logout", method="GET")
@example(path="/rest/instance/qrcode/logout", method="DELETE")
@example(path="//rest/instance/K", method="GET")
@example(path="rest/instance/K", method="HEAD")
@example(path="/rest/instance//", method="GET")
@example(path="", method="GET")
def test_every_path_leads_where_werkzeug_leads_it(path: str, method: str) -> None:
    assert by_table(path, method) == by_werkzeug(path, method)


def test_every_operation_is_found_under_its_own_path() -> None:
    for operation in INDEX:
        path = operation.path.replace("{instance_key}", "megacode-TESTKEY0001")
        key = "megacode-TESTKEY0001" if "{instance_key}" in operation.path else ""
        assert by_table(path, operation.method) == (operation.id, key)


@given(st.permutations(WORDS))
def test_a_key_that_is_a_word_of_a_path_leads_where_werkzeug_leads_it(words: list[str]) -> None:
    for operation, word in zip(INDEX, words, strict=False):
        path = operation.path.replace("{instance_key}", word)
        for method in ("GET", "POST", "DELETE", "HEAD"):
            assert by_table(path, method) == by_werkzeug(path, method)
