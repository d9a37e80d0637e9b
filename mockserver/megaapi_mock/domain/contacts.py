"""Who is on WhatsApp, under which address: one directory that every answer agrees with."""

from __future__ import annotations

from collections.abc import Container, Iterable, Mapping
from dataclasses import dataclass

from ..errors import Invalid
from ..errors.names import quoted
from .jid import ADDRESS_MOST, GROUP, LID, PERSON, Jid, is_number
from .message_states import REACHABLE, UNREGISTERED
from .ninth_digit import NinthDigit
from .phone_number import (
    as_written,
    is_group_id,
    is_none_of_brazil,
    is_old_group,
    lacks_country,
    national,
    number_behind_prefix,
    too_long,
    written_otherwise,
)

# Number to hidden number and back, for people nobody listed: a multiplication that can be undone.
_HIDDEN, _FACTOR = 10**15, 362_436_069_362_437
_UNHIDING = pow(_FACTOR, -1, _HIDDEN)


@dataclass(frozen=True, slots=True)
class Contact:
    """A person: the registered JID, the hidden-number address, the name the person chose.

    `jid` is the hidden number itself where no number is known. `saved_name` is the one in the
    phone's own address book, which no webhook carries. `state` is how the world begins.
    `addressing` is phone or lid, None where the switch decides; a `number_hidden` no chat shows.
    """

    jid: Jid
    lid: Jid
    name: str
    group_add: str = "200"
    saved_name: str | None = None
    business: bool = False
    verified_name: str | None = None
    state: str = REACHABLE
    addressing: str | None = None
    number_hidden: bool = False

    @property
    def number(self) -> str | None:
        """The registered number; None when only the hidden one is known."""
        return None if self.jid.lid else self.jid.user

    @property
    def hides_number(self) -> bool:
        """Whether nobody sees the number: it is hidden, or there is none."""
        return self.number_hidden or self.number is None


def lid_of(number: str) -> Jid:
    """The hidden number of somebody nobody listed: 16 digits, another one for every number."""
    return Jid(f"2{int(number) * _FACTOR % _HIDDEN:015d}", LID)


def number_behind(lid: Jid) -> str | None:
    """The number that `lid_of` hides there; None for every other address."""
    digits = lid.user
    if not (lid.lid and len(digits) == 16 and digits[0] == "2" and digits.isdecimal()):
        return None
    number = str(int(digits[1:]) * _UNHIDING % _HIDDEN)
    return number if is_number(number) and lid_of(number) == lid else None


class _Anybody:
    def __contains__(self, _jid: object) -> bool:
        return True


class Directory:
    """Read-only. A listed number resolves to its contact; an unlisted one by the world's rule.

    `listed` are dialled numbers with who answers; one person may have several. `people` are
    those no number leads to. `moved` are numbers that were left for another. Who asks may name
    the JIDs of `instances`: whoever links one has WhatsApp, listed or not. Nobody has the digits
    of a listed hidden number, a number without its country code, unless `short_on_whatsapp`, or one
    too long for its country, unless `any_length`.
    """

    def __init__(
        self,
        directory: Iterable[tuple[str, Contact]] = (),
        *,
        people: Iterable[Contact] = (),
        without_whatsapp: Iterable[str] = (),
        moved: Mapping[str, Contact] | None = None,
        unlisted_on_whatsapp: bool = True,
        ninth: NinthDigit | None = None,
        short_on_whatsapp: bool = False,
    ) -> None:
        self._by_number: dict[str, Contact] = {}
        self._by_lid: dict[Jid, Contact] = {contact.lid: contact for contact in people}
        for number, contact in directory:
            self._by_number[number] = contact
            self._by_number.setdefault(contact.jid.user, contact)
            self._by_lid[contact.lid] = contact
        self._unreachable = [who for who in self._by_lid.values() if who.state != REACHABLE]
        # Whether there is anybody whose number nobody sees, or who is met by LID whatever the
        # switch says: every webhook asks.
        self.hides_numbers, self.meets_by_lid = self.odd_addresses()
        self._moved = dict(moved or {})
        self._without = frozenset((*without_whatsapp, *self._moved))
        self._unlisted = unlisted_on_whatsapp
        self._short = short_on_whatsapp
        self._ninth = ninth or NinthDigit()
        # Whether numbers longer than those of their country may be somebody's: a switch, no part of
        # the world.
        self.any_length = False

    def find(self, number: str, instances: Container[Jid] = ()) -> Contact | None:
        """The person behind a dialled number; None when it has no WhatsApp."""
        contact = self._by_number.get(number) or self._find_listed(number)
        if contact is not None or self._has_no_account(number):
            return contact
        stranger = self._stranger(number)
        may_be_stranger = self._unlisted and not self._is_long(number)
        return stranger if may_be_stranger or stranger.jid in instances else None

    def owner(self, number: str) -> Contact | None:
        """Whose phone an instance with this number is; None where the world says it has none."""
        contact = self._by_number.get(number) or self._find_listed(number)
        if contact is None:
            return None if self._has_no_account(number) else self._stranger(number)
        return None if contact.state == UNREGISTERED else contact

    def require_owner(self, number: str) -> Contact:
        """Whose phone an instance with this number is; Invalid where it can be nobody's."""
        if not is_number(number):
            raise Invalid(f"number: {quoted(number)} must be 8 to 15 digits, country code first")
        owner = self.owner(number)
        if owner is None:
            raise Invalid(f"number: {self.no_account(Jid(number, PERSON))}")
        return owner

    def person(self, jid: Jid, instances: Container[Jid] = ()) -> Contact | None:
        """The person behind a JID, hidden number included; None for groups and strangers."""
        if not jid.lid:
            return self.find(jid.user, instances) if jid.server == PERSON else None
        listed_contact = self._by_lid.get(jid)
        if listed_contact is not None:
            return listed_contact
        number = number_behind(jid)
        contact = None if number is None else self.find(number, instances)
        return contact if contact is not None and contact.lid == jid else None

    def canonical_jid(self, jid: Jid) -> Jid:
        """The one JID of whoever has this address, or would have it."""
        contact = self.person(jid, _Anybody())
        return jid if contact is None else contact.jid

    def no_account(self, jid: Jid) -> str:
        """In words: this JID has none, and what was probably meant."""
        if len(jid) > ADDRESS_MOST:
            return f"{jid[:40]!r}... has {len(jid):,} characters: no number or address is so long"
        if jid.user.endswith("@broadcast"):
            return (
                f"{jid.user} is nobody who can be written to: stories are seen, not answered; a bot"
                f" skips webhooks whose key.remoteJid is {jid.user}, as it skips key.fromMe"
            )
        if jid.user.endswith("@newsletter"):
            return (
                f"{jid.user} is a channel: only who owns it writes there, and this gateway has no"
                " operation for it; a bot skips webhooks whose key.remoteJid ends in @newsletter"
            )
        if jid.group and not jid.user.isdecimal():
            hint = written_otherwise(jid.user) or ": a number is digits alone"
            return f"{jid} is read as a group because of the hyphen{hint}"
        return f"{jid} has no WhatsApp account in this world{self._way_out(jid)}"

    def _way_out(self, jid: Jid) -> str:
        digits = jid.user
        if jid.lid:
            return ""
        contact = self._behind_digits(digits)
        if contact is not None:
            to = f"{digits}@{LID}" + ("" if contact.hides_number else f" or {contact.number}")
            return f": {digits} is the LID of {contact.name}, no phone number; answer to {to}"
        if (now := self.former_owner(digits)) is not None:
            return f": who had it is {now.jid} now"
        if not (digits.isascii() and digits.isdecimal()):
            return written_otherwise(digits) or (
                f": {quoted(digits.strip())} is not a phone number: "
                "digits alone, country code first"
            )
        if is_group_id(digits):
            return f": {digits} is the id of a group, which is written {digits}@{GROUP}"
        if self._is_short(digits):
            whole = national(digits)
            return f": {digits} has no country code" + (f", {whole}?" if whole else "")
        if (number := number_behind_prefix(digits)) is not None:
            return f": {digits} contains a dialling prefix (0 or 00), {number}?"
        if self._is_odd(digits):
            return (
                f": Brazil has no number like {digits}: 55, an area that exists, and 9 with "
                "eight digits more, or eight"
            )
        if self._is_long(digits):
            return (
                f": {digits} is longer than any phone number there; a LID is written {digits}@{LID}"
            )
        return ""

    def read(self, text: str) -> Jid:
        """An address, or a number as people in Brazil write it, with or without its 55.

        A hyphen alone makes no group of it, as it does for the gateway.
        """
        address = as_written(text, self._by_number)
        if "@" in address or is_old_group(address):
            return Jid.parse(address)
        return Jid(address, PERSON)

    def _behind_digits(self, digits: str) -> Contact | None:
        """Whose hidden number has these digits, so that they are nobody's phone number."""
        lid = Jid(digits, LID)
        return self._by_lid.get(lid) or (self.person(lid) if number_behind(lid) else None)

    def _is_short(self, number: str) -> bool:
        return not self._short and number not in self._by_number and lacks_country(number)

    def _is_odd(self, number: str) -> bool:
        is_listed = number in self._by_number or self._ninth.other(number) in self._by_number
        return not self._short and not is_listed and is_none_of_brazil(number)

    def _is_long(self, number: str) -> bool:
        return not self.any_length and is_number(number) and too_long(number)

    def former_owner(self, number: str) -> Contact | None:
        """Who had this number before they took another one."""
        return self._moved.get(number) or self._moved.get(self._ninth.other(number) or "")

    def odd_addresses(self) -> tuple[bool, bool]:
        """Whether anybody's number is hidden, and whether anybody is met by LID."""
        people = self._by_lid.values()
        hides_numbers = any(person.hides_number for person in people)
        return hides_numbers, hides_numbers or any(person.addressing == LID for person in people)

    def people(self) -> list[Contact]:
        """Everybody who is listed, those without a number too."""
        return list(self._by_lid.values())

    @property
    def numbers(self) -> Iterable[str]:
        """Every number that leads to somebody."""
        return self._by_number

    @property
    def everybody(self) -> set[Contact]:
        """Whoever a number or a LID leads to; `people` as long as nobody wrote them by hand."""
        return {*self._by_number.values(), *self._by_lid.values()}

    @property
    def unreachable(self) -> Iterable[Contact]:
        """Who is not reachable as the world begins."""
        return self._unreachable

    def _find_listed(self, number: str) -> Contact | None:
        """Who is listed under this number, or under the other way to dial it."""
        if number in self._without:
            return None
        other = self._ninth.other(number)
        return None if other is None else self._by_number.get(other)

    def _has_no_account(self, number: str) -> bool:
        """Whether no account can have this number: it is none, or the world says so."""
        if number in self._without or not is_number(number) or self._is_short(number):
            return True
        if self._is_odd(number):
            return True
        if Jid(number, LID) in self._by_lid:
            return True
        return self._ninth.other(number) in self._without

    def _stranger(self, number: str) -> Contact:
        registered_number = self._ninth.registered_form(number)
        return Contact(
            jid=Jid(registered_number, PERSON),
            lid=lid_of(registered_number),
            name=f"Contato {number[-4:]}",
        )
