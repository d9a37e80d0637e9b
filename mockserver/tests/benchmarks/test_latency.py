"""From a send to its webhook: every send is timed, those whose webhook is lost as well."""

from __future__ import annotations

import json
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress

import latency
import pytest
from latency import Trial, complete


@pytest.mark.parametrize(
    ("message", "whole"),
    [
        (b"POST / HTTP/1.1\r\nContent-Length: 2\r\n\r\nok", True),
        (b"POST / HTTP/1.1\r\ncontent-length:2\r\nA: b\r\n\r\no", False),
        (b"GET / HTTP/1.1\r\nA: b\r\n\r\n", True),
        (b"GET / HTTP/1.1\r\nContent-Length: 2\r\n", False),
    ],
)
def test_message_is_complete_with_its_whole_body(message: bytes, whole: bool) -> None:
    assert complete(message) is whole


@contextmanager
def gateway(hook: list[str], lose: frozenset[int] = frozenset()) -> Iterator[int]:
    """Answers sends, and posts the text of each to the hook, but for those it loses."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        thread = threading.Thread(target=serve, args=(listener, hook, lose))
        thread.start()
        try:
            yield listener.getsockname()[1]
        finally:
            # Ends `accept` in the other thread.
            listener.shutdown(socket.SHUT_RDWR)
            thread.join()


def serve(listener: socket.socket, hook: list[str], lose: frozenset[int]) -> None:
    clients = []
    try:
        while True:
            client, _ = listener.accept()
            clients.append(threading.Thread(target=answer, args=(client, hook, lose)))
            clients[-1].start()
    except OSError:
        for client_thread in clients:
            client_thread.join()


def answer(client: socket.socket, hook: list[str], lose: frozenset[int]) -> None:
    # A trial that has all it waits for reads no answer that comes later.
    with client, suppress(ConnectionError):
        while request := client.recv(65536):
            client.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok")
            text = json.loads(request.partition(b"\r\n\r\n")[2])["messageData"]["text"]
            if int(text.split()[1]) not in lose:
                post(hook[0], text)


def post(url: str, text: str) -> None:
    port = int(url.split(":")[2].split("/")[0])
    body = json.dumps({"text": text}).encode()
    with socket.create_connection(("127.0.0.1", port)) as sock:
        head = f"POST /hook HTTP/1.1\r\nContent-Length: {len(body)}\r\n\r\n"
        sock.sendall(head.encode() + body)
        assert sock.recv(1024).startswith(b"HTTP/1.1 200")


class Taken(dict[int, float]):
    """What came, counted together with what never comes: nobody waits for that."""

    lost = 0

    def __len__(self) -> int:
        return super().__len__() + self.lost


def tried(monkeypatch: pytest.MonkeyPatch, lose: frozenset[int] = frozenset()) -> Trial:
    monkeypatch.setattr(latency, "PATIENCE", 60.0)
    hook: list[str] = []
    with gateway(hook, lose) as port:
        trial = Trial(port, count=40, interval=0.002, took=(taken := Taken()))
        taken.lost = len(lose)
        hook.append(trial.hook)
        trial.run()
        trial.close()
    return trial


def test_every_send_is_timed_from_when_it_was_due(monkeypatch: pytest.MonkeyPatch) -> None:
    began = time.perf_counter()
    trial = tried(monkeypatch)
    took = time.perf_counter() - began
    assert sorted(trial.took) == list(range(40))
    assert all(0 < seconds < took for seconds in trial.took.values())
    assert trial.due[39] - trial.due[0] == pytest.approx(39 * 0.002)


def test_a_webhook_that_is_lost_counts_as_late(monkeypatch: pytest.MonkeyPatch) -> None:
    trial = tried(monkeypatch, lose=frozenset({3, 20}))
    assert sorted({*range(40)} - {*trial.took}) == [3, 20]
    times = trial.times(first=0, ended=trial.due[39] + 1.0)
    assert len(times) == 40
    assert [times[3], times[20]] == pytest.approx([1_072.0, 1_038.0])


def test_a_trial_ends_where_webhooks_never_come(monkeypatch: pytest.MonkeyPatch) -> None:
    everything = frozenset(range(40))
    hook: list[str] = []
    monkeypatch.setattr(latency, "PATIENCE", 0.1)
    with gateway(hook, everything) as port:
        trial = Trial(port, count=40, interval=0.002)
        hook.append(trial.hook)
        trial.run()
        trial.close()
    assert trial.took == {}


def test_the_first_sends_are_left_out(monkeypatch: pytest.MonkeyPatch) -> None:
    assert len(tried(monkeypatch).times(first=30, ended=0.0)) == 10
