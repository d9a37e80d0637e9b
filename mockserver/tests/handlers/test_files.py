"""The files of one call: asked for, downloaded, refused."""

from __future__ import annotations

import pytest
from megaapi_mock.errors import Unusable
from megaapi_mock.handlers.files import Absent, FetchedFile, Files

URL = "https://files.example.test/p.jpg"


def test_a_file_that_is_not_there_yet_is_asked_for_with_its_limit() -> None:
    with pytest.raises(Absent) as absent:
        Files().get(URL, 16)
    assert (absent.value.url, absent.value.limit) == (URL, 16)


def test_a_file_that_was_downloaded_is_given_again_and_again() -> None:
    files, file = Files(), FetchedFile(b"jpg", "image/jpeg")
    files.put(URL, file)
    assert files.get(URL, 16) is files.get(URL, 1) is file
    with pytest.raises(Absent):
        files.get(f"{URL}?other", 16)


def test_a_download_that_failed_refuses_the_call_each_time() -> None:
    files, refusal = Files(), Unusable("nobody answers there")
    files.put(URL, refusal)
    for _ in range(2):
        with pytest.raises(Unusable) as raised:
            files.get(URL, 16)
        assert raised.value is refusal


@pytest.mark.parametrize(
    ("content", "content_type", "is_page"),
    [
        (b"\xff\xd8\xff", "image/jpeg", False),
        (b"", "text/html; charset=utf-8", True),
        (b"  \n<!DOCTYPE HTML><p>", "image/jpeg", True),
        (b"<HTML>", "", True),
        (b"<svg>", "image/svg+xml", False),
        (b"x" * 201 + b"<html>", "", False),
        (b"", "application/text/html", False),
    ],
)
def test_a_page_is_known_by_its_type_or_its_first_words(
    content: bytes, content_type: str, is_page: bool
) -> None:
    assert FetchedFile(content, content_type).page == is_page
