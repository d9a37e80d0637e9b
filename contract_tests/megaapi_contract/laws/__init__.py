"""What must hold of the gateway's behaviour, one sentence each, by subject."""

from __future__ import annotations

from ..probe import Probe
from . import access, groups, messages

_SUBJECTS = (access, messages, groups)


def all_laws() -> tuple[Probe, ...]:
    """Every law, subject by subject."""
    return tuple(probe for subject in _SUBJECTS for probe in subject.LAWS.probes)
