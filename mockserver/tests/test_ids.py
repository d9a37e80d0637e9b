"""Identifiers: their form, and that seed, key and counter fix every one of them."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st
from megaapi_mock.ids import PAIRING_ALPHABET, Ids

from .support import KEY, UNLINKED

Make = Callable[[Ids, str, int], str]
FORMS: dict[str, tuple[Make, str]] = {
    "message": (Ids.message, r"3EB0[0-9A-F]{18}"),
    "inbound": (Ids.inbound, r"[0-9A-F]{32}"),
    "pairing_code": (Ids.pairing_code, r"[1-9A-HJ-NP-TV-Z]{8}"),
    "group": (Ids.group, r"120363[0-9]{12}"),
}
each = pytest.mark.parametrize(("make", "form"), FORMS.values(), ids=list(FORMS))


@each
@given(seed=st.integers(0), key=st.text(max_size=20), number=st.integers(0))
def test_every_id_has_its_form(make: Make, form: str, seed: int, key: str, number: int) -> None:
    made = make(Ids(seed), key, number)
    assert re.fullmatch(form, made)
    assert make(Ids(seed), key, number) == made


@each
def test_seed_key_and_counter_each_make_another_id(make: Make, form: str) -> None:
    made = {
        make(Ids(seed), key, number)
        for seed in range(5)
        for key in (KEY, UNLINKED)
        for number in range(50)
    }
    assert len(made) == 500


def test_the_alphabet_of_pairing_codes_is_easy_to_read_out() -> None:
    assert len(PAIRING_ALPHABET) == len(set(PAIRING_ALPHABET)) == 32
    assert not set("0IOU") & set(PAIRING_ALPHABET)


@pytest.mark.parametrize("size", [1, 16, 32, 64])
def test_raw_bytes_have_the_size_asked_for(size: int) -> None:
    assert len(Ids(7).raw(KEY, "media key", 1, size)) == size
    assert Ids(7).raw(KEY, "a", 1, size) != Ids(7).raw(KEY, "b", 1, size)
