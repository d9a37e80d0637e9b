"""The starting world: instances, contacts and groups, read from a file and checked."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from itertools import chain
from pathlib import Path
from typing import Any

from ..domain.addressing import BY_PHONE
from ..domain.contacts import Contact, Directory, lid_of, number_behind
from ..domain.gateway import InstanceSeed
from ..domain.group import Group, Participant
from ..domain.jid import PERSON, Jid
from ..domain.message_states import REACHABLE, UNREGISTERED
from ..domain.ninth_digit import NinthDigit
from ..domain.world import World
from ..errors import SpecError, WorldError
from ..resources import find_fixture
from ..spec.bundle import read_yaml
from .people import CROWD_MOST, crowd, numbers_of
from .schema import mistakes
from .yaml_lines import YamlPath, expanded_size, line_of, unsupported_yaml

# When a world's groups were made; real ones carry some past second.
GROUPS_CREATED = 1_767_225_600
# Far more than a world of --contacts 100000 written out.
VALUES_MOST = 5_000_000
OWN_NAME = "Test Shop"
# What only somebody with an account can have.
_OF_ACCOUNTS = (
    "jid", "lid", "state", "formerly", "group_add", "business", "verified_name", "saved_name",
    "addressing", "number_hidden",
)  # fmt: skip

Json = dict[str, Any]
# Makes the error for a place and a sentence.
ErrorAt = Callable[[YamlPath, str], WorldError]


def load_world(name: str, fixtures: Path, *, contacts: int = 0) -> World:
    """A world by name (`default`) or by path, with so many made-up people added.

    WorldError names file, line and field that are wrong, and what to write.
    """
    path = find_fixture("world", name, fixtures, WorldError)
    try:
        content = read_yaml(path)
    except SpecError as error:
        raise WorldError(str(error)) from None

    if expanded_size(path) > VALUES_MOST:
        raise WorldError(f"{path}: its aliases expand to more than {VALUES_MOST:,} values")

    def error_at(place: YamlPath, sentence: str) -> WorldError:
        return WorldError(f"{path}:{line_of(path, place)}: {_in_words(place)}: {sentence}")

    for place, sentence in chain(unsupported_yaml(path), mistakes(content)):
        raise error_at(place, sentence)
    return _build_world(content, error_at, contacts)


def read_world(content: Mapping[str, Any], *, name: str = "world", contacts: int = 0) -> World:
    """A world from its document. WorldError names the field that is wrong."""

    def error_at(place: YamlPath, sentence: str) -> WorldError:
        return WorldError(f"{name}: {_in_words(place)}: {sentence}")

    for place, sentence in mistakes(content):
        raise error_at(place, sentence)
    return _build_world(content, error_at, contacts)


def _in_words(place: YamlPath) -> str:
    return "/".join(map(str, place)) or "the file"


def _build_world(content: Mapping[str, Any], error_at: ErrorAt, extra_contacts: int) -> World:
    if not 0 <= extra_contacts <= CROWD_MOST:
        raise WorldError(f"--contacts {extra_contacts}: use a number from 0 to {CROWD_MOST}")
    ninth = _read_ninth_digit(content.get("ninth_digit", {}), error_at)
    owners = _refuse_contradictions(content, ninth, error_at)
    people = [*content.get("contacts", ())]
    if extra_contacts:
        people += crowd(
            extra_contacts, lambda number: number in owners or ninth.other(number) in owners
        )
    directory = _directory(content, people, ninth)
    groups = [
        _group(entry, directory, error_at, ("groups", index))
        for index, entry in enumerate(content.get("groups", ()))
    ]
    seeds = tuple(_seed(entry, directory, groups) for entry in content.get("instances", ()))
    return World(directory, seeds, tuple(groups))


def _seed(entry: Json, directory: Directory, groups: Iterable[Group]) -> InstanceSeed:
    own = directory.find(entry["number"]) if "number" in entry else None
    return InstanceSeed(
        key=entry["key"],
        token=entry["token"],
        number=entry.get("number"),
        name=entry.get("name", OWN_NAME),
        connected=entry.get("connected", False),
        groups=tuple(group for group in groups if own and group.member(own.jid)),
    )


def _read_ninth_digit(entry: Mapping[str, Sequence[str]], error_at: ErrorAt) -> NinthDigit:
    for name in _TABLE:
        for index, span in enumerate(entry.get(name, ())):
            if not [*_areas((span,))]:
                sentence = f"{span} contains no area code: write the smaller one first"
                raise error_at(("ninth_digit", name, index), sentence)
    areas = {name: frozenset(_areas(entry.get(name, ()))) for name in _TABLE}
    both = sorted(areas[_TABLE[0]] & areas[_TABLE[1]])
    if both:
        place = ("ninth_digit", _TABLE[1])
        raise error_at(place, f"area {both[0]} is in {_TABLE[0]} too: remove it from one of them")
    return NinthDigit(**areas)


_TABLE = ("registered_with", "registered_without")


def _areas(spans: Iterable[str]) -> Iterator[str]:
    for span in spans:
        first, _, last = span.partition("-")
        yield from (str(area) for area in range(int(first), int(last or first) + 1))


# -- what two entries, or two fields, may not say ----------------------------------------------


def _refuse_contradictions(
    content: Mapping[str, Any], ninth: NinthDigit, error_at: ErrorAt
) -> Mapping[str, YamlPath]:
    """WorldError for what each entry may say and two of them, or two fields, may not.

    Returns every number and hidden number that belongs to somebody, with its place.
    """
    for index, entry in enumerate(content.get("contacts", ())):
        _refuse_odd_person(entry, ("contacts", index), error_at)
        _refuse_number_kept(entry, ("contacts", index), ninth, error_at)
    for index, entry in enumerate(content.get("instances", ())):
        place = ("instances", index)
        if "number" not in entry and (entry.get("connected") or "jid" in entry or "lid" in entry):
            reason = "an instance that is connected, or has a jid or lid, needs a number"
            raise error_at((*place, "number"), f"{reason}: add number, such as '5511900000001'")
        _refuse_taken_lid(entry, place, error_at)
    for section, field in (("instances", "key"), ("groups", "jid")):
        identifiers = (
            (entry[field], (section, index, field))
            for index, entry in enumerate(content.get(section, ()))
        )
        _owners_of(identifiers, error_at)
    return _owners_of(_claims(content, ninth), error_at)


def _refuse_odd_person(entry: Json, place: YamlPath, error_at: ErrorAt) -> None:
    if "number" not in entry and "lid" not in entry:
        raise error_at((*place, "number"), "a person needs a number or a lid: add one of them")
    if "number" not in entry:
        for field in ("also", "jid", "formerly", "whatsapp"):
            if field in entry:
                sentence = f"{field} is only for people with a number: remove it or add number"
                raise error_at((*place, field), sentence)
    if not entry.get("whatsapp", True):
        for field in _OF_ACCOUNTS:
            if field in entry:
                sentence = f"{field} is only for accounts: remove it or set whatsapp: true"
                raise error_at((*place, field), sentence)
    _refuse_odd_addressing(entry, place, error_at)
    if "verified_name" in entry and entry.get("business") is False:
        sentence = "only businesses have a verified_name: remove one of the two"
        raise error_at((*place, "business"), sentence)
    _refuse_taken_lid(entry, place, error_at)


def _refuse_odd_addressing(entry: Json, place: YamlPath, error_at: ErrorAt) -> None:
    if entry.get("addressing") != BY_PHONE:
        return
    if "number" not in entry:
        raise error_at(
            (*place, "addressing"), "a person without a number can only be met by lid: remove it"
        )
    if entry.get("number_hidden"):
        sentence = "a person with a hidden number is met by lid: remove one of the two"
        raise error_at((*place, "addressing"), sentence)


def _refuse_number_kept(entry: Json, place: YamlPath, ninth: NinthDigit, error_at: ErrorAt) -> None:
    before = entry.get("formerly")
    if before is None:
        return
    numbers = {*numbers_of(entry), _bare(entry.get("jid", ""))} - {before}
    if before in (entry.get("number"), *entry.get("also", ())) or ninth.other(before) in numbers:
        sentence = f"{before} still reaches this person: write the number they had before"
        raise error_at((*place, "formerly"), sentence)


def _refuse_taken_lid(entry: Json, place: YamlPath, error_at: ErrorAt) -> None:
    number = number_behind(Jid.parse(entry["lid"])) if "lid" in entry else None
    if number is not None and number not in numbers_of(entry):
        sentence = (
            f"{entry['lid']} is generated for {number}: use 15 digits, or another first digit"
        )
        raise error_at((*place, "lid"), sentence)


def _claims(content: Mapping[str, Any], ninth: NinthDigit) -> Iterator[tuple[str, YamlPath]]:
    """Every number and hidden number with the entry that claims it."""
    for section in ("instances", "contacts"):
        for index, entry in enumerate(content.get(section, ())):
            own: dict[str, YamlPath] = {}
            for field in ("number", "formerly", "jid", "lid"):
                if field in entry:
                    own.setdefault(_bare(entry[field]), (section, index, field))
            for more, number in enumerate(entry.get("also", ())):
                own.setdefault(number, (section, index, "also", more))
            for number, place in [*own.items()]:
                other = ninth.other(number)
                if other is not None:
                    own.setdefault(other, place)
            yield from own.items()


def _bare(address: str) -> str:
    return address.removesuffix(f"@{PERSON}")


def _owners_of(
    identifiers: Iterable[tuple[str, YamlPath]], error_at: ErrorAt
) -> Mapping[str, YamlPath]:
    """Everything named with its place; refused when two entries name the same."""
    owners: dict[str, YamlPath] = {}
    for value, place in identifiers:
        if value in owners:
            first = _in_words(owners[value])
            raise error_at(place, f"{value} is the one of {first} already: give another one")
        owners[value] = place
    return owners


# -- people ------------------------------------------------------------------------------------


def _directory(content: Mapping[str, Any], people: Iterable[Json], ninth: NinthDigit) -> Directory:
    owners = [
        {"name": OWN_NAME, **entry} for entry in content.get("instances", ()) if "number" in entry
    ]
    by_number: list[tuple[str, Contact]] = []
    people_with_lid: list[Contact] = []
    without: list[str] = []
    contacts_by_jid: dict[str, Contact] = {}
    for entry in (*owners, *people):
        numbers = [entry["number"], *entry.get("also", ())] if "number" in entry else []
        if not entry.get("whatsapp", True):
            without += numbers
            continue
        contact = _contact(entry, ninth)
        by_number += ((number, contact) for number in numbers)
        if not numbers:
            people_with_lid.append(contact)
        if "formerly" in entry:
            contacts_by_jid[entry["formerly"]] = contact
    return Directory(
        by_number,
        people=people_with_lid,
        without_whatsapp=without,
        moved=contacts_by_jid,
        unlisted_on_whatsapp=content.get("unlisted_numbers", "on_whatsapp") == "on_whatsapp",
        ninth=ninth,
        short_on_whatsapp=content.get("numbers_without_country_code") == "on_whatsapp",
    )


def _contact(entry: Json, ninth: NinthDigit) -> Contact:
    number = entry.get("number")
    if "jid" in entry:
        jid = Jid.parse(entry["jid"])
    else:
        jid = (
            Jid.parse(entry["lid"])
            if number is None
            else Jid(ninth.registered_form(number), PERSON)
        )
    return Contact(
        jid=jid,
        lid=Jid.parse(entry["lid"]) if "lid" in entry else lid_of(jid.user),
        name=entry.get("name", f"Contato {(number or jid.user)[-4:]}"),
        group_add=entry.get("group_add", "200"),
        saved_name=entry.get("saved_name"),
        business=entry.get("business", "verified_name" in entry),
        verified_name=entry.get("verified_name"),
        state=entry.get("state", REACHABLE),
        addressing=entry.get("addressing"),
        number_hidden=entry.get("number_hidden", False),
    )


def _group(entry: Json, directory: Directory, error_at: ErrorAt, place_of_group: YamlPath) -> Group:
    def person(member: str, *place: str | int) -> Jid:
        contact = directory.person(Jid.parse(member))
        if contact is None:
            sentence = f"{directory.no_account(Jid.parse(member))}: name somebody who has one"
            raise error_at((*place_of_group, *place), sentence)
        if contact.state == UNREGISTERED and "participants" in place:
            sentence = f"{member} is {UNREGISTERED}, and an account that was deleted is in no group"
            raise error_at((*place_of_group, *place), f"{sentence}: remove it, or change its state")
        return contact.jid

    members: dict[Jid, Participant] = {}
    for index, member in enumerate(entry["participants"]):
        jid = person(member["number"], "participants", index, "number")
        if jid in members:
            sentence = f"{member['number']} is already in this group: remove one of the two"
            raise error_at((*place_of_group, "participants", index, "number"), sentence)
        members[jid] = Participant(jid, member.get("admin"))
    description = entry.get("description")
    return Group(
        jid=Jid.parse(entry["jid"]),
        subject=entry["subject"],
        owner=person(entry["owner"], "owner"),
        created=GROUPS_CREATED,
        participants=tuple(members.values()),
        description=description,
        description_id=None if description is None else "TESTDESCID01",
        community=entry.get("community", False),
        addressing=entry.get("addressing"),
    )
