"""The starting world: instances, contacts and groups, read from a file and checked."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import jsonschema_rs

from .domain.contacts import Contact, Directory
from .domain.gateway import InstanceSeed
from .domain.group import Group, Participant
from .domain.jid import PERSON, Jid
from .errors import SpecError, WorldError
from .resources import named
from .spec.bundle import read_yaml

# When a world's groups were made; real ones carry some past second.
GROUPS_CREATED = 1_767_225_600

_NUMBER = {"type": "string", "pattern": "^[1-9][0-9]{7,14}$"}
_LID = {"type": "string", "pattern": "^[0-9]+@lid$"}
_SCHEMA: dict[str, Any] = {
    "type": "object",
    "additionalProperties": False,
    "properties": {
        "instances": {
            "type": "array",
            "items": {
                "type": "object",
                "required": ["key", "token"],
                "additionalProperties": False,
                "properties": {
                    "key": {"type": "string", "pattern": "^[A-Za-z0-9._-]{1,100}$"},
                    "token": {"type": "string", "pattern": "^[!-~]+$"},
                    "number": _NUMBER,
                    "name": {"type": "string"},
                    "lid": _LID,
                    "connected": {"type": "boolean"},
                },
            },
        },
        "contacts": {
            "type": "array",
            "items": {
                "type": "object",
                "required": ["number"],
                "additionalProperties": False,
                "properties": {
                    "number": _NUMBER,
                    "name": {"type": "string"},
                    "whatsapp": {"type": "boolean"},
                    "jid": {"type": "string", "pattern": r"^[0-9]+@s\.whatsapp\.net$"},
                    "lid": _LID,
                    "group_add": {"type": "string", "pattern": "^[0-9]{3}$"},
                },
            },
        },
        "groups": {
            "type": "array",
            "items": {
                "type": "object",
                "required": ["jid", "subject", "owner", "participants"],
                "additionalProperties": False,
                "properties": {
                    "jid": {"type": "string", "pattern": r"^[0-9-]+@g\.us$"},
                    "subject": {"type": "string"},
                    "owner": _NUMBER,
                    "description": {"type": "string"},
                    "community": {"type": "boolean"},
                    "participants": {
                        "type": "array",
                        "items": {
                            "type": "object",
                            "required": ["number"],
                            "additionalProperties": False,
                            "properties": {
                                "number": _NUMBER,
                                "admin": {"enum": ["superadmin", "admin", None]},
                            },
                        },
                    },
                },
            },
        },
        "unlisted_numbers": {"enum": ["on_whatsapp", "not_on_whatsapp"]},
    },
}


@dataclass(frozen=True)
class World:
    """Who exists at the start and after every reset."""

    directory: Directory
    instances: tuple[InstanceSeed, ...]
    groups: tuple[Group, ...] = ()


def load_world(name: str, fixtures: Path) -> World:
    """A world by name (`default`) or by path; WorldError names the place that is wrong."""
    path = named("world", name, fixtures, WorldError)
    try:
        content = read_yaml(path)
    except SpecError as error:
        raise WorldError(str(error)) from None
    for problem in jsonschema_rs.Draft202012Validator(_SCHEMA).iter_errors(content):
        where = "/".join(map(str, problem.instance_path)) or "the file"
        raise WorldError(f"{path}: {where}: {problem.message}")
    return read_world(content, where=str(path))


def read_world(content: Mapping[str, Any], *, where: str = "world") -> World:
    """A world from its document, which must fit the form above."""
    _refuse_contradictions(content, where)
    directory = _directory(content)
    groups = [
        _group(entry, directory, f"{where}: groups/{at}")
        for at, entry in enumerate(content.get("groups", ()))
    ]
    seeds: dict[str, InstanceSeed] = {}
    for entry in content.get("instances", ()):
        own = directory.find(entry["number"]) if "number" in entry else None
        seeds[entry["key"]] = InstanceSeed(
            key=entry["key"],
            token=entry["token"],
            number=entry.get("number"),
            name=entry.get("name", "Test Shop"),
            connected=entry.get("connected", False),
            groups=tuple(group for group in groups if own and group.member(own.jid)),
        )
    return World(directory, tuple(seeds.values()), tuple(groups))


def _refuse_contradictions(content: Mapping[str, Any], where: str) -> None:
    """WorldError for what each entry may say and two of them, or two fields, may not."""
    instances, contacts = content.get("instances", ()), content.get("contacts", ())
    groups = content.get("groups", ())
    keys = [(f"instances/{at}/key", entry["key"]) for at, entry in enumerate(instances)]
    jids = [(f"groups/{at}/jid", entry["jid"]) for at, entry in enumerate(groups)]
    # A person has one entry; the same number twice would be two people, or both with and without.
    numbers = [
        (f"{section}/{at}/number", entry["number"])
        for section, entries in (("instances", instances), ("contacts", contacts))
        for at, entry in enumerate(entries)
        if "number" in entry
    ]
    for listed in (keys, jids, numbers):
        seen: dict[str, str] = {}
        for place, value in listed:
            if value in seen:
                raise WorldError(f"{where}: {place}: {value} is the one of {seen[value]} already")
            seen[value] = place
    for at, entry in enumerate(instances):
        if entry.get("connected") and "number" not in entry:
            raise WorldError(f"{where}: instances/{at}/number: who is connected needs a number")


def _directory(content: Mapping[str, Any]) -> Directory:
    people = [
        *(
            {**entry, "whatsapp": True}
            for entry in content.get("instances", ())
            if "number" in entry
        ),
        *content.get("contacts", ()),
    ]
    unlisted = Directory()
    return Directory(
        [
            (entry["number"], _contact(entry, unlisted))
            for entry in people
            if entry.get("whatsapp", True)
        ],
        without_whatsapp=[entry["number"] for entry in people if not entry.get("whatsapp", True)],
        unlisted_on_whatsapp=content.get("unlisted_numbers", "on_whatsapp") == "on_whatsapp",
    )


def _contact(entry: Mapping[str, Any], unlisted: Directory) -> Contact:
    drawn = unlisted.find(entry["number"])
    assert drawn is not None, "a checked world holds well-formed numbers only"
    return Contact(
        jid=Jid.parse(entry["jid"]) if "jid" in entry else Jid(entry["number"], PERSON),
        lid=Jid.parse(entry["lid"]) if "lid" in entry else drawn.lid,
        name=entry.get("name", drawn.name),
        group_add=entry.get("group_add", "200"),
    )


def _group(entry: Mapping[str, Any], directory: Directory, where: str) -> Group:
    def person(number: str, place: str) -> Jid:
        contact = directory.find(number)
        if contact is None:
            raise WorldError(f"{where}/{place}: {number} has no WhatsApp account in this world")
        return contact.jid

    description = entry.get("description")
    return Group(
        jid=Jid.parse(entry["jid"]),
        subject=entry["subject"],
        owner=person(entry["owner"], "owner"),
        created=GROUPS_CREATED,
        participants=tuple(
            Participant(person(who["number"], f"participants/{at}/number"), who.get("admin"))
            for at, who in enumerate(entry["participants"])
        ),
        description=description,
        description_id=None if description is None else "TESTDESCID01",
        community=entry.get("community", False),
    )
