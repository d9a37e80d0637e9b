"""What a run has sent and made is kept for the next law, and forgotten once it is gone."""

from __future__ import annotations

from megaapi_contract.judging.results import Exchange
from megaapi_contract.safety.run_record import RunRecord

BODY = {"messageData": {"to": "5511900000002", "text": "Bom dia"}}
JID = "120363000000000001@g.us"


def answer(body: bytes = b'{"messageData": {"key": {"id": "3EB0AA"}}}') -> Exchange:
    return Exchange(1, "send_text", "POST", "http://mock/", (), b"", 200, (), body, 0.0, 0.0)


def test_another_probe_gets_the_answer_of_the_same_message() -> None:
    record, first = RunRecord(), answer()
    record.note_send("send_text", BODY, first)
    assert record.answer_to("send_text", BODY, "a probe") is first
    assert record.answer_to("send_text", {**BODY, "more": 1}, "a probe") is None
    assert record.answer_to("send_location", BODY, "a probe") is None


def test_a_probe_that_sends_the_same_again_gets_no_old_answer() -> None:
    record = RunRecord()
    assert record.answer_to("send_text", BODY, "a probe") is None
    record.note_send("send_text", BODY, answer())
    assert record.answer_to("send_text", BODY, "a probe") is None
    assert record.answer_to("send_text", BODY, "another") is not None
    assert record.answer_to("send_text", BODY, "another") is None


def test_a_deleted_message_is_shown_to_nobody() -> None:
    record = RunRecord()
    record.note_send("send_text", BODY, answer())
    record.forget_send("3EB0BB")
    assert record.answer_to("send_text", BODY, "a probe") is not None
    record.forget_send("3EB0AA")
    assert record.answer_to("send_text", BODY, "another") is None


def test_a_group_is_found_by_name_and_people_until_it_is_left() -> None:
    record, made = RunRecord(), answer()
    record.note_group("Equipe", ("2", "1"), JID, made)
    assert record.group_like("Equipe", ("1", "2")) == (JID, made)
    assert record.group_like("Equipe", ("1",)) is None
    record.forget_group("120363000000000002@g.us")
    assert record.group_like("Equipe", ("1", "2")) is not None
    record.forget_group(JID)
    assert record.group_like("Equipe", ("1", "2")) is None
