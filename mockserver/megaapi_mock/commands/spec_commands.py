"""`megaapi-mock spec ...`: the contract bundled, checked and shown."""

from __future__ import annotations

import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

import click

from ..errors import SetupError
from ..errors.choice import NamedChoice
from ..resources import root
from ..spec.plans import EVERY_PLAN, PLAN_NAMES, document_of_plan
from .emit import write
from .options import OUTPUT_FILE, SPEC_FOLDER


@click.group()
def spec() -> None:
    """Bundle, check or show the contract."""


@spec.command("bundle")
@OUTPUT_FILE
@click.option(
    "--plan",
    type=NamedChoice(PLAN_NAMES),
    default=EVERY_PLAN,
    show_default=True,
    help="only what this plan has",
)
@SPEC_FOLDER
@click.option(
    "--for",
    "program",
    type=NamedChoice(["openapi-python-client", "openapi-generator", "postman"]),
    help="leave out, or put differently, what this program cannot read",
)
def bundle_command(
    output: Path | None, plan: str, folder: Path | None, program: str | None
) -> None:
    """Write the contract as one file: JSON for .json, YAML otherwise.

    It has a schema for any webhook, AnyWebhook, which generators of clients need.
    """
    from ..spec.export import one_file
    from ..spec.valid_bundle import valid_bundle

    bundle = valid_bundle(folder or root("spec"))
    of_plan = replace(bundle, document=document_of_plan(bundle.document, plan))
    document = one_file(of_plan, program)
    text = _text_of(document, as_json=output is not None and output.suffix == ".json")
    if output is None:
        click.echo(text)
        return
    write(output, text)
    kinds = f"{len(document['paths'])} paths, {len(document.get('webhooks', ()))} webhooks"
    click.echo(f"wrote {output}: {kinds}", err=True)


def _text_of(document: Any, *, as_json: bool) -> str:
    import json

    import yaml

    if as_json:
        return json.dumps(document, indent=2, ensure_ascii=False)
    text: str = yaml.safe_dump(document, sort_keys=False, allow_unicode=True, width=100)
    return text


@spec.command("lint")
@SPEC_FOLDER
def lint_command(folder: Path | None) -> None:
    """Check the contract against OpenAPI 3.1 and our own rules. Exit code 1 with findings.

    Each finding has its file and line, what is wrong there, and below it what to do.
    """
    from ..spec.lint import lint

    findings = lint(folder or root("spec"))
    for finding in findings:
        click.echo(f"{finding}\n    {finding.remedy}")
    click.echo(f"{len(findings)} findings")
    sys.exit(1 if findings else 0)


@spec.command("diff")
@click.argument("old", required=False)
@click.argument("new", required=False)
@click.option(
    "--format",
    "form",
    type=NamedChoice(["text", "json", "markdown"]),
    default="text",
    help="markdown is for a pull request",
)
@click.option(
    "--fail-on",
    type=NamedChoice(["breaking", "dangerous", "never"]),
    default="breaking",
    help="exit code 1 with such changes, or worse ones",
)
@click.option("--rules", is_flag=True, help="print every rule with its level, in Markdown")
def diff_command(old: str | None, new: str | None, form: str, fail_on: str, rules: bool) -> None:
    """Compare two versions of the contract: what breaks, what is dangerous, what is harmless.

    OLD and NEW are a file (YAML or JSON), a folder with openapi.yaml, or a git revision (main,
    v1.0, HEAD~3) with or without :PATH. Exit code 1 with breaking changes.
    """
    from ..spec.diff import report
    from ..spec.diff.document import compare
    from ..spec.diff.versions import read_version

    if rules:
        click.echo(report.rules_page(), nl=False)
        return
    if old is None or new is None:
        raise SetupError("say what to compare: megaapi-mock spec diff OLD NEW, as in `main spec`")
    changes = compare(read_version(old), read_version(new))
    formats = {"text": report.as_text, "json": report.as_json, "markdown": report.as_markdown}
    click.echo(formats[form](changes), nl=False)
    worst = changes[0].level.value if changes else "none"
    fatal = {"breaking": ("breaking",), "dangerous": ("breaking", "dangerous"), "never": ()}
    sys.exit(1 if worst in fatal[fail_on] else 0)


@spec.command("evidence")
@click.option("--page", is_flag=True, help="print docs/evidence.md, in Markdown")
@SPEC_FOLDER
def evidence_command(page: bool, folder: Path | None) -> None:
    """Count what is known by grade, and list the open questions with what would settle them."""
    from ..spec.allowed_values import GRADES
    from ..spec.bundle import read_yaml
    from ..spec.description import description
    from ..spec.evidence import counts_by_group, counts_rows
    from .evidence_page import open_questions
    from .evidence_page import page as whole_page

    place = folder or root("spec")
    contract = description(place)
    if page:
        click.echo(whole_page(contract, read_yaml(place / "sources.yaml")), nl=False)
        return
    counts = counts_by_group(contract.index, contract.events, contract.document)
    head: list[object] = ["", *GRADES, "sum"]
    for row in (head, *counts_rows(counts)):
        click.echo(f"{row[0]!s:40}" + "".join(f"{cell!s:>12}" for cell in row[1:]))
    click.echo("\nOpen questions: the switch, how the mock decides it, and what would settle it")
    for switch in open_questions():
        click.echo(f"{switch.name}={switch.default}\n    {switch.help}\n    {switch.settled_by}")


@spec.command("pages")
@click.option(
    "-o",
    "--output",
    type=click.Path(path_type=Path, file_okay=False),
    required=True,
    help="folder to write into",
)
@SPEC_FOLDER
def pages_command(output: Path, folder: Path | None) -> None:
    """Write the reference as HTML pages, in Portuguese and English: what /docs/reference/ shows.

    They need no server: open index.html in a browser.
    """
    from ..reference.contract import read_contract
    from ..reference.site import Site

    try:
        count = Site(read_contract(folder)).write(output)
    except OSError as error:
        raise SetupError(f"{output} cannot be written: {error.strerror or error}") from None
    click.echo(f"wrote {count} files: open {output / 'index.html'}", err=True)


@spec.command("types")
@click.option(
    "--language",
    type=NamedChoice(["typescript", "python"]),
    default="typescript",
    help="declarations (.d.ts), or a module of TypedDicts",
)
@OUTPUT_FILE
@SPEC_FOLDER
def types_command(language: str, output: Path | None, folder: Path | None) -> None:
    """Write the types of all webhooks, for a receiver: one for each messageType.

    For a TypeScript project: `megaapi-mock spec types -o megaapi.d.ts`. In Python,
    megaapi_mock.events has them already.
    """
    from ..spec.payload_types.message_types import PayloadTypes
    from ..spec.payload_types.python_module import python_module
    from ..spec.payload_types.typescript import typescript_declarations
    from ..spec.valid_bundle import valid_bundle

    types = PayloadTypes(valid_bundle(folder or root("spec")))
    text = python_module(types) if language == "python" else typescript_declarations(types)
    if output is None:
        click.echo(text, nl=False)
        return
    write(output, text.removesuffix("\n"))
    click.echo(f"wrote {output}: {len(types.payloads)} types of webhooks", err=True)


@spec.command("show")
@click.argument("operation")
@click.option("--yaml", "as_yaml", is_flag=True, help="print the definition itself")
def show_command(operation: str, as_yaml: bool) -> None:
    """Show one operation or webhook: what it does, how that is known, a call, the answers.

    OPERATION can be written in several ways: sendText, send_text, "POST text", a path or URL as
    it stands in a log, a title, the name of an event, or its messageType.
    """
    import yaml

    from ..spec.bundle import read_yaml
    from ..spec.description import description
    from ..spec.operations import Operation
    from .spec_names import definition_called
    from .spec_show import event_text, operation_text

    contract = description(root("spec"))
    definition = definition_called(operation, contract)
    if as_yaml:
        click.echo(f"# spec/{definition.spec_file}")
        click.echo(yaml.safe_dump(definition.definition, sort_keys=False, allow_unicode=True))
        return
    sources = read_yaml(root("spec") / "sources.yaml")
    if isinstance(definition, Operation):
        click.echo(operation_text(definition, contract.document, sources), nl=False)
    else:
        click.echo(event_text(definition, contract.document, sources), nl=False)
