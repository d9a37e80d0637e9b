"""The promise of a place is the one declared nearest to it."""

from __future__ import annotations

from megaapi_contract.capture.places import promise_at
from megaapi_contract.judging.contract import Contract
from megaapi_contract.judging.results import Promise

START = Promise("inferred", "paths/somewhere.yaml")
SCHEMA = {
    "properties": {
        "a": {
            "x-provenance": {"grade": "observed", "sources": ["one"]},
            "allOf": [{"properties": {"b": {"x-provenance": {"grade": "baileys"}}, "c": {}}}],
        },
        "list": {"items": {"properties": {"d": {"x-provenance": {"grade": "vendor-doc"}}}}},
    },
    "additionalProperties": {"properties": {"e": {"x-provenance": {"grade": "vendor-doc"}}}},
}


def test_the_nearest_promise_counts(contract: Contract) -> None:
    grades = [
        promise_at(contract, SCHEMA, path.split("/"), START).grade
        for path in ("a", "a/b", "a/c", "list/*/d", "any/e", "a/b/none")
    ]
    assert grades == ["observed", "baileys", "observed", "vendor-doc", "vendor-doc", "inferred"]
    assert promise_at(contract, SCHEMA, ["a", "c"], START).sources == ("one",)
    assert promise_at(contract, None, ["a"], START) == START
