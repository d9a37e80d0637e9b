"""The addresses that a run itself serves pass its fence."""

from __future__ import annotations

import pytest
from megaapi_contract.errors import HeldBack
from megaapi_contract.host.http import request

from ..support import KEY, LISTED
from .test_fence import fence


def test_an_address_of_the_run_itself_may_hold_digits() -> None:
    own = "http://127.0.0.1:43673/webhooks/8f2e11559000/picture.png"
    body = {"messageData": {"to": LISTED, "type": "image", "url": own}}
    media_request = request("POST", f"/rest/sendMessage/{KEY}/mediaUrl", body=body,
                    headers=[("Content-Type", "application/json")])  # fmt: skip
    own_fence = fence("sends")
    with pytest.raises(HeldBack, match="an address the run does not use"):
        own_fence.check(media_request)
    own_fence.addresses.add(own)
    operation = own_fence.check(media_request)
    assert operation is not None and operation.id == "send_media_url"
