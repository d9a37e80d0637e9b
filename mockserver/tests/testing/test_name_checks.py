"""Names are those of the spec, and a misspelt one is refused before anything is waited for."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any, get_args

import pytest
from megaapi_mock import testing
from megaapi_mock.errors import ControlRefused, UnknownName
from megaapi_mock.testing import Instance, names

from .conftest import PATIENCE
from .names_of_spec import categories
from .names_of_spec import names as names_of_spec


@pytest.mark.parametrize(("name", "values"), names_of_spec().items(), ids=names_of_spec())
def test_a_type_has_the_names_of_the_spec(name: str, values: list[str]) -> None:
    written = "`make names` writes megaapi_mock/testing/names.py again"
    assert list(get_args(getattr(names, name))) == list(values), written
    assert getattr(testing, name) is getattr(names, name) and name in testing.__all__


def test_the_categories_are_those_of_the_spec() -> None:
    assert dict(names.CATEGORY_OF) == categories()


MISSPELT: list[tuple[Callable[[Any], object], str]] = [
    (lambda it: it.inbox.wait_for("text-plan"), "event: .*'text-plan'; did you mean text-plain"),
    (lambda it: it.inbox.wait_for("text_plain"), "did you mean text-plain"),
    (lambda it: it.inbox.wait_for("conversation"), "`megaapi-mock events` lists all"),
    (lambda it: it.inbox.wait_for(state="delivred"), "state: .*did you mean delivered"),
    (lambda it: it.sent.wait_for(kind="listmessage"), "kind: .*did you mean listMessage"),
    (lambda it: it.sent.wait_for(kind="text"), "did you mean extendedTextMessage"),
    (lambda it: it.calls.wait_for("sendText"), "operation: .*did you mean send_text"),
    (lambda it: it.emit("pol-vote"), "did you mean poll-vote"),
    (lambda it: it.customer().does("imagem"), "did you mean image"),
    (lambda it: it.phone().does("imagem"), "did you mean image"),
    (lambda it: it.customer().taps("x", event="list-respons"), "did you mean list-response"),
]


@pytest.mark.parametrize(("ask", "sentence"), MISSPELT)
def test_a_misspelt_name_is_refused_at_once(
    shop: Instance, ask: Callable[[Instance], object], sentence: str
) -> None:
    began = time.monotonic()
    with pytest.raises(UnknownName, match=sentence):
        ask(shop)
    # No wait, however short it was to be.
    assert time.monotonic() - began < PATIENCE


REFUSED: list[tuple[Callable[[Any], object], str]] = [
    (lambda it: it.fault("bad-gatway"), "did you mean bad-gateway"),
    (lambda it: it.fault("reply", operation="send_txt"), "send_text"),
    (lambda it: it.unlink("phon"), "phone, gateway or ban"),
    (lambda it: it.customer().types(shown="typing"), "composing, recording"),
    (lambda it: it.customer().calls(status="ring"), "offer, ringing"),
]


@pytest.mark.parametrize(("ask", "sentence"), REFUSED)
def test_the_mock_refuses_the_others(
    shop: Instance, ask: Callable[[Instance], object], sentence: str
) -> None:
    with pytest.raises(ControlRefused, match=sentence):
        ask(shop)
