"""The vault keeps within its budget and gives back the very bytes."""

from __future__ import annotations

import sys
import threading
from collections.abc import Iterator
from hashlib import sha256

import pytest
from hypothesis import given
from hypothesis import strategies as st
from megaapi_mock.domain.media import BLOB, Vault


@given(blobs=st.lists(st.binary(max_size=60)), budget=st.integers(1, 2_000))
def test_the_newest_stay_within_the_budget(blobs: list[bytes], budget: int) -> None:
    vault = Vault(budget)
    for blob in blobs:
        digest = vault.put(blob)
        assert digest == sha256(blob).digest()
        assert vault.get(digest) == blob
    kept = [blob for blob in set(blobs) if vault.get(sha256(blob).digest()) is not None]
    assert sum(len(blob) + BLOB for blob in kept) == vault.size
    assert vault.size <= budget or len(kept) == 1


def test_the_oldest_expires_first() -> None:
    vault = Vault(budget=10 + 2 * BLOB)
    first, second = vault.put(b"11111"), vault.put(b"22222")
    vault.put(b"11111")
    vault.put(b"33333")
    assert vault.get(second) is None
    assert vault.get(first) == b"11111"


@pytest.fixture
def switching_often() -> Iterator[None]:
    before = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)
    yield
    sys.setswitchinterval(before)


@pytest.mark.usefixtures("switching_often")
def test_many_threads_share_one_vault() -> None:
    vault = Vault(budget=20 * (BLOB + 8), lock=threading.Lock())
    failures = list[Exception]()

    def work(own: int) -> None:
        try:
            for number in range(1_500):
                content = b"%04d%04d" % (own if number % 3 else 9999, number % 40)
                assert vault.get(vault.put(content)) in (content, None)
                if number % 50 == 0:
                    assert all(sha256(blob).digest() == at for at, blob in vault.blobs().items())
        except Exception as failure:
            failures.append(failure)

    threads = [threading.Thread(target=work, args=(own,)) for own in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert failures == []
    kept = vault.blobs().values()
    assert vault.size == sum(len(blob) + BLOB for blob in kept) <= vault.budget


def test_each_file_that_comes_or_goes_is_another_version() -> None:
    vault = Vault(budget=600)
    versions = [vault.version]
    for content in (b"1", b"2", b"3", b"3"):
        vault.put(content)
        versions.append(vault.version)
    # The third takes the place of the first: as large as before, and not the same.
    assert len(vault.blobs()) == 2
    assert versions[1:4] == sorted(set(versions[1:4])) and versions[3] == versions[4]
    vault.clear()
    assert vault.version > versions[-1]
