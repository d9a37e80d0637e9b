"""A mock that runs somewhere: its clock, its faults and the instances a test makes there."""

from __future__ import annotations

from typing import Any

from ..errors.frames import between_test_and_refusal
from ..web.control.control_client import Wire, join_path
from .base_mock import BaseMock
from .clock import Clock
from .instance import Instance

__tracebackhide__ = between_test_and_refusal


class Mock(BaseMock):
    """The mock at `url`, driven over its control API alone.

    `shared` says that others use it too: then clock, reset and faults that hit everybody are
    refused with SetupError. `token` is its `--control-token`. Close it when done.
    """

    def __init__(
        self, url: str, *, shared: bool = False, token: str = "", wire: Wire | None = None
    ) -> None:
        super().__init__(url, shared=shared, token=token, wire=wire)
        self.clock = Clock(self)

    def instance(self, **fields: Any) -> Instance:
        """A linked instance of its own: key, token and number nobody else has, an inbox.

        `fields` are those of `POST /_mock/instances`: `key`, `token`, `number`, `name`,
        `connected`, `webhook_url`. Remove it when done, or use it in a `with`.
        """
        body = {"connected": True, **fields}
        if "webhook_url" not in body:
            body["webhook_url"] = self._inbox_url()
        now = self.clock.now
        return Instance(self, self.control_api.call("POST", "/instances", body), created_at=now)

    def attach(self, key: str) -> Instance:
        """An instance that is there already, such as one of the world's."""
        return Instance(self, self.control_api.call("GET", join_path("instances", key)))
