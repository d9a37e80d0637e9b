"""The files of examples/shared fit the program and each other; nothing here runs containers."""

from __future__ import annotations

import re
from dataclasses import fields
from pathlib import Path

import yaml
from megaapi_mock.settings import PREFIX, Settings

FOLDER = Path(__file__).resolve().parents[2] / "examples" / "shared"
SERVICES = yaml.safe_load((FOLDER / "compose.yaml").read_text(encoding="utf-8"))["services"]
MOCKS = {name: service for name, service in SERVICES.items() if name.startswith("mock")}


def test_three_mocks_are_started_with_settings_that_there_are() -> None:
    assert len(MOCKS) == 3
    names = {f"{PREFIX}{setting.name.upper()}" for setting in fields(Settings)}
    known = {*names, "MEGAAPI_CONTROL_TOKEN", "PGPASSWORD"}
    for mock in MOCKS.values():
        assert mock["environment"].keys() <= known
        assert "megaapi-mock serve --shared" in mock["command"]


def test_the_balancer_knows_all_mocks_and_asks_whether_they_are_ready() -> None:
    text = (FOLDER / "haproxy.cfg").read_text(encoding="utf-8")
    servers = re.findall(r"^ +server (\S+) (\S+)$", text, re.MULTILINE)
    port = MOCKS["mock1"]["environment"][f"{PREFIX}PORT"]
    assert servers == [(name, f"{name}:{port}") for name in MOCKS]
    assert "uri /_mock/ready" in text and "mode tcp" in text
