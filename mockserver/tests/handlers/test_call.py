"""What a handler is marked with, and the parts that its answers are made of."""

from __future__ import annotations

from megaapi_mock.domain.instance import Instance
from megaapi_mock.errors import RequestRejected
from megaapi_mock.handlers.call import Call, OperationMark, mark_of, operation, present, success
from megaapi_mock.profile import Profile

from .calls import call, host_call


def test_a_success_has_its_message_and_what_else_there_is() -> None:
    assert success("Sent", data={"a": 1}) == {
        "error": False, "message": "Sent", "data": {"a": 1},
    }  # fmt: skip


def test_a_part_without_a_value_is_left_out_and_an_empty_one_stays() -> None:
    assert present({"a": None, "b": "", "c": 0, "d": False}) == {"b": "", "c": 0, "d": False}


def test_a_handler_is_a_function_that_was_marked_and_stays_itself() -> None:
    def mend(body: object, profile: Profile) -> object:
        return body

    def reword(refusal: RequestRejected, profile: Profile) -> RequestRejected:
        return refusal

    def changes(instance: Instance) -> bool:
        return False

    def send(call: Call) -> dict[str, object]:
        return {}

    assert mark_of(send) is None
    assert operation(mend=mend, reword=reword, changes=changes)(send) is send
    assert mark_of(send) == OperationMark(mend, reword, changes)
    assert mark_of(operation()(lambda call: {})) == OperationMark()


def test_what_only_looks_marked_is_no_handler() -> None:
    class Odd:
        __operation__ = "yes"

    assert mark_of(Odd()) is None and mark_of(5) is None


def test_notes_stand_beside_the_answer_in_their_order(instance: Instance) -> None:
    for one in (call(instance), host_call(None)):
        one.note("first")
        one.note("second")
        assert one.notes == ["first", "second"]
