"""ConfigController: token and event filters. Only titles and methods of it are public."""

from __future__ import annotations

from collections.abc import Iterable

from ..domain.settings import NAME_LENGTH_MOST, NAMES_MOST
from .call import Call, Json, operation, success


@operation()
def config_details(call: Call) -> Json:
    """What is filtered; the token is never shown."""
    event_filter = call.instance.filter
    return success(
        "Config data fetched",
        configData={
            "blockEvents": list(event_filter.blocked),
            "webhookEvents": list(event_filter.accepted),
            "statusEvents": list(event_filter.status),
        },
    )


@operation()
def change_token(call: Call) -> Json:
    """The old token is refused from the next call on."""
    call.instance.token = call.data["token"]
    return success("Token updated")


@operation()
def block_events(call: Call) -> Json:
    """These categories are no longer sent; unknown names are kept."""
    call.instance.filter = call.instance.filter.block(call.data["events"])
    _note_ignored(call, call.instance.filter.blocked)
    return success("Events updated")


@operation()
def accept_webhook_events(call: Call) -> Json:
    """These categories are sent again; the title says add, so the list grows."""
    call.instance.filter = call.instance.filter.accept(call.data["events"])
    _note_ignored(call, call.instance.filter.accepted)
    return success("Events updated")


@operation()
def accept_status_events(call: Call) -> Json:
    """Read as message acknowledgements (inferred): their category is sent again."""
    call.instance.filter = call.instance.filter.accept_status(call.data["events"])
    _note_ignored(call, call.instance.filter.status)
    return success("Events updated")


def _note_ignored(call: Call, event_filter: Iterable[str]) -> None:
    ignored_names = set(call.data["events"]) - set(event_filter)
    if ignored_names:
        call.note(
            f"{len(ignored_names)} names were ignored: {NAMES_MOST} names of at most "
            f"{NAME_LENGTH_MOST} characters are remembered"
        )
