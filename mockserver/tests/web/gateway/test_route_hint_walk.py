"""Every wrong spelling of every operation leads to that operation, under every plan."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping

import pytest
from megaapi_mock.spec.operations import Operation
from megaapi_mock.web.gateway.route_hints import RouteHints

from .test_route_hints import INDEX, hints

KEY = "{instance_key}"
PLANS = ("code", "start", "business", "token", "admin")
METHODS = ("GET", "POST", "PUT", "DELETE")


def _kebab(name: str) -> str:
    return re.sub(r"[A-Z]", lambda letter: f"-{letter.group().lower()}", name)


# How people misspell the last word of a path.
TYPOS: Mapping[str, Callable[[str], str]] = {
    "a letter more": lambda name: f"{name}s",
    "the last letter gone": lambda name: name[:-1],
    "a letter in the middle gone": lambda name: name[: len(name) // 2] + name[len(name) // 2 + 1 :],
    "small letters": str.lower,
    "capital letters": str.upper,
    "words with hyphens": _kebab,
}


def _path(operation: Operation, key: str = "megacode-TESTKEY0001") -> str:
    return operation.path.replace(KEY, key)


def _name(operation: Operation) -> str:
    """The last part that is not a key."""
    return next(part for part in reversed(operation.path.split("/")) if part != KEY)


def _offered(plan: str) -> list[Operation]:
    return [operation for operation in INDEX if plan in operation.plans]


def _misspelt(plan: str) -> Iterator[tuple[str, str, Operation]]:
    """Each wrong path of each operation, and how it came about."""
    known = {_path(operation) for operation in INDEX}
    for operation in _offered(plan):
        head, _, tail = _path(operation).rpartition(_name(operation))
        paths = {
            f"{how}: {name}": f"{head}{name}{tail}"
            for how, typo in TYPOS.items()
            if (name := typo(_name(operation))) not in known
        }
        paths |= {
            "without /rest": _path(operation).removeprefix("/rest"),
            "another beginning": _path(operation).replace("/rest/", "/api/v1/"),
        }
        for how, path in paths.items():
            if path not in known:
                yield how, path, operation


@pytest.mark.parametrize("plan", PLANS)
def test_every_misspelt_path_leads_to_its_operation(plan: str) -> None:
    route_hints, misleading = hints(plan), []
    for how, path, operation in _misspelt(plan):
        reason = route_hints.reason(operation.method, path)
        if f"did you mean {operation.method} {operation.path}?" not in reason:
            misleading.append((how, reason))
    assert misleading == []


@pytest.mark.parametrize("plan", PLANS)
def test_path_without_its_key_leads_to_its_operation(plan: str) -> None:
    for operation in _offered(plan):
        path = operation.path.replace(f"/{KEY}", "")
        if any(path == each.path for each in INDEX) or path == operation.path:
            continue
        reason = hints(plan).reason(operation.method, path)
        assert f"did you mean {operation.method} {operation.path}?" in reason, reason


@pytest.mark.parametrize("plan", PLANS)
def test_no_reason_names_the_call_itself_as_what_there_is(plan: str) -> None:
    route_hints = hints(plan)
    offered = {(operation.method, operation.path) for operation in _offered(plan)}
    for operation in INDEX:
        for method in METHODS:
            if (method, operation.path) in offered:
                continue
            reason = route_hints.reason(method, _path(operation))
            taken = re.search(r" takes ([A-Z, ]+)", reason)
            assert taken is None or method not in taken[1].split(", "), reason
            assert f"did you mean {method} {operation.path}?" not in reason, reason
            assert "takes" in reason or "serve it with --profile" in reason, reason


def test_hints_are_those_of_a_contract() -> None:
    assert isinstance(hints("code"), RouteHints) and len(INDEX) > 60
