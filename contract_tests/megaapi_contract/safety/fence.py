"""Lets only allowed operations about listed numbers through to a real host.

It reads the request as it goes over the wire and knows nothing of who made it, so that no
generator, link or probe can get past it.
"""

from __future__ import annotations

import json
import re
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qsl

from megaapi_mock.domain.jid import Jid
from megaapi_mock.spec.allowed_values import EFFECTS
from megaapi_mock.spec.operations import Operation

from ..errors import HeldBack
from ..host.http import Request
from ..judging.contract import Contract
from ..judging.phone_spellings import spellings

# Made up by the suite, so that a test of refusals never touches another owner's instance.
UNKNOWN_KEY = "megacode-TESTKEYUNKNOWN"
WRONG_TOKEN = "TESTKEYWRONG"
UNKNOWN_ROUTE = "/rest/contract/unknownRoute"

# No number has more digits (E.164).
MOST_DIGITS = 15
# Where the vendor's programs read whom a call is about.
PEOPLE = frozenset(
    {"to", "jid", "remotejid", "participant", "participants", "phonenumber", "number", "from"}
)
_ADDRESSES = frozenset({"url", "webhookurl", "mediaurl"})
_HEADERS = frozenset(
    {"accept", "accept-encoding", "authorization", "content-type", "host", "user-agent"}
)
_PLAIN_PATH = re.compile(r"[A-Za-z0-9_/.-]+")
# Everything but letters and digits, zero-width characters too.
_SEPARATORS = re.compile(r"[\W_]+")
_DIGITS = re.compile(r"\d{8,}")
_ADDRESS = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:/|^\s*//|\\\\|(?i:www\.|%3a|%2f)")
_RESERVED = re.compile(r"https?://([a-z0-9-]+\.)*[a-z0-9-]+\.(test|example|invalid)(/[\w./-]*)?")


@dataclass(slots=True)
class Fence:
    """`recipients` are the listed people, `own` the instance's own number (may only be read of).

    `operations` are the only ones the instance is asked for; all of the contract when empty.

    `harmless_texts` are whole texts the suite itself brings along or was given by the host:
    sample media, ids of messages, keys of media. `groups` are JIDs the run may
    write to, `readable` those it may only read of.
    """

    contract: Contract
    key: str
    token: str = field(repr=False)
    effects: frozenset[str]
    recipients: frozenset[str]
    own: str = ""
    addresses: set[str] = field(default_factory=set)
    harmless_texts: set[str] = field(default_factory=set)
    groups: set[str] = field(default_factory=set)
    readable: set[str] = field(default_factory=set)
    # Forms that the suite made of files of its own.
    files: set[bytes] = field(default_factory=set)
    operations: frozenset[str] = frozenset()
    # Tokens of the owner's other instances on this host, which open nothing here.
    foreign_tokens: frozenset[str] = frozenset()
    # Bodies of the suite that no gateway can read, to see how it refuses them.
    unreadable: frozenset[bytes] = frozenset()

    def check(self, request: Request) -> Operation | None:
        """The operation of a request; HeldBack says in a sentence why it may not be sent."""
        self._check_headers(request)
        if request.target == UNKNOWN_ROUTE and request.method == "GET" and not request.body:
            return None
        if not _PLAIN_PATH.fullmatch(request.path) or ".." in request.path:
            raise HeldBack("the path holds more than plain characters")
        route = self.contract.route(request.method, request.path, request.query)
        if route is None:
            raise HeldBack(f"{request.method} {request.path} is not an operation of the contract")
        operation, key = route
        if self.operations and operation.id not in self.operations:
            raise HeldBack(f"a second instance is not asked for {operation.id}")
        if operation.effect not in self.effects:
            raise HeldBack(
                f"{operation.id} {operation.effect}: not allowed (--allow {operation.effect})"
            )
        if operation.is_of_host and operation.effect != "reads":
            raise HeldBack("instances are made and deleted only on mocks")
        if (
            key != self.key
            and not operation.is_of_host
            and not (key == UNKNOWN_KEY and self._is_harmless_there(request, operation))
        ):
            raise HeldBack("the path names another instance")
        self._check_query(request, operation)
        self._check_body(request, operation)
        return operation

    def has_to_be_refused(self, request: Request) -> bool:
        """Whether no gateway may carry it out: nobody's token, or a body that nobody can read."""
        if request.header("Authorization") != f"Bearer {self.token}":
            return True
        return bool(request.body) and request.body in self.unreadable

    def _is_harmless_there(self, request: Request, operation: Operation) -> bool:
        """Whether nothing happens even on a host that takes any key: nobody has such a token."""
        is_nobodys = request.header("Authorization") == f"Bearer {WRONG_TOKEN}"
        return operation.effect == "reads" or is_nobodys

    # -- the parts of a request --------------------------------------------------------------

    def _check_headers(self, request: Request) -> None:
        for name, value in request.headers:
            if name.lower() not in _HEADERS:
                raise HeldBack(f"the header {name} is not one the suite sends")
            if name.lower() == "authorization" and value not in self._credentials():
                raise HeldBack("the token is neither the given one nor the suite's wrong one")
            if name.lower() == "host":
                raise HeldBack("only the address says which host is meant")
            if name.lower() != "authorization" and _DIGITS.search(_SEPARATORS.sub("", value)):
                raise HeldBack(f"the header {name} holds a number")

    def _credentials(self) -> tuple[str, ...]:
        """The given token, the suite's wrong one, and the given one in forms that open nothing."""
        token = self.token
        return (
            f"Bearer {token}", f"Bearer {WRONG_TOKEN}",
            token, f"Basic {token}", f"Bearer {token.swapcase()}",
            *(f"Bearer {near}" for near in near_tokens(token)),
            *(f"Bearer {foreign}" for foreign in self.foreign_tokens),
        )  # fmt: skip

    def _check_query(self, request: Request, operation: Operation) -> None:
        for name, value in parse_qsl(request.query, keep_blank_values=True):
            # Given twice, one host reads the first and another the last.
            if name.lower() == "instance_key" and value != self.key:
                raise HeldBack("the query names another instance")
            self._check_value(name, value, operation)
        if request.query and not parse_qsl(request.query, keep_blank_values=True):
            raise HeldBack("the query cannot be read")

    def _check_body(self, request: Request, operation: Operation) -> None:
        if not request.body:
            return
        if operation.takes_file and request.body in self.files:
            return
        if request.body in self.unreadable:
            return
        kind = (request.header("Content-Type") or "").partition(";")[0].strip().lower()
        if kind not in ("application/json", "text/plain"):
            raise HeldBack("the body is not declared as JSON")
        try:
            # Pairs, not dictionaries: a name given twice would hide its first value.
            document = json.loads(request.body.decode("utf-8"), object_pairs_hook=_Pairs)
        except (ValueError, RecursionError):
            raise HeldBack("the body is not JSON, so it cannot be checked") from None
        for name, value in _leaves("", document):
            self._check_value(name, value, operation)
        if operation.id == "change_token":
            self._check_same_token(document)

    def _check_value(self, name: str, value: Any, operation: Operation) -> None:
        text = _text(value)
        if name.lower() in PEOPLE:
            self._check_person(text, operation)
        elif name.lower() in _ADDRESSES and text not in ("", '""', "null"):
            if not (text in self.addresses or text in self.harmless_texts or leads_nowhere(text)):
                raise HeldBack("an address the run does not use")
        elif isinstance(value, str) and value in self.harmless_texts | self.addresses:
            return
        elif _ADDRESS.search(text) and not leads_nowhere(text):
            raise HeldBack("an address the run does not use")
        self._check_digits(name, text, operation)

    def _check_person(self, text: str, operation: Operation) -> None:
        if self._is_group(text, operation) or self._is_listed(text, operation):
            return
        raise HeldBack("it is about somebody who is not listed (--recipient)")

    def _check_digits(self, name: str, text: str, operation: Operation) -> None:
        if text in self.harmless_texts | self.addresses or self._is_group(text, operation):
            return
        for digits in _DIGITS.findall(_SEPARATORS.sub("", _ascii_digits(text))):
            if not self._is_listed(digits, operation):
                raise HeldBack("it holds a number that is not listed (--recipient)")

    def _check_same_token(self, document: Any) -> None:
        for name, value in _leaves("", document):
            # Names come as values without a name: they set nothing.
            if name and value != self.token:
                raise HeldBack(f"{name} would lock the owner out: only the same token may be set")

    def _is_group(self, text: str, operation: Operation) -> bool:
        return text in self.groups or (operation.effect == "reads" and text in self.readable)

    def _is_listed(self, text: str, operation: Operation) -> bool:
        user = Jid.parse(text).user
        if text not in (user, f"{user}@s.whatsapp.net"):
            return False
        # Both ways to dial a listed number are the listed person, and no other number is.
        ways = frozenset(spellings(user))
        if operation.effect == "reads" and self.own and self.own in ways:
            return True
        return bool(ways & self.recipients) or self._is_nobody(user, operation)

    def _is_nobody(self, user: str, operation: Operation) -> bool:
        """Whether it is a listed number with so many zeros behind it that nobody can have it.

        Nothing else: a gateway might read two numbers in what has a comma in it, or drop digits.
        """
        is_long = len(user) > MOST_DIGITS and operation.effect in ("reads", "sends")
        return is_long and any(
            user.startswith(number) and set(user[len(number) :]) == {"0"}
            for number in self.recipients
        )


def near_tokens(token: str) -> tuple[str, ...]:
    """Tokens that differ from this one in a letter, and open nothing."""
    other = "y" if token.endswith("x") else "x"
    near = (token[:-1], f"{token}{other}", f"{token[:-1]}{other}", f"{other}{token[1:]}")
    return tuple(one for one in dict.fromkeys(near) if one not in ("", token))


class _Pairs(list[tuple[str, Any]]):
    """A JSON object as pairs, so that a repeated name hides nothing."""


def _leaves(name: str, node: Any) -> Iterator[tuple[str, Any]]:
    """Every value with the name it stands under, and every name as a value of its own."""
    if isinstance(node, _Pairs):
        # Everything below a name of a person or an address is read as one.
        outer = name if name.lower() in PEOPLE | _ADDRESSES else ""
        for key, value in node:
            yield outer, key
            yield from _leaves(outer or key, value)
    elif isinstance(node, list):
        for value in node:
            yield from _leaves(name, value)
    else:
        yield name, node


def _text(value: Any) -> str:
    """A value as text for the checks; a whole number without its fraction.

    A gateway that drops everything but digits makes another number of `5511900000002.5`.
    """
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return value if isinstance(value, str) else json.dumps(value)


def leads_nowhere(text: str) -> bool:
    """Whether each address in it is below a name that never exists (RFC 6761)."""
    words = [word for word in text.split() if _ADDRESS.search(word)]
    return bool(words) and all(_RESERVED.fullmatch(word) for word in words)


def _ascii_digits(text: str) -> str:
    """The text with digits of any script as 0 to 9, as a gateway might read them."""
    return "".join(
        str(unicodedata.digit(char)) if char.isdigit() and not char.isascii() else char
        for char in text
    )


def digits_of(numbers: Iterable[str]) -> frozenset[str]:
    """Numbers as the fence compares them: digits alone."""
    return frozenset(Jid.parse(number.strip().lstrip("+")).user for number in numbers)


__all__ = [
    "EFFECTS",
    "PEOPLE",
    "UNKNOWN_KEY",
    "UNKNOWN_ROUTE",
    "WRONG_TOKEN",
    "Fence",
    "digits_of",
    "leads_nowhere",
    "near_tokens",
]
