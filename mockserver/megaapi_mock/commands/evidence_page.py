"""The page about evidence: `megaapi-mock spec evidence --page > docs/evidence.md`."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from ..profile import SWITCHES, Switch
from ..spec.allowed_values import GRADES
from ..spec.description import Description
from ..spec.evidence import counts_by_group, counts_rows, facts, table

_INTRODUCTION = """\
# What is known, and how

megaAPI publishes paths and a few examples; what it answers otherwise was collected from the
vendor's pages, from public programs that use it, and from the library it is built on. Each fact of
the contract carries its grade and its sources, in the spec file (`x-provenance`). *This page is
made from the spec: `megaapi-mock spec evidence --page > docs/evidence.md`; a test fails when the
two differ.*

| grade | the fact is |
| --- | --- |
| vendor-doc | in the vendor's documentation |
| observed | in a recording, or in a program that works with the real gateway |
| baileys | what Baileys, the library behind the gateway, does |
| inferred | our guess: nobody has shown it; the mock's way is a switch where that matters |

## How many facts have each grade

Operations, their paths and answers, webhooks, and fields that have evidence of their own.

"""
_OPEN = """\
## Open questions

What no source settles. The mock takes the default; `--set NAME=VALUE` takes another value. Whoever
has a real instance can settle one by what stands in the last column, and the contract suite reports
which way a host goes.

"""
_ALTERNATIVES = """\
## Several ways are known

Different hosts, or different years, do these differently.

"""
_FACTS = """\
## Operations and webhooks

The grade of each as a whole; its answers and fields may have others, see
`megaapi-mock spec show NAME`.

"""
_SOURCES = """\
## Sources

"""


def page(contract: Description, sources: Mapping[str, Any]) -> str:
    """The whole page, in Markdown."""
    counts = counts_by_group(contract.index, contract.events, contract.document)
    rows = [[one.group, f"`{one.name}`", one.grade, ", ".join(one.sources)]
            for one in facts(contract.index, contract.events)]  # fmt: skip
    return "\n".join(
        (
            _INTRODUCTION + table(("", *GRADES, "sum"), counts_rows(counts)),
            _OPEN + _open_table(open_questions()),
            _ALTERNATIVES + _alternatives_table(),
            _FACTS + table(("part", "name", "grade", "sources"), rows),
            _SOURCES + table(("id", "what it is"), _source_rows(sources)),
        )
    )


def open_questions() -> list[Switch]:
    """The switches that decide what nobody has shown."""
    return [switch for switch in SWITCHES if switch.settled_by]


def _open_table(switches: Iterable[Switch]) -> str:
    rows = [[f"`{one.name}`", one.help, f"`{one.default}`", one.values_text, one.settled_by]
            for one in switches]  # fmt: skip
    return table(("switch", "question", "default", "values", "what would settle it"), rows)


def _alternatives_table() -> str:
    rows = [[f"`{one.name}`", one.help, f"`{one.default}`", one.values_text, one.grade]
            for one in SWITCHES if one.grade in ("observed", "vendor-doc")]  # fmt: skip
    return table(("switch", "what differs", "default", "values", "grade of the default"), rows)


def _source_rows(sources: Mapping[str, Any]) -> list[list[str]]:
    return [[f"`{name}`", entry["title"]] for name, entry in sources.items()]
