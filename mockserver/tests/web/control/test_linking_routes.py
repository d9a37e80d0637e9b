"""QR codes and pairing codes on show, and a phone that types one."""

from __future__ import annotations

from base64 import b64decode

import pytest
from megaapi_mock.web.app import MockApp

from ...control import Door
from ...support import KEY, UNLINKED

NUMBER = "5511900000003"


def test_a_qr_code_is_shown_and_looked_at_without_a_call(app: MockApp, door: Door) -> None:
    path = f"/instances/{UNLINKED}/qr"
    nothing = {"instance": UNLINKED, "state": "disconnected", "qr": None, "image": None}
    assert door.get(path) == nothing
    shown = door.post(path)
    assert shown["state"] == "qr" and shown["qr"].startswith("2@")
    head, _, data = shown["image"].partition(",")
    assert head == "data:image/png;base64" and b64decode(data).startswith(b"\x89PNG")
    assert door.get(path) == door.post(path) == shown
    assert door.get(f"/instances/{UNLINKED}")["qr"] == shown["qr"]
    assert door.items("/exchanges") == []


def test_the_next_code_of_a_series_is_another_one(door: Door) -> None:
    first = door.post(f"/instances/{UNLINKED}/qr")
    door.post("/clock", {"advance": 25})
    second = door.get(f"/instances/{UNLINKED}/qr")
    assert second["qr"] not in (None, first["qr"])
    door.post(f"/instances/{UNLINKED}/link")
    assert door.get(f"/instances/{UNLINKED}/qr")["qr"] is None


def test_a_pairing_code_is_typed(door: Door) -> None:
    code = door.post(f"/instances/{UNLINKED}/pairing-code", {"number": NUMBER})["pairing_code"]
    path = f"/instances/{UNLINKED}/link"
    said = door.refusal("POST", path, {"code": "WRONG123"}, status=409)
    assert "shows another code" in said
    assert door.get(f"/instances/{UNLINKED}")["state"] == "pairing"
    typed = f"{code[:4].lower()}-{code[4:]}"
    linked = door.post(path, {"code": typed})
    assert (linked["state"], linked["number"], linked["pairing_code"]) == (
        "connected",
        NUMBER,
        None,
    )


def test_where_no_code_is_shown_none_can_be_typed(door: Door) -> None:
    said = door.refusal("POST", f"/instances/{UNLINKED}/link", {"code": "ABCD1234"}, status=409)
    assert "shows no pairing code" in said


@pytest.mark.parametrize(("path", "body"), [("qr", {}), ("pairing-code", {"number": NUMBER})])
def test_a_linked_instance_shows_neither(door: Door, path: str, body: dict[str, str]) -> None:
    assert "linked" in door.refusal("POST", f"/instances/{KEY}/{path}", body, status=409)


def test_a_number_that_cannot_be_is_refused(door: Door) -> None:
    path = f"/instances/{UNLINKED}/pairing-code"
    assert "number" in door.refusal("POST", path, {"number": "1"})
    assert "number" in door.refusal("POST", path, {})


def test_a_ban_is_shown(door: Door) -> None:
    assert door.get(f"/instances/{KEY}")["banned"] is False
    assert door.post(f"/instances/{KEY}/unlink", {"by": "ban"})["banned"] is True
