"""Whether everything in a database can be read, without starting a mock on it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable

from ...clock import Clock
from ...domain.gateway import Gateway
from ...domain.media import Vault
from ...domain.rules import Rules
from ...errors import Impossible, SetupError
from ...ids import Ids
from ..serialize import Forms, Misfit
from ..snapshot import DOCUMENTS, load_instance, load_world
from ..state_checks import of_own_store
from .database import Database
from .record_rows import kind_of
from .stored_content import StoredContent, load


def check(
    database: Database, refusal: Callable[[StoredContent], str | None] = lambda content: None
) -> tuple[list[str], dict[str, int]]:
    """What is wrong with it, a sentence each; and how much there is of what.

    `refusal` says why no mock would start on it, where nothing else is wrong.
    """
    problems = database.check()
    try:
        content = load(database)
    except SetupError as error:
        return [*problems, str(error)], {}
    if content is None:
        return problems, {}
    with of_own_store():
        problems += _unreadable(content)
    if not problems and (why := refusal(content)) is not None:
        problems.append(why)
    return problems, _counts(content)


def _unreadable(content: StoredContent) -> list[str]:
    forms, problems = Forms(documents=DOCUMENTS), []
    try:
        world = load_world(content.parts["world"], forms)
    except (Misfit, Impossible) as error:
        return [f"world: {error}"]
    gateway = Gateway(
        clock=Clock(), ids=Ids(), directory=world.directory, rules=Rules(), vault=Vault()
    )
    for key, document in zip(content.positions, content.instances, strict=True):
        try:
            load_instance(document, gateway, forms)
        except (Misfit, Impossible) as error:
            problems.append(f"instance {key}: {error}")
    return problems


def _counts(content: StoredContent) -> dict[str, int]:
    kinds = Counter(kind_of(record) for _, record in content.records)
    return {
        "instances": len(content.instances),
        "messages": sum(len(document["messages"]) for document in content.instances),
        "media": len(content.media),
        "exchanges": kinds["exchange"],
        "deliveries": kinds["delivery"],
        "owed deliveries": len(content.owed),
    }
