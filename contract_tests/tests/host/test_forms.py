"""The form of a successful answer, read from each documented one and from none."""

from __future__ import annotations

from typing import Any

import pytest
from megaapi_contract.host.forms import settled_form
from megaapi_contract.judging.alternatives import USUAL

BUTTONS = {"messageData": {"message": {"interactiveMessage": {}, "messageContextInfo": {}}}}
OLD_BUTTONS = {"messageData": {"message": {"buttonsMessage": {}}}}


@pytest.mark.parametrize(
    ("operation", "document", "form"),
    [
        ("group_details", {"group": {"id": "x"}}, ("group_shape", USUAL)),
        ("group_details", {"id": "x"}, ("group_shape", "flat")),
        ("group_details", {"group": "x"}, None),
        ("create_group", {"error": False, "id": "x"}, ("group_shape", "flat")),
        ("text_to_many", {"messageData": {"sent": 1}}, ("to_many_shape", USUAL)),
        ("list_to_many", {"sent": 1}, ("to_many_shape", "flat")),
        ("list_to_many", {"messageData": None}, None),
        ("webhook_settings", {"webhookData": {}}, ("webhook_settings_shape", USUAL)),
        ("webhook_settings", {"webhookUrl": ""}, ("webhook_settings_shape", "flat")),
        ("webhook_settings", {"webhookData": None}, None),
        ("configure_webhook", {"webhookUrl": "u"}, ("webhook_saved", USUAL)),
        ("configure_webhook", {"dataMessage": {}}, ("webhook_saved", "2022")),
        ("configure_webhook", {"dataMessage": []}, None),
        ("download_media", {"data": "data:image/png;base64,AA=="}, ("download_body", USUAL)),
        ("download_media", {"data": "AA=="}, ("download_body", "base64")),
        ("download_media", {"data": ""}, None),
        ("download_media", {"data": 5}, None),
        ("send_buttons", BUTTONS, ("buttons_form", USUAL)),
        ("send_buttons", OLD_BUTTONS, ("buttons_form", "2022")),
        ("send_buttons", {"messageData": {"message": {"a": 1, "b": 2}}}, None),
        ("send_buttons", {"messageData": "x"}, None),
    ],
)
def test_form_is_read_from_what_only_it_has(
    operation: str, document: Any, form: tuple[str, str] | None
) -> None:
    assert settled_form(operation, document) == form


@pytest.mark.parametrize("operation", [None, "", "send_text"])
def test_operation_of_one_form_settles_nothing(operation: str | None) -> None:
    assert settled_form(operation, {"group": {}, "data": "x"}) is None


@pytest.mark.parametrize("document", [None, [], "text", {"error": True, "group": {}}])
def test_failure_and_what_is_not_an_object_settle_nothing(document: Any) -> None:
    assert settled_form("group_details", document) is None
