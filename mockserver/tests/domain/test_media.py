"""The vault keeps within its budget and gives back the very bytes."""

from __future__ import annotations

from hashlib import sha256

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
