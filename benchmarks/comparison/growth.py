"""What a send costs with few and with many messages kept, on each store.

Two mocks on the same core answer in turns, one with few messages and one with many. Microseconds of
the processor count, those of the database's processes too: other work on the machine does not
stretch them much. The journal is short and full in both.
"""

from __future__ import annotations

from servers import SEND_TEXT, Server, load

from .judgement import FEW
from .mocks import Stores
from .progress import say
from .report import Growth, Report

ROUNDS, SENDS = 15, 400
# No limit but the journal's is reached.
_OPTIONS = (
    "--journal-limit", "500", "--messages-limit", str(10**7), "--messages-bytes", str(2**40)
)  # fmt: skip


def measure_growth(stores: Stores, many: int, report: Report) -> None:
    """Each store with few and with so many messages."""
    report["growth"] = {store: _growth(stores, store, many) for store in stores.names}


def _growth(stores: Stores, store: str, many: int) -> Growth:
    small, large = stores.new(store), stores.new(store)
    with (
        stores.mock(store, small, _OPTIONS) as lean,
        stores.mock(store, large, _OPTIONS) as full,
    ):
        say(f"cost with {FEW:,} and {many:,} messages, {store}: sending them")
        load(full, SEND_TEXT, requests=many)
        load(lean, SEND_TEXT, requests=FEW)
        growth = Growth(few=FEW, many=many, few_us=[], many_us=[])
        for number in range(1, ROUNDS + 1):
            say(f"cost with {FEW:,} and {many:,} messages, {store}: round {number} of {ROUNDS}")
            growth["few_us"].append(_cost(lean))
            growth["many_us"].append(_cost(full))
    for url in (small, large):
        stores.drop(url)
    return growth


def _cost(server: Server) -> float:
    used = server.thread_cpu()
    load(server, SEND_TEXT, requests=SENDS)
    return (server.thread_cpu() - used) / SENDS * 1e6
