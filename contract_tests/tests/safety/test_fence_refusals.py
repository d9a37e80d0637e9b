"""What any gateway has to refuse may be asked: odd forms of the token, and unreadable bodies."""

from __future__ import annotations

import pytest
from megaapi_contract.errors import HeldBack
from megaapi_contract.host.http import Request, request
from megaapi_contract.judging.contract import Contract
from megaapi_contract.probes.laws.access import unreadable_bodies
from megaapi_contract.safety.fence import Fence, digits_of

from ..support import KEY, LISTED, TOKEN

TEXT = f"/rest/sendMessage/{KEY}/text"
JSON = ("Content-Type", "application/json")
OWN = ("Authorization", f"Bearer {TOKEN}")


def fence(contract: Contract) -> Fence:
    return Fence(
        contract, KEY, TOKEN, frozenset({"reads", "sends"}), digits_of([LISTED]),
        unreadable=unreadable_bodies(),
    )  # fmt: skip


def text(authorization: str) -> Request:
    body = {"messageData": {"to": LISTED, "text": "Bom dia"}}
    return request("POST", TEXT, body=body, headers=[("Authorization", authorization), JSON])


@pytest.mark.parametrize("form", [TOKEN, f"Basic {TOKEN}", f"Bearer {TOKEN.swapcase()}"])
def test_the_own_token_in_another_form_passes_and_has_to_be_refused(
    form: str, contract: Contract
) -> None:
    assert fence(contract).check(text(form)) is not None
    assert fence(contract).has_to_be_refused(text(form))


@pytest.mark.parametrize("form", ["Basic SOMEBODYELSE01", "SOMEBODYELSE01", f"Token {TOKEN}"])
def test_any_other_token_stays(form: str, contract: Contract) -> None:
    with pytest.raises(HeldBack):
        fence(contract).check(text(form))


def test_bodies_that_nobody_can_read_pass_as_they_are_and_no_others(contract: Contract) -> None:
    for body in unreadable_bodies():
        broken = request("POST", TEXT, raw=body, headers=[OWN, JSON])
        assert fence(contract).check(broken) is not None
        assert fence(contract).has_to_be_refused(broken)
        with pytest.raises(HeldBack):
            fence(contract).check(request("POST", TEXT, raw=body + b"\xff", headers=[OWN, JSON]))
    assert not fence(contract).has_to_be_refused(text(f"Bearer {TOKEN}"))
