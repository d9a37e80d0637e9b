"""The control API as a receiver check uses it: borrows an instance, and gives it back."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote, urlencode

from ..errors import ControlRefused, SetupError
from ..errors.shown_address import shown_address
from ..web.control.control_client import ControlClient, HttpWire

Json = dict[str, Any]


@dataclass(frozen=True, slots=True)
class BorrowedInstance:
    """What an instance was like; `settings` is None for one made for the trial.

    `since` is the last delivery its key ever had.
    """

    settings: Mapping[str, Any] | None
    chaos: Mapping[str, Any] | None
    since: str | None


class TrialClient:
    """The control API of a mock that runs; SetupError with the mock's own sentence."""

    def __init__(self, gateway: str, control_token: str) -> None:
        self._gateway = gateway
        self._control_api = ControlClient(HttpWire(gateway), place=gateway, token=control_token)

    def try_call(self, method: str, path: str, body: Json) -> Json:
        """The document; ControlRefused when the mock says no."""
        return self._control_api.call(method, path, body)

    def call(self, method: str, path: str, body: Json | None = None) -> Json:
        """Call the control API; the document it answers. SetupError where it refuses."""
        try:
            return self._control_api.call(method, path, body)
        except ControlRefused as refusal:
            raise SetupError(f"{shown_address(self._gateway)}/_mock{path}: {refusal}") from None

    def find(self, path: str, **query: Any) -> list[Json]:
        """The items of a list; what is None is not asked for."""
        parameters = {name: value for name, value in query.items() if value is not None}
        items: list[Json] = self.call("GET", f"{path}?{urlencode(parameters)}")["items"]
        return items

    def all_items(self, path: str, key: str) -> list[Json]:
        """All items of this instance."""
        query: Json = {"instance": key, "limit": 5000}
        items: list[Json] = []
        while True:
            page = self.call("GET", f"{path}?{urlencode(query)}")
            items += page["items"]
            if page["next"] is None:
                return items
            query["since"] = page["next"]

    def first_linked(self) -> str | None:
        """The instance that a bot most likely answers through."""
        instances = self.find("/instances", limit=5000)
        return next(
            (str(instance["key"]) for instance in instances if instance["state"] == "connected"),
            None,
        )

    def borrow(self, key: str, receiver: str) -> BorrowedInstance:
        """Point the instance's webhook at the receiver."""
        instances = {instance["key"]: instance for instance in self.find("/instances", limit=5000)}
        path = f"/instances/{quote(key)}"
        if key not in instances:
            # Making it says what is wrong with a key, and sends nothing.
            seed = {"key": key, "connected": True, "webhook_url": receiver}
            self.call("POST", "/instances", seed)
            return BorrowedInstance(None, None, newest_id(self.all_items("/deliveries", key)))
        since = newest_id(self.all_items("/deliveries", key))
        instance_json = instances[key]
        if instance_json["state"] != "connected":
            raise SetupError(f"{key} is not linked: link it first, or name another instance")
        chaos = self.call("GET", f"{path}/chaos")["chaos"]
        self.call("POST", f"{path}/webhook", {"url": receiver})
        return BorrowedInstance(instance_json["webhook"], chaos, since)

    def give_back(self, key: str, before: BorrowedInstance) -> None:
        """Delete an instance made for the trial; set webhook and chaos of any other as before."""
        path = f"/instances/{quote(key)}"
        if before.settings is None:
            self.call("DELETE", path)
            return
        self.call("DELETE", f"{path}/chaos")
        self.call("POST", f"{path}/webhook", dict(before.settings))
        if before.chaos is not None:
            self.call("POST", f"{path}/chaos", dict(before.chaos))


def message_id_of(delivery: Json) -> Any:
    key = delivery["payload"].get("key")
    return key.get("id") if isinstance(key, dict) else None


def newest_id(items: list[Json]) -> str | None:
    return str(items[-1]["id"]) if items else None
