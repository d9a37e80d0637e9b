"""Hosts that are as they may be: no run ends with a failure, whatever they do of their own."""

from __future__ import annotations

import pytest

from .healthy import HOSTS, QUICK, judged


@pytest.mark.parametrize("name", QUICK)
def test_a_healthy_host_is_not_condemned(name: str) -> None:
    host = QUICK[name]
    report = judged(host)
    said = [f"{each.probe}: {each.operation}: {each.message}" for each in report.failures]
    assert (said, report.unusable, report.exit_code) == ([], "", 0), report.unanswered
    told = [each.message for each in report.new_facts] + report.notes
    assert any(host.says in each for each in told) or not host.says, told


def test_the_table_has_every_documented_alternative_of_every_switch() -> None:
    alone = {name for name in HOSTS if "=" in name}
    together = {
        f"{name}={value}" for host in QUICK.values() for name, value in host.switches.items()
    }
    assert alone <= together
