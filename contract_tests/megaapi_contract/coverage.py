"""What the exchanges of a run have shown of each operation."""

from __future__ import annotations

from .contract import Contract
from .outcome import Exchange, OperationCoverage


class Coverage:
    """Stand-in until the real one lands."""

    def __init__(self, contract: Contract) -> None:
        self._contract = contract
        self.operations: dict[str, OperationCoverage] = {}

    def heard(self, exchange: Exchange) -> None:
        if exchange.operation is None:
            return
        c = self.of(exchange.operation)
        c.requests += 1
        c.answers[exchange.status] = c.answers.get(exchange.status, 0) + 1

    def of(self, operation: str) -> OperationCoverage:
        return self.operations.setdefault(operation, OperationCoverage(operation))
