"""Draws docs/message-life.svg from the table in megaapi_mock/domain/message_states.py."""

from __future__ import annotations

from pathlib import Path

from megaapi_mock.domain.message_states import HALTS, PENDING, STEPS, STOPPED

PICTURE = Path(__file__).with_name("message-life.svg")
LEFT, TOP, WIDTH, HEIGHT, GAP = 30, 40, 120, 44, 230
BELOW, LINE = 230, 26
STYLE = (
    "text{font:14px sans-serif;fill:#222}.small{font-size:12px;fill:#555}"
    "rect{fill:#eef6ee;stroke:#2a6b2a}.end{fill:#fbeaea;stroke:#9b2c2c}"
    ".wait{fill:#fff8e1;stroke:#9a7400}line{stroke:#444;stroke-width:1.5}"
)


def picture() -> str:
    """The whole life as SVG: the steps in a row, below them what keeps a message where it is."""
    states = [PENDING, *(step.target for step in STEPS)]
    places = {state: LEFT + GAP * at for at, state in enumerate(states)}
    drawn = [_box(places[state], TOP, state) for state in states]
    drawn += [_arrow(places[step.source], places[step.target], step.status) for step in STEPS]
    drawn += [
        _text(places[step.target] + WIDTH / 2, TOP + HEIGHT + 18 + 16 * row, line, "small")
        for step in STEPS
        for row, line in enumerate(_lines(step.cause))
    ]
    drawn.append(_text(LEFT, BELOW - 62, "What keeps it where it is:", anchor="start"))
    for at, halt in enumerate(HALTS):
        top = BELOW - 44 + at * (HEIGHT + LINE)
        end = f"{STOPPED}: {halt.reason}" if halt.final else f"waits: {halt.reason}"
        told = f"from {', '.join(halt.sources)}: {halt.cause}"
        drawn.append(_box(LEFT, top, end, "end" if halt.final else "wait", 210))
        drawn.append(_text(LEFT + 230, top + HEIGHT / 2 + 5, told, anchor="start"))
    width, height = places[states[-1]] + WIDTH + LEFT, BELOW - 20 + len(HALTS) * (HEIGHT + LINE)
    head = (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" role="img">'
        f"<title>The life of a message</title><style>{STYLE}</style>"
        '<defs><marker id="tip" markerWidth="9" markerHeight="9" refX="8" refY="4" orient="auto">'
        '<path d="M0,0 L9,4 L0,8 z" fill="#444"/></marker></defs>'
    )
    return "\n".join([head, *drawn, "</svg>", ""])


def _lines(cause: str) -> list[str]:
    words, lines = cause.split(), [""]
    for word in words:
        if len(lines[-1]) + len(word) > 26:
            lines.append("")
        lines[-1] = f"{lines[-1]} {word}".strip()
    return lines


def _box(left: float, top: float, text: str, kind: str = "", width: int = WIDTH) -> str:
    style = f' class="{kind}"' if kind else ""
    return f'<rect x="{left}" y="{top}" width="{width}" height="{HEIGHT}" rx="8"{style}/>' + _text(
        left + width / 2, top + HEIGHT / 2 + 5, text
    )


def _arrow(left: float, right: float, status: int) -> str:
    middle = TOP + HEIGHT / 2
    return (
        f'<line x1="{left + WIDTH}" y1="{middle}" x2="{right}" y2="{middle}" '
        'marker-end="url(#tip)"/>'
        + _text((left + WIDTH + right) / 2, middle - 8, f"ack, status {status}", "small")
    )


def _text(x: float, y: float, text: str, kind: str = "", anchor: str = "middle") -> str:
    style = f' class="{kind}"' if kind else ""
    return f'<text x="{x:g}" y="{y:g}" text-anchor="{anchor}"{style}>{text}</text>'


if __name__ == "__main__":
    PICTURE.write_text(picture(), encoding="utf-8", newline="\n")
