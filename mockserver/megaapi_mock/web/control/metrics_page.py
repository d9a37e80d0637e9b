"""The text that Prometheus reads."""

from __future__ import annotations

from collections.abc import Iterator

from prometheus_client import CollectorRegistry
from prometheus_client.core import Metric
from prometheus_client.exposition import choose_encoder
from prometheus_client.registry import Collector

from ...runtime import Runtime
from ...serving.calls import WatchedApp
from .metric_families import families


class _Mock(Collector):
    """The metrics of one mock, for a registry of its own: two mocks in a process share nothing."""

    def __init__(self, runtime: Runtime, server: WatchedApp | None) -> None:
        self._runtime, self._server = runtime, server

    def collect(self) -> Iterator[Metric]:
        return families(self._runtime, self._server)


def metrics_page(runtime: Runtime, server: WatchedApp | None, accept: str) -> tuple[bytes, str]:
    """Every metric in the form that the reader accepts, and that form's content type."""
    registry = CollectorRegistry(auto_describe=False)
    registry.register(_Mock(runtime, server))
    encode, content_type = choose_encoder(accept)
    return encode(registry), content_type
