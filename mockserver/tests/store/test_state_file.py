"""What is not a state is refused before it is read into memory."""

from __future__ import annotations

import time

import pytest
from megaapi_mock.errors import Invalid
from megaapi_mock.store.form import Misfit
from megaapi_mock.store.hooks import _document
from megaapi_mock.store.state_file import seal, unseal

from ..slowness import slowness


@pytest.mark.parametrize("part", [b"[],", b'"",', b"1,"])
def test_a_file_of_small_values_alone_is_no_state(part: bytes) -> None:
    raw = b'{"format":"megaapi-mock-state","version":1,"state":[' + part * 6_000_000 + b"1]}"
    started = time.process_time()
    with pytest.raises(Invalid, match="more names and values than a state of that size"):
        unseal(raw)
    assert time.process_time() - started < 1.5 * slowness()


def test_a_large_state_of_usual_density_is_read() -> None:
    state = {
        "messages": {f"3EB0{n:016X}": {"id": n, "text": "oi, tudo bem?"} for n in range(150_000)}
    }
    assert unseal(seal(state)) == state


def test_a_message_of_a_state_may_hold_no_more_than_one_of_a_call() -> None:

    with pytest.raises(Misfit, match="must be the text of a JSON object"):
        _document('{"a":[' + "[]," * 300_000 + "1]}", bytes)
