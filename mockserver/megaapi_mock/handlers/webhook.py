"""WebhookController: where the gateway posts what happens."""

from __future__ import annotations

from dataclasses import replace

from ..domain.settings import WebhookSettings
from .call import Call, Json, operation, success
from .receiver_address import check_address


@operation()
def webhook_settings(call: Call) -> Json:
    """Nested under webhookData; an unset URL is an empty string (ancestor)."""
    settings = call.instance.webhook
    settings_shown = {"webhookUrl": settings.url, "webhookEnabled": settings.enabled}
    if call.profile["webhook_settings_shape"] == "flat":
        return success("Webhook status fetched", **settings_shown)
    return success("Webhook status fetched", webhookData=settings_shown)


@operation()
def configure_webhook(call: Call) -> Json:
    """Any text is taken as a URL; the undocumented second pair is kept when it is sent."""
    data, before = call.data, call.instance.webhook
    secondary_url, secondary_on = (
        data.get("webhookSecondaryUrl"),
        data.get("webhookSecondaryEnabled"),
    )
    check_address(call, "webhookUrl", data["webhookUrl"])
    check_address(call, "webhookSecondaryUrl", secondary_url or "")
    call.instance.webhook = WebhookSettings(
        url=data["webhookUrl"],
        enabled=data["webhookEnabled"],
        secondary_url=before.secondary_url if secondary_url is None else secondary_url,
        secondary_enabled=before.secondary_enabled if secondary_on is None else secondary_on,
    )
    url = call.instance.webhook.url
    if call.profile["webhook_saved"] == "2022":
        webhook = {"url": url, "sendMessage": call.instance.webhook.enabled}
        return success("Webhook configured", dataMessage=webhook)
    return success("Webhook updated", webhookUrl=url)


@operation()
def update_webhook_url(call: Call) -> Json:
    """The older way: an empty URL keeps the one that is set (ancestor)."""
    url = call.body["data"]["url"]
    check_address(call, "url", url)
    if url:
        call.instance.webhook = replace(call.instance.webhook, url=url)
    else:
        call.note("url is empty: the one that was set stays")
    return _switch_answer(call, "Webhook url updated")


@operation()
def enable_webhook(call: Call) -> Json:
    """The older way to switch webhooks on and off (ancestor)."""
    enabled = call.body["data"]["sendWebhook"]
    call.instance.webhook = replace(call.instance.webhook, enabled=enabled)
    return _switch_answer(call, f"Message webhook {'enabled' if enabled else 'disabled'}")


def _switch_answer(call: Call, message: str) -> Json:
    webhook = call.instance.webhook
    return success(message, data={"url": webhook.url, "sendMessage": webhook.enabled})
