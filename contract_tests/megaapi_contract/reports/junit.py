"""The run as JUnit XML: one test case per probe, so that any CI can show it."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from xml.etree import ElementTree

from ..judging.results import Report, Result
from . import wording
from .wording import ReportedFault

# What XML 1.0 cannot hold, escaped or not.
_FORBIDDEN = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
COMPLETE = "complete"


def junit(report: Report) -> str:
    """Failures as <failure>, what is left out as <skipped>, unusable as <error>.

    Findings and new facts are properties. An operation without any 2xx is a failed case of its
    own, as it fails the run; a skipped one where the given instance or the allowance is the reason.
    """
    reported_faults = {fault.breach.identity: fault for fault in wording.reported_faults(report)}
    root = ElementTree.Element("testsuites", name="megaapi-contract")
    by_phase: dict[str, list[Result]] = {}
    for result in report.results:
        by_phase.setdefault(result.phase, []).append(result)
    for phase, results in by_phase.items():
        suite = _suite(root, phase, report)
        for result in results:
            _case(suite, result, reported_faults, report)
        _set_counts(suite)
    _complete(root, report)
    _add_totals(root)
    ElementTree.indent(root)
    return '<?xml version="1.0" encoding="UTF-8"?>\n' + ElementTree.tostring(root, "unicode") + "\n"


def _suite(root: ElementTree.Element, name: str, report: Report) -> ElementTree.Element:
    timestamp = datetime.fromtimestamp(report.started, UTC).strftime("%Y-%m-%dT%H:%M:%S")
    suite = _add(root, "testsuite", name=name, timestamp=timestamp)
    properties = _add(suite, "properties")
    for option, value in {"target": report.target, "seed": str(report.seed)}.items():
        _add(properties, "property", name=option, value=value)
    return suite


def _case(
    suite: ElementTree.Element,
    result: Result,
    reported_faults: dict[tuple[str, ...], ReportedFault],
    report: Report,
) -> None:
    case = _add(
        suite,
        "testcase",
        classname=f"megaapi.{result.phase}",
        name=result.probe,
        time=f"{result.seconds:.3f}",
    )
    faults = {breach.identity: reported_faults[breach.identity] for breach in result.breaches}
    failures = [fault for fault in faults.values() if fault.severity == "failure"]
    findings = [fault for fault in faults.values() if fault.severity == "finding"]
    other_faults = [fault for fault in faults.values() if fault.severity != "failure"]
    if other_faults:
        properties = _add(case, "properties")
        for fault in other_faults:
            _add(properties, "property", name=fault.severity, value=fault.sentence)
    if result.state == "left out":
        _add(case, "skipped", message=result.reason)
    elif result.state == "unusable":
        _add(case, "error", message=result.reason or report.unusable, type="unusable")
    elif failures:
        more = f" (and {len(failures) - 1} more)" if len(failures) > 1 else ""
        failure = _add(
            case, "failure", message=failures[0].sentence + more, type=failures[0].breach.kind
        )
        failure.text = _clean("\n\n".join(_fault_text(fault) for fault in failures))
    if findings:
        _add(case, "system-out").text = _clean(
            "\n\n".join(_fault_text(fault) for fault in findings)
        )


def _complete(root: ElementTree.Element, report: Report) -> None:
    unusable = any(result.state == "unusable" for result in report.results)
    stopped_early = report.interrupted or (report.unusable and not unusable)
    if not report.unanswered and not stopped_early:
        return
    suite = _suite(root, COMPLETE, report)
    if report.unusable:
        case = _add(suite, "testcase", classname=f"megaapi.{COMPLETE}", name="host", time="0")
        _add(case, "error", message=report.unusable, type="unusable")
    if report.interrupted:
        case = _add(suite, "testcase", classname=f"megaapi.{COMPLETE}", name="run", time="0")
        _add(case, "error", message=wording.INTERRUPTED_HERE, type="interrupted")
    for name, reason in report.unanswered.items():
        case = _add(suite, "testcase", classname=f"megaapi.{COMPLETE}", name=name, time="0")
        sentence = f"{name} gave no 2xx: {reason}"
        if report.coverage[name].why_not:
            _add(case, "skipped", message=sentence)
        else:
            _add(case, "failure", message=sentence, type="unanswered")
    _set_counts(suite)


def _fault_text(fault: ReportedFault) -> str:
    lines = [f"{fault.kind}: {fault.sentence}"]
    lines += [f"expected {fault.breach.expected}"] if fault.breach.expected else []
    lines += [f"got {fault.breach.got}"] if fault.breach.got else []
    lines.append(f"promised by {fault.promise}")
    lines += [fault.curl] if fault.curl else []
    return "\n".join([*lines, fault.replay_command])


def _set_counts(suite: ElementTree.Element) -> None:
    cases = suite.findall("testcase")
    suite.set("tests", str(len(cases)))
    for name, tag in (("failures", "failure"), ("errors", "error"), ("skipped", "skipped")):
        suite.set(name, str(sum(case.find(tag) is not None for case in cases)))
    suite.set("time", f"{sum(float(case.get('time', 0)) for case in cases):.3f}")


def _add_totals(root: ElementTree.Element) -> None:
    suites = root.findall("testsuite")
    for name in ("tests", "failures", "errors", "skipped"):
        root.set(name, str(sum(int(suite.get(name, 0)) for suite in suites)))
    root.set("time", f"{sum(float(suite.get('time', 0)) for suite in suites):.3f}")


def _add(parent: ElementTree.Element, tag: str, **attributes: str) -> ElementTree.Element:
    element = ElementTree.SubElement(parent, tag)
    for name, value in attributes.items():
        element.set(name, _clean(value))
    return element


def _clean(text: str) -> str:
    return _FORBIDDEN.sub("\ufffd", text)
