"""Hosts that are as they may be: no run ends with a failure, whatever they do of their own."""

from __future__ import annotations

import pytest
from megaapi_mock.profile import SWITCHES
from megaapi_mock.resources import root

from .healthy import complaints
from .healthy_table import HOSTS, LAYERS, QUICK, alternatives, mixed


@pytest.mark.parametrize("name", QUICK)
def test_a_healthy_host_is_not_condemned(name: str) -> None:
    assert complaints(QUICK[name], seed=1) == []


def test_the_table_has_every_documented_value_of_every_switch() -> None:
    missing = [
        f"{switch.name}={value}"
        for switch in SWITCHES
        for value in switch.choices or ("",)
        if value != switch.default
        and not any(
            set_ == value or (not value and set_) for host in HOSTS.values()
            if (set_ := host.switches.get(switch.name, "")) and len(host.switches) == 1
        )
    ]  # fmt: skip
    assert missing == []


def test_the_table_has_every_shipped_world() -> None:
    shipped = {file.stem for file in (root("fixtures") / "worlds").glob("*.yaml")} - {"default"}
    assert len(shipped) >= 4
    assert shipped <= {host.world for host in HOSTS.values()}


@pytest.mark.parametrize("seed", range(1, 21))
def test_few_hosts_together_have_all_of_it(seed: int) -> None:
    hosts = mixed(seed).values()
    for name, host in alternatives():
        ((switch, value),) = host.switches.items()
        assert any(one.switches.get(switch) == value for one in hosts), name
    for name, layer in LAYERS.items():
        assert any(layer in one.layers for one in hosts), name
    assert {one.world for one in hosts} - {""} == {one.world for one in HOSTS.values()} - {""}
