"""Status, people, linking, pictures and the way back from media keys to bytes."""

from __future__ import annotations

from base64 import b64decode, b64encode
from typing import Any

import pytest
from megaapi_mock.domain.instance import Instance
from megaapi_mock.errors import (
    AlreadyLoggedIn,
    HandledFailure,
    NotLoggedIn,
    NumberNotRegistered,
    RequestRejected,
    UnknownInstance,
    Unusable,
)
from megaapi_mock.handlers import instance as handlers
from megaapi_mock.handlers.call import RawReply, mark_of
from megaapi_mock.handlers.media_types import DOWNLOAD_KINDS
from megaapi_mock.profile import default_profile

from ..domain.conftest import OWN_NUMBER, add_message, make_instance
from .calls import FRIEND, GROUP, SAMPLES, call


@pytest.fixture
def unlinked() -> Instance:
    instance = make_instance()
    instance.begin()
    return instance


# -- status and people -----------------------------------------------------------------------


def test_the_status_of_a_linked_instance_has_its_user(instance: Instance) -> None:
    status = handlers.instance_status(call(instance))["instance"]
    user = {"id": instance.device_jid, "name": instance.name}
    assert status == {"key": instance.key, "status": "connected", "user": user}


def test_the_status_of_an_unlinked_instance_has_no_user(unlinked: Instance) -> None:
    status = handlers.instance_status(call(unlinked))["instance"]
    assert status == {"key": unlinked.key, "status": "disconnected"}


@pytest.mark.parametrize(
    ("switches", "linked", "expected"),
    [
        ({"status_shape": "list"}, True, [{"instance": {"status": "connected"}}]),
        ({"status_shape": "list"}, False, [{"instance": {"status": "disconnected"}}]),
        ({"status_disconnected": "empty"}, False, handlers.EMPTY),
    ],
)
def test_the_status_has_the_form_of_the_switch(
    instance: Instance, unlinked: Instance, switches: Any, linked: bool, expected: Any
) -> None:
    one = instance if linked else unlinked
    assert handlers.instance_status(call(one, switches=switches)) == expected


def test_the_status_of_2022_has_key_and_user_alone(instance: Instance, unlinked: Instance) -> None:
    switches = {"status_shape": "2022"}
    status = handlers.instance_status(call(instance, switches=switches))["instance"]
    assert status.keys() == {"key", "user"}
    assert status["user"]["verifiedName"] == status["user"]["name"] == instance.name
    status = handlers.instance_status(call(unlinked, switches=switches))["instance"]
    assert status == {"key": unlinked.key}


def looked_up(instance: Instance, jid: str, **switches: str) -> Any:
    return handlers.is_on_whatsapp(call(instance, query={"jid": jid}, switches=switches))


def test_a_person_is_found_and_groups_pass_unseen(instance: Instance) -> None:
    jid = f"{FRIEND}@s.whatsapp.net"
    assert looked_up(instance, jid) == {"exists": True, "jid": jid}
    assert looked_up(instance, GROUP) == {"exists": True, "jid": GROUP}
    assert looked_up(instance, "100000000000009@lid")["exists"] is True


@pytest.mark.parametrize(("form", "expected"), [("", {"exists": False}), ("empty", handlers.EMPTY)])
def test_nobody_is_answered_in_the_form_of_the_switch(
    instance: Instance, form: str, expected: Any
) -> None:
    jid = "123@s.whatsapp.net"
    answer = looked_up(instance, jid, **({"not_on_whatsapp": form} if form else {}))
    assert answer == (expected if form else {"exists": False, "jid": jid})


@pytest.mark.parametrize(
    ("form", "kind"), [("403", NumberNotRegistered), ("error_true", HandledFailure)]
)
def test_nobody_may_be_a_refusal(instance: Instance, form: str, kind: type[Exception]) -> None:
    with pytest.raises(kind):
        looked_up(instance, "123@s.whatsapp.net", not_on_whatsapp=form)


@pytest.mark.parametrize(
    ("handler", "switch", "refusal"),
    [
        (handlers.instance_status, "unknown_instance", UnknownInstance("none")),
        (handlers.is_on_whatsapp, "is_on_whatsapp_disconnected", NotLoggedIn("none")),
    ],
)
def test_a_refusal_is_said_in_another_form_where_the_switch_says_so(
    handler: object, switch: str, refusal: RequestRejected
) -> None:
    mark = mark_of(handler)
    assert mark is not None and mark.reword is not None
    plain, odd = default_profile(), default_profile().with_switches({switch: "error_true"})
    assert mark.reword(refusal, plain) is refusal
    assert isinstance(mark.reword(refusal, odd), HandledFailure)
    other = Unusable("x")
    assert mark.reword(other, odd) is other


def test_lists_have_what_was_said_and_by_whom(instance: Instance) -> None:
    add_message(instance, "3EB0C767D097B7C7C901", from_me=False)
    jid = f"{FRIEND}@s.whatsapp.net"
    [chat] = handlers.list_chats(call(instance))["chats"]
    assert (chat["id"], chat["readOnly"]) == (jid, False) and "pinned" not in chat
    [message] = handlers.list_messages(call(instance, query={"chat_id": jid}))
    assert message["key"]["id"] == "3EB0C767D097B7C7C901"
    people = handlers.list_contacts(call(instance))["chats"]
    assert jid in [person["id"] for person in people]


# -- profile ---------------------------------------------------------------------------------


def test_the_own_picture_is_set_and_that_of_others_is_not(instance: Instance) -> None:
    url = {"url": "https://files.example.test/p.jpg"}
    before = instance.own_profile.picture_address(instance.own_jid, "")
    handlers.set_profile_picture_url(call(instance, url, to=OWN_NUMBER))
    assert instance.own_profile.picture_address(instance.own_jid, "") != before
    ignores = {"picture_of_others": "200"}
    other = call(instance, url, to=FRIEND, switches=ignores)
    assert handlers.set_profile_picture_url(other)["error"] is False
    assert other.notes[0].endswith("ignored")
    for more in ({"strict": True, "switches": ignores}, {}):
        with pytest.raises(Unusable, match="somebody else"):
            handlers.set_profile_picture_url(call(instance, url, to=FRIEND, **more))
    with pytest.raises(Unusable, match="is not an http or https address"):
        handlers.set_profile_picture_url(call(instance, {"url": "ftp://x"}, to=OWN_NUMBER))


def test_a_picture_has_an_address_for_people_and_groups(instance: Instance) -> None:
    def asked(to: str, **query: str) -> str:
        return str(handlers.profile_picture(call(instance, query={"to": to, **query}))["data"])

    assert asked(FRIEND) != asked(GROUP) and asked(FRIEND, type="image") != asked(FRIEND)
    with pytest.raises(NumberNotRegistered):
        asked("123")


def test_name_and_sentence_of_the_profile_are_kept(instance: Instance) -> None:
    handlers.set_profile_name(call(instance, {"name": "Loja Modelo"}))
    handlers.set_profile_status(call(instance, {"status": "Aberto"}))
    assert (instance.name, instance.own_profile.sentence) == ("Loja Modelo", "Aberto")


# -- linking ---------------------------------------------------------------------------------


def test_a_code_is_shown_as_page_picture_and_text(unlinked: Instance) -> None:
    page = handlers.qr_code_page(call(unlinked))
    assert isinstance(page, RawReply) and b'src="data:image/png;base64,' in page.body
    picture = handlers.qr_code_image(call(unlinked))
    assert picture.body.startswith(b"\x89PNG") and picture.content_type == "image/png"
    assert handlers.qr_code_base64(call(unlinked))["qrcode"].startswith("data:image/png;base64,")


def test_the_first_code_may_be_missing(unlinked: Instance) -> None:
    switches = {"qr_base64_first": "missing"}
    first = handlers.qr_code_base64(call(unlinked, switches=switches))
    assert "qrcode" not in first
    assert "qrcode" in handlers.qr_code_base64(call(unlinked, switches=switches))


def test_a_linked_instance_has_no_code(instance: Instance) -> None:
    for handler in (handlers.qr_code_page, handlers.qr_code_image, handlers.qr_code_base64):
        with pytest.raises(AlreadyLoggedIn):
            handler(call(instance))
    page = handlers.qr_code_page(call(instance, switches={"qr_page_connected": "page"}))
    assert b'src=""' in page.body
    with pytest.raises(HandledFailure):
        handlers.qr_code_base64(call(instance, switches={"qr_base64_connected": "error_true"}))


def test_a_pairing_code_has_eight_signs(unlinked: Instance) -> None:
    code = handlers.pairing_code(call(unlinked, query={"phoneNumber": FRIEND}))["pairingCode"]
    assert len(code) == 8
    query = {"phoneNumber": FRIEND, "customPairingCode": "ABCD1234"}
    assert handlers.pairing_code(call(unlinked, query=query))["pairingCode"] == "ABCD1234"


def test_a_logout_ends_the_link_and_a_second_one_says_so(instance: Instance) -> None:
    assert handlers.logout(call(instance))["message"] == "Instance logged out"
    assert not instance.linked
    again = call(instance)
    assert handlers.logout(again)["message"] == "Instance logged out" and again.notes
    with pytest.raises(NotLoggedIn):
        handlers.logout(call(instance, switches={"logout_disconnected": "403"}))
    with pytest.raises(HandledFailure):
        handlers.logout(call(instance, switches={"logout_disconnected": "error_true"}))


def test_a_restart_keeps_the_session_and_a_reset_does_not(instance: Instance) -> None:
    assert handlers.restart(call(instance))["message"] == "Instance restarted"
    assert instance.linking.has_phone
    assert handlers.reset_instance(call(instance))["message"] == "Instance reset"
    assert not instance.linking.has_phone
    switches = {"reset_disconnected": "logged_out"}
    answer = handlers.reset_instance(call(instance, switches=switches))
    assert answer["message"] == "Instance logged out"


# -- media -----------------------------------------------------------------------------------


def keys_of(instance: Instance, kind: str = "image", **changes: Any) -> dict[str, Any]:
    media = instance.keep_media(kind, "image/jpeg", SAMPLES.media("image"))
    keys = {
        "mediaKey": b64encode(media.media_key).decode(), "directPath": media.direct_path,
        "url": "", "mimetype": "image/jpeg", "messageType": kind,
    }  # fmt: skip
    return {**keys, **changes}


def download(instance: Instance, keys: Any, **switches: str) -> Any:
    return handlers.download_media(call(instance, body={"messageKeys": keys}, switches=switches))


@pytest.mark.parametrize("kind", ["image", "imageMessage"])
def test_the_very_bytes_come_back(instance: Instance, kind: str) -> None:
    data = download(instance, keys_of(instance, messageType=kind))["data"]
    prefix, _, text = data.partition(",")
    assert prefix == "data:image/jpeg;base64" and b64decode(text) == SAMPLES.media("image")
    bare = download(instance, keys_of(instance), download_body="base64")["data"]
    assert bare == text


def test_each_kind_is_downloaded_under_the_names_that_clients_send(instance: Instance) -> None:
    for name, kinds in DOWNLOAD_KINDS.items():
        for kind in kinds:
            assert download(instance, keys_of(instance, kind, messageType=name))["data"]


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"directPath": "/v/no"}, "no media with this address, or it expired"),
        ({"directPath": "", "url": ""}, "no media with this address, or it expired"),
        ({"mediaKey": "!"}, "mediaKey is not base64"),
        ({"mediaKey": b64encode(bytes(32)).decode()}, "mediaKey does not decrypt this media"),
        ({"messageType": "video"}, "messageType 'video' does not decrypt a image"),
        ({"messageType": "no"}, "messageType 'no' does not decrypt a image"),
    ],
)
def test_keys_that_do_not_fit_give_nothing(instance: Instance, changes: Any, reason: str) -> None:
    with pytest.raises(RequestRejected) as refusal:
        download(instance, keys_of(instance, **changes))
    assert refusal.value.reason == reason
