"""The rules of our lint by name, and a finding of one of them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from .plans import PLANS

RULES: Mapping[str, str] = {
    # files
    "yaml": "a file is YAML",
    "key-twice": "no key stands twice in one mapping",
    "key-not-text": "keys that YAML reads as numbers or booleans are quoted",
    "bundle": "every file is there, and referred to",
    "file-empty": "a file holds a mapping",
    "reference-dangling": "references inside the document lead somewhere",
    "reference-misplaced": "references lead to what belongs there",
    "openapi": "the document is valid OpenAPI 3.1",
    "server-variable": "an address and its variables name each other",
    "file-name": "a file is called like its operation or its event",
    "operation-twice": "every operationId is that of one operation",
    "parameter-twice": "a parameter stands once in its operation",
    "component-unused": "every component is referred to",
    # words
    "unknown-keyword": "keys are OpenAPI's or ours, and stand where they belong",
    "forbidden-keyword": "keywords that tools read differently are left out",
    # schemas
    "schema-invalid": "schemas are valid JSON Schema",
    "pattern-unanchored": "patterns hold for the whole text",
    "pattern-lookaround": "patterns look neither ahead nor behind",
    "object-bare": "what the gateway sends names the fields of its objects",
    "array-bare": "what the gateway sends says what its arrays hold",
    "schema-empty": "what the gateway sends has a type",
    "bounds-crossed": "limits leave values",
    "enum-values": "the values of an enumeration differ, and are of its type",
    "open-unexplained": "x-open is true and stands beside a description",
    "required-undeclared": "required names are declared",
    # examples
    "example-misfit": "examples and defaults fit their schema",
    "example-missing": "requests and replies with content have a named example",
    "example-untitled": "named examples have a summary",
    "media-type": "content has media types",
    # operations and webhooks
    "title-missing": "there is a title in English and in Portuguese",
    "description-missing": "there is a description in English and in Portuguese",
    "tag": "there is one tag, and it is declared",
    "tag-unused": "every tag is that of something",
    "answers-missing": "operations say what they answer",
    "effect": "x-effect is known",
    "plans": "x-plans are known, each once",
    "scope": "x-scope, where there is one, is known",
    "requires-connection": "x-requires-connection is true or false",
    "recipient": "x-recipient leads along required fields of the request",
    "uses": "further uses are complete, their example exists, their plans are the operation's",
    "category": "x-category is known",
    "message-type": "x-message-type is there, and is that of the examples",
    "payload-missing": "a webhook has a body",
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


# What to do about a finding of each rule, said below it.
REMEDIES: Mapping[str, str] = {
    "yaml": "correct the line: indentation, a quote or a bracket, mostly; or replace the file",
    "key-twice": "keep one of the two: YAML readers silently drop the other",
    "key-not-text": "put the key in quotes, as in '200':",
    "bundle": "correct the path after $ref, add the file, or take the reference out",
    "file-empty": "write what belongs there, or take the file and its $ref out",
    "reference-dangling": "correct the name after $ref, or define what it names",
    "reference-misplaced": "refer to a file of the folder that the message names",
    "openapi": "correct what the message names: OpenAPI 3.1 says what may stand there",
    "server-variable": "declare it under variables, or correct the name in url",
    "file-name": "give the file the name of its operationId (or event), or the other way round",
    "operation-twice": "give it an operationId of its own, and call its file so",
    "parameter-twice": "take one of the two out",
    "component-unused": "refer to it, or take it out",
    "unknown-keyword": "correct its spelling, move it where it belongs, or take it out",
    "forbidden-keyword": "say it in 3.1's way: a list of types for nullable, examples for example",
    "schema-invalid": "correct the value of that keyword",
    "pattern-unanchored": "begin the pattern with ^ and end it with $",
    "pattern-lookaround": "say it without (?= (?! (?<: not every tool can read them",
    "object-bare": "name its properties, or say with x-open: true and a description why not",
    "array-bare": "say with items what it holds",
    "schema-empty": "give it a type, or a $ref",
    "bounds-crossed": "correct one of the two limits",
    "enum-values": "take it out, or write it as its type wants: YAML reads yes and no as booleans",
    "open-unexplained": "write x-open: true, and a description beside it that says why",
    "required-undeclared": "declare the name under properties, or take it out of required",
    "example-misfit": "correct the example, or the schema if the example is what is really sent",
    "example-missing": "add an example with a name under examples",
    "example-untitled": "add a summary to the example",
    "media-type": "write the media type, as in application/json",
    "title-missing": "add summary and x-summary-pt",
    "description-missing": "add description and x-description-pt",
    "tag": "add one tag that stands under tags of openapi.yaml",
    "tag-unused": "take the tag out, or give it to an operation",
    "answers-missing": "add responses, with one of success at least",
    "effect": "write one of the known values of x-effect",
    "plans": f"list the plans that offer it, each once: {', '.join(PLANS)}",
    "scope": "write host for what is about all instances, and nothing for the rest",
    "requires-connection": "write true if a linked phone is needed, false if not",
    "recipient": "write the dotted path of a required field of the body, or query. and a parameter",
    "uses": "complete it; its controller is a tag, its example and plans are the operation's",
    "category": "write one of the known values of x-category",
    "message-type": "write the value of messageType that the first example has",
    "payload-missing": "add requestBody with content, its schema and an example",
    "default": "write on or off, in quotes",
    "arrival": "write how sure it is that it is sent: high, medium or low",
    "generation": "write the year of the payload generation, or leave it out",
    "link-unknown": "write the operationId of an operation of this contract",
    "link-expression": "write an expression that leads to a value in the first examples",
    "link-parameter": "name parameters as the target does, and all that it requires",
    "link-body": "make the body one that the target's schema takes",
    "security-missing": "add security, or security: [] where nobody needs a key",
    "security-unknown": "define the scheme under components/securitySchemes, or correct its name",
    "security-webhook": "write security: []",
    "scheme-case": "write the scheme in lower case, as in bearer",
    "provenance-missing": "add x-provenance with a grade and its sources",
    "provenance-malformed": "write {grade: ..., sources: [...]} and nothing else",
    "path-provenance-missing": "add x-path-provenance: where the path comes from",
    "grade-unknown": "write vendor-doc, observed, baileys or inferred",
    "sources-empty": "name a source, or grade it inferred",
    "source-unknown": "add the source to sources.yaml, or correct its id",
    "source-uncited": "name it in an x-provenance, or take it out of sources.yaml",
    "source-malformed": "give it a title and a place: where",
}


@dataclass(frozen=True, order=True)
class LintFinding:
    """One fault of the contract: file below `spec/`, place in it, rule, and what is wrong.

    `line` counts from 1; 0 where nobody has looked it up.
    """

    file: str
    place: str
    rule: str
    message: str
    line: int = 0

    def __post_init__(self) -> None:
        if self.rule not in RULES:
            raise ValueError(f"{self.rule} is not in RULES")

    @property
    def remedy(self) -> str:
        """What to do about it."""
        return REMEDIES[self.rule]

    def __str__(self) -> str:
        line = f":{self.line}" if self.line else ""
        place = f" {self.place}" if self.place else ""
        return f"spec/{self.file}{line}{place}: {' '.join(self.message.split())} [{self.rule}]"
