"""Several instances that talk, through HTTP: what a test asks, and what each was told."""

from __future__ import annotations

from typing import Any

import orjson
from megaapi_mock.web.app import MockApp

from .support import RecordingTransport

Json = dict[str, Any]


def key_of(number: int) -> str:
    """The key of instance `number`; its token is the part behind the dash."""
    return f"megacode-TESTKEY{number:04d}"


class Switchboard:
    """Calls on instances by number. Webhooks of each go to a URL of its own."""

    def __init__(self, app: MockApp, instances: int) -> None:
        self.app, self.client = app, app.test_client()
        transport = app.runtime.webhooks.courier._transport
        assert isinstance(transport, RecordingTransport)
        self.transport = transport
        self._parsed: list[tuple[str, Json]] = []
        for number in range(1, instances + 1):
            self.hook(number)

    def hook(self, number: int) -> None:
        """Point the instance's webhook at its own URL."""
        body = {"webhookUrl": f"http://127.0.0.1:9/{number}", "webhookEnabled": True}
        self.ask(number, "POST", "webhook/{}/configWebhook", {"messageData": body})

    def ask(self, number: int, method: str, path: str, body: Any = None, status: int = 200) -> Any:
        """A gateway call, `{}` in the path is the key; the document of the answer."""
        key = key_of(number)
        headers = {"Authorization": f"Bearer {key.partition('-')[2]}"}
        reply = self.client.open(
            f"/rest/{path.format(key)}", method=method, json=body, headers=headers
        )
        document = orjson.loads(reply.get_data())
        reply.close()
        assert reply.status_code == status, (document, reply.headers.get("X-Mock-Reason"))
        return document

    def control_api(
        self, method: str, path: str, body: Any = None, status: int | None = None
    ) -> Any:
        """A control API call, `<n>` in the path is the key of instance n."""
        keys = {str(number): key_of(number) for number in range(10)}
        for number, key in keys.items():
            path = path.replace(f"<{number}>", key)
        reply = self.client.open(f"/_mock{path}", method=method, json=body)
        document = orjson.loads(reply.get_data())
        assert reply.status_code == status if status else reply.status_code < 300, document
        return document

    def send(self, number: int, to: str, text: str = "oi", status: int = 200) -> str:
        """A text; its id."""
        body = {"messageData": {"to": to, "text": text}}
        answer = self.ask(number, "POST", "sendMessage/{}/text", body, status)
        return str(answer["messageData"]["key"]["id"]) if status == 200 else ""

    def messages(self, number: int) -> dict[str, Json]:
        """What the instance knows, by id; each once."""
        found = self.control_api("GET", f"/messages?limit=5000&instance={key_of(number)}")["items"]
        assert len({row["id"] for row in found}) == len(found)
        return {row["id"]: row for row in found}

    def groups(self, number: int) -> dict[str, Json]:
        """The instance's groups, by JID."""
        listed = self.ask(number, "GET", "group/list/{}")["groups"]
        return {group["id"]: group for group in listed}

    def told(self, number: int) -> list[Json]:
        """Every payload the instance's receiver got, in order."""
        assert self.app.runtime.webhooks.courier.wait_idle(60)
        url, posts = f"http://127.0.0.1:9/{number}", self.transport.posts
        if len(posts) < len(self._parsed):
            self._parsed.clear()
        self._parsed += [(to, orjson.loads(body)) for to, body, _ in posts[len(self._parsed) :]]
        return [payload for to, payload in self._parsed if to == url]

    def acks(self, number: int, message_id: str) -> list[int]:
        """The statuses the instance was told of one of its messages."""
        return [
            post["update"]["status"]
            for post in self.told(number)
            if post["messageType"] == "message.ack" and post["key"]["id"] == message_id
        ]

    def link(self, number: int) -> None:
        self.control_api("POST", f"/instances/<{number}>/link")

    def unlink(self, number: int) -> None:
        self.control_api("POST", f"/instances/<{number}>/unlink")

    def advance(self, seconds: float) -> None:
        self.control_api("POST", "/clock", {"advance": seconds})
