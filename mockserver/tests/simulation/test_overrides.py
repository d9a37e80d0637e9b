"""What a caller sets: typos are refused with the right name, a plain text goes where texts are."""

from __future__ import annotations

from typing import Any

import pytest
from click.testing import CliRunner
from megaapi_mock.commands.main import main
from megaapi_mock.resources import root
from megaapi_mock.resources.samples import Samples
from megaapi_mock.web.app import MockApp

from ..control import ControlApi
from ..support import KEY

SAMPLES = Samples(root("fixtures"))
INBOUND, EMIT = f"/instances/{KEY}/inbound", f"/instances/{KEY}/emit"


@pytest.mark.parametrize("route", [INBOUND, EMIT])
@pytest.mark.parametrize(
    ("wanted", "sentence"),
    [
        ({"message.conversaton": "oi"}, "did you mean message.conversation?"),
        ({"text": "oi"}, "text is not a field of text-plain: there are "),
        ({"text": "oi"}, '(did you mean "text" beside "event"?)'),
        ({"message": {"conversaton": "oi"}}, "did you mean message.conversation?"),
        ({"pushname": "Ana"}, "did you mean pushName?"),
        ({"key.remotejid": "x"}, "did you mean key.remoteJid?"),
    ],
)
@pytest.mark.broken_bodies
def test_typo_is_refused_with_the_name_that_was_meant(
    app: MockApp, route: str, wanted: Any, sentence: str
) -> None:
    control_api = ControlApi(app)
    app.runtime.instances.publisher.change(
        KEY, lambda instance: instance.set_webhook("http://127.0.0.1:9/")
    )
    body = {"event": "text-plain", "set": wanted}
    refusal = control_api.refusal("POST", route, body)
    assert refusal.startswith("set: ") and sentence in refusal
    assert '"force": true sets it anyway' in refusal
    assert control_api.items("/deliveries") == []
    control_api.post(route, {**body, "force": True}, status=201)
    assert len(control_api.items("/deliveries")) == 1


@pytest.mark.parametrize("route", [INBOUND, EMIT])
@pytest.mark.parametrize(
    ("event", "wanted", "sentence"),
    [
        (
            "text-plain",
            {"message": {"conversation": 5}},
            "message.conversation must be a string, not 5",
        ),
        (
            "text-plain",
            {"message.conversation": None},
            "message.conversation must be a string, not null",
        ),
        ("text-plain", {"message": "oi"}, 'message must be an object, not "oi"'),
        ("text-plain", {"message": []}, "message must be an object, not the list []"),
        ("text-plain", {"key": [1]}, "key must be an object, not the list [1]"),
        ("text-plain", {"key.fromMe": "false"}, 'key.fromMe must be true or false, not "false"'),
        ("text-plain", {"key.remoteJid": {}}, "key.remoteJid must be a string, not the object {}"),
        (
            "text-plain",
            {"messageTimestamp": "x" * 99},
            "messageTimestamp must be a whole number, not",
        ),
        ("text-plain", {"messageTimestamp": 1.5}, "must be a whole number, not 1.5"),
        ("image", {"message.imageMessage.scanLengths": ["x"]}, "scanLengths.0 must be a whole"),
        ("image", {"message.imageMessage.mimetype": 5}, "must be a string, not 5"),
        ("image", {"message": {"imageMessage": "x"}}, "message.imageMessage must be an object"),
        ("location", {"message.locationMessage.degreesLatitude": "1"}, "must be a number, not"),
    ],
)
@pytest.mark.broken_bodies
def test_wrong_type_is_refused_with_the_right_one(
    app: MockApp, route: str, event: str, wanted: Any, sentence: str
) -> None:
    control_api = ControlApi(app)
    app.runtime.instances.publisher.change(
        KEY, lambda instance: instance.set_webhook("http://127.0.0.1:9/")
    )
    refusal = control_api.refusal("POST", route, {"event": event, "set": wanted})
    assert refusal.startswith("set: ") and sentence in refusal
    assert '"force": true sets it anyway' in refusal
    assert control_api.items("/deliveries") == []


def test_whole_number_is_a_number_and_a_forced_type_is_sent(app: MockApp) -> None:
    control_api = ControlApi(app)
    place = "message.locationMessage.degreesLatitude"
    control_api.post(INBOUND, {"event": "location", "set": {place: 1}}, status=201)
    forced = {"set": {"message": {"conversation": 5}}, "force": True}
    assert control_api.post(INBOUND, forced, status=201)["content"] == {"conversation": 5}


@pytest.mark.parametrize(
    ("event", "path"),
    [
        ("text-plain", ["conversation"]),
        ("text-extended", ["extendedTextMessage", "text"]),
        ("image", ["imageMessage", "caption"]),
        ("ephemeral", ["ephemeralMessage", "message", "extendedTextMessage", "text"]),
    ],
)
def test_text_goes_where_such_an_event_has_it(app: MockApp, event: str, path: list[str]) -> None:
    control_api = ControlApi(app)
    message = control_api.post(INBOUND, {"event": event, "text": "Oi!"}, status=201)
    found = message["content"]
    for step in path:
        found = found[step]
    assert found == "Oi!"


@pytest.mark.parametrize(
    ("event", "paths"),
    [
        ("sticker", "use set for message.stickerMessage.url, "),
        ("reaction", "use set for message.reactionMessage.text"),
    ],
)
def test_text_of_an_event_without_any_is_refused(app: MockApp, event: str, paths: str) -> None:
    refusal = ControlApi(app).refusal("POST", INBOUND, {"event": event, "text": "oi"})
    assert refusal.startswith(f"text: {event} has no text; {paths}")


def test_address_as_media_is_refused(app: MockApp) -> None:
    body = {"event": "image", "media": "https://files.example.test/a.jpg"}
    refusal = ControlApi(app).refusal("POST", INBOUND, body)
    assert "is an address: the mock fetches nothing for a contact" in refusal


@pytest.mark.parametrize("media", ["/tmp/voz", "./voz.ogg", "~/voz.ogg", "voz.ogg", "C:\\voz.ogg"])
def test_path_as_media_is_refused(app: MockApp, media: str) -> None:
    refusal = ControlApi(app).refusal("POST", INBOUND, {"event": "image", "media": media})
    assert "is the path of a file: the mock reads no files" in refusal


@pytest.mark.parametrize(
    "media", ["fotojpg", "fotojpeg", "Foto jpg", "undefined", "null", "<file>", "{}", "@@@", "olá"]
)
def test_words_as_media_are_refused(app: MockApp, media: str) -> None:
    refusal = ControlApi(app).refusal("POST", INBOUND, {"event": "image", "media": media})
    assert refusal.startswith(f"media: {media!r} is neither base64 nor a data URI")


@pytest.mark.parametrize(
    "media",
    [
        "AAAA",
        "aGVsbG8",
        "aGVs\r\nbG8=\n",
        "/9j/4AAQSkZJRgABAQ==",
        "aGVsbG8=",
        "data:image/png;base64,AA",
    ],
)
def test_base64_is_no_path(app: MockApp, media: str) -> None:
    ControlApi(app).post(INBOUND, {"event": "image", "media": media}, status=201)


@pytest.mark.parametrize("route", [INBOUND, EMIT])
def test_a_misspelt_event_gets_the_right_one(app: MockApp, route: str) -> None:
    assert "did you mean text-plain" in ControlApi(app).refusal(
        "POST", route, {"event": "text-plan"}
    )


def test_emit_on_the_command_line_names_typos_too() -> None:
    command = [
        "emit",
        "text-plain",
        "--to",
        "http://127.0.0.1:1/",
        "--set",
        "message.conversaton=x",
    ]
    done = CliRunner().invoke(main, command)
    assert done.exit_code == 2
    assert "--set message.conversaton is not a field of text-plain: did you mean" in done.stderr
    assert CliRunner().invoke(main, [*command, "--force"]).exit_code == 1


@pytest.mark.parametrize(
    ("value", "code", "said"),
    [
        ("message.extendedTextMessage.text=5", 1, ""),
        ("messageTimestamp=morgen", 2, 'messageTimestamp must be a whole number, not "morgen"'),
        ("key=5", 2, "key must be an object, not 5"),
    ],
)
def test_emit_on_the_command_line_knows_types_too(value: str, code: int, said: str) -> None:
    command = ["emit", "text-plain", "--to", "http://127.0.0.1:1/", "--set", value]
    done = CliRunner().invoke(main, command)
    assert (done.exit_code, said in done.stderr) == (code, True), done.stderr
