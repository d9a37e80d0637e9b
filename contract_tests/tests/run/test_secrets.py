"""No token is printed, whichever way it is spelt."""

from __future__ import annotations

import pytest
from megaapi_contract.run.secrets import SHORTEST, remove_secrets, tokens_of_command_line

SECRET = 'Ab "c%d/é\n'


@pytest.mark.parametrize(
    "spelling",
    [
        SECRET,
        SECRET.strip(),
        'ab "c%d/é',
        repr(SECRET)[1:-1],
        'Ab \\"c%d/\\u00e9\\n',
        "Ab%20%22c%25d/%C3%A9%0A",
        "Ab%20%22c%25d%2F%C3%A9%0A",
        "Ab+%22c%25d%2F%C3%A9%0A",
    ],
)
def test_a_secret_goes_in_every_spelling(spelling: str) -> None:
    cleaned = remove_secrets(f"before {spelling} after", [SECRET])
    assert cleaned.split() == ["before", "<token>", "after"]


def test_the_longest_of_several_goes_first() -> None:
    assert remove_secrets("TESTKEY00012 TESTKEY0001", ["TESTKEY0001", "TESTKEY00012"]) == (
        "<token> <token>"
    )


def test_what_is_too_short_is_in_every_other_word() -> None:
    short = "to"[: SHORTEST - 1]
    assert remove_secrets("a token", [short, ""]) == "a token"
    assert remove_secrets("a tok", ["tok"]) == "a <token>"


def test_tokens_are_found_in_words_and_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MEGAAPI_TOKEN", "ONE")
    monkeypatch.delenv("MEGAAPI_CONTROL_TOKEN", raising=False)
    words = ["run", "--token", "TWO", "--control-token=THREE", "--megaapi-token", "FOUR", "--token"]
    assert tokens_of_command_line(words) == ["ONE", "TWO", "THREE", "FOUR"]


def test_other_options_hold_no_token(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("MEGAAPI_TOKEN", raising=False)
    monkeypatch.setenv("MEGAAPI_CONTROL_TOKEN", "FIVE")
    assert tokens_of_command_line(["--tokens", "A", "--seed=B", "--token="]) == ["FIVE"]
