"""Faults that let in what ought to be refused: the request is put right and sent again."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from megaapi_contract.host.http import Request
from megaapi_contract.host.stage import NO_WHATSAPP, WORLD
from megaapi_contract.mutation.answer_faults import has_status
from megaapi_contract.mutation.mutant import InterceptedCall
from megaapi_contract.mutation.request_faults import (
    OF_HOST,
    LetIn,
    Registered,
    at_instance,
    bearer,
    good_body,
    on_a_linked_instance,
    right_token,
    right_token_for_a_neighbours,
    right_token_for_none,
    with_token,
)
from megaapi_mock.spec.plans import ADMIN_TOKEN

from ..support import KEY, TOKEN
from .calls import OTHER, OTHER_TOKEN, Mock, answer

Mend = Callable[[InterceptedCall], Request | None]


def sent_again(mend: Mend, token: str = "WRONG", operation: str = "send_text") -> list[str]:
    """The tokens under which a refused request was asked."""
    mock = Mock(answer({}, 401), answer({}))
    fault = LetIn((operation,), has_status(401), mend)
    fault.answer(mock.call(operation, mock.made(token)))
    return mock.tokens()


def test_any_token_is_taken_for_the_right_one() -> None:
    assert sent_again(right_token) == ["WRONG", TOKEN]
    assert sent_again(right_token, "") == ["", TOKEN]
    assert sent_again(right_token, operation=min(OF_HOST)) == ["WRONG", ADMIN_TOKEN]


def test_only_who_brings_none_is_let_in() -> None:
    assert sent_again(right_token_for_none, "") == ["", TOKEN]
    assert sent_again(right_token_for_none) == ["WRONG"]


def test_only_a_neighbours_token_opens_it() -> None:
    assert sent_again(right_token_for_a_neighbours, OTHER_TOKEN) == [OTHER_TOKEN, TOKEN]
    assert sent_again(right_token_for_a_neighbours) == ["WRONG"]


def test_an_unknown_instance_has_no_right_token() -> None:
    mock = Mock()
    assert right_token(mock.call("send_text", key="nobody")) is None


def test_what_is_not_refused_or_of_another_operation_stays() -> None:
    for operation, status in (("send_text", 200), ("logout", 401)):
        mock = Mock(answer({}, status))
        fault = LetIn(("send_text",), has_status(401), right_token)
        assert fault.answer(mock.call(operation)).status == status
        assert len(mock.asked) == 1


def test_a_request_has_one_token() -> None:
    request = with_token(Mock.made(), "OTHER")
    assert [name for name, _ in request.headers] == ["Authorization"]
    assert (bearer(request), bearer(Mock.made(""))) == ("OTHER", "")


def test_a_body_is_taken_for_a_good_one() -> None:
    mended = good_body({"to": "x"})(Mock().call("send_text"))
    assert mended is not None and mended.body == b'{"to":"x"}'


def test_another_linked_instance_does_it() -> None:
    mock = Mock()
    moved = on_a_linked_instance(mock.call("send_text"))
    assert moved is not None and moved.target == "/rest/instance/megacode-TESTKEY0003/x"
    assert bearer(moved) == "TESTTOKEN0003"
    assert mock.control == [("POST", "/_mock/instances", {"connected": True})]
    other = at_instance(Mock.made(), KEY, {"key": OTHER, "token": OTHER_TOKEN})
    assert (other.target, bearer(other)) == (f"/rest/instance/{OTHER}/x", OTHER_TOKEN)


@pytest.mark.parametrize(
    ("operation", "status", "message", "lets_in"),
    [
        ("send_text", 403, "Number not registered on WhatsApp", True),
        ("send_text", 403, "Instance not logged in", False),
        ("send_text", 500, "Number not registered on WhatsApp", False),
        ("logout", 403, "Number not registered on WhatsApp", False),
    ],
)
def test_a_number_without_whatsapp_is_written_to(
    operation: str, status: int, message: str, lets_in: bool
) -> None:
    mock = Mock(answer({"message": message}, status), answer({"to": WORLD[0]}))
    request = mock.made(body={"to": NO_WHATSAPP})
    result = Registered(("send_text",)).answer(mock.call(operation, request))
    assert (result.status == 200) == lets_in
    if lets_in:
        assert WORLD[0].encode() in mock.asked[1].body
        assert result.body == f'{{"to":"{NO_WHATSAPP}"}}'.encode()
