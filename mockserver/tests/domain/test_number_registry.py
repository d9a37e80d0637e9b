"""Which instances have a number: names, links, and who comes to a number that is taken."""

from __future__ import annotations

import pytest
from megaapi_mock.domain.contacts import Directory
from megaapi_mock.domain.jid import Jid
from megaapi_mock.domain.number_registry import NumberRegistry, RegisteredNumber

ONE, TWO = "megacode-TESTKEY0001", "megacode-TESTKEY0002"
ANA, BIA = Jid.parse("5511900000002"), Jid.parse("5511900000003")


def row(jid: Jid = ANA, name: str = "Ana", *, linked: bool = True) -> RegisteredNumber:
    return RegisteredNumber(jid, name, linked=linked)


@pytest.fixture
def registry() -> NumberRegistry:
    return NumberRegistry()


def test_instances_of_a_number_are_those_ever_linked_in_order(registry: NumberRegistry) -> None:
    registry.register(TWO, row())
    registry.register(ONE, row())
    assert registry.keys(ANA) == (ONE, TWO)
    registry.register(ONE, row(linked=False))
    assert registry.keys(ANA) == (TWO,)
    assert ANA in registry and BIA not in registry


def test_one_person_has_one_name(registry: NumberRegistry) -> None:
    registry.register(ONE, row(name="Ana"))
    assert registry.register(TWO, row(name="Outra")) == row(name="Ana")
    # Whoever has the number alone may call themselves what they like.
    registry.register(TWO, None)
    assert registry.register(ONE, row(name="Nova")) == row(name="Nova")


def test_a_number_that_is_left_belongs_to_whoever_else_has_it(registry: NumberRegistry) -> None:
    registry.register(ONE, row())
    registry.register(TWO, row())
    registry.register(ONE, row(BIA, "Bia"))
    assert (registry.keys(ANA), registry.keys(BIA)) == ((TWO,), (ONE,))
    registry.register(TWO, None)
    assert ANA not in registry and registry.keys(ANA) == ()


def test_an_instance_that_has_no_number_can_be_forgotten(registry: NumberRegistry) -> None:
    assert registry.register(ONE, None) is None
    assert registry.linked == 0


def test_the_number_of_linked_instances_follows(registry: NumberRegistry) -> None:
    counts = []
    for entry in (row(linked=False), row(), row(BIA), None):
        registry.register(ONE, entry)
        counts.append(registry.linked)
    assert counts == [0, 1, 1, 0]


def test_every_change_has_another_version(registry: NumberRegistry) -> None:
    versions = {registry.version}
    for entry in (row(), row(BIA), None):
        registry.register(ONE, entry)
        versions.add(registry.version)
    registry.replace_by(NumberRegistry())
    assert len(versions | {registry.version}) == 5


def test_a_name_is_asked_for_apart_from_ones_own(registry: NumberRegistry) -> None:
    registry.register(ONE, row())
    assert registry.name(ANA) == "Ana"
    assert registry.name(ANA, apart_from=ONE) is None
    assert registry.name(BIA) is None


def test_a_contact_goes_by_the_name_of_their_instance(registry: NumberRegistry) -> None:
    contact = Directory().find(ANA.user)
    assert contact is not None
    assert registry.with_own_name(contact) is contact
    registry.register(ONE, row(name="Ana Loja"))
    assert registry.with_own_name(contact).name == "Ana Loja"


def test_another_registry_takes_the_place_of_all_rows(registry: NumberRegistry) -> None:
    other = NumberRegistry()
    other.register(TWO, row(BIA, "Bia"))
    registry.register(ONE, row())
    registry.replace_by(other)
    assert (ANA in registry, registry.keys(BIA), registry.linked) == (False, (TWO,), 1)
