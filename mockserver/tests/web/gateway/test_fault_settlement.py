"""Which faults hit a call: settled once, with its recipient where a fault asks for one."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest
from megaapi_mock.errors import BadRequest
from megaapi_mock.handlers.call import OperationMark
from megaapi_mock.profile import default_profile
from megaapi_mock.web.gateway import fault_settlement
from megaapi_mock.web.gateway.call_faults import ASKED, WaitFirst
from megaapi_mock.web.gateway.fault_settlement import settle

PROFILE = default_profile()


class Faults:
    """In place of what hits: how long it holds up, and whom it refuses."""

    def __init__(self, wait: float = 0.0) -> None:
        self.wait, self.refused = wait, list[Any]()
        self.fault_effects = object()

    def refuse(self, instance: Any) -> None:
        self.refused.append(instance)


class Scene:
    """A call on its way, and how it was looked for."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, faults: Faults, **parts: Any) -> None:
        self.faults, self.asked = faults, list[dict[str, Any]]()
        self.instance = SimpleNamespace(key="a", fault_effects=None)
        self.request = SimpleNamespace(
            call_faults=None, environ={ASKED: "reply"}, query=parts.pop("query", {}),
            document=parts.pop("document", lambda: {"to": "5511900000002"}),
        )  # fmt: skip
        self.wants_recipients = parts.pop("wants", True)
        self.endpoint = SimpleNamespace(
            operation="send_text", mark=OperationMark(parts.pop("mend", None)),
            recipient=lambda place: place["to"], asks_query=False,
        )  # fmt: skip
        vars(self.endpoint).update(parts)
        monkeypatch.setattr(fault_settlement, "find", self._find)

    def _find(self, *place: Any, **asked: Any) -> Faults:
        self.asked.append(asked)
        return self.faults

    def settle(self) -> Any:
        active: Any = SimpleNamespace(
            wants_recipients=self.wants_recipients, person=lambda to: f"{to}@s.whatsapp.net"
        )
        parts: Any = (active, PROFILE, self.instance, self.request, self.endpoint)
        return settle(*parts)

    @property
    def recipient(self) -> Any:
        self.settle()
        return self.asked[0]["recipient"]


def test_what_hits_is_settled_at_the_first_look(monkeypatch: pytest.MonkeyPatch) -> None:
    scene = Scene(monkeypatch, Faults())
    assert scene.settle() is scene.settle() is scene.faults
    assert len(scene.asked) == 1 and scene.asked[0]["header"] == "reply"
    assert scene.faults.refused == [scene.instance] * 2
    assert scene.instance.fault_effects is scene.faults.fault_effects


def test_a_call_that_is_held_up_waits_once(monkeypatch: pytest.MonkeyPatch) -> None:
    scene = Scene(monkeypatch, Faults(wait=2.5))
    with pytest.raises(WaitFirst):
        scene.settle()
    assert scene.faults.refused == []
    assert scene.settle() is scene.faults


def test_a_fault_may_ask_whom_the_call_is_for(monkeypatch: pytest.MonkeyPatch) -> None:
    assert Scene(monkeypatch, Faults()).recipient == "5511900000002@s.whatsapp.net"
    query = Scene(monkeypatch, Faults(), asks_query=True, query={"to": "5511900000003"})
    assert query.recipient == "5511900000003@s.whatsapp.net"
    mended = Scene(monkeypatch, Faults(), mend=lambda document, profile: {"to": "1"})
    assert mended.recipient == "1@s.whatsapp.net"


def odd() -> Any:
    raise BadRequest("no JSON")


@pytest.mark.parametrize(
    "parts",
    [{"wants": False}, {"recipient": None}, {"document": odd}, {"document": dict},
     {"document": lambda: None}],
)  # fmt: skip
def test_where_the_body_does_not_say_nobody_is_named(
    monkeypatch: pytest.MonkeyPatch, parts: dict[str, Any]
) -> None:
    assert Scene(monkeypatch, Faults(), **parts).recipient is None
