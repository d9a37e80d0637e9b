"""Finds out which operations with a guessed path a host has."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from ..host.host_instance import HostInstance
from ..judging.contract import Contract
from ..judging.results import Exchange, Promise
from .session import Session

# What a host says that has the route: of a key, of a group.
_KNOWN = ("Instance not found", "Group not found")


@dataclass(slots=True)
class Routes:
    """Which of the guessed paths a host has; each is requested once in a run."""

    present: dict[str, bool] = field(default_factory=dict)

    def missing(self, operations: tuple[str, ...]) -> str:
        """The first of these that the host does not have; empty when all may be tried."""
        return next((name for name in operations if self.present.get(name) is False), "")

    def unknown(self, operations: tuple[str, ...], contract: Contract) -> Iterator[str]:
        """The operations whose guessed path has not been requested yet."""
        for name in operations:
            if name not in self.present and is_guessed_path(contract, name):
                yield name

    def ask(self, operation: str, session: Session, instance: HostInstance) -> Exchange:
        """Ask for a route under a wrong token, so that nothing comes of it; a 404 is a finding."""
        answer = session.call(operation, instance, token=session.wrong_token())
        self.present[operation] = not is_unknown_route(answer)
        if not self.present[operation]:
            file = session.contract.by_id[operation].spec_file
            session.hold(
                False, "its path, a guess, is an unknown route", exchange=answer,
                promise=Promise("inferred", file),
            )  # fmt: skip
        return answer

    def clear(self) -> None:
        """Forget all answers."""
        self.present.clear()


def is_guessed_path(contract: Contract, operation: str) -> bool:
    """Whether the path of an operation is a guess of the contract."""
    definition_of_operation = contract.by_id.get(operation)
    provenance = (
        definition_of_operation.definition.get("x-path-provenance")
        if definition_of_operation
        else None
    )
    return provenance is not None and not Promise(str(provenance["grade"]), "").sure


def is_unknown_route(answer: Exchange) -> bool:
    """Whether a 404 is about the path, and not about an instance or a group."""
    message = answer.json.get("message") if isinstance(answer.json, dict) else None
    return answer.status == 404 and message not in _KNOWN


MISSING = "the host has no such route, and the contract only guesses its path"
