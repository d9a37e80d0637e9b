"""Forms with a file: what is read of them, what is not, and what is kept of the file."""

from __future__ import annotations

from base64 import b64decode
from typing import Any

import pytest
from megaapi_mock.errors import BadRequest, PayloadTooLarge
from megaapi_mock.profile import default_profile
from megaapi_mock.resources import root
from megaapi_mock.settings import Settings
from megaapi_mock.spec.plans import EVERY_PLAN
from megaapi_mock.web.app import MockApp
from megaapi_mock.web.gateway.multipart import PARTS_MOST, read_upload

from ...conftest import MakeApp
from ...support import AUTH, KEY

PERSON, OWN, GROUP = "5511900000002", "5511900000001", "120363000000000001@g.us"
PHOTO = (root("fixtures") / "media" / "image.jpg").read_bytes()
# The path's last word, the content it becomes, the messageType of its download.
KINDS = {
    "image": ("imageMessage", "image"),
    "video": ("videoMessage", "video"),
    "audio": ("audioMessage", "audio"),
    "document": ("documentMessage", "document"),
}


def form(*parts: bytes, end: bytes = b"--x--\r\n") -> bytes:
    return b"".join(b"--x\r\n" + part + b"\r\n" for part in parts) + end


def part(name: str, content: bytes = b"abc", *, file: str = "a.jpg", head: str = "") -> bytes:
    filename = f'; filename="{file}"' if file else ""
    first = f'Content-Disposition: form-data; name="{name}"{filename}\r\n{head}\r\n'
    return first.encode() + content


BOUNDARY = "multipart/form-data; boundary=x"


@pytest.mark.parametrize(
    "content_type",
    [
        BOUNDARY,
        'multipart/form-data; boundary="x"',
        "Multipart/Form-Data; charset=utf-8; boundary=x",
    ],
)
def test_files_of_a_form_are_read_by_the_names_of_their_parts(content_type: str) -> None:
    body = form(
        part("note", file=""),
        part("file", b"\x00\xff\r\n--y", file="ação 1.jpg", head="Content-Type: image/jpeg\r\n"),
        part("file", b"second"),
    )
    files = read_upload(body, content_type)
    assert files is not None and list(files) == ["file"]
    file = files["file"]
    assert (file.name, file.content_type) == ("ação 1.jpg", "image/jpeg")
    assert file.content == b"\x00\xff\r\n--y"


def test_names_without_quotes_are_read_as_dotnet_writes_them() -> None:
    head = (
        b"Content-Disposition: form-data; name=file; filename=a.jpg; filename*=utf-8''a.jpg\r\n\r\n"
    )
    files = read_upload(form(head + b"abc"), BOUNDARY)
    assert files is not None and files["file"].content == b"abc"


@pytest.mark.parametrize(
    "kind", ["", "application/json", "multipart/mixed; boundary=x", "text/plain"]
)
def test_body_of_another_type_is_no_form(kind: str) -> None:
    assert read_upload(form(part("file")), kind) is None


@pytest.mark.parametrize(
    ("body", "kind", "message"),
    [
        (form(part("file")), "multipart/form-data", "Multipart: Boundary not found"),
        (form(part("file")), "multipart/form-data; boundary=", "Multipart: Boundary not found"),
        (form(part("file")), "multipart/form-data; boundary=ç", "Multipart: Boundary not found"),
        (form(part("file"), end=b""), BOUNDARY, "Unexpected end of form"),
        (b"--x\r\n", BOUNDARY, "Unexpected end of form"),
        (b"anything", BOUNDARY, "Unexpected end of form"),
        (form(b"Content-Type: a/b\r\n\r\nabc"), BOUNDARY, "Unexpected end of form"),
    ],
)
def test_form_that_is_not_whole_is_refused(body: bytes, kind: str, message: str) -> None:
    with pytest.raises(BadRequest) as refusal:
        read_upload(body, kind)
    assert refusal.value.reason and refusal.value.status == 400
    assert refusal.value.message == message


@pytest.mark.parametrize(
    "body",
    [
        form(*[part(f"p{number}") for number in range(PARTS_MOST + 1)]),
        form(part("text", b"x" * (2**20 + 1), file="")),
    ],
    ids=["parts", "text"],
)
def test_more_than_anybody_sends_is_413(body: bytes) -> None:
    with pytest.raises(PayloadTooLarge):
        read_upload(body, BOUNDARY)


def upload(app: MockApp, path: str, content: bytes = PHOTO, **query: str) -> Any:
    return app.test_client().post(
        f"/rest/{path}".replace("KEY", KEY),
        query_string=query,
        data=form(part("file", content, file="foto.jpg")),
        content_type=BOUNDARY,
        headers=AUTH,
    )


@pytest.mark.parametrize("kind", KINDS)
def test_uploaded_file_is_a_message_and_can_be_downloaded(whole_app: MockApp, kind: str) -> None:
    wrapper, message_type = KINDS[kind]
    content = PHOTO + bytes(range(256))
    reply = upload(whole_app, f"sendMessage/KEY/{kind}", content, to=PERSON, caption="Veja")
    assert reply.status_code == 200, reply.headers.get("X-Mock-Reason")
    sent = reply.get_json()["messageData"]["message"][wrapper]
    assert sent.get("caption") == ("Veja" if kind in ("image", "video") else None)
    assert sent.get("fileName") == ("foto.jpg" if kind == "document" else None)
    keys = {name: sent[name] for name in ("mediaKey", "directPath", "url", "mimetype")}
    downloaded = whole_app.test_client().post(
        f"/rest/instance/downloadMediaMessage/{KEY}",
        json={"messageKeys": {**keys, "messageType": message_type}},
        headers=AUTH,
    )
    data = downloaded.get_json()["data"]
    assert b64decode(data.partition(",")[2]) == content
    [message] = whole_app.test_client().get("/_mock/messages").get_json()["items"]
    assert (message["type"], message["chat"]) == (wrapper, f"{PERSON}@s.whatsapp.net")


def test_upload_to_a_group_goes_to_the_group(whole_app: MockApp) -> None:
    reply = upload(whole_app, "sendMessage/KEY/image", to=GROUP)
    assert reply.get_json()["messageData"]["key"]["remoteJid"] == GROUP


def test_upload_is_echoed_like_any_other_send(whole_app: MockApp) -> None:
    hook = {"messageData": {"webhookUrl": "http://127.0.0.1:9/hook", "webhookEnabled": True}}
    whole_app.test_client().post(f"/rest/webhook/{KEY}/configWebhook", json=hook, headers=AUTH)
    sent = upload(whole_app, "sendMessage/KEY/image", to=PERSON).get_json()["messageData"]
    path = "/_mock/deliveries?wait=60&event=from-me-api-echo"
    [echo] = whole_app.test_client().get(path).get_json()["items"]
    assert echo["payload"]["message"] == sent["message"]


def test_file_above_the_media_limit_is_413(make_app: MakeApp) -> None:
    profile = default_profile(EVERY_PLAN).with_switches({"media_limit_mib": "1"})
    app = make_app(profile=profile)
    assert upload(app, "sendMessage/KEY/document", bytes(2**20), to=PERSON).status_code == 200
    reply = upload(app, "sendMessage/KEY/document", bytes(2**20 + 1), to=PERSON)
    assert reply.status_code == 413 and "1048577 bytes" in reply.headers["X-Mock-Reason"]


@pytest.mark.parametrize("kind", KINDS)
def test_empty_file_is_said_and_refused_by_a_strict_mock(make_app: MakeApp, kind: str) -> None:
    for strict, status in ((False, 200), (True, 422)):
        app = make_app(profile=default_profile(EVERY_PLAN), settings=Settings(strict=strict))
        reply = upload(app, f"sendMessage/KEY/{kind}", b"", to=PERSON)
        assert (reply.status_code, "0 bytes" in reply.headers["X-Mock-Reason"]) == (status, True)
        assert len(app.test_client().get("/_mock/messages").get_json()["items"]) == (not strict)


def test_form_above_the_body_limit_is_413_and_not_kept(make_app: MakeApp) -> None:
    profile = default_profile(EVERY_PLAN).with_switches({"body_limit_mib": "1"})
    app = make_app(profile=profile)
    reply = upload(app, "sendMessage/KEY/document", bytes(2**20), to=PERSON)
    assert reply.status_code == 413
    [exchange] = app.test_client().get("/_mock/exchanges").get_json()["items"]
    assert exchange["request"]["body"] in ("", None)


@pytest.mark.parametrize(
    ("options", "reason"),
    [
        ({"json": {"to": PERSON, "url": "https://files.example.test/a.jpg"}}, "send the file as"),
        ({}, "send the file as multipart/form-data, in the part `file`"),
        ({"data": form(part("image")), "content_type": BOUNDARY}, "'file' is a required property"),
        (
            {"data": form(part("file", file="")), "content_type": BOUNDARY},
            "'file' is a required property",
        ),
    ],
    ids=["json", "nothing", "another part", "a text"],
)
def test_call_without_the_file_says_how_to_send_it(
    whole_app: MockApp, options: dict[str, Any], reason: str
) -> None:
    reply = whole_app.test_client().post(
        f"/rest/sendMessage/{KEY}/image?to={PERSON}", headers=AUTH, **options
    )
    assert reply.status_code == 500
    assert reason in reply.headers["X-Mock-Reason"]


def test_strict_names_what_is_missing(make_app: MakeApp) -> None:
    app = make_app(profile=default_profile(EVERY_PLAN), settings=Settings(strict=True))
    reply = upload(app, "sendMessage/KEY/image")
    assert reply.status_code == 422
    assert "Missing required query parameter: to" in reply.get_data(as_text=True)


def test_profile_picture_has_another_address_for_other_bytes(whole_app: MockApp) -> None:
    def address() -> str:
        reply = whole_app.test_client().get(
            f"/rest/instance/getProfilePicture/{KEY}?to={OWN}", headers=AUTH
        )
        return str(reply.get_json()["data"])

    addresses = [address()]
    for content in (PHOTO, PHOTO + b"1", PHOTO):
        reply = upload(whole_app, "instance/setProfilePicture/", content, instance_key=KEY, to=OWN)
        assert reply.get_json() == {"error": False, "message": "Profile picture updated"}
        addresses.append(address())
    assert len(set(addresses)) == 3 and addresses[1] == addresses[3]


def test_key_in_the_query_is_asked_for_the_instance_and_its_token(whole_app: MockApp) -> None:
    path = "instance/setProfilePicture"
    assert upload(whole_app, path, to=OWN).status_code == 404
    assert upload(whole_app, path, instance_key="nobody", to=OWN).status_code == 404
    assert upload(whole_app, path, instance_key="megacode-TESTKEY0002", to=OWN).status_code == 401
    [last] = (
        whole_app.test_client()
        .get("/_mock/exchanges?instance=megacode-TESTKEY0002")
        .get_json()["items"]
    )
    assert last["operation"] == "upload_profile_picture"
