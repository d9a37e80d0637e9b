"""A probe made of a law: its name, what it needs, and that it puts back what it changed."""

from __future__ import annotations

from typing import Any, cast

import pytest
from megaapi_contract.errors import Impossible
from megaapi_contract.host.stage import Stage
from megaapi_contract.judging.results import Breach
from megaapi_contract.probes.probe import (
    NEXT_STEP_RULE,
    PHASES,
    Laws,
    phases_from,
    restoring,
    sentence,
)
from megaapi_contract.probes.session import Session


class Restored:
    """In place of a session: what was noted, and whether it was put back."""

    probe = "a probe"

    def __init__(self) -> None:
        self.breaches: list[Breach] = []
        self.restored = 0

    def put_back(self) -> None:
        self.restored += 1


def run(function: Any, about: str = "logout") -> Restored:
    session = Restored()
    restoring(function, about)(cast(Session, session), cast(Stage, None))
    return session


def test_a_law_is_named_by_its_function() -> None:
    def nothing_is_sent_twice(session: Session, stage: Stage) -> None:
        return None

    laws = Laws()
    decorated = laws.law("send_text", "logout", effects=("sends",), about="texts", quick=False)
    assert decorated(nothing_is_sent_twice) is nothing_is_sent_twice
    [probe] = laws.probes
    assert probe.name == "nothing is sent twice: texts"
    assert (probe.operations, probe.effects) == (("send_text", "logout"), frozenset({"sends"}))
    assert (probe.phase, probe.phone, probe.quick) == ("laws", False, False)
    assert sentence(nothing_is_sent_twice) == "nothing is sent twice"


def test_what_a_law_changed_is_put_back_whatever_happens() -> None:
    assert run(lambda session, stage: None).restored == 1

    def fail(session: Session, stage: Stage) -> None:
        raise KeyError

    session = Restored()
    with pytest.raises(KeyError):
        restoring(fail, "logout")(cast(Session, session), cast(Stage, None))
    assert session.restored == 1 and session.breaches == []


def test_what_cannot_happen_next_is_a_broken_rule() -> None:
    def go_on(session: Session, stage: Stage) -> None:
        raise Impossible("the phone is not linked")

    session = run(go_on)
    [breach] = session.breaches
    assert breach.message == f"{NEXT_STEP_RULE}: the phone is not linked"
    assert (breach.operation, breach.rule, breach.probe) == ("logout", NEXT_STEP_RULE, "a probe")
    assert session.restored == 1


def test_phases_may_begin_with_others_and_none_is_left_out() -> None:
    order = phases_from("webhooks", "laws")
    assert order == ("webhooks", "laws", *(p for p in PHASES if p not in ("webhooks", "laws")))
    assert sorted(order) == sorted(PHASES)
    with pytest.raises(ValueError, match="hooks: no phase of that name"):
        phases_from("laws", "hooks")
