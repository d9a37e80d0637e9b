"""Values for placeholders: the same one for the same placeholder, the mock's where it gave one."""

from __future__ import annotations

from megaapi_contract.capture.mock_values import MockValues


def test_a_placeholder_has_one_value_in_every_spelling() -> None:
    values = MockValues()
    number = values.value("number", 2)
    assert number.startswith("55119000") and number.isdigit()
    assert values.text("<number 2>@s.whatsapp.net") == f"{number}@s.whatsapp.net"
    assert values.text("<number 2>:device@s.whatsapp.net") == f"{number}:1@s.whatsapp.net"
    assert values.text("Bearer <token 3, not its own>") == "Bearer TESTTOKEN0003"
    assert values.node({"a": ["<int 4>", "<float 2>", "PENDING", 3, None]}) == {
        "a": [1_767_225_604, 2.5, "PENDING", 3, None]
    }


def test_what_the_mock_answered_first_is_the_value_afterwards() -> None:
    values = MockValues()
    before = values.text("<id 1>")
    values.learn({"key": {"id": "<id 1>"}}, {"key": {"id": "3EB0AA"}})
    values.learn({"key": {"id": "<id 1>"}}, {"key": {"id": "3EB0BB"}})
    assert before != "3EB0AA" == values.text("<id 1>") == values.given_value("<id 1>")
    values.learn(["<group 1>@g.us"], ["120363000000000001@g.us"])
    assert values.text("<group 1>@g.us") == "120363000000000001@g.us"


def test_keys_tokens_and_numbers_are_never_taken_from_answers() -> None:
    values = MockValues()
    before = values.text("<key 1> <token 1> <number 1>")
    values.learn(["<key 1>", "<token 1>", "<number 1>"], ["K", "T", "5511900000077"])
    assert values.text("<key 1> <token 1> <number 1>") == before
    assert values.given_value("<key 1>") == ""


def test_a_number_is_not_learned_from_a_text() -> None:
    values = MockValues()
    values.learn({"t": "<int 1>"}, {"t": "soon"})
    assert isinstance(values.node("<int 1>"), int)
    values.learn({"t": "<int 1>"}, {"t": 17})
    assert values.node("<int 1>") == 17


def test_items_of_a_list_are_taken_for_the_same_where_there_is_only_one() -> None:
    values = MockValues()
    values.learn([{"id": "<id 1>"}, {"id": "<id 2>"}], [{"id": "A"}, {"id": "B"}])
    assert values.given_value("<id 1>") == ""
    values.learn([{"id": "<id 1>"}], [{"id": "A"}])
    assert values.given_value("<id 1>") == "A"
