"""The control API's routes to what an instance has: its groups, and the files it keeps."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Callable
from typing import Any

from flask import request

from ...domain.contacts import Contact
from ...domain.group import Group
from ...domain.groups import ADDED
from ...domain.instance import Instance
from ...domain.jid import Jid
from ...errors import ControlRefused
from ...runtime import Instances
from ...simulation.people import person_named
from . import lists

Json = dict[str, Any]


class Belongings:
    """Routes by subject: one method per route, which returns a document, maybe with a status."""

    def __init__(self, instances: Instances) -> None:
        self._instances = instances

    def routes(self) -> list[tuple[str, str, Callable[..., Any]]]:
        """Method, path and view of each route."""
        return [
            ("GET", "/instances/<key>/groups", self.groups),
            ("POST", "/instances/<key>/groups", self.create_group),
            ("GET", "/instances/<key>/groups/<jid>", self.group),
            ("GET", "/instances/<key>/media", self.media),
        ]

    def groups(self, key: str) -> Json:
        """Every group the instance is in; `since` and `next` are JIDs."""
        limit, since = lists.limit_of(request.args), request.args.get("since")

        def look(instance: Instance) -> list[Json]:
            groups_by_jid = {str(group.jid): group for group in instance.groups}
            jids = lists.keys_after(list(groups_by_jid), since)[: limit + 1]
            return [_group_json(instance, groups_by_jid[jid]) for jid in jids]

        groups = self._instances.publisher.look(key, look)
        return lists.page(groups, limit=limit, id_="jid")

    def group(self, key: str, jid: str) -> Json:
        """One group as the instance knows it."""

        def look(instance: Instance) -> Json:
            group = instance.groups.get(Jid.parse(jid))
            if group is None:
                raise ControlRefused(404, f"{jid} is not a group of {key}")
            return _group_json(instance, group)

        return self._instances.publisher.look(key, look)

    def create_group(self, key: str, body: Json) -> tuple[Json, int]:
        """A group that the instance is in from now on; no webhook says so."""
        people = [self._member(number) for number in body.get("participants", ())]
        owner = self._member(body["owner"]) if "owner" in body else None
        answers: list[Json] = []

        def create(instance: Instance) -> None:
            instance.chats.require_link()
            owner_jid = None if owner is None or owner.jid == instance.own_jid else owner.jid
            jids = [str(person.jid) for person in people]
            group = instance.groups.create(
                body.get("subject", "Grupo Teste"), jids, owner=owner_jid
            )
            answers.append(_group_json(instance, group))

        self._instances.publisher.change(key, create)
        return answers[0], 201

    def media(self, key: str) -> Json:
        """The bytes behind a `directPath` or `url` of a message, without a call of the gateway."""
        address = request.args.get("path")
        if not address:
            raise ControlRefused(400, "path: give the directPath or url of a message's media")
        file = self._instances.publisher.look(key, lambda instance: instance.find_media([address]))
        if file is None:
            raise ControlRefused(404, _no_file(key, address))
        media, content = file
        return {
            "instance": key,
            "kind": media.kind,
            "mimetype": media.mimetype,
            "length": media.length,
            "data": b64encode(content).decode("ascii"),
        }

    def _member(self, number: str) -> Contact:
        """The person with this number or JID; ControlRefused when groups cannot have them."""
        person = person_named(self._instances.store.gateway, "participants", number)
        if person.group_add != ADDED:
            raise ControlRefused(409, f"participants: {person.jid} cannot be added to groups")
        return person


def _no_file(key: str, address: str) -> str:
    return (
        f"{key} has no file at {address}: it expired, or was removed to make room for "
        "newer files, or the address does not exist"
    )


def _group_json(instance: Instance, group: Group) -> Json:
    return {
        "instance": instance.key,
        "jid": str(group.jid),
        "subject": group.subject,
        "description": group.description,
        "owner": str(group.owner),
        "announce": group.announce,
        "restrict": group.restrict,
        "participants": [
            {"jid": str(member.jid), "admin": member.admin, "me": member.jid == instance.own_jid}
            for member in group.participants
        ],
    }
