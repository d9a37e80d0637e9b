"""Changes as text for a terminal, as Markdown for a pull request, as JSON for programs."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from .change import CALL_RULES, SCHEMA_RULES, ContractChange, Level

# So many operations are named where one change hits several.
_NAMED = 3


@dataclass(frozen=True, slots=True)
class SharedChange:
    """The same change in several places: of one shared schema, say."""

    change: ContractChange
    subjects: tuple[str, ...]

    @property
    def sentence(self) -> str:
        """The place, if the change has one, and what changed there."""
        place = f"{self.change.place}: " if self.change.place else ""
        return f"{place}{self.change.message}"

    @property
    def where(self) -> str:
        """The operations and webhooks, the first few by name."""
        more = len(self.subjects) - _NAMED
        names = ", ".join(self.subjects[:_NAMED])
        return f"{names} and {more} more" if more > 0 else names


def group_changes(changes: Iterable[ContractChange]) -> list[SharedChange]:
    """Equal changes of several operations as one, in the order of the first of each."""
    subjects: dict[ContractChange, list[str]] = {}
    first: dict[tuple[str, str, str, str], ContractChange] = {}
    for each in changes:
        key = (each.level, each.rule, each.place, each.message)
        subjects.setdefault(first.setdefault(key, each), []).append(each.subject)
    return [SharedChange(each, tuple(names)) for each, names in subjects.items()]


def counts(changes: Iterable[ContractChange]) -> dict[Level, int]:
    """How many there are of each level."""
    counter = Counter(each.level for each in changes)
    return {level: counter[level] for level in Level}


def summary(changes: Sequence[ContractChange]) -> str:
    """`2 breaking, 0 dangerous, 5 harmless changes`."""
    parts = [f"{number} {level.value}" for level, number in counts(changes).items()]
    return f"{', '.join(parts)} changes" if changes else "no changes"


def as_text(changes: Sequence[ContractChange]) -> str:
    """One change a line, the worst first; rules in brackets."""
    lines = [
        f"{group.change.level.value:<9}  {group.where}: {group.sentence}  [{group.change.rule}]"
        for group in group_changes(changes)
    ]
    return "\n".join([*lines, summary(changes)]) + "\n"


def as_json(changes: Sequence[ContractChange]) -> str:
    """`counts` by level, and `changes`, each with level, rule, subject, place and message."""
    document = {
        "counts": {level.value: number for level, number in counts(changes).items()},
        "changes": [each.as_json() for each in changes],
    }
    return json.dumps(document, indent=2, ensure_ascii=False) + "\n"


def as_markdown(changes: Sequence[ContractChange]) -> str:
    """For a pull request: what breaks in the open, what is harmless folded away."""
    return "\n".join(_markdown(changes)) + "\n"


def _markdown(changes: Sequence[ContractChange]) -> Iterator[str]:
    yield f"### The contract: {summary(changes)}"
    groups = group_changes(changes)
    for level in Level:
        of_level = [group for group in groups if group.change.level is level]
        if not of_level:
            continue
        folded = level is Level.HARMLESS
        yield ""
        yield f"<details><summary>{level.value}</summary>\n" if folded else f"**{level.value}**\n"
        for group in of_level:
            yield f"- {_escape(group.where)}: {_escape(group.sentence)} (`{group.change.rule}`)"
        if folded:
            yield "\n</details>"


def _escape(text: str) -> str:
    """As text: names and patterns are full of marks that Markdown reads."""
    for mark in "\\`*_[]<>|#":
        text = text.replace(mark, f"\\{mark}")
    return text


def rules_page() -> str:
    """The tables of docs/spec-diff.md."""
    return "\n".join(_rules()) + "\n"


def _rules() -> Iterator[str]:
    yield "| rule | what changed | in what callers send | in what the gateway sends |"
    yield "| --- | --- | --- | --- |"
    for name, rule in SCHEMA_RULES.items():
        levels = f"{rule.written_by_caller.value} | {rule.written_by_gateway.value}"
        yield f"| `{name}` | {rule.summary} | {levels} |"
    yield ""
    yield "| rule | what changed | level |"
    yield "| --- | --- | --- |"
    for name, rule in CALL_RULES.items():
        yield f"| `{name}` | {rule.summary} | {rule.written_by_caller.value} |"
