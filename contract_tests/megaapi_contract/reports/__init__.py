"""Writes the reports of a run; private values are removed before."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import orjson

from ..judging.results import Breach, Report
from ..redaction.redaction import Redaction
from ..replay.recording import record
from . import wording
from .files import check_folder, prepare_folder, write_files
from .har import har
from .junit import junit
from .page import page
from .summary import summary
from .terminal import show, show_folder


def write_reports(report: Report, folder: Path, redaction: Redaction) -> list[Path]:
    """Write every kind of report of a run; what is private is taken out before.

    SetupError when the folder holds other people's files.
    """
    check_folder(folder)
    clean = redaction.report(report)
    files = {**files_of(clean), **replays_of(report, clean, redaction)}
    return write_files(folder, files)


def replays_of(report: Report, clean: Report, redaction: Redaction) -> dict[str, bytes]:
    """One file per fault, for `megaapi-contract replay`."""
    raw_breaches: dict[tuple[str, ...], Breach] = {}
    for result in report.results:
        for breach in result.breaches:
            raw_breaches.setdefault(redaction.breach(breach).identity, breach)
    return {
        reported_faults.file: orjson.dumps(
            record(
                report,
                raw_breaches[reported_faults.breach.identity],
                reported_faults.breach,
                redaction,
            ),
            option=orjson.OPT_INDENT_2,
        )
        for reported_faults in wording.reported_faults(clean)
    }


def files_of(clean: Report) -> Mapping[str, bytes]:
    """The files of a clean report by name."""
    return {
        "index.html": page(clean).encode(),
        "junit.xml": junit(clean).encode(),
        "exchanges.har": orjson.dumps(har(clean)),
        "report.json": orjson.dumps(summary(clean), option=orjson.OPT_INDENT_2),
    }


__all__ = ["prepare_folder", "show", "show_folder", "write_reports"]
