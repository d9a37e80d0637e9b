"""The score as people read it: per operation, per event, what survived, and why."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from ..judging.contract import Contract
from . import held_out
from .mutant import Mutant
from .score import Score, countable


@dataclass(frozen=True, slots=True)
class TableRow:
    """How many faults of one thing there are, and how many were noticed."""

    of: str
    faults: int
    killed: int

    @property
    def survived(self) -> int:
        """How many were not noticed."""
        return self.faults - self.killed


def by_operation(score: Score, mutants: Sequence[Mutant], contract: Contract) -> list[TableRow]:
    """A row for each operation of the contract, `controller/operation`."""
    return [
        _row(
            f"{operation.controller}/{operation.id}", score,
            (mutant for mutant in mutants if operation.id in mutant.operations),
        )
        for operation in contract.operations
    ]  # fmt: skip


def by_controller(score: Score, mutants: Sequence[Mutant], contract: Contract) -> list[TableRow]:
    """A row for each controller, and one for the webhooks."""
    rows = []
    for controller in dict.fromkeys(operation.controller for operation in contract.operations):
        own = {one.id for one in contract.operations if one.controller == controller}
        about = [mutant for mutant in mutants if own & set(mutant.operations)]
        rows.append(_row(controller, score, about))
    rows.append(_row("webhooks", score, (mutant for mutant in mutants if mutant.events)))
    return rows


def by_event(score: Score, mutants: Sequence[Mutant], contract: Contract) -> list[TableRow]:
    """A row for each webhook event of the contract."""
    return [
        _row(event, score, (mutant for mutant in mutants if event in mutant.events))
        for event in contract.events
    ]


def by_kind(score: Score, mutants: Sequence[Mutant]) -> list[TableRow]:
    """A row for each kind of fault."""
    return [
        _row(kind, score, (mutant for mutant in mutants if mutant.kind == kind))
        for kind in sorted({mutant.kind for mutant in mutants})
    ]


def _row(of: str, score: Score, mutants: Iterable[Mutant]) -> TableRow:
    real = countable(mutants)
    return TableRow(of, len(real), score.killed(real))


def page(score: Score, mutants: Sequence[Mutant], contract: Contract) -> str:
    """The page of the documentation."""
    return "\n".join(_lines(score, mutants, contract)) + "\n"


def _lines(score: Score, mutants: Sequence[Mutant], contract: Contract) -> Iterator[str]:
    real = countable(mutants)
    noticed_count = score.killed(real)
    yield from (
        "# Would the suite have noticed?",
        "",
        "Each fault below is put on the mock from outside, on the wire: a request or an answer is",
        "altered, or a webhook on its way to the receiver. Then the probes that could see it are",
        "tried, until one notices. `make mutation` measures this again; the tests fail when this",
        "page belongs to other sources.",
        "",
        f"**{noticed_count} of {len(real)} faults noticed: {score.share(mutants):.1%}.** "
        f"Seed {score.seed}.",
        "",
        f"Sources: `{score.sources}`",
        "",
    )
    yield from held_out.section()
    yield from _table("Controller", by_controller(score, mutants, contract))
    yield from _table("Operation", by_operation(score, mutants, contract))
    yield from _table("Webhook event", by_event(score, mutants, contract))
    yield from _table("Kind of fault", by_kind(score, mutants))
    yield from _survivors(score, real)
    yield from _equivalent(mutants)


def _table(of: str, rows: Sequence[TableRow]) -> Iterator[str]:
    yield f"| {of} | Faults | Noticed | Not noticed |"
    yield "| --- | ---: | ---: | ---: |"
    for row in rows:
        yield f"| {row.of} | {row.faults} | {row.killed} | {row.survived} |"
    yield ""


def _survivors(score: Score, mutants: Sequence[Mutant]) -> Iterator[str]:
    yield "## Not noticed"
    yield ""
    survivors = [mutant for mutant in mutants if score.outcomes[mutant.name][0] != "killed"]
    for mutant in survivors:
        idle = " It hit nothing." if score.outcomes[mutant.name][0] == "idle" else ""
        reason = mutant.reason or "No reason is given yet."
        yield f"- **{mutant.name}** {mutant.sentence}{idle} {reason}"
    if not survivors:
        yield "Nothing."
    yield ""


def _equivalent(mutants: Sequence[Mutant]) -> Iterator[str]:
    alike = [mutant for mutant in mutants if mutant.equivalent]
    if not alike:
        return
    yield "## Not counted: nobody can tell them from a sound gateway"
    yield ""
    for mutant in alike:
        yield f"- **{mutant.name}** {mutant.sentence} {mutant.equivalent}"
    yield ""
