"""One cause is one card, which says what was expected beside what came."""

from __future__ import annotations

import dataclasses
import io
import json
import subprocess
from functools import reduce

import pytest
from megaapi_contract.host.stage import WORLD
from megaapi_contract.judging.contract import Contract
from megaapi_contract.judging.differences import difference, nearest
from megaapi_contract.judging.judge import Judge
from megaapi_contract.judging.results import Breach, Exchange, Promise, Report, Result
from megaapi_contract.redaction.redaction import Redaction
from megaapi_contract.redaction.vocabulary import Vocabulary
from megaapi_contract.reports import show, wording
from megaapi_contract.reports.page import page
from megaapi_contract.reports.summary import summary
from rich.console import Console

from ..made_up import KEY, bad, exchange, failure
from ..mutation.planted import PRIVATE, RECIPIENT, TOKEN

SURE = Promise("observed", "openapi.yaml")
STATUSES = ("instance_status", "webhook_settings", "list_groups", "config_details", "send_text")


def report_of(*breaches: Breach) -> Report:
    report = bad()
    report.results = [Result("a probe", "laws", STATUSES, "failed", breaches=breaches)]
    return report


def shown(report: Report) -> str:
    buffer = io.StringIO()
    show(report, Console(file=buffer, width=100))
    return buffer.getvalue()


def judged(contract: Contract, operation: str, status: int, document: object) -> list[Breach]:
    answer = exchange(
        operation=operation, status=status, body=json.dumps(document).encode(),
        headers=(("Content-Type", "application/json"),),
    )  # fmt: skip
    return Judge(contract, mock=False).exchange(answer, "a probe")


def test_one_order_of_checks_in_twenty_operations_is_one_card() -> None:
    rule = "an unknown instance and a wrong token: 404"
    faults = [Breach("p", "law", name, rule, SURE, exchange(), rule=rule) for name in STATUSES]
    report = report_of(*faults, failure("201 is not promised"))
    cards = wording.cards(wording.reported_faults(report))
    assert [card.places for card in cards] == [5, 1]
    assert cards[0].elsewhere == ", ".join(STATUSES[1:])
    printed = shown(report)
    assert printed.count(rule) == 1 + printed.count(f"expected {rule}")
    assert "the same in 4 other places: webhook_settings, list_groups" in printed
    assert "breaks 2 promises, in 6 places, of its contract" in printed
    assert page(report).count('<li class="fault') == 2


def test_one_field_too_many_in_every_answer_is_one_card() -> None:
    words = 'body: Additional properties are not allowed ("trace" was unexpected)'
    faults = [
        Breach("p", "schema", name, f"{status}: {words}", SURE, exchange(),
               rule=f"{status}: body: additionalProperties")
        for name in STATUSES for status in (401, 404)
    ]  # fmt: skip
    other = dataclasses.replace(faults[0], message=faults[0].message.replace("trace", "extra"))
    assert [card.places for card in wording.cards(wording.reported_faults(report_of(*faults)))] == [
        10
    ]
    assert wording.cause(other) != wording.cause(faults[0]), "another field is another cause"


def test_every_fault_stays_in_the_summary_with_its_cause() -> None:
    faults = [Breach("p", "law", name, "r: 404", SURE, rule="r: 404") for name in STATUSES]
    summarised = summary(report_of(*faults))["failures"]
    assert [each["cause"] for each in summarised] == [1] * 5
    assert [each["operation"] for each in summarised] == list(STATUSES)


# -- expected beside got ---------------------------------------------------------------------


def test_the_expected_statuses_stand_beside_the_one_that_came(contract: Contract) -> None:
    (breach,) = judged(contract, "send_text", 418, {})
    expected, actual = difference(breach, contract)
    assert "200" in expected and actual == "418"


def test_a_value_of_another_type_is_named_with_its_place(contract: Contract) -> None:
    document = {"name": "NOT_FOUND", "message": 5, "statusCode": 404}
    differing = [
        difference(each, contract) for each in judged(contract, "send_text", 404, document)
    ]
    assert ("message: string", "message: 5") in differing


def test_of_several_shapes_the_nearest_is_meant(contract: Contract) -> None:
    schema = {
        "anyOf": [
            {"type": "string"},
            {"type": "object", "properties": {"id": {"type": "string", "pattern": "^[0-9]+$"}}},
        ]
    }
    (error,) = contract.compiler.compile(schema).iter_errors({"id": "abc"})
    assert nearest(error).kind.name == "pattern"


@pytest.mark.parametrize(
    ("place", "value", "expected", "actual"),
    [
        (("error",), None, 'body: a member "error"', "body: {"),
        (("instance", "user", "id"), None, 'instance/user: a member "id"', 'instance/user: {"na'),
        (("instance", "status"), 5, "instance/status: string", "instance/status: 5"),
        (("instance",), "connected", "instance: object", 'instance: "connected"'),
    ],
)
def test_of_the_shapes_of_a_status_the_nearest_is_meant(
    place: tuple[str, ...], value: object, expected: str, actual: str, contract: Contract
) -> None:
    document = json.loads(json.dumps(contract.answer_example(contract.by_id["instance_status"])[2]))
    *outer, last = place
    node = reduce(lambda inner, name: inner[name], outer, document)
    node[last] = value
    if value is None:
        del node[last]
    (breach,) = judged(contract, "instance_status", 200, document)
    assert len(breach.message) < 100 and breach.message.startswith(f"200: {actual.split(':')[0]}: ")
    differing = difference(breach, contract)
    assert differing[0] == expected and differing[1].startswith(actual)


def test_a_law_says_what_came_instead(contract: Contract, vocabulary: Vocabulary) -> None:
    breach = Breach("p", "law", "send_text", "a wrong token: 401", SURE, exchange(status=200))
    clean = Redaction(contract, vocabulary=vocabulary).breach(breach)
    assert (clean.expected, clean.got) == ("a wrong token: 401", '200 {"error": false}')
    printed = shown(report_of(clean))
    assert printed.index("expected a wrong token: 401") < printed.index(
        'got      200 {"error": false}'
    )


def test_a_law_shows_the_member_it_speaks_of(contract: Contract, vocabulary: Vocabulary) -> None:
    answer = {"error": False, "messageData": {"messageTimestamp": "176", "status": "SENT"}}
    sent_answer = exchange(status=200, body=json.dumps(answer).encode())
    for sentence, actual in (
        ("messageTimestamp is the time in seconds", 'messageData/messageTimestamp: "176"'),
        ("the status is PENDING", 'messageData/status: "SENT"'),
    ):
        breach = Breach("p", "law", "send_text", sentence, SURE, sent_answer)
        assert difference(breach, contract) == (sentence, f"200 with {actual}")


def test_what_the_contract_itself_says_stays(contract: Contract, vocabulary: Vocabulary) -> None:
    pattern = min(vocabulary.rules, key=len)
    words = f'200: messageData/key/id: "Segredo" does not match "{pattern}"'
    clean = Redaction(contract, vocabulary=vocabulary).sentence(words)
    assert f'does not match "{pattern}"' in clean and "messageData/key/id" in clean
    assert "Segredo" not in clean


# -- by hand ---------------------------------------------------------------------------------


def typed(exchange_: Exchange, **environment: str) -> list[str]:
    """What curl would be given by a shell."""
    script = 'curl() { printf "%s\\0" "$@"; }\n' + wording.curl(exchange_)
    done = subprocess.run(
        ["sh", "-eu", "-c", script], capture_output=True, text=True, env=environment, check=True
    )
    return done.stdout.split("\0")[:-1]


def test_a_line_runs_as_printed_with_the_environment(
    contract: Contract, vocabulary: Vocabulary
) -> None:
    body = {"messageData": {"to": RECIPIENT, "text": 'It\'s $HOME `x` \\ "q"'}}
    answer = exchange(
        url=f"http://mock/rest/sendMessage/{PRIVATE.key}/text",
        request_headers=(("Authorization", f"Bearer {TOKEN}"),),
        request_body=json.dumps(body).encode(),
    )
    clean = Redaction(contract, PRIVATE, vocabulary=vocabulary).exchange(answer)
    words = typed(
        clean, MEGAAPI_GATEWAY="http://127.0.0.1:8080", MEGAAPI_INSTANCE_KEY=KEY,
        MEGAAPI_TOKEN="T0", RECIPIENT="5511900000002",
    )  # fmt: skip
    assert words[:3] == ["-X", "POST", f"http://127.0.0.1:8080/rest/sendMessage/{KEY}/text"]
    assert "Authorization: Bearer T0" in words
    assert json.loads(words[-1])["messageData"]["to"] == "5511900000002"


def test_a_line_without_its_number_sends_nothing(
    contract: Contract, vocabulary: Vocabulary
) -> None:
    body = json.dumps({"messageData": {"to": RECIPIENT}}).encode()
    answer = exchange(request_body=body, request_headers=())
    line = wording.curl(Redaction(contract, PRIVATE, vocabulary=vocabulary).exchange(answer))
    script = f"curl() {{ echo sent; }}\n{line}"
    done = subprocess.run(["sh", "-c", script], capture_output=True, text=True, env={})
    assert done.returncode != 0 and done.stdout == "" and "RECIPIENT" in done.stderr


def test_people_the_suite_made_up_stand_in_a_line_as_they_are(
    contract: Contract, vocabulary: Vocabulary
) -> None:
    body = {"messageData": {"to": WORLD[0], "jid": f"{WORLD[1]}@s.whatsapp.net", "x": RECIPIENT}}
    answer = exchange(request_body=json.dumps(body).encode())
    private = dataclasses.replace(PRIVATE, people=WORLD)
    clean = Redaction(contract, private, vocabulary=vocabulary).exchange(answer)
    message_data = json.loads(clean.request_body)["messageData"]
    assert (message_data["to"], message_data["jid"]) == (WORLD[0], f"{WORLD[1]}@s.whatsapp.net")
    assert RECIPIENT not in clean.request_body.decode()


def test_a_body_that_cannot_be_shown_has_no_line(
    contract: Contract, vocabulary: Vocabulary
) -> None:
    answer = exchange(request_body=b'{"messageData": {"to": ')
    assert wording.curl(Redaction(contract, PRIVATE, vocabulary=vocabulary).exchange(answer)) == ""


def test_an_address_in_a_line_leads_nowhere_and_is_one() -> None:
    answer = exchange(request_body=b'{"messageData":{"webhookUrl":"<url 2>"}}')
    message_data = json.loads(
        typed(answer, MEGAAPI_GATEWAY="", MEGAAPI_INSTANCE_KEY="", MEGAAPI_TOKEN="")[-1]
    )
    assert message_data == {"messageData": {"webhookUrl": "https://url-2.example.test"}}


def test_a_head_waits_for_no_body_and_a_long_body_has_no_line() -> None:
    assert "--head" in wording.curl(exchange(method="HEAD", request_body=b""))
    assert wording.curl(exchange(request_body=b"x" * 5000)) == ""
    odd = dataclasses.replace(exchange(), url="http://h.test/a/<step 1>?a[]=<text 2>")
    assert any("%3Cstep%201%3E" in word for word in typed(odd))
