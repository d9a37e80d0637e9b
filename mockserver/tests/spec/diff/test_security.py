"""Who is let in, and how a webhook proves who sends it: ways that are gone, and new ones."""

from __future__ import annotations

from typing import Any

import pytest
from megaapi_mock.spec.diff.security import Security

from .seeded import Json

KEY, TOKEN = (
    {"type": "apiKey", "in": "header", "name": "X-Key"},
    {"type": "http", "scheme": "bearer"},
)


def document(top: Any = None, **schemes: Json) -> Json:
    schemes = schemes or {"key": KEY, "token": TOKEN}
    result: Json = {"openapi": "3.1.0", "components": {"securitySchemes": schemes}}
    return result if top is None else {**result, "security": top}


def told(old: Any, new: Any, pair: tuple[Json, Json] | None = None) -> list[str]:
    security = Security(*(pair or (document(), document())))
    operations = ({} if each is None else {"security": each} for each in (old, new))
    return [
        f"{each.rule}: {each.message}" for each in security.requirements("POST /a", *operations)
    ]


@pytest.mark.parametrize(
    ("old", "new", "changes"),
    [
        ([{"key": []}], [{"key": []}], []),
        ([{"key": []}, {"token": []}], [{"token": []}, {"key": []}], []),
        ([], [{"key": []}], ["security-tightened: no key is not enough: now key"]),
        ([{"key": []}], [], ["security-loosened: no key is enough"]),
        ([{"key": []}], [{}], ["security-loosened: no key is enough"]),
        ([{"key": []}], [{"key": []}, {"token": []}], ["security-loosened: token is enough"]),
        ([{"key": []}], [{"token": []}],
         ["security-tightened: key is not enough: now token",
          "security-loosened: token is enough"]),
        ([{"key": []}], [{"key": [], "token": []}],
         ["security-tightened: key is not enough: now key + token"]),
        ([{"key": [], "token": []}], [{"key": []}], ["security-loosened: key is enough"]),
        ([{"grant": ["r"]}], [{"grant": ["r", "w"]}],
         ["security-tightened: grant (r) is not enough: now grant (r, w)"]),
    ],
)  # fmt: skip
def test_ways_to_be_let_in_are_compared(old: Any, new: Any, changes: list[str]) -> None:
    assert told(old, new) == changes


def test_an_operation_without_its_own_has_those_of_the_document() -> None:
    pair = (document([{"key": []}]), document([{"token": []}]))
    assert told([{"key": []}], None, pair) != []
    assert told(None, [{"key": []}], pair) == []
    assert told([], [], pair) == []


def test_a_scheme_with_another_name_is_the_same() -> None:
    pair = (document(key=KEY), document(apiKey={**KEY, "name": "x-key", "description": "d"}))
    assert told([{"key": []}], [{"apiKey": []}], pair) == []
    other = (document(key=KEY), document(apiKey={**KEY, "name": "X-Other"}))
    assert told([{"key": []}], [{"apiKey": []}], other) != []


@pytest.mark.parametrize(
    ("old", "new", "messages"),
    [
        (KEY, {**KEY, "name": "x-key"}, []),
        (TOKEN, {**TOKEN, "scheme": "Bearer", "bearerFormat": "JWT", "x-note": 1}, []),
        (TOKEN, {**TOKEN, "scheme": "basic"}, ['scheme "bearer" became "basic"']),
        (KEY, {**KEY, "in": "query"},
         ['in "header" became "query"', 'name "x-key" became "X-Key"']),
        (KEY, TOKEN, ['type "apiKey" became "http"', 'in "header" became none',
                      'name "x-key" became none', 'scheme none became "bearer"']),
    ],
)  # fmt: skip
def test_a_scheme_in_use_that_asks_for_something_else_is_told(
    old: Json, new: Json, messages: list[str]
) -> None:
    security = Security(document(k=old), document(k=new))
    assert list(security.schemes()) == []
    asked = {"security": [{"k": []}]}
    assert list(security.requirements("POST /a", asked, asked)) == []
    assert [each.message for each in security.schemes()] == messages


def test_a_scheme_that_is_asked_for_and_gone_is_told() -> None:
    security = Security(document(key=KEY), document(token=TOKEN))
    asked = {"security": [{"key": []}]}
    list(security.requirements("POST /a", asked, asked))
    (gone,) = security.schemes()
    assert (gone.subject, gone.message) == (
        "security scheme key", "is asked for, but not described any more",
    )  # fmt: skip


def test_flows_of_a_grant_are_compared_without_their_scopes() -> None:
    def grant(url: str, *scopes: str) -> Json:
        flow = {"tokenUrl": url, "scopes": dict.fromkeys(scopes, "")}
        return {"type": "oauth2", "flows": {"clientCredentials": flow}}

    asked = {"security": [{"g": []}]}
    for new, count in ((grant("https://t.example", "r"), 0), (grant("https://u.example"), 1)):
        security = Security(document(g=grant("https://t.example")), document(g=new))
        list(security.requirements("POST /a", asked, asked))
        assert len(list(security.schemes())) == count


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        (None, [{"token": []}], ["no key became token"]),
        ([{"key": []}], [{"token": []}], ["key became token"]),
        ([{"key": []}, {}], [{}, {"key": []}], []),
        (None, [], []),
    ],
)
def test_a_webhook_proves_itself_by_its_own_requirements_alone(
    old: Any, new: Any, message: list[str]
) -> None:
    security = Security(document([{"key": []}]), document())
    events = ({} if each is None else {"security": each} for each in (old, new))
    assert [each.message for each in security.proofs("webhook text", *events)] == message
