"""What a case of Schemathesis is made of, and the answer in the form that its checks take."""

from __future__ import annotations

from typing import Any

import requests
from schemathesis.core.parameters import ParameterLocation

from ..judging.results import Exchange


def is_negative_at(case: Any, location: ParameterLocation) -> bool:
    """Whether this part of a case breaks the contract on purpose."""
    return case.meta is not None and bool(case.meta.is_negative_at(location))


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
