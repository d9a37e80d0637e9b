"""The same private value always gets the same name, and two values never share one."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st
from megaapi_contract.redaction.placeholders import Placeholders, Private, digits, lower

KEY, TOKEN = "megacode-TESTKEY7Q4Z", "TESTKEY7Q4ZTOKEN"
OWN, RECIPIENT, PERSON = "5511900000901", "5511900000902", "5511900000404"
NAME = re.compile(r"<[a-z ]+(?: \d+)?(?:, written otherwise)?>")
numbers = st.integers(10**10, 10**14).map(str)


@pytest.fixture
def placeholders() -> Placeholders:
    private = Private(
        key=KEY, token=TOKEN, control_token="TESTKEYCONTROL9", own=OWN, recipients=(RECIPIENT,),
        others=("Somebody Private",), people=(PERSON, RECIPIENT),
    )  # fmt: skip
    return Placeholders(private)


@given(values=st.lists(st.text(min_size=1), unique=True, max_size=8))
def test_each_text_has_one_name_of_its_own(values: list[str]) -> None:
    placeholders = Placeholders(Private())
    first = [placeholders.text(value) for value in values]
    assert [placeholders.text(value) for value in values] == first
    numbered = [name for name in first if "written otherwise" not in name and "@" not in name]
    assert len(set(numbered)) == len(numbered)


@given(value=st.text(st.characters(categories=["L"]), min_size=3))
def test_no_text_is_left_in_its_name(value: str) -> None:
    name = Placeholders(Private()).text(value)
    assert NAME.fullmatch(name), name


@pytest.mark.parametrize(
    ("value", "name"),
    [
        (KEY, "<key>"),
        (KEY.upper(), "<key>"),
        (TOKEN, "<token>"),
        ("TESTKEYCONTROL9", "<control token>"),
        ("Somebody Private", "<private 1>"),
    ],
)
def test_what_the_run_was_given_is_named_after_what_it_is(
    value: str, name: str, placeholders: Placeholders
) -> None:
    assert placeholders.secret(value) == name
    assert placeholders.text(value) == placeholders.make("id", value) == name
    assert placeholders.secret(f"{value}x") == ""


@pytest.mark.parametrize(
    ("value", "member", "name"),
    [
        ("abcdefghij" * 5, "mediaKey", "<media key 1>"),
        ("abcdefghij" * 5, "text", "<base64 1>"),
        ("data:image/png;base64,AAAA", "base64", "<base64 1>"),
        ("short", "fileSha256", "<media key 1>"),
        ("short", "base64", "<text 1>"),
        ("https://files.example.test/a", "anything", "<url 1>"),
        ("anything", "url", "<url 1>"),
        ("3EB0ABCDEF0123456789", "anything", "<id 1>"),
        ("3EB0", "anything", "<text 1>"),
        ("1234567", "anything", "<digits 1>"),
        ("1767225600", "messageTimestamp", "<time 1>"),
        ("yesterday", "messageTimestamp", "<time 1>"),
        ("anything", "pairingCode", "<code 1>"),
        ("anything", "unheardOf", "<text 1>"),
    ],
)
def test_a_text_is_named_by_its_member_and_its_form(value: str, member: str, name: str) -> None:
    assert Placeholders(Private()).text(value, member) == name


def test_a_value_keeps_the_kind_it_was_first_met_as(placeholders: Placeholders) -> None:
    assert placeholders.text("Zorba", "pairingCode") == "<code 1>"
    assert placeholders.text("Zorba", "text") == "<code 1>"
    assert placeholders.text("Other", "text") == "<text 1>"


@pytest.mark.parametrize(
    ("jid", "expected"),
    [
        (f"{OWN}@s.whatsapp.net", "<own number>@s.whatsapp.net"),
        (f"{RECIPIENT}@c.us", "<recipient 1>@c.us"),
        (f"{PERSON}@s.whatsapp.net", f"{PERSON}@s.whatsapp.net"),
        ("5511900000907@s.whatsapp.net", "<number 1>@s.whatsapp.net"),
        ("5511900000907:12@s.whatsapp.net", "<number 1>:device@s.whatsapp.net"),
        ("120363000000000001@g.us", "<group 1>@g.us"),
        ("5511900000907-1600000000@g.us", "<group 1>@g.us"),
        ("98765432109876@lid", "<lid 1>@lid"),
        ("somebody@newsletter", "<user 1>@newsletter"),
    ],
)
def test_a_jid_keeps_its_server_and_says_whose_it_is(
    jid: str, expected: str, placeholders: Placeholders
) -> None:
    assert placeholders.text(jid, "remoteJid") == expected


@given(number=numbers)
def test_a_number_is_the_same_one_however_it_is_written(number: str) -> None:
    placeholders = Placeholders(Private())
    name = placeholders.number(number)
    assert name == "<number 1>"
    for spelling in (f"+{number}", f"{number[:2]} ({number[2:4]}) {number[4:]}", f" {number} "):
        assert placeholders.number(spelling) == "<number 1, written otherwise>"
        assert placeholders.text(spelling.strip()) == (
            "<number 1, written otherwise>" if spelling.strip() != number else "<number 1>"
        )


def test_people_the_suite_made_up_are_shown_unless_they_are_listed(
    placeholders: Placeholders,
) -> None:
    assert placeholders.is_person(PERSON) and placeholders.is_person(f"{PERSON}@s.whatsapp.net")
    assert placeholders.number(PERSON) == PERSON
    assert not placeholders.is_person(RECIPIENT) and not placeholders.is_person(OWN)
    assert placeholders.number(RECIPIENT) == "<recipient 1>"


def test_values_are_known_by_their_first_word_for_sentences(placeholders: Placeholders) -> None:
    placeholders.text('"Zorba o Grego"!')
    assert placeholders.spans["zorba"] == {"zorba o grego": "<text 1>"}
    placeholders.text("x" * 5000)
    assert "x" * 5000 not in placeholders.spans


@given(text=st.text())
def test_letters_are_lowered_where_they_stand(text: str) -> None:
    lowered = lower(text)
    assert len(lowered) == len(text)
    assert all(small in (char, char.lower()) for char, small in zip(text, lowered, strict=True))


def test_digits_of_every_script_are_the_same_digits() -> None:
    arabic, devanagari = "\u0660\u0661", "\u0968\u0969"
    assert digits(f"+55 (11) {arabic}-{devanagari} x") == "55110123"


def test_a_recipient_is_known_with_and_without_the_ninth_digit() -> None:
    placeholders = Placeholders(Private(own="5511900000901", recipients=("5531900000902",)))
    other = placeholders.text("553100000902@s.whatsapp.net")
    assert other == "<recipient 1, its other spelling>@s.whatsapp.net"
    assert placeholders.text("551100000901") == "<own number, its other spelling>"
    assert placeholders.text("5531900000902@s.whatsapp.net") == "<recipient 1>@s.whatsapp.net"


def test_two_recipients_dialled_alike_keep_names_of_their_own() -> None:
    numbers = ("5531900000902", "553100000902")
    placeholders = Placeholders(Private(recipients=numbers))
    assert [*map(placeholders.text, numbers)] == ["<recipient 1>", "<recipient 2>"]
