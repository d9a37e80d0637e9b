"""Samples: every one can be read, is a fresh copy each time, and mistakes are named."""

from __future__ import annotations

from pathlib import Path

import pytest
from megaapi_mock.errors import SetupError
from megaapi_mock.resources import root
from megaapi_mock.resources.samples import MEDIA_FILES, Samples
from megaapi_mock.spec.operations import webhook_events
from megaapi_mock.spec.valid_bundle import valid_bundle

SAMPLES = Samples(root("fixtures"))
# The first bytes by which programs know each kind.
MAGIC = {
    "image": b"\xff\xd8\xff",
    "video": b"ftyp",
    "audio": b"OggS",
    "document": b"%PDF",
    "sticker": b"RIFF",
}


def test_there_is_a_sample_for_every_event_of_the_contract() -> None:
    events = [event.name for event in webhook_events(valid_bundle(root("spec")))]
    assert sorted(SAMPLES.names()) == sorted(events)


@pytest.mark.parametrize("event", SAMPLES.names())
def test_every_copy_is_fresh(event: str) -> None:
    first = SAMPLES.payload(event)
    kept = str(first)
    first.clear()
    assert str(SAMPLES.payload(event)) == kept


@pytest.mark.parametrize("kind", MEDIA_FILES)
def test_media_is_small_and_what_it_says(kind: str) -> None:
    content = SAMPLES.media(kind)
    assert MAGIC[kind] in content[:12]
    assert len(content) < 64 * 1024


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"{", "fixtures/webhooks/odd.json is not JSON"),
        (b"[]", "fixtures/webhooks/odd.json holds no JSON object"),
        (None, "event odd has no sample: write fixtures/webhooks/odd.json"),
    ],
)
def test_mistakes_are_named(tmp_path: Path, content: bytes | None, sentence: str) -> None:
    folder = tmp_path / "webhooks"
    folder.mkdir()
    if content is not None:
        (folder / "odd.json").write_bytes(content)
    with pytest.raises(SetupError, match=sentence):
        Samples(tmp_path).payload("odd")


def test_sample_is_shared_and_payload_is_a_copy_of_it() -> None:
    samples = Samples(root("fixtures"))
    assert "text-plain" in samples
    assert "text-plane" not in samples
    assert samples.sample("text-plain") is samples.sample("text-plain")
    copy = samples.payload("text-plain")
    assert copy == samples.sample("text-plain")
    copy["message"]["conversation"] = "other"
    assert copy != samples.sample("text-plain")
