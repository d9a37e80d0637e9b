"""Operations that read begin no change: nothing is written, whoever asks and whatever they ask."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from megaapi_mock.domain.instance import Instance
from megaapi_mock.domain.message_states import READ
from megaapi_mock.domain.undo_table import UndoTable
from megaapi_mock.errors import StoreUnavailable
from megaapi_mock.faults.kinds.ban_after import BanAfter
from megaapi_mock.handlers.call import mark_of
from megaapi_mock.handlers.registry import discover
from megaapi_mock.resources import root
from megaapi_mock.spec.operations import operations
from megaapi_mock.spec.valid_bundle import valid_bundle
from megaapi_mock.spec.validate import resolved_parameters
from megaapi_mock.store.memory import MemoryStore
from megaapi_mock.web.app import MockApp

from ...conftest import MakeApp
from ...control import ControlApi
from ...support import KEY, UNLINKED

HANDLERS, BUNDLE = discover(), valid_bundle(root("spec"))
TOKENS = {KEY: "TESTKEY0001", UNLINKED: "TESTKEY0002"}
READING = [
    operation.id
    for operation in operations(BUNDLE)
    if operation.effect == "reads"
    # What is about a whole host reads one instance after the other.
    and not operation.is_of_host
    and (mark := mark_of(HANDLERS[operation.address])) is not None
    and mark.changes is None
]
QR_CODES = ("qr_code_page", "qr_code_image", "qr_code_base64")


def example_of(definition: dict[str, Any]) -> tuple[dict[str, str], Any]:
    """Query and body of the contract's own first example."""
    parameters = resolved_parameters(definition, BUNDLE.document)
    query = {each["name"]: each["example"] for each in parameters if each["in"] == "query"}
    content = definition.get("requestBody", {}).get("content", {}).get("application/json", {})
    bodies = [example["value"] for example in content.get("examples", {}).values()]
    return query, bodies[0] if bodies else None


def written(instance: Instance) -> list[str]:
    """What a change would keep: rows that no commit has taken, events, messages to others."""
    state = instance.state
    fields = {name: getattr(state, name) for name in state.__slots__}
    tables = {name: table for name, table in fields.items() if isinstance(table, UndoTable)}
    rows = [name for name, table in tables.items() if table.writes]
    return [*rows, *map(str, instance._events), *map(str, instance._peer_messages)]


class Readings:
    """Calls of an app in which a change is a failure; what every read has left behind."""

    def __init__(self, app: MockApp, monkeypatch: pytest.MonkeyPatch) -> None:
        self.app, self.left = app, list[list[str]]()
        real = MemoryStore.read

        @contextmanager
        def read(store: MemoryStore, name: str) -> Iterator[Instance]:
            with real(store, name) as instance:
                before = instance._values()
                try:
                    yield instance
                finally:
                    assert instance._values() == before
                    self.left.append(written(instance))

        def change(*_: Any, **__: Any) -> Any:
            raise AssertionError("a change was begun")

        monkeypatch.setattr(MemoryStore, "read", read)
        monkeypatch.setattr(MemoryStore, "change", change)

    def call(self, operation_id: str, key: str, **headers: str) -> Any:
        """The operation with the first example of the contract."""
        return call(self.app, operation_id, key, **headers)


def call(app: MockApp, operation_id: str, key: str, **headers: str) -> Any:
    operation = next(each for each in app.runtime.api.operations if each.id == operation_id)
    query, body = example_of(operation.definition)
    return app.test_client().open(
        re.sub(r"{.*}", key, operation.path),
        method=operation.method,
        query_string=query,
        json=body,
        headers={"Authorization": f"Bearer {TOKENS[key]}", **headers},
    )


@pytest.mark.parametrize("key", TOKENS)
@pytest.mark.parametrize("operation_id", READING)
def test_a_reading_operation_begins_no_change(
    whole_app: MockApp, monkeypatch: pytest.MonkeyPatch, operation_id: str, key: str
) -> None:
    readings = Readings(whole_app, monkeypatch)
    assert readings.call(operation_id, key).status_code in (200, 403, 404)
    assert readings.left == [[]]


@pytest.mark.parametrize("operation_id", READING)
def test_a_reading_operation_that_a_fault_hits_begins_no_change(
    whole_app: MockApp, monkeypatch: pytest.MonkeyPatch, operation_id: str
) -> None:
    control_api = ControlApi(whole_app)
    control_api.post("/faults", {"fault": "delay", "seconds": 0, "after": True}, status=201)
    readings = Readings(whole_app, monkeypatch)
    readings.call(operation_id, KEY)
    readings.call(operation_id, KEY, **{"X-Mock-Fault": "bad-gateway"})
    readings.call(operation_id, KEY, **{"X-Mock-Fault": "cut-body"})
    assert readings.left == [[]] * 3
    assert [hit["what"] for hit in control_api.items("/fault-hits")] == [operation_id] * 5


@pytest.mark.parametrize("operation_id", QR_CODES)
def test_a_qr_code_on_show_is_read_without_a_change(
    whole_app: MockApp, monkeypatch: pytest.MonkeyPatch, operation_id: str
) -> None:
    before = call(whole_app, operation_id, UNLINKED)
    readings = Readings(whole_app, monkeypatch)
    assert readings.call(operation_id, UNLINKED).data == before.data
    assert readings.call(operation_id, KEY).status_code in (200, 403)
    assert readings.call(operation_id, UNLINKED, Authorization="Bearer WRONG").status_code == 401
    assert readings.left == [[]] * 3


@pytest.mark.parametrize("operation_id", QR_CODES)
def test_a_qr_code_that_nobody_shows_is_not_begun_for_a_wrong_token(
    whole_app: MockApp, monkeypatch: pytest.MonkeyPatch, operation_id: str
) -> None:
    readings = Readings(whole_app, monkeypatch)
    assert readings.call(operation_id, UNLINKED, Authorization="Bearer WRONG").status_code == 401


def test_every_operation_that_shows_a_qr_code_is_tried() -> None:
    assert {*QR_CODES} == {
        operation.id
        for operation in operations(BUNDLE)
        if operation.effect == "reads"
        and (mark := mark_of(HANDLERS[operation.address])) is not None
        and mark.changes is not None
    }


def test_a_late_fault_that_hits_a_reading_call_changes_the_instance(
    whole_app: MockApp, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(BanAfter, "concerns", lambda kind, operation: True)
    control_api = ControlApi(whole_app)
    control_api.post("/faults", {"fault": "ban-after", "messages": 2}, status=201)
    statuses = [call(whole_app, "instance_status", KEY).get_json()["instance"]["status"]]
    assert control_api.get(f"/instances/{KEY}")["state"] == "connected"
    statuses.append(call(whole_app, "instance_status", KEY).get_json()["instance"]["status"])
    assert statuses == ["connected"] * 2
    assert control_api.get(f"/instances/{KEY}")["banned"]
    assert control_api.items("/faults")[0]["used"] == 1


PLACES_OF_THE_CONTROL_API = {
    "key": KEY, "number": "5511900000002", "jid": "120363000000000001@g.us", "name": "text-plain",
}  # fmt: skip


def test_no_get_of_the_control_api_begins_a_change(
    whole_app: MockApp, monkeypatch: pytest.MonkeyPatch
) -> None:
    control_api = ControlApi(whole_app)
    control_api.post(f"/instances/{KEY}/webhook", {"url": "http://127.0.0.1:9/"})
    control_api.post(f"/instances/{KEY}/inbound", {"from": "5511900000002"}, status=201)
    Readings(whole_app, monkeypatch)
    ids = {
        "deliveries": control_api.items("/deliveries")[0]["id"],
        "exchanges": "x1",
        "plays": "play1",
    }
    answers: dict[str, int] = {}
    for rule in whole_app.url_map.iter_rules():
        path = str(rule.rule)
        if "GET" not in (rule.methods or ()) or not path.startswith("/_mock"):
            continue
        if path.startswith(("/_mock/ui", "/_mock/stream")):
            continue
        subject = path.removeprefix("/_mock/").partition("/")[0]
        filled = path.replace("<id>", ids.get(subject, ""))
        for name, value in PLACES_OF_THE_CONTROL_API.items():
            filled = filled.replace(f"<{name}>", value)
        query = {"chat": "5511900000002"} if path.endswith("conversation") else {}
        answers[path] = whole_app.test_client().get(filled, query_string=query).status_code
    assert len(answers) > 25
    refused = {path for path, status in answers.items() if status >= 400}
    assert refused <= {
        "/_mock/exchanges/<id>", "/_mock/plays/<id>", "/_mock/instances/<key>/media",
        "/_mock/instances/<key>/groups/<jid>", "/_mock/ready",
    }  # fmt: skip


def test_what_is_due_is_a_change_of_its_own(
    make_app: MakeApp, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A read that fails takes nothing back that was due; one goes on where nothing can be kept."""
    app = make_app(switches={"ack_delays": "1,2,3"})
    publisher = app.runtime.instances.publisher
    call(app, "send_text", KEY)
    monkeypatch.setattr(app.runtime.instances.timers, "run_due", lambda: None)
    app.runtime.clock._stand = (app.runtime.clock.now() + 3600, 0.0)
    with monkeypatch.context() as patch:
        patch.setattr(MemoryStore, "_write", _away)
        assert call(app, "instance_status", KEY).status_code == 200
        assert publisher.look(KEY, _newest_state) != READ

    def fails(_: Instance) -> None:
        raise LookupError

    with pytest.raises(LookupError):
        publisher.look(KEY, fails)
    with app.runtime.instances.store.read(KEY) as instance:
        assert not instance.is_due


def _away(*_: object) -> None:
    raise StoreUnavailable("the store is away")


def _newest_state(instance: Instance) -> str:
    return next(instance.messages.newest()).state
