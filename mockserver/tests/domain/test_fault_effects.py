"""What several faults do to one change together, and what no fault does."""

from __future__ import annotations

from megaapi_mock.domain.fault_effects import NO_EFFECTS, FaultEffects, NoFaults, together


def test_nothing_together_is_nothing() -> None:
    assert together([]) == NO_EFFECTS == FaultEffects()


def test_of_two_that_say_the_same_the_first_counts() -> None:
    first = FaultEffects(stays="server", because="first", restart_seconds=0.0)
    second = FaultEffects(stays="pending", because="second", restart_seconds=9.0)
    assert together([first, second]) == first
    assert together([second, first]) == second


def test_what_each_says_alone_holds_together() -> None:
    effects = [
        FaultEffects(stays="server", because="why"),
        FaultEffects(restart_seconds=9.0),
        FaultEffects(media_gone=True),
        FaultEffects(),
    ]
    assert together(effects) == FaultEffects("server", "why", 9.0, media_gone=True)


def test_without_faults_nothing_befalls_anybody() -> None:
    faults = NoFaults()
    assert not faults.has_faults
    assert not faults.is_cut_off("megacode-TESTKEY0001", "somebody")
    assert faults.swallows([], "megacode-TESTKEY0001", "somebody") is None
