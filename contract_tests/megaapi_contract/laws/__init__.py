"""What must hold of the gateway's behaviour, one sentence each, by subject."""

from __future__ import annotations

from ..probe import Probe
from . import access, chat, connection, groups, media, messages, settings

_SUBJECTS = (access, messages, media, groups, connection, settings, chat)


def all_laws() -> tuple[Probe, ...]:
    """Every law, subject by subject."""
    return tuple(probe for subject in _SUBJECTS for probe in subject.LAWS.probes)
