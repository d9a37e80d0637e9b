"""One change between two versions, its rule, and how much it hurts."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum


class Level(StrEnum):
    """How much a change hurts a program that was written for the old version."""

    BREAKING = "breaking"
    DANGEROUS = "dangerous"
    HARMLESS = "harmless"


class Side(StrEnum):
    """Who writes what is described: the caller (a request), or the gateway (all it sends)."""

    CALLER = "caller"
    GATEWAY = "gateway"


@dataclass(frozen=True, slots=True)
class Rule:
    """A kind of change. Two levels where it matters who writes what changed."""

    summary: str
    written_by_caller: Level
    written_by_gateway: Level

    def level(self, side: Side) -> Level:
        """How much it hurts on this side."""
        return self.written_by_caller if side is Side.CALLER else self.written_by_gateway


@dataclass(frozen=True, slots=True)
class ContractChange:
    """One change: the operation, webhook or part of the document (`subject`), the place in it."""

    level: Level
    rule: str
    subject: str
    place: str
    message: str

    def as_json(self) -> dict[str, str]:
        """As `spec diff --format json` lists it."""
        return {
            "level": self.level.value,
            "rule": self.rule,
            "subject": self.subject,
            "place": self.place,
            "message": self.message,
        }


_LETTERS = {"B": Level.BREAKING, "D": Level.DANGEROUS, "H": Level.HARMLESS}


def _rules(table: Mapping[str, tuple[str, str]]) -> dict[str, Rule]:
    return {
        name: Rule(summary, _LETTERS[levels[0]], _LETTERS[levels[-1]])
        for name, (levels, summary) in table.items()
    }


# Of values: first letter, what a caller writes; second, what the gateway writes.
SCHEMA_RULES: Mapping[str, Rule] = _rules({
    "type-changed": ("BB", "another type"),
    "type-narrowed": ("BH", "fewer types are allowed"),
    "type-widened": ("HB", "more types are allowed, null among them"),
    "values-removed": ("BH", "values of an enumeration are gone"),
    "values-added": ("HD", "an enumeration has new values"),
    "values-changed": ("BB", "a constant has changed, or no value of an enumeration is left"),
    "values-restricted": ("BH", "any value was allowed, a few are now"),
    "values-opened": ("HD", "a few values were allowed, any is now"),
    "field-added": ("HH", "a new field that need not be there"),
    "required-field-added": ("BH", "a new field that is always there"),
    "field-removed": ("DD", "an optional field is no longer described"),
    "required-field-removed": ("DB", "a required field is no longer described"),
    "field-refused": ("BD", "a field is gone, and unknown fields are refused"),
    "field-now-required": ("BH", "an optional field is required"),
    "field-now-optional": ("HB", "a required field is optional"),
    "other-fields-forbidden": ("BH", "fields that are not described are refused"),
    "other-fields-allowed": ("HD", "fields that are not described are allowed"),
    "bound-tightened": ("BH", "a limit of size, length or number is tighter"),
    "bound-loosened": ("HD", "a limit of size, length or number is looser or gone"),
    "bound-changed": ("DD", "another step between numbers"),
    "pattern-added": ("BH", "texts must fit a pattern"),
    "pattern-removed": ("HD", "texts need not fit a pattern any more"),
    "pattern-changed": ("DD", "texts must fit another pattern"),
    "format-added": ("BH", "texts must have a format"),
    "format-removed": ("HD", "texts need not have a format any more"),
    "format-changed": ("DD", "texts must have another format"),
    "alternative-removed": ("BH", "one of several forms is gone"),
    "alternative-added": ("HD", "there is one more form"),
    "discriminator-changed": ("BB", "another field tells the forms apart"),
    "condition-changed": ("DD", "a condition (if, not, dependent...) has changed"),
    "default-changed": ("DH", "the default value has changed"),
    "access-changed": ("DD", "readOnly or writeOnly has changed"),
    "field-deprecated": ("DD", "a field is deprecated"),
    "field-no-longer-deprecated": ("HH", "a field is not deprecated any more"),
})  # fmt: skip

# Of calls and webhooks: it does not matter who writes.
CALL_RULES: Mapping[str, Rule] = _rules({
    "operation-removed": ("B", "an operation is gone"),
    "operation-moved": ("B", "an operation has another method or path"),
    "operation-added": ("H", "a new operation"),
    "operation-deprecated": ("D", "an operation is deprecated"),
    "operation-no-longer-deprecated": ("H", "an operation is not deprecated any more"),
    "operation-renamed": ("D", "another operationId: generated clients rename their functions"),
    "webhook-removed": ("B", "a webhook is gone"),
    "webhook-added": ("D", "a new webhook: receivers get an event they do not know"),
    "webhook-switched-off": ("B", "a webhook is no longer sent unless asked for"),
    "webhook-switched-on": ("D", "a webhook is sent without being asked for"),
    "webhook-method-changed": ("B", "a webhook comes with another method"),
    "webhook-security-changed": ("D", "a webhook proves in another way who sends it"),
    "callback-removed": ("B", "a callback is gone"),
    "callback-added": ("D", "a new callback: receivers get an event they do not know"),
    "plan-removed": ("B", "a plan does not offer it any more"),
    "plan-added": ("H", "one more plan offers it"),
    "link-required": ("D", "it needs a linked phone now"),
    "link-not-required": ("H", "it needs no linked phone any more"),
    "effect-changed": ("D", "it does something else to the instance"),
    "required-parameter-added": ("B", "a new parameter that must be given"),
    "parameter-added": ("H", "a new parameter that may be given"),
    "parameter-removed": ("D", "a parameter is no longer read"),
    "path-parameter-renamed": ("H", "a parameter of the path has another name"),
    "parameter-now-required": ("B", "a parameter must be given"),
    "parameter-now-optional": ("H", "a parameter need not be given"),
    "parameter-style-changed": ("B", "a parameter is written in another way"),
    "empty-parameter-refused": ("B", "a parameter must not be empty any more"),
    "empty-parameter-allowed": ("H", "a parameter may be empty"),
    "parameter-deprecated": ("D", "a parameter is deprecated"),
    "parameter-no-longer-deprecated": ("H", "a parameter is not deprecated any more"),
    "body-added": ("H", "a body may be sent"),
    "required-body-added": ("B", "a body must be sent"),
    "body-removed": ("D", "the body is no longer read"),
    "body-now-required": ("B", "the body must be sent"),
    "body-now-optional": ("H", "the body need not be sent"),
    "media-type-removed": ("B", "a media type is gone"),
    "request-media-type-added": ("H", "a request may have one more media type"),
    "answer-media-type-added": ("D", "an answer may have one more media type"),
    "encoding-changed": ("D", "a part of a form is written in another way"),
    "success-removed": ("B", "a status of success is gone"),
    "success-added": ("D", "a new status of success"),
    "range-narrowed": ("H", "single statuses stand for a range of them"),
    "refusal-removed": ("D", "a status that is not success is gone"),
    "refusal-added": ("D", "a new status that is not success"),
    "answer-link-removed": ("D", "a link of an answer to another operation is gone"),
    "answer-link-added": ("H", "a new link of an answer to another operation"),
    "receiver-status-removed": ("B", "receivers may not answer with a status any more"),
    "receiver-status-added": ("H", "receivers may answer with one more status"),
    "required-header-removed": ("B", "a header that was always there is gone"),
    "header-removed": ("D", "a header is gone"),
    "header-added": ("H", "a new header"),
    "header-now-optional": ("B", "a header may be missing"),
    "header-now-required": ("H", "a header is always there"),
    "security-tightened": ("B", "callers need more credentials than before"),
    "security-loosened": ("H", "there is one more way to authenticate"),
    "security-scheme-changed": ("B", "a token or key is given in another way"),
    "server-removed": ("D", "an address of the API is gone"),
    "server-added": ("H", "a new address of the API"),
    "server-changed": ("D", "a variable of an address has changed"),
    "reference-broken": ("D", "a reference leads nowhere: what it stands for is not compared"),
    "reference-fixed": ("H", "a reference that led nowhere is gone, or leads somewhere"),
    "text-changed": ("H", "a title, description, tag or example"),
    "evidence-changed": ("H", "how a fact is known"),
})  # fmt: skip

RULES: Mapping[str, Rule] = {**SCHEMA_RULES, **CALL_RULES}


def change(rule: str, subject: str, place: str, message: str) -> ContractChange:
    """A change that hurts the same whoever writes what changed."""
    return ContractChange(RULES[rule].level(Side.CALLER), rule, subject, place, message)
