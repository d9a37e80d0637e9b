"""How each fact is known, counted by controller and by grade."""

from __future__ import annotations

from collections import Counter
from types import SimpleNamespace
from typing import Any

from megaapi_mock.resources import root
from megaapi_mock.spec.allowed_values import GRADES
from megaapi_mock.spec.evidence import (
    SHARED,
    WEBHOOKS,
    Fact,
    counts_by_group,
    counts_rows,
    facts,
    table,
)
from megaapi_mock.spec.operations import operations, webhook_events
from megaapi_mock.spec.valid_bundle import valid_bundle


def known(grade: str, *sources: str) -> dict[str, Any]:
    return {"x-provenance": {"grade": grade, "sources": list(sources)}}


def operation(name: str, tag: str, **more: Any) -> Any:
    return SimpleNamespace(id=name, definition={"tags": [tag], **more})


RENAME = operation(
    "rename", "Group", **known("observed", "a", "b"), **{
        "x-path-provenance": {"grade": "vendor-doc", "sources": []},
        "responses": {"200": known("observed"), "404": {"$ref": "#/components/responses/R"}},
        "parameters": [known("inferred")],
    },
)  # fmt: skip
LEAVE = operation("leave", "Group", **known("inferred"))
SEND = operation("send", "Message", **known("observed", "a"))
CALL: Any = SimpleNamespace(name="call", definition=known("inferred"))
DOCUMENT = {"components": {"responses": {"R": known("observed")}}}


def test_facts_are_counted_by_group_and_those_of_several_once() -> None:
    counts = counts_by_group([RENAME, LEAVE, SEND], [CALL], DOCUMENT)
    assert counts == {
        "Group": Counter({"observed": 2, "inferred": 2, "vendor-doc": 1}),
        "Message": Counter({"observed": 1}),
        WEBHOOKS: Counter({"inferred": 1}),
        SHARED: Counter({"observed": 1}),
    }


def test_what_stands_within_the_evidence_itself_is_no_fact() -> None:
    odd = operation("odd", "Group", **{"x-provenance": {"grade": "observed", **known("inferred")}})
    assert counts_by_group([odd], [], {})["Group"] == Counter({"observed": 1})


def test_an_operation_or_webhook_is_one_fact_with_its_sources() -> None:
    assert list(facts([RENAME], [CALL])) == [
        Fact("Group", "rename", "observed", ("a", "b")),
        Fact(WEBHOOKS, "call", "inferred", ()),
    ]


def test_a_row_has_a_number_for_each_grade_and_their_sum() -> None:
    rows = counts_rows({"A": Counter({GRADES[0]: 2, GRADES[1]: 1}), "B": Counter({GRADES[1]: 4})})
    rest = [0] * (len(GRADES) - 2)
    assert rows == [["A", 2, 1, *rest, 3], ["B", 0, 4, *rest, 4], ["all", 2, 5, *rest, 7]]


def test_a_table_keeps_the_bars_of_its_cells() -> None:
    assert table(["a", "b"], [[1, "x|y"]]) == "| a | b |\n| --- | --- |\n| 1 | x\\|y |\n"


def test_every_grade_of_the_contract_has_its_column() -> None:
    bundle = valid_bundle(root("spec"))
    own = operations(bundle)
    counts = counts_by_group(own, webhook_events(bundle), bundle.document)
    grades = {grade for each in counts.values() for grade in each}
    assert grades <= {*GRADES}
    assert [row[0] for row in counts_rows(counts)][-1] == "all"
    assert len(list(facts(own, webhook_events(bundle)))) == len(own) + len(webhook_events(bundle))
