"""Worlds: what ships loads, and every mistake in a file is named with its place."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
import yaml
from megaapi_mock.domain.contacts import Contact
from megaapi_mock.domain.jid import Jid
from megaapi_mock.errors import WorldError
from megaapi_mock.resources import root
from megaapi_mock.world import World, load_world, read_world

from .conftest import MakeApp
from .support import KEY, UNLINKED

FIXTURES = root("fixtures")
SHIPPED = sorted(path.stem for path in (FIXTURES / "worlds").glob("*.yaml"))
GROUP = Jid.parse("120363000000000001@g.us")


@pytest.mark.parametrize("name", SHIPPED)
def test_every_shipped_world_loads_and_serves(name: str, make_app: MakeApp) -> None:
    world = load_world(name, FIXTURES)
    by_path = load_world(str(FIXTURES / "worlds" / f"{name}.yaml"), FIXTURES)
    assert by_path.instances == world.instances
    app = make_app(world=world)
    assert list(app.parts.store.keys()) == [seed.key for seed in world.instances]


def found(world: World, number: str) -> Contact:
    """The person behind a number, who must be there."""
    contact = world.directory.find(number)
    assert contact is not None
    return contact


def test_the_default_world_is_the_one_the_documents_name() -> None:
    world = load_world("default", FIXTURES)
    first, second = world.instances
    assert (first.key, first.token, first.number) == (KEY, "TESTKEY0001", "5511900000001")
    assert (first.connected, second.connected) == (True, False)
    assert (second.key, second.number) == (UNLINKED, "5511900000003")
    assert [group.jid for group in first.groups] == [GROUP] and second.groups == ()
    assert world.directory.find("5511900000099") is None
    assert found(world, "5511900000002").name == "Contato Teste"
    assert str(found(world, "5531990000005").jid) == "553190000005@s.whatsapp.net"
    assert found(world, "5511900000098").group_add == "403"
    assert found(world, "5521900000078").group_add == "200"


def test_everyone_has_a_hidden_number_of_their_own() -> None:
    world = load_world("default", FIXTURES)
    numbers = [f"55119{number:08d}" for number in range(300) if number != 99]
    people = [found(world, number) for number in numbers]
    assert len({person.lid for person in people}) == len(people)
    assert world.directory.person(people[1].lid) == people[1]


def test_an_empty_world_is_one_too() -> None:
    world = read_world({})
    assert world.instances == ()
    assert found(world, "5511900000002").jid.user == "5511900000002"


def test_strangers_may_have_no_whatsapp() -> None:
    world = read_world(
        {"contacts": [{"number": "5511900000002"}], "unlisted_numbers": "not_on_whatsapp"}
    )
    assert world.directory.find("5511900000003") is None
    assert found(world, "5511900000002")


# -- mistakes ----------------------------------------------------------------------------------

INSTANCE = {"key": KEY, "token": "TESTKEY0001", "number": "5511900000001"}
MEMBERS = [{"number": "5511900000001", "admin": "superadmin"}]
A_GROUP = {
    "jid": str(GROUP),
    "subject": "Equipe",
    "owner": "5511900000001",
    "participants": MEMBERS,
}


def one(section: str, **changes: Any) -> dict[str, Any]:
    """A world with one entry in a section, changed."""
    entries = {
        "instances": INSTANCE,
        "contacts": {"number": "5511900000002"},
        "groups": A_GROUP,
    }
    return {section: [{**entries[section], **changes}]}


def without(section: str, name: str) -> dict[str, Any]:
    """A world with one entry that lacks a field."""
    world = one(section)
    del world[section][0][name]
    return world


MISTAKES: list[tuple[Any, str, str]] = [
    # the file as a whole
    (None, "the file", "object"),
    ([], "the file", "object"),
    ({"instance": []}, "the file", "'instance' was unexpected"),
    ({"instances": {}}, "instances", "array"),
    ({"instances": ["x"]}, "instances/0", "object"),
    ({"unlisted_numbers": "maybe"}, "unlisted_numbers", "not_on_whatsapp"),
    # instances
    (without("instances", "key"), "instances/0", '"key" is a required property'),
    (without("instances", "token"), "instances/0", '"token" is a required property'),
    (one("instances", key="a b"), "instances/0/key", "does not match"),
    (one("instances", key="a\n"), "instances/0/key", "does not match"),
    (one("instances", token="a b"), "instances/0/token", "does not match"),
    (one("instances", number=5511900000001), "instances/0/number", 'not of type "string"'),
    (one("instances", number="123"), "instances/0/number", "does not match"),
    (one("instances", name=5), "instances/0/name", "string"),
    (one("instances", lid="1"), "instances/0/lid", "does not match"),
    (one("instances", connected="yes"), "instances/0/connected", "boolean"),
    (one("instances", surname="x"), "instances/0", "'surname' was unexpected"),
    ({"instances": [INSTANCE, INSTANCE]}, "instances/1/key", "instances/0/key"),
    (
        {"instances": [{"key": "a", "token": "b", "connected": True}]},
        "instances/0/number",
        "needs a number",
    ),
    # contacts
    (without("contacts", "number"), "contacts/0", '"number" is a required property'),
    (one("contacts", number="+5511900000002"), "contacts/0/number", "does not match"),
    (one("contacts", whatsapp="no"), "contacts/0/whatsapp", "boolean"),
    (one("contacts", jid="5511900000002"), "contacts/0/jid", "does not match"),
    (one("contacts", lid="x@lid"), "contacts/0/lid", "does not match"),
    (one("contacts", group_add=403), "contacts/0/group_add", "string"),
    (one("contacts", group_add="no"), "contacts/0/group_add", "does not match"),
    (one("contacts", email="x"), "contacts/0", "'email' was unexpected"),
    (
        {"contacts": [{"number": "5511900000002"}, {"number": "5511900000002"}]},
        "contacts/1/number",
        "contacts/0/number",
    ),
    (
        {"instances": [INSTANCE], "contacts": [{"number": "5511900000001"}]},
        "contacts/0/number",
        "instances/0/number",
    ),
    # groups
    *[
        (without("groups", name), "groups/0", f'"{name}" is a required property')
        for name in ("jid", "subject", "owner", "participants")
    ],
    (one("groups", jid="120363000000000001"), "groups/0/jid", "does not match"),
    (one("groups", subject=1), "groups/0/subject", "string"),
    (one("groups", owner="x"), "groups/0/owner", "does not match"),
    (one("groups", description=[]), "groups/0/description", "string"),
    (one("groups", community=1), "groups/0/community", "boolean"),
    (one("groups", participants={}), "groups/0/participants", "array"),
    (one("groups", participants=[{}]), "groups/0/participants/0", '"number" is a required'),
    (
        one("groups", participants=[{"number": "5511900000002", "admin": "boss"}]),
        "groups/0/participants/0/admin",
        "superadmin",
    ),
    ({"groups": [A_GROUP, A_GROUP]}, "groups/1/jid", "groups/0/jid"),
    (
        {**one("groups", owner="5511900000099"),
         "contacts": [{"number": "5511900000099", "whatsapp": False}]},
        "groups/0/owner",
        "5511900000099 has no WhatsApp",
    ),
    (
        {**one("groups", participants=[*MEMBERS, {"number": "5511900000099"}]),
         "contacts": [{"number": "5511900000099", "whatsapp": False}]},
        "groups/0/participants/1/number",
        "5511900000099 has no WhatsApp",
    ),
]  # fmt: skip


@pytest.mark.parametrize(("content", "place", "word"), MISTAKES)
def test_mistakes_name_the_file_and_the_place(
    tmp_path: Path, content: Any, place: str, word: str
) -> None:
    path = tmp_path / "own.yaml"
    path.write_text(yaml.safe_dump(content), encoding="utf-8")
    with pytest.raises(WorldError) as caught:
        load_world(str(path), FIXTURES)
    sentence = str(caught.value)
    assert sentence.startswith(f"{path}: {place}: ")
    assert word in sentence
    assert "\n" not in sentence


@pytest.mark.parametrize("raw", [b"instances: [", b"\xff\xfe\x00", b"a: b: c", b"\t- x"])
def test_what_is_no_yaml_is_said(tmp_path: Path, raw: bytes) -> None:
    path = tmp_path / "own.yaml"
    path.write_bytes(raw)
    with pytest.raises(WorldError, match=re.escape(str(path))) as caught:
        load_world(str(path), FIXTURES)
    assert "\n" not in str(caught.value)


def test_an_unknown_world_is_told_which_there_are() -> None:
    with pytest.raises(WorldError, match="no world 'mars': use one of default, "):
        load_world("mars", FIXTURES)
