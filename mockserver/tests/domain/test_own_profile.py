"""What an owner shows: a name, a sentence, and pictures that have another address when changed."""

from __future__ import annotations

from megaapi_mock.domain.instance import Instance
from megaapi_mock.domain.jid import Jid

from .conftest import FRIEND

ANA = Jid.parse(FRIEND)


def test_name_and_sentence_are_those_set_last(instance: Instance) -> None:
    assert instance.own_profile.sentence == ""
    instance.own_profile.set_sentence("Aberto até as 18h")
    instance.own_profile.set_name("Loja")
    assert (instance.own_profile.sentence, instance.name) == ("Aberto até as 18h", "Loja")


def test_everybody_has_a_picture_of_their_own_in_two_sizes(instance: Instance) -> None:
    address = instance.own_profile.picture_address
    assert address(ANA, "icon") == address(ANA, "icon")
    different = {address(ANA, "icon"), address(ANA, "image"), address(instance.own_jid, "icon")}
    assert len(different) == 3
    assert address(ANA, "huge") == address(ANA, "icon")


def test_a_picture_that_was_set_has_another_address(instance: Instance) -> None:
    own, profile = instance.own_jid, instance.own_profile
    addresses = [profile.picture_address(own, "image")]
    for source in ("http://a.test/1.png", "http://a.test/2.png", "http://a.test/1.png"):
        profile.set_picture(own, source)
        addresses.append(profile.picture_address(own, "image"))
    assert len(set(addresses)) == 3 and addresses[1] == addresses[3]
    assert profile.picture_address(ANA, "image") not in addresses
