"""Known vulnerabilities of what is pinned in requirements/: `make audit`.

Where the database cannot be reached nothing is judged, and that is said.
"""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

TOP = Path(__file__).resolve().parents[1]
# What users install, then what is needed to work on it.
PINS = ("serve.txt", "dev.txt")
SECONDS = 300
UNREACHABLE = (
    "Skipped: the database of known vulnerabilities cannot be reached from here, so nothing was "
    "audited. Run `make audit` where pypi.org can be."
)


def judge(reports: list[dict[str, Any]]) -> tuple[int, list[str]]:
    """The exit code, and what to print, of what pip-audit found in each file."""
    packages = {
        f"{each['name']} {each.get('version', '')}".strip(): each
        for report in reports
        for each in report["dependencies"]
    }
    audited = {name: each for name, each in packages.items() if "skip_reason" not in each}
    if not audited:
        return 0, [UNREACHABLE]
    lines = [
        f"{name}: {found['id']}, mended in {', '.join(found['fix_versions']) or 'no version yet'}"
        for name, each in sorted(audited.items())
        for found in each["vulns"]
    ]
    code = 1 if lines else 0
    lines.append(f"{len(audited)} packages audited, {len(lines)} known vulnerabilities.")
    if skipped := sorted(packages.keys() - audited.keys()):
        lines.append(f"The database does not know {', '.join(skipped)}.")
    return code, lines


def report_of(pins: Path) -> dict[str, Any] | None:
    """What pip-audit says of one file; None where it could not ask."""
    command = [sys.executable, "-m", "pip_audit", "--disable-pip", "--require-hashes"]
    command += ["--progress-spinner", "off", "--format", "json", "--requirement", str(pins)]
    try:
        result = subprocess.run(command, capture_output=True, text=True, timeout=SECONDS)
        report = json.loads(result.stdout)
    except (subprocess.TimeoutExpired, json.JSONDecodeError):
        return None
    return report if isinstance(report, dict) else None


def main() -> int:
    """Audit every file of pins."""
    reports = [report_of(TOP / "requirements" / name) for name in PINS]
    code, lines = judge([report for report in reports if report is not None])
    print("\n".join(lines))
    return code


if __name__ == "__main__":
    raise SystemExit(main())
