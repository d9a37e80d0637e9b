"""What a content lets its reader choose, from every kind of menu and from damaged ones."""

from __future__ import annotations

from typing import Any

import orjson
import pytest
from megaapi_mock.domain.options import Option, options_of


def quick_reply(**parameters: str) -> dict[str, Any]:
    return {"name": "quick_reply", "buttonParamsJson": orjson.dumps(parameters).decode()}


ROWS = {"listMessage": {"sections": [
    {"rows": [{"rowId": "r1", "title": "Um", "description": "first"}]},
    {"rows": [{"title": "Dois"}]},
]}}  # fmt: skip
MENUS: dict[str, tuple[dict[str, Any], list[Option]]] = {
    "rows": (ROWS, [Option("r1", "Um", 1, "first"), Option("Dois", "Dois", 2)]),
    "buttons": (
        {"buttonsMessage": {"buttons": [
            {"buttonId": "b1", "buttonText": {"displayText": "Sim"}},
            {"buttonText": {"displayText": "Talvez"}},
        ]}},
        [Option("b1", "Sim", 1), Option("Talvez", "Talvez", 2)],
    ),
    "native flow": (
        {"interactiveMessage": {"nativeFlowMessage": {"buttons": [
            {"name": "cta_url", "buttonParamsJson": "{}"}, quick_reply(id="q", display_text="Q"),
        ]}}},
        [Option("q", "Q", 2)],
    ),
    "template": (
        {"templateMessage": {"hydratedTemplate": {"hydratedButtons": [
            {"urlButton": {"displayText": "Open"}},
            {"quickReplyButton": {"id": "t", "displayText": "T"}},
        ]}}},
        [Option("t", "T", 2)],
    ),
    "poll": (
        {"pollCreationMessage": {"options": [{"optionName": "A"}, {"optionName": "B"}]}},
        [Option("A", "A", 1), Option("B", "B", 2)],
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", MENUS)
def test_menu_offers_its_options_with_their_places(name: str) -> None:
    content, options = MENUS[name]
    assert options_of(content) == options


@pytest.mark.parametrize("name", MENUS)
def test_menu_in_a_wrapper_offers_the_same(name: str) -> None:
    content, options = MENUS[name]
    assert options_of({"viewOnceMessage": {"message": content}}) == options


@pytest.mark.parametrize(
    "content",
    [
        {},
        {"conversation": "1 ou 2?"},
        {"listMessage": None},
        {"listMessage": {"sections": "none"}},
        {"listMessage": {"sections": [None, {"rows": [5]}]}},
        {"buttonsMessage": {"buttons": {"0": {}}}},
        {"interactiveMessage": {"nativeFlowMessage": []}},
        {"templateMessage": {"hydratedTemplate": {"hydratedButtons": [{"quickReplyButton": 1}]}}},
        {"pollCreationMessage": {"options": None}},
    ],
)
def test_content_without_a_menu_offers_nothing(content: dict[str, Any]) -> None:
    assert options_of(content) == []


@pytest.mark.parametrize("parameters", [None, "", "{", "[]", 5])
def test_quick_reply_with_unreadable_parameters_has_no_name(parameters: Any) -> None:
    button = {"name": "quick_reply", "buttonParamsJson": parameters}
    content = {"interactiveMessage": {"nativeFlowMessage": {"buttons": [button]}}}
    assert options_of(content) == [Option("", "", 1)]


def test_option_is_called_by_id_or_title_in_these_letters() -> None:
    option = Option("r1", "Um", 1)
    assert option.is_called("r1") and option.is_called("Um") and not option.is_called("um")
    assert str(option) == "'r1' (Um)" and str(Option("A", "A", 1)) == "'A'"
