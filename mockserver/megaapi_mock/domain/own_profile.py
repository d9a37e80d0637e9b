"""What the owner of an instance shows to everybody: name, sentence, and pictures."""

from __future__ import annotations

from hashlib import blake2b

from .change import Change
from .jid import Jid
from .settings import require_short

SIZES = ("icon", "image")
_SENTENCE = "status"


class OwnProfile:
    """The own profile, and the pictures of people and groups as this instance sees them.

    Everybody has a picture, and a new one has another address; no file is behind it.
    """

    def __init__(self, change: Change) -> None:
        self._state = change.state

    def set_name(self, name: str) -> None:
        """The profile name, which goes with every message from now on."""
        require_short("the name", name)
        self._state.name = name

    @property
    def sentence(self) -> str:
        """The sentence below the name."""
        return self._state.profile.get(_SENTENCE) or ""

    def set_sentence(self, sentence: str) -> None:
        """Another sentence below the name."""
        require_short("the sentence", sentence)
        self._state.profile.put(_SENTENCE, sentence)

    def picture_address(self, of: Jid, size: str) -> str:
        """Where WhatsApp has it, in one of two sizes; a picture that was set has another one."""
        picture = f"picture {of} {self._state.pictures.get(of) or ''}"
        name = _digest(picture).upper()
        size = size if size in SIZES else SIZES[0]
        return f"https://pps.whatsapp.net/v/t61.24694-24/TEST{name}_{size}.jpg"

    def set_picture(self, of: Jid, source: str) -> None:
        """Another picture of the owner, or of a group: the one that is found there."""
        self._state.pictures.put(of, _digest(source))


def _digest(text: str) -> str:
    return blake2b(text.encode(), digest_size=8).hexdigest()
