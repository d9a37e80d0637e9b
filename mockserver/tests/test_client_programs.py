"""Public client programs find every call they make under the plan of their hosts."""

from __future__ import annotations

from typing import Any

import pytest
import yaml
from megaapi_mock.resources import root
from megaapi_mock.spec.operations import operations
from megaapi_mock.spec.plans import PLANS
from megaapi_mock.spec.valid_bundle import valid_bundle
from megaapi_mock.web.gateway.routing import Routes

from .support import KEY

FOLDER = root("fixtures") / "recordings"
OPERATIONS = operations(valid_bundle(root("spec")))
ROUTES = {
    plan: Routes(operation for operation in OPERATIONS if plan in operation.plans) for plan in PLANS
}


def read(name: str) -> Any:
    return yaml.safe_load((FOLDER / name).read_text(encoding="utf-8"))


def programs() -> list[tuple[str, str, list[str]]]:
    """Each program with each plan it is used with, and its calls."""
    php = [f"{call['method']} {call['path']}" for call in read("php-class.yaml")["calls"]]
    collection = [
        f"{call['method']} {call['path']}" for call in read("collection-2022.yaml")["calls"]
    ]
    listed = read("client-programs.yaml")["programs"]
    return [
        ("the vendor's PHP class", "token", php),
        ("the vendor's collection", "token", collection),
        *((each["name"], plan, each["calls"]) for each in listed for plan in each["plans"]),
    ]


@pytest.mark.parametrize(
    ("plan", "calls"),
    [pytest.param(plan, calls, id=f"{name} ({plan})") for name, plan, calls in programs()],
)
def test_every_call_of_a_program_is_an_operation_of_its_plan(plan: str, calls: list[str]) -> None:
    missing = []
    for call in calls:
        method, path = call.split(" ", 1)
        path = path.replace("{instance_key}", KEY).rstrip("/")
        if ROUTES[plan].match(path, method) is None:
            missing.append(call)
    assert missing == []


def test_sources_of_the_programs_are_known() -> None:
    sources = yaml.safe_load((root("spec") / "sources.yaml").read_text(encoding="utf-8"))
    for each in read("client-programs.yaml")["programs"]:
        assert each["source"] in sources and set(each["plans"]) <= {*PLANS}
