"""A mutant is a fault that is declared; one that says nothing of its own changes nothing."""

from __future__ import annotations

from megaapi_contract.mutation.mutant import Fault, Mutant

from ..support import KEY, TOKEN
from .calls import OTHER, OTHER_TOKEN, Mock


def test_a_fault_without_anything_of_its_own_passes_everything_on() -> None:
    mock, fault = Mock(), Fault()
    assert fault.answer(mock.call("send_text")) == mock.answers[0]
    assert mock.asked == [mock.request]
    assert fault.webhook(b"{}") == (b"{}",)
    assert fault.deliveries("http://a", b"{}") == [("http://a", b"{}")]
    fault.note_control_call(mock.request)


def test_webhooks_go_where_they_went_unless_a_fault_says_otherwise() -> None:
    class Twice(Fault):
        """Every webhook comes again."""

        def webhook(self, body: bytes) -> tuple[bytes, ...]:
            return body, body

    assert Twice().deliveries("http://a", b"1") == [("http://a", b"1")] * 2


def test_a_call_knows_the_token_of_every_instance() -> None:
    mock = Mock()
    assert mock.call("send_text").tokens == {KEY: TOKEN, OTHER: OTHER_TOKEN}
    assert mock.control == [("GET", "/_mock/instances?limit=5000", None)]


def test_nothing_private_of_a_call_is_shown() -> None:
    mutant = Mutant("m", "lost", "It is lost.", Fault)
    assert "make" not in repr(mutant) and "ask" not in repr(Mock().call("send_text"))
