"""A QR code as a terminal shows it, from the picture that a gateway sends."""

from __future__ import annotations

import io

from segno import writers

from ...probes.laws import png

# What scanners want around a code, in modules.
_BORDER = 2
# White on black whatever the terminal's own colours are: a code in reverse is read by few phones.
_COLOURS, _END = "\x1b[38;5;231;48;5;16m", "\x1b[0m"


def as_blocks(picture: bytes) -> str:
    """The code of a PNG picture as half blocks; empty where it does not show one."""
    try:
        dots = png.rows(picture)
    except png.NoPicture:
        return ""
    if not png.shows_qr(dots):
        return ""
    modules = _modules(dots)
    out = io.StringIO()
    side = len(modules)
    # The types of segno do not know it.
    writers.write_terminal_compact(  # type: ignore[attr-defined]
        modules, (side, side), out, border=_BORDER
    )
    return "".join(f"{_COLOURS}{line}{_END}\n" for line in out.getvalue().splitlines())


def _modules(dots: png.Rows) -> tuple[bytearray, ...]:
    """One value per module: 1 where it is dark, read at its middle."""
    dark_lines = [number for number, line in enumerate(dots) if any(line)]
    top, bottom = dark_lines[0], dark_lines[-1]
    left = dots[top].index(True)
    finder = next(number for number, dot in enumerate([*dots[top][left:], False]) if not dot)
    count = round((bottom - top + 1) / (finder / 7))
    size = (bottom - top + 1) / count
    middles = [int((number + 0.5) * size) for number in range(count)]
    return tuple(bytearray(dots[top + y][left + x] for x in middles) for y in middles)
