"""Addresses that tests give an instance: those no webhook can reach are refused at once."""

from __future__ import annotations

import pytest

from ...control import ControlApi
from ...support import KEY

BAD = ("x", " ", "127.0.0.1:9000/hook", "http://", "http://127.0.0.1:99999/", "http://[::1")


@pytest.mark.parametrize("url", BAD)
def test_address_that_no_webhook_can_reach_is_refused(url: str, control_api: ControlApi) -> None:
    before = control_api.get(f"/instances/{KEY}")["webhook"]
    refusal = control_api.refusal("POST", f"/instances/{KEY}/webhook", {"url": url}, status=400)
    assert refusal.startswith("url: not a ")
    assert control_api.get(f"/instances/{KEY}")["webhook"] == before
    new = {"key": "megacode-NEW", "webhook_url": url}
    refusal = control_api.refusal("POST", "/instances", new, status=400)
    assert refusal.startswith("webhook_url: not a ")
    control_api.refusal("GET", "/instances/megacode-NEW", status=404)


def test_instance_without_an_address_is_made(control_api: ControlApi) -> None:
    made = control_api.post("/instances", {"key": "megacode-NEW", "webhook_url": None}, status=201)
    assert made["webhook"] == {"url": "", "enabled": False}
