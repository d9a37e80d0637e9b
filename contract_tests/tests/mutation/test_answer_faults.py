"""Faults of single answers: which are altered, and how."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from megaapi_contract.host.http import Answer
from megaapi_contract.mutation.answer_faults import (
    Altered,
    Change,
    chain,
    content_type,
    document,
    has_status,
    has_text,
    is_good,
    json_of,
    no_header,
    raw,
    status,
    with_document,
)

from .calls import Mock, answer


@pytest.mark.parametrize(
    ("number", "expected"), [(199, False), (200, True), (299, True), (300, False)]
)
def test_good_is_a_2xx(number: int, expected: bool) -> None:
    assert is_good(answer({}, number)) == expected


def test_only_such_answers_of_such_operations_are_altered() -> None:
    fault = Altered(("send_text",), status(418))
    assert fault.answer(Mock().call("send_text")).status == 418
    assert fault.answer(Mock().call("logout")).status == 200
    assert fault.answer(Mock(answer({}, 500)).call("send_text")).status == 500
    refused = Altered(("send_text",), status(418), has_status(500, 503))
    assert refused.answer(Mock(answer({}, 503)).call("send_text")).status == 418
    assert refused.answer(Mock().call("send_text")).status == 200


def test_an_answer_is_known_by_what_it_says() -> None:
    assert has_text("oi")(answer({"text": "oi"})) and not has_text("oi")(answer({}))


@pytest.mark.parametrize(
    ("change", "body"),
    [
        (document(lambda body: {**body, "b": 2}), b'{"a":1,"b":2}'),
        (raw(lambda body: body[:3]), b'{"a'),
        (lambda before: with_document(before, [1]), b"[1]"),
        (chain(raw(bytes.upper), raw(lambda body: body + b"!")), b'{"A":1}!'),
    ],
)
def test_another_body_has_its_own_length(change: Change, body: bytes) -> None:
    changed = change(answer({"a": 1}))
    lengths = [value for name, value in changed.headers if name.lower() == "content-length"]
    assert (changed.body, lengths) == (body, [str(len(body))])
    assert ("X-Other", "1") in changed.headers


def test_what_is_no_json_stays() -> None:
    broken = Answer(200, (), b"{")
    assert document(lambda body: 5)(broken) == broken
    assert json_of(broken) is None and json_of(answer({"a": 1})) == {"a": 1}


def header_names(changed: Answer) -> list[str]:
    return [name for name, _ in changed.headers]


def test_a_header_is_replaced_or_taken_away() -> None:
    typed = content_type("text/html")(answer({}))
    assert [value for name, value in typed.headers if name == "Content-Type"] == ["text/html"]
    assert "X-Other" not in header_names(no_header("x-other")(answer({})))


def test_a_fault_that_changes_nothing_asks_as_it_was_asked() -> None:
    mock = Mock()
    make: Callable[[], Altered] = lambda: Altered((), status(418))  # noqa: E731
    assert make().answer(mock.call("send_text")).status == 200
    assert mock.asked == [mock.request]
