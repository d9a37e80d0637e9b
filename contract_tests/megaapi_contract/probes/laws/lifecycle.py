"""Whole lives, made up at random and held to a model: a link, a group, a conversation.

The models know what the contract says and nothing of a host; broken rules are noted and the
life goes on, so that nothing has to be shrunk.
"""

from __future__ import annotations

from ...host.stage import Stage
from ..probe import Laws
from ..session import Session
from .lives.conversation import Conversation
from .lives.groups import Groups
from .lives.life import live
from .lives.link import Link
from .webhooks import ECHO

LAWS = Laws()
PHASE = "lifecycle"


@LAWS.law("instance_status", "send_text", "qr_code_base64", "pairing_code", "logout", "restart",
          effects=("reads", "sends", "changes", "disconnects"),
          phase=PHASE, phone=True)  # fmt: skip
def the_life_of_a_link(session: Session, stage: Stage) -> None:
    live(Link, session, stage)


@LAWS.law("create_group", "group_details", "list_groups", "add_participants",
          "remove_participants", "leave_group", "send_text",
          effects=("reads", "sends", "changes"), phase=PHASE, phone=True)  # fmt: skip
def the_life_of_groups(session: Session, stage: Stage) -> None:
    live(Groups, session, stage)


@LAWS.law("send_text", "quote_message", "forward_message", "delete_message", "configure_webhook",
          effects=("sends", "changes"), phase=PHASE, phone=True,
          events=(ECHO, "ack-server", "ack-delivered", "ack-read", "text-plain", "image",
                  "location"))  # fmt: skip
def the_life_of_a_conversation(session: Session, stage: Stage) -> None:
    live(Conversation, session, stage)
