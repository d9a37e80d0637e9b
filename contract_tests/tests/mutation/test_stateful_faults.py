"""Faults of memory: what was done is not kept, or is another's, or is given for ever."""

from __future__ import annotations

import pytest
from megaapi_contract.host.http import Request
from megaapi_contract.mutation.stateful_faults import (
    After,
    Frozen,
    FrozenField,
    Leak,
    NotDone,
    OldTokenToo,
    Swallowed,
    Undone,
)

from ..support import KEY, TOKEN
from .calls import OTHER, OTHER_TOKEN, Mock, answer

NEW_KEY = "megacode-TESTKEY0003"


def test_it_is_done_to_another_instance_in_the_same_state() -> None:
    mock = Mock(answer({"key": NEW_KEY}))
    result = NotDone("logout").answer(mock.call("logout"))
    assert mock.control == [("POST", "/_mock/instances", {"connected": True})]
    assert mock.asked[0].path == f"/rest/instance/{NEW_KEY}/x"
    assert result.body == f'{{"key":"{KEY}"}}'.encode()
    assert ("Content-Length", str(len(result.body))) in result.headers


@pytest.mark.parametrize(("operation", "status"), [("restart", 200), ("logout", 401)])
def test_another_operation_or_a_wrong_token_is_left_alone(operation: str, status: int) -> None:
    mock = Mock(status=answer({}, status))
    NotDone("logout").answer(mock.call(operation))
    Swallowed("logout").answer(mock.call(operation))
    assert mock.control == [] and mock.asked == [mock.request] * 2 and mock.hits == 0


def test_nothing_is_done_and_it_is_said_to_be() -> None:
    mock = Mock()
    result = Swallowed("logout").answer(mock.call("logout"))
    assert result.body == b'{"error":false,"message":"Done"}'
    assert mock.asked == [] and mock.hits == 1


def test_what_was_done_is_undone_by_another_call() -> None:
    undo = Request("POST", "/undo")
    mock = Mock(answer({"id": 7}), answer({}, 500))
    fault = Undone("create_group", lambda call, document: undo if document["id"] == 7 else None)
    assert fault.answer(mock.call("create_group")).status == 200
    assert mock.asked == [mock.request, undo]
    fault.answer(mock.call("create_group"))
    fault.answer(mock.call("logout"))
    assert mock.asked.count(undo) == 1


def test_the_first_good_answer_is_given_for_ever() -> None:
    mock = Mock(answer({}, 500), answer({"n": 1}), answer({"n": 2}))
    fault = Frozen("send_text")
    bodies = [fault.answer(mock.call("send_text")).body for _ in range(3)]
    assert bodies == [b"{}", b'{"n":1}', b'{"n":1}']
    assert fault.answer(mock.call("send_text", key=OTHER)).body == b'{"n":2}'
    assert fault.answer(mock.call("logout")).body == b'{"n":2}'


def test_the_first_answer_may_be_everybodys() -> None:
    mock = Mock(answer({"n": 1}), answer({"n": 2}))
    fault = Frozen("send_text", everybody=True)
    bodies = [fault.answer(mock.call("send_text", key=key)).body for key in (KEY, OTHER)]
    assert bodies == [b'{"n":1}', b'{"n":1}']


def test_one_field_keeps_its_first_value() -> None:
    mock = Mock(answer({"n": None}), answer({"n": 1, "m": 1}), answer({"n": 2, "m": 2}))
    fault = FrozenField(("send_text",), "n")
    bodies = [fault.answer(mock.call("send_text")).body for _ in range(3)]
    assert bodies[1:] == [b'{"n":1,"m":1}', b'{"n":1,"m":2}']
    assert fault.answer(mock.call("logout")).body == b'{"n":2,"m":2}'


def test_a_token_that_was_changed_opens_the_door_for_ever() -> None:
    mock = Mock(answer({}), answer({}, 401), answer({}), answer({}, 401))
    fault = OldTokenToo()
    change = mock.made(body={"messageData": {"token": "TESTTOKEN0009"}})
    fault.answer(mock.call("change_token", change))
    assert fault.answer(mock.call("send_text")).status == 200
    assert mock.tokens() == [TOKEN, TOKEN, "TESTTOKEN0009"]
    assert fault.answer(mock.call("send_text", mock.made("WRONG"))).status == 401


def test_one_operation_shows_what_another_instance_has() -> None:
    mock = Mock()
    fault = Leak("list_groups", "create_group")
    fault.answer(mock.call("list_groups"))
    other = mock.made(OTHER_TOKEN, OTHER)
    fault.answer(mock.call("create_group", other, OTHER))
    fault.answer(mock.call("list_groups", other, OTHER))
    assert len(mock.asked) == 3
    fault.answer(mock.call("list_groups"))
    assert mock.asked[-1].path == f"/rest/instance/{OTHER}/x" and mock.tokens()[-1] == OTHER_TOKEN


def test_a_refusal_leaks_nothing() -> None:
    mock = Mock(answer({}), answer({}, 401))
    fault = Leak("list_groups", "create_group")
    fault.answer(mock.call("create_group", mock.made(OTHER_TOKEN, OTHER), OTHER))
    assert fault.answer(mock.call("list_groups")).status == 401
    assert len(mock.asked) == 2


@pytest.mark.parametrize(("state", "happens"), [("connected", True), ("disconnected", False)])
def test_an_operation_does_something_else_besides(state: str, happens: bool) -> None:
    mock = Mock(status=answer({"instance": {"status": state}}))
    After("send_text", "POST", "/_mock/instances/{key}/unlink").answer(mock.call("send_text"))
    assert mock.control == ([("POST", f"/_mock/instances/{KEY}/unlink", None)] if happens else [])
    assert mock.hits == happens
    After("send_text", "POST", "/").answer(mock.call("logout"))
    assert mock.hits == happens
