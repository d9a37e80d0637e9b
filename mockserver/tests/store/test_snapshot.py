"""Nothing an instance knows is forgotten on the way through a file, whoever adds it."""

from __future__ import annotations

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
from megaapi_mock.domain.undo_table import UndoTable
from megaapi_mock.domain.world import World
from megaapi_mock.faults.armed_fault import SCOPE_NAMES, ArmedFault
from megaapi_mock.faults.saved_faults import SavedFault
from megaapi_mock.ids import Ids
from megaapi_mock.store.serialize import Forms, Misfit
from megaapi_mock.store.snapshot import KEPT, LEFT_OUT, PARTS
from megaapi_mock.web.app import MockApp
from megaapi_mock.webhooks.chaos.saved_chaos import SavedSeries
from megaapi_mock.webhooks.chaos.series import Chaos, Series

from ..support import KEY, START


def made() -> Instance:
    gateway = Gateway(
        clock=Clock(START), ids=Ids(0), directory=Directory(), rules=Rules(), vault=Vault()
    )
    return gateway.instance(InstanceSeed(key=KEY, token="TESTKEY0001", number="5511900000001"))


HOLDERS: dict[str, Any] = {
    "instance": made(),
    **{name: getattr(made(), name) for name in PARTS},
    "directory": Directory(),
}


@pytest.mark.parametrize("holder", HOLDERS.values(), ids=HOLDERS)
def test_every_attribute_is_kept_or_left_out_for_a_reason(holder: Any) -> None:
    """Fails for a new attribute: name its type in KEPT, or why it is no state in LEFT_OUT."""
    kind = type(holder)
    own = set(PARTS) if kind is Instance else set()
    assert not KEPT[kind].keys() & LEFT_OUT[kind].keys()
    assert vars(holder).keys() == KEPT[kind].keys() | LEFT_OUT[kind].keys() | own
    assert all(LEFT_OUT[kind].values())


def test_every_part_of_an_instance_is_known() -> None:
    """What an instance is made of holds it in turn: that is how parts are told from values."""
    instance = made()
    parts = {
        name: type(value)
        for name, value in vars(instance).items()
        if getattr(value, "_instance", None) is instance
    }
    assert parts == PARTS


def test_every_table_of_an_instance_is_kept() -> None:
    """Also one that was left out with a good word."""
    instance = made()
    for holder in (instance, *(getattr(instance, name) for name in PARTS)):
        tables = {name for name, value in vars(holder).items() if isinstance(value, UndoTable)}
        assert tables <= KEPT[type(holder)].keys()


def test_every_attribute_of_the_clock_is_kept() -> None:
    kept = {field.name for field in fields(ClockState)}
    assert kept == {"frozen_at", "ahead", "ticks"}
    assert vars(Clock()).keys() == {"_stand", "_ticks", "_lock", "_listeners"}


def test_every_attribute_of_a_chaos_at_work_is_kept() -> None:
    series = Series(KEY, Chaos(), later=print, copy=print, dropped=print)  # type: ignore[arg-type]
    own = {name.lstrip("_") for name in vars(series)} - {"later", "copy", "dropped"}
    assert own <= {field.name for field in fields(SavedSeries)}


def test_every_attribute_of_an_armed_fault_is_kept(app: MockApp) -> None:
    """`given` holds the scope; a fault that was cleared is not there to be kept.

    The strikes point into the journal, which is no part of a state either.
    """
    kept = {field.name for field in fields(SavedFault)}
    own = {field.name for field in fields(ArmedFault)} - {
        "kind",
        "cleared",
        "strikes",
        *SCOPE_NAMES,
    }
    assert own | {"recipient"} == kept
    wired = {"kinds", "armed", "_clock", "_ids", "_directory", "_operations", "_lock"}
    state = {"_all", "_numbers", "_header_tallies", "_on_hit"}
    assert vars(app.runtime.faults).keys() == wired | state


def test_every_part_of_the_world_is_kept() -> None:
    assert {field.name for field in fields(World)} == {"directory", "instances", "groups", "state"}


def test_every_part_of_the_mock_has_been_thought_of(app: MockApp) -> None:
    """Fails for a new part: if it remembers anything, a state must hold it."""
    held = {"world", "clock", "ids", "gateway", "store", "journal", "chaos_dispatcher", "faults"}
    wired = {
        "settings", "profile", "publisher", "courier", "timers", "samples", "bugs",
        "document", "fields", "loading", "index", "operations", "handlers", "validators",
        "fixtures",
    }  # fmt: skip
    assert vars(app.runtime).keys() == held | wired


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
    with pytest.raises(TypeError, match=r"store/forms\.py"):
        FORMS.of(complex)
