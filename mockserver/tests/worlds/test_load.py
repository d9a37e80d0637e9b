"""Worlds: what ships loads, and every mistake in a file is named with its place."""

from __future__ import annotations

import json
import re
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st
from megaapi_mock.domain.contacts import Contact, lid_of, number_behind
from megaapi_mock.domain.jid import Jid
from megaapi_mock.domain.world import World
from megaapi_mock.errors import SetupError, WorldError
from megaapi_mock.profile import load_profile
from megaapi_mock.resources import root
from megaapi_mock.spec.bundle import read_yaml
from megaapi_mock.worlds.load import load_world, read_world
from megaapi_mock.worlds.people import crowd, numbers_of
from megaapi_mock.worlds.schema import SECTIONS

from ..conftest import MakeApp
from ..slowness import slowness
from ..support import KEY, UNLINKED

FIXTURES = root("fixtures")
SHIPPED = sorted(path.stem for path in (FIXTURES / "worlds").glob("*.yaml"))
GROUP = Jid.parse("120363000000000001@g.us")


@pytest.mark.parametrize("name", SHIPPED)
def test_every_shipped_world_loads_and_serves(name: str, make_app: MakeApp) -> None:
    world = load_world(name, FIXTURES)
    by_path = load_world(str(FIXTURES / "worlds" / f"{name}.yaml"), FIXTURES)
    assert by_path.instances == world.instances
    app = make_app(world=world)
    assert list(app.runtime.instances.store.keys()) == [seed.key for seed in world.instances]


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
PERSON = {"number": "5511900000005"}
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
    ({"instance": []}, "instance", "there are instances, contacts"),
    ({"instances": {}}, "instances", "array"),
    ({"instances": ["x"]}, "instances/0", "object"),
    ({"ninth_digit": {"registered_with": ["1"]}}, "ninth_digit/registered_with/0", "an area code"),
    (
        {"ninth_digit": {"registered_with": ["11-31"], "registered_without": ["31-99"]}},
        "ninth_digit/registered_without",
        "area 31 is in registered_with too",
    ),
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
    (one("instances", surname="x"), "instances/0/surname", "there are key, token"),
    ({"instances": [INSTANCE, INSTANCE]}, "instances/1/key", "instances/0/key"),
    (
        {"instances": [{"key": "a", "token": "b", "connected": True}]},
        "instances/0/number",
        "needs a number",
    ),
    # contacts
    (without("contacts", "number"), "contacts/0/number", "a person needs a number or a lid"),
    (one("contacts", number="+5511900000002"), "contacts/0/number", "does not match"),
    (one("contacts", whatsapp="no"), "contacts/0/whatsapp", "boolean"),
    (one("contacts", jid="5511900000002"), "contacts/0/jid", "does not match"),
    (one("contacts", lid="x@lid"), "contacts/0/lid", "does not match"),
    (one("contacts", group_add=403), "contacts/0/group_add", "string"),
    (one("contacts", group_add="no"), "contacts/0/group_add", "does not match"),
    (one("contacts", email="x"), "contacts/0/email", "there are number, also"),
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
    (one("contacts", also="5511900000003"), "contacts/0/also", "array"),
    (one("contacts", also=["x"]), "contacts/0/also/0", "does not match"),
    (one("contacts", also=["5511900000002"], formerly="1"), "contacts/0/formerly", "before"),
    (one("contacts", saved_name=1), "contacts/0/saved_name", "address book"),
    (one("contacts", business=1), "contacts/0/business", "boolean"),
    (one("contacts", verified_name=""), "contacts/0/verified_name", "verifiedBizName"),
    (one("contacts", verified_name="x", business=False), "contacts/0/business", "remove one of"),
    (one("contacts", state="asleep"), "contacts/0/state", "reachable, blocked"),
    (one("contacts", whatsapp=False, state="blocked"), "contacts/0/state", "whatsapp: true"),
    (one("contacts", lid=str(lid_of("5511900000077"))), "contacts/0/lid", "is generated for"),
    ({"contacts": [{"lid": "1@lid", "also": []}]}, "contacts/0/also", "add number"),
    (
        {"contacts": [{"number": "5511900000002", "lid": "1@lid"}, {"lid": "1@lid"}]},
        "contacts/1/lid",
        "contacts/0/lid",
    ),
    (
        {"contacts": [{"number": "5511900000002"}, {**PERSON, "also": ["5511900000002"]}]},
        "contacts/1/also/0",
        "contacts/0/number",
    ),
    (
        {"contacts": [{**PERSON, "formerly": "5511900000002"}, {"number": "5511900000002"}]},
        "contacts/1/number",
        "contacts/0/formerly",
    ),
    (
        {"contacts": [PERSON, {"number": "5511900000002", "jid": "5511900000005@s.whatsapp.net"}]},
        "contacts/1/jid",
        "contacts/0/number",
    ),
    (
        {
            "ninth_digit": {"registered_without": ["31-99"]},
            "contacts": [{"number": "5531900000005"}, {"number": "553100000005"}],
        },
        "contacts/1/number",
        "contacts/0/number",
    ),
    ({"instances": [{"key": "a", "token": "b", "lid": "1@lid"}]}, "instances/0/number", "add"),
    ({"ninth_digit": {"registered_with": ["28-11"]}}, "ninth_digit/registered_with/0", "no area"),
    (one("contacts", formerly="5511900000002"), "contacts/0/formerly", "still reaches"),
    (
        one("contacts", also=["5511900000003"], formerly="5511900000003"),
        "contacts/0/formerly",
        "still reaches",
    ),
    (
        {**one("contacts", formerly="551100000002"), "ninth_digit": {"registered_with": ["11"]}},
        "contacts/0/formerly",
        "still reaches",
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
        one("groups", participants=[*MEMBERS, {"number": "5511900000001@lid"}]),
        "groups/0/participants/1/number",
        "no WhatsApp account",
    ),
    (
        one("groups", participants=[*MEMBERS, *MEMBERS]),
        "groups/0/participants/1/number",
        "already in this group",
    ),
    (
        {**one("groups", owner="5511900000099"),
         "contacts": [{"number": "5511900000099", "whatsapp": False}]},
        "groups/0/owner",
        "5511900000099@s.whatsapp.net has no WhatsApp",
    ),
    (
        {**one("groups", participants=[*MEMBERS, {"number": "5511900000099"}]),
         "contacts": [{"number": "5511900000099", "whatsapp": False}]},
        "groups/0/participants/1/number",
        "5511900000099@s.whatsapp.net has no WhatsApp",
    ),
]  # fmt: skip


@pytest.mark.parametrize(("content", "place", "word"), MISTAKES)
def test_mistakes_name_the_file_and_the_place(
    tmp_path: Path, content: Any, place: str, word: str
) -> None:
    path = tmp_path / "own.yaml"
    path.write_text(yaml.safe_dump(json.loads(json.dumps(content))), encoding="utf-8")
    with pytest.raises(WorldError) as caught:
        load_world(str(path), FIXTURES)
    sentence = str(caught.value)
    found = re.fullmatch(rf"{re.escape(str(path))}:(\d+): {re.escape(place)}: .*", sentence)
    assert found, sentence
    assert word in sentence
    written = path.read_text(encoding="utf-8").splitlines()[int(found[1]) - 1]
    step = place.split("/")[-1]
    # What is missing is shown where it belongs: at the entry.
    assert f"{step}:" in written or "- " in written or place == "the file"


@pytest.mark.parametrize(
    ("written", "line", "place", "word"),
    [
        ("contacts: []\ngroups: []\ncontacts: []\n", 3, "contacts", "twice"),
        ("contacts:\n- lid: 1@lid\n  name: a\n  name: b\n", 4, "contacts/0/name", "twice"),
        ("contacts:\n- lid: 1@lid\n  name: 2026-01-01\n", 3, "contacts/0/name", "quotes"),
        ("contacts:\n- lid: 1@lid\n  1: a\n", 3, "contacts/0/1", "quotes"),
        ("contacts: &all\n- *all\n", 1, "contacts/0", "itself"),
    ],
)
def test_what_no_document_can_hold_is_named_with_its_line(
    tmp_path: Path, written: str, line: int, place: str, word: str
) -> None:
    path = tmp_path / "own.yaml"
    path.write_text(written, encoding="utf-8")
    with pytest.raises(WorldError) as caught:
        load_world(str(path), FIXTURES)
    assert str(caught.value).startswith(f"{path}:{line}: {place}: ")
    assert word in str(caught.value)


OWN_WORLD = """\
# One of mine.
instances:
  - key: megacode-TESTKEY0001
    token: TESTKEY0001

contacts:
  - {number: '5511900000002', name: Contato Teste}
  - number: '5511900000005'
    also:
      - '5511900000006'
      - '5511900000002'
    name: Cliente Exemplo
"""


@pytest.mark.parametrize(
    ("old", "new", "line", "place"),
    [
        ("", "", 11, "contacts/1/also/1"),
        ("'5511900000002'\n    name", "'x'\n    name", 11, "contacts/1/also/1"),
        ("name: Cliente Exemplo", "nome: Cliente Exemplo", 12, "contacts/1/nome"),
        ("    token: TESTKEY0001\n", "", 3, "instances/0"),
        ("token: TESTKEY0001", "connected: true\n    token: TESTKEY0001", 3, "instances/0/number"),
        ("contacts:", "contact:", 6, "contact"),
        ("# One of mine.\n", "a: 1\n", 1, "a"),
        ("number: '5511900000002'", "number: '1'", 7, "contacts/0/number"),
    ],
)
def test_mistakes_name_the_line(tmp_path: Path, old: str, new: str, line: int, place: str) -> None:
    path = tmp_path / "own.yaml"
    path.write_text(OWN_WORLD.replace(old, new), encoding="utf-8")
    with pytest.raises(WorldError) as caught:
        load_world(str(path), FIXTURES)
    assert str(caught.value).startswith(f"{path}:{line}: {place}: ")


@pytest.mark.parametrize("raw", [b"instances: [", b"\xff\xfe\x00", b"a: b: c", b"\t- x"])
def test_what_is_no_yaml_is_said(tmp_path: Path, raw: bytes) -> None:
    path = tmp_path / "own.yaml"
    path.write_bytes(raw)
    with pytest.raises(WorldError, match=re.escape(str(path))) as caught:
        load_world(str(path), FIXTURES)
    assert "\n" not in str(caught.value)


def test_an_unknown_world_is_told_which_there_are() -> None:
    with pytest.raises(WorldError, match="no world 'mars': use one of brasil, default, "):
        load_world("mars", FIXTURES)


# -- one person, many numbers ------------------------------------------------------------------


def test_a_listed_person_answers_to_every_number_of_theirs() -> None:
    world = read_world(
        {
            "contacts": [
                {"number": "5531900000005", "also": ["553100000005"], "name": "Cliente Mineiro",
                 "jid": "553100000005@s.whatsapp.net", "formerly": "5531900000015"},
            ]
        }
    )  # fmt: skip
    one = found(world, "5531900000005")
    assert one.jid.user == "553100000005" and one.number == "553100000005"
    assert found(world, "553100000005") == one
    assert world.directory.person(one.lid) == one
    assert world.directory.find("5531900000015") is None
    assert world.directory.former_owner("5531900000015") == one


def test_the_table_of_area_codes_speaks_for_everybody_who_is_not_listed() -> None:
    world = load_world("ninth-digit", FIXTURES)
    for longer, registered in (
        ("5511900000042", "5511900000042"),
        ("5531900000042", "553100000042"),
        ("5528900000042", "5528900000042"),
    ):
        shorter = f"{longer[:4]}{longer[5:]}"
        assert found(world, longer) == found(world, shorter)
        assert found(world, longer).jid.user == registered
        assert world.directory.person(found(world, longer).lid) == found(world, shorter)
    # No area has this code.
    assert world.directory.find("5529900000042") is None
    landline = found(world, "551120000042")
    assert landline.jid.user == "551120000042"
    assert found(world, "5511920000042") != landline


def test_listed_people_stand_against_the_table() -> None:
    world = load_world("ninth-digit", FIXTURES)
    for number, registered in (
        ("5531900000005", "553100000005"),
        ("553100000006", "5531900000006"),
        ("5521900000007", "552100000007"),
    ):
        assert found(world, number).jid.user == registered
    assert world.directory.find("554100000099") is None
    assert world.directory.find("5541900000099") is None


@given(number=st.from_regex(r"[1-9][0-9]{7,14}", fullmatch=True))
def test_a_made_hidden_number_leads_back_to_its_number(number: str) -> None:
    assert number_behind(lid_of(number)) == number
    assert len(str(lid_of(number))) == len("2000000000000000@lid")


@given(digits=st.from_regex(r"[0-9]{1,17}", fullmatch=True))
def test_no_other_hidden_number_leads_to_one(digits: str) -> None:
    number = number_behind(Jid.parse(f"{digits}@lid"))
    assert number is None or lid_of(number).user == digits


# -- people in bulk ----------------------------------------------------------------------------


def test_a_crowd_is_the_same_in_every_start_and_of_every_kind() -> None:
    people = list(crowd(2_000, lambda _: False))
    assert people[:500] == list(crowd(500, lambda _: False))
    numbers = [number for who in people for number in numbers_of(who) if "@" not in number]
    assert len(set(numbers)) == len(numbers)
    for number in numbers:
        assert re.fullmatch(r"55\d\d(9?000|200)\d{5}", number), f"{number} could be somebody's"
    for field in ("jid", "lid", "formerly", "saved_name", "verified_name", "whatsapp"):
        assert sum(field in who for who in people) > 50, field
    assert len({who.get("name") for who in people}) > 1_000


def test_a_crowd_lives_in_the_world() -> None:
    world = load_world("brasil", FIXTURES, contacts=2_000)
    for entry in crowd(2_000, lambda _: False):
        person = world.directory.person(Jid.parse(entry.get("number", entry.get("lid"))))
        if entry.get("whatsapp", True):
            assert person is not None and person.name == entry["name"]
            assert world.directory.person(person.lid) == person
        else:
            assert person is None


def test_a_crowd_leaves_listed_numbers_alone() -> None:
    taken = [f"5511900001{last:03d}" for last in range(1, 40)]
    listed = [{"number": number, "name": "Aqui"} for number in taken]
    world = read_world({"contacts": listed}, contacts=2_000)
    assert {found(world, number).name for number in taken} == {"Aqui"}


@pytest.mark.parametrize("count", [-1, 500_001])
def test_a_crowd_has_bounds(count: int) -> None:
    with pytest.raises(WorldError, match="from 0 to 500000"):
        load_world("default", FIXTURES, contacts=count)


# -- the documents -----------------------------------------------------------------------------


def test_the_page_explains_every_field_as_the_form_does() -> None:
    page = (FIXTURES.parent / "docs" / "worlds.md").read_text(encoding="utf-8").splitlines()
    rows = [
        f"| `{name}` | {'required' if name in rule['required'] else ''} | {field['description']} |"
        for rule in SECTIONS.values()
        for name, field in rule["properties"].items()
    ]
    assert [row for row in rows if row not in page] == []
    assert [line for line in page if line.startswith("| `") and line.count("|") == 4
            and line not in rows] == []  # fmt: skip


def test_the_page_lists_every_shipped_world() -> None:
    page = (FIXTURES.parent / "docs" / "worlds.md").read_text(encoding="utf-8")
    assert [name for name in SHIPPED if f"| `{name}` | " not in page] == []


def test_aliases_of_aliases_are_refused_before_they_take_memory(tmp_path: Path) -> None:
    """600 bytes that stood for 7.6 GB."""
    levels = [f"  l{at}: &l{at} [{', '.join([f'*l{at - 1}'] * 9)}]" for at in range(1, 12)]
    file = tmp_path / "bomb.yaml"
    file.write_text("contacts:\n  l0: &l0 [x, x, x]\n" + "\n".join(levels) + "\n")
    assert file.stat().st_size < 1_000
    with pytest.raises(WorldError, match="its aliases expand to more than 5,000,000 values"):
        load_world(str(file), FIXTURES)


def merge_bomb(end: str) -> str:
    """A few lines that stand for 19 ** 7 names."""
    lines = ["a0: &a0 {k1: [1], k2: [2]}"]
    for level in range(1, 8):
        lines.append(f"a{level}: &a{level} {{<<: [{', '.join([f'*a{level - 1}'] * 19)}]}}")
    return "\n".join([*lines, end])


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        (merge_bomb(""), "its merge keys write out more than 100,000 names"),
        ("a: &a {<<: *a}", "it merges itself"),
        ("a: &a {k: 1, <<: [{b: 1}, *a]}", "it merges itself"),
    ],
)
@pytest.mark.parametrize("load", [load_world, load_profile], ids=["world", "profile"])
def test_merge_keys_that_never_end_are_refused_at_once(
    tmp_path: Path, text: str, sentence: str, load: Callable[[str, Path], object]
) -> None:
    file = tmp_path / "merges.yaml"
    file.write_text(text)
    begun = time.process_time()
    with pytest.raises(SetupError, match=sentence):
        load(str(file), FIXTURES)
    assert time.process_time() - begun < 2 * slowness()


def test_merge_keys_that_share_a_few_values_are_written_out(tmp_path: Path) -> None:
    file = tmp_path / "merges.yaml"
    file.write_text("a: &a {k: 1, m: 2}\nb: &b {<<: *a, m: 3}\nc: {<<: [*b, *a]}\n")
    assert read_yaml(file)["c"] == {"k": 1, "m": 3}


def test_an_alias_for_what_is_the_same_is_fine(tmp_path: Path) -> None:
    file = tmp_path / "alias.yaml"
    file.write_text("""
contacts:
  - &someone {number: '5511900000044', name: Test Person}
  - {<<: *someone, number: '5511900000045'}
""")
    assert found(load_world(str(file), FIXTURES), "5511900000045").name == "Test Person"


@pytest.mark.parametrize("opening", ["[", "{a: ", "- ", "? "])
def test_a_file_that_nests_without_end_is_refused_in_a_sentence(
    opening: str, tmp_path: Path
) -> None:
    """Building it ended the process without a word."""
    file = tmp_path / "deep.yaml"
    file.write_text("contacts:\n  " + opening * 200_000)
    with pytest.raises(WorldError, match="nests beyond 200 levels"):
        load_world(str(file), FIXTURES)
