"""How instances are made: admitted by their number, with what the world says of them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

import pytest
from megaapi_mock.clock import Clock
from megaapi_mock.domain.contacts import Contact, Directory, lid_of
from megaapi_mock.domain.gateway import Gateway, InstanceSeed
from megaapi_mock.domain.group import Group, Participant
from megaapi_mock.domain.jid import Jid
from megaapi_mock.domain.media import Vault
from megaapi_mock.domain.message_states import PHONE_OFF, UNREGISTERED
from megaapi_mock.domain.number_registry import RegisteredNumber
from megaapi_mock.domain.rules import Rules
from megaapi_mock.errors import Conflict, Invalid
from megaapi_mock.ids import Ids

from ..support import KEY, START
from .conftest import FRIEND, GROUP, OWN_NUMBER

OTHER_KEY = "megacode-TESTKEY0002"
SEED = InstanceSeed(KEY, "TESTKEY0001", OWN_NUMBER)
OWN = Jid.parse(OWN_NUMBER)
CLUB = Group(Jid.parse(GROUP), "Clube", OWN, 0, (Participant(OWN, "admin"),))


def contact(number: str, state: str) -> tuple[str, Contact]:
    return number, Contact(Jid.parse(number), lid_of(number), "Pessoa Teste", state=state)


def gateway(listed: Iterable[tuple[str, Contact]] = (), **rules: bool) -> Gateway:
    return Gateway(
        clock=Clock(START),
        ids=Ids(0),
        directory=Directory(listed),
        rules=Rules(**rules),  # type: ignore[arg-type]
        vault=Vault(),
        groups=(CLUB,),
    )


def test_a_seed_without_a_number_is_admitted_as_it_is() -> None:
    seed = InstanceSeed(KEY, "TESTKEY0001")
    assert gateway().admit(seed) is seed


def test_a_number_that_nobody_can_have_is_refused() -> None:
    with pytest.raises(Invalid, match="no WhatsApp account"):
        gateway([contact(OWN_NUMBER, UNREGISTERED)]).admit(SEED)


def test_who_comes_to_a_number_of_another_instance_has_its_name() -> None:
    made = gateway()
    made.number_registry.register(OTHER_KEY, RegisteredNumber(OWN, "Loja", linked=True))
    with pytest.raises(Conflict, match="under the name 'Loja': one person has one name"):
        made.admit(SEED)
    assert made.admit(SEED, is_name_given=False) == replace(SEED, name="Loja")
    assert made.admit(replace(SEED, name="Loja")) == replace(SEED, name="Loja")
    # It is no other instance when it is made again.
    made.number_registry.register(KEY, RegisteredNumber(OWN, "Test Shop", linked=True))
    made.number_registry.register(OTHER_KEY, None)
    assert made.admit(SEED) is SEED


def test_an_instance_begins_as_its_seed_says_and_tells_nothing() -> None:
    instance = gateway([contact(FRIEND, PHONE_OFF)]).instance(replace(SEED, connected=True))
    assert (instance.key, instance.token, instance.number) == (KEY, "TESTKEY0001", OWN_NUMBER)
    assert instance.linked and list(instance.groups) == [CLUB]
    assert dict(instance.state.contact_states) == {Jid.parse(FRIEND): PHONE_OFF}
    assert instance.take_events() == []
    assert not instance.messages.writes and not instance.group_table.writes


def test_ones_own_number_is_not_told_to_be_off() -> None:
    instance = gateway([contact(OWN_NUMBER, PHONE_OFF)]).instance(SEED)
    assert len(instance.state.contact_states) == 0 and not instance.linked


def test_groups_of_the_seed_come_before_those_of_the_world() -> None:
    own_club = replace(CLUB, subject="Outro")
    assert list(gateway().instance(replace(SEED, groups=(own_club,))).groups) == [own_club]


@pytest.mark.parametrize(("acks", "blocked"), [(True, ()), (False, ("messagesStatus",))])
def test_a_gateway_without_acks_blocks_them(acks: bool, blocked: tuple[str, ...]) -> None:
    assert gateway(acks=acks).instance(SEED).filter.blocked == blocked


def test_a_person_goes_by_the_name_of_their_instance() -> None:
    made = gateway()
    made.number_registry.register(OTHER_KEY, RegisteredNumber(OWN, "Loja", linked=True))
    person = made.person(OWN)
    assert person is not None and person.name == "Loja"
    assert made.person(CLUB.jid) is None


def test_a_blank_instance_was_never_linked_and_is_in_no_group() -> None:
    instance = gateway().blank(replace(SEED, connected=True))
    assert not instance.linked and list(instance.groups) == []
