"""All that can be asked of an instance, as it is now."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ....host.status import read_status
from ..assertions import value_at
from ..calls import group_of
from .look import LIMIT, without_envelope
from .play import Play

# What a mock says of a message that does not change by itself.
LASTING = ("id", "chat", "from_me", "content", "deleted", "state")


def snapshot(play: Play) -> Mapping[str, Any]:
    """Status, settings, groups, messages and what contacts see; equal when nothing has changed."""
    return {
        "the status": _status(play),
        "the webhook": _webhook(play),
        **_config(play),
        "the groups": _groups(play),
        "the messages": _messages(play),
        "what contacts see": play.control("GET", "")["presence"],
    }


def _status(play: Play) -> Any:
    status = read_status(play.call("instance_status"))
    return status.state, status.key, status.user


def _webhook(play: Play) -> Any:
    document = play.call("webhook_settings").json
    settings = value_at(document, "webhookData") or document
    return [value_at(settings, name) for name in ("webhookUrl", "webhookEnabled")]


def _config(play: Play) -> Mapping[str, Any]:
    if "config_details" not in play.operations:
        return {}
    return {"the events": value_at(play.call("config_details").json, "configData")}


def _groups(play: Play) -> Any:
    if not play.instance.connected:
        return None
    groups = value_at(play.call("list_groups").json, "groups")
    jids = [str(value_at(one, "id")) for one in groups] if isinstance(groups, list) else []
    answers = [play.call("group_details", query={"jid": jid}) for jid in jids]
    return groups, [without_envelope(group_of(one)) for one in answers]


def _messages(play: Play) -> Any:
    path = f"/_mock/messages?instance={play.instance.key}&limit={LIMIT}"
    items = play.stage.control_api("GET", path)["items"]
    return [[item[name] for name in LASTING] for item in items]


def differences(before: Mapping[str, Any], after: Mapping[str, Any]) -> list[str]:
    """What is not as it was."""
    return [name for name in before if before[name] != after.get(name)]
