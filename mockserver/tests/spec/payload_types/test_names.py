"""What the types of webhooks and the objects in them are called."""

from __future__ import annotations

from megaapi_mock.spec.payload_types.names import item_name, member_name, type_name


def test_a_type_is_called_after_its_message_type_or_its_place() -> None:
    assert type_name("group-participants.update") == "GroupParticipantsUpdateWebhook"
    assert type_name("viewOnceMessageV2Extension") == "ViewOnceV2ExtensionWebhook"
    assert type_name("message.ack") == "MessageAckWebhook"
    assert member_name("EditedWebhookMessage", "editedMessage") == "EditedWebhookMessageEdited"
    assert member_name("EditedWebhookMessage", "message") == "EditedWebhookMessageMessage"
    assert [item_name(each) for each in ("Rows", "Replies", "Media")] == [
        "Row",
        "Reply",
        "MediaItem",
    ]
