"""An instance for handlers that are called directly."""

from __future__ import annotations

from ..domain.conftest import instance  # noqa: F401
