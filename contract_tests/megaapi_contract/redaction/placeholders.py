"""Numbered names in place of private values: the same value always gets the same one."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from hashlib import sha256

from ..judging.phone_spellings import spellings

JID = re.compile(r"([^\s@/]+)@(s\.whatsapp\.net|g\.us|lid|c\.us|newsletter|broadcast)")
_DEVICE = re.compile(r"(\d+):\d+")
_WRITTEN_NUMBER = re.compile(r"\+?[\d\s().\-/]{8,}")
_ID = re.compile(r"[0-9A-F]{12,}")
_BASE64 = re.compile(r"[A-Za-z0-9+/_\-\s]{40,}={0,2}\s*")
MAX_SPAN = 4096
# Every sign beyond ASCII is part of a word, but for dashes and dots between words.
WORD = r"[\w\u0080-\u2012\u2015-\u2025\u2027-\U0010ffff]+"
_WORDS = re.compile(WORD)

_BY_NAME = {
    "media key": "mediaKey fileSha256 fileEncSha256 directPath thumbnailDirectPath messageSecret "
    "thumbnailSha256 thumbnailEncSha256 jpegThumbnail streamingSidecar mediaKeyTimestamp waveform",
    "url": "url mediaUrl webhookUrl canonicalUrl matchedText thumbnailUrl sourceUrl",
    "id": "id stanzaId messageId msgId x-mock-exchange x-schemathesis-testcaseid",
    "token": "token newToken authorization",
    "key": "instance_key instanceKey instance",
    "code": "pairingCode code qrcode qr",
    "base64": "base64 data",
    "step": "step",
    "time": "messageTimestamp timestamp date creation subjectTime t",
}
KIND_OF = {name.lower(): kind for kind, names in _BY_NAME.items() for name in names.split()}


@dataclass(frozen=True)
class Private:
    """What the run was given and no report may show: written otherwise too.

    `media_url` and `webhook_url` are the addresses it told the host.
    `people` are made up by the suite itself, so that everybody may read their numbers.
    `tokens` are those of the instances a control API showed, as they were first, by key.
    """

    key: str = ""
    token: str = field(default="", repr=False)
    control_token: str = field(default="", repr=False)
    own: str = ""
    recipients: Sequence[str] = ()
    others: Sequence[str] = ()
    people: Sequence[str] = ()
    media_url: str = ""
    webhook_url: str = ""
    tokens: Mapping[str, str] = field(default_factory=dict, repr=False)

    def named_values(self) -> Iterator[tuple[str, str]]:
        """Each value with the placeholder it gets."""
        yield self.key, "<key>"
        yield self.token, "<token>"
        yield self.control_token, "<control token>"
        for number, other in enumerate(self.others, 1):
            yield other, f"<private {number}>"

    def numbers(self) -> Iterator[tuple[str, str]]:
        """Each number's digits with the placeholder they get."""
        yield digits(self.own), "<own number>"
        for number, recipient in enumerate(self.recipients, 1):
            yield digits(recipient), f"<recipient {number}>"


class Placeholders:
    """Gives each private value one placeholder in all files of a report. Not thread-safe."""

    def __init__(self, private: Private) -> None:
        self._placeholders: dict[tuple[str, str], str] = {}
        self._counts: Counter[str] = Counter()
        self._kinds: dict[str, str] = {}
        self.given_values = {value: name for value, name in private.named_values() if value}
        self._numbers = {value: name for value, name in private.numbers() if value}
        # What was replaced anywhere, as it would stand in a sentence, by its first word.
        self.spans: dict[str, dict[str, str]] = {}
        self._people = set(private.people) - set(self._numbers)
        self._secrets = {
            value.lower(): placeholder for value, placeholder in self.given_values.items()
        }
        for value, placeholder in self.given_values.items():
            self._remember(value, placeholder)

    def learn(self, kind: str, value: str) -> None:
        """Treat a token or a key that was not given, but seen, as private wherever it stands."""
        if value and not self.secret(value):
            placeholder = self._placeholder_of(kind, value)
            self.given_values[value] = self._secrets[value.lower()] = placeholder
            self._remember(value, placeholder)

    def is_person(self, value: str) -> bool:
        """Whether this is the number or JID of one of the suite's made-up people."""
        jid = JID.fullmatch(value)
        return digits(jid[1] if jid else value) in self._people

    def secret(self, text: str) -> str:
        """The placeholder of a token or key, even if it is a common word; else empty."""
        return self._secrets.get(text.lower(), "")

    def make(self, kind: str, value: str) -> str:
        """`<kind N>`; a value keeps the kind it was first met as."""
        if self.secret(value):
            return self.secret(value)
        value = _short(value)
        kind = self._kinds.setdefault(value, kind)
        return self._placeholder_of(kind, value)

    def numeral(self, value: int | float) -> str:
        """`<int N>` or `<float N>`: unlike a text of the same digits."""
        return self.secret(repr(value)) or self._placeholder_of(type(value).__name__, repr(value))

    def number(self, value: str) -> str:
        """The placeholder of a phone number, in any spelling."""
        number_digits = digits(value)
        if number_digits in self._people:
            return value
        placeholder = self._number_of(number_digits)
        return placeholder if value == number_digits else f"{placeholder[:-1]}, written otherwise>"

    def _number_of(self, number_digits: str) -> str:
        """The placeholder of a number in digits; a given one is known dialled otherwise too."""
        own = self._numbers.get(number_digits)
        others = (self._numbers.get(one) for one in spellings(number_digits)[1:])
        given = next(filter(None, others), "")
        if own is None and given:
            return f"{given[:-1]}, its other spelling>"
        return own or self._placeholder_of("number", number_digits)

    def text(self, value: str, name: str = "") -> str:
        """The placeholder of the value of a member."""
        if self.secret(value):
            return self.secret(value)
        jid = JID.fullmatch(value)
        if jid is not None:
            return self._remember(value, self._jid(*jid.groups()))
        if KIND_OF.get(name.lower()) == "time" and value.isdigit():
            return self._remember(value, self.make("time", value))
        if _WRITTEN_NUMBER.fullmatch(value) and len(digits(value)) >= 8:
            return self._remember(value, self.number(value))
        return self._remember(value, self.make(_kind(value, name), value))

    def _jid(self, user: str, server: str) -> str:
        device = _DEVICE.fullmatch(user)
        if server == "g.us":
            return f"{self._placeholder_of('group', user)}@{server}"
        if server == "lid":
            return f"{self._placeholder_of('lid', user)}@{server}"
        if device is not None:
            return f"{self.number(device[1])}:device@{server}"
        if user.isascii() and user.isdigit():
            return f"{self.number(user)}@{server}"
        return f"{self._placeholder_of('user', user)}@{server}"

    def _placeholder_of(self, kind: str, value: str) -> str:
        placeholder = self._placeholders.get((kind, value))
        if placeholder is None:
            self._counts[kind] += 1
            placeholder = self._placeholders[kind, value] = f"<{kind} {self._counts[kind]}>"
        return placeholder

    def _remember(self, value: str, placeholder: str) -> str:
        if len(value) <= MAX_SPAN:
            words = list(_WORDS.finditer(value))
            if words:
                span = lower(value[words[0].start() : words[-1].end()])
                self.spans.setdefault(lower(words[0][0]), {}).setdefault(span, placeholder)
        return placeholder


def _short(value: str) -> str:
    """The value, or a digest of one that would take much memory, as media do."""
    if len(value) <= MAX_SPAN:
        return value
    return f"sha256 {sha256(value.encode('utf-8', 'surrogatepass')).hexdigest()}"


def digits(text: str) -> str:
    """The digits alone, of any script, as 0 to 9."""
    return "".join(
        str(unicodedata.digit(char)) for char in text if char.isdigit() or char.isdecimal()
    )


def lower(text: str) -> str:
    """The text in lower case, with the same length, so that positions stay valid."""
    lower_case = text.lower()
    if len(lower_case) == len(text):
        return lower_case
    return "".join(char.lower() if len(char.lower()) == 1 else char for char in text)


def _kind(value: str, name: str) -> str:
    by_name = KIND_OF.get(name.lower())
    if value.startswith("data:") or (len(value) >= 40 and _BASE64.fullmatch(value)):
        return by_name if by_name == "media key" else "base64"
    if by_name is not None and by_name != "base64":
        return by_name
    if "://" in value:
        return "url"
    if _ID.fullmatch(value):
        return "id"
    return "digits" if value.isdigit() else "text"
