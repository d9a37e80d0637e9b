"""What is near to a token or a number may be sent where it opens nothing and reaches nobody."""

from __future__ import annotations

from typing import Any

import pytest
from megaapi_contract.errors import HeldBack
from megaapi_contract.host.http import request
from megaapi_contract.judging.contract import Contract
from megaapi_contract.safety.fence import EFFECTS, Fence, near_tokens

from ..support import KEY, LISTED, TOKEN, UNLISTED

FOREIGN = "TESTTOKEN0002"


@pytest.fixture
def fence(contract: Contract) -> Fence:
    return Fence(
        contract=contract, key=KEY, token=TOKEN, effects=frozenset(EFFECTS),
        recipients=frozenset({LISTED}), foreign_tokens=frozenset({FOREIGN}),
    )  # fmt: skip


def looked_up(number: str, token: str = TOKEN) -> Any:
    headers = [("Authorization", f"Bearer {token}")]
    return request(
        "GET", f"/rest/instance/isOnWhatsApp/{KEY}", query={"jid": number}, headers=headers
    )


def sent(number: str) -> Any:
    headers = [("Authorization", f"Bearer {TOKEN}"), ("Content-Type", "application/json")]
    body = {"messageData": {"to": number, "text": "Oi"}}
    return request("POST", f"/rest/sendMessage/{KEY}/text", body=body, headers=headers)


@pytest.mark.parametrize("token", ["TESTTOKEN0001", "x", "yx", "0123456789abcdef"])
def test_near_tokens_differ_from_it_in_a_letter(token: str) -> None:
    near = near_tokens(token)
    assert token not in near and "" not in near and len(set(near)) == len(near)
    assert all(abs(len(one) - len(token)) <= 1 for one in near)


def test_tokens_that_open_nothing_may_be_sent_and_cost_nothing(fence: Fence) -> None:
    for token in (*near_tokens(TOKEN), FOREIGN):
        assert fence.check(looked_up(LISTED, token)) is not None
        assert fence.has_to_be_refused(looked_up(LISTED, token))
    for token in (f"{TOKEN}zz", FOREIGN.lower(), "TESTTOKEN0003"):
        with pytest.raises(HeldBack, match="the token is neither"):
            fence.check(looked_up(LISTED, token))


@pytest.mark.parametrize("number", [f"{LISTED}0000", f"{LISTED}0000@s.whatsapp.net"])
def test_a_number_that_nobody_can_have_may_be_asked_for_and_written_to(
    number: str, fence: Fence
) -> None:
    assert fence.check(looked_up(number)) is not None
    assert fence.check(sent(number)) is not None


@pytest.mark.parametrize(
    "number",
    [
        f"{LISTED}00",
        f"{LISTED}0",
        f"{UNLISTED}0000",
        f"1{LISTED}000",
        f"{LISTED}0001",
        f"{LISTED},{UNLISTED}",
        f"{LISTED}{UNLISTED}",
        f"{LISTED}0000{UNLISTED}",
        f"{LISTED} 0000",
        f"{LISTED}\uff10\uff10\uff10",
    ],
)
def test_a_number_that_somebody_may_have_is_held_back(number: str, fence: Fence) -> None:
    for call in (looked_up(number), sent(number)):
        with pytest.raises(HeldBack):
            fence.check(call)


def test_it_is_in_no_group(fence: Fence) -> None:
    headers = [("Authorization", f"Bearer {TOKEN}"), ("Content-Type", "application/json")]
    body = {"group_data": {"group_name": "Equipe", "participants": [f"{LISTED}0000"]}}
    with pytest.raises(HeldBack):
        fence.check(request("POST", f"/rest/group/{KEY}/create", body=body, headers=headers))


DIALLED, KNOWN = "5531990000005", "553190000005"


@pytest.mark.parametrize(("listed", "other"), [(DIALLED, KNOWN), (KNOWN, DIALLED)])
def test_a_listed_person_may_be_called_with_and_without_the_ninth_digit(
    listed: str, other: str, contract: Contract
) -> None:
    fence = Fence(
        contract=contract, key=KEY, token=TOKEN, effects=frozenset(EFFECTS),
        recipients=frozenset({listed}),
    )  # fmt: skip
    for number in (listed, other, f"{other}@s.whatsapp.net"):
        assert fence.check(looked_up(number)) is not None
        assert fence.check(sent(number)) is not None


# The last is the landline of eight digits like those of a listed mobile.
@pytest.mark.parametrize(
    "number",
    ["5531990000006", "553190000006", "5531999000005", "31990000005", "5521990000005",
     "5531190000005", "553120000001"],
)  # fmt: skip
def test_nobody_else_is_reached_by_a_digit_more_or_less(number: str, contract: Contract) -> None:
    fence = Fence(
        contract=contract, key=KEY, token=TOKEN, effects=frozenset(EFFECTS),
        recipients=frozenset({DIALLED, "5531920000001"}),
    )  # fmt: skip
    for message in (sent(number), sent(f"{number}@s.whatsapp.net"), looked_up(number)):
        with pytest.raises(HeldBack, match="not listed"):
            fence.check(message)
