"""Each fault of a group of two instances is noticed by a law of such groups."""

from __future__ import annotations

import pytest
from megaapi_contract.mutation.catalogue import shared_groups
from megaapi_contract.mutation.run_mutant import on_trial
from megaapi_contract.probes.laws import group_of_instances

LAWS = [probe.name for probe in group_of_instances.LAWS.probes]


@pytest.mark.hosts
def test_laws_of_such_groups_hold_and_notice_each_fault() -> None:
    with on_trial() as trials:
        assert [trials.clean(name) for name in LAWS] == [""] * len(LAWS)
        trials.probes = {name: trials.probes[name] for name in LAWS}
        results = [trials.of(mutant, first=LAWS) for mutant in shared_groups.mutants()]
    unnoticed = [(each.mutant, each.outcome) for each in results if each.outcome != "killed"]
    assert unnoticed == []
