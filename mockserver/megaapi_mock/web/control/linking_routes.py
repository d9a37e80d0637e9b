"""The control API's routes to what an unlinked instance shows: a QR code, or a pairing code."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from ...domain import qr_code
from ...domain.connection import QR
from ...domain.instance import Instance
from ...errors import AlreadyLoggedIn, ControlRefused
from ...runtime import Instances
from .after_change import shown_after

Json = dict[str, Any]


class LinkingRoutes:
    """Routes by subject: one method per route, which returns a document, maybe with a status."""

    def __init__(self, instances: Instances) -> None:
        self._instances = instances

    def routes(self) -> list[tuple[str, str, Callable[..., Any]]]:
        """Method, path and view of each route."""
        return [
            ("GET", "/instances/<key>/qr", self.qr),
            ("POST", "/instances/<key>/qr", self.show_qr),
            ("POST", "/instances/<key>/pairing-code", self.show_code),
        ]

    def qr(self, key: str) -> Json:
        """The QR code on show, without a call that would show another."""
        return self._instances.publisher.look(key, _qr_json)

    def show_qr(self, key: str) -> Json:
        """Begin a series of QR codes, unless one is on show."""
        return self._change(key, lambda instance: instance.linking.show_qr(), _qr_json)

    def show_code(self, key: str, body: Json) -> Json:
        """Show a pairing code for a number."""
        directory = self._instances.store.gateway.directory
        number = directory.read(body["number"]).user
        directory.require_owner(number)
        return self._change(key, lambda instance: instance.linking.pair(number), Instance.as_json)

    def _change(
        self, key: str, do: Callable[[Instance], Any], show: Callable[[Instance], Json]
    ) -> Json:
        try:
            return self._instances.publisher.change(key, shown_after(do, show))
        except AlreadyLoggedIn as refusal:
            raise ControlRefused(409, refusal.reason) from None


def _qr_json(instance: Instance) -> Json:
    state = instance.connection.state
    text = instance.linking.qr_text() if state == QR else None
    return {
        "instance": instance.key,
        "state": state,
        "qr": text,
        "image": None if text is None else qr_code.data_uri(text),
    }
