"""The contract's own examples, boundaries and random requests, judged by every Schemathesis check.

It counts only if every operation was answered with a 2xx at least once. What is left over are
the vendor's oddities, listed in contract_hooks.py.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
import schemathesis
from hypothesis import Phase, given, settings
from megaapi_mock.clock import Clock
from megaapi_mock.handlers.call import Call, Handler, Json, operation
from megaapi_mock.handlers.registry import discover
from megaapi_mock.ids import Ids
from megaapi_mock.profile import default_profile
from megaapi_mock.resources import root
from megaapi_mock.settings import Settings
from megaapi_mock.spec.bundle import read_yaml
from megaapi_mock.spec.operations import operations
from megaapi_mock.spec.plans import EVERY_PLAN
from megaapi_mock.spec.valid_bundle import valid_bundle
from megaapi_mock.testing import MockServer
from megaapi_mock.web.app import MockApp, build_app
from megaapi_mock.web.gateway.auth import Access
from schemathesis import GenerationMode
from schemathesis.core.failures import FailureGroup

from .contract_hooks import (
    ODDITIES,
    PLACEHOLDER,
    Ask,
    Oddity,
    Watch,
    an_intended_500_says_why,
)
from .support import START, RecordingTransport

OPERATIONS = sorted(found.id for found in operations(valid_bundle(root("spec"))))
CONFIG: dict[str, Any] = {
    "auth": {"openapi": {name: {"bearer": PLACEHOLDER} for name in ("bearerToken", "adminToken")}},
    "generation": {"database": "none"},
    # What it draws must not depend on the texts in our own source.
    "analysis": {"constants": {"enabled": False}},
}


# -- as a developer runs it -------------------------------------------------------------------

TOML = f"""
seed = 7
continue-on-failure = true
[auth.openapi.bearerToken]
bearer = "{PLACEHOLDER}"
[auth.openapi.adminToken]
bearer = "{PLACEHOLDER}"
[generation]
database = "none"
max-examples = 3
[analysis]
constants = {{ enabled = false }}
"""


@pytest.mark.hosts
@pytest.mark.timeout(300)
def test_schemathesis_run_finds_only_what_is_the_vendors_own(tmp_path: Path) -> None:
    (tmp_path / "schemathesis.toml").write_text(TOML)
    notes = tmp_path / "notes.json"
    settings = Settings(seed=0, host="127.0.0.1", profile=EVERY_PLAN)
    with MockServer(settings=settings) as server:
        run = subprocess.run(
            [sys.executable, "-c", "from schemathesis.cli import schemathesis; schemathesis()",
             "run", f"{server.url}/docs/swagger.json", "--no-color", "--no-shrink"],
            cwd=tmp_path,
            env={
                **os.environ,
                "SCHEMATHESIS_HOOKS": "contract_hooks",
                "PYTHONPATH": str(Path(__file__).parent),
                "LAWS_MOCK": server.url,
                "LAWS_NOTES": str(notes),
            },
            capture_output=True,
            encoding="utf-8",
            timeout=280,
        )  # fmt: skip
        bugs = list(server.app.runtime.records.bugs)
    assert bugs == []
    assert notes.exists(), run.stdout[-4000:] + run.stderr[-4000:]
    found = json.loads(notes.read_text(encoding="utf-8"))
    assert found["ours"] == [], "\n".join(found["ours"])
    assert run.returncode == 0, run.stdout[-8000:] + run.stderr[-2000:]
    answered = {text.split()[0] for text in found["answers"] if text.split()[1].startswith("2")}
    assert sorted(set(OPERATIONS) - answered) == [], "operations that never gave a 2xx"
    stale = [oddity.name for oddity in ODDITIES if not found["met"].get(oddity.name)]
    assert stale == [], "oddities that nothing met: strike them"


# -- in this process --------------------------------------------------------------------------


@pytest.fixture(scope="module")
def mock() -> Iterator[MockApp]:
    """One app for all operations; each case has an instance of its own anyway."""
    app = _app()
    yield app
    app.stop(60)
    assert list(app.runtime.records.bugs) == []


def _app(**parts: Any) -> MockApp:
    return build_app(
        # Numbers are drawn at random: few of them are like any of Brazil.
        profile=default_profile(EVERY_PLAN).with_switches({"number_lengths": "any"}),
        clock=Clock(frozen_at=START),
        ids=Ids(0),
        transport=RecordingTransport(),
        **parts,
    )


def _asking(app: MockApp) -> Ask:
    client = app.test_client()

    def ask(method: str, path: str, body: Any, token: str = "") -> Any:
        headers = {"Authorization": f"Bearer {token}"}
        reply = client.open(path, method=method, json=body, headers=headers)
        assert reply.status_code < 300, (method, path, reply.get_data())
        return reply.get_json()

    return ask


def judged(app: MockApp, operation: str, *, good: int = 10, bad: int = 8) -> Watch:
    """So many good and bad requests to one operation; what every check says of the answers."""
    app.runtime.instances.store.reset()
    watch = Watch(_asking(app))
    config = schemathesis.Config.from_dict(CONFIG)
    contract = schemathesis.openapi.from_wsgi("/docs/swagger.json", app, config=config)
    found = contract.find_operation_by_id(operation)

    def judge(case: Any) -> None:
        watch.prepare(case)
        # Nobody unpacks what an app in this process answers.
        response = case.call(headers={"Accept-Encoding": "identity"})
        watch.count(case, response)
        try:
            case.validate_response(response, additional_checks=[an_intended_500_says_why])
        except FailureGroup as group:
            for failure in group.exceptions:
                watch.is_oddity(failure, case, response)

    for mode, examples in ((GenerationMode.POSITIVE, good), (GenerationMode.NEGATIVE, bad)):
        drawn = given(case=found.as_strategy(generation_mode=mode))(judge)
        settings(max_examples=examples, phases=[Phase.generate])(drawn)()
    return watch


@pytest.mark.hosts
@pytest.mark.parametrize("operation", OPERATIONS)
def test_random_requests_find_only_what_is_the_vendors_own(operation: str, mock: MockApp) -> None:
    watch = judged(mock, operation)
    assert watch.ours == []
    assert any(text.split()[1].startswith("2") for text in watch.answers), watch.answers


def _breaks(call: Call) -> Json:
    raise ZeroDivisionError


def _answers_otherwise(call: Call) -> Json:
    return {"error": False, "message": ["Message sent"]}


@pytest.mark.parametrize(
    ("handler", "found"), [(_breaks, "500 "), (_answers_otherwise, "200 JsonSchemaError")]
)
def test_a_broken_handler_is_found(handler: Handler, found: str) -> None:
    handlers = {**discover(), "send_message/send_text": operation()(handler)}
    app = _app(handlers=handlers)
    ours = judged(app, "send_text").ours
    app.stop(60)
    assert any(line.startswith(f"send_text: {found}") for line in ours), ours


def test_an_unasked_token_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Access, "require", lambda access, instance, authorization: None)
    app = _app()
    ours = judged(app, "list_groups").ours
    app.stop(60)
    assert any("IgnoredAuth" in line for line in ours), ours


def test_a_500_without_a_reason_is_ours() -> None:
    bare = SimpleNamespace(status_code=500, headers={})
    with pytest.raises(AssertionError, match="X-Mock-Reason"):
        an_intended_500_says_why(None, bare, None)


@pytest.mark.parametrize("oddity", ODDITIES, ids=lambda oddity: oddity.name)
def test_an_oddity_names_real_operations_and_sources(oddity: Oddity) -> None:
    assert set(oddity.sources) <= set(read_yaml(root("spec") / "sources.yaml"))
    assert oddity.operations <= set(OPERATIONS)
    assert oddity.why and oddity.reason
