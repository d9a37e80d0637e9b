"""What every send answers, whatever its content."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from ...host.stage import Stage
from ...judging.results import Exchange
from ..session import Session
from .assertions import claim, claim_success, is_same, value_at
from .calls import is_now, sent_id
from .listed_people import is_sent_to

# 22 characters; older versions made 40.
OWN_ID = re.compile(r"3EB0[0-9A-F]{18}|[0-9A-F]{40}")


def hold_sent(
    session: Session, stage: Stage, answer: Exchange, to: str, **content: Any
) -> Mapping[str, Any]:
    """Hold what every send answers; the content, empty when the send failed.

    `content` names the one kind of content and the fields it must have. That a send is taken, and
    the key it answers, are as sure as the operation itself, however unsure its content is.
    """
    promise_of_call = session.contract.promise(str(answer.operation))
    if not claim_success(session, answer, "a good send", promise=promise_of_call):
        return {}
    data = value_at(answer.json, "messageData")
    own = value_at(data, "key", "fromMe") is True
    right = is_sent_to(session, answer, to)
    claim(session, answer, right, "remoteJid is built from `to`", promise=promise_of_call)
    claim(session, answer, own, "fromMe is true", promise=promise_of_call)
    is_own_id = OWN_ID.fullmatch(sent_id(answer))
    claim(session, answer, is_own_id, "the id is 3EB0 and 18 hex digits", promise=promise_of_call)
    close = is_now(session, stage, answer, value_at(data, "messageTimestamp"))
    claim(session, answer, close, "messageTimestamp is the time in seconds")
    claim(session, answer, value_at(data, "status") == "PENDING", "the status is PENDING")
    message = value_at(data, "message")
    for kind, fields in content.items():
        part = value_at(message, kind)
        if not claim(session, answer, isinstance(part, dict), f"the content is {kind}"):
            return {}
        for name, value in fields.items():
            same = is_same(session, value_at(part, name), value)
            claim(session, answer, same, f"{kind}.{name} is what was sent")
    return message if isinstance(message, dict) else {}
