"""Which operation or webhook a person means: by its name, its title, its address in a log."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterator, Sequence
from urllib.parse import urlsplit

from ..errors import SetupError
from ..errors.names import did_you_mean, plain_name
from ..spec.description import Description
from ..spec.operations import Operation, WebhookEvent, find_operation

Definition = Operation | WebhookEvent
_ADDRESS = re.compile(r"^(?:(?P<method>[A-Za-z]+)\s+)?(?P<address>(?:[a-z]+://|/)\S+)$")
_IN_PATH = re.compile(r"\{[^}]*\}")
# Of names in a sentence.
_MOST = 12


def definition_called(name: str, contract: Description) -> Definition:
    """The one operation or webhook of that name; SetupError with the likely ones otherwise."""
    for search in _SEARCHES:
        keys = [*dict.fromkeys(map(_key, search(name, contract)))]
        if len(keys) == 1:
            return next(each for each in _every(contract) if _key(each) == keys[0])
        if keys:
            raise SetupError(f"{name!r} may be {_list_names(keys)}: name one of them")
    likely = [_key(each) for each in _with_words(name, contract)]
    guess = (
        f"did you mean {_list_names(likely)}? " if likely else did_you_mean(name, _names(contract))
    )
    raise SetupError(
        f"there is no operation or webhook {name!r}: {guess}"
        "`megaapi-mock events` lists the webhooks, /docs/ of a running mock the operations"
    )


def _every(contract: Description) -> tuple[Definition, ...]:
    return (*contract.index, *contract.events)


def _key(definition: Definition) -> str:
    return definition.id if isinstance(definition, Operation) else definition.name


def _names(contract: Description) -> list[str]:
    return list(map(_key, _every(contract)))


def _list_names(names: Sequence[str]) -> str:
    more = f" and {len(names) - _MOST} more" if len(names) > _MOST else ""
    return " or ".join(names[:_MOST]) + more


def _events_by_name(name: str, contract: Description) -> Iterator[Definition]:
    yield from (event for event in contract.events if event.name == name)


def _operations_by_name(name: str, contract: Description) -> Iterator[Definition]:
    operation = find_operation(contract.index, name)
    if operation is not None:
        yield operation


def _by_address(name: str, contract: Description) -> Iterator[Definition]:
    """A path or URL with a key in it, as it stands in a log or a program."""
    match = _ADDRESS.match(name.strip())
    if match is None:
        return
    path = urlsplit(match["address"]).path.rstrip("/")
    called: list[Operation] = []
    for operation in contract.index:
        pattern = "[^/]+".join(map(re.escape, _IN_PATH.split(operation.path)))
        method = match["method"]
        if re.fullmatch(pattern, path) and (not method or method.upper() == operation.method):
            called.append(operation)
    # `/rest/instance/list` is not a key called list.
    fewest = min((each.path.count("{") for each in called), default=0)
    yield from (each for each in called if each.path.count("{") == fewest)


def _by_spelling(name: str, contract: Description) -> Iterator[Definition]:
    """`TEXT PLAIN` and `webhook_text_plain`, the event's operationId."""
    for event in contract.events:
        if plain_name(name) in (plain_name(event.name), plain_name(f"webhook_{event.name}")):
            yield event


def _by_title(name: str, contract: Description) -> Iterator[Definition]:
    """In English or in the words of the vendor's menu."""
    folded_name = _fold(name)
    yield from (each for each in _every(contract) if folded_name in map(_fold, _titles(each)))


def _by_message_type(name: str, contract: Description) -> Iterator[Definition]:
    yield from (event for event in contract.events if event.message_type == name)


_SEARCHES: tuple[Callable[[str, Description], Iterator[Definition]], ...] = (
    _events_by_name,
    _operations_by_name,
    _by_address,
    _by_spelling,
    _by_title,
    _by_message_type,
)


def _with_words(name: str, contract: Description) -> Iterator[Definition]:
    """With all of the words in one of its titles, or their beginnings: texto, or text."""
    words = _fold(name).split()
    for each in _every(contract):
        if words and any(_has_words(words, title) for title in _titles(each)):
            yield each


def _has_words(words: Sequence[str], title: str) -> bool:
    others = _fold(title).split()
    return all(any(other.startswith(word) for other in others) for word in words)


def _titles(definition: Definition) -> Iterator[str]:
    for part in (definition.definition, *definition.definition.get("x-uses", ())):
        yield from (str(part[key]) for key in ("summary", "x-summary-pt") if key in part)


def _fold(text: str) -> str:
    """In small letters, without accents and signs."""
    letters = unicodedata.normalize("NFD", text.lower())
    bare = "".join(mark for mark in letters if not unicodedata.combining(mark))
    return " ".join(re.findall(r"\w+", bare))
