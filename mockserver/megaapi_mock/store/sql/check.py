"""Whether everything in a database can be read, without starting a mock on it."""

from __future__ import annotations

from collections import Counter

from ...clock import Clock
from ...domain.gateway import Gateway
from ...domain.media import Vault
from ...domain.rules import Rules
from ...errors import Impossible, SetupError
from ...ids import Ids
from ..serialize import Forms, Misfit
from ..snapshot import DOCUMENTS, load_instance, load_world
from .database import Database
from .record_rows import kind_of
from .stored import Stored, load


def check(database: Database) -> tuple[list[str], dict[str, int]]:
    """What is wrong with it, a sentence each; and how much there is of what."""
    problems = database.check()
    try:
        stored = load(database)
    except SetupError as error:
        return [*problems, str(error)], {}
    if stored is None:
        return problems, {}
    return [*problems, *_unreadable(stored)], _counts(stored)


def _unreadable(stored: Stored) -> list[str]:
    forms, problems = Forms(documents=DOCUMENTS), []
    try:
        world = load_world(stored.parts["world"], forms)
    except (Misfit, Impossible) as error:
        return [f"world: {error}"]
    gateway = Gateway(
        clock=Clock(), ids=Ids(), directory=world.directory, rules=Rules(), vault=Vault()
    )
    for saved in stored.instances:
        try:
            load_instance(saved, gateway, forms)
        except (Misfit, Impossible) as error:
            problems.append(f"instance {saved['key']}: {error}")
    return problems


def _counts(stored: Stored) -> dict[str, int]:
    kinds = Counter(kind_of(record) for _, record in stored.records)
    return {
        "instances": len(stored.instances),
        "messages": sum(len(saved["messages"]) for saved in stored.instances),
        "media": len(stored.media),
        "exchanges": kinds["exchange"],
        "deliveries": kinds["delivery"],
        "owed deliveries": len(stored.owed),
    }
