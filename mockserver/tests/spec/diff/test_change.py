"""The rules of changes: how much each hurts, and on which side."""

from __future__ import annotations

from pathlib import Path

import pytest
from megaapi_mock.spec import diff
from megaapi_mock.spec.diff.change import (
    CALL_RULES,
    RULES,
    SCHEMA_RULES,
    ContractChange,
    Level,
    Side,
    change,
)

# Where one direction is safe for one side, its opposite is safe for the other.
OPPOSITES = [
    ("type-narrowed", "type-widened"),
    ("values-removed", "values-added"),
    ("values-restricted", "values-opened"),
    ("field-now-required", "field-now-optional"),
    ("other-fields-forbidden", "other-fields-allowed"),
    ("bound-tightened", "bound-loosened"),
    ("pattern-added", "pattern-removed"),
    ("format-added", "format-removed"),
    ("alternative-removed", "alternative-added"),
]


@pytest.mark.parametrize(("narrower", "wider"), OPPOSITES)
def test_what_is_narrower_hurts_callers_and_what_is_wider_those_who_read(
    narrower: str, wider: str
) -> None:
    assert RULES[narrower].level(Side.CALLER) is Level.BREAKING
    assert RULES[narrower].level(Side.GATEWAY) is Level.HARMLESS
    assert RULES[wider].level(Side.CALLER) is Level.HARMLESS
    assert RULES[wider].level(Side.GATEWAY) is not Level.HARMLESS


@pytest.mark.parametrize("rule", CALL_RULES)
def test_a_change_of_a_call_hurts_the_same_whoever_writes(rule: str) -> None:
    levels = {CALL_RULES[rule].level(side) for side in Side}
    assert {change(rule, "POST /a", "", "x").level} == levels


@pytest.mark.parametrize("rule", [rule for rule in CALL_RULES if rule.endswith("-added")])
def test_what_is_added_breaks_nobody_unless_it_must_be_given(rule: str) -> None:
    is_breaking = change(rule, "POST /a", "", "x").level is Level.BREAKING
    assert is_breaking == rule.startswith("required-")


def test_each_rule_stands_in_one_table_and_has_a_sentence_of_its_own() -> None:
    assert SCHEMA_RULES.keys().isdisjoint(CALL_RULES)
    assert RULES.keys() == {*SCHEMA_RULES, *CALL_RULES}
    summaries = [rule.summary for rule in RULES.values()]
    assert len(summaries) == len(set(summaries)) and all(summaries)


def test_each_rule_of_values_is_one_that_a_difference_can_name() -> None:
    folder = Path(next(iter(diff.__path__)))
    code = "".join(
        path.read_text(encoding="utf-8") for path in folder.glob("*.py") if path.name != "change.py"
    )
    # pattern-added and the like are put together.
    beginnings = tuple(f'f"{{keyword}}-{end}"' for end in ("added", "removed", "changed"))
    assert all(beginning in code for beginning in beginnings)
    for rule in SCHEMA_RULES:
        assert f'"{rule}"' in code or rule.startswith(("pattern-", "format-")), rule


def test_a_change_as_json_has_plain_texts() -> None:
    one = ContractChange(Level.DANGEROUS, "server-removed", "the document", "servers", "is gone")
    assert one.as_json() == {
        "level": "dangerous", "rule": "server-removed", "subject": "the document",
        "place": "servers", "message": "is gone",
    }  # fmt: skip
