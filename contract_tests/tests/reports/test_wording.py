"""The wording that all reports share: causes, curl lines, verdicts, figures."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import pytest
from megaapi_contract.judging.results import Breach, Report
from megaapi_contract.reports import wording
from megaapi_contract.reports.wording import MAX_CURL_BODY, cards, cause, curl, reported_faults

from ..made_up import GUESS, SURE, bad, exchange, failure, finding, good, interrupted, unusable


def clean(body: Any = None, **fields: Any) -> Any:
    """A request as reports have it: without anything private."""
    content = b"" if body is None else json.dumps(body).encode()
    return exchange(**{
        "url": "http://mock/rest/sendMessage/<key>/text", "request_body": content,
        "request_headers": (("Authorization", "Bearer <token>"), ("X-Other", "1")), **fields,
    })  # fmt: skip


@pytest.mark.parametrize(
    ("first", "second", "same"),
    [
        (failure("200: a", rule="200: a"), failure("404: a", rule="404: a"), True),
        (failure("a", kind="law", rule="r"), failure("b", kind="law", rule="r"), True),
        (failure("a", kind="law", rule="r"), failure("a", kind="law", rule="s"), False),
        (failure("a", kind="check"), failure("b", kind="check"), False),
        (failure("a", kind="status"), failure("a", kind="schema"), False),
        (failure('("id" w 1', kind="schema", rule="r"),
         failure('("to" w 1', kind="schema", rule="r"), False),
        (failure("<text 1>, a", kind="status"), failure("<text 2>, a", kind="status"), True),
    ],
)  # fmt: skip
def test_faults_of_one_rule_have_one_cause(first: Breach, second: Breach, same: bool) -> None:
    assert (cause(first) == cause(second)) == same


def test_a_card_stands_for_all_of_one_cause() -> None:
    report = good()
    report.results[0].breaches = (failure(), failure(operation="send_link", probe="p"), finding())
    faults = reported_faults(report)
    assert [fault.number for fault in faults] == [1, 2, 3]
    first, second = cards(faults)
    assert (first.places, first.elsewhere) == (2, "send_link")
    assert (second.first.severity, second.places, second.elsewhere) == ("finding", 1, "")
    assert faults[0].sentence == "send_text: 201 is not promised"
    assert faults[0].file == "failures/001-status-send-text.json"
    assert faults[0].promise == f"spec/{SURE.file} (observed, business-docs)"
    assert faults[2].promise == f"spec/{GUESS.file} (inferred)"
    assert faults[2].curl == ""


@pytest.mark.parametrize(
    ("sent", "line"),
    [
        (clean(), 'curl -X POST "$MEGAAPI_GATEWAY/rest/sendMessage/$MEGAAPI_INSTANCE_KEY/text" '
                  '-H "Authorization: Bearer $MEGAAPI_TOKEN"'),
        (clean(method="GET", request_headers=()),
         'curl "$MEGAAPI_GATEWAY/rest/sendMessage/$MEGAAPI_INSTANCE_KEY/text"'),
        (clean(method="HEAD", request_headers=(), url="http://a/<text 1>?x=[1]"),
         'curl --head --globoff "http://a/%3Ctext%201%3E?x=[1]"'),
        (clean({"a": "it's"}, method="PUT", request_headers=(), url="http://a/"),
         """curl -X PUT "http://a/" --data-raw '{"a": "it'"'"'s"}'"""),
        (clean({"to": "<recipient 1>", "b": "$x"}, request_headers=(), url="http://a/"),
         r'curl -X POST "http://a/" --data-raw "{\"to\": \"${RECIPIENT:?}\", \"b\": \"\$x\"}"'),
        (clean({"lat": "<float 3>", "n": ["<int 1>"], "base64": "data:a/b;base64,<base64 2>"},
               request_headers=(), url="http://a/"),
         """curl -X POST "http://a/" --data-raw '{"lat": -23.5, "n": [1000001], """
         """"base64": "data:a/b;base64,dGVzdA=="}'"""),
        (clean(method="GET", url="http://a/<recipient 2>",
               request_headers=(("authorization", "Bearer <token 2, not its own>"),)),
         'curl "http://a/${RECIPIENT_2:?}" -H "authorization: Bearer ${OTHER_TOKEN:?}"'),
    ],
)  # fmt: skip
def test_a_curl_line_sends_the_same_from_anybodys_environment(sent: Any, line: str) -> None:
    assert curl(sent) == line


def test_a_body_that_is_too_long_or_private_has_no_line() -> None:
    assert curl(clean(request_body=b"x" * MAX_CURL_BODY))
    assert curl(clean(request_body=b"x" * (MAX_CURL_BODY + 1))) == ""
    assert curl(clean(request_body=b"<image/png, 7 bytes>")) == ""


@pytest.mark.parametrize(
    ("report", "verdict", "words"),
    [
        (good(), "kept", "mock keeps its contract"),
        (bad(), "broken", "mock breaks 2 promises of its contract"),
        (unusable(), "unusable", "mock could not be judged"),
        (interrupted(), "interrupted", "was interrupted: it breaks 2 promises"),
    ],
)
def test_a_run_is_one_word_and_one_sentence(report: Report, verdict: str, words: str) -> None:
    assert wording.verdict(report) == verdict
    assert words in wording.headline(report)


def test_one_cause_in_several_places_is_one_promise() -> None:
    report = good()
    report.results[0].breaches = (failure(), failure(operation="send_link"))
    assert wording.headline(report) == "mock breaks 1 promise, in 2 places, of its contract"


def test_a_run_with_gaps_is_not_complete() -> None:
    report = good()
    report.coverage["send_text"].answers = {401: 2}
    report.coverage["send_text"].why_not = "no phone"
    assert wording.verdict(report) == "incomplete"
    assert wording.not_complete(report) == ["no phone: send_text"]
    report.interrupted, report.unusable = True, "down"
    assert wording.not_complete(report)[:2] == [wording.INTERRUPTED_HERE, "down"]


def test_probes_that_were_not_made_are_listed_by_reason() -> None:
    report = bad()
    report.results[0] = replace(report.results[0], state="left out", reason="")
    assert wording.left_out(report) == {
        "no reason given": ["examples of send_text"],
        "sends: not allowed (--allow sends)": ["a number is refused"],
    }


def test_phases_are_summed_up_in_their_order() -> None:
    examples, laws = wording.phases(bad())
    assert (examples.name, examples.probes, examples.requests) == ("examples", 1, 2)
    assert laws.states == {"findings": 1, "left out": 1} and laws.seconds == 0.25


def test_a_run_in_figures() -> None:
    figures = dict(wording.figures(bad()))
    assert figures["operations answered"] == "1 of 2" and figures["time"] == "1.5 s"
    assert figures["requests"] == "1" and figures["findings"] == "1"
    report = bad()
    report.exchanges = []
    assert wording.requests(report) == 3


@pytest.mark.parametrize(
    ("number", "text"), [(0, "0 promises"), (1, "1 promise"), (1234, "1,234 promises")]
)
def test_numbers_have_their_word(number: int, text: str) -> None:
    assert wording.count(number, "promise") == text
