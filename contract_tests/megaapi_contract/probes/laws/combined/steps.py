"""What happens in one row."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from .contents import CONTENTS
from .factors import GROUP, WORDS, Row
from .group_steps import change_group
from .inbound_steps import write_inbound
from .passed_on import pass_on
from .play import Chat, Play
from .readings import download_again, look_up
from .sends import delete, send, show_presence

OTHERS: Mapping[str, Callable[[Play, Chat], None]] = {
    "presence": show_presence, "look-up": look_up, "download": download_again,
}  # fmt: skip


def take(play: Play, row: Row, turn: int = 0) -> None:
    """Do what a row says; `turn` counts those of one burst."""
    play.turns += 1
    outside = row.chat == "own number" and row.actor != "instance"
    chat = play.chat("number" if outside else row.chat)
    words = f"{WORDS[row.words]}{turn or ''}"
    if row.action in GROUP:
        group = chat if chat.is_group else play.chat("group")
        change_group(play, group, row, words)
    elif row.actor != "instance":
        write_inbound(play, chat, row, words)
    elif row.what in CONTENTS:
        send(play, chat, CONTENTS[row.what](words))
    elif row.what in ("quote", "forward"):
        pass_on(play, chat, row, words)
    elif row.what in OTHERS:
        OTHERS[row.what](play, chat)
    else:
        delete(play, chat, row)
