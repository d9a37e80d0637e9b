"""Generate every client of docs/clients.md into dist/clients: `make clients`.

    python tools/clients.py [NAME]...

Each block of commands on that page is one client, named after its heading. What a generator
prints goes into dist/clients/<name>.log, which the tests read.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import time
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

CHECKOUT = Path(__file__).resolve().parents[1]
PAGE = CHECKOUT / "docs" / "clients.md"
PLACE = CHECKOUT / "dist" / "clients"
# The tools of this checkout, not others of their names.
PATH = os.pathsep.join(
    (str(Path(sys.executable).parent), str(CHECKOUT / "node_modules" / ".bin"), os.environ["PATH"])
)
PATIENCE = 300


def main() -> None:
    """Generate those that are named, or all; exit code 1 where a command failed."""
    blocks = commands()
    wanted = sys.argv[1:] or [*blocks]
    unknown = [name for name in wanted if name not in blocks]
    if unknown:
        sys.exit(f"docs/clients.md has no {', '.join(unknown)}, but {', '.join(blocks)}")
    PLACE.mkdir(parents=True, exist_ok=True)
    with ThreadPoolExecutor(max_workers=2) as pool:
        good = [*pool.map(lambda name: generate(name, blocks[name]), wanted)]
    sys.exit(0 if all(good) else 1)


def commands() -> Mapping[str, str]:
    """The blocks of commands of the page, by the heading they stand under."""
    parts = re.split(r"^## (.+)\n", PAGE.read_text(encoding="utf-8"), flags=re.MULTILINE)[1:]
    return {
        title.lower().replace("#", "sharp"): "\n".join(
            re.findall(r"```sh\n(.*?)```", text, re.DOTALL)
        )
        for title, text in zip(parts[::2], parts[1::2], strict=True)
        if "```sh\n" in text
    }


def generate(name: str, script: str) -> bool:
    """Run the commands of one client again; whether all of them ended well."""
    shutil.rmtree(PLACE / name, ignore_errors=True)
    began = time.monotonic()
    ended = subprocess.run(
        ["sh", "-ec", script],
        cwd=PLACE,
        env={**os.environ, "PATH": PATH},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        timeout=PATIENCE,
    )
    (PLACE / f"{name}.log").write_text(ended.stdout, encoding="utf-8")
    word = "generated" if ended.returncode == 0 else "FAILED"
    print(f"{word} dist/clients/{name} in {time.monotonic() - began:.1f} s", flush=True)
    if ended.returncode:
        print(ended.stdout)
    return ended.returncode == 0


if __name__ == "__main__":
    main()
