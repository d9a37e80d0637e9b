"""Pairs of schemas that lead to one another: each compared once, and named where it stands."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from megaapi_mock.spec.diff.graph import Graph, SchemaLink, join_places
from megaapi_mock.spec.diff.values import Difference

# Of each schema: what it differs in itself, and where it leads to.
Plan = Mapping[str, tuple[list[str], dict[str, str]]]


class Walk:
    """A graph over a plan: schemas are names, and differ as the plan has it."""

    def __init__(self, plan: Plan) -> None:
        self.plan, self.compared = plan, list[str]()
        self.graph = Graph(self._compare)

    def _compare(self, old: Any, new: Any) -> Iterator[Difference | SchemaLink]:
        self.compared.append(old)
        rules, links = self.plan[old]
        for rule in rules:
            yield Difference(rule, "", rule)
        for place, name in links.items():
            yield SchemaLink(place, self.graph.node(name, name))

    def differences(self, name: str = "top") -> list[tuple[str, str]]:
        found = self.graph.differences(self.graph.node(name, name))
        return [(each.place, each.message) for each in found]


def test_a_difference_is_named_where_it_stands() -> None:
    walk = Walk({"top": ([], {"a": "A"}), "A": ([], {"[]": "B"}), "B": (["changed"], {"c": "C"}),
                 "C": (["gone"], {})})  # fmt: skip
    assert walk.differences() == [("a[]", "changed"), ("a[].c", "gone")]


def test_shared_schema_is_named_at_the_nearest_place_beside_the_others() -> None:
    walk = Walk({
        "top": ([], {"deep": "D", "near": "S", "b": "S", "c": "S", "d": "S"}),
        "D": ([], {"s": "S"}), "S": (["changed"], {}),
    })  # fmt: skip
    assert walk.differences() == [("near", "changed (also at b, c and 2 more)")]
    assert walk.compared.count("S") == 1


def test_other_places_that_lead_to_a_difference_are_named_with_the_rest() -> None:
    walk = Walk({"top": ([], {"a": "A", "b": "A"}), "A": ([], {"c": "C"}), "C": (["gone"], {})})
    assert walk.differences() == [("a.c", "gone (also at b.c)")]


def test_schemas_that_lead_back_to_themselves_end() -> None:
    walk = Walk({"top": ([], {"a": "A"}), "A": (["changed"], {"again": "A", "up": "top"})})
    assert walk.differences() == [("a", "changed")]
    assert sorted(walk.compared) == ["A", "top"]


def test_where_nothing_differs_nothing_is_walked_again() -> None:
    walk = Walk({"top": ([], {"a": "A", "b": "B"}), "A": ([], {"c": "C"}), "C": ([], {}),
                 "B": (["changed"], {"a": "A"})})  # fmt: skip
    assert walk.differences() == [("b", "changed")]
    node = walk.graph.node("A", "A")
    assert node.differs is False and node.links == []
    assert walk.differences() == [("b", "changed")] and len(walk.compared) == 4


def test_a_later_start_knows_what_an_earlier_one_found() -> None:
    walk = Walk({"top": ([], {"a": "A"}), "A": (["changed"], {}), "other": ([], {"x": "A"})})
    assert walk.differences() == [("a", "changed")]
    assert walk.differences("other") == [("x", "changed")]
    assert walk.compared.count("A") == 1


def test_equal_schemas_are_one_node() -> None:
    graph = Walk({}).graph
    assert graph.node({"a": 1, "b": 2}, {}) is graph.node({"b": 2, "a": 1}, {})
    assert graph.node({"a": 1}, {}) is not graph.node({}, {"a": 1})


def test_a_place_in_a_place_is_written_with_a_dot_or_a_bracket() -> None:
    pairs = (("a", "b"), ("a", "[0]"), ("a", "{}"), ("a", ""), ("", "b"))
    places = [join_places(place, inner) for place, inner in pairs]
    assert places == ["a.b", "a[0]", "a{}", "a", "b"]
