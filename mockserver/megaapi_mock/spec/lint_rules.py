"""The rules of our lint by name, and a finding of one of them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

RULES: Mapping[str, str] = {
    # files
    "yaml": "a file is YAML",
    "key-twice": "no key stands twice in one mapping",
    "key-not-text": "keys that YAML reads as numbers or booleans are quoted",
    "bundle": "every file is there, and referred to",
    "reference-dangling": "references inside the document lead somewhere",
    "openapi": "the document is valid OpenAPI 3.1",
    "file-name": "a file is called like its operation or its event",
    "component-unused": "every component is referred to",
    # words
    "unknown-keyword": "keys are OpenAPI's or ours, and stand where they belong",
    "forbidden-keyword": "keywords that tools read differently are left out",
    # schemas
    "pattern-unanchored": "patterns hold for the whole text",
    "pattern-lookaround": "patterns look neither ahead nor behind",
    "object-bare": "what the gateway sends names the fields of its objects",
    "array-bare": "what the gateway sends says what its arrays hold",
    "schema-empty": "what the gateway sends has a type",
    "open-unexplained": "x-open is true and stands beside a description",
    "required-undeclared": "required names are declared",
    # examples
    "example-misfit": "examples and defaults fit their schema",
    "example-missing": "requests and replies with content have a named example",
    "example-untitled": "named examples have a summary",
    # operations and webhooks
    "title-missing": "there is a title in English and in Portuguese",
    "tag": "there is a tag, and it is declared",
    "effect": "x-effect is known",
    "plans": "x-plans are known",
    "requires-connection": "x-requires-connection is true or false",
    "recipient": "x-recipient leads along required fields of the request",
    "uses": "further uses are complete, and their example exists",
    "category": "x-category is known",
    "message-type": "x-message-type is there",
    "default": "x-default says whether a webhook is sent unasked",
    "arrival": "x-arrival says how sure it is that a webhook is sent at all",
    "generation": "x-generation, where there is one, is a year of payloads",
    "link-unknown": "links lead to operations that exist",
    "link-expression": "what a link takes along is there in the first examples",
    "link-parameter": "links name parameters of their target, and all it needs",
    "link-body": "the body a link makes is one that its target takes",
    # security
    "security-missing": "there is security",
    "security-unknown": "security schemes exist",
    "security-webhook": "webhooks are unsigned and say so",
    "scheme-case": "HTTP schemes are in lower case",
    # evidence
    "provenance-missing": "operations, replies and webhooks carry x-provenance",
    "provenance-malformed": "evidence holds a grade and a list of sources",
    "path-provenance-missing": "an inferred operation says where its path comes from",
    "grade-unknown": "grades are known",
    "sources-empty": "only what is inferred goes without a source",
    "source-unknown": "sources are in sources.yaml",
    "source-uncited": "every source is named by something",
    "source-malformed": "a source has a title and a place",
}


@dataclass(frozen=True, order=True)
class LintFinding:
    """One fault of the contract: file below `spec/`, place in it, rule, and what to do."""

    file: str
    where: str
    rule: str
    message: str

    def __post_init__(self) -> None:
        if self.rule not in RULES:
            raise ValueError(f"{self.rule} is not in RULES")

    def __str__(self) -> str:
        place = f" {self.where}" if self.where else ""
        return f"spec/{self.file}{place}: {' '.join(self.message.split())} [{self.rule}]"
