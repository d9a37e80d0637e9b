"""One instance: its media, what it shows of itself, and that a change is taken back whole."""

from __future__ import annotations

from dataclasses import replace

import pytest
from megaapi_mock.domain.connection import QR, Connection
from megaapi_mock.domain.fault_effects import FaultEffects
from megaapi_mock.domain.instance import Instance
from megaapi_mock.domain.jid import Jid
from megaapi_mock.domain.settings import WebhookSettings

from .conftest import FRIEND, OWN_NUMBER

ANA = Jid.parse(FRIEND)
PREFIX, SUFFIX = "https://mmg.whatsapp.net", "&mms3=true"


def test_media_is_found_by_path_and_by_url(instance: Instance) -> None:
    media = instance.keep_media("image", "image/png", b"bytes")
    path = media.direct_path
    for address in (path, f"{PREFIX}{path}", f"{PREFIX}{path}{SUFFIX}"):
        assert instance.find_media(["/unknown", address]) == (media, b"bytes")
    assert instance.find_media(["/unknown"]) is None


def test_no_two_files_have_one_path_or_key(instance: Instance) -> None:
    first, second = (instance.keep_media("image", "image/png", b"bytes") for _ in range(2))
    assert first.direct_path != second.direct_path and first.media_key != second.media_key
    assert (first.length, first.digest) == (5, second.digest)


def test_media_expires(instance: Instance) -> None:
    media = instance.keep_media("image", "image/png", b"bytes")
    instance.now += instance.rules.media_seconds - 1
    assert instance.find_media([media.direct_path]) is not None
    instance.now += 1
    assert instance.find_media([media.direct_path]) is None


def test_media_may_be_gone_by_a_fault(instance: Instance) -> None:
    media = instance.keep_media("image", "image/png", b"bytes")
    instance.fault_effects = FaultEffects(media_gone=True)
    assert instance.find_media([media.direct_path]) is None


def test_presence_is_shown_for_its_seconds(instance: Instance) -> None:
    instance.set_presence(ANA, "composing")
    assert instance.shown_presence() == {str(ANA): "composing"}
    instance.now += instance.rules.presence_seconds
    assert instance.shown_presence() == {}


def test_a_webhook_is_pointed_elsewhere_and_keeps_its_other_settings(instance: Instance) -> None:
    instance.webhook = replace(WebhookSettings(), url="http://127.0.0.1:9/a", enabled=True)
    instance.set_webhook("http://127.0.0.1:9/b", enabled=False)
    assert (instance.webhook.url, instance.webhook.enabled) == ("http://127.0.0.1:9/b", False)


def test_the_device_of_the_own_jid_follows_the_links(instance: Instance) -> None:
    assert instance.device_jid == f"{OWN_NUMBER}:31@s.whatsapp.net"
    instance.linking.logout()
    instance.linking.link()
    assert instance.device_jid == f"{OWN_NUMBER}:32@s.whatsapp.net"


def test_an_instance_is_registered_with_its_number_and_name(instance: Instance) -> None:
    row = instance.registered_number
    assert row is not None and (row.jid.user, row.name, row.linked) == (
        OWN_NUMBER,
        "Test Shop",
        True,
    )
    instance.state.connection = Connection()
    assert instance.registered_number == replace(row, linked=False)
    instance.state.number = None
    assert instance.registered_number is None
    assert instance.own_jid == "unknown@s.whatsapp.net"


def test_a_qr_code_is_shown_while_one_is_to_be_scanned(instance: Instance) -> None:
    assert (instance.as_json()["state"], instance.as_json()["qr"]) == ("connected", None)
    instance.linking.logout()
    text = instance.linking.show_qr()
    assert instance.as_json()["state"] == QR and instance.as_json()["qr"] == text


def test_what_a_change_did_is_taken_back_whole(instance: Instance) -> None:
    before = instance.as_json()
    instance.commit()
    instance.begin()
    instance.name, instance.token = "Outra", "TESTTOKEN0001"
    instance.set_presence(ANA, "composing")
    instance.keep_media("image", "image/png", b"bytes")
    instance.groups.create("Clube", [FRIEND])
    instance.rollback()
    assert instance.as_json() == before
    assert (len(instance.media), len(instance.group_table)) == (0, 0)


@pytest.mark.parametrize(
    ("by", "banned", "session"),
    [("phone", False, False), ("gateway", False, True), ("ban", True, False)],
)
def test_what_is_left_of_a_link_that_ended(
    instance: Instance, by: str, banned: bool, session: bool
) -> None:
    instance.linking.unlink(by)
    shown = instance.as_json()
    assert (shown["state"], shown["banned"], shown["session"]) == ("disconnected", banned, session)
