"""Phone numbers as people write them, and those that lack their country code."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable

from .jid import ADDRESS_MOST

BRAZIL = "55"
# Area, then a mobile (9 and eight digits), an old mobile or a landline (eight digits). In front of
# it a 0 may be dialled, and behind that the two digits of a carrier.
_NATIONAL = re.compile(r"(?:0(?:[1-9][0-9])??)?([1-9][0-9])(9[0-9]{8}|[2-9][0-9]{7})", re.ASCII)
# Area codes nobody has.
_NO_AREAS = frozenset({"20", "23", "25", "26", "29", "30", "36", "39", "40", "50", "52", "56", "57",
                       "58", "59", "60", "70", "72", "76", "78", "80", "90"})  # fmt: skip
# Every number of Brazil; a mobile without its 9 may be of any digits, as made-up ones are.
_BRAZILIAN = re.compile(r"55([1-9][0-9])9?[0-9]{8}")
# Those of companies, which are in no area.
_IN_NO_AREA = re.compile(r"55(?:0?800[0-9]{6,7}|[34]00[0-9]{5})")
# Country codes whose numbers have eight digits more: ten in all are whole there.
_EIGHT_MORE = ("45", "47", "53", "65")
_BETWEEN = re.compile(r"[\s().+/\u2010-\u2015\u2212-]")
# Marks that nobody sees, and that come along when a number is copied from a phone or a web page.
_UNSEEN = re.compile(r"[\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff]")
# Links and schemes with a number in them.
_LINK = re.compile(
    r"(?:https?://)?(?:(?:www\.)?wa\.me/|(?:api|web)\.whatsapp\.com/send/?\?phone=)|(?:tel|whatsapp):",
    re.IGNORECASE,
)
# Groups of old are the number of who made them, a dash and the second.
_OLD_GROUP = re.compile(r"[0-9]{8,}-[0-9]{10}")
# Those of today begin with these digits.
_NEW_GROUP = re.compile(r"12036[0-9]{13}")
# A number with the prefix that is dialled before a country code.
_DIALLED_ABROAD = re.compile(r"00([1-9][0-9]{7,14})")
# No number is longer with its country code. (E.164 allows 15 digits, which no country uses up.)
_MOST = {"1": 11, "7": 11, "55": 13, "39": 14, "43": 14, "49": 14, "62": 14, "358": 14}
_MOST_ELSEWHERE = 13
# Every number with its country code is longer; the few shorter ones are of tiny islands.
_LOCAL_MOST = 9


def national(digits: str) -> str | None:
    """The Brazilian number with its 55 that these digits are without; None for whole numbers.

    `11900000002` is 5511900000002. Whoever means a foreign number of the same form lists it.
    """
    match = _NATIONAL.fullmatch(digits)
    if match is None or match[1] in _NO_AREAS:
        return None
    if len(digits) == 10 and digits.startswith(_EIGHT_MORE):
        return None
    return f"{BRAZIL}{match[1]}{match[2]}"


def lacks_country(digits: str) -> bool:
    """Whether these digits are a number without its country code, or without its area too."""
    return national(digits) is not None or len(digits) <= _LOCAL_MOST


def is_none_of_brazil(digits: str) -> bool:
    """Whether these digits begin with 55 and Brazil has no number like them.

    What is longer is `too_long`.
    """
    if not digits.startswith(BRAZIL) or too_long(digits) or _IN_NO_AREA.fullmatch(digits):
        return False
    match = _BRAZILIAN.fullmatch(digits)
    return match is None or match[1] in _NO_AREAS


def too_long(digits: str) -> bool:
    """Whether no number of the country that these digits begin with is so long."""
    most = (_MOST[digits[:size]] for size in (1, 2, 3) if digits[:size] in _MOST)
    return len(digits) > next(most, _MOST_ELSEWHERE)


def is_old_group(text: str) -> bool:
    """Whether this is how groups of old are called: a number, a hyphen and a second."""
    return len(text) <= ADDRESS_MOST and _OLD_GROUP.fullmatch(text) is not None


def is_group_id(digits: str) -> bool:
    """Whether these digits are how groups are called now, without their `@g.us`."""
    return _NEW_GROUP.fullmatch(digits) is not None


def _without_prefixes(digits: str) -> str:
    """Without the 00 of calls abroad, and the 0 of calls to another area behind the 55."""
    match = _DIALLED_ABROAD.fullmatch(digits)
    digits = digits if match is None else match[1]
    has_zero = digits.startswith(f"{BRAZIL}0")
    return (national(digits.removeprefix(BRAZIL)) if has_zero else None) or digits


def number_behind_prefix(digits: str) -> str | None:
    """The number without what is only dialled; None where nothing is.

    `005511900000002` and `55011900000002` are 5511900000002.
    """
    number = _without_prefixes(digits)
    return None if number == digits else national(number) or number


def _bare(text: str) -> str:
    """A number without what stands between and around its digits."""
    text = _UNSEEN.sub("", text).strip()
    link = _LINK.match(text)
    return _BETWEEN.sub("", text if link is None else text[link.end() :])


def digits_of(text: str) -> str:
    """`+55 11 90000-0002` as digits; an address stays, and whatever is not a number."""
    if len(text) > ADDRESS_MOST:
        return text
    digits = _without_prefixes(_bare(text))
    plain = digits.isascii() and digits.isdigit() and not is_old_group(text)
    # A number and something behind a hyphen is not a number.
    odd = "-" in text and too_long(national(digits) or digits)
    return digits if plain and not odd else text


def as_written(text: str, numbers: Iterable[str] = ()) -> str:
    """A number as people in Brazil write it, with its country code: `(11) 90000-0002`.

    What begins with + or 00 is whole, and so is one of these `numbers`; an address stays.
    """
    digits = digits_of(text)
    if _is_whole(text) or digits in set(numbers):
        return digits
    return national(digits) or digits


def _is_whole(text: str) -> bool:
    """Whether it begins as numbers with their country code do, or is a link to WhatsApp."""
    start = _UNSEEN.sub("", text[:ADDRESS_MOST]).strip().lower().removeprefix("tel:")
    return start.startswith(("+", "00")) or _LINK.match(start) is not None


def probably_meant(text: str) -> str | None:
    """The digits that somebody who wrote this number in another way meant; None for no number.

    `+55 11 90000-0002`, `(11) 90000-0002`, `005511900000002` and `5511900000002@c.us` are
    5511900000002.
    """
    if len(text) > ADDRESS_MOST:
        return None
    # Those of other scripts are named, never read.
    digits = "".join(str(unicodedata.decimal(mark, mark)) for mark in _bare(text.partition("@")[0]))
    if not (digits.isascii() and digits.isdigit()) or is_old_group(text):
        return None
    digits = _without_prefixes(digits)
    number = national(digits) or digits
    odd = lacks_country(number) or is_none_of_brazil(number) or too_long(number)
    return None if odd or number == text else number


def written_otherwise(text: str) -> str:
    """What to do about a number that is not written as digits alone; empty for anything else."""
    number = probably_meant(text)
    return "" if number is None else f": a number is written as digits alone, {number}?"


def person_not_group(text: str) -> str:
    """What to do about a phone number that is addressed as a group; empty for a group's id."""
    plain = text.isascii() and text.isdecimal()
    odd = too_long(text) or lacks_country(text) or is_none_of_brazil(text)
    return "" if not plain or odd else f": @g.us is for groups, a person is {text}"
