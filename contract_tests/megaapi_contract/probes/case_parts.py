"""What a case of Schemathesis is made of, and the answer in the form that its checks take."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import requests
from schemathesis.core.parameters import ParameterLocation

from ..judging.results import Exchange
from ..judging.values import jid_of


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
    # The class offers no public way to give a response its body.
    response._content = exchange.body  # noqa: SLF001
    response.headers.update(dict(exchange.headers))
    response.request = request
    response.url = str(request.url)
    return response


def group_jids(answer: Any) -> Iterator[str]:
    """The JID of every group in an answer of list_groups, in any of its shapes."""
    if isinstance(answer, dict):
        for name, value in answer.items():
            if jid_of(name).group:
                yield name
            elif name in ("id", "jid") and isinstance(value, str) and jid_of(value).group:
                yield value
            else:
                yield from group_jids(value)
    elif isinstance(answer, list):
        for value in answer:
            yield from group_jids(value)
