"""What is planned happens in order, is kept with its change, and is taken back with it."""

from __future__ import annotations

import pytest
from megaapi_mock.domain import agenda as module
from megaapi_mock.domain.agenda import ACKS_MOST, OTHERS_MOST, Agenda

from .conftest import make_instance

KEPT = 10


@pytest.fixture
def agenda() -> Agenda:
    """The agenda of an instance that has nothing planned."""
    return make_instance().agenda


def all_due(agenda: Agenda, now: float = 1_000.0) -> list[str]:
    """The first argument of everything that is due, in the order it is taken out."""
    names = []
    while (due := agenda.take_due(now)) is not None:
        names.append(due[4][0])
    return names


def test_work_is_due_by_time_and_at_one_time_as_it_was_planned(agenda: Agenda) -> None:
    for moment, name in ((3.0, "late"), (1.0, "one"), (1.0, "two"), (2.0, "three")):
        agenda.schedule(moment, "ack", (name,))
    agenda.commit(KEPT)
    agenda.schedule(1.5, "ack", ("new",))
    assert all_due(agenda, 2.0) == ["one", "two", "new", "three"]
    assert agenda.next_due() is not None
    assert all_due(agenda, 2.9) == []


def test_cancelled_kind_is_never_due_and_may_be_planned_again(agenda: Agenda) -> None:
    agenda.schedule(1.0, "qr", ("old",))
    agenda.schedule(1.0, "ack", ("ack",))
    agenda.cancel("qr")
    agenda.schedule(1.0, "qr", ("new",))
    assert all_due(agenda) == ["ack", "new"]


def test_change_that_is_undone_plans_nothing_and_has_done_nothing(agenda: Agenda) -> None:
    agenda.schedule(1.0, "ack", ("kept",))
    agenda.commit(KEPT)
    agenda.schedule(1.0, "ack", ("undone",))
    assert all_due(agenda) == ["kept", "undone"]
    agenda.rollback()
    assert all_due(agenda) == ["kept"]


def test_work_that_failed_does_not_come_back_with_the_rest(agenda: Agenda) -> None:
    for name in ("fails", "waits"):
        agenda.schedule(1.0, "ack", (name,))
    agenda.commit(KEPT)
    failed = agenda.take_due(1.0)
    assert failed is not None
    agenda.failed = failed[1]
    agenda.rollback()
    assert (all_due(agenda), agenda.failed) == (["waits"], 0)


def test_plans_of_a_change_that_cannot_be_tidied_up_are_kept_once(
    agenda: Agenda, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object) -> None:
        raise RuntimeError("planted")

    monkeypatch.setattr(module, "ACKS_MOST", 0)
    monkeypatch.setattr(module, "OTHERS_MOST", 0)
    monkeypatch.setattr(Agenda, "_thin_out", fail)
    agenda.schedule(1.0, "ack", ("kept",))
    with pytest.raises(RuntimeError):
        agenda.commit(KEPT)
    agenda.accept()
    agenda.rollback()
    assert all_due(agenda) == ["kept"]


def test_acknowledgements_that_nobody_waits_for_go_first(agenda: Agenda) -> None:
    most = KEPT * ACKS_MOST + OTHERS_MOST
    for number in range(most):
        agenda.schedule(float(number), "ack", (f"M{number}",))
    agenda.schedule(1.0, "qr", ("code",))
    agenda.commit(KEPT)
    assert all_due(agenda, float(most)) == ["code"]
