"""What happens by itself when its time has come: acknowledgements, QR codes, reconnects."""

from __future__ import annotations

from .acknowledgements import Acknowledgements
from .change import Change
from .linking import Linking


class DueWork:
    """Does what an instance has planned."""

    def __init__(
        self, change: Change, acknowledgements: Acknowledgements, linking: Linking
    ) -> None:
        self._change = change
        self._acknowledgements, self._linking = acknowledgements, linking

    def run(self, now: float) -> None:
        """Do what is due by `now`, in order, each at its own time.

        It stops before what is due after a peer was written to: an answer may come first.
        """
        change, agenda = self._change, self._change.agenda
        while (due := agenda.take_due(change.no_later_than_peers(now))) is not None:
            change.now, agenda.failed = due[0], due[1]
            self._do(due[2], due[4])
            agenda.failed = 0
        first = agenda.next_due()
        change.now = (
            change.no_later_than_peers(now) if first is not None and first[0] <= now else now
        )

    def _do(self, kind: str, arguments: tuple[str, ...]) -> None:
        if kind == "ack":
            self._acknowledgements.acknowledge(*arguments)
        elif kind == "qr":
            self._linking.next_qr()
        elif kind == "reconnect":
            self._linking.reconnect()
