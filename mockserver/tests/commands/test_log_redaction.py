"""What a log leaves out: keys, tokens, numbers, what people write, and where URLs lead."""

from __future__ import annotations

import re

import pytest
from megaapi_mock.commands.log_redaction import NUMBER, PRIVATE, Redaction, without_secrets

KEY, OTHER = "megacode-TESTKEY0001", "megacode-TESTKEY0002"
WORDS = ("rest", "sendMessage", "text")


@pytest.fixture
def redaction() -> Redaction:
    return Redaction(WORDS)


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("Authorization: Bearer TESTKEY0001, next", f"Authorization: Bearer {PRIVATE}, next"),
        ("X-Mock-Token: TESTTOKEN0001", f"X-Mock-Token: {PRIVATE}"),
        ("http://user:pass@a.example/x", f"http://{PRIVATE}@a.example/x"),
        ("/hook?token=abc&k=1 end", f"/hook?token={PRIVATE}&k={PRIVATE} end"),
        ("200  POST /rest/x", "200  POST /rest/x"),
        ("Bearer token-1, Bearer is-1", f"Bearer {PRIVATE}, Bearer {PRIVATE}"),
    ],
)
def test_a_terminal_shows_no_token_and_no_parameter(text: str, shown: str) -> None:
    assert without_secrets(text) == shown


@pytest.mark.parametrize(
    "text",
    [
        "must be 'Bearer <token>': there is none",
        "the bearer token is not the one of it: the word Bearer stands twice",
        "the word Bearer is missing",
    ],
)
def test_a_sentence_about_tokens_stays_whole(text: str) -> None:
    assert without_secrets(text) == text


def test_an_instance_has_one_other_name_in_a_run(redaction: Redaction) -> None:
    name = redaction.instance(KEY)
    assert name is not None and re.fullmatch(r"instance-[0-9a-f]{8}", name)
    assert redaction.instance(KEY) == name != redaction.instance(OTHER)
    assert Redaction(WORDS).instance(KEY) != name
    assert redaction.instance(None) is None


def test_the_id_of_a_record_has_the_other_name_too(redaction: Redaction) -> None:
    name = redaction.instance(KEY)
    assert redaction.record_id(f"x12.{KEY}", KEY) == f"x12.{name}"
    assert redaction.record_id(f"x12.{KEY}", None) == f"x12.{name}"
    assert redaction.record_id("x12", KEY) == "x12"


@pytest.mark.parametrize(
    ("path", "shown"),
    [
        (f"/rest/sendMessage/{KEY}/text", "/rest/sendMessage/{own}/text"),
        (f"/rest/sendMessage/{OTHER}/text", f"/rest/sendMessage/{PRIVATE}/text"),
        ("/rest/secret//", f"/rest/{PRIVATE}//"),
        ("/rest?jid=5511900000002", f"/rest?{PRIVATE}"),
        ("", ""),
    ],
)
def test_a_path_keeps_the_words_of_the_contract(
    redaction: Redaction, path: str, shown: str
) -> None:
    assert redaction.path(path, KEY) == shown.replace("{own}", str(redaction.instance(KEY)))


@pytest.mark.parametrize(
    ("url", "shown"),
    [
        ("https://bot.example.test", "https://bot.example.test"),
        ("https://bot.example.test/", "https://bot.example.test"),
        ("https://bot.example.test:8443/hook/5511?x=1", f"https://bot.example.test:8443/{PRIVATE}"),
        ("http://user:pass@bot.example.test/a", f"http://bot.example.test/{PRIVATE}"),
        ("http://[::1]:9000/hook", f"http://[::1]:9000/{PRIVATE}"),
        ("http://a:99999/", PRIVATE),
        ("http://[::1/", PRIVATE),
    ],
)
def test_an_address_keeps_host_and_port(redaction: Redaction, url: str, shown: str) -> None:
    assert redaction.url(url) == shown


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("5511900000002 has no account", f"{NUMBER} has no account"),
        ("+5511900000002@s.whatsapp.net: no", f"{NUMBER} no"),
        ("120363000000000001@g.us is a group", f"{NUMBER} is a group"),
        ("55 11 90000-0002@g.us is not a group: a number", f"{PRIVATE} is not a group: a number"),
        ("group: da Ana@g.us is not a group", f"group: {PRIVATE} is not a group"),
        ("nobody answers: status@broadcast", "nobody answers: status@broadcast"),
        ("text 'oi, Ana' is odd", f"text '{PRIVATE}' is odd"),
        ('option "it\\"s" is odd', f"option '{PRIVATE}' is odd"),
        ("“oi” is odd", f"'{PRIVATE}' is odd"),
        ("nobody at http://a.example/b?c=1, so", f"nobody at http://a.example/{PRIVATE}, so"),
        ("status 1234567", "status 1234567"),
        (f"{KEY} is not linked", "{own} is not linked"),
        (f"GET /rest/{KEY} is odd", "GET /rest/{own} is odd"),
    ],
)
def test_a_sentence_says_nothing_of_people(redaction: Redaction, text: str, shown: str) -> None:
    own = str(redaction.instance(KEY))
    assert redaction.sentence(text, KEY, f"/rest/{KEY}") == shown.replace("{own}", own)


def test_method_that_is_none_is_a_text_of_the_callers(redaction: Redaction) -> None:
    assert redaction.method("GET") == "GET"
    assert redaction.method("TESTTOKEN0001") == PRIVATE


def test_no_sentence_stays_none(redaction: Redaction) -> None:
    assert redaction.sentence(None, KEY) is None
