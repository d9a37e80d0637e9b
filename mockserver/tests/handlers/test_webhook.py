"""Where webhooks go: set, switched, shown in every documented form."""

from __future__ import annotations

from typing import Any

import pytest
from megaapi_mock.domain.instance import Instance
from megaapi_mock.domain.settings import WebhookSettings
from megaapi_mock.handlers import webhook

from .calls import call

URL, OTHER = "https://bot.example.test/hook", "https://bot.example.test/second"


def configure(instance: Instance, **data: Any) -> dict[str, Any]:
    return webhook.configure_webhook(
        call(instance, {"webhookUrl": URL, "webhookEnabled": True, **data})
    )


def test_an_instance_begins_without_a_webhook(instance: Instance) -> None:
    answer = webhook.webhook_settings(call(instance))
    assert answer["webhookData"] == {"webhookUrl": "", "webhookEnabled": False}


def test_what_is_set_is_shown(instance: Instance) -> None:
    assert configure(instance)["webhookUrl"] == URL
    shown = webhook.webhook_settings(call(instance))
    assert shown["webhookData"] == {"webhookUrl": URL, "webhookEnabled": True}
    flat = webhook.webhook_settings(call(instance, switches={"webhook_settings_shape": "flat"}))
    assert (flat["webhookUrl"], flat["webhookEnabled"]) == (URL, True)
    assert "webhookData" not in flat


def test_the_second_address_stays_unless_it_is_sent(instance: Instance) -> None:
    configure(instance, webhookSecondaryUrl=OTHER, webhookSecondaryEnabled=True)
    configure(instance, webhookEnabled=False)
    assert instance.webhook == WebhookSettings(URL, False, OTHER, True)
    configure(instance, webhookSecondaryUrl="", webhookSecondaryEnabled=False)
    assert instance.webhook == WebhookSettings(URL, True)


@pytest.mark.parametrize(
    ("url", "note"),
    [
        (" ", "is blank: no webhook can be sent there"),
        ("", ""),
        ("127.0.0.1:9000/hook", ": not a URL with http:// or https://: '127.0.0.1:9000/hook'"),
        ("{{ $json.url }}", ": not a URL with http:// or https://: '{{ $json.url }}'"),
        (" HTTPS://bot.example.test ", ""),
        (URL, ""),
    ],
)
def test_any_text_is_taken_and_an_odd_one_is_noted(instance: Instance, url: str, note: str) -> None:
    data = {"webhookEnabled": True, "webhookSecondaryEnabled": True}
    asked = call(instance, {**data, "webhookUrl": url, "webhookSecondaryUrl": url})
    webhook.configure_webhook(asked)
    assert instance.webhook.url == url
    assert len(asked.notes) == (2 if note else 0)
    for field, said in zip(("webhookUrl", "webhookSecondaryUrl"), asked.notes, strict=False):
        assert said.startswith(field) and note in said


def test_the_form_of_2022_has_other_names(instance: Instance) -> None:
    data = {"webhookUrl": URL, "webhookEnabled": True}
    answer = webhook.configure_webhook(call(instance, data, switches={"webhook_saved": "2022"}))
    assert answer["dataMessage"] == {"url": URL, "sendMessage": True}
    assert answer["message"] == "Webhook configured"


def test_the_older_way_sets_the_address_alone_and_keeps_it_where_empty(instance: Instance) -> None:
    configure(instance, webhookSecondaryUrl=OTHER)
    answer = webhook.update_webhook_url(call(instance, body={"data": {"url": "https://b.example"}}))
    assert answer["data"] == {"url": "https://b.example", "sendMessage": True}
    assert instance.webhook.secondary_url == OTHER
    empty = call(instance, body={"data": {"url": ""}})
    assert webhook.update_webhook_url(empty)["data"]["url"] == "https://b.example"
    assert empty.notes == ["url is empty: the one that was set stays"]


@pytest.mark.parametrize(("enabled", "word"), [(True, "enabled"), (False, "disabled")])
def test_the_older_way_switches_on_and_off(instance: Instance, enabled: bool, word: str) -> None:
    configure(instance, webhookEnabled=not enabled)
    answer = webhook.enable_webhook(call(instance, body={"data": {"sendWebhook": enabled}}))
    assert answer["message"] == f"Message webhook {word}"
    assert instance.webhook == WebhookSettings(URL, enabled)
