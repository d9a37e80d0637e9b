"""The unsettled facts as the domain needs them decided; a profile's switches set them."""

from __future__ import annotations

from dataclasses import dataclass

from .message_states import AckDelay


@dataclass(frozen=True, slots=True)
class Rules:
    """Times in seconds. `ack_delays`: after the send, until server, delivered, read and played;
    without the fourth nothing is reported as played. `each_in_group`: acks per member.
    `addressing`: how people are met whom the world says nothing of; before 2026 the gateway
    `knows_lids` of nobody, and names them by number unless it is hidden. `messages_kept` and
    `messages_bytes` bound messages, and what waits for a phone.
    """

    disconnected_status: int = 403
    not_a_member_status: int = 500
    group_full: str = "419"
    disconnect_text: str = "Number disconnected from api"
    qr_seconds: float = 20.0
    qr_series: int = 5
    restart_seconds: float = 0.0
    ack_delays: tuple[AckDelay, ...] = (0.0, 0.0, 0.0, 0.0)
    each_in_group: bool = False
    group_events: bool = False
    presence_events: bool = False
    echo: bool = True
    acks: bool = True
    canonical_jid: bool = False
    refuse_unregistered: bool = True
    addressing: str = "phone"
    knows_lids: bool = True
    presence_seconds: float = 20.0
    media_seconds: float = 30 * 86_400.0
    messages_kept: int = 100_000
    messages_bytes: int = 64 * 2**20
