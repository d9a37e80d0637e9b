from __future__ import annotations

import pytest
from megaapi_mock.domain.media import PATH_PREFIX
from megaapi_mock.handlers.media_types import DOWNLOAD_KINDS, MEDIA_TYPES, kind_of
from megaapi_mock.handlers.uploads import DEFAULT_TYPES
from megaapi_mock.resources.samples import MEDIA_FILES


def test_every_kind_of_file_has_a_path_a_mimetype_and_a_sample() -> None:
    kinds = {media_type.kind for media_type in MEDIA_TYPES.values()}
    assert kinds == set(PATH_PREFIX) == set(DEFAULT_TYPES) == set(MEDIA_FILES)
    assert {kind: kind_of(kind) for kind in kinds} == {kind: kind for kind in kinds}


@pytest.mark.parametrize(
    ("type_", "kind", "key"),
    [
        ("ptt", "audio", "audioMessage"),
        ("ptv", "video", "ptvMessage"),
        ("document", "document", "documentMessage"),
    ],
)
def test_a_type_names_the_kind_of_file_and_where_its_content_stands(
    type_: str, kind: str, key: str
) -> None:
    assert (kind_of(type_), MEDIA_TYPES[type_].content_key) == (kind, key)
    assert MEDIA_TYPES[type_].marks == ({"ptt": True} if type_ == "ptt" else {})


def test_a_word_that_is_not_a_type_has_no_kind() -> None:
    assert [kind_of(word) for word in ("", "text", "imageMessage", "gif")] == [None] * 4


@pytest.mark.parametrize(
    ("type_", "kinds"),
    [
        ("image", ("image", "sticker")),
        ("sticker", ("image", "sticker")),
        ("ptv", ("video",)),
        ("ptt", ("audio",)),
        ("document", ("document",)),
    ],
)
def test_a_file_is_downloaded_as_its_kind_and_a_sticker_as_a_picture(
    type_: str, kinds: tuple[str, ...]
) -> None:
    assert DOWNLOAD_KINDS[type_] == kinds
