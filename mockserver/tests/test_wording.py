"""What people read is in the words of their field: pages, help, and sentences of both packages."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import click
import pytest
from megaapi_contract.cli import main as contract_commands
from megaapi_mock.commands.main import main as mock_commands

from .import_graph import module_paths
from .test_floors import MOCK, SUITE

CHECKOUT = Path(__file__).resolve().parents[2]
# Each was somewhere, and somebody stumbled over it; in its place stands what HOUSE and readers say.
ODD_WORDS = {
    "en": (
        r"answers nothing",  # a bot that never answers
        r"guess(es)? of ours",  # something we only guessed
        r"\bmended\b",  # fixed
        r"\bheeded\b",  # ignored
        r"\banew\b",  # again
        r"\bside door\b",  # control API
        r"\bvouch(es|ed)?\b",  # sources, grade
        r"(?<![Tt]here )\bis no (number|URL|JSON|YAML|state|address|file|text|string|object)\b",
        r"(?<![Tt]here )\bis no (list|event|message|key|group|picture)\b",  # is not a
        r"must be a text\b",  # a string
        r"\bthe own phone\b",  # the instance's own phone
        r"there is no way to\b",  # cannot
    ),
    "pt": (
        r"porta lateral",  # API de controle
        r"fic(ou|a|ar) de pé",  # não caiu
        r"não cabem? (em|n[oa]s?)\b",  # não batem com
        r"\bde novo e de novo\b",
    ),
}


def pages() -> Iterator[tuple[str, str]]:
    for path in (*CHECKOUT.glob("*.md"), *CHECKOUT.glob("docs/*.md")):
        # What was said of former versions stays.
        if path.name != "CHANGELOG.md":
            yield path.name, path.read_text(encoding="utf-8")


def contract_texts() -> Iterator[tuple[str, str]]:
    folders = (CHECKOUT / "spec", CHECKOUT / "mockserver/megaapi_mock/web/ui/static/texts")
    for folder in folders:
        for path in (*folder.rglob("*.yaml"), *folder.rglob("*.js")):
            yield path.name, path.read_text(encoding="utf-8")


def help_pages(command: click.Command, name: str) -> Iterator[tuple[str, str]]:
    yield name, command.get_help(click.Context(command, info_name=name))
    for each in getattr(command, "commands", {}).values():
        yield from help_pages(each, f"{name} {each.name}")


def sentences() -> Iterator[tuple[str, str]]:
    """Texts of the code that are not docstrings: most of them can be read by somebody."""
    for package in (MOCK, SUITE):
        for path in module_paths(package).values():
            tree = ast.parse(path.read_text(encoding="utf-8"))
            statements = (node for node in ast.walk(tree) if isinstance(node, ast.Expr))
            docstrings = {id(statement.value) for statement in statements}
            for node in ast.walk(tree):
                if isinstance(node, ast.Constant) and isinstance(node.value, str):
                    if id(node) not in docstrings and " " in node.value:
                        yield f"{path.name}:{node.lineno}", node.value


def explanations() -> Iterator[tuple[str, str]]:
    """Comments and docstrings: whoever changes the code stumbles as well."""
    for package in (MOCK, SUITE):
        for path in module_paths(package).values():
            source = path.read_text(encoding="utf-8")
            lines = source.splitlines()
            comments = [line.strip().removeprefix("#") for line in lines if line.strip()[:1] == "#"]
            yield path.name, " ".join(comments)
            for node in ast.walk(ast.parse(source)):
                if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant):
                    yield f"{path.name}:{node.lineno}", str(node.value.value)


def odd_words(texts: Iterator[tuple[str, str]]) -> list[str]:
    pattern = re.compile("|".join(word for words in ODD_WORDS.values() for word in words))
    # Lines are broken anywhere.
    matches = ((place, pattern.search(re.sub(r"\s+", " ", text))) for place, text in texts)
    return [f"{place}: {match[0]}" for place, match in matches if match]


@pytest.mark.parametrize(
    "texts",
    [pages, contract_texts, sentences, explanations],
)
def test_texts_have_none_of_the_words_that_readers_stumbled_over(texts: object) -> None:
    assert callable(texts)
    assert odd_words(texts()) == []


@pytest.mark.parametrize(
    ("command", "name"), [(mock_commands, "megaapi-mock"), (contract_commands, "megaapi-contract")]
)
def test_help_has_none_of_the_words_that_readers_stumbled_over(
    command: click.Command, name: str
) -> None:
    assert odd_words(help_pages(command, name)) == []


def test_an_odd_word_is_noticed_over_the_end_of_a_line() -> None:
    text = "a guess\n    of ours, e a porta\nlateral"
    assert odd_words(iter([("here", text)])) == ["here: guess of ours"]
