"""The recorder writes later, and holds no call up."""

from __future__ import annotations

import threading

import pytest
from megaapi_contract.capture import recorder as module
from megaapi_contract.capture.recorder import Recorder
from megaapi_contract.capture.relay import Passage

from .passages import call


def test_passages_are_written_in_order() -> None:
    written: list[tuple[str, str]] = []
    recorder = Recorder(lambda kind, passage: written.append((kind, passage.target)))
    for number in range(50):
        recorder.offer("call", call(target=f"/{number}"))
    recorder.offer("webhook", call(target="/hook"))
    recorder.close()
    assert written == [*(("call", f"/{number}") for number in range(50)), ("webhook", "/hook")]
    assert recorder.left_out == 0 and recorder.problem is None


def test_what_is_not_written_in_time_is_left_out_and_counted(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(module, "QUEUE_MOST", 20_000)
    is_released, is_writing = threading.Event(), threading.Event()
    written: list[Passage] = []

    def write(kind: str, passage: Passage) -> None:
        is_writing.set()
        is_released.wait(60)
        written.append(passage)

    recorder = Recorder(write)
    recorder.offer("call", call())
    assert is_writing.wait(60)
    # The writer stands still: offers return at once all the same.
    for _ in range(100):
        recorder.offer("call", call())
    waiting = 20_000 // call().size
    is_released.set()
    recorder.close()
    assert len(written) == 1 + waiting
    assert recorder.left_out == 100 - waiting


def test_a_passage_larger_than_the_queue_is_left_out(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "QUEUE_MOST", 5_000)
    recorder = Recorder(lambda kind, passage: None)
    recorder.offer("call", call(body=b"x" * 6_000))
    recorder.close()
    assert recorder.left_out == 1


def test_a_full_disk_ends_the_recording_and_nothing_else() -> None:
    def write(kind: str, passage: Passage) -> None:
        raise OSError(28, "No space left on device")

    recorder = Recorder(write)
    for _ in range(5):
        recorder.offer("call", call())
    recorder.close()
    recorder.offer("call", call())
    assert isinstance(recorder.problem, OSError) and recorder.left_out == 6
