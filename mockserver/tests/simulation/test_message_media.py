"""Content as it arrives: what is set in it wins, and its media keys lead to real bytes."""

from __future__ import annotations

from base64 import b64encode
from typing import Any

import pytest
from megaapi_mock.domain.instance import Instance
from megaapi_mock.errors import ControlRefused, PayloadTooLarge
from megaapi_mock.resources import root
from megaapi_mock.resources.samples import Samples
from megaapi_mock.simulation.message_media import media_in, with_media
from megaapi_mock.simulation.payloads import Payloads

from ..domain.conftest import make_instance

SAMPLES = Samples(root("fixtures"))
FILE = b"\xff\xd8\xff own"
BASE64 = b64encode(FILE).decode()


@pytest.fixture
def instance() -> Instance:
    linked = make_instance(connected=True)
    linked.begin()
    return linked


def arrived(
    instance: Instance, content: Any, file: str | None = None, largest: int = 2**20, **inside: Any
) -> dict[str, Any]:
    fields: Any = None
    payloads = Payloads(SAMPLES, fields, largest)
    return with_media(payloads, instance, content, file, inside)


def image(**more: Any) -> dict[str, Any]:
    return {"imageMessage": {"mimetype": "image/jpeg", "caption": "Exemplo", **more}}


def bytes_of(instance: Instance, part: Any) -> bytes:
    stored = instance.find_media([part["directPath"]])
    assert stored is not None
    return stored[1]


def test_the_bytes_of_the_sample_are_there_to_be_downloaded(instance: Instance) -> None:
    part = arrived(instance, image())["imageMessage"]
    assert bytes_of(instance, part) == SAMPLES.media("image") and part["caption"] == "Exemplo"
    assert part["mediaKey"] and part["url"]


def test_a_file_of_ones_own_comes_without_the_words_of_the_sample(instance: Instance) -> None:
    part = arrived(instance, image(), BASE64)["imageMessage"]
    assert bytes_of(instance, part) == FILE and "caption" not in part


@pytest.mark.parametrize(
    "inside",
    [{"message.imageMessage.caption": "Meu"}, {"message.imageMessage": image()["imageMessage"]}],
)
def test_words_that_are_set_stay_beside_a_file(instance: Instance, inside: Any) -> None:
    part = arrived(instance, image(), BASE64, **inside)["imageMessage"]
    assert part["caption"] in ("Meu", "Exemplo")


def test_what_is_set_on_the_media_wins_over_its_keys(instance: Instance) -> None:
    inside = {"message.imageMessage.mediaKey": "none", "message.imageMessage.height": 9}
    part = arrived(instance, image(), None, **inside)["imageMessage"]
    assert (part["mediaKey"], part["height"]) == ("none", 9)


def test_another_content_may_be_set_in_place_of_the_sample_s(instance: Instance) -> None:
    content = arrived(instance, image(), None, message={"conversation": "oi"})
    assert content == {"conversation": "oi"}


@pytest.mark.parametrize("odd", ["text", 5, {}, []])
def test_a_message_stays_an_object_with_content(instance: Instance, odd: Any) -> None:
    with pytest.raises(ControlRefused, match="message must stay an object with content"):
        arrived(instance, image(), None, message=odd)


def test_a_text_takes_no_file(instance: Instance) -> None:
    with pytest.raises(ControlRefused, match="media: conversation has no media"):
        arrived(instance, {"conversation": "oi"}, BASE64)


def test_the_type_of_a_data_uri_counts(instance: Instance) -> None:
    part = arrived(instance, image(), f"data:image/png;base64,{BASE64}")["imageMessage"]
    assert part["mimetype"] == "image/png"


@pytest.mark.parametrize(
    ("file", "error"), [("", ControlRefused), ("!!!", ControlRefused), (BASE64, PayloadTooLarge)]
)
def test_a_file_that_cannot_be_sent_is_refused(
    instance: Instance, file: str, error: type[Exception]
) -> None:
    with pytest.raises(error):
        arrived(instance, image(), file, largest=3)


def test_a_sticker_tells_its_time_in_milliseconds(instance: Instance) -> None:
    sticker = arrived(instance, {"stickerMessage": {}})["stickerMessage"]
    picture = arrived(instance, image())["imageMessage"]
    assert str(sticker["mediaKeyTimestamp"]) == f"{picture['mediaKeyTimestamp']}000"


@pytest.mark.parametrize(
    ("message", "kind", "path"),
    [
        (image(), "image", "message.imageMessage"),
        ({"ephemeralMessage": {"message": image()}}, "image",
         "message.ephemeralMessage.message.imageMessage"),
        ({"documentWithCaptionMessage": {"message": {"documentMessage": {}}}}, "document",
         "message.documentWithCaptionMessage.message.documentMessage"),
        ({"conversation": "oi"}, None, ""),
        ({"ephemeralMessage": {}}, None, ""),
        ({"imageMessage": "odd"}, None, ""),
        ("odd", None, ""),
    ],
)  # fmt: skip
def test_media_is_found_however_deep_it_is_wrapped(
    message: Any, kind: str | None, path: str
) -> None:
    media = media_in(message)
    assert (media.kind, media.path) == (kind, path) if media else kind is None
