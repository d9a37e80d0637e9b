"""A given host with one instance, in memory: settings, events and groups, and how it fails."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any
from urllib.parse import parse_qs

from megaapi_contract.host.http import Answer, Request
from megaapi_contract.host.webhook_receiver import Receiver
from megaapi_contract.judging.contract import Contract
from megaapi_contract.judging.judge import Judge
from megaapi_contract.probes.session import Session
from megaapi_contract.safety.fence import Fence, digits_of
from megaapi_contract.safety.gate import Gate
from megaapi_contract.safety.restore_file import RestoreFile

from ..support import KEY, LISTED, OWN, REAL, TOKEN

OWNERS_URL = "https://owner.example.com/hook?token=abc"
JSON = (("Content-Type", "application/json"),)


class GivenHost:
    """Answers as a gateway does; `faults` are answers or errors in place of an operation's own."""

    name, real, in_process = REAL, True, False

    def __init__(self, contract: Contract) -> None:
        self._contract = contract
        self.webhook: dict[str, Any] = {"webhookUrl": OWNERS_URL, "webhookEnabled": True}
        self.blocked = ["call"]
        self.sent = ["message.ack", "presence", "message"]
        self.groups: dict[str, dict[str, Any]] = {}
        self.faults: dict[str, tuple[int, Any] | Exception] = {}
        self.operations: list[str] = []

    def send(self, request: Request) -> Answer:
        route = self._contract.route(request.method, request.path)
        assert route is not None
        operation = route[0].id
        self.operations.append(operation)
        body = json.loads(request.body) if request.body else {}
        answer = self._own_answer(operation, request, body)
        fault = self.faults.get(operation)
        if isinstance(fault, Exception):
            raise fault
        status, document = fault or answer
        return Answer(status, JSON, json.dumps(document).encode())

    def close(self) -> None:
        return None

    def _own_answer(self, operation: str, request: Request, body: Any) -> tuple[int, Any]:
        # An answer that is lost, or broken, does not say that nothing was done.
        skipped = operation in self.faults and not isinstance(self.faults[operation], Exception)
        act: Callable[[Request, Any], Any] | None = getattr(self, f"_{operation}", None)
        return 200, act(request, body) if act is not None and not skipped else {"error": False}

    def _webhook_settings(self, request: Request, body: Any) -> Any:
        return {"error": False, "webhookData": self.webhook}

    def _configure_webhook(self, request: Request, body: Any) -> Any:
        self.webhook = dict(body["messageData"])
        return {"error": False}

    def _config_details(self, request: Request, body: Any) -> Any:
        lists = {
            "blockEvents": self.blocked, "webhookEvents": self.sent, "statusEvents": ["presence"]
        }  # fmt: skip
        return {"error": False, "configData": lists}

    def _block_events(self, request: Request, body: Any) -> Any:
        names = body["messageData"]["events"]
        self.blocked = [*dict.fromkeys((*self.blocked, *names))]
        self.sent = [name for name in self.sent if name not in names]
        return {"error": False}

    def _accept_webhook_events(self, request: Request, body: Any) -> Any:
        accepted = body["messageData"]["events"]
        self.blocked = [name for name in self.blocked if name not in accepted]
        self.sent = [*dict.fromkeys((*self.sent, *accepted))]
        return {"error": False}

    def _list_groups(self, request: Request, body: Any) -> Any:
        return {"error": False, "groups": list(self.groups.values())}

    def _create_group(self, request: Request, body: Any) -> Any:
        data = body["group_data"]
        jid = f"12036300000000000{len(self.groups)}@g.us"
        people = list(data["participants"])
        self.groups[jid] = {"id": jid, "subject": data["group_name"], "participants": people}
        return {"error": False, "group": {"id": jid}}

    def _remove_participants(self, request: Request, body: Any) -> Any:
        group = self.groups[body["group_data"]["jid"]]
        removed = body["group_data"]["participants"]
        group["participants"] = [one for one in group["participants"] if one not in removed]
        return {"error": False}

    def _leave_group(self, request: Request, body: Any) -> Any:
        group = self.groups.pop(parse_qs(request.query)["jid"][0])
        assert group["participants"] == [], "a group is left with people in it"
        return {"error": False}


def session_of(
    host: GivenHost, contract: Contract, *allowed: str, restore: RestoreFile | None = None
) -> Session:
    """A probe's session on the host, behind the fence."""
    fence = Fence(
        contract=contract, key=KEY, token=TOKEN, effects=frozenset({"reads", *allowed}),
        recipients=digits_of([LISTED]), own=OWN, addresses={"https://suite.example.com/webhooks"},
    )  # fmt: skip
    gate = Gate(host, contract, fence=fence, restore=restore, max_groups=3)
    judge = Judge(contract, mock=False)
    return Session(contract, gate, judge, Receiver(), (LISTED,), 7, probe="a probe")
