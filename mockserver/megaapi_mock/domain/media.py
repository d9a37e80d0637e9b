"""Media: made keys that lead back to the very bytes, within one budget for all instances."""

from __future__ import annotations

from collections import OrderedDict
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from hashlib import sha256

# Where WhatsApp files each kind, as the paths in captured payloads show.
PATH_PREFIX = {
    "image": "/v/t62.7118-24",
    "video": "/v/t62.7161-24",
    "audio": "/v/t62.7117-24",
    "document": "/v/t62.7119-24",
    "sticker": "/v/t62.15575-24",
}


@dataclass(frozen=True, slots=True)
class Media:
    """The keys of one uploaded file; the bytes are in the vault under `digest`."""

    kind: str
    mimetype: str
    digest: bytes
    length: int
    media_key: bytes
    enc_digest: bytes
    direct_path: str
    time: float

    @property
    def url(self) -> str:
        """The encrypted file's address, never fetched by anyone here."""
        return f"https://mmg.whatsapp.net{self.direct_path}&mms3=true"


# What Python needs to keep a file, be it empty.
BLOB = 200
# For a vault that one thread alone uses.
NO_LOCK: AbstractContextManager[object] = nullcontext()


class Vault:
    """Bytes by digest. Beyond the budget the oldest go, and their media answer as expired.

    All instances share it, each in a thread of its own: whoever wires them hands in a `lock`.
    """

    def __init__(
        self,
        budget: int = 256 * 2**20,
        *,
        lock: AbstractContextManager[object] = NO_LOCK,
    ) -> None:
        self.budget = budget
        self.size = 0
        # Grows with every file that comes or goes.
        self.version = 0
        self._blobs: OrderedDict[bytes, bytes] = OrderedDict()
        self._lock = lock

    def empty_copy(self) -> Vault:
        """Another one with the same bounds and nothing in it."""
        return Vault(self.budget, lock=self._lock)

    def put(self, content: bytes) -> bytes:
        """Keep the bytes; their SHA-256."""
        digest = sha256(content).digest()
        with self._lock:
            if digest in self._blobs:
                self._blobs.move_to_end(digest)
                return digest
            self._blobs[digest] = content
            self.version += 1
            self.size += len(content) + BLOB
            while self.size > self.budget and len(self._blobs) > 1:
                self.size -= len(self._blobs.popitem(last=False)[1]) + BLOB
        return digest

    def get(self, digest: bytes) -> bytes | None:
        """The bytes, or None once they have expired."""
        with self._lock:
            return self._blobs.get(digest)

    def blobs(self) -> dict[bytes, bytes]:
        """Everything kept, by digest, the oldest first."""
        with self._lock:
            return dict(self._blobs)

    def clear(self) -> None:
        """Forget everything."""
        with self._lock:
            self._blobs.clear()
            self.size = 0
            self.version += 1


def media_bytes(path: str, media: Media) -> int:
    """How much memory it takes to know of a file; its bytes have a budget of their own."""
    return len(path) + len(media.mimetype) + len(media.kind)
