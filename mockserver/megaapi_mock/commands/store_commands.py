"""`megaapi-mock store ...`: a database checked, written as a state file, made small."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import click

from ..errors import SetupError
from ..settings import Settings, from_environment
from ..store.open_store import open_database, shown_name
from .options import OUTPUT_FILE

if TYPE_CHECKING:
    from ..store.sql.database import Database
    from ..store.sql.stored_content import StoredContent


@click.group()
def store() -> None:
    """Check, export or shrink the database of `serve --store` while no mock runs on it."""


@store.command("check")
@click.argument("url")
def check_command(url: str) -> None:
    """Read everything in the database. Exit code 1 with findings."""
    with _open_existing(url) as database:
        from ..store.sql.check import check

        problems, counts = check(database, _refusal)
    for problem in problems:
        click.echo(problem)
    for name, count in counts.items():
        click.echo(f"{count:,} {name}")
    click.echo("damaged" if problems else "everything can be read")
    sys.exit(1 if problems else 0)


def _refusal(content: StoredContent) -> str | None:
    """Why no mock would start on it, asked of one that keeps nothing."""
    from ..simulation.resume import refusal
    from ..web import use_cases
    from ..web.app import build_app

    given = from_environment()
    settings = Settings(**{name: given[name] for name in ("spec", "fixtures") if name in given})
    app = build_app(settings=settings)
    try:
        return refusal(use_cases.state_parts(app.runtime), content)
    finally:
        app.stop(0)


@store.command("export")
@click.argument("url")
@OUTPUT_FILE
def export_command(url: str, output: Path | None) -> None:
    """Write the state as a file, as GET /_mock/state does; `serve --world FILE` starts with it."""
    with _open_existing(url) as database:
        from ..store.sql.stored_content import load
        from ..store.state_file import seal

        content = load(database)
    if content is None:
        raise SetupError(f"{shown_name(url)} is empty: no mock has run on it")
    state_file = seal(content.as_state())
    if output is None:
        click.echo(state_file, nl=False)
        return
    try:
        output.write_bytes(state_file)
    except OSError as error:
        raise SetupError(f"{output} cannot be written: {error.strerror}") from None
    click.echo(f"wrote {output}: {len(content.instances)} instances", err=True)


@store.command("vacuum")
@click.argument("url")
def vacuum_command(url: str) -> None:
    """Shrink the database to what it holds."""
    with _open_existing(url) as database:
        before = database.size()
        database.vacuum()
        after = database.size()
    click.echo(f"{database.name}: {before:,} bytes before, {after:,} now")


@contextmanager
def _open_existing(url: str) -> Iterator[Database]:
    database = open_database(url, must_exist=True)
    try:
        yield database
    finally:
        database.close()
