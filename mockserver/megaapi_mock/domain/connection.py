"""Where an instance stands between logged out and linked."""

from __future__ import annotations

from dataclasses import dataclass

DISCONNECTED, QR, PAIRING, CONNECTING, CONNECTED = (
    "disconnected",
    "qr",
    "pairing",
    "connecting",
    "connected",
)
# Where a phone is linked, be the socket open or opening again.
WITH_PHONE = (CONNECTED, CONNECTING)


@dataclass(frozen=True, slots=True)
class Connection:
    """`session` survives a restart and a drop by the gateway, not a logout."""

    state: str = DISCONNECTED
    session: bool = False
    series: int = 0
    qr_index: int = 0
    pairing_code: str | None = None
    pairing_number: str | None = None
    links: int = 0
    banned: bool = False

    @property
    def connected(self) -> bool:
        """Whether a phone is linked right now; all that REST shows of the state."""
        return self.state == CONNECTED

    @property
    def restarting(self) -> bool:
        """Whether a phone is linked and the socket opens again by itself."""
        return self.state == CONNECTING

    @property
    def has_phone(self) -> bool:
        """Whether a phone is linked, be the socket open or opening again."""
        return self.state in WITH_PHONE

    @property
    def qr_name(self) -> str:
        """A name that no other QR code of the instance has had."""
        return f"{self.series}-{self.qr_index}"
