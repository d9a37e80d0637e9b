"""What comes in wrongly: tokens of another form, sizes, addresses cut, refusals carried out."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import partial

import orjson
from megaapi_mock.domain.json_path import value_on_path

from ...host.http import Answer, Request
from ...safety.fence import UNKNOWN_ROUTE
from ..answer_faults import has_status, is_good, json_of, status, with_document
from ..mutant import Fault, InterceptedCall, Mutant
from ..payload_edits import edit_at, first_value_at
from ..request_faults import OPERATIONS, LetIn, Mend, right_token, with_token
from .access import CHECKED

# Whatever does more than reading; the order is the catalogue's.
DOING = tuple(name for name in CHECKED if OPERATIONS[name].effect != "reads")
# One of each controller, and one that people would notice at once.
PROBED = ("instance_status", "send_text", "webhook_settings", "block_events", "create_group")
_URL, _SHOWN = "messageData.webhookUrl", "webhookData.webhookUrl"


class CarriedOut(Fault):
    """A wrong token is refused, and what it asks for is done all the same."""

    def __init__(self, *operations: str) -> None:
        self._operations = operations

    def answer(self, call: InterceptedCall) -> Answer:
        answer = call.ask(call.request)
        if call.operation in self._operations and answer.status == 401:
            valid_request = right_token(call)
            if valid_request is not None:
                call.ask(valid_request)
        return answer


class Smaller(Fault):
    """Media above so many bytes is refused as too large."""

    def __init__(self, most: int) -> None:
        self._most = most

    def answer(self, call: InterceptedCall) -> Answer:
        answer = call.ask(call.request)
        if call.operation != "send_media_base64" or not is_good(answer):
            return answer
        base64_text = value_on_path(orjson.loads(call.request.body), "messageData.base64")
        if len(str(base64_text)) * 3 // 4 <= self._most:
            return answer
        error_body = {
            "name": "PAYLOAD_TOO_LARGE",
            "message": "Payload Too Large",
            "statusCode": 413,
        }
        return with_document(status(413)(answer), error_body)


class NoQuery(Fault):
    """A webhook's address loses its query; `is_hidden`, the settings show it still."""

    def __init__(self, *, is_hidden: bool) -> None:
        self._is_hidden = is_hidden
        self._whole: dict[str, str] = {}

    def answer(self, call: InterceptedCall) -> Answer:
        if call.operation == "configure_webhook":
            return self._settings_answer(call, call.ask(self._without_query(call)), "webhookUrl")
        answer = call.ask(call.request)
        return (
            self._settings_answer(call, answer, _SHOWN)
            if call.operation == "webhook_settings"
            else answer
        )

    def _without_query(self, call: InterceptedCall) -> Request:
        try:
            body = orjson.loads(call.request.body)
        except orjson.JSONDecodeError:
            return call.request
        url = first_value_at(body, _URL)
        if not isinstance(url, str) or "?" not in url:
            self._whole.pop(call.key, None)
            return call.request
        self._whole[call.key] = url
        body["messageData"]["webhookUrl"] = url.partition("?")[0]
        return replace(call.request, body=orjson.dumps(body))

    def _settings_answer(self, call: InterceptedCall, answer: Answer, path: str) -> Answer:
        url, document = self._whole.get(call.key), json_of(answer)
        if not self._is_hidden or url is None or first_value_at(document, path) is None:
            return answer
        return with_document(answer, edit_at(path, lambda _: url)(document))


class NoSlash(Fault):
    """A slash at the end of a path makes an unknown route of it."""

    def __init__(self, operation: str) -> None:
        self._operation = operation

    def answer(self, call: InterceptedCall) -> Answer:
        if call.operation != self._operation or not call.request.path.endswith("/"):
            return call.ask(call.request)
        return call.ask(replace(call.request, target=UNKNOWN_ROUTE))


def _of_scheme(*schemes: str) -> Mend:
    def mend(call: InterceptedCall) -> Request | None:
        scheme, _, token = (call.request.header("Authorization") or "").rpartition(" ")
        right = token and token == call.tokens.get(call.key)
        return with_token(call.request, token) if right and scheme in schemes else None

    return mend


def _of_any_case(call: InterceptedCall) -> Request | None:
    scheme, _, bearer_token = (call.request.header("Authorization") or "").partition(" ")
    token = call.tokens.get(call.key, "")
    same = scheme == "Bearer" and bearer_token.lower() == token.lower()
    return with_token(call.request, token) if same and token else None


def _lenient() -> Iterator[Mutant]:
    mends: tuple[tuple[str, str, Mend], ...] = (
        ("token without Bearer", "The token alone opens it.", _of_scheme("")),
        ("token as Basic", "The token opens it after Basic too.", _of_scheme("Basic")),
        ("token in any case", "Capitals and small letters of a token are one.", _of_any_case),
    )
    for name, sentence, mend in mends:
        groups = [(f"{operation}: {name}", (operation,)) for operation in PROBED]
        for title, operations in ((f"every operation: {name}", CHECKED), *groups):
            make = partial(LetIn, operations, has_status(401), mend)
            yield Mutant(title, "token not checked", sentence, make, operations)


# Name, operations, kind, sentence, fault.
FAULTS: tuple[tuple[str, tuple[str, ...], str, str, Callable[[], Fault]], ...] = (
    ("every operation: refused and done", DOING, "token not checked",
     "A wrong token is refused, and what it asks for is done.", partial(CarriedOut, *DOING)),
    ("send_media_base64: 4 MiB at most", ("send_media_base64",), "limit lowered",
     "Media above 4 MiB is refused.", partial(Smaller, 4 * 2**20)),
    ("send_media_base64: 15 MiB at most", ("send_media_base64",), "limit lowered",
     "Media above 15 MiB is refused.", partial(Smaller, 15 * 2**20)),
    ("configure_webhook: query lost", ("configure_webhook",), "wrong value",
     "The address of a webhook loses its query.", partial(NoQuery, is_hidden=False)),
    ("configure_webhook: query not used", ("configure_webhook",), "wrong value",
     "Webhooks are posted without the query of their address.", partial(NoQuery, is_hidden=True)),
    ("group_details: no slash", ("group_details",), "second look",
     "A slash before the question mark makes an unknown route.", partial(NoSlash, "group_details")),
)  # fmt: skip


def mutants() -> Iterator[Mutant]:
    """Every fault of what comes in."""
    yield from _lenient()
    for operation in DOING:
        yield Mutant(
            name=f"{operation}: refused and done",
            kind="token not checked",
            sentence="A wrong token is refused, and what it asks for is done.",
            make=partial(CarriedOut, operation),
            operations=(operation,),
        )
    for name, operations, kind, sentence, make in FAULTS:
        yield Mutant(name, kind, sentence, make, operations)
