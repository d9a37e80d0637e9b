"""The addresses that a run itself serves pass its fence."""

from __future__ import annotations

import pytest
from megaapi_contract.errors import HeldBack
from megaapi_contract.host.http import request

from .safety.test_fence import fence
from .support import KEY, LISTED


def test_an_address_of_the_run_itself_may_hold_digits() -> None:
    own = "http://127.0.0.1:43673/webhooks/8f2e11559000/picture.png"
    sent = {"messageData": {"to": LISTED, "type": "image", "url": own}}
    asked = request("POST", f"/rest/sendMessage/{KEY}/mediaUrl", body=sent,
                    headers=[("Content-Type", "application/json")])  # fmt: skip
    held = fence("sends")
    with pytest.raises(HeldBack, match="an address the run does not use"):
        held.check(asked)
    held.addresses.add(own)
    operation = held.check(asked)
    assert operation is not None and operation.id == "send_media_url"
