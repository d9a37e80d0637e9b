"""After every step: all that can be observed is as the model has it."""

from __future__ import annotations

from collections import Counter
from typing import Any
from urllib.parse import urlsplit

from ....host.status import EMPTY, LIST, NONE, read_status
from ....judging.results import Exchange, Webhook
from ....judging.values import jid_of
from ..assertions import claim, inferred, value_at
from ..calls import members
from ..customers import author_content
from ..webhook_listener import READ
from ..webhooks import ECHO, is_ack, message_id
from .model import STATUS, OwedWebhook
from .play import Play
from .webhooks_owed import hold_acks, hold_echo, hold_group_changes, hold_received

LIMIT = 5000


def look(play: Play, *, whole: bool = True) -> None:
    """Hold all that was told since the last look; `whole` has all that can be asked for, too."""
    hear(play)
    hold_messages(play)
    if whole:
        hold_settings(play)
        hold_groups(play)


def hear(play: Play) -> None:
    """Hold that what is owed has come, to every address, and nothing else has."""
    owed_messages, play.model.owed_messages = play.model.owed_messages, []
    group_changes, play.model.group_changes = play.model.group_changes, []
    read_count = sum(
        1 for one in owed_messages if READ in one.steps and play.model.is_subscribed(STATUS)
    )

    def all_read(webhooks: list[Webhook]) -> bool:
        statuses = [value_at(one.json, "update", "status") for one in webhooks]
        return statuses.count(READ) >= read_count

    came = play.hook.receive(all_read, alarm=play.model.unblocked_event)
    query = urlsplit(play.hook.url).query
    has_query = all(urlsplit(one.url).query == query for one in came)
    play.hook.claim(ECHO, has_query, "the query of the address is kept")
    about_groups = [one for one in came if value_at(one.json, "key") is None]
    hold_group_changes(play, about_groups, group_changes)
    _hold_order(play, [one for one in came if one not in about_groups], owed_messages)
    for one in owed_messages:
        about = [webhook for webhook in came if message_id(webhook) == one.message.id]
        if one.answer is not None:
            hold_echo(play, about, one)
            hold_acks(play, about, one)
        else:
            hold_received(play, about, one)
    if play.second is not None:
        others = play.second.receive_beside(play.hook)
        same = [one.json for one in others] == [one.json for one in came]
        if not play.hook.claim(ECHO, same, "both addresses get the same, in the same order"):
            play.second = None


def hear_link(play: Play) -> None:
    """Hold that the end and the return of a link are told, and nothing else is."""
    came = play.hook.receive(alarm=play.model.unblocked_event)
    link_events = [one for one in came if value_at(one.json, "key") is None]
    play.hook.claim("connected", link_events == came, "a link that comes back repeats no message")
    if play.model.is_subscribed("connectionStatus"):
        last = link_events[-1] if link_events else None
        is_connected = value_at(last.json, "message") == "phone_connected" if last else False
        play.hook.claim("connected", is_connected, "the new link is told last", last)
    else:
        play.hook.check_none(link_events, "connected", "blocked events", play.inferred)
    if play.second is not None:
        others = [one.json for one in play.second.receive_beside(play.hook)]
        same = others == [one.json for one in came]
        if not play.hook.claim("connected", same, "both addresses get the same"):
            # Once is enough: what does not come there is waited for in vain each time.
            play.second = None


def _hold_order(play: Play, came: list[Webhook], owed_messages: list[OwedWebhook]) -> None:
    """Hold that messages are told once, in the order they were written, and no others."""
    optional = {one.message.id for one in owed_messages if not one.echoes}
    echoed_ids = [message_id(one) for one in came if not is_ack(one)]
    echoed_ids = [id_ for id_ in echoed_ids if id_ not in optional]
    due = [one for one in owed_messages if one.echoes and play.model.is_subscribed(one.category)]
    theirs = [one.message.id for one in due if one.answer is None]
    own = {one.message.id for one in due if one.answer is not None}
    if own:
        play.hook.settle_echo(bool(own & set(echoed_ids)))
    if play.echoes:
        theirs = [one.message.id for one in due]
    promise = play.promise(due)
    is_right = echoed_ids == theirs
    play.hook.claim(ECHO, is_right, "what is owed comes once, in order, and nothing else",
                    promise=promise)  # fmt: skip
    owed_ids = {one.message.id for one in owed_messages}
    strays = [one for one in came if is_ack(one) and message_id(one) not in owed_ids]
    play.hook.claim("ack-server", not strays, "no message is acknowledged later again")
    repeats = [times for times in Counter(one.body for one in came).values() if times > 1]
    play.hook.claim(ECHO, not repeats, "no webhook comes twice")


# -- what can be asked for -------------------------------------------------------------------


def hold_settings(play: Play) -> None:
    """Hold status, webhook and blocked events."""
    answer = play.call("instance_status")
    status = read_status(answer)
    if status.form != NONE:
        claim(play.session, answer, status.connected, "the status is what it was")
    if status.form not in (LIST, EMPTY, NONE):
        own = status.user is None or status.number in ("", play.instance.number)
        claim(
            play.session, answer, own and status.key == play.instance.key, "its own key and number"
        )
    answer = play.call("webhook_settings")
    settings = value_at(answer.json, "webhookData") or answer.json
    url = value_at(settings, "webhookUrl")
    claim(play.session, answer, url == play.model.url, "the address is the one that was set")
    is_enabled = value_at(settings, "webhookEnabled")
    claim(
        play.session,
        answer,
        is_enabled is play.model.enabled,
        "the webhook is on or off as it was set",
    )
    if play.model.has_config:
        _hold_config(play)


def _hold_config(play: Play) -> None:
    answer = play.call("config_details")
    config, model = value_at(answer.json, "configData"), play.model
    promise = inferred(play.session, "config_details")
    for name, expected in (
        ("blockEvents", model.shown_as_blocked), ("webhookEvents", model.shown_as_accepted),
        ("statusEvents", set(model.statuses)),
    ):  # fmt: skip
        names = value_at(config, name)
        name_counts = Counter(map(str, names)) if isinstance(names, list) else Counter()
        right = name_counts == Counter(expected)
        claim(play.session, answer, right, f"{name} are those that were set",
              promise=promise)  # fmt: skip


def hold_groups(play: Play) -> None:
    """Hold the list of groups, and each group's details, which say the same."""
    answer = play.call("list_groups")
    groups = value_at(answer.json, "groups")
    groups_shown = (
        {str(value_at(one, "id")): one for one in groups} if isinstance(groups, list) else {}
    )
    right = isinstance(groups, list) and len(groups) == len(groups_shown)
    claim(play.session, answer, right and set(groups_shown) == set(play.model.groups),
          "the groups it is in, each once")  # fmt: skip
    earlier_jids = [jid for jid in play.group_order if jid in groups_shown]
    is_order_kept = [jid for jid in groups_shown if jid in earlier_jids] == earlier_jids
    claim(
        play.session,
        answer,
        is_order_kept,
        "groups keep their order",
        promise=play.inferred,
    )
    play.group_order = [*groups_shown]
    for jid in play.model.groups:
        details_answer = play.call("group_details", query={"jid": jid})
        details = value_at(details_answer.json, "group") or details_answer.json
        _hold_group(play, details_answer, jid, details)
        if jid in groups_shown:
            claim(
                play.session,
                answer,
                groups_shown[jid] == without_envelope(details),
                "listed as in its details",
            )


def without_envelope(details: Any) -> Any:
    """A group without what stands beside it in a flat answer."""
    return {name: part for name, part in details.items() if name not in BESIDE}


BESIDE = ("error", "message", "requestId")


def _hold_group(play: Play, answer: Exchange, jid: str, details: Any) -> None:
    group = play.model.groups[jid]
    people = members(details) if isinstance(details, dict) else {}
    others = {person for person in people if jid_of(person).user != play.instance.number}
    claim(play.session, answer, others == group.people, "who is in it")
    claim(play.session, answer, value_at(details, "subject") == group.subject, "its name")
    size = value_at(details, "size")
    claim(play.session, answer, size == len(group.people) + 1, "size counts everybody")


def hold_messages(play: Play) -> None:
    """Hold that the gateway has what was written, nothing more, nothing else."""
    path = f"/_mock/messages?instance={play.instance.key}&limit={LIMIT}"
    items = play.stage.control_api("GET", path)["items"]
    model, hook = play.model, play.hook
    same = [one["id"] for one in items] == [*model.messages]
    hook.claim(ECHO, same, "the gateway has each message once, in order, and no others")
    for item in items:
        one = model.messages.get(str(item["id"]))
        if one is None:
            continue
        is_in_chat = (item["chat"], item["from_me"]) == (one.chat, one.from_me)
        hook.claim(ECHO, is_in_chat, "each message is in the chat it was written to")
        same = one.is_edited or author_content(item["content"]) == one.content
        hook.claim(ECHO, same, "each message has the content it was given")
        moment = int(one.time) in (0, int(item["time"]))
        hook.claim(ECHO, moment, "each message has the time it was written at")
        hook.claim(ECHO, item["deleted"] == one.deleted, "only what was deleted is deleted")
