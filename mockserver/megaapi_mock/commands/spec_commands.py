"""`megaapi-mock spec ...`: the contract bundled, checked and shown."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from ..errors import SetupError
from ..resources import root
from ..spelling import did_you_mean
from .emit import write


@click.group()
def spec() -> None:
    """Bundle, check or show the contract."""


@spec.command("bundle")
@click.option(
    "-o", "--output", type=click.Path(path_type=Path), help="file to write; default: stdout"
)
@click.option("--spec", "folder", type=click.Path(path_type=Path), help="folder with openapi.yaml")
def bundle_command(output: Path | None, folder: Path | None) -> None:
    """Write the contract as one file: JSON for .json, YAML otherwise."""
    import json

    import yaml

    from ..spec.verdict import valid_bundle

    document = valid_bundle(folder or root("spec")).document
    if output is not None and output.suffix == ".json":
        text = json.dumps(document, indent=2, ensure_ascii=False)
    else:
        text = yaml.safe_dump(document, sort_keys=False, allow_unicode=True, width=100)
    if output is None:
        click.echo(text)
        return
    write(output, text)
    kinds = f"{len(document['paths'])} paths, {len(document['webhooks'])} webhooks"
    click.echo(f"wrote {output}: {kinds}", err=True)


@spec.command("lint")
@click.option("--spec", "folder", type=click.Path(path_type=Path), help="folder with openapi.yaml")
def lint_command(folder: Path | None) -> None:
    """Check the contract against OpenAPI 3.1 and our own rules. Exit code 1 with findings."""
    from ..spec.lint import lint
    from ..spec.verdict import valid_bundle

    place = folder or root("spec")
    valid_bundle(place)
    findings = lint(place)
    for finding in findings:
        click.echo(str(finding))
    click.echo(f"{len(findings)} findings")
    sys.exit(1 if findings else 0)


@spec.command("show")
@click.argument("operation")
def show_command(operation: str) -> None:
    """Show one operation or webhook, and the file it is written in.

    OPERATION can be written in several ways: sendText, send_text, "POST text", a path, or the
    name of an event.
    """
    import yaml

    from ..spec.operations import Operation, find_operation, operations, webhook_events
    from ..spec.verdict import valid_bundle

    bundle = valid_bundle(root("spec"))
    known, events = operations(bundle), {event.name: event for event in webhook_events(bundle)}
    definition = events.get(operation) or find_operation(known, operation)
    if definition is None:
        guess = did_you_mean(operation, [*(each.id for each in known), *events])
        raise SetupError(
            f"there is no operation or webhook {operation!r}: {guess}"
            "`megaapi-mock events` lists the webhooks, /docs/ of a running mock the operations"
        )
    click.echo(f"# spec/{definition.spec_file}")
    if isinstance(definition, Operation):
        click.echo(f"{definition.method} {definition.path}")
    click.echo(yaml.safe_dump(definition.definition, sort_keys=False, allow_unicode=True))
