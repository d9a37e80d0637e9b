"""Faults that one instance, or two of one owner, show of a host that nobody can look into."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from ...host.http import Answer
from ...safety.fence import UNKNOWN_KEY
from ..answer_faults import status, with_document
from ..mutant import Fault, InterceptedCall, Mutant
from ..payload_edits import edit_at
from ..request_faults import bearer, with_token
from .planted_rules import rewritten, rule
from .second_call import Refusing

KIND = "on a given host"
Row = tuple[str, tuple[str, ...], tuple[str, ...], Callable[[], Fault]]

UNAUTHORIZED = {"name": "UNAUTHORIZED", "message": "Unauthorized", "statusCode": 401}
# What a token is tried on besides those that every program calls.
STORED = ("list_messages", "list_chats", "list_contacts")


# -- who gets in -----------------------------------------------------------------------------


def _token_first(call: InterceptedCall, memory: Any) -> Answer:
    """Whoever names an instance that nobody has is told of the token alone."""
    answer = call.ask(call.request)
    return with_document(status(401)(answer), UNAUTHORIZED) if call.key == UNKNOWN_KEY else answer


def _neighbours_get_in(call: InterceptedCall, memory: Any) -> Answer:
    """The token of any instance opens every instance."""
    tokens, token = call.tokens, bearer(call.request)
    if token in tokens.values() and call.key in tokens:
        return call.ask(with_token(call.request, tokens[call.key]))
    return call.ask(call.request)


def _has_all_wrapped(call: InterceptedCall) -> bool:
    """Whether a deletion for oneself has everything inside the wrapper."""
    return b'"to"' in call.request.body.partition(b'"messageData"')[2]


# -- groups ----------------------------------------------------------------------------------


def _one_of_many(which: slice) -> Callable[[Any], Any]:
    """A change of a group in which one person is left of those who were named."""
    return edit_at("group_data.participants", lambda people: people[which])


ROWS: tuple[Row, ...] = (
    ("a text to an unknown instance is answered 401", ("send_text",), (),
     rule(("send_text",), _token_first)),
    ("a neighbour's token opens what is stored", STORED, (), rule(STORED, _neighbours_get_in)),
    ("deleting for oneself takes one form alone", ("delete_message_from_me",), (),
     lambda: Refusing("delete_message_from_me", _has_all_wrapped)),
    ("of several people the first is put in", ("add_participants",), (),
     rewritten("add_participants", _one_of_many(slice(0, 1)))),
    ("of several people the last is taken out", ("remove_participants",), (),
     rewritten("remove_participants", _one_of_many(slice(-1, None)))),
)  # fmt: skip


def mutants() -> Iterator[Mutant]:
    """Every fault of the list."""
    for sentence, operations, events, make in ROWS:
        description = f"{sentence[0].upper()}{sentence[1:]}."
        yield Mutant(f"given host: {sentence}", KIND, description, make, operations, events)
