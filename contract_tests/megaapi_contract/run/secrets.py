"""Takes tokens out of a sentence just before it is printed."""

from __future__ import annotations

import json
import os
import re
from collections.abc import Iterable, Iterator
from urllib.parse import quote, quote_plus

TOKENS = ("token", "peer_token", "control_token")
ENVIRONMENT = ("MEGAAPI_TOKEN", "MEGAAPI_PEER_TOKEN", "MEGAAPI_CONTROL_TOKEN")
_OPTIONS = ("--token", "--peer-token", "--control-token", "--megaapi-token")
# Shorter ones are in every other word.
SHORTEST = 3


def remove_secrets(sentence: str, secrets: Iterable[str]) -> str:
    """The sentence without these secrets in any spelling: plain, URL-encoded, JSON, repr."""
    spellings = {
        spelling for secret in secrets if len(secret) >= SHORTEST for spelling in _spellings(secret)
    }
    for spelling in sorted(spellings, key=len, reverse=True):
        # A host's name is written in small letters.
        sentence = re.sub(re.escape(spelling), "<token>", sentence, flags=re.IGNORECASE)
    return sentence


def _spellings(secret: str) -> Iterator[str]:
    yield from (secret, secret.strip(), repr(secret)[1:-1], json.dumps(secret)[1:-1])
    yield from (quote(secret), quote(secret, safe=""), quote_plus(secret))


def tokens_of_command_line(words: Iterable[str]) -> list[str]:
    """The tokens of the environment and of a command line, usable or not."""
    tokens = [os.environ.get(name, "") for name in ENVIRONMENT]
    words = list(words)
    for word, next_word in zip(words, [*words[1:], ""], strict=False):
        option, equals, value = word.partition("=")
        if option in _OPTIONS:
            tokens.append(value if equals else next_word)
    return [secret for secret in tokens if secret]
