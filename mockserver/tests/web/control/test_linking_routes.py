"""QR codes and pairing codes on show, and a phone that types one."""

from __future__ import annotations

from base64 import b64decode

import pytest
from megaapi_mock.web.app import MockApp

from ...control import ControlApi
from ...support import KEY, UNLINKED

NUMBER = "5511900000003"


def test_a_qr_code_is_shown_and_looked_at_without_a_call(
    app: MockApp, control_api: ControlApi
) -> None:
    path = f"/instances/{UNLINKED}/qr"
    nothing = {"instance": UNLINKED, "state": "disconnected", "qr": None, "image": None}
    assert control_api.get(path) == nothing
    shown = control_api.post(path)
    assert shown["state"] == "qr" and shown["qr"].startswith("2@")
    head, _, data = shown["image"].partition(",")
    assert head == "data:image/png;base64" and b64decode(data).startswith(b"\x89PNG")
    assert control_api.get(path) == control_api.post(path) == shown
    assert control_api.get(f"/instances/{UNLINKED}")["qr"] == shown["qr"]
    assert control_api.items("/exchanges") == []


def test_the_next_code_of_a_series_is_another_one(control_api: ControlApi) -> None:
    first = control_api.post(f"/instances/{UNLINKED}/qr")
    control_api.post("/clock", {"advance": 25})
    second = control_api.get(f"/instances/{UNLINKED}/qr")
    assert second["qr"] not in (None, first["qr"])
    control_api.post(f"/instances/{UNLINKED}/link")
    assert control_api.get(f"/instances/{UNLINKED}/qr")["qr"] is None


def test_a_pairing_code_is_typed(control_api: ControlApi) -> None:
    code = control_api.post(f"/instances/{UNLINKED}/pairing-code", {"number": NUMBER})[
        "pairing_code"
    ]
    path = f"/instances/{UNLINKED}/link"
    said = control_api.refusal("POST", path, {"code": "WRONG123"}, status=409)
    assert "shows another code" in said
    assert control_api.get(f"/instances/{UNLINKED}")["state"] == "pairing"
    typed = f"{code[:4].lower()}-{code[4:]}"
    linked = control_api.post(path, {"code": typed})
    assert (linked["state"], linked["number"], linked["pairing_code"]) == (
        "connected",
        NUMBER,
        None,
    )


def test_where_no_code_is_shown_none_can_be_typed(control_api: ControlApi) -> None:
    said = control_api.refusal(
        "POST", f"/instances/{UNLINKED}/link", {"code": "ABCD1234"}, status=409
    )
    assert "shows no pairing code" in said


@pytest.mark.parametrize(("path", "body"), [("qr", {}), ("pairing-code", {"number": NUMBER})])
def test_a_linked_instance_shows_neither(
    control_api: ControlApi, path: str, body: dict[str, str]
) -> None:
    assert "linked" in control_api.refusal("POST", f"/instances/{KEY}/{path}", body, status=409)


def test_a_number_that_cannot_be_is_refused(control_api: ControlApi) -> None:
    path = f"/instances/{UNLINKED}/pairing-code"
    assert "number" in control_api.refusal("POST", path, {"number": "1"})
    assert "number" in control_api.refusal("POST", path, {})


def test_a_ban_is_shown(control_api: ControlApi) -> None:
    assert control_api.get(f"/instances/{KEY}")["banned"] is False
    assert control_api.post(f"/instances/{KEY}/unlink", {"by": "ban"})["banned"] is True
