"""Another instance of the same host, which nothing of a session must touch."""

from __future__ import annotations

from ....host.stage import Stage
from ...session import Session
from ..assertions import value_at
from ..calls import make_group
from ..webhook_listener import WebhookListener
from ..webhooks import ECHO, unsaid


class Neighbour:
    """A linked instance with a webhook of its own and a group."""

    def __init__(self, session: Session, stage: Stage) -> None:
        self._session, self._stage, self._instance = session, stage, stage.instance()
        self._hook = WebhookListener(session, stage, self._instance).open()
        make_group(session, stage, self._instance, name="Vizinhos")
        self._before = self._snapshot()

    def _snapshot(self) -> tuple[object, ...]:
        groups_answer = self._session.call("list_groups", self._instance)
        settings = self._session.call("webhook_settings", self._instance)
        path = f"/_mock/messages?instance={self._instance.key}&limit=10"
        messages = self._stage.control_api("GET", path)["items"]
        settings_data = value_at(settings.json, "webhookData") or settings.json
        return (
            value_at(groups_answer.json, "groups"),
            value_at(settings_data, "webhookUrl"),
            messages,
        )

    def hold_untouched(self) -> None:
        """Hold that it was told nothing, and is as it was."""
        promise = unsaid(self._session)
        self._hook.check_none(self._hook.receive(), ECHO, "a neighbour's messages", promise)
        same = self._snapshot() == self._before
        self._hook.claim(ECHO, same, "a neighbour is left as it was", promise=promise)
