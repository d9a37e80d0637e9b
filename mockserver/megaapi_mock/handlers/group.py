"""GroupController: groups the instance is in, and who is in them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from functools import partial
from itertools import islice

from ..domain.group import Group, invite_code
from ..domain.groups import ADDED, ALREADY_IN, UNKNOWN
from ..domain.jid import Jid
from ..errors import GroupNotFound, Unusable
from .call import Call, Json, operation, success
from .shown import is_blank

# So many people who were refused are explained in one reason.
NOTED_MOST = 3
ParticipantsChange = Callable[[Group, Sequence[str]], Sequence[tuple[Jid, str]]]


@operation()
def list_groups(call: Call) -> Json:
    """Full metadata; the second list is really spelled `communitys` (vendor)."""
    groups = list(call.instance.groups)
    return success(
        "Groups listed",
        groups=[_group_document(call, group) for group in groups if not group.community],
        communitys=[_group_document(call, group) for group in groups if group.community],
    )


@operation()
def group_details(call: Call) -> Json:
    """404 when the instance does not know the group (ancestor)."""
    return _group_reply(call, "Group fetched", call.instance.groups.require(call.query["jid"]))


@operation()
def group_invite_info(call: Call) -> Json:
    """Of any group there is, not only of the instance's own (baileys)."""
    code = call.query["code"].rstrip("/").rpartition("/")[2]
    group = call.instance.groups.invited_by(code)
    if group is not None:
        return _group_reply(call, "Group fetched", group)
    reason = f"no group has the invite code {code}"
    raise GroupNotFound(reason) if call.profile["unknown_invite"] == "404" else Unusable(reason)


@operation()
def create_group(call: Call) -> Json:
    """The instance becomes superadmin; who forbids being added is left out (vendor)."""
    data = call.body["group_data"]
    _require_somebody(call)
    if is_blank(data["group_name"]):
        call.note("group_name is blank: a phone shows nothing there; made all the same")
    group = call.instance.groups.create(data["group_name"], data["participants"])
    invitees = {Jid.parse(text) for text in data["participants"]}
    if len(group.participants) <= len(invitees):
        call.note(
            "some participants were left out: they do not allow being added to groups, or nobody "
            "has their hidden number"
        )
    return _group_reply(call, "Group created", group)


@operation()
def add_participants(call: Call) -> Json:
    """Partial failure sits inside a 200: a status string per person (baileys)."""
    return _change_participants(call, "Participants added", call.instance.groups.add)


@operation()
def remove_participants(call: Call) -> Json:
    """As adding, person by person (baileys)."""
    return _change_participants(call, "Participants removed", call.instance.groups.remove)


@operation()
def promote_participants(call: Call) -> Json:
    """As adding, person by person (recorded in 2022)."""
    promote = partial(call.instance.group_admin.rank, action="promote")
    return _change_participants(call, "Participants promoted", promote)


@operation()
def demote_participants(call: Call) -> Json:
    """As adding, person by person; whoever created the group stays (baileys)."""
    demote = partial(call.instance.group_admin.rank, action="demote")
    return _change_participants(call, "Participants demoted", demote)


@operation()
def admin_groups(call: Call) -> Json:
    """Without the people in them, whom another operation shows (inferred from its name)."""
    groups = call.instance.group_admin.administered_groups()
    return success(
        "Groups listed",
        groups=[
            {"id": str(group.jid), "subject": group.subject, "size": len(group.participants)}
            for group in groups
        ],
    )


@operation()
def admin_groups_with_participants(call: Call) -> Json:
    """Each group as the list of all groups shows it (inferred)."""
    groups = call.instance.group_admin.administered_groups()
    return success("Groups listed", groups=[_group_document(call, group) for group in groups])


@operation()
def group_invite_code(call: Call) -> Json:
    """An admin alone gets it (baileys)."""
    group = call.instance.groups.require(call.query["group_id"])
    call.instance.groups.require_admin(group)
    return success("Invite code fetched", inviteCode=invite_code(group.jid))


@operation()
def set_who_can_send(call: Call) -> Json:
    """`announce`: only admins may write."""
    return _set_for_admins(call, "announce")


@operation()
def set_who_can_change_settings(call: Call) -> Json:
    """`restrict`: only admins may change the group."""
    return _set_for_admins(call, "restrict")


def _set_for_admins(call: Call, setting: str) -> Json:
    group = call.instance.groups.require(call.query["jid"])
    only_admins = call.query["allowOnlyAdmins"] == "true"
    call.instance.group_admin.change_settings(group, {setting: only_admins})
    return success("Group updated")


@operation()
def leave_group(call: Call) -> Json:
    """A second time is 404 (ancestor's lookup)."""
    call.instance.groups.leave(call.instance.groups.require(call.query["jid"]))
    return success("Left group")


def _require_somebody(call: Call) -> None:
    if not call.body["group_data"]["participants"] and call.profile["empty_participants"] == "500":
        raise Unusable("group_data.participants is empty: name at least one")


def _group_document(call: Call, group: Group) -> Json:
    addresses = call.instance.addresses
    owner = addresses.address_in(group.owner, group.jid)
    return {
        "id": str(group.jid),
        "subject": group.subject,
        "subjectOwner": owner,
        "subjectTime": group.created,
        "size": len(group.participants),
        "creation": group.created,
        "owner": owner,
        **_description(group),
        "restrict": group.restrict,
        "announce": group.announce,
        "isCommunity": group.community,
        "isCommunityAnnounce": False,
        "joinApprovalMode": False,
        "memberAddMode": False,
        "participants": [
            {**addresses.participant(participant.jid, group), "admin": participant.admin}
            for participant in group.participants
        ],
    }


def _description(group: Group) -> Json:
    if group.description is None:
        return {}
    # A contact who changes the description gives it no id that anybody has seen.
    description_id = {} if group.description_id is None else {"descId": group.description_id}
    return {"desc": group.description, **description_id}


def _group_reply(call: Call, message: str, group: Group) -> Json:
    if call.profile["group_shape"] == "flat":
        return success(message, **_group_document(call, group))
    return success(message, group=_group_document(call, group))


def _change_participants(call: Call, message: str, change: ParticipantsChange) -> Json:
    data = call.body["group_data"]
    _require_somebody(call)
    group = call.instance.groups.require(data["jid"])
    outcome = change(group, data["participants"])
    # Really slow, as the ancestor is: a switch for those who test their own time-outs.
    call.pause = call.profile.seconds("participants_pause") * len(outcome)
    _note_refused(call, group, zip(data["participants"], outcome, strict=True))
    if call.profile["participants_shape"] == "2022":
        addresses = [call.instance.addresses.address_in(jid, group.jid) for jid, _ in outcome]
        return success(message, updatedParticipants=[[jid] for jid in addresses])
    people = [_person(call, group, jid, status) for jid, status in outcome]
    if call.profile["participants_shape"] == "flat":
        return success(message, updatedParticipants=people)
    return success(message, updatedParticipants=[[person] for person in people])


def _note_refused(call: Call, group: Group, people: Iterable[tuple[str, tuple[Jid, str]]]) -> None:
    """Say why the first people were refused: their statuses alone name no way out."""
    refused = ((text, jid, status) for text, (jid, status) in people if status != ADDED)
    for text, jid, status in islice(refused, NOTED_MOST):
        if status == ALREADY_IN:
            call.note(f"{jid} is a participant of {group.jid} already")
        elif status == UNKNOWN and group.member(jid) is None:
            if call.operation.id != "add_participants" and call.instance.person(jid):
                call.note(f"{jid} is not a participant of {group.jid}")
            else:
                call.note(f"participant {call.instance.directory.no_account(Jid.parse(text))}")


def _person(call: Call, group: Group, jid: Jid, status: str) -> Json:
    """What became of somebody; a number behind a hidden one stands in the attributes (baileys)."""
    address = call.instance.addresses.participant(jid, group)
    attributes = (
        {"jid": address["id"]} if status == "200" else {"error": status, "jid": address["id"]}
    )
    if "phoneNumber" in address:
        attributes["phone_number"] = address["phoneNumber"]
    content = {"tag": "participant", "attrs": attributes}
    return {"status": status, "jid": address["id"], "content": content}
