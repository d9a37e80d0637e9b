"""What a page says of an operation or event: calls, fields, answers, and how each is known."""

from __future__ import annotations

from typing import Any

import pytest
from megaapi_mock.reference.contract import Contract
from megaapi_mock.reference.details import event_details, operation_details
from megaapi_mock.reference.payloads import Generations
from megaapi_mock.reference.words import PAGE_LANGUAGES, Words
from megaapi_mock.spec.operations import Operation, WebhookEvent

Json = dict[str, Any]
OBSERVED = {"grade": "observed", "sources": ["seen", "nowhere"]}
TO = {"type": "object", "properties": {"to": {"type": "string"}}}


def contract_of(*operations: Operation, **components: Any) -> Contract:
    document = {"tags": [{"name": "message"}], "components": components}
    sources = {"seen": {"title": "What was seen"}, "read": {"title": "What was read"}}
    return Contract(document, operations, [], sources, {})  # type: ignore[arg-type]


def operation_of(**fields: Any) -> Operation:
    definition = {
        "tags": ["message"],
        "summary": "Send",
        "x-provenance": OBSERVED,
        "responses": {"200": {"description": "Done."}},
        **fields,
    }
    path = "/rest/send/{instance_key}"
    return Operation("send", "message", "POST", path, "paths/message/send.yaml", definition)


def details(operation: Operation, **components: Any) -> Json:
    return operation_details(operation, contract_of(operation, **components))


def test_a_parameter_has_its_own_grade_or_the_operations() -> None:
    own = {"name": "a", "in": "query", "required": True, "schema": {"type": ["string", "null"]},
           "description": "Which.", "example": 7, "x-provenance": {"grade": "vendor"}}  # fmt: skip
    shared = {"name": "b", "in": "path"}
    operation = operation_of(parameters=[own, {"$ref": "#/components/parameters/B"}])
    first, second = details(operation, parameters={"B": shared})["parameters"]
    assert first == {
        "name": "a", "place": "query", "type": "string | null", "required": True,
        "description": "Which.", "example": "7", "grade": "vendor", "is_inherited": False,
    }  # fmt: skip
    assert (second["name"], second["type"], second["required"]) == ("b", "string", False)
    assert (second["grade"], second["is_inherited"]) == ("observed", True)


def test_an_answer_has_its_examples_and_fields_in_its_own_grade() -> None:
    content = {
        "application/json": {
            "schema": TO,
            "examples": {
                "one": {"summary": "One", "value": {"to": "5511900000002"}},
                "text": {"value": "plain", "x-provenance": {"grade": "vendor"}},
            },
        },
        "text/plain": {},
    }
    refusal = {"description": "No.", "content": content, "x-provenance": {"grade": "inferred"}}
    responses = {"200": {"description": "Done."}, "404": {"$ref": "#/components/responses/No"}}
    done, refused = details(operation_of(responses=responses), responses={"No": refusal})["answers"]
    assert done == {
        "status": "200", "description": "Done.", "grade": "observed", "examples": [], "fields": []
    }  # fmt: skip
    assert (refused["status"], refused["grade"]) == ("404", "inferred")
    first, second = refused["examples"]
    assert (first["title"], first["grade"]) == ("One", None)
    assert first["text"] == '{\n  "to": "5511900000002"\n}'
    # A text is shown as it is; without a summary an example is called by its name.
    assert (second["title"], second["grade"], second["text"]) == ("text", "vendor", "plain")
    # A content without a schema has no table.
    ((kind, rows),) = refused["fields"]
    assert (kind, [row.path for row in rows], rows[0].grade) == (
        "application/json", ["to"], "inferred",
    )  # fmt: skip


def test_a_body_has_its_fields_and_a_call_for_each_example() -> None:
    examples = {"one": {"value": {"to": "1"}}, "two": {"value": {"to": "2"}}}
    content = {"application/json": {"schema": TO, "examples": examples}}
    shown = details(operation_of(requestBody={"content": content}))
    assert [row.path for row in shown["body"]] == ["to"]
    assert [call.name for call in shown["calls"]] == ["one", "two"]
    without = details(operation_of())
    assert (without["body"], [call.name for call in without["calls"]]) == ([], ["call"])


def test_sources_are_those_of_the_definition_each_once_and_known() -> None:
    value = {"x-provenance": {"sources": ["read"]}}
    responses = {"200": {"description": "", "x-provenance": OBSERVED}}
    one = operation_of(responses=responses, example={"value": value})
    # What an example's value says is data of somebody else.
    assert details(one)["sources"] == [("seen", "What was seen")]
    assert details(operation_of(parameters=[{"name": "a", "in": "query", **value}]))["sources"] == [
        ("seen", "What was seen"),
        ("read", "What was read"),
    ]
    responses = {"200": {"$ref": "#/components/responses/Done"}}
    done = {"description": "", "x-path-provenance": {"sources": ["read"]}}
    two = operation_of(responses=responses)
    assert details(two, responses={"Done": done})["sources"] == [
        ("seen", "What was seen"),
        ("read", "What was read"),
    ]


# -- events ------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def generations(contract: Contract) -> Generations:
    return Generations(contract.samples)


def event_called(contract: Contract, name: str) -> WebhookEvent:
    return next(event for event in contract.events if event.name == name)


def page_of(contract: Contract, generations: Generations, name: str) -> Json:
    words = Words(PAGE_LANGUAGES[0])
    return event_details(event_called(contract, name), contract, generations, words)


def test_an_event_of_a_contact_says_which_call_causes_it(
    contract: Contract, generations: Generations
) -> None:
    shown = page_of(contract, generations, "text-plain")
    assert shown["cause"].body["event"] == "text-plain"
    assert (shown["by_owner"], shown["before"], shown["way"]) == (False, None, "")
    assert "text-plain" in shown["emit"]
    assert {"key.remoteJid", "message.conversation"} <= {row.path for row in shown["fields"]}
    years = [year for group, _ in shown["generations"] for year in group.split(", ")]
    assert years == sorted(years, reverse=True) and len(years) == 4
    assert shown["payloads"] and shown["sources"]


def test_an_event_of_the_owner_is_said_to_be_one(
    contract: Contract, generations: Generations
) -> None:
    assert page_of(contract, generations, "from-me-phone")["by_owner"] is True


def test_an_event_of_the_gateway_says_what_makes_it_happen(
    contract: Contract, generations: Generations
) -> None:
    shown = page_of(contract, generations, "qrcode")
    assert shown["cause"] is None and shown["way"]
    assert shown["by_owner"] is False


def test_what_must_come_before_leads_to_its_page_and_example(
    contract: Contract, generations: Generations
) -> None:
    entry, place, title = page_of(contract, generations, "reaction")["before"]
    assert (entry.path, place) == ("operations/send_text.html", "#example-to_person")
    assert title
    # An event that must come before has one page, and no place on it.
    entry, place, title = page_of(contract, generations, "poll-vote")["before"]
    assert (entry.path, place, title) == ("events/poll-creation.html", "", "")
