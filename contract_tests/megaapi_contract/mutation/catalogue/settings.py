"""What customers set, forgotten, altered or shown to somebody else; presence and deletion."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial

from ..answer_faults import Altered, Change, document, is_good
from ..mutant import Fault, Mutant
from ..payload_edits import edit_at, put, rename, swap_values
from ..stateful_faults import Frozen, FrozenField, Leak, NotDone, OldTokenToo

_REVOKED = "messageData.message.protocolMessage"

# Operations that are answered as done, and what is not done then.
NOT_DONE = (
    ("configure_webhook", "The webhook is not set."),
    ("block_events", "Nothing is blocked."),
    ("accept_webhook_events", "Nothing is accepted again."),
    ("accept_status_events", "The statuses are not kept."),
    ("change_token", "The old token stays."),
    ("update_presence", "Nobody sees the presence."),
    ("delete_message", "The message is still there for everyone."),
    ("delete_message_from_me", "The message is still there."),
)

ALTERED: tuple[tuple[str, str, str, Change], ...] = (
    ("configure_webhook", "another address", "The answer names the address with another end.",
     document(edit_at("webhookUrl", lambda url: f"{url}/" if url else url))),
    ("webhook_settings", "flag turned", "On reads back as off.",
     document(edit_at("webhookData.webhookEnabled", lambda enabled: not enabled))),
    ("webhook_settings", "address without its path", "The address reads back without its path.",
     document(edit_at("webhookData.webhookUrl",
                     lambda url: "/".join(str(url).split("/")[:3])))),
    ("webhook_settings", "null instead of no address", "No address reads back as null.",
     document(edit_at("webhookData.webhookUrl", lambda url: url or None))),
    ("webhook_settings", "under another name", "The settings stand under `webhook`.",
     document(rename("webhookData", "webhook"))),
    ("config_details", "lists exchanged", "Blocked events are shown as accepted ones.",
     document(swap_values("configData.blockEvents", "webhookEvents"))),
    ("config_details", "nothing blocked", "What is blocked is not shown.",
     document(put("configData.blockEvents", []))),
    ("config_details", "last accepted missing", "The last accepted event is not shown.",
     document(edit_at("configData.webhookEvents", lambda names: names[:-1]))),
    ("config_details", "listed twice", "Every accepted event is listed twice.",
     document(edit_at("configData.webhookEvents", lambda names: names * 2))),
    ("config_details", "no statuses", "Accepted statuses are not shown.",
     document(put("configData.statusEvents", []))),
    ("delete_message", "names another", "The answer says that another message was deleted.",
     document(put(f"{_REVOKED}.key.id", "3EB0000000000000000000"))),
    ("delete_message", "no REVOKE", "The answer's content is not a REVOKE.",
     document(put(f"{_REVOKED}.type", "EPHEMERAL_SETTING"))),
    ("delete_message", "in another chat", "The answer names another chat.",
     document(put("messageData.key.remoteJid", "5511900000077@s.whatsapp.net"))),
    ("delete_message", "without time", "The time of the deletion is 0.",
     document(put("messageData.messageTimestamp", "0"))),
    ("delete_message_from_me", "answers with a message", "Deleting for oneself tells of a message.",
     document(lambda body: {**body, "messageData": {"key": {"id": "3EB0"}}})),
)  # fmt: skip

REMEMBERED: tuple[tuple[str, tuple[str, ...], str, str, Callable[[], Fault]], ...] = (
    ("change_token: old one too", ("change_token",), "token not checked",
     "The old token is accepted as before.", OldTokenToo),
    ("webhook_settings: a neighbour's", ("webhook_settings",), "instance leak",
     "One sees the webhook that somebody else set.",
     partial(Leak, "webhook_settings", "configure_webhook")),
    ("config_details: a neighbour's", ("config_details",), "instance leak",
     "One sees what somebody else blocked.", partial(Leak, "config_details", "block_events")),
    ("webhook_settings: never others", ("webhook_settings",), "value constant",
     "The first settings are shown for ever.", partial(Frozen, "webhook_settings")),
    ("config_details: never others", ("config_details",), "value constant",
     "The first configuration is shown for ever.", partial(Frozen, "config_details")),
    ("delete_message: id repeated", ("delete_message",), "id repeated",
     "Every deletion has the id of the first.",
     partial(FrozenField, ("delete_message", "send_text"), "messageData.key.id")),
)  # fmt: skip


def mutants() -> Iterator[Mutant]:
    """Every fault of settings, presence and deletion."""
    for operation, sentence in NOT_DONE:
        yield Mutant(
            name=f"{operation}: not done",
            kind="state forgotten",
            sentence=sentence,
            make=partial(NotDone, operation),
            operations=(operation,),
        )
    for operation, name, sentence, change in ALTERED:
        yield Mutant(
            name=f"{operation}: {name}",
            kind="wrong value",
            sentence=sentence,
            make=partial(Altered, (operation,), change, is_good),
            operations=(operation,),
        )
    for name, operations, kind, sentence, make in REMEMBERED:
        yield Mutant(name, kind, sentence, make, operations)
