"""What two instances do in one group: seen by both, told to both, and heard where it may be."""

from __future__ import annotations

from typing import Any

from megaapi_mock.domain.jid import as_given

from ...host.stage import Stage
from ...judging.alternatives import USUAL
from ...judging.results import Exchange, Promise, Webhook
from ...judging.values import jid_of
from ..probe import Laws
from ..session import Session
from .assertions import claim, inferred, value_at
from .calls import sent_id, text
from .listed_people import listed_members
from .shared_group import (
    COMINGS_AND_GOINGS,
    RANKS_AND_SETTINGS,
    GroupChange,
    SharedGroup,
    shared_group,
)
from .webhook_listener import WebhookListener
from .webhooks import PHASE, is_ack, message_id

LAWS = Laws()

TEXT = "text-extended"
CHANGE_TYPES = ("group-participants.update", "groups.update")
CHANGES = ("group-participants", "group-update")
RANKING = ("promote_participants", "demote_participants", "set_who_can_send",
           "set_who_can_change_settings")  # fmt: skip
ADMINISTERED = ("admin_groups", "admin_groups_with_participants")
COMING = ("leave_group", "add_participants", "remove_participants")
SEEN = ("create_group", "group_details", "list_groups")
ONLY_ADMINS = GroupChange("set_who_can_send", value="true", event="group-update")
EVERYBODY = GroupChange("set_who_can_send", value="false", event="group-update")


# -- as both see it --------------------------------------------------------------------------


@LAWS.law(*SEEN, effects=("changes", "reads"), reader=True, worth=2)
def both_see_the_same_group(session: Session, stage: Stage) -> None:
    if (group := shared_group(session, stage)) is not None:
        group.hold_same()


@LAWS.law(*RANKING, *SEEN, effects=("changes", "reads"), reader=True, worth=1)
def both_see_what_was_changed_of_a_group(session: Session, stage: Stage) -> None:
    if (group := shared_group(session, stage)) is None:
        return
    ranks = {"promote": "admin", "demote": None}
    with group.left_as_made():
        for change in RANKS_AND_SETTINGS:
            if not group.change(change):
                return
            mine = group.hold_same()
            answer, theirs = group.details(of_other=True)
            for name, value in change.webhook.items():
                if name == "action":
                    rank = listed_members(session, mine).get(as_given(group.other.number), "?")
                    claim(session, answer, rank == ranks[value], "both see the new rank")
                else:
                    claim(session, answer, theirs.get(name) is value, f"both see the new {name}")


@LAWS.law(*COMING, *SEEN, effects=("sends", "changes", "reads"), reader=True, worth=-1)
def whoever_leaves_is_out_of_the_group(session: Session, stage: Stage) -> None:
    """And whoever is taken out of it; until they are put in again."""
    if (group := shared_group(session, stage)) is None:
        return
    with group.left_as_made():
        for change in COMINGS_AND_GOINGS:
            if not group.change(change):
                return
            if change.webhook["action"] == "remove":
                group.hold_without_other()
            else:
                rank = listed_members(session, group.hold_same())
                plain = rank.get(as_given(group.other.number), "?") is None
                answer, _ = group.details(of_other=True)
                claim(session, answer, plain, "who comes again is a plain member")


@LAWS.law(*RANKING, "create_group", "group_details", effects=("changes", "reads"), reader=True,
          worth=1)  # fmt: skip
def a_member_changes_a_group_only_as_its_admin(session: Session, stage: Stage) -> None:
    """Who may do that is WhatsApp's affair; that the gateway does not say otherwise is not."""
    if (group := shared_group(session, stage)) is None:
        return
    with group.left_as_made():
        for is_admin in group.ranks_of_other():
            for value in ("true", "false"):
                _try_setting(group, value, is_admin=is_admin)


def _try_setting(group: SharedGroup, value: str, *, is_admin: bool) -> None:
    """The other one sets who may write: done and seen by both as an admin, refused as a member."""
    query = {"jid": group.jid, "allowOnlyAdmins": value}
    answer = group.caller.call("set_who_can_send", group.other, query=query)
    promise = None if is_admin else inferred(group.session, "set_who_can_send")
    sentence = "an admin may change a group" if is_admin else "a member may not change a group"
    claim(group.session, answer, answer.ok is is_admin, sentence, promise=promise)
    expected = is_admin and value == "true"
    for look, details in (group.details(), group.details(of_other=True)):
        right = details.get("announce") is expected
        claim(
            group.session,
            look,
            right,
            "a group is as its admins have set it",
            promise=promise,
        )


def _lists_as_admin(group: SharedGroup, operation: str) -> tuple[Exchange, bool]:
    answer = group.caller.call(operation, group.other)
    groups = value_at(answer.json, "groups")
    ids = [value_at(one, "id") for one in groups] if isinstance(groups, list) else []
    return answer, group.jid in ids


@LAWS.law(*ADMINISTERED, *RANKING[:2], "create_group", "group_details",
          effects=("changes", "reads"), reader=True, worth=1)  # fmt: skip
def a_group_is_administered_as_long_as_one_is_its_admin(session: Session, stage: Stage) -> None:
    if (group := shared_group(session, stage)) is None:
        return
    with group.left_as_made():
        for is_admin in group.ranks_of_other():
            for operation in ADMINISTERED:
                answer, is_listed = _lists_as_admin(group, operation)
                # How the list looks is a guess; which groups it is about, the vendor says.
                promise = session.contract.promise(operation)
                sentence = (
                    "where one is an admin is listed" if is_admin
                    else "where one is an ordinary member is not listed"
                )  # fmt: skip
                claim(session, answer, is_listed is is_admin, sentence, promise=promise)


# -- as webhooks tell it ---------------------------------------------------------------------


def _listening(
    group: SharedGroup, session: Session, stage: Stage
) -> tuple[WebhookListener, WebhookListener]:
    """The webhooks of both, which come to the suite from now on."""
    other = WebhookListener(session, stage, group.other, "-reader")
    return WebhookListener(session, stage, group.instance).open(), other.open(group.caller)


def _write(group: SharedGroup, words: str) -> Exchange:
    """The other one writes a text in the group."""
    body = {"messageData": {"to": group.jid, "text": words}}
    answer = group.caller.call("send_text", group.other, body=body)
    group.caller.gate.learn([sent_id(answer)])
    return answer


def _receive_until(hook: WebhookListener, *answers: Exchange) -> list[Webhook]:
    """What came until these messages did: what was told before them has come by then."""
    ids = {*map(sent_id, answers)}
    return hook.receive(lambda webhooks: ids <= {*map(message_id, webhooks)})


def _changes_are_told(
    changes: tuple[GroupChange, ...], session: Session, stage: Stage
) -> None:  # fmt: skip
    if (group := shared_group(session, stage)) is None:
        return
    hook, other_hook = _listening(group, session, stage)
    with group.left_as_made():
        for change in changes:
            if not group.change(change):
                return
        own, theirs = text(session, group.instance, group.jid), _write(group, "Bom dia a todos")
        received = _receive_until(hook, theirs), _receive_until(other_hook, own)
    promise = inferred(session, changes[0].operation)
    changes_of_each = [[one for one in each if value_at(one.json, "messageType") in CHANGE_TYPES]
            for each in received]  # fmt: skip
    # Whether changes that instances make are told at all, a switch decides: of both or of none.
    is_on = any(changes_of_each)
    hook.settle("group_events", "on" if is_on else USUAL)
    for listener, webhooks in zip((hook, other_hook), changes_of_each, strict=True):
        right = len(webhooks) == (len(changes) if is_on else 0)
        sentence = "each change of a group is told once, to both"
        if listener.claim(changes[0].event, right, sentence, promise=promise):
            for one, change in zip(webhooks, changes, strict=False):
                _hold_change(listener, one, change, group, promise)
    _hold_text(hook, received[0], theirs, group, group.other.number, "Bom dia a todos")
    _hold_text(other_hook, received[1], own, group, group.instance.number, "Bom dia")


def _hold_change(
    hook: WebhookListener, one: Webhook, change: GroupChange, group: SharedGroup, promise: Promise
) -> None:
    """Hold that a webhook tells this change: of what group, by whom, and what was done."""
    event = change.event
    if not hook.check_event(one, event, "a change of a group"):
        return
    author = group.other.number if change.is_by_other else group.instance.number
    people = value_at(one.json, "participants")
    shown_author = value_at(one.json, "author")
    holds = {
        "id is the group's": value_at(one.json, "id") == group.jid,
        "author is who did it": shown_author is None or _is(hook, shown_author, author),
    }
    if event == "group-participants":
        is_one = isinstance(people, list) and len(people) == 1
        is_theirs = is_one and _is(hook, people[0], group.other.number)
        holds["participants are whom it was done to"] = is_theirs
    for name, value in change.webhook.items():
        holds[f"{name} is what was done"] = value_at(one.json, name) == value
    for sentence, right in holds.items():
        hook.claim(event, right, sentence, one, promise=promise)


def _is(hook: WebhookListener, address: Any, number: str) -> bool:
    """Whether an address is that person's; a hidden one that nobody knows may be."""
    person = hook.person(number)
    if jid_of(address).lid:
        return person["lid"] in (None, address)
    return bool(address == person["jid"])


def _hold_text(
    hook: WebhookListener, received: list[Webhook], answer: Exchange, group: SharedGroup,
    author: str, words: str,
) -> None:  # fmt: skip
    """Hold that a text came to the group once: its words, its writer by address and by name."""
    mine = [one for one in received if message_id(one) == sent_id(answer) and not is_ack(one)]
    if not hook.claim(TEXT, len(mine) == 1, "a text in a group arrives once"):
        return
    (one,) = mine
    key = value_at(one.json, "key")
    hook.check_event(one, TEXT, "a text in a group")
    hook.claim(TEXT, value_at(key, "remoteJid") == group.jid, "remoteJid is the group's", one)
    hook.claim(TEXT, value_at(key, "fromMe") is False, "fromMe says that another wrote it", one)
    has_author = value_at(key, "participant") is not None
    hook.claim("group-text", has_author, "participant names the author", one)
    hook.check_author(one, TEXT, author)
    received_words = value_at(one.json, "message", "extendedTextMessage", "text")
    hook.claim(TEXT, received_words == words, "every letter arrives in groups", one)


@LAWS.law(*COMING, "create_group", "group_details", "send_text",
          effects=("sends", "changes", "reads"), phase=PHASE, reader=True, worth=1,
          events=(*CHANGES, TEXT))  # fmt: skip
def who_comes_into_a_group_and_goes_is_told_to_both(session: Session, stage: Stage) -> None:
    _changes_are_told(COMINGS_AND_GOINGS, session, stage)


@LAWS.law(*RANKING, "create_group", "group_details", "send_text",
          effects=("sends", "changes", "reads"), phase=PHASE, reader=True, worth=2,
          events=(*CHANGES, TEXT))  # fmt: skip
def ranks_and_settings_of_a_group_are_told_to_both(session: Session, stage: Stage) -> None:
    _changes_are_told(RANKS_AND_SETTINGS, session, stage)


@LAWS.law("set_who_can_send", "create_group", "group_details", "send_text",
          effects=("sends", "changes", "reads"), phase=PHASE, reader=True, worth=3,
          events=(TEXT,))  # fmt: skip
def where_only_admins_write_nobody_else_is_heard(session: Session, stage: Stage) -> None:
    """Whether a member's text is refused or goes nowhere, no source says; that it arrives, none."""
    if (group := shared_group(session, stage)) is None:
        return
    hook, other_hook = _listening(group, session, stage)
    with group.left_as_made():
        if not group.change(ONLY_ADMINS):
            return
        silenced, of_admin = _write(group, "Posso falar?"), text(session, group.instance, group.jid)
        if not group.change(EVERYBODY):
            return
        of_member = _write(group, "Agora posso?")
        received = _receive_until(hook, of_member), _receive_until(other_hook, of_admin)
    promise = session.contract.promise("set_who_can_send")
    ids = [message_id(one) for one in received[0]]
    is_silent = not silenced.ok or sent_id(silenced) not in ids
    claim(session, silenced, is_silent, "where only admins write nobody else is heard",
          promise=promise)  # fmt: skip
    _hold_text(hook, received[0], of_member, group, group.other.number, "Agora posso?")
    _hold_text(other_hook, received[1], of_admin, group, group.instance.number, "Bom dia")
