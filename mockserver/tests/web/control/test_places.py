"""Places for waits and streams: bounded, and the oldest wait makes room."""

from __future__ import annotations

import pytest
from megaapi_mock.errors import ControlRefused
from megaapi_mock.records.waiter import Waiter
from megaapi_mock.web.control import places as places_module
from megaapi_mock.web.control.places import Places


@pytest.fixture(autouse=True)
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(places_module, "PATIENCE", 0.02)
    monkeypatch.setattr(places_module, "BEAT", 0.005)


def test_a_place_comes_back_when_its_wait_or_stream_ends() -> None:
    places = Places(lambda: None, 1)
    for _ in range(3):
        with places.waiting(Waiter()):
            pass
        places.watching()()


def test_a_full_house_refuses_and_streams_are_sent_a_sign_of_life() -> None:
    beats: list[int] = []
    places = Places(lambda: beats.append(1), 2)
    places.watching()
    with places.waiting(Waiter()):
        with pytest.raises(ControlRefused, match="2 streams and waits are open") as refusal:
            places.watching()
        with pytest.raises(ControlRefused), places.waiting(Waiter()):
            pass
    assert refusal.value.status == 503 and beats


def test_the_oldest_wait_makes_room_once_it_had_its_place(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(places_module, "PLACE_KEPT", 0.0)
    places = Places(lambda: None, 2)
    first, second, third = Waiter(), Waiter(), Waiter()
    with places.waiting(first), places.waiting(second):
        with places.waiting(third):
            assert (first.over, second.over, third.over) == (True, False, False)
        # What the first gives back is nobody's any more.
    places.watching()
    places.watching()
    with pytest.raises(ControlRefused):
        places.watching()


def test_a_stream_that_ends_meanwhile_leaves_its_place() -> None:
    ends: list[object] = []

    def beat() -> None:
        if not ends:
            ends.append(end())

    places = Places(beat, 1)
    end = places.watching()
    places.watching()
    assert len(ends) == 1
