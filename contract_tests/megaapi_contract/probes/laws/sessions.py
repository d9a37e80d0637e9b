"""Everything combined with everything else, in sessions that are held to a model throughout."""

from __future__ import annotations

from functools import partial, update_wrapper
from itertools import product

from ...host.stage import Stage
from ..probe import Laws
from ..session import Session
from .combined.factors import HISTORIES, HOOKS
from .combined.script import HAPPEN, SET_UP, play_session
from .webhooks import ACKS, ECHO, PHASE

LAWS = Laws()

IN_EVERY_SESSION = (
    "send_text", "send_media_base64", "send_media_url", "download_media", "send_location",
    "send_link_preview", "send_list", "send_buttons", "send_template", "forward_message",
    "quote_message", "delete_message", "delete_message_from_me", "update_presence",
    "is_on_whatsapp", "add_participants", "remove_participants",
    "create_group", "list_groups", "group_details", "instance_status", "webhook_settings",
    "configure_webhook",
)  # fmt: skip
EVENTS = (ECHO, *ACKS.values(), "text-plain", "from-me-phone")


DEALS = {1: "", 2: ", dealt again", 3: ", dealt a third time"}


def whatever_is_combined_is_done_and_told(
    hooks: str, history: str, deal: int, session: Session, stage: Stage
) -> None:
    """Each two levels of all factors meet in one of these sessions."""
    play_session(hooks, history, deal, session, stage)


def _add_session(hooks: str, history: str, deal: int) -> None:
    run = partial(whatever_is_combined_is_done_and_told, hooks, history, deal)
    update_wrapper(run, whatever_is_combined_is_done_and_told)
    disconnects = ("disconnects",) if history in HISTORIES[1:4] else ()
    # Half of them have every level of every factor, and most pairs.
    even = (HOOKS.index(hooks) + HISTORIES.index(history)) % 2 == 0
    LAWS.law(
        *IN_EVERY_SESSION, *SET_UP[hooks].operations, *HAPPEN[history].operations,
        effects=("reads", "sends", "changes", *disconnects), phase=PHASE,
        about=f"{hooks}, {history}{DEALS[deal]}", events=EVENTS, phone=True,
        quick=deal == 1 and even,
    )(run)  # fmt: skip


for _deal, _hooks, _history in product(DEALS, HOOKS, HISTORIES):
    _add_session(_hooks, _history, _deal)
