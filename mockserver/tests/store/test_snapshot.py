"""Nothing an instance knows is forgotten on the way through a file, whoever adds it."""

from __future__ import annotations

import json
from dataclasses import dataclass, field, fields
from typing import Any

import pytest
from megaapi_mock.clock import Clock, ClockState
from megaapi_mock.domain.contacts import Directory
from megaapi_mock.domain.gateway import Gateway, InstanceSeed
from megaapi_mock.domain.instance import Instance
from megaapi_mock.domain.jid import Jid
from megaapi_mock.domain.media import Vault
from megaapi_mock.domain.rules import Rules
from megaapi_mock.domain.state import InstanceState
from megaapi_mock.domain.undo_table import UndoTable
from megaapi_mock.domain.world import World
from megaapi_mock.faults.armed_fault import SCOPE_NAMES, ArmedFault
from megaapi_mock.faults.saved_faults import SavedFault
from megaapi_mock.ids import Ids
from megaapi_mock.store.serialize import Forms, Misfit
from megaapi_mock.store.snapshot import DIRECTORY_FIELDS, INSTANCE_FIELDS
from megaapi_mock.web.app import MockApp
from megaapi_mock.webhooks.chaos.chaos_options import Chaos
from megaapi_mock.webhooks.chaos.saved_chaos import SavedSeries
from megaapi_mock.webhooks.chaos.series import Series

from ..support import KEY, START


def made() -> Instance:
    gateway = Gateway(
        clock=Clock(START), ids=Ids(0), directory=Directory(), rules=Rules(), vault=Vault()
    )
    return gateway.instance(InstanceSeed(key=KEY, token="TESTKEY0001", number="5511900000001"))


# What is not kept, and why it need not be: all that an instance holds beside its state.
OF_THE_GATEWAY = "of the gateway"
OF_THE_NUMBER = "follows from the number and the directory"
PER_CHANGE = "set when a change begins, or empty between changes"
A_VERB = "keeps nothing: see below"
LEFT_OUT: dict[str, dict[str, str]] = {
    "instance": {
        "clock": OF_THE_GATEWAY, "ids": OF_THE_GATEWAY, "directory": OF_THE_GATEWAY,
        "rules": "of the profile", "vault": OF_THE_GATEWAY, "world_groups": OF_THE_GATEWAY,
        "fault_source": OF_THE_GATEWAY, "number_registry": "follows from the instances",
        "room": OF_THE_GATEWAY, "bounds": PER_CHANGE,
        "_own_bounds": "of the profile",
        "fault_effects": PER_CHANGE, "fault_counts": PER_CHANGE,
        "now": PER_CHANGE, "_values_before": PER_CHANGE,
        "_events": "taken at the end of every change", "_events_before": PER_CHANGE,
        "_peer_messages": "taken at the end of every change",
        "_peer_messages_before": PER_CHANGE,
        "_owner": OF_THE_NUMBER, "_owner_number": OF_THE_NUMBER, "_owner_addresses": OF_THE_NUMBER,
        "agenda": A_VERB, "addresses": A_VERB, "reachability": A_VERB, "outbox": A_VERB,
        "groups": A_VERB, "chats": A_VERB, "mailbox": A_VERB, "linking": A_VERB,
        "own_profile": A_VERB, "history": A_VERB, "group_admin": A_VERB,
        "contact_states": A_VERB, "_at_once": PER_CHANGE, "run_due": A_VERB,
        "_tables": "the tables of the state", "_bounded_tables": "the tables of the state",
        "_tables_without_limit": "the tables of the state",
        "_sized_tables": "the tables of the state",
        "attached": "the tables of the state",
    },
    "agenda": {"scheduled": PER_CHANGE, "done": PER_CHANGE, "failed": PER_CHANGE},
    "addresses": {"plain_in_private": "of the profile and the directory"},
    "chats": {
        "_people": "found again at any time", "_people_version": "found again at any time",
    },
    "acknowledgements": {"_fixed_delays": "of the profile"},
}  # fmt: skip


def attributes(holder: Any) -> dict[str, Any]:
    names = getattr(type(holder), "__slots__", None) or vars(holder)
    return {name: getattr(holder, name) for name in names}


def verbs_of(instance: Instance) -> dict[str, Any]:
    """All objects an instance is made of, those inside of others included."""
    verbs: dict[str, Any] = {}
    waiting = [("instance", instance)]
    while waiting:
        name, holder = waiting.pop()
        verbs[name] = holder
        for name, value in attributes(holder).items():
            known = any(value is verb for verb in verbs.values())
            if type(value).__module__ in VERB_MODULES and not known:
                waiting.append((name.lstrip("_"), value))
    return verbs


VERB_MODULES = {
    f"megaapi_mock.domain.{name}"
    for name in (
        "acknowledgements", "addressing", "agenda", "chats", "contact_states", "due_work",
        "groups", "instance", "linking", "mailbox", "outbox", "own_profile",
        "chat_history", "group_admin", "reachability",
    )
}  # fmt: skip
VERBS = verbs_of(made())


def test_every_part_of_an_instance_is_looked_at() -> None:
    assert {type(verb).__module__ for verb in VERBS.values()} == VERB_MODULES


@pytest.mark.parametrize("name", VERBS)
def test_all_that_is_kept_of_an_instance_is_in_its_state(name: str) -> None:
    """Fails for a new attribute: put it into InstanceState, or say here why it is not a state."""
    state, others = VERBS["instance"].state, list(VERBS.values())
    own = {
        attribute
        for attribute, value in attributes(VERBS[name]).items()
        if value is not state and (name == "instance" or not any(value is one for one in others))
    }
    assert own == LEFT_OUT.get(name, {}).keys()
    assert all(LEFT_OUT.get(name, {}).values())


def test_every_field_of_the_state_is_written() -> None:
    assert INSTANCE_FIELDS.keys() == {field.name for field in fields(InstanceState)}


def test_every_attribute_of_a_directory_is_kept() -> None:
    # A switch belongs to the profile of the mock that runs.
    assert DIRECTORY_FIELDS.keys() == vars(Directory()).keys() - {"any_length"}


def test_every_attribute_of_the_clock_is_kept() -> None:
    kept = {field.name for field in fields(ClockState)}
    assert kept == {"frozen_at", "ahead", "ticks"}
    assert vars(Clock()).keys() == {"_stand", "_ticks", "_lock", "_listeners"}


def test_every_attribute_of_a_chaos_at_work_is_kept() -> None:
    series = Series(KEY, Chaos(), schedule=print, copy=print, on_drop=print)  # type: ignore[arg-type]
    own = {name.lstrip("_") for name in vars(series)} - {"schedule", "copy", "on_drop"}
    own = own - {"burst"} | {"crowd"}  # the name in states that are saved
    assert own <= {field.name for field in fields(SavedSeries)}


def test_every_attribute_of_an_armed_fault_is_kept(app: MockApp) -> None:
    """`given` holds the scope; a fault that was cleared is not there to be kept.

    The hits point into the journal, which is not part of a state either.
    """
    kept = {field.name for field in fields(SavedFault)}
    own = {field.name for field in fields(ArmedFault)} - {
        "kind",
        "is_cleared",
        "hits",
        *SCOPE_NAMES,
    }
    assert own | {"recipient"} == kept
    wired = {"kinds", "has_faults", "_clock", "_ids", "_directory", "_operations", "_lock"}
    state = {"_all", "_numbers", "_header_tallies"}
    assert vars(app.runtime.faults).keys() == wired | state


def test_every_part_of_the_world_is_kept() -> None:
    assert {field.name for field in fields(World)} == {"directory", "instances", "groups", "state"}


def test_every_part_of_the_mock_has_been_thought_of(app: MockApp) -> None:
    """Fails for a new part: if it remembers anything, a state must hold it."""
    held = {
        "clock", "ids", "faults", "instances.store", "instances.start", "records.journal",
        "webhooks.chaos_dispatcher",
    }  # fmt: skip
    wired = {
        "setup.settings", "setup.profile", "setup.samples", "setup.fixtures",
        "api.description", "api.operations", "api.handlers",
        "instances.publisher", "instances.timers", "instances.points",
        "webhooks.courier", "webhooks.owed_room", "records.bugs", "records.counts",
    }  # fmt: skip
    groups = {"setup", "api", "instances", "webhooks", "records"}
    parts = vars(app.runtime).keys() - groups
    parts |= {f"{group}.{name}" for group in groups for name in vars(getattr(app.runtime, group))}
    assert parts == held | wired


# -- forms ---------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Person:
    jid: Jid
    photo: bytes
    names: tuple[str, ...]
    place: tuple[float, int | None]
    known: frozenset[str]
    card: bytes = b"{}"
    ranks: UndoTable[Jid, bool] = field(default_factory=UndoTable)


FORMS = Forms(documents=frozenset({(Person, "card")}))
ANA = Person(
    Jid("5511900000002:3", "s.whatsapp.net"),
    b"\x00\xff",
    ("Ana", "Aninha"),
    (1, None),
    frozenset("cab"),
    '{"de": "Avó"}'.encode(),
)


def test_a_record_is_written_and_read_by_its_types() -> None:
    written = FORMS.of(Person).written(ANA)
    assert written == {
        "jid": "5511900000002:3@s.whatsapp.net",
        "photo": "AP8=",
        "names": ["Ana", "Aninha"],
        "place": [1, None],
        "known": ["a", "b", "c"],
        "card": '{"de": "Avó"}',
        "ranks": {},
    }
    again = FORMS.of(Person).decode(written)
    assert (again.jid, again.photo, again.names) == (ANA.jid, ANA.photo, ANA.names)
    assert (again.place, again.known, again.card) == (ANA.place, ANA.known, ANA.card)


def test_documents_stay_byte_for_byte() -> None:
    """Fields in the order of their class, what kind it is first, sets sorted."""
    assert json.dumps(FORMS.of(Person).written(ANA), ensure_ascii=False) == (
        '{"jid": "5511900000002:3@s.whatsapp.net", "photo": "AP8=", "names": ["Ana", "Aninha"], '
        '"place": [1, null], "known": ["a", "b", "c"], '
        '"card": "{\\"de\\": \\"Avó\\"}", "ranks": {}}'
    )
    rows = UndoTable({7: Cat(9), 1: Dog("Rex")})
    assert json.dumps(FORMS.of(UndoTable[int, Cat | Dog]).written(rows)) == (
        '{"7": {"kind": "Cat", "lives": 9}, "1": {"kind": "Dog", "name": "Rex"}}'
    )


def test_equal_texts_become_one_object() -> None:
    first, second = FORMS.of(list[str]).decode(json.loads('["5511900000002", "5511900000002"]'))
    assert first is second


def test_a_table_keeps_its_order() -> None:
    rows = UndoTable({Jid("2", "g.us"): True, Jid("1", "g.us"): False})
    form = FORMS.of(UndoTable[Jid, bool])
    assert list(form.decode(form.written(rows)).items()) == list(rows.items())


@dataclass(frozen=True)
class Cat:
    lives: int


@dataclass(frozen=True)
class Dog:
    name: str


def test_one_of_several_records_says_which() -> None:
    form = FORMS.of(UndoTable[int, Cat | Dog])
    rows = UndoTable({7: Cat(9), 1: Dog("Rex")})
    written = form.written(rows)
    assert written == {"7": {"kind": "Cat", "lives": 9}, "1": {"kind": "Dog", "name": "Rex"}}
    assert list(form.decode(written).items()) == list(rows.items())
    for wrong, sentence in (
        ({"x": {"kind": "Cat", "lives": 9}}, "x: must be a whole number"),
        ({"7": {"kind": ["Cat"], "lives": 9}}, "7: kind must be one of Cat, Dog"),
        ({"7": {"kind": "Cow"}}, "7: kind must be one of Cat, Dog"),
        ({"7": {"kind": "Cat", "lives": "9"}}, "7.lives: must be a whole number"),
    ):
        with pytest.raises(Misfit, match=sentence):
            form.decode(wrong)


def test_a_field_with_a_default_may_be_missing() -> None:
    """An older file knows nothing of a field that was added since."""
    written = FORMS.of(Person).written(ANA)
    del written["card"]
    assert FORMS.of(Person).decode(written).card == b"{}"


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"jid": "5511900000002"}, "jid: must be a JID, not '5511900000002'"),
        ({"photo": "%"}, "photo: must be base64, not '%'"),
        ({"photo": None}, "photo: must be base64, not None"),
        ({"names": ["Ana", 3]}, "names[1]: must be a string, not 3"),
        ({"names": "Ana"}, "names: must be a list, not 'Ana'"),
        ({"place": [1]}, "place: must hold 2 values, not 1"),
        ({"place": [True, None]}, "place[0]: must be a number, not True"),
        ({"place": [1, 1.5]}, "place[1]: must be a whole number, not 1.5"),
        ({"card": 1}, "card: must be the text of a JSON object, not 1"),
        ({"card": "oi"}, "card: must be the text of a JSON object, not 'oi'"),
        ({"card": "[]"}, "card: must be the text of a JSON object, not '[]'"),
        ({"card": "\ud800"}, "card: must be the text of a JSON object"),
        ({"ranks": 5}, "ranks: must be an object, not 5"),
        ({"ranks": {"1@g.us": 1}}, "ranks.1@g.us: must be true or false, not 1"),
        ({"age": 3}, "age: no such field; there are jid, photo, "),
    ],
)
def test_what_does_not_fit_is_told_with_its_place(change: dict[str, Any], sentence: str) -> None:
    written = {**FORMS.of(Person).written(ANA), **change}
    with pytest.raises(Misfit) as misfit:
        FORMS.of(Person).decode(written)
    assert str(misfit.value).startswith(sentence)


def test_what_is_missing_is_named() -> None:
    with pytest.raises(Misfit, match="jid, known, names, photo, place is missing"):
        FORMS.of(Person).decode({})


def test_a_type_without_a_form_is_our_own_mistake() -> None:
    with pytest.raises(TypeError, match=r"store/hooks\.py"):
        FORMS.of(complex)
