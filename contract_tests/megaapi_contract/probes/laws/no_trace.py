"""What is refused, and what only reads, leaves no trace."""

from __future__ import annotations

from functools import partial, update_wrapper

from ...host.stage import Stage
from ..probe import Laws
from ..session import Session
from .combined.factors import Row
from .combined.play import Play
from .combined.refusals import refuse_all
from .combined.script import greet, one_address
from .requests import GOOD_REQUESTS
from .webhook_listener import WebhookListener
from .webhooks import ECHO, PHASE

LAWS = Laws()

GREETED = (
    "send_text", "create_group", "list_groups", "group_details", "instance_status",
    "webhook_settings", "configure_webhook",
)  # fmt: skip
CONFIG = (
    "config_details", "change_token", "block_events", "accept_webhook_events",
    "accept_status_events",
)  # fmt: skip
CHATS = tuple(Row("", chat, "plain", "", "alone") for chat in ("number", "group"))


def what_is_refused_leaves_no_trace(operation: str, session: Session, stage: Stage) -> None:
    """Every refusal of an operation, asked so that doing it would be seen."""
    instance = stage.instance()
    play = Play(session, stage, instance, WebhookListener(session, stage, instance))
    play.operations = frozenset(CONFIG if operation in CONFIG else ())
    one_address(play, 0)
    greet(play, CHATS)
    refuse_all(play, operation)


for _operation, _ask in GOOD_REQUESTS.items():
    _run = partial(what_is_refused_leaves_no_trace, _operation)
    update_wrapper(_run, what_is_refused_leaves_no_trace)
    LAWS.law(
        _operation, *GREETED, *(("config_details",) if _operation in CONFIG else ()),
        effects={"reads", "sends", "changes", _ask.effect}, phase=PHASE,
        about=_operation, events=(ECHO,), phone=True, quick=_ask.effect != "reads",
    )(_run)  # fmt: skip
