"""A run told to people and programs; nothing but clean reports gets as far as a writer."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import orjson

from ..outcome import Report
from ..redaction import Redaction
from .folder import check_folder, write_files
from .har import har
from .junit import junit
from .page import page
from .summary import summary
from .terminal import show


def write_reports(report: Report, folder: Path, redaction: Redaction) -> list[Path]:
    """Write every kind of report of a run; what is private is taken out before.

    SetupError when the folder holds other people's files.
    """
    check_folder(folder)
    return write_files(folder, files_of(redaction.report(report)))


def files_of(clean: Report) -> Mapping[str, bytes]:
    """The files of a clean report by name."""
    return {
        "index.html": page(clean).encode(),
        "junit.xml": junit(clean).encode(),
        "exchanges.har": orjson.dumps(har(clean), option=orjson.OPT_INDENT_2),
        "report.json": orjson.dumps(summary(clean), option=orjson.OPT_INDENT_2),
    }


__all__ = ["check_folder", "show", "write_reports"]
