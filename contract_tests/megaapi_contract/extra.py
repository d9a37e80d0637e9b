"""The optional dependencies of the suite: what pip installs with `[contract]`."""

from __future__ import annotations

from importlib.util import find_spec

from .errors import SetupError

MODULES = ("schemathesis", "hypothesis", "requests")


def require_extra() -> None:
    """SetupError with the command that installs it, when a module of the extra is missing."""
    missing = [module for module in MODULES if find_spec(module) is None]
    if missing:
        raise SetupError(
            f"{', '.join(missing)} not installed: the contract suite needs its extra, "
            "pip install 'megaapi-contract-kit[contract]' (in a checkout: '.[contract]')"
        )
