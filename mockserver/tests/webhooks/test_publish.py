"""Batches of one instance leave in the order of their changes, whatever is answered first."""

from __future__ import annotations

import orjson
from megaapi_mock.domain.facts import Fields, QrCode

from ..conftest import MakeApp
from ..support import KEY, UNLINKED, RecordingTransport


def test_an_answer_that_leaves_first_does_not_let_its_webhooks_overtake(make_app: MakeApp) -> None:
    transport = RecordingTransport()
    app = make_app(transport=transport)
    publisher, courier = app.runtime.instances.publisher, app.runtime.webhooks.courier
    for key in (KEY, UNLINKED):
        publisher.change(key, lambda instance: instance.set_webhook("http://127.0.0.1:9/"))
    batches = []
    for number in range(3):
        with publisher.changing(KEY) as (instance, batch):
            instance.record("text-plain", Fields({}, {"message.conversation": str(number)}))
        batches.append(batch)
    publisher.release(batches[1])
    publisher.release(batches[2])
    # Another instance waits for nobody.
    publisher.change(UNLINKED, lambda instance: instance.record("qrcode", QrCode("2@TEST")))
    assert courier.wait_idle(60)
    assert [orjson.loads(body)["messageType"] for _, body, _ in transport.posts] == [
        "qrcode_update"
    ]
    publisher.release(batches[0])
    publisher.release(batches[0])
    assert courier.wait_idle(60)
    told = [orjson.loads(body)["message"]["conversation"] for _, body, _ in transport.posts[1:]]
    assert told == ["0", "1", "2"]
