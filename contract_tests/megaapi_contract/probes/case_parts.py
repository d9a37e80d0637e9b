"""What a case of Schemathesis is made of, and the answer in the form that its checks take."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import requests
from schemathesis.core.parameters import ParameterLocation

from ..judging.results import Exchange


def is_negative_at(case: Any, location: ParameterLocation) -> bool:
    """Whether this part of a case breaks the contract on purpose."""
    return case.meta is not None and bool(case.meta.is_negative_at(location))


def breaks_nothing(case: Any) -> bool:
    """Whether a case that was to be a bad one is a good one: Schemathesis spoils few forms."""
    data = case.meta.phase.data if case.meta is not None else None
    return getattr(data, "description", "") == "Positive test case"


def response_of(request: requests.PreparedRequest, exchange: Exchange) -> requests.Response:
    """The answer as Schemathesis reads it."""
    response = requests.Response()
    response.status_code = exchange.status
    response._content = exchange.body
    response.headers.update(dict(exchange.headers))
    response.request = request
    response.url = str(request.url)
    return response


def value_at(document: Any, *steps: str) -> Any:
    """The value at these names; None when the answer has no such member."""
    for step in steps:
        document = document.get(step) if isinstance(document, dict) else None
    return document


def group_jids(answer: Any) -> Iterator[str]:
    """The JID of every group in an answer of list_groups, in any of its shapes."""
    if isinstance(answer, dict):
        for name, value in answer.items():
            if name.endswith("@g.us"):
                yield name
            elif name in ("id", "jid") and isinstance(value, str) and value.endswith("@g.us"):
                yield value
            else:
                yield from group_jids(value)
    elif isinstance(answer, list):
        for value in answer:
            yield from group_jids(value)
