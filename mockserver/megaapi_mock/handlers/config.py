"""ConfigController: token and event filters. Only titles and methods of it are public."""

from __future__ import annotations

from collections.abc import Iterable

from ..domain.settings import NAME_LENGTH_MOST, NAMES_MOST
from .call import Call, Json, done, operation


@operation()
def config_details(call: Call) -> Json:
    """What is filtered; the token is never shown."""
    filtered = call.instance.filter
    return done(
        "Config data fetched",
        configData={
            "blockEvents": list(filtered.blocked),
            "webhookEvents": list(filtered.accepted),
            "statusEvents": list(filtered.status),
        },
    )


@operation()
def change_token(call: Call) -> Json:
    """The old token is refused from the next call on."""
    call.instance.token = call.data["token"]
    return done("Token updated")


@operation()
def block_events(call: Call) -> Json:
    """These categories are no longer sent; unknown names are kept."""
    call.instance.filter = call.instance.filter.block(call.data["events"])
    _note_ignored(call, call.instance.filter.blocked)
    return done("Events updated")


@operation()
def accept_webhook_events(call: Call) -> Json:
    """These categories are sent again; the title says add, so the list grows."""
    call.instance.filter = call.instance.filter.accept(call.data["events"])
    _note_ignored(call, call.instance.filter.accepted)
    return done("Events updated")


@operation()
def accept_status_events(call: Call) -> Json:
    """Read as message acknowledgements (inferred): their category is sent again."""
    call.instance.filter = call.instance.filter.accept_status(call.data["events"])
    _note_ignored(call, call.instance.filter.status)
    return done("Events updated")


def _note_ignored(call: Call, event_filter: Iterable[str]) -> None:
    ignored = set(call.data["events"]) - set(event_filter)
    if ignored:
        call.note(
            f"{len(ignored)} names were ignored: {NAMES_MOST} names of at most "
            f"{NAME_LENGTH_MOST} characters are remembered"
        )
