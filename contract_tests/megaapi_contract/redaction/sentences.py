"""Replaces private words in sentences."""

from __future__ import annotations

import re
from functools import cached_property

from .placeholders import JID, WORD, Placeholders, digits, lower
from .vocabulary import Vocabulary

_TOKEN = re.compile(
    r"""
    (?P<placeholder><[a-z]+(?:[ ][a-z]+)*(?:[ ]\d+)?(?:,[ ]written[ ]otherwise)?>)
  | (?P<escaped>\S*(?:%[0-9A-Fa-f]{2}|&\#|\\u[0-9a-fA-F]{4}|\\x[0-9a-fA-F]{2})\S*)
  | (?P<quoted>"(?:[^"\\]|\\.)*(?:"|$)|`[^`]*(?:`|$)|(?<!\w)'(?:[^'\\]|\\.)*(?:'(?!\w)|$))
  | (?P<url>[A-Za-z][A-Za-z0-9+.-]*://[^\s"'<>]+)
  | (?P<address>[^\s"'<>()\[\]{},;:=/]+@[\w.-]+)
  | (?P<number>\+?\(?\d(?:[^\w\n]{0,3}\d){7,})
  | (?P<fraction>-?\d+[.,]\d{3,})
  | (?P<word>"""
    + WORD
    + ")",
    re.VERBOSE,
)
_ANY_WORD = re.compile(WORD)
_PLAIN_WORD = re.compile(r"[A-Za-z]+")
_STATUS = re.compile(r"[1-5]\d\d")
_NAME_PARTS = re.compile(r"[a-z]+|[A-Z][a-z]*|\d+|_+")
CUT_AT = 190
# What libraries put in quotes beside the values they complain of.
_SCHEMA_WORDS = frozenset(
    "string integer number array object boolean null anyOf oneOf allOf not enum const".split()
)


class Sentences:
    """Replaces every word that neither the contract nor this program's source has.

    A private sentence made of such words alone is known only when it stands in quotes, or stood
    somewhere in an exchange or a webhook of the run.
    """

    def __init__(self, vocabulary: Vocabulary, placeholders: Placeholders) -> None:
        self._vocabulary, self._placeholders = vocabulary, placeholders

    def clean(self, text: str) -> str:
        """The sentence without private words; quoted patterns of the contract stay."""
        pieces = self._rules.split(text) if self._rules is not None else [text]
        return "".join(
            piece if number % 2 else _TOKEN.sub(self._token, self._replace_known(piece))
            for number, piece in enumerate(pieces)
        )

    @cached_property
    def _rules(self) -> re.Pattern[str] | None:
        """A quoted pattern of the contract."""
        rules = sorted(self._vocabulary.rules, key=len, reverse=True)
        rule_patterns = "|".join(f'"{re.escape(rule)}"' for rule in rules)
        return re.compile(f"({rule_patterns})") if rules else None

    def is_public_word(self, word: str) -> bool:
        """Whether a word is public; a token is private even if it is a common word."""
        if self._placeholders.secret(word):
            return False
        if word.isascii() and word.isdigit():
            return len(word) <= 6
        if word in self._vocabulary.names or word in self._vocabulary.values:
            return True
        parts = _NAME_PARTS.findall(word)
        return (
            "".join(parts) == word
            and all(part.lower() in self._vocabulary.words for part in _PLAIN_WORD.findall(word))
            and (word.lower() in self._vocabulary.words or "_" in word)
        )

    def _token(self, match: re.Match[str]) -> str:
        text, kind = match[0], match.lastgroup
        if kind == "placeholder":
            return text
        if kind == "quoted":
            return self._redact_quotation(text)
        if kind == "number":
            return self._number(text)
        if kind == "address" and JID.fullmatch(text):
            return self._placeholders.text(text)
        if kind == "word" and self.is_public_word(text):
            return text
        return self._placeholders.make({"address": "address"}.get(str(kind), "text"), text)

    def _redact_quotation(self, text: str) -> str:
        quote, inner = text[0], text[1:].removesuffix(text[0])
        token = _TOKEN.fullmatch(inner)
        secret = self._placeholders.secret(inner)
        if secret:
            return f"{quote}{secret}{quote}"
        is_public = (
            not inner
            or inner in self._vocabulary.names
            or inner in self._vocabulary.values
            or inner in _SCHEMA_WORDS
            or (token is not None and token.lastgroup == "placeholder")
        )
        return f"{quote}{inner if is_public else self._placeholders.text(inner)}{quote}"

    def _number(self, text: str) -> str:
        groups = re.findall(r"\d+", text)
        if len(groups) > 2 and all(_STATUS.fullmatch(group) for group in groups):
            return text
        return self._placeholders.number(text) if digits(text) else text

    def _replace_known(self, text: str) -> str:
        """The text with every value replaced that was replaced in an exchange."""
        lower_case = lower(text)
        pieces: list[str] = []
        end = 0
        for word in _ANY_WORD.finditer(lower_case):
            if word.start() < end:
                continue
            replacement = self._longest_known_at(lower_case, word)
            if replacement is not None:
                pieces += [text[end : word.start()], replacement[1]]
                end = replacement[0]
        return "".join((*pieces, text[end:]))

    def _longest_known_at(self, lower_case: str, word: re.Match[str]) -> tuple[int, str] | None:
        """Where the longest value that begins with a word ends, and its placeholder."""
        longest: tuple[int, str] | None = None
        for span, placeholder in self._placeholders.spans.get(word[0], {}).items():
            end = word.start() + len(span)
            if len(lower_case) >= CUT_AT and end > len(lower_case) > word.end():
                # A sentence that was cut ends with the beginning of a value.
                if span.startswith(lower_case[word.start() :].rstrip()):
                    return len(lower_case), placeholder
            elif lower_case.startswith(span, word.start()) and not _ANY_WORD.match(lower_case, end):
                is_public_word = end == word.end() and self.is_public_word(word[0])
                if not is_public_word and (longest is None or end > longest[0]):
                    longest = end, placeholder
        return longest
