"""What a case of Schemathesis is made of, and groups in an answer of any shape."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest
import requests
from megaapi_contract.probes.case_parts import (
    breaks_nothing,
    group_jids,
    is_negative_at,
    response_of,
)
from schemathesis.core.parameters import ParameterLocation

from ..made_up import exchange

ONE, TWO = "120363000000000001@g.us", "120363000000000002@g.us"


@pytest.mark.parametrize(
    ("answer", "jids"),
    [
        ({"data": {ONE: {"subject": "a"}, TWO: {"id": TWO}}}, [ONE, TWO]),
        ([{"id": ONE}, {"jid": TWO}], [ONE, TWO]),
        ({"groups": [{"id": ONE, "owner": "5511900000002@s.whatsapp.net"}]}, [ONE]),
        ({"id": "5511900000002@s.whatsapp.net"}, []),
        ({"id": {"jid": ONE}}, [ONE]),
        ({"id": 5}, []),
        ({"text": ONE}, []),
        (None, []),
    ],
)
def test_groups_are_found_in_any_shape(answer: Any, jids: list[str]) -> None:
    assert [*group_jids(answer)] == jids


def case(*negative: ParameterLocation, description: str = "") -> Any:
    data = SimpleNamespace(description=description)
    meta = SimpleNamespace(
        is_negative_at=lambda location: location in negative, phase=SimpleNamespace(data=data)
    )
    return SimpleNamespace(meta=meta)


def test_a_case_breaks_the_part_it_says() -> None:
    body = case(ParameterLocation.BODY)
    assert is_negative_at(body, ParameterLocation.BODY)
    assert not is_negative_at(body, ParameterLocation.QUERY)
    assert not is_negative_at(SimpleNamespace(meta=None), ParameterLocation.BODY)


def test_a_bad_case_may_be_a_good_one() -> None:
    assert breaks_nothing(case(description="Positive test case"))
    assert not breaks_nothing(case(description="Invalid type"))
    assert not breaks_nothing(SimpleNamespace(meta=None))
    assert not breaks_nothing(SimpleNamespace(meta=SimpleNamespace(phase=SimpleNamespace(data=0))))


def test_an_answer_has_the_form_that_checks_take() -> None:
    request = requests.Request("GET", "http://a.test/b").prepare()
    response = response_of(request, exchange(status=418, headers=(("X", "1"),), body=b'{"a":1}'))
    assert (response.status_code, response.json(), response.headers["x"]) == (418, {"a": 1}, "1")
    assert (response.request, response.url) == (request, "http://a.test/b")
