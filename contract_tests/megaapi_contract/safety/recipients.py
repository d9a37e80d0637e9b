"""Recipients without an account: found before the first send, or by the first one's refusal."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from megaapi_mock.domain.jid import Jid
from megaapi_mock.domain.phone_number import as_written, national

from ..errors import SetupError, Unusable
from ..judging.phone_spellings import spellings
from ..judging.results import Exchange, read_json

# What hosts answer about a number without an account, in whatever case.
_NOT_REGISTERED = "not registered"


@dataclass(slots=True)
class Recipients:
    """What is known about the numbers that a run may write to.

    `unconfirmed` are those nobody knows yet to have an account: until one is confirmed, the
    host's refusal of it blames the number, not the host.
    """

    host: str
    unconfirmed: set[str] = field(default_factory=set)
    # The numbers behind LIDs that a host has shown a listed person under.
    lids: dict[str, str] = field(default_factory=dict)
    # Whether somebody whom a new group is without lets this instance add them to groups.
    addable: dict[str, bool] = field(default_factory=dict)

    def observe_look_up(self, number: str, exchange: Exchange) -> bool:
        """Read an answer of isOnWhatsApp: whether it says that the number has no account.

        An answer that says neither confirms nothing and denies nothing.
        """
        document = exchange.json
        exists = document.get("exists") if isinstance(document, dict) else None
        if exchange.ok and exists is True:
            self.unconfirmed.discard(number)
            return False
        is_no = exchange.ok and (exists is False or not exchange.body)
        return is_no or (exchange.status in (200, 403) and _says_not_registered(exchange))

    def learn_lid(self, lid: str, number: str) -> None:
        """Take a LID for that of a listed person; one that has a LID keeps it."""
        if number not in self.lids.values():
            self.lids.setdefault(lid, number)

    def observe_send(self, exchange: Exchange) -> None:
        """Unusable when a send to an unconfirmed number is refused because it has no account."""
        if not self.unconfirmed:
            return
        people = {Jid.parse(text).user for text in _recipients_in(read_json(exchange.request_body))}
        numbers = {one for one in self.unconfirmed if people & {*spellings(one)}}
        if exchange.ok:
            self.unconfirmed -= numbers
        elif numbers and exchange.status == 403 and _says_not_registered(exchange):
            number = min(numbers)
            raise Unusable(
                f"{self.host} refuses the first message to {number}: this number is not on "
                f"WhatsApp. {_what_to_check(number)}. If it is right, the host is wrong to "
                "refuse it"
            )


def recipient_error(host: str, number: str, *, own_too: bool) -> SetupError:
    """The error that ends a run before its first send: the number is wrong, or the host is."""
    doubt = (
        "It says so of the instance's own number too, so its isOnWhatsApp is probably wrong"
        if own_too
        else "If the number is right, the isOnWhatsApp of this host is wrong"
    )
    return SetupError(
        f"{host} says that {number} is not on WhatsApp (isOnWhatsApp), so nothing was sent. "
        f"{_what_to_check(number)}. {doubt}"
    )


def read_number(text: str) -> str:
    """A number as people write it, as digits; digits alone stay as they are.

    `(11) 90000-0002` is 5511900000002. Bare digits without a country code may be a stranger's
    in another country: the host is asked about those.
    """
    return text if text.isdigit() else as_written(text)


def _what_to_check(number: str) -> str:
    whole = national(number)
    guess = f"did you mean {whole}? " if whole else ""
    return (
        f"Check --recipient: {guess}the country code comes first (55), a mobile of Brazil may "
        "have a 9 before its eight digits, and the digits of a LID are not a number"
    )


def _recipients_in(node: Any, name: str = "") -> Iterator[str]:
    """Every text below a field `to`."""
    if isinstance(node, dict):
        for key, value in node.items():
            yield from _recipients_in(value, "to" if name == "to" else key.lower())
    elif isinstance(node, list):
        for value in node:
            yield from _recipients_in(value, name)
    elif isinstance(node, str) and name == "to":
        yield node


def _says_not_registered(exchange: Exchange) -> bool:
    document = exchange.json
    message = document.get("message") if isinstance(document, dict) else None
    return isinstance(message, str) and _NOT_REGISTERED in message.lower()
