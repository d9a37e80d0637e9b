"""What the pages show of the contract, in the order of the vendor's menu."""

from __future__ import annotations

from pathlib import Path

from megaapi_mock.reference.contract import (
    Contract,
    event_path,
    operation_path,
    read_sources,
)


def test_the_menu_has_every_operation_and_event_once(contract: Contract) -> None:
    entries = [entry for entries in contract.menu().values() for entry in entries]
    own = [entry.path for entry in entries if not entry.alias]
    assert sorted(own) == sorted(contract.paths())
    assert len(set(own)) == len(own)


def test_the_menu_is_in_the_order_of_the_tags_then_of_the_categories(contract: Contract) -> None:
    names = list(contract.menu())
    tags = [tag["name"] for tag in contract.document["tags"]]
    groups = [name for name in names if not name.startswith("category.")]
    assert groups == [tag for tag in tags if tag in groups]
    assert names == groups + [name for name in names if name.startswith("category.")]


def test_a_further_use_stands_in_its_group_and_leads_to_the_page(contract: Contract) -> None:
    menu, count = contract.menu(), 0
    for operation in contract.operations:
        for use in operation.definition.get("x-uses", ()):
            count += 1
            aliases = [entry for entry in menu[use["controller"]] if entry.alias]
            assert (use["summary"], operation_path(operation)) in [
                (entry.title, entry.path) for entry in aliases
            ]
    assert count == sum(entry.alias for entries in menu.values() for entry in entries)


def test_an_entry_can_be_found_by_route_name_and_text(contract: Contract) -> None:
    entries = {entry.path: entry for entries in contract.menu().values() for entry in entries
               if not entry.alias}  # fmt: skip
    for operation in contract.operations:
        entry = entries[operation_path(operation)]
        assert {operation.method, operation.path, operation.id} == set(entry.words.split())
        assert entry.title_pt == operation.definition["x-summary-pt"] and entry.text
    for event in contract.events:
        entry = entries[event_path(event)]
        assert entry.words.split()[0] == event.name and entry.title == event.summary


def test_a_contract_without_sources_has_none(tmp_path: Path) -> None:
    assert read_sources(tmp_path) == {}
    (tmp_path / "sources.yaml").write_text("page: {title: A page}")
    assert read_sources(tmp_path) == {"page": {"title": "A page"}}
